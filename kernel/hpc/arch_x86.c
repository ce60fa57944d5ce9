// SPDX-License-Identifier: GPL-2.0
/*
 * x86-64: 64-bit programs with XSAVE. A state that comes from a peer is checked
 * whole before any of it is installed, and what a program may not choose (segments,
 * privileged flags) is never taken from it.
 */
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/regset.h>
#include <linux/sched/task_stack.h>
#include <linux/siphash.h>

#include <asm/cpufeature.h>
#include <asm/elf.h>
#include <asm/fpu/api.h>
#include <asm/fpu/regset.h>
#include <asm/fpu/signal.h>
#include <asm/fpu/xstate.h>
#include <asm/fsgsbase.h>
#include <asm/pkru.h>
#include <asm/prctl.h>
#include <asm/proto.h>
#include <asm/syscall.h>
#include <asm/vdso.h>

/* Of arch/x86/kernel/fpu; each needs the ones before it. */
#include "internal.h"
#include "legacy.h"
#include "xstate.h"
#include "context.h"

#include "arch.h"
#include "cantmove.h"

#define HPC_ARCH_X86_64	1

/* Flags that a program may set with popf: CF PF AF ZF SF TF DF OF NT RF AC ID. */
#define USER_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_DF | X86_EFLAGS_OF | X86_EFLAGS_RF | \
			 X86_EFLAGS_AC)

struct x86_state {
	__le64 bx, cx, dx, si, di, bp, ax;
	__le64 r8, r9, r10, r11, r12, r13, r14, r15;
	__le64 ip, sp, flags;
	__le64 fs_base, gs_base;
	u8 xsave[] __aligned(8);	/* standard format, fpu_user_cfg.max_size */
};

size_t hpc_arch_state_size(void)
{
	return ALIGN(sizeof(struct x86_state) + fpu_user_cfg.max_size, 8);
}

int hpc_arch_state_get(struct pt_regs *regs, void *buf)
{
	struct x86_state *s = buf;
	struct membuf to = { .p = s->xsave, .left = fpu_user_cfg.max_size };

	if (!cpu_feature_enabled(X86_FEATURE_XSAVE))
		return -EOPNOTSUPP;
#define GET(r) (s->r = cpu_to_le64(regs->r))
	GET(bx); GET(cx); GET(dx); GET(si); GET(di); GET(bp); GET(ax);
	GET(r8); GET(r9); GET(r10); GET(r11); GET(r12); GET(r13); GET(r14); GET(r15);
	GET(ip); GET(sp); GET(flags);
#undef GET
	s->fs_base = cpu_to_le64(x86_fsbase_read_task(current));
	s->gs_base = cpu_to_le64(x86_gsbase_read_task(current));
	if (cpu_feature_enabled(X86_FEATURE_OSPKE))
		current->thread.pkru = read_pkru();
	fpu_sync_fpstate(&current->thread.fpu);
	copy_xstate_to_uabi_buf(to, current, XSTATE_COPY_XSAVE);
	return 0;
}

int hpc_arch_state_check(const void *buf, size_t len)
{
	const struct x86_state *s = buf;
	const struct xregs_state *x = (void *)s->xsave;

	if (len != hpc_arch_state_size())
		return -EBADMSG;
	if (le64_to_cpu(s->ip) >= TASK_SIZE_MAX || le64_to_cpu(s->sp) >= TASK_SIZE_MAX ||
	    le64_to_cpu(s->fs_base) >= TASK_SIZE_MAX || le64_to_cpu(s->gs_base) >= TASK_SIZE_MAX)
		return -EBADMSG;
	if ((x->header.xfeatures & ~fpu_user_cfg.default_features) || x->header.xcomp_bv ||
	    memchr_inv(x->header.reserved, 0, sizeof(x->header.reserved)))
		return -EBADMSG;
	if (x->i387.mxcsr & ~mxcsr_feature_mask)
		return -EBADMSG;
	return 0;
}

static void set_fpu(const void *xsave)
{
	struct fpu *fpu = &current->thread.fpu;
	u32 pkru = 0;

	fpregs_lock();
	/* The registers go to memory first, so that loading them is what remains. */
	fpu_sync_fpstate(fpu);
	__fpu_invalidate_fpregs_state(fpu);
	set_thread_flag(TIF_NEED_FPU_LOAD);
	WARN_ON_ONCE(copy_uabi_from_kernel_to_xstate(fpu->fpstate, xsave, &pkru));
	current->thread.pkru = pkru;
	if (cpu_feature_enabled(X86_FEATURE_OSPKE))
		write_pkru(pkru);
	fpregs_unlock();
}

