/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MEASURE_H
#define TESSERA_MEASURE_H

#include "omdiscd/load.h"
#include "omdiscd/procs.h"

#define MEASURE_BUSY	0.9	/* of the CPU time in use: somebody may be waiting */

/* What this node is doing, as far as it must be remembered from second to second. */
struct measure {
	bool started;
	uint64_t at_ms;
	double running;		/* processes that want a CPU: the mean of the last seconds */
	double now;		/* and of the last one only */
	uint64_t mem;		/* bytes */
	double slope;		/* bytes/s by which free memory changes */
	uint64_t forks;		/* since boot */
	double starts;		/* programs started each second, of late */
};

/* The figures that others are told. id 0 = not in a cluster. */
void measure_read(struct measure *m, uint64_t now_ms, unsigned int id,
		  const struct load_meter *meter, const struct cluster_load *load,
		  const struct procs *procs, struct figures *out);
/* Processes that want a CPU, from what is known: see measure.c. */
double measure_running(double cpus, double util, double queue, double demand, double used);
/* "some avg10=1.23 ..." of /proc/pressure/...: percent. */
unsigned int measure_parse_pressure(const char *text);

#endif
