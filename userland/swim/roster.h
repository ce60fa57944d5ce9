/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_ROSTER_H
#define TESSERA_SWIM_ROSTER_H

#include "swim/state.h"

/* 0 or -ENOMEM. */
int roster_init(struct swim *s);
void roster_free(struct swim *s);
/* The number of a machine, SELF included, or SWIM_NOBODY. */
uint32_t roster_find(const struct swim *s, uint64_t key);
/* A new one, dead so far; the longest gone makes room. SWIM_NOBODY when there is none. */
uint32_t roster_add(struct swim *s, uint64_t key);
void roster_forget(struct swim *s, uint32_t member);
/* Another key for this node itself. */
void roster_rename(struct swim *s, uint64_t key);
void roster_set_session(struct swim *s, uint32_t member, uint64_t session);
/* Every change of state or incarnation goes through here: lists and digests follow. */
void roster_set(struct swim *s, uint32_t member, enum swim_state state, uint32_t incarnation);
/* 0 or -ENOMEM. */
int roster_set_meta(struct swim *s, uint32_t member, const void *meta, uint8_t len);
/* The bucket of the digests that a machine is in. */
unsigned int roster_bucket(uint64_t key);
/* The small number of an island, and back. */
uint8_t roster_island(struct swim *s, uint64_t id);
/* Somebody up, other than the one named; SWIM_NOBODY = there is nobody. */
uint32_t roster_random_up(struct swim *s, uint32_t except);
/* The next one to probe: each once in a round, in an order that changes each round. */
uint32_t roster_next(struct swim *s);
/* Those up, this node included. */
static inline uint32_t roster_size(const struct swim *s)
{
	return s->up.count + 1;
}

#endif
