/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOVES_H
#define TOOLS_MOVES_H

#include <stdint.h>
#include <sys/types.h>
#include "lib/node.h"

#define MOVE_LINE_MAX	512

/* One line of /run/omdiscd/moves. */
struct move {
	uint64_t time_ms;	/* since 1970 */
	pid_t pid;
	unsigned int from, to;	/* node ids, 0 = home */
	char comm[32];
	char cause[32];
	char text[200];
};

struct move_list {
	size_t count;
	struct move *move;	/* oldest first */
};

/* What the policy thinks of one process: its line of /run/omdiscd/thoughts. */
struct thought {
	pid_t pid;
	unsigned int best;	/* node id; 0: nowhere is better */
	int64_t benefit_ms, cost_ms;
	char text[200];
};

/* The newest moves (what is in the last MOVES_BYTES of the file); -ENOENT: nobody logs them. */
int moves_read(struct move_list *list);
void moves_free(struct move_list *list);
/* One line of the file, which is cut up; 0 or -EINVAL. */
int move_parse(char *line, struct move *move);
/* As people read it, without a newline. */
const char *moves_text(const struct move *move, const struct node_list *nodes,
		       char out[static MOVE_LINE_MAX]);
/* 0; -ENOENT: no policy runs; -ESRCH: it does not think about that process. */
int thought_find(pid_t pid, struct thought *thought);

#endif
