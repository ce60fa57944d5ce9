// SPDX-License-Identifier: GPL-2.0
/*
 * Properties of membership (userland/swim) in virtual time: many nodes, losses, links of one
 * direction, partitions, slow nodes, ids, and the numbers that are promised: how fast news is, and
 * that a node's bytes do not grow with the cluster.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/swarm.h"

#define SEEDS	4

static struct swarm w;

static void begin(uint64_t seed, unsigned int nodes)
{
	swarm_init(&w, seed, nodes);
	swarm_start_all(&w);
}

static void begin_cluster(uint64_t seed, unsigned int nodes, uint64_t ms)
{
	begin(seed, nodes);
	assert_true(swarm_until(&w, swarm_agree, ms));
	/* a few rounds more: no news is under way */
	swarm_run(&w, 5000);
}

/* A second of a cluster in which everybody tells his load. */
static void second(void)
{
	static const uint8_t load[SWIM_LOAD_MAX];

	for (unsigned int i = 0; i < w.count; i++)
		if (w.node[i].swim)
			swim_send_load(w.node[i].swim, w.now_ms, load, sizeof(load));
	swarm_run(&w, 1000);
}

static void test_few(void **state)
{
	for (uint64_t seed = 1; seed <= 5 * SEEDS; seed++) {
		begin(seed, 2 + seed % 7);
		assert_true(swarm_until(&w, swarm_agree, 4000));
		swarm_run(&w, 60000);
		assert_true(swarm_agree(&w));
		assert_int_equal(swarm_sum(&w, SWIM_COUNT_SUSPECTED), 0);
		assert_int_equal(swarm_sum(&w, SWIM_COUNT_MALFORMED), 0);
		swarm_free(&w);
	}
}

static unsigned int in_state(unsigned int victim, int wanted)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < w.count; i++)
		count += i != victim && w.node[i].swim && swarm_state(&w, i, victim) == wanted;
	return count;
}

static uint64_t ms_until(unsigned int victim, int wanted, unsigned int nodes, uint64_t limit)
{
	uint64_t start = w.now_ms;

	while (in_state(victim, wanted) < nodes && w.now_ms - start < limit)
		swarm_run(&w, 10);
	return w.now_ms - start;
}

/* A death is seen within seconds, by all; the others stay; it returns under its id. */
static void test_death(void **state)
{
	for (unsigned int n = 2; n <= 64; n *= 2) {
		uint64_t died = 0;
		unsigned int id;

		begin_cluster(n, n, 20000);
		id = swim_id(w.node[0].swim);
		swarm_kill(&w, 0);
		assert_true(ms_until(0, SWIM_DEAD, n - 1, 20000) < 8000);
		died = swarm_sum(&w, SWIM_COUNT_DIED);
		assert_true(died == n - 1);
		swarm_start(&w, 0);
		assert_true(swarm_until(&w, swarm_agree, 4000));
		assert_int_equal(swim_id(w.node[0].swim), id);
		swarm_free(&w);
	}
}

static void test_leave(void **state)
{
	begin_cluster(5, 64, 20000);
	swarm_leave(&w, 7);
	assert_true(ms_until(7, SWIM_LEFT, 63, 5000) < 1500);
	swarm_run(&w, 20000);
	assert_int_equal(in_state(7, SWIM_LEFT), 63);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_SUSPECTED), 0);
	swarm_start(&w, 7);
	assert_true(swarm_until(&w, swarm_agree, 4000));
	swarm_free(&w);
}

/* Killed and started before anybody noticed. */
static void test_restart(void **state)
{
	unsigned int id;
	uint32_t at;

	begin_cluster(6, 16, 10000);
	id = swim_id(w.node[3].swim);
	swarm_kill(&w, 3);
	swarm_run(&w, 300);
	swarm_start(&w, 3);
	assert_true(swarm_until(&w, swarm_agree, 5000));
	assert_int_equal(swim_id(w.node[3].swim), id);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 0);
	for (unsigned int i = 0; i < 16; i++) {
		if (i == 3)
			continue;
		at = swim_find(w.node[i].swim, w.node[3].config.key);
		assert_true(swim_member(w.node[i].swim, at)->cut);
	}
	swarm_free(&w);
}

/* A twentieth of all datagrams is lost, for five minutes of 64 nodes: nobody dies of it. */
static void test_loss(void **state)
{
	swarm_init(&w, 8, 64);
	w.loss = 0.05;
	w.delay_ms = 20;
	swarm_start_all(&w);
	assert_true(swarm_until(&w, swarm_agree, 30000));
	swarm_run(&w, 300000);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 0);
	assert_true(swarm_until(&w, swarm_agree, 5000));
	swarm_free(&w);
}

