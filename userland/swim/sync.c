// SPDX-License-Identifier: GPL-2.0
/*
 * Anti-entropy: what gossip has missed (a partition, a burst of losses, a newcomer). Every ping and
 * ack carries a digest of the table, so that equality costs nothing. Where two differ, one sends the
 * digests of its 256 buckets, the other lists who is in those that differ, and each sends the other
 * what it knows better: bytes by the size of the difference, a bounded number at a time, and not
 * more often than every sync_ms. So the cost does not grow with the cluster.
 */
#include "swim/sync.h"

#include "swim/apply.h"
#include "swim/news.h"
#include "swim/roster.h"
#include "swim/send.h"

#define BURST		16	/* packets of one answer */
#define PUSH_MS		20	/* between two portions for a newcomer */
#define PUSH_BURST	6
#define ENTRY_BYTES	17u

void sync_start(struct swim *s)
{
	s->sync_ms = s->now_ms;
	s->last_sync_ms = s->now_ms;
}

/* How long since the last time before it is done again. */
static uint64_t patience(const struct swim *s, const struct wire_head *head)
{
	uint32_t size = roster_size(s);
	uint32_t more = head->size > size ? head->size - size : size - head->size;

	/* two halves that have just met, or many newcomers */
	if (more > 8 && more > size / 16)
		return s->tune.sync_ms / 4;
	if (!s->news && (head->flags & WIRE_QUIET))
		return s->tune.sync_ms;
	/* while news is on its way tables differ anyway */
	return 2 * s->tune.sync_ms;
}

void sync_compare(struct swim *s, const struct wire_head *head, uint32_t from)
{
	struct send_packet p;

	if (head->digest == s->digest || s->now_ms - s->last_sync_ms < patience(s, head) ||
	    s->now_ms < s->sync_ms)
		return;
	s->sync_ms = s->now_ms + swim_below(s, s->tune.sync_ms / 4);
	s->last_sync_ms = s->now_ms;
	swim_add(s, SWIM_COUNT_SYNCS);
	send_begin(s, &p, WIRE_DIGEST, head->session, 0);
	for (unsigned int i = 0; i < BUCKETS; i++)
		wire_put(&p.out, s->bucket[i], 4);
	send_member(s, &p, from);
}

/* What is still to be sent in packets of one type. */
struct sender {
	struct swim *s;
	struct send_packet p;
	enum wire_type type;
	uint32_t to;
	unsigned int packets;
	const uint8_t *empty;	/* end of the head */
};

static void sender_begin(struct sender *x)
{
	send_begin(x->s, &x->p, x->type, x->s->member[x->to].session, 0);
	x->empty = x->p.out.at;
}

static void sender_flush(struct sender *x)
{
	if (x->p.out.at == x->empty)
		return;
	send_member(x->s, &x->p, x->to);
	x->packets++;
	sender_begin(x);
}

/* True when there are so many bytes of room in this packet or the next one. */
static bool sender_room(struct sender *x, size_t bytes)
{
	if ((size_t)(x->p.out.end - x->p.out.at) < bytes)
		sender_flush(x);
	return x->packets < BURST && (size_t)(x->p.out.end - x->p.out.at) >= bytes;
}

static void sender_record(struct sender *x, uint32_t member)
{
	struct wire_record r = news_record(x->s, member, WIRE_FULL);

	if (sender_room(x, WIRE_RECORD_MAX))
		wire_put_record(&x->p.out, &r);
}

static bool differs(const uint8_t *theirs, const struct swim *s, unsigned int bucket)
{
	struct wire_in in = { .at = theirs + 4 * bucket, .end = theirs + 4 * bucket + 4 };

	return wire_get(&in, 4) != s->bucket[bucket];
}

static void put_bucket(struct sender *x, unsigned int bucket, const uint16_t *count)
{
	const struct swim *s = x->s;

	if (!sender_room(x, 3 + ENTRY_BYTES * count[bucket]))
		return;
	wire_put(&x->p.out, bucket, 1);
	wire_put(&x->p.out, count[bucket], 2);
	for (uint32_t i = 0; i < s->members; i++) {
		const struct swim_member *m = &s->member[i];

		if (!m->session || roster_bucket(m->key) != bucket)
			continue;
		wire_put(&x->p.out, m->key, 8);
		wire_put(&x->p.out, m->incarnation, 4);
		wire_put(&x->p.out, (uint32_t)m->session, 4);
		wire_put(&x->p.out, m->state, 1);
	}
}

void sync_digest(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from)
{
	const uint8_t *theirs = wire_get_bytes(in, 4 * BUCKETS);
	struct sender x = { .s = s, .type = WIRE_LIST, .to = from };
	uint16_t count[BUCKETS] = { 0 };
	unsigned int first = swim_below(s, BUCKETS);

	for (uint32_t i = 0; i < s->members; i++)
		if (s->member[i].session)
			count[roster_bucket(s->member[i].key)]++;
	sender_begin(&x);
	for (unsigned int i = 0; i < BUCKETS && x.packets < BURST; i++)
		if (differs(theirs, s, (first + i) % BUCKETS))
			put_bucket(&x, (first + i) % BUCKETS, count);
	sender_flush(&x);
}

