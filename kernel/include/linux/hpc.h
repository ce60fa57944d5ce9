/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The points at which the core kernel calls process migration. Each costs one
 * line there; without CONFIG_HPC_MIGRATION all of them are empty.
 */
#ifndef _LINUX_HPC_H
#define _LINUX_HPC_H

#include <linux/mm_types.h>
#include <linux/sched.h>

struct ksignal;
struct pt_regs;
struct vm_fault;

#ifdef CONFIG_HPC_MIGRATION

/* Functions that are static in their file when nobody outside needs them. */
#define hpc_static

struct hpc_task;

void __hpc_resume_user_mode(struct pt_regs *regs);
bool __hpc_syscall(struct pt_regs *regs, long nr);
vm_fault_t __hpc_fault(struct vm_fault *vmf);
bool hpc_body_signal(struct ksignal *ksig);
void __hpc_fork_prepare(void);
int __hpc_fork(struct task_struct *p, unsigned long clone_flags);
void __hpc_exit(struct task_struct *tsk);
void __hpc_task_free(struct task_struct *tsk);
void __hpc_mmput(struct mm_struct *mm);
void __hpc_coredump(struct mm_struct *mm);
int hpc_ptrace_attach(struct task_struct *tsk);
bool hpc_task_is_body(struct task_struct *tsk);
int exec_mmap(struct mm_struct *mm);
void __hpc_exec(void);

extern bool hpc_placing;

/*
 * A new task starts without; hpc_fork() gives it what it inherits. Before the mm
 * is copied all of it must be in one place, or in two that are copied together.
 */
static inline void hpc_task_init(struct task_struct *tsk)
{
	tsk->hpc = NULL;
	if (unlikely(current->hpc) && current->mm)
		__hpc_fork_prepare();
}

static inline void hpc_mm_init(struct mm_struct *mm)
{
	RCU_INIT_POINTER(mm->hpc, NULL);
}

/* Whether pages of @mm may be on another node. */
static inline bool hpc_mm_away(struct mm_struct *mm)
{
	return rcu_access_pointer(mm->hpc);
}

/* The last user of @mm is gone; called before its mappings are. */
static inline void hpc_mmput(struct mm_struct *mm)
{
	if (unlikely(hpc_mm_away(mm)))
		__hpc_mmput(mm);
}

/* Called in task context just before it returns to user mode; @regs may be NULL. */
static inline void hpc_resume_user_mode(struct pt_regs *regs)
{
	if (unlikely(current->hpc) && regs)
		__hpc_resume_user_mode(regs);
}

/* True when the call was handled; its result is in @regs. */
static inline bool hpc_syscall(struct pt_regs *regs, long nr)
{
	return unlikely(current->hpc) && __hpc_syscall(regs, nr);
}

/* 0: go on with the fault, else what the fault handler returns. */
static inline vm_fault_t hpc_fault(struct mm_struct *mm, struct vm_fault *vmf)
{
	return unlikely(hpc_mm_away(mm)) ? __hpc_fault(vmf) : 0;
}

vm_fault_t hpc_fault_marker(struct vm_fault *vmf);

static inline int hpc_fork(struct task_struct *p, unsigned long clone_flags)
{
	return unlikely(current->hpc) ? __hpc_fork(p, clone_flags) : 0;
}

static inline void hpc_exit(struct task_struct *tsk)
{
	if (unlikely(tsk->hpc))
		__hpc_exit(tsk);
}

static inline void hpc_task_free(struct task_struct *tsk)
{
	if (unlikely(tsk->hpc))
		__hpc_task_free(tsk);
}

/* A program called execve(); @err is what came of it. */
static inline void hpc_exec(int err)
{
	if (unlikely(READ_ONCE(hpc_placing)) && !err)
		__hpc_exec();
}

/* Before the memory of current is dumped: what is elsewhere looks like holes. */
static inline void hpc_coredump(void)
{
	if (unlikely(hpc_mm_away(current->mm)))
		__hpc_coredump(current->mm);
}

#else /* !CONFIG_HPC_MIGRATION */

#define hpc_static static

static inline void hpc_task_init(struct task_struct *tsk) { }
static inline void hpc_mm_init(struct mm_struct *mm) { }
static inline bool hpc_mm_away(struct mm_struct *mm) { return false; }
static inline void hpc_mmput(struct mm_struct *mm) { }
static inline void hpc_resume_user_mode(struct pt_regs *regs) { }
static inline bool hpc_syscall(struct pt_regs *regs, long nr) { return false; }
static inline vm_fault_t hpc_fault(struct mm_struct *mm, struct vm_fault *vmf) { return 0; }
static inline vm_fault_t hpc_fault_marker(struct vm_fault *vmf) { return 0; }
static inline bool hpc_body_signal(struct ksignal *ksig) { return false; }
static inline bool hpc_task_is_body(struct task_struct *tsk) { return false; }
static inline int hpc_fork(struct task_struct *p, unsigned long clone_flags) { return 0; }
static inline void hpc_exit(struct task_struct *tsk) { }
static inline void hpc_task_free(struct task_struct *tsk) { }
static inline void hpc_exec(int err) { }
static inline void hpc_coredump(void) { }
static inline int hpc_ptrace_attach(struct task_struct *tsk) { return 0; }

#endif /* CONFIG_HPC_MIGRATION */

#endif /* _LINUX_HPC_H */
