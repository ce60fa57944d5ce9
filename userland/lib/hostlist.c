// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of nodes as users write them: "1,3-5,beta". A name may have a dash and digits in it, so
 * a part is first looked up as the name of a node, and only then read as a range.
 */
#include "lib/hostlist.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/parse.h"

/* "ID" or "ID-ID"; 0 or -EINVAL. */
static int parse_range(const char *text, unsigned int *first, unsigned int *last)
{
	const char *dash = strchr(text, '-');
	char number[8];
	size_t len = dash ? (size_t)(dash - text) : strlen(text);

	if (!len || len >= sizeof(number))
		return -EINVAL;
	memcpy(number, text, len);
	number[len] = '\0';
	if (parse_id(number, first))
		return -EINVAL;
	*last = *first;
	if (dash && parse_id(dash + 1, last))
		return -EINVAL;
	return *first <= *last ? 0 : -EINVAL;
}

static int mark_range(const char *part, const struct node_list *nodes, bool *chosen)
{
	unsigned int first, last;
	bool any = false;

	if (parse_range(part, &first, &last))
		return isalpha((unsigned char)*part) && parse_is_name(part, NODE_NAME_MAX) ?
			-ENXIO : -EINVAL;
	for (size_t i = 0; i < nodes->count; i++) {
		if (nodes->node[i].id < first || nodes->node[i].id > last)
			continue;
		chosen[i] = true;
		any = true;
	}
	return any ? 0 : -ENXIO;
}

static int mark_part(const char *part, const struct node_list *nodes, bool *chosen)
{
	bool any = false;

	for (size_t i = 0; i < nodes->count; i++) {
		const struct node *node = &nodes->node[i];

		if (!strcmp(part, "all") || (!strcmp(part, "self") && node->self) ||
		    !strcmp(part, node->name) || !strcmp(part, node->addr)) {
			chosen[i] = true;
			any = true;
		}
	}
	return any ? 0 : mark_range(part, nodes, chosen);
}

static int mark_all(const char *text, const struct node_list *nodes, bool *chosen,
		    char bad[static NODE_NAME_MAX])
{
	while (1) {
		size_t len = strcspn(text, ",");
		char part[NODE_NAME_MAX];
		int err;

		snprintf(bad, NODE_NAME_MAX, "%.*s", (int)len, text);
		if (!len || len >= sizeof(part))
			return -EINVAL;
		memcpy(part, text, len);
		part[len] = '\0';
		err = mark_part(part, nodes, chosen);
		if (err)
			return err;
		if (!text[len])
			return 0;
		text += len + 1;
	}
}

int hostlist_parse(const char *text, const struct node_list *nodes, struct hostlist *list,
		   char bad[static NODE_NAME_MAX])
{
	bool *chosen = calloc(nodes->count + 1, sizeof(*chosen));
	int err;

	*list = (struct hostlist) { .id = calloc(nodes->count + 1, sizeof(*list->id)) };
	err = chosen && list->id ? mark_all(text, nodes, chosen, bad) : -ENOMEM;
	for (size_t i = 0; !err && i < nodes->count; i++)
		if (chosen[i])
			list->id[list->count++] = nodes->node[i].id;
	free(chosen);
	if (err)
		hostlist_free(list);
	return err;
}

void hostlist_free(struct hostlist *list)
{
	free(list->id);
	*list = (struct hostlist) { 0 };
}

bool hostlist_has(const struct hostlist *list, unsigned int id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->id[i] == id)
			return true;
	return false;
}

void hostlist_text(const struct hostlist *list, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0, end; i < list->count && used < size; i = end + 1) {
		for (end = i; end + 1 < list->count && list->id[end + 1] == list->id[end] + 1; end++)
			;
		used += snprintf(out + used, size - used, "%s%u", i ? "," : "", list->id[i]);
		if (end > i && used < size)
			used += snprintf(out + used, size - used, "-%u", list->id[end]);
	}
}
