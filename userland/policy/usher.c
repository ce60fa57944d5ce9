// SPDX-License-Identifier: GPL-2.0
/*
 * Moves that are not for speed. Memory ushering (openMosix): when free memory will be gone within
 * seconds, the fewest processes that make room for some time go to nodes that have plenty, even
 * against the balance of load. Load limits: a node that has passed its own gets rid of guests.
 */
#include "policy/usher.h"

#include <stdlib.h>

#include "policy/choose.h"
#include "policy/model.h"
#include "policy/reason.h"

#define AHEAD		5.0	/* s: the trend of free memory is followed so far */
#define LOW		0.08	/* of the memory: below it is acted on */
#define LOW_MAX		1e9	/* bytes, on large machines */
#define AIM		2.0	/* so many times that is free afterwards */
#define PRESSED		0.2	/* PSI of memory: and something waits for it already */
#define PART_MIN	0.01	/* of the memory: a smaller process is no help */
#define LIMITED_A_TICK	4

/* Bytes that should leave; 0 = all is well. */
static double shortage(const struct snapshot *s, const struct outlook *o)
{
	const struct peer *self = &s->peer[o->self];
	double low = LOW * self->total, mem = o->view[o->self].mem;

	if (low > LOW_MAX)
		low = LOW_MAX;
	if (self->pressure > PRESSED && mem < AIM * low)
		return AIM * low - mem + low;
	if (s->slope < 0)
		mem += AHEAD * s->slope;
	return mem < low ? AIM * low - mem : 0;
}

static bool is_candidate(const struct snapshot *s, const struct outlook *o, const struct verdict *v,
			 size_t i)
{
	const struct job *job = &s->job[i];

	return job->where == s->self && !decide_has(v, i) && decide_may_move(s, o, job) &&
	       job->rss >= PART_MIN * s->peer[o->self].total;
}

/* The smallest that is enough, else the largest; -1 = none is left. */
static long pick(const struct snapshot *s, const struct outlook *o, const struct verdict *v,
		 const bool *tried, double need)
{
	long best = -1;

	for (size_t i = 0; i < s->jobs; i++) {
		double rss = s->job[i].rss, than = best < 0 ? 0 : s->job[best].rss;

		if (tried[i] || !is_candidate(s, o, v, i))
			continue;
		if (best < 0 || (than < need ? rss > than : rss >= need && rss < than))
			best = i;
	}
	return best;
}

static bool send(const struct snapshot *s, struct outlook *o, struct verdict *v, size_t job,
		 int there, enum cause cause)
{
	int here = snapshot_find(s, s->job[job].where);
	struct decision *d = decide_add(s, o, v, job, here, there);

	if (!d)
		return false;
	d->cause = cause;
	d->cost = model_cost(s, &s->job[job], here, there);
	if (cause == CAUSE_MEMORY)
		reason_memory(d->text, s, &s->job[job], here, there);
	else
		reason_limit(d->text, s, here);
	return true;
}

void usher_memory(const struct snapshot *s, struct outlook *o, struct verdict *v,
		  struct random *chance)
{
	double need = shortage(s, o);
	bool *tried;

	if (need <= 0 || !s->jobs)
		return;
	tried = calloc(s->jobs, sizeof(*tried));
	while (tried && need > 0) {
		long job = pick(s, o, v, tried, need);
		int there;

		if (job < 0)
			break;
		tried[job] = true;
		there = choose_roomy(s, o, &s->job[job], chance);
		if (there >= 0 && !send(s, o, v, job, there, CAUSE_MEMORY))
			break;
		if (there >= 0)
			need -= s->job[job].rss;
	}
	free(tried);
}

static bool is_over(const struct snapshot *s, int peer)
{
	return peer >= 0 && s->peer[peer].status & FIGURES_OVER;
}

void usher_limits(const struct snapshot *s, struct outlook *o, struct verdict *v,
		  struct random *chance)
{
	unsigned int count = 0;

	for (size_t i = 0; i < s->jobs && count < LIMITED_A_TICK; i++) {
		const struct job *job = &s->job[i];
		int here = snapshot_find(s, job->where), home = snapshot_find(s, job->home);
		bool guest = job->home != job->where;

		if (!guest || home < 0 || !is_over(s, here) || decide_has(v, i) ||
		    !decide_may_move(s, o, job))
			continue;
		/* home may know a better place, and decides */
		if (!send(s, o, v, i, home, CAUSE_LIMIT))
			return;
		count++;
	}
}
