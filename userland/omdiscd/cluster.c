// SPDX-License-Identifier: GPL-2.0
/*
 * Membership as the daemon sees it: swim (userland/swim) decides who is there and under which id;
 * here its members get names, ways to them, loads, and this node gets the time. A state machine
 * without I/O: packets, links and time come in by calls, everything that goes out goes through
 * struct cluster_ops.
 */
#include "omdiscd/cluster.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "omdiscd/share.h"

#define LOAD_MS	1000

_Static_assert(sizeof(struct path) <= SWIM_VIA_BYTES, "a path fits where swim keeps it");

void cluster_note(struct cluster *c, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->ops->note(c->ctx, text);
}

void cluster_init(struct cluster *c, const struct cluster_config *config,
		  const struct cluster_ops *ops, void *ctx, struct counters *counters)
{
	memset(c, 0, sizeof(*c));
	c->config = *config;
	c->ops = ops;
	c->ctx = ctx;
	c->counters = counters;
}

void cluster_free(struct cluster *c)
{
	swim_free(c->swim);
	c->swim = NULL;
	member_table_free(&c->table);
}

unsigned int cluster_id(const struct cluster *c)
{
	return c->gone ? 0 : c->id;
}

unsigned int cluster_size(const struct cluster *c)
{
	return c->swim ? swim_up_count(c->swim) + 1 : 1;
}

static void op_send(void *ctx, const struct swim_member *to, const struct swim_via *via,
		    const void *packet, size_t len)
{
	struct cluster *c = ctx;
	uint32_t number = to ? swim_find(c->swim, to->key) : SWIM_NOBODY;
	const struct member *m;
	struct path path;

	if (via) {
		memcpy(&path, via->bytes, sizeof(path));
		c->ops->send(c->ctx, packet, len, &path);
		return;
	}
	m = number < c->table.room ? c->table.member[number] : NULL;
	if (!m || !m->paths)
		return;
	/* with one link the best way is known before it is tried; else, and in need, all are */
	if (m->state != NODE_SUSPECT && (member_path_any(m) || c->links.count < 2)) {
		c->ops->send(c->ctx, packet, len, member_path(m));
		return;
	}
	for (size_t i = 0; i < m->paths; i++)
		c->ops->send(c->ctx, packet, len, &m->path[i].path);
}

static void op_cast(void *ctx, const void *packet, size_t len)
{
	struct cluster *c = ctx;

	c->ops->send(c->ctx, packet, len, NULL);
}

static const enum counter shown_as[] = {
	[SWIM_COUNT_MALFORMED]	= COUNT_MALFORMED,
	[SWIM_COUNT_FOREIGN]	= COUNT_FOREIGN,
	[SWIM_COUNT_REPLAYED]	= COUNT_REPLAYED,
	[SWIM_COUNT_UNPROVEN]	= COUNT_UNPROVEN,
	[SWIM_COUNT_CHALLENGES]	= COUNT_CHALLENGES,
	[SWIM_COUNT_PROOFS]	= COUNT_PROOFS,
	[SWIM_COUNT_THROTTLED]	= COUNT_THROTTLED,
	[SWIM_COUNT_JOINED]	= COUNT_JOINED,
	[SWIM_COUNT_SUSPECTED]	= COUNT_SUSPECTED,
	[SWIM_COUNT_DIED]	= COUNT_DIED,
	[SWIM_COUNT_LEFT]	= COUNT_LEFT,
	[SWIM_COUNT_RETURNED]	= COUNT_RETURNED,
	[SWIM_COUNT_REFUTED]	= COUNT_REFUTED,
	[SWIM_COUNT_ID_CONFLICTS] = COUNT_ID_CONFLICTS,
	[SWIM_COUNT_PROBES]	= COUNT_PROBES,
	[SWIM_COUNT_INDIRECT]	= COUNT_INDIRECT,
	[SWIM_COUNT_SYNCS]	= COUNT_SYNCS,
};

_Static_assert(sizeof(shown_as) / sizeof(shown_as[0]) == SWIM_COUNT_END,
	       "every counter of swim is shown");

static void count(struct cluster *c)
{
	for (int i = 0; i < SWIM_COUNT_END; i++) {
		uint64_t value = swim_count(c->swim, i);

		c->counters->value[shown_as[i]] += value - c->counted[i];
		c->counted[i] = value;
	}
}

static enum node_state node_state_of(const struct swim_member *m)
{
	switch ((enum swim_state)m->state) {
	case SWIM_ALIVE:
		return NODE_ALIVE;
	case SWIM_SUSPECT:
		return NODE_SUSPECT;
	case SWIM_DEAD:
		return NODE_DEAD;
	case SWIM_LEFT:
		return NODE_LEFT;
	}
	return NODE_UNKNOWN;
}

