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

/* Node where @p runs, 0 at home (and for a guest, which is seen from its host). */
int hpc_task_where(struct task_struct *p);

/* Node a pending move of @p leads to, 0 when there is none. */
int hpc_task_goal(struct task_struct *p);

unsigned int hpc_task_nmigs(struct task_struct *p);
bool hpc_task_locked(struct task_struct *p);
int hpc_task_lock(struct task_struct *p, bool on);

/*
 * Move @p to @node (0 = home) and wait for the outcome; for current only the
 * checks are made here, the move happens before it returns to user mode.
 * 0 or the errno of docs/interfaces.md; -EINTR when the waiter was interrupted.
 */
int hpc_task_move(struct task_struct *p, int node);

/* The `name value` lines of /proc/PID/hpcstat. */
void hpc_task_show_stat(struct task_struct *p, struct seq_file *m);

/* True, and *@g filled, when @p is a guest on this node. */
bool hpc_task_guest(struct task_struct *p, struct hpc_guest *g);

/* Bring every away process home; send every guest home. Interruptible. */
int hpc_bring_all(void);
int hpc_expel_all(void);

#endif /* _HPC_TASK_H */
