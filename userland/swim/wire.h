/* SPDX-License-Identifier: GPL-2.0 */
/* What membership sends: little-endian, no padding; docs/protocol.md has the layout in words. */
#ifndef TESSERA_SWIM_WIRE_H
#define TESSERA_SWIM_WIRE_H

#include "swim/state.h"

enum wire_type {
	WIRE_HELLO	= 1,	/* to whoever is there: I look for a contact */
	WIRE_ANNOUNCE	= 2,	/* to whoever is there: here is a cluster */
	WIRE_CALL	= 3,	/* prove that you are there now */
	WIRE_PROOF	= 4,	/* the nonce of its CALL, and what the sender is */
	WIRE_PING	= 5,
	WIRE_ACK	= 6,
	WIRE_REQUEST	= 7,	/* ping somebody for me */
	WIRE_NACK	= 8,	/* it has not answered me either */
	WIRE_NEWS	= 9,
	WIRE_DIGEST	= 10,	/* the digest of each bucket */
	WIRE_LIST	= 11,	/* who is in some buckets */
	WIRE_WANT	= 12,	/* tell me of these; of none: of all, as to a newcomer */
	WIRE_LOAD	= 13,
	WIRE_END,
};

enum wire_flag {
	WIRE_SETTLED	= 1,	/* the sender is in a cluster */
	WIRE_QUIET	= 2,	/* the sender has had no news for a while */
	WIRE_LAST	= 4,	/* the newcomer has now been told all */
	WIRE_BULK	= 8,	/* known elsewhere: not to be passed on as news */
	WIRE_FLAGS	= 15,
};

enum wire_form {
	WIRE_SHORT	= 1,	/* key, incarnation, state: for who knows the rest */
	WIRE_FULL	= 2,
};

struct wire_head {
	uint8_t type, realm, flags;
	uint8_t beacon_len;
	uint64_t from, session;
	uint64_t to_session;	/* 0 = to whoever is there */
	uint32_t seq;
	uint32_t size;		/* nodes that are up, the sender included */
	uint64_t nonce;
	uint64_t island, island_age_ms;
	uint64_t digest;
	uint8_t beacon[SWIM_BEACON_MAX];
};

#define WIRE_HEAD_MAX	(72 + SWIM_BEACON_MAX)
#define WIRE_RECORD_MAX	(48 + SWIM_META_MAX)

/* One piece of news: a member as somebody sees it. */
struct wire_record {
	uint8_t form, state, settled, meta_len;
	uint16_t id;
	uint32_t incarnation, stamp;
	uint64_t key, session, island;
	uint64_t by;		/* SWIM_SUSPECT: who suspects it */
	const uint8_t *meta;
};

struct wire_entry {
	uint64_t key;
	uint32_t incarnation;
	uint32_t session;	/* the lower half */
	uint8_t state;
};

/* Writes into a packet; once something did not fit, full is set and nothing more is taken. */
struct wire_out {
	uint8_t *at, *end;
	bool full;
};

struct wire_in {
	const uint8_t *at, *end;
	bool bad;
};

void wire_put(struct wire_out *out, uint64_t value, unsigned int bytes);
void wire_put_bytes(struct wire_out *out, const void *bytes, size_t len);
void wire_put_head(struct wire_out *out, const struct wire_head *head);
/* False, and nothing written, when it does not fit. */
bool wire_put_record(struct wire_out *out, const struct wire_record *r);

uint64_t wire_get(struct wire_in *in, unsigned int bytes);
const uint8_t *wire_get_bytes(struct wire_in *in, size_t len);
static inline size_t wire_left(const struct wire_in *in)
{
	return in->at < in->end && !in->bad ? (size_t)(in->end - in->at) : 0;
}
/* The next record; false when it is malformed. */
bool wire_get_record(struct wire_in *in, struct wire_record *r);
bool wire_get_entry(struct wire_in *in, struct wire_entry *e);
/* Reads the head and checks all of the packet; in is then at its body. 0 or -EBADMSG. */
int wire_parse(const void *packet, size_t len, struct wire_head *head, struct wire_in *in);

#endif
