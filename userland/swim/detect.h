/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_DETECT_H
#define TESSERA_SWIM_DETECT_H

#include "swim/wire.h"

void detect_start(struct swim *s);
void detect_tick(struct swim *s);
uint64_t detect_deadline(const struct swim *s);
/* This node stood still for so long: its own probe says nothing. */
void detect_shift(struct swim *s, uint64_t ms);
void detect_ping(struct swim *s, const struct wire_head *head, uint32_t from,
		 const struct swim_via *via);
/* Round trip in ms of what this answers, -1 when it is not known. */
int detect_ack(struct swim *s, const struct wire_head *head, uint32_t from);
void detect_request(struct swim *s, const struct wire_head *head, struct wire_in *in,
		    uint32_t from);
void detect_nack(struct swim *s, const struct wire_head *head);

#endif
