// SPDX-License-Identifier: GPL-2.0
/*
 * The speed of one CPU, relative to a standard one: 10000 is a core of about 3 GHz of 2020. A loop
 * of dependent arithmetic and of memory within the first cache runs a few milliseconds at a time;
 * the best of many runs counts, since others may use the machine just now.
 */
#include "omdiscd/calibrate.h"

#include <errno.h>
#include <math.h>
#include <time.h>

#include "lib/file.h"
#include "lib/parse.h"
#include "policy/figures.h"

#define SPEED		"/proc/hpc/admin/speed"
#define RUNS		40
#define STEPS		500000
#define STANDARD	0.35	/* steps in a nanosecond of the standard CPU */
#define GRID		1.05
#define SPEED_MIN	10
#define SPEED_MAX	10000000

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static uint32_t work(uint32_t x)
{
	uint32_t table[256];

	for (int i = 0; i < 256; i++)
		table[i] = i * 2654435761u;
	for (int i = 0; i < STEPS; i++) {
		x = x * 1664525 + 1013904223;
		table[x >> 24] ^= x;
		x += table[(x >> 8) & 255];
	}
	return x;
}

static double measure(void)
{
	volatile uint32_t result = 1;
	double best = 0, begun = now_ns();

	for (int i = 0; i < RUNS && now_ns() - begun < 2e8; i++) {
		double start = now_ns(), took;

		result = work(result);
		took = now_ns() - start;
		if (took > 0 && STEPS / took > best)
			best = STEPS / took;
	}
	return best;
}

uint32_t calibrate_speed(double steps)
{
	double speed = FIGURES_STANDARD_SPEED * steps / STANDARD;

	if (!(speed > SPEED_MIN))
		return SPEED_MIN;
	if (speed > SPEED_MAX)
		return SPEED_MAX;
	return lround(FIGURES_STANDARD_SPEED *
		      pow(GRID, round(log(speed / FIGURES_STANDARD_SPEED) / log(GRID))));
}

int calibrate(void)
{
	char text[32];
	uint64_t speed;
	int err = file_read(SPEED, text, sizeof(text));

	if (err >= 0)
		err = parse_u64(text, &speed);
	if (err || speed != FIGURES_STANDARD_SPEED)
		return err;
	return file_writef(SPEED, "%u\n", calibrate_speed(measure()));
}
