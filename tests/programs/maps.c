// SPDX-License-Identifier: GPL-2.0
/*
 * The address space: mmap, munmap of pieces, mprotect, mremap that grows, moves, shrinks and
 * goes to a fixed place, MAP_FIXED over what was there, madvise, hundreds of areas, and the
 * errno of what cannot be.  A model says what each page must hold.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include "prog.h"

#define PAGE 4096ul
#define PAGES 256
#define MANY 500

static unsigned char *area;
static uint64_t keys[PAGES];
static sigjmp_buf escape;

static unsigned char *map(void *where, size_t pages, int flags)
{
	void *got = mmap(where, pages * PAGE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	CHECK(got != MAP_FAILED);
	return got;
}

static void fill_page(unsigned int page)
{
	keys[page] = prog_rand() | 1;
	prog_fill(area + page * PAGE, PAGE, keys[page]);
}

static void check_page(const unsigned char *at, uint64_t key)
{
	static const unsigned char zero[PAGE];

	if (key)
		prog_expect_fill(at, PAGE, key, "page");
	else
		CHECK(!memcmp(at, zero, PAGE));
}

static void check_all(void)
{
	for (unsigned int i = 0; i < PAGES; i++)
		check_page(area + i * PAGE, keys[i]);
}

/* A random run of pages inside the area. */
static unsigned int pick_run(unsigned int *len)
{
	unsigned int first = (unsigned int)prog_below(PAGES);

	*len = 1 + (unsigned int)prog_below(PAGES - first < 40 ? PAGES - first : 40);
	return first;
}

static void forget(void)
{
	unsigned int len, first = pick_run(&len);

	CHECK_EQ(madvise(area + first * PAGE, len * PAGE, MADV_DONTNEED), 0);
	memset(keys + first, 0, len * sizeof(keys[0]));
}

static void replace(void)
{
	unsigned int len, first = pick_run(&len);

	CHECK(map(area + first * PAGE, len, MAP_FIXED) == area + first * PAGE);
	memset(keys + first, 0, len * sizeof(keys[0]));
}

static void unmap_and_map(void)
{
	unsigned int len, first = pick_run(&len);

	CHECK_EQ(munmap(area + first * PAGE, len * PAGE), 0);
	CHECK_ERRNO(madvise(area + first * PAGE, len * PAGE, MADV_WILLNEED), ENOMEM);
	CHECK_ERRNO(mprotect(area + first * PAGE, len * PAGE, PROT_READ), ENOMEM);
	CHECK(map(area + first * PAGE, len, MAP_FIXED_NOREPLACE) == area + first * PAGE);
	memset(keys + first, 0, len * sizeof(keys[0]));
}

static void protect(void)
{
	unsigned int len, first = pick_run(&len);

	CHECK_EQ(mprotect(area + first * PAGE, len * PAGE, PROT_READ), 0);
	check_page(area + first * PAGE, keys[first]);
	CHECK_EQ(mprotect(area + first * PAGE, len * PAGE, PROT_NONE), 0);
	CHECK_EQ(mprotect(area + first * PAGE, len * PAGE, PROT_READ | PROT_WRITE), 0);
}

static void advise(void)
{
	unsigned int len, first = pick_run(&len);

	/* A kernel without swap has no use for it. */
	CHECK(!madvise(area + first * PAGE, len * PAGE, MADV_WILLNEED) || errno == EBADF);
	CHECK_EQ(madvise(area + first * PAGE, len * PAGE, MADV_SEQUENTIAL), 0);
	CHECK_EQ(madvise(area + first * PAGE, len * PAGE, MADV_NORMAL), 0);
	CHECK_ERRNO(madvise(area + 1, PAGE, MADV_DONTNEED), EINVAL);
}

/* After MADV_FREE a page is either what it was or zero, and a new write stays. */
static void advise_free(void)
{
	unsigned int page = (unsigned int)prog_below(PAGES);
	unsigned char *at = area + page * PAGE;

	CHECK_EQ(madvise(at, PAGE, MADV_FREE), 0);
	if (at[PAGE - 1] || at[PAGE - 2] || at[0])
		check_page(at, keys[page]);
	fill_page(page);
}

/*
 * Linux 6.12 moves no more than one mapping at a time, and whether neighbours became
 * one is its own business: then page by page.
 */
