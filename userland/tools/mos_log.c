// SPDX-License-Identifier: GPL-2.0
/*
 * mos log: the moves of this node's processes and why each was made, as the
 * daemon wrote them down.
 */
#include "tools/mos.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/json.h"
#include "tools/mos_view.h"
#include "tools/moves.h"

#define DEFAULT_COUNT 20

struct choice {
	pid_t pid;		/* 0: all */
	uint32_t count;
	bool json, follow;
};

static void write_move(const struct move *move)
{
	struct json json = { .out = stdout };

	json_open(&json, NULL, '{');
	json_number(&json, "time_ms", move->time_ms);
	json_number(&json, "pid", move->pid);
	json_string(&json, "comm", move->comm);
	json_number(&json, "from", move->from);
	json_number(&json, "to", move->to);
	json_string(&json, "cause", move->cause);
	json_string(&json, "text", move->text);
	json_close(&json, '}');
	json_end(&json);
}

static void print_move(const struct choice *choice, const struct move *move,
		       const struct node_list *nodes)
{
	char line[MOVE_LINE_MAX];

	if (choice->pid && move->pid != choice->pid)
		return;
	if (choice->json)
		write_move(move);
	else
		puts(moves_text(move, nodes, line));
}

static bool same_move(const struct move *a, const struct move *b)
{
	return a->time_ms == b->time_ms && a->pid == b->pid && a->to == b->to;
}

/* Where the list goes on after a move that was printed; its start when that is not in it. */
static size_t first_after(const struct move_list *list, const struct move *last)
{
	size_t i;

	for (i = list->count; i > 0; i--)
		if (same_move(&list->move[i - 1], last))
			return i;
	return 0;
}

/* The last count of those that are wanted. */
static size_t first_of_last(const struct choice *choice, const struct move_list *list)
{
	uint32_t left = choice->count;
	size_t i;

	for (i = list->count; i > 0 && left; i--)
		left -= !choice->pid || list->move[i - 1].pid == choice->pid;
	return i;
}

static void print_from(const struct choice *choice, const struct move_list *list, size_t i)
{
	struct node_list nodes;

	if (i >= list->count)
		return;
	if (node_list_read(&nodes))
		memset(&nodes, 0, sizeof(nodes));
	for (; i < list->count; i++)
		print_move(choice, &list->move[i], &nodes);
	node_list_free(&nodes);
}

static int follow(const struct choice *choice, struct move last)
{
	struct move_list list;

	tool_stay_home();
	while (!fflush(stdout) && !ferror(stdout)) {
		usleep(300000);
		if (moves_read(&list))
			continue;	/* it may be written anew just now */
		print_from(choice, &list, first_after(&list, &last));
		if (list.count)
			last = list.move[list.count - 1];
		moves_free(&list);
	}
	return TOOL_FAILED;
}

static int show(const struct choice *choice)
{
	struct move last = { 0 };
	struct move_list list;
	int err = moves_read(&list);

	if (err == -ENOENT && !choice->follow)
		log_warn("nothing has been moved by omdiscd since it started: /run/omdiscd/moves is missing");
	if (err && err != -ENOENT) {
		log_fail(err, "cannot read /run/omdiscd/moves");
		return TOOL_FAILED;
	}
	print_from(choice, &list, first_of_last(choice, &list));
	if (list.count)
		last = list.move[list.count - 1];
	moves_free(&list);
	return choice->follow ? follow(choice, last) : TOOL_OK;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct choice choice = { .count = DEFAULT_COUNT };
	struct mos_view view;
	int letter;

	mos_view_start(&view, argc, argv);
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		if (letter == 'n' && parse_u32(optarg, &choice.count))
			return tool_wrong(tool, "-n: '%s' is no number", optarg);
		choice.json |= letter == 'j';
		choice.follow |= letter == 'w';
	}
	if (argc - optind > 1)
		return tool_wrong(tool, "one process id at most");
	if (optind < argc && parse_pid(argv[optind], &choice.pid))
		return tool_wrong(tool, "'%s' is no process id", argv[optind]);
	return show(&choice);
}

static const struct tool_option options[] = {
	{ 'n', "N", "the last N moves; default 20" },
	{ 'w', NULL, "and those to come, until Ctrl-C; also --watch" },
	{ 'j', NULL, "JSON, one object a line; also --json" },
	{ 0 }
};

const struct tool mos_log = {
	.name = "mos log",
	.synopsis = "[-n N] [-w] [-j] [PID]",
	.summary = "moves of this node's processes, and why each was made",
	.options = options,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
