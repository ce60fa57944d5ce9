// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/{where,goto,lock,nmigs,cantmove,hpcstat}. All may read; to move or
 * lock a process takes the same rights as to renice it. Entered from the table
 * in fs/proc/base.c through linux/hpc_proc.h.
 */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/hpc_proc.h>
#include <linux/kstrtox.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "cantmove.h"
#include "node.h"
#include "task.h"

#include <internal.h>	/* of fs/proc: get_proc_task() */

#define TEXT_MAX	16

int hpc_proc_where(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		   struct task_struct *task)
{
	seq_printf(m, "%d\n", hpc_task_where(task));
	return 0;
}

int hpc_proc_nmigs(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		   struct task_struct *task)
{
	seq_printf(m, "%u\n", hpc_task_nmigs(task));
	return 0;
}

int hpc_proc_cantmove(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		      struct task_struct *task)
{
	hpc_cantmove_show(m, hpc_cantmove(task) | hpc_cantmove_informs(task));
	return 0;
}

int hpc_proc_stat(struct seq_file *m, struct pid_namespace *ns, struct pid *pid,
		  struct task_struct *task)
{
	hpc_task_show_stat(task, m);
	return 0;
}

/* A process that is or was set-uid is root's. */
static bool owns(const struct cred *cred, struct task_struct *p)
{
	const struct cred *his;
	bool same;

	rcu_read_lock();
	his = __task_cred(p);
	same = uid_eq(cred->euid, his->uid) && uid_eq(cred->euid, his->euid) &&
	       uid_eq(cred->euid, his->suid);
	rcu_read_unlock();
	return same;
}

/*
 * Whoever opened the file counts, not who happens to write to it. The owner of a
 * guest is a user of another node: one with the same uid here is a stranger.
 */
static int may_control(struct file *file, struct task_struct *p)
{
	struct hpc_guest guest;

	if (!hpc_task_guest(p, &guest) && owns(file->f_cred, p))
		return 0;
	return file_ns_capable(file, &init_user_ns, CAP_SYS_NICE) ? 0 : -EPERM;
}

/*
 * What was written to @file, without blanks around it, in @text, and the process
 * that it is for, with a reference.
 */
static struct task_struct *begin_write(struct file *file, const char __user *buf, size_t count,
				       char text[TEXT_MAX])
{
	struct task_struct *p;
	int err;

	p = get_proc_task(file_inode(file));
	if (!p)
		return ERR_PTR(-ESRCH);
	err = may_control(file, p);
	if (!err && count >= TEXT_MAX)
		err = -EINVAL;
	if (!err && copy_from_user(text, buf, count))
		err = -EFAULT;
	if (err) {
		put_task_struct(p);
		return ERR_PTR(err);
	}
	text[count] = '\0';
	return p;
}

static int parse_goal(struct task_struct *p, char *text, unsigned int *node)
{
	struct hpc_guest guest;

	if (!strcmp(text, "home"))
		*node = 0;
	else if (kstrtouint(text, 10, node) || *node > HPC_NODE_MAX)
		return -EINVAL;
	/* Home by its number. */
	if (*node == hpc_node_self() && !hpc_task_guest(p, &guest))
		*node = 0;
	return 0;
}

static ssize_t goto_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char text[TEXT_MAX];
	struct task_struct *p = begin_write(file, buf, count, text);
	unsigned int node;
	int err;

	if (IS_ERR(p))
		return PTR_ERR(p);
	err = parse_goal(p, strim(text), &node);
	if (!err)
		err = hpc_task_move(p, node);
	put_task_struct(p);
	return err ?: count;
}

static ssize_t lock_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	char text[TEXT_MAX];
	struct task_struct *p = begin_write(file, buf, count, text);
	unsigned int on;
	int err;

	if (IS_ERR(p))
		return PTR_ERR(p);
	err = kstrtouint(strim(text), 10, &on) || on > 1 ? -EINVAL : hpc_task_lock(p, on);
	put_task_struct(p);
	return err ?: count;
}

static int show_number(struct seq_file *m, int (*number)(struct task_struct *p))
{
	struct task_struct *p = get_proc_task(m->private);

	if (!p)
		return -ESRCH;
	seq_printf(m, "%d\n", number(p));
	put_task_struct(p);
	return 0;
}

static int goto_show(struct seq_file *m, void *v)
{
	return show_number(m, hpc_task_goal);
}

static int is_locked(struct task_struct *p)
{
	return hpc_task_locked(p);
}

static int lock_show(struct seq_file *m, void *v)
{
	return show_number(m, is_locked);
}

static int goto_open(struct inode *inode, struct file *file)
{
	return single_open(file, goto_show, inode);
}

static int lock_open(struct inode *inode, struct file *file)
{
	return single_open(file, lock_show, inode);
}

const struct file_operations hpc_proc_goto_operations = {
	.open		= goto_open,
	.read		= seq_read,
	.write		= goto_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

const struct file_operations hpc_proc_lock_operations = {
	.open		= lock_open,
	.read		= seq_read,
	.write		= lock_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};
