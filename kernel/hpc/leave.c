// SPDX-License-Identifier: GPL-2.0
/*
 * The leaving side of a move, and the hook from which all moves start: a task
 * that is about to return to user mode holds no locks, and its registers are
 * complete.
 */
#include <linux/cred.h>
#include <linux/hpc.h>
#include <linux/resume_user_mode.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "arch.h"
#include "back.h"
#include "body.h"
#include "cantmove.h"
#include "deputy.h"
#include "fork.h"
#include "hello.h"
#include "leave.h"
#include "link.h"
#include "mm.h"
#include "node.h"
#include "place.h"
#include "pull.h"
#include "remote.h"
#include "restart.h"
#include "scratch.h"
#include "stat.h"
#include "task.h"
#include "thread.h"
#include "vma.h"

#include <asm/unistd.h>

/* How long a program that has yet to begin waits for a node to answer, jiffies. */
#define PLACE_PATIENCE	(HZ / 2)

/* Everything that is sent before COMMIT. */
struct departure {
	struct hpc_wire_mig mig;
	void *state;
	struct hpc_wire_vma *vmas;
	struct hpc_wire_extent *extents;
};

static void fill_mig(struct hpc_task *ht, struct departure *d)
{
	struct hpc_wire_mig *mig = &d->mig;
	int i;

	hpc_thread_get(ht, &mig->thread);
	hpc_mm_fields_get(current->mm, mig->mm);
	for (i = 0; i < RLIM_NLIMITS && i < HPC_RLIMITS; i++)
		mig->rlim[i] = cpu_to_le64(rlimit(i));
	mig->vdso = cpu_to_le64(hpc_arch_vdso_get());
	mig->uid = cpu_to_le32(from_kuid_munged(&init_user_ns, current_euid()));
	mig->gid = cpu_to_le32(from_kgid_munged(&init_user_ns, current_egid()));
	mig->personality = cpu_to_le32(current->personality);
	mig->state_len = cpu_to_le32(hpc_arch_state_size());
	get_task_comm(mig->comm, current);
}

static int pack(struct hpc_task *ht, struct departure *d, struct pt_regs *regs)
{
	int n, err;

	d->state = kzalloc(hpc_arch_state_size(), GFP_KERNEL);
	if (!d->state)
		return -ENOMEM;
	err = hpc_arch_state_get(regs, d->state);
	if (err)
		return err;
	n = hpc_vmas_collect(current->mm, &d->vmas);
	if (n < 0)
		return n;
	d->mig.vmas = cpu_to_le32(n);
	n = hpc_extents_collect(current->mm, &d->extents);
	if (n < 0)
		return n;
	d->mig.extents = cpu_to_le32(n);
	fill_mig(ht, d);
	return 0;
}

static void unpack(struct departure *d)
{
	kvfree(d->extents);
	kvfree(d->vmas);
	kfree(d->state);
	kfree(d);
}

static int send_mig(struct hpc_link *link, struct departure *d)
{
	struct kvec parts[4] = {
		{ &d->mig, sizeof(d->mig) },
		{ d->state, le32_to_cpu(d->mig.state_len) },
		{ d->vmas, le32_to_cpu(d->mig.vmas) * sizeof(*d->vmas) },
		{ d->extents, le32_to_cpu(d->mig.extents) * sizeof(*d->extents) },
	};
	size_t total = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len + parts[3].iov_len;

	if (total > HPC_MIG_MAX)
		return -E2BIG;
	d->mig.monotonic = cpu_to_le64(hpc_clock_monotonic());
	d->mig.boottime = cpu_to_le64(hpc_clock_boottime());
	return hpc_link_send(link, HPC_MIG, 0, task_pid_vnr(current), parts, 4);
}

/* From MIG to COMMIT; the half is attached, so that no page appears meanwhile. */
static int transact(struct hpc_task *ht, struct hpc_mm *hm, struct pt_regs *regs)
{
	struct departure *d = kzalloc(sizeof(*d), GFP_KERNEL);
	struct hpc_msg *msg;
	int err;

	if (!d)
		return -ENOMEM;
	err = pack(ht, d, regs) ?: send_mig(hm->link, d);
	unpack(d);
	if (err)
		return err;
	msg = hpc_link_read(hm->link, HPC_MIG_OK, 2 * hpc_admin_timeout());
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	hpc_msg_free(msg);
	hpc_stat_add(HPC_STAT_PRECOMMIT_BYTES, hm->link->sent);
	/*
	 * Commit point. If COMMIT cannot be sent, the host drops what it built
	 * and the process stays here, untouched. Once it is sent the body is
	 * the process; if the link is cut then, it is killed on both sides.
	 */
	return hpc_link_send_one(hm->link, HPC_COMMIT, 0, 0, NULL, 0);
}

static struct hpc_mm *prepare(struct hpc_task *ht, int node, struct hpc_link *link)
{
	struct hpc_mm *hm = hpc_mm_new(current->mm, HPC_ROLE_DEPUTY, node, task_pid_vnr(current));
	int err;

	if (!hm)
		return ERR_PTR(-ENOMEM);
	hm->link = hpc_link_get(link);
	err = hpc_owner_set(hm, 0, TASK_SIZE, node);
	if (err) {
		hpc_mm_put(hm);
		return ERR_PTR(err);
	}
	return hm;
}

