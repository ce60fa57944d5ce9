// SPDX-License-Identifier: GPL-2.0
/*
 * This node's own figures: CPUs, memory, and a load that follows what runs here
 * within seconds, for avenrun takes a minute. Load is openMosix's: processes
 * that want a CPU, for each CPU, in percent of a CPU of standard speed, so that
 * a fast or a wide machine shows less. Guests count here, deputies sleep and do
 * not.
 */

#include <linux/cpumask.h>
#include <linux/kernel_stat.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched/stat.h>
#include <linux/workqueue.h>

#include "admin.h"
#include "load.h"

#define SPEED_STANDARD	10000
#define SAMPLE_PERIOD	HZ
#define DECAY		4	/* seconds after which a sample counts for about a third */
#define FRACTION	1024	/* of one running process */

static void sample(struct work_struct *work);
static DECLARE_DELAYED_WORK(sampler, sample);

/* Written by the sampler only. */
static unsigned int running;	/* decayed average, in 1/FRACTION */
static unsigned int busy;	/* percent of the last period */
static u64 last_busy, last_all;	/* kcpustat then, in ns */

static void sample_cpus(u64 *in_use, u64 *all)
{
	int cpu;

	*in_use = 0;
	*all = 0;
	for_each_online_cpu(cpu) {
		struct kernel_cpustat stat;

		kcpustat_cpu_fetch(&stat, cpu);
		for (int i = CPUTIME_USER; i < CPUTIME_GUEST; i++) {
			*all += stat.cpustat[i];
			if (i != CPUTIME_IDLE && i != CPUTIME_IOWAIT)
				*in_use += stat.cpustat[i];
		}
	}
}

static void sample(struct work_struct *work)
{
	/* This worker runs as well. */
	unsigned int now = max_t(int, nr_running() - 1, 0) * FRACTION;
	u64 in_use, all;

	WRITE_ONCE(running, (running * (DECAY - 1) + now) / DECAY);

	sample_cpus(&in_use, &all);
	/* A CPU that went offline takes its past along. */
	if (all > last_all && in_use >= last_busy)
		WRITE_ONCE(busy, min_t(u64, div64_u64((in_use - last_busy) * 100, all - last_all),
				       100));
	last_busy = in_use;
	last_all = all;

	schedule_delayed_work(&sampler, SAMPLE_PERIOD);
}

static u64 own_load(void)
{
	u64 percent = (u64)READ_ONCE(running) * 100 * SPEED_STANDARD;

	return div64_u64(percent, (u64)FRACTION * hpc_admin_speed() * num_online_cpus());
}

static u64 free_memory(void)
{
	return global_zone_page_state(NR_FREE_PAGES);
}

u64 hpc_load_own(enum hpc_figure figure)
{
	switch (figure) {
	case HPC_FIGURE_CPUS:
		return num_online_cpus();
	case HPC_FIGURE_SPEED:
		return hpc_admin_speed();
	case HPC_FIGURE_LOAD:
		return own_load();
	case HPC_FIGURE_MEM:
		return (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;
	case HPC_FIGURE_RMEM:
		return free_memory() << PAGE_SHIFT;
	case HPC_FIGURE_TMEM:
		return (u64)totalram_pages() << PAGE_SHIFT;
	case HPC_FIGURE_UTIL:
		return READ_ONCE(busy);
	case HPC_FIGURE_STATUS:
		return HPC_STATUS_CONF | HPC_STATUS_UP | hpc_admin_status();
	case HPC_FIGURE_END:
		break;
	}
	return 0;
}

void hpc_load_start(void)
{
	schedule_delayed_work(&sampler, 0);
}

void hpc_load_stop(void)
{
	cancel_delayed_work_sync(&sampler);
	WRITE_ONCE(running, 0);
	WRITE_ONCE(busy, 0);
}
