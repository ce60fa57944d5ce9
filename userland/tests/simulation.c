// SPDX-License-Identifier: GPL-2.0
/*
 * A network of daemons in one process: their real protocol code, with time, randomness and
 * transport from here. Hours pass in milliseconds, and the same seed gives the same run.
 */
#include "tests/simulation.h"

#include <stdlib.h>
#include <string.h>

static uint64_t sim_random(struct sim *sim)
{
	/* splitmix64 */
	uint64_t z = sim->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static struct instant node_now(const struct sim_node *n)
{
	return (struct instant) {
		.ms = n->sim->now_ms,
		.real_us = SIM_START_US + (int64_t)n->sim->now_ms * 1000 + n->skew_us,
	};
}

static struct addr node_addr(unsigned int number, bool second)
{
	struct addr addr = { .family = second ? AF_INET : AF_INET6, .scope = second ? 0 : 1 };

	if (second) {
		addr.bytes[0] = 10;
		addr.bytes[3] = number + 1;
	} else {
		addr.bytes[0] = 0xfe;
		addr.bytes[1] = 0x80;
		addr.bytes[15] = number + 1;
	}
	return addr;
}

static unsigned int addr_number(const struct addr *addr)
{
	return addr->bytes[addr->family == AF_INET ? 3 : 15] - 1u;
}

void sim_inject(struct sim *sim, const struct sim_datagram *d)
{
	if (sim->queued < SIM_QUEUE)
		sim->queue[sim->queued++] = *d;
}

static void transmit(struct sim_node *n, const void *body, size_t len, unsigned int to, bool second)
{
	struct sim *sim = n->sim;
	struct sim_datagram d = {
		.due_ms = sim->now_ms + (sim->delay_ms ? sim_random(sim) % (sim->delay_ms + 1) : 0),
		.from = n->number, .to = to, .second = second, .len = len,
	};

	if (to == n->number || to >= sim->count || sim_random(sim) % 100 < sim->loss)
		return;
	memcpy(d.body, body, len);
	if (sim->watch)
		sim->watch(sim, &d);
	sim_inject(sim, &d);
}

static void op_send(void *ctx, const void *body, size_t len, const struct path *to)
{
	struct sim_node *n = ctx;

	for (int second = 0; second <= n->sim->two_networks; second++) {
		if (to && (to->peer.family == AF_INET) != second)
			continue;
		if (to) {
			transmit(n, body, len, addr_number(&to->peer), second);
			continue;
		}
		for (unsigned int i = 0; i < n->sim->count; i++)
			transmit(n, body, len, i, second);
	}
}

static int op_step(void *ctx, int64_t by_us)
{
	struct sim_node *n = ctx;

	n->skew_us += by_us;
	return 0;
}

static void op_random(void *ctx, void *out, size_t len)
{
	struct sim_node *n = ctx;
	uint8_t *at = out;

	while (len--)
		*at++ = sim_random(n->sim) >> 32;
}

static void op_note(void *ctx, const char *text)
{
}

static const struct cluster_ops ops = {
	.send = op_send, .step = op_step, .random = op_random, .note = op_note,
};

void sim_init(struct sim *sim, uint64_t seed)
{
	memset(sim, 0, sizeof(*sim));
	sim->random = seed;
	sim->now_ms = 1000;
	sim->delay_ms = 3;
	sim->queue = calloc(SIM_QUEUE, sizeof(*sim->queue));
	if (!sim->queue)
		abort();
}

void sim_free(struct sim *sim)
{
	for (unsigned int i = 0; i < sim->count; i++)
		sim_kill(&sim->node[i]);
	free(sim->queue);
}

struct sim_node *sim_add(struct sim *sim)
{
	struct sim_node *n = &sim->node[sim->count];

	n->sim = sim;
	n->number = sim->count++;
	for (int i = 0; i < PACKET_IDENTITY; i++)
		n->config.identity[i] = sim_random(sim);
	memcpy(n->config.name, "node-", 5);
	n->config.name[5] = 'A' + n->number % 26;
	return n;
}

static struct link_list node_links(const struct sim_node *n)
{
	struct link_list links = { .count = 1 };

	links.link[0] = (struct link) { .ifindex = 1, .carrier = true };
	links.link[0].v6 = node_addr(n->number, false);
	if (!n->sim->two_networks)
		return links;
	links.link[links.count] = (struct link) { .ifindex = 2, .carrier = true };
	links.link[links.count++].v4 = node_addr(n->number, true);
	return links;
}

void sim_start(struct sim_node *n)
{
	struct link_list links = node_links(n);

	cluster_init(&n->cluster, &n->config, &ops, n, &n->counters);
	n->on = true;
	cluster_links(&n->cluster, node_now(n), &links);
}

void sim_kill(struct sim_node *n)
{
	if (n->on)
		cluster_free(&n->cluster);
	n->on = false;
}

void sim_leave(struct sim_node *n)
{
	cluster_leave(&n->cluster, node_now(n));
	sim_kill(n);
}

static void deliver(struct sim *sim, const struct sim_datagram *d)
{
	struct sim_node *to = &sim->node[d->to];
	struct path from = {
		.peer = node_addr(d->from, d->second),
		.local = node_addr(d->to, d->second),
		.ifindex = d->second ? 2 : 1,
	};

	if (to->on && to->group == sim->node[d->from].group)
		cluster_receive(&to->cluster, node_now(to), d->body, d->len, &from);
}

/* Takes everything that is due, in the order of the queue's slots (which is not that of sending). */
static void deliver_due(struct sim *sim)
{
	for (size_t i = 0; i < sim->queued; ) {
		struct sim_datagram d = sim->queue[i];

		if (d.due_ms > sim->now_ms) {
			i++;
			continue;
		}
		sim->queue[i] = sim->queue[--sim->queued];
		deliver(sim, &d);
	}
}

/* Only when the cluster's own deadline says so: a wrong deadline must show. */
static void tick_due(struct sim *sim)
{
	for (unsigned int i = 0; i < sim->count; i++) {
		struct sim_node *n = &sim->node[i];

		if (n->on && cluster_deadline(&n->cluster) <= sim->now_ms)
			cluster_tick(&n->cluster, node_now(n));
	}
}

void sim_run(struct sim *sim, uint64_t ms)
{
	for (uint64_t end = sim->now_ms + ms; sim->now_ms < end; sim->now_ms++) {
		deliver_due(sim);
		tick_due(sim);
	}
}

bool sim_until(struct sim *sim, bool (*condition)(struct sim *sim), uint64_t ms)
{
	for (uint64_t end = sim->now_ms + ms; sim->now_ms < end; sim_run(sim, 10))
		if (condition(sim))
			return true;
	return condition(sim);
}

static bool knows(struct sim_node *n, struct sim_node *other)
{
	struct member *m = member_with_id(&n->cluster.table, cluster_id(&other->cluster));

	return m && m->key == swim_key(other->cluster.swim);
}

bool sim_agree(struct sim *sim)
{
	for (unsigned int i = 0; i < sim->count; i++) {
		struct sim_node *a = &sim->node[i];

		if (a->on && !cluster_id(&a->cluster))
			return false;
		for (unsigned int j = 0; a->on && j < sim->count; j++) {
			struct sim_node *b = &sim->node[j];

			if (i == j || !b->on || a->group != b->group)
				continue;
			if (cluster_id(&a->cluster) == cluster_id(&b->cluster) || !knows(a, b))
				return false;
		}
	}
	return true;
}

bool sim_same_time(struct sim *sim)
{
	int64_t low = INT64_MAX, high = INT64_MIN;

	for (unsigned int i = 0; i < sim->count; i++) {
		if (!sim->node[i].on)
			continue;
		low = sim->node[i].skew_us < low ? sim->node[i].skew_us : low;
		high = sim->node[i].skew_us > high ? sim->node[i].skew_us : high;
	}
	return high - low < 500000;
}

struct member *sim_find(struct sim_node *n, struct sim_node *of)
{
	struct member *m;
	uint64_t key;

	memcpy(&key, of->config.identity, sizeof(key));
	for (uint32_t at = 0; (m = member_next(&n->cluster.table, &at)); )
		if (m->key == key)
			return m;
	return NULL;
}

enum node_state sim_state(struct sim_node *n, struct sim_node *of)
{
	struct member *m = sim_find(n, of);

	return m ? m->state : NODE_UNKNOWN;
}
