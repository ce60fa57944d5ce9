// SPDX-License-Identifier: GPL-2.0
/*
 * Suspicion (SWIM, 4.2) with the timeouts of Lifeguard: who suspects alone waits long; each of the
 * first few independent suspecters shortens the wait, logarithmically, down to the least, which
 * itself grows with the logarithm of the cluster, as the time does that a denial needs to get round.
 */
#include "swim/suspect.h"

#include <stdlib.h>

#include "swim/apply.h"
#include "swim/roster.h"

/* 1000 * log10(n), from the bits of n: log2(n) by its integer part and a linear rest */
static uint64_t milli_log10(uint32_t n)
{
	unsigned int bits = 0;

	while (n >> (bits + 1))
		bits++;
	return (1000 * bits + 1000 * (uint64_t)(n - (UINT32_C(1) << bits)) / (UINT32_C(1) << bits)) *
	       301 / 1000;
}

static uint64_t timeout_of(const struct swim *s, const struct suspicion *x)
{
	/* log(c + 1) / log(k + 1) for c of k confirmations; k is at most SUSPECTERS_MAX - 1 */
	static const unsigned int share[SUSPECTERS_MAX][SUSPECTERS_MAX] = {
		{ 1000 }, { 0, 1000 }, { 0, 631, 1000 }, { 0, 500, 792, 1000 },
	};
	unsigned int most = s->tune.confirmations, c = x->count - 1;
	uint64_t log10 = milli_log10(roster_size(s));
	uint64_t least = s->tune.suspicion_ms * (1000 + (log10 < 1000 ? 1000 : log10)) / 2000;

	if (most > SUSPECTERS_MAX - 1)
		most = SUSPECTERS_MAX - 1;
	/* in a small cluster there is nobody else to confirm it */
	if (s->up.count < most + 2)
		most = s->up.count > 2 ? s->up.count - 2 : 0;
	if (c >= most)
		return least;
	return least + least * (s->tune.suspicion_max - 1) * (1000 - share[most][c]) / 1000;
}

static struct suspicion *find(const struct swim *s, uint32_t member)
{
	for (uint32_t i = 0; i < s->suspicions; i++)
		if (s->suspicion[i].member == member)
			return &s->suspicion[i];
	return NULL;
}

static bool confirm(struct swim *s, struct suspicion *x, uint64_t by)
{
	for (unsigned int i = 0; i < x->count; i++)
		if (x->by[i] == by)
			return false;
	if (x->count == SUSPECTERS_MAX || x->count > s->tune.confirmations)
		return false;
	x->by[x->count++] = by;
	return true;
}

bool suspect_add(struct swim *s, uint32_t member, uint64_t by)
{
	struct suspicion *x = find(s, member);

	if (x)
		return confirm(s, x, by);
	if (s->suspicions == s->suspicion_room) {
		uint32_t room = s->suspicion_room ? 2 * s->suspicion_room : 4;

		x = reallocarray(s->suspicion, room, sizeof(*x));
		if (!x)
			return false;
		s->suspicion = x;
		s->suspicion_room = room;
	}
	s->suspicion[s->suspicions++] = (struct suspicion) {
		.member = member, .start_ms = s->now_ms, .count = 1, .by = { by },
	};
	return true;
}

bool suspect_is_ripe(const struct swim *s, uint32_t member)
{
	const struct suspicion *x = find(s, member);

	return !x || s->now_ms - x->start_ms >= s->tune.suspicion_ms / 2;
}

void suspect_end(struct swim *s, uint32_t member)
{
	struct suspicion *x = find(s, member);

	if (x)
		*x = s->suspicion[--s->suspicions];
}

uint64_t suspect_by(const struct swim *s, uint32_t member)
{
	const struct suspicion *x = find(s, member);

	return x ? x->by[x->count - 1] : s->member[SELF].key;
}

void suspect_tick(struct swim *s)
{
	for (uint32_t i = s->suspicions; i-- > 0; ) {
		const struct suspicion *x = &s->suspicion[i];

		if (s->now_ms - x->start_ms >= timeout_of(s, x))
			apply_dead(s, x->member);
	}
}

uint64_t suspect_deadline(const struct swim *s)
{
	uint64_t next = UINT64_MAX;

	for (uint32_t i = 0; i < s->suspicions; i++)
		next = swim_earlier(next, s->suspicion[i].start_ms + timeout_of(s, &s->suspicion[i]));
	return next;
}

void suspect_shift(struct swim *s, uint64_t ms)
{
	for (uint32_t i = 0; i < s->suspicions; i++)
		s->suspicion[i].start_ms = swim_earlier(s->suspicion[i].start_ms + ms, s->now_ms);
}
