// SPDX-License-Identifier: GPL-2.0
/*
 * The init ladder: /proc/hpc and all that is in it, then migration. Built in,
 * so there is no way down.
 */

#include <linux/init.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>

#include "admin.h"
#include "migration.h"
#include "node.h"
#include "nodes_proc.h"
#include "stat.h"

static int __init make_proc(struct proc_dir_entry *dir)
{
	int err = hpc_stat_init(dir);

	if (!err)
		err = hpc_nodes_proc_init(dir);
	if (!err)
		err = hpc_node_init(dir);
	if (!err)
		err = hpc_remote_init(dir);
	if (!err)
		err = hpc_migration_init();
	/* Last: writing mospe starts it all. */
	if (!err)
		err = hpc_admin_init(dir);
	return err;
}

static int __init hpc_init(void)
{
	struct proc_dir_entry *dir = proc_mkdir("hpc", NULL);
	int err = dir ? make_proc(dir) : -ENOMEM;

	if (err) {
		proc_remove(dir);
		pr_err("hpc: cannot start: %d\n", err);
	}
	return err;
}
late_initcall(hpc_init);
