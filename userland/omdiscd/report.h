/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_REPORT_H
#define TESSERA_REPORT_H

#include <stddef.h>
#include <stdint.h>
#include "swim/swim.h"

#define REPORT_TYPE	2	/* first byte; another one is another kind of load blob */
#define REPORT_ENTRY	44
#define REPORT_ENTRIES	((SWIM_LOAD_MAX - 2) / REPORT_ENTRY)

/* The numbers of a node that the others see. */
struct cluster_load {
	uint16_t cpus, util, status;
	uint32_t guests;
	uint64_t speed, load, mem, rmem, tmem;
};

/* Of one node, and how old it is. */
struct report {
	uint64_t key;
	uint32_t age_ms;
	struct cluster_load load;
};

/* Up to REPORT_ENTRIES of them as a load blob; its length. */
size_t report_encode(const struct report *r, size_t count, uint8_t out[static SWIM_LOAD_MAX]);
/* How many, or -EBADMSG. */
int report_decode(const uint8_t *in, size_t len, struct report out[static REPORT_ENTRIES]);

#endif
