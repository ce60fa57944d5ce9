// SPDX-License-Identifier: GPL-2.0
/*
 * Becoming and staying a member: choosing an id, giving it up to one with a better claim, and
 * taking over the lineage and the time of an older cluster. Called from cluster.c only.
 *
 * A newcomer listens for a second (all who are there challenge it at once, so that it hears them),
 * wants an id, and then claims it. Wanted ids of other newcomers with a smaller identity count as
 * taken; what collides nevertheless is settled by claim_keeps(), which both sides compute.
 */
#include "omdiscd/join.h"

#include <inttypes.h>
#include <string.h>

#define LISTEN_MS	1000
#define LISTEN_MAX_MS	2500	/* with answers still outstanding */
#define YOUNG_MS	600000	/* an open cluster older than this does not step its clocks any more */

static uint64_t identity_hash(const struct cluster *c)
{
	uint64_t hash;

	memcpy(&hash, c->config.identity, sizeof(hash));
	return hash;
}

/* Others' ids: in use, remembered, or wanted by a newcomer that goes before us. */
static void collect_taken(const struct cluster *c, struct claim_set *taken, struct claim_wish *wish)
{
	*taken = c->refused;
	if (wish->given)
		claim_release(taken, wish->given);
	for (size_t i = 0; i < c->table.count; i++) {
		const struct member *m = c->table.member[i];
		bool before_us = memcmp(m->last.identity, c->config.identity, PACKET_IDENTITY) < 0;

		wish->nodes++;
		if (!m->last.id)
			continue;
		/* one that is gone keeps its id, unless the administrator gave it to us */
		if (!member_is_up(m) && m->last.id == wish->given)
			continue;
		if ((m->last.flags & PACKET_SETTLED) || !member_is_up(m) || before_us)
			claim_take(taken, m->last.id);
	}
}

static void choose_id(struct cluster *c)
{
	struct claim_set taken;
	struct claim_wish wish = {
		.given = c->config.given_id,
		.stored = c->config.stored_id,
		.hint = c->hint,
		.hash = identity_hash(c),
	};

	if (c->config.map) {
		c->id = c->config.given_id;
		return;
	}
	collect_taken(c, &taken, &wish);
	c->id = claim_choose(&taken, &wish);
	if (wish.given && c->id != wish.given && c->phase == CLUSTER_SETTLED)
		cluster_note(c, "id %u is taken by another machine, using %u", wish.given, c->id);
}

void join_start(struct cluster *c, struct instant now)
{
	c->phase = CLUSTER_JOINING;
	c->deadline_ms = now.ms + LISTEN_MS;
	c->settled_ms = now.ms;
	choose_id(c);
}

static bool has_company(const struct cluster *c)
{
	for (size_t i = 0; i < c->table.count; i++)
		if (member_is_settled(c->table.member[i]) &&
		    c->table.member[i]->last.lineage == c->lineage)
			return true;
	return false;
}

static bool may_step(const struct cluster *c, uint64_t now_ms)
{
	if (c->config.may_step || c->phase == CLUSTER_JOINING || !has_company(c))
		return true;
	return cluster_lineage(c, now_ms).age_ms < YOUNG_MS;
}

/* All offsets were measured against the clock before the step. */
static void forget_offsets(struct cluster *c)
{
	for (size_t i = 0; i < c->table.count; i++)
		c->table.member[i]->timed = false;
}

static void step_clock(struct cluster *c, struct instant now, const struct member *source)
{
	int64_t by = source->offset_us;
	int err;

	c->timed = true;
	if (by > -TIMING_STEP_US && by < TIMING_STEP_US)
		return;
	if (!may_step(c, now.ms)) {
		cluster_note(c, "clock differs by %" PRId64 " ms from node %u, not stepped: "
			     "an open cluster of this age does not", by / 1000, source->last.id);
		c->timed = false;
		return;
	}
	err = c->ops->step(c->ctx, by);
	if (err) {
		cluster_note(c, "cannot step the clock by %" PRId64 " ms: %s", by / 1000,
			     strerror(-err));
		c->timed = false;
		return;
	}
	counters_add(c->counters, COUNT_CLOCK_STEPS);
	cluster_note(c, "clock stepped by %" PRId64 " ms to that of node %u (%s)", by / 1000,
		     source->last.id, source->last.name);
	forget_offsets(c);
}

