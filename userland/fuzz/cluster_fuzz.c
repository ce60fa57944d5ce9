// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the whole protocol: a node of a cluster of three gets changed copies of what the others
 * really say, at moments that the input chooses. Besides memory errors it must not hang, forget its
 * own state, or write what the kernel would refuse.
 */
#include <stdlib.h>
#include <string.h>

#include "omdiscd/status.h"
#include "omdiscd/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NODES	3
#define QUEUE	256

struct machine {
	struct world *world;
	unsigned int number;
	struct cluster cluster;
	struct counters counters;
};

struct datagram {
	unsigned int from, to;
	size_t len;
	uint8_t body[SWIM_PACKET_MAX];
};

struct world {
	struct instant now;
	uint64_t random;
	struct machine node[NODES];
	size_t queued;
	struct datagram queue[QUEUE];
	struct datagram last;		/* that was delivered */
};

static void put(struct world *w, unsigned int from, unsigned int to, const void *body, size_t len)
{
	struct datagram *d = &w->queue[w->queued];

	if (to == from || to >= NODES || w->queued == QUEUE)
		return;
	if (len > sizeof(d->body))
		abort();
	d->from = from;
	d->to = to;
	d->len = len;
	memcpy(d->body, body, len);
	w->queued++;
}

static void op_send(void *ctx, const void *body, size_t len, const struct path *to)
{
	struct machine *n = ctx;

	for (unsigned int i = 0; i < NODES; i++)
		if (!to || to->peer.bytes[3] == i + 1)
			put(n->world, n->number, i, body, len);
}

static int op_step(void *ctx, int64_t by_us)
{
	return 0;
}

static void op_random(void *ctx, void *out, size_t len)
{
	struct machine *n = ctx;
	uint8_t *at = out;

	while (len--)
		*at++ = (n->world->random = n->world->random * 6364136223846793005u +
			 1442695040888963407u) >> 56;
}

static void op_note(void *ctx, const char *text)
{
}

static const struct cluster_ops ops = {
	.send = op_send, .step = op_step, .random = op_random, .note = op_note,
};

static struct addr address(unsigned int number)
{
	return (struct addr) { .family = AF_INET, .bytes = { 10, 0, 0, number + 1 } };
}

static void start(struct world *w, unsigned int number)
{
	struct cluster_config config = { .name = "n", .identity = { number + 1 } };
	struct link_list links = { .count = 1, .link[0] = { .ifindex = 1, .carrier = true } };
	struct machine *n = &w->node[number];

	n->world = w;
	n->number = number;
	links.link[0].v4 = address(number);
	cluster_init(&n->cluster, &config, &ops, n, &n->counters);
	cluster_links(&n->cluster, w->now, &links);
}

static void deliver(struct world *w, const struct datagram *d)
{
	struct path from = { .ifindex = 1, .peer = address(d->from), .local = address(d->to) };

	cluster_receive(&w->node[d->to].cluster, w->now, d->body, d->len, &from);
}

static void run(struct world *w, unsigned int ms)
{
	for (uint64_t end = w->now.ms + ms; w->now.ms < end; w->now.ms++, w->now.real_us += 1000) {
		size_t count = w->queued;

		for (size_t i = 0; i < count; i++) {
			w->last = w->queue[i];
			deliver(w, &w->last);
		}
		memmove(w->queue, w->queue + count, (w->queued - count) * sizeof(*w->queue));
		w->queued -= count;
		for (unsigned int i = 0; i < NODES; i++)
			if (cluster_deadline(&w->node[i].cluster) <= w->now.ms)
				cluster_tick(&w->node[i].cluster, w->now);
	}
}

static void check(struct cluster *c)
{
	static char text[FILE_TEXT_MAX];
	struct addr own = address(0);
	char line_copy[256];

	/* without an id the table is never written */
	text[0] = '\0';
	if (cluster_id(c))
		table_text(c, &own, false, text, sizeof(text));
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct node node;

		*end = '\0';
		if (strlen(line) >= sizeof(line_copy))
			abort();
		strcpy(line_copy, line);
		if (node_table_line(line_copy, &node) < 0)
			abort();
	}
	status_text(c, &own, c->now.ms, text, sizeof(text));
}

/* Each step: how long to run, which byte of the last datagram becomes what, and who gets it. */
static void play(struct world *w, const uint8_t *data, size_t size)
{
	for (; size >= 5; data += 5, size -= 5) {
		struct datagram d = w->last;
		size_t at = data[1] | (data[2] & 3) << 8;

		run(w, 1 + (data[0] & 31) * (data[0] & 128 ? 40 : 1));
		if (!d.len)
			continue;
		d.body[at % d.len] = data[3];
		if (data[2] & 64)
			d.len = d.len > data[4] ? d.len - data[4] : d.len;
		d.to = (data[2] >> 2) % NODES;
		if (d.to != d.from)
			deliver(w, &d);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct world w;

	w = (struct world) { .now = { 100000, 1700000000000000 }, .random = 1 };
	for (unsigned int i = 0; i < NODES; i++)
		start(&w, i);
	if (size && data[0] & 1)
		run(&w, 3000);
	play(&w, data, size < 500 ? size : 500);
	for (unsigned int i = 0; i < NODES; i++) {
		check(&w.node[i].cluster);
		cluster_leave(&w.node[i].cluster, w.now);
		cluster_free(&w.node[i].cluster);
	}
	return 0;
}
