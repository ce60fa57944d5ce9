// SPDX-License-Identifier: GPL-2.0
/*
 * The entry points: a packet is checked, its sender looked up, and only then acted on. Nothing is
 * believed of a session that has not answered a challenge, here or at a member that has passed it
 * on as news; a packet names the session it is for, and no number of a session is taken twice. So a
 * recorded packet says nothing to anybody.
 */
#include "swim/swim.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "swim/apply.h"
#include "swim/contact.h"
#include "swim/detect.h"
#include "swim/island.h"
#include "swim/news.h"
#include "swim/roster.h"
#include "swim/send.h"
#include "swim/settle.h"
#include "swim/suspect.h"
#include "swim/sync.h"

#define STALL_MS	500	/* a tick so late is a time in which this node did not exist */
#define GOODBYES	24
#define REPLAY_WINDOW	32

void swim_note(struct swim *s, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	if (!s->ops->note)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->ops->note(s->ctx, text);
}

void swim_changed(struct swim *s, uint32_t member)
{
	if (s->ops->changed)
		s->ops->changed(s->ctx, member);
}

struct swim_tuning swim_tuning_default(void)
{
	return (struct swim_tuning) {
		.period_ms = 1000, .ack_ms = 350, .gossip_ms = 200,
		.fanout = 3, .helpers = 3, .lambda = 3, .load_fanout = 2,
		.suspicion_ms = 3000, .suspicion_max = 3, .confirmations = 3,
		.announce_ms = 1000, .sync_ms = 2000, .reconnect_ms = 2000,
		.forget_s = 24 * 3600,
	};
}

struct swim *swim_new(const struct swim_config *config, const struct swim_tuning *tuning,
		      const struct swim_ops *ops, void *ctx, uint64_t now_ms)
{
	struct swim *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->config = *config;
	s->config.meta = NULL;
	s->tune = tuning ? *tuning : swim_tuning_default();
	s->ops = ops;
	s->ctx = ctx;
	s->now_ms = now_ms;
	s->random = config->seed;
	s->secret = swim_random(s);
	news_init(s);
	if (roster_init(s) || roster_set_meta(s, SELF, config->meta, config->meta_len)) {
		swim_free(s);
		return NULL;
	}
	return s;
}

void swim_free(struct swim *s)
{
	if (!s)
		return;
	roster_free(s);
	free(s->suspicion);
	free(s);
}

void swim_start(struct swim *s, uint64_t now_ms)
{
	if (s->phase != SWIM_WAITING)
		return;
	s->now_ms = now_ms;
	roster_set(s, SELF, SWIM_ALIVE, 1);
	detect_start(s);
	sync_start(s);
	contact_start(s);
}

/* The window of RFC 6479, one word of it. */
static bool is_new(struct swim_member *m, uint32_t seq)
{
	uint32_t behind = m->replay_highest - seq;

	if (!m->heard || seq > m->replay_highest) {
		uint32_t ahead = seq - m->replay_highest;

		m->replay_seen = m->heard && ahead < REPLAY_WINDOW ? m->replay_seen << ahead : 0;
		m->replay_seen |= 1;
		m->replay_highest = seq;
		m->heard = 1;
		return true;
	}
	if (behind >= REPLAY_WINDOW || (m->replay_seen >> behind & 1))
		return false;
	m->replay_seen |= UINT32_C(1) << behind;
	return true;
}

/* Not a word to what is not known; but an answer, for it may be that only we have not heard of it. */
static void take_stranger(struct swim *s, const struct wire_head *head, struct wire_in *in,
			  const struct swim_via *via)
{
	swim_add(s, SWIM_COUNT_UNPROVEN);
	if (s->phase == SWIM_LISTENING)
		contact_found(s, head, via);
	if (head->to_session == s->member[SELF].session) {
		if (head->type == WIRE_PING || head->type == WIRE_NEWS)
			apply_about_self(s, in);
		if (head->type == WIRE_PING)
			detect_ping(s, head, SWIM_NOBODY, via);
	}
	if (s->phase >= SWIM_CLAIMING)
		contact_challenge(s, head, via);
}

static void answer_the_dead(struct swim *s, uint32_t from, const struct swim_via *via)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_NEWS, s->member[from].session, 0);
	send_put_concern(s, &p, from);
	send_via(s, &p, via);
}

