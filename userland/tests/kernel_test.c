// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of what the daemon reads from and writes to the machine: the kernel's node table,
 * the status files, load, links, identity, settings.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "omdiscd/identity.h"
#include "omdiscd/load.h"
#include "omdiscd/settings.h"
#include "omdiscd/status.h"
#include "omdiscd/table.h"
#include "tests/fakeroot.h"

#define NOW	100000
#define CONFIG	"/proc/hpc/config"
#define MOSPE	"/proc/hpc/admin/mospe"
#define INFO	"/proc/hpc/info"

static struct cluster cluster;
static struct counters counters;
static struct table table;
static struct addr own;
static uint32_t numbers;

static int setup(void **state)
{
	memset(&cluster, 0, sizeof(cluster));
	memset(&counters, 0, sizeof(counters));
	cluster.counters = &counters;
	cluster.id = 5;
	strcpy(cluster.config.name, "me");
	addr_parse("10.0.0.5", &own);
	numbers = 0;
	return fakeroot_setup(state);
}

static int teardown(void **state)
{
	cluster_free(&cluster);
	return fakeroot_teardown(state);
}

static void put_kernel(const char *mospe)
{
	fakeroot_put(MOSPE, mospe);
	fakeroot_put(CONFIG, "");
	fakeroot_put(INFO, "");
	fakeroot_put("/proc/hpc/admin/key", "");
	fakeroot_put("/var/lib/x", "");
	fakeroot_put("/run/x", "");
}

static struct member *add(unsigned int id, const char *address)
{
	struct member *m = member_at(&cluster.table, numbers++);
	struct link_list links = { .count = 1 };
	struct addr peer;

	assert_int_equal(addr_parse(address, &peer), 0);
	links.link[0] = (struct link) { .ifindex = peer.scope ? peer.scope : 1, .v4 = own };
	addr_parse("fe80::5", &links.link[0].v6);
	m->key = numbers;
	m->session = 1;
	m->id = id;
	m->state = NODE_ALIVE;
	m->settled = true;
	m->changed_ms = NOW - 1000;
	m->load_ms = NOW;
	m->load_new = true;
	m->load = (struct cluster_load) {
		.cpus = 2, .speed = 10000, .load = 30, .mem = 500, .rmem = 400, .tmem = 600,
		.util = 7, .status = 3,
	};
	m->about.addr[m->about.addrs++] = peer;
	snprintf(m->about.name, sizeof(m->about.name), "n%u", id);
	member_path_list(m, &links, NULL);
	return m;
}

static void update(void)
{
	assert_int_equal(table_update(&table, &cluster, &own, &counters), 0);
}

static void test_table(void **state)
{
	struct member *seven;

	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	seven = add(7, "10.0.0.7");
	add(3, "fe80::3%lo");
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n3 fe80::3%lo n3\n7 10.0.0.7 n7\n");
	assert_string_equal(fakeroot_get(MOSPE), "5\n");
	assert_int_equal(table_info(&table, &cluster), 0);
	assert_string_equal(fakeroot_get(INFO), "7 2 10000 30 500 400 600 7 3\n"
						"3 2 10000 30 500 400 600 7 3\n");
	/* only what is new */
	seven->load.load = 31;
	seven->load_new = true;
	assert_int_equal(table_info(&table, &cluster), 0);
	assert_string_equal(fakeroot_get(INFO), "7 2 10000 31 500 400 600 7 3\n");
	/* not in the table yet: not in info, which would be refused */
	add(8, "10.0.0.8");
	assert_int_equal(table_info(&table, &cluster), 0);
	assert_null(strstr(fakeroot_get(INFO), "8 2 10000"));
	cluster.table.member[2]->state = NODE_DEAD;
	/* nothing new: nothing written */
	update();
	assert_int_equal(counters.value[COUNT_TABLE_WRITES], 1);
	seven->state = NODE_SUSPECT;
	update();
	assert_int_equal(counters.value[COUNT_TABLE_WRITES], 1);
	seven->state = NODE_DEAD;
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n3 fe80::3%lo n3\n");
	assert_int_equal(table_clear(&table), 0);
	assert_string_equal(fakeroot_get(CONFIG), "# no nodes\n");
	assert_string_equal(fakeroot_get(MOSPE), "0\n");
}

static void test_table_same_id(void **state)
{
	struct member *first;

	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	first = add(7, "10.0.0.7");
	add(5, "10.0.0.9");
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n7 10.0.0.7 n7\n");
	/* another one with its id: who is there already stays, for guests may hang on it */
	add(7, "10.0.0.8");
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n7 10.0.0.7 n7\n");
	first->id = 9;
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n7 10.0.0.8 n7\n9 10.0.0.7 n7\n");
}

