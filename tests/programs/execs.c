// SPDX-License-Identifier: GPL-2.0
/*
 * execve: a child that replaces itself several times with argv and environment checked each
 * time, close-on-exec, masks and ignored signals that pass through, handlers that do not,
 * #! scripts, and failures (ENOENT, EACCES, ENOEXEC, E2BIG, EFAULT) that leave the caller whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "prog.h"

#define LINK "PROG_EXEC_LINK"
#define LINKS 4

static char self[4096];
static unsigned char *ballast;
static const char *volatile bad_address = (const char *)8;

static void handler(int sig)
{
}

static void exec_link(unsigned int n, const char *seed)
{
	char count[16], env[64];
	char *argv[40], *envp[] = { env, NULL };
	int argc = 0;

	snprintf(count, sizeof(count), "%u", n);
	snprintf(env, sizeof(env), LINK "=%u", n);
	argv[argc++] = self;
	argv[argc++] = count;
	argv[argc++] = (char *)seed;
	while (argc < 10 + (int)n)
		argv[argc++] = "padding argument";
	argv[argc] = NULL;
	execve(self, argv, envp);
	_exit(99);
}

static bool link_holds(unsigned int n, int argc, char **argv)
{
	struct sigaction act;
	sigset_t mask;

	if (argc != 10 + (int)n || atoi(argv[1]) != (int)n || strcmp(argv[9], "padding argument"))
		return false;
	/* 60 was close-on-exec, 61 was not. */
	if (fcntl(60, F_GETFD) != -1 || fcntl(61, F_GETFD) != 0)
		return false;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (!sigismember(&mask, SIGUSR2))
		return false;
	sigaction(SIGUSR1, NULL, &act);
	if (act.sa_handler != SIG_DFL)
		return false;
	sigaction(SIGHUP, NULL, &act);
	return act.sa_handler == SIG_IGN;
}

static void next_link(unsigned int n, const char *seed)
{
	static int file;

	file = open("/dev/null", O_RDONLY);
	dup3(file, 60, O_CLOEXEC);
	signal(SIGUSR1, handler);
	exec_link(n + 1, seed);
}

/* Before main(): a later image of the chain. */
static void __attribute__((constructor)) be_link(int argc, char **argv, char **envp)
{
	const char *text = getenv(LINK);
	unsigned int n;

	if (!text)
		return;
	n = (unsigned int)atoi(text);
	readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (envp[1] || !link_holds(n, argc, argv))
		_exit(98);
	if (n == LINKS)
		_exit(atoi(argv[2]));
	next_link(n, argv[2]);
}

static void chain(void)
{
	char seed[16];
	int code = (int)prog_below(90), status;
	pid_t pid;

	snprintf(seed, sizeof(seed), "%d", code);
	pid = prog_fork();
	if (!pid) {
		sigset_t mask;

		sigemptyset(&mask);
		sigaddset(&mask, SIGUSR2);
		sigprocmask(SIG_SETMASK, &mask, NULL);
		signal(SIGHUP, SIG_IGN);
		dup2(STDOUT_FILENO, 61);
		next_link(0, seed);
	}
	status = prog_reap(pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), code);
	prog_mix((uint64_t)code);
}

static void write_script(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	CHECK(fd >= 0);
	prog_write_all(fd, text, strlen(text));
	CHECK_EQ(fchmod(fd, mode), 0);
	close(fd);
}

static void script(void)
{
	char *path = prog_path("script"), *argv[] = { path, "one", "two words", NULL };
	char *envp[] = { "NAME=value", NULL }, got[128] = "";
	int fd[2];
	pid_t pid;

	write_script(path, "#!/bin/sh\necho \"$# $1 $2 $NAME\"\n", 0700);
	CHECK_EQ(pipe(fd), 0);
	pid = prog_fork();
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		execve(path, argv, envp);
		_exit(99);
	}
	close(fd[1]);
	prog_reap_ok(pid);
	CHECK(read(fd[0], got, sizeof(got) - 1) > 0);
	CHECK(!strcmp(got, "2 one two words value\n"));
	close(fd[0]);
	CHECK_EQ(unlink(path), 0);
	free(path);
}

static void too_big(char **envp)
{
	enum { LEN = 256 * 1024 };
	char *huge = malloc(LEN), *argv[] = { self, huge, NULL };

	memset(huge, 'x', LEN);
	huge[LEN - 1] = '\0';
	CHECK_ERRNO(execve(self, argv, envp), E2BIG);
	free(huge);
}

static void failures(void)
{
	char *argv[] = { self, NULL }, *envp[] = { NULL };
	char *path = prog_path("plain");
	uint64_t key = prog_rand();
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	prog_fill(ballast, 100000, key);
	write_script(path, "\177ELF is not enough", 0600);
	CHECK_ERRNO(execve("/no/such/program", argv, envp), ENOENT);
	CHECK_ERRNO(execve(prog_dir(), argv, envp), EACCES);
	CHECK_ERRNO(execve(path, argv, envp), EACCES);
	CHECK_EQ(chmod(path, 0700), 0);
	CHECK_ERRNO(execve(path, argv, envp), ENOEXEC);
	CHECK_ERRNO(execve(bad_address, argv, envp), EFAULT);
	too_big(envp);
	write_script(path, "#!/no/such/interpreter\n", 0700);
	CHECK_ERRNO(execve(path, argv, envp), ENOENT);
	/* Still whole: memory, and even close-on-exec files. */
	prog_expect_fill(ballast, 100000, key, "after failed exec");
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(path), 0);
	free(path);
}

static void setup(const char *arg)
{
	CHECK(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	ballast = malloc(100000);
	CHECK(ballast);
}

static void round_execs(void)
{
	chain();
	script();
	failures();
}

const struct prog prog = {
	.name = "execs", .variants = 4, .setup = setup, .round = round_execs
};
