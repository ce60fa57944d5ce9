// SPDX-License-Identifier: GPL-2.0
/*
 * Strict parsers for numbers, ids, keys, words and lines. Everything that a user or a file gives
 * goes through these; they accept the whole string or nothing.
 */
#include "lib/parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

int parse_u64(const char *text, uint64_t *value)
{
	uint64_t v = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*text - '0'), &v))
			return -ERANGE;
	}
	*value = v;
	return 0;
}

static int parse_bounded(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	int err = parse_u64(text, value);

	if (err)
		return err;
	return *value < min || *value > max ? -ERANGE : 0;
}

int parse_u32(const char *text, uint32_t *value)
{
	uint64_t v;
	int err = parse_bounded(text, 0, UINT32_MAX, &v);

	if (!err)
		*value = v;
	return err;
}

int parse_id(const char *text, unsigned int *id)
{
	uint64_t v;
	int err = parse_bounded(text, 1, PARSE_ID_MAX, &v);

	if (!err)
		*id = v;
	return err;
}

int parse_pid(const char *text, pid_t *pid)
{
	uint64_t v;
	int err = parse_bounded(text, 1, INT_MAX, &v);

	if (!err)
		*pid = v;
	return err;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int parse_key(const char *text, uint8_t key[PARSE_KEY_BYTES])
{
	while (isspace((unsigned char)*text))
		text++;
	for (int i = 0; i < PARSE_KEY_BYTES; i++, text += 2) {
		int high = hex_digit(text[0]);
		int low = high < 0 ? -1 : hex_digit(text[1]);

		if (low < 0)
			return -EINVAL;
		key[i] = high << 4 | low;
	}
	while (isspace((unsigned char)*text))
		text++;
	return *text ? -EINVAL : 0;
}

char *parse_word(char **cursor)
{
	char *word = *cursor + strspn(*cursor, " \t\r\n");
	size_t len = strcspn(word, " \t\r\n");

	*cursor = word + len;
	if (!len)
		return NULL;
	if (**cursor)
		*(*cursor)++ = '\0';
	return word;
}

char *parse_line(char **cursor)
{
	char *line = *cursor;
	size_t len = strcspn(line, "\n");

	if (!*line)
		return NULL;
	*cursor = line + len;
	if (**cursor)
		*(*cursor)++ = '\0';
	line[strcspn(line, "#")] = '\0';
	return line;
}

bool parse_is_name(const char *text, size_t max)
{
	size_t len = strlen(text);

	if (!len || len >= max)
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("._-", *text))
			return false;
	return true;
}

int parse_field(const char *text, const char *name, uint64_t *value)
{
	size_t len = strlen(name);

	for (const char *at = text; *at; at += strcspn(at, " \t\n")) {
		char digits[24];
		size_t n;

		at += strspn(at, " \t\n");
		if (strncmp(at, name, len) || !at[len] || !strchr(" \t=", at[len]))
			continue;
		at += len + 1;
		at += strspn(at, " \t");
		n = strcspn(at, " \t\n");
		if (n >= sizeof(digits))
			return -EINVAL;
		memcpy(digits, at, n);
		digits[n] = '\0';
		return parse_u64(digits, value);
	}
	return -ENOENT;
}
