/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of process migration in /proc/PID, for the table in fs/proc/base.c.
 * Everybody may open those that can be written: the refusal shall be EPERM, as that
 * of kill() is.
 */
#ifndef _LINUX_HPC_PROC_H
#define _LINUX_HPC_PROC_H

#include <linux/fs.h>

struct pid;
struct pid_namespace;
struct seq_file;
struct task_struct;

extern const struct file_operations hpc_proc_goto_operations;
extern const struct file_operations hpc_proc_lock_operations;
extern const struct file_operations hpc_proc_mignodes_operations;
extern const struct file_operations hpc_proc_migpolicy_operations;
extern const struct file_operations hpc_proc_migfilter_operations;
extern const struct file_operations hpc_proc_decay_operations;

int hpc_proc_where(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		   struct task_struct *task);
int hpc_proc_nmigs(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		   struct task_struct *task);
int hpc_proc_cantmove(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		      struct task_struct *task);
int hpc_proc_stat(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		  struct task_struct *task);

#endif /* _LINUX_HPC_PROC_H */
