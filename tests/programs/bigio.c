// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers from 1 byte to 1 MB at every alignment, through a file, a pipe and readv with many
 * pieces: the sizes where an inline buffer ends and page ownership begins.
 * Bytes just outside of a buffer must stay as they were.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "prog.h"

#define AREA (1200 * 1024)
#define GUARD 0xc3
#define PIECES 64

static unsigned char *from, *to;
static int fd;

static const size_t edges[] = {
	1, 2, 7, 63, 64, 255, 256, 511, 1023, 1024, 2047, 2048, 4000, 4095, 4096, 4097, 8191, 8192,
	16383, 16384, 16385, 32768, 65535, 65536, 65537, 131072, 262143, 524288, 1048575, 1048576,
};

#define EDGES (sizeof(edges) / sizeof(edges[0]))

static void expect(const unsigned char *buf, size_t len, uint64_t key, const char *what)
{
	prog_expect_fill(buf, len, key, what);
	CHECK_EQ(buf[-1], GUARD);
	CHECK_EQ(buf[len], GUARD);
}

/* Guards around a destination that is otherwise either fresh, or still touched. */
static unsigned char *destination(size_t len)
{
	unsigned char *buf;

	if (prog_below(2))
		CHECK_EQ(madvise(to, AREA, MADV_DONTNEED), 0);
	buf = to + 1 + prog_below(8192);
	buf[-1] = GUARD;
	buf[len] = GUARD;
	return buf;
}

static void through_file(size_t len)
{
	unsigned char *src = from + prog_below(8192), *dst = destination(len);
	off_t at = (off_t)prog_below(10000);
	uint64_t key = prog_rand();

	prog_fill(src, len, key);
	CHECK_EQ(pwrite(fd, src, len, at), len);
	CHECK_EQ(pread(fd, dst, len, at), len);
	expect(dst, len, key, "file");
	prog_mix_bytes(dst, len < 4096 ? len : 4096);
}

static void through_vector(size_t len)
{
	unsigned char *src = from + prog_below(8192), *dst = destination(len);
	struct iovec iov[PIECES];
	size_t step = len / PIECES, pos = 0;
	uint64_t key = prog_rand();

	for (int i = 0; i < PIECES; i++) {
		iov[i].iov_base = dst + pos;
		iov[i].iov_len = i == PIECES - 1 ? len - pos : step;
		pos += step;
	}
	prog_fill(src, len, key);
	CHECK_EQ(pwrite(fd, src, len, 0), len);
	CHECK_EQ(preadv(fd, iov, PIECES, 0), len);
	expect(dst, len, key, "vector");
}

static void through_pipe(size_t len)
{
	unsigned char *dst = destination(len);
	uint64_t key = prog_rand();
	int pipefd[2];
	pid_t pid;

	CHECK_EQ(pipe(pipefd), 0);
	pid = prog_fork();
	if (!pid) {
		unsigned char *src = from + len % 4096;

		close(pipefd[0]);
		prog_fill(src, len, key);
		prog_write_all(pipefd[1], src, len);
		_exit(0);
	}
	close(pipefd[1]);
	prog_read_all(pipefd[0], dst, len);
	CHECK_EQ(read(pipefd[0], from, 1), 0);
	close(pipefd[0]);
	prog_reap_ok(pid);
	expect(dst, len, key, "pipe");
}

/* A buffer that ends at an unmapped page: the part before it is transferred, no more. */
static void at_the_edge(void)
{
	unsigned char *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t key = prog_rand();

	CHECK(map != MAP_FAILED);
	CHECK_EQ(munmap(map + 4096, 4096), 0);
	prog_fill(map, 4096, key);
	CHECK_EQ(ftruncate(fd, 0), 0);
	CHECK_EQ(pwrite(fd, map + 96, 4000, 0), 4000);
	CHECK_ERRNO(write(fd, map + 4096, 100), EFAULT);
	CHECK_ERRNO(pread(fd, map + 4096, 100, 0), EFAULT);
	CHECK_EQ(pread(fd, map, 4000, 0), 4000);
	memmove(map + 96, map, 4000);
	prog_fill(map, 96, key);
	prog_expect_fill(map, 4096, key, "edge");
	CHECK_EQ(munmap(map, 4096), 0);
}

static unsigned char *map_area(void)
{
	void *map = mmap(NULL, AREA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(map != MAP_FAILED);
	return map;
}

static void setup(const char *arg)
{
	char *path = prog_path("big");

	from = map_area();
	to = map_area();
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0);
	free(path);
}

static void round_bigio(void)
{
	for (int i = 0; i < 4; i++)
		through_file(edges[prog_below(EDGES)]);
	through_vector(edges[prog_below(EDGES)] + PIECES);
	through_pipe(edges[prog_below(EDGES)]);
	through_file(1 + prog_below(3000));
	at_the_edge();
}

const struct prog prog = {
	.name = "bigio", .variants = 16, .setup = setup, .round = round_bigio
};
