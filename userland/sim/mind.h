/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MIND_H
#define TESSERA_MIND_H

#include "sim/world.h"

/* A node's second: it measures, tells others, decides, orders moves. */
void mind_tick(struct world *w, uint32_t machine);
/* A move that its home ordered is over. */
void mind_landed(struct world *w, uint32_t job);

#endif
