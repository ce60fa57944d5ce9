// SPDX-License-Identifier: GPL-2.0
/*
 * showmap: this node's id and the table of nodes that the kernel has, as
 * lines of id, address and name.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/log.h"
#include "lib/node.h"
#include "tools/tool.h"

static void print_table(const struct node_list *list)
{
	size_t i;

	printf("%-6s %-32s %s\n", "id", "address", "name");
	for (i = 0; i < list->count; i++) {
		const struct node *node = &list->node[i];

		if (node->in_table)
			printf("%-6u %-32s %s\n", node->id, node->addr,
			       node->name[0] ? node->name : "-");
	}
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct node_list list;
	unsigned int self;
	int err;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	if (optind < argc)
		return tool_wrong(tool, "showmap takes no arguments");
	err = node_self(&self);
	if (!err)
		err = node_list_read(&list);
	if (err)
		return tool_no_cluster(err);
	if (self)
		printf("My node id is %u\n\n", self);
	else
		printf("This node has no id: it is in no cluster\n\n");
	print_table(&list);
	node_list_free(&list);
	return self ? TOOL_OK : TOOL_NO_CLUSTER;
}

const struct tool tool_showmap = {
	.name = "showmap",
	.synopsis = "",
	.summary = "Show this node's id and the kernel's table of nodes.",
	.run = run,
	.bad_usage = TOOL_USAGE,
};
