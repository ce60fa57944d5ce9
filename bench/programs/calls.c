// SPDX-License-Identifier: GPL-2.0
/* calls NODE COUNT: so many getppid() at home, and on NODE, where each is forwarded. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

static void call(struct bench_series *s, unsigned long count)
{
	while (count--) {
		uint64_t start = bench_now();

		syscall(SYS_getppid);
		bench_add(s, bench_now() - start);
	}
}

int main(int argc, char **argv)
{
	unsigned int node = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	struct bench_series home = { 0 }, away = { 0 };
	uint64_t before, forwarded;

	if (!node || !count) {
		fprintf(stderr, "usage: calls NODE COUNT\n");
		return 2;
	}
	bench_setup();
	call(&home, count);
	bench_goto(node);
	bench_sleep_ms(200);
	before = bench_counter("calls");
	call(&away, count);
	forwarded = bench_counter("calls") - before;
	if (forwarded < count) {
		fprintf(stderr, "calls: %llu were forwarded\n", (unsigned long long)forwarded);
		return 1;
	}
	printf("mean_ns %llu\nleast_ns %llu\nhome_ns %llu\n", (unsigned long long)bench_mean(&away),
	       (unsigned long long)away.least, (unsigned long long)bench_mean(&home));
	return 0;
}
