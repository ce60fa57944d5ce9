/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where calls run whose arguments decide it; only for the table in calls.c.
 */
#ifndef _HPC_WHERE_H
#define _HPC_WHERE_H

#include "calls.h"

enum hpc_where hpc_where_mmap(const unsigned long args[6]);
enum hpc_where hpc_where_mremap(const unsigned long args[6]);
enum hpc_where hpc_where_madvise(const unsigned long args[6]);
enum hpc_where hpc_where_pkey_mprotect(const unsigned long args[6]);
enum hpc_where hpc_where_clone(const unsigned long args[6]);
enum hpc_where hpc_where_clone3(const unsigned long args[6]);
enum hpc_where hpc_where_unshare(const unsigned long args[6]);
enum hpc_where hpc_where_prctl(const unsigned long args[6]);
enum hpc_where hpc_where_arch_prctl(const unsigned long args[6]);
enum hpc_where hpc_where_personality(const unsigned long args[6]);
enum hpc_where hpc_where_get_robust_list(const unsigned long args[6]);
enum hpc_where hpc_where_sched_setscheduler(const unsigned long args[6]);
enum hpc_where hpc_where_sched_setattr(const unsigned long args[6]);
enum hpc_where hpc_where_clock(const unsigned long args[6]);
enum hpc_where hpc_where_clock_nanosleep(const unsigned long args[6]);
enum hpc_where hpc_where_time(const unsigned long args[6]);
enum hpc_where hpc_where_setitimer(const unsigned long args[6]);
enum hpc_where hpc_where_timer_create(const unsigned long args[6]);

#endif /* _HPC_WHERE_H */
