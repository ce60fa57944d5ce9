/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_LAUNCH_H
#define TOOLS_LAUNCH_H

#include <stdbool.h>
#include "tools/tool.h"

enum launch_lock { LOCK_DEFAULT, LOCK_KEEP, LOCK_ON, LOCK_OFF };

/* How a program is to be started. */
struct launch {
	bool move;
	unsigned int node;	/* 0 = home */
	bool forgive;		/* run here when the node cannot be had */
	enum launch_lock lock;	/* default: locked if it has a place, else kept where decay is given */
	const char *decay;	/* for /proc/self/decay, as "slow", "own 10 900"; NULL: as the caller's */
	const char *mask;	/* for /proc/self/mignodes: node ids; NULL: as the caller's */
};

/* Does all this to the calling process and becomes the program; returns only a RUN_* code. */
int launch(const struct tool *tool, const struct launch *how, char **argv);
/* A node as a user names it; 0, or the code to exit with, which was explained. */
int launch_on(const struct tool *tool, struct launch *how, const char *node);
/* One of a list, by chance or (best) the one with the most left to give; the same. */
int launch_among(const struct tool *tool, struct launch *how, const char *list, bool best);

#endif
