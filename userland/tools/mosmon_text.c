// SPDX-License-Identifier: GPL-2.0
/*
 * mosmon as plain text: for pipes, scripts and terminals that can do nothing
 * else. The same columns as on the screen.
 */
#include "tools/mosmon_text.h"

#include <string.h>

#define LINE 80

void text_summary(const struct snapshot *s, char out[CELL_MAX])
{
	const struct node *self = node_list_id(&s->nodes, s->self);
	char name[NODE_NAME_MAX + 24] = "no node";

	if (s->self)
		snprintf(name, sizeof(name), "node %u %s", s->self, self ? self->name : "");
	snprintf(out, CELL_MAX, "%s: %u up, %u dead; %u away, %u guest%s", name, s->nr_up,
		 s->nr_dead, s->nr_away, s->nr_guests, s->nr_guests == 1 ? "" : "s");
}

static void end_line(FILE *out, char *line)
{
	size_t len = strlen(line);

	while (len > 0 && line[len - 1] == ' ')
		len--;
	fprintf(out, "%.*s\n", (int)len, line);
	line[0] = '\0';
}

static void add_cell(char *line, size_t size, const char *text, int width, bool right)
{
	size_t used = strlen(line);
	char cell[CELL_MAX];

	cell_fit(cell, text, width, right);
	snprintf(line + used, size - used, "%s%s", cell, " ");
}

static void print_nodes(FILE *out, const struct snapshot *s, enum mode mode, bool with_dead)
{
	const struct column *columns = columns_of(mode);
	int rest = columns_rest(mode, LINE - 1);
	const struct column *c;
	char line[2 * CELL_MAX] = "";
	char cell[CELL_MAX];
	size_t i;

	for (c = columns; c->title; c++)
		add_cell(line, sizeof(line), c->title, c->width ? c->width : rest, c->right);
	end_line(out, line);
	for (i = 0; i < s->nodes.count; i++) {
		const struct node *node = &s->nodes.node[i];

		if (snapshot_is_dead(node) && !with_dead)
			continue;
		for (c = columns; c->title; c++) {
			int width = c->width ? c->width : rest;

			c->format(node, s, cell, width);
			add_cell(line, sizeof(line), cell, width, c->right);
		}
		end_line(out, line);
	}
}

static void print_processes(FILE *out, const struct snapshot *s)
{
	const struct process_column *c;
	char line[4 * CELL_MAX] = "";
	char cell[CELL_MAX];
	size_t i;

	for (c = process_columns; c->title; c++)
		add_cell(line, sizeof(line), c->title, c->width ? c->width : 7, c->right);
	end_line(out, line);
	for (i = 0; i < s->nr_processes; i++) {
		for (c = process_columns; c->title; c++) {
			c->format(&s->process[i], s, cell);
			add_cell(line, sizeof(line), cell,
				 c->width ? c->width : (int)strlen(cell), c->right);
		}
		end_line(out, line);
	}
}

void text_print(FILE *out, const struct snapshot *s, enum mode mode, bool with_dead)
{
	char summary[CELL_MAX];

	text_summary(s, summary);
	fprintf(out, "%s\n", summary);
	if (s->trouble[0])
		fprintf(out, "%s\n", s->trouble);
	if (s->nodes.count) {
		fputc('\n', out);
		print_nodes(out, s, mode, with_dead);
	}
	if (s->nr_processes) {
		fputc('\n', out);
		print_processes(out, s);
	}
	fflush(out);
}
