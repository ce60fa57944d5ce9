// SPDX-License-Identifier: GPL-2.0
/*
 * mtop, also mos top: the processes that use most of the CPU, with the node
 * where each runs. On a pipe or with -b as text.
 */
#include <curses.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/mos.h"
#include "tools/mosmon_data.h"
#include "tools/mosmon_term.h"
#include "tools/mosmon_text.h"
#include "tools/top.h"
#include "tools/tool.h"

#define MAX_INTERVAL	3600
#define LINE_SIZE	256

struct settings {
	bool text, away_only;
	unsigned int interval;	/* seconds */
	uint64_t count;		/* 0: without end */
	uint32_t lines;		/* of text; 0: all */
	enum top_order order;
};

static const struct top_key {
	int code;
	enum top_order order;
	const char *name;
} orders[] = {
	{ 'P', TOP_CPU, "P cpu" },
	{ 'T', TOP_TIME, "T time" },
	{ 'N', TOP_NODE, "N node" },
};

#define NR_ORDERS (sizeof(orders) / sizeof(orders[0]))

static void format_row(const struct top_row *row, char out[LINE_SIZE])
{
	const struct process *p = &row->process;
	char node[16] = "-";

	if (p->kind == PROCESS_AWAY)
		snprintf(node, sizeof(node), ">%u", p->node);
	else if (p->kind == PROCESS_GUEST)
		snprintf(node, sizeof(node), "<%u", p->node);
	snprintf(out, LINE_SIZE, "%7d %-8.8s %6s %3u.%u %5" PRIu64 ":%02u %-4s %s", p->pid, p->user,
		 node, row->permille / 10, row->permille % 10, p->seconds / 60,
		 (unsigned int)(p->seconds % 60), p->state, p->cmd);
}

static const char heading[] = "    PID USER       NODE  CPU%     TIME STAT COMMAND";

static void print_rows(const struct settings *settings, const struct top *top)
{
	char line[LINE_SIZE];
	size_t i;

	text_summary(&top->snapshot, line);
	puts(line);
	puts(heading);
	for (i = 0; i < top->count && (!settings->lines || i < settings->lines); i++) {
		format_row(&top->row[i], line);
		puts(line);
	}
	fflush(stdout);
}

static int run_text(const struct settings *settings)
{
	struct top top = { 0 };
	uint64_t i;

	top_read(&top, settings->order, settings->away_only);
	for (i = 0; ; ) {
		sleep(settings->interval);
		top_read(&top, settings->order, settings->away_only);
		print_rows(settings, &top);
		if (ferror(stdout) || ++i == settings->count)
			break;
		putchar('\n');
	}
	top_free(&top);
	return TOOL_OK;
}

static enum role row_role(const struct top_row *row)
{
	switch (row->process.kind) {
	case PROCESS_AWAY:
		return ROLE_GOOD;
	case PROCESS_GUEST:
		return ROLE_WARN;
	case PROCESS_LOCAL:
		break;
	}
	return ROLE_NORMAL;
}

static void draw(const struct settings *settings, const struct top *top)
{
	char line[LINE_SIZE];
	size_t used = 0;
	size_t i;

	erase();
	text_summary(&top->snapshot, line);
	term_put(0, 0, ROLE_TITLE, line);
	term_put(1, 0, ROLE_BAD, top->snapshot.trouble);
	term_put(2, 0, ROLE_HEADING, heading);
	for (i = 0; i < top->count && (int)i < LINES - 4; i++) {
		format_row(&top->row[i], line);
		term_put(3 + i, 0, row_role(&top->row[i]), line);
	}
	for (i = 0; i < NR_ORDERS; i++)
		used += snprintf(line + used, sizeof(line) - used, "%s%s  ", orders[i].name,
				 orders[i].order == settings->order ? "*" : "");
	snprintf(line + used, sizeof(line) - used, "A away only%s  q quit", settings->away_only ? "*" : "");
	term_put(LINES - 1, 0, ROLE_DIM, line);
	refresh();
}

