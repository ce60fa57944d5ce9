// SPDX-License-Identifier: GPL-2.0
/*
 * One simulated node: processor sharing. All processes of a node progress alike, so one number, its
 * progress, stands for all, and each process is done when the progress reaches its finish: a change
 * costs the logarithm of their number. A node whose processes need more memory than it has swaps
 * and is ten times slower.
 */
#include "sim/machine.h"

#include <math.h>
#include <stdlib.h>

#include "lib/log.h"
#include "lib/node.h"

#define SWAPPING	0.1	/* of the speed is left */

static void *grow(void *list, size_t *room, size_t size)
{
	*room = *room ? 2 * *room : 16;
	list = reallocarray(list, *room, size);
	if (!list) {
		log_error("no memory");
		exit(EXIT_FAILURE);
	}
	return list;
}

double machine_rate(const struct machine *m)
{
	double share = m->count > m->cpus ? (double)m->cpus / m->count : 1;

	return share * m->speed * (m->used_mem > m->mem ? SWAPPING : 1);
}

void machine_advance(struct machine *m, double now)
{
	if (m->up && m->count)
		m->progress += machine_rate(m) * (now - m->now);
	m->now = now;
}

static void place(struct machine *m, struct sim_job *jobs, size_t at, uint32_t job)
{
	m->job[at] = job;
	jobs[job].place = at;
}

static void rise(struct machine *m, struct sim_job *jobs, size_t i)
{
	uint32_t job = m->job[i];

	for (; i && jobs[job].finish < jobs[m->job[(i - 1) / 2]].finish; i = (i - 1) / 2)
		place(m, jobs, i, m->job[(i - 1) / 2]);
	place(m, jobs, i, job);
}

static void sink(struct machine *m, struct sim_job *jobs, size_t i)
{
	uint32_t job = m->job[i];

	for (size_t k; (k = 2 * i + 1) < m->count; i = k) {
		if (k + 1 < m->count && jobs[m->job[k + 1]].finish < jobs[m->job[k]].finish)
			k++;
		if (jobs[job].finish <= jobs[m->job[k]].finish)
			break;
		place(m, jobs, i, m->job[k]);
	}
	place(m, jobs, i, job);
}

void machine_enter(struct machine *m, struct sim_job *jobs, uint32_t job, double call_time)
{
	struct sim_job *j = &jobs[job];

	if (m->count == m->room)
		m->job = grow(m->job, &m->room, sizeof(*m->job));
	j->factor = 1 + j->calls * call_time * m->speed;
	j->finish = m->progress + j->left * j->factor + j->stall * m->speed;
	j->stall = 0;
	j->running = true;
	m->used_mem += j->rss;
	place(m, jobs, m->count++, job);
	rise(m, jobs, m->count - 1);
	m->version++;
}

void machine_leave(struct machine *m, struct sim_job *jobs, uint32_t job)
{
	struct sim_job *j = &jobs[job];
	uint32_t last = m->job[--m->count];
	size_t at = j->place;

	j->left = (j->finish - m->progress) / j->factor;
	if (j->left < 0)
		j->left = 0;
	j->running = false;
	m->used_mem -= j->rss;
	if (last != job) {
		place(m, jobs, at, last);
		rise(m, jobs, at);
		sink(m, jobs, jobs[last].place);
	}
	m->version++;
}

double machine_next(const struct machine *m, const struct sim_job *jobs)
{
	if (!m->up || !m->count)
		return INFINITY;
	return m->now + fmax(0, jobs[m->job[0]].finish - m->progress) / machine_rate(m);
}

/* What the daemon of that node would measure and tell. */
struct figures machine_figures(struct machine *m, double now)
{
	double kept = exp(-(now - m->averaged) / FIGURES_TAU);
	double free_mem = m->mem - m->used_mem;
	double now_running;

	m->average = m->average * kept + m->count * (1 - kept);
	m->averaged = now;
	now_running = m->count > m->average ? m->count : m->average;
	return (struct figures) {
		.id = m->id,
		.cpus = m->cpus,
		.guests = m->guests,
		.zone = m->zone,
		.status = NODE_CONFIGURED | NODE_UP | (m->blocked ? NODE_BLOCK : 0),
		.speed = m->speed * FIGURES_STANDARD_SPEED,
		.running = now_running * 100,
		.mem = free_mem > 0 ? free_mem : 0,
		.total = m->mem,
	};
}

void machine_own(struct machine *m, uint32_t job)
{
	if (m->owned == m->owned_room)
		m->own = grow(m->own, &m->owned_room, sizeof(*m->own));
	m->own[m->owned++] = job;
}

void machine_remember(struct machine *m, uint32_t job, uint32_t from, uint32_t to, double now)
{
	if (m->recents == m->recents_room)
		m->recent = grow(m->recent, &m->recents_room, sizeof(*m->recent));
	m->recent[m->recents++] = (struct sim_recent) {
		.job = job, .from = from, .to = to, .at = now, .under_way = true,
	};
}
