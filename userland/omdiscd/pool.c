// SPDX-License-Identifier: GPL-2.0
/*
 * Pools: whether this node takes guests now, by its kind of pool, the time and how long nobody
 * has used it. Settings and the decision, all pure; presence.c finds out whether a user is there
 * and lend.c carries the decision out.
 */
#include "omdiscd/pool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ALL_DAYS	0x7f
#define DAY_MINUTES	(24 * 60)

static const char * const kinds[] = {
	[POOL_SINGLE]	= "single",
	[POOL_SERVER]	= "server",
	[POOL_CLIENT]	= "client",
	[POOL_ADAPTIVE]	= "adaptive",
};

static const struct {
	bool open;
	const char *text;
} reasons[] = {
	[POOL_ALWAYS]		= { true, "it takes guests at all times" },
	[POOL_NEVER]		= { false, "it never takes guests" },
	[POOL_HOURS]		= { true, "these are its hours" },
	[POOL_UNUSED]		= { true, "nobody uses it" },
	[POOL_USED]		= { false, "somebody uses it, or did until now" },
	[POOL_OFF_HOURS]	= { false, "these are not its hours" },
};

const char *pool_kind_name(enum pool_kind kind)
{
	return kinds[kind];
}

int pool_parse_kind(const char *text, enum pool_kind *kind)
{
	for (unsigned int i = POOL_SINGLE; i <= POOL_ADAPTIVE; i++) {
		if (!strcmp(text, kinds[i])) {
			*kind = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* The number of a day of three letters at *text, which is moved on; -EINVAL. */
static int parse_day(const char **text)
{
	static const char names[] = "sunmontuewedthufrisat";

	for (int day = 0; day < 7; day++) {
		if (!strncasecmp(*text, names + 3 * day, 3)) {
			*text += 3;
			return day;
		}
	}
	return -EINVAL;
}

/* "mon" or "fri-mon"; the bits of the days. */
static int parse_days(const char **text)
{
	int first = parse_day(text);
	int last = first;
	int days = 0;

	if (first < 0)
		return first;
	if (**text == '-') {
		++*text;
		last = parse_day(text);
	}
	if (last < 0)
		return last;
	for (int day = first; ; day = (day + 1) % 7) {
		days |= 1 << day;
		if (day == last)
			return days;
	}
}

/* Two digits; -EINVAL. */
static int parse_two(const char **text)
{
	const char *at = *text;

	if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
		return -EINVAL;
	*text += 2;
	return (at[0] - '0') * 10 + at[1] - '0';
}

/* "HH:MM", up to 24:00; minutes of the day. */
static int parse_time(const char **text)
{
	int hours = parse_two(text);
	int minutes;

	if (hours < 0 || **text != ':')
		return -EINVAL;
	++*text;
	minutes = parse_two(text);
	if (minutes < 0 || minutes > 59 || hours * 60 + minutes > DAY_MINUTES)
		return -EINVAL;
	return hours * 60 + minutes;
}

static int parse_times(const char **text, struct pool_span *span)
{
	int from = parse_time(text);
	int to;

	if (from < 0 || from == DAY_MINUTES || **text != '-')
		return -EINVAL;
	++*text;
	to = parse_time(text);
	if (to < 0 || to == from)
		return -EINVAL;
	span->from = from;
	span->to = to;
	return 0;
}

static int parse_span(const char **text, struct pool_span *span)
{
	bool digit = **text >= '0' && **text <= '9';
	int days = digit ? ALL_DAYS : parse_days(text);

	if (days < 0)
		return days;
	*span = (struct pool_span) { .days = days, .to = DAY_MINUTES };
	if (digit)
		return parse_times(text, span);
	*text += strspn(*text, " ");
	return **text >= '0' && **text <= '9' ? parse_times(text, span) : 0;
}

int pool_parse_hours(const char *text, struct pool_settings *pool)
{
	size_t count = 0;

	while (1) {
		if (count == POOL_SPANS_MAX)
			return -E2BIG;
		if (parse_span(&text, &pool->span[count++]))
			return -EINVAL;
		text += strspn(text, " ");
		if (!*text)
			break;
		if (*text++ != ',')
			return -EINVAL;
		text += strspn(text, " ");
	}
	pool->spans = count;
	return 0;
}

static bool in_span(const struct pool_span *span, unsigned int weekday, unsigned int minute)
{
	bool today = span->days & 1 << weekday;
	bool yesterday = span->days & 1 << (weekday + 6) % 7;

	if (span->from < span->to)
		return today && minute >= span->from && minute < span->to;
	return (today && minute >= span->from) || (yesterday && minute < span->to);
}

bool pool_in_hours(const struct pool_settings *pool, unsigned int weekday, unsigned int minute)
{
	for (size_t i = 0; i < pool->spans; i++)
		if (in_span(&pool->span[i], weekday, minute))
			return true;
	return false;
}

/* A user comes first, at any hour; the hours only shorten how long that lasts. */
static enum pool_reason decide_adaptive(const struct pool_settings *pool,
					const struct pool_view *view)
{
	uint64_t gone = pool->idle && pool->idle < POOL_RETURN_S ? pool->idle : POOL_RETURN_S;

	if (pool_in_hours(pool, view->weekday, view->minute))
		return view->idle >= gone ? POOL_HOURS : POOL_USED;
	if (!pool->idle)
		return POOL_OFF_HOURS;
	return view->idle >= pool->idle ? POOL_UNUSED : POOL_USED;
}

enum pool_reason pool_decide(const struct pool_settings *pool, const struct pool_view *view)
{
	switch (pool->kind) {
	case POOL_SINGLE:
	case POOL_SERVER:
		break;
	case POOL_CLIENT:
		return POOL_NEVER;
	case POOL_ADAPTIVE:
		return decide_adaptive(pool, view);
	}
	return POOL_ALWAYS;
}

bool pool_is_open(enum pool_reason reason)
{
	return reasons[reason].open;
}

const char *pool_text(enum pool_reason reason)
{
	return reasons[reason].text;
}
