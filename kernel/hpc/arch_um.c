// SPDX-License-Identifier: GPL-2.0
/*
 * User-Mode Linux: the registers are an array, the FPU state is part of pt_regs,
 * the vdso only makes system calls, and there is no time namespace.
 */
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/syscalls.h>

#include <asm/syscall.h>
#include <sysdep/ptrace.h>
#include <sysdep/syscalls.h>

#include "arch.h"

#define HPC_ARCH_UM	2

struct um_state {
	__le64 syscall;
	__le64 gp[MAX_REG_NR];
	u8 fp[sizeof_field(struct uml_pt_regs, fp)];
};

size_t hpc_arch_state_size(void)
{
	return sizeof(struct um_state);
}

int hpc_arch_state_get(struct pt_regs *regs, void *buf)
{
	struct um_state *s = buf;
	int i;

	s->syscall = cpu_to_le64(regs->regs.syscall);
	for (i = 0; i < MAX_REG_NR; i++)
		s->gp[i] = cpu_to_le64(regs->regs.gp[i]);
	memcpy(s->fp, regs->regs.fp, sizeof(s->fp));
	return 0;
}

int hpc_arch_state_check(const void *buf, size_t len)
{
	const struct um_state *s = buf;

	if (len != sizeof(*s))
		return -EBADMSG;
	if (le64_to_cpu(s->gp[HOST_IP]) >= TASK_SIZE)
		return -EBADMSG;
	return 0;
}

/*
 * The host's kernel checks what user mode may have in its segment registers and
 * flags when they are set through ptrace, so ours are kept.
 */
void hpc_arch_state_set(struct pt_regs *regs, const void *buf)
{
	const struct um_state *s = buf;
	unsigned long eflags = regs->regs.gp[HOST_EFLAGS];
	int i;

	for (i = 0; i < MAX_REG_NR; i++)
		if (i != HOST_CS && i != HOST_SS && i != HOST_DS && i != HOST_ES)
			regs->regs.gp[i] = le64_to_cpu(s->gp[i]);
	/* Carry, parity, adjust, zero, sign, direction, overflow: the user's. */
	regs->regs.gp[HOST_EFLAGS] = (eflags & ~0xcd5UL) | (le64_to_cpu(s->gp[HOST_EFLAGS]) & 0xcd5);
	memcpy(regs->regs.fp, s->fp, sizeof(s->fp));
	regs->regs.syscall = -1;
}

long hpc_arch_call(struct pt_regs *regs, int nr)
{
	return EXECUTE_SYSCALL(nr, regs);
}

void hpc_arch_call_set(struct pt_regs *regs, int nr, const unsigned long args[6],
		       unsigned long ip, unsigned long sp)
{
	unsigned long *gp = regs->regs.gp;

	UPT_SYSCALL_NR(&regs->regs) = nr;
	gp[HOST_DI] = args[0];
	gp[HOST_SI] = args[1];
	gp[HOST_DX] = args[2];
	gp[HOST_R10] = args[3];
	gp[HOST_R8] = args[4];
	gp[HOST_R9] = args[5];
	gp[HOST_IP] = ip;
	gp[HOST_SP] = sp;
}

void hpc_arch_restart(struct pt_regs *regs, long nr)
{
	PT_REGS_RESTART_SYSCALL(regs);
	PT_REGS_AX(regs) = nr;
	UPT_SYSCALL_NR(&regs->regs) = -1;
}

unsigned long hpc_arch_vdso_get(void)
{
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, um_vdso_addr);
	mmap_read_unlock(current->mm);
	return vma ? um_vdso_addr : 0;
}

/* The one vdso page has the same address in every process of every UML. */
int hpc_arch_vdso_map(unsigned long addr)
{
	if (!addr)
		return 0;
	return addr == um_vdso_addr ? arch_setup_additional_pages(NULL, 0) : -EBADMSG;
}

void hpc_arch_hello(struct hpc_wire_hello *h)
{
	h->arch = cpu_to_le32(HPC_ARCH_UM);
}

int hpc_arch_fits(const struct hpc_wire_hello *home, const struct hpc_wire_hello *host)
{
	return 0;
}

u32 hpc_arch_cantmove(struct task_struct *p)
{
	return 0;
}

void hpc_arch_body_enter(void)
{
}

void hpc_arch_body_leave(void)
{
}

void hpc_arch_mm_layout(void)
{
	current->mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(current->mm, &current->signal->rlim[RLIMIT_STACK]);
}
