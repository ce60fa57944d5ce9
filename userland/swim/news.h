/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_NEWS_H
#define TESSERA_SWIM_NEWS_H

#include "swim/wire.h"

void news_init(struct swim *s);
/* What is now known of this member is news, to be sent afresh. */
void news_add(struct swim *s, uint32_t member);
void news_drop(struct swim *s, uint32_t member);
/* Fills the rest of a packet with news, the least sent first; how many pieces. */
unsigned int news_fill(struct swim *s, struct wire_out *out);
/* How often each piece of news is sent in a cluster of this size. */
unsigned int news_limit(const struct swim *s);
/* The record of a member as it is known here. */
struct wire_record news_record(const struct swim *s, uint32_t member, enum wire_form form);
/* A round of news to a few random members, when it is due. */
void news_tick(struct swim *s);
uint64_t news_deadline(const struct swim *s);

#endif
