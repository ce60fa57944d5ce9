// SPDX-License-Identifier: GPL-2.0
/*
 * The mask of a process: a list of nodes, whether it may go to these only or to
 * the others only, and whether that is in force.
 */

#include <linux/cleanup.h>
#include <linux/kref.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "mask.h"
#include "node.h"
#include "thread.h"

#define RANGES_MAX	128

struct hpc_mask {
	struct kref ref;
	bool filter;		/* in force */
	bool allow;		/* the listed nodes only; false: all but these */
	unsigned int count;
	struct node_range {
		u16 first, last;
	} range[];
};

static DEFINE_MUTEX(mask_lock);	/* whoever replaces a mask, from its reading on */

static void mask_release(struct kref *ref)
{
	kfree(container_of(ref, struct hpc_mask, ref));
}

void hpc_mask_put(struct hpc_mask *mask)
{
	if (mask)
		kref_put(&mask->ref, mask_release);
}

/* The mask of @p with a reference, or NULL, which stands for an empty one. */
static struct hpc_mask *mask_get(struct hpc_task *ht)
{
	if (!ht)
		return NULL;
	guard(spinlock)(&ht->lock);
	if (ht->mask)
		kref_get(&ht->mask->ref);
	return ht->mask;
}

static bool is_listed(const struct hpc_mask *mask, int node)
{
	for (unsigned int i = 0; i < mask->count; i++)
		if (node >= mask->range[i].first && node <= mask->range[i].last)
			return true;
	return false;
}

bool hpc_mask_allows(struct task_struct *p, int node)
{
	struct hpc_mask *mask = mask_get(READ_ONCE(p->hpc));
	bool allowed = true;

	if (mask && mask->filter && node && node != hpc_node_self())
		allowed = is_listed(mask, node) == mask->allow;
	hpc_mask_put(mask);
	return allowed;
}

void hpc_mask_inherit(struct hpc_task *from, struct hpc_task *to)
{
	to->mask = mask_get(from);
}

/* A mask with room for @count ranges, and the rest as @old has it. */
static struct hpc_mask *copy_without_nodes(const struct hpc_mask *old, unsigned int count)
{
	struct hpc_mask *new = kzalloc(struct_size(new, range, count), GFP_KERNEL);

	if (!new)
		return NULL;
	kref_init(&new->ref);
	new->allow = old ? old->allow : true;
	new->filter = old && old->filter;
	return new;
}

static struct hpc_mask *copy_mask(const struct hpc_mask *old)
{
	unsigned int count = old ? old->count : 0;
	struct hpc_mask *new = copy_without_nodes(old, count);

	if (!new || !count)
		return new;
	new->count = count;
	memcpy(new->range, old->range, count * sizeof(*new->range));
	return new;
}

static void replace_mask(struct hpc_task *ht, struct hpc_mask *new)
{
	struct hpc_mask *old;

	lockdep_assert_held(&mask_lock);
	scoped_guard(spinlock, &ht->lock) {
		old = ht->mask;
		ht->mask = new;
	}
	hpc_mask_put(old);
}

/* `N` or `N-M` */
static int parse_range(char *text, struct node_range *range)
{
	char *first = strsep(&text, "-");
	int err = kstrtou16(strim(first), 10, &range->first);

	range->last = range->first;
	if (!err && text)
		err = kstrtou16(strim(text), 10, &range->last);
	return err || !range->first || range->last < range->first ? -EINVAL : 0;
}

static int parse_nodes(char *text, struct hpc_mask *mask)
{
	char *item;

	mask->filter = *text;
	if (!*text)
		return 0;
	while ((item = strsep(&text, ","))) {
		if (mask->count == RANGES_MAX || parse_range(item, &mask->range[mask->count]))
			return -EINVAL;
		mask->count++;
	}
	return 0;
}

int hpc_mask_write_nodes(struct task_struct *p, char *text)
{
	struct hpc_task *ht = hpc_task_make(p);
	struct hpc_mask *new;
	int err;

	if (!ht)
		return -ENOMEM;
	guard(mutex)(&mask_lock);
	new = copy_without_nodes(ht->mask, RANGES_MAX);
	if (!new)
		return -ENOMEM;
	err = parse_nodes(text, new);
	if (err)
		hpc_mask_put(new);
	else
		replace_mask(ht, new);
	return err;
}

/* Write one of the two switches. */
static int write_switch(struct task_struct *p, const char *text,
			void (*set)(struct hpc_mask *mask, bool on))
{
	struct hpc_task *ht = hpc_task_make(p);
	struct hpc_mask *new;
	unsigned int on;

	if (kstrtouint(text, 10, &on) || on > 1)
		return -EINVAL;
	if (!ht)
		return -ENOMEM;
	guard(mutex)(&mask_lock);
	new = copy_mask(ht->mask);
	if (!new)
		return -ENOMEM;
	set(new, on);
	replace_mask(ht, new);
	return 0;
}

static void set_policy(struct hpc_mask *mask, bool on)
{
	mask->allow = on;
}

static void set_filter(struct hpc_mask *mask, bool on)
{
	mask->filter = on;
}

int hpc_mask_write_policy(struct task_struct *p, char *text)
{
	return write_switch(p, text, set_policy);
}

int hpc_mask_write_filter(struct task_struct *p, char *text)
{
	return write_switch(p, text, set_filter);
}

void hpc_mask_show_nodes(struct task_struct *p, struct seq_file *m)
{
	struct hpc_mask *mask = mask_get(READ_ONCE(p->hpc));

	for (unsigned int i = 0; mask && i < mask->count; i++) {
		const struct node_range *range = &mask->range[i];

		seq_printf(m, "%s%u", i ? "," : "", range->first);
		if (range->last != range->first)
			seq_printf(m, "-%u", range->last);
	}
	seq_putc(m, '\n');
	hpc_mask_put(mask);
}

void hpc_mask_show_policy(struct task_struct *p, struct seq_file *m)
{
	struct hpc_mask *mask = mask_get(READ_ONCE(p->hpc));

	seq_printf(m, "%d\n", mask ? mask->allow : 1);
	hpc_mask_put(mask);
}

void hpc_mask_show_filter(struct task_struct *p, struct seq_file *m)
{
	struct hpc_mask *mask = mask_get(READ_ONCE(p->hpc));

	seq_printf(m, "%d\n", mask ? mask->filter : 0);
	hpc_mask_put(mask);
}
