// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's links, from rtnetlink. On any change everything is read anew: changes are rare,
 * and a state that is read whole cannot drift.
 */
#include "omdiscd/link.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if_arp.h>
#include <string.h>
#include <unistd.h>

#ifndef IFLA_PERM_ADDRESS
#define IFLA_PERM_ADDRESS	54
#endif
#define DUMP_BYTES	32768

static int open_netlink(uint32_t groups, int flags)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK, .nl_groups = groups };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags, NETLINK_ROUTE);
	int err;

	if (fd < 0)
		return -errno;
	if (!bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

int link_watch(void)
{
	return open_netlink(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR, SOCK_NONBLOCK);
}

bool link_drain(int fd)
{
	char buf[8192];
	bool any = false;
	ssize_t n;

	/* an overrun (ENOBUFS) is a change too */
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0 || (n < 0 && errno == ENOBUFS))
		any = true;
	return any;
}

const struct link *link_find(const struct link_list *list, unsigned int ifindex)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->link[i].ifindex == ifindex)
			return &list->link[i];
	return NULL;
}

static void take_name(struct link *link, const struct rtattr *attr)
{
	size_t len = strnlen(RTA_DATA(attr), RTA_PAYLOAD(attr));

	if (len < sizeof(link->name)) {
		memcpy(link->name, RTA_DATA(attr), len);
		link->name[len] = '\0';
	}
}

static void take_mac(struct link *link, const struct rtattr *attr, bool permanent)
{
	if (RTA_PAYLOAD(attr) != LINK_MAC || (link->permanent && !permanent))
		return;
	memcpy(link->mac, RTA_DATA(attr), LINK_MAC);
	link->permanent = permanent;
}

static void parse_link(const struct nlmsghdr *h, struct link_list *list)
{
	const struct ifinfomsg *info = NLMSG_DATA(h);
	struct link link = { .ifindex = info->ifi_index };
	const struct rtattr *attr = IFLA_RTA(info);
	int len = h->nlmsg_len - NLMSG_LENGTH(sizeof(*info));

	if (info->ifi_type != ARPHRD_ETHER || (info->ifi_flags & IFF_LOOPBACK))
		return;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type == IFLA_IFNAME)
			take_name(&link, attr);
		else if (attr->rta_type == IFLA_ADDRESS)
			take_mac(&link, attr, false);
		else if (attr->rta_type == IFLA_PERM_ADDRESS)
			take_mac(&link, attr, true);
		else if (attr->rta_type == IFLA_MASTER)
			return;
	}
	link.carrier = (info->ifi_flags & IFF_UP) && (info->ifi_flags & IFF_RUNNING);
	if (link.name[0] && !link_find(list, link.ifindex) && list->count < LINKS_MAX)
		list->link[list->count++] = link;
}

static bool take_address(struct addr *addr, int family, const struct rtattr *attr)
{
	size_t len = family == AF_INET ? 4 : 16;

	if (RTA_PAYLOAD(attr) != len)
		return false;
	memset(addr, 0, sizeof(*addr));
	addr->family = family;
	memcpy(addr->bytes, RTA_DATA(attr), len);
	return true;
}

static void take_link_local(struct link *link, const struct addr *addr, bool tentative)
{
	if (tentative) {
		link->v6_pending = true;
	} else if (!link->v6.family) {
		link->v6 = *addr;
		link->v6.scope = link->ifindex;
	}
}

static void parse_address(const struct nlmsghdr *h, struct link_list *list)
{
	const struct ifaddrmsg *info = NLMSG_DATA(h);
	struct link *link = (struct link *)link_find(list, info->ifa_index);
	const struct rtattr *attr = IFA_RTA(info);
	int len = h->nlmsg_len - NLMSG_LENGTH(sizeof(*info));
	/* IPv4 says its own address in LOCAL (ADDRESS is the other end on a point-to-point link) */
	int wanted = info->ifa_family == AF_INET ? IFA_LOCAL : IFA_ADDRESS;
	struct addr addr;

	if (!link || (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
		return;
	if (info->ifa_flags & IFA_F_DADFAILED)
		return;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		if (attr->rta_type != wanted || !take_address(&addr, info->ifa_family, attr))
			continue;
		if (addr.family == AF_INET && !link->v4.family)
			link->v4 = addr;
		if (addr_is_link_local(&addr))
			take_link_local(link, &addr, info->ifa_flags & IFA_F_TENTATIVE);
	}
}

static size_t least_payload(unsigned int type)
{
	if (type == RTM_NEWLINK)
		return sizeof(struct ifinfomsg);
	return type == RTM_NEWADDR ? sizeof(struct ifaddrmsg) : 0;
}

int link_parse(const void *buf, size_t size, struct link_list *list)
{
	const struct nlmsghdr *h = buf;
	/* signed: the padding of the last message may be missing, then it goes below zero */
	int len = size;

	for (; NLMSG_OK(h, len); h = NLMSG_NEXT(h, len)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return 1;
		if (h->nlmsg_type == NLMSG_ERROR)
			return -EIO;
		if (h->nlmsg_len < NLMSG_LENGTH(least_payload(h->nlmsg_type)))
			return -EBADMSG;
		if (h->nlmsg_type == RTM_NEWLINK)
			parse_link(h, list);
		else if (h->nlmsg_type == RTM_NEWADDR)
			parse_address(h, list);
	}
	return 0;
}

static int dump(int fd, unsigned int type, struct link_list *list)
{
	struct {
		struct nlmsghdr h;
		struct rtgenmsg g;
	} request = {
		.h.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
		.h.nlmsg_type = type,
		.h.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		.g.rtgen_family = AF_UNSPEC,
	};
	static char buf[DUMP_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	int end = 0;

	if (send(fd, &request, request.h.nlmsg_len, 0) < 0)
		return -errno;
	while (!end) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			end = link_parse(buf, n, list);
	}
	return end < 0 ? end : 0;
}

int link_read(struct link_list *list)
{
	int fd = open_netlink(0, 0);
	int err;

	memset(list, 0, sizeof(*list));
	if (fd < 0)
		return fd;
	err = dump(fd, RTM_GETLINK, list);
	if (!err)
		err = dump(fd, RTM_GETADDR, list);
	close(fd);
	return err;
}

static bool is_listed(const char *name, const char *only)
{
	size_t len = strlen(name);

	while (*only) {
		size_t n = strcspn(only, ",");

		if (n == len && !memcmp(only, name, n))
			return true;
		only += n + (only[n] == ',');
	}
	return false;
}

bool link_is_usable(const struct link *link, const char *only)
{
	/* IPv4 alone is for links without IPv6: both ends must come to the same choice */
	if (!link->carrier || (!link->v6.family && (!link->v4.family || link->v6_pending)))
		return false;
	return !only || is_listed(link->name, only);
}
