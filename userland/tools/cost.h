/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_COST_H
#define TOOLS_COST_H

#include <stdint.h>
#include <sys/types.h>

#define COST_PATH	"/run/omdiscd/costs"

/* What tune measured between this node and another: a line of COST_PATH. */
struct cost {
	unsigned int node;
	uint32_t rtt_us;	/* of a forwarded system call */
	uint32_t mbytes_s;	/* of pages that are fetched, 10^6 bytes */
	uint32_t move_ms;	/* of a small process, one way */
};

/* Goes there and back with a child, several times; 0 or -errno. */
int cost_measure(unsigned int node, struct cost *cost);
/* "NODE RTT_US MBYTES_S MOVE_MS", which is cut up; 0 or -EINVAL. */
int cost_parse(char *line, struct cost *cost);
/* Puts a line in the place of the node's old one; 0 or -errno. */
int cost_store(const struct cost *cost);

#endif