/* Joins the lineage; false when its time must be measured first (a challenge is then out). */
static bool adopt(struct cluster *c, struct instant now, const struct lineage *theirs)
{
	struct member *source = timing_source(&c->table, theirs->id, now.ms);

	if (source && (!source->timed || now.ms - source->offset_ms > TIMING_FRESH_MS)) {
		if (member_path(source))
			cluster_probe(c, now, &source->last, member_path(source));
		return false;
	}
	if (source)
		step_clock(c, now, source);
	else
		c->timed = false;
	c->lineage = theirs->id;
	c->lineage_age_ms = theirs->age_ms;
	c->lineage_ms = now.ms;
	c->differs_ms = 0;
	return true;
}

static void found_cluster(struct cluster *c, struct instant now)
{
	do {
		c->ops->random(c->ctx, &c->lineage, sizeof(c->lineage));
	} while (!c->lineage);
	c->lineage_age_ms = 0;
	c->lineage_ms = now.ms;
	c->timed = true;
}

static void settle(struct cluster *c, struct instant now)
{
	struct lineage oldest = timing_oldest(&c->table, now.ms);
	bool last_chance = now.ms >= c->deadline_ms + LISTEN_MAX_MS - LISTEN_MS;

	if (probe_any(&c->probes) && !last_chance)
		return;
	if (oldest.id && !adopt(c, now, &oldest) && !last_chance)
		return;
	choose_id(c);
	if (!c->id)
		return;
	if (!c->lineage)
		found_cluster(c, now);
	c->phase = CLUSTER_SETTLED;
	c->settled_ms = now.ms;
	c->change++;
	cluster_note(c, "this is node %u (%s)", c->id, c->config.name);
	c->announce_ms = now.ms;
}

static void check_id(struct cluster *c, struct instant now)
{
	struct member *rival = c->config.map ? NULL : member_with_id(&c->table, c->id, now.ms);
	struct claim_side mine = { cluster_age(c, now.ms), c->config.identity };
	struct claim_side theirs;
	unsigned int lost = c->id;

	if (!rival) {
		c->contested_ms = 0;
		return;
	}
	if (!c->contested_ms) {
		c->contested_ms = now.ms;
		counters_add(c->counters, COUNT_ID_CONFLICTS);
		/* the other must hear of it as soon as we did */
		cluster_announce(c, now);
	}
	theirs = (struct claim_side) { member_age(rival, now.ms), rival->last.identity };
	if (claim_keeps(&mine, &theirs, now.ms - c->contested_ms))
		return;
	choose_id(c);
	c->settled_ms = now.ms;
	c->contested_ms = 0;
	c->change++;
	cluster_note(c, "node %s keeps id %u, this is now node %u", rival->last.name, lost, c->id);
	cluster_announce(c, now);
}

static void check_lineage(struct cluster *c, struct instant now)
{
	struct lineage ours = cluster_lineage(c, now.ms);
	struct lineage theirs = timing_oldest(&c->table, now.ms);

	if (!theirs.id || theirs.id == ours.id) {
		c->differs_ms = 0;
		return;
	}
	if (!c->differs_ms)
		c->differs_ms = now.ms;
	if (timing_gives_way(&ours, &theirs, now.ms - c->differs_ms) && adopt(c, now, &theirs))
		c->announce_ms = now.ms;
}

void join_check(struct cluster *c, struct instant now)
{
	if (c->phase == CLUSTER_JOINING && now.ms >= c->deadline_ms)
		settle(c, now);
	else if (c->phase == CLUSTER_JOINING)
		choose_id(c);
	if (c->phase != CLUSTER_SETTLED)
		return;
	check_id(c, now);
	check_lineage(c, now);
}

bool join_is_kept(const struct cluster *c, const struct packet *p)
{
	if (c->phase != CLUSTER_SETTLED || (p->flags & PACKET_SETTLED) || !p->id)
		return false;
	for (size_t i = 0; i < c->table.count; i++) {
		const struct member *m = c->table.member[i];

		if (m->last.id == p->id && !member_is_up(m) && (m->last.flags & PACKET_SETTLED) &&
		    memcmp(m->last.identity, p->identity, sizeof(p->identity)))
			return true;
	}
	return false;
}

void join_twin(struct cluster *c, struct instant now, const struct packet *p)
{
	if (c->session < p->session)
		return;
	cluster_note(c, "machine %s has the same identity as this one, taking another", p->name);
	c->ops->random(c->ctx, c->config.identity, sizeof(c->config.identity));
	if (c->phase == CLUSTER_SETTLED)
		cluster_announce(c, now);
}
