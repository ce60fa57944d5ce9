// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the library: parsers, addresses, the map, and what is read from /proc and /run. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/addr.h"
#include "lib/away.h"
#include "lib/file.h"
#include "lib/guest.h"
#include "lib/hostlist.h"
#include "lib/map.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tests/fakeroot.h"

static void test_numbers(void **state)
{
	unsigned int id;
	uint64_t v;
	pid_t pid;

	assert_int_equal(parse_u64("18446744073709551615", &v), 0);
	assert_true(v == UINT64_MAX);
	assert_int_equal(parse_u64("18446744073709551616", &v), -ERANGE);
	assert_int_equal(parse_u64("", &v), -EINVAL);
	assert_int_equal(parse_u64("-1", &v), -EINVAL);
	assert_int_equal(parse_u64("1 ", &v), -EINVAL);
	assert_int_equal(parse_id("65535", &id), 0);
	assert_int_equal(id, 65535);
	assert_int_equal(parse_id("0", &id), -ERANGE);
	assert_int_equal(parse_id("65536", &id), -ERANGE);
	assert_int_equal(parse_pid("2147483648", &pid), -ERANGE);
}

static void test_key(void **state)
{
	uint8_t key[PARSE_KEY_BYTES];
	char text[80];

	memset(text, 'a', sizeof(text));
	text[64] = '\0';
	assert_int_equal(parse_key(text, key), 0);
	assert_int_equal(key[31], 0xaa);
	text[64] = '\n';
	text[65] = '\0';
	assert_int_equal(parse_key(text, key), 0);
	text[64] = 'a';
	assert_int_equal(parse_key(text, key), -EINVAL);
	text[63] = '\0';
	assert_int_equal(parse_key(text, key), -EINVAL);
	text[10] = 'g';
	assert_int_equal(parse_key(text, key), -EINVAL);
	assert_int_equal(parse_key("", key), -EINVAL);
}

static void test_words(void **state)
{
	char text[] = "  one two\t# not this\n\nthree";
	char *cursor = text, *line = parse_line(&cursor);

	assert_string_equal(parse_word(&line), "one");
	assert_string_equal(parse_word(&line), "two");
	assert_null(parse_word(&line));
	assert_string_equal(parse_line(&cursor), "");
	assert_string_equal(parse_line(&cursor), "three");
	assert_null(parse_line(&cursor));
}

static void test_names(void **state)
{
	assert_true(parse_is_name("node-1.example_x", 64));
	assert_false(parse_is_name("", 64));
	assert_false(parse_is_name("a b", 64));
	assert_false(parse_is_name("a\nb", 64));
	assert_false(parse_is_name("abcd", 4));
}

static void test_fields(void **state)
{
	uint64_t v;

	assert_int_equal(parse_field("utime=3 stime=44\n", "stime", &v), 0);
	assert_int_equal(v, 44);
	assert_int_equal(parse_field("calls 5\ncalls_inline 6\n", "calls_inline", &v), 0);
	assert_int_equal(v, 6);
	assert_int_equal(parse_field("calls 5\n", "call", &v), -ENOENT);
	assert_int_equal(parse_field("calls x\n", "calls", &v), -EINVAL);
	assert_int_equal(parse_field("calls", "calls", &v), -ENOENT);
	assert_int_equal(parse_field("", "calls", &v), -ENOENT);
}

static void test_addresses(void **state)
{
	static const char * const good[] = { "10.1.2.3", "2001:db8::1", "fe80::1%lo" };
	static const char * const bad[] = {
		"", "10.1.2", "10.1.2.3%lo", "fe80::1", "2001:db8::1%lo", "host", "fe80::1%nosuchif",
		"fe80::1%", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24",
	};
	char text[ADDR_TEXT_MAX];
	struct sockaddr_storage ss;
	struct addr a, b;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(addr_parse(good[i], &a), 0);
		assert_string_equal(addr_text(&a, text), good[i]);
		addr_to_socket(&a, 4660, &ss);
		assert_int_equal(addr_from_socket(&ss, &b), 0);
		assert_true(addr_equal(&a, &b));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(addr_parse(bad[i], &a) < 0);
}

