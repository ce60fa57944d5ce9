// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the protocol: whole clusters in a simulated network (joining, dying, leaving,
 * returning, ids claimed twice, clocks, recorded packets, losses), and the pure rules under them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "swim/claim.h"
#include "tests/simulation.h"

#define SEEDS	20
#define DAY_US	(INT64_C(86400) * 1000000)

static struct sim sim;

static void begin(uint64_t seed, unsigned int nodes)
{
	sim_init(&sim, seed);
	for (unsigned int i = 0; i < nodes; i++)
		sim_add(&sim);
}

static void start_all(void)
{
	for (unsigned int i = 0; i < sim.count; i++)
		sim_start(&sim.node[i]);
}

static void begin_cluster(uint64_t seed, unsigned int nodes)
{
	begin(seed, nodes);
	start_all();
	assert_true(sim_until(&sim, sim_agree, 10000));
}

static uint64_t sum(enum counter which)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < sim.count; i++)
		total += sim.node[i].counters.value[which];
	return total;
}

static void test_joining(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 8);
		start_all();
		assert_true(sim_until(&sim, sim_agree, 4000));
		sim_run(&sim, 30000);
		assert_true(sim_agree(&sim));
		assert_int_equal(sum(COUNT_SUSPECTED), 0);
		assert_int_equal(sum(COUNT_REPLAYED), 0);
		sim_free(&sim);
	}
}

static void test_alone(void **state)
{
	begin(1, 1);
	sim.node[0].skew_us = -400 * DAY_US;
	start_all();
	sim_run(&sim, 3000);
	assert_int_not_equal(cluster_id(&sim.node[0].cluster), 0);
	assert_true(cluster_id(&sim.node[0].cluster) <= 16);
	assert_true(sim.node[0].skew_us == -400 * DAY_US);
	sim_free(&sim);
}

static void test_newcomer(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 5);
		for (unsigned int i = 0; i < 4; i++)
			sim_start(&sim.node[i]);
		assert_true(sim_until(&sim, sim_agree, 10000));
		sim_run(&sim, 10000);
		/* one that finds a cluster never disturbs it */
		sim_start(&sim.node[4]);
		assert_true(sim_until(&sim, sim_agree, 2500));
		sim_run(&sim, 5000);
		assert_int_equal(sim.node[4].counters.value[COUNT_ID_CONFLICTS], 0);
		sim_free(&sim);
	}
}

static bool fourth_is_dead(struct sim *s)
{
	return sim_state(&s->node[0], &s->node[3]) == NODE_DEAD &&
	       sim_state(&s->node[1], &s->node[3]) == NODE_DEAD;
}

static void test_dying(void **state)
{
	unsigned int id;

	begin_cluster(3, 4);
	sim_run(&sim, 5000);
	id = cluster_id(&sim.node[3].cluster);
	sim_kill(&sim.node[3]);
	sim_run(&sim, 2000);
	assert_int_not_equal(sim_state(&sim.node[0], &sim.node[3]), NODE_DEAD);
	assert_true(sim_until(&sim, fourth_is_dead, 4500));
	assert_null(member_with_id(&sim.node[0].cluster.table, id));
	/* it comes back without any memory, and the others give it its id */
	sim_start(&sim.node[3]);
	assert_true(sim_until(&sim, sim_agree, 3000));
	assert_int_equal(cluster_id(&sim.node[3].cluster), id);
	assert_int_equal(sim.node[0].counters.value[COUNT_DIED], 1);
	assert_int_equal(sim.node[0].counters.value[COUNT_RETURNED], 1);
	sim_free(&sim);
}

static void test_id_of_the_dead(void **state)
{
	unsigned int id;

	begin_cluster(4, 3);
	id = cluster_id(&sim.node[2].cluster);
	sim_kill(&sim.node[2]);
	sim_run(&sim, 10000);
	/* a stranger that would like this id does not get it */
	sim_add(&sim)->config.stored_id = id;
	sim_start(&sim.node[3]);
	assert_true(sim_until(&sim, sim_agree, 4000));
	assert_int_not_equal(cluster_id(&sim.node[3].cluster), id);
	/* unless the administrator says so */
	sim_kill(&sim.node[3]);
	sim_run(&sim, 10000);
	sim_add(&sim)->config.given_id = id;
	sim_start(&sim.node[4]);
	assert_true(sim_until(&sim, sim_agree, 4000));
	assert_int_equal(cluster_id(&sim.node[4].cluster), id);
	sim_free(&sim);
}

