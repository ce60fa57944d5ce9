// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the wire: what the daemon says of itself, load reports, membership, sealing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "omdiscd/packet.h"
#include "omdiscd/report.h"
#include "omdiscd/seal.h"
#include "swim/wire.h"

static struct about sample(void)
{
	struct about a = { .name = "node-1", .build = 0x1122334455667788 };

	addr_parse("10.1.2.3", &a.addr[a.addrs++]);
	addr_parse("fe80::5", &a.addr[a.addrs++]);
	return a;
}

static void test_about(void **state)
{
	struct about a = sample(), out;
	uint8_t meta[SWIM_META_MAX];
	size_t len = packet_put_about(&a, meta);

	assert_int_equal(len, 8 + 1 + 6 + 5 + 17);
	assert_int_equal(meta[0], 0x88);
	assert_int_equal(packet_get_about(meta, len, &out), 0);
	assert_string_equal(out.name, "node-1");
	assert_true(out.build == a.build);
	assert_int_equal(out.addrs, 2);
	assert_true(addr_equal(&out.addr[0], &a.addr[0]) && addr_equal(&out.addr[1], &a.addr[1]));
	/* the largest fits */
	memset(a.name, 'n', sizeof(a.name) - 1);
	a.name[sizeof(a.name) - 1] = '\0';
	while (a.addrs < PACKET_ADDRS)
		a.addr[a.addrs++] = a.addr[1];
	assert_int_equal(packet_get_about(meta, packet_put_about(&a, meta), &out), 0);
	assert_int_equal(out.addrs, PACKET_ADDRS);
}

static void test_bad_about(void **state)
{
	struct about a = sample(), out;
	uint8_t meta[SWIM_META_MAX + 1];
	size_t len = packet_put_about(&a, meta);

	for (size_t i = 0; i < len; i++)
		/* only between two addresses is there another end */
		assert_int_equal(packet_get_about(meta, i, &out),
				 i == 15 || i == 20 ? 0 : -EBADMSG);
	meta[9] = '\n';
	assert_int_equal(packet_get_about(meta, len, &out), -EBADMSG);
	meta[9] = '\0';
	assert_int_equal(packet_get_about(meta, len, &out), -EBADMSG);
	meta[9] = 'n';
	meta[8] = 0;
	assert_int_equal(packet_get_about(meta, len, &out), -EBADMSG);
	meta[8] = 64;
	assert_int_equal(packet_get_about(meta, sizeof(meta) - 1, &out), -EBADMSG);
	meta[8] = 6;
	meta[15] = 5;
	assert_int_equal(packet_get_about(meta, len, &out), -EBADMSG);
}

static void test_beacon(void **state)
{
	struct beacon b = { .timed = true, .island = 77, .real_us = 1700000000000000 }, out;
	uint8_t bytes[SWIM_BEACON_MAX];
	size_t len = packet_put_beacon(&b, bytes);

	assert_int_equal(packet_get_beacon(bytes, len, &out), 0);
	assert_true(out.timed && out.island == 77 && out.real_us == b.real_us);
	assert_int_equal(packet_get_beacon(bytes, len - 1, &out), -EBADMSG);
	bytes[0] = 2;
	assert_int_equal(packet_get_beacon(bytes, len, &out), -EBADMSG);
	b.real_us = -1;
	assert_int_equal(packet_get_beacon(bytes, packet_put_beacon(&b, bytes), &out), -EBADMSG);
	b.real_us = INT64_MAX;
	assert_int_equal(packet_get_beacon(bytes, packet_put_beacon(&b, bytes), &out), -EBADMSG);
}

