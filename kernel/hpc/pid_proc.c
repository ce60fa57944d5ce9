// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/{where,goto,lock,nmigs,cantmove,hpcstat}, and what of it the policy
 * heeds. All may read; to write takes the same rights as to renice the process.
 * Entered from the table in fs/proc/base.c through linux/hpc_proc.h.
 */

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/hpc_proc.h>
#include <linux/kstrtox.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "cantmove.h"
#include "decay.h"
#include "mask.h"
#include "node.h"
#include "task.h"

#include <internal.h>	/* of fs/proc: get_proc_task() */

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

static int parse_goal(struct task_struct *p, const char *text, unsigned int *node)
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

static int set_goto(struct file *file, struct task_struct *p, char *text)
{
	unsigned int node;

	return parse_goal(p, text, &node) ?:
	       hpc_task_move(p, node, !(file->f_flags & O_NONBLOCK));
}

static void show_goto(struct task_struct *p, struct seq_file *m)
{
	int node = hpc_task_goal(p);

	if (node)
		seq_printf(m, node < 0 ? "0\n" : "%d\n", node);
	else
		seq_puts(m, "home\n");
}

static int set_lock(struct file *file, struct task_struct *p, char *text)
{
	unsigned int on;

	return kstrtouint(text, 10, &on) || on > 1 ? -EINVAL : hpc_task_lock(p, on);
}

static void show_lock(struct task_struct *p, struct seq_file *m)
{
	seq_printf(m, "%d\n", hpc_task_locked(p));
}

static int set_mignodes(struct file *file, struct task_struct *p, char *text)
{
	return hpc_mask_write_nodes(p, text);
}

static int set_migpolicy(struct file *file, struct task_struct *p, char *text)
{
	return hpc_mask_write_policy(p, text);
}

static int set_migfilter(struct file *file, struct task_struct *p, char *text)
{
	return hpc_mask_write_filter(p, text);
}

static int set_decay(struct file *file, struct task_struct *p, char *text)
{
	return hpc_decay_write(p, text);
}

/* What was written to @file goes to @act, without blanks around it. */
static ssize_t write_text(struct file *file, const char __user *buf, size_t count,
			  int (*act)(struct file *file, struct task_struct *p, char *text))
{
	struct task_struct *p;
	char *text;
	int err;

	if (count > HPC_MASK_TEXT_MAX)
		return -EINVAL;
	p = get_proc_task(file_inode(file));
	if (!p)
		return -ESRCH;
	text = memdup_user_nul(buf, count);
	err = PTR_ERR_OR_ZERO(text) ?: may_control(file, p);
	if (!err)
		err = act(file, p, strim(text));
	if (!IS_ERR(text))
		kfree(text);
	put_task_struct(p);
	return err ?: count;
}

static int show_text(struct seq_file *m, void (*show)(struct task_struct *p, struct seq_file *m))
{
	struct task_struct *p = get_proc_task(m->private);

	if (!p)
		return -ESRCH;
	show(p, m);
	put_task_struct(p);
	return 0;
}

/* A file that is read through @show and written through @act. */
#define FILE_OPERATIONS(name, show, act)							\
static int name##_show(struct seq_file *m, void *v)						\
{												\
	return show_text(m, show);								\
}												\
												\
static int name##_open(struct inode *inode, struct file *file)					\
{												\
	return single_open(file, name##_show, inode);						\
}												\
												\
static ssize_t name##_write(struct file *file, const char __user *buf, size_t count,		\
			    loff_t *ppos)							\
{												\
	return write_text(file, buf, count, act);						\
}												\
												\
const struct file_operations hpc_proc_##name##_operations = {					\
	.open		= name##_open,								\
	.read		= seq_read,								\
	.write		= name##_write,								\
	.llseek		= seq_lseek,								\
	.release	= single_release,							\
}

FILE_OPERATIONS(goto, show_goto, set_goto);
FILE_OPERATIONS(lock, show_lock, set_lock);
FILE_OPERATIONS(mignodes, hpc_mask_show_nodes, set_mignodes);
FILE_OPERATIONS(migpolicy, hpc_mask_show_policy, set_migpolicy);
FILE_OPERATIONS(migfilter, hpc_mask_show_filter, set_migfilter);
FILE_OPERATIONS(decay, hpc_decay_show, set_decay);
