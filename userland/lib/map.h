/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MAP_H
#define TESSERA_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/addr.h"

#define MAP_PATH	"/etc/openmosix.map"
#define MAP_LINES_MAX	256	/* as openMosix */
#define MAP_NODES_MAX	4096

struct map_entry {
	unsigned int id;
	bool alias;		/* a further address of a node that has one */
	struct addr addr;
	char name[64];		/* host name of a line that had one, else "" */
};

struct map {
	size_t count;
	struct map_entry *entry;	/* sorted by id, aliases after their node */
};

typedef int (*map_resolver)(const char *text, struct addr *addr);

/*
 * Parses the text of a map (it is cut up). Lines: "FIRST-ID ADDRESS COUNT" or "ID ADDRESS ALIAS"
 * (or COUNT 0, the same); '#' starts a comment. resolve is addr_resolve, or addr_parse where names
 * must not be looked up. 0, -EINVAL, -E2BIG, -ENOMEM, or what resolve returned; *bad_line is then
 * the number of the line.
 */
int map_parse(char *text, map_resolver resolve, struct map *map, unsigned int *bad_line);
/* The map file of this machine; -ENOENT when there is none. */
int map_read(struct map *map, unsigned int *bad_line);
void map_free(struct map *map);
const struct map_entry *map_find_addr(const struct map *map, const struct addr *addr);

#endif
