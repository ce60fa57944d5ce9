/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of the node table, and the table as it is kept: sorted by id, never
 * changed after it was made.
 */
#ifndef _HPC_TABLE_H
#define _HPC_TABLE_H

#include <linux/if.h>
#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct seq_file;

#define HPC_TABLE_TEXT_MAX	(1 << 20)	/* bytes of one write: thousands of nodes */
#define HPC_NAME_MAX		64	/* with the NUL */

struct hpc_node {
	int id;
	unsigned short family;		/* AF_INET, AF_INET6 */
	union {
		__be32 v4;
		struct in6_addr v6;
	};
	char ifname[IFNAMSIZ];		/* of a link-local address, else "" */
	char name[HPC_NAME_MAX];	/* or "" */
};

struct hpc_table {
	struct rcu_head rcu;
	unsigned int count;
	struct hpc_node node[] __counted_by(count);
};

/* The table in @text, which is cut up; ERR_PTR(-EINVAL) when a line is wrong, -ENOMEM. */
struct hpc_table *hpc_table_parse(char *text);

/* The entry of @id, NULL when there is none or no table. */
const struct hpc_node *hpc_table_find(const struct hpc_table *table, int id);

/* The next word of *@line, which moves on; NULL at the end. */
char *hpc_table_word(char **line);

/* The next line of *@text with neither comment nor blanks around it; NULL at the end. */
char *hpc_table_line(char **text);

void hpc_table_show(struct seq_file *m, const struct hpc_table *table);

#endif /* _HPC_TABLE_H */
