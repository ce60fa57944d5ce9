/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a process cannot move: a set of HPC_STAY_* bits, one word each in
 * /proc/PID/cantmove.
 */
#ifndef _HPC_CANTMOVE_H
#define _HPC_CANTMOVE_H

#include <linux/bits.h>
#include <linux/types.h>

struct seq_file;
struct task_struct;

#define HPC_STAY_SYSTEM		BIT(0)	/* init, kernel threads */
#define HPC_STAY_CLONE_VM	BIT(1)	/* threads, or an mm shared with another process */
#define HPC_STAY_SHARED_MAP	BIT(2)	/* writable shared mapping */
#define HPC_STAY_MMAP_DEV	BIT(3)	/* device or other special mapping */
#define HPC_STAY_MEM_LOCK	BIT(4)
#define HPC_STAY_RT_SCHED	BIT(5)
#define HPC_STAY_IO_URING	BIT(6)
#define HPC_STAY_IA32		BIT(7)	/* ia32 or x32 */
#define HPC_STAY_TRACED		BIT(8)
#define HPC_STAY_SECCOMP	BIT(9)
#define HPC_STAY_PID_NS		BIT(10)
#define HPC_STAY_USERFAULTFD	BIT(11)
#define HPC_STAY_HUGETLB	BIT(12)
#define HPC_STAY_DIRECT_IO	BIT(13)	/* iopl, ioperm */
#define HPC_STAY_SHADOW_STACK	BIT(14)
#define HPC_STAY_AIO		BIT(15)	/* kernel AIO ring */
#define HPC_STAY_CPU_TIMER	BIT(18)	/* a timer that counts CPU time, which is used away */
#define HPC_STAY_USER_LOCK	BIT(16)	/* informs; only automatic moves heed it */
#define HPC_STAY_CPU_AFFINITY	BIT(17)	/* informs; never among the reasons */

/*
 * The reasons that keep @p at home, 0 when it may move; a guest always may. Takes
 * mmap_lock of its mm for reading; @p is current or the caller holds a reference
 * on it.
 */
u32 hpc_cantmove(struct task_struct *p);

/* What is worth knowing besides, HPC_STAY_CPU_AFFINITY. */
u32 hpc_cantmove_informs(struct task_struct *p);

/* The words for @why, separated by spaces, and a newline. */
void hpc_cantmove_show(struct seq_file *m, u32 why);

#endif /* _HPC_CANTMOVE_H */
