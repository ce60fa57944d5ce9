// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/hpc/remote/PID/{from,identity,statm,stats,goto}: the guests of this node,
 * PID being the local pid. A directory comes and goes with its guest.
 */

#include <linux/array_size.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kstrtox.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "node.h"
#include "remote.h"
#include "task.h"

#include <internal.h>	/* of fs/proc: proc_pid_statm() */

struct shown {
	struct task_struct *task;	/* reference */
	struct proc_dir_entry *dir;
};

static struct proc_dir_entry *remote_dir;
static DEFINE_XARRAY(all_shown);	/* by pid; its own lock */

static int from_show(struct seq_file *m, void *v)
{
	struct hpc_guest guest;

	if (!hpc_task_guest(m->private, &guest))
		return -ESRCH;
	seq_printf(m, "%d\n", guest.from);
	return 0;
}

static int identity_show(struct seq_file *m, void *v)
{
	struct hpc_guest guest;

	if (!hpc_task_guest(m->private, &guest))
		return -ESRCH;
	if (CONFIG_HPC_DISCLOSURE >= 1)
		seq_printf(m, "pid=%d", guest.pid);
	if (CONFIG_HPC_DISCLOSURE >= 2)
		seq_printf(m, " uid=%u gid=%u", guest.uid, guest.gid);
	if (CONFIG_HPC_DISCLOSURE >= 3) {
		guest.comm[sizeof(guest.comm) - 1] = '\0';
		seq_puts(m, " comm=");
		seq_escape(m, guest.comm, "\n\\");
	}
	seq_putc(m, '\n');
	return 0;
}

static int statm_show(struct seq_file *m, void *v)
{
	return proc_pid_statm(m, NULL, NULL, m->private);
}

static void group_times(struct task_struct *p, u64 *utime, u64 *stime)
{
	unsigned long flags;

	*utime = 0;
	*stime = 0;
	if (!lock_task_sighand(p, &flags))
		return;
	thread_group_cputime_adjusted(p, utime, stime);
	unlock_task_sighand(p, &flags);
}

static int stats_show(struct seq_file *m, void *v)
{
	struct task_struct *p = m->private;
	struct mm_struct *mm = get_task_mm(p);
	unsigned long vsize = 0, rss = 0;
	struct hpc_guest_stat stat;
	u64 utime, stime;

	if (mm) {
		vsize = mm->total_vm << PAGE_SHIFT;
		rss = get_mm_rss(mm);
		mmput(mm);
	}
	group_times(p, &utime, &stime);
	seq_printf(m, "utime=%llu stime=%llu vsize=%lu rss=%lu ", nsec_to_clock_t(utime),
		   nsec_to_clock_t(stime), vsize, rss);
	hpc_task_guest_stat(p, &stat);
	seq_printf(m, "calls=%llu pages_in=%llu pages_out=%llu age_ms=%llu\n", stat.calls,
		   stat.pages_in, stat.pages_out, div_u64(stat.age, NSEC_PER_MSEC));
	return 0;
}

static ssize_t goto_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct task_struct *p = pde_data(file_inode(file));
	unsigned int node = 0;
	char text[16], *word;
	int err;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	word = strim(text);
	if (strcmp(word, "home") && (kstrtouint(word, 10, &node) || node > HPC_NODE_MAX))
		return -EINVAL;
	err = hpc_task_move(p, node, false);
	return err ?: count;
}

static const struct proc_ops goto_ops = {
	.proc_write	= goto_write,
};

static const struct {
	const char *name;
	int (*show)(struct seq_file *m, void *v);
} files[] = {
	{ "from",	from_show },
	{ "identity",	identity_show },
	{ "statm",	statm_show },
	{ "stats",	stats_show },
};

static int create_files(struct shown *shown)
{
	char name[16];

	snprintf(name, sizeof(name), "%d", task_pid_nr(shown->task));
	shown->dir = proc_mkdir(name, remote_dir);
	if (!shown->dir)
		return -ENOMEM;
	for (int i = 0; i < ARRAY_SIZE(files); i++)
		if (!proc_create_single_data(files[i].name, 0444, shown->dir, files[i].show,
					     shown->task))
			return -ENOMEM;
	return proc_create_data("goto", 0200, shown->dir, &goto_ops, shown->task) ? 0 : -ENOMEM;
}

static void free_shown(struct shown *shown)
{
	proc_remove(shown->dir);
	put_task_struct(shown->task);
	kfree(shown);
}

int hpc_remote_add(struct task_struct *p)
{
	struct shown *shown = kzalloc(sizeof(*shown), GFP_KERNEL);
	int err;

	if (!shown)
		return -ENOMEM;
	shown->task = get_task_struct(p);
	err = xa_insert(&all_shown, task_pid_nr(p), shown, GFP_KERNEL);
	if (err) {
		free_shown(shown);
		return err == -EBUSY ? -EEXIST : err;
	}
	err = create_files(shown);
	if (err) {
		xa_erase(&all_shown, task_pid_nr(p));
		free_shown(shown);
	}
	return err;
}

void hpc_remote_del(struct task_struct *p)
{
	struct shown *shown = xa_load(&all_shown, task_pid_nr(p));

	if (!shown || shown->task != p)
		return;
	xa_erase(&all_shown, task_pid_nr(p));
	free_shown(shown);
}

int __init hpc_remote_init(struct proc_dir_entry *dir)
{
	remote_dir = proc_mkdir("remote", dir);
	return remote_dir ? 0 : -ENOMEM;
}
