// SPDX-License-Identifier: GPL-2.0
/*
 * mos ps: processes of this node that are away, guests that are here, and with
 * -a those that are at home; of all users.
 */
#include "tools/mos.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include "lib/log.h"
#include "tools/json.h"
#include "tools/mos_view.h"
#include "tools/mosmon_data.h"

struct choice {
	const char *nodes;	/* NULL: all */
	bool local, no_away, no_guests;
};

static const char * const kinds[] = {
	[PROCESS_AWAY]	= "away",
	[PROCESS_GUEST]	= "guest",
	[PROCESS_LOCAL]	= "home",
};

static bool is_wanted(const struct choice *choice, const struct hostlist *named, unsigned int self,
		      const struct process *p)
{
	if (p->kind == PROCESS_LOCAL)
		return choice->local && (!choice->nodes || hostlist_has(named, self));
	if (p->kind == PROCESS_AWAY ? choice->no_away : choice->no_guests)
		return false;
	return !choice->nodes || hostlist_has(named, p->node);
}

static void print_process(FILE *out, const struct snapshot *s, const struct process *p)
{
	char where[80] = "-";

	if (p->kind != PROCESS_LOCAL)
		mos_node_text(&s->nodes, p->node, where);
	fprintf(out, "%7d %-8.8s %-5s %-14.14s ", p->pid, p->user, kinds[p->kind], where);
	if (p->kind == PROCESS_GUEST)
		fprintf(out, "%5s %4s ", "-", "-");
	else
		fprintf(out, "%5u %4s ", p->nmigs, p->lock ? "yes" : "no");
	fprintf(out, "%-4s %4" PRIu64 ":%02u %s\n", p->state, p->seconds / 60,
		(unsigned int)(p->seconds % 60), p->cmd);
}

static void write_process(struct json *json, const struct process *p)
{
	json_open(json, NULL, '{');
	json_number(json, "pid", p->pid);
	json_string(json, "user", p->user);
	json_string(json, "kind", kinds[p->kind]);
	json_number(json, "node", p->node);
	json_number(json, "moves", p->nmigs);
	json_bool(json, "lock", p->lock);
	json_string(json, "state", p->state);
	json_number(json, "seconds", p->seconds);
	json_string(json, "command", p->cmd);
	json_close(json, '}');
}

static void show_list(FILE *out, const struct mos_view *view, const struct choice *choice,
		      const struct snapshot *s, const struct hostlist *named)
{
	struct json json = { .out = out };
	size_t i;

	if (view->json)
		json_open(&json, NULL, '[');
	else
		fprintf(out, "%s%7s %-8s %-5s %-14s %5s %4s %-4s %7s %s%s\n", mos_paint(view, PAINT_BOLD),
			"PID", "USER", "WHAT", "NODE", "MOVES", "LOCK", "STAT", "CPU", "COMMAND",
			mos_paint(view, PAINT_NONE));
	for (i = 0; i < s->nr_processes; i++) {
		if (!is_wanted(choice, named, s->self, &s->process[i]))
			continue;
		if (view->json)
			write_process(&json, &s->process[i]);
		else
			print_process(out, s, &s->process[i]);
	}
	if (view->json) {
		json_close(&json, ']');
		json_end(&json);
	}
}

static int show(FILE *out, const struct mos_view *view, const void *ptr)
{
	const struct choice *choice = ptr;
	struct hostlist named = { 0 };
	struct snapshot s;
	int code;

	snapshot_read(&s, choice->local);
	code = s.self ? TOOL_OK : TOOL_NO_CLUSTER;
	if (code)
		log_error("%s", s.trouble);
	else if (choice->nodes)
		code = mos_nodes_named(choice->nodes, &s.nodes, &named);
	if (!code)
		show_list(out, view, choice, &s, &named);
	hostlist_free(&named);
	snapshot_free(&s);
	return code;
}

static int apply_option(const struct tool *tool, struct mos_view *view, struct choice *choice,
			int letter)
{
	switch (letter) {
	case 'a':
		choice->local = true;
		return 0;
	case 'm':
		choice->no_guests = true;
		return 0;
	case 'g':
		choice->no_away = true;
		return 0;
	case 'n':
		choice->nodes = optarg;
		return 0;
	}
	return mos_view_option(tool, view, letter, optarg);
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct choice choice = { 0 };
	struct mos_view view;
	int letter;
	int code;

	mos_view_start(&view, argc, argv);
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = apply_option(tool, &view, &choice, letter);
		if (code)
			return code;
	}
	if (optind < argc)
		return tool_wrong(tool, "'%s' is not understood", argv[optind]);
	if (choice.no_away && choice.no_guests)
		return tool_wrong(tool, "-m and -g exclude each other");
	return mos_view_run(&view, show, &choice);
}

static const struct tool_option options[] = {
	{ 'a', NULL, "those that are at home too" },
	{ 'm', NULL, "only those that are away" },
	{ 'g', NULL, "only guests" },
	{ 'n', "NODES", "only those on (guests: from) these nodes" },
	MOS_VIEW_OPTIONS,
	{ 0 }
};

const struct tool mos_ps = {
	.name = "mos ps",
	.synopsis = "[-a] [-m | -g] [-n NODES] [-j] [-w] [-i SECONDS]",
	.summary = "processes that are away, and guests, of all users",
	.options = options,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
