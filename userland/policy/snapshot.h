/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SNAPSHOT_H
#define TESSERA_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "policy/mask.h"
#include "policy/vector.h"

#define PEERS_MAX	(VECTOR_SIZE + 1)
#define JOB_COMM	16

/* What moving costs. */
struct costs {
	double move;		/* s that a process stands still, apart from its memory */
	double call;		/* s that a call home takes */
	double bandwidth;	/* bytes/s */
	double gateway;		/* call and memory take so many times as long behind a gateway */
};

/* A node as the policy sees it, this one included. */
struct peer {
	unsigned int id;
	unsigned int status;	/* enum node_status and figures_status */
	unsigned int guests;
	unsigned int zone;
	double cpus;
	double speed;		/* of one CPU, 1 = standard */
	double running;		/* processes that want a CPU */
	double mem, total;	/* bytes */
	double pressure;	/* of memory, 0..1 */
	double age;		/* s, of these figures */
	struct costs costs;	/* between here and there, as tune measured them; move 0 = not measured */
};

enum job_flags {
	JOB_LOCKED	= 1,	/* lock=1 */
	JOB_CANTMOVE	= 2,	/* the kernel has a reason */
	JOB_GUEST	= 4,	/* another node's: it is here, its home decides, we may send it on */
	JOB_BY_HAND	= 8,	/* somebody moved it last, not we */
	JOB_CPU		= 16,	/* declared: its calls do not count */
	JOB_IO		= 32,	/* declared: calls count more */
	JOB_ASKED	= 64,	/* "migrate PID balance": decide about it now */
};

struct job {
	int pid;
	unsigned int flags;
	unsigned int home;	/* node id */
	unsigned int where;	/* node id, home's when it is at home */
	unsigned int before;	/* node that it left with its last move; 0 = not known */
	unsigned int moves;	/* so far */
	double demand;		/* CPUs it would use if it were alone */
	double used;		/* CPU s so far, of a standard CPU */
	double rss;		/* bytes */
	double dirty;		/* bytes it writes a second; 0 = not known */
	double calls;		/* for home, in a second of CPU; known or guessed */
	double rested;		/* s since its last move, or since it was first seen */
	struct mask mask;
	char comm[JOB_COMM];
};

/* A move that this node ordered lately: figures heard may not show it yet. */
struct recent {
	int pid;
	unsigned int from, to;
	double demand;
	double rss;
	double ago;		/* s since it was ordered */
	bool under_way;
};

struct settings_policy {
	bool cross_gateways;	/* go to nodes of other zones at all */
	size_t moves_max;	/* ordered in one tick and under way */
	struct costs costs;
};

/* All that a decision depends on: the same snapshot gives the same decisions. */
struct snapshot {
	uint64_t seed;
	unsigned int self;
	size_t peers;
	const struct peer *peer;	/* sorted by id, self among them */
	size_t jobs;
	const struct job *job;
	size_t recents;
	const struct recent *recent;	/* the oldest first */
	double slope;			/* bytes/s by which our free memory grows or shrinks */
	struct settings_policy settings;
};

enum cause {
	CAUSE_BALANCE,		/* it gains there */
	CAUSE_CALLS,		/* home, where its calls are cheap */
	CAUSE_MEMORY,		/* this node runs out of memory */
	CAUSE_LIMIT,		/* the load limit of the node where it is is passed */
};

#define REASON_MAX	200

struct decision {
	size_t job;		/* index in the snapshot */
	unsigned int from, to;	/* node ids */
	enum cause cause;
	double benefit, cost;	/* s */
	char text[REASON_MAX];
};

/* What is thought of a process that was considered, moved or not. */
struct thought {
	int pid;
	unsigned int best;	/* node id; where it is, if nothing is better */
	double benefit, cost;	/* s */
	char text[REASON_MAX];
};

/* Sensible costs of a gigabit network, and limits. */
struct settings_policy snapshot_defaults(void);
struct peer snapshot_peer(const struct figures *f, double age);
/* Index of a node in peer[], or -1. */
int snapshot_find(const struct snapshot *s, unsigned int id);
const char *cause_name(enum cause cause);

#endif
