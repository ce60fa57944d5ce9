/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_WORLD_H
#define TESSERA_WORLD_H

#include <stdio.h>
#include "policy/random.h"
#include "sim/event.h"
#include "sim/machine.h"
#include "sim/scenario.h"

#define WORLD_NOTICED	5.0	/* s after which all know that a node is dead */

struct tally {
	size_t done, lost;
	uint64_t moves, pingpong, refused;
	uint64_t moves_by[CAUSE_LIMIT + 1];
	double last_end;	/* s */
	double waited;		/* sum of all jobs' times from start to end */
	double swap;		/* s */
	double ages;		/* sum of the ages of figures used */
	uint64_t aged;		/* their number */
	double oldest;
	uint64_t bytes, blobs;
	uint64_t node_seconds;
};

struct world {
	struct scenario *scenario;
	struct random chance;
	struct event_queue queue;
	double now;		/* s */
	size_t machines, jobs, jobs_room;
	struct machine *machine;
	struct sim_job *job;
	size_t arrivals_left;	/* jobs that have not started yet */
	size_t *job_line_left;	/* of each job line */
	size_t packets, packet_next;
	struct sim_packet **packet;	/* under way; free places are NULL */
	struct tally tally;
	FILE *plot;		/* NULL = none */
	FILE *trace;		/* each move with its reason; NULL = none */
};

/* 0 or -ENOMEM. */
int world_init(struct world *w, struct scenario *s);
/* Until all is done, or the scenario's end. */
void world_run(struct world *w);
void world_free(struct world *w);

/* For mind.c: */
/* Plans when the first job of a machine will be done, after a change. */
void world_plan(struct world *w, uint32_t machine);
/* Takes a job from where it is and lets it land elsewhere after a time. */
void world_send(struct world *w, uint32_t job, uint32_t to, double seconds);
/* Can a message go from one to the other? */
bool world_reaches(const struct world *w, const struct machine *a, const struct machine *b);

#endif
