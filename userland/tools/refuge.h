/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_REFUGE_H
#define TOOLS_REFUGE_H

#include "lib/guest.h"
#include "lib/node.h"

/*
 * Where a guest is best off when this node is left: the id of a node, or 0 for its home, which it
 * always may go to. The node gets the guest's load and memory, so that the next one is not sent
 * to the same place.
 */
unsigned int refuge_choose(struct node_list *nodes, const struct guest *guest);
/* Sends all guests away: on to the best nodes, and home who has not left in a while; 0 or -errno. */
int refuge_send_all(void);

#endif
