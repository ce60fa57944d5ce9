// SPDX-License-Identifier: GPL-2.0
/*
 * The failure detector: one member is probed each period, in an order that visits everybody once a
 * round (SWIM, 4.3). No answer: it is asked again, and a few others are asked to try (SWIM, 3.2).
 * Lifeguard: who gets no answers from the helpers either (not even that they got none) is itself
 * the slow one; its score stretches its periods and timeouts, so that it accuses nobody wrongly.
 */
#include "swim/detect.h"

#include "swim/apply.h"
#include "swim/news.h"
#include "swim/roster.h"
#include "swim/send.h"

#define HEALTH_MAX	8
#define NACK_PERCENT	80

static void change_health(struct swim *s, int by)
{
	int health = (int)s->health + by;

	s->health = health < 0 ? 0 : health > HEALTH_MAX ? HEALTH_MAX : health;
}

static uint64_t stretched(const struct swim *s, uint32_t ms)
{
	return (uint64_t)ms * (s->health + 1);
}

void detect_start(struct swim *s)
{
	s->period_ms = s->now_ms + swim_below(s, s->tune.period_ms);
	s->reconnect_ms = s->now_ms + swim_about(s, s->tune.reconnect_ms);
}

static void ping(struct swim *s, uint32_t member, uint64_t nonce)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_PING, s->member[member].session, nonce);
	send_put_concern(s, &p, member);
	news_fill(s, &p.out);
	send_member(s, &p, member);
}

void swim_ask(struct swim *s, uint64_t now_ms, uint32_t member)
{
	struct swim_asked *a = &s->asked[s->next_asked++ % ASKED_MAX];

	*a = (struct swim_asked) {
		.member = member, .nonce = swim_random(s) | 1, .sent_ms = now_ms,
	};
	ping(s, member, a->nonce);
}

static void begin_probe(struct swim *s)
{
	uint32_t member = roster_next(s);

	s->period_ms = s->now_ms + stretched(s, s->tune.period_ms);
	if (member == SWIM_NOBODY)
		return;
	swim_add(s, SWIM_COUNT_PROBES);
	s->probe = (struct swim_probe) {
		.on = true, .member = member, .nonce = swim_random(s) | 1, .sent_ms = s->now_ms,
		.help_ms = s->now_ms + stretched(s, s->tune.ack_ms), .end_ms = s->period_ms,
	};
	ping(s, member, s->probe.nonce);
}

static void send_request(struct swim *s, uint32_t helper)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_REQUEST, s->member[helper].session, s->probe.nonce);
	wire_put(&p.out, s->member[s->probe.member].key, 8);
	send_member(s, &p, helper);
}

/* Random others; the same one may be drawn twice, then it is asked once. */
static void ask_helpers(struct swim *s)
{
	uint32_t asked[16];
	unsigned int count = 0;

	s->probe.helped = true;
	swim_add(s, SWIM_COUNT_INDIRECT);
	ping(s, s->probe.member, s->probe.nonce);
	for (unsigned int i = 0; i < s->tune.helpers && i < 16; i++) {
		uint32_t helper = roster_random_up(s, s->probe.member);
		bool again = helper == SWIM_NOBODY;

		for (unsigned int k = 0; k < count; k++)
			again |= asked[k] == helper;
		if (again)
			continue;
		asked[count++] = helper;
		send_request(s, helper);
	}
	s->probe.asked = count;
}

static void end_probe(struct swim *s)
{
	struct swim_probe *probe = &s->probe;

	probe->on = false;
	if (!swim_is_up(&s->member[probe->member]))
		return;
	/* helpers that are silent too speak against ourselves, not against the member */
	if (probe->asked)
		change_health(s, probe->asked - probe->nacks);
	else
		change_health(s, 1);
	apply_suspect(s, probe->member);
}

static void call_the_dead(struct swim *s)
{
	uint32_t member;

	s->reconnect_ms = s->now_ms + swim_about(s, s->tune.reconnect_ms);
	if (!s->gone.count)
		return;
	member = s->gone.at[swim_below(s, s->gone.count)];
	if (s->member[member].state == SWIM_DEAD)
		swim_ask(s, s->now_ms, member);
}

