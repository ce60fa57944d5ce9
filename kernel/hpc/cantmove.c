// SPDX-License-Identifier: GPL-2.0
/*
 * Why a process cannot move. Whatever is tied to this kernel and is neither
 * forwarded nor rebuilt away from home is a reason; each has a word in
 * /proc/PID/cantmove. The leaving process asks as well, so a reason that comes
 * up after somebody looked here still counts.
 */

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/io_uring_types.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/pkeys.h>
#include <linux/ptrace.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/sched/rt.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seccomp.h>
#include <linux/seq_file.h>
#include <linux/shmem_fs.h>
#include <linux/string.h>
#include <linux/userfaultfd_k.h>

#include "arch.h"
#include "cantmove.h"
#include "stay.h"
#include "task.h"

static const struct {
	u32 bit;
	const char *word;
} words[] = {
	{ HPC_STAY_SYSTEM,	"system" },
	{ HPC_STAY_CLONE_VM,	"clone_vm" },
	{ HPC_STAY_SHARED_MAP,	"shared_map" },
	{ HPC_STAY_MMAP_DEV,	"mmap_dev" },
	{ HPC_STAY_MEM_LOCK,	"mem_lock" },
	{ HPC_STAY_RT_SCHED,	"rt_sched" },
	{ HPC_STAY_IO_URING,	"io_uring" },
	{ HPC_STAY_IA32,	"ia32" },
	{ HPC_STAY_TRACED,	"traced" },
	{ HPC_STAY_SECCOMP,	"seccomp" },
	{ HPC_STAY_PID_NS,	"pid_ns" },
	{ HPC_STAY_USERFAULTFD,	"userfaultfd" },
	{ HPC_STAY_HUGETLB,	"hugetlb" },
	{ HPC_STAY_DIRECT_IO,	"direct_io" },
	{ HPC_STAY_SHADOW_STACK, "shadow_stack" },
	{ HPC_STAY_AIO,		"aio" },
	{ HPC_STAY_CPU_TIMER,	"cpu_timer" },
	{ HPC_STAY_USER_LOCK,	"user_lock" },
	{ HPC_STAY_CPU_AFFINITY, "cpu_affinity" },
};

/* Mappings without a file that each side has of its own. */
static bool is_own_special(struct vm_area_struct *vma)
{
	const char *name;

	if (vma->vm_file || !vma->vm_ops || !vma->vm_ops->name)
		return false;
	name = vma->vm_ops->name(vma);
	return name && (!strcmp(name, "[vdso]") || !strcmp(name, "[vvar]") ||
			str_has_prefix(name, "[hpc"));
}

static bool is_aio_ring(struct vm_area_struct *vma)
{
	return vma->vm_file && !strcmp(file_inode(vma->vm_file)->i_sb->s_type->name, "aio");
}

/* Others may write to it, now or after an mprotect(). */
static bool is_shared(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED)
		return true;
	/* What is read of it elsewhere would not see what is written here. */
	if (vma->vm_file && inode_is_open_for_write(file_inode(vma->vm_file)))
		return true;
	/* Of tmpfs or System V, attached for reading: whoever writes maps it elsewhere. */
	return (vma->vm_flags & VM_MAYSHARE) && vma_is_shmem(vma);
}

static bool is_device(struct vm_area_struct *vma)
{
	if (vma->vm_flags & (VM_IO | VM_PFNMAP | VM_MIXEDMAP))
		return true;
	/* A protection key is good for one address space only. */
	if (vma_pkey(vma))
		return true;
	if (vma_is_anonymous(vma))
		return false;
	return !vma->vm_file || !S_ISREG(file_inode(vma->vm_file)->i_mode);
}

static u32 vma_reasons(struct vm_area_struct *vma)
{
	u32 why = 0;

	if (is_own_special(vma))
		return 0;
	if (is_aio_ring(vma))
		return HPC_STAY_AIO;
	if (vma->vm_flags & VM_LOCKED)
		why |= HPC_STAY_MEM_LOCK;
	if (vma->vm_flags & VM_SHADOW_STACK)
		why |= HPC_STAY_SHADOW_STACK;
	if (userfaultfd_armed(vma))
		why |= HPC_STAY_USERFAULTFD;
	if (is_vm_hugetlb_page(vma))
		return why | HPC_STAY_HUGETLB;
	if (is_shared(vma))
		why |= HPC_STAY_SHARED_MAP;
	if (is_device(vma))
		why |= HPC_STAY_MMAP_DEV;
	return why;
}

