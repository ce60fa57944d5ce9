// SPDX-License-Identifier: GPL-2.0
/*
 * Timers: ITIMER_VIRTUAL and ITIMER_PROF count CPU time wherever it is burnt, alarm and
 * timer_create count real time; each must fire, none early, with its own signal, value and
 * overrun count.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/time.h>
#include "prog.h"

#define MS 1000000ll

static volatile sig_atomic_t fired[NSIG];
static volatile sig_atomic_t last_value, last_code;

static void on_timer(int sig, siginfo_t *info, void *context)
{
	fired[sig]++;
	last_code = info->si_code;
	last_value = info->si_value.sival_int;
}

static void hear(int sig)
{
	struct sigaction act = { .sa_sigaction = on_timer, .sa_flags = SA_SIGINFO };

	CHECK_EQ(sigaction(sig, &act, NULL), 0);
	fired[sig] = 0;
}

static long long used_us(void)
{
	struct rusage use;

	CHECK_EQ(getrusage(RUSAGE_SELF, &use), 0);
	return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000ll + use.ru_utime.tv_usec +
	       use.ru_stime.tv_usec;
}

/* Until the signal came; the CPU time it took, in microseconds. */
static long long burn_until(int sig)
{
	long long start = used_us();
	uint64_t limit = prog_now_ns() + 60000 * MS;
	volatile uint64_t work = 0;

	while (!fired[sig]) {
		for (int i = 0; i < 10000; i++)
			work = prog_hash(work);
		if (prog_now_ns() > limit)
			prog_fail("no signal %d after a minute of work", sig);
	}
	return used_us() - start;
}

/* These timers count ticks, and a tick may hit more often than its share: only a gross error shows. */
static void cpu_interval(int which, int sig)
{
	struct itimerval timer = { .it_value = { 0, 50000 } }, left;

	hear(sig);
	CHECK_EQ(setitimer(which, &timer, NULL), 0);
	CHECK_EQ(getitimer(which, &left), 0);
	CHECK(left.it_value.tv_sec == 0 && left.it_value.tv_usec <= 60000);
	CHECK(burn_until(sig) >= 5000);
	CHECK_EQ(fired[sig], 1);
	CHECK_EQ(getitimer(which, &left), 0);
	CHECK_EQ(left.it_value.tv_sec + left.it_value.tv_usec, 0);
}

static void real_interval(void)
{
	struct itimerval timer = { { 0, 3000 }, { 0, 3000 } }, off = { 0 }, old;
	uint64_t start = prog_now_ns();

	hear(SIGALRM);
	CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
	while (fired[SIGALRM] < 5)
		pause();
	CHECK(prog_now_ns() - start >= 15 * MS - MS / 10);
	CHECK_EQ(setitimer(ITIMER_REAL, &off, &old), 0);
	CHECK_EQ(old.it_interval.tv_usec, 3000);
	CHECK_EQ(alarm(100), 0);
	CHECK(alarm(0) >= 80);
}

static void posix_timer(clockid_t clock)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 6,
		.sigev_value.sival_int = 1234,
	};
	struct itimerspec spec = { .it_value = { 0, 8 * MS } }, left;
	uint64_t start = prog_now_ns();
	timer_t timer;

	hear(SIGRTMIN + 6);
	CHECK_EQ(timer_create(clock, &event, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &spec, NULL), 0);
	CHECK_EQ(timer_gettime(timer, &left), 0);
	if (clock == CLOCK_PROCESS_CPUTIME_ID)
		burn_until(SIGRTMIN + 6);
	while (!fired[SIGRTMIN + 6])
		prog_sleep_ms(1);
	if (clock == CLOCK_MONOTONIC)
		CHECK(prog_now_ns() - start >= 8 * MS);
	CHECK_EQ(fired[SIGRTMIN + 6], 1);
	CHECK_EQ(last_code, SI_TIMER);
	CHECK_EQ(last_value, 1234);
	CHECK_EQ(timer_delete(timer), 0);
	CHECK_ERRNO(timer_gettime(timer, &left), EINVAL);
}

static void overruns(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 7 };
	struct itimerspec spec = { { 0, 1 * MS }, { 0, 1 * MS } };
	sigset_t set;
	siginfo_t info;
	timer_t timer;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 7);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &event, &timer), 0);
	CHECK_EQ(timer_settime(timer, 0, &spec, NULL), 0);
	prog_sleep_ms(20);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 7);
	/* One expiry brought the signal, the others are its overruns. */
	CHECK(info.si_overrun >= 10);
	CHECK_EQ(timer_delete(timer), 0);
	while (sigtimedwait(&set, &info, &(struct timespec){ 0 }) > 0)
		;
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

static void round_timers(void)
{
	cpu_interval(ITIMER_VIRTUAL, SIGVTALRM);
	cpu_interval(ITIMER_PROF, SIGPROF);
	real_interval();
	posix_timer(CLOCK_MONOTONIC);
	posix_timer(CLOCK_REALTIME);
	posix_timer(CLOCK_PROCESS_CPUTIME_ID);
	overruns();
	prog_mix(1);
}

const struct prog prog = { .name = "cputimers", .variants = 1, .round = round_timers };