static const struct addr *map_address(const struct cluster *c, unsigned int id)
{
	for (size_t i = 0; c->config.map && i < c->config.map->count; i++)
		if (c->config.map->entry[i].id == id && !c->config.map->entry[i].alias)
			return &c->config.map->entry[i].addr;
	return NULL;
}

static void note_state(struct cluster *c, struct member *m, enum node_state before)
{
	bool up = member_is_up(m);

	if (!m->settled)
		return;
	if (up && !m->noted) {
		cluster_note(c, "node %u (%s) has joined%s", m->id, m->about.name,
			     m->about.build == c->config.build ? "" : "; it runs another kernel build, "
			     "nothing will migrate between it and this node");
		m->noted = true;
	} else if (m->state != before && (before == NODE_SUSPECT || m->state != NODE_ALIVE)) {
		cluster_note(c, "node %u (%s) is %s", m->id, m->about.name, node_state_name(m->state));
	}
	if (!up)
		m->noted = false;
}

/* The copy of swim's record. */
static void take_record(struct cluster *c, struct member *m, const struct swim_member *r)
{
	enum node_state before = m->state;
	bool back = m->session != r->session;

	if (r->meta)
		packet_get_about(r->meta->bytes, r->meta->len, &m->about);
	m->key = r->key;
	m->session = r->session;
	m->state = node_state_of(r);
	m->id = r->id;
	m->settled = r->settled;
	m->cut |= r->cut;
	if (m->state != before)
		m->changed_ms = c->now.ms;
	if (back)
		m->noted = false;
	if (!member_is_up(m)) {
		m->paths = 0;
		m->load_ms = 0;
	} else {
		member_path_list(m, &c->links, map_address(c, m->id));
	}
	note_state(c, m, before);
}

static void op_changed(void *ctx, uint32_t number)
{
	struct cluster *c = ctx;
	struct swim_member *r = swim_member(c->swim, number);
	struct member *m;
	bool fresh;

	c->change++;
	if (r->key == swim_key(c->swim))
		return;
	m = member_at(&c->table, number);
	if (!m)
		return;
	fresh = !m->session;
	take_record(c, m, r);
	r->cut = 0;
	if (fresh && member_is_up(m) && c->links.count > 1)
		swim_ask(c->swim, c->now.ms, number);
}

static void op_forgotten(void *ctx, uint32_t number)
{
	struct cluster *c = ctx;

	member_forget(&c->table, number);
}

static void op_load(void *ctx, uint32_t number, const void *load, size_t len)
{
	struct cluster *c = ctx;
	const uint8_t *type = load;

	if (len && *type == REPORT_TYPE)
		share_take(c, load, len);
	else if (c->ops->load && number < c->table.room && c->table.member[number])
		c->ops->load(c->ctx, c->table.member[number], load, len);
}

static size_t op_beacon(void *ctx, uint8_t out[static SWIM_BEACON_MAX])
{
	struct beacon b = timing_beacon(ctx);

	return packet_put_beacon(&b, out);
}

static void op_heard(void *ctx, uint32_t number, const struct swim_via *via, const uint8_t *beacon,
		     size_t len, int round_trip_ms)
{
	struct cluster *c = ctx;
	struct member *m = number < c->table.room ? c->table.member[number] : NULL;
	struct beacon b;
	struct path path;

	if (!m)
		return;
	memcpy(&path, via->bytes, sizeof(path));
	if (member_path_heard(m, &path, c->now.ms))
		c->change++;
	if (!packet_get_beacon(beacon, len, &b))
		timing_heard(c, m, &b, round_trip_ms);
}

static void op_detour(void *ctx, uint32_t number)
{
	struct cluster *c = ctx;
	struct member *m = number < c->table.room ? c->table.member[number] : NULL;

	if (m && member_path_failed(m, c->now.ms))
		c->change++;
}

static bool op_acceptable(void *ctx, const struct swim_member *record, const struct swim_via *via)
{
	const struct cluster *c = ctx;
	struct about a;

	if (packet_get_about(record->meta->bytes, record->meta->len, &a))
		return false;
	return !c->config.map || map_address(c, record->id);
}

static bool op_yield(void *ctx)
{
	struct cluster *c = ctx;

	return c->ops->yield && c->ops->yield(c->ctx);
}

static void op_renamed(void *ctx, uint64_t key)
{
	struct cluster *c = ctx;

	memcpy(c->config.identity, &key, sizeof(key));
}

static void op_note(void *ctx, const char *text)
{
	struct cluster *c = ctx;

	c->ops->note(c->ctx, text);
}

static const struct swim_ops swim_ops = {
	.send = op_send, .cast = op_cast, .changed = op_changed, .forgotten = op_forgotten,
	.load = op_load, .beacon = op_beacon, .heard = op_heard, .detour = op_detour,
	.acceptable = op_acceptable, .yield = op_yield, .renamed = op_renamed, .note = op_note,
};

