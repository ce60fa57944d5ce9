// SPDX-License-Identifier: GPL-2.0
/*
 * What an address space looks like, for the wire, and back. Special mappings
 * (vdso, our scratch area) are not described: each side has its own.
 */
#include <linux/fs.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/personality.h>
#include <linux/security.h>

#include "fault.h"
#include "file.h"
#include "mm.h"
#include "vma.h"

/* Where single pages are told apart, and gaps up to which they are not. */
#define FINE_BYTES	(8UL << 20)
#define GAP_BYTES	(16 * PAGE_SIZE)

static const struct {
	unsigned long vm;
	u32 wire;
} flag_map[] = {
	{ VM_GROWSDOWN, HPC_VMA_GROWSDOWN },
	{ VM_DONTCOPY, HPC_VMA_DONTCOPY },
	{ VM_DONTDUMP, HPC_VMA_DONTDUMP },
	{ VM_WIPEONFORK, HPC_VMA_WIPEONFORK },
	{ VM_NORESERVE, HPC_VMA_NORESERVE },
	{ VM_NOHUGEPAGE, HPC_VMA_NOHUGEPAGE },
	{ VM_HUGEPAGE, HPC_VMA_HUGEPAGE },
};

static bool is_special(struct vm_area_struct *vma)
{
	return !vma_is_anonymous(vma) && !vma->vm_file;
}

static u32 prot_of(unsigned long vm_flags)
{
	return (vm_flags & VM_READ ? PROT_READ : 0) | (vm_flags & VM_WRITE ? PROT_WRITE : 0) |
	       (vm_flags & VM_EXEC ? PROT_EXEC : 0);
}

void hpc_wire_file_of(struct file *file, struct hpc_wire_file *w)
{
	struct inode *inode = file_inode(file);
	struct timespec64 mtime = inode_get_mtime(inode);

	w->dev = cpu_to_le64(inode->i_sb->s_dev);
	w->ino = cpu_to_le64(inode->i_ino);
	w->mtime = cpu_to_le64(timespec64_to_ns(&mtime));
	w->size = cpu_to_le64(i_size_read(inode));
}

static void vma_to_wire(struct vm_area_struct *vma, struct hpc_wire_vma *w)
{
	u32 flags = 0;
	int i;

	memset(w, 0, sizeof(*w));
	for (i = 0; i < ARRAY_SIZE(flag_map); i++)
		if (vma->vm_flags & flag_map[i].vm)
			flags |= flag_map[i].wire;
	if (vma->vm_file) {
		flags |= HPC_VMA_FILE;
		if (!(vma->vm_flags & VM_MAYWRITE))
			flags |= HPC_VMA_SHARED;
		hpc_wire_file_of(vma->vm_file, &w->file);
		w->pgoff = cpu_to_le64(vma->vm_pgoff);
	}
	w->start = cpu_to_le64(vma->vm_start);
	w->end = cpu_to_le64(vma->vm_end);
	w->prot = cpu_to_le32(prot_of(vma->vm_flags));
	w->flags = cpu_to_le32(flags);
}

int hpc_vmas_collect(struct mm_struct *mm, struct hpc_wire_vma **vmas)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct hpc_wire_vma *array;
	struct vm_area_struct *vma;
	int n = 0;

	array = kvcalloc(READ_ONCE(mm->map_count) + 8, sizeof(*array), GFP_KERNEL);
	if (!array)
		return -ENOMEM;
	mmap_read_lock(mm);
	for_each_vma(vmi, vma)
		if (!is_special(vma) && n < mm->map_count + 8)
			vma_to_wire(vma, &array[n++]);
	mmap_read_unlock(mm);
	*vmas = array;
	return n;
}

struct extents {
	struct hpc_wire_extent *array;
	unsigned int count, room;
	unsigned long start, end;	/* the open one, start == end: none */
	int err;
};

