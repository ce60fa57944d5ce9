// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for descriptors: poll, ppoll, select, pselect and epoll over pipes and socket pairs,
 * level and edge triggered, with timeouts that must not come early, and with masks that are
 * swapped for the time of the wait only.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include "prog.h"

#define PIPES 12

static int pipes[PIPES][2];
static bool ready[PIPES];
static volatile sig_atomic_t usr1;

static void on_usr1(int sig)
{
	usr1++;
}

static void open_pipes(void)
{
	for (int i = 0; i < PIPES; i++) {
		CHECK_EQ(pipe2(pipes[i], O_NONBLOCK), 0);
		ready[i] = prog_below(2);
		if (ready[i])
			CHECK_EQ(write(pipes[i][1], "r", 1), 1);
	}
}

static void close_pipes(void)
{
	for (int i = 0; i < PIPES; i++) {
		close(pipes[i][0]);
		close(pipes[i][1]);
	}
}

static int count_ready(void)
{
	int n = 0;

	for (int i = 0; i < PIPES; i++)
		n += ready[i];
	return n;
}

static void with_poll(bool signals)
{
	struct timespec now = { 0 };
	struct pollfd fds[2 * PIPES];
	sigset_t none;
	int n;

	sigemptyset(&none);
	for (int i = 0; i < PIPES; i++) {
		fds[i] = (struct pollfd){ pipes[i][0], POLLIN, 0x7f };
		fds[PIPES + i] = (struct pollfd){ pipes[i][1], POLLOUT, 0x7f };
	}
	n = signals ? ppoll(fds, 2 * PIPES, &now, &none) : poll(fds, 2 * PIPES, 0);
	CHECK_EQ(n, PIPES + count_ready());
	for (int i = 0; i < PIPES; i++) {
		CHECK_EQ(fds[i].revents, ready[i] ? POLLIN : 0);
		CHECK_EQ(fds[PIPES + i].revents, POLLOUT);
		prog_mix((uint64_t)fds[i].revents);
	}
}

static void with_select(bool signals)
{
	struct timespec now = { 0 };
	struct timeval zero = { 0 };
	fd_set in, out;
	int top = 0, n;

	FD_ZERO(&in);
	FD_ZERO(&out);
	for (int i = 0; i < PIPES; i++) {
		FD_SET(pipes[i][0], &in);
		FD_SET(pipes[i][1], &out);
		top = pipes[i][1] > top ? pipes[i][1] : top;
	}
	n = signals ? pselect(top + 1, &in, &out, NULL, &now, NULL) :
		      select(top + 1, &in, &out, NULL, &zero);
	CHECK_EQ(n, PIPES + count_ready());
	for (int i = 0; i < PIPES; i++)
		CHECK_EQ(!!FD_ISSET(pipes[i][0], &in), ready[i]);
}

static void with_epoll(void)
{
	struct epoll_event event, events[PIPES];
	int ep = epoll_create1(EPOLL_CLOEXEC), n;

	CHECK(ep >= 0);
	for (int i = 0; i < PIPES; i++) {
		event = (struct epoll_event){ .events = EPOLLIN | EPOLLET, .data.u32 = (uint32_t)i };
		CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &event), 0);
	}
	CHECK_ERRNO(epoll_ctl(ep, EPOLL_CTL_ADD, pipes[0][0], &event), EEXIST);
	n = epoll_wait(ep, events, PIPES, 0);
	CHECK_EQ(n, count_ready());
	for (int i = 0; i < n; i++) {
		CHECK(events[i].data.u32 < PIPES && ready[events[i].data.u32]);
		CHECK_EQ(events[i].events, EPOLLIN);
	}
	/* Edge triggered: nothing new, then one more byte in pipe 3. */
	CHECK_EQ(epoll_wait(ep, events, PIPES, 0), 0);
	CHECK_EQ(write(pipes[3][1], "n", 1), 1);
	CHECK_EQ(epoll_wait(ep, events, PIPES, -1), 1);
	CHECK_EQ(events[0].data.u32, 3);
	event = (struct epoll_event){ .events = EPOLLIN | EPOLLONESHOT, .data.u32 = 99 };
	CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_MOD, pipes[3][0], &event), 0);
	CHECK_EQ(epoll_wait(ep, events, PIPES, -1), 1);
	CHECK_EQ(events[0].data.u32, 99);
	CHECK_EQ(epoll_wait(ep, events, PIPES, 0), 0);
	for (int i = 0; i < PIPES; i++)
		CHECK_EQ(epoll_ctl(ep, EPOLL_CTL_DEL, pipes[i][0], NULL), 0);
	CHECK_ERRNO(epoll_ctl(ep, EPOLL_CTL_DEL, pipes[0][0], NULL), ENOENT);
	close(ep);
}

/* Each wait must last at least its timeout, whatever happens to the process in between. */
static void timeouts(void)
{
	struct timespec ts = { 0, 15000000 };
	struct timeval tv = { 0, 15000 };
	struct pollfd fd;
	struct epoll_event event;
	uint64_t start[5];
	int pair[2], ep = epoll_create1(0);

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fd = (struct pollfd){ pair[0], POLLIN, 0 };
	start[0] = prog_now_ns();
	CHECK_EQ(poll(&fd, 1, 15), 0);
	start[1] = prog_now_ns();
	CHECK_EQ(ppoll(&fd, 1, &ts, NULL), 0);
	start[2] = prog_now_ns();
	CHECK_EQ(select(0, NULL, NULL, NULL, &tv), 0);
	CHECK_EQ(tv.tv_usec, 0);
	start[3] = prog_now_ns();
	CHECK_EQ(epoll_wait(ep, &event, 1, 15), 0);
	start[4] = prog_now_ns();
	for (int i = 0; i < 4; i++)
		CHECK(start[i + 1] - start[i] >= 14900000);
	close(pair[0]);
	close(pair[1]);
	close(ep);
}

static void hang_up(void)
{
	struct pollfd fd;
	int pair[2], unused[2];

	CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fd = (struct pollfd){ pair[0], POLLIN | POLLRDHUP, 0 };
	close(pair[1]);
	CHECK_EQ(poll(&fd, 1, -1), 1);
	CHECK_EQ(fd.revents, POLLIN | POLLHUP | POLLRDHUP);
	close(pair[0]);
	CHECK_EQ(pipe(unused), 0);
	close(unused[0]);
	close(unused[1]);
	fd.fd = unused[0];
	CHECK_EQ(poll(&fd, 1, -1), 1);
	CHECK_EQ(fd.revents, POLLNVAL);
}

/* A blocked, pending signal is delivered inside ppoll with the swapped mask, and only there. */
static void masks(void)
{
	sigset_t block, none, seen;
	struct sigaction act = { .sa_handler = on_usr1 };

	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &block, NULL), 0);
	usr1 = 0;
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	CHECK_EQ(usr1, 0);
	CHECK_ERRNO(ppoll(NULL, 0, NULL, &none), EINTR);
	CHECK_EQ(usr1, 1);
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	CHECK_EQ(usr1, 1);
	CHECK_ERRNO(pselect(0, NULL, NULL, NULL, NULL, &none), EINTR);
	CHECK_EQ(usr1, 2);
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &block, &seen), 0);
	CHECK(sigismember(&seen, SIGUSR1));
	CHECK_EQ(usr1, 2);
}

static void round_polls(void)
{
	open_pipes();
	with_poll(false);
	with_poll(true);
	with_select(false);
	with_select(true);
	with_epoll();
	close_pipes();
	timeouts();
	hang_up();
	masks();
}

const struct prog prog = { .name = "polls", .variants = 8, .round = round_polls };
