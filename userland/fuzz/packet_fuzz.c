// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes a datagram from its first byte, open and keyed, and each kind of body that membership and
 * the daemon read; what is accepted must survive a round trip.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"
#include "omdiscd/packet.h"
#include "omdiscd/report.h"
#include "omdiscd/seal.h"
#include "swim/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seal open_seal, keyed_seal;

static void fuzz_seal(const uint8_t *data, size_t size)
{
	static const uint8_t key[PARSE_KEY_BYTES] = { 1, 2, 3 };
	uint8_t body[SWIM_PACKET_MAX];

	if (!open_seal.tag[0]) {
		if (seal_init(&open_seal, "tessera", NULL) || seal_init(&keyed_seal, "tessera", key))
			abort();
	}
	if (seal_unpack(&open_seal, data, size, body) > SWIM_PACKET_MAX)
		abort();
	/* nobody makes a packet for a key that he does not know */
	if (seal_unpack(&keyed_seal, data, size, body) >= 0)
		abort();
}

static void fuzz_about(const uint8_t *data, size_t size)
{
	uint8_t again[SWIM_META_MAX];
	struct about a;

	if (size > SWIM_META_MAX || packet_get_about(data, size, &a))
		return;
	if (!parse_is_name(a.name, sizeof(a.name)))
		abort();
	if (packet_put_about(&a, again) != size || memcmp(again, data, size))
		abort();
}

static void fuzz_report(const uint8_t *data, size_t size)
{
	struct report r[REPORT_ENTRIES];
	uint8_t again[SWIM_LOAD_MAX];
	int count;

	if (size > SWIM_LOAD_MAX)
		return;
	count = report_decode(data, size, r);
	if (count >= 0 && (report_encode(r, count, again) != size || memcmp(again, data, size)))
		abort();
}

static void fuzz_beacon(const uint8_t *data, size_t size)
{
	uint8_t again[SWIM_BEACON_MAX];
	struct beacon b;

	if (!packet_get_beacon(data, size, &b) &&
	    (packet_put_beacon(&b, again) != size || memcmp(again, data, size)))
		abort();
}

static void fuzz_wire(const uint8_t *data, size_t size)
{
	uint8_t again[SWIM_PACKET_MAX];
	struct wire_out out = { .at = again, .end = again + sizeof(again) };
	struct wire_head head;
	struct wire_record r;
	struct wire_in in;

	if (wire_parse(data, size, &head, &in))
		return;
	wire_put_head(&out, &head);
	if (head.type == WIRE_NEWS)
		while (wire_left(&in) && wire_get_record(&in, &r))
			wire_put_record(&out, &r);
	if (out.full || memcmp(again, data, out.at - again))
		abort();
	if (head.type == WIRE_NEWS && (size_t)(out.at - again) != size)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_seal(data, size);
	fuzz_about(data, size);
	fuzz_report(data, size);
	fuzz_beacon(data, size);
	fuzz_wire(data, size);
	return 0;
}
