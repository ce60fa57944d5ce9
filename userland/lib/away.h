/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_AWAY_H
#define TESSERA_AWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process of this node and where it runs. */
struct away {
	pid_t pid;
	uid_t uid;
	unsigned int where;	/* node id, 0 = at home */
	unsigned int nmigs;
	bool lock;
	char comm[32];
};

struct away_list {
	size_t count;
	struct away *proc;	/* sorted by pid */
};

/* Reads one process; 0, -ENOENT when it is gone, -ENOSYS when the kernel has no "where". */
int away_read(pid_t pid, struct away *proc);
/* Processes that are away, or all when all is set. A process that ends meanwhile is left out. */
int away_list_read(struct away_list *list, bool all);
void away_list_free(struct away_list *list);
/* Moves a process to a node, 0 = home; blocks until it is there; 0 or the kernel's -errno. */
int away_move(pid_t pid, unsigned int node);
/* The words of /proc/PID/cantmove into buf; length (0 = free to move) or -errno. */
int away_reasons(pid_t pid, char *buf, size_t size);

#endif
