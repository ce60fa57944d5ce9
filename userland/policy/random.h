/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_RANDOM_H
#define TESSERA_RANDOM_H

#include <stdint.h>

/* A seeded source of chance: the same seed gives the same decisions. SplitMix64 (Steele 2014). */
struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* 0 <= x < 1 */
static inline double random_unit(struct random *r)
{
	return (random_next(r) >> 11) * 0x1p-53;
}

/* 0..n-1; n > 0 */
static inline uint64_t random_below(struct random *r, uint64_t n)
{
	return random_next(r) % n;
}

/* x rounded up or down by chance, so that it is x in the mean; x >= 0 */
static inline double random_round(struct random *r, double x)
{
	double whole = (double)(uint64_t)x;

	return whole + (random_unit(r) < x - whole);
}

#endif
