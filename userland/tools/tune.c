// SPDX-License-Identifier: GPL-2.0
/*
 * tune: measures what moving to other nodes costs from here, one node after the
 * other, and leaves it for the policy. Best while both nodes are idle.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "lib/hostlist.h"
#include "lib/log.h"
#include "lib/node.h"
#include "tools/cost.h"
#include "tools/mos_view.h"
#include "tools/target.h"
#include "tools/tool.h"

struct request {
	const char *nodes;	/* NULL: all that take guests */
	bool keep;		/* for the policy */
};

static int measure(const struct request *request, unsigned int id)
{
	struct cost cost;
	int err = cost_measure(id, &cost);

	if (err) {
		log_error("node %u was not measured: %s", id, log_reason(err));
		return TOOL_FAILED;
	}
	printf("%6u %9u %9u %8u\n", id, cost.rtt_us, cost.mbytes_s, cost.move_ms);
	fflush(stdout);
	err = request->keep ? cost_store(&cost) : 0;
	if (!err)
		return TOOL_OK;
	log_fail(err, "cannot write " COST_PATH " (-n only shows the costs)");
	return TOOL_FAILED;
}

static bool can_be_measured(const struct node *node, bool by_name)
{
	if (node->self)
		return false;
	return by_name || ((node->status & NODE_UP) && !(node->status & NODE_BLOCK));
}

static int measure_all(const struct request *request, const struct node_list *nodes,
		       const struct hostlist *named)
{
	unsigned int measured = 0;
	int code = TOOL_OK;
	size_t i;

	printf("%6s %9s %9s %8s\n", "NODE", "RTT_US", "MBYTES_S", "MOVE_MS");
	for (i = 0; i < named->count; i++) {
		if (!can_be_measured(node_list_id(nodes, named->id[i]), request->nodes))
			continue;
		measured++;
		if (measure(request, named->id[i]))
			code = TOOL_FAILED;
	}
	if (measured)
		return code;
	log_error("there is no other node to measure");
	return TOOL_FAILED;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct request request = { .keep = true };
	struct node_list nodes;
	struct hostlist named;
	unsigned int self;
	int code;
	int err;

	while (tool_getopt(tool, argc, argv) != -1)
		request.keep = false;
	if (argc - optind > 1)
		return tool_wrong(tool, "one list of nodes, with commas and no spaces");
	request.nodes = argv[optind];
	tool_stay_home();
	err = node_self(&self);
	if (!err)
		err = node_list_read(&nodes);
	if (err)
		return tool_no_cluster(err);
	code = mos_nodes_named(request.nodes, &nodes, &named);
	if (!code) {
		code = measure_all(&request, &nodes, &named);
		hostlist_free(&named);
	}
	node_list_free(&nodes);
	return code;
}

static const struct tool_option options[] = {
	{ 'n', NULL, "only show them, leave nothing for the policy" },
	{ 0 }
};

static void more_help(void)
{
	puts("\nRTT_US: a system call made there, microseconds. MBYTES_S: memory that is fetched.\n"
	     "MOVE_MS: a small process, one way. Kept in " COST_PATH ".");
}

const struct tool tool_tune = {
	.name = "tune",
	.synopsis = "[-n] [NODES]",
	.summary = "Measure what moving to other nodes costs, for the policy.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
