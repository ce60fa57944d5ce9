/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_TABLE_H
#define TESSERA_TABLE_H

#include "lib/file.h"
#include "omdiscd/cluster.h"
#include "omdiscd/link.h"

/* The kernel's view of the cluster, as this daemon wrote it last. */
struct table {
	bool enabled;
	unsigned int id;		/* in admin/mospe */
	unsigned int change;		/* cluster's change count that was written */
	int error;			/* of the last write, 0 = good */
	bool written;			/* text is what the kernel has */
	char text[FILE_TEXT_MAX];
};

/* Finds /proc/hpc and what it holds from an earlier daemon; -ENOENT when the kernel has none. */
int table_open(struct table *t);
/* The cluster key, NULL = none; 0 or -errno. */
int table_key(const struct table *t, const uint8_t *key);
/*
 * Brings id and table up to date where they differ; 0 or the kernel's -errno (it is tried again
 * at the next call). own is the address that others use for this node.
 */
int table_update(struct table *t, struct cluster *c, const struct addr *own,
		 struct counters *counters);
/* What is new of the others' load; once a second. */
int table_info(const struct table *t, const struct cluster *c);
/* No cluster any more. */
int table_clear(struct table *t);
/* The text of the table, without those that must be cut first; its length. For tests. */
size_t table_text(const struct cluster *c, const struct addr *own, bool cut, char *out,
		  size_t size);
/* Which of its own addresses the others use most; family 0 = none. */
struct addr table_own_address(const struct cluster *c, const struct link_list *links);

#endif
