// SPDX-License-Identifier: GPL-2.0
/*
 * The machines that are known, and the ways to them. All functions are pure: time comes in as an
 * argument and nothing is sent from here (cluster.c does that).
 *
 * Both ends must choose the same path, for the kernel takes connections only from the address
 * in its table. So the order of paths is one that both compute alike: IPv6 link-local (there with
 * the carrier, and DHCP never changes it), other IPv6, IPv4; then the smaller pair of addresses.
 * A path in use is kept as long as it works.
 */
#include "omdiscd/member.h"

#include <stdlib.h>
#include <string.h>

struct member *member_find(const struct member_table *table,
			   const uint8_t identity[static PACKET_IDENTITY])
{
	for (size_t i = 0; i < table->count; i++)
		if (!memcmp(table->member[i]->last.identity, identity, PACKET_IDENTITY))
			return table->member[i];
	return NULL;
}

void member_forget(struct member_table *table, struct member *m)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->member[i] != m)
			continue;
		table->member[i] = table->member[--table->count];
		free(m);
		return;
	}
}

void member_table_free(struct member_table *table)
{
	while (table->count)
		free(table->member[--table->count]);
}

static struct member *longest_gone(const struct member_table *table)
{
	struct member *oldest = NULL;

	for (size_t i = 0; i < table->count; i++) {
		struct member *m = table->member[i];

		if (!member_is_up(m) && (!oldest || m->changed_ms < oldest->changed_ms))
			oldest = m;
	}
	return oldest;
}

struct member *member_add(struct member_table *table,
			  const uint8_t identity[static PACKET_IDENTITY])
{
	struct member *m;

	if (table->count == MEMBERS_MAX) {
		m = longest_gone(table);
		if (!m)
			return NULL;
		member_forget(table, m);
	}
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	memcpy(m->last.identity, identity, PACKET_IDENTITY);
	m->state = NODE_DEAD;
	table->member[table->count++] = m;
	return m;
}

bool member_is_up(const struct member *m)
{
	return m->state == NODE_ALIVE || m->state == NODE_SUSPECT;
}

bool member_is_settled(const struct member *m)
{
	return member_is_up(m) && (m->last.flags & PACKET_SETTLED);
}

struct member *member_with_id(const struct member_table *table, unsigned int id, uint64_t now_ms)
{
	struct member *best = NULL;

	for (size_t i = 0; i < table->count; i++) {
		struct member *m = table->member[i];

		if (m->last.id != id || !member_is_settled(m))
			continue;
		if (!best || member_age(m, now_ms) > member_age(best, now_ms))
			best = m;
	}
	return best;
}

uint64_t member_age(const struct member *m, uint64_t now_ms)
{
	return m->last.member_ms + (now_ms - m->heard_ms);
}

uint64_t member_lineage_age(const struct member *m, uint64_t now_ms)
{
	return m->last.lineage_ms + (now_ms - m->heard_ms);
}

enum node_state member_state_at(const struct member *m, uint64_t now_ms)
{
	uint64_t silent = now_ms - m->heard_ms;

	if (!member_is_up(m))
		return m->state;
	if (silent >= MEMBER_DEAD_MS)
		return NODE_DEAD;
	return silent >= MEMBER_SUSPECT_MS ? NODE_SUSPECT : NODE_ALIVE;
}

uint64_t member_deadline(const struct member *m)
{
	if (m->state == NODE_ALIVE)
		return m->heard_ms + MEMBER_SUSPECT_MS;
	if (m->state == NODE_SUSPECT)
		return m->heard_ms + MEMBER_DEAD_MS;
	return UINT64_MAX;
}

static bool path_equal(const struct path *a, const struct path *b)
{
	return a->ifindex == b->ifindex && addr_equal(&a->peer, &b->peer);
}

struct member_path *member_path_find(struct member *m, const struct path *path)
{
	for (size_t i = 0; i < m->paths; i++)
		if (path_equal(&m->path[i].path, path))
			return &m->path[i];
	return NULL;
}

/* A slot for one more path: a free one, or that of the one silent longest, if it is silent. */
static size_t free_slot(const struct member *m, uint64_t now_ms)
{
	size_t oldest = 0;

	if (m->paths < MEMBER_PATHS)
		return m->paths;
	for (size_t i = 1; i < m->paths; i++)
		if (m->path[i].heard_ms < m->path[oldest].heard_ms)
			oldest = i;
	return now_ms - m->path[oldest].heard_ms > MEMBER_PATH_QUIET_MS ? oldest : MEMBER_PATHS;
}

void member_path_add(struct member *m, const struct path *path, uint64_t now_ms)
{
	struct member_path *known = member_path_find(m, path);
	size_t slot = known ? (size_t)(known - m->path) : free_slot(m, now_ms);

	if (slot == MEMBER_PATHS)
		return;
	m->path[slot] = (struct member_path) { .path = *path, .heard_ms = now_ms };
	if (slot == m->paths)
		m->paths++;
}

static int path_class(const struct path *path)
{
	if (addr_is_link_local(&path->peer))
		return 0;
	return path->peer.family == AF_INET6 ? 1 : 2;
}

/* The two addresses of a path in an order that does not depend on the side. */
static void path_ends(const struct path *path, const unsigned char **low, const unsigned char **high)
{
	bool peer_first = memcmp(path->peer.bytes, path->local.bytes, sizeof(path->peer.bytes)) < 0;

	*low = peer_first ? path->peer.bytes : path->local.bytes;
	*high = peer_first ? path->local.bytes : path->peer.bytes;
}

static bool path_is_better(const struct path *a, const struct path *b)
{
	const unsigned char *low[2], *high[2];
	int order = path_class(a) - path_class(b);

	path_ends(a, &low[0], &high[0]);
	path_ends(b, &low[1], &high[1]);
	if (!order)
		order = memcmp(low[0], low[1], sizeof(a->peer.bytes));
	if (!order)
		order = memcmp(high[0], high[1], sizeof(a->peer.bytes));
	return order < 0;
}

static bool path_is_quiet(const struct member_path *p, uint64_t now_ms)
{
	return now_ms - p->heard_ms >= MEMBER_PATH_QUIET_MS;
}

bool member_path_choose(struct member *m, uint64_t now_ms)
{
	size_t best = m->current, before = m->current;

	if (!m->paths)
		return false;
	if (!path_is_quiet(&m->path[best], now_ms) &&
	    now_ms - m->admitted_ms >= MEMBER_PATH_OPEN_MS)
		return false;
	for (size_t i = 0; i < m->paths; i++) {
		if (path_is_quiet(&m->path[i], now_ms))
			continue;
		if (path_is_quiet(&m->path[best], now_ms) ||
		    path_is_better(&m->path[i].path, &m->path[best].path))
			best = i;
	}
	m->current = best;
	return best != before;
}

const struct path *member_path(const struct member *m)
{
	return m->paths ? &m->path[m->current].path : NULL;
}