static void test_lost_interface(void **state)
{
	struct member *m;

	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	m = add(7, "fe80::7%lo");
	m->path[0].path.peer.scope = 999999;
	add(8, "10.0.0.8");
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n8 10.0.0.8 n8\n");
}

static void test_restart_of_daemon(void **state)
{
	put_kernel("5\n");
	fakeroot_put(CONFIG, "5 10.0.0.5 me\n7 10.0.0.7 n7\n");
	assert_int_equal(table_open(&table), 0);
	assert_int_equal(table.id, 5);
	cluster.id = 0;
	update();
	/* links stay until it is known how things are now */
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n7 10.0.0.7 n7\n");
	assert_string_equal(fakeroot_get(MOSPE), "5\n");
}

static void test_changed_id(void **state)
{
	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	update();
	cluster.id = 6;
	update();
	assert_string_equal(fakeroot_get(MOSPE), "6\n");
	assert_string_equal(fakeroot_get(CONFIG), "6 10.0.0.5 me\n");
}

static void test_cut(void **state)
{
	char text[200];
	struct member *m;

	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	m = add(7, "10.0.0.7");
	update();
	m->cut = true;
	table_text(&cluster, &own, true, text, sizeof(text));
	assert_string_equal(text, "5 10.0.0.5 me\n");
	update();
	assert_false(m->cut);
	assert_int_equal(counters.value[COUNT_TABLE_WRITES], 3);
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n7 10.0.0.7 n7\n");
}

static void test_no_kernel(void **state)
{
	assert_int_equal(table_open(&table), -ENOENT);
	put_kernel("garbage\n");
	assert_int_equal(table_open(&table), -EINVAL);
	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	assert_int_equal(remove(getenv("TESSERA_ROOT")), -1);
	table.enabled = true;
	file_remove(CONFIG);
	assert_int_equal(table_update(&table, &cluster, &own, &counters), -ENOENT);
	assert_int_equal(counters.value[COUNT_KERNEL_ERRORS], 1);
	/* and again until it works */
	fakeroot_put(CONFIG, "");
	update();
	assert_string_equal(fakeroot_get(CONFIG), "5 10.0.0.5 me\n");
}

static void test_kernel_key(void **state)
{
	uint8_t key[PARSE_KEY_BYTES], back[PARSE_KEY_BYTES];

	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	for (int i = 0; i < PARSE_KEY_BYTES; i++)
		key[i] = 255 - i;
	assert_int_equal(table_key(&table, key), 0);
	assert_int_equal(strlen(fakeroot_get("/proc/hpc/admin/key")), 65);
	assert_int_equal(parse_key(fakeroot_get("/proc/hpc/admin/key"), back), 0);
	assert_memory_equal(key, back, sizeof(key));
	assert_int_equal(table_key(&table, NULL), 0);
	assert_string_equal(fakeroot_get("/proc/hpc/admin/key"), "\n");
}

static void test_huge_table(void **state)
{
	static char text[FILE_TEXT_MAX];
	size_t len;

	for (unsigned int i = 0; i < 16000; i++) {
		struct member *m = add(100 + i, "fe80::1111:2222:3333:4444%lo");

		memset(m->about.name, 'n', NODE_NAME_MAX - 1);
	}
	len = table_text(&cluster, &own, false, text, sizeof(text));
	assert_true(len < sizeof(text));
	assert_int_equal(text[len - 1], '\n');
	len = status_text(&cluster, &own, NOW, text, sizeof(text));
	assert_true(len < sizeof(text));
	assert_int_equal(text[len - 1], '\n');
}

static void test_status(void **state)
{
	static struct status status;
	struct member *m;

	put_kernel("0\n");
	assert_int_equal(status_open(), 0);
	add(7, "10.0.0.7");
	m = add(9, "10.0.0.9");
	m->state = NODE_DEAD;
	m->paths = 0;
	m->changed_ms = NOW - 61000;
	assert_int_equal(status_write(&status, &cluster, &own, NOW), 0);
	assert_string_equal(fakeroot_get("/run/omdiscd/peers"),
			    "5 me 10.0.0.5 alive 0 0 0 0 0 0 0\n"
			    "7 n7 10.0.0.7 alive 2 10000 30 500 600 0 0\n"
			    "9 n9 - dead 2 10000 30 500 600 0 61\n");
	assert_non_null(strstr(fakeroot_get("/run/omdiscd/counters"), "malformed 0\n"));
	/* its id has another now: the dead one is not shown any more */
	add(9, "10.0.0.10");
	cluster.change++;
	assert_int_equal(status_write(&status, &cluster, &own, NOW), 0);
	assert_null(strstr(fakeroot_get("/run/omdiscd/peers"), "dead"));
	assert_non_null(strstr(fakeroot_get("/run/omdiscd/peers"), "9 n9 10.0.0.10 alive"));
}

