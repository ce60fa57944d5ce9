// SPDX-License-Identifier: GPL-2.0
/*
 * What the views of mos have in common: the options -j, -w and -i, the loop of
 * -w, colours, and how nodes and sizes are written.
 */
#include "tools/mos_view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "lib/log.h"
#include "lib/parse.h"

#define MAX_INTERVAL 3600

static const char * const paints[] = {
	[PAINT_NONE]	= "\033[0m",
	[PAINT_BOLD]	= "\033[1m",
	[PAINT_GOOD]	= "\033[32m",
	[PAINT_WARN]	= "\033[33m",
	[PAINT_BAD]	= "\033[1;31m",
};

static const struct {
	enum node_status bit;
	const char *word;
} switches[MOS_SWITCHES] = {
	{ NODE_STAY, "stay" },
	{ NODE_LSTAY, "lstay" },
	{ NODE_BLOCK, "block" },
	{ NODE_QUIET, "quiet" },
};

static bool has_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && term[0] && strcmp(term, "dumb");
}

void mos_view_start(struct mos_view *view, int argc, char **argv)
{
	static char json[] = "-j", watch[] = "-w";
	const char *no_color = getenv("NO_COLOR");
	int i;

	*view = (struct mos_view) {
		.interval = 1,
		.colour = has_screen() && !(no_color && no_color[0]),
	};
	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--json"))
			argv[i] = json;
		else if (!strcmp(argv[i], "--watch"))
			argv[i] = watch;
	}
}

int mos_view_option(const struct tool *tool, struct mos_view *view, int letter, const char *value)
{
	uint32_t seconds;

	switch (letter) {
	case 'j':
		view->json = true;
		view->colour = false;
		return 0;
	case 'w':
		view->watch = true;
		return 0;
	case 'i':
		if (parse_u32(value, &seconds) || seconds < 1 || seconds > MAX_INTERVAL)
			return tool_wrong(tool, "-i: an interval is 1 to %d seconds", MAX_INTERVAL);
		view->watch = true;
		view->interval = seconds;
		return 0;
	}
	return tool->bad_usage;
}

/* So much of a line as fits in some columns; colours take none. */
static void put_cut(const char *line, size_t len, unsigned int columns)
{
	size_t i;

	for (i = 0; i < len; i++) {
		bool colour = line[i] == '\033';

		if (colour || columns)
			putchar(line[i]);
		while (colour && line[i] != 'm' && i + 1 < len)
			putchar(line[++i]);
		columns -= !colour && columns;
	}
}

/* What fits on the screen; the last line has no newline, so that nothing scrolls. */
static void put_screen(const char *text)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int rows;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		size = (struct winsize) { .ws_row = 24, .ws_col = 80 };
	fputs("\033[H", stdout);
	for (rows = size.ws_row; *text && rows > 0; rows--) {
		size_t len = strcspn(text, "\n");

		fputs("\033[K", stdout);
		put_cut(text, len, size.ws_col);
		text += len + (text[len] == '\n');
		if (*text && rows > 1)
			fputs("\r\n", stdout);
	}
	fputs("\033[J", stdout);
}

static int show_screen(const struct mos_view *view, mos_show show, const void *choice)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int code;

	if (!out)
		return TOOL_FAILED;
	code = show(out, view, choice);
	fclose(out);
	put_screen(text);
	free(text);
	return code;
}

int mos_view_run(const struct mos_view *view, mos_show show, const void *choice)
{
	bool screen = view->watch && !view->json && has_screen();
	int code;

	if (view->watch)
		tool_stay_home();
	while (1) {
		code = screen ? show_screen(view, show, choice) : show(stdout, view, choice);
		if (fflush(stdout) || ferror(stdout) || !view->watch || code == TOOL_USAGE)
			return code;
		sleep(view->interval);
		if (!screen && !view->json)
			putchar('\n');
	}
}

const char *mos_paint(const struct mos_view *view, enum paint paint)
{
	return view->colour ? paints[paint] : "";
}

int mos_nodes_named(const char *text, const struct node_list *nodes, struct hostlist *list)
{
	char bad[NODE_NAME_MAX];
	int err = hostlist_parse(text ? text : "all", nodes, list, bad);

	if (!err)
		return TOOL_OK;
	if (err == -EINVAL) {
		log_error("'%s' is no list of nodes such as 1,3-5,beta", text ? text : "");
		return TOOL_USAGE;
	}
	if (err != -ENXIO)
		log_fail(err, "cannot read the list of nodes");
	else if (!text || !nodes->count)
		log_error("this node is in no cluster: no nodes are known");
	else
		log_error("no node '%s' is known here", bad);
	return err == -ENXIO && !nodes->count ? TOOL_NO_CLUSTER : TOOL_FAILED;
}

const char *mos_node_text(const struct node_list *nodes, unsigned int id, char out[static 80])
{
	const struct node *node = node_list_id(nodes, id);

	if (!id)
		snprintf(out, 80, "home");
	else
		snprintf(out, 80, "%u%s%s", id, node && node->name[0] ? " " : "",
			 node ? node->name : "");
	return out;
}

size_t mos_switches(unsigned int status, const char *words[static MOS_SWITCHES])
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < MOS_SWITCHES; i++)
		if (status & switches[i].bit)
			words[count++] = switches[i].word;
	return count;
}

const char *mos_size_text(uint64_t bytes, char out[static 24])
{
	static const char units[] = "KMGTP";
	uint64_t tenths = bytes * 10 / 1024;
	size_t unit = 0;

	while (tenths >= 10240 && unit + 2 < sizeof(units)) {
		tenths /= 1024;
		unit++;
	}
	if (tenths >= 1000 || tenths % 10 == 0)
		snprintf(out, 24, "%" PRIu64 "%c", tenths / 10, units[unit]);
	else
		snprintf(out, 24, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, units[unit]);
	return out;
}
