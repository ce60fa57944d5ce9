/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_NET_H
#define TESSERA_NET_H

#include "lib/map.h"
#include "omdiscd/counters.h"
#include "omdiscd/link.h"
#include "omdiscd/member.h"
#include "omdiscd/seal.h"

/* The two UDP sockets and what goes through them. */
struct net {
	int fd6, fd4;			/* -1 = this kernel has no such family */
	size_t turn;			/* of the map: who is called next */
	struct seal seal;
	struct link_list links;		/* the usable ones only */
	const struct map *map;		/* NULL = discovery by multicast and broadcast */
	struct counters *counters;
};

/* Opens the sockets; 0, -EADDRINUSE when another daemon runs, or -errno. */
int net_open(struct net *net, struct counters *counters);
void net_close(struct net *net);
/* Takes these links from now on; joins the multicast group on new ones. */
void net_use_links(struct net *net, const struct link_list *all, const char *only);
/* Seals and sends on one path, or when to is NULL to whoever is there: of a map, to a few. */
void net_send(struct net *net, const void *body, size_t len, const struct path *to);
/* The body of the next good datagram: its length, -EAGAIN when there is none. Bad ones are counted. */
int net_receive(struct net *net, int fd, uint8_t body[static SWIM_PACKET_MAX], struct path *from);

#endif
