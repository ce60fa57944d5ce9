// SPDX-License-Identifier: GPL-2.0
/*
 * Whose time the cluster has. The founder of an island is its clock; who joins takes over the time
 * from a member that has it, by one probe and its answer. When two islands meet, the younger joins
 * the older (swim/island.c) and its time. Nobody steps his clock at any other moment.
 */
#include "omdiscd/timing.h"

#include <inttypes.h>
#include <string.h>

#include "omdiscd/cluster.h"

#define YOUNG_MS	600000	/* an open cluster older than this does not step its clocks any more */
#define COMPANY_MS	60000	/* alone for so long: nobody else has this time */
#define ASK_MS		200
#define WAIT_MS		1500	/* so long a newcomer waits for the time before it takes part */

bool timing_is_right(const struct cluster *c)
{
	struct swim_island island = swim_island(c->swim, c->now.ms);

	return island.id && c->timing.island == island.id;
}

bool timing_is_done(const struct cluster *c)
{
	return timing_is_right(c) || c->timing.refused == swim_island(c->swim, c->now.ms).id ||
	       c->now.ms - c->settled_ms >= WAIT_MS;
}

struct beacon timing_beacon(const struct cluster *c)
{
	return (struct beacon) {
		.timed = timing_is_right(c),
		.island = swim_island(c->swim, c->now.ms).id,
		.real_us = c->now.real_us > 0 ? c->now.real_us : 0,
	};
}

int64_t timing_offset(int64_t peer_us, int64_t our_us, uint64_t round_trip_ms)
{
	return peer_us + (int64_t)(round_trip_ms * 500) - our_us;
}

static bool may_step(const struct cluster *c)
{
	const struct timing *t = &c->timing;
	bool alone = !t->company_ms || c->now.ms - t->company_ms > COMPANY_MS;

	if (c->config.may_step || !cluster_id(c) || !t->island || alone)
		return true;
	return t->age_ms + (c->now.ms - t->age_at_ms) < YOUNG_MS;
}

static void take_over(struct cluster *c)
{
	struct swim_island island = swim_island(c->swim, c->now.ms);

	c->timing.island = island.id;
	c->timing.age_ms = island.age_ms;
	c->timing.age_at_ms = c->now.ms;
}

/* False: this clock does not become that of the island. */
static bool step_clock(struct cluster *c, const struct member *source, int64_t by)
{
	int err;

	if (by > -TIMING_STEP_US && by < TIMING_STEP_US)
		return true;
	if (!may_step(c)) {
		cluster_note(c, "clock differs by %" PRId64 " ms from node %u, not stepped: "
			     "an open cluster of this age does not", by / 1000, source->id);
		return false;
	}
	err = c->ops->step(c->ctx, by);
	if (err) {
		cluster_note(c, "cannot step the clock by %" PRId64 " ms: %s", by / 1000,
			     strerror(-err));
		return false;
	}
	c->now.real_us += by;
	counters_add(c->counters, COUNT_CLOCK_STEPS);
	cluster_note(c, "clock stepped by %" PRId64 " ms to that of node %u (%s)", by / 1000,
		     source->id, source->about.name);
	return true;
}

void timing_heard(struct cluster *c, const struct member *m, const struct beacon *b,
		  int round_trip_ms)
{
	struct swim_island island = swim_island(c->swim, c->now.ms);

	if (!b->timed || b->island != island.id || timing_is_right(c) ||
	    c->timing.refused == island.id)
		return;
	if (round_trip_ms < 0) {
		if (c->now.ms - c->timing.asked_ms < ASK_MS)
			return;
		c->timing.asked_ms = c->now.ms;
		swim_ask(c->swim, c->now.ms, m->number);
		return;
	}
	if (step_clock(c, m, timing_offset(b->real_us, c->now.real_us, round_trip_ms)))
		take_over(c);
	else
		c->timing.refused = island.id;
}

void timing_tick(struct cluster *c)
{
	struct swim_island island = swim_island(c->swim, c->now.ms);

	if (island.id && island.id == swim_founded(c->swim) && !timing_is_right(c))
		take_over(c);
	if (swim_up_count(c->swim) && timing_is_right(c))
		c->timing.company_ms = c->now.ms;
}
