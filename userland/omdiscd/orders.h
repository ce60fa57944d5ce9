/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_ORDERS_H
#define TESSERA_ORDERS_H

#include "omdiscd/procs.h"

#define ORDERS_MAX	512
#define ORDERS_AVOID	64

/* A move that the policy wanted; kept until the figures of others show it. */
struct order {
	pid_t pid;
	uint64_t start;		/* with pid it names a process */
	bool guest;
	bool under_way;
	unsigned int from, to;
	double demand, rss;
	uint64_t at_ms;		/* when it was given, later when it was done */
	enum cause cause;
	char comm[JOB_COMM];
	char text[REASON_MAX];
};

struct orders {
	size_t count;
	struct order order[ORDERS_MAX];	/* the oldest first */
	size_t avoided;
	struct {
		unsigned int node;
		uint64_t until_ms;
	} avoid[ORDERS_AVOID];
};

/* Tells the kernel; 0 or its -errno. */
int orders_give(struct orders *o, struct proc *p, const struct decision *d, bool guest,
		uint64_t now_ms);
/*
 * Looks what became of those under way, and forgets the old; done() is called for each that has
 * been carried out.
 */
void orders_watch(struct orders *o, struct procs *procs, uint64_t now_ms,
		  void (*done)(void *ctx, const struct order *order), void *ctx);
/* It refused lately: it is not asked again for a while. */
bool orders_avoids(const struct orders *o, unsigned int node, uint64_t now_ms);
/* For a snapshot; out has room for ORDERS_MAX. */
size_t orders_recent(const struct orders *o, uint64_t now_ms, struct recent *out);

#endif
