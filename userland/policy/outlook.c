// SPDX-License-Identifier: GPL-2.0
/*
 * What the nodes look like by now. Figures heard are old by their age; meanwhile our own moves
 * have been carried out and other nodes have decided on theirs. So:
 *
 * - our own moves are added as far as the figures cannot show them yet (the reservation);
 * - figures of others drift towards what all others have in the mean as they get older;
 * - each node's surplus is what it runs above its fair share of all that is running. Where many
 *   have a surplus and there is little room, each may move only his part of it, rounded by chance;
 *   and where the room is less than what others have too much, he does it no faster than news
 *   spreads: a thousand nodes that discover the same idle one do not all run there.
 */
#include "policy/outlook.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "lib/node.h"

#define DRIFT		30.0	/* s: figures so old have lost two thirds of what they said */
#define SEEN		1.0	/* s until a node's own figures show what came */
#define MEMORY_FLOOR	0.05	/* of the total: less is never left free on a target */

static double capacity(const struct peer *p)
{
	return p->cpus * p->speed;
}

static bool accepts(const struct snapshot *s, const struct peer *p, const struct peer *self)
{
	if (p->status & (NODE_BLOCK | NODE_QUIET | FIGURES_FULL | FIGURES_OVER))
		return false;
	if (p->zone && self->zone && p->zone != self->zone && !s->settings.cross_gateways)
		return false;
	return p->mem > MEMORY_FLOOR * p->total;
}

/* How much of a move the figures of a node do not show yet, 0..1. */
static double unseen(const struct recent *r, double age)
{
	if (r->under_way || r->ago <= age)
		return 1;
	return exp(-(r->ago - age) / FIGURES_TAU);
}

static void reserve(struct outlook *o, const struct snapshot *s)
{
	for (size_t i = 0; i < s->recents; i++) {
		const struct recent *r = &s->recent[i];
		int from = snapshot_find(s, r->from), to = snapshot_find(s, r->to);

		if (from >= 0) {
			double part = unseen(r, s->peer[from].age);

			o->view[from].running -= part * r->demand;
		}
		if (to >= 0) {
			double part = unseen(r, s->peer[to].age);

			o->view[to].running += part * r->demand;
			o->view[to].mem -= part * r->rss;
		}
	}
	for (size_t i = 0; i < s->peers; i++)
		if (o->view[i].running < 0)
			o->view[i].running = 0;
}

static void drift(struct outlook *o, const struct snapshot *s)
{
	double running = 0, sum = 0;

	for (size_t i = 0; i < s->peers; i++) {
		if ((int)i == o->self)
			continue;
		running += o->view[i].running;
		sum += capacity(&s->peer[i]);
	}
	for (size_t i = 0; sum > 0 && i < s->peers; i++) {
		double mean = running / sum * capacity(&s->peer[i]);

		if ((int)i != o->self)
			o->view[i].running = mean + (o->view[i].running - mean) *
						    exp(-s->peer[i].age / DRIFT);
	}
}

static void find_level(struct outlook *o, const struct snapshot *s)
{
	double running = 0, sum = 0, above = 0, below = 0;

	for (size_t i = 0; i < s->peers; i++) {
		/* one that takes nothing takes part only with what it has too much */
		if ((int)i != o->self && !o->view[i].accepts)
			continue;
		running += o->view[i].running;
		sum += capacity(&s->peer[i]);
	}
	o->level = sum > 0 ? running / sum : 0;
	for (size_t i = 0; i < s->peers; i++) {
		struct view *v = &o->view[i];

		v->surplus = v->running - o->level * capacity(&s->peer[i]);
		if (v->surplus > 0)
			above += v->surplus;
		else if (o->view[i].accepts)
			below -= v->surplus;
	}
	o->share = above > below && above > 0 ? below / above : 1;
}

