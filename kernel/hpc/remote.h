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

/*
 * Show guest @p from now on; 0 or -ENOMEM, -EEXIST. A reference on the task is
 * held until hpc_remote_del(), which must be called before the guest is reaped, so
 * that no other task has its pid by then; it does nothing for a task that is not
 * shown. Both may sleep, del waits for readers: call with no lock held.
 */
int hpc_remote_add(struct task_struct *p);
void hpc_remote_del(struct task_struct *p);

#endif /* _HPC_REMOTE_H */
