/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_CLAIM_H
#define TESSERA_SWIM_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ids that others have or want; bit n of the map is id n. */
struct claim_set {
	uint64_t bits[65536 / 64];
};

/* What this machine would like to be called, best first; 0 = no wish. */
struct claim_wish {
	unsigned int given;	/* by the administrator */
	unsigned int stored;	/* kept from the last time */
	unsigned int hint;	/* what the others remember or propose */
	uint64_t hash;		/* of the machine: chooses among the small free ids */
	unsigned int nodes;	/* how many others there are */
};

/* What is known of a claim on both sides alike. */
struct claim_side {
	uint64_t key;
	uint64_t island;
	uint32_t stamp;		/* age of the island at the claim */
	bool settled;
};

enum claim_verdict { CLAIM_FIRST, CLAIM_SECOND, CLAIM_LATER };

void claim_take(struct claim_set *set, unsigned int id);
void claim_release(struct claim_set *set, unsigned int id);
bool claim_is_taken(const struct claim_set *set, unsigned int id);
/* The first wish that is free, else a small free id; 0 when all 65535 are taken. */
unsigned int claim_choose(const struct claim_set *taken, const struct claim_wish *wish);
/*
 * Two have the same id: who keeps it? A settled claim goes before a wish, then the earlier claim of
 * the same island, then the smaller key. Two islands become one first (CLAIM_LATER), after which
 * the younger one's claims are the later ones; when that does not come (final), the key decides.
 */
enum claim_verdict claim_judge(const struct claim_side *first, const struct claim_side *second,
			       bool final);

#endif
