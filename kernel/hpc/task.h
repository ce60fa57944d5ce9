/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a task knows about migration. A struct hpc_task hangs off task_struct
 * from the first time somebody asks for it until the task is freed, so whoever
 * holds a reference on the task may follow task->hpc.
 */
#ifndef _HPC_TASK_H
#define _HPC_TASK_H

#include <linux/types.h>

struct seq_file;
struct task_struct;

/* Who a guest is at home; see hpc_task_guest(). */
struct hpc_guest {
	int from;		/* home node id */
	pid_t pid;		/* pid at home */
	u32 uid, gid;		/* at home */
	char comm[16];
};

/* What a guest has done since it came. */
struct hpc_guest_stat {
	u64 calls;		/* forwarded */
	u64 pages_in, pages_out;
	u64 age;		/* ns */
};

/* Node where @p runs, 0 at home (and for a guest, which is seen from its host). */
int hpc_task_where(struct task_struct *p);

/* Node a pending move of @p leads to, 0 home; -1 when there is none. */
int hpc_task_goal(struct task_struct *p);
bool hpc_task_wishing(struct task_struct *p);

unsigned int hpc_task_nmigs(struct task_struct *p);
bool hpc_task_locked(struct task_struct *p);
int hpc_task_lock(struct task_struct *p, bool on);

/*
 * Move @p to @node (0 = home) and, with @wait, wait for the outcome; for current
 * only the checks are made here, the move happens before it returns to user mode.
 * Of a guest, home is asked to do it; nobody waits for that.
 * 0 or the errno of docs/interfaces.md; -EINTR when the waiter was interrupted.
 */
int hpc_task_move(struct task_struct *p, int node, bool wait);

/* Current has a new image, and a token to start it on @node. */
void hpc_task_place(int node);

/* Current has a new image, and was on @node, where it goes again if it can. */
void hpc_task_go_back(int node);

/* The host of @p, which is away, wants it gone, to @node (0 = home) if it can. */
void hpc_task_sent_off(struct task_struct *p, int node);

/* The `name value` lines of /proc/PID/hpcstat. */
void hpc_task_show_stat(struct task_struct *p, struct seq_file *m);

/* Of a guest. */
void hpc_task_guest_stat(struct task_struct *p, struct hpc_guest_stat *stat);

/* True, and *@g filled, when @p is a guest on this node. */
bool hpc_task_guest(struct task_struct *p, struct hpc_guest *g);

/* Bring every away process home; send every guest home. Interruptible. */
int hpc_bring_all(void);
int hpc_expel_all(void);

#endif /* _HPC_TASK_H */