static void send_nacks(struct swim *s)
{
	for (unsigned int i = 0; i < RELAYS_MAX; i++) {
		struct swim_relay *r = &s->relay[i];
		struct send_packet p;

		if (!r->on || s->now_ms < r->nack_ms)
			continue;
		r->on = false;
		if (s->member[r->member].session != r->session)
			continue;
		send_begin(s, &p, WIRE_NACK, r->session, r->nonce);
		send_member(s, &p, r->member);
	}
}

void detect_tick(struct swim *s)
{
	send_nacks(s);
	if (s->probe.on && !s->probe.helped && s->now_ms >= s->probe.help_ms)
		ask_helpers(s);
	if (s->probe.on && s->now_ms >= s->probe.end_ms)
		end_probe(s);
	if (s->now_ms >= s->period_ms)
		begin_probe(s);
	if (s->now_ms >= s->reconnect_ms)
		call_the_dead(s);
}

uint64_t detect_deadline(const struct swim *s)
{
	uint64_t next = swim_earlier(s->period_ms, s->reconnect_ms);

	if (s->probe.on)
		next = swim_earlier(next, s->probe.helped ? s->probe.end_ms : s->probe.help_ms);
	for (unsigned int i = 0; i < RELAYS_MAX; i++)
		if (s->relay[i].on)
			next = swim_earlier(next, s->relay[i].nack_ms);
	return next;
}

void detect_shift(struct swim *s, uint64_t ms)
{
	s->probe.on = false;
	change_health(s, 1);
}

void detect_ping(struct swim *s, const struct wire_head *head, uint32_t from,
		 const struct swim_via *via)
{
	struct send_packet p;

	send_begin(s, &p, WIRE_ACK, head->session, head->nonce);
	if (from != SWIM_NOBODY)
		send_put_concern(s, &p, from);
	/* who asks because it was told that we are dead is to hear first that we are not */
	if (s->member[SELF].sends != SWIM_OLD)
		send_put_self(s, &p);
	if (from != SWIM_NOBODY)
		news_fill(s, &p.out);
	send_via(s, &p, via);
}

static void end_relay(struct swim *s, uint64_t nonce)
{
	for (unsigned int i = 0; i < RELAYS_MAX; i++) {
		struct swim_relay *r = &s->relay[i];
		struct send_packet p;

		if (!r->on || r->our_nonce != nonce)
			continue;
		r->on = false;
		if (s->member[r->member].session != r->session)
			return;
		send_begin(s, &p, WIRE_ACK, r->session, r->nonce);
		news_fill(s, &p.out);
		send_member(s, &p, r->member);
	}
}

int detect_ack(struct swim *s, const struct wire_head *head, uint32_t from)
{
	struct swim_probe *probe = &s->probe;
	uint64_t sent_ms;

	end_relay(s, head->nonce);
	for (unsigned int i = 0; i < ASKED_MAX; i++) {
		if (!s->asked[i].nonce || s->asked[i].nonce != head->nonce || s->asked[i].member != from)
			continue;
		s->asked[i].nonce = 0;
		return s->now_ms - s->asked[i].sent_ms;
	}
	if (!probe->on || probe->nonce != head->nonce)
		return -1;
	probe->on = false;
	sent_ms = probe->sent_ms;
	change_health(s, -1);
	if (from != probe->member && s->ops->detour)
		s->ops->detour(s->ctx, probe->member);
	/* after a repetition it is not known which of the two was answered */
	return from == probe->member && !probe->helped ? (int)(s->now_ms - sent_ms) : -1;
}

void detect_request(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from)
{
	uint32_t member = roster_find(s, wire_get(in, 8));
	struct swim_relay *r = NULL;

	for (unsigned int i = 0; i < RELAYS_MAX && !r; i++)
		if (!s->relay[i].on)
			r = &s->relay[i];
	if (!r || member == SWIM_NOBODY || member == SELF) {
		swim_add(s, SWIM_COUNT_THROTTLED);
		return;
	}
	*r = (struct swim_relay) {
		.on = true, .member = from, .session = head->session, .nonce = head->nonce,
		.our_nonce = swim_random(s) | 1,
		.nack_ms = s->now_ms + (uint64_t)s->tune.ack_ms * NACK_PERCENT / 100,
	};
	ping(s, member, r->our_nonce);
}

void detect_nack(struct swim *s, const struct wire_head *head)
{
	if (s->probe.on && s->probe.nonce == head->nonce && s->probe.nacks < s->probe.asked)
		s->probe.nacks++;
}
