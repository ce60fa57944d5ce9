/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc/hpc/remote: a directory for each guest of this node.
 */
#ifndef _HPC_REMOTE_H
#define _HPC_REMOTE_H

struct proc_dir_entry;
struct task_struct;

/* Create remote in @dir, /proc/hpc. */
int hpc_remote_init(struct proc_dir_entry *dir);

#endif /* _HPC_REMOTE_H */
