// SPDX-License-Identifier: GPL-2.0
/*
 * Pools: the words of the settings, the decision (each minute of the week against a plain
 * reckoning), whether somebody is there (devices are FIFOs, terminals files), and what is done.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/input.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/file.h"
#include "omdiscd/lend.h"
#include "tests/fakeroot.h"

enum { SUN, MON, TUE, WED, THU, FRI, SAT };

static struct pool_settings hours(const char *text)
{
	struct pool_settings pool = { .kind = POOL_ADAPTIVE };

	assert_int_equal(pool_parse_hours(text, &pool), 0);
	return pool;
}

static void test_kinds(void **state)
{
	enum pool_kind kind;

	for (unsigned int i = POOL_SINGLE; i <= POOL_ADAPTIVE; i++) {
		assert_int_equal(pool_parse_kind(pool_kind_name(i), &kind), 0);
		assert_int_equal(kind, i);
	}
	assert_int_equal(pool_parse_kind("", &kind), -EINVAL);
	assert_int_equal(pool_parse_kind("adaptiv", &kind), -EINVAL);
}

static void test_hours(void **state)
{
	static const char * const bad[] = {
		"", " ", "mon-", "-fri", "18:00", "18:00-", "18:00-18:00", "25:00-26:00", "24:00-08:00",
		"18:60-20:00", "1:00-2:00", "mon 18-20", "mon,", ",mon", "monday", "mon 18:00-08:00 sat", "mon18",
		"mon-fri-sat", "18:00-08:00x", "24:01-01:00", "00:00-24:01",
	};
	struct pool_settings pool = hours("mon-fri 18:00-08:00, sat ,SUN");

	assert_int_equal(pool.spans, 3);
	assert_int_equal(pool.span[0].days, 0x3e);
	assert_int_equal(pool.span[0].from, 18 * 60);
	assert_int_equal(pool.span[0].to, 8 * 60);
	assert_int_equal(pool.span[1].days, 1 << SAT);
	assert_int_equal(pool.span[2].to, 24 * 60);
	assert_int_equal(hours("fri-mon").span[0].days, 1 << FRI | 1 << SAT | 1 << SUN | 1 << MON);
	assert_int_equal(hours("00:00-24:00").span[0].days, 0x7f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!pool_parse_hours(bad[i], &pool))
			fail_msg("'%s' was taken for hours", bad[i]);
	assert_int_equal(pool_parse_hours("mon,tue,wed,thu,fri,sat,sun,mon,tue,wed,thu,fri,sat,sun,mon,"
					  "tue,wed", &pool), -E2BIG);
}

/* Minutes since Sunday 00:00, counted through: is one of them within a span that began before? */
static bool plainly_in(const struct pool_settings *pool, unsigned int at)
{
	const unsigned int day = 24 * 60, week = 7 * day;

	for (size_t i = 0; i < pool->spans; i++) {
		const struct pool_span *s = &pool->span[i];
		unsigned int length = (s->to + day - s->from) % day;

		if (!length)	/* 00:00-24:00 */
			length = day;
		for (unsigned int d = 0; d < 7; d++)
			if (s->days & 1 << d && (at + week - (d * day + s->from)) % week < length)
				return true;
	}
	return false;
}

static void test_every_minute(void **state)
{
	static const char * const texts[] = {
		"mon-fri 18:00-08:00,sat,sun", "00:00-00:01", "23:59-00:00", "sat 22:00-06:00",
		"fri-mon 12:00-11:59", "wed 00:00-24:00,thu 07:30-07:31",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct pool_settings pool = hours(texts[i]);

		for (unsigned int at = 0; at < 7 * 24 * 60; at++)
			if (pool_in_hours(&pool, at / 1440, at % 1440) != plainly_in(&pool, at))
				fail_msg("'%s', day %u minute %u", texts[i], at / 1440, at % 1440);
	}
}

static void expect(const struct pool_settings *pool, unsigned int weekday, unsigned int hour,
		   uint64_t idle, enum pool_reason reason)
{
	struct pool_view view = { .weekday = weekday, .minute = hour * 60, .idle = idle };

	assert_int_equal(pool_decide(pool, &view), reason);
}