/* Before a table is looked at, which happens under RCU: room for what it can have. */
static void make_room(struct extents *x)
{
	struct hpc_wire_extent *bigger;
	unsigned int room;

	if (x->room - x->count > PTRS_PER_PTE)
		return;
	room = 2 * (x->room + PTRS_PER_PTE);
	bigger = kvcalloc(room, sizeof(*bigger), GFP_KERNEL);
	if (!bigger) {
		x->err = -ENOMEM;
		return;
	}
	if (x->count)
		memcpy(bigger, x->array, x->count * sizeof(*bigger));
	kvfree(x->array);
	x->array = bigger;
	x->room = room;
}

static void flush_extent(struct extents *x)
{
	if (x->start == x->end)
		return;
	x->array[x->count].start = cpu_to_le64(x->start);
	x->array[x->count++].end = cpu_to_le64(x->end);
	x->start = x->end = 0;
}

/* Ranges may say too much: whoever asks for a page that is not there learns so. */
static void add_extent(struct extents *x, unsigned long start, unsigned long end,
		       unsigned long vma_start)
{
	if (x->start != x->end && start - x->end <= GAP_BYTES && x->end >= vma_start) {
		x->end = end;
		return;
	}
	flush_extent(x);
	x->start = start;
	x->end = end;
}

static void scan_table(struct mm_struct *mm, pmd_t *pmd, unsigned long addr, unsigned long end,
		       unsigned long vma_start, struct extents *x)
{
	pte_t *start_pte = pte_offset_map(pmd, addr);
	pte_t *ptep = start_pte;

	if (!ptep)
		return;
	for (; addr < end; addr += PAGE_SIZE, ptep++)
		if (!pte_none(ptep_get(ptep)) && !hpc_pte_is_marker(ptep_get(ptep)))
			add_extent(x, addr, addr + PAGE_SIZE, vma_start);
	pte_unmap(start_pte);
}

/*
 * Whole page tables for large mappings, so that the time does not grow with the
 * memory; single pages in small ones.
 */
static void scan_vma(struct mm_struct *mm, struct vm_area_struct *vma, struct extents *x)
{
	bool fine = vma->vm_end - vma->vm_start <= FINE_BYTES;
	unsigned long addr, next;

	for (addr = vma->vm_start; addr < vma->vm_end && !x->err; addr = next) {
		pmd_t *pmd = hpc_find_pmd(mm, addr);

		next = pmd_addr_end(addr, vma->vm_end);
		if (!pmd || pmd_none(pmdp_get_lockless(pmd)))
			continue;
		make_room(x);
		if (x->err)
			return;
		if (!fine || pmd_trans_huge(pmdp_get_lockless(pmd)))
			add_extent(x, addr, next, vma->vm_start);
		else
			scan_table(mm, pmd, addr, next, vma->vm_start, x);
	}
}

/*
 * Without pages of its own a mapping shows zeroes or the file, which the other half
 * has as well; but not once it writes there, so none of it stays mapped here.
 */
static void scan_or_zap(struct mm_struct *mm, struct vm_area_struct *vma, struct extents *x)
{
	if (vma->anon_vma)
		scan_vma(mm, vma, x);
	else
		zap_page_range_single(vma, vma->vm_start, vma->vm_end - vma->vm_start, NULL);
}

int hpc_extents_collect(struct mm_struct *mm, struct hpc_wire_extent **extents)
{
	VMA_ITERATOR(vmi, mm, 0);
	struct extents x = { };
	struct vm_area_struct *vma;

	mmap_read_lock(mm);
	for_each_vma(vmi, vma)
		if (hpc_vma_owned(vma))
			scan_or_zap(mm, vma, &x);
	if (!x.err)
		flush_extent(&x);
	mmap_read_unlock(mm);
	if (x.err) {
		kvfree(x.array);
		return x.err;
	}
	*extents = x.array;
	return x.count;
}

static bool range_ok(u64 start, u64 end)
{
	return start < end && end <= TASK_SIZE && PAGE_ALIGNED(start) && PAGE_ALIGNED(end);
}

