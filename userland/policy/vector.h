/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_VECTOR_H
#define TESSERA_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include "policy/figures.h"

#define VECTOR_SETS	64
#define VECTOR_WAYS	8
#define VECTOR_SIZE	(VECTOR_SETS * VECTOR_WAYS)
#define VECTOR_AGE_MAX	20000	/* ms: what is older is neither believed nor told */

/* openMosix's load vector: what this node knows of the others. Bounded whatever the cluster's size. */
struct vector {
	uint16_t id[VECTOR_SETS][VECTOR_WAYS];		/* 0 = empty */
	int64_t stamp[VECTOR_SETS][VECTOR_WAYS];	/* ms: when it was true, not when it was heard */
	struct figures figures[VECTOR_SETS][VECTOR_WAYS];
};

struct heard {
	const struct figures *figures;
	int64_t stamp;
};

/* Takes figures that are newer than those known of that node; false when they are not. */
bool vector_put(struct vector *v, const struct figures *f, int64_t stamp);
/* What is known of a node; false = nothing. */
bool vector_find(const struct vector *v, unsigned int id, struct heard *out);
/* The node is gone. */
void vector_forget(struct vector *v, unsigned int id);
/* Up to max that are believed at now, the newest first; how many. */
size_t vector_newest(const struct vector *v, int64_t now, struct heard *out, size_t max);
/* All that are believed at now, sorted by id; out has room for VECTOR_SIZE. */
size_t vector_all(const struct vector *v, int64_t now, struct heard *out);

#endif
