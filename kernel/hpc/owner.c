// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of hpc_mm.owner. A page that arrives cuts a hole into one, a call on the
 * mm adds one; a fault looks one address up. Callers may sleep, but for
 * hpc_owner_remote(), which faults use with page tables mapped.
 *
 * Not a maple tree: stores of NULL page by page, from several tasks, made that of
 * 6.12 run out of the nodes that it had allocated ahead.
 */
#include <linux/slab.h>

#include "mm.h"
#include "owner.h"

static struct hpc_range *range_of(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct hpc_range, rb);
}

static struct hpc_range *next_of(struct hpc_range *r)
{
	return range_of(rb_next(&r->rb));
}

/* The first range that ends after @addr. */
static struct hpc_range *find(struct hpc_owner *owner, unsigned long addr)
{
	struct rb_node *rb = owner->ranges.rb_node;
	struct hpc_range *found = NULL;

	lockdep_assert_held(&owner->lock);
	while (rb) {
		struct hpc_range *r = range_of(rb);

		if (r->end > addr) {
			found = r;
			rb = rb->rb_left;
		} else {
			rb = rb->rb_right;
		}
	}
	return found;
}

static void insert(struct hpc_owner *owner, struct hpc_range *new)
{
	struct rb_node **link = &owner->ranges.rb_node, *parent = NULL;

	lockdep_assert_held(&owner->lock);
	while (*link) {
		parent = *link;
		link = new->start < range_of(parent)->start ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&new->rb, parent, link);
	rb_insert_color(&new->rb, &owner->ranges);
}

static void erase(struct hpc_owner *owner, struct hpc_range *r)
{
	rb_erase(&r->rb, &owner->ranges);
	kfree(r);
}

/* Take [start, end) out; false when *@spare is needed for it and there is none. */
static bool cut(struct hpc_owner *owner, unsigned long start, unsigned long end,
		struct hpc_range **spare)
{
	struct hpc_range *r = find(owner, start), *next;

	if (r && r->start < start && r->end > end) {
		struct hpc_range *rest = *spare;

		if (!rest)
			return false;
		*spare = NULL;
		rest->start = end;
		rest->end = r->end;
		rest->node = r->node;
		r->end = start;
		insert(owner, rest);
		return true;
	}
	for (; r && r->start < end; r = next) {
		next = next_of(r);
		if (r->start < start)
			r->end = start;
		else if (r->end > end)
			r->start = end;
		else
			erase(owner, r);
	}
	return true;
}

void hpc_owner_init(struct hpc_owner *owner)
{
	spin_lock_init(&owner->lock);
	owner->ranges = RB_ROOT;
}

/* Nobody else has it any more. */
void hpc_owner_free(struct hpc_owner *owner)
{
	struct hpc_range *r, *next;

	rbtree_postorder_for_each_entry_safe(r, next, &owner->ranges, rb)
		kfree(r);
	owner->ranges = RB_ROOT;
}

/* Add the free range [start, end) to its neighbours, if they are the same node's. */
static bool join(struct hpc_owner *owner, unsigned long start, unsigned long end, int node)
{
	struct hpc_range *before = start ? find(owner, start - 1) : NULL;
	struct hpc_range *after = find(owner, end);

	if (before && (before->end != start || before->node != node))
		before = NULL;
	if (after && (after->start != end || after->node != node))
		after = NULL;
	if (before && after) {
		before->end = after->end;
		erase(owner, after);
	} else if (before) {
		before->end = end;
	} else if (after) {
		after->start = start;
	}
	return before || after;
}

int hpc_owner_set(struct hpc_mm *hm, unsigned long start, unsigned long end, int node)
{
	struct hpc_range *new = kmalloc(sizeof(*new), GFP_KERNEL);
	struct hpc_range *spare = kmalloc(sizeof(*spare), GFP_KERNEL);
	struct hpc_owner *owner = &hm->owner;

	if (!new || !spare) {
		kfree(new);
		kfree(spare);
		return -ENOMEM;
	}
	new->start = start;
	new->end = end;
	new->node = node;
	spin_lock(&owner->lock);
	cut(owner, start, end, &spare);
	if (!join(owner, start, end, node)) {
		insert(owner, new);
		new = NULL;
	}
	spin_unlock(&owner->lock);
	kfree(new);
	kfree(spare);
	return 0;
}

void hpc_owner_clear(struct hpc_mm *hm, unsigned long start, unsigned long end)
{
	struct hpc_owner *owner = &hm->owner;
	struct hpc_range *spare = NULL;
	bool done;

	for (;;) {
		spin_lock(&owner->lock);
		done = cut(owner, start, end, &spare);
		spin_unlock(&owner->lock);
		if (done)
			break;
		spare = kmalloc(sizeof(*spare), GFP_KERNEL | __GFP_NOFAIL);
	}
	kfree(spare);
}

bool hpc_owner_any(struct hpc_mm *hm, unsigned long start, unsigned long end)
{
	struct hpc_range *r;
	bool any;

	spin_lock(&hm->owner.lock);
	r = find(&hm->owner, start);
	any = r && r->start < end;
	spin_unlock(&hm->owner.lock);
	return any;
}

bool hpc_owner_remote(struct hpc_mm *hm, unsigned long addr)
{
	return hpc_owner_any(hm, addr, addr + 1);
}

bool hpc_owner_next(struct hpc_mm *hm, unsigned long addr, struct hpc_range *found)
{
	struct hpc_range *r;

	spin_lock(&hm->owner.lock);
	r = find(&hm->owner, addr);
	if (r)
		*found = *r;
	spin_unlock(&hm->owner.lock);
	return r;
}

int hpc_owner_copy(struct hpc_mm *from, struct hpc_mm *to)
{
	struct hpc_range r;
	unsigned long addr = 0;

	for (; hpc_owner_next(from, addr, &r); addr = r.end) {
		int err = hpc_owner_set(to, r.start, r.end, r.node);

		if (err)
			return err;
	}
	return 0;
}