static void add_address(struct about *a, const struct addr *addr)
{
	if (!addr->family || a->addrs == PACKET_ADDRS)
		return;
	a->addr[a->addrs] = *addr;
	a->addr[a->addrs++].scope = 0;
}

static uint8_t own_meta(const struct cluster *c, uint8_t out[static SWIM_META_MAX])
{
	struct about a = { .build = c->config.build };

	memcpy(a.name, c->config.name, sizeof(a.name));
	for (size_t i = 0; i < c->links.count; i++) {
		add_address(&a, &c->links.link[i].v6);
		add_address(&a, &c->links.link[i].v4);
	}
	return packet_put_about(&a, out);
}

static void begin(struct cluster *c)
{
	struct swim_config config = {
		.realm = c->config.map ? 1 : 0,
		.fixed = c->config.map,
		.given_id = c->config.given_id,
		.stored_id = c->config.stored_id,
	};
	uint8_t meta[SWIM_META_MAX];

	memcpy(&config.key, c->config.identity, sizeof(config.key));
	c->ops->random(c->ctx, &config.session, sizeof(config.session));
	config.session |= 1;
	c->ops->random(c->ctx, &config.seed, sizeof(config.seed));
	config.meta = meta;
	config.meta_len = own_meta(c, meta);
	c->swim = swim_new(&config, NULL, &swim_ops, c, c->now.ms);
	if (c->swim)
		swim_start(c->swim, c->now.ms);
}

static void list_paths(struct cluster *c)
{
	struct member *m;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); )
		if (member_is_up(m))
			member_path_list(m, &c->links, map_address(c, m->id));
}

void cluster_links(struct cluster *c, struct instant now, const struct link_list *links)
{
	uint8_t meta[SWIM_META_MAX], len;

	c->now = now;
	if (c->gone)
		return;
	c->links = *links;
	c->change++;
	if (!c->swim && links->count) {
		begin(c);
		return;
	}
	if (!c->swim || !links->count)
		return;
	len = own_meta(c, meta);
	swim_set_meta(c->swim, now.ms, meta, len);
	list_paths(c);
}

/* swim has an id; it is shown when the time is right too. */
static void check_id(struct cluster *c)
{
	unsigned int id = swim_id(c->swim);

	if (!id)
		return;
	if (!c->settled_ms)
		c->settled_ms = c->now.ms;
	timing_tick(c);
	if (id == c->id || (!c->id && !timing_is_done(c)))
		return;
	if (!c->id)
		cluster_note(c, "this is node %u (%s)", id, c->config.name);
	c->id = id;
	c->load_ms = c->now.ms;
	c->change++;
}

static void after(struct cluster *c)
{
	check_id(c);
	count(c);
}

/* In a map's cluster only the map's addresses speak. */
static bool is_of_this_cluster(const struct cluster *c, const struct path *from)
{
	return !c->config.map || map_find_addr(c->config.map, &from->peer);
}

void cluster_receive(struct cluster *c, struct instant now, const void *body, size_t len,
		     const struct path *from)
{
	struct swim_via via = { 0 };

	c->now = now;
	if (!c->swim || c->gone)
		return;
	if (!is_of_this_cluster(c, from)) {
		counters_add(c->counters, COUNT_FOREIGN);
		return;
	}
	memcpy(via.bytes, from, sizeof(*from));
	swim_receive(c->swim, now.ms, body, len, &via);
	after(c);
}

void cluster_tick(struct cluster *c, struct instant now)
{
	c->now = now;
	if (!c->swim || c->gone)
		return;
	swim_tick(c->swim, now.ms);
	if (cluster_id(c) && now.ms >= c->load_ms) {
		c->load_ms = now.ms + LOAD_MS;
		share_send(c);
	}
	after(c);
}

uint64_t cluster_deadline(const struct cluster *c)
{
	uint64_t next;

	if (!c->swim || c->gone)
		return UINT64_MAX;
	next = swim_deadline(c->swim);
	return cluster_id(c) && c->load_ms < next ? c->load_ms : next;
}

void cluster_leave(struct cluster *c, struct instant now)
{
	c->now = now;
	if (c->swim && !c->gone)
		swim_leave(c->swim, now.ms);
	c->gone = true;
	c->change++;
}

void cluster_yielded(struct cluster *c, struct instant now)
{
	c->now = now;
	if (!c->swim || c->gone)
		return;
	swim_yielded(c->swim, now.ms);
	after(c);
}

int cluster_send_load(struct cluster *c, struct instant now, const void *load, size_t len)
{
	c->now = now;
	return c->swim && !c->gone ? swim_send_load(c->swim, now.ms, load, len) : 0;
}