static void test_decision(void **state)
{
	struct pool_settings pool = { .kind = POOL_SINGLE };

	expect(&pool, MON, 12, 0, POOL_ALWAYS);
	pool.kind = POOL_SERVER;
	expect(&pool, MON, 12, 0, POOL_ALWAYS);
	pool.kind = POOL_CLIENT;
	expect(&pool, MON, 3, UINT64_MAX, POOL_NEVER);

	pool = hours("mon-fri 18:00-08:00,sat,sun");
	expect(&pool, MON, 12, UINT64_MAX, POOL_OFF_HOURS);
	expect(&pool, MON, 18, UINT64_MAX, POOL_HOURS);
	expect(&pool, SAT, 7, POOL_RETURN_S, POOL_HOURS);
	expect(&pool, MON, 7, POOL_RETURN_S, POOL_OFF_HOURS);	/* Sunday's hours end at midnight */
	expect(&pool, SAT, 7, POOL_RETURN_S - 1, POOL_USED);
	expect(&pool, SAT, 7, 0, POOL_USED);

	pool.idle = 1800;
	expect(&pool, MON, 12, 1799, POOL_USED);
	expect(&pool, MON, 12, 1800, POOL_UNUSED);
	expect(&pool, SAT, 12, POOL_RETURN_S, POOL_HOURS);
	pool.idle = 60;
	expect(&pool, SAT, 12, 60, POOL_HOURS);
	expect(&pool, SAT, 12, 59, POOL_USED);

	pool.spans = 0;
	expect(&pool, SAT, 12, 59, POOL_USED);
	expect(&pool, SAT, 12, 60, POOL_UNUSED);
}

/* At no hour, and for no length of absence, is a node open while somebody uses it. */
static void test_user_first(void **state)
{
	struct pool_settings pool = hours("mon-fri 18:00-08:00,sat,sun");

	for (pool.idle = 0; pool.idle < 1000; pool.idle += 100)
		for (unsigned int at = 0; at < 7 * 24 * 60; at += 7) {
			struct pool_view view = { .weekday = at / 1440, .minute = at % 1440 };

			assert_false(pool_is_open(pool_decide(&pool, &view)));
		}
}

static int make_device(const char *name)
{
	char path[PATH_MAX], full[PATH_MAX];

	snprintf(path, sizeof(path), "/dev/input/%s", name);
	assert_int_equal(file_path(full, sizeof(full), path), 0);
	assert_int_equal(mkfifo(full, 0600), 0);
	return open(full, O_RDWR | O_NONBLOCK);
}

static void make_dev(void)
{
	assert_int_equal(file_mkdir("/dev", 0755), 0);
	assert_int_equal(file_mkdir("/dev/input", 0755), 0);
	assert_int_equal(file_mkdir("/dev/pts", 0755), 0);
	assert_int_equal(file_mkdir("/run", 0755), 0);
	assert_int_equal(file_mkdir("/run/omdiscd", 0755), 0);
}

static void send_event(int fd, unsigned int type)
{
	struct input_event event = { .type = type, .code = 30, .value = 1 };

	assert_int_equal(write(fd, &event, sizeof(event)), sizeof(event));
}

static bool is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static void test_devices(void **state)
{
	struct presence p;
	int keyboard, mouse, other;

	make_dev();
	keyboard = make_device("event0");
	other = make_device("mice");
	assert_int_equal(presence_open(&p, 1000), 0);
	assert_int_equal(presence_idle(&p, 61000), 60);
	send_event(other, EV_KEY);
	assert_false(is_ready(p.fd));
	send_event(keyboard, EV_SYN);
	assert_true(is_ready(p.fd));
	assert_false(presence_read(&p, 61000));
	assert_false(is_ready(p.fd));
	send_event(keyboard, EV_KEY);
	assert_true(presence_read(&p, 62000));
	assert_int_equal(presence_idle(&p, 62999), 0);
	assert_false(presence_read(&p, 63000));

	/* one that is plugged in later, and gets its mode after that */
	mouse = make_device("event7");
	assert_int_equal(fchmod(mouse, 0640), 0);
	assert_false(presence_read(&p, 64000));
	send_event(mouse, EV_REL);
	assert_true(presence_read(&p, 65000));

	/* and one that is pulled out: it does not wake us for ever */
	close(mouse);
	presence_read(&p, 66000);
	assert_false(is_ready(p.fd));
	close(keyboard);
	close(other);
	presence_close(&p);
}

static void set_access(const char *path, time_t when)
{
	struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	char full[PATH_MAX];

	assert_int_equal(file_path(full, sizeof(full), path), 0);
	assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
}

