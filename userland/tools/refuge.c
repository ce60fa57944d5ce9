// SPDX-License-Identifier: GPL-2.0
/*
 * Sending guests away, for who expels them: each to the node where it gets most
 * of a CPU and finds room for its memory. A guest goes through its home, which
 * keeps it where it may not go on; whatever is slow is sent home at the end.
 */
#include "tools/refuge.h"

#include <errno.h>
#include <unistd.h>
#include "lib/file.h"

#define LEAVES_MS	3000
#define POLL_MS		50

static bool is_open(const struct node *node)
{
	if (node->self || !(node->status & NODE_UP) || (node->status & NODE_BLOCK))
		return false;
	return !node->heard || node->state == NODE_ALIVE;
}

/* What one process more gets there, as a speed. */
static uint64_t share(const struct node *node)
{
	uint64_t jobs = node->load * node->speed / 10000 + 100;	/* percent of one of its CPUs */

	return node->speed * 100 / jobs;
}

static void add_guest(struct node *node, uint64_t bytes)
{
	unsigned int cpus = node->cpus ? node->cpus : 1;

	if (node->speed)
		node->load += 100 * 10000 / node->speed / cpus;
	node->mem -= bytes < node->mem ? bytes : node->mem;
}

unsigned int refuge_choose(struct node_list *nodes, const struct guest *guest)
{
	uint64_t bytes = guest->rss * sysconf(_SC_PAGESIZE);
	struct node *best = NULL;
	size_t i;

	for (i = 0; i < nodes->count; i++) {
		struct node *node = &nodes->node[i];
		bool home = node->id == guest->from;

		if (!home && (!is_open(node) || node->mem < bytes + bytes / 4))
			continue;
		if (!best || share(node) > share(best) || (home && share(node) == share(best)))
			best = node;
	}
	if (!best)
		return 0;
	add_guest(best, bytes);
	return best->id == guest->from ? 0 : best->id;
}

static int send_on(void)
{
	struct guest_list guests;
	struct node_list nodes;
	size_t i;
	int err = guest_list_read(&guests);

	if (err)
		return err;
	err = node_list_read(&nodes);
	for (i = 0; !err && i < guests.count; i++)
		guest_send(guests.guest[i].pid, refuge_choose(&nodes, &guests.guest[i]));
	node_list_free(&nodes);
	guest_list_free(&guests);
	return err;
}

int refuge_send_all(void)
{
	int left = LEAVES_MS / POLL_MS;
	int err = file_write("/proc/hpc/admin/block", "1\n");

	if (!err)
		err = send_on();
	if (err)
		return err;
	while (left-- && guest_count() > 0)
		usleep(POLL_MS * 1000);
	return file_write("/proc/hpc/admin/expel", "1\n");
}
