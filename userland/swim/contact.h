/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_CONTACT_H
#define TESSERA_SWIM_CONTACT_H

#include "swim/wire.h"

void contact_start(struct swim *s);
/* This node is a member now: let others hear of it soon. */
void contact_settled(struct swim *s);
void contact_tick(struct swim *s);
uint64_t contact_deadline(const struct swim *s);
void contact_hello(struct swim *s, const struct wire_head *head, const struct swim_via *via);
void contact_announce(struct swim *s, const struct wire_head *head, const struct swim_via *via);
void contact_call(struct swim *s, const struct wire_head *head, struct wire_in *in,
		  const struct swim_via *via);
void contact_proof(struct swim *s, const struct wire_head *head, struct wire_in *in,
		   const struct swim_via *via);
/* Somebody who is not known, or known by another session only: ask him to prove himself. */
void contact_challenge(struct swim *s, const struct wire_head *head, const struct swim_via *via);
/* Somebody who knew us before our restart can be our contact. */
void contact_found(struct swim *s, const struct wire_head *head, const struct swim_via *via);

#endif
