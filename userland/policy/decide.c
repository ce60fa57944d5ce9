// SPDX-License-Identifier: GPL-2.0
/*
 * The balancing policy: a pure function of a snapshot. A process moves when it gains clearly more
 * than the move costs: the more often it has moved, the clearer, and the longer it must have
 * rested. Where CPUs are not contended only a much faster node is a reason. Each node decides for
 * the processes whose home it is, wherever they are; of guests it only gets rid.
 */
#include "policy/decide.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/node.h"
#include "policy/choose.h"
#include "policy/model.h"
#include "policy/reason.h"
#include "policy/usher.h"

#define DEMAND_MIN	0.2	/* CPUs: below it the node would not feel it leave */
#define CONTENDED	0.5	/* running above the number of CPUs: somebody waits, and not just for a moment */
#define RATIO_CONTENDED	1.2	/* least gain where somebody waits */
#define RATIO_ALONE	1.5	/* and where nobody does */
#define RATIO_MOVES	0.1	/* more for each earlier move */
#define RATIO_MOVES_MAX	8	/* moves counted so */
#define WORTH		1.5	/* benefit is at least so many times the cost, one more per move */
#define WORTH_LEAST	0.1	/* s */
#define REST		2.0	/* s, doubled with each earlier move */
#define REST_MOVES_MAX	5
#define REST_BY_HAND	60.0	/* s: what somebody wanted stays so long at least */
#define TRIES		2	/* so many in vain on one node: the others there are like them */
#define BACKLOG		2.0	/* s that the network is busy with moves; then no more are ordered */
#define CALLS_A_TICK	4	/* bringing home for the sake of calls is not urgent */

struct candidate {
	size_t job;
	int here;
	double key;	/* who goes first */
};

static double capped(double x, double max)
{
	return x < max ? x : max;
}

bool decide_may_move(const struct snapshot *s, const struct outlook *o, const struct job *job)
{
	unsigned int status = s->peer[o->self].status;
	bool here = job->where == s->self;

	if (job->flags & (JOB_LOCKED | JOB_CANTMOVE))
		return false;
	if (here && status & NODE_STAY)
		return false;
	return !(here && status & NODE_LSTAY && !(job->flags & JOB_GUEST));
}

struct decision *decide_add(const struct snapshot *s, struct outlook *o, struct verdict *v,
			    size_t job, int here, int there)
{
	struct decision *d = &v->decision[v->decisions];
	const struct job *j = &s->job[job];
	size_t under_way = 0;

	for (size_t i = 0; i < s->recents; i++)
		under_way += s->recent[i].under_way;
	if (v->decisions >= v->decisions_max || v->decisions + under_way >= s->settings.moves_max)
		return NULL;
	*d = (struct decision) {
		.job = job,
		.from = s->peer[here].id,
		.to = s->peer[there].id,
	};
	outlook_move(o, here, there, j->demand, j->rss);
	v->decisions++;
	return d;
}

bool decide_has(const struct verdict *v, size_t job)
{
	for (size_t i = 0; i < v->decisions; i++)
		if (v->decision[i].job == job)
			return true;
	return false;
}

static double rest_needed(const struct job *job)
{
	if (job->flags & JOB_ASKED || !job->moves)
		return 0;
	if (job->flags & JOB_BY_HAND)
		return REST_BY_HAND;
	return REST * (1 << (job->moves < REST_MOVES_MAX ? job->moves : REST_MOVES_MAX));
}

static double ratio_needed(const struct snapshot *s, const struct outlook *o, const struct job *job,
			   int here)
{
	bool contended = o->view[here].running > s->peer[here].cpus + CONTENDED;
	double ratio = contended ? RATIO_CONTENDED : RATIO_ALONE;

	return ratio + RATIO_MOVES * capped(job->moves, RATIO_MOVES_MAX);
}

/* Why it stays where it is although a move was considered; false = it goes. */
static bool stays(const struct snapshot *s, const struct outlook *o, const struct job *job,
		  int here, const struct choice *c, char text[REASON_MAX])
{
	double worth = (WORTH + job->moves) * c->cost + WORTH_LEAST;
	double ratio = c->calls ? RATIO_CONTENDED : ratio_needed(s, o, job, here);
	unsigned int id = s->peer[c->peer].id;

	if (job->flags & JOB_ASKED && c->benefit > c->cost)
		return false;
	if (job->rested < rest_needed(job))
		reason_stays(text, "moved %.0f s ago: it rests for %.0f s%s", job->rested,
			     rest_needed(job), job->flags & JOB_BY_HAND ? ", having been moved by hand"
			     : "");
	else if (c->ratio < ratio)
		reason_stays(text, "it would run %.2f times as fast on node %u; %.2f times would be a "
			     "reason to move", c->ratio > 0 ? c->ratio : 0, id, ratio);
	else if (c->benefit < worth)
		reason_stays(text, "it would save %.2f s on node %u; after %.1f s of CPU %.2f s would be "
			     "a reason to move", c->benefit, id, job->used, worth);
	else
		return false;
	return true;
}

static void think(struct verdict *v, const struct job *job, unsigned int best, double benefit,
		  double cost, const char *text)
{
	struct thought *t = &v->thought[v->thoughts];

	if (v->thoughts >= v->thoughts_max)
		return;
	*t = (struct thought) {
		.pid = job->pid,
		.best = best,
		.benefit = benefit,
		.cost = cost,
	};
	reason_stays(t->text, "%s", text);
	v->thoughts++;
}

