/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_DATA_H
#define TOOLS_MOSMON_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/node.h"

enum process_kind {
	PROCESS_AWAY,	/* home is here, runs on .node */
	PROCESS_GUEST,	/* runs here, home is .node */
	PROCESS_LOCAL,	/* home is here and it runs here */
};

struct process {
	enum process_kind kind;
	pid_t pid;		/* on this node */
	unsigned int node;
	unsigned int nmigs;	/* unknown (0) of guests */
	bool lock;
	uint64_t ticks;		/* CPU time used, clock ticks */
	uint64_t seconds;	/* the same */
	uint64_t start;		/* clock ticks after boot; 0: unknown */
	char user[33];
	char state[8];
	char cmd[160];		/* printable */
};

/* All that mosmon shows, as it was at one moment. */
struct snapshot {
	struct node_list nodes;
	struct process *process;	/* away, then guests, then local; by pid */
	size_t nr_processes;
	unsigned int self;		/* this node's id; 0: none */
	unsigned int nr_up, nr_dead, nr_away, nr_guests;
	char last_move[256];		/* "", or the newest that the policy made here */
	char trouble[120];		/* "", or what is missing here, in words */
};

/* Never fails: what cannot be read is absent, and .trouble says so. */
void snapshot_read(struct snapshot *snapshot, bool with_local);
void snapshot_free(struct snapshot *snapshot);
bool snapshot_is_dead(const struct node *node);
const char *snapshot_state(const struct node *node);

#endif
