// SPDX-License-Identifier: GPL-2.0
/*
 * /run/omdiscd: peers (a line for each known node, this one included) and counters, for the tools
 * and for whoever wonders. Written aside and renamed, so that a reader never sees half of it.
 */
#include "omdiscd/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/node.h"

#define PEERS		STATUS_DIRECTORY "/peers"
#define COUNTERS	STATUS_DIRECTORY "/counters"
#define LINE_MAX_BYTES	384

struct line {
	unsigned int id;
	const char *name;
	const struct addr *addr;
	enum node_state state;
	unsigned int cpus, guests;
	uint64_t speed, load, mem, tmem;
	uint64_t age_ms;
};

int status_open(void)
{
	return file_mkdir(STATUS_DIRECTORY, 0755);
}

static size_t put_line(char *out, size_t size, const struct line *l)
{
	char address[ADDR_TEXT_MAX];

	if (size < LINE_MAX_BYTES)
		return 0;
	return snprintf(out, size, "%u %s %s %s %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
			" %u %" PRIu64 "\n", l->id, l->name && *l->name ? l->name : "-",
			addr_text(l->addr, address), node_state_name(l->state), l->cpus, l->speed,
			l->load, l->mem, l->tmem, l->guests, l->age_ms / 1000);
}

static size_t put_self(const struct cluster *c, const struct addr *own, char *out, size_t size)
{
	struct line l = {
		.id = cluster_id(c), .name = c->config.name, .addr = own, .state = NODE_ALIVE,
		.cpus = c->load.cpus, .guests = c->load.guests, .speed = c->load.speed,
		.load = c->load.load, .mem = c->load.mem, .tmem = c->load.tmem,
	};

	return l.id ? put_line(out, size, &l) : 0;
}

static size_t put_member(const struct member *m, uint64_t now_ms, char *out, size_t size)
{
	struct addr none = { 0 };
	struct line l = {
		.id = m->last.id, .name = m->last.name, .state = m->state,
		.addr = m->paths ? &member_path(m)->peer : &none,
		.cpus = m->last.cpus, .guests = m->last.guests, .speed = m->last.speed,
		.load = m->last.load, .mem = m->last.mem, .tmem = m->last.tmem,
		.age_ms = now_ms - m->heard_ms,
	};

	return put_line(out, size, &l);
}

/* The gone whose id another has now, and those that never had one, are not shown. */
static bool is_shown(const struct cluster *c, const struct member *m, uint64_t now_ms)
{
	const struct member *holder = member_with_id(&c->table, m->last.id, now_ms);

	if (!(m->last.flags & PACKET_SETTLED) || m->last.id == cluster_id(c))
		return false;
	if (holder)
		return holder == m;
	for (size_t i = 0; i < c->table.count; i++) {
		const struct member *other = c->table.member[i];

		if (other->last.id == m->last.id && other->changed_ms > m->changed_ms)
			return false;
	}
	return true;
}

static bool is_heard(const struct cluster *c, unsigned int id)
{
	for (size_t i = 0; i < c->table.count; i++)
		if (c->table.member[i]->last.id == id)
			return true;
	return id == cluster_id(c);
}

/* Nodes of the map that were never heard. */
static size_t put_unheard(const struct cluster *c, uint64_t now_ms, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < c->config.map->count; i++) {
		const struct map_entry *e = &c->config.map->entry[i];
		struct line l = {
			.id = e->id, .name = e->name, .addr = &e->addr, .state = NODE_DEAD,
			.age_ms = now_ms - c->settled_ms,
		};

		if (!e->alias && !is_heard(c, e->id))
			used += put_line(out + used, size - used, &l);
	}
	return used;
}

size_t status_text(const struct cluster *c, const struct addr *own, uint64_t now_ms, char *out,
		   size_t size)
{
	size_t used = put_self(c, own, out, size);

	out[used] = '\0';
	for (size_t i = 0; i < c->table.count; i++)
		if (is_shown(c, c->table.member[i], now_ms))
			used += put_member(c->table.member[i], now_ms, out + used, size - used);
	if (c->config.map)
		used += put_unheard(c, now_ms, out + used, size - used);
	return used;
}

static int write_changed(const char *path, const char *text, char *last)
{
	int err;

	if (!strcmp(text, last))
		return 0;
	err = file_replace(path, text, 0644);
	if (!err)
		strcpy(last, text);
	return err;
}

int status_write(struct status *s, const struct cluster *c, const struct addr *own,
		 uint64_t now_ms)
{
	static char text[FILE_TEXT_MAX];
	char counters[sizeof(s->counters)];
	int err, err_counters;

	status_text(c, own, now_ms, text, sizeof(text));
	counters_text(c->counters, counters, sizeof(counters));
	err = write_changed(PEERS, text, s->peers);
	err_counters = write_changed(COUNTERS, counters, s->counters);
	return err ? err : err_counters;
}

void status_close(void)
{
	file_remove(PEERS);
}
