// SPDX-License-Identifier: GPL-2.0
/*
 * The nodes as this one sees them, put together from three places: the kernel's table
 * (/proc/hpc/config), the kernel's numbers (/proc/hpc/nodes/ID/FILE), and the daemon's view
 * (/run/omdiscd/peers), which alone knows the dead and the departed. Any of them may be absent.
 */
#include "lib/node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/parse.h"

static const char * const state_names[] = {
	[NODE_ALIVE]	= "alive",
	[NODE_SUSPECT]	= "suspect",
	[NODE_DEAD]	= "dead",
	[NODE_LEFT]	= "left",
	[NODE_UNKNOWN]	= "unknown",
};

const char *node_state_name(enum node_state state)
{
	return state_names[state];
}

int node_state_parse(const char *text, enum node_state *state)
{
	for (unsigned int i = 0; i <= NODE_UNKNOWN; i++) {
		if (!strcmp(text, state_names[i])) {
			*state = i;
			return 0;
		}
	}
	return -EINVAL;
}

int node_self(unsigned int *id)
{
	char text[32];
	uint64_t value;
	int n = file_read("/proc/hpc/admin/mospe", text, sizeof(text));

	if (n < 0)
		return n;
	n = parse_u64(text, &value);
	if (n)
		return n;
	*id = value;
	return value > PARSE_ID_MAX ? -ERANGE : 0;
}

int node_number(unsigned int id, const char *file, uint64_t *value)
{
	char text[32];
	int n = file_readf(text, sizeof(text), "/proc/hpc/nodes/%u/%s", id, file);

	return n < 0 ? n : parse_u64(text, value);
}

static int copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		return -EINVAL;
	memcpy(out, text, len + 1);
	return 0;
}

int node_table_line(char *line, struct node *node)
{
	char *id = parse_word(&line);
	char *addr = parse_word(&line);
	char *name = parse_word(&line);

	memset(node, 0, sizeof(*node));
	node->in_table = true;
	node->state = NODE_UNKNOWN;
	if (!id)
		return 0;
	if (!addr || parse_id(id, &node->id) || copy_text(node->addr, sizeof(node->addr), addr))
		return -EINVAL;
	if (name && (!parse_is_name(name, sizeof(node->name)) || parse_word(&line)))
		return -EINVAL;
	strcpy(node->name, name ? name : "");
	return 1;
}

/* The node with this id in the list, or a fresh one at its end; NULL without memory. */
static struct node *list_at(struct node_list *list, unsigned int id)
{
	struct node *grown;

	for (size_t i = 0; i < list->count; i++)
		if (list->node[i].id == id)
			return &list->node[i];
	grown = reallocarray(list->node, list->count + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	list->node = grown;
	grown += list->count++;
	memset(grown, 0, sizeof(*grown));
	grown->id = id;
	grown->state = NODE_UNKNOWN;
	return grown;
}

static int add_table(struct node_list *list, char *text)
{
	char *line;

	while ((line = parse_line(&text))) {
		struct node parsed, *node;

		if (node_table_line(line, &parsed) <= 0)
			continue;
		node = list_at(list, parsed.id);
		if (!node)
			return -ENOMEM;
		*node = parsed;
	}
	return 0;
}

static int word_u64(char **cursor, uint64_t *value)
{
	char *word = parse_word(cursor);

	return word ? parse_u64(word, value) : -EINVAL;
}

static int word_uint(char **cursor, unsigned int *value)
{
	char *word = parse_word(cursor);

	return word ? parse_u32(word, value) : -EINVAL;
}

/* ID NAME ADDR STATE CPUS SPEED LOAD MEM TMEM GUESTS AGE */
static int peer_line(char *line, struct node *node)
{
	char *id = parse_word(&line);
	char *name = parse_word(&line);
	char *addr = parse_word(&line);
	char *state = parse_word(&line);

	memset(node, 0, sizeof(*node));
	if (!state || parse_id(id, &node->id) || node_state_parse(state, &node->state))
		return -EINVAL;
	if (copy_text(node->name, sizeof(node->name), name) ||
	    copy_text(node->addr, sizeof(node->addr), addr))
		return -EINVAL;
	if (word_uint(&line, &node->cpus) || word_u64(&line, &node->speed) ||
	    word_u64(&line, &node->load) || word_u64(&line, &node->mem) ||
	    word_u64(&line, &node->tmem) || word_uint(&line, &node->guests))
		return -EINVAL;
	node->rmem = node->mem;
	node->heard = true;
	return word_uint(&line, &node->age);
}

static int add_peers(struct node_list *list, char *text)
{
	char *line;

	while ((line = parse_line(&text))) {
		struct node parsed, *node;
		bool in_table;

		if (peer_line(line, &parsed))
			continue;
		node = list_at(list, parsed.id);
		if (!node)
			return -ENOMEM;
		in_table = node->in_table;
		*node = parsed;
		node->in_table = in_table;
	}
	return 0;
}

/* The kernel's number wins where it is there, and not the 0 of one that was never told. */
static void take_number(const struct node *node, const char *file, uint64_t *field)
{
	uint64_t value;

	if (!node_number(node->id, file, &value) && (value || !*field))
		*field = value;
}

static void take_small(const struct node *node, const char *file, unsigned int *field)
{
	uint64_t value = *field;

	take_number(node, file, &value);
	*field = value;
}

static void add_numbers(struct node *node)
{
	if (!node->in_table)
		return;
	take_small(node, "CPUs", &node->cpus);
	take_small(node, "status", &node->status);
	take_small(node, "util", &node->util);
	take_number(node, "speed", &node->speed);
	take_number(node, "mem", &node->mem);
	take_number(node, "rmem", &node->rmem);
	take_number(node, "tmem", &node->tmem);
	take_number(node, "load", &node->load);
}

static int by_id(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int add_file(struct node_list *list, const char *path,
		    int (*add)(struct node_list *list, char *text))
{
	char *text;
	int err = file_load(path, &text);

	if (err)
		return err == -ENOENT ? 0 : err;
	err = add(list, text);
	free(text);
	return err;
}

int node_list_read(struct node_list *list)
{
	unsigned int self = 0;
	int err;

	memset(list, 0, sizeof(*list));
	err = add_file(list, "/proc/hpc/config", add_table);
	if (!err)
		err = add_file(list, "/run/omdiscd/peers", add_peers);
	if (err) {
		node_list_free(list);
		return err;
	}
	node_self(&self);
	for (size_t i = 0; i < list->count; i++) {
		list->node[i].self = list->node[i].id == self;
		add_numbers(&list->node[i]);
	}
	if (list->count)
		qsort(list->node, list->count, sizeof(*list->node), by_id);
	return 0;
}

void node_list_free(struct node_list *list)
{
	free(list->node);
	memset(list, 0, sizeof(*list));
}

const struct node *node_list_id(const struct node_list *list, unsigned int id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->node[i].id == id)
			return &list->node[i];
	return NULL;
}

const struct node *node_list_find(const struct node_list *list, const char *text)
{
	unsigned int id;

	if (!parse_id(text, &id))
		return node_list_id(list, id);
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->node[i].name, text) || !strcmp(list->node[i].addr, text))
			return &list->node[i];
	return NULL;
}
