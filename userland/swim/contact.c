// SPDX-License-Identifier: GPL-2.0
/*
 * How strangers become members. A newcomer calls to whoever is there, with exponential backoff; of N
 * members about three answer. Each side has the other answer a challenge, then the newcomer is told
 * the table. Of many that call at the same moment, the one with the smallest key founds a cluster,
 * for the others fall silent when they hear it (as in RFC 6206). Members announce themselves so
 * rarely that all together do it once a second; by that, islands that do not know of each other meet.
 *
 * A challenge is not remembered: its nonce is computed from a secret, the stranger and the time.
 */
#include "swim/contact.h"

#include "swim/apply.h"
#include "swim/roster.h"
#include "swim/send.h"
#include "swim/settle.h"
#include "swim/sync.h"

#define HELLO_MS		200
#define HELLO_MAX_MS		3200
#define FOUND_MS		1000
#define FOUND_LATEST_MS		2600
#define FOUND_CONTACT_MS	5000	/* a contact was heard: it may be busy */
#define FOUND_AT_LAST_MS	30000	/* contacts are heard, but none answers */
#define SILENT_MS		1200
#define CONTACT_FRESH_MS	5000
#define ANSWERERS		3
#define GROWTH			8	/* times as many announcements, for ... */
#define GROWTH_MS		4000
#define ANSWERS_A_SECOND	600
#define EPOCH_MS		4000	/* a challenge is good for one or two of them */

void contact_start(struct swim *s)
{
	s->phase = SWIM_LISTENING;
	s->hellos = 0;
	s->hello_ms = s->now_ms + swim_below(s, HELLO_MS / 2);
	s->found_ms = s->now_ms + FOUND_MS;
	s->last_found_ms = s->now_ms + FOUND_LATEST_MS;
}

void contact_settled(struct swim *s)
{
	uint64_t period = (uint64_t)roster_size(s) * s->tune.announce_ms;
	uint64_t soon = s->up.count ? swim_below(s, period / GROWTH) : 0;

	/* in a growing cluster some at once, for there may be many who look for a contact */
	s->announce_ms = s->now_ms + (soon < GROWTH_MS ? soon : swim_about(s, period));
}

static uint64_t nonce_for(const struct swim *s, uint64_t key, uint64_t session, uint64_t epoch)
{
	return swim_mix(s->secret ^ swim_mix(key ^ swim_mix(session ^ swim_mix(epoch)))) | 1;
}

static bool is_answer(const struct swim *s, const struct wire_head *head)
{
	uint64_t epoch = s->now_ms / EPOCH_MS;

	return head->nonce == nonce_for(s, head->from, head->session, epoch) ||
	       head->nonce == nonce_for(s, head->from, head->session, epoch - 1);
}

/* Work for strangers is bounded. */
static bool may_answer(struct swim *s)
{
	if (s->now_ms - s->answers_ms >= 1000) {
		s->answers_ms = s->now_ms;
		s->answers = 0;
	}
	if (s->answers++ < ANSWERS_A_SECOND)
		return true;
	swim_add(s, SWIM_COUNT_THROTTLED);
	return false;
}

void contact_challenge(struct swim *s, const struct wire_head *head, const struct swim_via *via)
{
	uint64_t nonce = nonce_for(s, head->from, head->session, s->now_ms / EPOCH_MS);
	bool propose = !(head->flags & WIRE_SETTLED) && s->phase == SWIM_SETTLED && !s->config.fixed;
	struct send_packet p;

	if (!may_answer(s))
		return;
	swim_add(s, SWIM_COUNT_CHALLENGES);
	send_begin(s, &p, WIRE_CALL, head->session, nonce);
	wire_put(&p.out, propose ? settle_propose(s, head->from) : 0, 2);
	send_via(s, &p, via);
}

static const struct swim_contact *any_contact(struct swim *s)
{
	unsigned int first = swim_below(s, CONTACTS_MAX);

	for (unsigned int i = 0; i < CONTACTS_MAX; i++) {
		const struct swim_contact *c = &s->contact[(first + i) % CONTACTS_MAX];

		if (c->session && s->now_ms - c->heard_ms < CONTACT_FRESH_MS)
			return c;
	}
	return NULL;
}

static void remember(struct swim *s, const struct wire_head *head, const struct swim_via *via)
{
	struct swim_contact *slot = &s->contact[0];

	for (unsigned int i = 0; i < CONTACTS_MAX; i++) {
		if (s->contact[i].session == head->session) {
			slot = &s->contact[i];
			break;
		}
		if (s->contact[i].heard_ms < slot->heard_ms)
			slot = &s->contact[i];
	}
	*slot = (struct swim_contact) { .session = head->session, .heard_ms = s->now_ms, .via = *via };
}

void contact_found(struct swim *s, const struct wire_head *head, const struct swim_via *via)
{
	if (s->phase != SWIM_LISTENING)
		return;
	if (!any_contact(s))
		s->hello_ms = swim_earlier(s->hello_ms, s->now_ms + swim_below(s, HELLO_MS / 2));
	remember(s, head, via);
	if (s->found_ms < s->now_ms + FOUND_CONTACT_MS)
		s->found_ms = swim_earlier(s->now_ms + FOUND_CONTACT_MS,
					   s->last_found_ms - FOUND_LATEST_MS + FOUND_AT_LAST_MS);
}