/* How much of what waits anywhere, for how little that is idle, waits elsewhere. */
static void find_crowd(struct outlook *o, const struct snapshot *s)
{
	double idle = 0, waiting = 0, others = 0, age = 0;

	for (size_t i = 0; i < s->peers; i++) {
		double more = o->view[i].running - s->peer[i].cpus;
		double mine = o->view[i].mine, running = o->view[i].running;

		age += s->peer[i].age;
		if (more < 0 && o->view[i].accepts)
			idle -= more;
		if (more <= 0)
			continue;
		waiting += more;
		others += mine < running ? more * (1 - mine / running) : 0;
	}
	o->crowd = waiting > 0 ? others / waiting : 0;
	if (idle > waiting)
		o->crowd *= waiting / idle;
	o->delay = SEEN + (s->peers > 1 ? age / (s->peers - 1) : 0);
}

static void find_mine(struct outlook *o, const struct snapshot *s)
{
	for (size_t i = 0; i < s->jobs; i++) {
		int here = snapshot_find(s, s->job[i].where);

		if (here >= 0 && !(s->job[i].flags & JOB_GUEST))
			o->view[here].mine += s->job[i].demand;
	}
}

/* Of what a host has too much, each home takes its part away, as far as it has guests there. */
static void set_budgets(struct outlook *o, const struct snapshot *s, struct random *chance)
{
	double pace = 1 / (1 + o->crowd * o->delay);

	for (size_t i = 0; i < s->peers; i++) {
		struct view *v = &o->view[i];
		double part = 1;

		if ((int)i != o->self && s->peer[i].guests > v->mine)
			part = v->mine / s->peer[i].guests;
		v->budget = v->surplus > 0 ? random_round(chance, v->surplus * part * o->share *
						   pace) : 0;
	}
}

/* Moves ordered come in the order of time; the network carries them one after the other. */
static void find_backlog(struct outlook *o, const struct snapshot *s)
{
	double bandwidth = s->settings.costs.bandwidth;
	double then = s->recents ? s->recent[0].ago : 0;

	o->backlog = 0;
	for (size_t i = 0; i < s->recents; i++) {
		const struct recent *r = &s->recent[i];

		o->backlog -= (then - r->ago) * bandwidth;
		if (o->backlog < 0)
			o->backlog = 0;
		o->backlog += r->rss;
		then = r->ago;
	}
	o->backlog -= then * bandwidth;
	if (o->backlog < 0)
		o->backlog = 0;
}

/*
 * What keeps its CPUs busy at once; the rest in the proportion of capacities, a little each second:
 * a busy node loses nothing by waiting, and meanwhile more is known of the others.
 */
static void set_rooms(struct outlook *o, const struct snapshot *s, struct random *chance)
{
	double sum = 0;
	size_t count = 0;

	for (size_t i = 0; i < s->peers; i++) {
		if ((int)i == o->self || !o->view[i].accepts)
			continue;
		sum += capacity(&s->peer[i]);
		count++;
	}
	for (size_t i = 0; i < s->peers; i++) {
		const struct peer *p = &s->peer[i];
		double idle = p->cpus - o->view[i].running, even = capacity(p);

		if (count)
			even = capacity(p) * count / sum;
		o->view[i].room = random_round(chance, even) + (idle > 0 ? ceil(idle) : 0);
	}
}

int outlook_build(struct outlook *o, const struct snapshot *s, struct random *chance)
{
	if (s->peers > PEERS_MAX)
		return -E2BIG;
	o->self = snapshot_find(s, s->self);
	if (o->self < 0)
		return -ENOENT;
	for (size_t i = 0; i < s->peers; i++)
		o->view[i] = (struct view) {
			.running = s->peer[i].running,
			.mem = s->peer[i].mem,
			.accepts = accepts(s, &s->peer[i], &s->peer[o->self]),
		};
	reserve(o, s);
	drift(o, s);
	find_level(o, s);
	find_mine(o, s);
	find_crowd(o, s);
	find_backlog(o, s);
	set_budgets(o, s, chance);
	set_rooms(o, s, chance);
	return 0;
}

void outlook_move(struct outlook *o, int from, int to, double demand, double rss)
{
	struct view *a = &o->view[from], *b = &o->view[to];

	a->running = a->running > demand ? a->running - demand : 0;
	a->budget -= 1;
	a->mem += rss;
	b->running += demand;
	b->room -= 1;
	b->mem -= rss;
	o->backlog += rss;
}
