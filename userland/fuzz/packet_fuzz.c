// SPDX-License-Identifier: GPL-2.0
/* Fuzzes a datagram from its first byte, open and keyed; what is accepted must survive a round trip. */
#include <stdlib.h>
#include <string.h>

#include "omdiscd/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct seal open_seal, keyed_seal;

static void check_round_trip(const struct packet *p)
{
	uint8_t body[PACKET_BODY], again[PACKET_BODY];
	struct packet copy;

	packet_encode(p, body);
	if (packet_decode(body, sizeof(body), &copy))
		abort();
	packet_encode(&copy, again);
	if (memcmp(body, again, sizeof(body)) || !parse_is_name(copy.name, sizeof(copy.name)))
		abort();
}

/* The header made right, so that the body is reached without guessing the cluster's tag. */
static void fuzz_body(const uint8_t *data, size_t size)
{
	uint8_t body[PACKET_BODY] = { 0 };
	struct packet p;

	memcpy(body, data, size < sizeof(body) ? size : sizeof(body));
	if (!packet_decode(body, sizeof(body), &p))
		check_round_trip(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[PARSE_KEY_BYTES] = { 1, 2, 3 };
	struct packet p;

	if (!open_seal.tag[0]) {
		if (seal_init(&open_seal, "tessera", NULL) || seal_init(&keyed_seal, "tessera", key))
			abort();
	}
	if (!seal_unpack(&open_seal, data, size, &p))
		check_round_trip(&p);
	/* nobody makes a packet for a key that he does not know */
	if (!seal_unpack(&keyed_seal, data, size, &p))
		abort();
	fuzz_body(data, size);
	return 0;
}
