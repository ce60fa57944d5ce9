// SPDX-License-Identifier: GPL-2.0
/*
 * Job control: a child is stopped and continued by SIGSTOP, SIGTSTP and SIGTTIN, seen by
 * waitpid (WUNTRACED, WCONTINUED) and by SIGCHLD; while stopped it must make no progress,
 * and after SIGCONT it goes on from where it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "prog.h"

static volatile sig_atomic_t continued;

static void on_cont(int sig)
{
	continued++;
}

/* Counts on the pipe as fast as it is read. */
static void counter(int fd)
{
	struct sigaction act = { .sa_handler = on_cont, .sa_flags = SA_RESTART };

	sigaction(SIGCONT, &act, NULL);
	for (uint32_t i = 0;; i++) {
		prog_write_all(fd, &i, sizeof(i));
		if (i % 16 == 0)
			prog_sleep_ms(1);
	}
}

static uint32_t expect_next(int fd, uint32_t want)
{
	uint32_t got;

	prog_read_all(fd, &got, sizeof(got));
	CHECK_EQ(got, want);
	return want + 1;
}

static void stop_child(pid_t pid, int sig)
{
	int status;

	CHECK_EQ(kill(pid, sig), 0);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED), pid);
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), sig);
	CHECK_EQ(waitpid(pid, &status, WUNTRACED | WNOHANG), 0);
}

static char state_of(pid_t pid)
{
	char path[64], text[512], *end;
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	CHECK(n > 0);
	text[n] = '\0';
	close(fd);
	end = strrchr(text, ')');
	CHECK(end);
	return end[2];
}

/* What is in the pipe may still come out; after that nothing. */
static uint32_t drain(int fd, uint32_t next)
{
	struct pollfd in = { fd, POLLIN, 0 };

	while (poll(&in, 1, 0) > 0)
		next = expect_next(fd, next);
	CHECK_EQ(poll(&in, 1, 20), 0);
	return next;
}

static void continue_child(pid_t pid)
{
	int status;

	CHECK_EQ(kill(pid, SIGCONT), 0);
	CHECK_EQ(waitpid(pid, &status, WCONTINUED), pid);
	CHECK(WIFCONTINUED(status));
}

static void siginfo_of_stop(pid_t pid)
{
	siginfo_t info = { 0 };

	CHECK_EQ(kill(pid, SIGSTOP), 0);
	CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WSTOPPED), 0);
	CHECK_EQ(info.si_code, CLD_STOPPED);
	CHECK_EQ(info.si_status, SIGSTOP);
	continue_child(pid);
}

static void round_jobs(void)
{
	static const int signals[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	uint32_t next = 0;
	int fd[2], status;
	pid_t pid;

	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		setpgid(0, 0);
		close(fd[0]);
		counter(fd[1]);
	}
	setpgid(pid, pid);
	close(fd[1]);
	for (int i = 0; i < 4; i++) {
		int sig = signals[prog_below(4)];

		for (int j = 0; j < 50; j++)
			next = expect_next(fd[0], next);
		stop_child(pid, sig);
		CHECK_EQ(state_of(pid), 'T');
		next = drain(fd[0], next);
		continue_child(pid);
		prog_mix((uint64_t)sig);
	}
	next = expect_next(fd[0], next);
	siginfo_of_stop(pid);
	/* A stopped process dies of SIGKILL at once, of SIGTERM when it is continued. */
	stop_child(pid, SIGSTOP);
	CHECK_EQ(kill(pid, SIGTERM), 0);
	CHECK_EQ(waitpid(pid, &status, WNOHANG), 0);
	CHECK_EQ(kill(pid, prog_below(2) ? SIGKILL : SIGCONT), 0);
	status = prog_reap(pid);
	CHECK(WIFSIGNALED(status));
	prog_mix((uint64_t)WTERMSIG(status));
	close(fd[0]);
}

const struct prog prog = { .name = "jobctl", .variants = 4, .round = round_jobs };
