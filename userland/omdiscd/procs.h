/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PROCS_H
#define TESSERA_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "policy/snapshot.h"
#include "policy/usage.h"

/* A process on this node, or one of this node that is away; from one second to the next. */
struct proc {
	pid_t pid;
	uint64_t start;			/* clock ticks; with pid it names a process */
	bool kernel;			/* a thread of the kernel: never looked at */
	bool known;			/* it was there at the last reading */
	bool guest;
	unsigned int home, where;	/* node ids */
	unsigned int flags;		/* enum job_flags */
	char comm[JOB_COMM];
	uint64_t user, system;		/* clock ticks, here */
	bool runnable;			/* when it was read last */
	uint64_t away, calls;		/* clock ticks and calls, as hpcstat counts them */
	uint64_t rss;			/* bytes */
	double used;			/* s of a standard CPU, as far as seen */
	double cpu;			/* CPUs it used since the last reading */
	double kept;			/* of its calls' past, each second */
	struct usage usage;
	unsigned int moves;		/* nmigs */
	unsigned int placed;		/* of these at exec */
	unsigned int before;		/* node that it left last */
	uint64_t moved_ms;		/* when that was seen; or when it was first seen */
	unsigned int wish;		/* node that we told it to go to; 0 = none */
	unsigned int fails;		/* of our moves, one after the other */
	uint64_t retry_ms;		/* not before */
	enum mask_mode mask_mode;
	size_t ranges;
	struct mask_range *range;	/* its own */
};

struct procs {
	size_t count;
	struct proc *proc;		/* sorted by pid */
	uint64_t read_ms;
	unsigned int turn;
	unsigned int self;
	double speed;
	bool busy;
	/* sums of the last reading */
	double local, guests;		/* processes here that want a CPU */
	double local_cpu, guest_cpu;	/* CPUs that they use */
};

/*
 * Once a second. self: this node's id; speed: of its CPUs, 1 = standard; busy: they had hardly any
 * time left since the last reading. 0 or -errno.
 */
int procs_read(struct procs *p, uint64_t now_ms, unsigned int self, double speed, bool busy);
void procs_free(struct procs *p);
struct proc *procs_find(const struct procs *p, pid_t pid);

/* The parsers, given the text of the file; 0 or -EINVAL. */
int procs_parse_stat(const char *text, struct proc *out);
double procs_parse_decay(const char *text, unsigned int *flags);

#endif
