/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_PROC_H
#define TOOLS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the tools show of a process of this node beyond lib/away.h. */
struct proc {
	pid_t pid;
	pid_t group, session, terminal_group;
	unsigned int threads;
	long nice;
	char state;		/* R S D T Z ... */
	uint64_t ticks;		/* CPU time used, clock ticks */
	uint64_t start;		/* clock ticks after boot */
	bool kernel_thread;
	char cmd[512];		/* command line, or [name] where there is none; printable */
};

/* 0, or -ESRCH when it is gone, or -errno. */
int proc_read(pid_t pid, struct proc *proc);
/* It runs here for another node: it has a pid here, but its home is elsewhere. */
bool proc_is_guest(pid_t pid);
/* STAT as ps(1) shows it. */
void proc_state_text(const struct proc *proc, char out[static 8]);
/* The user's name, or its number. */
const char *proc_user(uid_t uid, char out[static 33]);
/* The user of a name or number; 0 or -ENOENT. */
int proc_uid(const char *name, uid_t *uid);

#endif
