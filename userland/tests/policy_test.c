// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the balancing policy: each rule on a snapshot made for it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lib/node.h"
#include "policy/decide.h"
#include "policy/limit.h"
#include "policy/place.h"
#include "policy/usage.h"

#define NODES	6
#define JOBS	40
#define MIB	(1024.0 * 1024)

static struct peer peer[NODES];
static struct job job[JOBS];
static struct recent recent[4];
static struct snapshot s;
static struct decision decision[64];
static struct thought thought[64];
static struct verdict v;

/* Six equal idle nodes; this is node 1. */
static int setup(void **state)
{
	memset(job, 0, sizeof(job));
	memset(recent, 0, sizeof(recent));
	for (int i = 0; i < NODES; i++)
		peer[i] = (struct peer) {
			.id = i + 1, .status = NODE_CONFIGURED | NODE_UP, .cpus = 1, .speed = 1,
			.mem = 3000 * MIB, .total = 4000 * MIB, .age = i ? 0.5 : 0,
		};
	s = (struct snapshot) {
		.seed = 1, .self = 1, .peers = NODES, .peer = peer, .job = job, .recent = recent,
		.settings = snapshot_defaults(),
	};
	v = (struct verdict) {
		.decision = decision, .decisions_max = 64, .thought = thought, .thoughts_max = 64,
	};
	return 0;
}

/* Programs that have computed for ten seconds, at home. */
static void start(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		job[s.jobs++] = (struct job) {
			.pid = 100 + s.jobs, .home = 1, .where = 1, .demand = 1, .used = 10,
			.rss = 10 * MIB, .rested = 10,
		};
	peer[0].running += count;
}

static size_t decided(void)
{
	assert_int_equal(decide(&s, &v), 0);
	return v.decisions;
}

/* How many go in the mean of many throws. */
static double decided_mean(void)
{
	size_t sum = 0;

	for (s.seed = 1; s.seed <= 200; s.seed++)
		sum += decided();
	return sum / 200.0;
}

static void test_idle(void **state)
{
	assert_int_equal(decided(), 0);
	start(1);
	assert_int_equal(decided(), 0);
	assert_int_equal(v.thoughts, 1);
	assert_memory_equal(thought[0].text, "it would run 1.00 times as fast on node ", 40);
	assert_non_null(strstr(thought[0].text, "; 1.50 times would be a reason to move"));
}

static void test_contended(void **state)
{
	start(2);
	for (int i = 2; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].to, 2);
	assert_int_equal(decision[0].cause, CAUSE_BALANCE);
	assert_non_null(strstr(decision[0].text, "it runs 2.0 times as fast on node 2 (0.0 running"));
	assert_true(decision[0].benefit > 9 && decision[0].cost < 0.2);
	/* a reason for each that was considered */
	assert_int_equal(v.thoughts, 2);
}

static void test_too_young(void **state)
{
	start(2);
	job[0].used = job[1].used = 0.1;
	assert_int_equal(decided(), 0);
	assert_non_null(strstr(thought[0].text, "after 0.1 s of CPU"));
}

static void test_flags(void **state)
{
	start(3);
	job[0].flags = JOB_LOCKED;
	job[1].flags = JOB_CANTMOVE;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].job, 2);
	peer[0].status |= NODE_STAY;
	assert_int_equal(decided(), 0);
	peer[0].status = NODE_UP | NODE_LSTAY;
	assert_int_equal(decided(), 0);
	peer[0].status = NODE_UP | NODE_QUIET;
	assert_int_equal(decided(), 0);
	/* with lstay those that are away may still go on */
	peer[0].status = NODE_UP | NODE_LSTAY;
	peer[0].running = 0;
	for (int i = 0; i < 3; i++) {
		job[i].where = 2;
		job[i].flags = 0;
	}
	peer[1].running = peer[1].guests = 3;
	assert_true(decided() > 0);
}

