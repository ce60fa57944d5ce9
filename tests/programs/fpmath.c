// SPDX-License-Identifier: GPL-2.0
/*
 * A numerical program: an N-body step, a matrix product and a sum in long double.  The last
 * bit of each result counts, so one register that changes on the way is seen.
 */
#include <math.h>
#include <string.h>
#include "prog.h"

#define BODIES 8
#define SIDE 48

struct body {
	double x[3], v[3], mass;
};

static struct body bodies[BODIES];

static double unit(void)
{
	return (double)(prog_rand() >> 11) / 9007199254740992.0;
}

static void place(void)
{
	for (int i = 0; i < BODIES; i++) {
		for (int k = 0; k < 3; k++) {
			bodies[i].x[k] = unit() * 10;
			bodies[i].v[k] = unit() - 0.5;
		}
		bodies[i].mass = 1 + unit();
	}
}

static void attract(struct body *a, const struct body *b, double dt)
{
	double d[3], square = 0.01;

	for (int k = 0; k < 3; k++) {
		d[k] = b->x[k] - a->x[k];
		square += d[k] * d[k];
	}
	for (int k = 0; k < 3; k++)
		a->v[k] += d[k] * b->mass * dt / (square * sqrt(square));
}

static void step(double dt)
{
	for (int i = 0; i < BODIES; i++)
		for (int j = 0; j < BODIES; j++)
			if (i != j)
				attract(&bodies[i], &bodies[j], dt);
	for (int i = 0; i < BODIES; i++)
		for (int k = 0; k < 3; k++)
			bodies[i].x[k] += bodies[i].v[k] * dt;
}

static void gravity(void)
{
	place();
	for (int i = 0; i < 2000; i++)
		step(0.001);
	for (int i = 0; i < BODIES; i++) {
		prog_mix_bytes(bodies[i].x, sizeof(bodies[i].x));
		for (int k = 0; k < 3; k++)
			if (!isfinite(bodies[i].x[k]))
				prog_fail("body %d left for infinity", i);
	}
}

static void matrices(void)
{
	static float a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];

	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++) {
			a[i][j] = (float)unit();
			b[i][j] = (float)unit();
			c[i][j] = 0;
		}
	for (int i = 0; i < SIDE; i++)
		for (int j = 0; j < SIDE; j++)
			for (int k = 0; k < SIDE; k++)
				c[i][j] += a[i][k] * b[k][j];
	prog_mix_bytes(c, sizeof(c));
}

static void series(void)
{
	volatile long double sum = 0;
	uint64_t bits;

	for (int i = 1; i < 20000; i++)
		sum += (i & 1 ? 1.0L : -1.0L) / (2 * i - 1);
	if (fabsl(sum * 4 - 3.14159265358979323846L) > 1e-4L)
		prog_fail("the series for pi gave %.10Lf", sum * 4);
	bits = (uint64_t)(sum * 0x1p60L);
	prog_mix(bits);
}

static void round_math(void)
{
	gravity();
	matrices();
	series();
}

const struct prog prog = { .name = "fpmath", .variants = 4, .round = round_math };
