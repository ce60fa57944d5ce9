/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CLUSTER_H
#define TESSERA_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/map.h"
#include "omdiscd/claim.h"
#include "omdiscd/clock.h"
#include "omdiscd/counters.h"
#include "omdiscd/member.h"
#include "omdiscd/packet.h"
#include "omdiscd/probe.h"
#include "omdiscd/timing.h"

enum cluster_phase {
	CLUSTER_WAITING,	/* no link yet */
	CLUSTER_JOINING,	/* listening, no id claimed */
	CLUSTER_SETTLED,
	CLUSTER_GONE,		/* has said goodbye */
};

/* What the protocol asks of the world; tests give it another one. */
struct cluster_ops {
	/* Sends on one path, or (NULL) to everybody on every link; gives each datagram its seq. */
	void (*send)(void *ctx, struct packet *p, const struct path *to);
	/* 0 when the clock was stepped, else -errno: then this node is no source of time. */
	int (*step)(void *ctx, int64_t by_us);
	void (*random)(void *ctx, void *out, size_t len);
	/* A line for the log. */
	void (*note)(void *ctx, const char *text);
};

struct cluster_config {
	uint8_t identity[PACKET_IDENTITY];
	char name[NODE_NAME_MAX];
	uint64_t build;
	unsigned int given_id;		/* 0 = none */
	unsigned int stored_id;		/* 0 = none */
	const struct map *map;		/* NULL = discovery */
	bool may_step;			/* steps come from proven members only */
};

/* The numbers of this node that the others see. */
struct cluster_load {
	uint16_t cpus, util, status;
	uint32_t guests;
	uint64_t speed, load, mem, rmem, tmem;
};

struct cluster {
	struct cluster_config config;
	const struct cluster_ops *ops;
	void *ctx;
	struct counters *counters;
	enum cluster_phase phase;
	uint64_t session;
	unsigned int id;		/* claimed when settled, wanted while joining */
	unsigned int hint;
	struct claim_set refused;	/* ids that others keep for machines we do not know */
	uint64_t lineage;
	uint64_t lineage_age_ms;	/* at lineage_ms */
	uint64_t lineage_ms;
	uint64_t settled_ms;
	bool timed;			/* our clock is the cluster's */
	uint64_t contested_ms;		/* since when an id conflict goes on, 0 = none */
	uint64_t differs_ms;		/* since when another lineage is there, 0 = none */
	uint64_t deadline_ms;		/* end of joining */
	uint64_t announce_ms;		/* next announcement */
	uint64_t answers_ms;		/* proofs are given at most so many a second */
	unsigned int answers;
	unsigned int change;		/* counts what the node table must hear of */
	struct cluster_load load;
	struct member_table table;
	struct probe_table probes;
};

void cluster_init(struct cluster *c, const struct cluster_config *config,
		  const struct cluster_ops *ops, void *ctx, struct counters *counters);
void cluster_free(struct cluster *c);
/* Links with carrier are there, or not any more. */
void cluster_links(struct cluster *c, struct instant now, bool any);
void cluster_receive(struct cluster *c, struct instant now, const struct packet *p,
		     const struct path *from);
/* Does what is due. */
void cluster_tick(struct cluster *c, struct instant now);
/* When cluster_tick() must be called next, in ms of struct instant; UINT64_MAX = never. */
uint64_t cluster_deadline(const struct cluster *c);
void cluster_leave(struct cluster *c, struct instant now);
/* The present id, 0 = none is claimed. */
unsigned int cluster_id(const struct cluster *c);

/* For join.c */
void cluster_note(struct cluster *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void cluster_announce(struct cluster *c, struct instant now);
void cluster_probe(struct cluster *c, struct instant now, const struct packet *target,
		   const struct path *path);
struct lineage cluster_lineage(const struct cluster *c, uint64_t now_ms);
uint64_t cluster_age(const struct cluster *c, uint64_t now_ms);

#endif
