/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CLUSTER_H
#define TESSERA_CLUSTER_H

#include "lib/map.h"
#include "omdiscd/clock.h"
#include "omdiscd/counters.h"
#include "omdiscd/member.h"
#include "omdiscd/timing.h"

/* What the protocol asks of the world; tests give it another one. */
struct cluster_ops {
	/* Sends on one path, or (NULL) to whoever is there on every link, or to some of the map. */
	void (*send)(void *ctx, const void *body, size_t len, const struct path *to);
	/* 0 when the clock was stepped, else -errno: then this node is no source of time. */
	int (*step)(void *ctx, int64_t by_us);
	void (*random)(void *ctx, void *out, size_t len);
	/* A line for the log. */
	void (*note)(void *ctx, const char *text);
	/* The id is lost. True: cluster_yielded() will follow when the kernel does not use it any more. */
	bool (*yield)(void *ctx);
	/* A load blob of another kind than report.h; may be NULL. */
	void (*load)(void *ctx, const struct member *from, const void *load, size_t len);
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

struct cluster {
	struct cluster_config config;
	const struct cluster_ops *ops;
	void *ctx;
	struct counters *counters;
	uint64_t counted[SWIM_COUNT_END];	/* of swim's counters, what is in ours */
	struct swim *swim;		/* NULL = no link yet, or no memory */
	struct link_list links;
	struct instant now;		/* of the call that is going on */
	bool gone;			/* has said goodbye */
	unsigned int id;		/* that others may use, 0 = none yet */
	uint64_t settled_ms;		/* since when swim has one */
	unsigned int change;		/* counts what the node table must hear of */
	struct cluster_load load;
	uint64_t load_ms;		/* when load is to be told next */
	uint32_t load_cursor;
	struct timing timing;
	struct member_table table;
};

void cluster_init(struct cluster *c, const struct cluster_config *config,
		  const struct cluster_ops *ops, void *ctx, struct counters *counters);
void cluster_free(struct cluster *c);
/* The usable links, at the start and after each change. With none nothing begins. */
void cluster_links(struct cluster *c, struct instant now, const struct link_list *links);
/* The opened body of a datagram. */
void cluster_receive(struct cluster *c, struct instant now, const void *body, size_t len,
		     const struct path *from);
/* Does what is due. */
void cluster_tick(struct cluster *c, struct instant now);
/* When cluster_tick() must be called next, in ms of struct instant; UINT64_MAX = never. */
uint64_t cluster_deadline(const struct cluster *c);
void cluster_leave(struct cluster *c, struct instant now);
/* The kernel does not use the lost id any more. */
void cluster_yielded(struct cluster *c, struct instant now);
/* A load blob to a few random members, beside the reports; its first byte is not REPORT_TYPE. */
int cluster_send_load(struct cluster *c, struct instant now, const void *load, size_t len);
/* How many are up, this node included. */
unsigned int cluster_size(const struct cluster *c);
/* The present id, 0 = none is claimed. */
unsigned int cluster_id(const struct cluster *c);

/* For timing.c and share.c */
void cluster_note(struct cluster *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