/* 3 does not reach 0..9 directly, though they reach it; and 12 and 13 do not hear each other. */
static bool one_way(const struct swarm *s, unsigned int from, unsigned int to)
{
	return (from == 3 && to < 10) || (from == 12 && to == 13) || (from == 13 && to == 12);
}

static void test_asymmetry(void **state)
{
	begin_cluster(9, 32, 20000);
	w.blocked = one_way;
	swarm_run(&w, 300000);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 0);
	assert_true(swarm_sum(&w, SWIM_COUNT_INDIRECT) > 0);
	assert_true(swarm_until(&w, swarm_agree, 5000));
	swarm_free(&w);
}

static void part(unsigned int first, unsigned int last, unsigned int group)
{
	for (unsigned int i = first; i < last; i++)
		w.node[i].group = group;
}

static void test_partition(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		unsigned int ids[48];
		uint64_t died;

		begin_cluster(seed, 48, 20000);
		for (unsigned int i = 0; i < 48; i++)
			ids[i] = swim_id(w.node[i].swim);
		part(0, 20, 1);
		assert_true(swarm_until(&w, swarm_agree, 30000));
		swarm_run(&w, seed % 2 ? 0 : 120000);
		died = swarm_sum(&w, SWIM_COUNT_DIED);
		/* as soon as one side has buried the other or long after: nobody dies of its news */
		part(0, 20, 0);
		assert_true(swarm_until(&w, swarm_agree, 20000));
		assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), died);
		for (unsigned int i = 0; i < 48; i++)
			assert_int_equal(ids[i], swim_id(w.node[i].swim));
		swarm_free(&w);
	}
}

/* Two clusters that never knew each other meet; their ids collide, and the older one's stay. */
static void test_islands(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		unsigned int ids[16];

		swarm_init(&w, seed, 32);
		for (unsigned int i = 0; i < 32; i++)
			w.node[i].config.stored_id = 1 + i % 16;
		part(16, 32, 1);
		for (unsigned int i = 0; i < 16; i++)
			swarm_start(&w, i);
		swarm_run(&w, 20000);
		for (unsigned int i = 16; i < 32; i++)
			swarm_start(&w, i);
		swarm_run(&w, 20000);
		assert_true(swarm_agree(&w));
		for (unsigned int i = 0; i < 16; i++)
			ids[i] = swim_id(w.node[i].swim);
		part(16, 32, 0);
		assert_true(swarm_until(&w, swarm_agree, 30000));
		for (unsigned int i = 0; i < 16; i++)
			assert_int_equal(ids[i], swim_id(w.node[i].swim));
		assert_true(swarm_sum(&w, SWIM_COUNT_ID_CONFLICTS) >= 16);
		swarm_free(&w);
	}
}

/* A node that takes two seconds for everything is slow, not dead; nor are others because of it. */
static void test_slow(void **state)
{
	begin_cluster(11, 32, 20000);
	w.node[5].slow_ms = 2000;
	swarm_run(&w, 300000);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 0);
	/* it noticed that it is slow, and recovers */
	assert_true(swim_health(w.node[5].swim) > 0);
	w.node[5].slow_ms = 0;
	swarm_run(&w, 60000);
	assert_int_equal(swim_health(w.node[5].swim), 0);
	assert_true(swarm_agree(&w));
	swarm_free(&w);
}

/* One that sleeps is dead after a while; when it wakes it blames nobody and comes back at once. */
static void test_sleep(void **state)
{
	unsigned int id;

	begin_cluster(12, 32, 20000);
	id = swim_id(w.node[5].swim);
	w.node[5].asleep_until_ms = w.now_ms + 60000;
	swarm_run(&w, 30000);
	assert_int_equal(in_state(5, SWIM_DEAD), 31);
	swarm_run(&w, 30000);
	assert_true(swarm_until(&w, swarm_agree, 6000));
	assert_int_equal(swim_count(w.node[5].swim, SWIM_COUNT_DIED), 0);
	assert_int_equal(swim_id(w.node[5].swim), id);
	/* and a nap is no death */
	w.node[6].asleep_until_ms = w.now_ms + 2500;
	swarm_run(&w, 20000);
	assert_int_equal(in_state(6, SWIM_ALIVE), 31);
	swarm_free(&w);
}

