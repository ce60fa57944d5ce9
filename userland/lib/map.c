// SPDX-License-Identifier: GPL-2.0
/*
 * The openMosix map, /etc/openmosix.map: which node has which address, fixed by hand. Used by the
 * daemon (where a map is, the map rules), setpe and showmap. The format is openMosix's; addresses
 * of a line with a count follow each other in its last 32 bits.
 */
#include "lib/map.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/file.h"
#include "lib/parse.h"

static int add_entry(struct map *map, const struct map_entry *entry)
{
	struct map_entry *grown;

	if (map->count == MAP_NODES_MAX)
		return -E2BIG;
	grown = reallocarray(map->entry, map->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	map->entry = grown;
	grown[map->count++] = *entry;
	return 0;
}

/* The address n places further on; -ERANGE past the end of its last 32 bits. */
static int addr_add(struct addr *addr, uint32_t n)
{
	unsigned char *tail = addr->bytes + (addr->family == AF_INET ? 0 : 12);
	uint32_t value;

	memcpy(&value, tail, 4);
	value = be32toh(value);
	if (__builtin_add_overflow(value, n, &value))
		return -ERANGE;
	value = htobe32(value);
	memcpy(tail, &value, 4);
	return 0;
}

static int add_range(struct map *map, struct map_entry entry, uint32_t count)
{
	const struct addr first = entry.addr;
	const unsigned int id = entry.id;

	if (count > MAP_NODES_MAX || id + count - 1 > PARSE_ID_MAX)
		return -EINVAL;
	if (count > 1)
		entry.name[0] = '\0';
	for (uint32_t i = 0; i < count; i++) {
		int err;

		entry.id = id + i;
		entry.addr = first;
		err = addr_add(&entry.addr, i);
		if (!err)
			err = add_entry(map, &entry);
		if (err)
			return err;
	}
	return 0;
}

static int parse_entry(char *line, map_resolver resolve, struct map *map)
{
	char *id = parse_word(&line);
	char *host = parse_word(&line);
	char *count_text = parse_word(&line);
	struct map_entry entry = { 0 };
	struct addr numeric;
	uint32_t count = 0;
	int err;

	if (!id)
		return 0;
	if (!count_text || parse_word(&line) || parse_id(id, &entry.id))
		return -EINVAL;
	if (strcasecmp(count_text, "alias") && parse_u32(count_text, &count))
		return -EINVAL;
	err = resolve(host, &entry.addr);
	if (err)
		return err;
	if (addr_parse(host, &numeric) && parse_is_name(host, sizeof(entry.name)))
		strcpy(entry.name, host);
	entry.alias = !count;
	return count ? add_range(map, entry, count) : add_entry(map, &entry);
}

static int by_id(const void *a, const void *b)
{
	const struct map_entry *x = a, *y = b;

	if (x->id != y->id)
		return (x->id > y->id) - (x->id < y->id);
	return x->alias - y->alias;
}

/* Each id has one line that is no alias, and no address stands twice. */
static int check_map(const struct map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct map_entry *e = &map->entry[i];
		bool follows = i && e[-1].id == e->id;

		if (follows != e->alias)
			return -EINVAL;
		if (map_find_addr(map, &e->addr) != e)
			return -EINVAL;
	}
	return 0;
}

int map_parse(char *text, map_resolver resolve, struct map *map, unsigned int *bad_line)
{
	unsigned int number = 0;
	int err = 0;
	char *line;

	memset(map, 0, sizeof(*map));
	while (!err && (line = parse_line(&text))) {
		number++;
		err = number > MAP_LINES_MAX ? -E2BIG : parse_entry(line, resolve, map);
	}
	*bad_line = number;
	if (!err && map->count)
		qsort(map->entry, map->count, sizeof(*map->entry), by_id);
	if (!err)
		err = check_map(map);
	if (err)
		map_free(map);
	return err;
}

int map_read(struct map *map, unsigned int *bad_line)
{
	char *text;
	int err;

	*bad_line = 0;
	memset(map, 0, sizeof(*map));
	err = file_load(MAP_PATH, &text);
	if (err)
		return err;
	err = map_parse(text, addr_resolve, map, bad_line);
	free(text);
	return err;
}

void map_free(struct map *map)
{
	free(map->entry);
	memset(map, 0, sizeof(*map));
}

const struct map_entry *map_find_addr(const struct map *map, const struct addr *addr)
{
	for (size_t i = 0; i < map->count; i++)
		if (addr_equal(&map->entry[i].addr, addr))
			return &map->entry[i];
	return NULL;
}
