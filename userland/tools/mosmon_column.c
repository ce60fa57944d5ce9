// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of mosmon's tables: what stands in them and how it is written, in
 * plain ASCII. Screen and text output use the same; a further display mode is a
 * further row of modes[].
 */
#include "tools/mosmon_column.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BAR_FULL_LOAD 100	/* percent of this node's own capacity */
#define STANDARD_SPEED 10000

/* '#' for the first part, '+' for the second, of a whole; both are clipped to it. */
static void draw_bar(char out[CELL_MAX], int width, uint64_t part, uint64_t second, uint64_t whole)
{
	int inner = width - 2;
	int n, m;

	out[0] = '\0';
	if (inner < 1 || inner > CELL_MAX - 3)
		return;
	if (part > whole)
		part = whole;
	if (second > whole - part)
		second = whole - part;
	n = whole ? (int)((double)part / whole * inner + 0.5) : 0;
	m = whole ? (int)((double)(part + second) / whole * inner + 0.5) - n : 0;
	out[0] = '[';
	memset(out + 1, ' ', inner);
	memset(out + 1, '#', n);
	memset(out + 1 + n, '+', m);
	out[inner + 1] = ']';
	out[inner + 2] = '\0';
}

static void format_bytes(char out[CELL_MAX], uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double value = bytes / 1024.0;
	int unit = 0;

	while (value >= 1000 && units[unit + 1]) {
		value /= 1024;
		unit++;
	}
	snprintf(out, CELL_MAX, value < 10 && unit ? "%.1f%c" : "%.0f%c", value, units[unit]);
}

static uint64_t used_memory(const struct node *node)
{
	return node->tmem > node->mem ? node->tmem - node->mem : 0;
}

static unsigned int used_percent(const struct node *node)
{
	return node->tmem ? (unsigned int)((double)used_memory(node) / node->tmem * 100) : 0;
}

static enum role percent_role(const struct node *node, uint64_t percent)
{
	if (snapshot_is_dead(node))
		return ROLE_DIM;
	if (percent >= 90)
		return ROLE_BAD;
	return percent >= 60 ? ROLE_WARN : ROLE_GOOD;
}

/* Load counts standard CPUs; a bar is full when all of the node's own are busy. */
static uint64_t load_percent(const struct node *node)
{
	uint64_t speed = node->speed ? node->speed : STANDARD_SPEED;
	uint64_t cpus = node->cpus ? node->cpus : 1;

	return (uint64_t)((double)node->load * STANDARD_SPEED / speed / cpus);
}

static void format_id(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%s%u", node->self ? "*" : "", node->id);
}

static void format_name(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%s", node->name[0] ? node->name : node->addr);
}

static void format_state(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%s", snapshot_state(node));
}

static enum role role_state(const struct node *node)
{
	if (snapshot_is_dead(node))
		return ROLE_BAD;
	return node->heard && node->state == NODE_SUSPECT ? ROLE_WARN : ROLE_GOOD;
}

static void format_cpus(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%u", node->cpus);
}

static void format_speed(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%" PRIu64, node->speed);
}

static void format_load(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%" PRIu64 "%%", node->load);
}

static void bar_load(const struct node *node, const struct snapshot *s, char *out, int width)
{
	draw_bar(out, width, load_percent(node), 0, BAR_FULL_LOAD);
}

static enum role role_load(const struct node *node)
{
	return percent_role(node, load_percent(node));
}

static void format_memory(const struct node *node, const struct snapshot *s, char *out, int width)
{
	format_bytes(out, node->tmem);
}

static void format_usable(const struct node *node, const struct snapshot *s, char *out, int width)
{
	format_bytes(out, node->mem);
}

static void format_used(const struct node *node, const struct snapshot *s, char *out, int width)
{
	format_bytes(out, used_memory(node));
}

static void bar_memory(const struct node *node, const struct snapshot *s, char *out, int width)
{
	draw_bar(out, width, used_memory(node), 0, node->tmem);
}

static uint64_t most(const struct snapshot *s, uint64_t (*value)(const struct node *node))
{
	uint64_t best = 0;
	size_t i;

	for (i = 0; i < s->nodes.count; i++)
		if (value(&s->nodes.node[i]) > best)
			best = value(&s->nodes.node[i]);
	return best;
}

static uint64_t total_memory(const struct node *node)
{
	return node->tmem;
}

static uint64_t speed_of(const struct node *node)
{
	return node->speed;
}

/* Solid: used; '+': free, up to the node's total; all to the scale of the largest node. */
static void bar_memory_wide(const struct node *node, const struct snapshot *s, char *out, int width)
{
	draw_bar(out, width, used_memory(node), node->tmem - used_memory(node),
		 most(s, total_memory));
}

static enum role role_memory(const struct node *node)
{
	return percent_role(node, used_percent(node));
}

static void bar_speed(const struct node *node, const struct snapshot *s, char *out, int width)
{
	draw_bar(out, width, node->speed, 0, most(s, speed_of));
}

static enum role role_plain_bar(const struct node *node)
{
	return snapshot_is_dead(node) ? ROLE_DIM : ROLE_GOOD;
}

static void format_util(const struct node *node, const struct snapshot *s, char *out, int width)
{
	snprintf(out, CELL_MAX, "%u%%", node->util);
}

static void bar_util(const struct node *node, const struct snapshot *s, char *out, int width)
{
	draw_bar(out, width, node->util, 0, 100);
}

static void format_guests(const struct node *node, const struct snapshot *s, char *out, int width)
{
	if (node->heard || node->self)
		snprintf(out, CELL_MAX, "%u", node->guests);
	else
		strcpy(out, "-");
}