static void test_leaving(void **state)
{
	begin_cluster(5, 3);
	sim_run(&sim, 3000);
	sim_leave(&sim.node[1]);
	sim_run(&sim, 20);
	assert_int_equal(sim_state(&sim.node[0], &sim.node[1]), NODE_LEFT);
	assert_int_equal(sim_state(&sim.node[2], &sim.node[1]), NODE_LEFT);
	sim_run(&sim, 20000);
	assert_int_equal(sim_state(&sim.node[0], &sim.node[1]), NODE_LEFT);
	assert_int_equal(sum(COUNT_SUSPECTED), 0);
	sim_free(&sim);
}

static void test_quick_restart(void **state)
{
	struct member *m;

	begin_cluster(6, 2);
	sim_run(&sim, 3000);
	sim_kill(&sim.node[1]);
	sim_run(&sim, 500);
	sim_start(&sim.node[1]);
	assert_true(sim_until(&sim, sim_agree, 3000));
	m = sim_find(&sim.node[0], &sim.node[1]);
	assert_non_null(m);
	assert_true(m->cut);
	assert_int_equal(sim.node[0].counters.value[COUNT_DIED], 0);
	sim_free(&sim);
}

static void test_same_wish(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 6);
		for (unsigned int i = 0; i < sim.count; i++)
			sim.node[i].config.given_id = 3;
		start_all();
		assert_true(sim_until(&sim, sim_agree, 6000));
		sim_free(&sim);
	}
}

static void test_merge(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 6);
		for (unsigned int i = 0; i < sim.count; i++) {
			sim.node[i].group = i % 2;
			sim.node[i].config.given_id = 1 + i / 2;
			sim.node[i].skew_us = i % 2 * 1000 * DAY_US;
		}
		for (unsigned int i = 0; i < sim.count; i += 2)
			sim_start(&sim.node[i]);
		/* between equally old and clearly older, with the awkward cases in the middle */
		sim_run(&sim, (seed - 1) * 500);
		for (unsigned int i = 1; i < sim.count; i += 2)
			sim_start(&sim.node[i]);
		sim_run(&sim, 8000);
		assert_true(sim_agree(&sim));
		for (unsigned int i = 0; i < sim.count; i++)
			sim.node[i].group = 0;
		assert_true(sim_until(&sim, sim_agree, 12000));
		assert_true(sim_until(&sim, sim_same_time, 12000));
		if (seed > 14)
			/* the older side kept ids and time */
			assert_true(cluster_id(&sim.node[0].cluster) == 1 && !sim.node[0].skew_us);
		sim_free(&sim);
	}
}

static void test_split(void **state)
{
	unsigned int ids[6];

	begin_cluster(8, 6);
	for (unsigned int i = 0; i < sim.count; i++)
		ids[i] = cluster_id(&sim.node[i].cluster);
	sim.node[4].group = sim.node[5].group = 1;
	sim_run(&sim, 20000);
	assert_true(sim_agree(&sim));
	assert_int_equal(sim_state(&sim.node[0], &sim.node[4]), NODE_DEAD);
	assert_int_equal(sim_state(&sim.node[4], &sim.node[5]), NODE_ALIVE);
	sim.node[4].group = sim.node[5].group = 0;
	assert_true(sim_until(&sim, sim_agree, 8000));
	for (unsigned int i = 0; i < sim.count; i++)
		assert_int_equal(ids[i], cluster_id(&sim.node[i].cluster));
	assert_int_equal(sum(COUNT_CLOCK_STEPS), 0);
	sim_free(&sim);
}

static void test_clocks(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 5);
		for (unsigned int i = 0; i < sim.count; i++)
			sim.node[i].skew_us = ((int64_t)i - 2) * 700 * DAY_US;
		sim_start(&sim.node[0]);
		sim_run(&sim, 6000);
		for (unsigned int i = 1; i < sim.count; i++)
			sim_start(&sim.node[i]);
		assert_true(sim_until(&sim, sim_same_time, 5000));
		assert_true(sim.node[0].skew_us == -1400 * DAY_US);
		/* settled for good */
		sim_run(&sim, 30000);
		assert_int_equal(sum(COUNT_CLOCK_STEPS), 4);
		sim_free(&sim);
	}
}

static void test_clocks_at_once(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 8);
		for (unsigned int i = 0; i < sim.count; i++)
			sim.node[i].skew_us = ((int64_t)i - 4) * 333 * DAY_US;
		start_all();
		assert_true(sim_until(&sim, sim_same_time, 20000));
		sim_run(&sim, 30000);
		assert_true(sim_same_time(&sim));
		sim_free(&sim);
	}
}