void hpc_arch_state_set(struct pt_regs *regs, const void *buf)
{
	const struct x86_state *s = buf;

	/* Segments, flags and bases as for a new program, then what the state says. */
	start_thread(regs, le64_to_cpu(s->ip), le64_to_cpu(s->sp));
#define SET(r) (regs->r = le64_to_cpu(s->r))
	SET(bx); SET(cx); SET(dx); SET(si); SET(di); SET(bp); SET(ax);
	SET(r8); SET(r9); SET(r10); SET(r11); SET(r12); SET(r13); SET(r14); SET(r15);
#undef SET
	regs->flags |= le64_to_cpu(s->flags) & USER_FLAGS;
	regs->orig_ax = -1;
	do_arch_prctl_64(current, ARCH_SET_FS, le64_to_cpu(s->fs_base));
	do_arch_prctl_64(current, ARCH_SET_GS, le64_to_cpu(s->gs_base));
	set_fpu(s->xsave);
}

long hpc_arch_call(struct pt_regs *regs, int nr)
{
	return x64_sys_call(regs, nr);
}

void hpc_arch_call_set(struct pt_regs *regs, int nr, const unsigned long args[6],
		       unsigned long ip, unsigned long sp)
{
	regs->orig_ax = nr;
	regs->ax = -ENOSYS;
	regs->di = args[0];
	regs->si = args[1];
	regs->dx = args[2];
	regs->r10 = args[3];
	regs->r8 = args[4];
	regs->r9 = args[5];
	regs->ip = ip;
	regs->sp = sp;
}

/* Back over the two bytes of the syscall instruction. */
void hpc_arch_restart(struct pt_regs *regs, long nr)
{
	regs->ax = nr;
	regs->ip -= 2;
	regs->orig_ax = -1;
}

unsigned long hpc_arch_vdso_get(void)
{
	unsigned long vdso = (unsigned long)current->mm->context.vdso;

	return vdso ? vdso + vdso_image_64.sym_vvar_start : 0;
}

int hpc_arch_vdso_map(unsigned long addr)
{
	return addr ? map_vdso_once(&vdso_image_64, addr) : 0;
}

/* Capability words that a program can see with CPUID. */
static const u8 cpu_words[] = {
	CPUID_1_EDX, CPUID_1_ECX, CPUID_8000_0001_EDX, CPUID_8000_0001_ECX, CPUID_D_1_EAX,
	CPUID_7_0_EBX, CPUID_7_ECX, CPUID_7_EDX, CPUID_7_1_EAX,
};
static_assert(ARRAY_SIZE(cpu_words) <= HPC_CPU_WORDS);

void hpc_arch_hello(struct hpc_wire_hello *h)
{
	static const siphash_key_t key = { { HPC_PROTO_MAGIC, HPC_ARCH_X86_64 } };
	int i;

	h->arch = cpu_to_le32(HPC_ARCH_X86_64);
	h->xfeatures = cpu_to_le64(fpu_user_cfg.default_features);
	h->vdso = cpu_to_le64(siphash(vdso_image_64.data, vdso_image_64.size, &key));
	for (i = 0; i < ARRAY_SIZE(cpu_words); i++)
		h->cpu[i] = cpu_to_le32(boot_cpu_data.x86_capability[cpu_words[i]]);
}

int hpc_arch_fits(const struct hpc_wire_hello *home, const struct hpc_wire_hello *host)
{
	int i;

	if ((home->xfeatures & ~host->xfeatures) || home->vdso != host->vdso)
		return -EOPNOTSUPP;
	for (i = 0; i < HPC_CPU_WORDS; i++)
		if (home->cpu[i] & ~host->cpu[i])
			return -EOPNOTSUPP;
	return 0;
}

static bool has_ldt(struct task_struct *p)
{
	bool has = false;

#ifdef CONFIG_MODIFY_LDT_SYSCALL
	task_lock(p);
	has = p->mm && READ_ONCE(p->mm->context.ldt);
	task_unlock(p);
#endif
	return has;
}

static bool has_shadow_stack(struct task_struct *p)
{
#ifdef CONFIG_X86_USER_SHADOW_STACK
	return p->thread.features;
#else
	return false;
#endif
}

static bool is_32bit(struct task_struct *p)
{
	bool is;

	/* What is dead has no stack. */
	if (!try_get_task_stack(p))
		return false;
	is = !user_64bit_mode(task_pt_regs(p));
	put_task_stack(p);
	return is || test_tsk_thread_flag(p, TIF_ADDR32);
}

u32 hpc_arch_cantmove(struct task_struct *p)
{
	u32 why = 0;

	if (is_32bit(p))
		why |= HPC_STAY_IA32;
	if (p->thread.iopl_emul || test_tsk_thread_flag(p, TIF_IO_BITMAP) || has_ldt(p) ||
	    test_tsk_thread_flag(p, TIF_NOTSC))
		why |= HPC_STAY_DIRECT_IO;
	if (has_shadow_stack(p))
		why |= HPC_STAY_SHADOW_STACK;
	return why;
}

void hpc_arch_body_enter(void)
{
	set_syscall_work(HPC);
}

void hpc_arch_body_leave(void)
{
	clear_syscall_work(HPC);
}

void hpc_arch_mm_layout(void)
{
	set_personality_64bit();
	current->mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(current->mm, &current->signal->rlim[RLIMIT_STACK]);
}
