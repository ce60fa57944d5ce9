/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SWIM_SETTLE_H
#define TESSERA_SWIM_SETTLE_H

#include "swim/wire.h"

/* A contact has admitted us: the table will come. */
void settle_join(struct swim *s, const struct wire_head *head);
/* The table is complete. */
void settle_told(struct swim *s);
/* Nobody is there. */
void settle_alone(struct swim *s);
/* A member may claim our id. */
void settle_contend(struct swim *s, uint32_t member);
/* Another machine, of this session, has our identity. */
void settle_twin(struct swim *s, uint64_t session);
/* An id that a newcomer can have: the one it is remembered by, or a free one. */
unsigned int settle_propose(struct swim *s, uint64_t key);
void settle_tick(struct swim *s);
uint64_t settle_deadline(const struct swim *s);

#endif
