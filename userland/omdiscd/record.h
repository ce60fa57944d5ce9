/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_RECORD_H
#define TESSERA_RECORD_H

#include "omdiscd/orders.h"
#include "policy/decide.h"

/* /run/omdiscd/moves as far as it must be known to keep it short. */
struct record {
	bool counted;
	unsigned int lines;
	char thoughts[65536];	/* what was written last */
};

/* One line more in moves; 0 or -errno. */
int record_move(struct record *r, const struct order *order);
/* The thoughts of this second; 0 or -errno. */
int record_thoughts(struct record *r, const struct snapshot *s, const struct verdict *v);

#endif
