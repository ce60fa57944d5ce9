// SPDX-License-Identifier: GPL-2.0
/*
 * Text to node table and back. Strict: what is not understood in full is
 * refused, so that a typing error never takes half a cluster down.
 */

#include <linux/bsearch.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/inet.h>
#include <linux/kstrtox.h>
#include <linux/netdevice.h>
#include <linux/overflow.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "node.h"
#include "table.h"

char *hpc_table_word(char **line)
{
	char *word;

	do {
		word = strsep(line, " \t");
	} while (word && !*word);
	return word;
}

char *hpc_table_line(char **text)
{
	char *line = strsep(text, "\n");
	char *comment;

	if (!line)
		return NULL;
	comment = strchr(line, '#');
	if (comment)
		*comment = '\0';
	return strim(line);
}

static bool parse_v4(struct hpc_node *node, const char *text)
{
	const char *end;

	if (!in4_pton(text, -1, (u8 *)&node->v4, -1, &end) || *end)
		return false;
	node->family = AF_INET;
	return !ipv4_is_zeronet(node->v4) && !ipv4_is_multicast(node->v4) &&
	       !ipv4_is_lbcast(node->v4);
}

static bool parse_ifname(struct hpc_node *node, const char *ifname)
{
	struct net_device *dev;

	if (strscpy(node->ifname, ifname, sizeof(node->ifname)) <= 0)
		return false;
	dev = dev_get_by_name(&init_net, ifname);
	dev_put(dev);
	return dev;
}

static bool parse_v6(struct hpc_node *node, char *text)
{
	char *ifname = text;
	const char *end;

	strsep(&ifname, "%");
	if (!in6_pton(text, -1, node->v6.s6_addr, -1, &end) || *end)
		return false;
	node->family = AF_INET6;
	if (ipv6_addr_any(&node->v6) || ipv6_addr_is_multicast(&node->v6) ||
	    ipv6_addr_v4mapped(&node->v6))
		return false;
	/* Only a link-local address says too little, and it always does. */
	if (!(ipv6_addr_type(&node->v6) & IPV6_ADDR_LINKLOCAL))
		return !ifname;
	return ifname && parse_ifname(node, ifname);
}

static bool parse_name(struct hpc_node *node, const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isascii(*c) || !isgraph(*c))
			return false;
	return strscpy(node->name, name, sizeof(node->name)) > 0;
}

static bool parse_node(struct hpc_node *node, char *line)
{
	char *id = hpc_table_word(&line);
	char *addr = hpc_table_word(&line);
	char *name = hpc_table_word(&line);

	if (!id || !addr || kstrtoint(id, 10, &node->id))
		return false;
	if (node->id < 1 || node->id > HPC_NODE_MAX)
		return false;
	if (!(strchr(addr, ':') ? parse_v6(node, addr) : parse_v4(node, addr)))
		return false;
	return !name || (parse_name(node, name) && !hpc_table_word(&line));
}

static int compare(const void *a, const void *b)
{
	return ((const struct hpc_node *)a)->id - ((const struct hpc_node *)b)->id;
}

static bool has_duplicates(const struct hpc_table *table)
{
	for (unsigned int i = 1; i < table->count; i++)
		if (table->node[i - 1].id == table->node[i].id)
			return true;
	return false;
}

/* As many as there can be nodes in @text, for nothing else is known before. */
static struct hpc_table *alloc_table(const char *text)
{
	struct hpc_table *table;
	unsigned int lines = 1;

	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	table = kvzalloc(struct_size(table, node, lines), GFP_KERNEL);
	if (table)
		table->count = lines;
	return table;
}

struct hpc_table *hpc_table_parse(char *text)
{
	struct hpc_table *table = alloc_table(text);
	unsigned int count = 0;
	char *line;

	if (!table)
		return ERR_PTR(-ENOMEM);
	while ((line = hpc_table_line(&text))) {
		if (!*line)
			continue;
		if (!parse_node(&table->node[count], line))
			goto err_free;
		count++;
	}
	table->count = count;
	sort(table->node, count, sizeof(table->node[0]), compare, NULL);
	if (has_duplicates(table))
		goto err_free;
	return table;

err_free:
	kvfree(table);
	return ERR_PTR(-EINVAL);
}

const struct hpc_node *hpc_table_find(const struct hpc_table *table, int id)
{
	const struct hpc_node key = { .id = id };

	if (!table)
		return NULL;
	return bsearch(&key, table->node, table->count, sizeof(key), compare);
}

static void show_node(struct seq_file *m, const struct hpc_node *node)
{
	seq_printf(m, "%d ", node->id);
	if (node->family == AF_INET)
		seq_printf(m, "%pI4", &node->v4);
	else
		seq_printf(m, "%pI6c", &node->v6);
	if (*node->ifname)
		seq_printf(m, "%%%s", node->ifname);
	if (*node->name)
		seq_printf(m, " %s", node->name);
	seq_putc(m, '\n');
}

void hpc_table_show(struct seq_file *m, const struct hpc_table *table)
{
	for (unsigned int i = 0; table && i < table->count; i++)
		show_node(m, &table->node[i]);
}
