// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes: to oneself, and between a parent and a child that were both forked after the
 * start.  Sequence numbers find a message that was lost or sent twice; EOF, SIGPIPE and
 * EAGAIN must come when they should.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "prog.h"

#define BALLS 60

struct message {
	uint32_t sequence;
	uint32_t length;
	unsigned char data[1000];
};

static void to_oneself(void)
{
	unsigned char out[4096], in[4096];
	int fd[2], waiting;

	CHECK_EQ(pipe2(fd, O_NONBLOCK), 0);
	CHECK_ERRNO(read(fd[0], in, 1), EAGAIN);
	for (int i = 0; i < 20; i++) {
		size_t len = 1 + prog_below(sizeof(out));
		uint64_t key = prog_rand();

		prog_fill(out, len, key);
		CHECK_EQ(write(fd[1], out, len), len);
		CHECK_EQ(ioctl(fd[0], FIONREAD, &waiting), 0);
		CHECK_EQ(waiting, len);
		CHECK_EQ(read(fd[0], in, sizeof(in)), len);
		prog_expect_fill(in, len, key, "own pipe");
		prog_mix_bytes(in, len);
	}
	close(fd[1]);
	CHECK_EQ(read(fd[0], in, 1), 0);
	close(fd[0]);
}

static void fill_up(void)
{
	static unsigned char block[4096];
	int fd[2];
	size_t total = 0, capacity;

	CHECK_EQ(pipe2(fd, O_NONBLOCK), 0);
	capacity = (size_t)fcntl(fd[1], F_GETPIPE_SZ);
	while (write(fd[1], block, sizeof(block)) == sizeof(block))
		total += sizeof(block);
	CHECK_EQ(errno, EAGAIN);
	CHECK_EQ(total, capacity);
	while (total) {
		CHECK_EQ(read(fd[0], block, sizeof(block)), sizeof(block));
		total -= sizeof(block);
	}
	CHECK_ERRNO(read(fd[0], block, 1), EAGAIN);
	close(fd[0]);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERRNO(write(fd[1], block, 1), EPIPE);
	signal(SIGPIPE, SIG_DFL);
	close(fd[1]);
}

static void send_message(int fd, uint32_t sequence)
{
	struct message msg = { .sequence = sequence, .length = 1 + (uint32_t)prog_below(1000) };

	prog_fill(msg.data, msg.length, sequence);
	prog_write_all(fd, &msg, offsetof(struct message, data) + msg.length);
}

static uint32_t receive_message(int fd, uint32_t sequence)
{
	struct message msg;

	prog_read_all(fd, &msg, offsetof(struct message, data));
	CHECK_EQ(msg.sequence, sequence);
	CHECK(msg.length >= 1 && msg.length <= sizeof(msg.data));
	prog_read_all(fd, msg.data, msg.length);
	prog_expect_fill(msg.data, msg.length, sequence, "message");
	return msg.length;
}

static void opponent(int in, int out)
{
	for (uint32_t i = 0; i < BALLS; i++) {
		receive_message(in, 2 * i);
		send_message(out, 2 * i + 1);
	}
	_exit(0);
}

static void ping_pong(void)
{
	int there[2], back[2];
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(there), 0);
	CHECK_EQ(pipe(back), 0);
	pid = prog_fork();
	if (!pid) {
		close(there[1]);
		close(back[0]);
		opponent(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
	for (uint32_t i = 0; i < BALLS; i++) {
		send_message(there[1], 2 * i);
		prog_mix(receive_message(back[0], 2 * i + 1));
	}
	prog_reap_ok(pid);
	CHECK_EQ(read(back[0], &byte, 1), 0);
	close(back[0]);
	close(there[1]);
}

/* The writer dies of SIGPIPE when the reader closes. */
static void broken(void)
{
	int fd[2], status;
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		close(fd[0]);
		for (;;)
			prog_write_all(fd[1], "x", 1);
	}
	close(fd[1]);
	for (int i = 0; i < 10; i++)
		prog_read_all(fd[0], &byte, 1);
	close(fd[0]);
	status = prog_reap(pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGPIPE);
}

static void round_pipes(void)
{
	to_oneself();
	fill_up();
	ping_pong();
	broken();
}

const struct prog prog = { .name = "pipes", .variants = 8, .round = round_pipes };
