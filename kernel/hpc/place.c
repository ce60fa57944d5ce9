// SPDX-License-Identifier: GPL-2.0
/*
 * Placement at exec. The daemon hands out tokens, each good for one program that
 * starts on a certain node. execve() takes one and leaves a wish to move; it is
 * fulfilled before the new image has run, when all its memory is the page with
 * its arguments, so that nothing of the old one is carried.
 */

#include <linux/cleanup.h>
#include <linux/hpc.h>
#include <linux/jiffies.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "admin.h"
#include "cantmove.h"
#include "load.h"
#include "mask.h"
#include "node.h"
#include "place.h"
#include "stat.h"
#include "task.h"

#define TEXT_MAX	4096
#define ROWS_MAX	256
#define COUNT_MAX	1000000
#define LIFE		(2 * HZ)	/* of tokens, so that a dead daemon places nothing */

struct tokens {
	unsigned int count;
	struct row {
		int node;
		unsigned int left;
	} row[];
};

static DEFINE_SPINLOCK(place_lock);	/* tokens, tokens_end, hpc_placing */
static struct tokens *tokens;		/* or NULL */
static unsigned long tokens_end;	/* jiffies */
bool hpc_placing;			/* whether to look at all */

/* Old tokens are none. */
static void expire(void)
{
	lockdep_assert_held(&place_lock);
	if (!tokens || time_before(jiffies, tokens_end))
		return;
	kfree(tokens);
	tokens = NULL;
	WRITE_ONCE(hpc_placing, false);
}

/* The row with most tokens left that current may use. */
static struct row *best_row(void)
{
	struct row *best = NULL;

	for (unsigned int i = 0; tokens && i < tokens->count; i++) {
		struct row *row = &tokens->row[i];

		if (row->left > (best ? best->left : 0) && hpc_mask_allows(current, row->node))
			best = row;
	}
	return best;
}

/* A node, with its token taken; 0: there is none. */
static int take_token(void)
{
	struct row *row;

	guard(spinlock)(&place_lock);
	expire();
	row = best_row();
	if (!row)
		return 0;
	row->left--;
	return row->node;
}

void hpc_place_failed(int node)
{
	hpc_stat_inc(HPC_STAT_PLACE_FAILED);
	guard(spinlock)(&place_lock);
	for (unsigned int i = 0; tokens && i < tokens->count; i++)
		if (tokens->row[i].node == node)
			tokens->row[i].left = 0;
}

/* Somebody sits in front of it: what he starts may go, his shell stays. */
static bool is_login(void)
{
	/* Only whether there is one, so without siglock. */
	return current->signal->leader && READ_ONCE(current->signal->tty);
}

static bool may_be_placed(void)
{
	if (is_login())
		return false;
	if (!hpc_node_self() || (hpc_admin_status() & (HPC_STATUS_STAY | HPC_STATUS_LSTAY)))
		return false;
	/* A lock is among the reasons. */
	return !hpc_task_wishing(current) && !hpc_cantmove(current);
}

/* After a successful execve(), with no lock held. */
void __hpc_exec(void)
{
	int node = may_be_placed() ? take_token() : 0;

	if (node)
		hpc_task_place(node);
}

/* One line, which is not empty: -EINVAL, or 0 with @row filled. */
static int parse_row(const char *line, struct row *row)
{
	int end = 0;

	if (sscanf(line, "%d %u %n", &row->node, &row->left, &end) != 2 || line[end])
		return -EINVAL;
	return row->node <= 0 || row->node > HPC_NODE_MAX || row->left > COUNT_MAX ? -EINVAL : 0;
}

static int parse_rows(char *text, struct tokens *new)
{
	char *line;

	while ((line = strsep(&text, "\n"))) {
		if (!*strim(line))
			continue;
		if (new->count == ROWS_MAX || parse_row(line, &new->row[new->count]))
			return -EINVAL;
		new->count++;
	}
	return 0;
}

static void replace(struct tokens *new)
{
	struct tokens *old;

	scoped_guard(spinlock, &place_lock) {
		old = tokens;
		tokens = new;
		tokens_end = jiffies + LIFE;
		WRITE_ONCE(hpc_placing, new->count > 0);
	}
	kfree(old);
}

static ssize_t place_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct tokens *new;
	char *text;
	int err;

	if (count > TEXT_MAX)
		return -EINVAL;
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	new = kzalloc(struct_size(new, row, ROWS_MAX), GFP_KERNEL);
	err = new ? parse_rows(text, new) : -ENOMEM;
	kfree(text);
	if (err) {
		kfree(new);
		return err;
	}
	replace(new);
	return count;
}

static int place_show(struct seq_file *m, void *v)
{
	guard(spinlock)(&place_lock);
	expire();
	for (unsigned int i = 0; tokens && i < tokens->count; i++)
		seq_printf(m, "%d %u\n", tokens->row[i].node, tokens->row[i].left);
	return 0;
}

static int place_open(struct inode *inode, struct file *file)
{
	return single_open(file, place_show, NULL);
}

static const struct proc_ops place_ops = {
	.proc_open	= place_open,
	.proc_read	= seq_read,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
	.proc_write	= place_write,
};

int __init hpc_place_init(struct proc_dir_entry *dir)
{
	return proc_create("place", 0644, dir, &place_ops) ? 0 : -ENOMEM;
}
