// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's node table: own id to admin/mospe, all nodes to config, their load to info, the key
 * to admin/key. Only differences are written. A daemon that is started again finds the old id and
 * leaves links and guests alone.
 */
#include "omdiscd/table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/node.h"
#include "lib/parse.h"

#define CONFIG	"/proc/hpc/config"
#define MOSPE	"/proc/hpc/admin/mospe"
#define INFO	"/proc/hpc/info"
#define KEY	"/proc/hpc/admin/key"
#define NOBODY	"# no nodes\n"
#define LINE_MAX_BYTES	192

int table_open(struct table *t)
{
	int err = file_exists("/proc/hpc/admin/mospe");

	memset(t, 0, sizeof(*t));
	if (err)
		return err;
	t->enabled = true;
	return node_self(&t->id);
}

int table_key(const struct table *t, const uint8_t *key)
{
	char text[2 * PARSE_KEY_BYTES + 2] = "\n";

	if (!t->enabled)
		return 0;
	for (int i = 0; key && i < PARSE_KEY_BYTES; i++)
		sprintf(text + 2 * i, "%02x\n", key[i]);
	return file_write(KEY, text);
}

/* The kernel refuses the whole table for one address whose interface has just gone. */
static bool is_writable(const struct addr *addr)
{
	char name[IF_NAMESIZE];

	return addr->family && (!addr->scope || if_indextoname(addr->scope, name));
}

static size_t put_line(char *out, size_t size, unsigned int id, const struct addr *addr,
		       const char *name)
{
	char address[ADDR_TEXT_MAX];

	/* a full table is cut at a line, never inside one */
	if (size < LINE_MAX_BYTES || !is_writable(addr))
		return 0;
	return snprintf(out, size, "%u %s%s%s\n", id, addr_text(addr, address), *name ? " " : "", name);
}

static size_t map_text(const struct cluster *c, uint64_t now_ms, bool cut, char *out, size_t size)
{
	const struct map *map = c->config.map;
	size_t used = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct map_entry *e = &map->entry[i];
		const struct member *m = member_with_id(&c->table, e->id, now_ms);
		const char *name = m ? m->last.name : e->name;

		if (e->alias || (cut && m && m->cut))
			continue;
		if (e->id == c->id)
			name = c->config.name;
		used += put_line(out + used, size - used, e->id, &e->addr, name);
	}
	return used;
}

static int by_id(const void *a, const void *b)
{
	const struct member *x = *(const struct member * const *)a;
	const struct member *y = *(const struct member * const *)b;

	return (x->last.id > y->last.id) - (x->last.id < y->last.id);
}

/* Those that the kernel may talk to, one for each id, sorted. */
static size_t collect(const struct cluster *c, uint64_t now_ms, const struct member **out)
{
	size_t count = 0;

	for (size_t i = 0; i < c->table.count; i++) {
		const struct member *m = c->table.member[i];

		if (member_is_settled(m) && m->last.id != c->id && m->paths &&
		    member_with_id(&c->table, m->last.id, now_ms) == m)
			out[count++] = m;
	}
	if (count)
		qsort(out, count, sizeof(*out), by_id);
	return count;
}

size_t table_text(const struct cluster *c, const struct addr *own, uint64_t now_ms, bool cut,
		  char *out, size_t size)
{
	const struct member *members[MEMBERS_MAX];
	size_t used = 0, count;

	out[0] = '\0';
	if (c->config.map)
		return map_text(c, now_ms, cut, out, size);
	count = collect(c, now_ms, members);
	used += put_line(out, size, c->id, own, c->config.name);
	for (size_t i = 0; i < count; i++) {
		const struct member *m = members[i];

		if (!cut || !m->cut)
			used += put_line(out + used, size - used, m->last.id, &member_path(m)->peer,
					 m->last.name);
	}
	return used;
}

static bool any_cut(const struct cluster *c)
{
	for (size_t i = 0; i < c->table.count; i++)
		if (c->table.member[i]->cut)
			return true;
	return false;
}

static int write_id(struct table *t, unsigned int id)
{
	int err = file_writef(MOSPE, "%u\n", id);

	if (!err)
		t->id = id;
	return err;
}

