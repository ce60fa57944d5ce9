// SPDX-License-Identifier: GPL-2.0
/*
 * mos-sim: simulates a cluster in virtual time with the daemon's own policy and load vector.
 * Exit codes: 0 = all that the scenarios want was reached, 1 = it was not, 2 = usage.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/parse.h"
#include "sim/report.h"

#define EXIT_USAGE	2

struct options {
	bool seeded;
	uint64_t seed;
	const char *plot;
	const char *trace;
};

static int usage(void)
{
	fprintf(stderr, "usage: mos-sim [-s SEED] [-p PLOT] [-t TRACE] SCENARIO...\n"
		"  -s SEED   instead of the scenario's\n"
		"  -p PLOT   writes PLOT.dat and PLOT.gp for gnuplot, which makes PLOT.png of them\n"
		"  -t TRACE  writes each move with its reason\n");
	return EXIT_USAGE;
}

static FILE *open_file(const char *path, const char *ending)
{
	char name[4096];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", path, ending);
	file = fopen(name, "w");
	if (!file)
		log_fail(errno, "cannot write %s", name);
	return file;
}

static bool write_gnuplot(const char *plot, const char *title)
{
	FILE *gp = open_file(plot, ".gp");

	if (!gp)
		return false;
	fprintf(gp, "set terminal pngcairo size 1000,600\nset output \"%s.png\"\n"
		"set title \"%s\" noenhanced\nset xlabel \"seconds\"\nset ylabel \"CPUs in use\"\n"
		"set yrange [0:1.05]\nset y2label \"processes\"\nset y2tics\nset key bottom\n"
		"plot \"%s.dat\" using 1:2 with lines title \"part of the CPUs in use\", \\\n"
		"  \"\" using 1:4 axes x1y2 with lines title \"most on one node\", \\\n"
		"  \"\" using 1:6 axes x1y2 with lines title \"moves\"\n", plot, title, plot);
	return !fclose(gp);
}

static bool open_outputs(struct world *w, const struct options *o, const char *scenario)
{
	if (o->plot) {
		w->plot = open_file(o->plot, ".dat");
		if (!w->plot || !write_gnuplot(o->plot, scenario))
			return false;
		fprintf(w->plot, "# seconds, CPUs in use, running, most on one node, done, moves\n");
	}
	if (o->trace)
		w->trace = open_file(o->trace, "");
	return !o->trace || w->trace;
}

static bool close_output(FILE *file)
{
	return !file || !fclose(file);
}

static bool simulate(const struct options *o, const char *path)
{
	struct scenario s;
	struct world w;
	char error[128];
	bool good;

	if (scenario_read(&s, path, error, sizeof(error))) {
		log_error("%s: %s", path, error);
		return false;
	}
	if (o->seeded)
		s.seed = o->seed;
	if (world_init(&w, &s)) {
		log_error("no memory");
		scenario_free(&s);
		return false;
	}
	good = open_outputs(&w, o, path);
	if (good) {
		world_run(&w);
		good = report_print(&w, path);
	}
	if (!close_output(w.plot) || !close_output(w.trace)) {
		log_fail(errno, "cannot write the results of %s", path);
		good = false;
	}
	world_free(&w);
	scenario_free(&s);
	return good;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	bool good = true;
	int c;

	log_open("mos-sim");
	while ((c = getopt(argc, argv, "s:p:t:")) != -1) {
		if (c == 's' && !parse_u64(optarg, &o.seed))
			o.seeded = true;
		else if (c == 'p')
			o.plot = optarg;
		else if (c == 't')
			o.trace = optarg;
		else
			return usage();
	}
	if (optind == argc)
		return usage();
	for (int i = optind; i < argc; i++)
		good &= simulate(&o, argv[i]);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
