/* SPDX-License-Identifier: GPL-2.0 */
/* Body: calls that are executed at home. */
#ifndef _HPC_FORWARD_H
#define _HPC_FORWARD_H

#include "proto.h"

struct hpc_call;
struct hpc_task;
struct kernel_siginfo;
struct pt_regs;

/* What came back, besides what is already applied to current. */
struct hpc_result {
	long ret;
	u32 flags;		/* HPC_REPLY_* */
	u64 token;
	struct hpc_wire_file file;
};

/*
 * Execute @nr at home. Masks, signals and inline buffers of the reply are applied
 * to current. 0, or -errno when the link is gone (current is being killed then).
 */
int hpc_forward(struct hpc_task *ht, struct pt_regs *regs, long nr,
		const unsigned long args[6], struct hpc_result *res);

/* An empty call: is there anything for me? */
void hpc_forward_checkin(struct hpc_task *ht);

/* Report what the program did. */
void hpc_forward_force(struct hpc_task *ht, struct kernel_siginfo *info);

/* Leave as soon as possible; @planned: because somebody, or the call, asked for it. */
void hpc_forward_come_home(struct hpc_task *ht, bool planned);

#endif /* _HPC_FORWARD_H */
