// SPDX-License-Identifier: GPL-2.0
/*
 * Where calls run whose arguments decide it. Each function gets the arguments of
 * current, the body, and is called through the table in calls.c. When in doubt
 * the answer is HPC_HOME: always right, only slower.
 */

#include <linux/kconfig.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/sched/prio.h>
#include <linux/stddef.h>
#include <linux/time.h>
#include <linux/uaccess.h>
#include <uapi/linux/sched/types.h>
#include <asm/prctl.h>

#include "where.h"

/* What a forking clone may ask for besides its exit signal. */
#define FORK_FLAGS	(CLONE_FS | CLONE_FILES | CLONE_PARENT | CLONE_SYSVSEM |	\
			 CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID |	\
			 CLONE_CHILD_CLEARTID | CLONE_DETACHED | CLONE_UNTRACED | CLONE_IO)

enum hpc_where hpc_where_mmap(const unsigned long args[6])
{
	unsigned long flags = args[3];

	if (flags & (MAP_LOCKED | MAP_HUGETLB))
		return HPC_HOME;
	/* Bit 0 is in MAP_SHARED and MAP_SHARED_VALIDATE, not in the other types. */
	if ((flags & MAP_ANONYMOUS) && (flags & MAP_SHARED))
		return HPC_HOME;
	return HPC_MM;
}

enum hpc_where hpc_where_mremap(const unsigned long args[6])
{
	/* An old length of 0 and MREMAP_DONTUNMAP leave a second mapping behind. */
	return !args[1] || (args[3] & MREMAP_DONTUNMAP) ? HPC_HOME : HPC_MM;
}

enum hpc_where hpc_where_madvise(const unsigned long args[6])
{
	switch ((int)args[2]) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
		return HPC_MM;
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return HPC_LOCAL;
	case MADV_REMOVE:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
	case MADV_COLLAPSE:
	case MADV_HWPOISON:
	case MADV_SOFT_OFFLINE:
		return HPC_HOME;
	default:	/* MADV_WILLNEED, which reads home's files; and unknown ones */
		return HPC_FORWARD;
	}
}

enum hpc_where hpc_where_pkey_mprotect(const unsigned long args[6])
{
	return (int)args[3] == -1 ? HPC_MM : HPC_HOME;
}

static enum hpc_where where_fork(u64 flags)
{
	return flags & ~(u64)(FORK_FLAGS | CSIGNAL) ? HPC_HOME : HPC_FORK;
}

enum hpc_where hpc_where_clone(const unsigned long args[6])
{
	return where_fork((u32)args[0]);
}

enum hpc_where hpc_where_clone3(const unsigned long args[6])
{
	struct clone_args ca;

	if (copy_struct_from_user(&ca, sizeof(ca), (void __user *)args[0], args[1]))
		return HPC_HOME;
	if (ca.set_tid_size || ca.flags & CSIGNAL)
		return HPC_HOME;
	return where_fork(ca.flags);
}

enum hpc_where hpc_where_unshare(const unsigned long args[6])
{
	return args[0] & (CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWTIME) ? HPC_HOME : HPC_FORWARD;
}

enum hpc_where hpc_where_prctl(const unsigned long args[6])
{
	switch ((int)args[0]) {
	case PR_GET_TID_ADDRESS:
		return HPC_LOCAL;
	case PR_SET_SECCOMP:
	case PR_SET_SYSCALL_USER_DISPATCH:
	case PR_SET_MM:
	case PR_SET_MEMORY_MERGE:
	case PR_SET_THP_DISABLE:
	case PR_GET_THP_DISABLE:
	case PR_SET_TSC:
	case PR_GET_TSC:
	case PR_SET_SPECULATION_CTRL:
	case PR_GET_SPECULATION_CTRL:
		return HPC_HOME;
	default:
		return HPC_FORWARD;
	}
}

enum hpc_where hpc_where_arch_prctl(const unsigned long args[6])
{
	switch ((int)args[0]) {
	case ARCH_SET_FS:
	case ARCH_GET_FS:
	case ARCH_SET_GS:
	case ARCH_GET_GS:
		return HPC_LOCAL;
	default:
		return HPC_HOME;
	}
}

enum hpc_where hpc_where_personality(const unsigned long args[6])
{
	unsigned int persona = args[0];

	/* 0xffffffff only asks */
	if (persona != 0xffffffff && (persona & READ_IMPLIES_EXEC))
		return HPC_HOME;
	return HPC_FORWARD;
}

enum hpc_where hpc_where_get_robust_list(const unsigned long args[6])
{
	pid_t pid = args[0];

	return !pid || pid == task_pid_vnr(current) ? HPC_LOCAL : HPC_FORWARD;
}

static enum hpc_where where_policy(unsigned int policy)
{
	policy &= ~SCHED_RESET_ON_FORK;
	return policy == SCHED_FIFO || policy == SCHED_RR || policy == SCHED_DEADLINE ?
		HPC_HOME : HPC_FORWARD;
}

enum hpc_where hpc_where_sched_setscheduler(const unsigned long args[6])
{
	return where_policy(args[1]);
}

enum hpc_where hpc_where_sched_setattr(const unsigned long args[6])
{
	struct sched_attr __user *attr = (void __user *)args[1];
	u32 policy;

	return get_user(policy, &attr->sched_policy) ? HPC_HOME : where_policy(policy);
}

/*
 * The body's time namespace makes its monotonic clocks go on as home's did.
 * Without one (User-Mode Linux) the clocks are home's.
 */
/*
 * The clock of a body is a message's travel behind home's, so that it never steps
 * back; sleeping until a time of it at home would end that much too early.
 */
enum hpc_where hpc_where_clock_nanosleep(const unsigned long args[6])
{
	bool ours = args[0] == CLOCK_MONOTONIC || args[0] == CLOCK_BOOTTIME;

	return IS_ENABLED(CONFIG_TIME_NS) && ours && (args[1] & TIMER_ABSTIME) ? HPC_LOCAL :
	       HPC_FORWARD;
}

enum hpc_where hpc_where_clock(const unsigned long args[6])
{
	if (!IS_ENABLED(CONFIG_TIME_NS))
		return HPC_FORWARD;

	switch ((clockid_t)args[0]) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI:
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		return HPC_LOCAL;
	default:	/* CPU time, and clocks that are files */
		return HPC_FORWARD;
	}
}

enum hpc_where hpc_where_time(const unsigned long args[6])
{
	return IS_ENABLED(CONFIG_TIME_NS) ? HPC_LOCAL : HPC_FORWARD;
}

enum hpc_where hpc_where_setitimer(const unsigned long args[6])
{
	return (int)args[0] == ITIMER_REAL || !args[1] ? HPC_FORWARD : HPC_HOME;
}

enum hpc_where hpc_where_timer_create(const unsigned long args[6])
{
	clockid_t clock = args[0];

	return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID ||
	       clock == CLOCK_THREAD_CPUTIME_ID ? HPC_HOME : HPC_FORWARD;
}
