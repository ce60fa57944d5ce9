// SPDX-License-Identifier: GPL-2.0
/* Unit tests of balancing in the daemon: what it reads from /proc, orders, writes, and its codec. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/node.h"
#include "omdiscd/balance.h"
#include "omdiscd/calibrate.h"
#include "tests/fakeroot.h"

#define SELF	1
#define OTHER	2

static struct balance b;
static struct load_meter meter;
static struct cluster_load load;
static uint64_t now;

static void put(int pid, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fakeroot_put(path, text);
}

static const char *get(int pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return fakeroot_get(path);
}

/* A process in state R or S that has used so many ticks. */
static void put_proc(int pid, const char *name, char state, unsigned int ticks)
{
	char text[256];

	snprintf(text, sizeof(text), "%d (%s) %c 1 1 1 0 -1 4194304 1 2 3 4 %u 0 0 0 20 0 1 0 %d "
		 "100000 500 0\n", pid, name, state, ticks, 1000 + pid);
	put(pid, "stat", text);
}

static void make_proc(int pid, const char *name, char state, unsigned int ticks)
{
	put_proc(pid, name, state, ticks);
	put(pid, "where", "0\n");
	put(pid, "nmigs", "0\n");
	put(pid, "lock", "0\n");
	put(pid, "cantmove", "\n");
	put(pid, "goto", "0\n");
	put(pid, "hpcstat", "calls 0\nguest_utime 0\nguest_stime 0\nguest_rss 0\nmove_error 0\n");
}

static int setup(void **state)
{
	fakeroot_setup(state);
	memset(&meter, 0, sizeof(meter));
	load = (struct cluster_load) {
		.cpus = 1, .util = 100, .status = NODE_CONFIGURED | NODE_UP, .speed = 10000,
		.mem = 800u << 20, .rmem = 700u << 20, .tmem = 1000u << 20,
	};
	now = 100000;
	fakeroot_put("/run/omdiscd/x", "");
	fakeroot_put("/proc/stat", "cpu 1 2 3 4\nprocesses 10\n");
	fakeroot_put("/proc/hpc/admin/place", "");
	fakeroot_put("/proc/hpc/remote/x", "");
	balance_init(&b, true, 1);
	return 0;
}

static int teardown(void **state)
{
	balance_free(&b);
	return fakeroot_teardown(state);
}

/* An idle node that was heard a moment ago. */
static void hear_other(void)
{
	const struct figures f = {
		.id = OTHER, .cpus = 1, .speed = 10000, .status = 3,
		.mem = 800u << 20, .total = 1000u << 20,
	};

	balance_told(&b, &f, now - 300);
}

static void tick(void)
{
	now += 1000;
	hear_other();
	balance_tick(&b, now, SELF, &meter, &load);
}

static void test_parse_stat(void **state)
{
	struct proc p = { 0 };

	assert_int_equal(procs_parse_stat("7 (a) b (c) R 1 2 3 4 5 4194304 1 2 3 4 50 6 7 8 20 0 1 0 "
					  "123 4096 10 9\n", &p), 0);
	assert_string_equal(p.comm, "a) b (c");
	assert_true(p.runnable && !p.kernel && p.user == 50 && p.system == 6 && p.start == 123);
	assert_int_equal(procs_parse_stat("8 (k) S 0 0 0 0 -1 2129984 0 0 0 0 1 1 0 0 20 0 1 0 9 0 0\n",
					  &p), 0);
	assert_true(p.kernel);
	assert_int_equal(procs_parse_stat("", &p), -EINVAL);
	assert_int_equal(procs_parse_stat("7 (a) R 1 2", &p), -EINVAL);
	assert_int_equal(procs_parse_stat(")(", &p), -EINVAL);
}

