/* SPDX-License-Identifier: GPL-2.0 */
/* Calls that change the address space: executed at home, replayed on the host. */
#ifndef _HPC_MMCALL_H
#define _HPC_MMCALL_H

#include <linux/types.h>

struct hpc_task;
struct hpc_wire_file;
struct pt_regs;

/*
 * Deputy, around the execution: @args may be changed (what only the body is to
 * do is left out). -EREMOTE: this must be done with the process at home.
 */
int hpc_mmcall_before(struct hpc_task *ht, long nr, unsigned long args[6]);

/* True when a file was mapped; *@file says which. */
bool hpc_mmcall_after(struct hpc_task *ht, long nr, const unsigned long args[6], long ret,
		      struct hpc_wire_file *file);

/* Body: the whole of it; sets the result in @regs. */
void hpc_mmcall(struct hpc_task *ht, struct pt_regs *regs, long nr, const unsigned long args[6]);

/*
 * Before a call of a process that is at home again: pages that are still on the last
 * host have to arrive first where the call concerns the mappings.
 */
void hpc_mmcall_back(long nr, const unsigned long args[6]);

#endif /* _HPC_MMCALL_H */
