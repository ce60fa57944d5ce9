// SPDX-License-Identifier: GPL-2.0
/*
 * Copy on write across fork: parent, child and grandchild write their own patterns into random
 * pages of what they inherited, by hand and by read(), and each must see only its own.
 * Pages never written are still zero, in all of them.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include "prog.h"

#define PAGE 4096
#define PAGES 512

static unsigned char *area;
static uint64_t owner[PAGES];
static int loop[2];

static uint64_t key_of(uint64_t who, unsigned int page)
{
	return prog_hash(who * PAGES + page);
}

static void write_page(uint64_t who, unsigned int page)
{
	unsigned char *at = area + (size_t)page * PAGE;

	if (prog_below(3)) {
		prog_fill(at, PAGE, key_of(who, page));
	} else {
		unsigned char copy[PAGE];

		prog_fill(copy, PAGE, key_of(who, page));
		prog_write_all(loop[1], copy, PAGE);
		prog_read_all(loop[0], at, PAGE);
	}
	owner[page] = who;
}

static void check_page(unsigned int page, const char *what)
{
	static const unsigned char zero[PAGE];
	unsigned char *at = area + (size_t)page * PAGE;

	if (owner[page])
		prog_expect_fill(at, PAGE, key_of(owner[page], page), what);
	else
		CHECK(!memcmp(at, zero, PAGE));
}

static void write_some(uint64_t who, unsigned int n)
{
	while (n--)
		write_page(who, (unsigned int)prog_below(PAGES));
}

static void check_all(const char *what)
{
	for (unsigned int page = 0; page < PAGES; page++)
		check_page(page, what);
}

static void own_pipe(void)
{
	close(loop[0]);
	close(loop[1]);
	CHECK_EQ(pipe(loop), 0);
}

static pid_t start_branch(uint64_t who, unsigned int depth);

static void descend(uint64_t who, unsigned int depth)
{
	pid_t pid = 0;

	own_pipe();
	write_some(who, 60);
	if (depth)
		pid = start_branch(who + 1, depth - 1);
	write_some(who + 100, 60);
	check_all("child");
	if (depth)
		prog_reap_ok(pid);
	check_all("child, after its own");
}

static pid_t start_branch(uint64_t who, unsigned int depth)
{
	pid_t pid = prog_fork();

	if (!pid) {
		descend(who, depth);
		_exit(0);
	}
	return pid;
}

static void round_cow(void)
{
	pid_t first, second;

	area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(area != MAP_FAILED);
	memset(owner, 0, sizeof(owner));
	CHECK_EQ(pipe(loop), 0);
	write_some(1, 200);
	first = start_branch(10, 2);
	write_some(2, 100);
	second = start_branch(20, 1);
	write_some(3, 100);
	check_all("parent");
	prog_reap_ok(first);
	prog_reap_ok(second);
	check_all("parent, at the end");
	prog_mix_bytes(area, PAGES * PAGE);
	close(loop[0]);
	close(loop[1]);
	CHECK_EQ(munmap(area, PAGES * PAGE), 0);
}

const struct prog prog = { .name = "forkcow", .variants = 4, .round = round_cow };
