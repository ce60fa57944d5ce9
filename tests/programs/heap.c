// SPDX-License-Identifier: GPL-2.0
/*
 * The heap: brk up and down, with what is given back reading as zero when it comes again,
 * malloc and realloc of mixed sizes checked by content, and stack growth by recursion to
 * several megabytes, down and up again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#include "prog.h"

#define PAGE 4096
#define BLOCKS 100

static void grow_and_shrink(void)
{
	static const unsigned char zero[PAGE];
	unsigned char *base = sbrk(0);
	size_t size = 0;
	uint64_t key = prog_rand();

	for (int i = 0; i < 12; i++) {
		size_t want = (1 + prog_below(200)) * PAGE;

		CHECK(brk(base + want) == 0);
		CHECK(sbrk(0) == base + want);
		/* Whole pages only are compared: base need not be at a page. */
		if (want > size + PAGE) {
			CHECK(!memcmp(base + want - PAGE, zero, PAGE));
			CHECK(!memcmp(base + size + (size ? PAGE : 0), zero, PAGE) || want < size + 2 * PAGE);
		}
		if (size)
			prog_expect_fill(base, size < want ? size : want, key, "heap");
		prog_fill(base, want, key);
		size = want;
	}
	prog_mix_bytes(base, size);
	CHECK(brk(base) == 0);
	CHECK(sbrk(0) == base);
}

struct block {
	unsigned char *data;
	size_t len;
	uint64_t key;
};

static size_t block_size(void)
{
	return 1 + prog_below(prog_below(8) ? 2000 : 300000);
}

static void change_block(struct block *b)
{
	size_t len = block_size(), kept = len < b->len ? len : b->len;

	b->data = realloc(b->data, len);
	CHECK(b->data);
	if (kept)
		prog_expect_fill(b->data, kept, b->key, "after realloc");
	b->len = len;
	b->key = prog_rand();
	prog_fill(b->data, len, b->key);
}

static void allocations(void)
{
	struct block blocks[BLOCKS] = { 0 };

	for (int i = 0; i < 400; i++) {
		struct block *b = &blocks[prog_below(BLOCKS)];

		if (b->data && !prog_below(3)) {
			prog_expect_fill(b->data, b->len, b->key, "block");
			free(b->data);
			*b = (struct block){ 0 };
		} else {
			change_block(b);
		}
	}
	for (int i = 0; i < BLOCKS; i++) {
		if (!blocks[i].data)
			continue;
		prog_expect_fill(blocks[i].data, blocks[i].len, blocks[i].key, "block at the end");
		prog_mix(blocks[i].key);
		free(blocks[i].data);
	}
}

/* Every frame has a pattern of its own and looks at it again on the way up. */
static uint64_t descend(unsigned int depth, uint64_t key)
{
	unsigned char frame[8000];
	uint64_t below = 1;

	prog_fill(frame, sizeof(frame), key);
	__asm__ volatile("" : : "r"(frame) : "memory");
	if (depth)
		below = descend(depth - 1, prog_hash(key));
	prog_expect_fill(frame, sizeof(frame), key, "stack frame");
	return prog_hash(below ^ key);
}

static unsigned int stack_depth(void)
{
	struct rlimit limit;
	rlim_t room = 8 << 20;

	CHECK_EQ(getrlimit(RLIMIT_STACK, &limit), 0);
	if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < room)
		room = limit.rlim_cur;
	return (unsigned int)((room - (1 << 20)) / 8300);
}

static void round_heap(void)
{
	grow_and_shrink();
	allocations();
	CHECK(stack_depth() > 100);
	prog_mix(descend(100 + (unsigned int)prog_below(stack_depth() - 100), prog_rand()) != 0);
}

const struct prog prog = { .name = "heap", .variants = 4, .round = round_heap };
