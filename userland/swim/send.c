// SPDX-License-Identifier: GPL-2.0
/* Packets going out: the head that all of them have, and the three ways they can go. */
#include "swim/send.h"

#include "swim/island.h"
#include "swim/news.h"
#include "swim/roster.h"

#define QUIET_MS	3000

void send_begin_flags(struct swim *s, struct send_packet *p, enum wire_type type,
		      uint64_t to_session, uint64_t nonce, unsigned int flags)
{
	struct swim_island island = swim_island(s, s->now_ms);
	struct wire_head head = {
		.type = type, .realm = s->config.realm, .flags = flags,
		.from = s->member[SELF].key, .session = s->member[SELF].session,
		.to_session = to_session, .seq = ++s->seq, .size = roster_size(s),
		.nonce = nonce, .island = island.id, .island_age_ms = island.age_ms,
		.digest = s->digest,
	};

	if (s->phase == SWIM_SETTLED || s->phase == SWIM_YIELDING)
		head.flags |= WIRE_SETTLED;
	if (!s->news && s->now_ms - s->changed_ms >= QUIET_MS)
		head.flags |= WIRE_QUIET;
	if (s->ops->beacon)
		head.beacon_len = s->ops->beacon(s->ctx, head.beacon);
	p->out = (struct wire_out) { .at = p->bytes, .end = p->bytes + sizeof(p->bytes) };
	wire_put_head(&p->out, &head);
}

void send_begin(struct swim *s, struct send_packet *p, enum wire_type type, uint64_t to_session,
		uint64_t nonce)
{
	send_begin_flags(s, p, type, to_session, nonce, 0);
}

void send_member(struct swim *s, struct send_packet *p, uint32_t member)
{
	s->ops->send(s->ctx, &s->member[member], NULL, p->bytes, p->out.at - p->bytes);
}

void send_via(struct swim *s, struct send_packet *p, const struct swim_via *via)
{
	s->ops->send(s->ctx, NULL, via, p->bytes, p->out.at - p->bytes);
}

void send_cast(struct swim *s, struct send_packet *p)
{
	s->ops->cast(s->ctx, p->bytes, p->out.at - p->bytes);
}

void send_put_concern(struct swim *s, struct send_packet *p, uint32_t member)
{
	struct wire_record r;

	if (s->member[member].state == SWIM_ALIVE)
		return;
	r = news_record(s, member, WIRE_SHORT);
	wire_put_record(&p->out, &r);
}

void send_put_self(struct swim *s, struct send_packet *p)
{
	struct wire_record r = news_record(s, SELF, WIRE_FULL);

	wire_put_record(&p->out, &r);
}
