// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/hpc/admin: what this node is told about itself. One row of the table is
 * one file; most are a number between two limits, which others ask for through
 * the functions at the end, and the rest act.
 */

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#include "admin.h"
#include "auth.h"
#include "inject.h"
#include "load.h"
#include "migration.h"
#include "node.h"
#include "proto.h"

#define TEXT_MAX	256	/* bytes of one write */

struct admin_file {
	const char *name;
	umode_t mode;
	unsigned int value, min, max;	/* of a number; one word, no lock */
	int (*write)(struct admin_file *file, char *text);
	void (*show)(struct admin_file *file, struct seq_file *m);
};

static DEFINE_MUTEX(mospe_lock);	/* joining and leaving, one at a time */

static int parse_number(struct admin_file *file, const char *text, unsigned int *value)
{
	int err = kstrtouint(text, 10, value);

	if (err)
		return err;
	return *value < file->min || *value > file->max ? -EINVAL : 0;
}

static int write_number(struct admin_file *file, char *text)
{
	unsigned int value;
	int err = parse_number(file, text, &value);

	if (!err)
		WRITE_ONCE(file->value, value);
	return err;
}

static void show_number(struct admin_file *file, struct seq_file *m)
{
	seq_printf(m, "%u\n", READ_ONCE(file->value));
}

static int join(struct admin_file *file, unsigned int id)
{
	int err;

	/* First the id: a peer may greet as soon as the port is open. */
	WRITE_ONCE(file->value, id);
	err = hpc_listen_start();
	if (err) {
		WRITE_ONCE(file->value, 0);
		return err;
	}
	hpc_load_start();
	return 0;
}

static void leave(struct admin_file *file)
{
	WRITE_ONCE(file->value, 0);
	hpc_listen_stop();
	hpc_link_cut_node(0);
	hpc_load_stop();
}

static int write_mospe(struct admin_file *file, char *text)
{
	unsigned int id;
	int err = parse_number(file, text, &id);

	if (err)
		return err;
	guard(mutex)(&mospe_lock);
	if (id == file->value)
		return 0;
	if (!id) {
		leave(file);
		return 0;
	}
	return file->value ? -EBUSY : join(file, id);
}

/* The value counts the writers that wait. */
static DEFINE_SPINLOCK(waiting_lock);

static int wait_for_all(struct admin_file *file, const char *text, int (*all)(void))
{
	unsigned int one;
	int err = kstrtouint(text, 10, &one);

	if (err || one != 1)
		return err ?: -EINVAL;
	scoped_guard(spinlock, &waiting_lock)
		file->value++;
	err = all();
	scoped_guard(spinlock, &waiting_lock)
		file->value--;
	return err;
}

static int write_bring(struct admin_file *file, char *text)
{
	return wait_for_all(file, text, hpc_bring_all);
}

static int write_expel(struct admin_file *file, char *text)
{
	return wait_for_all(file, text, hpc_expel_all);
}

static void show_waiting(struct admin_file *file, struct seq_file *m)
{
	seq_printf(m, "%d\n", READ_ONCE(file->value) > 0);
}

static int write_key(struct admin_file *file, char *text)
{
	return hpc_auth_set_key(text);
}

static int write_fault(struct admin_file *file, char *text)
{
	return hpc_inject_set(text);
}

static void show_version(struct admin_file *file, struct seq_file *m)
{
	seq_printf(m, "Tessera %s protocol %d arch %s features", HPC_VERSION, HPC_PROTO_VERSION,
		   IS_ENABLED(CONFIG_UML) ? "um" : utsname()->machine);
	if (IS_ENABLED(CONFIG_HPC_MIGRATION))
		seq_puts(m, " migration");
	if (IS_ENABLED(CONFIG_HPC_SECUREPORTS))
		seq_puts(m, " secureports");
	if (IS_ENABLED(CONFIG_HPC_LOADLIMIT))
		seq_puts(m, " loadlimit");
	if (IS_ENABLED(CONFIG_HPC_TOPOLOGY))
		seq_puts(m, " topology");
	if (IS_ENABLED(CONFIG_HPC_FAULT_INJECTION))
		seq_puts(m, " fault-injection");
	seq_printf(m, " disclosure=%d\n", CONFIG_HPC_DISCLOSURE);
}

enum {
	MOSPE, BLOCK, STAY, LSTAY, QUIET, BRING, EXPEL, SPEED, KEY, VERSION, TIMEOUT,
	LOADLIMIT, LLIMITMODE, CPULIMIT, CLIMITMODE, ZONE, GATEWAYS, FAULT,
};

#define NUMBER(min_, max_, start)						\
	.mode = 0644, .value = (start), .min = (min_), .max = (max_),		\
	.write = write_number, .show = show_number

