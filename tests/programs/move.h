/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MOVE_H
#define MOVE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define MOVE_NODES 64
#define MOVE_PIDS 512
#define MOVE_ERRNOS 134

/* Where and when to move; times in milliseconds, drawn evenly from lo..hi. */
struct move_plan {
	uint64_t seed;
	unsigned int nodes[MOVE_NODES];
	size_t n_nodes;
	unsigned int home;
	unsigned int lo_ms, hi_ms;
	unsigned long limit;		/* stop after so many moves; 0 = never */
	bool tree;			/* descendants too */
};

struct move_tally {
	unsigned long moves;		/* committed, away or to another node */
	unsigned long back;		/* committed, to home */
	unsigned long refused;
	unsigned long by_errno[MOVE_ERRNOS];
};

/* Moves PID to the node, 0 = home, and waits: 0 or -errno. */
int move_process(pid_t pid, unsigned int node);

/* Nobody moves PID and its children unasked any more. */
void move_lock(pid_t pid);

/* The node PID runs on, 0 = home, or -errno. */
long move_where(pid_t pid);

/* ROOT and all its living descendants, at most MAX of them. */
size_t move_descendants(pid_t root, pid_t *pids, size_t max);

/* "1,2,3" into plan->nodes, without plan->home; "LO-HI" into its times. */
bool move_parse_nodes(struct move_plan *plan, const char *text);
bool move_parse_times(struct move_plan *plan, const char *text);

/* Moves at random instants until all are gone, *stop is set, or the limit is reached. */
void move_loop(const struct move_plan *plan, const pid_t *roots, size_t n_roots,
	       struct move_tally *tally, const volatile sig_atomic_t *stop);

/* " moves=N back=N refused=N ERRNO=N ..." */
void move_print(FILE *out, const struct move_tally *tally);

#endif
