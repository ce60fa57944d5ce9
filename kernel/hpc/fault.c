// SPDX-License-Identifier: GPL-2.0
/*
 * The fault side of page ownership. __hpc_fault() runs before the ordinary
 * fault handler and goes to the other half for a page that is there; then the
 * fault is taken again and finds it.
 *
 * A fetch is a range of pages on its way, on hpc_mm.fetches from before the
 * request is sent until the last page is in place. Whoever wants a page of it
 * waits for the fetch. The serving side answers RETRY for such a page.
 * Waiting for the network happens without mmap_lock, except in faults that may
 * not drop it; the other half's answer never depends on our mmap_lock.
 */
#include <linux/delay.h>
#include <linux/hpc.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "fault.h"
#include "link.h"
#include "mm.h"
#include "stat.h"
#include "thread.h"

#include <asm/tlbflush.h>

/* Pages asked for by one fault: the rest of a 64 KB block. */
#define FAULT_PAGES	16

struct hpc_fetch {
	struct list_head node;
	unsigned long start, end;
};

bool hpc_vma_owned(struct vm_area_struct *vma)
{
	return !(vma->vm_flags & (VM_SHARED | VM_PFNMAP | VM_MIXEDMAP | VM_IO | VM_HUGETLB)) &&
	       (vma_is_anonymous(vma) || (vma->vm_file && (vma->vm_flags & VM_MAYWRITE)));
}

bool hpc_fetch_pending(struct hpc_mm *hm, unsigned long start, unsigned long end)
{
	struct hpc_fetch *f;
	bool found = false;

	spin_lock(&hm->lock);
	list_for_each_entry(f, &hm->fetches, node)
		found |= f->start < end && start < f->end;
	spin_unlock(&hm->lock);
	return found;
}

/* Under hm->lock: true when @f got its place, its end cut short before others'. */
static bool fetch_claim(struct hpc_mm *hm, struct hpc_fetch *f)
{
	struct hpc_fetch *other;

	lockdep_assert_held(&hm->lock);
	if (hm->dead)
		return true;
	if (hm->frozen && hm->freezer != current)
		return false;
	list_for_each_entry(other, &hm->fetches, node) {
		if (other->start <= f->start && f->start < other->end)
			return false;
		if (f->start < other->start && other->start < f->end)
			f->end = other->start;
	}
	list_add(&f->node, &hm->fetches);
	return true;
}

static bool fetch_try(struct hpc_mm *hm, struct hpc_fetch *f)
{
	bool claimed;

	spin_lock(&hm->lock);
	claimed = fetch_claim(hm, f);
	spin_unlock(&hm->lock);
	return claimed;
}

static void fetch_end(struct hpc_mm *hm, struct hpc_fetch *f)
{
	spin_lock(&hm->lock);
	list_del(&f->node);
	spin_unlock(&hm->lock);
	wake_up_all(&hm->wait);
}

static bool try_freeze_fetches(struct hpc_mm *hm)
{
	bool quiet = false;

	spin_lock(&hm->lock);
	if (!hm->frozen || hm->freezer == current) {
		hm->frozen = true;
		hm->freezer = current;
		quiet = list_empty(&hm->fetches);
	}
	quiet |= hm->dead;
	spin_unlock(&hm->lock);
	return quiet;
}

void hpc_fetch_freeze(struct hpc_mm *hm)
{
	wait_event_state(hm->wait, try_freeze_fetches(hm), TASK_IDLE);
}

void hpc_fetch_thaw(struct hpc_mm *hm)
{
	spin_lock(&hm->lock);
	hm->frozen = false;
	hm->freezer = NULL;
	spin_unlock(&hm->lock);
	wake_up_all(&hm->wait);
}

/* A page for @addr, not yet visible to anybody, with @data in it. */
static struct folio *new_folio(struct vm_area_struct *vma, unsigned long addr, const void *data)
{
	struct folio *folio = vma_alloc_folio(GFP_HIGHUSER_MOVABLE, 0, vma, addr, false);

	if (!folio)
		return NULL;
	if (mem_cgroup_charge(folio, vma->vm_mm, GFP_KERNEL)) {
		folio_put(folio);
		return NULL;
	}
	memcpy_to_folio(folio, 0, data, PAGE_SIZE);
	__folio_mark_uptodate(folio);
	return folio;
}

