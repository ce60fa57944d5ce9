// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that move data without passing it: splice, tee, vmsplice, copy_file_range, memfd, and
 * writes into another process by process_vm_writev and /proc/PID/mem; getrandom as a call
 * whose answer must never be a page of zeroes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include "prog.h"

#define SIZE 40000
#define PAGE 4096ul

static unsigned char data[SIZE], copy[SIZE];

static int scratch_file(const char *name)
{
	char *path = prog_path(name);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0);
	CHECK_EQ(unlink(path), 0);
	free(path);
	return fd;
}

static void files_to_pipe(void)
{
	int from = scratch_file("from"), to = scratch_file("to"), fd[2], second[2];
	uint64_t key = prog_rand();
	loff_t at = 0;

	CHECK_EQ(pipe(fd), 0);
	CHECK_EQ(pipe(second), 0);
	prog_fill(data, SIZE, key);
	CHECK_EQ(pwrite(from, data, SIZE, 0), SIZE);
	CHECK_EQ(splice(from, &at, fd[1], NULL, SIZE, 0), SIZE);
	CHECK_EQ(at, SIZE);
	CHECK_EQ(tee(fd[0], second[1], SIZE, 0), SIZE);
	CHECK_EQ(splice(fd[0], NULL, to, NULL, SIZE, 0), SIZE);
	CHECK_EQ(pread(to, copy, SIZE, 0), SIZE);
	prog_expect_fill(copy, SIZE, key, "spliced file");
	memset(copy, 0, SIZE);
	prog_read_all(second[0], copy, SIZE);
	prog_expect_fill(copy, SIZE, key, "tee");
	at = 0;
	CHECK_EQ(ftruncate(to, 0), 0);
	CHECK_EQ(copy_file_range(from, &at, to, &(loff_t){ 0 }, SIZE, 0), SIZE);
	CHECK_EQ(pread(to, copy, SIZE, 0), SIZE);
	prog_expect_fill(copy, SIZE, key, "copied file range");
	CHECK_ERRNO(splice(from, NULL, to, NULL, 10, 0), EINVAL);
	for (int i = 0; i < 2; i++) {
		close(fd[i]);
		close(second[i]);
	}
	close(from);
	close(to);
	prog_mix(key);
}

/* The pipe holds the pages themselves: they are read before they are written again. */
static void memory_to_pipe(void)
{
	uint64_t key = prog_rand();
	struct iovec iov = { data + 100, SIZE - 200 };
	int fd[2];

	CHECK_EQ(pipe(fd), 0);
	prog_fill(data + 100, SIZE - 200, key);
	CHECK_EQ(vmsplice(fd[1], &iov, 1, 0), SIZE - 200);
	prog_read_all(fd[0], copy, SIZE - 200);
	prog_expect_fill(copy, SIZE - 200, key, "vmsplice");
	close(fd[0]);
	close(fd[1]);
}

static void anonymous_file(void)
{
	int fd = memfd_create("anonymous", MFD_CLOEXEC);
	uint64_t key = prog_rand();
	unsigned char *at;

	CHECK(fd >= 0);
	prog_fill(data, SIZE, key);
	CHECK_EQ(write(fd, data, SIZE), SIZE);
	at = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(at != MAP_FAILED);
	prog_expect_fill(at, SIZE, key, "memfd");
	CHECK_EQ(munmap(at, SIZE), 0);
	close(fd);
}

static void write_by_mem(pid_t pid, const unsigned char *at, uint64_t key)
{
	unsigned char page[PAGE];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	CHECK(fd >= 0);
	prog_fill(page, PAGE, key);
	CHECK_EQ(pwrite(fd, page, PAGE, (off_t)(uintptr_t)at), PAGE);
	close(fd);
}

static void write_by_vm(pid_t pid, unsigned char *at, uint64_t key)
{
	unsigned char page[PAGE];
	struct iovec here = { page, PAGE }, there = { at, PAGE };

	prog_fill(page, PAGE, key);
	CHECK_EQ(process_vm_writev(pid, &here, 1, &there, 1, 0), PAGE);
}

static void from_outside(void)
{
	unsigned char *area = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t key = prog_rand();
	pid_t self = getpid(), pid;

	CHECK(area != MAP_FAILED);
	prog_fill(area, 8 * PAGE, key);
	pid = prog_fork();
	if (!pid) {
		write_by_mem(self, area + PAGE, key + 1);
		write_by_vm(self, area + 3 * PAGE, key + 2);
		_exit(0);
	}
	prog_reap_ok(pid);
	prog_expect_fill(area, PAGE, key, "page before");
	prog_expect_fill(area + PAGE, PAGE, key + 1, "page written through /proc/PID/mem");
	prog_expect_fill(area + 3 * PAGE, PAGE, key + 2, "page written by process_vm_writev");
	CHECK_EQ(munmap(area, 8 * PAGE), 0);
}

static void randomness(void)
{
	unsigned int zeroes = 0;

	memset(data, 0, 256);
	CHECK_EQ(getrandom(data, 256, 0), 256);
	CHECK_EQ(getrandom(copy, 256, 0), 256);
	CHECK(memcmp(data, copy, 256));
	for (int i = 0; i < 256; i++)
		zeroes += data[i] == 0;
	CHECK(zeroes < 20);
}

/* Pages that were touched are there for mincore(), wherever they are; the others are not. */
static void presence(void)
{
	unsigned char *area = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char vec[64];
	bool touched[64];

	CHECK(area != MAP_FAILED);
	CHECK_EQ(madvise(area, 64 * PAGE, MADV_NOHUGEPAGE) && errno != EINVAL, 0);
	for (int i = 0; i < 64; i++) {
		touched[i] = prog_below(2);
		if (touched[i])
			area[(size_t)i * PAGE] = 1;
	}
	prog_sleep_ms(1);
	CHECK_EQ(mincore(area, 64 * PAGE, vec), 0);
	for (int i = 0; i < 64; i++)
		CHECK((vec[i] & 1) <= touched[i]);	/* one that is elsewhere is not resident */
	CHECK_EQ(munmap(area, 64 * PAGE), 0);
	CHECK_ERRNO(mincore(area, PAGE, vec), ENOMEM);
}

static void round_splices(void)
{
	files_to_pipe();
	memory_to_pipe();
	anonymous_file();
	from_outside();
	randomness();
	presence();
}

const struct prog prog = { .name = "splices", .variants = 4, .round = round_splices };
