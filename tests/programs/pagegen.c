// SPDX-License-Identifier: GPL-2.0
/*
 * The torture of page ownership: an area of --mb megabytes (16 unless told) in which every page
 * carries its number and a generation.  Pages are rewritten by hand, by read() from a pipe and
 * from a file, checked by hand and by write(), dropped by madvise, moved by mremap, and looked
 * at by a forked child.  A stale, lost, foreign or zero page has the wrong generation.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "prog.h"

#define PAGE 4096ul
#define BATCH 8

/* First and last words of a page; what is between depends on both. */
struct stamp {
	uint64_t page;
	uint64_t generation;
	uint64_t check;
	uint64_t body[PAGE / 8 - 6];
	uint64_t tail_check;
	uint64_t tail_generation;
	uint64_t tail_page;
};

_Static_assert(sizeof(struct stamp) == PAGE, "a stamp fills a page");

static struct stamp *area;
static uint32_t *generation;
static size_t pages;
static int loop[2], file;

static uint64_t check_of(uint64_t page, uint64_t gen)
{
	return prog_hash(page << 32 ^ gen);
}

static void make_stamp(struct stamp *s, size_t page, uint64_t gen)
{
	uint64_t check = check_of(page, gen);

	s->page = s->tail_page = page;
	s->generation = s->tail_generation = gen;
	s->check = s->tail_check = check;
	for (size_t i = 0; i < sizeof(s->body) / 8; i += 16)
		s->body[i] = check + i;
}

static bool is_zero(const struct stamp *s)
{
	static const struct stamp zero;

	return !memcmp(s, &zero, sizeof(zero));
}

static void expect_stamp(const struct stamp *s, size_t page, uint64_t gen, const char *how)
{
	uint64_t check = check_of(page, gen);
	bool good = s->page == page && s->tail_page == page && s->generation == gen &&
		    s->tail_generation == gen && s->check == check && s->tail_check == check;

	if (!gen) {
		if (!is_zero(s))
			prog_fail("%s: page %zu should be zero, has generation %llu", how, page,
				  (unsigned long long)s->generation);
		return;
	}
	for (size_t i = 0; i < sizeof(s->body) / 8; i += 16)
		good &= s->body[i] == check + i;
	if (!good)
		prog_fail("%s: page %zu generation %llu reads as page %llu generation %llu/%llu", how,
			  page, (unsigned long long)gen, (unsigned long long)s->page,
			  (unsigned long long)s->generation,
			  (unsigned long long)s->tail_generation);
}

static size_t pick(void)
{
	return prog_below(pages);
}

static void by_hand(void)
{
	size_t page = pick();

	expect_stamp(&area[page], page, generation[page], "touched");
	make_stamp(&area[page], page, ++generation[page]);
}

static void by_pipe(void)
{
	struct stamp copy;
	size_t page = pick();

	if (prog_below(2))
		expect_stamp(&area[page], page, generation[page], "before read()");
	make_stamp(&copy, page, ++generation[page]);
	prog_write_all(loop[1], &copy, PAGE);
	prog_read_all(loop[0], &area[page], PAGE);
}

/* From the area into the pipe: the kernel reads the page, the program perhaps never did. */
static void to_pipe(void)
{
	struct stamp copy;
	size_t page = pick();

	prog_write_all(loop[1], &area[page], PAGE);
	prog_read_all(loop[0], &copy, PAGE);
	expect_stamp(&copy, page, generation[page], "written to a pipe");
}

static void through_file(void)
{
	struct iovec iov[BATCH];
	size_t page[BATCH], first = prog_below(pages / BATCH);

	for (size_t i = 0; i < BATCH; i++) {
		/* One page of each eighth, so that none comes twice. */
		page[i] = i * (pages / BATCH) + (first + i * 7) % (pages / BATCH);
		iov[i] = (struct iovec){ &area[page[i]], PAGE };
	}
	CHECK_EQ(pwritev(file, iov, BATCH, 0), BATCH * PAGE);
	for (size_t i = 0; i < BATCH; i++) {
		struct stamp copy;

		CHECK_EQ(pread(file, &copy, PAGE, (off_t)(i * PAGE)), PAGE);
		expect_stamp(&copy, page[i], generation[page[i]], "written to a file");
		make_stamp(&copy, page[i], ++generation[page[i]]);
		CHECK_EQ(pwrite(file, &copy, PAGE, (off_t)(i * PAGE)), PAGE);
	}
	CHECK_EQ(preadv(file, iov, BATCH, 0), BATCH * PAGE);
}