int hpc_extents_take(struct hpc_mm *hm, const struct hpc_wire_extent *extents,
		     unsigned int count, int node)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < count && !err; i++) {
		u64 start = le64_to_cpu(extents[i].start);
		u64 end = le64_to_cpu(extents[i].end);

		err = range_ok(start, end) ? hpc_owner_set(hm, start, end, node) : -EBADMSG;
	}
	return err;
}

static unsigned long *mm_field(struct mm_struct *mm, int i)
{
	unsigned long *fields[HPC_MM_FIELDS] = {
		&mm->start_code, &mm->end_code, &mm->start_data, &mm->end_data,
		&mm->start_brk, &mm->brk, &mm->start_stack, &mm->arg_start,
		&mm->arg_end, &mm->env_start, &mm->env_end, &mm->mmap_base,
	};

	return fields[i];
}

void hpc_mm_fields_get(struct mm_struct *mm, __le64 *fields)
{
	int i;

	for (i = 0; i < HPC_MM_FIELDS; i++)
		fields[i] = cpu_to_le64(*mm_field(mm, i));
}

int hpc_mm_fields_set(struct mm_struct *mm, const __le64 *fields)
{
	int i;

	for (i = 0; i < HPC_MM_FIELDS; i++)
		if (le64_to_cpu(fields[i]) > TASK_SIZE)
			return -EBADMSG;
	for (i = 0; i < HPC_MM_FIELDS; i++)
		*mm_field(mm, i) = le64_to_cpu(fields[i]);
	return 0;
}

static int set_vma_flags(unsigned long start, u32 wire)
{
	struct vm_area_struct *vma;
	unsigned long set = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(flag_map); i++)
		if ((wire & flag_map[i].wire) && flag_map[i].vm != VM_GROWSDOWN &&
		    flag_map[i].vm != VM_NORESERVE)
			set |= flag_map[i].vm;
	if (!set)
		return 0;
	mmap_write_lock(current->mm);
	vma = vma_lookup(current->mm, start);
	if (vma)
		vm_flags_set(vma, set);
	mmap_write_unlock(current->mm);
	return vma ? 0 : -EFAULT;
}

int hpc_vma_map(const struct hpc_wire_vma *w, int home, u64 home_boot)
{
	u64 start = le64_to_cpu(w->start), end = le64_to_cpu(w->end);
	u32 flags = le32_to_cpu(w->flags), prot = le32_to_cpu(w->prot);
	unsigned long how = MAP_FIXED_NOREPLACE;
	u64 pgoff = le64_to_cpu(w->pgoff);
	struct file *file = NULL;
	unsigned long addr;

	if (!range_ok(start, end) || start < mmap_min_addr || (flags & ~HPC_VMA_ALL) ||
	    (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) ||
	    pgoff > (ULONG_MAX >> PAGE_SHIFT) - ((end - start) >> PAGE_SHIFT))
		return -EBADMSG;
	if ((flags & (HPC_VMA_SHARED | HPC_VMA_FILE)) == HPC_VMA_SHARED)
		return -EBADMSG;
	how |= flags & HPC_VMA_SHARED ? MAP_SHARED : MAP_PRIVATE;
	if (flags & HPC_VMA_GROWSDOWN)
		how |= MAP_GROWSDOWN;
	if (flags & HPC_VMA_NORESERVE)
		how |= MAP_NORESERVE;
	if (flags & HPC_VMA_FILE) {
		file = hpc_file_open(&w->file, home, home_boot);
		if (IS_ERR(file))
			return PTR_ERR(file);
	} else {
		how |= MAP_ANONYMOUS;
		pgoff = 0;
	}
	addr = vm_mmap(file, start, end - start, prot, how, pgoff << PAGE_SHIFT);
	if (file)
		fput(file);
	if (IS_ERR_VALUE(addr))
		return addr;
	return addr == start ? set_vma_flags(start, flags) : -EEXIST;
}
