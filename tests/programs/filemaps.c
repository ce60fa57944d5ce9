// SPDX-License-Identifier: GPL-2.0
/*
 * File mappings: private ones written, given back by MADV_DONTNEED (the file's contents show
 * again), read through a read-only shared one, changed by write() and by truncation,
 * used as the buffers of calls, inherited by fork, and executed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "prog.h"

#define PAGE 4096ul
#define PAGES 64

static unsigned char *expected;
static char *path;
static int fd;

static unsigned char *map(int prot, int flags)
{
	void *got = mmap(NULL, PAGES * PAGE, prot, flags, fd, 0);

	CHECK(got != MAP_FAILED);
	return got;
}

static void make_file(void)
{
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0);
	prog_fill(expected, PAGES * PAGE, prog_rand());
	CHECK_EQ(pwrite(fd, expected, PAGES * PAGE, 0), PAGES * PAGE);
}

static void same(const unsigned char *map_at, unsigned int page, const char *what)
{
	if (memcmp(map_at + page * PAGE, expected + page * PAGE, PAGE))
		prog_fail("%s: page %u is not the file's", what, page);
}

static void private_pages(void)
{
	unsigned char *at = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	uint64_t keys[PAGES] = { 0 };

	for (int i = 0; i < 40; i++) {
		unsigned int page = (unsigned int)prog_below(PAGES);

		if (prog_below(3)) {
			keys[page] = prog_rand() | 1;
			prog_fill(at + page * PAGE, PAGE, keys[page]);
		} else {
			CHECK_EQ(madvise(at + page * PAGE, PAGE, MADV_DONTNEED), 0);
			keys[page] = 0;
		}
	}
	for (unsigned int page = 0; page < PAGES; page++) {
		if (keys[page])
			prog_expect_fill(at + page * PAGE, PAGE, keys[page], "private page");
		else
			same(at, page, "private mapping");
	}
	CHECK_EQ(madvise(at, PAGES * PAGE, MADV_DONTNEED), 0);
	for (unsigned int page = 0; page < PAGES; page++)
		same(at, page, "after MADV_DONTNEED");
	CHECK_EQ(munmap(at, PAGES * PAGE), 0);
}

/* A write() to the file is seen at once through a mapping that was not written. */
static void shared_pages(void)
{
	unsigned char *at = map(PROT_READ, MAP_SHARED);

	for (int i = 0; i < 20; i++) {
		unsigned int page = (unsigned int)prog_below(PAGES);

		same(at, page, "shared mapping");
		prog_fill(expected + page * PAGE, PAGE, prog_rand());
		CHECK_EQ(pwrite(fd, expected + page * PAGE, PAGE, (off_t)(page * PAGE)), PAGE);
		same(at, page, "shared mapping after write");
	}
	CHECK_EQ(munmap(at, PAGES * PAGE), 0);
}

static void as_buffer(void)
{
	unsigned char *at = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	unsigned char *read_only = map(PROT_READ, MAP_PRIVATE);
	unsigned char copy[PAGE];
	int pipefd[2];

	CHECK_EQ(pipe(pipefd), 0);
	for (int i = 0; i < 20; i++) {
		unsigned int page = (unsigned int)prog_below(PAGES);

		CHECK_EQ(write(pipefd[1], read_only + page * PAGE, PAGE), PAGE);
		prog_read_all(pipefd[0], at + page * PAGE, PAGE);
		same(at, page, "buffer");
		CHECK_EQ(write(pipefd[1], at + page * PAGE, PAGE), PAGE);
		prog_read_all(pipefd[0], copy, PAGE);
		CHECK(!memcmp(copy, expected + page * PAGE, PAGE));
	}
	CHECK_EQ(write(pipefd[1], copy, 1), 1);
	CHECK_ERRNO(read(pipefd[0], read_only, 1), EFAULT);
	close(pipefd[0]);
	close(pipefd[1]);
	CHECK_EQ(munmap(at, PAGES * PAGE), 0);
	CHECK_EQ(munmap(read_only, PAGES * PAGE), 0);
}

static void inherited(void)
{
	unsigned char *at = map(PROT_READ | PROT_WRITE, MAP_PRIVATE);
	uint64_t key = prog_rand();
	pid_t pid;

	prog_fill(at, PAGE, key);
	pid = prog_fork();
	if (!pid) {
		prog_expect_fill(at, PAGE, key, "inherited page");
		prog_fill(at + PAGE, PAGE, ~key);
		for (unsigned int page = 2; page < PAGES; page++)
			same(at, page, "inherited mapping");
		CHECK_EQ(madvise(at, PAGE, MADV_DONTNEED), 0);
		same(at, 0, "child after MADV_DONTNEED");
		_exit(0);
	}
	same(at, 1, "parent");
	prog_reap_ok(pid);
	prog_expect_fill(at, PAGE, key, "parent's page");
	same(at, 1, "parent");
	CHECK_EQ(munmap(at, PAGES * PAGE), 0);
}

static void truncated(void)
{
	unsigned char *at = map(PROT_READ, MAP_PRIVATE);

	same(at, 1, "before truncation");
	CHECK_EQ(ftruncate(fd, PAGE + 10), 0);
	CHECK_EQ(ftruncate(fd, 2 * PAGE), 0);
	memset(expected + PAGE + 10, 0, PAGE - 10);
	same(at, 0, "after truncation");
	same(at, 1, "after truncation");
	CHECK_EQ(munmap(at, PAGES * PAGE), 0);
}

#if defined(__x86_64__)
/* mov $VALUE, %eax; ret: written into a file, mapped and called. */
static void executed(void)
{
	unsigned char code[6] = { 0xb8, 0, 0, 0, 0, 0xc3 };
	uint32_t value = (uint32_t)prog_rand();
	uint32_t (*function)(void);
	void *at;

	memcpy(code + 1, &value, sizeof(value));
	CHECK_EQ(pwrite(fd, code, sizeof(code), 0), sizeof(code));
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	CHECK(at != MAP_FAILED);
	memcpy(&function, &at, sizeof(at));
	CHECK_EQ(function(), value);
	CHECK_EQ(munmap(at, PAGE), 0);
}
#else
static void executed(void)
{
}
#endif

static void setup(const char *arg)
{
	expected = malloc(PAGES * PAGE);
	CHECK(expected);
	path = prog_path("mapped");
}

static void round_filemaps(void)
{
	make_file();
	private_pages();
	shared_pages();
	as_buffer();
	inherited();
	prog_mix_bytes(expected, PAGES * PAGE);
	truncated();
	executed();
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(path), 0);
}

const struct prog prog = {
	.name = "filemaps", .variants = 4, .setup = setup, .round = round_filemaps
};
