/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SIMULATION_H
#define TESSERA_SIMULATION_H

#include "omdiscd/cluster.h"

#define SIM_NODES	64
#define SIM_QUEUE	16384
#define SIM_START_US	1700000000000000

struct sim;

/* One machine; its cluster is valid while on is set. */
struct sim_node {
	struct sim *sim;
	unsigned int number;		/* from 0; address and identity follow from it */
	bool on;
	unsigned int group;		/* nodes of one group hear each other */
	int64_t skew_us;		/* its clock minus the true time */
	struct cluster_config config;
	struct counters counters;
	struct cluster cluster;
};

struct sim_datagram {
	uint64_t due_ms;
	unsigned int from, to;
	bool second;			/* over the second network (IPv4) */
	size_t len;
	uint8_t body[SWIM_PACKET_MAX];
};

/* A network of nodes with a time of its own. */
struct sim {
	uint64_t now_ms;
	uint64_t random;
	unsigned int loss;		/* percent */
	unsigned int delay_ms;		/* at most; datagrams overtake each other */
	bool two_networks;
	unsigned int count;
	struct sim_node node[SIM_NODES];
	size_t queued;
	struct sim_datagram *queue;
	void (*watch)(struct sim *sim, const struct sim_datagram *d);	/* sees all datagrams */
};

void sim_init(struct sim *sim, uint64_t seed);
void sim_free(struct sim *sim);
/* A machine, switched off. */
struct sim_node *sim_add(struct sim *sim);
void sim_start(struct sim_node *n);
/* Switched off without a word. */
void sim_kill(struct sim_node *n);
void sim_leave(struct sim_node *n);
void sim_run(struct sim *sim, uint64_t ms);
/* Runs until the condition holds; false when it does not within so many ms. */
bool sim_until(struct sim *sim, bool (*condition)(struct sim *sim), uint64_t ms);
void sim_inject(struct sim *sim, const struct sim_datagram *d);
/* All that are on and of one group have different ids and each other's. */
bool sim_agree(struct sim *sim);
/* All that are on have the same time, to half a second. */
bool sim_same_time(struct sim *sim);
struct member *sim_find(struct sim_node *n, struct sim_node *of);
enum node_state sim_state(struct sim_node *n, struct sim_node *of);

#endif
