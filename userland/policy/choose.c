// SPDX-License-Identifier: GPL-2.0
/*
 * Where a process would be best. Among targets that are nearly as good as the best, chance decides,
 * so that nodes which see the same figures do not all choose the same one.
 */
#include "policy/choose.h"

#include "lib/node.h"
#include "policy/model.h"

#define NEARLY		1.1	/* so much longer is as good as the best */
#define JUDGED		1.0	/* s of work at least: for less, all targets would be the same */
#define CALLS_RATIO	1.15	/* gains that home has without its calls being counted */
#define BACK		60.0	/* s for which the node that it left is no target */
#define PLENTY		0.2	/* of its memory is free on a node, after the process came */

/* No ping-pong: only for its calls may it be back at once. */
static bool is_back(const struct snapshot *s, const struct job *job, unsigned int id)
{
	if (id != job->before || job->rested >= BACK || job->flags & JOB_ASKED)
		return false;
	return id != job->home || job->calls * s->settings.costs.call < CALLS_RATIO - 1;
}

bool choose_allows(const struct snapshot *s, const struct outlook *o, const struct job *job,
		   int there)
{
	unsigned int id = s->peer[there].id;

	if (id == job->where || is_back(s, job, id))
		return false;
	if (id == job->home)
		return true;
	/* of a guest only home knows the mask */
	return o->view[there].accepts && mask_allows(&job->mask, id);
}

/* Seconds until its work is done there, the move included. */
static double time_there(const struct snapshot *s, const struct outlook *o, const struct job *job,
			 int here, int there)
{
	double work = model_remaining(job);

	if (!choose_allows(s, o, job, there) || o->view[there].room <= 0)
		return MODEL_NEVER;
	if (work < JUDGED)
		work = JUDGED;
	return work * model_pace_there(s, o, job, there) + model_cost(s, job, here, there);
}

static bool only_calls(const struct snapshot *s, const struct outlook *o, const struct job *job,
		       int here, int there)
{
	struct job silent = *job;

	silent.calls = 0;
	return s->peer[there].id == job->home &&
	       model_pace_here(s, o, &silent, here) <
	       CALLS_RATIO * model_pace_there(s, o, &silent, there);
}

struct choice choose_best(const struct snapshot *s, const struct outlook *o, const struct job *job,
			  struct random *chance)
{
	struct choice c = { .peer = -1 };
	int here = snapshot_find(s, job->where);
	double time[PEERS_MAX], best = MODEL_NEVER, pace;
	size_t good = 0;

	for (size_t i = 0; i < s->peers; i++) {
		time[i] = time_there(s, o, job, here, i);
		if (time[i] < best)
			best = time[i];
	}
	for (size_t i = 0; best < MODEL_NEVER && i < s->peers; i++)
		if (time[i] <= NEARLY * best && !random_below(chance, ++good))
			c.peer = i;
	if (c.peer < 0)
		return c;
	pace = model_pace_there(s, o, job, c.peer);
	c.ratio = model_pace_here(s, o, job, here) / pace;
	c.benefit = model_remaining(job) * pace * (c.ratio - 1);
	c.cost = model_cost(s, job, here, c.peer);
	c.calls = only_calls(s, o, job, here, c.peer);
	return c;
}

int choose_roomy(const struct snapshot *s, const struct outlook *o, const struct job *job,
		 struct random *chance)
{
	double time[PEERS_MAX], best = MODEL_NEVER;
	int here = snapshot_find(s, job->where), found = -1;
	size_t good = 0;

	for (size_t i = 0; i < s->peers; i++) {
		double left = o->view[i].mem - job->rss;

		time[i] = MODEL_NEVER;
		if (choose_allows(s, o, job, i) && left >= PLENTY * s->peer[i].total)
			time[i] = model_pace_there(s, o, job, i) + model_cost(s, job, here, i);
		if (time[i] < best)
			best = time[i];
	}
	for (size_t i = 0; best < MODEL_NEVER && i < s->peers; i++)
		if (time[i] <= NEARLY * best && !random_below(chance, ++good))
			found = i;
	return found;
}
