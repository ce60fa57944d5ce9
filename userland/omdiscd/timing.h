/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_TIMING_H
#define TESSERA_TIMING_H

#include <stdbool.h>
#include <stdint.h>
#include "omdiscd/packet.h"

/* Smaller differences than this are left alone. */
#define TIMING_STEP_US		200000

struct cluster;
struct member;

/* Whose time this node's clock has. */
struct timing {
	uint64_t island;	/* its clock is right for this one, 0 = for none yet */
	uint64_t refused;	/* for this one it will not be set */
	uint64_t age_ms, age_at_ms;	/* of that island, and when it was so old */
	uint64_t company_ms;	/* when there was another member last */
	uint64_t asked_ms;	/* when somebody was asked for the time last */
};

/* Is this node's clock that of its island? */
bool timing_is_right(const struct cluster *c);
/* Nothing more can be done about the time: right, refused, or nobody to ask. */
bool timing_is_done(const struct cluster *c);
struct beacon timing_beacon(const struct cluster *c);
/* What a member says, as the answer to something sent round_trip_ms ago (-1 = it is not). */
void timing_heard(struct cluster *c, const struct member *m, const struct beacon *b,
		  int round_trip_ms);
/* Once in a while. */
void timing_tick(struct cluster *c);
/* The other's clock minus ours, from one question and its answer. */
int64_t timing_offset(int64_t peer_us, int64_t our_us, uint64_t round_trip_ms);

#endif