static void test_parse_decay(void **state)
{
	unsigned int flags = 0;

	assert_true(procs_parse_decay("slow", &flags) > 0.974);
	assert_true(procs_parse_decay("none", &flags) > 0.999);
	assert_true(procs_parse_decay("own 10 500", &flags) < 0.951);
	assert_int_equal(flags, 0);
	procs_parse_decay("cpu", &flags);
	assert_int_equal(flags, JOB_CPU);
	procs_parse_decay("io", &flags);
	assert_int_equal(flags, JOB_IO);
}

static void test_running(void **state)
{
	/* seen processes count; without contention the CPU time; else the queue */
	assert_true(measure_running(1, 1.0, 9, 2.0, 1.0) < 2.01);
	assert_true(measure_running(4, 0.5, 9, 0.1, 0.1) < 2.01);
	assert_true(measure_running(1, 1.0, 4, 0.5, 0.2) > 3.99);
	assert_int_equal(measure_parse_pressure("some avg10=12.60 avg60=0.00\n"), 12);
	assert_int_equal(measure_parse_pressure("some avg10=nan\n"), 0);
	assert_int_equal(measure_parse_pressure("garbage"), 0);
}

static void test_speed(void **state)
{
	assert_int_equal(calibrate_speed(0), 10);
	assert_int_equal(calibrate_speed(1e300), 10000000);
	/* nearly equal machines are equal, twice as fast is nearly twice as fast */
	assert_int_equal(calibrate_speed(0.350), calibrate_speed(0.355));
	assert_in_range(calibrate_speed(0.7), 19000, 21000);
	fakeroot_put("/proc/hpc/admin/speed", "777\n");
	assert_int_equal(calibrate(), 0);
	assert_string_equal(fakeroot_get("/proc/hpc/admin/speed"), "777\n");
	fakeroot_put("/proc/hpc/admin/speed", "10000\n");
	assert_int_equal(calibrate(), 0);
	assert_true(atoi(fakeroot_get("/proc/hpc/admin/speed")) >= 10);
}

/* Two hogs on one CPU, and a sleeper; the other node is idle. */
static void test_move(void **state)
{
	unsigned int ticks = 500;

	make_proc(50, "hog", 'R', ticks);
	make_proc(51, "hog", 'R', ticks);
	make_proc(52, "sleeper", 'S', 3);
	for (int i = 0; i < 12 && !b.orders.count; i++) {
		tick();
		ticks += 50;
		put_proc(50, "hog", 'R', ticks);
		put_proc(51, "hog", 'R', ticks);
	}
	assert_int_equal(b.orders.count, 1);
	assert_in_range(b.own.running, 150, 210);
	assert_int_equal(atoi(get(b.orders.order[0].pid, "goto")), OTHER);
	assert_non_null(strstr(fakeroot_get("/run/omdiscd/thoughts"), "times as fast on node 2"));
	assert_null(strstr(fakeroot_get("/run/omdiscd/thoughts"), "52 "));
	assert_string_equal(fakeroot_get("/run/omdiscd/moves"), "");
	/* done: written down, once */
	put(b.orders.order[0].pid, "where", "2\n");
	put(b.orders.order[0].pid, "nmigs", "1\n");
	put(b.orders.order[0].pid, "goto", "0\n");
	tick();
	tick();
	assert_false(b.orders.order[0].under_way);
	assert_non_null(strstr(fakeroot_get("/run/omdiscd/moves"), " hog 1 2 balance it runs "));
	assert_ptr_equal(strchr(fakeroot_get("/run/omdiscd/moves"), '\n')[1], 0);
	assert_int_equal(procs_find(&b.procs, b.orders.order[0].pid)->flags & JOB_BY_HAND, 0);
}

