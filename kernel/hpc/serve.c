// SPDX-License-Identifier: GPL-2.0
/*
 * The giving side of page ownership. A page is given away under its page-table
 * lock: the entry becomes a marker and the TLB is flushed first, the bytes are
 * copied after, so nobody here can write to it in between. Pages that are pinned
 * for I/O, or on their way to us, are answered with RETRY.
 *
 * Runs on a work queue, takes mmap_lock for reading, and waits for nothing that
 * the other half does.
 */
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "fault.h"
#include "file.h"
#include "inject.h"
#include "link.h"
#include "mm.h"
#include "serve.h"
#include "stat.h"

#include <asm/tlbflush.h>

/* What taking a page out of the page table came to. */
enum take {
	TAKE_NONE,	/* there was none */
	TAKE_FOLIO,	/* *@page holds a reference to it */
	TAKE_RETRY,
	TAKE_FAULT_IN,	/* swapped out, or being moved: fault it in first */
};

static pte_t hpc_marker(void)
{
	return make_pte_marker(PTE_MARKER_HPC);
}

/* Under the page-table lock: unmap a present page of ours and leave a marker. */
static enum take take_present(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep,
			      pte_t pte, struct page **pagep)
{
	struct page *page = vm_normal_page(vma, addr, pte);
	struct folio *folio = page ? page_folio(page) : NULL;
	bool anon = folio && folio_test_anon(folio);

	if (anon && folio_maybe_dma_pinned(folio))
		return TAKE_RETRY;
	ptep_clear_flush(vma, addr, ptep);
	set_pte_at(vma->vm_mm, addr, ptep, hpc_marker());
	if (!folio)
		return TAKE_NONE;
	if (anon)
		folio_get(folio);
	dec_mm_counter(vma->vm_mm, mm_counter(folio));
	folio_remove_rmap_pte(folio, page, vma);
	folio_put(folio);
	if (!anon)
		return TAKE_NONE;
	*pagep = page;
	return TAKE_FOLIO;
}

static enum take take_locked(struct hpc_mm *hm, struct vm_area_struct *vma, unsigned long addr,
			     pte_t *ptep, struct page **pagep)
{
	pte_t pte = ptep_get(ptep);

	if (hpc_fetch_pending(hm, addr, addr + PAGE_SIZE))
		return TAKE_RETRY;
	if (pte_present(pte))
		return take_present(vma, addr, ptep, pte, pagep);
	if (pte_none(pte))
		set_pte_at(vma->vm_mm, addr, ptep, hpc_marker());
	else if (!is_hpc_marker_entry(pte_to_swp_entry(pte)))
		return TAKE_FAULT_IN;
	return TAKE_NONE;
}

static enum take take_page(struct hpc_mm *hm, struct vm_area_struct *vma, unsigned long addr,
			   struct page **pagep)
{
	struct mm_struct *mm = hm->mm;
	pmd_t *pmd = hpc_find_pmd(mm, addr);
	enum take take;
	spinlock_t *ptl;
	pte_t *ptep;

	if (pmd && pmd_trans_huge(pmdp_get_lockless(pmd)))
		split_huge_pmd(vma, pmd, addr);
	ptep = get_locked_pte(mm, addr, &ptl);
	if (!ptep)
		return TAKE_RETRY;
	take = take_locked(hm, vma, addr, ptep, pagep);
	pte_unmap_unlock(ptep, ptl);
	return take;
}

/* Bring a swapped page in; mmap_lock is held and stays so. */
static bool fault_in(struct mm_struct *mm, unsigned long addr)
{
	struct page *page;
	long n = get_user_pages_remote(mm, addr, 1, FOLL_FORCE, &page, NULL);

	if (n != 1)
		return false;
	put_page(page);
	return true;
}

/* One page into @buf; mmap_lock held for reading. */
static enum hpc_page_state give_page(struct hpc_mm *hm, unsigned long addr, void *buf)
{
	struct vm_area_struct *vma = vma_lookup(hm->mm, addr);
	struct page *page = NULL;
	int tries;

	if (!vma || !hpc_vma_owned(vma))
		return HPC_PAGE_NONE;
	for (tries = 0; tries < 4; tries++) {
		switch (take_page(hm, vma, addr, &page)) {
		case TAKE_NONE:
			return HPC_PAGE_NONE;
		case TAKE_RETRY:
			return HPC_PAGE_RETRY;
		case TAKE_FAULT_IN:
			if (!fault_in(hm->mm, addr))
				return HPC_PAGE_RETRY;
			break;
		case TAKE_FOLIO:
			memcpy_from_page(buf, page, 0, PAGE_SIZE);
			put_page(page);
			atomic64_inc(&hm->pages_out);
			hpc_stat_inc(HPC_STAT_PAGES_OUT);
			return hpc_inject_lose_page() ? HPC_PAGE_NONE : HPC_PAGE_DATA;
		}
	}
	return HPC_PAGE_RETRY;
}

static int serve_pages(struct hpc_mm *hm, const struct hpc_msg *msg)
{
	const struct hpc_wire_pages *req = (void *)msg->data;
	struct hpc_wire_pages_ok ok = { .start = req->start, .count = req->count };
	unsigned long start = le64_to_cpu(req->start);
	unsigned int count = le32_to_cpu(req->count);
	struct kvec parts[2] = { { &ok, sizeof(ok) } };
	unsigned int i;
	int err;
	u8 *buf;

	if (!count || count > HPC_PAGES_MAX || !PAGE_ALIGNED(start) || start >= TASK_SIZE ||
	    TASK_SIZE - start < count * PAGE_SIZE)
		return -EBADMSG;
	buf = kvmalloc(count * PAGE_SIZE, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	parts[1].iov_base = buf;
	mmap_read_lock(hm->mm);
	for (i = 0; i < count; i++) {
		ok.state[i] = give_page(hm, start + i * PAGE_SIZE, buf + parts[1].iov_len);
		if (ok.state[i] == HPC_PAGE_DATA)
			parts[1].iov_len += PAGE_SIZE;
	}
	mmap_read_unlock(hm->mm);
	err = hpc_link_send(hm->link, HPC_PAGES_OK, msg->id, 0, parts, 2);
	kvfree(buf);
	return err;
}

static int serve_one(struct hpc_mm *hm, const struct hpc_msg *msg)
{
	if (msg->type == HPC_FILE)
		return hpc_file_serve(hm, msg);
	return serve_pages(hm, msg);
}

void hpc_serve_work(struct work_struct *work)
{
	struct hpc_mm *hm = container_of(work, struct hpc_mm, serve_work);
	bool alive = mmget_not_zero(hm->mm);
	struct hpc_msg *msg;
	int err;

	while ((msg = hpc_mm_dequeue(hm, &hm->serve_queue))) {
		err = alive ? serve_one(hm, msg) : -ESRCH;
		if (err == -EBADMSG)
			hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		/* The other half waits for an answer that will not come. */
		if (err)
			hpc_link_kill(hm->link, err);
		hpc_msg_free(msg);
	}
	if (alive)
		mmput(hm->mm);
	hpc_mm_put(hm);
}
