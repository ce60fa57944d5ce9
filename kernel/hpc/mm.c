// SPDX-License-Identifier: GPL-2.0
/*
 * Life of a half address space: see mm.h. References are held by mm->hpc (one,
 * between attach and detach), by the link's receiver, by the hpc_task that runs
 * in it, and by work in flight.
 */
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "fault.h"
#include "link.h"
#include "mm.h"
#include "pull.h"
#include "serve.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

/*
 * Messages that an honest peer has on the way at most: one thread calls, but
 * whoever reads another process's memory fetches too.
 */
#define QUEUED_MAX	512

struct workqueue_struct *hpc_wq, *hpc_pull_wq;

static void end_residue(struct work_struct *work);
static void mm_free(struct work_struct *work);

struct hpc_mm *hpc_mm_new(struct mm_struct *mm, enum hpc_role role, int peer, pid_t tid)
{
	struct hpc_mm *hm = kzalloc(sizeof(*hm), GFP_KERNEL);

	if (!hm)
		return NULL;
	kref_init(&hm->ref);
	mmgrab(mm);
	hm->mm = mm;
	hm->role = role;
	hm->peer = peer;
	hm->tid = tid;
	hpc_owner_init(&hm->owner);
	spin_lock_init(&hm->lock);
	INIT_LIST_HEAD(&hm->fetches);
	INIT_LIST_HEAD(&hm->calls);
	INIT_LIST_HEAD(&hm->serve_queue);
	init_waitqueue_head(&hm->wait);
	INIT_WORK(&hm->serve_work, hpc_serve_work);
	INIT_WORK(&hm->pull_work, hpc_pull_work);
	INIT_WORK(&hm->end_work, end_residue);
	INIT_WORK(&hm->free_work, mm_free);
	hpc_stat_inc(HPC_LIVE_MMS);
	return hm;
}

void hpc_mm_get(struct hpc_mm *hm)
{
	kref_get(&hm->ref);
}

static void free_messages(struct list_head *list)
{
	struct hpc_msg *msg, *tmp;

	list_for_each_entry_safe(msg, tmp, list, node)
		hpc_msg_free(msg);
}

static void mm_free(struct work_struct *work)
{
	struct hpc_mm *hm = container_of(work, struct hpc_mm, free_work);

	WARN_ON_ONCE(hm->attached || hm->users_pinned);
	free_messages(&hm->calls);
	free_messages(&hm->serve_queue);
	hpc_owner_free(&hm->owner);
	hpc_link_put(hm->link);
	if (hm->task)
		put_task_struct(hm->task);
	mmdrop(hm->mm);
	hpc_stat_dec(HPC_LIVE_MMS);
	kfree_rcu(hm, rcu);
}

/* The last reference may go in a fault, or with a task in RCU's softirq. */
static void mm_release(struct kref *ref)
{
	queue_work(hpc_wq, &container_of(ref, struct hpc_mm, ref)->free_work);
}

void hpc_mm_put(struct hpc_mm *hm)
{
	if (hm)
		kref_put(&hm->ref, mm_release);
}

struct hpc_mm *hpc_mm_of(struct mm_struct *mm)
{
	struct hpc_mm *hm;

	rcu_read_lock();
	hm = rcu_dereference(mm->hpc);
	if (hm && !kref_get_unless_zero(&hm->ref))
		hm = NULL;
	rcu_read_unlock();
	return hm;
}

/*
 * Huge pages are filled behind the back of page-wise ownership, so there are no
 * new ones while pages are elsewhere.
 */
void hpc_mm_attach(struct hpc_mm *hm)
{
	hpc_mm_get(hm);
	hm->had_thp = !test_and_set_bit(MMF_DISABLE_THP, &hm->mm->flags);
	hm->attached = true;
	rcu_assign_pointer(hm->mm->hpc, hm);
}

void hpc_mm_detach(struct hpc_mm *hm)
{
	bool attached;

	spin_lock(&hm->lock);
	attached = hm->attached;
	hm->attached = false;
	spin_unlock(&hm->lock);
	if (!attached)
		return;
	RCU_INIT_POINTER(hm->mm->hpc, NULL);
	if (hm->had_thp)
		clear_bit(MMF_DISABLE_THP, &hm->mm->flags);
	hpc_mm_put(hm);
}

void hpc_mm_set_task(struct hpc_mm *hm, struct task_struct *task)
{
	struct task_struct *old;

	if (task)
		get_task_struct(task);
	spin_lock(&hm->lock);
	old = hm->task;
	hm->task = task;
	spin_unlock(&hm->lock);
	if (old)
		put_task_struct(old);
}