static void test_load(void **state)
{
	struct load_meter meter = { 0 };
	struct cluster_load load;

	put_kernel("5\n");
	load_read(&meter, 0, &load);
	assert_int_equal(load.cpus, 0);
	assert_int_equal(load.speed, 10000);
	meter.started = false;
	fakeroot_put("/proc/stat", "cpu  100 0 0 100 0 0 0 0\ncpu0 1 1\ncpu1 1 1\nintr 5\n");
	fakeroot_put("/proc/loadavg", "0.1 0.2 0.3 5/100 77\n");
	fakeroot_put("/proc/meminfo", "MemTotal:  1000 kB\nMemFree: 300 kB\nMemAvailable: 500 kB\n");
	fakeroot_put("/proc/hpc/admin/speed", "20000\n");
	fakeroot_put("/proc/hpc/remote/44/from", "3\n");
	load_read(&meter, 0, &load);
	assert_int_equal(load.cpus, 2);
	/* four runnable on two processors of double speed */
	assert_int_equal(load.load, 100);
	assert_int_equal(load.mem, 500 * 1024);
	assert_int_equal(load.rmem, 300 * 1024);
	assert_int_equal(load.tmem, 1000 * 1024);
	assert_int_equal(load.guests, 1);
	fakeroot_put("/proc/stat", "cpu  150 0 0 150 0 0 0 0\ncpu0 1 1\ncpu1 1 1\n");
	load_read(&meter, 0, &load);
	assert_int_equal(load.util, 50);
	/* the kernel knows better */
	fakeroot_put("/proc/hpc/nodes/5/load", "123\n");
	fakeroot_put("/proc/hpc/nodes/5/status", "19\n");
	load_read(&meter, 5, &load);
	assert_int_equal(load.load, 123);
	assert_int_equal(load.status, 19);
	fakeroot_put("/proc/hpc/nodes/5/status", "35\n");
	load_read(&meter, 5, &load);
	assert_int_equal(load.load, 0);
}

static void test_load_garbage(void **state)
{
	static const char * const texts[] = {
		"", "\n", "cpu", "cpu \ncpu", "\ncpu\ncpu", "x x x", "x x x 1", "x x x 0/0",
		"MemTotal:", "MemTotal: x kB", "MemTotal: 99999999999999999999 kB",
		"cpu  18446744073709551615 18446744073709551615 1 1\n",
	};
	uint64_t busy, total;
	unsigned int runnable;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		load_parse_stat(texts[i], &busy, &total);
		load_parse_runnable(texts[i], &runnable);
		assert_int_equal(load_parse_meminfo(texts[i], "MemTotal:"), 0);
	}
}

static void test_identity(void **state)
{
	struct link_list links = { .count = 2 };
	uint8_t first[PACKET_IDENTITY], second[PACKET_IDENTITY];
	char name[NODE_NAME_MAX];

	links.link[0].mac[0] = 9;
	links.link[1].mac[0] = 4;
	identity_of(&links, first);
	links.count = 1;
	identity_of(&links, second);
	assert_memory_not_equal(first, second, PACKET_IDENTITY);
	/* hardware before made-up addresses, in whatever order they appear */
	links.count = 2;
	links.link[0].permanent = true;
	identity_of(&links, first);
	assert_memory_equal(first, second, PACKET_IDENTITY);
	identity_name("given", first, name);
	assert_string_equal(name, "given");
	identity_name("not good", first, name);
	assert_true(parse_is_name(name, sizeof(name)));

	fakeroot_put("/var/lib/x", "");
	assert_int_equal(identity_stored_id(), 0);
	assert_int_equal(identity_store_id(77), 0);
	assert_int_equal(identity_stored_id(), 77);
	fakeroot_put(IDENTITY_FILE, "99999\n");
	assert_int_equal(identity_stored_id(), 0);
}