struct listed {
	uint64_t key[SWIM_PACKET_MAX / ENTRY_BYTES];
	unsigned int count;
};

static bool is_listed(const struct listed *l, uint64_t key)
{
	for (unsigned int i = 0; i < l->count; i++)
		if (l->key[i] == key)
			return true;
	return false;
}

/* Both say something of this member: who is right? */
static void compare_entry(struct swim *s, const struct wire_entry *e, struct sender *want,
			  struct sender *tell)
{
	uint32_t member = roster_find(s, e->key);
	const struct swim_member *m;

	if (member == SWIM_NOBODY || s->member[member].incarnation < e->incarnation) {
		/* one that is gone, and of whom nothing is known here, is wanted for its id */
		if (sender_room(want, 8))
			wire_put(&want->p.out, e->key, 8);
		return;
	}
	m = &s->member[member];
	if (m->incarnation > e->incarnation || (member != SELF && m->state > e->state) ||
	    (member != SELF && (uint32_t)m->session != e->session))
		sender_record(tell, member);
	else if (member != SELF && e->state >= SWIM_DEAD)
		apply_entry(s, member, e);
	else if (member == SELF && (e->state != SWIM_ALIVE || (uint32_t)m->session != e->session))
		apply_own_change(s);
}

static void tell_unlisted(struct swim *s, unsigned int bucket, const struct listed *l,
			  struct sender *tell)
{
	for (uint32_t i = 0; i < s->members; i++) {
		const struct swim_member *m = &s->member[i];

		if (m->session && roster_bucket(m->key) == bucket && !is_listed(l, m->key))
			sender_record(tell, i);
	}
}

void sync_list(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from)
{
	struct sender want = { .s = s, .type = WIRE_WANT, .to = from };
	struct sender tell = { .s = s, .type = WIRE_NEWS, .to = from };
	struct listed l;
	struct wire_entry e;

	sender_begin(&want);
	sender_begin(&tell);
	while (wire_left(in)) {
		unsigned int bucket = wire_get(in, 1);

		l.count = 0;
		for (unsigned int n = wire_get(in, 2); n && wire_get_entry(in, &e); n--) {
			l.key[l.count++] = e.key;
			compare_entry(s, &e, &want, &tell);
		}
		tell_unlisted(s, bucket, &l, &tell);
	}
	sender_flush(&want);
	sender_flush(&tell);
}

void sync_want(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from)
{
	struct sender tell = { .s = s, .type = WIRE_NEWS, .to = from };

	if (!wire_left(in)) {
		sync_push(s, from);
		return;
	}
	sender_begin(&tell);
	while (wire_left(in)) {
		uint32_t member = roster_find(s, wire_get(in, 8));

		if (member != SWIM_NOBODY)
			sender_record(&tell, member);
	}
	sender_flush(&tell);
}

void sync_push(struct swim *s, uint32_t member)
{
	struct swim_push *free_slot = NULL;

	for (unsigned int i = 0; i < PUSHES_MAX; i++) {
		if (s->push[i].on && s->push[i].member == member)
			return;
		if (!s->push[i].on)
			free_slot = &s->push[i];
	}
	/* with so many at once they will hear of each other by news and comparison */
	if (!free_slot) {
		struct send_packet p;

		send_begin_flags(s, &p, WIRE_NEWS, s->member[member].session, 0, WIRE_LAST);
		send_put_self(s, &p);
		send_member(s, &p, member);
		return;
	}
	*free_slot = (struct swim_push) { .on = true, .member = member };
	/* not at once: it takes nothing from us before it has our proof */
	s->push_ms = s->now_ms + PUSH_MS;
}

void sync_ask(struct swim *s)
{
	uint32_t to = roster_random_up(s, SWIM_NOBODY);
	struct send_packet p;

	if (to == SWIM_NOBODY)
		return;
	send_begin(s, &p, WIRE_WANT, s->member[to].session, 0);
	send_member(s, &p, to);
}

/* One packet of it; the last one says so. */
static void push_packet(struct swim *s, struct swim_push *push)
{
	struct send_packet p;
	uint32_t at = push->cursor;

	send_begin_flags(s, &p, WIRE_NEWS, s->member[push->member].session, 0, WIRE_BULK);
	for (; at < s->members; at++) {
		struct wire_record r = news_record(s, at, WIRE_FULL);

		if (s->member[at].session && at != push->member && !wire_put_record(&p.out, &r))
			break;
	}
	push->cursor = at;
	if (at >= s->members) {
		p.bytes[2] |= WIRE_LAST;	/* the flags of the head */
		push->on = false;
	}
	send_member(s, &p, push->member);
}

void sync_tick(struct swim *s)
{
	if (s->now_ms < s->push_ms)
		return;
	s->push_ms = s->now_ms + PUSH_MS;
	for (unsigned int i = 0; i < PUSHES_MAX; i++)
		for (unsigned int k = 0; k < PUSH_BURST && s->push[i].on; k++)
			push_packet(s, &s->push[i]);
}

uint64_t sync_deadline(const struct swim *s)
{
	for (unsigned int i = 0; i < PUSHES_MAX; i++)
		if (s->push[i].on)
			return s->push_ms;
	return UINT64_MAX;
}
