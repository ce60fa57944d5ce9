/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_USHER_H
#define TESSERA_USHER_H

#include "policy/decide.h"

/* Sends away what this node has no memory for, before it must swap. */
void usher_memory(const struct snapshot *s, struct outlook *o, struct verdict *v,
		  struct random *chance);
/* Takes ours away from nodes whose load limit is passed, and sends guests home if it is ours. */
void usher_limits(const struct snapshot *s, struct outlook *o, struct verdict *v,
		  struct random *chance);

#endif
