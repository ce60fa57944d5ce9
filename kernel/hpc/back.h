/* SPDX-License-Identifier: GPL-2.0 */
/* Coming home. */
#ifndef _HPC_BACK_H
#define _HPC_BACK_H

struct hpc_msg;
struct hpc_task;
struct pt_regs;

/* Body: hand the process back and end; returns when a signal must be seen to first. */
void hpc_body_return(struct hpc_task *ht, struct pt_regs *regs);

/* Deputy: take it back into @regs. 0: it is home. Else the link is dead or will be. */
int hpc_deputy_take_back(struct hpc_task *ht, struct pt_regs *regs, struct hpc_msg *msg);

/* Clock of the process, ns. */
u64 hpc_clock_monotonic(void);
u64 hpc_clock_boottime(void);

#endif /* _HPC_BACK_H */
