/* SPDX-License-Identifier: GPL-2.0 */
/* System calls that a move interrupts. */
#ifndef _HPC_RESTART_H
#define _HPC_RESTART_H

#include <linux/errno.h>
#include <linux/sched/signal.h>
#include <asm/syscall.h>

static inline bool hpc_is_restart(long ret)
{
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR || ret == -ERESTARTNOHAND ||
	       ret == -ERESTART_RESTARTBLOCK;
}

/* Whether current is between a call that is to be restarted and the restart. */
static inline bool hpc_restart_pending(struct pt_regs *regs)
{
	return syscall_get_nr(current, regs) >= 0 &&
	       hpc_is_restart(syscall_get_error(current, regs));
}

/*
 * Whether the -EINTR of call @nr can only be due to our kick, so that calling again is
 * what the program would see without it. Not for close(), which has an effect.
 */
bool hpc_restart_eintr(long nr);

#endif /* _HPC_RESTART_H */
