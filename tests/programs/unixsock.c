// SPDX-License-Identifier: GPL-2.0
/*
 * AF_UNIX sockets: stream, datagram and seqpacket pairs, vectors, truncation, credentials,
 * descriptors passed to oneself and to a child, shutdown and the errno of misuse.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "prog.h"

#define BOUNDARY(type) ((type) != SOCK_STREAM)

static void messages(int type)
{
	unsigned char out[3000], in[4000];
	int fd[2];

	CHECK_EQ(socketpair(AF_UNIX, type, 0, fd), 0);
	for (int i = 0; i < 20; i++) {
		size_t len = 2 + prog_below(sizeof(out) - 2), cut = 1 + prog_below(len - 1);
		struct iovec iov[2] = { { out, cut }, { out + cut, len - cut } };
		struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
		uint64_t key = prog_rand();

		prog_fill(out, len, key);
		CHECK_EQ(sendmsg(fd[i & 1], &msg, 0), len);
		CHECK_EQ(recv(fd[!(i & 1)], in, sizeof(in), MSG_PEEK), len);
		CHECK_EQ(recv(fd[!(i & 1)], in, sizeof(in), 0), len);
		prog_expect_fill(in, len, key, "message");
		prog_mix_bytes(in, len);
	}
	if (BOUNDARY(type)) {
		struct iovec iov = { in, 10 };
		struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

		CHECK_EQ(send(fd[0], out, 100, 0), 100);
		CHECK_EQ(recvmsg(fd[1], &msg, 0), 10);
		CHECK(msg.msg_flags & MSG_TRUNC);
	}
	CHECK_ERRNO(recv(fd[1], in, 1, MSG_DONTWAIT), EAGAIN);
	close(fd[0]);
	if (type != SOCK_DGRAM)
		CHECK_EQ(recv(fd[1], in, 1, 0), 0);
	CHECK_EQ(send(fd[1], in, 1, MSG_NOSIGNAL), -1);
	CHECK_EQ(errno, type == SOCK_DGRAM ? ECONNREFUSED : EPIPE);
	close(fd[1]);
}

static void options(void)
{
	int fd[2], value, type;
	socklen_t len = sizeof(value);
	struct ucred who;

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	CHECK_EQ(getsockopt(fd[0], SOL_SOCKET, SO_TYPE, &type, &len), 0);
	CHECK_EQ(type, SOCK_STREAM);
	CHECK_EQ(getsockopt(fd[0], SOL_SOCKET, SO_ERROR, &value, &len), 0);
	CHECK_EQ(value, 0);
	len = sizeof(who);
	CHECK_EQ(getsockopt(fd[0], SOL_SOCKET, SO_PEERCRED, &who, &len), 0);
	CHECK_EQ(who.pid, getpid());
	CHECK_EQ(who.uid, getuid());
	value = 1;
	CHECK_EQ(setsockopt(fd[0], SOL_SOCKET, SO_PASSCRED, &value, sizeof(value)), 0);
	value = 0;
	len = sizeof(value);
	CHECK_EQ(getsockopt(fd[0], SOL_SOCKET, SO_PASSCRED, &value, &len), 0);
	CHECK_EQ(value, 1);
	CHECK_ERRNO(getsockopt(fd[0], SOL_SOCKET, 9999, &value, &len), ENOPROTOOPT);
	CHECK_ERRNO(getsockopt(STDIN_FILENO + 1000, SOL_SOCKET, SO_TYPE, &type, &len), EBADF);
	CHECK_EQ(shutdown(fd[0], SHUT_WR), 0);
	CHECK_EQ(recv(fd[1], &value, 1, 0), 0);
	CHECK_EQ(send(fd[1], "x", 1, 0), 1);
	CHECK_EQ(recv(fd[0], &value, 1, 0), 1);
	close(fd[0]);
	close(fd[1]);
}

static void send_fd(int sock, int fd, uint32_t tag)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec iov = { &tag, sizeof(tag) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	CHECK_EQ(sendmsg(sock, &msg, 0), sizeof(tag));
}

static int receive_fd(int sock, uint32_t want)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	uint32_t tag;
	struct iovec iov = { &tag, sizeof(tag) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *cmsg;
	int fd;

	CHECK_EQ(recvmsg(sock, &msg, MSG_CMSG_CLOEXEC), sizeof(tag));
	CHECK_EQ(tag, want);
	cmsg = CMSG_FIRSTHDR(&msg);
	CHECK(cmsg && cmsg->cmsg_type == SCM_RIGHTS);
	memcpy(&fd, CMSG_DATA(cmsg), sizeof(int));
	CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	return fd;
}

static void descriptors(void)
{
	int sock[2], fd[2], passed;
	char byte = 0;
	pid_t pid;

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, sock), 0);
	CHECK_EQ(pipe(fd), 0);
	send_fd(sock[0], fd[1], 7);
	passed = receive_fd(sock[1], 7);
	CHECK(passed != fd[1]);
	CHECK_EQ(write(passed, "p", 1), 1);
	CHECK_EQ(read(fd[0], &byte, 1), 1);
	CHECK_EQ(byte, 'p');
	close(passed);
	pid = prog_fork();
	if (!pid) {
		close(fd[1]);
		passed = receive_fd(sock[1], 8);
		prog_write_all(passed, "c", 1);
		_exit(0);
	}
	send_fd(sock[0], fd[1], 8);
	close(fd[1]);
	prog_read_all(fd[0], &byte, 1);
	CHECK_EQ(byte, 'c');
	prog_reap_ok(pid);
	CHECK_EQ(read(fd[0], &byte, 1), 0);
	close(fd[0]);
	close(sock[0]);
	close(sock[1]);
}

static void round_unix(void)
{
	messages(SOCK_STREAM);
	messages(SOCK_DGRAM);
	messages(SOCK_SEQPACKET);
	options();
	descriptors();
}

const struct prog prog = { .name = "unixsock", .variants = 8, .round = round_unix };
