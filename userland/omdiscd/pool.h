/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_POOL_H
#define TESSERA_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POOL_SPANS_MAX	16
#define POOL_RETURN_S	300	/* within the hours a user who was there has left after so long */

/* openMosix's ways to share machines; what each means for one node. */
enum pool_kind {
	POOL_SINGLE,	/* all share: it takes guests */
	POOL_SERVER,	/* one of the servers of a server pool: it takes guests */
	POOL_CLIENT,	/* a workstation beside a server pool: it takes none */
	POOL_ADAPTIVE,	/* a workstation that takes guests at some hours, or when nobody uses it */
};

/* Some hours of some days; a span that ends before it begins ends on the next day. */
struct pool_span {
	uint8_t days;		/* bit 0 is Sunday */
	uint16_t from, to;	/* minutes of the day */
};

struct pool_settings {
	enum pool_kind kind;
	uint32_t idle;		/* seconds without a user after which it is open; 0: not for that */
	size_t spans;
	struct pool_span span[POOL_SPANS_MAX];
};

/* What the decision looks at. */
struct pool_view {
	unsigned int weekday;	/* 0 is Sunday */
	unsigned int minute;	/* of the day, local time */
	uint64_t idle;		/* seconds since somebody used keyboard, mouse or a terminal */
};

enum pool_reason {
	POOL_ALWAYS,		/* single and server: open */
	POOL_NEVER,		/* client: closed */
	POOL_HOURS,		/* open */
	POOL_UNUSED,		/* open: idle for long enough */
	POOL_USED,		/* closed: somebody is there */
	POOL_OFF_HOURS,		/* closed */
};

/* 0 or -EINVAL. */
int pool_parse_kind(const char *text, enum pool_kind *kind);
/* "mon-fri 18:00-08:00,sat,sun"; days or hours may be left out; 0, -EINVAL or -E2BIG. */
int pool_parse_hours(const char *text, struct pool_settings *pool);
const char *pool_kind_name(enum pool_kind kind);
bool pool_in_hours(const struct pool_settings *pool, unsigned int weekday, unsigned int minute);
/* Does the node take guests now, and why. Pure. */
enum pool_reason pool_decide(const struct pool_settings *pool, const struct pool_view *view);
bool pool_is_open(enum pool_reason reason);
/* A sentence for people, without a newline. */
const char *pool_text(enum pool_reason reason);

#endif
