/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MODEL_H
#define TESSERA_MODEL_H

#include "policy/outlook.h"

#define MODEL_NEVER	1e9	/* s for a second of work: it cannot run there */

/* How often two nodes are apart by a gateway: 0 or 1. */
double model_gateways(const struct peer *a, const struct peer *b);
/*
 * Seconds that a process takes for one second of work on a standard CPU, on a node where running
 * others want a CPU too: its share of the CPUs, their speed, calls for home, scarce memory.
 */
double model_pace(const struct snapshot *s, const struct job *job, int peer, double running,
		  double free_memory);
/* Where it is, and on another node once it were there. */
double model_pace_here(const struct snapshot *s, const struct outlook *o, const struct job *job,
		       int here);
double model_pace_there(const struct snapshot *s, const struct outlook *o, const struct job *job,
			int there);
/* Work that it has still before it, in standard CPU seconds. */
double model_remaining(const struct job *job);
/* Seconds that the move takes away from it. */
double model_cost(const struct snapshot *s, const struct job *job, int here, int there);

#endif
