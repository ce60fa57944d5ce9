// SPDX-License-Identifier: GPL-2.0
/*
 * The words of /proc/PID/cantmove in sentences, one row each, for mos why.
 * The list of words is in docs/interfaces.md.
 */
#include "tools/reason.h"

#include <stddef.h>
#include <string.h>

static const struct reason reasons[] = {
	{ "system", "it belongs to the system (the kernel, or process 1) and has no other place" },
	{ "clone_vm", "it shares its memory with another task, as threads and vfork do; "
	  "start separate processes instead of threads" },
	{ "shared_map", "it has writable shared memory (mmap MAP_SHARED, shmget), which must be in one place" },
	{ "mmap_dev", "it has mapped a device" },
	{ "mem_lock", "it has locked memory (mlock); munlock frees it" },
	{ "rt_sched", "it has a real-time scheduling class; 'chrt -o -p 0 PID' takes it away" },
	{ "io_uring", "it uses io_uring" },
	{ "ia32", "it is a 32-bit program" },
	{ "traced", "a debugger or strace is attached to it; it may go when that detaches" },
	{ "seccomp", "it runs under a seccomp filter" },
	{ "pid_ns", "it is in a pid namespace of its own, as in a container" },
	{ "user_lock", "it is locked: whoever started it wished no automatic moves (mosrun -L, nomig; also all "
	  "services); 'echo 0 >/proc/PID/lock' frees it, and migrate moves it all the same" },
	{ "userfaultfd", "it handles its own page faults (userfaultfd)" },
	{ "hugetlb", "it uses huge pages of hugetlbfs" },
	{ "direct_io", "it has access to I/O ports" },
	{ "cpu_timer", "it has a timer that counts CPU time (setitimer ITIMER_VIRTUAL, timer_create)" },
	{ "cpu_affinity", "it is bound to some CPUs of this node (taskset); that alone does not keep it here, "
	  "but elsewhere it runs on any" },
	{ "shadow_stack", "it uses the processor's shadow stack" },
	{ "aio", "it uses kernel AIO (io_setup)" },
};

const struct reason *reason_find(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (!strcmp(reasons[i].word, word))
			return &reasons[i];
	return NULL;
}