static int write_text(struct table *t, const char *text, struct counters *counters)
{
	int err = file_write(CONFIG, text);

	counters_add(counters, err ? COUNT_KERNEL_ERRORS : COUNT_TABLE_WRITES);
	t->written = !err;
	if (!err)
		strcpy(t->text, text);
	return err;
}

/* A node that restarted unseen leaves the table for a moment, so that the kernel cuts its links. */
static int cut_restarted(struct table *t, struct cluster *c, const struct addr *own,
			 uint64_t now_ms, struct counters *counters)
{
	static char text[FILE_TEXT_MAX];
	int err;

	if (!any_cut(c))
		return 0;
	table_text(c, own, now_ms, true, text, sizeof(text));
	err = write_text(t, *text ? text : NOBODY, counters);
	for (size_t i = 0; !err && i < c->table.count; i++)
		c->table.member[i]->cut = false;
	return err;
}

static int bring_up_to_date(struct table *t, struct cluster *c, const struct addr *own,
			    uint64_t now_ms, struct counters *counters)
{
	static char text[FILE_TEXT_MAX];
	unsigned int id = cluster_id(c);
	int err = 0;

	if (t->id && t->id != id)
		err = write_id(t, 0);
	if (!err)
		err = cut_restarted(t, c, own, now_ms, counters);
	table_text(c, own, now_ms, false, text, sizeof(text));
	if (!err && (!t->written || strcmp(text, t->text)))
		err = write_text(t, *text ? text : NOBODY, counters);
	if (!err && id && t->id != id)
		err = write_id(t, id);
	return err;
}

int table_update(struct table *t, struct cluster *c, const struct addr *own, uint64_t now_ms,
		 struct counters *counters)
{
	/* what an earlier daemon left stays until this one has an id */
	if (!t->enabled || !cluster_id(c))
		return 0;
	return bring_up_to_date(t, c, own, now_ms, counters);
}

/* info is refused as a whole, too, if it names a node that the table does not have. */
static bool is_in_text(const char *text, unsigned int id)
{
	char start[16];
	size_t len = snprintf(start, sizeof(start), "%u ", id);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, start, len))
			return true;
	}
	return false;
}

int table_info(const struct table *t, const struct cluster *c, uint64_t now_ms)
{
	static char text[FILE_TEXT_MAX];
	const struct member *members[MEMBERS_MAX];
	size_t used = 0, count = collect(c, now_ms, members);

	if (!t->enabled || !t->written || (c->load.status & NODE_QUIET))
		return 0;
	for (size_t i = 0; i < count && sizeof(text) - used >= LINE_MAX_BYTES; i++) {
		const struct packet *p = &members[i]->last;

		if (!is_in_text(t->text, p->id))
			continue;
		used += snprintf(text + used, sizeof(text) - used,
				 "%u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
				 " %u %u\n", p->id, p->cpus, p->speed, p->load, p->mem, p->rmem,
				 p->tmem, p->util, p->status);
	}
	return used ? file_write(INFO, text) : 0;
}

int table_clear(struct table *t)
{
	int err, err_id;

	if (!t->enabled)
		return 0;
	err = file_write(CONFIG, NOBODY);
	err_id = write_id(t, 0);
	t->written = false;
	return err ? err : err_id;
}

struct addr table_own_address(const struct cluster *c, const struct link_list *links)
{
	struct addr best = { 0 };
	size_t best_count = 0;

	for (size_t i = 0; i < links->count; i++) {
		const struct addr candidates[] = { links->link[i].v6, links->link[i].v4 };

		for (int k = 0; k < 2; k++) {
			/* with no one there, the first address there is; link-local before IPv4 */
			size_t count = candidates[k].family && !best.family;

			for (size_t j = 0; candidates[k].family && j < c->table.count; j++) {
				const struct path *path = member_path(c->table.member[j]);

				count += path && addr_equal(&path->local, &candidates[k]) ? 2 : 0;
			}
			if (count > best_count) {
				best = candidates[k];
				best_count = count;
			}
		}
	}
	return best;
}
