// SPDX-License-Identifier: GPL-2.0
/*
 * Load of this node. Where the kernel has computed its own (/proc/hpc/nodes/ID), its numbers are
 * used, so that all nodes see what it sees; else they come from /proc/{loadavg,stat,meminfo}.
 * Load is openMosix's: 100 = one runnable process for each standard CPU of speed 10000.
 */
#include "omdiscd/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/guest.h"
#include "lib/node.h"
#include "lib/parse.h"

#define SPEED_STANDARD	10000
#define NUMBER_MAX	1000000000u

/* "cpu  user nice system idle iowait irq softirq steal ..." and a "cpuN" line for each; returns these */
unsigned int load_parse_stat(const char *text, uint64_t *busy, uint64_t *total)
{
	unsigned long long t[8] = { 0 };
	unsigned int cpus = 0;

	sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2], &t[3],
	       &t[4], &t[5], &t[6], &t[7]);
	*total = 0;
	for (int i = 0; i < 8; i++)
		*total += t[i];
	*busy = *total - t[3] - t[4];
	for (const char *at = text; (at = strstr(at, "\ncpu")); at++)
		cpus += at[4] >= '0' && at[4] <= '9';
	return cpus;
}

/* "0.00 0.01 0.05 RUNNABLE/TOTAL LASTPID", of which one is this daemon itself */
int load_parse_runnable(const char *text, unsigned int *runnable)
{
	unsigned int total;

	if (sscanf(text, "%*s %*s %*s %u/%u", runnable, &total) != 2)
		return -1;
	if (*runnable)
		--*runnable;
	return 0;
}

/* "Name:   NUMBER kB", in bytes; 0 when it is not there */
uint64_t load_parse_meminfo(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	unsigned long long kb;

	if (!at || sscanf(at + strlen(name), " %llu kB", &kb) != 1 || kb >= UINT64_C(1) << 50)
		return 0;
	return kb * 1024;
}

static void read_cpus(struct load_meter *meter, struct cluster_load *out)
{
	uint64_t busy, total;
	char *text;

	if (file_load("/proc/stat", &text))
		return;
	out->cpus = load_parse_stat(text, &busy, &total);
	free(text);
	if (meter->started && total > meter->total && busy >= meter->busy)
		out->util = (busy - meter->busy) * 100 / (total - meter->total);
	if (out->util > 100)
		out->util = 100;
	meter->busy = busy;
	meter->total = total;
}

static void read_load(struct load_meter *meter, struct cluster_load *out)
{
	unsigned int runnable;
	char text[128];

	if (file_read("/proc/loadavg", text, sizeof(text)) < 0 || load_parse_runnable(text, &runnable))
		return;
	if (runnable > 1000000)
		runnable = 1000000;
	/* three quarters of the past */
	meter->smooth = meter->started ? (3 * meter->smooth + runnable * 1000) / 4 : runnable * 1000;
	if (out->cpus && out->speed)
		out->load = meter->smooth / 10 * SPEED_STANDARD / out->speed / out->cpus;
}

static void read_memory(struct cluster_load *out)
{
	char *text;

	if (file_load("/proc/meminfo", &text))
		return;
	out->mem = load_parse_meminfo(text, "MemAvailable:");
	out->rmem = load_parse_meminfo(text, "MemFree:");
	out->tmem = load_parse_meminfo(text, "MemTotal:");
	free(text);
}

static uint64_t bounded(uint64_t value, uint64_t max)
{
	return value < max ? value : max;
}

static void read_kernel(unsigned int id, struct cluster_load *out)
{
	uint64_t value;

	if (!node_number(id, "load", &value))
		out->load = bounded(value, NUMBER_MAX);
	if (!node_number(id, "util", &value))
		out->util = bounded(value, 100);
	if (!node_number(id, "CPUs", &value) && value)
		out->cpus = bounded(value, UINT16_MAX);
	if (!node_number(id, "mem", &value) && value)
		out->mem = value;
	if (!node_number(id, "rmem", &value) && value)
		out->rmem = value;
	if (!node_number(id, "tmem", &value) && value)
		out->tmem = value;
	if (!node_number(id, "status", &value))
		out->status = (value & 63) | NODE_CONFIGURED | NODE_UP;
}

static uint64_t read_speed(void)
{
	char text[32];
	uint64_t speed;

	if (file_read("/proc/hpc/admin/speed", text, sizeof(text)) < 0 || parse_u64(text, &speed))
		return SPEED_STANDARD;
	return speed ? bounded(speed, NUMBER_MAX) : SPEED_STANDARD;
}

void load_read(struct load_meter *meter, unsigned int id, struct cluster_load *out)
{
	int guests = guest_count();

	*out = (struct cluster_load) {
		.status = NODE_CONFIGURED | NODE_UP,
		.guests = guests > 0 ? guests : 0,
		.speed = read_speed(),
	};
	read_cpus(meter, out);
	read_load(meter, out);
	read_memory(out);
	meter->started = true;
	if (id)
		read_kernel(id, out);
	/* a quiet node gives no load information */
	if (out->status & NODE_QUIET)
		out->load = out->util = 0;
}