/* A few bytes only: a page that the other side owns is changed in the middle. */
static void small_write(void)
{
	size_t page = pick();
	uint64_t gen = generation[page];

	if (!gen)
		return;
	prog_write_all(loop[1], &gen, sizeof(gen));
	prog_read_all(loop[0], &area[page].tail_generation, sizeof(gen));
	expect_stamp(&area[page], page, gen, "after a small read()");
}

static size_t pick_run(size_t *len)
{
	size_t first = pick(), room = pages - first;

	*len = 1 + prog_below(room < 64 ? room : 64);
	return first;
}

static void drop(void)
{
	size_t len, first = pick_run(&len);

	if (prog_below(4))
		return;
	CHECK_EQ(madvise(&area[first], len * PAGE, MADV_DONTNEED), 0);
	memset(&generation[first], 0, len * sizeof(generation[0]));
}

static void move(void)
{
	size_t len, first = pick_run(&len);
	void *there = mmap(NULL, len * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct stamp *moved = mremap(&area[first], len * PAGE, len * PAGE,
				     MREMAP_MAYMOVE | MREMAP_FIXED, there);

	CHECK(moved == there);
	if (prog_below(2)) {
		size_t i = prog_below(len);

		expect_stamp(&moved[i], first + i, generation[first + i], "moved");
		make_stamp(&moved[i], first + i, ++generation[first + i]);
	}
	CHECK(mremap(moved, len * PAGE, len * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, &area[first]) ==
	      &area[first]);
}

static void protect(void)
{
	size_t len, first = pick_run(&len);

	CHECK_EQ(mprotect(&area[first], len * PAGE, PROT_READ), 0);
	expect_stamp(&area[first], first, generation[first], "protected");
	CHECK_EQ(mprotect(&area[first], len * PAGE, PROT_READ | PROT_WRITE), 0);
}

/* The child sees the pages of the moment of fork; what both write afterwards stays apart. */
static void in_child(void)
{
	pid_t pid = prog_fork();

	if (!pid) {
		for (int i = 0; i < 40; i++) {
			size_t page = pick();

			expect_stamp(&area[page], page, generation[page], "in the child");
			make_stamp(&area[page], page, ++generation[page]);
		}
		_exit(0);
	}
	for (int i = 0; i < 40; i++)
		by_hand();
	prog_reap_ok(pid);
}

static void step(void)
{
	static void (*const ops[])(void) = {
		by_hand, by_hand, by_pipe, by_pipe, to_pipe, through_file, small_write, drop, move,
		protect,
	};

	ops[prog_below(sizeof(ops) / sizeof(ops[0]))]();
}

static void check_all(void)
{
	for (size_t page = 0; page < pages; page++) {
		expect_stamp(&area[page], page, generation[page], "at the end of a round");
		prog_mix(generation[page]);
	}
}

static void setup(const char *arg)
{
	char *path = prog_path("pages");

	pages = (prog_options.mb ? prog_options.mb : 16) << 8;
	generation = calloc(pages, sizeof(*generation));
	area = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(generation && area != MAP_FAILED);
	CHECK_EQ(pipe(loop), 0);
	file = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(file >= 0);
	free(path);
}

/* Every fourth page starts as a hole. */
static void round_pages(void)
{
	for (size_t page = 0; page < pages; page++)
		generation[page] = 0;
	CHECK_EQ(madvise(area, pages * PAGE, MADV_DONTNEED), 0);
	for (size_t page = 0; page < pages; page++)
		if (prog_below(4))
			make_stamp(&area[page], page, ++generation[page]);
	for (int i = 0; i < 1000; i++) {
		step();
		if (i % 400 == 399)
			in_child();
	}
	check_all();
}

const struct prog prog = {
	.name = "pagegen", .variants = 4, .setup = setup, .round = round_pages
};
