// SPDX-License-Identifier: GPL-2.0
/*
 * The collector of mosmon: reads nodes, processes that are away and guests into
 * one snapshot. It draws nothing and survives whatever is missing; what is
 * shown on a terminal is made printable here.
 */
#include "tools/mosmon_data.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/file.h"
#include "lib/guest.h"
#include "tools/moves.h"
#include "tools/proc.h"

static void copy_printable(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++)
		out[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
	out[i] = '\0';
}

static struct process *add_process(struct snapshot *s)
{
	struct process *grown;

	grown = reallocarray(s->process, s->nr_processes + 1, sizeof(*grown));
	if (!grown)
		return NULL;
	s->process = grown;
	grown += s->nr_processes++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static void add_own(struct snapshot *s, const struct away *away)
{
	struct process *p;
	struct proc proc;

	if (proc_read(away->pid, &proc) || proc.kernel_thread || proc_is_guest(away->pid))
		return;
	p = add_process(s);
	if (!p)
		return;
	p->kind = away->where ? PROCESS_AWAY : PROCESS_LOCAL;
	s->nr_away += p->kind == PROCESS_AWAY;
	p->pid = away->pid;
	p->node = away->where;
	p->nmigs = away->nmigs;
	p->lock = away->lock;
	p->ticks = proc.ticks;
	p->seconds = proc.ticks / sysconf(_SC_CLK_TCK);
	p->start = proc.start;
	proc_user(away->uid, p->user);
	proc_state_text(&proc, p->state);
	copy_printable(p->cmd, sizeof(p->cmd), proc.cmd);
}

static void collect_own(struct snapshot *s, bool with_local)
{
	struct away_list list;
	size_t i;

	if (away_list_read(&list, with_local))
		return;
	for (i = 0; i < list.count; i++)
		add_own(s, &list.proc[i]);
	away_list_free(&list);
}

static void add_guest(struct snapshot *s, const struct guest *guest)
{
	struct process *p = add_process(s);
	struct proc proc;

	if (!p)
		return;
	p->kind = PROCESS_GUEST;
	p->pid = guest->pid;
	p->node = guest->from;
	p->ticks = guest->utime + guest->stime;
	p->seconds = p->ticks / sysconf(_SC_CLK_TCK);
	if (guest->uid == (uid_t)-1)
		strcpy(p->user, "-");
	else	/* a number: names are those of its home */
		snprintf(p->user, sizeof(p->user), "%u", guest->uid);
	if (!proc_read(guest->pid, &proc))
		proc_state_text(&proc, p->state);
	copy_printable(p->cmd, sizeof(p->cmd), guest->comm[0] ? guest->comm : "-");
}

static void collect_guests(struct snapshot *s)
{
	struct guest_list list;
	size_t i;

	if (guest_list_read(&list))
		return;
	s->nr_guests = list.count;
	for (i = 0; i < list.count; i++)
		add_guest(s, &list.guest[i]);
	guest_list_free(&list);
}

bool snapshot_is_dead(const struct node *node)
{
	if (node->self)
		return false;
	if (node->heard)
		return node->state == NODE_DEAD || node->state == NODE_LEFT;
	return !(node->status & NODE_UP);
}

const char *snapshot_state(const struct node *node)
{
	if (node->heard)
		return node_state_name(node->state);
	return snapshot_is_dead(node) ? "down" : "up";
}

static void collect_nodes(struct snapshot *s)
{
	size_t i;
	int err = node_list_read(&s->nodes);

	if (err) {
		memset(&s->nodes, 0, sizeof(s->nodes));
		snprintf(s->trouble, sizeof(s->trouble), "cannot read the nodes: %s",
			 strerror(-err));
	}
	for (i = 0; i < s->nodes.count; i++) {
		struct node *node = &s->nodes.node[i];

		copy_printable(node->name, sizeof(node->name), node->name);
		if (node->self)
			node->guests = s->nr_guests;
		if (snapshot_is_dead(node))
			s->nr_dead++;
		else
			s->nr_up++;
	}
}

static void collect_last_move(struct snapshot *s)
{
	struct move_list moves;
	char line[MOVE_LINE_MAX];

	if (moves_read(&moves))
		return;
	if (moves.count) {
		moves_text(&moves.move[moves.count - 1], &s->nodes, line);
		snprintf(s->last_move, sizeof(s->last_move), "%.255s", line);
	}
	moves_free(&moves);
}

static void find_trouble(struct snapshot *s)
{
	int err = node_self(&s->self);
	const char *text = "";

	if (err == -ENOENT)
		text = "this kernel has no openMosix: /proc/hpc is missing";
	else if (err)
		text = "this node's id cannot be read from /proc/hpc/admin/mospe";
	else if (!s->self)
		text = "this node is in no cluster yet: it has no id";
	else if (file_exists("/run/omdiscd/peers"))
		text = "omdiscd does not run: /run/omdiscd/peers is missing";
	snprintf(s->trouble, sizeof(s->trouble), "%s", text);
}

static int by_kind(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

void snapshot_read(struct snapshot *snapshot, bool with_local)
{
	memset(snapshot, 0, sizeof(*snapshot));
	find_trouble(snapshot);
	collect_own(snapshot, with_local);
	collect_guests(snapshot);
	collect_nodes(snapshot);
	collect_last_move(snapshot);
	if (snapshot->nr_processes)
		qsort(snapshot->process, snapshot->nr_processes,
		      sizeof(*snapshot->process), by_kind);
}

void snapshot_free(struct snapshot *snapshot)
{
	node_list_free(&snapshot->nodes);
	free(snapshot->process);
	memset(snapshot, 0, sizeof(*snapshot));
}