/*
 * mm_users counts whoever looks at the process through /proc as well, so it only
 * says that nobody else is there when it is small.
 */
static bool is_mm_shared(struct task_struct *p, struct mm_struct *mm)
{
	struct task_struct *other;

	if (get_nr_threads(p) > 1)
		return true;
	/* one is the reference of our caller */
	if (atomic_read(&mm->mm_users) <= 2)
		return false;
	guard(rcu)();
	for_each_process(other) {
		if (same_thread_group(other, p) || (other->flags & PF_KTHREAD))
			continue;
		if (process_shares_mm(other, mm))
			return true;
	}
	return false;
}

static u32 mm_reasons(struct task_struct *p, struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	struct vma_iterator vmi;
	u32 why = 0;

	if (is_mm_shared(p, mm))
		why |= HPC_STAY_CLONE_VM;

	mmap_read_lock(mm);
	if (mm->def_flags & VM_LOCKED)
		why |= HPC_STAY_MEM_LOCK;
	vma_iter_init(&vmi, mm, 0);
	for_each_vma(vmi, vma)
		why |= vma_reasons(vma);
	mmap_read_unlock(mm);
	return why;
}

/* The namespaces that give processes their pids and clocks. */
static bool in_other_ns(struct task_struct *p)
{
	struct nsproxy *ns;
	bool other = false;

	rcu_read_lock();
	if (task_active_pid_ns(p) != &init_pid_ns)
		other = true;
	rcu_read_unlock();

	task_lock(p);
	ns = p->nsproxy;	/* NULL once it is exiting */
	if (ns && (ns->pid_ns_for_children != &init_pid_ns ||
		   ns->time_ns != init_nsproxy.time_ns ||
		   ns->time_ns_for_children != init_nsproxy.time_ns_for_children))
		other = true;
	task_unlock(p);
	return other;
}

/* Timers on CPU time; a limit (RLIMIT_CPU) is not one: home counts what the body reports. */
static bool has_cpu_timer(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	int i;

	if (READ_ONCE(sig->it[CPUCLOCK_PROF].expires) || READ_ONCE(sig->it[CPUCLOCK_VIRT].expires))
		return true;
	for (i = 0; i < CPUCLOCK_MAX; i++)
		if (timerqueue_getnext(&sig->posix_cputimers.bases[i].tqhead) ||
		    timerqueue_getnext(&p->posix_cputimers.bases[i].tqhead))
			return true;
	return false;
}

static u32 task_reasons(struct task_struct *p)
{
	u32 why = hpc_arch_cantmove(p);

	if (rt_or_dl_task_policy(p))
		why |= HPC_STAY_RT_SCHED;
	if (has_cpu_timer(p))
		why |= HPC_STAY_CPU_TIMER;
	if (hpc_uses_io_uring(p))
		why |= HPC_STAY_IO_URING;
	if (READ_ONCE(p->ptrace))
		why |= HPC_STAY_TRACED;
	if (seccomp_mode(&p->seccomp) || hpc_dispatches_calls(p))
		why |= HPC_STAY_SECCOMP;
	if (in_other_ns(p))
		why |= HPC_STAY_PID_NS;
	if (hpc_task_locked(p))
		why |= HPC_STAY_USER_LOCK;
	return why;
}

u32 hpc_cantmove(struct task_struct *p)
{
	struct hpc_guest guest;
	struct mm_struct *mm;
	u32 why;

	if ((p->flags & PF_KTHREAD) || is_global_init(p))
		return HPC_STAY_SYSTEM;
	/* It can always go home. */
	if (hpc_task_guest(p, &guest))
		return 0;

	why = task_reasons(p);
	mm = get_task_mm(p);
	if (mm) {
		why |= mm_reasons(p, mm);
		mmput(mm);
	}
	return why;
}

u32 hpc_cantmove_informs(struct task_struct *p)
{
	return cpumask_subset(cpu_online_mask, p->cpus_ptr) ? 0 : HPC_STAY_CPU_AFFINITY;
}

void hpc_cantmove_show(struct seq_file *m, u32 why)
{
	const char *space = "";

	for (int i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(why & words[i].bit))
			continue;
		seq_printf(m, "%s%s", space, words[i].word);
		space = " ";
	}
	seq_putc(m, '\n');
}
