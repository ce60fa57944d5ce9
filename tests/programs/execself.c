// SPDX-License-Identifier: GPL-2.0
/*
 * The main process replaces its own image many times before it settles: pid, descriptors, pending
 * and blocked signals, alarm, working directory and environment go through, memory does not.
 * The runner sees where the last image lives: it must be where the first one was.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "prog.h"

#define IMAGES 25
#define LEFT "PROG_IMAGES_LEFT"
#define PLACE ((unsigned char *)0x5200000000ul)
#define SIZE (64 * 4096ul)

static char **arguments;

static void __attribute__((constructor)) keep_arguments(int argc, char **argv)
{
	arguments = argv;
}

/* Memory of the image before must be gone, and what is new is zero. */
static void use_memory(unsigned int n)
{
	static unsigned char zero[4096];
	unsigned char *at = mmap(PLACE, SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	CHECK(at == PLACE);
	for (size_t page = 0; page < SIZE; page += 4096)
		CHECK(!memcmp(at + page, zero, 4096));
	prog_fill(at, SIZE, n);
	prog_expect_fill(at, SIZE, n, "memory of an image");
}

static void first_image(void)
{
	char pid[16];
	sigset_t set;
	int fd[2];

	snprintf(pid, sizeof(pid), "%d", getpid());
	CHECK_EQ(setenv("PROG_FIRST_PID", pid, 1), 0);
	CHECK_EQ(pipe(fd), 0);
	CHECK_EQ(dup2(fd[0], 70), 70);
	CHECK_EQ(dup2(fd[1], 71), 71);
	close(fd[0]);
	close(fd[1]);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 5);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	CHECK_EQ(sigqueue(getpid(), SIGRTMIN + 5, (union sigval){ 4711 }), 0);
	CHECK_EQ(chdir("/proc"), 0);
	alarm(3000);
}

static void next_image(unsigned int n)
{
	char left[16];

	use_memory(n);
	prog_write_all(71, &n, sizeof(n));
	snprintf(left, sizeof(left), "%u", n - 1);
	CHECK_EQ(setenv(LEFT, left, 1), 0);
	execv("/proc/self/exe", arguments);
	prog_fail("execv: %s", strerror(errno));
}

static void last_image(void)
{
	sigset_t set;
	siginfo_t info;
	char cwd[64];

	use_memory(0);
	CHECK_EQ(getpid(), atoi(getenv("PROG_FIRST_PID")));
	for (unsigned int n = IMAGES; n; n--) {
		unsigned int got;

		prog_read_all(70, &got, sizeof(got));
		CHECK_EQ(got, n);
	}
	CHECK_EQ(sigpending(&set), 0);
	CHECK(sigismember(&set, SIGUSR1));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
	CHECK_EQ(info.si_pid, getpid());
	sigaddset(&set, SIGRTMIN + 5);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGRTMIN + 5);
	CHECK_EQ(info.si_value.sival_int, 4711);
	CHECK(alarm(0) > 1000);
	CHECK(getcwd(cwd, sizeof(cwd)));
	CHECK(!strcmp(cwd, "/proc"));
}

/* Time for the mover before the first exec, too. */
static void setup(const char *arg)
{
	const char *left = getenv(LEFT);
	unsigned int n = left ? (unsigned int)atoi(left) : IMAGES;

	if (!left) {
		first_image();
		prog_sleep_ms(200);
	}
	if (n)
		next_image(n);
	last_image();
}

static void round_exec(void)
{
	uint64_t key = prog_rand();

	prog_fill(PLACE, SIZE, key);
	for (int i = 0; i < 50; i++)
		CHECK(getppid() >= 0);
	prog_expect_fill(PLACE, SIZE, key, "memory of the last image");
	prog_mix(key);
}

const struct prog prog = {
	.name = "execself", .variants = 4, .setup = setup, .round = round_exec
};
