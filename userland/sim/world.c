// SPDX-License-Identifier: GPL-2.0
/*
 * The simulated cluster: machines, jobs and what happens to them in virtual time. What the nodes
 * think is in mind.c, with the daemon's own code.
 */
#include "sim/world.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "sim/gossip.h"
#include "sim/mind.h"

#define PINGPONG	60.0	/* s: who is back so soon should have stayed */
#define SAMPLE_EVERY	1.0	/* s, for the plot */

bool world_reaches(const struct world *w, const struct machine *a, const struct machine *b)
{
	return a->up && b->up && a->side == b->side;
}

void world_plan(struct world *w, uint32_t machine)
{
	struct machine *m = &w->machine[machine];
	double next = machine_next(m, w->job);

	if (next < INFINITY)
		event_add(&w->queue, next, EVENT_DONE, machine, m->version);
}

static double call_time(const struct world *w, const struct sim_job *j, uint32_t machine)
{
	return machine == j->home ? 0 : w->scenario->policy.costs.call;
}

static void enter(struct world *w, uint32_t job, uint32_t machine)
{
	struct machine *m = &w->machine[machine];
	struct sim_job *j = &w->job[job];

	machine_advance(m, w->now);
	machine_enter(m, w->job, job, call_time(w, j, machine));
	j->where = machine;
	m->guests += machine != j->home;
	world_plan(w, machine);
}

static void leave(struct world *w, uint32_t job)
{
	struct sim_job *j = &w->job[job];
	struct machine *m = &w->machine[j->where];

	machine_advance(m, w->now);
	machine_leave(m, w->job, job);
	m->guests -= j->where != j->home;
	world_plan(w, j->where);
}

static void end_job(struct world *w, uint32_t job, bool lost)
{
	struct sim_job *j = &w->job[job];

	if (j->running)
		leave(w, job);
	j->ended = w->now;
	j->done = !lost;
	j->lost = lost;
	w->tally.done += !lost;
	w->tally.lost += lost;
	w->tally.waited += j->ended - j->started;
	w->tally.last_end = w->now;
}

static double draw_work(struct world *w, const struct job_line *line)
{
	if (!line->varied)
		return line->work;
	return -log(1 - random_unit(&w->chance)) * line->work;
}

static void start_job(struct world *w, const struct job_line *line, size_t nth)
{
	uint32_t home = line->on.from - 1 + nth % (line->on.to - line->on.from + 1);
	uint32_t job = w->jobs++;
	struct sim_job *j = &w->job[job];

	*j = (struct sim_job) {
		.work = draw_work(w, line),
		.rss = line->rss, .grow = line->grow, .max = line->max ? line->max : INFINITY,
		.calls = line->calls, .locked = line->locked,
		.started = w->now, .moved = w->now, .left_at = -PINGPONG,
		.home = home, .where = home, .before = home,
	};
	j->left = j->work;
	w->arrivals_left--;
	if (!w->machine[home].up) {
		j->lost = true;
		w->tally.lost++;
		return;
	}
	machine_own(&w->machine[home], job);
	enter(w, job, home);
}

static void arrive(struct world *w, uint32_t index)
{
	const struct job_line *line = &w->scenario->job[index];
	double pause;

	do {
		start_job(w, line, line->count - w->job_line_left[index]--);
	} while (w->job_line_left[index] && line->every <= 0);
	if (!w->job_line_left[index])
		return;
	pause = -log(1 - random_unit(&w->chance)) * line->every;
	event_add(&w->queue, w->now + pause, EVENT_ARRIVAL, index, 0);
}

static void finish(struct world *w, const struct event *e)
{
	struct machine *m = &w->machine[e->index];

	if (m->version != e->version || !m->count || !m->up)
		return;
	machine_advance(m, w->now);
	end_job(w, m->job[0], false);
}

