/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_GUEST_H
#define TESSERA_GUEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A process of another node that runs here. */
struct guest {
	pid_t pid;		/* here */
	unsigned int from;	/* home node */
	pid_t home_pid;		/* 0 = not disclosed */
	uid_t uid;		/* (uid_t)-1 = not disclosed */
	char comm[32];		/* "" = not disclosed */
	uint64_t utime, stime;	/* clock ticks */
	uint64_t vsize;		/* bytes */
	uint64_t rss;		/* pages */
};

struct guest_list {
	size_t count;
	struct guest *guest;	/* sorted by pid */
};

/* 0 (perhaps with none), -ENOENT when the kernel has no /proc/hpc, or -errno. */
int guest_list_read(struct guest_list *list);
void guest_list_free(struct guest_list *list);
/* Only their number, or -errno. */
int guest_count(void);
/*
 * Tells a guest to go to a node, 0 = home; returns before it has left. Its home moves it on, and
 * keeps it where it may not go there. 0 or the kernel's -errno.
 */
int guest_send(pid_t pid, unsigned int node);

#endif
