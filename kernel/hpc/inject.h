/* SPDX-License-Identifier: GPL-2.0 */
/* Fault injection, for tests: see inject.c. */
#ifndef _HPC_INJECT_H
#define _HPC_INJECT_H

#include <linux/types.h>

struct hpc_link;

#ifdef CONFIG_HPC_FAULT_INJECTION
/* True when the link was cut instead of sending this message. */
bool hpc_inject_cut(struct hpc_link *link, u16 type);
/* True when this page is to be lost, once. */
bool hpc_inject_lose_page(void);
/* Write to admin/fault: "cut N", "losepage", "leak", "off". */
int hpc_inject_set(const char *word);
#else
static inline bool hpc_inject_cut(struct hpc_link *link, u16 type) { return false; }
static inline bool hpc_inject_lose_page(void) { return false; }
static inline int hpc_inject_set(const char *word) { return -EOPNOTSUPP; }
#endif

#endif /* _HPC_INJECT_H */
