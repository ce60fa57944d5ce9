// SPDX-License-Identifier: GPL-2.0
/*
 * Which cluster this is. Who founds one gives it a random number; who joins takes that over. When
 * two meet, be it that all machines were switched on at once or that a cable was plugged in, the
 * younger joins the older. Ages are durations, so no clock has to be right for it.
 */
#include "swim/island.h"

#include "swim/apply.h"
#include "swim/roster.h"

#define CLEARLY_OLDER_MS	2000
#define OVER_MS			10000	/* nobody of the other one was heard for so long */
#define CONTEST_MS		5000	/* measured ages may disagree: then the number decides */

struct swim_island swim_island(const struct swim *s, uint64_t now_ms)
{
	if (!s->island)
		return (struct swim_island) { 0 };
	return (struct swim_island) { s->island, s->island_age_ms + (now_ms - s->island_ms) };
}

uint64_t swim_founded(const struct swim *s)
{
	return s->founded;
}

bool island_gives_way(const struct swim_island *ours, const struct swim_island *theirs,
		      uint64_t contested_ms)
{
	if (contested_ms < CONTEST_MS) {
		if (ours->age_ms > theirs->age_ms + CLEARLY_OLDER_MS)
			return false;
		if (theirs->age_ms > ours->age_ms + CLEARLY_OLDER_MS)
			return true;
	}
	return theirs->id < ours->id;
}

uint32_t island_stamp(const struct swim *s)
{
	return swim_island(s, s->now_ms).age_ms / 100;
}

static void enter(struct swim *s, uint64_t id, uint64_t age_ms)
{
	struct swim_member *me = &s->member[SELF];

	s->island = id;
	s->island_age_ms = age_ms;
	s->island_ms = s->now_ms;
	me->island = roster_island(s, id);
	me->stamp = island_stamp(s);
}

void island_found(struct swim *s)
{
	s->founded = swim_random(s) | 1;
	enter(s, s->founded, 0);
}

void island_adopt(struct swim *s, const struct swim_island *theirs)
{
	enter(s, theirs->id, theirs->age_ms);
	apply_own_change(s);
}

void island_hear(struct swim *s, const struct wire_head *head)
{
	struct swim_island ours = swim_island(s, s->now_ms);
	struct swim_island theirs = { head->island, head->island_age_ms };

	if (!theirs.id || !ours.id || !(head->flags & WIRE_SETTLED))
		return;
	if (theirs.id == ours.id)
		return;
	/* one meeting, however often the members of both change sides in it */
	if (!s->differed_ms || s->now_ms - s->differed_ms > OVER_MS)
		s->differs_ms = s->now_ms;
	s->differed_ms = s->now_ms;
	if (island_gives_way(&ours, &theirs, s->now_ms - s->differs_ms))
		island_adopt(s, &theirs);
}
