// SPDX-License-Identifier: GPL-2.0
/*
 * The screen of mosmon: title, table of nodes, table of processes, one line for
 * messages and questions, one for the keys. Drawn anew as a whole from a view
 * and a snapshot; ncurses sends only what changed.
 */
#include "tools/mosmon_screen.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "tools/mosmon_term.h"
#include "tools/mosmon_text.h"

#define MIN_LINES 8
#define MIN_COLUMNS 40

static void put_line(int row, enum role role, const char *text)
{
	char line[CELL_MAX];

	cell_fit(line, text, COLS, false);
	term_put(row, 0, role, line);
}

static void draw_title(const struct snapshot *s)
{
	char summary[CELL_MAX];
	char line[2 * CELL_MAX];
	char clock[16];
	time_t now = time(NULL);
	struct tm tm;

	text_summary(s, summary);
	localtime_r(&now, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	snprintf(line, sizeof(line), " mosmon  %s", summary);
	put_line(0, ROLE_TITLE, line);
	if (COLS > (int)(strlen(line) + strlen(clock) + 2))
		term_put(0, COLS - (int)strlen(clock) - 1, ROLE_TITLE, clock);
}

static void draw_node(int row, const struct node *node, const struct snapshot *s, enum mode mode)
{
	int rest = columns_rest(mode, COLS);
	const struct column *c;
	char cell[CELL_MAX], text[CELL_MAX];
	int x = 0;

	for (c = columns_of(mode); c->title; c++) {
		int width = c->width ? c->width : rest;
		enum role role = c->role ? c->role(node) : ROLE_NORMAL;

		c->format(node, s, text, width);
		cell_fit(cell, text, width, c->right);
		term_put(row, x, role, cell);
		x += width + 1;
	}
}

static void draw_node_heading(int row, enum mode mode)
{
	int rest = columns_rest(mode, COLS);
	const struct column *c;
	char cell[CELL_MAX];
	int x = 0;

	put_line(row, ROLE_HEADING, "");
	for (c = columns_of(mode); c->title; c++) {
		int width = c->width ? c->width : rest;

		cell_fit(cell, c->title, width, c->right);
		term_put(row, x, ROLE_HEADING, cell);
		x += width + 1;
	}
}

static int count_shown(const struct view *view, const struct snapshot *s)
{
	int count = 0;
	size_t i;

	for (i = 0; i < s->nodes.count; i++)
		count += view->show_dead || !snapshot_is_dead(&s->nodes.node[i]);
	return count;
}

/* From row on, at most max rows; returns the first row below. */
static int draw_nodes(struct view *view, const struct snapshot *s, int row, int max)
{
	int shown = count_shown(view, s);
	int index = 0;
	int end;
	size_t i;

	draw_node_heading(row++, view->mode);
	max--;
	if (view->first_node > shown - max)
		view->first_node = shown > max ? shown - max : 0;
	end = view->first_node + max;
	for (i = 0; i < s->nodes.count && index < end; i++) {
		const struct node *node = &s->nodes.node[i];

		if (!view->show_dead && snapshot_is_dead(node))
			continue;
		if (index++ >= view->first_node)
			draw_node(row++, node, s, view->mode);
	}
	if (!shown)
		term_put(row++, 2, ROLE_DIM, "no nodes");
	return row;
}

static void draw_process(int row, const struct process *p, const struct snapshot *s, bool selected)
{
	enum role role = selected ? ROLE_SELECTED : ROLE_NORMAL;
	const struct process_column *c;
	char cell[CELL_MAX], text[CELL_MAX];
	int x = 0;

	put_line(row, role, "");
	for (c = process_columns; c->title; c++) {
		int width = c->width ? c->width : COLS - x;

		c->format(p, s, text);
		cell_fit(cell, text, width, c->right);
		term_put(row, x, role, cell);
		x += width + 1;
	}
}

static void draw_process_heading(int row)
{
	const struct process_column *c;
	char cell[CELL_MAX];
	int x = 0;

	for (c = process_columns; c->title; c++) {
		cell_fit(cell, c->title, c->width ? c->width : (int)strlen(c->title), c->right);
		term_put(row, x, ROLE_HEADING, cell);
		x += c->width + 1;
	}
}

/* The part of the list that is shown always has the selected process in it. */
static size_t first_process(const struct view *view, const struct snapshot *s, int rows)
{
	size_t i;

	for (i = 0; i < s->nr_processes; i++)
		if (s->process[i].pid == view->selected)
			return (int)i >= rows ? i - rows + 1 : 0;
	return 0;
}

static void draw_processes(struct view *view, const struct snapshot *s, int row, int end)
{
	size_t i;

	if (row + 1 >= end)
		return;
	draw_process_heading(row++);
	if (!s->nr_processes)
		term_put(row, 2, ROLE_DIM, "no process is away and no guest is here");
	for (i = first_process(view, s, end - row); i < s->nr_processes && row < end; i++)
		draw_process(row++, &s->process[i], s, s->process[i].pid == view->selected);
}

static void draw_help(const struct view *view, int row, int end)
{
	static const char *const when[] = {
		[ANYWHERE] = "", [UNSELECTED] = "", [SELECTED] = "[process selected] ",
	};
	char line[CELL_MAX];
	const struct key *key;

	term_put(row++, 0, ROLE_HEADING, "KEYS");
	for (key = keys; key->name && row < end; key++) {
		snprintf(line, sizeof(line), "  %-8s %s%s", key->name, when[key->context],
			 key->help);
		term_put(row++, 0, ROLE_NORMAL, line);
	}
}

static void draw_bottom(const struct view *view, const struct snapshot *s)
{
	char line[CELL_MAX] = "";

	switch (view->prompt) {
	case PROMPT_MIGRATE:
		snprintf(line, sizeof(line), "Move %d to node (id, name or home): %s_",
			 view->selected, view->answer);
		break;
	case PROMPT_EXPEL:
		snprintf(line, sizeof(line), "Send all %u guests away and take no more? (y/n) %s_",
			 s->nr_guests, view->answer);
		break;
	case PROMPT_NONE:
		if (view->message[0] || s->trouble[0] || !s->last_move[0])
			snprintf(line, sizeof(line), "%s",
				 view->message[0] ? view->message : s->trouble);
		else
			snprintf(line, sizeof(line), "last move: %.240s", s->last_move);
		break;
	}
	put_line(LINES - 2, ROLE_MESSAGE, line);
	put_line(LINES - 1, ROLE_TITLE, view->selected ?
		 " F1 help  m migrate  b bring home  l lock  Esc select none  q quit" :
		 " F1 help  q quit  l load  s speed  m memory  u util  d dead  a all  j k select");
}

void screen_draw(struct view *view, const struct snapshot *s)
{
	int end = LINES - 2;
	int row;

	erase();
	if (LINES < MIN_LINES || COLS < MIN_COLUMNS) {
		term_put(0, 0, ROLE_MESSAGE, "mosmon: the screen is too small");
		refresh();
		return;
	}
	keys_selected(view, s);
	draw_title(s);
	if (view->help) {
		draw_help(view, 2, end);
	} else {
		row = draw_nodes(view, s, 1, s->nr_processes ? (end - 1) * 3 / 5 : end - 4);
		draw_processes(view, s, row + 1, end);
	}
	draw_bottom(view, s);
	refresh();
}
