/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HPC_LISTEN_H
#define _HPC_LISTEN_H

/* Open and close the migration port; called as admin/mospe is set and cleared. */
int hpc_listen_start(void);
void hpc_listen_stop(void);

/* Cut the links to node @id, which left the table; to all nodes when @id is 0. */
void hpc_link_cut_node(int id);

#endif /* _HPC_LISTEN_H */
