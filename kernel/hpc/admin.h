/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HPC_ADMIN_H
#define _HPC_ADMIN_H

struct proc_dir_entry;

unsigned int hpc_admin_speed(void);	/* of this node, 10000 = standard; never 0 */
unsigned int hpc_admin_status(void);	/* HPC_STATUS_* bits that admin/ sets */

/* Create admin in @dir, /proc/hpc. */
int hpc_admin_init(struct proc_dir_entry *dir);

#endif /* _HPC_ADMIN_H */
