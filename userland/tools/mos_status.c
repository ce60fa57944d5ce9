// SPDX-License-Identifier: GPL-2.0
/*
 * mos status: this node and its cluster in a few lines, with what is wrong first.
 */
#include "tools/mos.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>
#include "lib/file.h"
#include "tools/json.h"
#include "tools/mos_view.h"
#include "tools/mosmon_data.h"

struct totals {
	unsigned int cpus;
	uint64_t free, memory;
};

static void add_up(const struct snapshot *s, struct totals *t)
{
	size_t i;

	*t = (struct totals) { 0 };
	for (i = 0; i < s->nodes.count; i++) {
		const struct node *node = &s->nodes.node[i];

		if (snapshot_is_dead(node))
			continue;
		t->cpus += node->cpus;
		t->free += node->mem;
		t->memory += node->tmem;
	}
}

static void show_json(FILE *out, const struct snapshot *s, const struct node *self)
{
	const char *words[MOS_SWITCHES];
	size_t count = mos_switches(self ? self->status : 0, words);
	struct json json = { .out = out };
	struct totals t;
	char pool[160];
	size_t i;

	add_up(s, &t);
	json_open(&json, NULL, '{');
	json_number(&json, "node", s->self);
	json_string(&json, "name", self ? self->name : "");
	json_number(&json, "up", s->nr_up);
	json_number(&json, "dead", s->nr_dead);
	json_number(&json, "away", s->nr_away);
	json_number(&json, "guests", s->nr_guests);
	json_number(&json, "cpus", t.cpus);
	json_number(&json, "free", t.free);
	json_number(&json, "memory", t.memory);
	json_open(&json, "switches", '[');
	for (i = 0; i < count; i++)
		json_string(&json, NULL, words[i]);
	json_close(&json, ']');
	if (file_read("/run/omdiscd/pool", pool, sizeof(pool)) > 0)
		json_string(&json, "pool", pool);
	json_string(&json, "trouble", s->trouble);
	json_close(&json, '}');
	json_end(&json);
}

static void show_switches(FILE *out, const struct mos_view *view, const struct node *self)
{
	const char *words[MOS_SWITCHES];
	size_t count = mos_switches(self->status, words);
	size_t i;

	for (i = 0; i < count; i++)
		fprintf(out, ", %s%s%s", mos_paint(view, PAINT_WARN), words[i],
			mos_paint(view, PAINT_NONE));
}

static void show_text(FILE *out, const struct mos_view *view, const struct snapshot *s,
		      const struct node *self)
{
	char free_text[24], memory_text[24];
	char pool[160];
	struct totals t;

	add_up(s, &t);
	if (s->trouble[0])
		fprintf(out, "%s%s%s\n", mos_paint(view, PAINT_BAD), s->trouble,
			mos_paint(view, PAINT_NONE));
	if (self) {
		fprintf(out, "this node: %u %s, load %" PRIu64 " %%, %u away, %u guest%s", s->self,
			self->name, self->load, s->nr_away, s->nr_guests,
			s->nr_guests == 1 ? "" : "s");
		show_switches(out, view, self);
		putc('\n', out);
	}
	if (s->nodes.count)
		fprintf(out, "cluster:   %u up, %u dead; %u CPUs, %s of %s memory free\n", s->nr_up,
			s->nr_dead, t.cpus, mos_size_text(t.free, free_text),
			mos_size_text(t.memory, memory_text));
	if (file_read("/run/omdiscd/pool", pool, sizeof(pool)) > 0)
		fprintf(out, "pool:      %s\n", pool);
	if (s->last_move[0])
		fprintf(out, "last move: %s\n", s->last_move);
}

static int show(FILE *out, const struct mos_view *view, const void *choice)
{
	const struct node *self;
	struct snapshot s;
	int code;

	snapshot_read(&s, false);
	self = s.self ? node_list_id(&s.nodes, s.self) : NULL;
	if (view->json)
		show_json(out, &s, self);
	else
		show_text(out, view, &s, self);
	code = s.self ? TOOL_OK : TOOL_NO_CLUSTER;
	snapshot_free(&s);
	return code;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct mos_view view;
	int letter;
	int code;

	mos_view_start(&view, argc, argv);
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = mos_view_option(tool, &view, letter, optarg);
		if (code)
			return code;
	}
	if (optind < argc)
		return tool_wrong(tool, "'%s' is not understood", argv[optind]);
	return mos_view_run(&view, show, NULL);
}

static const struct tool_option options[] = { MOS_VIEW_OPTIONS, { 0 } };

const struct tool mos_status = {
	.name = "mos status",
	.synopsis = "[-j] [-w] [-i SECONDS]",
	.summary = "this node and its cluster in a few lines",
	.options = options,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
