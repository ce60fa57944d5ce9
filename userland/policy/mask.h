/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MASK_H
#define TESSERA_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* openMosix's cluster mask: migfilter on or off, mignodes the list, migpolicy what the list means. */
enum mask_mode {
	MASK_NONE,
	MASK_DENY,	/* policy 0: not to those listed */
	MASK_ALLOW,	/* policy 1: only to those listed */
};

struct mask {
	enum mask_mode mode;
	size_t bytes;
	const uint8_t *bits;	/* node N is bit N-1 */
};

/* May the process go to this node? (Home is never asked for.) */
static inline bool mask_allows(const struct mask *mask, unsigned int node)
{
	size_t byte = (node - 1) / 8;
	bool listed = byte < mask->bytes && (mask->bits[byte] >> (node - 1) % 8 & 1);

	switch (mask->mode) {
	case MASK_NONE:
		return true;
	case MASK_DENY:
		return !listed;
	case MASK_ALLOW:
		return listed;
	}
	return false;
}

#endif
