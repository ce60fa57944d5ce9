// SPDX-License-Identifier: GPL-2.0
/*
 * migrate: moves one process to a node or home and waits until it is there.
 * The kernel decides whether the caller may; this only asks and explains.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/target.h"
#include "tools/tool.h"

static int move(pid_t pid, unsigned int id)
{
	int err;

	if (file_exists("/proc/hpc"))
		return tool_no_cluster(-ENOENT);
	err = target_move(pid, id);
	if (!err)
		return TOOL_OK;
	target_explain(pid, id, err);
	return TOOL_FAILED;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	unsigned int id;
	pid_t pid;
	int err;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	argc -= optind;
	argv += optind;
	if (argc != 2)
		return tool_wrong(tool, "a process id and a place are needed");
	if (parse_pid(argv[0], &pid))
		return tool_wrong(tool, "'%s' is no process id", argv[0]);
	if (!strcmp(argv[1], "balance"))
		return file_exists("/proc/hpc") ? tool_no_cluster(-ENOENT) : target_balance(pid);
	err = target_parse(argv[1], &id);
	if (err == -ENXIO || err == -EINVAL || err == -ERANGE)
		return tool_wrong(tool, "'%s' is no node: an id from 1 to 65535, a node's name, or home",
				  argv[1]);
	if (err)
		return tool_no_cluster(err);
	return move(pid, id);
}

const struct tool tool_migrate = {
	.name = "migrate",
	.synopsis = "PID {NODE|home|balance}",
	.summary = "Move a process to a node (id or name), home, or where the policy wants it; waits.",
	.run = run,
	.bad_usage = TOOL_USAGE,
};