static void test_many_die(void **state)
{
	begin_cluster(13, 100, 20000);
	for (unsigned int i = 0; i < 100; i += 10)
		swarm_kill(&w, i);
	assert_true(swarm_until(&w, swarm_agree, 15000));
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 90 * 10);
	for (unsigned int i = 0; i < 100; i += 10)
		swarm_start(&w, i);
	assert_true(swarm_until(&w, swarm_agree, 8000));
	swarm_free(&w);
}

struct meter {
	unsigned int rounds;		/* of gossip, until all know */
	double bytes;			/* of one node in a second of peace, sent and heard */
};

static bool has_heard(unsigned int number)
{
	const struct swim *s = w.node[number].swim;
	uint32_t at = swim_find(s, w.node[1].config.key);

	return swim_member(s, at)->meta->len == 5;
}

/* One says something new of itself: rounds of gossip until the last one knows; the worst of a few. */
static unsigned int rounds_of_news(unsigned int nodes)
{
	static const uint8_t more[5] = { 1 }, less[4] = { 1 };
	unsigned int worst = 0;

	for (int i = 0; i < 4; i++) {
		uint64_t start = w.now_ms, took;
		unsigned int number = 0;

		swim_set_meta(w.node[1].swim, w.now_ms, more, sizeof(more));
		while (number < nodes && w.now_ms - start < 60000)
			if (number == 1 || has_heard(number))
				number++;
			else
				swarm_run(&w, 10);
		assert_int_equal(number, nodes);
		took = (w.now_ms - start + w.tuning.gossip_ms - 1) / w.tuning.gossip_ms;
		worst = took > worst ? took : worst;
		swarm_run(&w, 5000);
		swim_set_meta(w.node[1].swim, w.now_ms, less, sizeof(less));
		swarm_run(&w, 5000);
	}
	return worst;
}

static struct meter measure(unsigned int nodes)
{
	struct meter m = { 0 };

	/* all are switched on at once */
	begin_cluster(nodes, nodes, 60000);
	assert_int_equal(swarm_sum(&w, SWIM_COUNT_DIED), 0);
	for (unsigned int i = 0; i < nodes; i++)
		assert_true(swim_id(w.node[i].swim) <= 8 * nodes);
	for (int i = 0; i < 10; i++)
		second();
	for (unsigned int i = 0; i < nodes; i++)
		m.bytes -= w.node[i].bytes + w.node[i].heard_bytes;
	for (int i = 0; i < 20; i++)
		second();
	for (unsigned int i = 0; i < nodes; i++)
		m.bytes += w.node[i].bytes + w.node[i].heard_bytes;
	m.bytes /= 20.0 * nodes;
	m.rounds = rounds_of_news(nodes);
	swarm_free(&w);
	return m;
}

static void test_promises(void **state)
{
	struct meter small = measure(64), large = measure(1024);

	print_message("64 nodes: news to all in %u rounds, %.0f bytes/s a node; "
		      "1024: %u rounds, %.0f bytes/s\n", small.rounds, small.bytes, large.rounds,
		      large.bytes);
	assert_true(small.rounds <= 1.2 * log2(64));
	assert_true(large.rounds <= 1.2 * log2(1024));
	assert_true(large.bytes <= 1.05 * small.bytes);
}

static struct swarm_event kept[500];
static size_t kept_count;

static void keep(struct swarm *s, const struct swarm_event *e)
{
	static uint8_t bytes[500][SWIM_PACKET_MAX];

	if (kept_count == 500 || e->from != 2)
		return;
	memcpy(bytes[kept_count], e->packet, e->len);
	kept[kept_count] = *e;
	kept[kept_count].packet = bytes[kept_count];
	kept_count++;
}

/* What is recorded says nothing to anybody, while it lives and after. */
static void test_recorded(void **state)
{
	kept_count = 0;
	swarm_init(&w, 15, 8);
	w.watch = keep;
	swarm_start_all(&w);
	assert_true(swarm_until(&w, swarm_agree, 6000));
	swarm_run(&w, 10000);
	w.watch = NULL;
	swarm_kill(&w, 2);
	assert_true(ms_until(2, SWIM_DEAD, 7, 15000) < 15000);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < kept_count; i++)
			swarm_inject(&w, 2, kept[i].to, kept[i].packet, kept[i].len);
		swarm_run(&w, 500);
		assert_int_equal(in_state(2, SWIM_DEAD), 7);
	}
	assert_true(swarm_sum(&w, SWIM_COUNT_REPLAYED) > 100);
	assert_true(swarm_agree(&w));
	swarm_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_leave),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_asymmetry),
		cmocka_unit_test(test_partition),
		cmocka_unit_test(test_islands),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_many_die),
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
