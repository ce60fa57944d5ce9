// SPDX-License-Identifier: GPL-2.0
/*
 * Signals of every disposition: ignored, default (ignored, fatal, stopping is in jobctl),
 * handlers with SA_SIGINFO, SA_NODEFER, SA_RESETHAND, SA_ONSTACK, and the mask inside a handler.
 * Every signal sent must be handled exactly once.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "prog.h"

static volatile sig_atomic_t count, depth, deepest, last_code, last_pid, on_stack, masked;
static unsigned char *alternate;

static void look_at_stack(void)
{
	unsigned char here;

	on_stack = &here >= alternate && &here < alternate + 65536;
}

static void handler(int sig, siginfo_t *info, void *context)
{
	sigset_t mask;

	count++;
	last_code = info->si_code;
	last_pid = info->si_pid;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	masked = sigismember(&mask, sig) | sigismember(&mask, SIGUSR2) << 1;
	look_at_stack();
	if (++depth > deepest)
		deepest = depth;
	if (count < 3 && !(masked & 1))
		raise(sig);
	depth--;
}

static void install(int sig, int flags, int also)
{
	struct sigaction act = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags }, seen;

	sigemptyset(&act.sa_mask);
	if (also)
		sigaddset(&act.sa_mask, also);
	CHECK_EQ(sigaction(sig, &act, NULL), 0);
	CHECK_EQ(sigaction(sig, NULL, &seen), 0);
	CHECK_EQ(seen.sa_flags & ~0x04000000, SA_SIGINFO | flags);
	CHECK(seen.sa_sigaction == handler);
	count = depth = deepest = 0;
}

static void plain(void)
{
	install(SIGUSR1, 0, SIGUSR2);
	for (int i = 1; i <= 30; i++) {
		CHECK_EQ(kill(getpid(), SIGUSR1), 0);
		CHECK_EQ(count, i);
		CHECK_EQ(last_code, SI_USER);
		CHECK_EQ(last_pid, getpid());
		CHECK_EQ(masked, 3);
	}
	CHECK_EQ(deepest, 1);
	CHECK_EQ(on_stack, 0);
}

static void nested(void)
{
	install(SIGUSR1, SA_NODEFER, 0);
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(count, 3);
	CHECK_EQ(deepest, 3);
	CHECK_EQ(masked, 0);
	CHECK_EQ(last_code, SI_TKILL);
}

static void one_shot(void)
{
	struct sigaction act;

	install(SIGCHLD, SA_RESETHAND, 0);
	CHECK_EQ(raise(SIGCHLD), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(sigaction(SIGCHLD, NULL, &act), 0);
	CHECK(act.sa_handler == SIG_DFL);
	CHECK_EQ(raise(SIGCHLD), 0);
	CHECK_EQ(count, 1);
}

static void other_stack(void)
{
	stack_t stack = { .ss_sp = alternate, .ss_size = 65536 }, seen;

	CHECK_EQ(sigaltstack(&stack, NULL), 0);
	install(SIGUSR1, SA_ONSTACK, 0);
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(count, 1);
	CHECK_EQ(on_stack, 1);
	CHECK_EQ(sigaltstack(NULL, &seen), 0);
	CHECK(seen.ss_sp == alternate && seen.ss_size == 65536 && seen.ss_flags == 0);
	stack.ss_flags = SS_DISABLE;
	CHECK_EQ(sigaltstack(&stack, NULL), 0);
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(on_stack, 0);
}

static void ignored(void)
{
	for (int sig = 1; sig < 32; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP)
			continue;
		CHECK(signal(sig, SIG_IGN) != SIG_ERR);
		CHECK_EQ(kill(getpid(), sig), 0);
		CHECK(signal(sig, SIG_DFL) == SIG_IGN);
	}
	CHECK_EQ(kill(getpid(), SIGURG), 0);
	CHECK_EQ(kill(getpid(), SIGWINCH), 0);
	CHECK_EQ(kill(getpid(), SIGCONT), 0);
	CHECK_EQ(kill(getpid(), 0), 0);
}

static void refused(void)
{
	struct sigaction act = { .sa_handler = SIG_IGN };

	CHECK_ERRNO(sigaction(SIGKILL, &act, NULL), EINVAL);
	CHECK_ERRNO(sigaction(SIGSTOP, &act, NULL), EINVAL);
	CHECK_ERRNO(kill(getpid(), 65), EINVAL);
	CHECK_ERRNO(kill(0x3fffffff, SIGTERM), ESRCH);
}

static void fatal(void)
{
	static const int signals[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGUSR1,
		SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF,
		SIGIO, SIGPWR, SIGSYS,
	};
	int sig = signals[prog_below(sizeof(signals) / sizeof(signals[0]))], status;
	struct rlimit none = { 0, 0 };
	bool itself = prog_below(2);
	pid_t pid = prog_fork();

	if (!pid) {
		setrlimit(RLIMIT_CORE, &none);
		signal(sig, SIG_DFL);
		if (itself)
			raise(sig);
		for (;;)
			pause();
	}
	if (!itself)
		CHECK_EQ(kill(pid, sig), 0);
	status = prog_reap(pid);
	/* The core flag is the system's business, even with a limit of 0. */
	CHECK_EQ(status & ~WCOREFLAG, sig);
	prog_mix((uint64_t)sig);
}

static void setup(const char *arg)
{
	alternate = malloc(65536);
	CHECK(alternate);
}

static void round_signals(void)
{
	plain();
	nested();
	one_shot();
	other_stack();
	signal(SIGUSR1, SIG_DFL);
	ignored();
	refused();
	for (int i = 0; i < 4; i++)
		fatal();
}

const struct prog prog = {
	.name = "sigbasic", .variants = 16, .setup = setup, .round = round_signals
};
