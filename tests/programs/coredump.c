// SPDX-License-Identifier: GPL-2.0
/*
 * A child fills memory, some of it before and some after its fork, and dies with a core dump.
 * The core, written at home, must hold every page as the child left it: none is zero, none stale.
 */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "prog.h"

#define PLACE 0x5300000000ul
#define PAGE 4096ul
#define PAGES 128

static void need_core_files(void)
{
	char pattern[256];
	int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, pattern, sizeof(pattern));
	struct rlimit limit;

	close(fd);
	CHECK_EQ(getrlimit(RLIMIT_CORE, &limit), 0);
	if (n <= 0 || pattern[0] == '|' || pattern[0] == '/' || limit.rlim_max < 64 << 20)
		prog_skip("cores do not go to the working directory here");
}

static void crash(uint64_t key)
{
	struct rlimit limit;

	CHECK_EQ(getrlimit(RLIMIT_CORE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	CHECK_EQ(setrlimit(RLIMIT_CORE, &limit), 0);
	CHECK_EQ(chdir(prog_dir()), 0);
	prog_fill((void *)PLACE, PAGES / 2 * PAGE, key);
	prog_sleep_ms(10);
	abort();
}

static int open_core(void)
{
	DIR *dir = opendir(prog_dir());
	struct dirent *entry;
	int fd = -1;

	CHECK(dir);
	while (fd < 0 && (entry = readdir(dir)))
		if (strstr(entry->d_name, "core")) {
			fd = openat(dirfd(dir), entry->d_name, O_RDONLY);
			CHECK_EQ(unlinkat(dirfd(dir), entry->d_name, 0), 0);
		}
	closedir(dir);
	CHECK(fd >= 0);
	return fd;
}

/* Where in the core the memory at PLACE is. */
static off_t find_segment(int fd)
{
	Elf64_Ehdr head;
	Elf64_Phdr segment;

	CHECK_EQ(pread(fd, &head, sizeof(head), 0), sizeof(head));
	CHECK(!memcmp(head.e_ident, ELFMAG, SELFMAG));
	CHECK_EQ(head.e_type, ET_CORE);
	for (unsigned int i = 0; i < head.e_phnum; i++) {
		off_t at = (off_t)(head.e_phoff + i * sizeof(segment));

		CHECK_EQ(pread(fd, &segment, sizeof(segment), at), sizeof(segment));
		if (segment.p_type == PT_LOAD && segment.p_vaddr <= PLACE &&
		    segment.p_vaddr + segment.p_filesz >= PLACE + PAGES * PAGE)
			return (off_t)(segment.p_offset + (PLACE - segment.p_vaddr));
	}
	prog_fail("the core has no segment with the child's memory");
}

static void round_core(void)
{
	static unsigned char copy[PAGES * PAGE];
	uint64_t key = prog_rand();
	void *at = mmap((void *)PLACE, PAGES * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	int status, fd;
	pid_t pid;

	CHECK(at == (void *)PLACE);
	prog_fill(at, PAGES * PAGE, ~key);
	prog_dir();
	pid = prog_fork();
	if (!pid)
		crash(key);
	status = prog_reap(pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGABRT);
	CHECK(WCOREDUMP(status));
	fd = open_core();
	CHECK_EQ(pread(fd, copy, sizeof(copy), find_segment(fd)), sizeof(copy));
	close(fd);
	prog_expect_fill(copy, PAGES / 2 * PAGE, key, "core, written by the child");
	prog_fill(at, PAGES * PAGE, ~key);
	CHECK(!memcmp(copy + PAGES / 2 * PAGE, (char *)at + PAGES / 2 * PAGE, PAGES / 2 * PAGE));
	prog_mix(key);
}

static void setup(const char *arg)
{
	need_core_files();
}

const struct prog prog = {
	.name = "coredump", .variants = 2, .setup = setup, .round = round_core
};
