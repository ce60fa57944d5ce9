/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_NODE_H
#define TESSERA_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/addr.h"

#define NODE_NAME_MAX	64	/* with the NUL */

/* openMosix's bits of nodes/N/status */
enum node_status {
	NODE_CONFIGURED	= 1,
	NODE_UP		= 2,
	NODE_STAY	= 4,
	NODE_LSTAY	= 8,
	NODE_BLOCK	= 16,
	NODE_QUIET	= 32,
};

enum node_state {
	NODE_ALIVE,
	NODE_SUSPECT,
	NODE_DEAD,
	NODE_LEFT,
	NODE_UNKNOWN,	/* in the kernel's table, and no daemon says how it is */
};

/* What is known of one node: kernel table, kernel numbers, daemon's view. */
struct node {
	unsigned int id;
	bool self;
	bool in_table;		/* in /proc/hpc/config */
	bool heard;		/* in /run/omdiscd/peers; else state, guests and age say nothing */
	char name[NODE_NAME_MAX];
	char addr[ADDR_TEXT_MAX];
	enum node_state state;
	unsigned int cpus;
	unsigned int status;	/* enum node_status bits */
	unsigned int util;	/* percent */
	unsigned int guests;
	unsigned int age;	/* seconds since it was heard */
	uint64_t speed;		/* 10000 = standard */
	uint64_t load;		/* percent of a standard CPU */
	uint64_t mem, rmem, tmem;	/* bytes: usable, free, total */
};

struct node_list {
	size_t count;
	struct node *node;	/* sorted by id */
};

/* This node's id, 0 = not in a cluster; -ENOENT when the kernel has no /proc/hpc. */
int node_self(unsigned int *id);
/* All nodes of table and daemon; 0 (perhaps with none) or -errno. node_list_free() it. */
int node_list_read(struct node_list *list);
void node_list_free(struct node_list *list);
/* By id, name or address; NULL when there is none. */
const struct node *node_list_find(const struct node_list *list, const char *text);
const struct node *node_list_id(const struct node_list *list, unsigned int id);
const char *node_state_name(enum node_state state);
/* 0 or -EINVAL. */
int node_state_parse(const char *text, enum node_state *state);
/* One number of /proc/hpc/nodes/ID/FILE; 0 or -errno. */
int node_number(unsigned int id, const char *file, uint64_t *value);
/* One line of /proc/hpc/config, cut into its parts; 1 = a node, 0 = an empty line, -EINVAL. */
int node_table_line(char *line, struct node *node);

#endif
