// SPDX-License-Identifier: GPL-2.0
/*
 * Per-task state: making and freeing it, wishes to move, and the questions of
 * task.h. The moves themselves are in leave.c and back.c.
 */
#include <linux/cred.h>
#include <linux/hpc.h>
#include <linux/resume_user_mode.h>
#include <linux/math64.h>
#include <linux/rseq.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "cantmove.h"
#include "fault.h"
#include "guest.h"
#include "link.h"
#include "mask.h"
#include "mm.h"
#include "node.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

struct hpc_task *hpc_task_make(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	if (ht)
		return ht;
	ht = kzalloc(sizeof(*ht), GFP_KERNEL);
	if (!ht)
		return NULL;
	ht->task = p;
	spin_lock_init(&ht->lock);
	if (cmpxchg(&p->hpc, NULL, ht)) {
		kfree(ht);
		ht = p->hpc;
	}
	return ht;
}

static void move_release(struct kref *ref)
{
	kfree(container_of(ref, struct hpc_move, ref));
}

void hpc_move_put(struct hpc_move *move)
{
	kref_put(&move->ref, move_release);
}

/* The task is gone, and so is everybody who might look at it. */
void __hpc_task_free(struct task_struct *tsk)
{
	struct hpc_task *ht = tsk->hpc;

	if (ht->move)
		hpc_move_put(ht->move);
	/* Of a fork that failed half-way; mmput() has detached it. */
	hpc_mm_put(ht->hm);
	hpc_mask_put(ht->mask);
	kfree(ht->state);
	kfree(ht);
	tsk->hpc = NULL;
}

bool hpc_task_is_body(struct task_struct *tsk)
{
	return tsk->hpc && tsk->hpc->body;
}

void hpc_task_set_mm(struct hpc_task *ht, struct hpc_mm *hm)
{
	struct hpc_mm *old;

	spin_lock(&ht->lock);
	old = ht->hm;
	ht->hm = hm;
	spin_unlock(&ht->lock);
	if (old) {
		ht->pages_in += atomic64_read(&old->pages_in);
		ht->pages_out += atomic64_read(&old->pages_out);
		hpc_mm_put(old);
	}
}

struct hpc_mm *hpc_task_mm(struct hpc_task *ht)
{
	struct hpc_mm *hm;

	spin_lock(&ht->lock);
	hm = ht->hm;
	if (hm)
		hpc_mm_get(hm);
	spin_unlock(&ht->lock);
	return hm;
}

struct hpc_move *hpc_task_wish(struct hpc_task *ht)
{
	struct hpc_move *move;

	spin_lock(&ht->lock);
	move = ht->move;
	if (move)
		kref_get(&move->ref);
	spin_unlock(&ht->lock);
	return move;
}

bool hpc_task_wishes(struct hpc_task *ht)
{
	return READ_ONCE(ht->move);
}

void hpc_task_wish_done(struct hpc_task *ht, struct hpc_move *move, int error)
{
	bool mine = false;

	spin_lock(&ht->lock);
	if (ht->move == move) {
		ht->move = NULL;
		mine = true;
	}
	spin_unlock(&ht->lock);
	if (mine) {
		WRITE_ONCE(ht->move_error, -error);
		if (error)
			ht->moves_failed++;
		move->error = error;
		complete_all(&move->done);
		hpc_move_put(move);
	}
	hpc_move_put(move);
}

void hpc_thread_kick(struct task_struct *task)
{
	struct hpc_task *ht = task->hpc;

	if (ht)
		WRITE_ONCE(ht->kicked, true);
	set_notify_signal(task);
}

static struct hpc_move *move_new(int node, bool own)
{
	struct hpc_move *move = kzalloc(sizeof(*move), GFP_KERNEL);

	if (!move)
		return NULL;
	kref_init(&move->ref);
	move->node = node;
	move->own = own;
	init_completion(&move->done);
	return move;
}

/* A wish takes the only place there is for one. */
static int post_move(struct hpc_task *ht, struct hpc_move *move)
{
	int err = -EALREADY;

	spin_lock(&ht->lock);
	if (!ht->move) {
		kref_get(&move->ref);
		ht->move = move;
		err = 0;
	}
	spin_unlock(&ht->lock);
	return err;
}

/*
 * Withdraw a wish of a task that has ended meanwhile; hpc_exit() does the same,
 * but may have been there before us.
 */
static void withdraw_if_exiting(struct task_struct *p, struct hpc_move *move)
{
	if (READ_ONCE(p->flags) & PF_EXITING) {
		kref_get(&move->ref);
		hpc_task_wish_done(p->hpc, move, -ESRCH);
	}
}

