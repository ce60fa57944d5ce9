// SPDX-License-Identifier: GPL-2.0
/*
 * What a simulated node does each second, which is what the daemon does: measure, tell a few
 * others, take a snapshot, let the policy decide, carry it out. Load vector, its format on the wire and
 * the policy are the daemon's code itself.
 */
#include "sim/mind.h"

#include <math.h>
#include <stdlib.h>

#include "lib/log.h"
#include "policy/decide.h"
#include "sim/gossip.h"
#include "policy/blob.h"

#define RECENT_MAX	30.0	/* s: figures heard show older moves */
#define AGES_EVERY	64	/* ticks of which one counts for the statistics of ages */
#define SCARCE		0.25	/* of a node's memory: while more is free nobody need think of it */

static int64_t milliseconds(double now)
{
	return (int64_t)(now * 1000);
}

static void tell(struct world *w, struct machine *m, const struct figures *own)
{
	uint8_t blob[BLOB_MAX];
	size_t len = blob_encode(&m->vector, own, milliseconds(w->now), blob, sizeof(blob));

	gossip_tell(w, m - w->machine, blob, len);
}

/* Processes that need more memory from second to second. */
static void grow(struct world *w, struct machine *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct sim_job *j = &w->job[m->job[i]];
		double more = fmin(j->grow, j->max - j->rss);

		if (j->grow > 0 && more > 0) {
			j->rss += more;
			m->used_mem += more;
		}
	}
	w->tally.swap += m->used_mem > m->mem;
	w->tally.node_seconds++;
}

/* To others a node says the most that it has; itself it believes the mean, so nothing rash is done. */
static struct peer self_peer(const struct machine *m, const struct figures *own)
{
	struct peer p = snapshot_peer(own, 0);

	p.running = m->average;
	return p;
}

static size_t put_peers(struct world *w, const struct machine *m, const struct figures *own,
			struct peer *out)
{
	struct heard heard[VECTOR_SIZE];
	size_t known = vector_all(&m->vector, milliseconds(w->now), heard), count = 0;
	bool self = false;

	for (size_t i = 0; i < known; i++) {
		const struct machine *other = &w->machine[heard[i].figures->id - 1];
		double age = w->now - heard[i].stamp / 1000.0;

		if (!self && heard[i].figures->id > m->id) {
			out[count++] = self_peer(m, own);
			self = true;
		}
		if (!gossip_knows(w, m, other))
			continue;
		out[count++] = snapshot_peer(heard[i].figures, age);
	}
	if (!self)
		out[count++] = self_peer(m, own);
	return count;
}

static void count_ages(struct world *w, const struct peer *peer, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (peer[i].age <= 0)
			continue;
		w->tally.ages += peer[i].age;
		w->tally.aged++;
		w->tally.oldest = fmax(w->tally.oldest, peer[i].age);
	}
}

static double left_of(const struct world *w, const struct sim_job *j)
{
	const struct machine *m = &w->machine[j->where];
	double progress = m->progress + (m->up ? machine_rate(m) * (w->now - m->now) : 0);

	return fmax(0, (j->finish - progress) / j->factor);
}

static struct job describe(const struct world *w, uint32_t index)
{
	const struct sim_job *j = &w->job[index];

	return (struct job) {
		.pid = index + 1,
		.flags = j->locked ? JOB_LOCKED : 0,
		.home = w->machine[j->home].id,
		.where = w->machine[j->where].id,
		.before = j->moves ? w->machine[j->before].id : 0,
		.moves = j->moves,
		.demand = 1,
		.used = j->work - left_of(w, j),
		.rss = j->rss,
		.calls = j->calls,
		.rested = w->now - j->moved,
	};
}

/* Own jobs that run somewhere, and guests, which only memory makes leave from here. */
static size_t put_jobs(struct world *w, struct machine *m, struct job *out)
{
	uint32_t self = m - w->machine;
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < m->owned; i++) {
		const struct sim_job *j = &w->job[m->own[i]];

		if (j->done || j->lost)
			continue;
		m->own[kept++] = m->own[i];
		if (j->running)
			out[count++] = describe(w, m->own[i]);
	}
	m->owned = kept;
	for (size_t i = 0; m->guests && i < m->count; i++) {
		if (w->job[m->job[i]].home == self)
			continue;
		out[count] = describe(w, m->job[i]);
		out[count++].flags |= JOB_GUEST;
	}
	return count;
}

