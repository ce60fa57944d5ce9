// SPDX-License-Identifier: GPL-2.0
/*
 * Costs and benefits, all in seconds. A process gains (pace here - pace there) for each second of
 * work that it has still to do. How much that is nobody knows; of processes on real machines it was
 * measured that the expected rest is about what they have done already (Harchol-Balter and Downey,
 * "Exploiting process lifetime distributions for dynamic load balancing", 1997): old processes
 * move, those of a moment do not, and no list of names is needed.
 */
#include "policy/model.h"

#define REMAINING_MAX	120.0	/* s: a day-old process will not move for one part in a thousand */
#define REMAINING_MIN	0.01	/* s */
#define CALLS_IO	4.0	/* a call of one that was declared to be for I/O counts so much */
#define SCARCE		0.15	/* of the memory: below, each process more makes all slower */
#define NOTHING		0.05	/* and here it is out of the question */

double model_gateways(const struct peer *a, const struct peer *b)
{
	return a->zone && b->zone && a->zone != b->zone;
}

/* Between the process's home and another node: measured, or what is usual. */
static struct costs costs_of(const struct snapshot *s, const struct job *job, int peer)
{
	const struct peer *p = &s->peer[peer];
	struct costs c = p->costs.move > 0 ? p->costs : s->settings.costs;
	int home = snapshot_find(s, job->home);

	if (p->costs.move <= 0 && home >= 0 && model_gateways(&s->peer[home], p) > 0) {
		c.call *= c.gateway;
		c.bandwidth /= c.gateway;
	}
	return c;
}

static double call_time(const struct snapshot *s, const struct job *job, int peer)
{
	double calls = job->calls;

	if (calls <= 0 || s->peer[peer].id == job->home || job->flags & JOB_CPU)
		return 0;
	if (job->flags & JOB_IO)
		calls *= CALLS_IO;
	return calls * costs_of(s, job, peer).call;
}

static double memory_factor(double free_memory, double total)
{
	double part = total > 0 ? free_memory / total : 1;

	if (part >= SCARCE)
		return 1;
	if (part <= NOTHING)
		return 2;
	return 1 + (SCARCE - part) / (SCARCE - NOTHING);
}

double model_pace(const struct snapshot *s, const struct job *job, int peer, double running,
		  double free_memory)
{
	const struct peer *p = &s->peer[peer];
	double share = running > p->cpus ? p->cpus / running : 1;

	if (p->speed <= 0 || share <= 0)
		return MODEL_NEVER;
	return memory_factor(free_memory, p->total) / (share * p->speed) + call_time(s, job, peer);
}

double model_pace_here(const struct snapshot *s, const struct outlook *o, const struct job *job,
		       int here)
{
	const struct view *v = &o->view[here];
	double running = v->running > job->demand ? v->running : job->demand;

	return model_pace(s, job, here, running, v->mem);
}

double model_pace_there(const struct snapshot *s, const struct outlook *o, const struct job *job,
			int there)
{
	const struct view *v = &o->view[there];
	double left = v->mem - job->rss;

	if (left < NOTHING * s->peer[there].total)
		return MODEL_NEVER;
	return model_pace(s, job, there, v->running + job->demand, left);
}

double model_remaining(const struct job *job)
{
	if (job->used > REMAINING_MAX)
		return REMAINING_MAX;
	return job->used > REMAINING_MIN ? job->used : REMAINING_MIN;
}

/* One way, between home and another node. */
static double leg_cost(const struct snapshot *s, const struct job *job, int peer)
{
	const struct costs c = costs_of(s, job, peer);
	double time = job->rss / c.bandwidth;

	/* what it writes meanwhile crosses again, at the worst once */
	return c.move + time + job->dirty / c.bandwidth * time;
}

double model_cost(const struct snapshot *s, const struct job *job, int here, int there)
{
	double cost = 0;

	/* from node to node it goes through home */
	if (s->peer[here].id != job->home)
		cost += leg_cost(s, job, here);
	if (s->peer[there].id != job->home)
		cost += leg_cost(s, job, there);
	return cost;
}
