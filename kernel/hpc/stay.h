/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reasons to stay that are found in fields which a kernel may be built without.
 */
#ifndef _HPC_STAY_H
#define _HPC_STAY_H

#include <linux/io_uring_types.h>
#include <linux/sched.h>
#include <linux/thread_info.h>
#include <linux/xarray.h>

/* Whether @p has io_uring rings; its context stays until @p is freed. */
static inline bool hpc_uses_io_uring(struct task_struct *p)
{
#ifdef CONFIG_IO_URING
	struct io_uring_task *context = READ_ONCE(p->io_uring);

	return context && !xa_empty(&context->xa);
#else
	return false;
#endif
}

/* Whether @p gets its own system calls as signals: as good as a seccomp filter. */
static inline bool hpc_dispatches_calls(struct task_struct *p)
{
#ifdef CONFIG_GENERIC_ENTRY
	return test_task_syscall_work(p, SYSCALL_USER_DISPATCH);
#else
	return false;
#endif
}

#endif /* _HPC_STAY_H */