/* True: quit. */
static bool take_key(struct settings *settings, int code)
{
	size_t i;

	if (code == 'A' || code == 'a')
		settings->away_only = !settings->away_only;
	for (i = 0; i < NR_ORDERS; i++)
		if (code == orders[i].code || code == orders[i].code + 'a' - 'A')
			settings->order = orders[i].order;
	return code == 'q' || code == 'Q';
}

/* Draws again at each key; true: quit. */
static bool wait_keys(struct settings *settings, struct top *top)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	time_t end = time(NULL) + settings->interval;
	int code;

	draw(settings, top);
	while (time(NULL) < end) {
		if (poll(&fd, 1, 200) > 0 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL)))
			return true;
		while ((code = getch()) != ERR) {
			if (take_key(settings, code))
				return true;
			top_sort(top, settings->order);
			draw(settings, top);
		}
	}
	return false;
}

static void run_screen(struct settings *settings)
{
	struct top top = { 0 };
	uint64_t i = 0;

	do {
		top_read(&top, settings->order, settings->away_only);
		if (i++ && i > settings->count && settings->count)
			break;
	} while (!wait_keys(settings, &top));
	top_free(&top);
}

static int parse_number(const struct tool *tool, const char *what, const char *text, uint32_t max,
			uint32_t *value)
{
	if (parse_u32(text, value) || *value < 1 || *value > max)
		return tool_wrong(tool, "%s: a number from 1 to %u, not '%s'", what, max, text);
	return 0;
}

static int apply_option(const struct tool *tool, struct settings *settings, int letter)
{
	uint32_t number = 0;
	int code = 0;

	switch (letter) {
	case 'b':
		settings->text = true;
		return 0;
	case 'A':
		settings->away_only = true;
		return 0;
	case 'd':
		return parse_number(tool, "-d", optarg, MAX_INTERVAL, &settings->interval);
	case 'n':
		code = parse_number(tool, "-n", optarg, UINT32_MAX, &number);
		settings->count = number;
		return code;
	case 'l':
		return parse_number(tool, "-l", optarg, UINT32_MAX, &settings->lines);
	case 'o':
		settings->order = optarg[0] == 'n' ? TOP_NODE : optarg[0] == 't' ? TOP_TIME : TOP_CPU;
		if (strcmp(optarg, "cpu") && strcmp(optarg, "time") && strcmp(optarg, "node"))
			return tool_wrong(tool, "-o: cpu, time or node, not '%s'", optarg);
		return 0;
	}
	return tool->bad_usage;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct settings settings = { .interval = 2 };
	int letter;
	int code;

	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = apply_option(tool, &settings, letter);
		if (code)
			return code;
	}
	if (optind < argc)
		return tool_wrong(tool, "'%s' is not understood", argv[optind]);
	tool_stay_home();
	if (!isatty(STDOUT_FILENO))
		settings.text = true;
	if (!settings.text && term_start())
		settings.text = true;
	if (settings.text) {
		settings.count += !settings.count && !isatty(STDOUT_FILENO);
		return run_text(&settings);
	}
	run_screen(&settings);
	term_stop();
	return TOOL_OK;
}

static const struct tool_option options[] = {
	{ 'd', "SECONDS", "time between two looks, 1 to 3600; default 2" },
	{ 'n', "N", "end after N looks; on a pipe 1" },
	{ 'A', NULL, "only processes that are away, and guests" },
	{ 'o', "ORDER", "cpu, time or node" },
	{ 'b', NULL, "text, also on a terminal" },
	{ 'l', "N", "at most N processes in the text" },
	{ 0 }
};

static void more_help(void)
{
	puts("\nNODE: >3 runs on node 3, <3 is a guest from node 3, - runs here at home.\n"
	     "Keys: P T N order by CPU, time, node; A away only; q quit.");
}

const struct tool tool_mtop = {
	.name = "mtop",
	.synopsis = "[-d SECONDS] [-n N] [-A] [-o ORDER] [-b] [-l N]",
	.summary = "Show the busiest processes with the node where each runs.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};

const struct tool mos_top = {
	.name = "mos top",
	.synopsis = "[-d SECONDS] [-n N] [-A] [-o ORDER] [-b] [-l N]",
	.summary = "the busiest processes with the node where each runs",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
