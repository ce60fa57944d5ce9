// SPDX-License-Identifier: GPL-2.0
/*
 * A special mapping that exists in the home half only, while the process is
 * away. Forked children do not inherit it, each deputy has its own.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "scratch.h"
#include "thread.h"

/* Buffers of both directions, each aligned. */
#define SCRATCH_SIZE	(2 * HPC_INLINE_MAX)
#define SCRATCH_PAGES	(SCRATCH_SIZE / PAGE_SIZE)

/* All of it is mapped from the start; a fault is somebody's mistake. */
static vm_fault_t scratch_fault(const struct vm_special_mapping *sm, struct vm_area_struct *vma,
				struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static int scratch_mremap(const struct vm_special_mapping *sm, struct vm_area_struct *vma)
{
	return -EINVAL;
}

static const struct vm_special_mapping scratch_mapping = {
	.name = "[hpc]",
	.fault = scratch_fault,
	.mremap = scratch_mremap,
};

static int alloc_pages_of(struct hpc_task *ht)
{
	int i;

	ht->scratch_pages = kvcalloc(SCRATCH_PAGES, sizeof(struct page *), GFP_KERNEL);
	if (!ht->scratch_pages)
		return -ENOMEM;
	for (i = 0; i < SCRATCH_PAGES; i++) {
		ht->scratch_pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!ht->scratch_pages[i])
			return -ENOMEM;
	}
	ht->scratch.kaddr = vmap(ht->scratch_pages, SCRATCH_PAGES, VM_MAP, PAGE_KERNEL);
	return ht->scratch.kaddr ? 0 : -ENOMEM;
}

/* Shared, or the first write from user space would be to a copy. */
#define SCRATCH_FLAGS	(VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_SHARED | VM_MAYSHARE | \
			 VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP)

static int map_area_locked(struct hpc_task *ht)
{
	unsigned long pages = SCRATCH_PAGES, addr;
	struct vm_area_struct *vma;
	int err;

	mmap_assert_write_locked(current->mm);
	addr = get_unmapped_area(NULL, 0, SCRATCH_SIZE, 0, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	vma = _install_special_mapping(current->mm, addr, SCRATCH_SIZE, SCRATCH_FLAGS,
				       &scratch_mapping);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	ht->scratch.uaddr = addr;
	ht->scratch.size = SCRATCH_SIZE;
	err = vm_insert_pages(vma, addr, ht->scratch_pages, &pages);
	if (err)
		do_munmap(current->mm, addr, SCRATCH_SIZE, NULL);
	return err;
}

static int map_area(struct hpc_task *ht)
{
	int err;

	mmap_write_lock(current->mm);
	err = map_area_locked(ht);
	mmap_write_unlock(current->mm);
	return err;
}

void hpc_scratch_map(struct hpc_task *ht)
{
	if (alloc_pages_of(ht) || map_area(ht))
		hpc_scratch_forget(ht);
}

void hpc_scratch_unmap(struct hpc_task *ht)
{
	if (ht->scratch.uaddr)
		vm_munmap(ht->scratch.uaddr, ht->scratch.size);
	hpc_scratch_forget(ht);
}

void hpc_scratch_forget(struct hpc_task *ht)
{
	int i;

	if (ht->scratch.kaddr)
		vunmap(ht->scratch.kaddr);
	for (i = 0; ht->scratch_pages && i < SCRATCH_PAGES; i++)
		if (ht->scratch_pages[i])
			__free_page(ht->scratch_pages[i]);
	kvfree(ht->scratch_pages);
	ht->scratch_pages = NULL;
	memset(&ht->scratch, 0, sizeof(ht->scratch));
}
