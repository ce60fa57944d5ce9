// SPDX-License-Identifier: GPL-2.0
/*
 * vfork and posix_spawn: the parent waits until the child has its own image, a child that
 * cannot exec reports errno, file actions and attributes hold, popen and system work.
 * `spawn --exit N` is the image that is started.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "prog.h"

#define CODE "PROG_SPAWN_CODE"

extern char **environ;

static char self[4096];

/* Before main(): an image started with CODE in its environment only reports and ends. */
static void __attribute__((constructor)) be_child(void)
{
	const char *code = getenv(CODE);

	if (!code)
		return;
	dprintf(STDOUT_FILENO, "child %s", code);
	_exit(atoi(code));
}

static void child_environment(char **env, char *text, size_t len, unsigned int code)
{
	snprintf(text, len, CODE "=%u", code);
	env[0] = text;
	env[1] = NULL;
}

static void vforks(void)
{
	unsigned int code = (unsigned int)prog_below(100);
	char *argv[] = { self, NULL }, *env[2], text[64];
	int fd[2], status;
	char got[64] = "";
	pid_t pid;

	child_environment(env, text, sizeof(text), code);
	CHECK_EQ(pipe(fd), 0);
	pid = vfork();
	if (!pid) {
		dup2(fd[1], STDOUT_FILENO);
		execve(self, argv, env);
		_exit(127);
	}
	CHECK(pid > 0);
	close(fd[1]);
	status = prog_reap(pid);
	CHECK_EQ(status, (int)code << 8);
	CHECK(read(fd[0], got, sizeof(got) - 1) > 0);
	close(fd[0]);
	prog_mix_string(got);
}

/* What a vfork child writes before it exits, its parent sees. */
static void vfork_shares(void)
{
	volatile uint64_t seen = 1, value = prog_rand();
	pid_t pid = vfork();

	if (!pid) {
		seen = value;
		_exit(3);
	}
	CHECK_EQ(seen, value);
	CHECK_EQ(prog_reap(pid), 3 << 8);
}

static void spawns(void)
{
	unsigned int code = (unsigned int)prog_below(100);
	char *argv[] = { self, NULL }, *env[2], text[64], got[64] = "", want[64];
	char *path = prog_path("spawned");
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int fd;
	pid_t pid;

	child_environment(env, text, sizeof(text), code);
	snprintf(want, sizeof(want), "child %u", code);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, path, O_WRONLY | O_CREAT | O_TRUNC,
					 0600);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	CHECK_EQ(posix_spawn(&pid, self, &files, &attr, argv, env), 0);
	CHECK_EQ(prog_reap(pid), (int)code << 8);
	fd = open(path, O_RDONLY);
	CHECK_EQ(read(fd, got, sizeof(got) - 1), strlen(want));
	CHECK(!strcmp(got, want));
	close(fd);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	CHECK_EQ(unlink(path), 0);
	free(path);
	prog_mix_string(got);
}

static void failures(void)
{
	char *argv[] = { self, NULL };
	pid_t pid = 12345;

	CHECK_EQ(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, environ), ENOENT);
	CHECK_EQ(posix_spawn(&pid, prog_dir(), NULL, NULL, argv, environ), EACCES);
	CHECK_EQ(posix_spawn(&pid, "/dev/null/x", NULL, NULL, argv, environ), ENOTDIR);
	CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

static void shells(void)
{
	char got[32] = "";
	FILE *out;

	CHECK_EQ(system("exit 7"), 7 << 8);
	out = popen("echo from the shell", "r");
	CHECK(out);
	CHECK(fgets(got, sizeof(got), out));
	CHECK_EQ(pclose(out), 0);
	prog_mix_string(got);
}

static void setup(const char *arg)
{
	CHECK(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
}

static void round_spawn(void)
{
	vforks();
	vfork_shares();
	spawns();
	failures();
	shells();
}

const struct prog prog = {
	.name = "spawn", .variants = 4, .setup = setup, .round = round_spawn
};
