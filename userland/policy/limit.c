// SPDX-License-Identifier: GPL-2.0
/* Load limits: how much of itself a node gives to the cluster. */
#include "policy/limit.h"

#include "policy/figures.h"

static double counted(enum limit_mode mode, double local, double guests)
{
	switch (mode) {
	case LIMIT_ALL:
		return local + guests;
	case LIMIT_LOCAL:
		return local;
	case LIMIT_GUESTS:
		return guests;
	}
	return local + guests;
}

static unsigned int judge(double now, double more, double limit)
{
	if (limit <= 0)
		return 0;
	if (now > limit)
		return FIGURES_FULL | FIGURES_OVER;
	return now + more > limit ? FIGURES_FULL : 0;
}

unsigned int limit_status(const struct limits *limits, const struct limit_use *use)
{
	double load = 100 / (use->cpus * use->speed), cpu = 100 / use->cpus;
	unsigned int status;

	/* a guest more is no more local load */
	status = judge(load * counted(limits->load_mode, use->local, use->guests),
		       limits->load_mode == LIMIT_LOCAL ? 0 : load, limits->load);
	status |= judge(cpu * counted(limits->cpu_mode, use->local_cpu, use->guest_cpu),
			limits->cpu_mode == LIMIT_LOCAL ? 0 : cpu, limits->cpu);
	return status;
}
