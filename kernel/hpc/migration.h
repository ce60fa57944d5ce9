/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rest asks of process migration, and what it gets from a kernel that
 * is built without it: a node of the table on which every move is refused.
 */
#ifndef _HPC_MIGRATION_H
#define _HPC_MIGRATION_H

#include <linux/errno.h>
#include <linux/proc_fs.h>

#ifdef CONFIG_HPC_MIGRATION

#include "listen.h"
#include "place.h"
#include "remote.h"
#include "task.h"

int hpc_migration_init(void);

#else

static inline int hpc_migration_init(void)
{
	return 0;
}

static inline int hpc_remote_init(struct proc_dir_entry *dir)
{
	return 0;
}

static inline int hpc_place_init(struct proc_dir_entry *dir)
{
	return 0;
}

/* There is no port to open. */
static inline int hpc_listen_start(void)
{
	return 0;
}

static inline void hpc_listen_stop(void)
{
}

static inline void hpc_link_cut_node(int id)
{
}

static inline int hpc_bring_all(void)
{
	return -EOPNOTSUPP;
}

static inline int hpc_expel_all(void)
{
	return -EOPNOTSUPP;
}

#endif /* CONFIG_HPC_MIGRATION */

#endif /* _HPC_MIGRATION_H */
