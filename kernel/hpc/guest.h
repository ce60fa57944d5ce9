/* SPDX-License-Identifier: GPL-2.0 */
/* The pid namespace in which the bodies of one home live. */
#ifndef _HPC_GUEST_H
#define _HPC_GUEST_H

#include <linux/types.h>


/* Signal actions of current as a guest's: see guest.c. */
void hpc_guest_signals(void);

/* Create a task with pid @pid in the namespace of node @home that runs fn(arg). */
int hpc_guest_spawn(int home, pid_t pid, int (*fn)(void *arg), void *arg);

#endif /* _HPC_GUEST_H */