static void remap_to(unsigned char *from, unsigned char *to, unsigned int len)
{
	int how = MREMAP_MAYMOVE | MREMAP_FIXED;

	if (mremap(from, len * PAGE, len * PAGE, how, to) == to)
		return;
	CHECK_EQ(errno, EFAULT);
	for (unsigned int i = 0; i < len; i++)
		CHECK(mremap(from + i * PAGE, PAGE, PAGE, how, to + i * PAGE) == to + i * PAGE);
}

/* Away to a fixed place and back: the pages go along, what they leave is unmapped. */
static void move_away(void)
{
	unsigned int len, first = pick_run(&len);
	unsigned char *from = area + first * PAGE, *there = map(NULL, len, 0);

	remap_to(from, there, len);
	for (unsigned int i = 0; i < len; i++)
		check_page(there + i * PAGE, keys[first + i]);
	remap_to(there, from, len);
	CHECK_ERRNO(munmap(there + 1, PAGE), EINVAL);
}

static void grow_and_shrink(void)
{
	unsigned int len = 1 + (unsigned int)prog_below(30), more = len + 10;
	unsigned char *at = map(NULL, len, 0);
	uint64_t key = prog_rand();

	prog_fill(at, len * PAGE, key);
	map(at + len * PAGE, 1, 0);
	at = mremap(at, len * PAGE, more * PAGE, MREMAP_MAYMOVE);
	CHECK(at != MAP_FAILED);
	prog_expect_fill(at, len * PAGE, key, "after mremap");
	for (unsigned int i = len; i < more; i++)
		check_page(at + i * PAGE, 0);
	CHECK(mremap(at, more * PAGE, PAGE, 0) == at);
	prog_expect_fill(at, PAGE, key, "after shrinking");
	CHECK_EQ(munmap(at, PAGE), 0);
	CHECK(mremap(at, PAGE, 2 * PAGE, 0) == MAP_FAILED);
	CHECK_EQ(errno, EFAULT);
}

static void write_pages(void)
{
	for (int i = 0; i < 20; i++)
		fill_page((unsigned int)prog_below(PAGES));
}

static void many_areas(void)
{
	unsigned char *at = map(NULL, 2 * MANY, 0);
	uint64_t key = prog_rand();

	prog_fill(at, 2 * MANY * PAGE, key);
	for (unsigned int i = 0; i < MANY; i++)
		CHECK_EQ(mprotect(at + 2 * i * PAGE, PAGE, PROT_READ), 0);
	prog_expect_fill(at, 2 * MANY * PAGE, key, "many areas");
	for (unsigned int i = 0; i < MANY; i++)
		CHECK_EQ(mprotect(at + 2 * i * PAGE, PAGE, PROT_READ | PROT_WRITE), 0);
	prog_fill(at, 2 * MANY * PAGE, ~key);
	prog_expect_fill(at, 2 * MANY * PAGE, ~key, "one area again");
	CHECK_EQ(munmap(at, 2 * MANY * PAGE), 0);
}

static void on_fault(int sig)
{
	siglongjmp(escape, 1);
}

/* What the dynamic linker does with RELRO: written, then read-only for good. */
static void read_only_after(void)
{
	struct sigaction act = { .sa_handler = on_fault };
	unsigned char *at = map(NULL, 4, 0);
	uint64_t key = prog_rand();

	CHECK_EQ(sigaction(SIGSEGV, &act, NULL), 0);
	prog_fill(at, 4 * PAGE, key);
	CHECK_EQ(mprotect(at + PAGE, 2 * PAGE, PROT_READ), 0);
	if (!sigsetjmp(escape, 1)) {
		((volatile unsigned char *)at)[PAGE] = 1;
		prog_fail("a write to a read-only page went through");
	}
	prog_expect_fill(at, 4 * PAGE, key, "read-only page");
	CHECK_EQ(munmap(at, 4 * PAGE), 0);
}

static void round_maps(void)
{
	static void (*const ops[])(void) = {
		write_pages, write_pages, forget, replace, unmap_and_map, protect, advise,
		advise_free, move_away, grow_and_shrink,
	};

	area = map(NULL, PAGES, 0);
	memset(keys, 0, sizeof(keys));
	for (int i = 0; i < 60; i++)
		ops[prog_below(sizeof(ops) / sizeof(ops[0]))]();
	check_all();
	for (unsigned int i = 0; i < PAGES; i++)
		prog_mix(keys[i]);
	CHECK_EQ(munmap(area, PAGES * PAGE), 0);
	many_areas();
	read_only_after();
}

const struct prog prog = { .name = "maps", .variants = 8, .round = round_maps };