struct task_struct *hpc_mm_task(struct hpc_mm *hm)
{
	struct task_struct *task;

	spin_lock(&hm->lock);
	task = hm->task;
	if (task)
		get_task_struct(task);
	spin_unlock(&hm->lock);
	return task;
}

/* Who may get which message: a wrong one is the peer's fault and ends the link. */
static const u32 accepted[] = {
	[HPC_ROLE_DEPUTY] = BIT(HPC_CALL) | BIT(HPC_RETURN) | BIT(HPC_FORCE) | BIT(HPC_THAW) |
			    BIT(HPC_PAGES) | BIT(HPC_FILE),
	[HPC_ROLE_BODY] = BIT(HPC_KICK) | BIT(HPC_PAGES) | BIT(HPC_DISMISS),
	[HPC_ROLE_BACK] = BIT(HPC_THAW),
	[HPC_ROLE_RESIDUE] = BIT(HPC_PAGES) | BIT(HPC_DRAINED) | BIT(HPC_DISMISS) | BIT(HPC_KICK),
};

static bool enqueue(struct hpc_mm *hm, struct list_head *queue, struct hpc_msg *msg)
{
	bool room;

	spin_lock(&hm->lock);
	room = hm->queued < QUEUED_MAX;
	if (room) {
		list_add_tail(&msg->node, queue);
		hm->queued++;
	}
	spin_unlock(&hm->lock);
	if (room)
		return true;
	hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
	hpc_link_kill(hm->link, -ENOBUFS);
	hpc_msg_free(msg);
	return false;
}

struct hpc_msg *hpc_mm_dequeue(struct hpc_mm *hm, struct list_head *queue)
{
	struct hpc_msg *msg;

	spin_lock(&hm->lock);
	msg = list_first_entry_or_null(queue, struct hpc_msg, node);
	if (msg) {
		list_del(&msg->node);
		hm->queued--;
	}
	spin_unlock(&hm->lock);
	return msg;
}

static void queue_call(struct hpc_mm *hm, struct hpc_msg *msg)
{
	if (enqueue(hm, &hm->calls, msg))
		wake_up(&hm->wait);
}

static void queue_serve(struct hpc_mm *hm, struct hpc_msg *msg)
{
	if (!enqueue(hm, &hm->serve_queue, msg))
		return;
	hpc_mm_get(hm);
	if (!queue_work(hpc_wq, &hm->serve_work))
		hpc_mm_put(hm);
}

static void kick_body(struct hpc_mm *hm)
{
	struct task_struct *task = hpc_mm_task(hm);

	if (!task)
		return;
	hpc_thread_kick(task);
	put_task_struct(task);
}

static bool lives_in(struct task_struct *task, struct mm_struct *mm)
{
	bool yes;

	task_lock(task);
	yes = task->mm == mm;
	task_unlock(task);
	return yes;
}

/* All of its process; but not when that has a new image, which misses nothing. */
static bool kill_task(struct hpc_mm *hm)
{
	struct task_struct *task = hpc_mm_task(hm);
	bool lives;

	if (!task)
		return false;
	lives = lives_in(task, hm->mm);
	if (lives)
		do_send_sig_info(SIGKILL, SEND_SIG_PRIV, task, PIDTYPE_TGID);
	put_task_struct(task);
	return lives;
}

/* Nothing here is needed any more; the last mmput() may sleep for long. */
static void queue_end(struct hpc_mm *hm)
{
	hpc_mm_get(hm);
	if (!queue_work(hpc_wq, &hm->end_work))
		hpc_mm_put(hm);
}

void hpc_mm_receive(struct hpc_mm *hm, struct hpc_msg *msg)
{
	if (!(accepted[READ_ONCE(hm->role)] & BIT(msg->type))) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		pr_debug_ratelimited("hpc: unexpected message %u from node %d\n", msg->type,
				     hm->peer);
		hpc_link_kill(hm->link, -EPROTO);
		hpc_msg_free(msg);
		return;
	}
	switch (msg->type) {
	case HPC_CALL:
	case HPC_RETURN:
	case HPC_FORCE:
		queue_call(hm, msg);
		return;
	case HPC_PAGES:
	case HPC_FILE:
		queue_serve(hm, msg);
		return;
	case HPC_KICK:
		kick_body(hm);
		break;
	case HPC_THAW:
		hpc_fetch_thaw(hm);
		break;
	case HPC_DISMISS:
		hm->link->closing = true;
		kill_task(hm);
		fallthrough;
	case HPC_DRAINED:
		hm->link->closing = true;
		queue_end(hm);
		break;
	}
	hpc_msg_free(msg);
}

