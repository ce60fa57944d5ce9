// SPDX-License-Identifier: GPL-2.0
/*
 * Whose time the cluster has. The founder of a cluster gives it a random number and is its clock;
 * who joins takes over both. When two clusters meet, be it because all machines were switched on
 * at once or because a cable was plugged in, the younger joins the older. Ages are durations, so
 * that no clock has to be right for it. Nobody steps his clock at any other moment.
 */
#include "omdiscd/timing.h"

#include <stddef.h>

#define CLEARLY_OLDER_MS	2000
#define CONTEST_MS		5000

bool timing_gives_way(const struct lineage *ours, const struct lineage *theirs, uint64_t contested_ms)
{
	if (contested_ms < CONTEST_MS) {
		if (ours->age_ms > theirs->age_ms + CLEARLY_OLDER_MS)
			return false;
		if (theirs->age_ms > ours->age_ms + CLEARLY_OLDER_MS)
			return true;
	}
	return theirs->id < ours->id;
}

struct member *timing_source(const struct member_table *table, uint64_t lineage, uint64_t now_ms)
{
	struct member *best = NULL;

	for (size_t i = 0; i < table->count; i++) {
		struct member *m = table->member[i];

		if (m->state != NODE_ALIVE || m->last.lineage != lineage ||
		    !(m->last.flags & PACKET_TIMED))
			continue;
		if (!best || member_age(m, now_ms) > member_age(best, now_ms))
			best = m;
	}
	return best;
}

struct lineage timing_oldest(const struct member_table *table, uint64_t now_ms)
{
	struct lineage best = { 0 };

	for (size_t i = 0; i < table->count; i++) {
		const struct member *m = table->member[i];
		struct lineage theirs = { m->last.lineage, member_lineage_age(m, now_ms) };

		if (!member_is_settled(m) || !theirs.id)
			continue;
		if (!best.id || timing_gives_way(&best, &theirs, 0))
			best = theirs;
	}
	return best;
}

int64_t timing_offset(int64_t peer_us, int64_t our_us, uint64_t round_trip_ms)
{
	return peer_us + (int64_t)(round_trip_ms * 500) - our_us;
}
