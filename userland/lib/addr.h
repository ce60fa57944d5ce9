/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_ADDR_H
#define TESSERA_ADDR_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define ADDR_TEXT_MAX	(INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

/* An IPv4 or IPv6 address with the scope of a link-local one; never a port. */
struct addr {
	int family;		/* AF_INET, AF_INET6, or 0: none */
	unsigned int scope;	/* interface index, link-local IPv6 only */
	unsigned char bytes[16];	/* network order; 4 or 16 are used, the rest is 0 */
};

/* "ADDRESS[%INTERFACE]", numeric only; 0, -EINVAL, or -ENODEV when there is no such interface. */
int addr_parse(const char *text, struct addr *addr);
/*
 * The same, or a name in /etc/hosts; else -EADDRNOTAVAIL. No name server is asked: the cluster must
 * come up without one, and it may run on a node of the cluster.
 */
int addr_resolve(const char *text, struct addr *addr);
/* The form that addr_parse() reads; an unknown interface becomes its number. */
const char *addr_text(const struct addr *addr, char out[static ADDR_TEXT_MAX]);
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_link_local(const struct addr *addr);
socklen_t addr_to_socket(const struct addr *addr, unsigned short port,
			 struct sockaddr_storage *ss);
int addr_from_socket(const struct sockaddr_storage *ss, struct addr *addr);

#endif
