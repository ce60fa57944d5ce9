// SPDX-License-Identifier: GPL-2.0
/*
 * mosrun and its wrappers runhome, runon and nomig: lock and move the calling
 * process, then become the program. Locks come first, so that nothing moves the
 * process between the two. The exit code is the program's; our own failures are
 * 125 to 127, as env(1) has them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/log.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/target.h"
#include "tools/tool.h"

enum lock_wish { LOCK_DEFAULT, LOCK_KEEP, LOCK_ON, LOCK_OFF };

struct request {
	bool move;
	unsigned int node;	/* 0 = home */
	const char *list;	/* pick the node from this one */
	bool forgive;		/* run here when the node cannot be reached */
	enum lock_wish lock;
};

static int set_lock(enum lock_wish wish)
{
	int err;

	if (wish == LOCK_KEEP)
		return 0;
	err = file_write("/proc/self/lock", wish == LOCK_OFF ? "0\n" : "1\n");
	if (!err)
		return 0;
	if (err == -ENOENT)
		log_error("cannot lock: this kernel has no openMosix (/proc/self/lock is missing)");
	else
		log_fail(err, "cannot write /proc/self/lock");
	return err;
}

static int go(unsigned int node, bool forgive)
{
	int err = file_writef("/proc/self/goto", "%u\n", node);

	if (!err)
		return 0;
	if (err == -ENOENT)
		log_error("cannot move: this kernel has no openMosix (/proc/self/goto is missing)");
	else
		target_explain(getpid(), node, err);
	if (!forgive)
		return err;
	log_warn("running the program here, as -F asks");
	return 0;
}

static int become(char **argv)
{
	int err;

	execvp(argv[0], argv);
	err = errno;
	log_fail(err, "cannot run '%s'", argv[0]);
	return err == ENOENT ? RUN_NOT_FOUND : RUN_CANNOT_EXEC;
}

static int start(const struct tool *tool, const struct request *request, char **argv)
{
	if (!argv[0])
		return tool_wrong(tool, "no program is given");
	if (set_lock(request->lock) && !request->forgive)
		return RUN_FAILED;
	if (request->move && go(request->node, request->forgive))
		return RUN_FAILED;
	return become(argv);
}

/* One "ID" or "ID1-ID2"; 0 or -EINVAL. */
static int parse_range(char *text, unsigned int *first, unsigned int *last)
{
	char *dash = strchr(text, '-');

	if (dash)
		*dash = '\0';
	if (parse_id(text, first) || parse_id(dash ? dash + 1 : text, last))
		return -EINVAL;
	return *first <= *last ? 0 : -EINVAL;
}

static bool may_run_on(const struct node *node, unsigned int first, unsigned int last)
{
	return node->id >= first && node->id <= last &&
	       (node->self || ((node->status & NODE_UP) && !(node->status & NODE_BLOCK)));
}

/* One of the nodes of "1,3-5" that are up, with equal chances; 0 or -errno. */
static int pick_random(const char *text, unsigned int *id)
{
	unsigned int first, last, seen = 0;
	struct node_list list;
	char copy[256];
	char *rest = copy;
	char *part;
	size_t i;
	int err;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	err = node_list_read(&list);
	if (err)
		return err;
	srandom(getpid() ^ (unsigned int)(uintptr_t)&err);
	while ((part = strsep(&rest, ","))) {
		if (parse_range(part, &first, &last)) {
			err = -EINVAL;
			break;
		}
		for (i = 0; i < list.count; i++)
			if (may_run_on(&list.node[i], first, last) && random() % ++seen == 0)
				*id = list.node[i].id;
	}
	node_list_free(&list);
	if (err)
		return err;
	return seen ? 0 : -ENXIO;
}

/* What this node starts is at home when it runs here. */
static unsigned int home_if_self(unsigned int node)
{
	unsigned int self;

	return !node_self(&self) && self == node ? 0 : node;
}

static int want_node(const struct tool *tool, struct request *request, const char *text)
{
	int err = target_parse(text, &request->node);

	if (err == -ENXIO || err == -EINVAL || err == -ERANGE)
		return tool_wrong(tool, "'%s' is no node: an id from 1 to 65535 or a node's name",
				  text);
	if (err) {
		tool_no_cluster(err);
		return RUN_FAILED;
	}
	request->move = true;
	request->node = home_if_self(request->node);
	return 0;
}

static int want_random(const struct tool *tool, struct request *request, const char *text)
{
	int err = pick_random(text, &request->node);

	if (err == -EINVAL)
		return tool_wrong(tool, "'%s' is no list of node ids such as 1,3-5", text);
	if (err == -ENXIO && !request->forgive) {
		log_error("no node of '%s' is up and takes guests", text);
		return RUN_FAILED;
	}
	if (err && err != -ENXIO) {
		tool_no_cluster(err);
		return RUN_FAILED;
	}
	request->move = !err;
	request->node = home_if_self(request->node);
	return 0;
}

