// SPDX-License-Identifier: GPL-2.0
/*
 * Balancing in the daemon: each second it looks at this node and its processes, takes a snapshot,
 * and does what the policy (userland/policy) makes of it. Nothing here waits: moves are ordered, and
 * watched in the seconds that follow.
 */
#include "omdiscd/balance.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/node.h"
#include "policy/decide.h"

#define PLACE		"/proc/hpc/admin/place"
#define TICK_S		1.0
#define DECISIONS	128
#define THOUGHTS	256
#define COSTS_EVERY	30	/* ticks */

void balance_init(struct balance *b, bool enabled, uint64_t seed)
{
	memset(b, 0, sizeof(*b));
	b->enabled = enabled;
	b->seed = seed;
}

void balance_free(struct balance *b)
{
	if (b->placing)
		file_write(PLACE, "\n");
	procs_free(&b->procs);
	memset(b, 0, sizeof(*b));
}

size_t balance_blob(const struct balance *b, uint64_t now_ms, uint8_t out[static BLOB_MAX])
{
	if (!b->own.id || b->own.status & NODE_QUIET)
		return 0;
	return blob_encode(&b->vector, &b->own, now_ms, out, BLOB_MAX);
}

int balance_heard(struct balance *b, uint64_t now_ms, const void *blob, size_t len)
{
	int news;

	/* a quiet node collects nothing */
	if (b->own.status & NODE_QUIET)
		return 0;
	news = blob_decode(&b->vector, b->self, now_ms, blob, len);
	return news < 0 ? news : 0;
}

void balance_told(struct balance *b, const struct figures *f, uint64_t stamp_ms)
{
	if (f->id && f->id != b->self && !(b->own.status & NODE_QUIET))
		vector_put(&b->vector, f, stamp_ms);
}

void balance_forget(struct balance *b, unsigned int id)
{
	vector_forget(&b->vector, id);
}

/* Says the same error only once. */
static void report(struct balance *b, int err, const char *text)
{
	if (err && err != b->error)
		log_fail(err, "%s", text);
	b->error = err;
}

static void note_move(void *ctx, const struct order *order)
{
	struct balance *b = ctx;

	log_debug("moved %d (%s) from %u to %u: %s: %s", order->pid, order->comm, order->from,
		  order->to, cause_name(order->cause), order->text);
	report(b, record_move(&b->record, order), "cannot write /run/omdiscd/moves");
}

static void carry_out(struct balance *b, const struct snapshot *s, const struct decision *d,
		      uint64_t now_ms)
{
	const struct job *job = &s->job[d->job];
	struct proc *p = procs_find(&b->procs, job->pid);
	int err;

	if (!p)
		return;
	err = orders_give(&b->orders, p, d, job->flags & JOB_GUEST, now_ms);
	if (err && err != -ESRCH && err != -ENOENT)
		log_debug("cannot move %d (%s) to %u: %s", p->pid, p->comm, d->to, log_reason(err));
}

static void put_quota(struct balance *b, const struct snapshot *s)
{
	struct place place[PLACE_MAX];
	size_t count = place_quota(s, b->measure.starts, TICK_S, place), used = 0;
	char text[PLACE_MAX * 16] = "\n";

	for (size_t i = 0; i < count; i++)
		used += snprintf(text + used, sizeof(text) - used, "%u %u\n", place[i].node,
				 place[i].count);
	/* what was handed out before is void by itself after two seconds */
	if (!count && !b->placing)
		return;
	b->placing = count;
	file_write(PLACE, text);
}

static int act(struct balance *b, uint64_t now_ms)
{
	static struct decision decisions[DECISIONS];
	static struct thought thoughts[THOUGHTS];
	struct verdict v = {
		.decision = decisions, .decisions_max = DECISIONS,
		.thought = thoughts, .thoughts_max = THOUGHTS,
	};
	struct snapshot s;
	int err = gather_snapshot(b, now_ms, &s);

	if (err)
		return err;
	err = decide(&s, &v);
	for (size_t i = 0; !err && i < v.decisions; i++)
		carry_out(b, &s, &v.decision[i], now_ms);
	if (!err)
		err = record_thoughts(&b->record, &s, &v);
	put_quota(b, &s);
	gather_free(&s);
	return err;
}

void balance_tick(struct balance *b, uint64_t now_ms, unsigned int id, const struct load_meter *meter,
		  const struct cluster_load *load)
{
	double speed = (double)load->speed / FIGURES_STANDARD_SPEED;
	int err;

	/* under another id everything that was known is another node's affair */
	if (id != b->self)
		memset(&b->vector, 0, sizeof(b->vector));
	b->self = id;
	if (!id) {
		b->own.id = 0;
		return;
	}
	err = procs_read(&b->procs, now_ms, id, speed, load->util >= 100 * MEASURE_BUSY);
	report(b, err, "cannot read the processes");
	measure_read(&b->measure, now_ms, id, meter, load, &b->procs, &b->own);
	if (load->status & NODE_QUIET)
		memset(&b->vector, 0, sizeof(b->vector));
	if (err || !b->enabled)
		return;
	if (b->turn++ % COSTS_EVERY == 0)
		gather_costs(b);
	orders_watch(&b->orders, &b->procs, now_ms, note_move, b);
	report(b, act(b, now_ms), "cannot balance");
}