static void test_terminals(void **state)
{
	struct presence p;

	make_dev();
	fakeroot_put("/dev/tty", "");
	fakeroot_put("/dev/tty1", "");
	fakeroot_put("/dev/pts/0", "");
	fakeroot_put("/dev/pts/ptmx", "");
	set_access("/dev/tty1", 5000);
	set_access("/dev/pts/0", 4000);
	set_access("/dev/tty", 3000);
	set_access("/dev/pts/ptmx", 3000);
	assert_int_equal(presence_open(&p, 0), 0);
	assert_false(presence_look(&p, 1000));
	set_access("/dev/tty", 9000);
	set_access("/dev/pts/ptmx", 9000);
	assert_false(presence_look(&p, 2000));
	set_access("/dev/pts/0", 5008);
	assert_true(presence_look(&p, 3000));
	assert_false(presence_look(&p, 4000));
	assert_int_equal(presence_idle(&p, 9000), 6);
	/* the clock was set back: that is nobody, and what comes after it counts again */
	set_access("/dev/pts/0", 10);
	set_access("/dev/tty1", 5);
	assert_false(presence_look(&p, 5000));
	set_access("/dev/tty1", 18);
	assert_true(presence_look(&p, 6000));
	presence_close(&p);
}

static int number_in(const char *path)
{
	char text[16] = "";

	file_read(path, text, sizeof(text));
	return text[0] == '1';
}

static void wait_for_expel(int want)
{
	for (int i = 0; i < 500 && number_in("/proc/hpc/admin/expel") != want; i++)
		usleep(10000);
	assert_int_equal(number_in("/proc/hpc/admin/expel"), want);
}

static void test_open_and_closed(void **state)
{
	struct pool_settings pool = { .kind = POOL_ADAPTIVE, .idle = 60 };
	struct lend l;
	char text[160];
	int keyboard;

	make_dev();
	fakeroot_put("/proc/hpc/admin/block", "0\n");
	fakeroot_put("/proc/hpc/admin/expel", "0\n");
	keyboard = make_device("event0");
	assert_int_equal(lend_open(&l, &pool, 0), 0);
	lend_tick(&l, 1000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 1);
	wait_for_expel(1);
	assert_true(file_read("/run/omdiscd/pool", text, sizeof(text)) > 0);
	assert_ptr_equal(strstr(text, "adaptive closed: "), text);

	fakeroot_put("/proc/hpc/admin/expel", "0\n");
	lend_tick(&l, 60000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 0);
	assert_int_equal(number_in("/proc/hpc/admin/expel"), 0);
	assert_true(file_read("/run/omdiscd/pool", text, sizeof(text)) > 0);
	assert_ptr_equal(strstr(text, "adaptive open: "), text);

	/* what an administrator sets holds until the decision changes */
	fakeroot_put("/proc/hpc/admin/block", "1\n");
	lend_tick(&l, 61000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 1);
	fakeroot_put("/proc/hpc/admin/block", "0\n");

	/* the first key, not the next tick */
	send_event(keyboard, EV_KEY);
	assert_true(is_ready(lend_fd(&l)));
	lend_read(&l, 62000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 1);
	wait_for_expel(1);
	close(keyboard);
	lend_close(&l);
	assert_int_equal(file_exists("/run/omdiscd/pool"), -ENOENT);
}

static void test_other_pools(void **state)
{
	struct pool_settings pool = { .kind = POOL_SERVER };
	struct lend l;

	make_dev();
	fakeroot_put("/proc/hpc/admin/block", "1\n");
	fakeroot_put("/proc/hpc/admin/expel", "0\n");
	assert_int_equal(lend_open(&l, &pool, 0), 0);
	assert_int_equal(lend_fd(&l), -1);
	lend_tick(&l, 1000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 1);
	lend_close(&l);
	fakeroot_put("/proc/hpc/admin/block", "0\n");
	pool.kind = POOL_CLIENT;
	assert_int_equal(lend_open(&l, &pool, 0), 0);
	lend_tick(&l, 1000);
	assert_int_equal(number_in("/proc/hpc/admin/block"), 1);
	wait_for_expel(1);
	lend_close(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_hours),
		cmocka_unit_test(test_every_minute),
		cmocka_unit_test(test_decision),
		cmocka_unit_test(test_user_first),
		cmocka_unit_test_setup_teardown(test_devices, fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(test_terminals, fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(test_open_and_closed, fakeroot_setup, fakeroot_teardown),
		cmocka_unit_test_setup_teardown(test_other_pools, fakeroot_setup, fakeroot_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
