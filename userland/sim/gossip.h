/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_GOSSIP_H
#define TESSERA_GOSSIP_H

#include "sim/world.h"

/*
 * How nodes hear of each other: "members known" in the scenario means that all are known and their load
 * goes straight to a few; "members swim" runs the daemon's membership library for each node.
 */

/* A node is on, or not any more. */
void gossip_start(struct world *w, uint32_t machine);
void gossip_stop(struct world *w, uint32_t machine);
/* Tells a few others. */
void gossip_tell(struct world *w, uint32_t machine, const void *blob, size_t len);
/* Is b a member that lives, as far as a knows? */
bool gossip_knows(const struct world *w, const struct machine *a, const struct machine *b);
/* For world.c: EVENT_PACKET and EVENT_GOSSIP. */
void gossip_deliver(struct world *w, const struct event *e);
void gossip_due(struct world *w, const struct event *e);
void gossip_free(struct world *w);

#endif