static void test_targets(void **state)
{
	static const struct mask_range three = { 3, 3 };

	start(4);
	for (int i = 1; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	assert_int_equal(decided(), 0);
	assert_string_equal(thought[0].text, "no other node takes it");
	peer[4].status = NODE_UP | FIGURES_FULL;
	peer[3].status = NODE_UP;
	peer[3].mem = 100 * MIB;
	assert_int_equal(decided(), 0);
	peer[3].mem = 3000 * MIB;
	assert_true(decided() > 0);
	for (size_t i = 0; i < v.decisions; i++)
		assert_int_equal(decision[i].to, 4);
	for (int i = 0; i < 4; i++)
		job[i].mask = (struct mask) { MASK_ALLOW, 1, &three };
	assert_int_equal(decided(), 0);
	peer[2].status = NODE_UP;
	assert_true(decided() > 0);
	assert_int_equal(decision[0].to, 3);
	for (int i = 0; i < 4; i++)
		job[i].mask.mode = MASK_DENY;
	assert_true(decided() > 0);
	assert_int_equal(decision[0].to, 4);
}

static void test_masks(void **state)
{
	struct mask_range range[MASK_RANGES_MAX];

	assert_int_equal(mask_parse("1,3-5", range), 2);
	assert_true(range[1].from == 3 && range[1].to == 5);
	assert_int_equal(mask_parse("", range), 0);
	assert_int_equal(mask_parse("0", range), -EINVAL);
	assert_int_equal(mask_parse("65536", range), -EINVAL);
	assert_int_equal(mask_parse("5-3", range), -EINVAL);
	assert_int_equal(mask_parse("1,", range), -EINVAL);
	assert_int_equal(mask_parse("1-", range), -EINVAL);
}

static void test_speed(void **state)
{
	start(1);
	peer[3].speed = 1.3;
	assert_int_equal(decided(), 0);
	peer[3].speed = 3;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].to, 4);
	/* what somebody put there stays for a minute */
	job[0].flags = JOB_BY_HAND;
	job[0].moves = 1;
	assert_int_equal(decided(), 0);
	assert_non_null(strstr(thought[0].text, "having been moved by hand"));
}

static void test_rest(void **state)
{
	start(3);
	for (int i = 0; i < 3; i++) {
		job[i].moves = 4;
		job[i].rested = 20;
	}
	assert_int_equal(decided(), 0);
	assert_non_null(strstr(thought[0].text, "it rests for 32 s"));
	for (int i = 0; i < 3; i++)
		job[i].rested = 33;
	assert_true(decided() > 0);
	/* but never back to where it came from */
	for (int i = 0; i < 3; i++)
		job[i].before = 2;
	for (int i = 2; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	assert_int_equal(decided(), 0);
	for (int i = 0; i < 3; i++)
		job[i].rested = 61;
	assert_true(decided() > 0);
	assert_int_equal(decision[0].to, 2);
}

static void test_calls(void **state)
{
	start(3);
	for (int i = 0; i < 3; i++)
		job[i].calls = 20000;
	assert_int_equal(decided(), 0);
	/* away with so many calls: home, where it is no worse */
	setup(state);
	start(1);
	peer[0].running = 0;
	peer[1].running = 1;
	job[0].where = 2;
	job[0].calls = 5000;
	job[0].moves = 1;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].to, 1);
	assert_int_equal(decision[0].cause, CAUSE_CALLS);
	assert_non_null(strstr(decision[0].text, "5000 calls for home"));
	job[0].flags = JOB_CPU;
	assert_int_equal(decided(), 0);
}

static void test_gateway(void **state)
{
	start(4);
	peer[0].zone = 1;
	for (int i = 1; i < NODES; i++)
		peer[i].zone = 2;
	peer[2].zone = 1;
	for (int i = 0; i < 4; i++)
		job[i].calls = 400;
	assert_true(decided() > 0);
	assert_int_equal(decision[0].to, 3);
	peer[2].status |= NODE_BLOCK;
	assert_true(decided() > 0);
	s.settings.cross_gateways = false;
	assert_int_equal(decided(), 0);
}