static void test_reports(void **state)
{
	struct report r[REPORT_ENTRIES + 3] = { { .key = 1 } }, out[REPORT_ENTRIES];
	uint8_t blob[SWIM_LOAD_MAX];
	size_t len;

	r[0].age_ms = 1500;
	r[0].load = (struct cluster_load) {
		.cpus = 4, .util = 99, .status = 63, .guests = 2, .speed = 12345, .load = 150,
		.mem = 5 << 20, .rmem = 3 << 20, .tmem = UINT64_C(9) << 40,
	};
	len = report_encode(r, REPORT_ENTRIES + 3, blob);
	assert_true(len <= SWIM_LOAD_MAX);
	assert_int_equal(report_decode(blob, len, out), REPORT_ENTRIES);
	assert_true(out[0].key == 1 && out[0].age_ms == 1500);
	assert_memory_equal(&out[0].load.speed, &r[0].load.speed, 5 * sizeof(uint64_t));
	assert_int_equal(out[0].load.cpus, 4);
	assert_int_equal(out[0].load.guests, 2);
	assert_int_equal(report_decode(blob, len - 1, out), -EBADMSG);
	assert_int_equal(report_decode(blob, 1, out), -EBADMSG);
	blob[0] = 1;
	assert_int_equal(report_decode(blob, len, out), -EBADMSG);
#define BAD(change) do { \
		struct report bad = r[0]; \
		change; \
		assert_int_equal(report_decode(blob, report_encode(&bad, 1, blob), out), -EBADMSG); \
	} while (0)
	BAD(bad.age_ms = UINT32_MAX);
	BAD(bad.load.util = 101);
	BAD(bad.load.status = 64);
	BAD(bad.load.guests = UINT32_MAX);
	BAD(bad.load.speed = UINT32_MAX);
	BAD(bad.load.load = 1000000001);
#undef BAD
	len = report_encode(r, 1, blob);
	blob[len - 1] = 0xff;
	assert_int_equal(report_decode(blob, len, out), -EBADMSG);
	assert_int_equal(report_decode(blob, report_encode(r, 0, blob), out), 0);
}

static size_t put_packet(enum wire_type type, const struct wire_record *r, uint8_t *packet)
{
	struct wire_out out = { .at = packet, .end = packet + SWIM_PACKET_MAX };
	struct wire_head head = {
		.type = type, .from = 5, .session = 6, .to_session = 7, .seq = 8, .size = 9,
		.beacon_len = 3, .beacon = { 1, 2, 3 },
	};

	wire_put_head(&out, &head);
	if (r)
		assert_true(wire_put_record(&out, r));
	return out.at - packet;
}

static void test_records(void **state)
{
	static const uint8_t meta[] = { 9, 8, 7 };
	struct wire_record r = {
		.form = WIRE_FULL, .state = SWIM_SUSPECT, .settled = 1, .id = 258, .incarnation = 3,
		.stamp = 4, .key = 5, .session = 6, .island = 7, .by = 8, .meta_len = 3, .meta = meta,
	}, back;
	uint8_t packet[SWIM_PACKET_MAX];
	struct wire_head head;
	struct wire_in in;
	size_t len = put_packet(WIRE_NEWS, &r, packet);

	assert_int_equal(wire_parse(packet, len, &head, &in), 0);
	assert_true(head.from == 5 && head.seq == 8 && head.beacon_len == 3 && head.beacon[2] == 3);
	assert_true(wire_get_record(&in, &back));
	assert_int_equal(wire_left(&in), 0);
	assert_true(back.key == 5 && back.session == 6 && back.island == 7 && back.by == 8);
	assert_true(back.id == 258 && back.incarnation == 3 && back.stamp == 4 && back.settled);
	assert_int_equal(back.state, SWIM_SUSPECT);
	assert_memory_equal(back.meta, meta, 3);
	/* cut anywhere inside it is nothing */
	for (size_t i = 0; i < len; i++)
		assert_int_equal(wire_parse(packet, i, &head, &in), i == 71 ? 0 : -EBADMSG);
	/* settled without an id; a short one that says nothing; a form that there is not */
	r.id = 0;
	assert_int_equal(wire_parse(packet, put_packet(WIRE_NEWS, &r, packet), &head, &in), -EBADMSG);
	r = (struct wire_record) { .form = WIRE_SHORT, .state = SWIM_ALIVE };
	assert_int_equal(wire_parse(packet, put_packet(WIRE_NEWS, &r, packet), &head, &in), -EBADMSG);
	r = (struct wire_record) { .form = 3, .state = SWIM_DEAD };
	assert_int_equal(wire_parse(packet, put_packet(WIRE_NEWS, &r, packet), &head, &in), -EBADMSG);
	/* a body where there may be none, and none where there must be one */
	r = (struct wire_record) { .form = WIRE_SHORT, .state = SWIM_DEAD };
	assert_int_equal(wire_parse(packet, put_packet(WIRE_NACK, &r, packet), &head, &in), -EBADMSG);
	assert_int_equal(wire_parse(packet, put_packet(WIRE_DIGEST, NULL, packet), &head, &in),
			 -EBADMSG);
	assert_int_equal(wire_parse(packet, put_packet(WIRE_LOAD, NULL, packet), &head, &in), -EBADMSG);
	assert_int_equal(wire_parse(packet, put_packet(WIRE_END, NULL, packet), &head, &in), -EBADMSG);
}

