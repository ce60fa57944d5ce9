/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_SYNC_H
#define TESSERA_SWIM_SYNC_H

#include "swim/wire.h"

void sync_start(struct swim *s);
/* A proven packet shows a digest: if it is another than ours, tables are compared. */
void sync_compare(struct swim *s, const struct wire_head *head, uint32_t from);
void sync_digest(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from);
void sync_list(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from);
void sync_want(struct swim *s, const struct wire_head *head, struct wire_in *in, uint32_t from);
/* A newcomer is to be told everything, in portions. */
void sync_push(struct swim *s, uint32_t member);
/* This node is a newcomer that was not told everything: it asks somebody for it. */
void sync_ask(struct swim *s);
void sync_tick(struct swim *s);
uint64_t sync_deadline(const struct swim *s);

#endif