static struct admin_file files[] = {
	[MOSPE]	  = { "mospe", 0644, .max = HPC_NODE_MAX,
		      .write = write_mospe, .show = show_number },
	[BLOCK]	  = { "block", NUMBER(0, 1, 0) },
	[STAY]	  = { "stay", NUMBER(0, 1, 0) },
	[LSTAY]	  = { "lstay", NUMBER(0, 1, 0) },
	[QUIET]	  = { "quiet", NUMBER(0, 1, 0) },
	[BRING]	  = { "bring", 0644, .write = write_bring, .show = show_waiting },
	[EXPEL]	  = { "expel", 0644, .write = write_expel, .show = show_waiting },
	[SPEED]	  = { "speed", NUMBER(1, 10000000, 10000) },
	[KEY]	  = { "key", 0200, .write = write_key },
	[VERSION] = { "version", 0444, .show = show_version },
	[TIMEOUT] = { "timeout", NUMBER(1, 60, 4) },
	[LOADLIMIT]  = { "loadlimit", NUMBER(0, 1000000, 0) },
	[LLIMITMODE] = { "llimitmode", NUMBER(0, 2, 0) },
	[CPULIMIT]   = { "cpulimit", NUMBER(0, 100, 0) },
	[CLIMITMODE] = { "climitmode", NUMBER(0, 2, 0) },
	[ZONE]	     = { "zone", NUMBER(0, 255, 0) },
	[GATEWAYS]   = { "gateways", NUMBER(0, 2, 1) },
	[FAULT]	  = { "fault", 0200, .write = write_fault },
};

/* Whether this kernel was built with what the file is for. */
static bool is_there(int i)
{
	switch (i) {
	case LOADLIMIT:
	case LLIMITMODE:
	case CPULIMIT:
	case CLIMITMODE:
		return IS_ENABLED(CONFIG_HPC_LOADLIMIT);
	case ZONE:
	case GATEWAYS:
		return IS_ENABLED(CONFIG_HPC_TOPOLOGY);
	case FAULT:
		return IS_ENABLED(CONFIG_HPC_FAULT_INJECTION);
	default:
		return true;
	}
}

static int admin_show(struct seq_file *m, void *v)
{
	struct admin_file *file = m->private;

	if (!file->show)
		return -EACCES;
	file->show(file, m);
	return 0;
}

static int admin_open(struct inode *inode, struct file *f)
{
	return single_open(f, admin_show, pde_data(inode));
}

static ssize_t admin_write(struct file *f, const char __user *buf, size_t count, loff_t *ppos)
{
	struct admin_file *file = pde_data(file_inode(f));
	char *text;
	int err;

	if (!file->write)
		return -EACCES;
	if (count > TEXT_MAX)
		return -EINVAL;
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	err = file->write(file, strim(text));
	kfree_sensitive(text);
	return err ?: count;
}

static const struct proc_ops admin_ops = {
	.proc_open	= admin_open,
	.proc_read	= seq_read,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
	.proc_write	= admin_write,
};

int __init hpc_admin_init(struct proc_dir_entry *dir)
{
	struct proc_dir_entry *admin = proc_mkdir("admin", dir);

	if (!admin)
		return -ENOMEM;
	for (int i = 0; i < ARRAY_SIZE(files); i++) {
		if (!is_there(i))
			continue;
		if (!proc_create_data(files[i].name, files[i].mode, admin, &admin_ops, &files[i]))
			return -ENOMEM;
	}
	return hpc_place_init(admin);
}

int hpc_node_self(void)
{
	return READ_ONCE(files[MOSPE].value);
}

/* The other modes are the policy's business: it knows whose load it is. */
static bool is_over_limit(void)
{
	unsigned int limit = READ_ONCE(files[LOADLIMIT].value);

	return limit && !READ_ONCE(files[LLIMITMODE].value) &&
	       hpc_load_own(HPC_FIGURE_LOAD) > limit;
}

bool hpc_admin_blocked(void)
{
	return READ_ONCE(files[BLOCK].value) || is_over_limit();
}

unsigned int hpc_admin_timeout(void)
{
	return READ_ONCE(files[TIMEOUT].value);
}

unsigned int hpc_admin_speed(void)
{
	return READ_ONCE(files[SPEED].value);
}

unsigned int hpc_admin_status(void)
{
	return (READ_ONCE(files[STAY].value) ? HPC_STATUS_STAY : 0) |
	       (READ_ONCE(files[LSTAY].value) ? HPC_STATUS_LSTAY : 0) |
	       (READ_ONCE(files[BLOCK].value) ? HPC_STATUS_BLOCK : 0) |
	       (READ_ONCE(files[QUIET].value) ? HPC_STATUS_QUIET : 0);
}
