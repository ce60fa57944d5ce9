// SPDX-License-Identifier: GPL-2.0
/*
 * The wire form of what only the daemon understands: little-endian, no padding. Decoding checks each
 * field, for what comes out of here goes into the kernel's tables.
 *
 *	about:  build (8), length of the name (1), name, then for each address 4 or 6 and its bytes
 *	beacon: flags (1: timed), island (8), CLOCK_REALTIME in microseconds (8)
 */
#include "omdiscd/packet.h"

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "lib/parse.h"

#define BEACON_BYTES	17
#define BEACON_TIMED	1
#define REAL_MAX	(INT64_C(1) << 53)	/* us: the year 2255 */

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
	return at + sizeof(value);
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

uint8_t packet_put_about(const struct about *a, uint8_t out[static SWIM_META_MAX])
{
	uint8_t *at = put_u64(out, a->build);
	size_t len = strnlen(a->name, sizeof(a->name) - 1);

	*at++ = len;
	memcpy(at, a->name, len);
	at += len;
	for (size_t i = 0; i < a->addrs && i < PACKET_ADDRS; i++) {
		size_t bytes = a->addr[i].family == AF_INET ? 4 : 16;

		*at++ = bytes == 4 ? 4 : 6;
		memcpy(at, a->addr[i].bytes, bytes);
		at += bytes;
	}
	return at - out;
}

static int get_addrs(const uint8_t *at, size_t len, struct about *a)
{
	while (len) {
		size_t bytes = *at == 4 ? 4 : 16;
		struct addr *addr = &a->addr[a->addrs];

		if ((*at != 4 && *at != 6) || len < 1 + bytes || a->addrs == PACKET_ADDRS)
			return -EBADMSG;
		addr->family = bytes == 4 ? AF_INET : AF_INET6;
		memcpy(addr->bytes, at + 1, bytes);
		at += 1 + bytes;
		len -= 1 + bytes;
		a->addrs++;
	}
	return 0;
}

int packet_get_about(const uint8_t *in, size_t len, struct about *a)
{
	size_t name;

	memset(a, 0, sizeof(*a));
	if (len < 10)
		return -EBADMSG;
	a->build = get_u64(in);
	name = in[8];
	if (!name || name >= sizeof(a->name) || len < 9 + name)
		return -EBADMSG;
	memcpy(a->name, in + 9, name);
	if (strlen(a->name) != name || !parse_is_name(a->name, sizeof(a->name)))
		return -EBADMSG;
	return get_addrs(in + 9 + name, len - 9 - name, a);
}

size_t packet_put_beacon(const struct beacon *b, uint8_t out[static SWIM_BEACON_MAX])
{
	out[0] = b->timed ? BEACON_TIMED : 0;
	put_u64(put_u64(out + 1, b->island), b->real_us);
	return BEACON_BYTES;
}

int packet_get_beacon(const uint8_t *in, size_t len, struct beacon *b)
{
	if (len != BEACON_BYTES || in[0] & ~BEACON_TIMED)
		return -EBADMSG;
	*b = (struct beacon) {
		.timed = in[0] & BEACON_TIMED, .island = get_u64(in + 1), .real_us = get_u64(in + 9),
	};
	return b->real_us < 0 || b->real_us > REAL_MAX ? -EBADMSG : 0;
}
