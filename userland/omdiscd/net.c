// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams in and out: IPv6 multicast and IPv4 broadcast on every usable link, unicast on one
 * path. The link is always named explicitly, so that no route is needed. Datagrams that do not
 * come from a usable link and from our port, or do not open, are counted and never seen above.
 */
#include "omdiscd/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAP_CALLS	3	/* nodes of a map that are called at once */

static int set_flag(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

static int bind_any(int fd, int family)
{
	struct addr any = { .family = family };
	struct sockaddr_storage ss;
	socklen_t len = addr_to_socket(&any, PACKET_PORT, &ss);

	return bind(fd, (struct sockaddr *)&ss, len) ? -errno : 0;
}

static int setup_v6(int fd)
{
	int err = set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);

	if (!err)
		err = set_flag(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (!err)
		err = set_flag(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
	if (!err)
		err = set_flag(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
	return err;
}

static int setup_v4(int fd)
{
	int err = set_flag(fd, SOL_SOCKET, SO_BROADCAST, 1);

	if (!err)
		err = set_flag(fd, IPPROTO_IP, IP_PKTINFO, 1);
	return err;
}

/* 0 with *fd set, -EAFNOSUPPORT when the kernel lacks the family, or -errno. */
static int open_family(int family, int (*setup)(int fd), int *fd)
{
	int err;

	*fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return -errno;
	err = setup(*fd);
	if (!err)
		err = bind_any(*fd, family);
	if (err) {
		close(*fd);
		*fd = -1;
	}
	return err;
}

static bool is_missing_family(int err)
{
	return err == -EAFNOSUPPORT || err == -EADDRNOTAVAIL;
}

int net_open(struct net *net, struct counters *counters)
{
	int err6, err4;

	net->counters = counters;
	net->fd4 = -1;
	err6 = open_family(AF_INET6, setup_v6, &net->fd6);
	if (err6 && !is_missing_family(err6))
		return err6;
	err4 = open_family(AF_INET, setup_v4, &net->fd4);
	if (!err4 || (is_missing_family(err4) && !err6))
		return 0;
	net_close(net);
	return err4;
}

void net_close(struct net *net)
{
	if (net->fd6 >= 0)
		close(net->fd6);
	if (net->fd4 >= 0)
		close(net->fd4);
	net->fd6 = net->fd4 = -1;
}

/* Joining a group again on a link that kept its membership is refused with EADDRINUSE: fine. */
static void join_group(struct net *net, const struct link *link)
{
	struct ipv6_mreq request = { .ipv6mr_interface = link->ifindex };

	inet_pton(AF_INET6, PACKET_GROUP, &request.ipv6mr_multiaddr);
	if (net->fd6 < 0 || !link->v6.family)
		return;
	if (setsockopt(net->fd6, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof(request)) &&
	    errno != EADDRINUSE)
		counters_add(net->counters, COUNT_SEND_ERRORS);
}

void net_use_links(struct net *net, const struct link_list *all, const char *only)
{
	memset(&net->links, 0, sizeof(net->links));
	for (size_t i = 0; i < all->count; i++) {
		if (!link_is_usable(&all->link[i], only))
			continue;
		net->links.link[net->links.count++] = all->link[i];
		join_group(net, &all->link[i]);
	}
}

/* The control message that fixes link and source address; its length, 0 = leave it to the routes. */
static size_t put_pktinfo(struct cmsghdr *cmsg, const struct path *to)
{
	if (to->peer.family == AF_INET6) {
		struct in6_pktinfo info = { .ipi6_ifindex = to->ifindex };

		/* a link-local source does not reach a routed address of a map */
		if (to->peer.scope)
			memcpy(&info.ipi6_addr, to->local.bytes, sizeof(info.ipi6_addr));
		cmsg->cmsg_level = IPPROTO_IPV6;
		cmsg->cmsg_type = IPV6_PKTINFO;
		cmsg->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
		return CMSG_SPACE(sizeof(info));
	}
	struct in_pktinfo info = { .ipi_ifindex = to->ifindex };

	if (to->local.family == AF_INET)
		memcpy(&info.ipi_spec_dst, to->local.bytes, sizeof(info.ipi_spec_dst));
	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	return CMSG_SPACE(sizeof(info));
}

static void send_path(struct net *net, const void *body, size_t len, const struct path *to)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { 0 };
	uint8_t datagram[SEAL_BYTES_MAX];
	struct sockaddr_storage ss;
	struct iovec iov = { .iov_base = datagram };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_name = &ss };
	int fd = to->peer.family == AF_INET6 ? net->fd6 : net->fd4;

	if (fd < 0)
		return;
	iov.iov_len = seal_pack(&net->seal, body, len, datagram);
	msg.msg_namelen = addr_to_socket(&to->peer, PACKET_PORT, &ss);
	if (to->ifindex) {
		msg.msg_control = &control;
		msg.msg_controllen = put_pktinfo(&control.header, to);
	}
	if (sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		counters_add(net->counters, COUNT_SEND_ERRORS);
		return;
	}
	counters_add(net->counters, COUNT_SENT);
	net->counters->value[COUNT_SENT_BYTES] += iov.iov_len;
}

static void send_link(struct net *net, const void *body, size_t len, const struct link *link)
{
	struct path to = { .ifindex = link->ifindex };

	if (link->v6.family) {
		to.peer = (struct addr) { .family = AF_INET6, .scope = link->ifindex };
		inet_pton(AF_INET6, PACKET_GROUP, to.peer.bytes);
		to.local = link->v6;
		send_path(net, body, len, &to);
	}
	if (link->v4.family) {
		to.peer = (struct addr) { .family = AF_INET };
		memset(to.peer.bytes, 255, 4);
		to.local = link->v4;
		send_path(net, body, len, &to);
	}
}

/* A few at a time, all in turn; that one of them is this node does no harm. */
static void send_map(struct net *net, const void *body, size_t len)
{
	size_t tries = net->map->count < MAP_CALLS ? net->map->count : MAP_CALLS;

	while (tries--) {
		const struct map_entry *e = &net->map->entry[net->turn++ % net->map->count];
		struct path to = { .peer = e->addr };

		if (!e->alias)
			send_path(net, body, len, &to);
	}
}

void net_send(struct net *net, const void *body, size_t len, const struct path *to)
{
	if (to) {
		send_path(net, body, len, to);
		return;
	}
	if (net->map) {
		send_map(net, body, len);
		return;
	}
	for (size_t i = 0; i < net->links.count; i++)
		send_link(net, body, len, &net->links.link[i]);
}

static unsigned int arrival_ifindex(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct in6_pktinfo info6;
		struct in_pktinfo info4;

		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			return info6.ipi6_ifindex;
		}
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			return info4.ipi_ifindex;
		}
	}
	return 0;
}