static int wait_for_move(struct task_struct *p, struct hpc_move *move)
{
	long left;

	/* An end between our look at PF_EXITING and our wish is seen the next time. */
	do {
		withdraw_if_exiting(p, move);
		left = wait_for_completion_interruptible_timeout(&move->done, HZ);
	} while (!left);
	return left < 0 ? -EINTR : move->error;
}

/* Whether @p may go to @node: 0, or the errno of docs/interfaces.md. Takes no mmap_lock. */
static int check_target(struct task_struct *p, int node)
{
	struct sockaddr_storage ss;

	if (!node)
		return 0;
	if (!hpc_node_self() || hpc_node_addr(node, &ss))
		return -ENXIO;
	return hpc_mask_allows(p, node) ? 0 : -EXDEV;
}

/* What can be said at once of a move. */
static int check_move(struct task_struct *p, int node)
{
	int err = check_target(p, node);

	if (err || !node)
		return err;
	if (hpc_task_where(p) == 0 && (hpc_cantmove(p) & ~HPC_STAY_USER_LOCK))
		return -EBUSY;
	return 0;
}

static bool is_there(struct task_struct *p, int node)
{
	int where = hpc_task_where(p);

	if (node == hpc_node_self())
		node = 0;
	return where == node && !hpc_task_wishes(p->hpc);
}

/* A wish of @p that nobody waits for, unless there is one already. */
static void leave_wish(struct task_struct *p, int node, bool placed)
{
	struct hpc_task *ht = hpc_task_make(p);
	struct hpc_move *move = ht ? move_new(node, false) : NULL;

	if (!move)
		return;
	move->placed = placed;
	if (!post_move(ht, move)) {
		set_notify_resume(p);
		if (p != current)
			set_notify_signal(p);
	}
	withdraw_if_exiting(p, move);
	hpc_move_put(move);
}

void hpc_task_place(int node)
{
	if (node != hpc_node_self())
		leave_wish(current, node, true);
	else if (current->hpc)
		current->hpc->last_node = 0;
}

void hpc_task_go_back(int node)
{
	if (!check_target(current, node))
		leave_wish(current, node, false);
}

void hpc_task_sent_off(struct task_struct *p, int node)
{
	if (node == hpc_node_self() || check_target(p, node))
		node = 0;
	leave_wish(p, node, false);
}

/* It is home that moves a guest, and home sees to it that the guest leaves. */
static int move_guest(struct task_struct *p, int node)
{
	struct hpc_wire_leave leave = { .node = cpu_to_le32(node) };
	struct sockaddr_storage ss;
	struct hpc_mm *hm;
	int err = -EAGAIN;

	if (node && node == hpc_node_self())
		return 0;
	if (node && hpc_node_addr(node, &ss))
		return -ENXIO;
	hm = hpc_task_mm(p->hpc);
	/* Without a link it is the body of a child that has yet to find its deputy. */
	if (hm && READ_ONCE(hm->link)) {
		WRITE_ONCE(p->hpc->planned, true);
		err = hpc_link_send_one(hm->link, HPC_LEAVE, 0, 0, &leave, sizeof(leave));
	}
	hpc_mm_put(hm);
	return err;
}

int hpc_task_move(struct task_struct *p, int node, bool wait)
{
	struct hpc_task *ht = hpc_task_make(p);
	struct hpc_move *move;
	int err;

	if (!ht)
		return -ENOMEM;
	if (READ_ONCE(p->flags) & PF_EXITING)
		return -ESRCH;
	if (ht->body)
		return move_guest(p, node);
	if (is_there(p, node))
		return 0;
	if (node == hpc_node_self() && !hpc_task_where(p))
		return 0;
	err = check_move(p, node);
	if (err)
		return err;
	move = move_new(node == hpc_node_self() ? 0 : node, p == current);
	if (!move)
		return -ENOMEM;
	err = post_move(ht, move);
	if (err)
		goto out;
	set_notify_resume(p);
	if (p == current)
		goto out;
	set_notify_signal(p);
	if (wait)
		err = wait_for_move(p, move);
	else
		withdraw_if_exiting(p, move);
out:
	hpc_move_put(move);
	return err;
}

int hpc_task_where(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	return ht && !ht->body ? READ_ONCE(ht->node) : 0;
}

int hpc_task_goal(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);
	struct hpc_move *move = ht ? hpc_task_wish(ht) : NULL;
	int node = -1;

	if (move) {
		node = move->node;
		hpc_move_put(move);
	}
	return node;
}

bool hpc_task_wishing(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	return ht && hpc_task_wishes(ht);
}

