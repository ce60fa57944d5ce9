// SPDX-License-Identifier: GPL-2.0
/*
 * A process for others to look at: it keeps its own command line, environment and memory in a
 * known state and computes; a child, and `observer PID` from outside, read them in /proc while
 * this goes on.  The pages read from outside must be the program's, never zeroes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "prog.h"

/* Also known to observer.c. */
#define PLACE ((void *)0x5100000000ul)
#define PAGE 4096ul
#define PAGES 16

extern char **environ;

static unsigned char *area;
static char own_cmdline[4096];
static ssize_t own_cmdline_len;

static ssize_t read_proc(pid_t pid, const char *name, void *buf, size_t len)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	n = read(fd, buf, len);
	close(fd);
	return n;
}

static void look_at_cmdline(pid_t pid)
{
	char text[4096];
	ssize_t n = read_proc(pid, "cmdline", text, sizeof(text));

	CHECK_EQ(n, own_cmdline_len);
	CHECK(!memcmp(text, own_cmdline, (size_t)n));
}

static void look_at_environ(pid_t pid)
{
	static char text[65536];
	ssize_t n = read_proc(pid, "environ", text, sizeof(text));
	size_t want = environ[0] ? strlen(environ[0]) : 0;

	CHECK(n >= 0);
	CHECK(!want || ((size_t)n > want && !memcmp(text, environ[0], want + 1)));
}

static void look_at_maps(pid_t pid)
{
	static char text[65536];
	char path[64], line[64];
	size_t have = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY);
	while ((n = read(fd, text + have, sizeof(text) - 1 - have)) > 0)
		have += (size_t)n;
	close(fd);
	text[have] = '\0';
	snprintf(line, sizeof(line), "%lx-%lx rw-p 00000000 00:00 0", (unsigned long)PLACE,
		 (unsigned long)PLACE + PAGES * PAGE);
	CHECK(strstr(text, line));
	CHECK(strstr(text, "[stack]"));
	CHECK(strstr(text, "[vdso]") || !strstr(text, "[vvar]"));
}

static void look_at_memory(pid_t pid, uint64_t key)
{
	unsigned char copy[PAGES * PAGE];
	struct iovec here = { copy, sizeof(copy) }, there = { PLACE, sizeof(copy) };
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	CHECK(fd >= 0);
	CHECK_EQ(pread(fd, copy, sizeof(copy), (off_t)(uintptr_t)PLACE), sizeof(copy));
	close(fd);
	prog_expect_fill(copy, sizeof(copy), key, "/proc/PID/mem");
	memset(copy, 0, sizeof(copy));
	CHECK_EQ(process_vm_readv(pid, &here, 1, &there, 1, 0), sizeof(copy));
	prog_expect_fill(copy, sizeof(copy), key, "process_vm_readv");
}

static void look_at_status(pid_t pid)
{
	char text[4096], want[32];
	ssize_t n = read_proc(pid, "status", text, sizeof(text) - 1);

	CHECK(n > 0);
	text[n] = '\0';
	snprintf(want, sizeof(want), "\nPid:\t%d\n", pid);
	CHECK(strstr(text, want));
	CHECK(!strncmp(text, "Name:\tobserved\n", 15));
	n = read_proc(pid, "statm", text, sizeof(text) - 1);
	CHECK(n > 0);
	text[n] = '\0';
	CHECK(atol(text) >= (long)PAGES);
	CHECK_EQ(read_proc(pid, "comm", text, sizeof(text)), 9);
	CHECK(!memcmp(text, "observed\n", 9));
}

static void observe(pid_t pid, uint64_t key)
{
	look_at_cmdline(pid);
	look_at_environ(pid);
	look_at_maps(pid);
	look_at_memory(pid, key);
	look_at_status(pid);
	_exit(0);
}

static void setup(const char *arg)
{
	area = mmap(PLACE, PAGES * PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(area == PLACE);
	prog_fill(area, PAGES * PAGE, 0);
	own_cmdline_len = read_proc(getpid(), "cmdline", own_cmdline, sizeof(own_cmdline));
	CHECK(own_cmdline_len > 0);
	/* The same name in the static and in the dynamic build. */
	CHECK_EQ(prctl(PR_SET_NAME, "observed"), 0);
}

static void round_observed(void)
{
	pid_t self = getpid(), pid;
	uint64_t key = prog_rand();
	volatile uint64_t work = 0;

	prog_fill(area, PAGES * PAGE, key);
	pid = prog_fork();
	if (!pid)
		observe(self, key);
	for (int i = 0; i < 300000; i++)
		work = prog_hash(work);
	prog_expect_fill(area, PAGES * PAGE, key, "own memory");
	prog_reap_ok(pid);
	prog_mix_bytes(area, PAGE);
}

const struct prog prog = {
	.name = "observed", .variants = 4, .setup = setup, .round = round_observed
};