static const struct tool_option mosrun_options[] = {
	{ 'h', NULL, "run at home, locked" },
	{ 'N', "NODE", "run on this node (id or name); -NODE, as -3, is the same" },
	{ 'j', "LIST", "run on a random node of a list such as 1,3-5" },
	{ 'F', NULL, "when the node cannot be had, run here" },
	{ 'L', NULL, "lock: no automatic migration (the default)" },
	{ 'l', NULL, "unlock: automatic migration is allowed" },
	{ 'k', NULL, "keep the lock of the calling shell" },
	{ 0 }
};

/* openMosix's "-3": becomes "-N3" for getopt. */
static int expand_node_ids(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		if (!strcmp(argv[i], "--"))
			return 0;
		if (!strcmp(argv[i], "-N") || !strcmp(argv[i], "-j")) {
			i++;
			continue;
		}
		if (!isdigit((unsigned char)argv[i][1]))
			continue;
		if (asprintf(&argv[i], "-N%s", argv[i] + 1) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int refuse_old_option(char letter)
{
	log_error("-%c is not supported: this version keeps no decaying statistics of processes",
		  letter);
	return RUN_FAILED;
}

static int apply_option(const struct tool *tool, struct request *request, int letter)
{
	switch (letter) {
	case 'h':
		request->move = true;
		request->node = 0;
		return 0;
	case 'N':
		return want_node(tool, request, optarg);
	case 'j':
		request->list = optarg;
		return 0;
	case 'F':
		request->forgive = true;
		return 0;
	case 'L':
		request->lock = LOCK_ON;
		return 0;
	case 'l':
		request->lock = LOCK_OFF;
		return 0;
	case 'k':
		request->lock = LOCK_KEEP;
		return 0;
	}
	return RUN_FAILED;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct request request = { .lock = LOCK_DEFAULT };
	int letter;
	int code;

	if (expand_node_ids(argc, argv)) {
		log_fail(ENOMEM, "cannot read the options");
		return RUN_FAILED;
	}
	for (;;) {
		const char *word = optind < argc ? argv[optind] : "";

		if (word[0] == '-' && word[1] && strchr("cinsftdeErRz", word[1]))
			return refuse_old_option(word[1]);
		letter = tool_getopt(tool, argc, argv);
		if (letter == -1)
			break;
		code = apply_option(tool, &request, letter);
		if (code)
			return code;
	}
	if (request.list) {
		code = want_random(tool, &request, request.list);
		if (code)
			return code;
	}
	return start(tool, &request, argv + optind);
}

static void mosrun_more_help(void)
{
	puts("\nExit code: the program's; 125 mosrun failed, 126 the program cannot be run,\n"
	     "127 it was not found. The options -c -i -n -s -f -t -d -e -E -r -R -z of\n"
	     "openMosix are refused. This help is --help; -h is 'home'.");
}

static int run_home(const struct tool *tool, int argc, char **argv)
{
	const struct request request = { .move = true, .lock = LOCK_ON };

	while (tool_getopt(tool, argc, argv) != -1)
		;
	return start(tool, &request, argv + optind);
}

static int run_on(const struct tool *tool, int argc, char **argv)
{
	struct request request = { .lock = LOCK_ON };
	int code;

	while (tool_getopt(tool, argc, argv) != -1)
		;
	if (optind >= argc)
		return tool_wrong(tool, "no node is given");
	code = want_node(tool, &request, argv[optind]);
	return code ? code : start(tool, &request, argv + optind + 1);
}

static int run_unmoved(const struct tool *tool, int argc, char **argv)
{
	const struct request request = { .lock = LOCK_ON };

	while (tool_getopt(tool, argc, argv) != -1)
		;
	return start(tool, &request, argv + optind);
}

const struct tool tool_mosrun = {
	.name = "mosrun",
	.synopsis = "[-F] [-h | -N NODE | -NODE | -j LIST] [-L | -l | -k] PROGRAM [ARGUMENT...]",
	.summary = "Run a program at home, on a node, or here; locked or free to be moved.",
	.options = mosrun_options,
	.more_help = mosrun_more_help,
	.run = run,
	.bad_usage = RUN_FAILED,
};

const struct tool tool_runhome = {
	.name = "runhome",
	.synopsis = "PROGRAM [ARGUMENT...]",
	.summary = "Run a program at home, locked: as mosrun -h.",
	.run = run_home,
	.bad_usage = RUN_FAILED,
};

const struct tool tool_runon = {
	.name = "runon",
	.synopsis = "NODE PROGRAM [ARGUMENT...]",
	.summary = "Run a program on a node, locked there: as mosrun -N NODE.",
	.run = run_on,
	.bad_usage = RUN_FAILED,
};

const struct tool tool_nomig = {
	.name = "nomig",
	.synopsis = "PROGRAM [ARGUMENT...]",
	.summary = "Run a program that is never moved automatically: as mosrun -L.",
	.run = run_unmoved,
	.bad_usage = RUN_FAILED,
};
