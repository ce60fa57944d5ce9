/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_APPLY_H
#define TESSERA_SWIM_APPLY_H

#include "swim/wire.h"

/* All records of a packet's body. Where bulk is set, what is new is not passed on as news. */
void apply_records(struct swim *s, struct wire_in *in, const struct swim_via *via, bool bulk);
/* Only what is said of this node itself: that may come from strangers, and is answered by denial. */
void apply_about_self(struct swim *s, struct wire_in *in);
/* What somebody else's table says of a member that this one knows better. */
void apply_entry(struct swim *s, uint32_t member, const struct wire_entry *e);
/* This node's own findings. */
void apply_suspect(struct swim *s, uint32_t member);
void apply_dead(struct swim *s, uint32_t member);
/* This node has something new to say of itself. */
void apply_own_change(struct swim *s);

#endif
