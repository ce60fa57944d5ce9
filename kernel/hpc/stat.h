/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of /proc/hpc/stat. The live ones count objects that exist and are
 * zero on an idle cluster, the others only grow.
 */
#ifndef _HPC_STAT_H
#define _HPC_STAT_H

#include <linux/atomic.h>

enum hpc_stat {
	/* live objects */
	HPC_LIVE_LINKS,
	HPC_LIVE_MMS,
	HPC_LIVE_TASKS,		/* deputies */
	HPC_LIVE_BODIES,
	HPC_LIVE_REQUESTS,
	HPC_LIVE_FILES,		/* open pseudo files */
	HPC_LIVE_RESIDUES,	/* memory of processes that went home, still being fetched */
	HPC_STAT_LIVE_END,
	/* monotone */
	HPC_STAT_MOVES_OUT = HPC_STAT_LIVE_END,
	HPC_STAT_MOVES_IN,
	HPC_STAT_RETURNS,
	HPC_STAT_UNPLANNED_RETURNS,
	HPC_STAT_CALLS_FORWARDED,
	HPC_STAT_CALLS_INLINE,
	HPC_STAT_PAGES_OUT,
	HPC_STAT_PAGES_IN,
	HPC_STAT_PLACED,	/* moves at exec */
	HPC_STAT_PLACE_FAILED,
	HPC_STAT_REFUSED,	/* arriving guests refused */
	HPC_STAT_ABORTED,	/* moves that failed before COMMIT */
	HPC_STAT_KILLED,	/* processes whose other half was lost */
	HPC_STAT_PRECOMMIT_BYTES,
	HPC_STAT_BAD_MESSAGES,
	HPC_STAT_BAD_PEERS,	/* connections of strangers */
	HPC_STAT_END
};

struct proc_dir_entry;

extern atomic64_t hpc_stats[HPC_STAT_END];

static inline void hpc_stat_inc(enum hpc_stat s)
{
	atomic64_inc(&hpc_stats[s]);
}

static inline void hpc_stat_dec(enum hpc_stat s)
{
	atomic64_dec(&hpc_stats[s]);
}

static inline void hpc_stat_add(enum hpc_stat s, s64 n)
{
	atomic64_add(n, &hpc_stats[s]);
}

/* Create stat in @dir, /proc/hpc. */
int hpc_stat_init(struct proc_dir_entry *dir);

#endif /* _HPC_STAT_H */
