// SPDX-License-Identifier: GPL-2.0
/*
 * What all tools share: one description of a tool (struct tool) from which its
 * help is printed and its options are parsed, and how a wrong command line is
 * answered. Messages go through lib/log.h; main() gave it the tool's name.
 */
#include "tools/tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/log.h"

void tool_print_help(const struct tool *tool)
{
	const struct tool_option *o;
	char left[32];

	printf("usage: %s %s\n%s\n", tool->name, tool->synopsis, tool->summary);
	if (tool->options)
		putchar('\n');
	for (o = tool->options; o && o->letter; o++) {
		if (!o->help)	/* known only to be refused */
			continue;
		snprintf(left, sizeof(left), "-%c %s", o->letter, o->arg ? o->arg : "");
		printf("  %-14s %s\n", left, o->help);
	}
	if (tool->more_help)
		tool->more_help();
}

int tool_wrong(const struct tool *tool, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_error("%s", text);
	fprintf(stderr, "usage: %s %s\n", tool->name, tool->synopsis);
	return tool->bad_usage;
}

void tool_stay_home(void)
{
	if (!file_write("/proc/self/lock", "1\n"))
		file_write("/proc/self/goto", "0\n");
}

int tool_no_cluster(int err)
{
	if (err == -ENOENT)
		log_error("this kernel has no openMosix: /proc/hpc is missing");
	else
		log_fail(err, "cannot read /proc/hpc");
	return TOOL_NO_CLUSTER;
}

static void build_optstring(const struct tool *tool, char *out, size_t size)
{
	const struct tool_option *o;
	size_t used = 0;

	if (!tool->permute)
		out[used++] = '+';
	out[used++] = ':';
	for (o = tool->options; o && o->letter && used + 3 < size; o++) {
		out[used++] = o->letter;
		if (o->arg)
			out[used++] = ':';
	}
	out[used] = '\0';
}

int tool_getopt(const struct tool *tool, int argc, char **argv)
{
	char optstring[64];
	int c;

	if (optind < argc && !strcmp(argv[optind], "--help")) {
		tool_print_help(tool);
		exit(TOOL_OK);
	}
	build_optstring(tool, optstring, sizeof(optstring));
	opterr = 0;
	c = getopt(argc, argv, optstring);
	if (c == ':')
		exit(tool_wrong(tool, "option -%c needs an argument", optopt));
	if (c == '?' && optopt == 'h') {
		tool_print_help(tool);
		exit(TOOL_OK);
	}
	if (c == '?')
		exit(tool_wrong(tool, "unknown option '%s'", optopt ?
				(char[]){ '-', optopt, 0 } : argv[optind - 1]));
	return c;
}
