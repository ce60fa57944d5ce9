// SPDX-License-Identifier: GPL-2.0
/*
 * The wire form of membership. A packet is checked from end to end before any of it is acted on:
 * what follows wire_parse() need not look at lengths and ranges again.
 */
#include "swim/wire.h"

#include <errno.h>
#include <string.h>

#define HEAD_BYTES	68u
#define STATE_BITS	3u
#define SETTLED_BIT	4u
#define AGE_MAX		(UINT64_C(1) << 48)

void wire_put(struct wire_out *out, uint64_t value, unsigned int bytes)
{
	if (out->full || (size_t)(out->end - out->at) < bytes) {
		out->full = true;
		return;
	}
	for (unsigned int i = 0; i < bytes; i++)
		*out->at++ = value >> 8 * i;
}

void wire_put_bytes(struct wire_out *out, const void *bytes, size_t len)
{
	if (out->full || (size_t)(out->end - out->at) < len) {
		out->full = true;
		return;
	}
	if (len)
		memcpy(out->at, bytes, len);
	out->at += len;
}

uint64_t wire_get(struct wire_in *in, unsigned int bytes)
{
	uint64_t value = 0;

	if (in->bad || (size_t)(in->end - in->at) < bytes) {
		in->bad = true;
		return 0;
	}
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)*in->at++ << 8 * i;
	return value;
}

const uint8_t *wire_get_bytes(struct wire_in *in, size_t len)
{
	const uint8_t *at = in->at;

	if (in->bad || (size_t)(in->end - in->at) < len) {
		in->bad = true;
		return NULL;
	}
	in->at += len;
	return at;
}

void wire_put_head(struct wire_out *out, const struct wire_head *head)
{
	wire_put(out, head->type, 1);
	wire_put(out, head->realm, 1);
	wire_put(out, head->flags, 1);
	wire_put(out, head->beacon_len, 1);
	wire_put(out, head->from, 8);
	wire_put(out, head->session, 8);
	wire_put(out, head->to_session, 8);
	wire_put(out, head->seq, 4);
	wire_put(out, head->size, 4);
	wire_put(out, head->nonce, 8);
	wire_put(out, head->island, 8);
	wire_put(out, head->island_age_ms, 8);
	wire_put(out, head->digest, 8);
	wire_put_bytes(out, head->beacon, head->beacon_len);
}

static void get_head(struct wire_in *in, struct wire_head *head)
{
	const uint8_t *beacon;

	*head = (struct wire_head) { .type = wire_get(in, 1) };
	head->realm = wire_get(in, 1);
	head->flags = wire_get(in, 1);
	head->beacon_len = wire_get(in, 1);
	head->from = wire_get(in, 8);
	head->session = wire_get(in, 8);
	head->to_session = wire_get(in, 8);
	head->seq = wire_get(in, 4);
	head->size = wire_get(in, 4);
	head->nonce = wire_get(in, 8);
	head->island = wire_get(in, 8);
	head->island_age_ms = wire_get(in, 8);
	head->digest = wire_get(in, 8);
	if (head->beacon_len > SWIM_BEACON_MAX) {
		in->bad = true;
		return;
	}
	beacon = wire_get_bytes(in, head->beacon_len);
	if (beacon)
		memcpy(head->beacon, beacon, head->beacon_len);
}

static bool head_is_good(const struct wire_head *head)
{
	if (!head->type || head->type >= WIRE_END || head->flags & ~WIRE_FLAGS)
		return false;
	if (!head->session || head->island_age_ms > AGE_MAX || head->size > SWIM_MEMBERS_MAX)
		return false;
	/* only these two go to whoever is there */
	return head->to_session || head->type <= WIRE_ANNOUNCE;
}

bool wire_put_record(struct wire_out *out, const struct wire_record *r)
{
	uint8_t *start = out->at;
	bool was_full = out->full;

	wire_put(out, r->form, 1);
	wire_put(out, r->state | (r->settled ? SETTLED_BIT : 0), 1);
	wire_put(out, r->key, 8);
	wire_put(out, r->incarnation, 4);
	if (r->state == SWIM_SUSPECT)
		wire_put(out, r->by, 8);
	if (r->form == WIRE_FULL) {
		wire_put(out, r->session, 8);
		wire_put(out, r->island, 8);
		wire_put(out, r->stamp, 4);
		wire_put(out, r->id, 2);
		wire_put(out, r->meta_len, 1);
		wire_put_bytes(out, r->meta, r->meta_len);
	}
	if (!out->full)
		return true;
	out->at = start;
	out->full = was_full;
	return false;
}

