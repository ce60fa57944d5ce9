/* SPDX-License-Identifier: GPL-2.0 */
/* fork() of a process that is away: both halves are cloned, then the new ones meet. */
#ifndef _HPC_FORK_H
#define _HPC_FORK_H

#include <linux/types.h>

struct hpc_link;
struct hpc_msg;
struct hpc_task;
struct pt_regs;

/*
 * Deputy: clone itself with the flags and exit signal in @args. The child's pid, and
 * in *@token what its body has to show; or -errno.
 */
long hpc_fork_home(struct hpc_task *ht, const unsigned long args[6], __le64 *token);

/* Deputy of a child, when it first runs: wait for its body. */
int hpc_fork_expect(struct hpc_task *ht);

/* Body: the call @nr, from the program to its result in @regs. */
void hpc_fork_body(struct hpc_task *ht, struct pt_regs *regs, long nr,
		   const unsigned long args[6]);

/* Body of a child, before it runs: find the deputy. */
int hpc_fork_join(struct hpc_task *ht);

/* Home: a link on which JOIN came. 0: it has found its deputy, who holds it now. */
int hpc_fork_joined(struct hpc_link *link, const struct hpc_msg *msg);

#endif /* _HPC_FORK_H */