void world_send(struct world *w, uint32_t job, uint32_t to, double seconds)
{
	struct sim_job *j = &w->job[job];
	uint32_t from = j->where;

	leave(w, job);
	if (to == j->before && w->now - j->left_at < PINGPONG && j->moves)
		w->tally.pingpong++;
	j->before = from;
	j->left_at = w->now;
	j->moved = w->now;
	j->moves++;
	w->tally.moves++;
	event_add(&w->queue, w->now + seconds, EVENT_LANDED, job, to);
}

static void land(struct world *w, const struct event *e)
{
	struct sim_job *j = &w->job[e->index];
	const struct machine *home = &w->machine[j->home], *to = &w->machine[e->version];

	if (j->lost)
		return;
	mind_landed(w, e->index);
	if (world_reaches(w, home, to)) {
		enter(w, e->index, e->version);
		return;
	}
	/* refused before the commit point: it is at home as before, or away and lost with its host */
	w->tally.refused++;
	if (!home->up)
		end_job(w, e->index, true);
	else
		enter(w, e->index, j->home);
}

static void fail(struct world *w, uint32_t machine)
{
	struct machine *m = &w->machine[machine];

	machine_advance(m, w->now);
	while (m->count)
		end_job(w, m->job[0], true);
	m->up = false;
	m->down_since = w->now;
	gossip_stop(w, machine);
	for (size_t i = 0; i < w->jobs; i++)
		if (w->job[i].home == machine && !w->job[i].done && !w->job[i].lost)
			end_job(w, i, true);
	m->owned = m->recents = 0;
}

static void join(struct world *w, uint32_t machine)
{
	struct machine *m = &w->machine[machine];

	if (m->up)
		return;
	m->up = true;
	m->now = w->now;
	m->averaged = w->now;
	m->average = 0;
	memset(&m->vector, 0, sizeof(m->vector));
	event_add(&w->queue, w->now + random_unit(&w->chance), EVENT_TICK, machine, 0);
	gossip_start(w, machine);
}

static void heal(struct world *w)
{
	for (size_t i = 0; i < w->machines; i++)
		w->machine[i].side = 0;
}

/* What crosses a cut is dead: both halves of a process end. */
static void part(struct world *w, const struct script_line *line)
{
	for (uint32_t i = line->nodes.from - 1; i < line->nodes.to; i++)
		w->machine[i].side = 1;
	for (size_t i = 0; i < w->jobs; i++) {
		struct sim_job *j = &w->job[i];

		if (j->running && w->machine[j->home].side != w->machine[j->where].side)
			end_job(w, i, true);
	}
}

static void play(struct world *w, const struct script_line *line)
{
	if (line->kind == SCRIPT_PART)
		part(w, line);
	else if (line->kind == SCRIPT_HEAL)
		heal(w);
	for (uint32_t i = line->nodes.from - 1; i < line->nodes.to; i++) {
		if (line->kind == SCRIPT_FAIL)
			fail(w, i);
		else if (line->kind == SCRIPT_JOIN)
			join(w, i);
		else if (line->kind == SCRIPT_BLOCK || line->kind == SCRIPT_UNBLOCK)
			w->machine[i].blocked = line->kind == SCRIPT_BLOCK;
	}
}

static void sample(struct world *w)
{
	size_t busy = 0, cpus = 0, running = 0, most = 0;

	if (!w->plot)
		return;
	for (size_t i = 0; i < w->machines; i++) {
		const struct machine *m = &w->machine[i];

		cpus += m->up ? m->cpus : 0;
		busy += m->count < m->cpus ? m->count : m->cpus;
		running += m->count;
		most = m->count > most ? m->count : most;
	}
	fprintf(w->plot, "%.1f %.4f %zu %zu %zu %llu\n", w->now, cpus ? (double)busy / cpus : 0,
		running, most, w->tally.done, (unsigned long long)w->tally.moves);
	event_add(&w->queue, w->now + SAMPLE_EVERY, EVENT_SAMPLE, 0, 0);
}