unsigned int hpc_task_nmigs(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	return ht ? READ_ONCE(ht->nmigs) : 0;
}

bool hpc_task_locked(struct task_struct *p)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	return ht && READ_ONCE(ht->locked);
}

int hpc_task_lock(struct task_struct *p, bool on)
{
	struct hpc_task *ht = hpc_task_make(p);

	if (!ht)
		return -ENOMEM;
	WRITE_ONCE(ht->locked, on);
	return 0;
}

void hpc_task_show_stat(struct task_struct *p, struct seq_file *m)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);
	u64 arrived = ht ? READ_ONCE(ht->arrived) : 0;
	static const struct hpc_task none;
	struct hpc_mm *hm = ht ? hpc_task_mm(ht) : NULL;
	u64 in, out;

	if (!ht)
		ht = (struct hpc_task *)&none;
	in = ht->pages_in + (hm ? atomic64_read(&hm->pages_in) : 0);
	out = ht->pages_out + (hm ? atomic64_read(&hm->pages_out) : 0);
	seq_printf(m, "calls %lld\ncalls_inline %lld\n", (s64)atomic64_read(&ht->calls),
		   (s64)atomic64_read(&ht->calls_inline));
	seq_printf(m, "pages_out %llu\npages_in %llu\nunplanned_returns %u\n", out, in,
		   ht->unplanned);
	seq_printf(m, "guest_utime %llu\nguest_stime %llu\n",
		   nsec_to_clock_t(ht->utime_total), nsec_to_clock_t(ht->stime_total));
	seq_printf(m, "guest_rss %llu\n", READ_ONCE(ht->node) ? READ_ONCE(ht->rss) : 0);
	seq_printf(m, "moves_failed %u\nmove_error %d\nplaced %u\n", ht->moves_failed,
		   READ_ONCE(ht->move_error), ht->placed);
	seq_printf(m, "age_ms %llu\n",
		   div_u64(ktime_get_boottime_ns() - (arrived ?: p->start_boottime), NSEC_PER_MSEC));
	hpc_mm_put(hm);
}

void hpc_task_guest_stat(struct task_struct *p, struct hpc_guest_stat *stat)
{
	struct hpc_task *ht = p->hpc;
	struct hpc_mm *hm = hpc_task_mm(ht);

	stat->calls = atomic64_read(&ht->calls);
	stat->pages_in = hm ? atomic64_read(&hm->pages_in) : 0;
	stat->pages_out = hm ? atomic64_read(&hm->pages_out) : 0;
	stat->age = ktime_get_boottime_ns() - ht->arrived;
	hpc_mm_put(hm);
}

bool hpc_task_guest(struct task_struct *p, struct hpc_guest *g)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);

	if (!ht || !ht->body)
		return false;
	g->from = ht->id.home;
	g->pid = ht->id.pid;
	g->uid = ht->id.uid;
	g->gid = ht->id.gid;
	get_task_comm(g->comm, p);
	return true;
}

/* The next task after @pid that @which holds for, with a reference. */
static struct task_struct *next_task_of(pid_t *last, bool (*which)(struct task_struct *p))
{
	struct task_struct *p, *best = NULL;

	rcu_read_lock();
	for_each_process(p)
		if (p->pid > *last && (!best || p->pid < best->pid) && which(p))
			best = p;
	if (best) {
		*last = best->pid;
		get_task_struct(best);
	}
	rcu_read_unlock();
	return best;
}

static bool is_away(struct task_struct *p)
{
	return hpc_task_where(p) && !(READ_ONCE(p->flags) & PF_EXITING);
}

static bool is_guest(struct task_struct *p)
{
	return hpc_task_is_body(p) && !(READ_ONCE(p->flags) & PF_EXITING);
}

static void send_home(struct task_struct *p)
{
	if (!p->hpc->body)
		leave_wish(p, 0, false);
	else if (!READ_ONCE(p->hpc->planned))
		move_guest(p, 0);
}

/* Ask all at once, then wait until none is left; -EINTR. */
static int move_all(bool (*which)(struct task_struct *p))
{
	for (;;) {
		struct task_struct *p;
		bool any = false;
		pid_t last = 0;

		while ((p = next_task_of(&last, which))) {
			any = true;
			send_home(p);
			put_task_struct(p);
		}
		if (!any)
			return 0;
		if (schedule_timeout_interruptible(HZ / 20) || signal_pending(current))
			return -EINTR;
	}
}

int hpc_bring_all(void)
{
	return move_all(is_away);
}

int hpc_expel_all(void)
{
	return move_all(is_guest);
}
