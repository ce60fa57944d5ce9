/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_LINK_H
#define TESSERA_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/addr.h"

#define LINKS_MAX	64
#define LINK_MAC	6

/* An Ethernet interface of its own (no port of a bridge or bond). */
struct link {
	unsigned int ifindex;
	char name[IF_NAMESIZE];
	uint8_t mac[LINK_MAC];
	bool permanent;		/* the MAC address is that of the hardware */
	bool carrier;
	struct addr v6;		/* link-local, ready for use; family 0 = none */
	bool v6_pending;	/* it will be ready soon (duplicate address detection) */
	struct addr v4;
};

struct link_list {
	size_t count;
	struct link link[LINKS_MAX];
};

/* A socket that becomes readable when an interface or address changes; or -errno. */
int link_watch(void);
/* Takes what the socket has to say; true when there was something. */
bool link_drain(int fd);
/* Reads all links; 0 or -errno. */
int link_read(struct link_list *list);
/* Adds what the messages of a netlink answer say. 1 = that was the end of the dump, 0, or -errno. */
int link_parse(const void *buf, size_t size, struct link_list *list);
/* Has carrier and its addresses are ready, and is one of "if,if..." (NULL = any). */
bool link_is_usable(const struct link *link, const char *only);
const struct link *link_find(const struct link_list *list, unsigned int ifindex);

#endif
