/* SPDX-License-Identifier: GPL-2.0 */
/* Describing an address space, and building its copy. */
#ifndef _HPC_VMA_H
#define _HPC_VMA_H

#include "proto.h"

struct hpc_link;
struct hpc_mm;
struct mm_struct;

/*
 * The mappings of current->mm as an array (kvmalloc), and the ranges in which
 * it has pages of its own. Count, or -errno.
 */
int hpc_vmas_collect(struct mm_struct *mm, struct hpc_wire_vma **vmas);
int hpc_extents_collect(struct mm_struct *mm, struct hpc_wire_extent **extents);

/* Take the peer's inventory over as "may be at @node"; -EBADMSG. */
int hpc_extents_take(struct hpc_mm *hm, const struct hpc_wire_extent *extents,
		     unsigned int count, int node);

/* The addresses in mm_struct that /proc shows and brk() needs. */
void hpc_mm_fields_get(struct mm_struct *mm, __le64 *fields);
int hpc_mm_fields_set(struct mm_struct *mm, const __le64 *fields);

/* Map one VMA of the peer in current->mm; files are fetched from node @home. */
int hpc_vma_map(const struct hpc_wire_vma *w, int home, u64 home_boot);

/* Identity of a mapped file. */
void hpc_wire_file_of(struct file *file, struct hpc_wire_file *w);

#endif /* _HPC_VMA_H */
