/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MASK_H
#define TESSERA_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MASK_RANGES_MAX	128

/* openMosix's cluster mask: migfilter on or off, mignodes the list, migpolicy what the list means. */
enum mask_mode {
	MASK_NONE,
	MASK_DENY,	/* policy 0: not to those listed */
	MASK_ALLOW,	/* policy 1: only to those listed */
};

struct mask_range {
	uint16_t from, to;
};

struct mask {
	enum mask_mode mode;
	size_t ranges;
	const struct mask_range *range;
};

/* May the process go to this node? (Home is never asked for.) */
bool mask_allows(const struct mask *mask, unsigned int node);
/* "1,3-5" or nothing, as mignodes reads; the number of ranges, or -EINVAL, -E2BIG. */
int mask_parse(const char *text, struct mask_range out[static MASK_RANGES_MAX]);

#endif