static void happen(struct world *w, const struct event *e)
{
	switch (e->kind) {
	case EVENT_TICK:
		if (!w->machine[e->index].up)
			return;
		mind_tick(w, e->index);
		event_add(&w->queue, w->now + 1, EVENT_TICK, e->index, 0);
		return;
	case EVENT_DONE:
		finish(w, e);
		return;
	case EVENT_LANDED:
		land(w, e);
		return;
	case EVENT_ARRIVAL:
		arrive(w, e->index);
		return;
	case EVENT_SCRIPT:
		play(w, &w->scenario->script[e->index]);
		return;
	case EVENT_PACKET:
		gossip_deliver(w, e);
		return;
	case EVENT_GOSSIP:
		gossip_due(w, e);
		return;
	case EVENT_SAMPLE:
		sample(w);
		return;
	}
}

void world_run(struct world *w)
{
	struct event e;

	while (event_next(&w->queue, &e)) {
		if (w->scenario->until > 0 && e.time > w->scenario->until)
			return;
		if (!w->arrivals_left && w->tally.done + w->tally.lost == w->jobs &&
		    w->scenario->until <= 0)
			return;
		w->now = e.time;
		happen(w, &e);
	}
}

static void make_machines(struct world *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->scenario->node_lines; i++) {
		const struct node_line *line = &w->scenario->node[i];

		for (unsigned int k = 0; k < line->count; k++, n++)
			w->machine[n] = (struct machine) {
				.id = n + 1, .up = true, .blocked = line->blocked,
				.cpus = line->cpus, .zone = line->zone, .mem = line->mem,
				.speed = (double)line->speed / FIGURES_STANDARD_SPEED,
			};
	}
}

static bool fails_before(const struct scenario *s, uint32_t node, double at)
{
	for (size_t i = 0; i < s->script_lines; i++)
		if (s->script[i].kind == SCRIPT_FAIL && s->script[i].at < at &&
		    s->script[i].nodes.from <= node && node <= s->script[i].nodes.to)
			return true;
	return false;
}

static void plan_all(struct world *w)
{
	const struct scenario *s = w->scenario;

	for (size_t i = 0; i < s->script_lines; i++) {
		event_add(&w->queue, s->script[i].at, EVENT_SCRIPT, i, 0);
		for (uint32_t k = s->script[i].nodes.from; k <= s->script[i].nodes.to; k++)
			if (s->script[i].kind == SCRIPT_JOIN && !fails_before(s, k, s->script[i].at))
				w->machine[k - 1].up = false;
	}
	for (size_t i = 0; i < s->job_lines; i++)
		event_add(&w->queue, s->job[i].at, EVENT_ARRIVAL, i, 0);
	for (size_t i = 0; i < w->machines; i++) {
		if (!w->machine[i].up)
			continue;
		event_add(&w->queue, random_unit(&w->chance), EVENT_TICK, i, 0);
		gossip_start(w, i);
	}
	event_add(&w->queue, 0, EVENT_SAMPLE, 0, 0);
}

int world_init(struct world *w, struct scenario *s)
{
	memset(w, 0, sizeof(*w));
	w->scenario = s;
	w->chance.state = s->seed;
	w->machines = scenario_nodes(s);
	for (size_t i = 0; i < s->job_lines; i++)
		w->jobs_room += s->job[i].count;
	w->arrivals_left = w->jobs_room;
	w->machine = calloc(w->machines, sizeof(*w->machine));
	w->job = calloc(w->jobs_room + 1, sizeof(*w->job));
	w->job_line_left = calloc(s->job_lines + 1, sizeof(*w->job_line_left));
	if (!w->machine || !w->job || !w->job_line_left) {
		world_free(w);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->job_lines; i++)
		w->job_line_left[i] = s->job[i].count;
	make_machines(w);
	plan_all(w);
	return 0;
}

void world_free(struct world *w)
{
	gossip_free(w);
	for (size_t i = 0; w->machine && i < w->machines; i++) {
		free(w->machine[i].job);
		free(w->machine[i].own);
		free(w->machine[i].recent);
	}
	free(w->machine);
	free(w->job);
	free(w->job_line_left);
	free(w->queue.event);
	memset(w, 0, sizeof(*w));
}
