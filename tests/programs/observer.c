// SPDX-License-Identifier: GPL-2.0
/*
 * observer PID [TIMES]: looks at a running `observed` from outside, as ps, top and gdb would, and
 * prints a verdict that does not depend on where it runs.  Exit 0 if everything could be
 * read and was plausible, 1 otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE 0x5100000000ul
#define SIZE (16 * 4096)

static void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void fail(const char *fmt, ...)
{
	va_list args;

	printf("FAIL: observer: ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	exit(1);
}

static size_t slurp(const char *pid, const char *name, char *buf, size_t len)
{
	char path[64];
	size_t have = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail("open of %s: %s", name, strerror(errno));
	while (have < len - 1 && (n = read(fd, buf + have, len - 1 - have)) != 0) {
		if (n < 0)
			fail("read of %s: %s", name, strerror(errno));
		have += (size_t)n;
	}
	close(fd);
	buf[have] = '\0';
	return have;
}

static void look_at_strings(const char *pid)
{
	static char text[1 << 17];

	if (!slurp(pid, "cmdline", text, sizeof(text)) || !strstr(text, "observed"))
		fail("cmdline is \"%s\"", text);
	if (slurp(pid, "environ", text, sizeof(text)) < 5 || !strchr(text, '='))
		fail("environ is \"%s\"", text);
	slurp(pid, "maps", text, sizeof(text));
	if (!strstr(text, "510000000000-510000010000 rw-p") || !strstr(text, "[stack]"))
		fail("maps lacks an area");
	slurp(pid, "stat", text, sizeof(text));
	if (!strstr(text, "(observed)"))
		fail("stat is \"%s\"", text);
	slurp(pid, "smaps", text, sizeof(text));
	if (!strstr(text, "510000000000"))
		fail("smaps lacks an area");
}

/* The program refills the area: a page may be caught in the middle, but never zero. */
static void look_at_memory(const char *pid)
{
	static unsigned char data[SIZE];
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		fail("open of mem: %s", strerror(errno));
	n = pread(fd, data, sizeof(data), (off_t)PLACE);
	if (n != SIZE)
		fail("read of mem: %zd, %s", n, strerror(errno));
	close(fd);
	for (size_t page = 0; page < SIZE; page += 4096) {
		size_t zeroes = 0;

		for (size_t i = 0; i < 4096; i++)
			zeroes += data[page + i] == 0;
		if (zeroes > 200)
			fail("page %zu has %zu zero bytes", page / 4096, zeroes);
	}
}

int main(int argc, char **argv)
{
	int times = argc > 2 ? atoi(argv[2]) : 20;

	if (argc < 2 || times < 1) {
		fprintf(stderr, "usage: observer PID [TIMES]\n");
		return 2;
	}
	for (int i = 0; i < times; i++) {
		look_at_strings(argv[1]);
		look_at_memory(argv[1]);
		usleep(10000);
	}
	printf("observer: ok\n");
	return 0;
}
