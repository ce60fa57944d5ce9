/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs of the benchmark share: moving oneself, reading one's own
 * counters, and the clock of home as seen from wherever the program is.
 * Whatever fails ends the program with a message.
 */
#ifndef _BENCH_H
#define _BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_PAGE 4096ul

_Noreturn void bench_fail(const char *what);

/* CLOCK_MONOTONIC of where we are, ns. */
uint64_t bench_now(void);
void bench_sleep_ms(unsigned int ms);

/* Opens what the other functions need; at home, before the first move. */
void bench_setup(void);

/* Moves the process itself; node 0 is home. */
void bench_goto(unsigned int node);

/* A value of /proc/self/hpcstat. */
uint64_t bench_counter(const char *name);

/* What to add to bench_now() here to get that of home, ns; the error is in *error. */
int64_t bench_home_offset(uint64_t *error);

/* Memory of so many pages, all of them resident and none the same. */
unsigned char *bench_memory(size_t pages);

/* Waits until home has given away as many pages; ns of home's clock when it had. */
uint64_t bench_wait_pages_out(uint64_t pages);

/* Least and mean of a series. */
struct bench_series {
	uint64_t least, sum, count;
};

void bench_add(struct bench_series *s, uint64_t value);
uint64_t bench_mean(const struct bench_series *s);

#endif /* _BENCH_H */