static void format_age(const struct node *node, const struct snapshot *s, char *out, int width)
{
	if (node->heard)
		snprintf(out, CELL_MAX, "%us", node->age);
	else
		strcpy(out, "-");
}

static const struct column load_columns[] = {
	{ "ID", 5, true, format_id, NULL },
	{ "NAME", 11, false, format_name, NULL },
	{ "STATE", 7, false, format_state, role_state },
	{ "CPUS", 4, true, format_cpus, NULL },
	{ "SPEED", 6, true, format_speed, NULL },
	{ "LOAD", 5, true, format_load, NULL },
	{ "", 12, false, bar_load, role_load },
	{ "MEM", 4, true, format_memory, NULL },
	{ "", 0, false, bar_memory, role_memory },
	{ "GUESTS", 6, true, format_guests, NULL },
	{ 0 }
};

static const struct column speed_columns[] = {
	{ "ID", 5, true, format_id, NULL },
	{ "NAME", 11, false, format_name, NULL },
	{ "STATE", 7, false, format_state, role_state },
	{ "CPUS", 4, true, format_cpus, NULL },
	{ "SPEED", 8, true, format_speed, NULL },
	{ "", 0, false, bar_speed, role_plain_bar },
	{ 0 }
};

static const struct column memory_columns[] = {
	{ "ID", 5, true, format_id, NULL },
	{ "NAME", 11, false, format_name, NULL },
	{ "STATE", 7, false, format_state, role_state },
	{ "USED", 5, true, format_used, NULL },
	{ "USABLE", 6, true, format_usable, NULL },
	{ "TOTAL", 5, true, format_memory, NULL },
	{ "", 0, false, bar_memory_wide, role_memory },
	{ 0 }
};

static const struct column util_columns[] = {
	{ "ID", 5, true, format_id, NULL },
	{ "NAME", 11, false, format_name, NULL },
	{ "STATE", 7, false, format_state, role_state },
	{ "HEARD", 5, true, format_age, NULL },
	{ "UTIL", 5, true, format_util, NULL },
	{ "", 0, false, bar_util, role_plain_bar },
	{ 0 }
};

static const struct column *const modes[] = {
	[MODE_LOAD] = load_columns,
	[MODE_SPEED] = speed_columns,
	[MODE_MEMORY] = memory_columns,
	[MODE_UTIL] = util_columns,
};

const struct column *columns_of(enum mode mode)
{
	return modes[mode];
}

int columns_rest(enum mode mode, int line)
{
	const struct column *c;
	int used = 0;

	for (c = modes[mode]; c->title; c++)
		used += c->width + 1;
	line -= used - 1;
	if (line < 0)
		return 0;
	return line < CELL_MAX - 1 ? line : CELL_MAX - 1;
}

static void process_pid(const struct process *p, const struct snapshot *s, char *out)
{
	snprintf(out, CELL_MAX, "%d", p->pid);
}

static void process_user(const struct process *p, const struct snapshot *s, char *out)
{
	snprintf(out, CELL_MAX, "%s", p->user);
}

static void process_place(const struct process *p, const struct snapshot *s, char *out)
{
	static const char *const words[] = {
		[PROCESS_AWAY] = "away at",
		[PROCESS_GUEST] = "guest of",
		[PROCESS_LOCAL] = "at home",
	};

	snprintf(out, CELL_MAX, "%s", words[p->kind]);
}

static void process_node(const struct process *p, const struct snapshot *s, char *out)
{
	const struct node *node = node_list_id(&s->nodes, p->node);

	if (!p->node)
		strcpy(out, "-");
	else
		snprintf(out, CELL_MAX, "%u %s", p->node, node ? node->name : "");
}

static void process_nmigs(const struct process *p, const struct snapshot *s, char *out)
{
	if (p->kind == PROCESS_GUEST)
		strcpy(out, "-");
	else
		snprintf(out, CELL_MAX, "%u", p->nmigs);
}

static void process_lock(const struct process *p, const struct snapshot *s, char *out)
{
	strcpy(out, p->kind == PROCESS_GUEST ? "-" : p->lock ? "yes" : "no");
}

static void process_state(const struct process *p, const struct snapshot *s, char *out)
{
	snprintf(out, CELL_MAX, "%s", p->state[0] ? p->state : "-");
}

static void process_time(const struct process *p, const struct snapshot *s, char *out)
{
	snprintf(out, CELL_MAX, "%" PRIu64 ":%02u", p->seconds / 60,
		 (unsigned int)(p->seconds % 60));
}

static void process_command(const struct process *p, const struct snapshot *s, char *out)
{
	snprintf(out, CELL_MAX, "%s", p->cmd);
}

const struct process_column process_columns[] = {
	{ "PID", 7, true, process_pid },
	{ "USER", 8, false, process_user },
	{ "PLACE", 8, false, process_place },
	{ "NODE", 11, false, process_node },
	{ "MIGS", 4, true, process_nmigs },
	{ "LOCK", 4, false, process_lock },
	{ "STAT", 4, false, process_state },
	{ "TIME", 6, true, process_time },
	{ "COMMAND", 0, false, process_command },
	{ 0 }
};

void cell_fit(char out[CELL_MAX], const char *text, int width, bool right)
{
	if (width > CELL_MAX - 1)
		width = CELL_MAX - 1;
	if (width < 0)
		width = 0;
	snprintf(out, CELL_MAX, right ? "%*.*s" : "%-*.*s", width, width, text);
}
