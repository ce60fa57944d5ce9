/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_HOSTLIST_H
#define TESSERA_HOSTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/node.h"

/* Some of the known nodes, as users name them: "1,3-5,beta". */
struct hostlist {
	size_t count;
	unsigned int *id;	/* ascending, each once */
};

/*
 * Parts are separated by commas: an id, a range of ids (those of it that are known), a name, an
 * address, "self" or "all". 0, -EINVAL: not so written, -ENXIO: no such node, -ENOMEM; bad is
 * then the part that is meant.
 */
int hostlist_parse(const char *text, const struct node_list *nodes, struct hostlist *list,
		   char bad[static NODE_NAME_MAX]);
void hostlist_free(struct hostlist *list);
bool hostlist_has(const struct hostlist *list, unsigned int id);
/* As short as it can be written; cut where out is too small. */
void hostlist_text(const struct hostlist *list, char *out, size_t size);

#endif
