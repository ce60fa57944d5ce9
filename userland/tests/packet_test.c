// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the wire: encoding, checks of every field, sealing, the replay window. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "omdiscd/packet.h"
#include "omdiscd/replay.h"
#include "omdiscd/seal.h"

static struct packet sample(void)
{
	struct packet p = {
		.type = PACKET_PROOF, .flags = PACKET_SETTLED | PACKET_TIMED, .id = 0x1234, .hint = 7,
		.session = 0x1122334455667788, .seq = 99, .lineage = 5, .lineage_ms = 6,
		.member_ms = 7, .real_us = 1700000000000000, .build = 8, .cpus = 4, .util = 100,
		.status = 63, .guests = 2, .speed = 10000, .load = 150, .mem = 1 << 20,
		.rmem = 1 << 19, .tmem = 1 << 21, .name = "node-1",
	};

	memset(p.identity, 0xab, sizeof(p.identity));
	memset(p.nonce, 0xcd, sizeof(p.nonce));
	return p;
}

static int through_wire(const struct packet *p, struct packet *out)
{
	uint8_t body[PACKET_BODY];

	packet_encode(p, body);
	return packet_decode(body, sizeof(body), out);
}

static void test_round_trip(void **state)
{
	struct packet p = sample(), out;
	uint8_t first[PACKET_BODY], second[PACKET_BODY];

	assert_int_equal(through_wire(&p, &out), 0);
	packet_encode(&p, first);
	packet_encode(&out, second);
	assert_memory_equal(first, second, sizeof(first));
	assert_string_equal(out.name, "node-1");
	assert_int_equal(out.real_us, p.real_us);
	/* little-endian at its place, whatever this machine is */
	assert_int_equal(first[2], 0x34);
	assert_int_equal(first[3], 0x12);
	assert_int_equal(first[24], 0x88);
}

static void test_bad_fields(void **state)
{
	struct packet p, out;

#define BAD(change) do { \
		p = sample(); \
		change; \
		assert_int_equal(through_wire(&p, &out), -EBADMSG); \
	} while (0)
	BAD(p.type = 0);
	BAD(p.type = PACKET_KEPT + 1);
	BAD(p.flags = 8);
	BAD(p.id = 0);
	BAD(p.util = 101);
	BAD(p.status = 64);
	BAD(p.guests = UINT32_MAX);
	BAD(p.speed = UINT64_MAX);
	BAD(p.load = 1000000001);
	BAD(p.mem = UINT64_MAX);
	BAD(p.rmem = UINT64_MAX);
	BAD(p.tmem = UINT64_MAX);
	BAD(p.lineage_ms = UINT64_MAX);
	BAD(p.member_ms = UINT64_MAX);
	BAD(p.real_us = -1);
	BAD(p.real_us = INT64_MAX);
	BAD(strcpy(p.name, ""));
	BAD(strcpy(p.name, "two words"));
	BAD(strcpy(p.name, "line\n9"));
#undef BAD
	p = sample();
	p.flags = 0;
	p.id = 0;
	assert_int_equal(through_wire(&p, &out), 0);
}

static void test_name_without_end(void **state)
{
	struct packet p = sample(), out;
	uint8_t body[PACKET_BODY];

	packet_encode(&p, body);
	memset(body + PACKET_BODY - NODE_NAME_MAX, 'a', NODE_NAME_MAX);
	assert_int_equal(packet_decode(body, sizeof(body), &out), -EBADMSG);
	packet_encode(&p, body);
	assert_int_equal(packet_decode(body, sizeof(body) - 1, &out), -EBADMSG);
	assert_int_equal(packet_decode(body, 0, &out), -EBADMSG);
}

static void test_seal(void **state)
{
	static const uint8_t key[32] = { 1 }, other[32] = { 2 };
	uint8_t datagram[SEAL_BYTES_MAX];
	struct seal ours, theirs, open, named;
	struct packet p = sample(), out;
	size_t len;

	assert_int_equal(seal_init(&ours, "tessera", key), 0);
	assert_int_equal(seal_init(&theirs, "tessera", other), 0);
	assert_int_equal(seal_init(&open, "tessera", NULL), 0);
	assert_int_equal(seal_init(&named, "other", NULL), 0);
	len = seal_pack(&ours, &p, datagram);
	assert_int_equal(seal_unpack(&ours, datagram, len, &out), 0);
	assert_string_equal(out.name, p.name);
	assert_int_equal(seal_unpack(&theirs, datagram, len, &out), -EPERM);
	assert_int_equal(seal_unpack(&open, datagram, len, &out), -EPERM);
	/* the same cluster tag, but not our key */
	memcpy(theirs.tag, ours.tag, sizeof(theirs.tag));
	assert_int_equal(seal_unpack(&theirs, datagram, len, &out), -EACCES);
	len = seal_pack(&open, &p, datagram);
	assert_int_equal(seal_unpack(&open, datagram, len, &out), 0);
	assert_int_equal(seal_unpack(&named, datagram, len, &out), -EPERM);
	assert_int_equal(seal_unpack(&ours, datagram, len, &out), -EPERM);
}

static void test_every_changed_byte(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t datagram[SEAL_BYTES_MAX];
	struct packet p = sample(), out;
	struct seal seal;
	size_t len;

	assert_int_equal(seal_init(&seal, "tessera", key), 0);
	len = seal_pack(&seal, &p, datagram);
	for (size_t i = 0; i < len; i++) {
		datagram[i] ^= 0x10;
		assert_int_not_equal(seal_unpack(&seal, datagram, len, &out), 0);
		datagram[i] ^= 0x10;
		assert_int_not_equal(seal_unpack(&seal, datagram, i, &out), 0);
	}
	assert_int_equal(seal_unpack(&seal, datagram, len, &out), 0);
}

static void test_body_is_secret(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t first[SEAL_BYTES_MAX], second[SEAL_BYTES_MAX];
	struct packet p = sample();
	struct seal seal;
	size_t len;

	assert_int_equal(seal_init(&seal, "tessera", key), 0);
	len = seal_pack(&seal, &p, first);
	assert_int_equal(seal_pack(&seal, &p, second), len);
	assert_null(memmem(first, len, p.name, strlen(p.name)));
	assert_memory_not_equal(first + 40, second + 40, len - 40);
}

static void test_replay(void **state)
{
	struct replay r;

	replay_start(&r, 100);
	assert_false(replay_is_new(&r, 100));
	assert_true(replay_is_new(&r, 99));
	assert_false(replay_is_new(&r, 99));
	assert_true(replay_is_new(&r, 103));
	assert_true(replay_is_new(&r, 101));
	assert_false(replay_is_new(&r, 103));
	assert_true(replay_is_new(&r, 103 - 63));
	assert_false(replay_is_new(&r, 103 - 64));
	assert_true(replay_is_new(&r, 100000));
	assert_false(replay_is_new(&r, 103));
	assert_true(replay_is_new(&r, 99999));
	assert_false(replay_is_new(&r, 0));
	assert_true(replay_is_new(&r, UINT64_MAX));
	assert_false(replay_is_new(&r, UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_bad_fields),
		cmocka_unit_test(test_name_without_end),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_body_is_secret),
		cmocka_unit_test(test_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