static void test_old_open_cluster(void **state)
{
	/* one that is a bit older, with other ideas of the time */
	begin(9, 4);
	sim.node[3].group = 1;
	sim.node[3].skew_us = 50 * DAY_US;
	sim_start(&sim.node[3]);
	sim_run(&sim, 30000);
	for (unsigned int i = 0; i < 3; i++)
		sim_start(&sim.node[i]);
	sim_run(&sim, 700000);
	sim.node[3].group = 0;
	sim_run(&sim, 20000);
	/* they are one cluster now, but nobody has turned the clocks of an open one of this age */
	assert_true(sim_agree(&sim));
	assert_true(swim_island(sim.node[0].cluster.swim, sim.now_ms).id ==
		    swim_founded(sim.node[3].cluster.swim));
	for (unsigned int i = 0; i < 3; i++)
		assert_true(!sim.node[i].skew_us);
	sim_free(&sim);
}

static void test_losses(void **state)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		begin(seed, 8);
		sim.loss = 20;
		sim.delay_ms = 80;
		start_all();
		assert_true(sim_until(&sim, sim_agree, 20000));
		sim_run(&sim, 300000);
		/* a fifth of all packets is lost for five minutes, and nobody is declared dead */
		assert_int_equal(sum(COUNT_DIED), 0);
		assert_true(sim_agree(&sim));
		sim_free(&sim);
	}
}

static void test_two_networks(void **state)
{
	begin(10, 4);
	sim.two_networks = true;
	start_all();
	assert_true(sim_until(&sim, sim_agree, 5000));
	sim_run(&sim, 5000);
	for (unsigned int i = 0; i < sim.count; i++) {
		for (unsigned int k = 0; k < sim.count; k++) {
			struct member *m = sim_find(&sim.node[i], &sim.node[k]);

			if (i == k)
				continue;
			assert_non_null(m);
			assert_int_equal(m->paths, 2);
			assert_true(addr_is_link_local(&member_path(m)->peer));
		}
	}
	sim_free(&sim);
}

static void test_twins(void **state)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		begin(seed, 4);
		memcpy(sim.node[1].config.identity, sim.node[0].config.identity, PACKET_IDENTITY);
		start_all();
		assert_true(sim_until(&sim, sim_agree, 20000));
		sim_run(&sim, 20000);
		assert_true(sim_agree(&sim));
		sim_free(&sim);
	}
}

#define RECORDED	2000

static struct sim_datagram recorded[RECORDED];
static size_t recorded_count;

static void record(struct sim *s, const struct sim_datagram *d)
{
	if (recorded_count < RECORDED && d->from == 2)
		recorded[recorded_count++] = *d;
}

static void play_back(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		recorded[i].due_ms = sim.now_ms;
		sim_inject(&sim, &recorded[i]);
	}
	sim_run(&sim, 1);
}

static void test_recorded_packets(void **state)
{
	recorded_count = 0;
	begin(11, 3);
	sim.watch = record;
	start_all();
	sim_run(&sim, 20000);
	assert_true(sim_agree(&sim));
	sim.watch = NULL;
	/* while it lives: seen before */
	play_back();
	assert_true(sum(COUNT_REPLAYED) > 30);
	sim_kill(&sim.node[2]);
	sim_run(&sim, 10000);
	assert_int_equal(sim_state(&sim.node[0], &sim.node[2]), NODE_DEAD);
	/* after its death: nobody is there to answer a challenge */
	for (int i = 0; i < 30; i++) {
		play_back();
		sim_run(&sim, 300);
	}
	assert_int_equal(sim_state(&sim.node[0], &sim.node[2]), NODE_DEAD);
	assert_true(sum(COUNT_UNPROVEN) > 100);
	/* and a node that has never seen it believes nothing either */
	sim_add(&sim);
	for (size_t i = 0; i < recorded_count; i++)
		recorded[i].to = 3;
	sim_start(&sim.node[3]);
	for (int i = 0; i < 30; i++) {
		play_back();
		sim_run(&sim, 300);
	}
	/* what it knows of it is that it is dead, from the others */
	assert_int_equal(sim_state(&sim.node[3], &sim.node[2]), NODE_DEAD);
	assert_true(sim_agree(&sim));
	sim_free(&sim);
}