static void test_hosts(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct addr a;

	assert_int_equal(addr_resolve("10.0.0.1", &a), 0);
	assert_int_equal(addr_resolve("one", &a), -EADDRNOTAVAIL);
	fakeroot_put("/etc/hosts", "# x\n127.0.0.1 localhost\nbad line\n10.0.0.1\n"
				   "10.0.0.2 two.example TWO # 10.0.0.3 three\n");
	assert_int_equal(addr_resolve("two", &a), 0);
	assert_string_equal(addr_text(&a, text), "10.0.0.2");
	assert_int_equal(addr_resolve("three", &a), -EADDRNOTAVAIL);
	assert_int_equal(addr_resolve("line", &a), -EADDRNOTAVAIL);
}

static int map_of(const char *text, struct map *map, unsigned int *line)
{
	char copy[4096];

	strncpy(copy, text, sizeof(copy) - 1);
	copy[sizeof(copy) - 1] = '\0';
	return map_parse(copy, addr_parse, map, line);
}

static void test_map(void **state)
{
	unsigned int line;
	struct map map;
	struct addr a;

	assert_int_equal(map_of("# x\n10 10.0.0.254 3\n1 192.168.1.1 1\n1 10.9.9.9 ALIAS\n"
				"11 10.8.8.8 0\n", &map, &line), 0);
	assert_int_equal(map.count, 6);
	assert_int_equal(map.entry[0].id, 1);
	assert_false(map.entry[0].alias);
	assert_true(map.entry[1].alias);
	/* the address carries over into the next byte */
	assert_int_equal(addr_parse("10.0.1.0", &a), 0);
	assert_int_equal(map_find_addr(&map, &a)->id, 12);
	assert_int_equal(addr_parse("10.8.8.8", &a), 0);
	assert_int_equal(map_find_addr(&map, &a)->id, 11);
	map_free(&map);
	assert_int_equal(map_of("", &map, &line), 0);
	map_free(&map);
}

static void test_bad_maps(void **state)
{
	static const char * const bad[] = {
		"1 10.0.0.1\n", "x 10.0.0.1 1\n", "1 10.0.0.1 1 1\n", "0 10.0.0.1 1\n",
		"65535 10.0.0.1 2\n", "1 10.0.0.1 5000\n", "1 255.255.255.255 2\n",
		"1 10.0.0.1 1\n1 10.0.0.2 1\n", "1 10.0.0.1 1\n2 10.0.0.1 1\n", "5 10.0.0.1 ALIAS\n",
		"1 10.0.0.1 99999999999\n", "1 nohost 1\n",
	};
	unsigned int line;
	struct map map;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(map_of(bad[i], &map, &line) < 0);
	assert_int_equal(map_of("1 10.0.0.1 1\n\nwrong\n", &map, &line), -EINVAL);
	assert_int_equal(line, 3);
}

