// SPDX-License-Identifier: GPL-2.0
/*
 * One file through every way of reading and writing it, checked against a copy in memory:
 * read, write, lseek, pread, pwrite, readv, writev, ftruncate, fallocate, O_APPEND, sendfile.
 * A call that is lost or done twice moves the offset or the contents.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include "prog.h"

#define FILE_MAX 70000
#define CHUNK 3000

static unsigned char model[FILE_MAX + CHUNK], chunk[CHUNK];
static size_t size, offset;
static int fd;

static size_t random_chunk(void)
{
	size_t len = 1 + prog_below(CHUNK);

	prog_fill(chunk, len, prog_rand());
	return len;
}

static void model_put(size_t at, const void *data, size_t len)
{
	memcpy(model + at, data, len);
	if (at + len > size)
		size = at + len;
}

static void do_write(void)
{
	size_t len = random_chunk();

	if (offset + len > FILE_MAX)
		offset = (size_t)lseek(fd, 0, SEEK_SET);
	CHECK_EQ(write(fd, chunk, len), len);
	model_put(offset, chunk, len);
	offset += len;
}

static void do_pwrite(void)
{
	size_t len = random_chunk(), at = prog_below(FILE_MAX - CHUNK);

	CHECK_EQ(pwrite(fd, chunk, len, (off_t)at), len);
	model_put(at, chunk, len);
}

static void do_writev(void)
{
	size_t len = random_chunk(), cut = prog_below(len + 1), cut2 = prog_below(cut + 1);
	struct iovec iov[3] = {
		{ chunk, cut2 }, { chunk + cut2, cut - cut2 }, { chunk + cut, len - cut }
	};

	if (offset + len > FILE_MAX)
		offset = (size_t)lseek(fd, 0, SEEK_SET);
	CHECK_EQ(writev(fd, iov, 3), len);
	model_put(offset, chunk, len);
	offset += len;
}

static size_t available(size_t at, size_t len)
{
	if (at >= size)
		return 0;
	return size - at < len ? size - at : len;
}

static void do_read(void)
{
	size_t len = 1 + prog_below(CHUNK), want = available(offset, len);

	memset(chunk, 0x5a, sizeof(chunk));
	CHECK_EQ(read(fd, chunk, len), want);
	CHECK(!memcmp(chunk, model + offset, want));
	CHECK(len == want || chunk[want] == 0x5a);
	offset += want;
}

static void do_readv(void)
{
	size_t len = 2 + prog_below(CHUNK - 2), cut = 1 + prog_below(len - 1);
	size_t at = prog_below(FILE_MAX), want = available(at, len);
	struct iovec iov[2] = { { chunk + len - cut, cut }, { chunk, len - cut } };
	size_t head = want < cut ? want : cut;

	CHECK_EQ(preadv(fd, iov, 2, (off_t)at), want);
	CHECK(!memcmp(chunk + len - cut, model + at, head));
	CHECK(!memcmp(chunk, model + at + head, want - head));
}

static void do_seek(void)
{
	off_t to = (off_t)prog_below(FILE_MAX - CHUNK);
	int how = (int)prog_below(3);

	if (how == 0)
		CHECK_EQ(lseek(fd, to, SEEK_SET), to);
	else if (how == 1)
		CHECK_EQ(lseek(fd, to - (off_t)offset, SEEK_CUR), to);
	else
		CHECK_EQ(lseek(fd, to - (off_t)size, SEEK_END), to);
	offset = (size_t)to;
	CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
	CHECK_EQ(lseek(fd, 0, SEEK_CUR), offset);
}

static void do_truncate(void)
{
	size_t to = prog_below(FILE_MAX);
	struct stat st;

	CHECK_EQ(ftruncate(fd, (off_t)to), 0);
	if (to < size)
		memset(model + to, 0, size - to);
	size = to;
	CHECK_EQ(fstat(fd, &st), 0);
	CHECK_EQ(st.st_size, size);
	CHECK(S_ISREG(st.st_mode));
}

static void do_append(void)
{
	size_t len = random_chunk();
	char *path = prog_path("file");
	int app = open(path, O_WRONLY | O_APPEND);

	if (size + len <= FILE_MAX) {
		CHECK_EQ(lseek(app, 0, SEEK_SET), 0);
		CHECK_EQ(write(app, chunk, len), len);
		model_put(size, chunk, len);
		CHECK_EQ(lseek(app, 0, SEEK_CUR), size);
	}
	CHECK_ERRNO(read(app, chunk, 1), EBADF);
	CHECK_EQ(close(app), 0);
	CHECK_ERRNO(close(app), EBADF);
	free(path);
}

static void do_sendfile(void)
{
	char *path = prog_path("copy");
	int copy = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	size_t at = prog_below(FILE_MAX), want = available(at, CHUNK);
	off_t from = (off_t)at;

	CHECK(copy >= 0);
	CHECK_EQ(sendfile(copy, fd, &from, CHUNK), want);
	CHECK_EQ(from, at + want);
	CHECK_EQ(pread(copy, chunk, CHUNK, 0), want);
	CHECK(!memcmp(chunk, model + at, want));
	close(copy);
	CHECK_EQ(unlink(path), 0);
	free(path);
}

static void check_whole(void)
{
	static unsigned char whole[FILE_MAX + 1];

	CHECK_EQ(pread(fd, whole, sizeof(whole), 0), size);
	CHECK(!memcmp(whole, model, size));
	prog_mix_bytes(whole, size);
}

static void round_files(void)
{
	static void (*const ops[])(void) = {
		do_write, do_pwrite, do_writev, do_read, do_read, do_readv, do_seek,
		do_truncate, do_append, do_sendfile, do_write,
	};
	char *path = prog_path("file");

	memset(model, 0, sizeof(model));
	size = offset = 0;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0640);
	CHECK(fd >= 0);
	CHECK_ERRNO(open(path, O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST);
	for (int i = 0; i < 60; i++)
		ops[prog_below(sizeof(ops) / sizeof(ops[0]))]();
	check_whole();
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(unlink(path), 0);
	CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
	free(path);
}

const struct prog prog = { .name = "files", .variants = 8, .round = round_files };
