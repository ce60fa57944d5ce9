/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWARM_H
#define TESSERA_SWARM_H

#include "swim/swim.h"

struct swarm;

/* One node; swim is there while it is on. */
struct swarm_node {
	struct swarm *swarm;
	unsigned int number;		/* from 0 */
	struct swim *swim;		/* NULL = off */
	unsigned int group;		/* nodes of one group hear each other */
	unsigned int slow_ms;		/* takes a packet up to so much later */
	uint64_t asleep_until_ms;	/* does nothing before */
	uint64_t scheduled_ms;
	uint64_t boots;
	uint64_t bytes, packets;	/* sent */
	uint64_t heard_bytes;
	uint64_t loads;
	struct swim_config config;
};

struct swarm_event {
	uint64_t due_ms, order;
	unsigned int to;
	unsigned int from;
	size_t len;			/* 0 = a deadline */
	uint8_t *packet;
};

/* A network with a time of its own; the same seed gives the same run. */
struct swarm {
	uint64_t now_ms, random, order;
	double loss;			/* share of datagrams */
	unsigned int delay_ms;		/* at most */
	unsigned int count;
	struct swarm_node *node;
	size_t events, room;
	struct swarm_event *event;	/* a heap */
	struct swim_tuning tuning;
	bool (*blocked)(const struct swarm *w, unsigned int from, unsigned int to);
	void (*watch)(struct swarm *w, const struct swarm_event *e);
};

void swarm_init(struct swarm *w, uint64_t seed, unsigned int nodes);
void swarm_free(struct swarm *w);
void swarm_start(struct swarm *w, unsigned int number);
void swarm_start_all(struct swarm *w);
/* Off, without a word. */
void swarm_kill(struct swarm *w, unsigned int number);
void swarm_leave(struct swarm *w, unsigned int number);
/* Something that arrives now. */
void swarm_inject(struct swarm *w, unsigned int from, unsigned int to, const void *packet, size_t len);
void swarm_run(struct swarm *w, uint64_t ms);
/* Runs until the condition holds, looking every 50 ms; false when it does not within so many ms. */
bool swarm_until(struct swarm *w, bool (*condition)(struct swarm *w), uint64_t ms);
uint64_t swarm_random(struct swarm *w);
/* All that are on and of one group are settled under different ids and know each other alive. */
bool swarm_agree(struct swarm *w);
/* What a thinks of b; -1 = it does not know it. */
int swarm_state(const struct swarm *w, unsigned int a, unsigned int b);
uint64_t swarm_sum(const struct swarm *w, enum swim_counter which);

#endif
