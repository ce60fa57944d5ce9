/* SPDX-License-Identifier: GPL-2.0 */
/* Fetching pages that the other half owns. */
#ifndef _HPC_FAULT_H
#define _HPC_FAULT_H

#include <linux/mm_types.h>

struct hpc_mm;

/* Whether ownership page by page applies to this mapping at all. */
bool hpc_vma_owned(struct vm_area_struct *vma);

/* Whether the entry says that the other half has the page. */
bool hpc_pte_is_marker(pte_t pte);

/* The pmd entry of @addr, NULL without a table; VMA or mmap lock held. */
pmd_t *hpc_find_pmd(struct mm_struct *mm, unsigned long addr);

/*
 * Get @count pages from @start on, as far as they are the other half's and
 * nobody else is getting them. Takes mmap_lock for reading unless @locked says
 * that the caller has it. 0 when the fault is worth retrying, -EPIPE when the other
 * half is lost, -ENOMEM, -EAGAIN when the first page was not to be had just now.
 */
int hpc_fetch(struct hpc_mm *hm, unsigned long start, unsigned int count, bool locked);

/*
 * Let no page be fetched but by the caller, and wait until none is on its way;
 * until thaw, which anybody may call.
 */
void hpc_fetch_freeze(struct hpc_mm *hm);
void hpc_fetch_thaw(struct hpc_mm *hm);

/* Whether a page of [start, end) is on its way to this half. */
bool hpc_fetch_pending(struct hpc_mm *hm, unsigned long start, unsigned long end);

#endif /* _HPC_FAULT_H */
