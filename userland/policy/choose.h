/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_CHOOSE_H
#define TESSERA_CHOOSE_H

#include "policy/outlook.h"

/* The best place for a process. */
struct choice {
	int peer;		/* index; -1 = nowhere else is possible */
	double ratio;		/* it runs so many times as fast there */
	double benefit, cost;	/* s */
	bool calls;		/* home, and only for its calls */
};

/* May it go there, masks, blocks, gateways and memory considered? */
bool choose_allows(const struct snapshot *s, const struct outlook *o, const struct job *job,
		   int there);
struct choice choose_best(const struct snapshot *s, const struct outlook *o, const struct job *job,
			  struct random *chance);
/* For memory's sake: one that has plenty, and of these one where it runs well; -1 = none. */
int choose_roomy(const struct snapshot *s, const struct outlook *o, const struct job *job,
		 struct random *chance);

#endif
