// SPDX-License-Identifier: GPL-2.0
/*
 * Which id a machine takes, and who keeps it when two have the same. Pure functions. Without a
 * disk a machine still gets the same small id most of the time: the others remember it (hint), and
 * its hash starts the search at the same place each time.
 */
#include "swim/claim.h"

#define ID_MAX			65535u
#define SMALL_IDS		16u	/* the least range that the hash chooses from */

void claim_take(struct claim_set *set, unsigned int id)
{
	if (id <= ID_MAX)
		set->bits[id / 64] |= UINT64_C(1) << id % 64;
}

void claim_release(struct claim_set *set, unsigned int id)
{
	if (id <= ID_MAX)
		set->bits[id / 64] &= ~(UINT64_C(1) << id % 64);
}

bool claim_is_taken(const struct claim_set *set, unsigned int id)
{
	return set->bits[id / 64] >> id % 64 & 1;
}

/* A power of two of at least four ids a node, so that the first try is mostly free. */
static unsigned int hash_range(unsigned int nodes)
{
	unsigned int range = SMALL_IDS;

	while (range < 4 * (nodes + 1) && range < 32768)
		range *= 2;
	return range;
}

static unsigned int choose_small(const struct claim_set *taken, const struct claim_wish *wish)
{
	unsigned int range = hash_range(wish->nodes);

	for (unsigned int i = 0; i < range; i++) {
		unsigned int id = 1 + (wish->hash + i) % range;

		if (!claim_is_taken(taken, id))
			return id;
	}
	for (unsigned int id = range + 1; id <= ID_MAX; id++)
		if (!claim_is_taken(taken, id))
			return id;
	return 0;
}

unsigned int claim_choose(const struct claim_set *taken, const struct claim_wish *wish)
{
	const unsigned int wishes[] = { wish->given, wish->stored, wish->hint };

	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++)
		if (wishes[i] && wishes[i] <= ID_MAX && !claim_is_taken(taken, wishes[i]))
			return wishes[i];
	return choose_small(taken, wish);
}

static enum claim_verdict before(bool first)
{
	return first ? CLAIM_FIRST : CLAIM_SECOND;
}

enum claim_verdict claim_judge(const struct claim_side *first, const struct claim_side *second,
			       bool final)
{
	if (first->settled != second->settled)
		return before(first->settled);
	if (first->island != second->island)
		return final ? before(first->key < second->key) : CLAIM_LATER;
	if (first->stamp != second->stamp)
		return before(first->stamp < second->stamp);
	return before(first->key < second->key);
}