static void test_reservation(void **state)
{
	start(3);
	for (int i = 2; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	assert_int_equal(decided(), 1);
	/* two that are under way to node 2 already */
	s.recents = 2;
	for (int i = 0; i < 2; i++)
		recent[i] = (struct recent) {
			.pid = 7 + i, .from = 1, .to = 2, .demand = 1, .under_way = true,
		};
	peer[0].running = 5;
	assert_true(decided_mean() < 0.05);
	/* long done: the figures show it, and they say idle */
	recent[0].under_way = recent[1].under_way = false;
	recent[0].ago = recent[1].ago = 25;
	peer[0].running = 3;
	assert_true(decided_mean() > 0.9);
}

/* One idle node and many that have too much: each gives it a part of one process, in the mean. */
static void test_herd(void **state)
{
	double alone, crowd;

	start(3);
	for (int i = 2; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	alone = decided_mean();
	for (int i = 2; i < NODES; i++) {
		peer[i].status = NODE_UP;
		peer[i].running = 3;
	}
	crowd = decided_mean();
	assert_true(alone > 0.9);
	assert_true(crowd < alone / 3);
	assert_true(crowd > 0);
}

static void test_targets_differ(void **state)
{
	bool seen[NODES + 1] = { false };
	int count = 0;

	start(2);
	for (s.seed = 1; s.seed < 100; s.seed++)
		if (decided())
			seen[decision[0].to] = true;
	for (int i = 2; i <= NODES; i++)
		count += seen[i];
	assert_int_equal(count, NODES - 1);
}

static void test_memory(void **state)
{
	start(1);
	start(1);
	peer[0].running = 0;
	job[0].demand = job[1].demand = 0;
	job[0].rss = 2000 * MIB;
	job[1].rss = 600 * MIB;
	peer[0].mem = 1000 * MIB;
	assert_int_equal(decided(), 0);
	/* it will be gone in a few seconds: the smallest that is enough goes */
	s.slope = -180 * MIB;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].job, 1);
	assert_int_equal(decision[0].cause, CAUSE_MEMORY);
	assert_non_null(strstr(decision[0].text, "has only 1000 of 4000 MiB free (-180.0 MiB/s); its "
			       "600 MiB go to node"));
	/* guests as well, and nobody while no one else has plenty */
	job[1].flags = JOB_GUEST;
	job[1].home = 3;
	assert_int_equal(decided(), 1);
	for (int i = 1; i < NODES; i++)
		peer[i].mem = 1000 * MIB;
	assert_int_equal(decided(), 0);
}

static void test_limits(void **state)
{
	struct limits limits = { .load = 250, .load_mode = LIMIT_ALL };
	struct limit_use use = { .local = 1, .guests = 0, .cpus = 1, .speed = 1 };

	assert_int_equal(limit_status(&limits, &use), 0);
	use.guests = 1;
	assert_int_equal(limit_status(&limits, &use), FIGURES_FULL);
	use.guests = 2;
	assert_int_equal(limit_status(&limits, &use), FIGURES_FULL | FIGURES_OVER);
	limits.load_mode = LIMIT_GUESTS;
	assert_int_equal(limit_status(&limits, &use), FIGURES_FULL);
	limits = (struct limits) { .cpu = 50, .cpu_mode = LIMIT_GUESTS };
	use.guest_cpu = 0.6;
	assert_int_equal(limit_status(&limits, &use), FIGURES_FULL | FIGURES_OVER);
	/* who is over sends guests home, and homes take theirs back */
	start(1);
	job[0].where = 2;
	peer[1].status |= FIGURES_OVER;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].cause, CAUSE_LIMIT);
	assert_int_equal(decision[0].to, 1);
	peer[1].status = peer[2].status;
	peer[0].status |= FIGURES_OVER;
	job[0] = (struct job) { .pid = 9, .flags = JOB_GUEST, .home = 4, .where = 1, .demand = 1 };
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].to, 4);
}

static void test_asked(void **state)
{
	start(2);
	job[0].used = job[1].used = 0.5;
	job[0].moves = job[1].moves = 3;
	job[0].rested = job[1].rested = 0;
	assert_int_equal(decided(), 0);
	job[1].flags = JOB_ASKED;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].job, 1);
}

static void test_network(void **state)
{
	start(20);
	for (int i = 0; i < 20; i++)
		job[i].rss = 150e6;
	/* two seconds of a gigabit are about two of these, however many could go */
	assert_in_range(decided(), 1, 3);
}

