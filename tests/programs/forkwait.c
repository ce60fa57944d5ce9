// SPDX-License-Identifier: GPL-2.0
/*
 * fork and wait: trees of children with exit codes that add up, deaths by signal, WNOHANG,
 * WNOWAIT, wait for a group, rusage, zombies, orphans whose parent went first.
 * Parent and children stay wherever they are while this goes on.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include "prog.h"

/* A tree whose every node exits with the sum of its children and one, modulo 251. */
static int grow_tree(unsigned int depth, uint64_t key)
{
	unsigned int children = depth ? 1 + (unsigned int)(prog_hash(key) % 2) : 0;
	int sum = 1;

	for (unsigned int i = 0; i < children; i++) {
		pid_t pid = prog_fork();
		int status;

		if (!pid)
			_exit(grow_tree(depth - 1, key * 4 + i));
		status = prog_reap(pid);
		CHECK(WIFEXITED(status));
		sum += WEXITSTATUS(status);
	}
	return sum % 251;
}

static int count_tree(unsigned int depth, uint64_t key)
{
	unsigned int children = depth ? 1 + (unsigned int)(prog_hash(key) % 2) : 0;
	int sum = 1;

	for (unsigned int i = 0; i < children; i++)
		sum += count_tree(depth - 1, key * 4 + i);
	return sum % 251;
}

static void trees(void)
{
	uint64_t key = prog_rand() >> 16;
	int want = count_tree(4, key);

	CHECK_EQ(grow_tree(4, key), want);
	prog_mix((uint64_t)want);
}

static void many_at_once(void)
{
	enum { CHILDREN = 8 };
	pid_t pid[CHILDREN];
	int seen = 0, status;

	for (int i = 0; i < CHILDREN; i++) {
		pid[i] = prog_fork();
		if (!pid[i])
			_exit(100 + i);
	}
	for (int i = 0; i < CHILDREN; i++) {
		pid_t got = wait(&status);
		int which = WEXITSTATUS(status) - 100;

		CHECK(WIFEXITED(status) && which >= 0 && which < CHILDREN);
		CHECK_EQ(got, pid[which]);
		CHECK(!(seen & 1 << which));
		seen |= 1 << which;
	}
	CHECK_ERRNO(wait(&status), ECHILD);
	CHECK_ERRNO(waitpid(pid[0], &status, 0), ECHILD);
}

static void die(int sig)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	raise(sig);
	_exit(0);
}

static void deaths(void)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGUSR1, SIGSEGV, SIGABRT, SIGALRM };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		pid_t pid = prog_fork();
		int status;

		if (!pid)
			die(signals[i]);
		status = prog_reap(pid);
		CHECK_EQ(status & ~WCOREFLAG, signals[i]);
	}
}

static void burn(uint64_t ns)
{
	uint64_t start = prog_now_ns();

	while (prog_now_ns() - start < ns)
		;
}

static void usage(void)
{
	struct rusage use = { 0 }, before, after;
	int status;
	pid_t pid;

	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &before), 0);
	pid = prog_fork();
	if (!pid) {
		struct rusage own;

		do {
			burn(1000000);
			getrusage(RUSAGE_SELF, &own);
		} while (own.ru_utime.tv_usec + own.ru_stime.tv_usec < 8000 &&
			 !own.ru_utime.tv_sec && !own.ru_stime.tv_sec);
		_exit(9);
	}
	CHECK_EQ(wait4(pid, &status, 0, &use), pid);
	CHECK_EQ(WEXITSTATUS(status), 9);
	CHECK((use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000 + use.ru_utime.tv_usec +
	      use.ru_stime.tv_usec >= 8000);
	CHECK(use.ru_maxrss > 0);
	CHECK_EQ(getrusage(RUSAGE_CHILDREN, &after), 0);
	timersub(&after.ru_utime, &before.ru_utime, &after.ru_utime);
	timersub(&after.ru_stime, &before.ru_stime, &after.ru_stime);
	CHECK((after.ru_utime.tv_sec + after.ru_stime.tv_sec) * 1000000 +
	      after.ru_utime.tv_usec + after.ru_stime.tv_usec >= 8000);
}

static void zombies(void)
{
	int fd[2];
	siginfo_t info = { 0 };
	char byte;
	pid_t pid;

	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		CHECK_EQ(setpgid(0, 0), 0);
		close(fd[1]);
		CHECK_EQ(read(fd[0], &byte, 1), 0);
		_exit(5);
	}
	close(fd[0]);
	CHECK_EQ(waitpid(pid, NULL, WNOHANG), 0);
	close(fd[1]);
	CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 5);
	CHECK_EQ(kill(pid, 0), 0);
	CHECK_EQ(waitid(P_PGID, (id_t)pid, &info, WEXITED), 0);
	CHECK_EQ(info.si_status, 5);
	CHECK_ERRNO(kill(pid, 0), ESRCH);
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

static void orphan(int fd, pid_t parent)
{
	while (getppid() == parent)
		prog_sleep_ms(1);
	prog_write_all(fd, "o", 1);
	_exit(33);
}

/* The middle process ends first: its child is ours, since we are a subreaper. */
static void orphans(void)
{
	int fd[2], status;
	pid_t pid;
	char byte;

	CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		pid_t self = getpid();

		if (!prog_fork())
			orphan(fd[1], self);
		_exit(0);
	}
	close(fd[1]);
	prog_reap_ok(pid);
	prog_read_all(fd[0], &byte, 1);
	CHECK_EQ(byte, 'o');
	CHECK(wait(&status) > 0);
	CHECK_EQ(WEXITSTATUS(status), 33);
	CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	close(fd[0]);
}

static void round_forkwait(void)
{
	trees();
	many_at_once();
	deaths();
	usage();
	zombies();
	orphans();
}

const struct prog prog = { .name = "forkwait", .variants = 4, .round = round_forkwait };
