// SPDX-License-Identifier: GPL-2.0
/*
 * mos run: starts a program that the cluster may move, or one that is bound to
 * some nodes, to home, or to here.
 */
#include "tools/mos.h"

#include <unistd.h>
#include "tools/launch.h"

static int apply_option(const struct tool *tool, struct launch *how, const char **list, int letter)
{
	switch (letter) {
	case 'n':
		*list = optarg;
		return 0;
	case 'H':
		how->move = true;
		how->node = 0;
		how->lock = LOCK_ON;
		return 0;
	case 'L':
		how->lock = LOCK_ON;
		return 0;
	case 'F':
		how->forgive = true;
		return 0;
	case 'c':
		how->decay = "cpu";
		return 0;
	case 'I':
		how->decay = "io";
		return 0;
	}
	return RUN_FAILED;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct launch how = { .lock = LOCK_OFF };
	const char *list = NULL;
	int letter;
	int code;

	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = apply_option(tool, &how, &list, letter);
		if (code)
			return code;
	}
	if (list && how.move)
		return tool_wrong(tool, "-n and -H exclude each other");
	if (optind >= argc)
		return tool_wrong(tool, "no program is given");
	code = list ? launch_among(tool, &how, list, true) : 0;
	return code ? code : launch(tool, &how, argv + optind);
}

static const struct tool_option options[] = {
	{ 'n', "NODES", "start on the best of these nodes, and never run on others" },
	{ 'H', NULL, "run at home, locked" },
	{ 'L', NULL, "lock: it stays where it starts" },
	{ 'F', NULL, "when this cannot be had, run it here all the same" },
	{ 'c', NULL, "it computes: the policy need not wait to see that" },
	{ 'I', NULL, "it does I/O: it is best at home" },
	{ 0 }
};

const struct tool mos_run = {
	.name = "mos run",
	.synopsis = "[-n NODES | -H] [-L] [-F] [-c | -I] PROGRAM [ARGUMENT...]",
	.summary = "run a program that may be moved, or one that may not",
	.options = options,
	.run = run,
	.bad_usage = RUN_FAILED,
};