static bool record_is_good(const struct wire_record *r)
{
	if (r->form != WIRE_SHORT && r->form != WIRE_FULL)
		return false;
	if (r->form == WIRE_SHORT)
		return r->state != SWIM_ALIVE;
	return r->session && (r->id || !r->settled);
}

bool wire_get_record(struct wire_in *in, struct wire_record *r)
{
	uint8_t bits;

	*r = (struct wire_record) { .form = wire_get(in, 1) };
	bits = wire_get(in, 1);
	r->state = bits & STATE_BITS;
	r->settled = bits & SETTLED_BIT ? 1 : 0;
	r->key = wire_get(in, 8);
	r->incarnation = wire_get(in, 4);
	if (bits & ~(STATE_BITS | SETTLED_BIT))
		in->bad = true;
	if (r->state == SWIM_SUSPECT)
		r->by = wire_get(in, 8);
	if (r->form == WIRE_FULL) {
		r->session = wire_get(in, 8);
		r->island = wire_get(in, 8);
		r->stamp = wire_get(in, 4);
		r->id = wire_get(in, 2);
		r->meta_len = wire_get(in, 1);
		r->meta = wire_get_bytes(in, r->meta_len);
	}
	if (!record_is_good(r))
		in->bad = true;
	return !in->bad;
}

bool wire_get_entry(struct wire_in *in, struct wire_entry *e)
{
	*e = (struct wire_entry) { .key = wire_get(in, 8) };
	e->incarnation = wire_get(in, 4);
	e->session = wire_get(in, 4);
	e->state = wire_get(in, 1);
	if (e->state > SWIM_LEFT)
		in->bad = true;
	return !in->bad;
}

static bool records_are_good(struct wire_in *in)
{
	struct wire_record r;

	while (wire_left(in))
		if (!wire_get_record(in, &r))
			return false;
	return !in->bad;
}

static bool list_is_good(struct wire_in *in)
{
	struct wire_entry e;

	while (wire_left(in)) {
		wire_get(in, 1);
		for (unsigned int count = wire_get(in, 2); count; count--)
			if (!wire_get_entry(in, &e))
				return false;
	}
	return !in->bad;
}

static bool load_is_good(struct wire_in *in)
{
	size_t len = wire_get(in, 2);

	return len <= SWIM_LOAD_MAX && wire_get_bytes(in, len) && records_are_good(in);
}

static bool body_is_good(enum wire_type type, struct wire_in in)
{
	switch (type) {
	case WIRE_HELLO:
	case WIRE_CALL:
		return wire_left(&in) == 2;	/* an id */
	case WIRE_ANNOUNCE:
	case WIRE_NACK:
		return !wire_left(&in);
	case WIRE_PROOF:
	case WIRE_PING:
	case WIRE_ACK:
	case WIRE_NEWS:
		return records_are_good(&in);
	case WIRE_REQUEST:
		return wire_left(&in) == 8;	/* a key */
	case WIRE_DIGEST:
		return wire_left(&in) == 4 * BUCKETS;
	case WIRE_LIST:
		return list_is_good(&in);
	case WIRE_WANT:
		return wire_left(&in) % 8 == 0;	/* keys */
	case WIRE_LOAD:
		return load_is_good(&in);
	case WIRE_END:
		break;
	}
	return false;
}

int wire_parse(const void *packet, size_t len, struct wire_head *head, struct wire_in *in)
{
	*in = (struct wire_in) { .at = packet, .end = (const uint8_t *)packet + len };
	if (len < HEAD_BYTES || len > SWIM_PACKET_MAX)
		return -EBADMSG;
	get_head(in, head);
	if (in->bad || !head_is_good(head) || !body_is_good(head->type, *in))
		return -EBADMSG;
	return 0;
}
