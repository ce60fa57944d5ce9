/* SPDX-License-Identifier: GPL-2.0 */
/* The home half of a process that is away. */
#ifndef _HPC_DEPUTY_H
#define _HPC_DEPUTY_H

#include <linux/types.h>

struct hpc_task;
struct pt_regs;

/* Current has become a deputy: what runs on @node is the process. */
void hpc_deputy_begin(struct hpc_task *ht, int node);

/*
 * Serve the body until the process is at home again (come back or with a new
 * image); then @regs are to be returned to. Does not return when it ends.
 */
void hpc_deputy_run(struct hpc_task *ht, struct pt_regs *regs);

/* CPU time of the body so far, ns, and its peak memory, pages, to be added here. */
void hpc_deputy_account(struct hpc_task *ht, u64 utime, u64 stime, u64 maxrss);

/* The deputy ends in the middle of a call: free what belongs to it. */
void hpc_deputy_forget(struct hpc_task *ht);

#endif /* _HPC_DEPUTY_H */
