/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_FILE_H
#define TESSERA_FILE_H

#include <stddef.h>
#include <sys/types.h>

#define FILE_TEXT_MAX	1048576	/* no file of ours is larger; more is -E2BIG */

/* $TESSERA_ROOT, or "" */
const char *file_root(void);
/* Joins the root and the path; 0 or -ENAMETOOLONG. */
int file_path(char *out, size_t size, const char *path);
/* Reads a whole small file into buf, NUL at the end, trailing newlines removed; length or -errno. */
int file_read(const char *path, char *buf, size_t size);
int file_readf(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same into memory of its own (free() it), at most FILE_TEXT_MAX bytes, newlines kept. */
int file_load(const char *path, char **text);
/* One write() of the whole text to an existing file; 0 or what the write returned as -errno. */
int file_write(const char *path, const char *text);
int file_writef(const char *path, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Makes the file anew beside the old one and renames it over; 0 or -errno. */
int file_replace(const char *path, const char *text, mode_t mode);
int file_mkdir(const char *path, mode_t mode);
int file_remove(const char *path);
/* 0 when it exists, else -errno. */
int file_exists(const char *path);

#endif
