// SPDX-License-Identifier: GPL-2.0
/*
 * A storm of SIGALRM over sleeping calls: nanosleep, clock_nanosleep, poll, read, futex,
 * sigsuspend.  Without SA_RESTART each call that is hit says EINTR and nothing else, what is
 * left of a sleep is right, and no sleep is short; with SA_RESTART the calls that restart never
 * show an error.  No internal restart code may ever be seen.
 */
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "prog.h"

#define MS 1000000ull

static volatile sig_atomic_t ticks;

static void on_alarm(int sig)
{
	ticks++;
}

static void storm(long interval_us, int flags)
{
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = flags };
	struct itimerval timer = {
		.it_interval = { 0, interval_us }, .it_value = { 0, interval_us }
	};

	CHECK_EQ(sigaction(SIGALRM, &act, NULL), 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void calm(void)
{
	struct itimerval off = { 0 };

	CHECK_EQ(setitimer(ITIMER_REAL, &off, NULL), 0);
}

/* How often it was hit: perhaps never, on a machine too busy to run us while we sleep. */
static unsigned int sleep_in_pieces(long ns)
{
	struct timespec left = { ns / 1000000000, ns % 1000000000 };
	uint64_t start = prog_now_ns();
	long before = ticks;
	unsigned int hits = 0;

	while (nanosleep(&left, &left)) {
		CHECK_EQ(errno, EINTR);
		CHECK(left.tv_sec * 1000000000 + left.tv_nsec <= ns);
		hits++;
	}
	CHECK(prog_now_ns() - start >= (uint64_t)ns - MS / 10);
	CHECK(ticks - before >= (long)hits);
	return hits;
}

static void sleep_until(void)
{
	struct timespec when;
	uint64_t start = prog_now_ns();
	int error;

	CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &when), 0);
	when.tv_nsec += 30 * MS;
	if (when.tv_nsec >= 1000000000) {
		when.tv_nsec -= 1000000000;
		when.tv_sec++;
	}
	while ((error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL)))
		CHECK_EQ(error, EINTR);
	CHECK(prog_now_ns() - start >= 30 * MS);
}

static void poll_interrupted(void)
{
	unsigned int hits = 0;

	for (int i = 0; i < 5; i++) {
		int n = poll(NULL, 0, 10000);

		CHECK_EQ(n, -1);
		CHECK_EQ(errno, EINTR);
		hits++;
	}
	CHECK_EQ(hits, 5);
}

static long futex_wait(uint32_t *word, uint32_t value, const struct timespec *timeout)
{
	return syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, timeout, NULL, 0);
}

static void futex_interrupted(void)
{
	uint32_t word = 5;
	struct timespec timeout = { 10, 0 };

	CHECK_ERRNO(futex_wait(&word, 4, NULL), EAGAIN);
	for (int i = 0; i < 5; i++)
		CHECK_ERRNO(futex_wait(&word, 5, &timeout), EINTR);
}

static void suspend_interrupted(void)
{
	sigset_t alarm_only, set;
	long before;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &alarm_only, &set), 0);
	before = ticks;
	for (int i = 0; i < 5; i++)
		CHECK_ERRNO(sigsuspend(&set), EINTR);
	CHECK_EQ(ticks - before, 5);
	CHECK_EQ(sigprocmask(SIG_SETMASK, &set, NULL), 0);
}

/* A writer that is slower than the alarms: every read is hit before its byte comes. */
static void slow_writer(int fd, int bytes)
{
	for (int i = 0; i < bytes; i++) {
		char byte = (char)i;

		prog_sleep_ms(6);
		prog_write_all(fd, &byte, 1);
	}
	_exit(0);
}

static unsigned int read_slowly(int bytes)
{
	unsigned int hits = 0;
	int fd[2];
	pid_t pid;

	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		close(fd[0]);
		slow_writer(fd[1], bytes);
	}
	close(fd[1]);
	for (int i = 0; i < bytes;) {
		char byte;
		ssize_t n = read(fd[0], &byte, 1);

		if (n < 0) {
			CHECK_EQ(errno, EINTR);
			hits++;
			continue;
		}
		CHECK_EQ(n, 1);
		CHECK_EQ(byte, (char)i);
		i++;
	}
	close(fd[0]);
	for (;;) {
		int status;
		pid_t got = waitpid(pid, &status, 0);

		if (got == pid) {
			CHECK_EQ(status, 0);
			return hits;
		}
		CHECK_EQ(errno, EINTR);
		hits++;
	}
}

static void interrupted(void)
{
	long ns = 40 * MS;
	int bytes = 10;

	storm(2000, 0);
	while (!sleep_in_pieces(ns)) {
		ns *= 2;
		CHECK(ns < 10000000000);
	}
	sleep_until();
	poll_interrupted();
	futex_interrupted();
	suspend_interrupted();
	while (!read_slowly(bytes)) {
		bytes *= 2;
		CHECK(bytes < 2000);
	}
	calm();
}

/* poll and nanosleep never restart after a handler; read, wait and futex without timeout do. */
static void restarted(void)
{
	long before = ticks;

	storm(2000, SA_RESTART);
	CHECK_EQ(read_slowly(6), 0);
	CHECK(ticks - before >= 1);
	CHECK_ERRNO(poll(NULL, 0, 10000), EINTR);
	sleep_in_pieces(40 * MS);
	calm();
}

/* Stop and continue: no handler runs, so even nanosleep and poll go on where they were. */
static void transparent(void)
{
	pid_t self = getpid(), pid = prog_fork();
	uint64_t start = prog_now_ns();
	struct timespec time = { 0, 40 * MS };

	if (!pid) {
		for (int i = 0; i < 8; i++) {
			prog_sleep_ms(4);
			kill(self, i % 2 ? SIGCONT : SIGSTOP);
		}
		kill(self, SIGCONT);
		_exit(0);
	}
	CHECK_EQ(nanosleep(&time, NULL), 0);
	CHECK_EQ(poll(NULL, 0, 10), 0);
	CHECK(prog_now_ns() - start >= 50 * MS - MS / 5);
	prog_reap_ok(pid);
}

static void round_storm(void)
{
	interrupted();
	restarted();
	transparent();
	prog_mix(1);
}

const struct prog prog = { .name = "sigstorm", .variants = 1, .round = round_storm };