/* As do_anonymous_page() makes it: dirty, and writable where the mapping is. */
static pte_t page_pte(struct folio *folio, struct vm_area_struct *vma)
{
	pte_t pte = mk_pte(&folio->page, vma->vm_page_prot);

	pte = pte_sw_mkyoung(pte_mkdirty(pte));
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte, vma) : pte;
}

bool hpc_pte_is_marker(pte_t pte)
{
	return is_swap_pte(pte) && is_hpc_marker_entry(pte_to_swp_entry(pte));
}

static bool pte_is_ours_to_fill(pte_t pte)
{
	return pte_none(pte) || hpc_pte_is_marker(pte);
}

/* The page may have been here all along, or been unmapped since somebody wanted it. */
static bool is_wanted(struct hpc_mm *hm, unsigned long addr, pte_t pte)
{
	return hpc_pte_is_marker(pte) || (pte_none(pte) && hpc_owner_remote(hm, addr));
}

/*
 * Put @data (NULL: nobody has the page, it is ours and fresh) in place.
 * mmap_lock is held for reading.
 */
static int install_page(struct hpc_mm *hm, struct vm_area_struct *vma, unsigned long addr,
			const void *data)
{
	struct mm_struct *mm = hm->mm;
	struct folio *folio = NULL;
	spinlock_t *ptl;
	pte_t *ptep, pte;

	mmap_assert_locked(mm);
	if (data) {
		if (anon_vma_prepare(vma))
			return -ENOMEM;
		folio = new_folio(vma, addr, data);
		if (!folio)
			return -ENOMEM;
	}
	ptep = get_locked_pte(mm, addr, &ptl);
	if (!ptep) {
		if (folio)
			folio_put(folio);
		return -ENOMEM;
	}
	pte = ptep_get(ptep);
	if (!is_wanted(hm, addr, pte)) {
		if (folio)
			folio_put(folio);
	} else if (folio) {
		pte = page_pte(folio, vma);
		inc_mm_counter(mm, MM_ANONPAGES);
		folio_add_new_anon_rmap(folio, vma, addr, RMAP_EXCLUSIVE);
		folio_add_lru_vma(folio, vma);
		set_pte_at(mm, addr, ptep, pte);
		update_mmu_cache(vma, addr, ptep);
	} else if (!pte_none(pte)) {
		pte_clear(mm, addr, ptep);
	}
	pte_unmap_unlock(ptep, ptl);
	hpc_owner_clear(hm, addr, addr + PAGE_SIZE);
	return 0;
}

static int install_all(struct hpc_mm *hm, const struct hpc_wire_pages_ok *ok, const u8 *data,
		       unsigned long start, unsigned int count)
{
	unsigned long addr = start;
	unsigned int i;
	int err = 0;

	for (i = 0; i < count; i++, addr += PAGE_SIZE) {
		struct vm_area_struct *vma = vma_lookup(hm->mm, addr);
		const u8 *page = NULL;

		if (ok->state[i] == HPC_PAGE_RETRY)
			continue;
		if (ok->state[i] == HPC_PAGE_DATA) {
			page = data;
			data += PAGE_SIZE;
			atomic64_inc(&hm->pages_in);
			hpc_stat_inc(HPC_STAT_PAGES_IN);
		}
		if (vma && hpc_vma_owned(vma))
			err = install_page(hm, vma, addr, page) ?: err;
	}
	return err;
}

/* What the peer sent must be what was asked for; -EBADMSG. */
static int check_answer(const struct hpc_msg *msg, unsigned long start, unsigned int count)
{
	const struct hpc_wire_pages_ok *ok = (void *)msg->data;
	size_t pages = 0;
	unsigned int i;

	if (le64_to_cpu(ok->start) != start || le32_to_cpu(ok->count) != count)
		return -EBADMSG;
	for (i = 0; i < count; i++) {
		if (ok->state[i] > HPC_PAGE_RETRY)
			return -EBADMSG;
		pages += ok->state[i] == HPC_PAGE_DATA;
	}
	return msg->len == sizeof(*ok) + pages * PAGE_SIZE ? 0 : -EBADMSG;
}

