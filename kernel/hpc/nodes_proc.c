// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/hpc/nodes/N, a directory for each node of the table with one figure a
 * file, and /proc/hpc/info, through which the daemon tells the figures of the
 * other nodes. Those of this node are measured when they are read.
 */

#include <linux/array_size.h>
#include <linux/build_bug.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "load.h"
#include "node.h"
#include "nodes_proc.h"
#include "table.h"

struct entry {
	int id;
	struct proc_dir_entry *dir;
	struct cell {
		struct entry *entry;
		enum hpc_figure figure;
		u64 value;		/* as the daemon wrote it; one word, no lock */
	} cell[HPC_FIGURE_END];
};

static const char *const names[] = {
	[HPC_FIGURE_CPUS]	= "CPUs",
	[HPC_FIGURE_SPEED]	= "speed",
	[HPC_FIGURE_LOAD]	= "load",
	[HPC_FIGURE_MEM]	= "mem",
	[HPC_FIGURE_RMEM]	= "rmem",
	[HPC_FIGURE_TMEM]	= "tmem",
	[HPC_FIGURE_UTIL]	= "util",
	[HPC_FIGURE_STATUS]	= "status",
};
static_assert(ARRAY_SIZE(names) == HPC_FIGURE_END);

/*
 * entries_lock: who looks an entry up holds it until he is done with it. A file of
 * an entry needs no lock, because proc_remove() waits for its readers; therefore it
 * is never called with entries_lock held.
 */
static DEFINE_MUTEX(entries_lock);
static DEFINE_XARRAY(entries);
static struct proc_dir_entry *nodes_dir;

static u64 figure_value(const struct entry *entry, enum hpc_figure figure)
{
	if (entry->id == hpc_node_self())
		return hpc_load_own(figure);
	return READ_ONCE(entry->cell[figure].value);
}

static int figure_show(struct seq_file *m, void *v)
{
	struct cell *cell = m->private;

	seq_printf(m, "%llu\n", figure_value(cell->entry, cell->figure));
	return 0;
}

static int create_files(struct entry *entry)
{
	char id[8];

	snprintf(id, sizeof(id), "%d", entry->id);
	entry->dir = proc_mkdir(id, nodes_dir);
	if (!entry->dir)
		return -ENOMEM;
	for (int i = 0; i < HPC_FIGURE_END; i++)
		if (!proc_create_single_data(names[i], 0444, entry->dir, figure_show,
					     &entry->cell[i]))
			return -ENOMEM;
	return 0;
}

static void free_entry(struct entry *entry)
{
	proc_remove(entry->dir);
	kfree(entry);
}

static struct entry *make_entry(int id)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return NULL;
	entry->id = id;
	for (int i = 0; i < HPC_FIGURE_END; i++) {
		entry->cell[i].entry = entry;
		entry->cell[i].figure = i;
	}
	entry->cell[HPC_FIGURE_STATUS].value = HPC_STATUS_CONF;
	return entry;
}

int hpc_nodes_proc_add(int id)
{
	struct entry *entry = make_entry(id);
	int err;

	if (!entry)
		return -ENOMEM;
	err = create_files(entry);
	if (err)
		goto err_free;
	scoped_guard(mutex, &entries_lock)
		err = xa_err(xa_store(&entries, id, entry, GFP_KERNEL));
	if (err)
		goto err_free;
	return 0;

err_free:
	free_entry(entry);
	return err;
}

void hpc_nodes_proc_del(int id)
{
	struct entry *entry;

	scoped_guard(mutex, &entries_lock)
		entry = xa_erase(&entries, id);
	if (entry)
		free_entry(entry);
}

/*
 * One line of a write to info: its entry and, with @store, the figures. The same
 * line is read twice, so it is not cut up.
 */
static int info_line(const char *line, bool store)
{
	unsigned long long value[HPC_FIGURE_END];
	struct entry *entry;
	int id, end = 0;

	if (sscanf(line, "%d %llu %llu %llu %llu %llu %llu %llu %llu %n", &id, &value[0],
		   &value[1], &value[2], &value[3], &value[4], &value[5], &value[6],
		   &value[7], &end) != 1 + HPC_FIGURE_END || line[end])
		return -EINVAL;
	entry = id > 0 ? xa_load(&entries, id) : NULL;
	if (!entry)
		return -ENXIO;
	value[HPC_FIGURE_STATUS] |= HPC_STATUS_CONF;
	for (int i = 0; store && i < HPC_FIGURE_END; i++)
		WRITE_ONCE(entry->cell[i].value, value[i]);
	return 0;
}

static int info_lines(char *text, const char *end, bool store)
{
	for (char *line = text; line < end; line += strlen(line) + 1) {
		int err = *line ? info_line(line, store) : 0;

		if (err)
			return err;
	}
	return 0;
}

static ssize_t info_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char *text;
	int err;

	if (count > HPC_TABLE_TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	strreplace(text, '\n', '\0');

	scoped_guard(mutex, &entries_lock) {
		err = info_lines(text, text + count, false);
		if (!err)
			info_lines(text, text + count, true);
	}
	kfree(text);
	return err ?: count;
}

static int info_show(struct seq_file *m, void *v)
{
	struct entry *entry;
	unsigned long id;

	guard(mutex)(&entries_lock);
	xa_for_each(&entries, id, entry) {
		seq_printf(m, "%lu", id);
		for (int i = 0; i < HPC_FIGURE_END; i++)
			seq_printf(m, " %llu", figure_value(entry, i));
		seq_putc(m, '\n');
	}
	return 0;
}

static int info_open(struct inode *inode, struct file *file)
{
	return single_open(file, info_show, NULL);
}

static const struct proc_ops info_ops = {
	.proc_open	= info_open,
	.proc_read	= seq_read,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
	.proc_write	= info_write,
};

int __init hpc_nodes_proc_init(struct proc_dir_entry *dir)
{
	nodes_dir = proc_mkdir("nodes", dir);
	if (!nodes_dir || !proc_create("info", 0644, dir, &info_ops))
		return -ENOMEM;
	return 0;
}
