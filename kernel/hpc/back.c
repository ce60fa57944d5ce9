// SPDX-License-Identifier: GPL-2.0
/*
 * Coming home, as post-copy in the other direction: the body sends registers and
 * the inventory of its pages, the deputy installs them and says RETURN_OK, and
 * the process runs at home. What is left on the host is a residue that answers
 * for its pages until home has fetched them.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/resume_user_mode.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>

#include "arch.h"
#include "back.h"
#include "deputy.h"
#include "fault.h"
#include "link.h"
#include "mm.h"
#include "pull.h"
#include "restart.h"
#include "stat.h"
#include "thread.h"
#include "vma.h"

u64 hpc_clock_monotonic(void)
{
	struct timespec64 ts;

	ktime_get_ts64(&ts);
	timens_add_monotonic(&ts);
	return timespec64_to_ns(&ts);
}

u64 hpc_clock_boottime(void)
{
	struct timespec64 ts;

	ktime_get_boottime_ts64(&ts);
	timens_add_boottime(&ts);
	return timespec64_to_ns(&ts);
}

/* Lowest address of the mapping that the stack has grown to here. */
static unsigned long stack_start(struct mm_struct *mm)
{
	struct vm_area_struct *vma;
	unsigned long start = 0;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, mm->start_stack);
	if (vma && (vma->vm_flags & VM_GROWSDOWN))
		start = vma->vm_start;
	mmap_read_unlock(mm);
	return start;
}

static void fill_return(struct hpc_task *ht, struct hpc_wire_return *r)
{
	u64 utime, stime;

	memset(r, 0, sizeof(*r));
	hpc_thread_get(ht, &r->thread);
	r->stack_start = cpu_to_le64(stack_start(current->mm));
	r->monotonic = cpu_to_le64(hpc_clock_monotonic());
	task_cputime_adjusted(current, &utime, &stime);
	r->utime = cpu_to_le64(utime);
	r->stime = cpu_to_le64(stime);
	r->maxrss = cpu_to_le64(get_mm_hiwater_rss(current->mm));
	r->state_len = cpu_to_le32(hpc_arch_state_size());
	r->planned = cpu_to_le32(READ_ONCE(ht->planned));
}

static int send_return(struct hpc_task *ht, struct pt_regs *regs)
{
	struct hpc_wire_extent *extents = NULL;
	size_t len = hpc_arch_state_size();
	struct hpc_wire_return r;
	struct hpc_msg *msg;
	struct kvec parts[3];
	void *state;
	int n, err;

	state = kzalloc(len, GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	err = hpc_arch_state_get(regs, state);
	n = err ?: hpc_extents_collect(current->mm, &extents);
	if (n < 0) {
		kfree(state);
		return n;
	}
	fill_return(ht, &r);
	r.extents = cpu_to_le32(n);
	parts[0] = (struct kvec){ &r, sizeof(r) };
	parts[1] = (struct kvec){ state, len };
	parts[2] = (struct kvec){ extents, n * sizeof(*extents) };
	msg = hpc_link_ask(ht->hm->link, HPC_RETURN, ht->id.pid, parts, 3, TASK_KILLABLE);
	kfree(state);
	kvfree(extents);
	err = PTR_ERR_OR_ZERO(msg);
	hpc_msg_free(msg);
	return err;
}

/* The task ends, its memory stays for home to fetch. */
static void __noreturn leave_residue(struct hpc_task *ht)
{
	struct hpc_mm *hm = ht->hm;
	bool dead;

	mmget(current->mm);
	spin_lock(&hm->lock);
	hm->users_pinned = true;
	hm->role = HPC_ROLE_RESIDUE;
	dead = hm->dead;
	spin_unlock(&hm->lock);
	hpc_stat_inc(HPC_LIVE_RESIDUES);
	hpc_mm_set_task(hm, NULL);
	hpc_thread_forget();
	/* The link may have died before it knew that there is a residue to end. */
	if (dead)
		hpc_mm_end_residue(hm);
	do_exit(0);
}

void hpc_body_return(struct hpc_task *ht, struct pt_regs *regs)
{
	struct hpc_mm *hm = ht->hm;
	int err;

	if (ht->has_signal || READ_ONCE(ht->kicked) || hpc_restart_pending(regs)) {
		set_notify_signal(current);
		set_notify_resume(current);
		return;
	}
	hpc_pull_stop(hm);
	hpc_fetch_freeze(hm);
	err = send_return(ht, regs);
	/*
	 * Commit point, on this side: RETURN_OK has arrived, the process is at
	 * home. Without it nobody knows, and as the link is cut both halves end.
	 */
	if (!err)
		leave_residue(ht);
	hpc_link_kill(hm->link, err);
	do_exit(SIGKILL);
}

/* The stack may have grown there further than here. */
static void grow_stack(unsigned long start)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	if (!start || start >= TASK_SIZE)
		return;
	mmap_write_lock(mm);
	vma = find_vma(mm, start);
	if (vma && vma->vm_start > start && (vma->vm_flags & VM_GROWSDOWN))
		expand_stack_locked(vma, start);
	mmap_write_unlock(mm);
}

