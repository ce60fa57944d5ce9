/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CLAIM_H
#define TESSERA_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "omdiscd/packet.h"

/* Ids that others have or want; bit n of the map is id n. */
struct claim_set {
	uint64_t bits[65536 / 64];
};

/* What this machine would like to be called, best first; 0 = no wish. */
struct claim_wish {
	unsigned int given;	/* by the administrator */
	unsigned int stored;	/* kept from the last time */
	unsigned int hint;	/* what the others remember */
	uint64_t hash;		/* of the machine: chooses among the small free ids */
	unsigned int nodes;	/* how many others there are */
};

struct claim_side {
	uint64_t age_ms;	/* how long it has been a member */
	const uint8_t *identity;
};

void claim_take(struct claim_set *set, unsigned int id);
void claim_release(struct claim_set *set, unsigned int id);
bool claim_is_taken(const struct claim_set *set, unsigned int id);
/* The first wish that is free, else a small free id; 0 when all 65535 are taken. */
unsigned int claim_choose(const struct claim_set *taken, const struct claim_wish *wish);
/*
 * Two have the same id: does the first keep it? The one that was there clearly longer does; else,
 * and when they could not agree for contested_ms, the one with the smaller identity.
 */
bool claim_keeps(const struct claim_side *mine, const struct claim_side *theirs,
		 uint64_t contested_ms);

#endif
