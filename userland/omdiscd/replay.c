// SPDX-License-Identifier: GPL-2.0
/*
 * The sliding window of RFC 6479 (one word of it): a node sends the same news on several links,
 * so packets of one session arrive out of order, but none may be taken twice.
 */
#include "omdiscd/replay.h"

#define WINDOW	64

void replay_start(struct replay *r, uint64_t seq)
{
	r->highest = seq;
	r->seen = 1;
}

bool replay_is_new(struct replay *r, uint64_t seq)
{
	uint64_t behind;

	if (seq > r->highest) {
		uint64_t ahead = seq - r->highest;

		r->seen = ahead < WINDOW ? r->seen << ahead : 0;
		r->seen |= 1;
		r->highest = seq;
		return true;
	}
	behind = r->highest - seq;
	if (behind >= WINDOW || (r->seen >> behind & 1))
		return false;
	r->seen |= UINT64_C(1) << behind;
	return true;
}
