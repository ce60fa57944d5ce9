// SPDX-License-Identifier: GPL-2.0
/*
 * siglongjmp out of timer handlers at arbitrary instants of computation and of calls,
 * and handlers that count: timers are periodic, so the work done between jumps differs, but
 * the state that is checked may not.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/time.h>
#include "prog.h"

#define JUMPS 20

static sigjmp_buf escape;
static volatile sig_atomic_t handled;
static volatile uint64_t steps;
static volatile bool stop;

static void on_alarm(int sig)
{
	handled++;
	siglongjmp(escape, 1);
}

static void shoot(void)
{
	struct itimerval once = { .it_value = { 0, 1500 } };

	CHECK_EQ(setitimer(ITIMER_REAL, &once, NULL), 0);
}

static void compute_for_ever(void)
{
	while (!stop)
		steps = prog_hash(steps);
}

static void call_for_ever(void)
{
	for (;;)
		CHECK(getppid() > 0);
}

static void sleep_for_ever(void)
{
	for (;;)
		pause();
}

static void until_hit(void (*what)(void))
{
	static volatile int i;
	volatile uint64_t canary = prog_rand();
	uint64_t copy = canary;

	for (i = 0; i < JUMPS; i++) {
		if (!sigsetjmp(escape, 1)) {
			shoot();
			what();
			prog_fail("came out of an endless loop");
		}
		CHECK_EQ(canary, copy);
	}
}

static void deep(unsigned int depth)
{
	volatile unsigned char frame[512];

	memset((void *)frame, (int)depth, sizeof(frame));
	if (depth)
		deep(depth - 1);
	else
		compute_for_ever();
	prog_mix(frame[1]);
}

static void from_deep(void)
{
	deep(200);
}

static void round_jump(void)
{
	static void (*const loops[])(void) = {
		compute_for_ever, call_for_ever, sleep_for_ever, from_deep,
	};
	struct sigaction act = { .sa_handler = on_alarm };
	sigset_t mask;

	CHECK_EQ(sigaction(SIGALRM, &act, NULL), 0);
	handled = 0;
	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++)
		until_hit(loops[i]);
	CHECK_EQ(handled, JUMPS * 4);
	CHECK_EQ(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	CHECK(!sigismember(&mask, SIGALRM));
	prog_mix((uint64_t)handled);
}

const struct prog prog = { .name = "sigjump", .variants = 2, .round = round_jump };
