// SPDX-License-Identifier: GPL-2.0
/*
 * Moves: told to the kernel without waiting (goto, opened O_NONBLOCK, only leaves the wish), watched
 * until they are done or refused. Who was refused rests; nodes that refuse are left alone.
 */
#include "omdiscd/orders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/parse.h"

#define KEPT_MS		30000	/* figures of others show older moves */
#define PATIENCE_MS	60000	/* a move that takes longer is no longer reckoned with */
#define AVOID_MS	30000
#define RETRY_MS	5000	/* doubled with each failure */
#define FAILS_MAX	6

static int tell(const char *path, unsigned int node)
{
	char full[PATH_MAX], text[16];
	int err = file_path(full, sizeof(full), path);
	int fd = err ? -1 : open(full, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	size_t len = snprintf(text, sizeof(text), "%u\n", node);

	if (err)
		return err;
	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		err = -errno;
	close(fd);
	return err;
}

static void avoid(struct orders *o, unsigned int node, uint64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->avoided; i++)
		if (o->avoid[i].node != node && o->avoid[i].until_ms > now_ms)
			o->avoid[kept++] = o->avoid[i];
	o->avoided = kept;
	if (kept == ORDERS_AVOID)
		return;
	o->avoid[kept].node = node;
	o->avoid[kept].until_ms = now_ms + AVOID_MS;
	o->avoided = kept + 1;
}

bool orders_avoids(const struct orders *o, unsigned int node, uint64_t now_ms)
{
	for (size_t i = 0; i < o->avoided; i++)
		if (o->avoid[i].node == node && o->avoid[i].until_ms > now_ms)
			return true;
	return false;
}

/* Is it the node's fault rather than the process's? */
static bool blames_node(int error)
{
	switch (error) {
	case EHOSTUNREACH:
	case ECONNREFUSED:
	case ETIMEDOUT:
	case EACCES:
	case EPROTO:
	case EAGAIN:
	case EOPNOTSUPP:
	case ENOMEM:
	case ENXIO:
		return true;
	}
	return false;
}

static void fail(struct orders *o, struct proc *p, unsigned int node, int error, uint64_t now_ms)
{
	if (blames_node(error))
		avoid(o, node, now_ms);
	if (p->fails < FAILS_MAX)
		p->fails++;
	p->retry_ms = now_ms + ((uint64_t)RETRY_MS << (p->fails - 1));
	p->wish = 0;
}

int orders_give(struct orders *o, struct proc *p, const struct decision *d, bool guest,
		uint64_t now_ms)
{
	struct order *order = &o->order[o->count];
	char path[64];
	int err;

	if (o->count == ORDERS_MAX)
		return -EBUSY;
	snprintf(path, sizeof(path), guest ? "/proc/hpc/remote/%d/goto" : "/proc/%d/goto", p->pid);
	err = tell(path, d->to);
	if (err) {
		fail(o, p, d->to, -err, now_ms);
		return err;
	}
	p->wish = d->to;
	*order = (struct order) {
		.pid = p->pid, .start = p->start, .guest = guest, .under_way = true,
		.from = d->from, .to = d->to, .demand = p->usage.demand, .rss = p->rss,
		.at_ms = now_ms, .cause = d->cause,
	};
	memcpy(order->comm, p->comm, sizeof(order->comm));
	memcpy(order->text, d->text, sizeof(order->text));
	o->count++;
	return 0;
}

static int move_error(pid_t pid)
{
	char text[1024];
	uint64_t error = 0;

	if (file_readf(text, sizeof(text), "/proc/%d/hpcstat", pid) >= 0)
		parse_field(text, "move_error", &error);
	return error;
}

static bool is_pending(pid_t pid)
{
	char text[32];

	return file_readf(text, sizeof(text), "/proc/%d/goto", pid) >= 0 && strcmp(text, "0");
}

/* What became of it: false = it is not under way any more, *done says whether it succeeded. */
static bool goes_on(struct orders *o, struct order *order, struct proc *p, uint64_t now_ms,
		    bool *done)
{
	*done = false;
	if (!p || p->start != order->start) {
		/* a guest that has gone, went where it was sent */
		*done = order->guest;
		return false;
	}
	if (now_ms - order->at_ms > PATIENCE_MS) {
		fail(o, p, order->to, ETIMEDOUT, now_ms);
		return false;
	}
	if (order->guest)
		return true;
	if (p->where == order->to) {
		p->wish = p->fails = 0;
		*done = true;
		return false;
	}
	if (is_pending(p->pid))
		return true;
	/* between our two looks it may have come through: the next reading of where will tell */
	if (now_ms - order->at_ms < 2000)
		return true;
	fail(o, p, order->to, move_error(p->pid), now_ms);
	return false;
}

void orders_watch(struct orders *o, struct procs *procs, uint64_t now_ms,
		  void (*done)(void *ctx, const struct order *order), void *ctx)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->count; i++) {
		struct order *order = &o->order[i];
		bool finished = false;

		if (order->under_way &&
		    !goes_on(o, order, procs_find(procs, order->pid), now_ms, &finished)) {
			order->under_way = false;
			order->at_ms = now_ms;
			if (!finished)
				continue;
			done(ctx, order);
		}
		if (!order->under_way && now_ms - order->at_ms > KEPT_MS)
			continue;
		if (kept != i)
			o->order[kept] = *order;
		kept++;
	}
	o->count = kept;
}

size_t orders_recent(const struct orders *o, uint64_t now_ms, struct recent *out)
{
	for (size_t i = 0; i < o->count; i++)
		out[i] = (struct recent) {
			.pid = o->order[i].pid,
			.from = o->order[i].from,
			.to = o->order[i].to,
			.demand = o->order[i].demand,
			.rss = o->order[i].rss,
			.ago = (now_ms - o->order[i].at_ms) / 1000.0,
			.under_way = o->order[i].under_way,
		};
	return o->count;
}
