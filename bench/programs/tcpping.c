// SPDX-License-Identifier: GPL-2.0
/*
 * The yardstick: plain TCP between two nodes.
 *   tcpping serve PORT                                   answers one client after the other
 *   tcpping ask ADDRESS[%INTERFACE] PORT REQUEST REPLY COUNT
 *     COUNT times: sends REQUEST bytes and reads REPLY bytes.
 * A REPLY of many megabytes measures the throughput from the server to the client.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define CHUNK (256 << 10)

struct order {
	uint64_t request, reply, count;
};

static unsigned char buffer[CHUNK];

static size_t chunk(uint64_t left)
{
	return left < CHUNK ? (size_t)left : CHUNK;
}

static int receive(int fd, uint64_t len)
{
	while (len) {
		ssize_t n = recv(fd, buffer, chunk(len), 0);

		if (n <= 0)
			return -1;
		len -= (uint64_t)n;
	}
	return 0;
}

static int transmit(int fd, uint64_t len)
{
	while (len) {
		ssize_t n = send(fd, buffer, chunk(len), MSG_NOSIGNAL);

		if (n <= 0)
			return -1;
		len -= (uint64_t)n;
	}
	return 0;
}

static void no_delay(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		bench_fail("TCP_NODELAY");
}

/* A socket for the address, and the address; IPv6 where it has a colon. */
static int open_socket(struct sockaddr_storage *ss, socklen_t *len, char *address, int port)
{
	struct sockaddr_in6 *six = (void *)ss;
	struct sockaddr_in *four = (void *)ss;
	char *interface = strchr(address, '%');

	memset(ss, 0, sizeof(*ss));
	if (interface)
		*interface++ = '\0';
	if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		six->sin6_scope_id = interface ? if_nametoindex(interface) : 0;
		*len = sizeof(*six);
	} else if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		*len = sizeof(*four);
	} else {
		errno = EINVAL;
		bench_fail(address);
	}
	return socket(ss->ss_family, SOCK_STREAM, 0);
}

static void answer(int fd)
{
	struct order o;

	if (recv(fd, &o, sizeof(o), MSG_WAITALL) != sizeof(o))
		return;
	while (o.count-- && !receive(fd, o.request) && !transmit(fd, o.reply))
		;
}

/* Both families, where the kernel has both. */
static int serve(int port)
{
	char any6[] = "::", any4[] = "0.0.0.0";
	struct sockaddr_storage ss;
	socklen_t len;
	int on = 1, fd = open_socket(&ss, &len, any6, port);

	if (fd < 0)
		fd = open_socket(&ss, &len, any4, port);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (void *)&ss, len) || listen(fd, 4))
		bench_fail("listen");
	for (;;) {
		int client = accept(fd, NULL, NULL);

		if (client < 0)
			bench_fail("accept");
		no_delay(client);
		answer(client);
		close(client);
	}
}

static int ask(char *address, int port, const struct order *o)
{
	struct sockaddr_storage ss;
	struct bench_series s = { 0 };
	socklen_t len;
	int fd = open_socket(&ss, &len, address, port);

	if (fd < 0 || connect(fd, (void *)&ss, len))
		bench_fail(address);
	no_delay(fd);
	if (send(fd, o, sizeof(*o), MSG_NOSIGNAL) != sizeof(*o))
		bench_fail("send");
	for (uint64_t i = 0; i < o->count; i++) {
		uint64_t start = bench_now();

		if (transmit(fd, o->request) || receive(fd, o->reply))
			bench_fail("exchange");
		bench_add(&s, bench_now() - start);
	}
	printf("mean_ns %llu\nleast_ns %llu\n", (unsigned long long)bench_mean(&s),
	       (unsigned long long)s.least);
	return 0;
}

int main(int argc, char **argv)
{
	memset(buffer, 0x5a, sizeof(buffer));
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(atoi(argv[2]));
	if (argc == 7 && !strcmp(argv[1], "ask")) {
		struct order o = {
			strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10),
			strtoull(argv[6], NULL, 10),
		};

		return ask(argv[2], atoi(argv[3]), &o);
	}
	fprintf(stderr, "usage: tcpping serve PORT\n"
			"       tcpping ask ADDRESS[%%INTERFACE] PORT REQUEST REPLY COUNT\n");
	return 2;
}
