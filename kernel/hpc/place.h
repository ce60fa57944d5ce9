/* SPDX-License-Identifier: GPL-2.0 */
/* Placement at exec, /proc/hpc/admin/place: see docs/interfaces.md. */
#ifndef _HPC_PLACE_H
#define _HPC_PLACE_H

struct proc_dir_entry;

/* A move to @node that a token stood for has failed: no more of them. */
void hpc_place_failed(int node);

/* Create place in @dir, /proc/hpc/admin. */
int hpc_place_init(struct proc_dir_entry *dir);

#endif /* _HPC_PLACE_H */
