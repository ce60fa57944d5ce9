// SPDX-License-Identifier: GPL-2.0
/*
 * What news does to the table. A higher incarnation goes before a lower one, and of the same one
 * left before dead before suspect before alive (SWIM, 4.2). One thing differs from SWIM: a death of
 * which there was no suspicion here, or hardly any yet, does not count at once. It may be old news
 * from the other side of a partition that has just healed; so the member is asked, and dies if it
 * does not deny it.
 */
#include "swim/apply.h"

#include "swim/detect.h"
#include "swim/news.h"
#include "swim/roster.h"
#include "swim/send.h"
#include "swim/settle.h"
#include "swim/suspect.h"

#define RIVAL_TIMES	2
#define HEALTH_MAX	8
#define FORWARD_MAX	256	/* with more news than this the rest is left to comparison */

void apply_own_change(struct swim *s)
{
	roster_set(s, SELF, s->member[SELF].state, s->member[SELF].incarnation + 1);
	if (s->phase != SWIM_WAITING && s->phase != SWIM_GONE)
		news_add(s, SELF);
}

static void outdo(struct swim *s, uint32_t incarnation)
{
	roster_set(s, SELF, s->member[SELF].state, incarnation);
	apply_own_change(s);
}

/*
 * A former session of this machine never raises its incarnation. One that does lives: then there
 * are two machines with this identity.
 */
static bool is_twin(struct swim *s, const struct wire_record *r)
{
	if (s->rival.session != r->session)
		s->rival = (struct swim_rival) { r->session, r->incarnation, 0 };
	if (r->incarnation > s->rival.incarnation) {
		s->rival.incarnation = r->incarnation;
		s->rival.times++;
	}
	return s->rival.times >= RIVAL_TIMES;
}

static void apply_self(struct swim *s, const struct wire_record *r)
{
	const struct swim_member *me = &s->member[SELF];
	bool foreign = r->form == WIRE_FULL && r->session != me->session;

	if (foreign && r->state == SWIM_ALIVE && is_twin(s, r)) {
		settle_twin(s, r->session);
		if (r->key != me->key)
			return;
	}
	if (foreign && r->settled && s->phase < SWIM_SETTLED)
		s->hint = r->id;
	if (r->incarnation < me->incarnation || s->phase == SWIM_GONE)
		return;
	if (foreign || (r->state == SWIM_ALIVE && r->incarnation > me->incarnation)) {
		outdo(s, r->incarnation);
	} else if (r->state != SWIM_ALIVE) {
		outdo(s, r->incarnation);
		swim_add(s, SWIM_COUNT_REFUTED);
		if (s->health < HEALTH_MAX)
			s->health++;
	}
}

static void count_change(struct swim *s, enum swim_state before, enum swim_state after, bool fresh)
{
	if (fresh || after == before)
		return;
	if (after == SWIM_SUSPECT)
		swim_add(s, SWIM_COUNT_SUSPECTED);
	else if (after == SWIM_DEAD)
		swim_add(s, SWIM_COUNT_DIED);
	else if (after == SWIM_LEFT)
		swim_add(s, SWIM_COUNT_LEFT);
}

static void enter_state(struct swim *s, uint32_t member, enum swim_state state,
			uint32_t incarnation, uint64_t by)
{
	enum swim_state before = s->member[member].state;

	if (before == SWIM_SUSPECT)
		suspect_end(s, member);
	roster_set(s, member, state, incarnation);
	if (state == SWIM_SUSPECT)
		suspect_add(s, member, by);
	count_change(s, before, state, false);
}

/* A suspicion that is not passed on: the member itself is asked. */
static void doubt(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];

	enter_state(s, member, SWIM_SUSPECT, m->incarnation, s->member[SELF].key);
	swim_changed(s, member);
	swim_ask(s, s->now_ms, member);
}

static void take_details(struct swim *s, uint32_t member, const struct wire_record *r, bool fresh)
{
	struct swim_member *m = &s->member[member];
	bool back = !fresh && (m->session != r->session || !swim_is_up(m));

	if (r->state <= SWIM_SUSPECT && (fresh || back))
		swim_add(s, fresh ? SWIM_COUNT_JOINED : SWIM_COUNT_RETURNED);
	if (m->session != r->session) {
		m->cut |= !fresh && swim_is_up(m);
		m->heard = 0;
	}
	roster_set_session(s, member, r->session);
	m->id = r->id;
	m->settled = r->settled;
	m->stamp = r->stamp;
	m->island = roster_island(s, r->island);
	roster_set_meta(s, member, r->meta, r->meta_len);
}

static bool is_news(const struct swim_member *m, const struct wire_record *r)
{
	if (r->incarnation != m->incarnation)
		return r->incarnation > m->incarnation;
	return r->state > m->state;
}

