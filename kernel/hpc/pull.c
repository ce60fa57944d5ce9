// SPDX-License-Identifier: GPL-2.0
/*
 * The background stream of post-copy: one range of hpc_mm.owner after the other
 * is fetched, in the same way as a fault does it. On the host it brings in what
 * home has; at home, after the process has returned, what the host still holds,
 * and then it lets the host forget the process.
 */
#include <linux/delay.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/pagewalk.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "fault.h"
#include "link.h"
#include "mm.h"
#include "pull.h"
#include "thread.h"

/*
 * Skip what cannot hold pages of the other half, holes between mappings, and forget it;
 * under the lock, or a mapping that is moved there meanwhile would be forgotten too.
 */
static unsigned long next_mapped(struct hpc_mm *hm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma;
	unsigned long addr;

	mmap_read_lock(hm->mm);
	vma = find_vma(hm->mm, start);
	while (vma && vma->vm_start < end && !hpc_vma_owned(vma))
		vma = find_vma(hm->mm, vma->vm_end);
	addr = vma ? min(max(start, vma->vm_start), end) : end;
	if (addr > start)
		hpc_owner_clear(hm, start, addr);
	mmap_read_unlock(hm->mm);
	return addr;
}

static int pull_range(struct hpc_mm *hm, unsigned long start, unsigned long end)
{
	unsigned long addr = start;
	int err;

	while (!READ_ONCE(hm->pull_stop)) {
		unsigned int count;

		addr = next_mapped(hm, addr, end);
		if (addr >= end)
			return 0;
		count = min((end - addr) / PAGE_SIZE, (unsigned long)HPC_PAGES_MAX);
		err = hpc_fetch(hm, addr, count, false);
		if (err && err != -EAGAIN)
			return err;
		if (err == -EAGAIN)
			usleep_range(100, 500);
		/* Not all of it need have come: what is left is still in @owner. */
		return 0;
	}
	return -ECANCELED;
}

static int pull_all(struct hpc_mm *hm)
{
	struct hpc_range r;
	int err = 0;

	while (!err && hpc_owner_next(hm, 0, &r))
		err = pull_range(hm, r.start, r.end);
	return err;
}

static int next_marker(pte_t *ptep, unsigned long addr, unsigned long next, struct mm_walk *walk)
{
	unsigned long *found = walk->private;

	if (!hpc_pte_is_marker(ptep_get(ptep)))
		return 0;
	*found = addr;
	return 1;
}

static const struct mm_walk_ops marker_ops = {
	.pte_entry = next_marker,
	.walk_lock = PGWALK_RDLOCK,
};

/* The first address from @addr on that is marked as the other half's, 0: none. */
static unsigned long find_marker(struct mm_struct *mm, unsigned long addr)
{
	unsigned long found = 0;

	mmap_read_lock(mm);
	walk_page_range(mm, addr, TASK_SIZE, &marker_ops, &found);
	mmap_read_unlock(mm);
	return found;
}

/* Pages that home once gave, and that are not in the inventory's ranges. */
static int pull_markers(struct hpc_mm *hm)
{
	unsigned long addr = 0;
	int err;

	while ((addr = find_marker(hm->mm, addr))) {
		if (READ_ONCE(hm->pull_stop))
			return -ECANCELED;
		err = hpc_fetch(hm, addr, 1, false);
		if (err && err != -EAGAIN)
			return err;
	}
	return 0;
}

/* A wish to move on may have waited for this. */
static void tell_task(struct hpc_mm *hm)
{
	struct task_struct *task = hpc_mm_task(hm);

	if (!task)
		return;
	if (hpc_task_wishes(task->hpc)) {
		set_notify_resume(task);
		set_notify_signal(task);
	}
	put_task_struct(task);
	hpc_mm_set_task(hm, NULL);
}

void hpc_pull_work(struct work_struct *work)
{
	struct hpc_mm *hm = container_of(work, struct hpc_mm, pull_work);
	int err = -ESRCH;

	if (mmget_not_zero(hm->mm)) {
		err = pull_all(hm);
		if (!err && READ_ONCE(hm->role) == HPC_ROLE_BACK)
			err = pull_markers(hm);
		/* From here on nothing is elsewhere: the process is an ordinary one. */
		if (!err && READ_ONCE(hm->role) == HPC_ROLE_BACK) {
			hm->link->closing = true;
			hpc_mm_detach(hm);
			hpc_link_send_one(hm->link, HPC_DRAINED, 0, 0, NULL, 0);
			hpc_mm_close(hm);
			wake_up_all(&hm->wait);
			tell_task(hm);
		}
		mmput(hm->mm);
	}
	hpc_mm_put(hm);
}

void hpc_pull_start(struct hpc_mm *hm)
{
	hpc_mm_get(hm);
	if (!queue_work(hpc_pull_wq, &hm->pull_work))
		hpc_mm_put(hm);
}

void hpc_pull_stop(struct hpc_mm *hm)
{
	WRITE_ONCE(hm->pull_stop, true);
}