/* Whether current belongs to the process that lives in this half. */
static bool is_mine(struct hpc_mm *hm)
{
	bool mine;

	spin_lock(&hm->lock);
	mine = hm->task && same_thread_group(hm->task, current);
	spin_unlock(&hm->lock);
	return mine && current->mm == hm->mm;
}

static int fetch_range(struct hpc_mm *hm, unsigned long start, unsigned int count, bool locked)
{
	struct hpc_wire_pages req = {
		.start = cpu_to_le64(start),
		.count = cpu_to_le32(count),
	};
	struct kvec part = { &req, sizeof(req) };
	struct hpc_wire_pages_ok *ok;
	struct hpc_msg *msg;
	bool mortal;
	int err;

	/* Only the process itself may give up, by its end: the answer is lost then. */
	mortal = is_mine(hm);
	msg = hpc_link_ask(hm->link, HPC_PAGES, 0, &part, 1,
			   mortal ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE);
	if (IS_ERR(msg)) {
		if (PTR_ERR(msg) == -EINTR)
			hpc_mm_close(hm);
		return PTR_ERR(msg);
	}
	err = msg->type == HPC_PAGES_OK ? check_answer(msg, start, count) : -EBADMSG;
	if (err) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		hpc_link_kill(hm->link, err);
		goto out;
	}
	ok = (void *)msg->data;
	if (!locked)
		mmap_read_lock(hm->mm);
	err = install_all(hm, ok, msg->data + sizeof(*ok), start, count);
	if (!locked)
		mmap_read_unlock(hm->mm);
	/* A page that was given away and found no memory here is lost for good. */
	if (err)
		hpc_link_kill(hm->link, err);
	else if (ok->state[0] == HPC_PAGE_RETRY)
		err = -EAGAIN;
out:
	hpc_msg_free(msg);
	return err;
}

/* A forked body cannot ask anybody before it has found its deputy, and would wait for itself. */
static bool must_join_first(struct hpc_mm *hm)
{
	return !READ_ONCE(hm->link) && current->hpc && current->hpc->body && current->hpc->hm == hm;
}

int hpc_fetch(struct hpc_mm *hm, unsigned long start, unsigned int count, bool locked)
{
	struct hpc_fetch f = {
		.start = start,
		.end = start + (unsigned long)count * PAGE_SIZE,
	};
	int err;

	INIT_LIST_HEAD(&f.node);
	if (must_join_first(hm))
		return -EPIPE;
	/* A forked child's body may not have called yet. */
	wait_event_state(hm->wait, READ_ONCE(hm->link) || READ_ONCE(hm->dead), TASK_IDLE);
	if (!fetch_try(hm, &f)) {
		/* Somebody is at it, or the mm is being changed: then look again. */
		wait_event_state(hm->wait, !hpc_fetch_pending(hm, start, start + PAGE_SIZE) &&
				 (!READ_ONCE(hm->frozen) || hm->freezer == current ||
				  READ_ONCE(hm->dead)),
				 (locked ? TASK_IDLE : TASK_KILLABLE | TASK_NOLOAD));
		return 0;
	}
	if (list_empty(&f.node))
		return -EPIPE;
	err = fetch_range(hm, f.start, (f.end - f.start) / PAGE_SIZE, locked);
	fetch_end(hm, &f);
	return err;
}

pmd_t *hpc_find_pmd(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	if (pgd_none_or_clear_bad(pgd))
		return NULL;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none_or_clear_bad(p4d))
		return NULL;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud) || pud_trans_huge(*pud))
		return NULL;
	return pmd_offset(pud, addr);
}

enum pte_state { PTE_OURS, PTE_EMPTY, PTE_MARKED };

/* What the page table says of @addr, without locks: the fault looks again. */
static enum pte_state peek_pte(struct mm_struct *mm, unsigned long addr)
{
	enum pte_state state = PTE_EMPTY;
	pmd_t *pmd = hpc_find_pmd(mm, addr);
	pte_t *ptep, pte;

