/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MACHINE_H
#define TESSERA_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "policy/snapshot.h"

/* A simulated process. */
struct sim_job {
	double work;		/* s on a standard CPU */
	double left;		/* of it, while it runs nowhere */
	double finish;		/* the machine's progress at which it is done */
	double factor;		/* its work takes so many times as long there, for its calls */
	double stall;		/* s that it waits for its memory after a move, all in all */
	double rss, grow, max;
	double calls;
	double started, ended;	/* s */
	double moved;		/* s, when it was ordered to move last; or started */
	double left_at;		/* s, when it left the node before */
	uint32_t home;		/* index of a machine */
	uint32_t where;
	uint32_t decider;	/* the machine that ordered its last move */
	uint32_t before;	/* where it was before its last move */
	uint32_t moves;
	uint32_t place;		/* in the machine's heap */
	bool running;		/* in a machine's heap, not under way */
	bool locked, lost, done;
};

/* A simulated computer: all its processes get the same share of its CPUs. */
struct machine {
	unsigned int id;
	bool up, blocked;
	unsigned int side;	/* of a partition */
	unsigned int cpus, zone;
	double speed;		/* 1 = standard */
	double mem, used_mem;	/* bytes */
	double down_since;
	size_t count, room;
	uint32_t *job;		/* a heap: who is done first */
	uint32_t version;	/* of the plan for it */
	double progress;	/* s of work that a job here would have got since the beginning */
	double now;		/* when that was true */
	double average;		/* running, decayed */
	double averaged;	/* s */
	unsigned int guests;
	size_t owned, owned_room;
	uint32_t *own;		/* jobs whose home it is, ended ones are dropped at each tick */
	double sending_until;	/* its network is busy so long */
	struct vector vector;
	struct sim_member *member;	/* of gossip.c; NULL = membership is not simulated */
	size_t recents, recents_room;
	struct sim_recent {
		uint32_t job, from, to;
		double at;
		bool under_way;
	} *recent;
};

/* Work that one job gets in a second. */
double machine_rate(const struct machine *m);
/* Lets time pass. */
void machine_advance(struct machine *m, double now);
void machine_enter(struct machine *m, struct sim_job *jobs, uint32_t job, double call_time);
void machine_leave(struct machine *m, struct sim_job *jobs, uint32_t job);
/* When the first one will be done; INFINITY = nobody. */
double machine_next(const struct machine *m, const struct sim_job *jobs);
struct figures machine_figures(struct machine *m, double now);
void machine_own(struct machine *m, uint32_t job);
void machine_remember(struct machine *m, uint32_t job, uint32_t from, uint32_t to, double now);

#endif
