/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_SEND_H
#define TESSERA_SWIM_SEND_H

#include "swim/wire.h"

struct send_packet {
	struct wire_out out;
	uint8_t bytes[SWIM_PACKET_MAX];
};

/* Writes the head; to_session 0 = to whoever is there. */
void send_begin(struct swim *s, struct send_packet *p, enum wire_type type, uint64_t to_session,
		uint64_t nonce);
void send_begin_flags(struct swim *s, struct send_packet *p, enum wire_type type,
		      uint64_t to_session, uint64_t nonce, unsigned int flags);
void send_member(struct swim *s, struct send_packet *p, uint32_t member);
void send_via(struct swim *s, struct send_packet *p, const struct swim_via *via);
void send_cast(struct swim *s, struct send_packet *p);
/* If the member is thought to be ill or gone, it is told so first: it can deny it. */
void send_put_concern(struct swim *s, struct send_packet *p, uint32_t member);
/* This node's own record, whole. */
void send_put_self(struct swim *s, struct send_packet *p);

#endif