static bool is_acceptable(struct swim *s, const struct wire_record *r, const struct swim_via *via)
{
	union {
		struct swim_meta meta;
		uint8_t space[sizeof(struct swim_meta) + SWIM_META_MAX];
	} copy;
	struct swim_member record = {
		.key = r->key, .session = r->session, .id = r->id, .settled = r->settled,
		.state = r->state, .incarnation = r->incarnation, .meta = &copy.meta,
	};

	if (!s->ops->acceptable)
		return true;
	copy.meta.len = r->meta_len;
	for (unsigned int i = 0; i < r->meta_len; i++)
		copy.meta.bytes[i] = r->meta[i];
	return s->ops->acceptable(s->ctx, &record, via);
}

static void apply_full(struct swim *s, uint32_t member, const struct wire_record *r,
		       const struct swim_via *via, bool bulk)
{
	bool fresh = member == SWIM_NOBODY;

	if (!is_acceptable(s, r, via)) {
		swim_add(s, SWIM_COUNT_FOREIGN);
		return;
	}
	if (fresh)
		member = roster_add(s, r->key);
	if (member == SWIM_NOBODY) {
		swim_add(s, SWIM_COUNT_THROTTLED);
		return;
	}
	take_details(s, member, r, fresh);
	enter_state(s, member, r->state, r->incarnation, r->by);
	/* those long gone are remembered for their ids; they are no news */
	if (!bulk && s->news < FORWARD_MAX && !(fresh && r->state > SWIM_SUSPECT))
		news_add(s, member);
	swim_changed(s, member);
	settle_contend(s, member);
}

static void apply_short(struct swim *s, uint32_t member, const struct wire_record *r)
{
	struct swim_member *m = &s->member[member];

	/* of this incarnation nothing else is known here: better to hear all of it first */
	if (r->state == SWIM_SUSPECT && r->incarnation > m->incarnation)
		return;
	if (r->state == SWIM_DEAD && m->state == SWIM_ALIVE) {
		doubt(s, member);
		return;
	}
	if (r->state == SWIM_DEAD && m->state == SWIM_SUSPECT && !suspect_is_ripe(s, member))
		return;
	enter_state(s, member, r->state, r->incarnation, r->by);
	news_add(s, member);
	swim_changed(s, member);
}

/* Two sessions of one machine say the same incarnation: the one that lives raises its own. */
static void dispute(struct swim *s, uint32_t member, const struct wire_record *r)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_NEWS, s->member[member].session, 0);
	wire_put_record(&p.out, r);
	send_member(s, &p, member);
}

static void apply_record(struct swim *s, const struct wire_record *r, const struct swim_via *via,
			 bool bulk)
{
	uint32_t member = roster_find(s, r->key);

	if (member == SELF) {
		apply_self(s, r);
		return;
	}
	if (member == SWIM_NOBODY) {
		if (r->form == WIRE_FULL)
			apply_full(s, member, r, via, bulk);
		return;
	}
	if (r->state == SWIM_SUSPECT && s->member[member].state == SWIM_SUSPECT &&
	    r->incarnation == s->member[member].incarnation) {
		if (suspect_add(s, member, r->by))
			news_add(s, member);
		return;
	}
	if (!is_news(&s->member[member], r)) {
		if (r->form == WIRE_FULL && r->incarnation == s->member[member].incarnation &&
		    r->session != s->member[member].session)
			dispute(s, member, r);
		return;
	}
	if (r->form == WIRE_FULL && r->incarnation > s->member[member].incarnation)
		apply_full(s, member, r, via, bulk);
	else
		apply_short(s, member, r);
}

void apply_records(struct swim *s, struct wire_in *in, const struct swim_via *via, bool bulk)
{
	struct wire_record r;

	while (wire_left(in) && wire_get_record(in, &r))
		apply_record(s, &r, via, bulk);
}

void apply_about_self(struct swim *s, struct wire_in *in)
{
	struct wire_record r;

	while (wire_left(in) && wire_get_record(in, &r))
		if (r.key == s->member[SELF].key)
			apply_self(s, &r);
}

void apply_entry(struct swim *s, uint32_t member, const struct wire_entry *e)
{
	struct swim_member *m = &s->member[member];

	if (m->state == SWIM_ALIVE && e->state >= SWIM_DEAD && e->incarnation >= m->incarnation)
		doubt(s, member);
}

void apply_suspect(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];
	uint64_t own = s->member[SELF].key;

	if (m->state == SWIM_ALIVE) {
		enter_state(s, member, SWIM_SUSPECT, m->incarnation, own);
		swim_changed(s, member);
	} else if (m->state != SWIM_SUSPECT || !suspect_add(s, member, own)) {
		return;
	}
	news_add(s, member);
	/* it is to hear of it as early as anybody */
	swim_ask(s, s->now_ms, member);
}

void apply_dead(struct swim *s, uint32_t member)
{
	enter_state(s, member, SWIM_DEAD, s->member[member].incarnation, 0);
	news_add(s, member);
	swim_changed(s, member);
}
