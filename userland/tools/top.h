/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_TOP_H
#define TOOLS_TOP_H

#include "tools/mosmon_data.h"

enum top_order { TOP_CPU, TOP_TIME, TOP_NODE };

struct top_row {
	struct process process;
	unsigned int permille;	/* of one CPU, since the look before */
};

/* Two looks at all processes, one after the other; start with all zero. */
struct top {
	struct snapshot snapshot;
	struct top_row *row;
	size_t count;
	uint64_t when_ms;
};

/* Looks again; what a process used is counted from the look before. */
void top_read(struct top *top, enum top_order order, bool away_only);
void top_sort(struct top *top, enum top_order order);
void top_free(struct top *top);

#endif
