/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The policy table: for each system call of this kernel where it runs when the
 * process is away, and how the buffers that its arguments point to travel.
 */
#ifndef _HPC_CALLS_H
#define _HPC_CALLS_H

#include <linux/types.h>

enum hpc_where {
	HPC_LOCAL,	/* by the body, on the host */
	HPC_FORWARD,	/* by the deputy, at home */
	HPC_MM,		/* at home, then replayed by the body on its copy of the mm */
	HPC_FORK,	/* a clone of both halves */
	HPC_EXEC,	/* at home; the old body is dismissed */
	HPC_EXIT,	/* at home; the body goes with it */
	HPC_HOME,	/* the process comes home first and calls again there */
	HPC_SPECIAL,	/* depends on the arguments: see hpc_call_where() */
};

enum hpc_arg_kind {
	HPC_VAL,	/* a number, or a pointer left to page ownership */
	HPC_STR,	/* in: string with its NUL, at most PATH_MAX */
	HPC_IN,		/* in: size * argument[len - 1], or size when len is 0 */
	HPC_OUT,	/* out, all of it, when the call succeeds (bytes as HPC_IN) */
	HPC_OUT_RET,	/* out, as many bytes as the call returns (size * return value) */
	HPC_INOUT,	/* in, and out whatever the call returns */
};

struct hpc_arg {
	u8 kind;	/* enum hpc_arg_kind */
	u8 len;		/* 1..6: the argument that holds the count; 0: size is all */
	u16 size;	/* bytes, or bytes an element */
};

struct hpc_call {
	u8 where;	/* enum hpc_where */
	bool inlined;	/* has a fast path: every pointer is described in arg[] */
	bool holes;	/* does not write all of what it returns */
	u8 unless_arg;	/* 1..6: bits of this argument rule the fast path out */
	u32 unless;
	struct hpc_arg arg[6];
	enum hpc_where (*decide)(const unsigned long args[6]);	/* of HPC_SPECIAL */
	const char *name;
	const char *why;	/* the reason for this row, for docs/syscalls.md */
};

/* The row of @nr; NULL when this kernel has no such call. */
const struct hpc_call *hpc_call_row(long nr);

/*
 * Where @nr with these arguments of current, the body, runs; never HPC_SPECIAL. May
 * sleep: some arguments are in user memory. A call that does not exist is forwarded.
 */
enum hpc_where hpc_call_where(long nr, const unsigned long args[6]);

#endif /* _HPC_CALLS_H */