static void test_settings(void **state)
{
	struct settings s = { .cluster = "tessera" };
	char error[256];

	assert_int_equal(settings_load(&s, error, sizeof(error)), 0);
	assert_false(s.keyed || s.mapped);
	fakeroot_put("/etc/tessera/key", "not a key\n");
	assert_int_equal(settings_load(&s, error, sizeof(error)), -EINVAL);
	assert_non_null(strstr(error, "/etc/tessera/key"));
	fakeroot_put("/etc/tessera/key",
		     "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n");
	assert_int_equal(settings_load(&s, error, sizeof(error)), 0);
	assert_true(s.keyed);
	assert_int_equal(s.key[31], 0xff);
	fakeroot_put("/etc/openmosix.map", "1 10.0.0.1 2\nbad\n");
	assert_int_equal(settings_load(&s, error, sizeof(error)), -EINVAL);
	assert_non_null(strstr(error, "line 2"));
	fakeroot_put("/etc/openmosix.map", "1 10.0.0.1 2\n");
	assert_int_equal(settings_load(&s, error, sizeof(error)), 0);
	assert_int_equal(s.map.count, 2);
	cluster.config.map = &s.map;
	cluster.id = 2;
	addr_parse("10.0.0.2", &own);
	put_kernel("0\n");
	assert_int_equal(table_open(&table), 0);
	update();
	assert_string_equal(fakeroot_get(CONFIG), "1 10.0.0.1\n2 10.0.0.2 me\n");
	settings_free(&s);
}

/* One netlink message with attributes, at the end of buf. */
static size_t put_message(uint8_t *buf, unsigned int type, const void *head, size_t head_len,
			  const struct rtattr *attr)
{
	struct nlmsghdr *h = (struct nlmsghdr *)buf;

	h->nlmsg_type = type;
	h->nlmsg_len = NLMSG_LENGTH(head_len) + attr->rta_len;
	memcpy(NLMSG_DATA(h), head, head_len);
	memcpy((uint8_t *)NLMSG_DATA(h) + NLMSG_ALIGN(head_len), attr, attr->rta_len);
	return NLMSG_ALIGN(h->nlmsg_len);
}

static void test_links(void **state)
{
	uint8_t buf[512] __attribute__((aligned(8))) = { 0 }, value[64] __attribute__((aligned(8)));
	struct ifinfomsg info = { .ifi_type = ARPHRD_ETHER, .ifi_index = 1,
				  .ifi_flags = IFF_UP | IFF_RUNNING };
	struct ifaddrmsg address = { .ifa_family = AF_INET6, .ifa_index = 1,
				     .ifa_flags = IFA_F_TENTATIVE };
	struct rtattr *attr = (struct rtattr *)value;
	struct link_list list = { 0 };
	struct addr local;
	size_t len;

	attr->rta_type = IFLA_IFNAME;
	attr->rta_len = RTA_LENGTH(3);
	strcpy(RTA_DATA(attr), "lo");
	len = put_message(buf, RTM_NEWLINK, &info, sizeof(info), attr);
	attr->rta_type = IFA_ADDRESS;
	attr->rta_len = RTA_LENGTH(16);
	addr_parse("fe80::5%lo", &local);
	memcpy(RTA_DATA(attr), local.bytes, 16);
	len += put_message(buf + len, RTM_NEWADDR, &address, sizeof(address), attr);
	assert_int_equal(link_parse(buf, len, &list), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.link[0].name, "lo");
	assert_false(link_is_usable(&list.link[0], NULL));
	address.ifa_flags = 0;
	len = put_message(buf, RTM_NEWADDR, &address, sizeof(address), attr);
	assert_int_equal(link_parse(buf, len, &list), 0);
	assert_true(addr_equal(&list.link[0].v6, &local));
	assert_true(link_is_usable(&list.link[0], NULL));
	assert_true(link_is_usable(&list.link[0], "eth0,lo"));
	assert_false(link_is_usable(&list.link[0], "eth0,lo1,l"));
	/* cut short at every place */
	for (size_t n = 0; n < len; n++)
		link_parse(buf, n, &list);
	((struct nlmsghdr *)buf)->nlmsg_len = sizeof(struct nlmsghdr);
	assert_int_equal(link_parse(buf, sizeof(struct nlmsghdr), &list), -EBADMSG);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(test_table),
		IN_TREE(test_table_same_id),
		IN_TREE(test_lost_interface),
		IN_TREE(test_restart_of_daemon),
		IN_TREE(test_changed_id),
		IN_TREE(test_cut),
		IN_TREE(test_no_kernel),
		IN_TREE(test_kernel_key),
		IN_TREE(test_huge_table),
		IN_TREE(test_status),
		IN_TREE(test_load),
		IN_TREE(test_load_garbage),
		IN_TREE(test_identity),
		IN_TREE(test_settings),
		IN_TREE(test_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
