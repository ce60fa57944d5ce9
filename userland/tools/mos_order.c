// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of mos that are orders to nodes: bring, expel, block, stay ...
 * and speed. An order names its nodes. There is no channel over which another
 * node could be ordered in a way that proves who asks, so such an order is
 * refused as a whole, before anything is done.
 */
#include "tools/mos.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include "lib/log.h"
#include "tools/control.h"
#include "tools/mos_view.h"

/* The words after "mos" that would do it there, for the message. */
static void refuse_remote(const struct tool *tool, const struct node *node, const char *value)
{
	log_error("node %u is another node, and nodes take no orders from each other; nothing was done. "
		  "At its console, or by ssh root@%s: %s self%s%s", node->id, node->addr,
		  tool->name, value ? " " : "", value ? value : "");
}

static int check_targets(const struct tool *tool, const struct node_list *nodes,
			 const struct hostlist *named, const char *value)
{
	int code = TOOL_OK;
	size_t i;

	for (i = 0; i < named->count; i++) {
		const struct node *node = node_list_id(nodes, named->id[i]);

		if (node->self)
			continue;
		refuse_remote(tool, node, value);
		code = TOOL_UNSUPPORTED;
	}
	return code;
}

/* Is it this node that is meant? Also where there is no table yet: "self" is always known. */
static int check_target(const struct tool *tool, const char *text, const char *value)
{
	struct node_list nodes;
	struct hostlist named;
	int code;
	int err;

	if (!strcmp(text, "self"))
		return TOOL_OK;
	err = node_list_read(&nodes);
	if (err)
		return tool_no_cluster(err);
	code = mos_nodes_named(text, &nodes, &named);
	if (!code) {
		code = check_targets(tool, &nodes, &named, value);
		hostlist_free(&named);
	}
	node_list_free(&nodes);
	return code;
}

/* The only operand of an order. */
static int parse_target(const struct tool *tool, int argc, char **argv)
{
	while (tool_getopt(tool, argc, argv) != -1)
		;
	if (optind >= argc)
		return tool_wrong(tool, "which node? 'self' is this one");
	if (argc - optind > 1)
		return tool_wrong(tool, "one list of nodes, with commas and no spaces");
	return check_target(tool, argv[optind], NULL);
}

static const struct order {
	const struct tool *tool;
	const char *file, *value;	/* below admin/ */
} orders[] = {
	{ &mos_block, "block", "1\n" },
	{ &mos_noblock, "block", "0\n" },
	{ &mos_stay, "stay", "1\n" },
	{ &mos_nostay, "stay", "0\n" },
	{ &mos_lstay, "lstay", "1\n" },
	{ &mos_nolstay, "lstay", "0\n" },
	{ &mos_quiet, "quiet", "1\n" },
	{ &mos_noquiet, "quiet", "0\n" },
};

static int run_switch(const struct tool *tool, int argc, char **argv)
{
	const struct order *order = orders;
	int code = parse_target(tool, argc, argv);

	while (order->tool != tool)
		order++;
	return code ? code : control_write(order->file, order->value);
}

static int run_bring(const struct tool *tool, int argc, char **argv)
{
	int code = parse_target(tool, argc, argv);

	return code ? code : control_bring();
}

static int run_expel(const struct tool *tool, int argc, char **argv)
{
	int code = parse_target(tool, argc, argv);

	return code ? code : control_expel();
}

static int print_speeds(const char *text)
{
	struct node_list nodes;
	struct hostlist named;
	int code;
	int err = node_list_read(&nodes);
	size_t i;

	if (err)
		return tool_no_cluster(err);
	code = mos_nodes_named(text, &nodes, &named);
	for (i = 0; !code && i < named.count; i++)
		printf("%u %" PRIu64 "\n", named.id[i], node_list_id(&nodes, named.id[i])->speed);
	if (!code)
		hostlist_free(&named);
	node_list_free(&nodes);
	return code;
}

static int run_speed(const struct tool *tool, int argc, char **argv)
{
	int code;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	argc -= optind;
	argv += optind;
	if (argc > 2)
		return tool_wrong(tool, "one list of nodes, and one speed");
	if (argc < 2)
		return print_speeds(argv[0]);
	code = check_target(tool, argv[0], argv[1]);
	return code ? code : control_speed(argv[1]);
}

#define ORDER(symbol, word, what, how) \
	const struct tool symbol = { \
		.name = "mos " word, \
		.synopsis = "NODES", \
		.summary = what, \
		.run = how, \
		.bad_usage = TOOL_USAGE, \
		.permute = true, \
	}

ORDER(mos_bring, "bring", "lstay, then bring all processes that are away home; waits", run_bring);
ORDER(mos_expel, "expel", "block, then send all guests away; waits", run_expel);
ORDER(mos_block, "block", "refuse arriving guests", run_switch);
ORDER(mos_noblock, "noblock", "take guests again", run_switch);
ORDER(mos_stay, "stay", "no automatic migration out of this node", run_switch);
ORDER(mos_nostay, "nostay", "allow it again", run_switch);
ORDER(mos_lstay, "lstay", "this node's own processes stay; guests may leave", run_switch);
ORDER(mos_nolstay, "nolstay", "allow them to leave again", run_switch);
ORDER(mos_quiet, "quiet", "neither give nor collect load information", run_switch);
ORDER(mos_noquiet, "noquiet", "do so again", run_switch);

const struct tool mos_speed = {
	.name = "mos speed",
	.synopsis = "[NODES [SPEED]]",
	.summary = "show speeds, or set this node's; 10000 is a standard CPU",
	.run = run_speed,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