	if (!pmd || pmd_none(pmdp_get_lockless(pmd)))
		return PTE_EMPTY;
	if (pmd_trans_huge(pmdp_get_lockless(pmd)))
		return PTE_OURS;
	ptep = pte_offset_map(pmd, addr);
	if (!ptep)
		return PTE_OURS;
	pte = ptep_get_lockless(ptep);
	if (!pte_none(pte))
		state = pte_is_ours_to_fill(pte) ? PTE_MARKED : PTE_OURS;
	pte_unmap(ptep);
	return state;
}

static bool is_remote(struct hpc_mm *hm, unsigned long addr)
{
	switch (peek_pte(hm->mm, addr)) {
	case PTE_OURS:
		return false;
	case PTE_MARKED:
		return true;
	case PTE_EMPTY:
		return hpc_owner_remote(hm, addr);
	}
	return false;
}

/* How many pages from @addr on may be had at once: those of the block and VMA that are away. */
static unsigned int fault_count(struct hpc_mm *hm, struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long block = (addr | (FAULT_PAGES * PAGE_SIZE - 1)) + 1;
	unsigned long end = min(vma->vm_end, block);
	unsigned int n = 1;

	while (addr + n * PAGE_SIZE < end && is_remote(hm, addr + n * PAGE_SIZE))
		n++;
	/* At home while away: a call touches what it needs, and no more. */
	return READ_ONCE(hm->role) == HPC_ROLE_DEPUTY ? 1 : n;
}

/* Drop the fault's lock as its flags allow; false when it must be kept. */
static bool drop_fault_lock(struct vm_fault *vmf)
{
	if (vmf->flags & FAULT_FLAG_VMA_LOCK) {
		vma_end_read(vmf->vma);
		return true;
	}
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY) || (vmf->flags & FAULT_FLAG_RETRY_NOWAIT))
		return false;
	mmap_read_unlock(vmf->vma->vm_mm);
	return true;
}

static vm_fault_t fault_remote(struct hpc_mm *hm, struct vm_fault *vmf)
{
	unsigned long addr = vmf->address;
	unsigned int count = fault_count(hm, vmf->vma, addr);
	int err;

	if (READ_ONCE(hm->dead) || must_join_first(hm))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;
	if (drop_fault_lock(vmf)) {
		err = hpc_fetch(hm, addr, count, false);
		if (err == -EAGAIN)
			usleep_range(20, 100);
		else if (err)
			schedule_timeout_idle(1);
		/*
		 * Errors show when the fault is taken again: the receiver has to
		 * learn of the end of the link first, and kills before it says so.
		 */
		return VM_FAULT_RETRY;
	}
	while (is_remote(hm, addr)) {
		err = hpc_fetch(hm, addr, count, true);
		if (err == -EAGAIN)
			usleep_range(20, 100);
		else if (err)
			return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	}
	return 0;
}

vm_fault_t __hpc_fault(struct vm_fault *vmf)
{
	struct hpc_mm *hm;
	vm_fault_t ret = 0;

	if (!hpc_vma_owned(vmf->vma))
		return 0;
	hm = hpc_mm_of(vmf->vma->vm_mm);
	if (!hm)
		return 0;
	if (is_remote(hm, vmf->address))
		ret = fault_remote(hm, vmf);
	hpc_mm_put(hm);
	return ret;
}

/* A marker that outlived its half: the page is fresh. */
static vm_fault_t clear_stale_marker(struct vm_fault *vmf)
{
	spinlock_t *ptl;
	pte_t *ptep = get_locked_pte(vmf->vma->vm_mm, vmf->address, &ptl);

	if (!ptep)
		return VM_FAULT_OOM;
	if (pte_same(ptep_get(ptep), vmf->orig_pte))
		pte_clear(vmf->vma->vm_mm, vmf->address, ptep);
	pte_unmap_unlock(ptep, ptl);
	return 0;
}

/* The page went away between __hpc_fault() and here, or its marker is stale. */
vm_fault_t hpc_fault_marker(struct vm_fault *vmf)
{
	struct hpc_mm *hm = hpc_mm_of(vmf->vma->vm_mm);
	vm_fault_t ret;

	if (!hm)
		return clear_stale_marker(vmf);
	ret = fault_remote(hm, vmf);
	hpc_mm_put(hm);
	return ret;
}
