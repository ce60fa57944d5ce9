// SPDX-License-Identifier: GPL-2.0
/* The policy's snapshot, put together from what the daemon knows. */
#include "omdiscd/balance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/node.h"
#include "lib/parse.h"

#define COSTS		"/run/omdiscd/costs"
#define DEMAND_TOLD	0.05	/* CPUs: less is not worth a place in the snapshot, memory apart */
#define MEMORY_TOLD	0.01	/* of this node's memory */

/* "NODE RTT_US MBYTES_S MOVE_MS" lines, which tune wrote. */
void gather_costs(struct balance *b)
{
	char *text, *at, *line;

	b->costs = 0;
	if (file_load(COSTS, &text))
		return;
	for (at = text; b->costs < BALANCE_COSTS && (line = parse_line(&at));) {
		unsigned int node, rtt, rate, move;

		if (sscanf(line, "%u %u %u %u", &node, &rtt, &rate, &move) != 4 || !rtt || !rate ||
		    !move)
			continue;
		b->cost[b->costs].node = node;
		b->cost[b->costs++].costs = (struct costs) {
			.move = move / 1e3, .call = rtt / 1e6, .bandwidth = rate * 1e6,
			.gateway = 1,
		};
	}
	free(text);
}

static void add_peer(const struct balance *b, uint64_t now_ms, struct peer *p)
{
	for (size_t i = 0; i < b->costs; i++)
		if (b->cost[i].node == p->id)
			p->costs = b->cost[i].costs;
	/* it refused lately: as if it were blocked */
	if (orders_avoids(&b->orders, p->id, now_ms))
		p->status |= NODE_BLOCK;
}

static size_t put_peers(const struct balance *b, uint64_t now_ms, struct peer *out)
{
	struct heard heard[VECTOR_SIZE];
	size_t known = vector_all(&b->vector, now_ms, heard), count = 0;
	struct peer self = snapshot_peer(&b->own, 0);
	bool done = false;

	/* to others a node says the most that it has; itself it believes the mean: nothing rash */
	self.running = b->measure.running;
	for (size_t i = 0; i < known; i++) {
		if (heard[i].figures->id == b->self)
			continue;
		if (!done && heard[i].figures->id > b->self) {
			out[count++] = self;
			done = true;
		}
		out[count] = snapshot_peer(heard[i].figures, (now_ms - heard[i].stamp) / 1000.0);
		add_peer(b, now_ms, &out[count++]);
	}
	if (!done)
		out[count++] = self;
	return count;
}

static double seconds_since(uint64_t now_ms, uint64_t then_ms)
{
	return now_ms > then_ms ? (now_ms - then_ms) / 1000.0 : 0;
}

static struct job describe(const struct proc *p, uint64_t now_ms)
{
	double total = p->user + p->system;
	struct job job = {
		.pid = p->pid,
		.flags = p->flags | (p->guest ? JOB_GUEST : 0),
		.home = p->home,
		.where = p->where,
		.before = p->before,
		.moves = p->moves,
		.demand = p->usage.demand,
		.used = p->used,
		.rss = p->rss,
		.calls = usage_calls(&p->usage, usage_guess(total > 0 ? p->system / total : 0)),
		.rested = seconds_since(now_ms, p->moved_ms),
		.mask = { p->mask_mode, p->ranges, p->range },
	};

	memcpy(job.comm, p->comm, sizeof(job.comm));
	return job;
}

/* Away only what it uses is known; where many share, it would use more. */
static double demand_away(const struct balance *b, const struct proc *p)
{
	struct heard heard;
	double running, demand = p->usage.demand;

	if (p->where == p->home || p->guest || !vector_find(&b->vector, p->where, &heard))
		return demand;
	running = heard.figures->running / 100.0;
	if (running > heard.figures->cpus)
		demand *= running / heard.figures->cpus;
	return demand < 1 ? demand : 1;
}

static bool is_told(const struct balance *b, const struct proc *p, uint64_t now_ms)
{
	if (p->kernel || !p->known || p->wish || p->retry_ms > now_ms)
		return false;
	return p->usage.demand > DEMAND_TOLD || p->where != p->home ||
	       p->rss > MEMORY_TOLD * b->own.total;
}

static size_t put_jobs(const struct balance *b, uint64_t now_ms, struct job *out)
{
	size_t count = 0;

	for (size_t i = 0; i < b->procs.count; i++)
		if (is_told(b, &b->procs.proc[i], now_ms)) {
			out[count] = describe(&b->procs.proc[i], now_ms);
			out[count++].demand = demand_away(b, &b->procs.proc[i]);
		}
	return count;
}

static bool may_cross(void)
{
	char text[32];
	uint64_t gateways;

	return file_read("/proc/hpc/admin/gateways", text, sizeof(text)) < 0 ||
	       parse_u64(text, &gateways) || gateways > 0;
}

int gather_snapshot(struct balance *b, uint64_t now_ms, struct snapshot *out)
{
	struct peer *peer = calloc(PEERS_MAX, sizeof(*peer));
	struct job *job = calloc(b->procs.count + 1, sizeof(*job));
	struct recent *recent = calloc(ORDERS_MAX, sizeof(*recent));

	*out = (struct snapshot) {
		.self = b->self, .seed = b->seed++, .peer = peer, .job = job, .recent = recent,
		.slope = b->measure.slope, .settings = snapshot_defaults(),
	};
	if (!peer || !job || !recent) {
		gather_free(out);
		return -ENOMEM;
	}
	out->settings.cross_gateways = may_cross();
	out->peers = put_peers(b, now_ms, peer);
	out->jobs = put_jobs(b, now_ms, job);
	out->recents = orders_recent(&b->orders, now_ms, recent);
	return 0;
}

void gather_free(struct snapshot *s)
{
	free((void *)s->peer);
	free((void *)s->job);
	free((void *)s->recent);
	memset(s, 0, sizeof(*s));
}
