// SPDX-License-Identifier: GPL-2.0
/*
 * Getting an id and keeping it, without a master. A newcomer hears the table, wants an id that is
 * free (its contact proposes one, to each newcomer another), and claims it when nobody has objected
 * for a moment. What collides nevertheless is settled by claim_judge(), which both sides compute
 * from the same records. The loser of an id that is in use clears up first (yield).
 */
#include "swim/settle.h"

#include <string.h>

#include "swim/apply.h"
#include "swim/contact.h"
#include "swim/island.h"
#include "swim/news.h"
#include "swim/roster.h"
#include "swim/send.h"
#include "swim/sync.h"

#define TABLE_MS	400	/* the table comes within this time, or is asked for again */
#define TABLE_TRIES	3
#define OBJECT_MS	600
#define RESERVE_MS	5000
#define CONTEST_MS	10000
#define RECHECK_MS	500

static void collect_taken(const struct swim *s, struct claim_set *taken, unsigned int given,
			  uint64_t key)
{
	memset(taken, 0, sizeof(*taken));
	for (uint32_t i = SELF + 1; i < s->members; i++) {
		const struct swim_member *m = &s->member[i];

		/* one that is gone keeps its id, unless the administrator gave it to us */
		if (m->session && m->id && (swim_is_up(m) || m->id != given))
			claim_take(taken, m->id);
	}
	for (unsigned int i = 0; i < RESERVED_MAX; i++)
		if (s->reserved[i].until_ms > s->now_ms && s->reserved[i].key != key)
			claim_take(taken, s->reserved[i].id);
}

static unsigned int choose_id(struct swim *s)
{
	struct claim_set taken;
	struct claim_wish wish = {
		.given = s->config.given_id, .stored = s->config.stored_id, .hint = s->hint,
		.hash = swim_mix(s->member[SELF].key), .nodes = roster_size(s),
	};
	unsigned int id;

	if (s->config.fixed)
		return wish.given;
	collect_taken(s, &taken, wish.given, s->member[SELF].key);
	id = claim_choose(&taken, &wish);
	if (wish.given && id != wish.given)
		swim_note(s, "id %u is taken by another machine, using %u", wish.given, id);
	return id;
}

unsigned int settle_propose(struct swim *s, uint64_t key)
{
	uint32_t member = roster_find(s, key);
	struct claim_set taken;
	struct claim_wish wish = { .hash = swim_mix(key), .nodes = roster_size(s) };
	struct swim_reserved *r;

	if (member != SWIM_NOBODY && member != SELF && s->member[member].id)
		return s->member[member].id;
	for (unsigned int i = 0; i < RESERVED_MAX; i++)
		if (s->reserved[i].until_ms > s->now_ms && s->reserved[i].key == key)
			return s->reserved[i].id;
	collect_taken(s, &taken, 0, key);
	claim_take(&taken, s->member[SELF].id);
	r = &s->reserved[s->next_reserved++ % RESERVED_MAX];
	*r = (struct swim_reserved) {
		.id = claim_choose(&taken, &wish), .key = key, .until_ms = s->now_ms + RESERVE_MS,
	};
	return r->id;
}

static void want(struct swim *s, unsigned int id)
{
	struct swim_member *me = &s->member[SELF];

	me->id = id;
	me->settled = 0;
	me->stamp = island_stamp(s);
	s->contested_ms = 0;
	s->settle_ms = s->now_ms + OBJECT_MS;
	apply_own_change(s);
}

static void claim(struct swim *s)
{
	struct swim_member *me = &s->member[SELF];

	if (!me->id)
		return;
	s->phase = SWIM_SETTLED;
	me->settled = 1;
	me->stamp = island_stamp(s);
	s->settle_ms = UINT64_MAX;
	apply_own_change(s);
	contact_settled(s);
	swim_changed(s, SELF);
}

void settle_join(struct swim *s, const struct wire_head *head)
{
	struct swim_island island = { head->island, head->island_age_ms };

	if (s->phase != SWIM_LISTENING)
		return;
	s->phase = SWIM_CLAIMING;
	s->settle_ms = s->now_ms + TABLE_MS;
	island_adopt(s, &island);
}

void settle_told(struct swim *s)
{
	if (s->phase != SWIM_CLAIMING || s->member[SELF].id)
		return;
	want(s, choose_id(s));
	if (s->config.fixed)
		claim(s);
}

