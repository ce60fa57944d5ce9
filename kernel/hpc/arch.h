/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two architectures do differently: arch_x86.c and arch_um.c. Nothing
 * else here includes a header of an architecture.
 */
#ifndef _HPC_ARCH_H
#define _HPC_ARCH_H

#include "proto.h"

struct pt_regs;
struct task_struct;

/* Bytes of the CPU state of a thread: registers, TLS, FPU. */
size_t hpc_arch_state_size(void);

/* The state of current, which is about to return to user mode with @regs. */
int hpc_arch_state_get(struct pt_regs *regs, void *buf);

/* Whether a peer's state can be installed: everything is validated here. */
int hpc_arch_state_check(const void *buf, size_t len);

/* Install a checked state in current; only from the resume hook. */
void hpc_arch_state_set(struct pt_regs *regs, const void *buf);

/* Execute system call @nr as current, with the arguments in @regs. */
long hpc_arch_call(struct pt_regs *regs, int nr);

/* Put number and arguments into @regs, and where the program called from. */
void hpc_arch_call_set(struct pt_regs *regs, int nr, const unsigned long args[6],
		       unsigned long ip, unsigned long sp);

/* Make the interrupted system call be executed again. */
void hpc_arch_restart(struct pt_regs *regs, long nr);

/* Start address of the vdso mapping of current->mm, 0: none; and map it there. */
unsigned long hpc_arch_vdso_get(void);
int hpc_arch_vdso_map(unsigned long addr);

/* Architecture id, CPU capabilities, vdso hash, sizes. */
void hpc_arch_hello(struct hpc_wire_hello *h);

/* Whether what was started on @home's CPU can run here; -EOPNOTSUPP. */
int hpc_arch_fits(const struct hpc_wire_hello *home, const struct hpc_wire_hello *host);

/* Reasons of the architecture to stay, HPC_STAY_*. */
u32 hpc_arch_cantmove(struct task_struct *p);

/* From now on the calls of current pass __hpc_syscall(). */
void hpc_arch_body_enter(void);

/* From now on they need not. */
void hpc_arch_body_leave(void);

/* Prepare current->mm, fresh and empty, for the address layout of user programs. */
void hpc_arch_mm_layout(void);

#endif /* _HPC_ARCH_H */