static void test_flood(void **state)
{
	struct sim_datagram d;

	recorded_count = 0;
	begin(12, 3);
	sim.watch = record;
	start_all();
	sim_run(&sim, 20000);
	assert_true(sim_agree(&sim));
	sim.watch = NULL;
	/* 20000 strangers call, each with another key and session (their places in the head) */
	assert_true(recorded_count > 0);
	d = recorded[0];
	d.to = 0;
	assert_int_equal(d.body[0], 1);
	for (uint32_t i = 0; i < 20000; i++) {
		memcpy(d.body + 4, &i, sizeof(i));
		memcpy(d.body + 12, &i, sizeof(i));
		d.due_ms = sim.now_ms;
		sim_inject(&sim, &d);
		if (i % 50 == 0)
			sim_run(&sim, 10);
	}
	assert_true(sim.node[0].counters.value[COUNT_THROTTLED] > 0);
	assert_int_equal(swim_up_count(sim.node[0].cluster.swim), 2);
	assert_int_equal(swim_gone_count(sim.node[0].cluster.swim), 0);
	assert_true(sim_agree(&sim));
	/* and a real newcomer gets in while it goes on, or soon after */
	sim_start(sim_add(&sim));
	assert_true(sim_until(&sim, sim_agree, 6000));
	sim_free(&sim);
}

static void test_mapped_apart(void **state)
{
	struct map map = { 0 };

	begin_cluster(13, 2);
	sim_add(&sim)->config.map = &map;
	sim.node[2].config.given_id = 9;
	sim_start(&sim.node[2]);
	sim_run(&sim, 5000);
	/* who lives by a map is not of a discovered cluster, and the other way round */
	assert_int_equal(sim_state(&sim.node[0], &sim.node[2]), NODE_UNKNOWN);
	assert_int_equal(swim_up_count(sim.node[2].cluster.swim), 0);
	assert_true(sim.node[0].counters.value[COUNT_FOREIGN] > 0);
	assert_true(sim.node[2].counters.value[COUNT_FOREIGN] > 0);
	sim_free(&sim);
}

static void test_many(void **state)
{
	begin(14, 40);
	start_all();
	assert_true(sim_until(&sim, sim_agree, 15000));
	for (unsigned int i = 0; i < sim.count; i++)
		assert_true(cluster_id(&sim.node[i].cluster) <= 512);
	sim_free(&sim);
}

static void test_choice(void **state)
{
	struct claim_set taken = { 0 };
	struct claim_wish wish = { .given = 5, .stored = 6, .hint = 7, .hash = 3, .nodes = 2 };

	assert_int_equal(claim_choose(&taken, &wish), 5);
	claim_take(&taken, 5);
	assert_int_equal(claim_choose(&taken, &wish), 6);
	claim_take(&taken, 6);
	assert_int_equal(claim_choose(&taken, &wish), 7);
	claim_take(&taken, 7);
	assert_int_equal(claim_choose(&taken, &wish), 4);
	for (unsigned int i = 1; i <= 16; i++)
		claim_take(&taken, i);
	assert_int_equal(claim_choose(&taken, &wish), 17);
	memset(&taken, 0xff, sizeof(taken));
	assert_int_equal(claim_choose(&taken, &wish), 0);
}

static void test_judging(void **state)
{
	struct claim_side a = { .key = 2, .island = 7, .stamp = 10, .settled = true };
	struct claim_side b = { .key = 1, .island = 7, .stamp = 20, .settled = true };

	/* the earlier claim, whoever asks */
	assert_int_equal(claim_judge(&a, &b, false), CLAIM_FIRST);
	assert_int_equal(claim_judge(&b, &a, false), CLAIM_SECOND);
	b.stamp = 10;
	assert_int_equal(claim_judge(&a, &b, false), CLAIM_SECOND);
	b.settled = false;
	assert_int_equal(claim_judge(&a, &b, false), CLAIM_FIRST);
	b.settled = true;
	b.island = 8;
	assert_int_equal(claim_judge(&a, &b, false), CLAIM_LATER);
	assert_int_equal(claim_judge(&a, &b, true), CLAIM_SECOND);
	assert_int_equal(claim_judge(&b, &a, true), CLAIM_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joining),
		cmocka_unit_test(test_alone),
		cmocka_unit_test(test_newcomer),
		cmocka_unit_test(test_dying),
		cmocka_unit_test(test_id_of_the_dead),
		cmocka_unit_test(test_leaving),
		cmocka_unit_test(test_quick_restart),
		cmocka_unit_test(test_same_wish),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_clocks_at_once),
		cmocka_unit_test(test_old_open_cluster),
		cmocka_unit_test(test_losses),
		cmocka_unit_test(test_two_networks),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_recorded_packets),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_mapped_apart),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_judging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