static void settle(const struct snapshot *s, struct outlook *o, struct verdict *v,
		   const struct candidate *c, const struct choice *to)
{
	const struct job *job = &s->job[c->job];
	char text[REASON_MAX];
	struct decision *d;

	if (to->calls)
		reason_calls(text, job, to->ratio);
	else
		reason_gain(text, s, o, c->here, to->peer, to->ratio, to->benefit, to->cost);
	d = decide_add(s, o, v, c->job, c->here, to->peer);
	if (!d)
		return;
	d->cause = to->calls ? CAUSE_CALLS : CAUSE_BALANCE;
	d->benefit = to->benefit;
	d->cost = to->cost;
	reason_stays(d->text, "%s", text);
	think(v, job, d->to, to->benefit, to->cost, text);
}

static void consider(const struct snapshot *s, struct outlook *o, struct verdict *v,
		     const struct candidate *c, struct random *chance, unsigned int *calls)
{
	const struct job *job = &s->job[c->job];
	bool asked = job->flags & JOB_ASKED, budget = o->view[c->here].budget >= 1 || asked;
	struct choice to;
	char text[REASON_MAX];

	if (v->thoughts >= v->thoughts_max && !asked) {
		if (!budget && job->calls <= 0)
			return;
		if (o->view[c->here].tries >= TRIES)
			return;
	}
	to = choose_best(s, o, job, chance);
	o->view[c->here].tries++;
	if (to.peer < 0) {
		think(v, job, job->where, 0, 0, "no other node takes it");
		return;
	}
	if (stays(s, o, job, c->here, &to, text)) {
		think(v, job, to.benefit > to.cost ? s->peer[to.peer].id : job->where, to.benefit,
		      to.cost, text);
		return;
	}
	if (o->backlog > BACKLOG * s->settings.costs.bandwidth) {
		think(v, job, s->peer[to.peer].id, to.benefit, to.cost,
		      "the network is busy with earlier moves");
		return;
	}
	if (!budget && !(to.calls && *calls < CALLS_A_TICK)) {
		think(v, job, s->peer[to.peer].id, to.benefit, to.cost,
		      "others go first: no more should leave its node in this second");
		return;
	}
	o->view[c->here].tries = 0;
	*calls += to.calls;
	settle(s, o, v, c, &to);
}

/* Nobody need think of what cannot go in this tick. */
static bool is_idle_thought(const struct outlook *o, const struct verdict *v,
			    const struct job *job, int here)
{
	return o->view[here].budget < 1 && !v->thoughts_max && job->calls <= 0 &&
	       !(job->flags & JOB_ASKED);
}

static bool is_candidate(const struct snapshot *s, const struct outlook *o, const struct verdict *v,
			 size_t i)
{
	const struct job *job = &s->job[i];

	if (job->flags & JOB_GUEST || !decide_may_move(s, o, job) || decide_has(v, i))
		return false;
	return job->demand >= DEMAND_MIN || job->flags & JOB_ASKED;
}

static int by_key(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? 1 : -1;
	return (x->job > y->job) - (x->job < y->job);
}

/* Those with much to gain and little to carry go first; a little chance, lest all nodes agree. */
static double rank(const struct snapshot *s, const struct outlook *o, const struct job *job,
		   int here, struct random *chance)
{
	double gain = model_remaining(job) * (0.95 + 0.1 * random_unit(chance));

	if (job->flags & JOB_ASKED)
		return MODEL_NEVER;
	gain *= model_pace_here(s, o, job, here);
	return gain / (s->settings.costs.move + job->rss / s->settings.costs.bandwidth +
		       job->calls * s->settings.costs.call);
}

static size_t find_candidates(const struct snapshot *s, const struct outlook *o,
			      const struct verdict *v, struct random *chance, struct candidate *out)
{
	size_t count = 0;

	for (size_t i = 0; i < s->jobs; i++) {
		int here = snapshot_find(s, s->job[i].where);

		if (here >= 0 && !is_idle_thought(o, v, &s->job[i], here) &&
		    is_candidate(s, o, v, i))
			out[count++] = (struct candidate) {
				.job = i, .here = here,
				.key = rank(s, o, &s->job[i], here, chance),
			};
	}
	if (count)
		qsort(out, count, sizeof(*out), by_key);
	return count;
}

static int balance(const struct snapshot *s, struct outlook *o, struct verdict *v,
		   struct random *chance)
{
	struct candidate *candidate;
	unsigned int calls = 0;
	size_t count;

	if (!s->jobs || s->peers < 2)
		return 0;
	candidate = calloc(s->jobs, sizeof(*candidate));
	if (!candidate)
		return -ENOMEM;
	count = find_candidates(s, o, v, chance, candidate);
	for (size_t i = 0; i < count; i++)
		consider(s, o, v, &candidate[i], chance, &calls);
	free(candidate);
	return 0;
}

int decide(const struct snapshot *s, struct verdict *v)
{
	struct random chance = { s->seed };
	struct outlook o;
	int err;

	v->decisions = 0;
	v->thoughts = 0;
	err = outlook_build(&o, s, &chance);
	if (err)
		return err;
	if (s->peer[o.self].status & NODE_QUIET)
		return 0;
	usher_memory(s, &o, v, &chance);
	usher_limits(s, &o, v, &chance);
	return balance(s, &o, v, &chance);
}
