/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* One JSON document under way; start with { .out = FILE }. The document is one line. */
struct json {
	FILE *out;
	bool more;	/* a comma is due before the next member */
};

/* key is NULL in lists and at the top. open is '{' or '[', close its counterpart. */
void json_open(struct json *json, const char *key, char open);
void json_close(struct json *json, char close);
void json_string(struct json *json, const char *key, const char *value);
void json_number(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
/* The document is complete. */
void json_end(struct json *json);

#endif
