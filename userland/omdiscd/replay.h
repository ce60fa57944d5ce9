/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_REPLAY_H
#define TESSERA_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

/* The sequence numbers of one session that were seen: the highest, and which of the 63 below it. */
struct replay {
	uint64_t highest;
	uint64_t seen;		/* bit n: highest - n */
};

void replay_start(struct replay *r, uint64_t seq);
/* True once for each number that is not too old. */
bool replay_is_new(struct replay *r, uint64_t seq);

#endif
