/* SPDX-License-Identifier: GPL-2.0 */
/* Leaving home. */
#ifndef _HPC_LEAVE_H
#define _HPC_LEAVE_H

struct hpc_task;
struct pt_regs;

/*
 * Move current, which is about to return to user mode with @regs, to @node, which
 * has @patience jiffies to answer.
 * 0: the body lives there, current is its deputy. Else the errno why not, and
 * nothing has changed. -EBUSY also while pages of the last stay are under way.
 */
int hpc_leave(struct hpc_task *ht, int node, unsigned long patience, struct pt_regs *regs);

#endif /* _HPC_LEAVE_H */
