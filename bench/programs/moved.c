// SPDX-License-Identifier: GPL-2.0
/*
 * moved NODE MEGABYTES [trip]: fills so much memory, moves itself to NODE and says
 * for how long it did not run. With "trip" it then idles until home has given
 * all its pages away, which is the page stream, and moves itself home.
 *
 * Frozen is the largest gap between two readings of CLOCK_MONOTONIC, one in front
 * of the move and then as many as there are in 50 ms; all on home's clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define WATCH (50 * 1000000ull)

/* The first reading after a move, and the largest gap between two later ones. */
struct watch {
	uint64_t before, first, gap;
};

static void move(struct watch *w, unsigned int node)
{
	uint64_t last, now;

	w->before = bench_now();
	bench_goto(node);
	last = w->first = bench_now();
	w->gap = 0;
	while (last - w->first < WATCH) {
		now = bench_now();
		if (now - last > w->gap)
			w->gap = now - last;
		last = now;
	}
}

/* The offsets are those to home's clock, before and after the move. */
static uint64_t frozen(const struct watch *w, int64_t before, int64_t after)
{
	uint64_t gap = w->first + (uint64_t)after - w->before - (uint64_t)before;

	return gap > w->gap ? gap : w->gap;
}

static void print(const char *name, uint64_t value)
{
	printf("%s %llu\n", name, (unsigned long long)value);
}

/* Without the page stream beside it the offset is better known, so that comes first. */
static void out_and_back(unsigned int node, uint64_t pages)
{
	uint64_t arrived, error;
	struct watch out, back;
	int64_t offset;

	move(&out, node);
	arrived = bench_wait_pages_out(pages);
	offset = bench_home_offset(&error);
	move(&back, 0);
	print("freeze_ns", frozen(&out, 0, offset));
	print("return_ns", frozen(&back, offset, 0));
	print("stream_ns", arrived - out.first - (uint64_t)offset);
	print("error_ns", error);
}

static void out_only(unsigned int node)
{
	struct watch out;
	int64_t offset;
	uint64_t error;

	move(&out, node);
	offset = bench_home_offset(&error);
	print("freeze_ns", frozen(&out, 0, offset));
	print("error_ns", error);
}

int main(int argc, char **argv)
{
	unsigned int node = argc > 1 ? (unsigned int)atoi(argv[1]) : 0;
	size_t pages = argc > 2 ? (size_t)atol(argv[2]) << 8 : 0;
	unsigned char *memory;

	if (!node || !pages || (argc > 3 && strcmp(argv[3], "trip"))) {
		fprintf(stderr, "usage: moved NODE MEGABYTES [trip]\n");
		return 2;
	}
	bench_setup();
	memory = bench_memory(pages);
	if (argc > 3)
		out_and_back(node, pages);
	else
		out_only(node);
	/* What came along is looked at, once: the last page. */
	if (*(size_t *)(void *)(memory + (pages - 1) * BENCH_PAGE) != pages - 1) {
		fprintf(stderr, "moved: a page is wrong\n");
		return 1;
	}
	return 0;
}
