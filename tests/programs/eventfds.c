// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors that carry events: eventfd with and without semaphore mode, timerfd one-shot,
 * periodic and absolute, signalfd, inotify.  Counts must be exact, timers never early.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include "prog.h"

static uint64_t read_count(int fd)
{
	uint64_t value;

	CHECK_EQ(read(fd, &value, sizeof(value)), sizeof(value));
	return value;
}

static void counters(void)
{
	int plain = eventfd(5, EFD_NONBLOCK), sem = eventfd(0, EFD_SEMAPHORE | EFD_NONBLOCK);
	uint64_t sum = 5, value;

	for (int i = 0; i < 20; i++) {
		value = prog_below(1000);
		sum += value;
		CHECK_EQ(write(plain, &value, sizeof(value)), 8);
	}
	CHECK_EQ(read_count(plain), sum);
	CHECK_ERRNO(read(plain, &value, sizeof(value)), EAGAIN);
	CHECK_ERRNO(read(plain, &value, 4), EINVAL);
	prog_mix(sum);
	value = 10;
	CHECK_EQ(write(sem, &value, sizeof(value)), 8);
	for (int i = 0; i < 10; i++)
		CHECK_EQ(read_count(sem), 1);
	CHECK_ERRNO(read(sem, &value, sizeof(value)), EAGAIN);
	close(plain);
	close(sem);
}

static void counter_between(void)
{
	int fd = eventfd(0, 0);
	uint64_t one = 1, got = 0;
	pid_t pid = prog_fork();

	if (!pid) {
		for (int i = 0; i < 100; i++)
			CHECK_EQ(write(fd, &one, sizeof(one)), 8);
		_exit(0);
	}
	while (got < 100)
		got += read_count(fd);
	CHECK_EQ(got, 100);
	prog_reap_ok(pid);
	close(fd);
}

static void timers(void)
{
	struct itimerspec spec = { .it_value = { 0, 10000000 } }, left;
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	uint64_t start = prog_now_ns();
	struct timespec now;

	CHECK_EQ(timerfd_settime(fd, 0, &spec, NULL), 0);
	CHECK_EQ(read_count(fd), 1);
	CHECK(prog_now_ns() - start >= 9900000);
	CHECK_EQ(timerfd_gettime(fd, &left), 0);
	CHECK_EQ(left.it_value.tv_nsec + left.it_value.tv_sec, 0);
	spec.it_interval = (struct timespec){ 0, 2000000 };
	start = prog_now_ns();
	CHECK_EQ(timerfd_settime(fd, 0, &spec, NULL), 0);
	for (uint64_t ticks = 0; ticks < 10;)
		ticks += read_count(fd);
	CHECK(prog_now_ns() - start >= 10000000 + 9 * 2000000 - 100000);
	CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &now), 0);
	now.tv_nsec += 8000000;
	if (now.tv_nsec >= 1000000000) {
		now.tv_nsec -= 1000000000;
		now.tv_sec++;
	}
	spec = (struct itimerspec){ .it_value = now };
	CHECK_EQ(timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL), 0);
	CHECK_EQ(read_count(fd), 1);
	CHECK(prog_now_ns() >= (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec);
	close(fd);
}

static void signals(void)
{
	struct signalfd_siginfo info;
	sigset_t set, old;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGRTMIN + 3);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, &old), 0);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	CHECK(fd >= 0);
	CHECK_ERRNO(read(fd, &info, sizeof(info)), EAGAIN);
	for (int i = 0; i < 5; i++)
		CHECK_EQ(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = i }), 0);
	CHECK_EQ(kill(getpid(), SIGUSR2), 0);
	CHECK_EQ(kill(getpid(), SIGUSR2), 0);
	CHECK_EQ(read(fd, &info, sizeof(info)), sizeof(info));
	CHECK_EQ(info.ssi_signo, SIGUSR2);
	CHECK_EQ(info.ssi_pid, getpid());
	for (int i = 0; i < 5; i++) {
		CHECK_EQ(read(fd, &info, sizeof(info)), sizeof(info));
		CHECK_EQ(info.ssi_signo, SIGRTMIN + 3);
		CHECK_EQ(info.ssi_int, i);
	}
	CHECK_ERRNO(read(fd, &info, sizeof(info)), EAGAIN);
	close(fd);
	CHECK_EQ(sigprocmask(SIG_SETMASK, &old, NULL), 0);
}

static void expect_event(int fd, uint32_t mask, const char *name)
{
	static char buf[4096] __attribute__((aligned(8)));
	static ssize_t have, at;
	struct inotify_event *event;

	if (at >= have) {
		have = read(fd, buf, sizeof(buf));
		at = 0;
	}
	CHECK(have - at >= (ssize_t)sizeof(*event));
	event = (struct inotify_event *)(buf + at);
	at += (ssize_t)(sizeof(*event) + event->len);
	CHECK_EQ(event->mask, mask);
	CHECK(!strcmp(event->len ? event->name : "", name));
	prog_mix(event->mask);
}

static void watches(void)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), file;
	char *path = prog_path("watched"), *other = prog_path("renamed");

	if (fd < 0 && errno == ENOSYS)
		prog_fail("this kernel has no inotify");
	CHECK(inotify_add_watch(fd, prog_dir(), IN_CREATE | IN_MODIFY | IN_MOVE | IN_DELETE) >= 0);
	file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	CHECK(file >= 0);
	expect_event(fd, IN_CREATE, "watched");
	CHECK_EQ(write(file, "x", 1), 1);
	close(file);
	expect_event(fd, IN_MODIFY, "watched");
	CHECK_EQ(rename(path, other), 0);
	expect_event(fd, IN_MOVED_FROM, "watched");
	expect_event(fd, IN_MOVED_TO, "renamed");
	CHECK_EQ(unlink(other), 0);
	expect_event(fd, IN_DELETE, "renamed");
	CHECK_ERRNO(read(fd, path, 1), EAGAIN);
	close(fd);
	free(path);
	free(other);
}

static void round_events(void)
{
	counters();
	counter_between();
	timers();
	signals();
	watches();
}

const struct prog prog = { .name = "eventfds", .variants = 4, .round = round_events };