static void take_load(struct swim *s, struct wire_in *in, const struct swim_via *via, uint32_t from)
{
	size_t len = wire_get(in, 2);
	const uint8_t *load = wire_get_bytes(in, len);

	apply_records(s, in, via, false);
	if (s->ops->load)
		s->ops->load(s->ctx, from, load, len);
}

static void take_body(struct swim *s, const struct wire_head *head, struct wire_in *in,
		      const struct swim_via *via, uint32_t from)
{
	switch ((enum wire_type)head->type) {
	case WIRE_PING:
		apply_records(s, in, via, false);
		detect_ping(s, head, from, via);
		break;
	case WIRE_ACK:
	case WIRE_NEWS:
		apply_records(s, in, via, head->flags & WIRE_BULK);
		if (head->flags & WIRE_LAST)
			settle_told(s);
		break;
	case WIRE_REQUEST:
		detect_request(s, head, in, from);
		break;
	case WIRE_NACK:
		detect_nack(s, head);
		break;
	case WIRE_DIGEST:
		sync_digest(s, head, in, from);
		break;
	case WIRE_LIST:
		sync_list(s, head, in, from);
		break;
	case WIRE_WANT:
		sync_want(s, head, in, from);
		break;
	case WIRE_LOAD:
		take_load(s, in, via, from);
		break;
	case WIRE_HELLO:
	case WIRE_ANNOUNCE:
	case WIRE_CALL:
	case WIRE_PROOF:
	case WIRE_END:
		break;
	}
}

static void take_member(struct swim *s, const struct wire_head *head, struct wire_in *in,
			const struct swim_via *via, uint32_t from)
{
	int round_trip = -1;

	if (!is_new(&s->member[from], head->seq)) {
		swim_add(s, SWIM_COUNT_REPLAYED);
		return;
	}
	if (head->type == WIRE_ACK)
		round_trip = detect_ack(s, head, from);
	island_hear(s, head);
	if (s->ops->heard)
		s->ops->heard(s->ctx, from, via, head->beacon, head->beacon_len, round_trip);
	if (!swim_is_up(&s->member[from]) && head->type != WIRE_PING)
		answer_the_dead(s, from, via);
	take_body(s, head, in, via, from);
	if (head->type == WIRE_PING || head->type == WIRE_ACK)
		sync_compare(s, head, from);
}

static void take_packet(struct swim *s, const struct wire_head *head, struct wire_in *in,
			const struct swim_via *via)
{
	const struct swim_member *me = &s->member[SELF];
	uint32_t from;

	if (head->type == WIRE_HELLO) {
		contact_hello(s, head, via);
	} else if (head->type == WIRE_ANNOUNCE) {
		contact_announce(s, head, via);
	} else if (head->to_session != me->session) {
		take_stranger(s, head, in, via);
	} else if (head->type == WIRE_CALL) {
		contact_call(s, head, in, via);
	} else if (head->type == WIRE_PROOF) {
		contact_proof(s, head, in, via);
	} else {
		from = roster_find(s, head->from);
		if (from == SWIM_NOBODY || from == SELF || s->member[from].session != head->session)
			take_stranger(s, head, in, via);
		else
			take_member(s, head, in, via, from);
	}
}

void swim_receive(struct swim *s, uint64_t now_ms, const void *packet, size_t len,
		  const struct swim_via *via)
{
	struct wire_head head;
	struct wire_in in;

	s->now_ms = now_ms;
	if (s->phase == SWIM_WAITING || s->phase == SWIM_GONE)
		return;
	if (wire_parse(packet, len, &head, &in)) {
		swim_add(s, SWIM_COUNT_MALFORMED);
		return;
	}
	if (head.realm != s->config.realm) {
		swim_add(s, SWIM_COUNT_FOREIGN);
		return;
	}
	if (head.session != s->member[SELF].session)
		take_packet(s, &head, &in, via);
}

/* The machine slept, or had no time for us: then our deadlines say nothing about others. */
static void check_stall(struct swim *s)
{
	uint64_t due = swim_deadline(s);

	if (s->now_ms > due + STALL_MS) {
		detect_shift(s, s->now_ms - due);
		suspect_shift(s, s->now_ms - due);
	}
}

static void forget_one(struct swim *s)
{
	uint32_t member;

	if (!s->gone.count)
		return;
	member = s->gone.at[swim_below(s, s->gone.count)];
	if ((uint32_t)(s->now_ms / 1000) - s->member[member].changed_s > s->tune.forget_s) {
		news_drop(s, member);
		roster_forget(s, member);
	}
}

