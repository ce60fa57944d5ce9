// SPDX-License-Identifier: GPL-2.0
/*
 * mos migrate: moves processes, named by id or by the nodes where they run.
 */
#include "tools/mos.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/mos_view.h"
#include "tools/proc.h"
#include "tools/target.h"

struct place {
	bool balance;
	unsigned int id;	/* 0 = home */
};

static int move_one(pid_t pid, const struct place *place)
{
	int err;

	if (place->balance)
		return target_balance(pid);
	err = target_move(pid, place->id);
	if (!err)
		return TOOL_OK;
	target_explain(pid, place->id, err);
	return TOOL_FAILED;
}

static int parse_place(const struct tool *tool, const char *text, struct place *place)
{
	int err;

	*place = (struct place) { .balance = !strcmp(text, "balance") };
	if (place->balance)
		return 0;
	err = target_parse(text, &place->id);
	if (err == -ENXIO || err == -EINVAL || err == -ERANGE)
		return tool_wrong(tool, "'%s' is no place: a node, home or balance", text);
	return err ? tool_no_cluster(err) : 0;
}

static int move_named(const struct tool *tool, char **pids, int count, const struct place *place)
{
	int code = TOOL_OK;
	pid_t pid;
	int i;

	for (i = 0; i < count; i++)
		if (parse_pid(pids[i], &pid))
			return tool_wrong(tool, "'%s' is no process id", pids[i]);
	for (i = 0; i < count; i++) {
		parse_pid(pids[i], &pid);
		if (move_one(pid, place))
			code = TOOL_FAILED;
	}
	return code;
}

static int move_all_of(const struct hostlist *named, const struct place *place)
{
	struct away_list list;
	int code = TOOL_OK;
	size_t i;
	int err = away_list_read(&list, false);

	if (err) {
		log_fail(err, "cannot read /proc");
		return TOOL_FAILED;
	}
	for (i = 0; i < list.count; i++)
		if (hostlist_has(named, list.proc[i].where) && !proc_is_guest(list.proc[i].pid) &&
		    move_one(list.proc[i].pid, place))
			code = TOOL_FAILED;
	away_list_free(&list);
	return code;
}

static int move_from(const char *text, const struct place *place)
{
	struct node_list nodes;
	struct hostlist named;
	int code;
	int err = node_list_read(&nodes);

	if (err)
		return tool_no_cluster(err);
	code = mos_nodes_named(text, &nodes, &named);
	node_list_free(&nodes);
	if (code)
		return code;
	code = move_all_of(&named, place);
	hostlist_free(&named);
	return code;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	const char *nodes = NULL;
	struct place place;
	int code;

	while (tool_getopt(tool, argc, argv) != -1)
		nodes = optarg;
	argc -= optind;
	argv += optind;
	if (nodes ? argc != 1 : argc < 2)
		return tool_wrong(tool, nodes ? "with -n just a place is needed" :
				  "process ids and a place are needed");
	if (file_exists("/proc/hpc"))
		return tool_no_cluster(-ENOENT);
	code = parse_place(tool, argv[argc - 1], &place);
	if (code)
		return code;
	return nodes ? move_from(nodes, &place) : move_named(tool, argv, argc - 1, &place);
}

static const struct tool_option options[] = {
	{ 'n', "NODES", "all processes of this node that run on these nodes" },
	{ 0 }
};

const struct tool mos_migrate = {
	.name = "mos migrate",
	.synopsis = "{PID... | -n NODES} {NODE | home | balance}",
	.summary = "move processes to a node, home, or where the policy wants them",
	.options = options,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
