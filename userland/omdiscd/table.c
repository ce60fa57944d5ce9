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

static size_t map_text(const struct cluster *c, bool cut, char *out, size_t size)
{
	const struct map *map = c->config.map;
	size_t used = 0;

	for (size_t i = 0; i < map->count; i++) {
		const struct map_entry *e = &map->entry[i];
		const struct member *m = e->alias ? NULL : member_with_id(&c->table, e->id);
		const char *name = m ? m->about.name : e->name;

		if (e->alias || (cut && m && m->cut))
			continue;
		if (e->id == cluster_id(c))
			name = c->config.name;
		used += put_line(out + used, size - used, e->id, &e->addr, name);
	}
	return used;
}

/*
 * Two may claim one id for a moment: then the one that the kernel has already stays until it gives
 * way, for its links are cut when its line goes; else the one that will keep it.
 */
static int goes_before(const struct cluster *c, const struct member *x, const struct member *y)
{
	if (x->in_kernel != y->in_kernel)
		return x->in_kernel ? -1 : 1;
	return c->swim && !swim_goes_before(c->swim, swim_member(c->swim, x->number),
					    swim_member(c->swim, y->number)) ? 1 : -1;
}

static int by_id(const void *a, const void *b, void *c)
{
	const struct member *x = *(struct member * const *)a;
	const struct member *y = *(struct member * const *)b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x == y ? 0 : goes_before(c, x, y);
}

struct sorted {
	size_t count;
	struct member **member;
};

/* Those that the kernel may talk to, one for each id, sorted; free(member). */
static struct sorted collect(const struct cluster *c)
{
	struct sorted s = { .member = calloc(c->table.room + 1, sizeof(*s.member)) };
	size_t kept = 0;
	struct member *m;

	for (uint32_t at = 0; s.member && (m = member_next(&c->table, &at)); )
		if (member_is_settled(m) && m->id != cluster_id(c) && m->paths)
			s.member[s.count++] = m;
	if (s.count)
		qsort_r(s.member, s.count, sizeof(*s.member), by_id, (void *)c);
	for (size_t i = 0; i < s.count; i++)
		if (!kept || s.member[kept - 1]->id != s.member[i]->id)
			s.member[kept++] = s.member[i];
	s.count = kept;
	return s;
}

size_t table_text(const struct cluster *c, const struct addr *own, bool cut, char *out, size_t size)
{
	struct sorted s;
	size_t used;

	out[0] = '\0';
	if (c->config.map)
		return map_text(c, cut, out, size);
	s = collect(c);
	used = put_line(out, size, cluster_id(c), own, c->config.name);
	for (size_t i = 0; i < s.count; i++) {
		const struct member *m = s.member[i];

		if (!cut || !m->cut)
			used += put_line(out + used, size - used, m->id, &member_path(m)->peer,
					 m->about.name);
	}
	free(s.member);
	return used;
}

static bool any_cut(const struct cluster *c)
{
	const struct member *m;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); )
		if (m->cut)
			return true;
	return false;
}

/* What was written: whose lines are there now. */
static void mark(struct cluster *c)
{
	struct sorted s = collect(c);
	struct member *m;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); )
		m->in_kernel = false;
	for (size_t i = 0; i < s.count; i++)
		s.member[i]->in_kernel = c->config.map || is_writable(&member_path(s.member[i])->peer);
	free(s.member);
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
			 struct counters *counters)
{
	static char text[FILE_TEXT_MAX];
	struct member *m;
	int err;

	if (!any_cut(c))
		return 0;
	table_text(c, own, true, text, sizeof(text));
	err = write_text(t, *text ? text : NOBODY, counters);
	for (uint32_t at = 0; !err && (m = member_next(&c->table, &at)); )
		m->cut = false;
	return err;
}

static int bring_up_to_date(struct table *t, struct cluster *c, const struct addr *own,
			    struct counters *counters)
{
	static char text[FILE_TEXT_MAX];
	unsigned int id = cluster_id(c);
	int err = 0;

	if (t->id && t->id != id)
		err = write_id(t, 0);
	if (!err)
		err = cut_restarted(t, c, own, counters);
	table_text(c, own, false, text, sizeof(text));
	if (!err && (!t->written || strcmp(text, t->text))) {
		err = write_text(t, *text ? text : NOBODY, counters);
		if (!err)
			mark(c);
	}
	if (!err && id && t->id != id)
		err = write_id(t, id);
	return err;
}

int table_update(struct table *t, struct cluster *c, const struct addr *own,
		 struct counters *counters)
{
	/* what an earlier daemon left stays until this one has an id */
	if (!t->enabled || !cluster_id(c))
		return 0;
	return bring_up_to_date(t, c, own, counters);
}

/* Only what is new; info is refused as a whole if it names a node that the table does not have. */
int table_info(const struct table *t, const struct cluster *c)
{
	static char text[FILE_TEXT_MAX];
	size_t used = 0;
	struct member *m;
	int err;

	if (!t->enabled || !t->written || (c->load.status & NODE_QUIET))
		return 0;
	for (uint32_t at = 0; (m = member_next(&c->table, &at)); ) {
		const struct cluster_load *l = &m->load;

		if (!m->in_kernel || !m->load_new || sizeof(text) - used < LINE_MAX_BYTES)
			continue;
		used += snprintf(text + used, sizeof(text) - used,
				 "%u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
				 " %u %u\n", m->id, l->cpus, l->speed, l->load, l->mem, l->rmem,
				 l->tmem, l->util, l->status);
	}
	err = used ? file_write(INFO, text) : 0;
	for (uint32_t at = 0; !err && (m = member_next(&c->table, &at)); )
		m->load_new = m->load_new && !m->in_kernel;
	return err;
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

static size_t users(const struct cluster *c, const struct addr *own)
{
	const struct member *m;
	size_t count = 0;

	for (uint32_t at = 0; (m = member_next(&c->table, &at)); ) {
		const struct path *path = member_path(m);

		count += path && addr_equal(&path->local, own) ? 2 : 0;
	}
	return count;
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

			if (candidates[k].family)
				count += users(c, &candidates[k]);
			if (count > best_count) {
				best = candidates[k];
				best_count = count;
			}
		}
	}
	return best;
}