static void say_hello(struct swim *s)
{
	/* every third time to all, for those that were heard may not hear us, or be made up */
	bool all = s->hellos % 3 == 2;
	const struct swim_contact *c = all ? NULL : any_contact(s);
	uint64_t wait = (uint64_t)HELLO_MS << (s->hellos < 4 ? s->hellos : 4);
	struct send_packet p;

	s->hellos++;
	s->hello_ms = s->now_ms + swim_about(s, wait < HELLO_MAX_MS ? wait : HELLO_MAX_MS);
	if (!c && !all && s->now_ms < s->silent_ms)
		return;
	send_begin(s, &p, WIRE_HELLO, c ? c->session : 0, 0);
	wire_put(&p.out, s->config.given_id, 2);
	if (c)
		send_via(s, &p, &c->via);
	else
		send_cast(s, &p);
}

static void announce(struct swim *s)
{
	struct send_packet p;

	s->announce_ms = s->now_ms + swim_about(s, (uint64_t)roster_size(s) * s->tune.announce_ms);
	send_begin(s, &p, WIRE_ANNOUNCE, 0, 0);
	send_cast(s, &p);
}

void contact_tick(struct swim *s)
{
	if (s->phase == SWIM_LISTENING) {
		if (s->now_ms >= s->found_ms) {
			settle_alone(s);
			return;
		}
		if (s->now_ms >= s->hello_ms)
			say_hello(s);
	} else if (s->phase == SWIM_SETTLED && s->now_ms >= s->announce_ms) {
		announce(s);
	}
}

uint64_t contact_deadline(const struct swim *s)
{
	if (s->phase == SWIM_LISTENING)
		return swim_earlier(s->hello_ms, s->found_ms);
	return s->phase == SWIM_SETTLED ? s->announce_ms : UINT64_MAX;
}

static bool is_chosen(struct swim *s)
{
	/* of a map only a few are called at all */
	return s->config.fixed || swim_below(s, roster_size(s)) < ANSWERERS;
}

static bool goes_before(const struct swim *s, const struct wire_head *head)
{
	const struct swim_member *me = &s->member[SELF];

	if (head->from != me->key)
		return head->from < me->key;
	return head->session < me->session;
}

void contact_hello(struct swim *s, const struct wire_head *head, const struct swim_via *via)
{
	uint64_t found_ms;

	if (s->phase == SWIM_LISTENING && goes_before(s, head)) {
		s->silent_ms = s->now_ms + SILENT_MS;
		found_ms = swim_earlier(s->silent_ms + swim_below(s, HELLO_MS), s->last_found_ms);
		if (s->found_ms < found_ms)
			s->found_ms = found_ms;
	}
	if (s->phase != SWIM_SETTLED && s->phase != SWIM_YIELDING)
		return;
	swim_add(s, SWIM_COUNT_UNPROVEN);
	if (head->to_session || is_chosen(s))
		contact_challenge(s, head, via);
}

static bool is_member(const struct swim *s, const struct wire_head *head)
{
	uint32_t member = roster_find(s, head->from);

	return member != SWIM_NOBODY && s->member[member].session == head->session &&
	       swim_is_up(&s->member[member]);
}

void contact_announce(struct swim *s, const struct wire_head *head, const struct swim_via *via)
{
	contact_found(s, head, via);
	if ((s->phase != SWIM_SETTLED && s->phase != SWIM_YIELDING) || is_member(s, head))
		return;
	swim_add(s, SWIM_COUNT_UNPROVEN);
	if (is_chosen(s))
		contact_challenge(s, head, via);
}

void contact_call(struct swim *s, const struct wire_head *head, struct wire_in *in,
		  const struct swim_via *via)
{
	unsigned int hint = wire_get(in, 2);
	struct send_packet p;

	if (!may_answer(s))
		return;
	if (s->phase == SWIM_LISTENING && hint && !s->hint)
		s->hint = hint;
	if (!is_member(s, head))
		contact_challenge(s, head, via);
	send_begin(s, &p, WIRE_PROOF, head->session, head->nonce);
	send_put_self(s, &p);
	send_via(s, &p, via);
}

/* It may not know yet how it is known here: then its record is not news, and it must raise it. */
static void correct(struct swim *s, uint32_t member, const struct wire_head *head,
		    const struct swim_via *via)
{
	struct wire_record r = {
		.form = WIRE_FULL, .state = s->member[member].state,
		.incarnation = s->member[member].incarnation, .key = s->member[member].key,
		.session = s->member[member].session, .id = s->member[member].id,
		.settled = s->member[member].settled,
	};
	struct send_packet p;

	send_begin(s, &p, WIRE_NEWS, head->session, 0);
	wire_put_record(&p.out, &r);
	send_via(s, &p, via);
}

static bool is_own_record(const struct wire_head *head, struct wire_in in)
{
	struct wire_record r;

	return wire_left(&in) && wire_get_record(&in, &r) && r.form == WIRE_FULL &&
	       r.key == head->from && r.session == head->session && !wire_left(&in);
}

void contact_proof(struct swim *s, const struct wire_head *head, struct wire_in *in,
		   const struct swim_via *via)
{
	uint32_t member;

	if (!is_answer(s, head) || !is_own_record(head, *in)) {
		swim_add(s, SWIM_COUNT_UNPROVEN);
		return;
	}
	swim_add(s, SWIM_COUNT_PROOFS);
	if (head->from == s->member[SELF].key) {
		settle_twin(s, head->session);
		return;
	}
	apply_records(s, in, via, false);
	member = roster_find(s, head->from);
	if (member == SWIM_NOBODY)
		return;
	if (s->member[member].session != head->session || !swim_is_up(&s->member[member])) {
		correct(s, member, head, via);
		return;
	}
	if (!(head->flags & WIRE_SETTLED) && s->phase >= SWIM_SETTLED)
		sync_push(s, member);
	if (head->flags & WIRE_SETTLED && s->phase == SWIM_LISTENING) {
		settle_join(s, head);
		swim_ask(s, s->now_ms, member);
	}
}
