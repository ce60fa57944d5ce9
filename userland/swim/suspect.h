/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_SUSPECT_H
#define TESSERA_SWIM_SUSPECT_H

#include "swim/state.h"

/* A suspicion begins, or another suspecter confirms it; false when that is no news. */
bool suspect_add(struct swim *s, uint32_t member, uint64_t by);
/* Has it been suspected for so long here that another's verdict can be true? */
bool suspect_is_ripe(const struct swim *s, uint32_t member);
void suspect_end(struct swim *s, uint32_t member);
/* The suspecter that is passed on: the last one that was new. */
uint64_t suspect_by(const struct swim *s, uint32_t member);
/* Those whose time is over are dead. */
void suspect_tick(struct swim *s);
uint64_t suspect_deadline(const struct swim *s);
/* This node stood still for so long: nobody had a chance to deny anything. */
void suspect_shift(struct swim *s, uint64_t ms);

#endif
