// SPDX-License-Identifier: GPL-2.0
/*
 * TCP and UDP over the home's loopback: listen, accept, connect, both halves of a stream with
 * a child, datagrams with their addresses, sendmmsg, socket options, refused connections.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "prog.h"

#define STREAM 100000

static struct sockaddr_in loopback(in_port_t port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = port };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return addr;
}

static int bound(int type, struct sockaddr_in *addr)
{
	int fd = socket(AF_INET, type, 0);
	socklen_t len = sizeof(*addr);

	CHECK(fd >= 0);
	*addr = loopback(0);
	CHECK_EQ(bind(fd, (struct sockaddr *)addr, sizeof(*addr)), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)addr, &len), 0);
	CHECK_EQ(len, sizeof(*addr));
	CHECK(addr->sin_port != 0);
	return fd;
}

static int dial(const struct sockaddr_in *addr)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	CHECK_EQ(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)), 0);
	CHECK_EQ(connect(fd, (const struct sockaddr *)addr, sizeof(*addr)), 0);
	return fd;
}

/* Sends its pattern back in the other half: what it got is checked on both sides. */
static void peer(const struct sockaddr_in *addr, uint64_t key)
{
	static unsigned char data[STREAM];
	int fd = dial(addr);
	char byte;

	prog_read_all(fd, data, sizeof(data));
	prog_expect_fill(data, sizeof(data), key, "stream there");
	prog_fill(data, sizeof(data), ~key);
	prog_write_all(fd, data, sizeof(data));
	CHECK_EQ(shutdown(fd, SHUT_WR), 0);
	CHECK_EQ(read(fd, &byte, 1), 0);
	_exit(0);
}

static void stream(void)
{
	static unsigned char data[STREAM];
	struct sockaddr_in addr, from;
	socklen_t len = sizeof(from);
	uint64_t key = prog_rand();
	int server = bound(SOCK_STREAM, &addr), fd;
	pid_t pid;
	char byte;

	CHECK_EQ(listen(server, 5), 0);
	pid = prog_fork();
	if (!pid)
		peer(&addr, key);
	fd = accept4(server, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);
	CHECK(fd >= 0);
	CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	prog_fill(data, sizeof(data), key);
	prog_write_all(fd, data, sizeof(data));
	prog_read_all(fd, data, sizeof(data));
	prog_expect_fill(data, sizeof(data), ~key, "stream back");
	CHECK_EQ(read(fd, &byte, 1), 0);
	close(fd);
	close(server);
	prog_reap_ok(pid);
	prog_mix_bytes(data, 1000);
}

static void datagrams(void)
{
	struct sockaddr_in a, b, from;
	int left = bound(SOCK_DGRAM, &a), right = bound(SOCK_DGRAM, &b);
	unsigned char out[2000], in[3000];

	for (int i = 0; i < 20; i++) {
		size_t n = prog_below(sizeof(out));
		socklen_t len = sizeof(from);
		uint64_t key = prog_rand();

		prog_fill(out, n, key);
		CHECK_EQ(sendto(left, out, n, 0, (struct sockaddr *)&b, sizeof(b)), n);
		CHECK_EQ(recvfrom(right, in, sizeof(in), 0, (struct sockaddr *)&from, &len), n);
		CHECK_EQ(from.sin_port, a.sin_port);
		prog_expect_fill(in, n, key, "datagram");
		prog_mix_bytes(in, n);
	}
	CHECK_ERRNO(recv(left, in, 1, MSG_DONTWAIT), EAGAIN);
	CHECK_ERRNO(send(left, out, 10, 0), EDESTADDRREQ);
	close(left);
	close(right);
}

static void many_datagrams(void)
{
	struct sockaddr_in a;
	int fd = bound(SOCK_DGRAM, &a);
	uint32_t out[8], in[8];
	struct iovec iov[16];
	struct mmsghdr msg[8] = { 0 };

	for (int i = 0; i < 8; i++) {
		out[i] = (uint32_t)prog_rand();
		iov[i] = (struct iovec){ &out[i], 4 };
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &a, .msg_namelen = sizeof(a),
			.msg_iov = &iov[i], .msg_iovlen = 1,
		};
	}
	CHECK_EQ(sendmmsg(fd, msg, 8, 0), 8);
	for (int i = 0; i < 8; i++) {
		iov[i].iov_base = &in[i];
		msg[i].msg_hdr.msg_name = NULL;
		msg[i].msg_hdr.msg_namelen = 0;
	}
	CHECK_EQ(recvmmsg(fd, msg, 8, 0, NULL), 8);
	CHECK(!memcmp(in, out, sizeof(in)));
	close(fd);
}

static void options(void)
{
	struct sockaddr_in addr;
	int server = bound(SOCK_STREAM, &addr), fd, value = 0;
	socklen_t len = sizeof(value);

	CHECK_EQ(getsockopt(server, SOL_SOCKET, SO_ACCEPTCONN, &value, &len), 0);
	CHECK_EQ(value, 0);
	CHECK_EQ(listen(server, 1), 0);
	CHECK_EQ(getsockopt(server, SOL_SOCKET, SO_ACCEPTCONN, &value, &len), 0);
	CHECK_EQ(value, 1);
	fd = dial(&addr);
	CHECK_EQ(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &len), 0);
	CHECK_EQ(value, 1);
	CHECK_ERRNO(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EISCONN);
	close(fd);
	close(server);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK_ERRNO(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ECONNREFUSED);
	CHECK_ERRNO(bind(fd, (struct sockaddr *)&addr, 3), EINVAL);
	close(fd);
	CHECK_ERRNO(socket(AF_INET, 99, 0), EINVAL);
}

static void round_inet(void)
{
	stream();
	datagrams();
	many_datagrams();
	options();
}

const struct prog prog = { .name = "inet", .variants = 4, .round = round_inet };
