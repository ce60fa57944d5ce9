// SPDX-License-Identifier: GPL-2.0
/*
 * Starting a program with a lock, a decay, a node mask and a place: mosrun, its
 * wrappers and mos run. What the children inherit is set first and the move
 * comes last, so that nothing moves the process between the two.
 */
#include "tools/launch.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/hostlist.h"
#include "lib/log.h"
#include "lib/node.h"
#include "tools/target.h"

/* A file of this process; a kernel without it cannot do what is wanted. */
static int set_own(const char *file, const char *value, const char *what)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/self/%s", file);
	err = file_writef(path, "%s\n", value);
	if (!err)
		return 0;
	if (err == -ENOENT)
		log_error("cannot %s: this kernel has no %s", what, path);
	else
		log_fail(err, "cannot write '%s' to %s", value, path);
	return err;
}

static enum launch_lock chosen_lock(const struct launch *how)
{
	if (how->lock != LOCK_DEFAULT)
		return how->lock;
	return how->decay && !how->move ? LOCK_KEEP : LOCK_ON;
}

static int set_up(const struct launch *how)
{
	enum launch_lock lock = chosen_lock(how);
	int err = 0;

	if (lock != LOCK_KEEP)
		err = set_own("lock", lock == LOCK_OFF ? "0" : "1", "lock it");
	if (!err && how->decay)
		err = set_own("decay", how->decay, "set how the policy forgets");
	if (!err && how->mask)
		err = set_own("mignodes", how->mask, "set the nodes where it may run");
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

int launch(const struct tool *tool, const struct launch *how, char **argv)
{
	if (!argv[0])
		return tool_wrong(tool, "no program is given");
	if (set_up(how) && !how->forgive)
		return RUN_FAILED;
	if (how->move && go(how->node, how->forgive))
		return RUN_FAILED;
	return become(argv);
}

/* What this node starts is at home when it runs here. */
static unsigned int home_if_self(unsigned int node)
{
	unsigned int self;

	return !node_self(&self) && self == node ? 0 : node;
}

int launch_on(const struct tool *tool, struct launch *how, const char *node)
{
	int err = target_parse(node, &how->node);

	if (err == -ENXIO || err == -EINVAL || err == -ERANGE)
		return tool_wrong(tool, "'%s' is no node: an id from 1 to 65535 or a node's name",
				  node);
	if (err) {
		tool_no_cluster(err);
		return RUN_FAILED;
	}
	how->move = true;
	how->node = home_if_self(how->node);
	return 0;
}

static bool takes_guests(const struct node *node)
{
	return node->self || ((node->status & NODE_UP) && !(node->status & NODE_BLOCK));
}

/* What a process more would get there, in thousandths of a standard CPU. */
static uint64_t share_there(const struct node *node)
{
	uint64_t jobs = node->load * node->speed / 10000 + 100;	/* percent of one of its CPUs */

	return node->speed * 10 / (jobs < 100 ? 100 : jobs);
}

static const struct node *pick(const struct node_list *nodes, const struct hostlist *named, bool best)
{
	const struct node *picked = NULL;
	unsigned int seen = 0;
	size_t i;

	srandom(getpid() ^ (unsigned int)(uintptr_t)&seen);
	for (i = 0; i < nodes->count; i++) {
		const struct node *node = &nodes->node[i];

		if (!hostlist_has(named, node->id) || !takes_guests(node))
			continue;
		seen++;
		if (best ? !picked || share_there(node) > share_there(picked) : random() % seen == 0)
			picked = node;
	}
	return picked;
}

/* The list is understood; the place, or why there is none. */
static int choose(struct launch *how, const struct node_list *nodes, const struct hostlist *named,
		  const char *text, bool best)
{
	const struct node *node = pick(nodes, named, best);

	if (node) {
		how->move = true;
		how->node = home_if_self(node->id);
		return 0;
	}
	if (how->forgive)
		return 0;
	log_error("no node of '%s' is up and takes guests", text);
	return RUN_FAILED;
}

int launch_among(const struct tool *tool, struct launch *how, const char *list, bool best)
{
	static char mask[512];		/* the launch refers to it */
	char bad[NODE_NAME_MAX];
	struct hostlist named;
	struct node_list nodes;
	int code;
	int err = node_list_read(&nodes);

	if (err) {
		tool_no_cluster(err);
		return RUN_FAILED;
	}
	err = hostlist_parse(list, &nodes, &named, bad);
	if (!err) {
		code = choose(how, &nodes, &named, list, best);
		hostlist_text(&named, mask, sizeof(mask));
		how->mask = best ? mask : NULL;
		hostlist_free(&named);
	} else if (err == -ENXIO && how->forgive) {
		code = 0;
	} else if (err == -ENXIO) {
		log_error("no node '%s' is known here", bad);
		code = RUN_FAILED;
	} else {
		code = tool_wrong(tool, "'%s' is no list of nodes such as 1,3-5", list);
	}
	node_list_free(&nodes);
	return code;
}
