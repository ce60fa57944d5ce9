// SPDX-License-Identifier: GPL-2.0
/*
 * Writes JSON (RFC 8259) for "mos --json". Nothing here reads JSON, and flat
 * records are all there is to write, so a library would only make the initramfs
 * larger.
 */
#include "tools/json.h"

#include <inttypes.h>

static void put_text(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)	/* a name may have any bytes: as if Latin-1 */
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void put_key(struct json *json, const char *key)
{
	if (json->more)
		fputs(", ", json->out);
	json->more = true;
	if (!key)
		return;
	put_text(json->out, key);
	fputs(": ", json->out);
}

void json_open(struct json *json, const char *key, char open)
{
	put_key(json, key);
	putc(open, json->out);
	json->more = false;
}

void json_close(struct json *json, char close)
{
	putc(close, json->out);
	json->more = true;
}

void json_string(struct json *json, const char *key, const char *value)
{
	put_key(json, key);
	put_text(json->out, value);
}

void json_number(struct json *json, const char *key, int64_t value)
{
	put_key(json, key);
	fprintf(json->out, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	put_key(json, key);
	fputs(value ? "true" : "false", json->out);
}

void json_end(struct json *json)
{
	putc('\n', json->out);
	json->more = false;
}
