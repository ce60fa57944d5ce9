/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the policy is to forget the past of a process, /proc/PID/decay: kept here
 * because children inherit it. The kernel does nothing with it.
 */
#ifndef _HPC_DECAY_H
#define _HPC_DECAY_H

#include <linux/types.h>

struct seq_file;
struct task_struct;

struct hpc_decay {
	u16 kind;		/* index of the word, 0: slow */
	u16 seconds, permille;	/* of `own` */
};

int hpc_decay_write(struct task_struct *p, char *text);	/* -EINVAL, -ENOMEM */
void hpc_decay_show(struct task_struct *p, struct seq_file *m);

#endif /* _HPC_DECAY_H */
