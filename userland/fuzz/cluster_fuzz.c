// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes the protocol behind the parser: a row of packets of one's own choice, with time passing.
 * The stranger even gets to see the challenges, so it can become a member. Checks that memory and
 * answers stay bounded, and that the tables can always be written.
 */
#include <stdlib.h>
#include <string.h>

#include "omdiscd/status.h"
#include "omdiscd/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct instant now;
	uint8_t nonce[PACKET_NONCE];	/* of the last challenge seen */
	uint64_t random;
};

static void op_send(void *ctx, struct packet *p, const struct path *to)
{
	struct world *w = ctx;
	uint8_t body[PACKET_BODY];

	packet_encode(p, body);
	if (p->type == PACKET_CHALLENGE)
		memcpy(w->nonce, p->nonce, sizeof(w->nonce));
}

static int op_step(void *ctx, int64_t by_us)
{
	struct world *w = ctx;

	w->now.real_us += by_us;
	return 0;
}

static void op_random(void *ctx, void *out, size_t len)
{
	struct world *w = ctx;
	uint8_t *at = out;

	while (len--)
		*at++ = (w->random = w->random * 6364136223846793005u + 1442695040888963407u) >> 56;
}

static void op_note(void *ctx, const char *text)
{
}

static const struct cluster_ops ops = {
	.send = op_send, .step = op_step, .random = op_random, .note = op_note,
};

static void check(struct cluster *c, const struct addr *own, uint64_t now_ms)
{
	static char text[FILE_TEXT_MAX];
	char line_copy[256];

	if (c->table.count > MEMBERS_MAX)
		abort();
	table_text(c, own, now_ms, false, text, sizeof(text));
	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		struct node node;

		*end = '\0';
		if (strlen(line) >= sizeof(line_copy))
			abort();
		strcpy(line_copy, line);
		if (node_table_line(line_copy, &node) != 1)
			abort();
	}
	status_text(c, own, now_ms, text, sizeof(text));
}

/* Each step: one byte of choices, then the changes to the last packet. */
static void play(struct cluster *c, struct world *w, const uint8_t *data, size_t size)
{
	struct path from = { .ifindex = 1, .peer.family = AF_INET, .local.family = AF_INET };
	uint8_t body[PACKET_BODY] = { 1 };
	struct packet p;

	memcpy(body + PACKET_BODY - NODE_NAME_MAX, "a", 2);
	for (; size >= 4; data += 4, size -= 4) {
		body[data[1] % PACKET_BODY] = data[2];
		from.peer.bytes[3] = data[3] & 7;
		w->now.ms += 1u << (data[3] >> 4);
		w->now.real_us += 1000u << (data[3] >> 4);
		if (data[0] & 1)
			cluster_tick(c, w->now);
		if ((data[0] & 2) || packet_decode(body, sizeof(body), &p))
			continue;
		if (data[0] & 4)
			memcpy(p.nonce, w->nonce, sizeof(p.nonce));
		p.seq = w->now.ms;
		cluster_receive(c, w->now, &p, &from);
		if (data[0] & 8)
			check(c, &from.local, w->now.ms);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cluster c;
	static struct counters counters;
	struct world w = { .now = { 1000, 1700000000000000 }, .random = 1 };
	struct cluster_config config = { .name = "me", .identity = { 5 } };

	cluster_init(&c, &config, &ops, &w, &counters);
	cluster_links(&c, w.now, true);
	play(&c, &w, data, size);
	cluster_leave(&c, w.now);
	cluster_free(&c);
	return 0;
}
