/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HPC_NODES_PROC_H
#define _HPC_NODES_PROC_H

struct proc_dir_entry;

/*
 * The directory nodes/@id comes and goes with the entry of the table; node.c calls
 * this under its table_lock. Adding: 0 or -ENOMEM.
 */
int hpc_nodes_proc_add(int id);
void hpc_nodes_proc_del(int id);

/* Create nodes and info in @dir, /proc/hpc. */
int hpc_nodes_proc_init(struct proc_dir_entry *dir);

#endif /* _HPC_NODES_PROC_H */
