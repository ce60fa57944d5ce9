// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded by the tests of the tools: a write to a file whose path ends with
 * $REFUSE_PATH fails with $REFUSE_ERRNO, as the files of /proc/hpc do.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int must_refuse(int fd)
{
	const char *tail = getenv("REFUSE_PATH");
	char link[32], path[PATH_MAX];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	if (!tail || len < (ssize_t)strlen(tail))
		return 0;
	path[len] = '\0';
	return !strcmp(path + len - strlen(tail), tail);
}

ssize_t write(int fd, const void *data, size_t size)
{
	ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

	if (must_refuse(fd)) {
		errno = atoi(getenv("REFUSE_ERRNO"));
		return -1;
	}
	return next(fd, data, size);
}
