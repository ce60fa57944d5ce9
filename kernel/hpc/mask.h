/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a process may go: /proc/PID/{mignodes,migpolicy,migfilter}, openMosix's
 * cluster mask. A mask does not change; a write puts another one in its place,
 * so that children share their parent's.
 */
#ifndef _HPC_MASK_H
#define _HPC_MASK_H

#include <linux/types.h>

struct hpc_mask;
struct hpc_task;
struct seq_file;
struct task_struct;

#define HPC_MASK_TEXT_MAX	2048

/* Whether @p may go to @node; home is always allowed. */
bool hpc_mask_allows(struct task_struct *p, int node);

/* @to has none yet. */
void hpc_mask_inherit(struct hpc_task *from, struct hpc_task *to);
void hpc_mask_put(struct hpc_mask *mask);

/* The files; @text is cut up. -EINVAL, -ENOMEM. */
int hpc_mask_write_nodes(struct task_struct *p, char *text);
int hpc_mask_write_policy(struct task_struct *p, char *text);
int hpc_mask_write_filter(struct task_struct *p, char *text);
void hpc_mask_show_nodes(struct task_struct *p, struct seq_file *m);
void hpc_mask_show_policy(struct task_struct *p, struct seq_file *m);
void hpc_mask_show_filter(struct task_struct *p, struct seq_file *m);

#endif /* _HPC_MASK_H */
