/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_BALANCE_H
#define TESSERA_BALANCE_H

#include "omdiscd/load.h"
#include "omdiscd/measure.h"
#include "omdiscd/record.h"
#include "policy/place.h"
#include "policy/blob.h"

#define BALANCE_COSTS	256

/* This node's part in balancing: what it knows, what it has ordered. */
struct balance {
	bool enabled;			/* moves anything at all */
	bool placing;			/* the kernel may have tokens from us */
	uint64_t seed;
	unsigned int self;		/* node id, 0 = not in a cluster */
	struct figures own;		/* as the others are told; id 0 = not measured yet */
	struct measure measure;
	struct vector vector;
	struct procs procs;
	struct orders orders;
	struct record record;
	unsigned int turn;
	size_t costs;
	struct {
		unsigned int node;
		struct costs costs;
	} cost[BALANCE_COSTS];
	int error;			/* the last one that was logged */
};

void balance_init(struct balance *b, bool enabled, uint64_t seed);
void balance_free(struct balance *b);
/* Once a second, after load_read(): measures, decides, orders moves, hands out quotas. */
void balance_tick(struct balance *b, uint64_t now_ms, unsigned int id, const struct load_meter *meter,
		  const struct cluster_load *load);
/* What to tell others now; its length, 0 = nothing (quiet, or nothing is known yet). */
size_t balance_blob(const struct balance *b, uint64_t now_ms, uint8_t out[static BLOB_MAX]);
/* What another node told; 0, or -EINVAL when it is not so written. */
int balance_heard(struct balance *b, uint64_t now_ms, const void *blob, size_t len);
/* The same, one node at a time: what was true of it at stamp_ms. */
void balance_told(struct balance *b, const struct figures *f, uint64_t stamp_ms);
/* A node is gone. */
void balance_forget(struct balance *b, unsigned int id);

/* For balance.c, from gather.c: the snapshot of this second; 0 or -ENOMEM. gather_free() it. */
int gather_snapshot(struct balance *b, uint64_t now_ms, struct snapshot *out);
void gather_free(struct snapshot *s);
void gather_costs(struct balance *b);

#endif
