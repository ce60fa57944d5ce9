// SPDX-License-Identifier: GPL-2.0
/*
 * Small text files: /proc/hpc, /etc, /run, /var. Every path goes through $TESSERA_ROOT, so that
 * tests run daemon and tools on a tree of their own. Nothing here prints; all errors are -errno.
 */
#include "lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *file_root(void)
{
	const char *root = getenv("TESSERA_ROOT");

	return root ? root : "";
}

int file_path(char *out, size_t size, const char *path)
{
	int n = snprintf(out, size, "%s%s", file_root(), path);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int open_path(const char *path, int flags, mode_t mode)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), path);
	int fd;

	if (err)
		return err;
	fd = open(full, flags | O_CLOEXEC, mode);
	return fd < 0 ? -errno : fd;
}

/* Reads until the end; -E2BIG when size - 1 bytes are not enough. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) {
			buf[used] = '\0';
			return used;
		}
		used += n;
	}
	return -E2BIG;
}

int file_read(const char *path, char *buf, size_t size)
{
	int fd = open_path(path, O_RDONLY, 0);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read_all(fd, buf, size);
	close(fd);
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = '\0';
	return n;
}

int file_readf(char *buf, size_t size, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, sizeof(path), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return file_read(path, buf, size);
}

int file_load(const char *path, char **text)
{
	int fd = open_path(path, O_RDONLY, 0);
	char *buf;
	ssize_t n;

	if (fd < 0)
		return fd;
	buf = malloc(FILE_TEXT_MAX + 1);
	n = buf ? read_all(fd, buf, FILE_TEXT_MAX + 1) : -ENOMEM;
	close(fd);
	if (n < 0) {
		free(buf);
		return n;
	}
	*text = buf;
	return 0;
}

/* The kernel's files take one write as one command: a short write is an error, never continued. */
static int write_once(int fd, const char *text)
{
	size_t len = strlen(text);
	ssize_t n = write(fd, text, len);

	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int file_write(const char *path, const char *text)
{
	int fd = open_path(path, O_WRONLY | O_TRUNC, 0);
	int err;

	if (fd < 0)
		return fd;
	err = write_once(fd, text);
	if (close(fd) && !err)
		err = -errno;
	return err;
}

int file_writef(const char *path, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		return -E2BIG;
	return file_write(path, text);
}

int file_replace(const char *path, const char *text, mode_t mode)
{
	char full[PATH_MAX], fresh[PATH_MAX + 4];
	int err = file_path(full, sizeof(full), path);
	int fd;

	if (err)
		return err;
	snprintf(fresh, sizeof(fresh), "%s.new", full);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	err = write_once(fd, text);
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(fresh, full))
		err = -errno;
	if (err)
		unlink(fresh);
	return err;
}

int file_mkdir(const char *path, mode_t mode)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), path);

	if (!err && mkdir(full, mode) && errno != EEXIST)
		err = -errno;
	return err;
}

int file_remove(const char *path)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), path);

	if (!err && unlink(full))
		err = -errno;
	return err;
}

int file_exists(const char *path)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), path);

	if (!err && access(full, F_OK))
		err = -errno;
	return err;
}
