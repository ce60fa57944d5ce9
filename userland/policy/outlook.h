/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_OUTLOOK_H
#define TESSERA_OUTLOOK_H

#include "policy/random.h"
#include "policy/snapshot.h"

/* One node as it should be by now, moves under way included. Indices are those of snapshot.peer. */
struct view {
	double running;
	double mem;		/* free, bytes */
	double mine;		/* demand of our processes there */
	double surplus;		/* running above its fair share, negative = below */
	double budget;		/* how many of ours may leave it in this tick */
	double room;		/* how many it may still get from us in this tick */
	unsigned int tries;	/* processes there that were considered in vain */
	bool accepts;		/* guests may go there at all */
};

struct outlook {
	int self;		/* index */
	double level;		/* running for each standard CPU, if all were even */
	double share;		/* of the surplus that the others can take, 0..1 */
	double crowd;		/* others who want what little is idle: 0 = none, 1 = all of it */
	double delay;		/* s until they see what we did */
	double backlog;		/* bytes that our moves still have to carry */
	struct view view[PEERS_MAX];
};

/* -ENOENT when this node is not in the snapshot, -E2BIG when there are too many nodes. */
int outlook_build(struct outlook *o, const struct snapshot *s, struct random *chance);
/* Takes a move into account: one process of that demand and size. */
void outlook_move(struct outlook *o, int from, int to, double demand, double rss);

#endif
