/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which ranges of a half address space another node may have pages of: disjoint
 * ranges in a red-black tree, each with the id of that node.
 */
#ifndef _HPC_OWNER_H
#define _HPC_OWNER_H

#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct hpc_mm;

struct hpc_owner {
	spinlock_t lock;	/* ranges */
	struct rb_root ranges;	/* disjoint, by address */
};

struct hpc_range {
	struct rb_node rb;
	unsigned long start, end;
	int node;
};

void hpc_owner_init(struct hpc_owner *owner);
void hpc_owner_free(struct hpc_owner *owner);

/* [start, end) may be @node's, replacing what was said of it before; 0 or -ENOMEM. */
int hpc_owner_set(struct hpc_mm *hm, unsigned long start, unsigned long end, int node);
void hpc_owner_clear(struct hpc_mm *hm, unsigned long start, unsigned long end);

bool hpc_owner_remote(struct hpc_mm *hm, unsigned long addr);
bool hpc_owner_any(struct hpc_mm *hm, unsigned long start, unsigned long end);

/* The first range that ends after @addr, copied to @found; false: none. */
bool hpc_owner_next(struct hpc_mm *hm, unsigned long addr, struct hpc_range *found);

/* What @from says, @to says too; 0 or -ENOMEM. */
int hpc_owner_copy(struct hpc_mm *from, struct hpc_mm *to);

#endif /* _HPC_OWNER_H */
