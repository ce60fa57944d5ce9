/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_ISLAND_H
#define TESSERA_SWIM_ISLAND_H

#include "swim/wire.h"

/* This node is the first of its cluster. */
void island_found(struct swim *s);
void island_adopt(struct swim *s, const struct swim_island *theirs);
/* A proven packet shows its sender's island: the younger gives way. */
void island_hear(struct swim *s, const struct wire_head *head);
/* Two islands meet: must ours give way to theirs? contested_ms: how long they have met already. */
bool island_gives_way(const struct swim_island *ours, const struct swim_island *theirs,
		      uint64_t contested_ms);
/* Its age for a claim. */
uint32_t island_stamp(const struct swim *s);

#endif