static size_t put_recents(struct world *w, struct machine *m, struct recent *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->recents; i++) {
		const struct sim_recent r = m->recent[i];

		if (!r.under_way && w->now - r.at > RECENT_MAX)
			continue;
		m->recent[kept] = r;
		out[kept++] = (struct recent) {
			.pid = r.job + 1, .from = w->machine[r.from].id, .to = w->machine[r.to].id,
			.demand = 1, .rss = w->job[r.job].rss, .ago = w->now - r.at,
			.under_way = r.under_way,
		};
	}
	m->recents = kept;
	return kept;
}

void mind_landed(struct world *w, uint32_t job)
{
	struct machine *m = &w->machine[w->job[job].decider];

	for (size_t i = 0; i < m->recents; i++) {
		struct sim_recent *r = &m->recent[i];

		if (r->job != job || !r->under_way)
			continue;
		r->under_way = false;
		r->at = w->now;
	}
}

/* Its memory follows it, after what the home's network has to carry before. */
static double travel(struct world *w, struct sim_job *j, uint32_t to)
{
	struct machine *home = &w->machine[j->home];
	const struct costs *c = &w->scenario->policy.costs;
	unsigned int hops = to != j->home && j->where != j->home ? 2 : 1;

	home->sending_until = fmax(home->sending_until, w->now);
	home->sending_until += hops * j->rss / w->scenario->bandwidth;
	j->stall = home->sending_until - w->now;
	return hops * c->move;
}

static void carry_out(struct world *w, struct machine *m, const struct snapshot *s,
		      const struct decision *d)
{
	uint32_t job = s->job[d->job].pid - 1, to = d->to - 1;
	struct sim_job *j = &w->job[job];
	struct machine *home = &w->machine[j->home];

	if (!home->up)
		return;
	w->tally.moves_by[d->cause]++;
	j->decider = m - w->machine;
	machine_remember(m, job, j->where, to, w->now);
	if (w->trace)
		fprintf(w->trace, "%.2f job %u from %u to %u by %u: %s: %s\n", w->now, job + 1, d->from,
			d->to, m->id, cause_name(d->cause), d->text);
	world_send(w, job, to, travel(w, j, to));
}

static void ponder(struct world *w, struct machine *m, const struct figures *own)
{
	struct decision decisions[256];
	struct verdict v = { .decision = decisions, .decisions_max = 256 };
	struct snapshot s = {
		.seed = random_next(&w->chance),
		.self = m->id,
		.settings = w->scenario->policy,
	};
	struct peer peer[PEERS_MAX];
	struct job *job = calloc(m->owned + m->count + 1, sizeof(*job));
	struct recent *recent = calloc(m->recents + 1, sizeof(*recent));

	if (!job || !recent) {
		log_error("no memory");
		exit(EXIT_FAILURE);
	}
	s.peers = put_peers(w, m, own, peer);
	s.peer = peer;
	s.jobs = put_jobs(w, m, job);
	s.job = job;
	s.recents = put_recents(w, m, recent);
	s.recent = recent;
	if (random_below(&w->chance, AGES_EVERY) == 0)
		count_ages(w, peer, s.peers);
	if (s.jobs && !decide(&s, &v))
		for (size_t i = 0; i < v.decisions; i++)
			carry_out(w, m, &s, &v.decision[i]);
	free(job);
	free(recent);
}

void mind_tick(struct world *w, uint32_t machine)
{
	struct machine *m = &w->machine[machine];
	struct figures own;

	machine_advance(m, w->now);
	grow(w, m);
	world_plan(w, machine);
	own = machine_figures(m, w->now);
	tell(w, m, &own);
	/* guests leave only for memory's sake */
	if (m->owned || (m->guests && own.mem < SCARCE * own.total) ||
	    random_below(&w->chance, AGES_EVERY) == 0)
		ponder(w, m, &own);
}
