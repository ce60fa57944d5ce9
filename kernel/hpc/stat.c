// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/hpc/stat: one `name value` line for each counter.
 */

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "stat.h"

atomic64_t hpc_stats[HPC_STAT_END];

static const char *const names[] = {
	[HPC_LIVE_LINKS]		= "links",
	[HPC_LIVE_MMS]			= "mms",
	[HPC_LIVE_TASKS]		= "tasks",
	[HPC_LIVE_BODIES]		= "bodies",
	[HPC_LIVE_REQUESTS]		= "requests",
	[HPC_LIVE_FILES]		= "files",
	[HPC_LIVE_RESIDUES]		= "residues",
	[HPC_STAT_MOVES_OUT]		= "moves_out",
	[HPC_STAT_MOVES_IN]		= "moves_in",
	[HPC_STAT_RETURNS]		= "returns",
	[HPC_STAT_UNPLANNED_RETURNS]	= "unplanned_returns",
	[HPC_STAT_CALLS_FORWARDED]	= "calls_forwarded",
	[HPC_STAT_CALLS_INLINE]		= "calls_inline",
	[HPC_STAT_PAGES_OUT]		= "pages_out",
	[HPC_STAT_PAGES_IN]		= "pages_in",
	[HPC_STAT_PLACED]		= "placed",
	[HPC_STAT_PLACE_FAILED]		= "place_failed",
	[HPC_STAT_REFUSED]		= "refused",
	[HPC_STAT_ABORTED]		= "aborted",
	[HPC_STAT_KILLED]		= "killed",
	[HPC_STAT_PRECOMMIT_BYTES]	= "precommit_bytes",
	[HPC_STAT_BAD_MESSAGES]		= "bad_messages",
	[HPC_STAT_BAD_PEERS]		= "bad_peers",
};
static_assert(ARRAY_SIZE(names) == HPC_STAT_END);

static int stat_show(struct seq_file *m, void *v)
{
	for (int i = 0; i < HPC_STAT_END; i++)
		seq_printf(m, "%s %lld\n", names[i], atomic64_read(&hpc_stats[i]));
	return 0;
}

int __init hpc_stat_init(struct proc_dir_entry *dir)
{
	return proc_create_single("stat", 0444, dir, stat_show) ? 0 : -ENOMEM;
}