/* The other half is out of reach for good. */
void hpc_mm_link_dead(struct hpc_mm *hm)
{
	enum hpc_role role = READ_ONCE(hm->role);
	bool at_home = role == HPC_ROLE_DEPUTY || role == HPC_ROLE_BACK;

	/* First of all, so that no fault ends as SIGBUS instead. */
	if (at_home && !hm->link->closing && kill_task(hm)) {
		pr_info("hpc: process %d killed: the link to node %d is lost (error %d)\n",
			hm->tid, hm->peer, hm->link->dead);
		hpc_stat_inc(HPC_STAT_KILLED);
	}
	spin_lock(&hm->lock);
	WRITE_ONCE(hm->dead, true);
	role = hm->role;
	spin_unlock(&hm->lock);
	wake_up_all(&hm->wait);
	if (role == HPC_ROLE_BODY)
		kill_task(hm);
	else if (role == HPC_ROLE_RESIDUE)
		queue_end(hm);
}

int hpc_mm_set_link(struct hpc_mm *hm, struct hpc_link *link)
{
	int err = -ESRCH;

	spin_lock(&hm->lock);
	if (!hm->ended) {
		WRITE_ONCE(hm->link, hpc_link_get(link));
		err = 0;
	}
	spin_unlock(&hm->lock);
	return err;
}

/* The link, if there is one; from now on none is accepted any more. */
static struct hpc_link *last_link(struct hpc_mm *hm)
{
	struct hpc_link *link;

	spin_lock(&hm->lock);
	hm->ended = true;
	link = hm->link;
	spin_unlock(&hm->lock);
	if (link) {
		link->closing = true;
		return link;
	}
	WRITE_ONCE(hm->dead, true);
	wake_up_all(&hm->wait);
	return NULL;
}

void hpc_mm_close(struct hpc_mm *hm)
{
	struct hpc_link *link = last_link(hm);

	if (link)
		hpc_link_kill(link, -ESHUTDOWN);
}

void hpc_mm_dismiss(struct hpc_mm *hm)
{
	struct hpc_link *link = last_link(hm);

	if (!link)
		return;
	hpc_link_send_one(link, HPC_DISMISS, 0, 0, NULL, 0);
	hpc_link_kill(link, -ESHUTDOWN);
}

void hpc_mm_end_residue(struct hpc_mm *hm)
{
	queue_end(hm);
}

/* The last user of @mm is gone; what there is on the other side goes too. */
void __hpc_mmput(struct mm_struct *mm)
{
	struct hpc_mm *hm = hpc_mm_of(mm);

	if (!hm)
		return;
	hpc_pull_stop(hm);
	hpc_mm_dismiss(hm);
	hpc_mm_detach(hm);
	hpc_mm_put(hm);
}

/* End of a residue: the memory of a process that lives at home again. */
static void end_residue(struct work_struct *work)
{
	struct hpc_mm *hm = container_of(work, struct hpc_mm, end_work);
	bool pinned;

	hpc_mm_close(hm);
	if (READ_ONCE(hm->role) == HPC_ROLE_RESIDUE) {
		hpc_mm_detach(hm);
		spin_lock(&hm->lock);
		pinned = hm->users_pinned;
		hm->users_pinned = false;
		spin_unlock(&hm->lock);
		if (pinned) {
			hpc_stat_dec(HPC_LIVE_RESIDUES);
			mmput(hm->mm);
		}
	}
	hpc_mm_put(hm);
}

struct hpc_msg *hpc_mm_next_call(struct hpc_mm *hm)
{
	return hpc_mm_dequeue(hm, &hm->calls);
}

bool hpc_mm_has_call(struct hpc_mm *hm)
{
	bool has;

	spin_lock(&hm->lock);
	has = !list_empty(&hm->calls);
	spin_unlock(&hm->lock);
	return has;
}

int hpc_mm_wait_drained(struct hpc_mm *hm)
{
	if (READ_ONCE(hm->role) != HPC_ROLE_BACK)
		return 0;
	return wait_event_killable(hm->wait, !READ_ONCE(hm->attached) || READ_ONCE(hm->dead)) ?
		-EINTR : 0;
}

int hpc_mm_setup(void)
{
	hpc_wq = alloc_workqueue("hpc", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_FREEZABLE, 0);
	hpc_pull_wq = alloc_workqueue("hpc-pull", WQ_UNBOUND | WQ_FREEZABLE, WQ_MAX_ACTIVE);
	return hpc_wq && hpc_pull_wq ? 0 : -ENOMEM;
}
