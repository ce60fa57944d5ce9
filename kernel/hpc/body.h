/* SPDX-License-Identifier: GPL-2.0 */
/* Arriving: building a guest from a MIG message. */
#ifndef _HPC_BODY_H
#define _HPC_BODY_H

struct hpc_link;
struct hpc_msg;
struct hpc_task;
struct pt_regs;

/* Start a task that becomes the body; on success it owns @link and @msg. */
int hpc_body_start(struct hpc_link *link, struct hpc_msg *msg);

/* The resume hook of a body: install registers, join, go home. */
void hpc_body_resume(struct hpc_task *ht, struct pt_regs *regs);

/* Credentials of a guest: home's ids to look at, no power at all. 0 or -ENOMEM. */
int hpc_body_creds(u32 uid, u32 gid);

#endif /* _HPC_BODY_H */
