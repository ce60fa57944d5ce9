// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/hpc/config and the node table behind it. A write replaces the table as
 * a whole; readers see the old one or the new one. A node that vanishes from
 * the table, or has another address now, loses its links.
 */

#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "migration.h"
#include "node.h"
#include "nodes_proc.h"
#include "table.h"

static DEFINE_MUTEX(table_lock);		/* one replacement at a time */
static struct hpc_table __rcu *current_table;	/* NULL: never written; RCU, table_lock */

static int ifindex_of(const struct hpc_node *node)
{
	struct net_device *dev = dev_get_by_name_rcu(&init_net, node->ifname);

	return dev ? dev->ifindex : 0;
}

/* Interfaces come and go, so the index is looked up when it is needed. */
static int fill_addr(const struct hpc_node *node, struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = node->family;
	if (node->family == AF_INET) {
		in->sin_port = htons(HPC_PORT);
		in->sin_addr.s_addr = node->v4;
		return 0;
	}
	in6->sin6_port = htons(HPC_PORT);
	in6->sin6_addr = node->v6;
	if (*node->ifname)
		in6->sin6_scope_id = ifindex_of(node);
	return *node->ifname && !in6->sin6_scope_id ? -ENXIO : 0;
}

int hpc_node_addr(int id, struct sockaddr_storage *ss)
{
	const struct hpc_node *node;

	guard(rcu)();
	node = hpc_table_find(rcu_dereference(current_table), id);
	return node ? fill_addr(node, ss) : -ENXIO;
}

static bool has_v4(const struct hpc_node *node, __be32 addr)
{
	return node->family == AF_INET && node->v4 == addr;
}

static bool has_addr(const struct hpc_node *node, const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

	if (ss->ss_family == AF_INET)
		return has_v4(node, ((const struct sockaddr_in *)ss)->sin_addr.s_addr);
	if (ss->ss_family != AF_INET6)
		return false;
	/* how an IPv6 socket shows an IPv4 peer */
	if (ipv6_addr_v4mapped(&in6->sin6_addr))
		return has_v4(node, in6->sin6_addr.s6_addr32[3]);
	if (node->family != AF_INET6 || !ipv6_addr_equal(&node->v6, &in6->sin6_addr))
		return false;
	return !*node->ifname || ifindex_of(node) == in6->sin6_scope_id;
}

bool hpc_node_has_addr(int id, const struct sockaddr_storage *ss)
{
	const struct hpc_node *node;

	guard(rcu)();
	node = hpc_table_find(rcu_dereference(current_table), id);
	return node && has_addr(node, ss);
}

bool hpc_node_known_addr(const struct sockaddr_storage *ss)
{
	const struct hpc_table *table;

	guard(rcu)();
	table = rcu_dereference(current_table);
	for (unsigned int i = 0; table && i < table->count; i++)
		if (has_addr(&table->node[i], ss))
			return true;
	return false;
}

static bool same_addr(const struct hpc_node *a, const struct hpc_node *b)
{
	if (a->family != b->family || strcmp(a->ifname, b->ifname))
		return false;
	return a->family == AF_INET ? a->v4 == b->v4 : ipv6_addr_equal(&a->v6, &b->v6);
}

/* Delete the directories of the first @count nodes of @table that @keep does not have. */
static void del_dirs(const struct hpc_table *table, unsigned int count,
		     const struct hpc_table *keep)
{
	for (unsigned int i = 0; i < count; i++)
		if (!hpc_table_find(keep, table->node[i].id))
			hpc_nodes_proc_del(table->node[i].id);
}

/* Make directories for the nodes of @table that are not in @old; all or none. */
static int add_dirs(const struct hpc_table *table, const struct hpc_table *old)
{
	for (unsigned int i = 0; i < table->count; i++) {
		int err;

		if (hpc_table_find(old, table->node[i].id))
			continue;
		err = hpc_nodes_proc_add(table->node[i].id);
		if (err) {
			del_dirs(table, i, old);
			return err;
		}
	}
	return 0;
}

static void cut_links(const struct hpc_table *old, const struct hpc_table *table)
{
	for (unsigned int i = 0; i < old->count; i++) {
		const struct hpc_node *now = hpc_table_find(table, old->node[i].id);

		if (!now || !same_addr(now, &old->node[i]))
			hpc_link_cut_node(old->node[i].id);
	}
}

static int replace_table(struct hpc_table *table)
{
	struct hpc_table *old;
	int err;

	guard(mutex)(&table_lock);
	old = rcu_dereference_protected(current_table, lockdep_is_held(&table_lock));
	err = add_dirs(table, old);
	if (err)
		return err;
	/* commit point: from here on nobody is talked to who is not in @table */
	rcu_assign_pointer(current_table, table);
	if (!old)
		return 0;
	del_dirs(old, old->count, table);
	/* Who found an old address may still be about to use it. */
	synchronize_rcu();
	cut_links(old, table);
	kvfree(old);
	return 0;
}

static ssize_t config_write(struct file *file, const char __user *buf, size_t count, loff_t *ppos)
{
	struct hpc_table *table;
	char *text;
	int err;

	/* The rest of a table that came in pieces would replace its beginning. */
	if (*ppos)
		return -EINVAL;
	if (count > HPC_TABLE_TEXT_MAX)
		return -E2BIG;
	text = memdup_user_nul(buf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	table = strlen(text) == count ? hpc_table_parse(text) : ERR_PTR(-EINVAL);
	kfree(text);
	if (IS_ERR(table))
		return PTR_ERR(table);
	err = replace_table(table);
	if (err) {
		kvfree(table);
		return err;
	}
	*ppos += count;
	return count;
}

static int config_show(struct seq_file *m, void *v)
{
	guard(rcu)();
	hpc_table_show(m, rcu_dereference(current_table));
	return 0;
}

static int config_open(struct inode *inode, struct file *file)
{
	return single_open(file, config_show, NULL);
}

static const struct proc_ops config_ops = {
	.proc_open	= config_open,
	.proc_read	= seq_read,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
	.proc_write	= config_write,
};

int __init hpc_node_init(struct proc_dir_entry *dir)
{
	return proc_create("config", 0644, dir, &config_ops) ? 0 : -ENOMEM;
}