void settle_alone(struct swim *s)
{
	island_found(s);
	s->phase = SWIM_CLAIMING;
	s->member[SELF].id = choose_id(s);
	claim(s);
}

static struct claim_side side_of(const struct swim *s, const struct swim_member *m)
{
	return (struct claim_side) {
		.key = m->key, .island = s->island_id[m->island], .stamp = m->stamp,
		.settled = m->settled,
	};
}

bool swim_goes_before(const struct swim *s, const struct swim_member *a,
		      const struct swim_member *b)
{
	struct claim_side x = side_of(s, a), y = side_of(s, b);

	return claim_judge(&x, &y, true) == CLAIM_FIRST;
}

void swim_yielded(struct swim *s, uint64_t now_ms)
{
	struct swim_member *me = &s->member[SELF];
	unsigned int lost = me->id;

	s->now_ms = now_ms;
	if (s->phase != SWIM_YIELDING)
		return;
	s->config.stored_id = 0;
	s->hint = 0;
	me->id = choose_id(s);
	me->stamp = island_stamp(s);
	s->phase = SWIM_SETTLED;
	s->contested_ms = 0;
	apply_own_change(s);
	swim_note(s, "another node keeps id %u, this is now node %u", lost, me->id);
	swim_changed(s, SELF);
}

static void lose(struct swim *s)
{
	if (s->phase == SWIM_CLAIMING) {
		s->hint = 0;
		want(s, choose_id(s));
		return;
	}
	if (s->phase != SWIM_SETTLED)
		return;
	s->phase = SWIM_YIELDING;
	if (!s->ops->yield || !s->ops->yield(s->ctx))
		swim_yielded(s, s->now_ms);
}

/* The other side judges by what it knows of us: let it know. */
static void insist(struct swim *s, uint32_t member)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_NEWS, s->member[member].session, 0);
	send_put_self(s, &p);
	send_member(s, &p, member);
}

void settle_contend(struct swim *s, uint32_t member)
{
	const struct swim_member *me = &s->member[SELF], *m = &s->member[member];
	struct claim_side mine, theirs;
	bool final;

	if (s->config.fixed || !me->id || m->id != me->id || !swim_is_up(m))
		return;
	if (s->phase != SWIM_CLAIMING && s->phase != SWIM_SETTLED)
		return;
	if (!s->contested_ms) {
		s->contested_ms = s->now_ms;
		swim_add(s, SWIM_COUNT_ID_CONFLICTS);
	}
	s->contest_ms = s->now_ms + RECHECK_MS;
	final = s->now_ms - s->contested_ms >= CONTEST_MS;
	mine = side_of(s, me);
	theirs = side_of(s, m);
	if (claim_judge(&mine, &theirs, final) == CLAIM_SECOND)
		lose(s);
	else
		insist(s, member);
}

static void look_again(struct swim *s)
{
	unsigned int id = s->member[SELF].id;
	bool any = false;

	s->contest_ms = s->now_ms + RECHECK_MS;
	for (uint32_t i = 0; i < s->up.count; i++) {
		if (s->member[s->up.at[i]].id != id)
			continue;
		any = true;
		settle_contend(s, s->up.at[i]);
		if (s->member[SELF].id != id)
			return;
	}
	if (!any)
		s->contested_ms = 0;
}

void settle_twin(struct swim *s, uint64_t session)
{
	struct swim_member *me = &s->member[SELF];

	if (me->session < session)
		return;
	swim_note(s, "another machine has the identity of this one, taking a new one");
	roster_rename(s, swim_random(s));
	roster_set_session(s, SELF, swim_random(s) | 1);
	s->rival = (struct swim_rival) { 0 };
	if (s->ops->renamed)
		s->ops->renamed(s->ctx, me->key);
	apply_own_change(s);
}

void settle_tick(struct swim *s)
{
	if (s->phase == SWIM_CLAIMING && s->now_ms >= s->settle_ms) {
		if (s->member[SELF].id) {
			claim(s);
		} else if (s->table_tries++ < TABLE_TRIES) {
			s->settle_ms = s->now_ms + TABLE_MS;
			sync_ask(s);
		} else {
			settle_told(s);
		}
	}
	if (s->contested_ms && s->now_ms >= s->contest_ms)
		look_again(s);
}

uint64_t settle_deadline(const struct swim *s)
{
	uint64_t next = s->phase == SWIM_CLAIMING ? s->settle_ms : UINT64_MAX;

	return s->contested_ms ? swim_earlier(next, s->contest_ms) : next;
}
