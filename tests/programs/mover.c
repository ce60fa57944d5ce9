// SPDX-License-Identifier: GPL-2.0
/*
 * mover: moves running processes at seeded random instants until they are gone, it is told to
 * stop by SIGTERM, or --count moves were committed.
 * Exit: 0 if at least one move was committed, 1 if none was, 2 for bad usage.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include "move.h"

static volatile sig_atomic_t stop;

static void on_stop(int sig)
{
	stop = 1;
}

static void usage(void)
{
	fprintf(stderr, "usage: mover [--seed N] [--home H] --nodes N,N,... [--ms LO-HI] [--count N] "
			"[--tree] PID...\n");
	exit(2);
}

static void parse(int argc, char **argv, struct move_plan *plan)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' }, { "nodes", required_argument, NULL, 'n' },
		{ "home", required_argument, NULL, 'h' }, { "ms", required_argument, NULL, 'm' },
		{ "count", required_argument, NULL, 'c' }, { "tree", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	const char *nodes = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			plan->seed = strtoull(optarg, NULL, 10);
		else if (c == 'n')
			nodes = optarg;
		else if (c == 'h')
			plan->home = (unsigned int)atoi(optarg);
		else if (c == 'c')
			plan->limit = strtoul(optarg, NULL, 10);
		else if (c == 't')
			plan->tree = true;
		else if (c != 'm' || !move_parse_times(plan, optarg))
			usage();
	}
	if (!nodes || !move_parse_nodes(plan, nodes) || optind == argc)
		usage();
}

int main(int argc, char **argv)
{
	struct move_plan plan = { .seed = 1, .lo_ms = 20, .hi_ms = 200 };
	struct sigaction act = { .sa_handler = on_stop };
	struct move_tally tally = { 0 };
	pid_t pids[MOVE_PIDS];
	size_t n = 0;

	parse(argc, argv, &plan);
	for (int i = optind; i < argc && n < MOVE_PIDS; i++) {
		pids[n] = (pid_t)atoi(argv[i]);
		if (pids[n++] <= 0)
			usage();
	}
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	move_loop(&plan, pids, n, &tally, &stop);
	fprintf(stderr, "mover:");
	move_print(stderr, &tally);
	fprintf(stderr, "\n");
	return tally.moves + tally.back == 0;
}