static void test_files(void **state)
{
	char buf[8], *text;

	assert_int_equal(file_read("/none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(file_write("/none", "x"), -ENOENT);
	assert_int_equal(file_replace("/new", "12345\n\n", 0644), 0);
	assert_int_equal(file_read("/new", buf, sizeof(buf)), 5);
	assert_string_equal(buf, "12345");
	assert_int_equal(file_replace("/new", "12345678", 0644), 0);
	assert_int_equal(file_read("/new", buf, sizeof(buf)), -E2BIG);
	assert_int_equal(file_load("/new", &text), 0);
	assert_string_equal(text, "12345678");
	free(text);
	assert_int_equal(file_exists("/new"), 0);
	assert_int_equal(file_exists("/new.new"), -ENOENT);
	assert_int_equal(file_remove("/new"), 0);
	assert_int_equal(file_replace("/no/such/dir", "x", 0644), -ENOENT);
}

static void test_nodes(void **state)
{
	struct node_list list;
	const struct node *n;

	assert_int_equal(node_list_read(&list), 0);
	assert_int_equal(list.count, 0);
	node_list_free(&list);
	fakeroot_put("/proc/hpc/admin/mospe", "2\n");
	fakeroot_put("/proc/hpc/config", "9 10.0.0.9\n2 fe80::2%eth0 two\n");
	fakeroot_put("/proc/hpc/nodes/2/load", "55\n");
	fakeroot_put("/proc/hpc/nodes/2/CPUs", "4\n");
	fakeroot_put("/proc/hpc/nodes/2/status", "7\n");
	fakeroot_put("/run/omdiscd/peers",
		     "2 two fe80::2%eth0 alive 8 10000 1 800 1000 0 0\n"
		     "7 seven 10.0.0.7 dead 1 10000 3 100 200 4 66\n"
		     "garbage\n8 x y nostate 1 1 1 1 1 1 1\n99999 x y dead 1 1 1 1 1 1 1\n");
	assert_int_equal(node_list_read(&list), 0);
	assert_int_equal(list.count, 3);
	n = &list.node[0];
	assert_int_equal(n->id, 2);
	assert_true(n->self && n->in_table && n->heard);
	assert_int_equal(n->load, 55);
	assert_int_equal(n->cpus, 4);
	assert_int_equal(n->status, NODE_CONFIGURED | NODE_UP | NODE_STAY);
	n = node_list_find(&list, "seven");
	assert_non_null(n);
	assert_int_equal(n->state, NODE_DEAD);
	assert_int_equal(n->age, 66);
	assert_false(n->in_table);
	assert_ptr_equal(node_list_find(&list, "9"), &list.node[2]);
	assert_false(list.node[2].heard);
	assert_ptr_equal(node_list_find(&list, "10.0.0.9"), &list.node[2]);
	assert_null(node_list_find(&list, "nobody"));
	node_list_free(&list);
}

static void test_away(void **state)
{
	struct away_list list;
	struct away one;
	char reasons[64];

	fakeroot_put("/proc/20/where", "3\n");
	fakeroot_put("/proc/20/comm", "sleeper\n");
	fakeroot_put("/proc/20/nmigs", "5\n");
	fakeroot_put("/proc/20/cantmove", "\n");
	fakeroot_put("/proc/20/goto", "0\n");
	fakeroot_put("/proc/7/where", "0\n");
	fakeroot_put("/proc/7/cantmove", "system mem_lock\n");
	fakeroot_put("/proc/8/comm", "no where here\n");
	fakeroot_put("/proc/self/where", "3\n");
	assert_int_equal(away_list_read(&list, false), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.proc[0].pid, 20);
	assert_int_equal(list.proc[0].where, 3);
	assert_int_equal(list.proc[0].nmigs, 5);
	assert_string_equal(list.proc[0].comm, "sleeper");
	away_list_free(&list);
	assert_int_equal(away_list_read(&list, true), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.proc[0].pid, 7);
	away_list_free(&list);
	assert_int_equal(away_read(8, &one), -ENOSYS);
	assert_int_equal(away_read(9, &one), -ENOENT);
	assert_int_equal(away_reasons(20, reasons, sizeof(reasons)), 0);
	assert_int_equal(away_reasons(7, reasons, sizeof(reasons)), 15);
	assert_int_equal(away_move(20, 4), 0);
	assert_string_equal(fakeroot_get("/proc/20/goto"), "4");
	assert_int_equal(away_move(9, 4), -ESRCH);
}

static void test_guests(void **state)
{
	struct guest_list list;

	assert_int_equal(guest_count(), -ENOENT);
	assert_int_equal(guest_list_read(&list), -ENOENT);
	fakeroot_put("/proc/hpc/remote/30/from", "2\n");
	fakeroot_put("/proc/hpc/remote/30/identity", "pid=77 uid=1000 gid=5 comm=a uid=0 b\n");
	fakeroot_put("/proc/hpc/remote/30/stats", "utime=1 stime=2 vsize=4096 rss=1\n");
	fakeroot_put("/proc/hpc/remote/31/from", "3\n");
	assert_int_equal(guest_count(), 2);
	assert_int_equal(guest_list_read(&list), 0);
	assert_int_equal(list.count, 2);
	assert_int_equal(list.guest[0].home_pid, 77);
	assert_int_equal(list.guest[0].uid, 1000);
	assert_string_equal(list.guest[0].comm, "a uid=0 b");
	assert_int_equal(list.guest[0].vsize, 4096);
	assert_true(list.guest[1].uid == (uid_t)-1);
	assert_int_equal(list.guest[1].home_pid, 0);
	guest_list_free(&list);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, fakeroot_setup, fakeroot_teardown)

/* Nodes 1 (this one), 2, 3, 5 and 65535; the fifth has a name like a range. */
static struct node_list some_nodes(struct node *nodes)
{
	static const struct node known[] = {
		{ .id = 1, .self = true, .name = "alpha", .addr = "192.0.2.1" },
		{ .id = 2, .name = "beta-2", .addr = "192.0.2.2" },
		{ .id = 3, .addr = "fe80::3%eth0" },
		{ .id = 5, .name = "2-3", .addr = "192.0.2.5" },
		{ .id = 65535, .name = "last" },
	};

	memcpy(nodes, known, sizeof(known));
	return (struct node_list) { .count = 5, .node = nodes };
}

static void test_hostlists(void **state)
{
	static const struct {
		const char *text;
		int err;
		const char *shown;	/* or the part that is wrong */
	} cases[] = {
		{ "1", 0, "1" }, { "all", 0, "1-3,5,65535" }, { "self", 0, "1" }, { "3,1", 0, "1,3" },
		{ "1-3", 0, "1-3" }, { "4-65535", 0, "5,65535" }, { "beta-2", 0, "2" },
		{ "2-3", 0, "5" }, { "192.0.2.5,fe80::3%eth0", 0, "3,5" }, { "1,1,alpha", 0, "1" },
		{ "4", -ENXIO, "4" }, { "1,gamma", -ENXIO, "gamma" }, { "6-9", -ENXIO, "6-9" },
		{ "", -EINVAL, "" }, { "1,", -EINVAL, "" }, { ",1", -EINVAL, "" }, { "3-1", -EINVAL, "3-1" },
		{ "0", -EINVAL, "0" }, { "1-65536", -EINVAL, "1-65536" }, { "-3", -EINVAL, "-3" },
		{ "1 ,2", -EINVAL, "1 " }, { "1--3", -EINVAL, "1--3" },
	};
	struct node nodes[5];
	struct node_list list = some_nodes(nodes);
	char bad[NODE_NAME_MAX], text[64];
	struct hostlist found;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int err = hostlist_parse(cases[i].text, &list, &found, bad);

		if (err != cases[i].err)
			fail_msg("'%s': %d", cases[i].text, err);
		if (!err)
			hostlist_text(&found, text, sizeof(text));
		assert_string_equal(err ? bad : text, cases[i].shown);
		if (!err)
			hostlist_free(&found);
	}
}

/* What is shown can be read again, whatever the set; too little room is no overflow. */
static void test_hostlist_text(void **state)
{
	struct node_list list = { .count = 12, .node = calloc(12, sizeof(*list.node)) };
	char bad[NODE_NAME_MAX], text[64];
	struct hostlist set, again;
	unsigned int ids[12];

	for (unsigned int i = 0; i < 12; i++)
		list.node[i].id = i + 1;
	for (unsigned int bits = 1; bits < 1 << 12; bits++) {
		set = (struct hostlist) { .id = ids };
		for (unsigned int i = 0; i < 12; i++)
			if (bits & 1 << i)
				ids[set.count++] = i + 1;
		hostlist_text(&set, text, sizeof(text));
		assert_int_equal(hostlist_parse(text, &list, &again, bad), 0);
		assert_int_equal(again.count, set.count);
		assert_memory_equal(again.id, ids, set.count * sizeof(ids[0]));
		hostlist_free(&again);
		hostlist_text(&set, text, 1 + bits % 9);
	}
	free(list.node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_hostlists),
		cmocka_unit_test(test_hostlist_text),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_addresses),
		IN_TREE(test_hosts),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_bad_maps),
		IN_TREE(test_files),
		IN_TREE(test_nodes),
		IN_TREE(test_away),
		IN_TREE(test_guests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
