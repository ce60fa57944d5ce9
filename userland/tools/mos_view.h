/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOS_VIEW_H
#define TOOLS_MOS_VIEW_H

#include <stdbool.h>
#include <stdio.h>
#include "lib/hostlist.h"
#include "lib/node.h"
#include "tools/tool.h"

/* The options that all views of mos share; for the tables of their options. */
#define MOS_VIEW_OPTIONS \
	{ 'j', NULL, "JSON, also --json; with -w one document a line" }, \
	{ 'w', NULL, "watch: again each second until Ctrl-C, also --watch" }, \
	{ 'i', "SECONDS", "watch with this interval, 1 to 3600" }

#define MOS_SWITCHES 4

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_GOOD, PAINT_WARN, PAINT_BAD };

struct mos_view {
	bool json, watch;
	bool colour;		/* the terminal can, and NO_COLOR does not forbid it */
	unsigned int interval;	/* seconds */
};

/* What a view shows; it writes to out and gives a TOOL_* code. */
typedef int (*mos_show)(FILE *out, const struct mos_view *view, const void *choice);

/* --json and --watch become -j and -w; for tool_getopt(). */
void mos_view_start(struct mos_view *view, int argc, char **argv);
/* One of the options above; 0, or what to exit with. */
int mos_view_option(const struct tool *tool, struct mos_view *view, int letter, const char *value);
/* Shows it, once or again and again. */
int mos_view_run(const struct mos_view *view, mos_show show, const void *choice);
/* The sequence that starts a paint, PAINT_NONE ends it; "" without colour. */
const char *mos_paint(const struct mos_view *view, enum paint paint);

/*
 * The nodes that a user's list names, all where it is NULL; says on stderr what is wrong with it.
 * TOOL_OK, TOOL_USAGE, TOOL_FAILED or TOOL_NO_CLUSTER.
 */
int mos_nodes_named(const char *text, const struct node_list *nodes, struct hostlist *list);
/* "3 gamma", or "home" for 0. */
const char *mos_node_text(const struct node_list *nodes, unsigned int id, char out[static 80]);
/* The words for the switches that are set in a node's status; how many. */
size_t mos_switches(unsigned int status, const char *words[static MOS_SWITCHES]);
/* Bytes for people, as 3.5G. */
const char *mos_size_text(uint64_t bytes, char out[static 24]);

#endif