void swim_tick(struct swim *s, uint64_t now_ms)
{
	s->now_ms = now_ms;
	if (s->phase == SWIM_WAITING || s->phase == SWIM_GONE)
		return;
	check_stall(s);
	contact_tick(s);
	settle_tick(s);
	suspect_tick(s);
	detect_tick(s);
	sync_tick(s);
	news_tick(s);
	forget_one(s);
}

uint64_t swim_deadline(const struct swim *s)
{
	uint64_t next;

	if (s->phase == SWIM_WAITING || s->phase == SWIM_GONE)
		return UINT64_MAX;
	next = swim_earlier(contact_deadline(s), settle_deadline(s));
	next = swim_earlier(next, suspect_deadline(s));
	next = swim_earlier(next, detect_deadline(s));
	next = swim_earlier(next, sync_deadline(s));
	return swim_earlier(next, news_deadline(s));
}

void swim_leave(struct swim *s, uint64_t now_ms)
{
	struct wire_record r;

	s->now_ms = now_ms;
	if (s->phase >= SWIM_CLAIMING && s->phase != SWIM_GONE) {
		roster_set(s, SELF, SWIM_LEFT, s->member[SELF].incarnation);
		r = news_record(s, SELF, WIRE_SHORT);
		for (unsigned int i = 0; i < GOODBYES && i < 3 * s->up.count; i++) {
			uint32_t to = roster_next(s);
			struct send_packet p;

			send_begin(s, &p, WIRE_NEWS, s->member[to].session, 0);
			wire_put_record(&p.out, &r);
			send_member(s, &p, to);
		}
	}
	s->phase = SWIM_GONE;
	swim_changed(s, SELF);
}

int swim_send_load(struct swim *s, uint64_t now_ms, const void *load, size_t len)
{
	s->now_ms = now_ms;
	if (len > SWIM_LOAD_MAX)
		return -EMSGSIZE;
	if (s->phase < SWIM_CLAIMING || s->phase == SWIM_GONE)
		return 0;
	for (unsigned int i = 0; i < s->tune.load_fanout && i < s->up.count; i++) {
		uint32_t to = roster_random_up(s, SWIM_NOBODY);
		struct send_packet p;

		send_begin(s, &p, WIRE_LOAD, s->member[to].session, 0);
		wire_put(&p.out, len, 2);
		wire_put_bytes(&p.out, load, len);
		news_fill(s, &p.out);
		send_member(s, &p, to);
	}
	return 0;
}

void swim_set_meta(struct swim *s, uint64_t now_ms, const void *meta, uint8_t len)
{
	const struct swim_meta *old = s->member[SELF].meta;

	s->now_ms = now_ms;
	if (old ? old->len == len && !memcmp(old->bytes, meta, len) : !len)
		return;
	if (!roster_set_meta(s, SELF, meta, len))
		apply_own_change(s);
}

enum swim_phase swim_phase(const struct swim *s)
{
	return s->phase;
}

unsigned int swim_id(const struct swim *s)
{
	return s->phase == SWIM_SETTLED || s->phase == SWIM_YIELDING ? s->member[SELF].id : 0;
}

uint64_t swim_key(const struct swim *s)
{
	return s->member[SELF].key;
}

unsigned int swim_health(const struct swim *s)
{
	return s->health;
}

uint64_t swim_count(const struct swim *s, enum swim_counter which)
{
	return s->count[which];
}

struct swim_member *swim_member(const struct swim *s, uint32_t member)
{
	return &s->member[member];
}

uint32_t swim_find(const struct swim *s, uint64_t key)
{
	uint32_t member = roster_find(s, key);

	return member == SELF ? SWIM_NOBODY : member;
}

uint32_t swim_up_count(const struct swim *s)
{
	return s->up.count;
}

uint32_t swim_up(const struct swim *s, uint32_t n)
{
	return s->up.at[n];
}

uint32_t swim_gone_count(const struct swim *s)
{
	return s->gone.count;
}

uint32_t swim_gone(const struct swim *s, uint32_t n)
{
	return s->gone.at[n];
}

uint32_t swim_random_up(struct swim *s)
{
	return roster_random_up(s, SWIM_NOBODY);
}
