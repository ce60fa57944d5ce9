/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_JOIN_H
#define TESSERA_JOIN_H

#include "omdiscd/cluster.h"

/* The first link is there: begin to listen. */
void join_start(struct cluster *c, struct instant now);
/* Settles when it is time; resolves a conflict of ids; joins an older cluster. */
void join_check(struct cluster *c, struct instant now);
/* A newcomer wants the id of a machine that is gone, of which it cannot know. */
bool join_is_kept(const struct cluster *c, const struct packet *p);
/* Another machine has our identity (cloned MAC addresses), and has proved to be there. */
void join_twin(struct cluster *c, struct instant now, const struct packet *p);

#endif
