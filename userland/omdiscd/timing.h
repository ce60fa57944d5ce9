/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_TIMING_H
#define TESSERA_TIMING_H

#include <stdbool.h>
#include <stdint.h>
#include "omdiscd/member.h"

/* Smaller differences than this are left alone. */
#define TIMING_STEP_US		200000
/* An offset older than this is measured again before it is used. */
#define TIMING_FRESH_MS		5000

/* A cluster by its founder's random number and its age. */
struct lineage {
	uint64_t id;		/* 0 = none yet */
	uint64_t age_ms;
};

/* Two clusters meet: must ours give way to theirs? */
bool timing_gives_way(const struct lineage *ours, const struct lineage *theirs, uint64_t contested_ms);
/* Whose clock is the time of this lineage: the member that is in it longest; NULL = nobody's. */
struct member *timing_source(const struct member_table *table, uint64_t lineage, uint64_t now_ms);
/* The oldest lineage among settled members; id 0 when there is none. */
struct lineage timing_oldest(const struct member_table *table, uint64_t now_ms);
/* The other's clock minus ours, from one challenge and its proof. */
int64_t timing_offset(int64_t peer_us, int64_t our_us, uint64_t round_trip_ms);

#endif
