// SPDX-License-Identifier: GPL-2.0
/*
 * The body of a packet, between struct packet and its wire form: fixed layout, little-endian, no
 * padding. Decoding checks each field, for what comes out of here goes into the kernel's tables;
 * a value out of range makes the whole packet malformed. Sealing is in seal.c.
 */
#include "omdiscd/packet.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/parse.h"

#define NUMBER_MAX	1000000000u		/* load and speed */
#define MEMORY_MAX	(UINT64_C(1) << 60)
#define GUESTS_MAX	(1u << 22)		/* the kernel's limit of pids */
#define AGE_MAX		(UINT64_C(1) << 48)	/* ms */
#define REAL_MAX	(INT64_C(1) << 53)	/* us: the year 2255 */
#define STATUS_BITS	63u

struct wire_body {
	uint8_t type;
	uint8_t flags;
	uint16_t id;
	uint16_t hint;
	uint16_t cpus;
	uint8_t identity[PACKET_IDENTITY];
	uint64_t session;
	uint64_t seq;
	uint8_t nonce[PACKET_NONCE];
	uint64_t lineage;
	uint64_t lineage_ms;
	uint64_t member_ms;
	uint64_t real_us;
	uint64_t build;
	uint64_t speed;
	uint64_t load;
	uint64_t mem;
	uint64_t rmem;
	uint64_t tmem;
	uint16_t util;
	uint16_t status;
	uint32_t guests;
	char name[NODE_NAME_MAX];
} __attribute__((packed));

_Static_assert(sizeof(struct wire_body) == PACKET_BODY, "wire size of a packet's body");

void packet_encode(const struct packet *p, uint8_t out[static PACKET_BODY])
{
	struct wire_body w = {
		.type = p->type,
		.flags = p->flags,
		.id = htole16(p->id),
		.hint = htole16(p->hint),
		.cpus = htole16(p->cpus),
		.session = htole64(p->session),
		.seq = htole64(p->seq),
		.lineage = htole64(p->lineage),
		.lineage_ms = htole64(p->lineage_ms),
		.member_ms = htole64(p->member_ms),
		.real_us = htole64((uint64_t)p->real_us),
		.build = htole64(p->build),
		.speed = htole64(p->speed),
		.load = htole64(p->load),
		.mem = htole64(p->mem),
		.rmem = htole64(p->rmem),
		.tmem = htole64(p->tmem),
		.util = htole16(p->util),
		.status = htole16(p->status),
		.guests = htole32(p->guests),
	};

	memcpy(w.identity, p->identity, sizeof(w.identity));
	memcpy(w.nonce, p->nonce, sizeof(w.nonce));
	memcpy(w.name, p->name, strnlen(p->name, sizeof(w.name) - 1));
	memcpy(out, &w, sizeof(w));
}

static bool type_is_known(uint8_t type)
{
	return type >= PACKET_ANNOUNCE && type <= PACKET_KEPT;
}

static bool name_is_good(const char name[static NODE_NAME_MAX])
{
	return memchr(name, '\0', NODE_NAME_MAX) && parse_is_name(name, NODE_NAME_MAX);
}

static bool fields_are_good(const struct packet *p)
{
	if (p->flags & ~(unsigned int)(PACKET_SETTLED | PACKET_MAPPED | PACKET_TIMED))
		return false;
	if ((p->flags & PACKET_SETTLED) && !p->id)
		return false;
	if (p->speed > NUMBER_MAX || p->load > NUMBER_MAX || p->guests > GUESTS_MAX)
		return false;
	if (p->mem > MEMORY_MAX || p->rmem > MEMORY_MAX || p->tmem > MEMORY_MAX)
		return false;
	if (p->lineage_ms > AGE_MAX || p->member_ms > AGE_MAX)
		return false;
	if (p->real_us < 0 || p->real_us > REAL_MAX)
		return false;
	return p->util <= 100 && !(p->status & ~STATUS_BITS) && name_is_good(p->name);
}

int packet_decode(const uint8_t *in, size_t len, struct packet *p)
{
	struct wire_body w;

	if (len != sizeof(w))
		return -EBADMSG;
	memcpy(&w, in, sizeof(w));
	if (!type_is_known(w.type))
		return -EBADMSG;
	*p = (struct packet) {
		.type = w.type,
		.flags = w.flags,
		.id = le16toh(w.id),
		.hint = le16toh(w.hint),
		.cpus = le16toh(w.cpus),
		.session = le64toh(w.session),
		.seq = le64toh(w.seq),
		.lineage = le64toh(w.lineage),
		.lineage_ms = le64toh(w.lineage_ms),
		.member_ms = le64toh(w.member_ms),
		.real_us = (int64_t)le64toh(w.real_us),
		.build = le64toh(w.build),
		.speed = le64toh(w.speed),
		.load = le64toh(w.load),
		.mem = le64toh(w.mem),
		.rmem = le64toh(w.rmem),
		.tmem = le64toh(w.tmem),
		.util = le16toh(w.util),
		.status = le16toh(w.status),
		.guests = le32toh(w.guests),
	};
	memcpy(p->identity, w.identity, sizeof(p->identity));
	memcpy(p->nonce, w.nonce, sizeof(p->nonce));
	memcpy(p->name, w.name, sizeof(p->name));
	return fields_are_good(p) ? 0 : -EBADMSG;
}
