// SPDX-License-Identifier: GPL-2.0
/*
 * Any snapshot: the policy must end, name only nodes and processes that exist, move no process twice,
 * none that may not move, none where it may not go; and node masks parse or are refused.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/node.h"
#include "policy/decide.h"
#include "policy/place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PEERS	12
#define JOBS	24

struct input {
	const uint8_t *data;
	size_t left;
};

static unsigned int take(struct input *in, unsigned int below)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++ % below;
}

static void make_peers(struct input *in, struct peer *peer)
{
	for (unsigned int i = 0; i < PEERS; i++)
		peer[i] = (struct peer) {
			.id = i + 1, .status = take(in, 256), .guests = take(in, 4),
			.zone = take(in, 3), .cpus = 1 + take(in, 4),
			.speed = (1 + take(in, 30)) / 10.0, .running = take(in, 100) / 10.0,
			.total = 1e9, .mem = take(in, 101) * 1e7, .pressure = take(in, 101) / 100.0,
			.age = take(in, 20),
		};
}

static void make_jobs(struct input *in, struct job *job, const struct mask_range *range)
{
	for (unsigned int i = 0; i < JOBS; i++) {
		job[i] = (struct job) {
			.pid = i + 1, .flags = take(in, 128) & ~JOB_GUEST, .home = 1,
			.where = 1 + take(in, PEERS + 2), .moves = take(in, 256),
			.before = take(in, PEERS), .demand = take(in, 20) / 10.0,
			.used = take(in, 256), .rss = take(in, 256) * 1e7,
			.dirty = take(in, 256) * 1e6, .calls = take(in, 256) * 100,
			.rested = take(in, 256),
			.mask = { take(in, 3), 1, range },
		};
		if (take(in, 4))
			continue;
		job[i].home = 1 + take(in, PEERS);
		job[i].where = 1;
		job[i].flags |= job[i].home != 1 ? JOB_GUEST : 0;
	}
}

static void check_decision(const struct snapshot *s, const struct verdict *v, size_t i)
{
	const struct decision *d = &v->decision[i];
	const struct job *job = &s->job[d->job];
	int to = snapshot_find(s, d->to);

	if (d->job >= s->jobs || to < 0 || d->from != job->where || d->to == d->from ||
	    job->flags & (JOB_LOCKED | JOB_CANTMOVE) || !d->text[0] || !isfinite(d->cost))
		abort();
	if (d->to != job->home && (!mask_allows(&job->mask, d->to) ||
				   s->peer[to].status & (NODE_BLOCK | NODE_QUIET)))
		abort();
	if (d->from == s->self && s->peer[0].status & NODE_STAY)
		abort();
	for (size_t k = 0; k < i; k++)
		if (v->decision[k].job == d->job)
			abort();
}

static void check_places(const struct snapshot *s)
{
	struct place place[PLACE_MAX];
	size_t count = place_quota(s, 5, 1, place);

	for (size_t i = 0; i < count; i++)
		if (snapshot_find(s, place[i].node) < 0 || !place[i].count || place[i].count > 200)
			abort();
}

static void check_mask(const uint8_t *data, size_t size)
{
	struct mask_range range[MASK_RANGES_MAX];
	char text[512];
	int count;

	if (size >= sizeof(text))
		size = sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	count = mask_parse(text, range);
	for (int i = 0; i < count; i++)
		if (!range[i].from || range[i].from > range[i].to)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	const struct mask_range range = { 1 + take(&in, PEERS), PEERS };
	struct recent recent = { .pid = 1, .from = 1, .to = 1 + take(&in, PEERS), .demand = 1,
				 .rss = 1e7, .ago = take(&in, 30), .under_way = take(&in, 2) };
	struct decision decision[32];
	struct thought thought[8];
	struct peer peer[PEERS];
	struct job job[JOBS];
	struct verdict v = { .decision = decision, .decisions_max = 32,
			     .thought = thought, .thoughts_max = take(&in, 2) * 8 };
	struct snapshot s = { .seed = take(&in, 256), .self = 1, .peers = PEERS, .peer = peer,
			      .jobs = JOBS, .job = job, .recents = 1, .recent = &recent,
			      .slope = -1e6 * take(&in, 200), .settings = snapshot_defaults() };

	make_peers(&in, peer);
	make_jobs(&in, job, &range);
	if (decide(&s, &v))
		abort();
	for (size_t i = 0; i < v.decisions; i++)
		check_decision(&s, &v, i);
	check_places(&s);
	check_mask(data, size);
	return 0;
}
