// SPDX-License-Identifier: GPL-2.0
/*
 * The two clocks of the machine. Deadlines use CLOCK_BOOTTIME, which no step touches. With
 * --no-settime the real clock is only imagined: steps are kept in skew_us and seen by peers.
 */
#include "omdiscd/clock.h"

#include <errno.h>
#include <time.h>

struct instant clock_now(const struct clock *clock)
{
	struct timespec boot, real;

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	return (struct instant) {
		.ms = (uint64_t)boot.tv_sec * 1000 + boot.tv_nsec / 1000000,
		.real_us = (int64_t)real.tv_sec * 1000000 + real.tv_nsec / 1000 + clock->skew_us,
	};
}

int clock_step(struct clock *clock, int64_t by_us)
{
	struct timespec ts;
	int64_t us;

	if (clock->virtual) {
		clock->skew_us += by_us;
		return 0;
	}
	clock_gettime(CLOCK_REALTIME, &ts);
	us = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 + by_us;
	if (us < 0)
		return -ERANGE;
	ts.tv_sec = us / 1000000;
	ts.tv_nsec = us % 1000000 * 1000;
	return clock_settime(CLOCK_REALTIME, &ts) ? -errno : 0;
}
