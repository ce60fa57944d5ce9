// SPDX-License-Identifier: GPL-2.0
/*
 * /run/omdiscd: peers (a line for each known node, this one included) and counters, for the tools
 * and for whoever wonders. Written aside and renamed, so that a reader never sees half of it.
 */
#include "omdiscd/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/node.h"

#define PEERS		STATUS_DIRECTORY "/peers"
#define COUNTERS	STATUS_DIRECTORY "/counters"
#define LINE_MAX_BYTES	384
#define PEERS_MS	900	/* the caller's second, and a bit of its lateness */
#define PEERS_A_SECOND	256

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
	uint64_t since_ms = member_is_up(m) && m->load_ms ? m->load_ms : m->changed_ms;
	struct line l = {
		.id = m->id, .name = m->about.name, .state = m->state,
		.addr = m->paths ? &member_path(m)->peer : &none,
		.cpus = m->load.cpus, .guests = m->load.guests, .speed = m->load.speed,
		.load = m->load.load, .mem = m->load.mem, .tmem = m->load.tmem,
		.age_ms = now_ms > since_ms ? now_ms - since_ms : 0,
	};

	return put_line(out, size, &l);
}

/* Of several with one id: who is up, then who changed last. */
static bool goes_before(const struct member *a, const struct member *b)
{
	if (member_is_up(a) != member_is_up(b))
		return member_is_up(a);
	if (a->in_kernel != b->in_kernel)
		return a->in_kernel;
	return a->changed_ms != b->changed_ms ? a->changed_ms > b->changed_ms : a->key < b->key;
}

static unsigned int largest_id(const struct cluster *c)
{
	unsigned int largest = 0;
	const struct member *m;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); )
		largest = m->id > largest ? m->id : largest;
	for (size_t i = 0; c->config.map && i < c->config.map->count; i++)
		if (c->config.map->entry[i].id > largest)
			largest = c->config.map->entry[i].id;
	return largest;
}

/* Those who never had an id, and those whose id another has now, are not shown. */
static const struct member **shown(const struct cluster *c, unsigned int largest)
{
	const struct member **by_id = calloc(largest + 1, sizeof(*by_id));
	const struct member *m;

	for (uint32_t at = 0; by_id && (m = member_next(&c->table, &at)); ) {
		if (!m->settled || m->id == cluster_id(c))
			continue;
		if (!by_id[m->id] || goes_before(m, by_id[m->id]))
			by_id[m->id] = m;
	}
	return by_id;
}

/* Nodes of the map that were never heard. */
static size_t put_unheard(const struct cluster *c, const struct member **by_id, uint64_t now_ms,
			  char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < c->config.map->count; i++) {
		const struct map_entry *e = &c->config.map->entry[i];
		struct line l = {
			.id = e->id, .name = e->name, .addr = &e->addr, .state = NODE_DEAD,
			.age_ms = now_ms - c->settled_ms,
		};

		if (!e->alias && !by_id[e->id] && e->id != cluster_id(c))
			used += put_line(out + used, size - used, &l);
	}
	return used;
}

size_t status_text(const struct cluster *c, const struct addr *own, uint64_t now_ms, char *out,
		   size_t size)
{
	unsigned int largest = largest_id(c);
	const struct member **by_id = shown(c, largest);
	size_t used = put_self(c, own, out, size);

	out[used] = '\0';
	for (unsigned int id = 1; by_id && id <= largest; id++)
		if (by_id[id])
			used += put_member(by_id[id], now_ms, out + used, size - used);
	if (by_id && c->config.map)
		used += put_unheard(c, by_id, now_ms, out + used, size - used);
	free(by_id);
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
	int err = 0, err_counters;

	counters_text(c->counters, counters, sizeof(counters));
	err_counters = write_changed(COUNTERS, counters, s->counters);
	/* in a large cluster less often: the work of a second is not to grow with its size */
	if (s->change == c->change && now_ms < s->next_ms)
		return err_counters;
	s->change = c->change;
	s->next_ms = now_ms + PEERS_MS * (1 + cluster_size(c) / PEERS_A_SECOND);
	status_text(c, own, now_ms, text, sizeof(text));
	err = write_changed(PEERS, text, s->peers);
	return err ? err : err_counters;
}

void status_close(void)
{
	file_remove(PEERS);
}