/*
 * The clock of the body started a message's travel behind ours, but clocks
 * drift: a program must never see it step back, so wait until it cannot.
 */
static void wait_for_clock(u64 theirs)
{
	u64 ours;

	while ((ours = hpc_clock_monotonic()) < theirs && theirs - ours < NSEC_PER_SEC)
		usleep_range(100, 1000);
}

static int check_return(struct hpc_msg *msg, const struct hpc_wire_return **rp,
			const struct hpc_wire_extent **extents)
{
	const struct hpc_wire_return *r = (void *)msg->data;
	u64 state = le32_to_cpu(r->state_len), n = le32_to_cpu(r->extents);

	if (!IS_ALIGNED(state, 8) || sizeof(*r) + state + n * sizeof(**extents) != msg->len)
		return -EBADMSG;
	*rp = r;
	*extents = (void *)(msg->data + sizeof(*r) + state);
	return hpc_arch_state_check(msg->data + sizeof(*r), state);
}

/* From now on what has no entry here is ours, but for the peer's inventory. */
static int take_inventory(struct hpc_mm *hm, const struct hpc_wire_extent *extents, u32 n)
{
	int err;

	hpc_fetch_freeze(hm);
	hpc_owner_clear(hm, 0, TASK_SIZE);
	err = hpc_extents_take(hm, extents, n, hm->peer);
	hm->role = HPC_ROLE_BACK;
	hpc_fetch_thaw(hm);
	return err;
}

int hpc_deputy_take_back(struct hpc_task *ht, struct pt_regs *regs, struct hpc_msg *msg)
{
	const struct hpc_wire_extent *extents;
	const struct hpc_wire_return *r;
	struct hpc_mm *hm = ht->hm;
	int err;

	err = check_return(msg, &r, &extents);
	if (!err)
		err = take_inventory(hm, extents, le32_to_cpu(r->extents));
	if (err) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		hpc_link_kill(hm->link, err);
		return err;
	}
	grow_stack(le64_to_cpu(r->stack_start));
	hpc_deputy_account(ht, le64_to_cpu(r->utime), le64_to_cpu(r->stime),
			   le64_to_cpu(r->maxrss));
	hpc_thread_set(&r->thread);
	hpc_arch_state_set(regs, r + 1);
	hpc_arch_body_enter();
	if (!r->planned) {
		ht->unplanned++;
		hpc_stat_inc(HPC_STAT_UNPLANNED_RETURNS);
	}
	/*
	 * Commit point: from RETURN_OK on the process runs here. If the link is
	 * cut before the host's pages are all here, it is killed, not resumed
	 * with holes in its memory.
	 */
	err = hpc_link_send_one(hm->link, HPC_RETURN_OK, msg->id, 0, NULL, 0);
	if (err)
		return err;
	wait_for_clock(le64_to_cpu(r->monotonic));
	return 0;
}