static unsigned int source_port(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)ss)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)ss)->sin6_port);
}

/* The path a datagram came on; -EPERM when it is none of ours. */
static int fill_path(const struct net *net, const struct sockaddr_storage *ss, unsigned int ifindex,
		     struct path *from)
{
	const struct link *link = link_find(&net->links, ifindex);

	memset(from, 0, sizeof(*from));
	if (!link || addr_from_socket(ss, &from->peer) || source_port(ss) != PACKET_PORT)
		return -EPERM;
	from->ifindex = ifindex;
	from->local = from->peer.family == AF_INET ? link->v4 : link->v6;
	return from->local.family ? 0 : -EPERM;
}

static enum counter count_of(int err)
{
	if (err == -EPERM)
		return COUNT_FOREIGN;
	return err == -EACCES ? COUNT_FORGED : COUNT_MALFORMED;
}

/* One datagram: the length of its body, -EBADMSG (and counted), -EAGAIN none. */
static int receive_one(struct net *net, int fd, uint8_t *body, struct path *from)
{
	/* the control data of this family fits; the union aligns it */
	union {
		struct cmsghdr header;
		char space[256];
	} control;
	uint8_t datagram[SEAL_BYTES_MAX + 1];
	struct sockaddr_storage ss = { 0 };
	struct iovec iov = { .iov_base = datagram, .iov_len = sizeof(datagram) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_name = &ss, .msg_namelen = sizeof(ss),
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &msg, 0);
	int err;

	if (n < 0)
		return errno == EINTR || errno == ECONNREFUSED ? -EBADMSG : -EAGAIN;
	counters_add(net->counters, COUNT_RECEIVED);
	net->counters->value[COUNT_RECEIVED_BYTES] += n;
	err = fill_path(net, &ss, arrival_ifindex(&msg), from);
	if (!err)
		err = seal_unpack(&net->seal, datagram, n, body);
	if (err >= 0)
		return err;
	counters_add(net->counters, count_of(err));
	return -EBADMSG;
}

int net_receive(struct net *net, int fd, uint8_t body[static SWIM_PACKET_MAX], struct path *from)
{
	int len;

	do {
		len = receive_one(net, fd, body, from);
	} while (len == -EBADMSG);
	return len;
}
