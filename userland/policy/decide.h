/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_DECIDE_H
#define TESSERA_DECIDE_H

#include "policy/outlook.h"

/* What comes out; the caller gives the arrays. */
struct verdict {
	size_t decisions, decisions_max;
	struct decision *decision;
	size_t thoughts, thoughts_max;	/* max 0: nobody wants to know */
	struct thought *thought;
};

/*
 * What to move now: first what memory demands, then load limits, then what gains. 0, or -ENOENT,
 * -E2BIG, -ENOMEM with nothing decided.
 */
int decide(const struct snapshot *s, struct verdict *v);

/* For usher.c: NULL when no more may be moved in this tick. */
struct decision *decide_add(const struct snapshot *s, struct outlook *o, struct verdict *v,
			    size_t job, int here, int there);
/* Is it decided already that it moves? */
bool decide_has(const struct verdict *v, size_t job);
/* May it be moved at all, by its own flags and this node's? */
bool decide_may_move(const struct snapshot *s, const struct outlook *o, const struct job *job);

#endif