static void test_seal(void **state)
{
	static const uint8_t key[32] = { 1 }, other[32] = { 2 };
	uint8_t datagram[SEAL_BYTES_MAX], out[SWIM_PACKET_MAX];
	struct seal ours, theirs, open, named;
	static const char body[] = "what is said";
	size_t len;

	assert_int_equal(seal_init(&ours, "tessera", key), 0);
	assert_int_equal(seal_init(&theirs, "tessera", other), 0);
	assert_int_equal(seal_init(&open, "tessera", NULL), 0);
	assert_int_equal(seal_init(&named, "other", NULL), 0);
	len = seal_pack(&ours, body, sizeof(body), datagram);
	assert_int_equal(seal_unpack(&ours, datagram, len, out), sizeof(body));
	assert_string_equal((char *)out, body);
	assert_int_equal(seal_unpack(&theirs, datagram, len, out), -EPERM);
	assert_int_equal(seal_unpack(&open, datagram, len, out), -EPERM);
	/* the same cluster tag, but not our key */
	memcpy(theirs.tag, ours.tag, sizeof(theirs.tag));
	assert_int_equal(seal_unpack(&theirs, datagram, len, out), -EACCES);
	len = seal_pack(&open, body, sizeof(body), datagram);
	assert_int_equal(seal_unpack(&open, datagram, len, out), sizeof(body));
	assert_int_equal(seal_unpack(&named, datagram, len, out), -EPERM);
	assert_int_equal(seal_unpack(&ours, datagram, len, out), -EPERM);
}

static void test_largest(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t datagram[SEAL_BYTES_MAX + 1], out[SWIM_PACKET_MAX], body[SWIM_PACKET_MAX] = { 5 };
	struct seal seal;

	assert_int_equal(seal_init(&seal, "tessera", key), 0);
	assert_int_equal(seal_pack(&seal, body, sizeof(body), datagram), SEAL_BYTES_MAX);
	assert_int_equal(seal_unpack(&seal, datagram, SEAL_BYTES_MAX, out), SWIM_PACKET_MAX);
	assert_memory_equal(out, body, sizeof(body));
	assert_int_equal(seal_unpack(&seal, datagram, SEAL_BYTES_MAX + 1, out), -EBADMSG);
	/* an IPv6 link must carry 1280 bytes, of which the headers of IPv6 and UDP are 48 */
	assert_true(SEAL_BYTES_MAX <= 1280 - 48);
}

static void test_every_changed_byte(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t datagram[SEAL_BYTES_MAX], out[SWIM_PACKET_MAX];
	static const char body[] = "what is said";
	struct seal seal;
	size_t len;

	assert_int_equal(seal_init(&seal, "tessera", key), 0);
	len = seal_pack(&seal, body, sizeof(body), datagram);
	for (size_t i = 0; i < len; i++) {
		datagram[i] ^= 0x10;
		assert_true(seal_unpack(&seal, datagram, len, out) < 0);
		datagram[i] ^= 0x10;
		assert_true(seal_unpack(&seal, datagram, i, out) < 0);
	}
	assert_int_equal(seal_unpack(&seal, datagram, len, out), sizeof(body));
}

static void test_body_is_secret(void **state)
{
	static const uint8_t key[32] = { 1 };
	uint8_t first[SEAL_BYTES_MAX], second[SEAL_BYTES_MAX];
	static const char body[] = "what is said";
	struct seal seal;
	size_t len;

	assert_int_equal(seal_init(&seal, "tessera", key), 0);
	len = seal_pack(&seal, body, sizeof(body), first);
	assert_int_equal(seal_pack(&seal, body, sizeof(body), second), len);
	assert_null(memmem(first, len, body, strlen(body)));
	assert_memory_not_equal(first + 40, second + 40, len - 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_bad_about),
		cmocka_unit_test(test_beacon),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_seal),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_body_is_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
