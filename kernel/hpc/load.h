/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HPC_LOAD_H
#define _HPC_LOAD_H

#include <linux/types.h>

/* What is known of a node: the files of nodes/N and the columns of info. */
enum hpc_figure {
	HPC_FIGURE_CPUS,
	HPC_FIGURE_SPEED,	/* 10000 = standard */
	HPC_FIGURE_LOAD,	/* percent of a standard CPU */
	HPC_FIGURE_MEM,		/* bytes: usable, free, total */
	HPC_FIGURE_RMEM,
	HPC_FIGURE_TMEM,
	HPC_FIGURE_UTIL,	/* percent */
	HPC_FIGURE_STATUS,	/* HPC_STATUS_* */
	HPC_FIGURE_END
};

/* The bits of openMosix. */
#define HPC_STATUS_CONF		1
#define HPC_STATUS_UP		2
#define HPC_STATUS_STAY		4
#define HPC_STATUS_LSTAY	8
#define HPC_STATUS_BLOCK	16
#define HPC_STATUS_QUIET	32

/* One figure of this node. */
u64 hpc_load_own(enum hpc_figure figure);

/* Measure while this node is in a cluster. */
void hpc_load_start(void);
void hpc_load_stop(void);

#endif /* _HPC_LOAD_H */
