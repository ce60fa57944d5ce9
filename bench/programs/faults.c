// SPDX-License-Identifier: GPL-2.0
/*
 * faults NODE COUNT PAGES: COUNT remote faults that each bring PAGES (1 to 16) pages,
 * with nothing else on the link. On NODE, once the page stream has ended, a
 * readv() that home executes takes pages home, the last PAGES of each block of
 * sixteen; then they are touched, one block after the other.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

#include "bench.h"

#define BLOCK 16
#define COUNT_MAX 1000

static struct iovec iov[COUNT_MAX];

/* Time of the call that takes the pages home, ns. */
static uint64_t take_home(unsigned char *memory, size_t count, size_t pages)
{
	int zero = open("/dev/zero", O_RDONLY);
	uint64_t start;

	if (zero < 0)
		bench_fail("/dev/zero");
	for (size_t i = 0; i < count; i++) {
		iov[i].iov_base = memory + ((i + 1) * BLOCK - pages) * BENCH_PAGE;
		iov[i].iov_len = pages * BENCH_PAGE;
	}
	start = bench_now();
	if (readv(zero, iov, (int)count) != (ssize_t)(count * pages * BENCH_PAGE))
		bench_fail("readv");
	return bench_now() - start;
}

static void touch(struct bench_series *s, volatile unsigned char *page)
{
	uint64_t start = bench_now();

	*page = 1;
	bench_add(s, bench_now() - start);
}

int main(int argc, char **argv)
{
	unsigned int node = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	size_t count = argc > 2 ? (size_t)atol(argv[2]) : 0;
	size_t pages = argc > 3 ? (size_t)atol(argv[3]) : 0;
	struct bench_series s = { 0 };
	uint64_t taken, before, given;
	unsigned char *memory;

	if (!node || !count || count > COUNT_MAX || !pages || pages > BLOCK) {
		fprintf(stderr, "usage: faults NODE COUNT PAGES\n");
		return 2;
	}
	bench_setup();
	memory = bench_memory(count * BLOCK);
	bench_goto(node);
	bench_wait_pages_out(count * BLOCK);
	bench_sleep_ms(200);
	taken = take_home(memory, count, pages);
	before = bench_counter("pages_out");
	for (size_t i = 0; i < count; i++)
		touch(&s, iov[i].iov_base);
	given = bench_counter("pages_out") - before;
	if (given < count * pages) {
		fprintf(stderr, "faults: home gave %llu pages\n", (unsigned long long)given);
		return 1;
	}
	printf("mean_ns %llu\nleast_ns %llu\ngiven %llu\ntaken_ns %llu\n",
	       (unsigned long long)bench_mean(&s), (unsigned long long)s.least,
	       (unsigned long long)given, (unsigned long long)(taken / (count * pages)));
	return 0;
}
