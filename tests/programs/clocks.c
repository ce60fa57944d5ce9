// SPDX-License-Identifier: GPL-2.0
/*
 * Clocks: no monotonic clock ever steps back, by vdso or by call, between clocks or between
 * parent and child; none jumps ahead of a sleep that was measured otherwise; CPU times
 * and usage grow and are no more than what passed.
 */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include "prog.h"

#define MS 1000000ll
/* How long the process may stand still: a frozen, loaded test machine, not a wrong clock. */
#define LONGEST_GAP (20000 * MS)

static const clockid_t clocks[] = {
	CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE,
};

#define CLOCKS (sizeof(clocks) / sizeof(clocks[0]))

static long long last[CLOCKS], resolution_of_coarse;

static long long to_ns(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000ll + ts->tv_nsec;
}

static long long read_clock(clockid_t id, bool by_call)
{
	struct timespec ts;

	if (by_call)
		CHECK_EQ(syscall(SYS_clock_gettime, id, &ts), 0);
	else
		CHECK_EQ(clock_gettime(id, &ts), 0);
	CHECK(ts.tv_nsec >= 0 && ts.tv_nsec < 1000000000);
	return to_ns(&ts);
}

static void look(size_t i, bool by_call)
{
	long long now = read_clock(clocks[i], by_call);

	/* A time namespace has one offset for the raw clock and the one that NTP steers. */
	if (now < last[i] && (clocks[i] != CLOCK_MONOTONIC_RAW || last[i] - now > 1000LL * MS))
		prog_fail("clock %d went back by %lld ns", clocks[i], last[i] - now);
	if (last[i] && now - last[i] > LONGEST_GAP)
		prog_fail("clock %d jumped ahead by %lld ns", clocks[i], now - last[i]);
	last[i] = now;
}

static void never_back(void)
{
	for (int n = 0; n < 20000; n++)
		look((size_t)n % CLOCKS, n % 64 < (int)CLOCKS);
}

/* The coarse clock stands still between ticks, which a loaded virtual machine gets late: 1 s. */
static void order(void)
{
	for (int n = 0; n < 200; n++) {
		long long before = read_clock(CLOCK_MONOTONIC, n & 1);
		long long coarse = read_clock(CLOCK_MONOTONIC_COARSE, n & 2);
		long long boot = read_clock(CLOCK_BOOTTIME, n & 4);
		long long after = read_clock(CLOCK_MONOTONIC, n & 8);

		CHECK(after >= before);
		CHECK(coarse <= after);
		CHECK(coarse >= before - 2 * resolution_of_coarse - 1000LL * MS);
		CHECK(boot >= before);
	}
}

static void sleeps(void)
{
	struct timespec time = { 0, 5 * MS }, until;
	long long start = read_clock(CLOCK_MONOTONIC, false), end;
	long long raw = read_clock(CLOCK_MONOTONIC_RAW, true);

	CHECK_EQ(nanosleep(&time, NULL), 0);
	end = read_clock(CLOCK_MONOTONIC, true);
	CHECK(end - start >= 5 * MS);
	/* See look(): a move may step it by what NTP has steered. */
	CHECK(read_clock(CLOCK_MONOTONIC_RAW, false) - raw >= -1000LL * MS);
	until.tv_sec = (end + 5 * MS) / 1000000000;
	until.tv_nsec = (end + 5 * MS) % 1000000000;
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
	CHECK(read_clock(CLOCK_MONOTONIC, false) >= end + 5 * MS);
	CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
	CHECK_EQ(clock_nanosleep(CLOCK_BOOTTIME, 0, &time, NULL), 0);
	CHECK_EQ(clock_nanosleep(9999, 0, &time, NULL), EINVAL);
	time.tv_nsec = 1000000000;
	CHECK_ERRNO(nanosleep(&time, NULL), EINVAL);
}

static void across_fork(void)
{
	int fd[2];
	long long mine = 0;
	pid_t pid;

	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		for (int i = 0; i < 20; i++) {
			long long now = read_clock(CLOCK_MONOTONIC, i & 1);

			prog_write_all(fd[1], &now, sizeof(now));
		}
		_exit(0);
	}
	for (int i = 0; i < 20; i++) {
		long long theirs;

		prog_read_all(fd[0], &theirs, sizeof(theirs));
		CHECK(theirs >= mine);
		CHECK(read_clock(CLOCK_MONOTONIC, false) >= theirs);
		mine = theirs;
	}
	prog_reap_ok(pid);
	close(fd[0]);
	close(fd[1]);
}

static long long used(void)
{
	struct rusage use;

	CHECK_EQ(getrusage(RUSAGE_SELF, &use), 0);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000ll + use.ru_utime.tv_usec +
	       use.ru_stime.tv_usec;
}

/* The CPU time of the process and what rusage says grow together with the work done. */
static void cpu_time(void)
{
	long long start = used(), cpu = read_clock(CLOCK_PROCESS_CPUTIME_ID, true), now, cpu_now;
	struct tms first, second;
	clock_t ticks = times(&first);
	volatile uint64_t work = 0;

	do {
		for (int i = 0; i < 20000; i++)
			work = prog_hash(work);
		now = used();
		cpu_now = read_clock(CLOCK_PROCESS_CPUTIME_ID, true);
		CHECK(now >= start);
		CHECK(cpu_now >= cpu);
	} while (now - start < 20000 || cpu_now - cpu < 20 * MS);
	CHECK(times(&second) >= ticks);
	CHECK(second.tms_utime + second.tms_stime >= first.tms_utime + first.tms_stime);
}

static void day_time(void)
{
	struct timeval tv;
	struct timespec ts;
	time_t t;

	CHECK_EQ(gettimeofday(&tv, NULL), 0);
	CHECK_EQ(clock_gettime(CLOCK_REALTIME, &ts), 0);
	t = time(NULL);
	CHECK(ts.tv_sec - tv.tv_sec >= -1 && ts.tv_sec - tv.tv_sec < 20);
	CHECK(t - tv.tv_sec >= -1 && t - tv.tv_sec < 20);
}

static void setup(const char *arg)
{
	struct timespec ts;

	CHECK_EQ(clock_getres(CLOCK_MONOTONIC_COARSE, &ts), 0);
	resolution_of_coarse = to_ns(&ts);
	CHECK_EQ(clock_getres(CLOCK_MONOTONIC, &ts), 0);
}

static void round_clocks(void)
{
	never_back();
	order();
	sleeps();
	across_fork();
	cpu_time();
	day_time();
	prog_mix(1);
}

const struct prog prog = {
	.name = "clocks", .variants = 1, .setup = setup, .round = round_clocks
};
