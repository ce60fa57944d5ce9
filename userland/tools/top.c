// SPDX-License-Identifier: GPL-2.0
/*
 * What mtop shows: processes with the share of a CPU that each had between two
 * looks. The time of a process that is away is kept at its home, so it counts
 * wherever it runs.
 */
#include "tools/top.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000) + t.tv_nsec / 1000000;
}

static const struct process *find_before(const struct snapshot *before, const struct process *p)
{
	size_t i;

	for (i = 0; i < before->nr_processes; i++)
		if (before->process[i].pid == p->pid && before->process[i].start == p->start)
			return &before->process[i];
	return NULL;
}

static unsigned int share(const struct process *before, const struct process *p, uint64_t span_ms)
{
	uint64_t ticks = before && p->ticks > before->ticks ? p->ticks - before->ticks : 0;

	return span_ms ? ticks * 1000 * 1000 / sysconf(_SC_CLK_TCK) / span_ms : 0;
}

static int compare(const struct top_row *x, const struct top_row *y, enum top_order order)
{
	uint64_t a = x->permille, b = y->permille;

	switch (order) {
	case TOP_CPU:
		break;
	case TOP_TIME:
		a = x->process.ticks;
		b = y->process.ticks;
		break;
	case TOP_NODE:
		a = x->process.kind == PROCESS_LOCAL ? 0 : x->process.node;
		b = y->process.kind == PROCESS_LOCAL ? 0 : y->process.node;
		break;
	}
	if (a != b)
		return a < b ? 1 : -1;
	return (x->process.pid > y->process.pid) - (x->process.pid < y->process.pid);
}

static int by_cpu(const void *a, const void *b)
{
	return compare(a, b, TOP_CPU);
}

static int by_time(const void *a, const void *b)
{
	return compare(a, b, TOP_TIME);
}

static int by_node(const void *a, const void *b)
{
	return compare(a, b, TOP_NODE);
}

void top_sort(struct top *top, enum top_order order)
{
	static int (*const by[])(const void *a, const void *b) = {
		[TOP_CPU]	= by_cpu,
		[TOP_TIME]	= by_time,
		[TOP_NODE]	= by_node,
	};

	if (top->count)
		qsort(top->row, top->count, sizeof(*top->row), by[order]);
}

void top_read(struct top *top, enum top_order order, bool away_only)
{
	struct snapshot before = top->snapshot;
	uint64_t span = now_ms() - top->when_ms;
	size_t i;

	snapshot_read(&top->snapshot, !away_only);
	span = top->when_ms ? span : 0;
	top->when_ms = now_ms();
	free(top->row);
	top->count = 0;
	top->row = calloc(top->snapshot.nr_processes + 1, sizeof(*top->row));
	for (i = 0; top->row && i < top->snapshot.nr_processes; i++) {
		const struct process *p = &top->snapshot.process[i];

		top->row[top->count++] = (struct top_row) {
			.process = *p,
			.permille = share(find_before(&before, p), p, span),
		};
	}
	snapshot_free(&before);
	top_sort(top, order);
}

void top_free(struct top *top)
{
	snapshot_free(&top->snapshot);
	free(top->row);
	memset(top, 0, sizeof(*top));
}
