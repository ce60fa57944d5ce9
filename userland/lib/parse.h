/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PARSE_H
#define TESSERA_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PARSE_ID_MAX	65535u
#define PARSE_KEY_BYTES	32

/* The whole string is one decimal number; 0, -EINVAL or -ERANGE. */
int parse_u64(const char *text, uint64_t *value);
int parse_u32(const char *text, uint32_t *value);
/* A node id, 1..65535. */
int parse_id(const char *text, unsigned int *id);
/* A process id, 1.. */
int parse_pid(const char *text, pid_t *pid);
/* 64 hex digits; blanks and newlines around them are allowed. */
int parse_key(const char *text, uint8_t key[PARSE_KEY_BYTES]);
/* Cuts the next word off *cursor and ends it with NUL; NULL when there is none. */
char *parse_word(char **cursor);
/* Cuts the next line off *cursor, without a comment from '#' on; NULL at the end. */
char *parse_line(char **cursor);
/* A name that is safe to show and to write into a table: letters, digits, '.', '_', '-'. */
bool parse_is_name(const char *text, size_t max);
/* The number of "name value" (or "name=value") in a text of lines and words; 0 or -ENOENT. */
int parse_field(const char *text, const char *name, uint64_t *value);

#endif
