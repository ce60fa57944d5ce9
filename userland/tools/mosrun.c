// SPDX-License-Identifier: GPL-2.0
/*
 * mosrun, with the letters that openMosix's had. The exit code is the program's;
 * our own failures are 125 to 127, as env(1) has them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/launch.h"
#include "tools/tool.h"

#define INTERVAL_MAX	10000	/* seconds */

struct request {
	struct launch launch;
	const char *list;	/* -j */
	uint32_t interval;	/* -t, seconds; 0: not given */
	uint32_t keep;		/* -d, permille */
	char own[40];
};

static const struct tool_option options[] = {
	{ 'h', NULL, "run at home, locked" },
	{ 'N', "NODE", "run on this node (id or name); -NODE, as -3, is the same" },
	{ 'j', "LIST", "run on a random node of a list such as 1,3-5" },
	{ 'F', NULL, "when the node cannot be had, run here" },
	{ 'L', NULL, "lock: no automatic migration (the default where a place is given)" },
	{ 'l', NULL, "unlock: automatic migration is allowed" },
	{ 'k', NULL, "keep the lock of the calling shell (the default with -c to -t)" },
	{ 'c', NULL, "it computes: the policy need not wait to see that" },
	{ 'i', NULL, "it does I/O: it is best near its files, at home" },
	{ 'n', NULL, "the policy remembers all of its past" },
	{ 's', NULL, "the policy forgets slowly (as for all processes)" },
	{ 'f', NULL, "the policy forgets fast" },
	{ 't', "SECONDS", "interval of forgetting, with -d; 1 to 10000" },
	{ 'd', "PERMILLE", "what is kept of the past each interval; default 975" },
	{ 'e', NULL, NULL },
	{ 'E', NULL, NULL },
	{ 'r', NULL, NULL },
	{ 'R', NULL, NULL },
	{ 'z', NULL, NULL },
	{ 0 }
};

/* openMosix's "-3": becomes "-N3" for getopt. */
static int expand_node_ids(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			return 0;
		if (strchr("Njtd", argv[i][1]) && !argv[i][2]) {
			i++;
			continue;
		}
		if (!isdigit((unsigned char)argv[i][1]))
			continue;
		if (asprintf(&argv[i], "-N%s", argv[i] + 1) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int set_decay(const struct tool *tool, struct request *request, const char *decay)
{
	if (request->launch.decay)
		return tool_wrong(tool, "-c -i -n -s -f and -t exclude each other");
	request->launch.decay = decay;
	return 0;
}

static int set_interval(const struct tool *tool, struct request *request, const char *text)
{
	if (parse_u32(text, &request->interval) || !request->interval ||
	    request->interval > INTERVAL_MAX)
		return tool_wrong(tool, "-t: an interval is 1 to %d seconds", INTERVAL_MAX);
	return set_decay(tool, request, request->own);
}

static int set_keep(const struct tool *tool, struct request *request, const char *text)
{
	if (parse_u32(text, &request->keep) || request->keep > 1000)
		return tool_wrong(tool, "-d: what is kept is 0 to 1000 permille");
	return 0;
}

static int apply_option(const struct tool *tool, struct request *request, int letter)
{
	struct launch *launch = &request->launch;

	switch (letter) {
	case 'h':
		launch->move = true;
		launch->node = 0;
		return 0;
	case 'N':
		return launch_on(tool, launch, optarg);
	case 'j':
		request->list = optarg;
		return 0;
	case 'F':
		launch->forgive = true;
		return 0;
	case 'L':
		launch->lock = LOCK_ON;
		return 0;
	case 'l':
		launch->lock = LOCK_OFF;
		return 0;
	case 'k':
		launch->lock = LOCK_KEEP;
		return 0;
	case 'c':
		return set_decay(tool, request, "cpu");
	case 'i':
		return set_decay(tool, request, "io");
	case 'n':
		return set_decay(tool, request, "none");
	case 's':
		return set_decay(tool, request, "slow");
	case 'f':
		return set_decay(tool, request, "fast");
	case 't':
		return set_interval(tool, request, optarg);
	case 'd':
		return set_keep(tool, request, optarg);
	}
	log_error("-%c is not supported: a decay is always inherited across exec and fork, and "
		  "argument 0 is the program's name", letter);
	return RUN_FAILED;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct request request = { .launch = { .lock = LOCK_DEFAULT }, .keep = 1001 };
	int letter;
	int code;

	if (expand_node_ids(argc, argv)) {
		log_fail(ENOMEM, "cannot read the options");
		return RUN_FAILED;
	}
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = apply_option(tool, &request, letter);
		if (code)
			return code;
	}
	if (request.keep <= 1000 && !request.interval)
		return tool_wrong(tool, "-d goes with -t");
	snprintf(request.own, sizeof(request.own), "own %u %u", request.interval,
		 request.keep <= 1000 ? request.keep : 975);
	if (request.list) {
		code = launch_among(tool, &request.launch, request.list, false);
		if (code)
			return code;
	}
	return launch(tool, &request.launch, argv + optind);
}

static void more_help(void)
{
	puts("\nExit code: the program's; 125 mosrun failed, 126 the program cannot be run,\n"
	     "127 it was not found. The options -e -E -r -R -z of openMosix are refused.\n"
	     "This help is --help; -h is 'home'.");
}

const struct tool tool_mosrun = {
	.name = "mosrun",
	.synopsis = "[-F] [-h | -N NODE | -NODE | -j LIST] [-L | -l | -k]\n"
		    "              [-c | -i | -n | -s | -f | -t SECONDS [-d PERMILLE]] PROGRAM [ARGUMENT...]",
	.summary = "Run a program at home, on a node, or here; locked or free to be moved.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = RUN_FAILED,
};
