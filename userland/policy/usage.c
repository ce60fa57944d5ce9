// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics of one process with decay, as openMosix has them: slow, fast, none or its own. Only the
 * calls have this long memory; what it demands of the CPU is that of the last seconds.
 */
#include "policy/usage.h"

#include <math.h>

#define DEMAND_TAU	2.0	/* s */
#define CALLS_GUESS	3000.0	/* in a second that is system time only */
#define COUNTED		0.2	/* s of CPU: with less nothing is known of the calls */

void usage_update(struct usage *u, double seconds, double cpu, double wait, double calls,
		  double kept)
{
	double past = exp(-seconds / DEMAND_TAU), now = seconds > 0 ? (cpu + wait) / seconds : 0;

	u->demand = u->demand * past + now * (1 - past);
	if (calls < 0)
		return;
	kept = pow(kept, seconds);
	u->calls = u->calls * kept + calls;
	u->cpu = u->cpu * kept + cpu;
}

double usage_calls(const struct usage *u, double guess)
{
	return u->cpu >= COUNTED ? u->calls / u->cpu : guess;
}

double usage_guess(double system)
{
	return system * CALLS_GUESS;
}
