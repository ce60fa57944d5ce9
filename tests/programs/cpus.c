// SPDX-License-Identifier: GPL-2.0
/*
 * What a program can see of CPUs: getcpu by restartable sequence, vdso and call stays below the
 * number of configured ones, the affinity mask is kept as it was set, membarrier and
 * sched_yield work.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include "prog.h"

static long configured;
static cpu_set_t original;

static void numbers(void)
{
	for (int i = 0; i < 300; i++) {
		unsigned int cpu = 99999, node = 99999;
		int by_libc = sched_getcpu();

		CHECK(by_libc >= 0 && by_libc < configured);
		CHECK_EQ(syscall(SYS_getcpu, &cpu, &node, NULL), 0);
		CHECK(cpu < (unsigned int)configured);
		CHECK(node < 1024);
		CHECK_EQ(sched_yield(), 0);
	}
}

static void affinity(void)
{
	cpu_set_t one, seen;
	int first = 0;

	while (!CPU_ISSET(first, &original))
		first++;
	CPU_ZERO(&one);
	CPU_SET(first, &one);
	CHECK_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
	CHECK_EQ(sched_getaffinity(0, sizeof(seen), &seen), 0);
	CHECK(CPU_EQUAL(&one, &seen));
	CHECK_EQ(sched_setaffinity(0, sizeof(original), &original), 0);
	CHECK_EQ(sched_getaffinity(0, sizeof(seen), &seen), 0);
	CHECK(CPU_EQUAL(&original, &seen));
	CPU_ZERO(&one);
	CHECK_ERRNO(sched_setaffinity(0, sizeof(one), &one), EINVAL);
}

/* Registered once: the registration belongs to the memory, and must survive every move. */
static void barriers(void)
{
	for (int i = 0; i < 10; i++)
		CHECK_EQ(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0), 0);
}

static void setup(const char *arg)
{
	long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);

	configured = sysconf(_SC_NPROCESSORS_CONF);
	CHECK(configured >= 1);
	CHECK_EQ(sched_getaffinity(0, sizeof(original), &original), 0);
	if (commands < 0)
		prog_skip("this kernel has no membarrier");
	CHECK_EQ(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0), 0);
}

static void round_cpus(void)
{
	numbers();
	affinity();
	barriers();
	prog_mix(1);
}

const struct prog prog = { .name = "cpus", .variants = 1, .setup = setup, .round = round_cpus };
