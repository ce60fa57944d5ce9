// SPDX-License-Identifier: GPL-2.0
/*
 * Placement at exec: a fresh program has next to no memory to carry, so it may start elsewhere for
 * the price of a message, and jobs of a third of a second profit. Nobody knows yet how long it will
 * run; so a node gets what brings it up to the common level now, and its part, by capacity, of the
 * programs that will start until the next tick. This node has its own part; what finds no quota at
 * all starts here as well.
 */
#include "policy/place.h"

#include "lib/node.h"
#include "policy/model.h"

#define CONTENDED	0.5	/* running above the number of CPUs */
#define FULL		0.1	/* of the memory is free at least */
#define COUNT_MAX	64	/* for one node and tick */
#define YOUNG		10.0	/* s of CPU */

/* Young ones that started elsewhere count as well, or this node would seem idle as soon as it shares. */
static bool is_wanted(const struct snapshot *s, const struct outlook *o)
{
	const struct peer *self = &s->peer[o->self];
	double running = o->view[o->self].running;

	if (self->status & (NODE_STAY | NODE_LSTAY | NODE_QUIET))
		return false;
	for (size_t i = 0; i < s->jobs; i++)
		running += s->job[i].where != s->job[i].home && !(s->job[i].flags & JOB_GUEST) &&
			   s->job[i].used < YOUNG;
	return running > self->cpus + CONTENDED;
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

/* How many the node should get: what it lacks, and its part of what starts until the next tick. */
static double part_of(const struct snapshot *s, const struct outlook *o, int i, double mine,
		      double starts, double sum)
{
	const struct peer *p = &s->peer[i];
	double want = starts * p->cpus * p->speed / sum, lacks = -o->view[i].surplus;

	if (i != o->self && lacks > 0 && mine > 0)
		want += lacks < mine ? lacks : mine;
	return want < COUNT_MAX ? want : COUNT_MAX;
}

size_t place_quota(const struct snapshot *s, double starts, double seconds,
		   struct place out[static PLACE_MAX])
{
	struct random chance = { s->seed };
	struct outlook o;
	double sum = 0, mine;
	size_t count = 0, first, others = 0;

	if (outlook_build(&o, s, &chance) || !is_wanted(s, &o))
		return 0;
	for (size_t i = 0; i < s->peers; i++)
		if ((int)i == o.self || takes(s, &o, i))
			sum += s->peer[i].cpus * s->peer[i].speed;
	mine = o.view[o.self].surplus > 0 ? o.view[o.self].surplus * o.share : 0;
	/* not always from the same end: a cluster has more nodes than places to name */
	first = random_below(&chance, s->peers);
	for (size_t k = 0; k < s->peers && count < PLACE_MAX; k++) {
		int i = (first + k) % s->peers;
		double want;

		if (i != o.self && (!takes(s, &o, i) || !gains(s, &o, i)))
			continue;
		want = random_round(&chance, part_of(s, &o, i, mine, starts * seconds, sum));
		if (i != o.self)
			mine -= want;
		if (want < 1)
			continue;
		out[count++] = (struct place) { .node = s->peer[i].id, .count = want };
		others += i != o.self;
	}
	return others ? count : 0;
}
