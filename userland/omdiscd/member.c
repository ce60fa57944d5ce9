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

static int grow(struct member_table *table, uint32_t number)
{
	uint32_t room = table->room ? table->room : 16;
	struct member **member;

	while (room <= number)
		room *= 2;
	member = reallocarray(table->member, room, sizeof(*member));
	if (!member)
		return -1;
	memset(member + table->room, 0, (room - table->room) * sizeof(*member));
	table->member = member;
	table->room = room;
	return 0;
}

struct member *member_at(struct member_table *table, uint32_t number)
{
	struct member *m;

	if (number >= table->room && grow(table, number))
		return NULL;
	if (table->member[number])
		return table->member[number];
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->number = number;
	m->state = NODE_UNKNOWN;
	table->member[number] = m;
	return m;
}

void member_forget(struct member_table *table, uint32_t number)
{
	if (number >= table->room)
		return;
	free(table->member[number]);
	table->member[number] = NULL;
}

void member_table_free(struct member_table *table)
{
	for (uint32_t i = 0; i < table->room; i++)
		free(table->member[i]);
	free(table->member);
	*table = (struct member_table) { 0 };
}

struct member *member_next(const struct member_table *table, uint32_t *at)
{
	while (*at < table->room) {
		struct member *m = table->member[(*at)++];

		if (m)
			return m;
	}
	return NULL;
}

bool member_is_up(const struct member *m)
{
	return m->state == NODE_ALIVE || m->state == NODE_SUSPECT;
}

bool member_is_settled(const struct member *m)
{
	return member_is_up(m) && m->settled;
}

struct member *member_with_id(const struct member_table *table, unsigned int id)
{
	struct member *m;

	for (uint32_t at = 0; (m = member_next(table, &at)); )
		if (m->id == id && member_is_settled(m))
			return m;
	return NULL;
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

static bool path_equal(const struct path *a, const struct path *b)
{
	return a->ifindex == b->ifindex && addr_equal(&a->peer, &b->peer);
}

static struct member_path *find_path(struct member *m, const struct path *path)
{
	for (size_t i = 0; i < m->paths; i++)
		if (path_equal(&m->path[i].path, path))
			return &m->path[i];
	return NULL;
}

/* The best of those that were heard, or of all when none was. */
static bool choose(struct member *m)
{
	bool any = member_path_any(m);
	size_t best = m->current, before = m->current;

	for (size_t i = 0; i < m->paths; i++) {
		if (any && !m->path[i].heard)
			continue;
		if ((any && !m->path[best].heard) ||
		    path_is_better(&m->path[i].path, &m->path[best].path))
			best = i;
	}
	m->current = best;
	return best != before;
}

/* Sorted in: when there are more than fit, the worst is left out. */
static void add_path(struct member *m, const struct path *path, bool heard)
{
	size_t worst = 0;

	if (m->paths < MEMBER_PATHS) {
		m->path[m->paths++] = (struct member_path) { *path, heard };
		return;
	}
	for (size_t i = 1; i < m->paths; i++)
		if (path_is_better(&m->path[worst].path, &m->path[i].path))
			worst = i;
	if (path_is_better(path, &m->path[worst].path))
		m->path[worst] = (struct member_path) { *path, heard };
}

static void add_candidate(struct member *m, const struct member *old, const struct link *link,
			  const struct addr *peer)
{
	struct path path = { .peer = *peer, .ifindex = link->ifindex };
	struct member_path *known;

	path.local = peer->family == AF_INET ? link->v4 : link->v6;
	if (!path.local.family)
		return;
	if (addr_is_link_local(peer))
		path.peer.scope = link->ifindex;
	known = find_path((struct member *)old, &path);
	add_path(m, &path, known && known->heard);
}

void member_path_list(struct member *m, const struct link_list *links, const struct addr *only)
{
	struct member old = *m;
	struct member_path *same;

	m->paths = 0;
	m->current = 0;
	if (only) {
		m->path[m->paths++] = (struct member_path) { .path.peer = *only };
		return;
	}
	for (size_t i = 0; i < links->count; i++)
		for (size_t k = 0; k < m->about.addrs; k++)
			add_candidate(m, &old, &links->link[i], &m->about.addr[k]);
	/* what is in use stays in use, if it still is a way */
	same = old.paths ? find_path(m, &old.path[old.current].path) : NULL;
	if (same && same->heard)
		m->current = same - m->path;
	else
		choose(m);
}

bool member_path_heard(struct member *m, const struct path *path, uint64_t now_ms)
{
	struct member_path *p = find_path(m, path);

	if (!p)
		return false;
	if (!member_path_any(m))
		m->open_ms = now_ms + MEMBER_PATH_OPEN_MS;
	if (p->heard)
		return false;
	p->heard = true;
	if (m->path[m->current].heard && p != &m->path[m->current] && now_ms > m->open_ms)
		return false;
	return choose(m);
}

bool member_path_failed(struct member *m, uint64_t now_ms)
{
	if (m->paths < 2)
		return false;
	m->path[m->current].heard = false;
	m->open_ms = now_ms + MEMBER_PATH_OPEN_MS;
	return member_path_any(m) && choose(m);
}

bool member_path_any(const struct member *m)
{
	for (size_t i = 0; i < m->paths; i++)
		if (m->path[i].heard)
			return true;
	return false;
}

const struct path *member_path(const struct member *m)
{
	return m->paths ? &m->path[m->current].path : NULL;
}
