// SPDX-License-Identifier: GPL-2.0
/*
 * Who has how much to do, spread by gossip: each second a few members hear the own load, the newest
 * half of what fits, and for the rest those whose turn it is. So fresh news travels fast, and what
 * is known of anybody grows old only with the number of nodes divided by the entries of a packet.
 */
#include "omdiscd/share.h"

#define NEWEST	((REPORT_ENTRIES - 1) / 2)

static uint64_t age_of(const struct cluster *c, const struct member *m)
{
	return c->now.ms - m->load_ms;
}

static bool is_told(const struct member *m)
{
	return m->load_ms && member_is_up(m);
}

/* Insertion into a short sorted list: the newest first. */
static size_t keep_newest(const struct cluster *c, const struct member **best, size_t count,
			  const struct member *m)
{
	size_t at = count < NEWEST ? count++ : count;

	if (at == NEWEST && age_of(c, m) >= age_of(c, best[--at]))
		return count;
	for (; at && age_of(c, m) < age_of(c, best[at - 1]); at--)
		best[at] = best[at - 1];
	best[at] = m;
	return count;
}

static struct report report_of(const struct cluster *c, const struct member *m)
{
	return (struct report) { .key = m->key, .age_ms = age_of(c, m), .load = m->load };
}

static size_t put_newest(const struct cluster *c, struct report *r)
{
	const struct member *best[NEWEST];
	const struct member *m;
	size_t count = 0;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); )
		if (is_told(m))
			count = keep_newest(c, best, count, m);
	for (size_t i = 0; i < count; i++)
		r[i] = report_of(c, best[i]);
	return count;
}

static bool has_key(const struct report *r, size_t count, uint64_t key)
{
	for (size_t i = 0; i < count; i++)
		if (r[i].key == key)
			return true;
	return false;
}

static size_t put_next(struct cluster *c, struct report *r, size_t count)
{
	for (uint32_t tries = 0; tries < c->table.room && count < REPORT_ENTRIES; tries++) {
		const struct member *m;

		if (c->load_cursor >= c->table.room)
			c->load_cursor = 0;
		m = c->table.member[c->load_cursor++];
		if (m && is_told(m) && !has_key(r, count, m->key))
			r[count++] = report_of(c, m);
	}
	return count;
}

void share_send(struct cluster *c)
{
	struct report r[REPORT_ENTRIES] = { { .key = swim_key(c->swim), .load = c->load } };
	uint8_t blob[SWIM_LOAD_MAX];
	size_t count = 1;

	/* who is quiet tells nothing of others either */
	if (!(c->load.status & NODE_QUIET)) {
		count += put_newest(c, r + 1);
		count = put_next(c, r, count);
	}
	swim_send_load(c->swim, c->now.ms, blob, report_encode(r, count, blob));
}

static void take_report(struct cluster *c, const struct report *r)
{
	uint32_t number = swim_find(c->swim, r->key);
	uint64_t when = c->now.ms - r->age_ms;
	struct member *m;

	if (number == SWIM_NOBODY || number >= c->table.room || r->age_ms >= c->now.ms)
		return;
	m = c->table.member[number];
	if (!m || !member_is_up(m) || when <= m->load_ms)
		return;
	m->load = r->load;
	m->load_ms = when;
	m->load_new = true;
}

void share_take(struct cluster *c, const void *load, size_t len)
{
	struct report r[REPORT_ENTRIES];
	int count = report_decode(load, len, r);

	if (count < 0) {
		counters_add(c->counters, COUNT_MALFORMED);
		return;
	}
	for (int i = 0; i < count; i++)
		take_report(c, &r[i]);
}