static void test_measured_costs(void **state)
{
	start(2);
	for (int i = 1; i < NODES; i++)
		peer[i].costs = (struct costs) { .move = 20, .call = 0.01, .bandwidth = 1e6, .gateway = 1 };
	assert_int_equal(decided(), 0);
	peer[4].costs.move = 0.02;
	peer[4].costs.bandwidth = 1e9;
	assert_int_equal(decided(), 1);
	assert_int_equal(decision[0].to, 5);
}

static void test_place(void **state)
{
	struct place place[PLACE_MAX];
	unsigned int here = 0, there = 0;

	start(1);
	assert_int_equal(place_quota(&s, 10, 1, place), 0);
	start(3);
	for (int i = 3; i < NODES; i++)
		peer[i].status |= NODE_BLOCK;
	for (size_t i = 0, count = place_quota(&s, 9, 1, place); i < count; i++) {
		assert_in_range(place[i].node, 1, 3);
		*(place[i].node == 1 ? &here : &there) += place[i].count;
	}
	/* nine start in a second, a third of them here; and what the two idle ones lack */
	assert_in_range(here, 3, 3);
	assert_in_range(there, 6, 9);
	peer[0].status |= NODE_STAY;
	assert_int_equal(place_quota(&s, 9, 1, place), 0);
	peer[0].status = NODE_UP;
	peer[1].running = peer[2].running = 4;
	assert_int_equal(place_quota(&s, 9, 1, place), 0);
}

static void test_usage(void **state)
{
	struct usage slow = { 0 }, fast = { 0 };

	for (int i = 0; i < 20; i++)
		usage_update(&slow, 1, 0.5, 0.5, 1000, USAGE_SLOW);
	assert_true(slow.demand > 0.99 && slow.demand < 1.01);
	assert_true(usage_calls(&slow, 7) > 1990 && usage_calls(&slow, 7) < 2010);
	fast = slow;
	for (int i = 0; i < 20; i++) {
		usage_update(&slow, 1, 0.5, 0.5, 0, USAGE_SLOW);
		usage_update(&fast, 1, 0.5, 0.5, 0, USAGE_FAST);
	}
	assert_true(usage_calls(&fast, 7) < 0.7 * usage_calls(&slow, 7));
	/* at home nobody counts: what was learned stays, and where nothing was, the guess */
	usage_update(&fast, 1, 1, 0, -1, USAGE_FAST);
	slow = (struct usage) { 0 };
	assert_true(usage_calls(&fast, 7) > 0);
	assert_true(usage_calls(&slow, 7) > 6.99 && usage_calls(&slow, 7) < 7.01);
}

static void test_unknown(void **state)
{
	start(2);
	s.self = 99;
	assert_int_equal(decide(&s, &v), -ENOENT);
	s.self = 1;
	/* on a node of which nothing is known it is left alone */
	job[0].where = job[1].where = 77;
	assert_int_equal(decided(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_idle, setup),
		cmocka_unit_test_setup(test_contended, setup),
		cmocka_unit_test_setup(test_too_young, setup),
		cmocka_unit_test_setup(test_flags, setup),
		cmocka_unit_test_setup(test_targets, setup),
		cmocka_unit_test(test_masks),
		cmocka_unit_test_setup(test_speed, setup),
		cmocka_unit_test_setup(test_rest, setup),
		cmocka_unit_test_setup(test_calls, setup),
		cmocka_unit_test_setup(test_gateway, setup),
		cmocka_unit_test_setup(test_reservation, setup),
		cmocka_unit_test_setup(test_herd, setup),
		cmocka_unit_test_setup(test_targets_differ, setup),
		cmocka_unit_test_setup(test_memory, setup),
		cmocka_unit_test_setup(test_limits, setup),
		cmocka_unit_test_setup(test_asked, setup),
		cmocka_unit_test_setup(test_network, setup),
		cmocka_unit_test_setup(test_measured_costs, setup),
		cmocka_unit_test_setup(test_place, setup),
		cmocka_unit_test(test_usage),
		cmocka_unit_test_setup(test_unknown, setup),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