static int leave_over(struct hpc_task *ht, int node, struct pt_regs *regs, struct hpc_link *link)
{
	struct hpc_mm *hm = prepare(ht, node, link);
	int err;

	if (IS_ERR(hm))
		return PTR_ERR(hm);
	hpc_mm_set_task(hm, current);
	hpc_mm_attach(hm);
	err = transact(ht, hm, regs);
	if (!err)
		err = hpc_link_start(link, hm);
	if (err) {
		hpc_mm_detach(hm);
		hpc_link_kill(link, err);
		hm->dead = true;
		wake_up_all(&hm->wait);
		hpc_mm_put(hm);
		return err;
	}
	hpc_task_set_mm(ht, hm);
	return 0;
}

int hpc_leave(struct hpc_task *ht, int node, unsigned long patience, struct pt_regs *regs)
{
	struct hpc_link *link;
	int err;

	if (hpc_cantmove(current) & ~HPC_STAY_USER_LOCK)
		return -EBUSY;
	link = hpc_link_connect(node, patience);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = hpc_hello_open(link, true) ?: leave_over(ht, node, regs, link);
	if (err) {
		hpc_link_kill(link, err);
		hpc_stat_inc(HPC_STAT_ABORTED);
	}
	hpc_link_put(link);
	return err;
}

bool hpc_restart_eintr(long nr)
{
	return nr >= 0 && nr != __NR_close && nr != __NR_connect;
}

/*
 * An interrupted call must be resolved by the signal code first: restarted, or
 * ended with EINTR for a handler. Signals come first too.
 */
static bool must_settle(struct pt_regs *regs)
{
	long nr = syscall_get_nr(current, regs);

	if (task_sigpending(current) || hpc_restart_pending(regs))
		return true;
	if (nr >= 0 && syscall_get_error(current, regs) == -EINTR && hpc_restart_eintr(nr))
		hpc_arch_restart(regs, nr);
	return false;
}

/* The result of a move that the process asked for itself is that of its write(). */
static void tell_self(struct hpc_move *move, struct pt_regs *regs, int err)
{
	if (move->own && err && syscall_get_nr(current, regs) >= 0)
		syscall_set_return_value(current, regs, err, 0);
}

/* Pages of the last stay are still on their way: the wish waits for them. */
static bool still_back(void)
{
	return hpc_mm_away(current->mm);
}

static void account_placed(struct hpc_task *ht, int node, int err)
{
	if (err) {
		hpc_place_failed(node);
		return;
	}
	ht->placed++;
	hpc_stat_inc(HPC_STAT_PLACED);
}

static void go(struct hpc_task *ht, struct hpc_move *move, struct pt_regs *regs)
{
	unsigned long patience = move->placed ? PLACE_PATIENCE : hpc_admin_timeout() * HZ;
	int err = move->node ? hpc_leave(ht, move->node, patience, regs) : 0;
	int node = move->node;

	tell_self(move, regs, err);
	if (move->placed)
		account_placed(ht, node, err);
	if (!err && node) {
		hpc_deputy_begin(ht, node);
		hpc_task_wish_done(ht, move, 0);
		hpc_deputy_run(ht, regs);
		return;
	}
	hpc_task_wish_done(ht, move, err);
}

void __hpc_resume_user_mode(struct pt_regs *regs)
{
	struct hpc_task *ht = current->hpc;
	struct hpc_move *move;

	if (ht->body) {
		hpc_body_resume(ht, regs);
		return;
	}
	if (ht->forked) {
		ht->forked = false;
		if (hpc_fork_expect(ht))
			do_exit(SIGKILL);
		hpc_deputy_run(ht, regs);
	}
	while (hpc_task_wishes(ht)) {
		if (must_settle(regs)) {
			set_notify_signal(current);
			set_notify_resume(current);
			return;
		}
		if (still_back())
			return;
		move = hpc_task_wish(ht);
		if (move)
			go(ht, move, regs);
	}
}

/* The registers and the memory are where the body is: a debugger needs both here. */
int hpc_ptrace_attach(struct task_struct *tsk)
{
	if (hpc_task_is_body(tsk))
		return -EPERM;
	return hpc_task_where(tsk) ? hpc_task_move(tsk, 0, true) : 0;
}

/* The last user ends: nobody is going to miss the pages that are still elsewhere. */
static void stop_pull(void)
{
	struct hpc_mm *hm = current->mm ? hpc_mm_of(current->mm) : NULL;

	/* The other user is the pull itself. */
	if (hm && READ_ONCE(hm->role) == HPC_ROLE_BACK && atomic_read(&hm->mm->mm_users) <= 2)
		hpc_pull_stop(hm);
	hpc_mm_put(hm);
}

/*
 * At the start of do_exit(). A body takes its deputy along and the other way
 * round; a wish cannot be fulfilled any more.
 */
void __hpc_exit(struct task_struct *tsk)
{
	struct hpc_task *ht = tsk->hpc;
	struct hpc_move *move = hpc_task_wish(ht);
	struct hpc_mm *hm = ht->hm;

	if (move)
		hpc_task_wish_done(ht, move, -ESRCH);
	if (ht->body) {
		hpc_remote_del(tsk);
		if (ht->counted)
			hpc_stat_dec(HPC_LIVE_BODIES);
	}
	hpc_deputy_forget(ht);
	stop_pull();
	if (!hm)
		return;
	if (hm->role == HPC_ROLE_DEPUTY) {
		hpc_mm_dismiss(hm);
		/* Otherwise it never ran. */
		if (!ht->forked)
			hpc_stat_dec(HPC_LIVE_TASKS);
		hpc_scratch_forget(ht);
	} else if (hm->role == HPC_ROLE_BODY) {
		hpc_pull_stop(hm);
		hpc_mm_close(hm);
	}
	hpc_mm_set_task(hm, NULL);
	hpc_task_set_mm(ht, NULL);
}
