// SPDX-License-Identifier: GPL-2.0
/* Virtual time: what happens next. A binary heap; the order is total, so that runs repeat exactly. */
#include "sim/event.h"

#include <stdlib.h>

#include "lib/log.h"

static bool is_before(const struct event *a, const struct event *b)
{
	return a->time < b->time || (a->time <= b->time && a->order < b->order);
}

static void swap(struct event *a, struct event *b)
{
	struct event t = *a;

	*a = *b;
	*b = t;
}

void event_add(struct event_queue *q, double time, enum event_kind kind, uint32_t index,
	       uint32_t version)
{
	size_t i = q->count++;

	if (i == q->room) {
		q->room = q->room ? 2 * q->room : 1024;
		q->event = reallocarray(q->event, q->room, sizeof(*q->event));
		if (!q->event) {
			log_error("no memory");
			exit(EXIT_FAILURE);
		}
	}
	q->event[i] = (struct event) {
		.time = time, .order = q->order++, .kind = kind, .index = index, .version = version,
	};
	for (; i && is_before(&q->event[i], &q->event[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&q->event[i], &q->event[(i - 1) / 2]);
}

bool event_next(struct event_queue *q, struct event *out)
{
	size_t i = 0;

	if (!q->count)
		return false;
	*out = q->event[0];
	q->event[0] = q->event[--q->count];
	for (;;) {
		size_t least = i;

		for (size_t k = 2 * i + 1; k <= 2 * i + 2 && k < q->count; k++)
			if (is_before(&q->event[k], &q->event[least]))
				least = k;
		if (least == i)
			return true;
		swap(&q->event[i], &q->event[least]);
		i = least;
	}
}
