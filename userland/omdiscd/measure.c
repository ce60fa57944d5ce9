// SPDX-License-Identifier: GPL-2.0
/*
 * This node's figures for the load vector. How many processes want a CPU is known for each (procs.c),
 * which is better than a sample of the run queue once a second: daemons all wake at the same moment.
 * Only when programs come and go too quickly to be seen does the queue count, and only while the
 * CPUs are busy.
 */
#include "omdiscd/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "policy/limit.h"

#define SEEN		0.7	/* of the CPU time in use belongs to processes that were seen */
#define SLOPE_TAU	3.0	/* s */
#define STARTS_TAU	2.0	/* s */

double measure_running(double cpus, double util, double queue, double demand, double used)
{
	double busy = cpus * util;

	if (used >= SEEN * busy)
		return demand;
	if (util < MEASURE_BUSY)
		return busy;
	return queue > demand ? fmax(queue, busy) : demand;
}

unsigned int measure_parse_pressure(const char *text)
{
	const char *some = strstr(text, "some avg10=");
	double percent;

	if (!some || sscanf(some, "some avg10=%lf", &percent) != 1 || !(percent > 0))
		return 0;
	return percent < 100 ? percent : 100;
}

static unsigned int read_pressure(const char *name)
{
	char text[256];

	return file_readf(text, sizeof(text), "/proc/pressure/%s", name) < 0 ? 0 :
	       measure_parse_pressure(text);
}

static double read_admin(const char *name)
{
	char text[32];
	uint64_t value;

	if (file_readf(text, sizeof(text), "/proc/hpc/admin/%s", name) < 0 ||
	    parse_u64(text, &value))
		return 0;
	return value;
}

static enum limit_mode read_mode(const char *name)
{
	double mode = read_admin(name);

	return mode > 1 ? LIMIT_GUESTS : mode > 0 ? LIMIT_LOCAL : LIMIT_ALL;
}

static unsigned int read_limits(const struct cluster_load *load, const struct procs *procs)
{
	struct limits limits = {
		.load = read_admin("loadlimit"),
		.load_mode = read_mode("llimitmode"),
		.cpu = read_admin("cpulimit"),
		.cpu_mode = read_mode("climitmode"),
	};
	struct limit_use use = {
		.local = procs->local, .guests = procs->guests,
		.local_cpu = procs->local_cpu, .guest_cpu = procs->guest_cpu,
		.cpus = load->cpus ? load->cpus : 1,
		.speed = load->speed ? (double)load->speed / FIGURES_STANDARD_SPEED : 1,
	};

	return limit_status(&limits, &use);
}

static void read_forks(struct measure *m, double seconds)
{
	uint64_t forks = 0;
	char *text, *at;
	double past = exp(-seconds / STARTS_TAU);

	if (file_load("/proc/stat", &text))
		return;
	at = strstr(text, "\nprocesses ");
	if (at)
		forks = strtoull(at + strlen("\nprocesses "), NULL, 10);
	free(text);
	if (m->started && seconds > 0 && forks >= m->forks)
		m->starts = m->starts * past + (forks - m->forks) / seconds * (1 - past);
	m->forks = forks;
}

static void follow(struct measure *m, const struct cluster_load *load, double seconds)
{
	double past = exp(-seconds / FIGURES_TAU), trend = exp(-seconds / SLOPE_TAU);

	read_forks(m, seconds);
	if (m->started && seconds > 0) {
		double change = ((double)load->mem - (double)m->mem) / seconds;

		m->slope = m->slope * trend + change * (1 - trend);
		m->running = m->running * past + m->now * (1 - past);
	}
	m->mem = load->mem;
	m->started = true;
}

static double at_most(double x, double max)
{
	return x < max ? x : max;
}

void measure_read(struct measure *m, uint64_t now_ms, unsigned int id,
		  const struct load_meter *meter, const struct cluster_load *load,
		  const struct procs *procs, struct figures *out)
{
	double cpus = load->cpus ? load->cpus : 1;

	m->now = measure_running(cpus, load->util / 100.0, meter->smooth / 1000.0,
				 procs->local + procs->guests, procs->local_cpu + procs->guest_cpu);
	follow(m, load, m->started ? (now_ms - m->at_ms) / 1000.0 : 0);
	m->at_ms = now_ms;
	*out = (struct figures) {
		.id = id,
		.cpus = cpus,
		.guests = at_most(load->guests, UINT16_MAX),
		.status = (load->status & 63) | read_limits(load, procs),
		.zone = at_most(read_admin("zone"), 255),
		.memory_pressure = read_pressure("memory"),
		.cpu_pressure = read_pressure("cpu"),
		.speed = at_most(load->speed, UINT32_MAX),
		.running = at_most(fmax(m->running, m->now) * 100, UINT32_MAX),
		.mem = load->mem < load->tmem ? load->mem : load->tmem,
		.total = load->tmem,
	};
}
