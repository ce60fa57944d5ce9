// SPDX-License-Identifier: GPL-2.0
/*
 * Blocked and pending signals: sigprocmask, sigpending, sigsuspend, sigwaitinfo, sigtimedwait,
 * real-time signals with their values in order, signals to a child, to a group, and from one.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "prog.h"

#define QUEUED 24

static volatile sig_atomic_t usr1, order_errors, next_value;
static sigset_t work;

static void on_usr1(int sig)
{
	usr1++;
}

static void on_realtime(int sig, siginfo_t *info, void *context)
{
	if (info->si_value.sival_int != next_value || info->si_code != SI_QUEUE)
		order_errors++;
	next_value++;
}

static void pending(void)
{
	sigset_t set;

	usr1 = 0;
	for (int i = 0; i < 3; i++)
		CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	CHECK_EQ(usr1, 0);
	CHECK_EQ(sigpending(&set), 0);
	CHECK(sigismember(&set, SIGUSR1));
	CHECK(!sigismember(&set, SIGUSR2));
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &work, NULL), 0);
	CHECK_EQ(usr1, 1);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &work, NULL), 0);
	CHECK_EQ(sigpending(&set), 0);
	CHECK(!sigismember(&set, SIGUSR1));
}

/* One signal at a time: the next is sent when the handler of the last has run. */
static void send_in_turn(pid_t parent, int fd)
{
	char byte;

	for (int i = 0; i < 5; i++) {
		CHECK_EQ(kill(parent, SIGUSR1), 0);
		prog_read_all(fd, &byte, 1);
	}
	_exit(0);
}

static void suspended(void)
{
	sigset_t none, seen;
	pid_t self = getpid(), pid;
	int fd[2];

	CHECK_EQ(pipe(fd), 0);
	sigemptyset(&none);
	usr1 = 0;
	pid = prog_fork();
	if (!pid)
		send_in_turn(self, fd[0]);
	for (int i = 1; i <= 5; i++) {
		CHECK_ERRNO(sigsuspend(&none), EINTR);
		CHECK_EQ(usr1, i);
		CHECK_EQ(sigprocmask(SIG_SETMASK, NULL, &seen), 0);
		CHECK(sigismember(&seen, SIGUSR1));
		prog_write_all(fd[1], "n", 1);
	}
	prog_reap_ok(pid);
	CHECK_EQ(usr1, 5);
	close(fd[0]);
	close(fd[1]);
}

static void waited(void)
{
	struct timespec shortly = { 0, 10000000 };
	siginfo_t info;
	sigset_t set;
	uint64_t start = prog_now_ns();

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	sigaddset(&set, SIGRTMIN + 2);
	CHECK_ERRNO(sigtimedwait(&set, &info, &shortly), EAGAIN);
	CHECK(prog_now_ns() - start >= 9900000);
	for (int i = 0; i < QUEUED; i++)
		CHECK_EQ(sigqueue(getpid(), SIGRTMIN + 1 + i % 2, (union sigval){ i }), 0);
	/* The lower signal first, each in the order of sending. */
	for (int i = 0; i < QUEUED; i++) {
		int half = i / (QUEUED / 2), value = 2 * (i % (QUEUED / 2)) + half;

		CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 1 + half);
		CHECK_EQ(info.si_value.sival_int, value);
		CHECK_EQ(info.si_code, SI_QUEUE);
		CHECK_EQ(info.si_pid, getpid());
		CHECK_EQ(info.si_uid, getuid());
		prog_mix((uint64_t)value);
	}
	shortly.tv_nsec = 0;
	CHECK_ERRNO(sigtimedwait(&set, &info, &shortly), EAGAIN);
}

static void queued_to_handler(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 4);
	order_errors = next_value = 0;
	for (int i = 0; i < QUEUED; i++)
		CHECK_EQ(sigqueue(getpid(), SIGRTMIN + 4, (union sigval){ i }), 0);
	CHECK_EQ(next_value, 0);
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	CHECK_EQ(next_value, QUEUED);
	CHECK_EQ(order_errors, 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

/* The child answers each value with its successor; nothing may be lost on either way. */
static void responder(pid_t parent)
{
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 1);
	for (int i = 0; i < QUEUED; i++) {
		CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 1);
		CHECK_EQ(info.si_pid, parent);
		info.si_value.sival_int++;
		CHECK_EQ(sigqueue(parent, SIGRTMIN + 2, info.si_value), 0);
	}
	_exit(0);
}

static void conversation(void)
{
	pid_t self = getpid(), pid = prog_fork();
	sigset_t set;
	siginfo_t info;

	if (!pid)
		responder(self);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 2);
	for (int i = 0; i < QUEUED; i++) {
		int value = (int)prog_below(1000000);

		CHECK_EQ(sigqueue(pid, SIGRTMIN + 1, (union sigval){ value }), 0);
		CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 2);
		CHECK_EQ(info.si_value.sival_int, value + 1);
		CHECK_EQ(info.si_pid, pid);
	}
	prog_reap_ok(pid);
}

static void group(void)
{
	pid_t pid[3], leader = 0;

	for (int i = 0; i < 3; i++) {
		pid[i] = prog_fork();
		if (!pid[i]) {
			int sig;

			setpgid(0, leader);
			sigwait(&work, &sig);
			_exit(sig);
		}
		if (!i)
			leader = pid[0];
		setpgid(pid[i], leader);
	}
	CHECK_EQ(kill(-leader, SIGUSR2), 0);
	for (int i = 0; i < 3; i++)
		CHECK_EQ(prog_reap(pid[i]), SIGUSR2 << 8);
	CHECK_ERRNO(kill(-leader, SIGUSR2), ESRCH);
}

static void children(void)
{
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	while (sigtimedwait(&set, &info, &(struct timespec){ 0 }) > 0)
		;
	for (int i = 0; i < 4; i++) {
		pid_t pid = prog_fork();

		if (!pid)
			_exit(50 + i);
		CHECK_EQ(sigwaitinfo(&set, &info), SIGCHLD);
		CHECK_EQ(info.si_pid, pid);
		CHECK_EQ(info.si_code, CLD_EXITED);
		CHECK_EQ(info.si_status, 50 + i);
		CHECK_EQ(prog_reap(pid), (50 + i) << 8);
	}
	CHECK_EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
}

static void setup(const char *arg)
{
	struct sigaction act = { .sa_handler = on_usr1, .sa_flags = SA_RESTART };
	struct sigaction rt = { .sa_sigaction = on_realtime, .sa_flags = SA_SIGINFO };

	sigemptyset(&work);
	sigaddset(&work, SIGUSR1);
	sigaddset(&work, SIGUSR2);
	for (int i = 1; i < 5; i++)
		sigaddset(&work, SIGRTMIN + i);
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	CHECK_EQ(sigaction(SIGRTMIN + 4, &rt, NULL), 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &work, NULL), 0);
}

static void round_mask(void)
{
	pending();
	suspended();
	waited();
	queued_to_handler();
	conversation();
	group();
	children();
}

const struct prog prog = {
	.name = "sigmask", .variants = 8, .setup = setup, .round = round_mask
};
