/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HPC_AUTH_H
#define _HPC_AUTH_H

/* Set the cluster key from @text, 64 hex digits; an empty @text removes it. */
int hpc_auth_set_key(const char *text);

#endif /* _HPC_AUTH_H */