/* The kernel refused: neither that node nor that process is tried again at once. */
static void test_refused(void **state)
{
	unsigned int ticks = 500;

	make_proc(50, "hog", 'R', ticks);
	make_proc(51, "hog", 'R', ticks);
	put(50, "hpcstat", "move_error 111\n");
	put(51, "hpcstat", "move_error 111\n");
	for (int i = 0; i < 12; i++) {
		tick();
		ticks += 50;
		put_proc(50, "hog", 'R', ticks);
		put_proc(51, "hog", 'R', ticks);
		put(50, "goto", "0\n");
		put(51, "goto", "0\n");
	}
	assert_true(orders_avoids(&b.orders, OTHER, now));
	assert_false(orders_avoids(&b.orders, OTHER, now + 40000));
	assert_int_equal(b.orders.count, 0);
	assert_string_equal(fakeroot_get("/run/omdiscd/moves"), "");
	assert_non_null(strstr(fakeroot_get("/run/omdiscd/thoughts"), "no other node takes it"));
}

static void test_switched_off(void **state)
{
	unsigned int ticks = 500;

	b.enabled = false;
	make_proc(50, "hog", 'R', ticks);
	make_proc(51, "hog", 'R', ticks);
	for (int i = 0; i < 12; i++) {
		tick();
		ticks += 50;
		put_proc(50, "hog", 'R', ticks);
		put_proc(51, "hog", 'R', ticks);
	}
	assert_int_equal(b.orders.count, 0);
	assert_string_equal(fakeroot_get("/run/omdiscd/thoughts"), "");
	/* it still tells what it has */
	assert_in_range(b.own.running, 150, 210);
}

static void test_by_hand(void **state)
{
	make_proc(50, "hog", 'R', 500);
	tick();
	put(50, "where", "2\n");
	put(50, "nmigs", "1\n");
	tick();
	assert_true(procs_find(&b.procs, 50)->flags & JOB_BY_HAND);
	make_proc(52, "hog", 'R', 5);
	put(52, "where", "2\n");
	put(52, "nmigs", "1\n");
	tick();
	assert_true(procs_find(&b.procs, 52)->flags & JOB_BY_HAND);
	/* started there by a token of ours: not by hand */
	make_proc(51, "cc", 'R', 5);
	tick();
	put(51, "where", "2\n");
	put(51, "nmigs", "1\n");
	put(51, "hpcstat", "placed 1\n");
	tick();
	assert_false(procs_find(&b.procs, 51)->flags & JOB_BY_HAND);
}

static void test_place(void **state)
{
	unsigned int ticks = 500;

	for (int i = 0; i < 6; i++) {
		char text[64];

		for (int pid = 50; pid < 54; pid++) {
			make_proc(pid, "cc", 'R', ticks);
			/* so that none of these moves: it is the next ones that are placed */
			put(pid, "lock", "1\n");
		}
		ticks += 25;
		snprintf(text, sizeof(text), "cpu 1\nprocesses %d\n", 10 + 8 * i);
		fakeroot_put("/proc/stat", text);
		tick();
	}
	assert_non_null(strstr(fakeroot_get("/proc/hpc/admin/place"), "2 "));
	/* nobody waits any more: nothing is handed out */
	load.util = 10;
	for (int pid = 50; pid < 54; pid++)
		put_proc(pid, "cc", 'S', ticks);
	for (int i = 0; i < 8; i++)
		tick();
	assert_string_equal(fakeroot_get("/proc/hpc/admin/place"), "\n");
}

static void test_blob(void **state)
{
	static struct balance other;
	uint8_t blob[BLOB_MAX];
	struct heard heard;
	size_t len;

	assert_int_equal(balance_blob(&b, now, blob), 0);
	make_proc(50, "hog", 'R', 500);
	tick();
	tick();
	len = balance_blob(&b, now, blob);
	assert_int_equal(len, BLOB_HEADER + 2 * BLOB_ENTRY);
	balance_init(&other, false, 1);
	other.self = 9;
	assert_int_equal(balance_heard(&other, 5000, blob, len), 0);
	assert_true(vector_find(&other.vector, SELF, &heard));
	assert_int_equal(heard.stamp, 5000);
	assert_int_equal(heard.figures->speed, 10000 & ~7);
	assert_true(vector_find(&other.vector, OTHER, &heard));
	assert_int_equal(heard.stamp, 4700);
	balance_forget(&other, OTHER);
	assert_false(vector_find(&other.vector, OTHER, &heard));
	assert_int_equal(balance_heard(&other, 5000, blob, len - 1), -EINVAL);
	blob[0]++;
	assert_int_equal(balance_heard(&other, 5000, blob, len), -EINVAL);
	/* quiet: neither tells nor listens */
	load.status |= NODE_QUIET;
	tick();
	assert_int_equal(balance_blob(&b, now, blob), 0);
	assert_false(vector_find(&b.vector, OTHER, &heard));
	balance_free(&other);
}

