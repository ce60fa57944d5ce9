/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The node table: who is in the cluster, as the daemon wrote it to
 * /proc/hpc/config, and what this node is told about itself in /proc/hpc/admin.
 */
#ifndef _HPC_NODE_H
#define _HPC_NODE_H

#include <linux/socket.h>
#include <linux/types.h>

struct proc_dir_entry;

#define HPC_PORT	4660	/* TCP, the migration port of openMosix */
#define HPC_NODE_MAX	65535
#define HPC_KEY_SIZE	32
#define HPC_MAC_SIZE	32	/* HMAC-SHA256 */

/* This node's id, 0 while it is in no cluster. */
int hpc_node_self(void);

/* Address of node @id with HPC_PORT filled in; -ENXIO when not in the table (or its interface is gone). */
int hpc_node_addr(int id, struct sockaddr_storage *ss);

/* Whether @ss (its port is ignored) is the address of node @id in the table. */
bool hpc_node_has_addr(int id, const struct sockaddr_storage *ss);

/* Whether @ss (its port is ignored) is the address of any node in the table. */
bool hpc_node_known_addr(const struct sockaddr_storage *ss);

bool hpc_admin_blocked(void);		/* admin/block, or over admin/loadlimit */
unsigned int hpc_admin_timeout(void);	/* admin/timeout, seconds */

/* Whether a cluster key is set. */
bool hpc_auth_required(void);

/* HMAC-SHA256 of @data under the cluster key; -ENOKEY when there is none. */
int hpc_auth_mac(const void *data, size_t len, u8 mac[HPC_MAC_SIZE]);

/* Create config in @dir, /proc/hpc. */
int hpc_node_init(struct proc_dir_entry *dir);

#endif /* _HPC_NODE_H */
