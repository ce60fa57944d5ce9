// SPDX-License-Identifier: GPL-2.0
/*
 * Many nodes of userland/swim in one process: their real code, with time, chance and network from
 * here. Events lie in a heap, so that an hour of a thousand nodes takes seconds.
 */
#include "tests/swarm.h"

#include <stdlib.h>
#include <string.h>

uint64_t swarm_random(struct swarm *w)
{
	/* splitmix64 */
	uint64_t z = w->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static bool goes_before(const struct swarm_event *a, const struct swarm_event *b)
{
	return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void push(struct swarm *w, struct swarm_event e)
{
	size_t at = w->events++;

	if (w->events > w->room) {
		w->room = w->room ? 2 * w->room : 1024;
		w->event = realloc(w->event, w->room * sizeof(*w->event));
		if (!w->event)
			abort();
	}
	e.order = w->order++;
	for (; at && goes_before(&e, &w->event[(at - 1) / 2]); at = (at - 1) / 2)
		w->event[at] = w->event[(at - 1) / 2];
	w->event[at] = e;
}

static struct swarm_event pop(struct swarm *w)
{
	struct swarm_event first = w->event[0], last = w->event[--w->events];
	size_t at = 0;

	for (size_t child; (child = 2 * at + 1) < w->events; at = child) {
		if (child + 1 < w->events && goes_before(&w->event[child + 1], &w->event[child]))
			child++;
		if (!goes_before(&w->event[child], &last))
			break;
		w->event[at] = w->event[child];
	}
	w->event[at] = last;
	return first;
}

void swarm_inject(struct swarm *w, unsigned int from, unsigned int to, const void *packet, size_t len)
{
	struct swarm_event e = { .due_ms = w->now_ms, .from = from, .to = to, .len = len };

	e.packet = malloc(len ? len : 1);
	if (!e.packet)
		abort();
	memcpy(e.packet, packet, len);
	push(w, e);
}

static void transmit(struct swarm_node *n, unsigned int to, const void *packet, size_t len)
{
	struct swarm *w = n->swarm;
	struct swarm_event e = { .from = n->number, .to = to, .len = len };

	n->bytes += len;
	n->packets++;
	if (to == n->number || w->node[to].group != n->group ||
	    (w->blocked && w->blocked(w, n->number, to)))
		return;
	if (w->loss > 0 && (double)(swarm_random(w) >> 11) < w->loss * (double)(1ull << 53))
		return;
	e.due_ms = w->now_ms + swarm_random(w) % (w->delay_ms + 1);
	if (n->slow_ms)
		e.due_ms += swarm_random(w) % (n->slow_ms + 1);
	if (w->node[to].slow_ms)
		e.due_ms += swarm_random(w) % (w->node[to].slow_ms + 1);
	e.packet = malloc(len);
	if (!e.packet)
		abort();
	memcpy(e.packet, packet, len);
	if (w->watch)
		w->watch(w, &e);
	push(w, e);
}

static void op_send(void *ctx, const struct swim_member *to, const struct swim_via *via,
		    const void *packet, size_t len)
{
	struct swarm_node *n = ctx;
	uint32_t number;

	/* the meta of a node here is its number, as an address would be */
	memcpy(&number, to ? to->meta->bytes : via->bytes, sizeof(number));
	if (number < n->swarm->count)
		transmit(n, number, packet, len);
}

static void op_cast(void *ctx, const void *packet, size_t len)
{
	struct swarm_node *n = ctx;
	uint64_t bytes = n->bytes, packets = n->packets;

	for (unsigned int i = 0; i < n->swarm->count; i++)
		if (i != n->number)
			transmit(n, i, packet, len);
	n->bytes = bytes + len;
	n->packets = packets + 1;
}

static bool op_acceptable(void *ctx, const struct swim_member *record, const struct swim_via *via)
{
	return record->meta->len >= sizeof(uint32_t) || !swim_is_up(record);
}

static void op_load(void *ctx, uint32_t member, const void *load, size_t len)
{
	struct swarm_node *n = ctx;

	n->loads++;
}

static const struct swim_ops ops = {
	.send = op_send, .cast = op_cast, .acceptable = op_acceptable, .load = op_load,
};

void swarm_init(struct swarm *w, uint64_t seed, unsigned int nodes)
{
	memset(w, 0, sizeof(*w));
	w->random = seed;
	w->now_ms = 100000;
	w->delay_ms = 3;
	w->count = nodes;
	w->tuning = swim_tuning_default();
	w->node = calloc(nodes, sizeof(*w->node));
	if (!w->node)
		abort();
	for (unsigned int i = 0; i < nodes; i++) {
		w->node[i].swarm = w;
		w->node[i].number = i;
		w->node[i].config.key = swarm_random(w);
	}
}

void swarm_free(struct swarm *w)
{
	while (w->events)
		free(pop(w).packet);
	for (unsigned int i = 0; i < w->count; i++)
		swim_free(w->node[i].swim);
	free(w->node);
	free(w->event);
}

static void schedule(struct swarm_node *n)
{
	uint64_t due = n->swim ? swim_deadline(n->swim) : UINT64_MAX;

	if (due < n->asleep_until_ms)
		due = n->asleep_until_ms;
	if (due >= n->scheduled_ms)
		return;
	n->scheduled_ms = due;
	push(n->swarm, (struct swarm_event) { .due_ms = due, .to = n->number });
}

void swarm_start(struct swarm *w, unsigned int number)
{
	struct swarm_node *n = &w->node[number];
	uint32_t meta = number;

	n->config.session = swarm_random(w) | 1;
	n->config.seed = swarm_random(w);
	n->config.meta = &meta;
	n->config.meta_len = sizeof(meta);
	n->swim = swim_new(&n->config, &w->tuning, &ops, n, w->now_ms);
	if (!n->swim)
		abort();
	n->scheduled_ms = UINT64_MAX;
	swim_start(n->swim, w->now_ms);
	schedule(n);
}

void swarm_start_all(struct swarm *w)
{
	for (unsigned int i = 0; i < w->count; i++)
		swarm_start(w, i);
}

void swarm_kill(struct swarm *w, unsigned int number)
{
	swim_free(w->node[number].swim);
	w->node[number].swim = NULL;
}

void swarm_leave(struct swarm *w, unsigned int number)
{
	swim_leave(w->node[number].swim, w->now_ms);
	swarm_kill(w, number);
}

/* A packet for one who sleeps waits in its socket. */
static void deliver(struct swarm *w, struct swarm_event e)
{
	struct swarm_node *n = &w->node[e.to];
	struct swim_via via = { 0 };
	uint32_t from = e.from;

	if (n->asleep_until_ms > w->now_ms) {
		e.due_ms = n->asleep_until_ms;
		push(w, e);
		return;
	}
	n->heard_bytes += e.len;
	memcpy(via.bytes, &from, sizeof(from));
	if (n->swim)
		swim_receive(n->swim, w->now_ms, e.packet, e.len, &via);
	free(e.packet);
}

static void handle(struct swarm *w, struct swarm_event e)
{
	struct swarm_node *n = &w->node[e.to];

	if (e.packet) {
		deliver(w, e);
	} else if (e.due_ms == n->scheduled_ms) {
		n->scheduled_ms = UINT64_MAX;
		if (n->swim && w->now_ms >= n->asleep_until_ms &&
		    swim_deadline(n->swim) <= w->now_ms)
			swim_tick(n->swim, w->now_ms);
	}
	schedule(n);
}

void swarm_run(struct swarm *w, uint64_t ms)
{
	uint64_t end = w->now_ms + ms;

	while (w->events && w->event[0].due_ms <= end) {
		struct swarm_event e = pop(w);

		w->now_ms = e.due_ms > w->now_ms ? e.due_ms : w->now_ms;
		handle(w, e);
	}
	w->now_ms = end;
}

bool swarm_until(struct swarm *w, bool (*condition)(struct swarm *w), uint64_t ms)
{
	for (uint64_t end = w->now_ms + ms; w->now_ms < end; swarm_run(w, 50))
		if (condition(w))
			return true;
	return condition(w);
}

static bool knows_all(const struct swarm *w, const struct swarm_node *a, unsigned int expected)
{
	if (swim_up_count(a->swim) != expected - 1)
		return false;
	for (unsigned int i = 0; i < w->count; i++) {
		const struct swarm_node *b = &w->node[i];
		uint32_t at;

		if (b == a || !b->swim || b->group != a->group)
			continue;
		at = swim_find(a->swim, swim_key(b->swim));
		if (at == SWIM_NOBODY || swim_member(a->swim, at)->state != SWIM_ALIVE ||
		    swim_member(a->swim, at)->id != swim_id(b->swim))
			return false;
	}
	return true;
}

bool swarm_agree(struct swarm *w)
{
	static uint8_t seen[8][65536];
	unsigned int size[8] = { 0 };

	memset(seen, 0, sizeof(seen));
	for (unsigned int i = 0; i < w->count; i++) {
		const struct swarm_node *n = &w->node[i];

		if (!n->swim)
			continue;
		if (!swim_id(n->swim) || seen[n->group][swim_id(n->swim)]++)
			return false;
		size[n->group]++;
	}
	for (unsigned int i = 0; i < w->count; i++)
		if (w->node[i].swim && !knows_all(w, &w->node[i], size[w->node[i].group]))
			return false;
	return true;
}

int swarm_state(const struct swarm *w, unsigned int a, unsigned int b)
{
	uint32_t at = swim_find(w->node[a].swim, w->node[b].config.key);

	return at == SWIM_NOBODY ? -1 : swim_member(w->node[a].swim, at)->state;
}

uint64_t swarm_sum(const struct swarm *w, enum swim_counter which)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < w->count; i++)
		if (w->node[i].swim)
			sum += swim_count(w->node[i].swim, which);
	return sum;
}
