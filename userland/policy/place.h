/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PLACE_H
#define TESSERA_PLACE_H

#include "policy/outlook.h"

#define PLACE_MAX	128	/* nodes named at once */

struct place {
	unsigned int node;
	unsigned int count;
};

/*
 * How many fresh programs may start on which other node until the next call, seconds from now, when
 * so many programs are started here each second. How many entries of out[PLACE_MAX] were filled;
 * none while this node manages alone.
 */
size_t place_quota(const struct snapshot *s, double starts, double seconds,
		   struct place out[static PLACE_MAX]);

#endif
