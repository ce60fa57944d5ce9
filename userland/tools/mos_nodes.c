// SPDX-License-Identifier: GPL-2.0
/*
 * mos nodes: a line for each node. Columns are a table, so that heading, text
 * and JSON cannot differ.
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
	bool addresses;
};

static enum paint state_paint(const struct node *node)
{
	if (snapshot_is_dead(node))
		return PAINT_BAD;
	return node->heard && node->state == NODE_SUSPECT ? PAINT_WARN : PAINT_GOOD;
}

static void print_switches(FILE *out, unsigned int status)
{
	const char *words[MOS_SWITCHES];
	size_t count = mos_switches(status, words);
	size_t i;

	for (i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? "," : "", words[i]);
	if (!count)
		putc('-', out);
}

static void print_heading(FILE *out, const struct mos_view *view, const struct choice *choice)
{
	fprintf(out, "%s%6s %-10s ", mos_paint(view, PAINT_BOLD), "ID", "NAME");
	if (choice->addresses)
		fprintf(out, "%-28s ", "ADDRESS");
	fprintf(out, "%-7s %4s %6s %5s %4s %5s %5s %6s %3s %s%s\n", "STATE", "CPUS", "SPEED", "LOAD%",
		"UTIL", "FREE", "MEM", "GUESTS", "AGE", "SWITCHES", mos_paint(view, PAINT_NONE));
}

static void print_node(FILE *out, const struct mos_view *view, const struct choice *choice,
		       const struct node *node)
{
	char free_text[24], memory_text[24];

	fprintf(out, "%c%5u %-10.16s ", node->self ? '*' : ' ', node->id,
		node->name[0] ? node->name : "-");
	if (choice->addresses)
		fprintf(out, "%-28s ", node->addr[0] ? node->addr : "-");
	fprintf(out, "%s%-7s%s %4u %6" PRIu64 " %5" PRIu64 " %3u%% %5s %5s %6u %3u ",
		mos_paint(view, state_paint(node)), snapshot_state(node), mos_paint(view, PAINT_NONE),
		node->cpus, node->speed, node->load, node->util, mos_size_text(node->mem, free_text),
		mos_size_text(node->tmem, memory_text), node->guests, node->age);
	print_switches(out, node->status);
	putc('\n', out);
}

static void write_node(struct json *json, const struct node *node)
{
	const char *words[MOS_SWITCHES];
	size_t count = mos_switches(node->status, words);
	size_t i;

	json_open(json, NULL, '{');
	json_number(json, "id", node->id);
	json_string(json, "name", node->name);
	json_string(json, "address", node->addr);
	json_string(json, "state", snapshot_state(node));
	json_bool(json, "self", node->self);
	json_number(json, "cpus", node->cpus);
	json_number(json, "speed", node->speed);
	json_number(json, "load", node->load);
	json_number(json, "util", node->util);
	json_number(json, "free", node->mem);
	json_number(json, "memory", node->tmem);
	json_number(json, "guests", node->guests);
	json_number(json, "age", node->age);
	json_open(json, "switches", '[');
	for (i = 0; i < count; i++)
		json_string(json, NULL, words[i]);
	json_close(json, ']');
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
		print_heading(out, view, choice);
	for (i = 0; i < s->nodes.count; i++) {
		const struct node *node = &s->nodes.node[i];

		if (!hostlist_has(named, node->id))
			continue;
		if (view->json)
			write_node(&json, node);
		else
			print_node(out, view, choice, node);
	}
	if (view->json) {
		json_close(&json, ']');
		json_end(&json);
	}
}

static int show(FILE *out, const struct mos_view *view, const void *ptr)
{
	const struct choice *choice = ptr;
	struct hostlist named;
	struct snapshot s;
	int code;

	snapshot_read(&s, false);
	if (s.trouble[0])
		log_warn("%s", s.trouble);
	code = mos_nodes_named(choice->nodes, &s.nodes, &named);
	if (!code) {
		show_list(out, view, choice, &s, &named);
		hostlist_free(&named);
	}
	snapshot_free(&s);
	return code;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct choice choice = { 0 };
	struct mos_view view;
	int letter;
	int code;

	mos_view_start(&view, argc, argv);
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		choice.addresses |= letter == 'l';
		code = letter == 'l' ? 0 : mos_view_option(tool, &view, letter, optarg);
		if (code)
			return code;
	}
	if (argc - optind > 1)
		return tool_wrong(tool, "one list of nodes, with commas and no spaces");
	choice.nodes = argv[optind];
	return mos_view_run(&view, show, &choice);
}

static const struct tool_option options[] = {
	{ 'l', NULL, "with addresses" },
	MOS_VIEW_OPTIONS,
	{ 0 }
};

static void more_help(void)
{
	puts("\n* is this node. LOAD% and SPEED: 100 and 10000 are a standard CPU. FREE and MEM:\n"
	     "usable and all memory. AGE: seconds since it was heard.");
}

const struct tool mos_nodes = {
	.name = "mos nodes",
	.synopsis = "[-l] [-j] [-w] [-i SECONDS] [NODES]",
	.summary = "the nodes: state, load, memory, guests, switches",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
