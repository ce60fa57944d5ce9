/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CLOCK_H
#define TESSERA_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* One instant, given to everything that decides by time. */
struct instant {
	uint64_t ms;		/* CLOCK_BOOTTIME, milliseconds */
	int64_t real_us;	/* CLOCK_REALTIME, microseconds */
};

struct clock {
	bool virtual;		/* never set the machine's clock; keep the difference here */
	int64_t skew_us;	/* virtual only: added to the machine's clock */
};

struct instant clock_now(const struct clock *clock);
/* Steps CLOCK_REALTIME by so much; 0 or -errno. */
int clock_step(struct clock *clock, int64_t by_us);

#endif