static void test_numbers(void **state)
{
	for (unsigned int i = 0; i < 64; i++) {
		uint64_t value = UINT64_C(0x9e3779b97f4a7c15) >> i;
		uint64_t back = blob_unpack(blob_pack(value));

		/* a thousandth is lost at most, and what is too large is the largest */
		if (i >= 22)
			assert_true(back <= value && value - back <= value >> 10);
	}
	assert_int_equal(blob_pack(0), 0);
	assert_int_equal(blob_unpack(blob_pack(2047)), 2047);
	assert_true(blob_unpack(blob_pack(UINT64_MAX)) == UINT64_C(2047) << 31);
}

static void test_vector(void **state)
{
	static struct vector v;
	struct heard newest[24], all[VECTOR_SIZE];
	struct figures f = { .cpus = 1, .speed = 1 };

	for (unsigned int i = 1; i <= 2000; i++) {
		f.id = i;
		vector_put(&v, &f, 1000 + i);
	}
	assert_int_equal(vector_newest(&v, 5000, newest, 24), 24);
	for (int i = 0; i < 24; i++)
		assert_int_equal(newest[i].figures->id, 2000 - i);
	assert_int_equal(vector_all(&v, 5000, all), VECTOR_SIZE);
	for (int i = 1; i < VECTOR_SIZE; i++)
		assert_true(all[i].figures->id > all[i - 1].figures->id);
	f.id = 2000;
	assert_false(vector_put(&v, &f, 2999));
	assert_true(vector_put(&v, &f, 3001));
	/* nobody believes what is too old */
	assert_int_equal(vector_all(&v, 3000 + VECTOR_AGE_MAX + 1, all), 1);
}

static void test_costs(void **state)
{
	fakeroot_put("/run/omdiscd/costs", "2 300 110 40\n3 0 1 1\nrubbish\n4 1000 10 200\n");
	gather_costs(&b);
	assert_int_equal(b.costs, 2);
	assert_int_equal(b.cost[1].node, 4);
	assert_true(b.cost[1].costs.bandwidth > 9.9e6 && b.cost[1].costs.move > 0.19);
}

static void test_record(void **state)
{
	static struct record r;
	struct order order = { .pid = 5, .from = 1, .to = 2, .comm = "a b\nc", .text = "why" };
	char *text;
	unsigned int lines = 0;

	for (int i = 0; i < 2500; i++) {
		order.pid = i + 1;
		assert_int_equal(record_move(&r, &order), 0);
	}
	text = strdup(fakeroot_get("/run/omdiscd/moves"));
	for (char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, 1000, 1200);
	assert_non_null(strstr(text, " 2500 a_b_c 1 2 balance why\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse_stat),
		cmocka_unit_test(test_parse_decay),
		cmocka_unit_test(test_running),
		cmocka_unit_test_setup_teardown(test_speed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_move, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_switched_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_hand, setup, teardown),
		cmocka_unit_test_setup_teardown(test_place, setup, teardown),
		cmocka_unit_test_setup_teardown(test_blob, setup, teardown),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_vector),
		cmocka_unit_test_setup_teardown(test_costs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_record, setup, teardown),
	};

	return cmocka_run_group_tests_name("balance", tests, NULL, NULL);
}
