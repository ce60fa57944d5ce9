// SPDX-License-Identifier: GPL-2.0
/*
 * The wrappers of mosrun: runhome, runon, nomig, and cpujob, iojob, nodecay,
 * slowdecay, fastdecay, which tell the policy what to expect of a program.
 */
#include <string.h>
#include <unistd.h>
#include "tools/launch.h"
#include "tools/tool.h"

/* What each wrapper asks for; runon finds its node on the command line. */
static const struct wrapper {
	const struct tool *tool;
	struct launch launch;
} wrappers[] = {
	{ &tool_runhome, { .move = true, .lock = LOCK_ON } },
	{ &tool_nomig, { .lock = LOCK_ON } },
	{ &tool_cpujob, { .lock = LOCK_KEEP, .decay = "cpu" } },
	{ &tool_iojob, { .lock = LOCK_KEEP, .decay = "io" } },
	{ &tool_nodecay, { .lock = LOCK_KEEP, .decay = "none" } },
	{ &tool_slowdecay, { .lock = LOCK_KEEP, .decay = "slow" } },
	{ &tool_fastdecay, { .lock = LOCK_KEEP, .decay = "fast" } },
};

static int run(const struct tool *tool, int argc, char **argv)
{
	const struct wrapper *wrapper = wrappers;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	while (wrapper->tool != tool)
		wrapper++;
	return launch(tool, &wrapper->launch, argv + optind);
}

static int run_on(const struct tool *tool, int argc, char **argv)
{
	struct launch how = { .lock = LOCK_ON };
	int code;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	if (optind >= argc)
		return tool_wrong(tool, "no node is given");
	code = launch_on(tool, &how, argv[optind]);
	return code ? code : launch(tool, &how, argv + optind + 1);
}

const struct tool tool_runon = {
	.name = "runon",
	.synopsis = "NODE PROGRAM [ARGUMENT...]",
	.summary = "Run a program on a node, locked there: as mosrun -N NODE.",
	.run = run_on,
	.bad_usage = RUN_FAILED,
};

#define WRAPPER(word, what) \
	const struct tool tool_ ## word = { \
		.name = #word, \
		.synopsis = "PROGRAM [ARGUMENT...]", \
		.summary = what, \
		.run = run, \
		.bad_usage = RUN_FAILED, \
	}

WRAPPER(runhome, "Run a program at home, locked: as mosrun -h.");
WRAPPER(nomig, "Run a program that is never moved automatically: as mosrun -L.");
WRAPPER(cpujob, "Run a program that computes: as mosrun -c.");
WRAPPER(iojob, "Run a program that does I/O and is best at home: as mosrun -i.");
WRAPPER(nodecay, "Run a program whose whole past counts: as mosrun -n.");
WRAPPER(slowdecay, "Run a program whose past is forgotten slowly: as mosrun -s.");
WRAPPER(fastdecay, "Run a program whose past is forgotten fast: as mosrun -f.");
