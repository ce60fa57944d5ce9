// SPDX-License-Identifier: GPL-2.0
/*
 * Dissemination. News is a mark on a member: what is sent is always what is known of it now. Each
 * piece is sent lambda * log2(N) times (SWIM, 4.1), the least sent first and of those the freshest;
 * it travels in every packet that has room, and while there is any, also in rounds of its own, so
 * that news need not wait for the next probe.
 */
#include "swim/news.h"

#include "swim/roster.h"
#include "swim/send.h"
#include "swim/suspect.h"

#define PIECES_MAX	(SWIM_PACKET_MAX / 14)	/* the shortest record */

void news_init(struct swim *s)
{
	for (unsigned int i = 0; i < SENDS_MAX; i++)
		s->news_head[i] = s->news_tail[i] = SWIM_NOBODY;
}

static void link_last(struct swim *s, uint32_t member, unsigned int sends)
{
	struct swim_member *m = &s->member[member];

	m->sends = sends;
	m->next = SWIM_NOBODY;
	m->prev = s->news_tail[sends];
	if (m->prev == SWIM_NOBODY)
		s->news_head[sends] = member;
	else
		s->member[m->prev].next = member;
	s->news_tail[sends] = member;
}

static void unlink_news(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];

	if (m->prev == SWIM_NOBODY)
		s->news_head[m->sends] = m->next;
	else
		s->member[m->prev].next = m->next;
	if (m->next == SWIM_NOBODY)
		s->news_tail[m->sends] = m->prev;
	else
		s->member[m->next].prev = m->prev;
	m->sends = SWIM_OLD;
}

void news_drop(struct swim *s, uint32_t member)
{
	if (s->member[member].sends == SWIM_OLD)
		return;
	unlink_news(s, member);
	s->news--;
}

void news_add(struct swim *s, uint32_t member)
{
	news_drop(s, member);
	if (!s->news++ && s->gossip_ms < s->now_ms)
		s->gossip_ms = s->now_ms + swim_below(s, s->tune.gossip_ms / 4 + 1);
	link_last(s, member, 0);
}

static unsigned int log2_up(uint32_t n)
{
	unsigned int bits = 0;

	while (n >> bits)
		bits++;
	return bits;
}

unsigned int news_limit(const struct swim *s)
{
	unsigned int limit = s->tune.lambda * log2_up(roster_size(s));

	return limit < SENDS_MAX ? limit : SENDS_MAX - 1;
}

struct wire_record news_record(const struct swim *s, uint32_t member, enum wire_form form)
{
	const struct swim_member *m = &s->member[member];
	struct wire_record r = {
		.form = form, .state = m->state, .settled = m->settled, .id = m->id,
		.incarnation = m->incarnation, .stamp = m->stamp,
		.key = m->key, .session = m->session, .island = s->island_id[m->island],
		.meta_len = m->meta ? m->meta->len : 0,
		.meta = m->meta ? m->meta->bytes : NULL,
	};

	if (m->state == SWIM_SUSPECT)
		r.by = suspect_by(s, member);
	return r;
}

static bool put_piece(struct swim *s, struct wire_out *out, uint32_t member)
{
	bool alive = s->member[member].state == SWIM_ALIVE;
	struct wire_record r = news_record(s, member, alive ? WIRE_FULL : WIRE_SHORT);

	return wire_put_record(out, &r);
}

/* It was sent once more: to the next list, or enough of it. */
static void count_send(struct swim *s, uint32_t member, unsigned int limit)
{
	unsigned int sends = s->member[member].sends + 1u;

	unlink_news(s, member);
	if (sends < limit)
		link_last(s, member, sends);
	else
		s->news--;
}

unsigned int news_fill(struct swim *s, struct wire_out *out)
{
	unsigned int count = 0, limit = news_limit(s);
	uint32_t piece[PIECES_MAX];

	for (unsigned int i = 0; i < SENDS_MAX && s->news > count; i++) {
		for (uint32_t at = s->news_tail[i]; at != SWIM_NOBODY; at = s->member[at].prev) {
			if (count == PIECES_MAX || !put_piece(s, out, at))
				goto full;
			piece[count++] = at;
		}
	}
full:
	for (unsigned int i = 0; i < count; i++)
		count_send(s, piece[i], limit);
	return count;
}

void news_tick(struct swim *s)
{
	if (!s->news || s->now_ms < s->gossip_ms)
		return;
	s->gossip_ms = s->now_ms + s->tune.gossip_ms;
	for (unsigned int i = 0; i < s->tune.fanout && s->news; i++) {
		uint32_t to = roster_random_up(s, SWIM_NOBODY);
		struct send_packet p;

		if (to == SWIM_NOBODY)
			return;
		send_begin(s, &p, WIRE_NEWS, s->member[to].session, 0);
		if (news_fill(s, &p.out))
			send_member(s, &p, to);
	}
}

uint64_t news_deadline(const struct swim *s)
{
	return s->news && s->up.count ? s->gossip_ms : UINT64_MAX;
}
