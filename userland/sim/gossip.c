// SPDX-License-Identifier: GPL-2.0
/*
 * Messages between simulated nodes. With "members swim" each node runs userland/swim itself: it
 * joins, notices who is dead, and carries the load; every byte is counted. Without, membership is
 * taken for granted and only the load is told, which is what thousands of nodes can afford.
 */
#include "sim/gossip.h"

#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "policy/blob.h"
#include "swim/swim.h"

#define EPOCH_MS	1000	/* the library's time at the beginning */

struct sim_packet {
	uint32_t from, to;
	size_t len;
	uint8_t bytes[];
};

struct sim_member {
	struct world *world;
	uint32_t machine;
	struct swim *swim;
	uint64_t due_ms;	/* planned */
};

static uint64_t swim_now(const struct world *w)
{
	return (uint64_t)(w->now * 1000) + EPOCH_MS;
}

static void must(const void *memory)
{
	if (memory)
		return;
	log_error("no memory");
	exit(EXIT_FAILURE);
}

static void hear(struct world *w, struct machine *to, const void *blob, size_t len)
{
	if (blob_decode(&to->vector, to->id, (int64_t)(w->now * 1000), blob, len) >= 0)
		return;
	log_error("a node's own blob was refused");
	exit(EXIT_FAILURE);
}

static void plan(struct world *w, struct sim_member *n)
{
	uint64_t due = n->swim ? swim_deadline(n->swim) : UINT64_MAX;

	if (due >= n->due_ms)
		return;
	n->due_ms = due;
	if (due < swim_now(w))
		due = swim_now(w);
	event_add(&w->queue, (due - EPOCH_MS) / 1000.0 + 1e-6, EVENT_GOSSIP, n->machine, 0);
}

static uint32_t find_room(struct world *w)
{
	for (size_t tries = 0; tries < w->packets; tries++) {
		w->packet_next = (w->packet_next + 1) % w->packets;
		if (!w->packet[w->packet_next])
			return w->packet_next;
	}
	w->packet_next = w->packets;
	w->packets = w->packets ? 2 * w->packets : 256;
	w->packet = reallocarray(w->packet, w->packets, sizeof(*w->packet));
	must(w->packet);
	memset(w->packet + w->packet_next, 0,
	       (w->packets - w->packet_next) * sizeof(*w->packet));
	return w->packet_next;
}

static void transmit(struct world *w, uint32_t from, uint32_t to, const void *bytes, size_t len)
{
	struct sim_packet *p;
	uint32_t slot;

	if (from == to || !world_reaches(w, &w->machine[from], &w->machine[to]) ||
	    random_unit(&w->chance) < w->scenario->loss)
		return;
	p = malloc(sizeof(*p) + len);
	must(p);
	*p = (struct sim_packet) { .from = from, .to = to, .len = len };
	memcpy(p->bytes, bytes, len);
	slot = find_room(w);
	w->packet[slot] = p;
	event_add(&w->queue, w->now + w->scenario->latency * (1 + random_unit(&w->chance)),
		  EVENT_PACKET, slot, 0);
}

static void count(struct world *w, size_t len)
{
	w->tally.blobs++;
	w->tally.bytes += len;
}

static void op_send(void *ctx, const struct swim_member *to, const struct swim_via *via,
		    const void *packet, size_t len)
{
	struct sim_member *n = ctx;
	uint32_t machine;

	/* the meta of a node is its number, as an address would be */
	memcpy(&machine, to ? to->meta->bytes : via->bytes, sizeof(machine));
	count(n->world, len);
	if (machine < n->world->machines)
		transmit(n->world, n->machine, machine, packet, len);
}

static void op_cast(void *ctx, const void *packet, size_t len)
{
	struct sim_member *n = ctx;

	count(n->world, len);
	for (uint32_t i = 0; i < n->world->machines; i++)
		transmit(n->world, n->machine, i, packet, len);
}

static void op_load(void *ctx, uint32_t member, const void *load, size_t len)
{
	struct sim_member *n = ctx;

	hear(n->world, &n->world->machine[n->machine], load, len);
}

static bool op_acceptable(void *ctx, const struct swim_member *record, const struct swim_via *via)
{
	return !swim_is_up(record) || record->meta->len == sizeof(uint32_t);
}

static const struct swim_ops ops = {
	.send = op_send, .cast = op_cast, .load = op_load, .acceptable = op_acceptable,
};

void gossip_start(struct world *w, uint32_t machine)
{
	struct swim_config config = {
		.key = machine + 1, .session = random_next(&w->chance) | 1,
		.seed = random_next(&w->chance), .fixed = true, .given_id = machine + 1,
		.meta = &machine, .meta_len = sizeof(machine),
	};
	struct sim_member *n;

	if (!w->scenario->swim)
		return;
	n = calloc(1, sizeof(*n));
	must(n);
	*n = (struct sim_member) { .world = w, .machine = machine, .due_ms = UINT64_MAX };
	n->swim = swim_new(&config, NULL, &ops, n, swim_now(w));
	must(n->swim);
	w->machine[machine].member = n;
	swim_start(n->swim, swim_now(w));
	plan(w, n);
}

void gossip_stop(struct world *w, uint32_t machine)
{
	struct sim_member *n = w->machine[machine].member;

	if (!n)
		return;
	swim_free(n->swim);
	free(n);
	w->machine[machine].member = NULL;
}

void gossip_tell(struct world *w, uint32_t machine, const void *blob, size_t len)
{
	struct machine *m = &w->machine[machine];

	if (m->member) {
		swim_send_load(m->member->swim, swim_now(w), blob, len);
		plan(w, m->member);
		return;
	}
	for (unsigned int i = 0; i < w->scenario->fanout && w->machines > 1; i++) {
		struct machine *to = &w->machine[random_below(&w->chance, w->machines)];

		count(w, len);
		if (to != m && world_reaches(w, m, to) &&
		    random_unit(&w->chance) >= w->scenario->loss)
			hear(w, to, blob, len);
	}
}

bool gossip_knows(const struct world *w, const struct machine *a, const struct machine *b)
{
	uint32_t at;

	if (!a->member)
		return b->up || w->now - b->down_since <= WORLD_NOTICED;
	at = swim_find(a->member->swim, b->id);
	return at != SWIM_NOBODY && swim_is_up(swim_member(a->member->swim, at));
}

void gossip_deliver(struct world *w, const struct event *e)
{
	struct sim_packet *p = w->packet[e->index];
	struct sim_member *n = w->machine[p->to].member;
	struct swim_via via = { 0 };

	memcpy(via.bytes, &p->from, sizeof(p->from));
	if (n && w->machine[p->to].up) {
		swim_receive(n->swim, swim_now(w), p->bytes, p->len, &via);
		plan(w, n);
	}
	free(p);
	w->packet[e->index] = NULL;
}

void gossip_due(struct world *w, const struct event *e)
{
	struct sim_member *n = w->machine[e->index].member;

	if (!n || swim_now(w) < n->due_ms)
		return;
	n->due_ms = UINT64_MAX;
	if (swim_deadline(n->swim) <= swim_now(w))
		swim_tick(n->swim, swim_now(w));
	plan(w, n);
}

void gossip_free(struct world *w)
{
	for (size_t i = 0; w->machine && i < w->machines; i++)
		gossip_stop(w, i);
	for (size_t i = 0; i < w->packets; i++)
		free(w->packet[i]);
	free(w->packet);
}
