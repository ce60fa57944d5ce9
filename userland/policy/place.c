// SPDX-License-Identifier: GPL-2.0
/*
 * Placement at exec: a fresh program has next to no memory to carry, so it may start elsewhere for
 * the price of a message, and jobs of a third of a second profit. Nobody knows yet how long it will
 * run; so a node gets what brings it up to the common level now, and its part, by capacity, of the
 * programs that will start until the next tick. This node's own part is not handed out: the kernel
 * starts what finds no quota here.
 */
#include "policy/place.h"

#include "lib/node.h"
#include "policy/model.h"

#define CONTENDED	0.5	/* running above the number of CPUs */
#define FULL		0.1	/* of the memory is free at least */
#define COUNT_MAX	64	/* for one node and tick */

static bool is_wanted(const struct snapshot *s, const struct outlook *o)
{
	const struct peer *self = &s->peer[o->self];

	if (self->status & (NODE_STAY | NODE_LSTAY | NODE_QUIET))
		return false;
	return o->view[o->self].running > self->cpus + CONTENDED;
}

static bool takes(const struct snapshot *s, const struct outlook *o, int i)
{
	const struct peer *p = &s->peer[i];

	return i != o->self && o->view[i].accepts && o->view[i].mem > FULL * p->total &&
	       model_gateways(p, &s->peer[o->self]) <= 0;
}

/* A slow node is no help to a short program: it must run at least as fast as it would here. */
static bool gains(const struct snapshot *s, const struct outlook *o, int i)
{
	static const struct job fresh = { .demand = 1 };
	const struct view *here = &o->view[o->self], *there = &o->view[i];

	return model_pace(s, &fresh, i, there->running + 1, there->mem) <
	       model_pace(s, &fresh, o->self, here->running, here->mem);
}

size_t place_quota(const struct snapshot *s, double starts, double seconds,
		   struct place out[static PLACE_MAX])
{
	struct random chance = { s->seed };
	struct outlook o;
	double capacity = 0, mine = 0;
	size_t count = 0, first;

	if (outlook_build(&o, s, &chance) || !is_wanted(s, &o))
		return 0;
	for (size_t i = 0; i < s->peers; i++)
		if ((int)i == o.self || takes(s, &o, i))
			capacity += s->peer[i].cpus * s->peer[i].speed;
	mine = o.view[o.self].surplus > 0 ? o.view[o.self].surplus * o.share : 0;
	/* not always from the same end: a cluster has more nodes than places to name */
	first = random_below(&chance, s->peers);
	for (size_t k = 0; k < s->peers && count < PLACE_MAX; k++) {
		size_t i = (first + k) % s->peers;
		const struct peer *p = &s->peer[i];
		double want;

		if (!takes(s, &o, i) || !gains(s, &o, i))
			continue;
		want = starts * seconds * p->cpus * p->speed / capacity;
		if (o.view[i].surplus < 0 && mine > 0)
			want += -o.view[i].surplus < mine ? -o.view[i].surplus : mine;
		want = random_round(&chance, want < COUNT_MAX ? want : COUNT_MAX);
		mine -= want;
		if (want >= 1)
			out[count++] = (struct place) { .node = p->id, .count = want };
	}
	return count;
}
