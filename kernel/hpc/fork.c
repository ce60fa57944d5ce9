// SPDX-License-Identifier: GPL-2.0
/*
 * A clone of both halves. The body stops fetching and asks; the deputy lets no
 * page travel, clones itself and answers with the child's pid and a token; the
 * body clones itself with that pid and says THAW. Each half of the child has
 * what its parent's half had, down to the markers, so ownership is inherited.
 * The child's body opens a link of its own and shows the token.
 *
 * If the host cannot make the child, its deputy waits in vain and is killed.
 */
#include <linux/cred.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/rseq.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "arch.h"
#include "body.h"
#include "deputy.h"
#include "fault.h"
#include "fork.h"
#include "forward.h"
#include "hello.h"
#include "link.h"
#include "mask.h"
#include "mm.h"
#include "node.h"
#include "pull.h"
#include "remote.h"
#include "scratch.h"
#include "stat.h"
#include "thread.h"

#include <asm/syscall.h>
#include <asm/unistd.h>

/* Only the body does these; at home they would write to memory that is away. */
#define BODY_FLAGS	(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | \
			 CLONE_SETTLS)

/* What the body passes through, and what makes it a fork. */
#define HOME_FLAGS	(CLONE_FS | CLONE_FILES | CLONE_PARENT | CLONE_CLEAR_SIGHAND | \
			 CLONE_SYSVSEM | CLONE_IO)

struct waiting {
	struct list_head node;
	u64 token;
	struct hpc_mm *hm;	/* reference */
};

static LIST_HEAD(waiting);		/* deputies whose bodies have yet to join */
static DEFINE_SPINLOCK(waiting_lock);	/* waiting */

static int expect_body(struct hpc_mm *hm)
{
	struct waiting *w = kzalloc(sizeof(*w), GFP_KERNEL);

	if (!w)
		return -ENOMEM;
	hpc_mm_get(hm);
	w->hm = hm;
	w->token = hm->token;
	spin_lock(&waiting_lock);
	list_add(&w->node, &waiting);
	spin_unlock(&waiting_lock);
	return 0;
}

/* Whoever takes the half out of the list gets its reference. */
static struct hpc_mm *take_waiting(u64 token)
{
	struct hpc_mm *hm = NULL;
	struct waiting *w;

	spin_lock(&waiting_lock);
	list_for_each_entry(w, &waiting, node) {
		if (w->token == token) {
			list_del(&w->node);
			hm = w->hm;
			break;
		}
	}
	spin_unlock(&waiting_lock);
	if (hm)
		kfree(w);
	return hm;
}


static struct hpc_mm *child_half(struct hpc_mm *parent, struct task_struct *p, pid_t tid)
{
	struct hpc_mm *hm = hpc_mm_new(p->mm, parent->role, parent->peer, tid);
	int err;

	if (!hm)
		return ERR_PTR(-ENOMEM);
	err = hpc_owner_copy(parent, hm);
	if (err) {
		hpc_mm_put(hm);
		return ERR_PTR(err);
	}
	return hm;
}

static void inherit(struct hpc_task *from, struct hpc_task *to)
{
	to->locked = from->locked;
	to->decay = from->decay;
	hpc_mask_inherit(from, to);
	to->last_node = from->last_node;
}

static bool has_to_inherit(const struct hpc_task *ht)
{
	return ht->locked || ht->mask || ht->decay.kind;
}

static int fork_deputy(struct hpc_task *ht, struct hpc_task *child, struct task_struct *p)
{
	struct hpc_mm *hm = child_half(ht->hm, p, 0);

	if (IS_ERR(hm))
		return PTR_ERR(hm);
	get_random_bytes(&hm->token, sizeof(hm->token));
	hpc_mm_attach(hm);
	hm->had_thp = ht->hm->had_thp;
	child->hm = hm;
	child->forked = true;
	child->node = ht->node;
	child->nmigs = ht->nmigs;
	child->arrived = ktime_get_boottime_ns();
	ht->fork_token = hm->token;
	set_tsk_thread_flag(p, TIF_NOTIFY_RESUME);
	return 0;
}

static int fork_guest(struct hpc_task *ht, struct hpc_task *child, struct task_struct *p)
{
	struct hpc_mm *hm = child_half(ht->hm, p, ht->fork_pid);

	if (IS_ERR(hm))
		return PTR_ERR(hm);
	hpc_mm_attach(hm);
	child->hm = hm;
	child->body = true;
	child->id = ht->id;
	child->id.pid = ht->fork_pid;
	child->arrived = ktime_get_boottime_ns();
	child->token = ht->fork_token;
	set_tsk_thread_flag(p, TIF_NOTIFY_RESUME);
	return 0;
}

/* Pages that are still on their way home have to arrive before they are copied. */
void __hpc_fork_prepare(void)
{
	struct hpc_mm *hm = hpc_mm_of(current->mm);

	if (hm)
		hpc_mm_wait_drained(hm);
	hpc_mm_put(hm);
}

void __hpc_coredump(struct mm_struct *mm)
{
	struct hpc_mm *hm = hpc_mm_of(mm);

	if (hm)
		hpc_mm_wait_drained(hm);
	hpc_mm_put(hm);
}

/*
 * In copy_process(), as soon as the child is complete but for its pid. A process
 * at home hands on its lock, mask and decay; a half that clones itself makes the
 * child's half.
 */
static int make_child(struct task_struct *p, unsigned long clone_flags)
{
	struct hpc_task *ht = current->hpc, *child;

	if (!ht->forking && !has_to_inherit(ht))
		return 0;
	child = hpc_task_make(p);
	if (!child)
		return -ENOMEM;
	inherit(ht, child);
	if (!ht->forking || (clone_flags & CLONE_VM))
		return 0;
	return ht->body ? fork_guest(ht, child, p) : fork_deputy(ht, child, p);
}

int __hpc_fork(struct task_struct *p, unsigned long clone_flags)
{
	int err = make_child(p, clone_flags);

	/* copy_process() takes this for a failure of copy_thread(), which cleans up. */
	if (err)
		exit_thread(p);
	return err;
}

long hpc_fork_home(struct hpc_task *ht, const unsigned long args[6], __le64 *token)
{
	struct kernel_clone_args kargs = {
		.flags = args[0] & HOME_FLAGS,
		.exit_signal = args[1] & CSIGNAL,
	};
	long pid;

	if (args[0] & ~(unsigned long)(HOME_FLAGS | BODY_FLAGS))
		return -EINVAL;
	hpc_fetch_freeze(ht->hm);
	ht->forking = true;
	pid = kernel_clone(&kargs);
	ht->forking = false;
	*token = cpu_to_le64(ht->fork_token);
	return pid;
}

/* A deputy's child registers when it first runs: its tid is known then. */
int hpc_fork_expect(struct hpc_task *ht)
{
	struct hpc_mm *hm = ht->hm;
	int err;

	hm->tid = task_pid_vnr(current);
	hpc_mm_set_task(hm, current);
	hpc_scratch_map(ht);
	hpc_stat_inc(HPC_LIVE_TASKS);
	err = expect_body(hm);
	if (err)
		return err;
	wait_event_killable_timeout(hm->wait, READ_ONCE(hm->link) || READ_ONCE(hm->dead),
				    hpc_admin_timeout() * HZ);
	hpc_mm_put(take_waiting(hm->token));
	if (READ_ONCE(hm->link))
		return 0;
	if (!fatal_signal_pending(current)) {
		pr_info("hpc: process %d killed: its body on node %d did not come\n", hm->tid,
			hm->peer);
		hpc_stat_inc(HPC_STAT_KILLED);
	}
	return -ETIMEDOUT;
}

int hpc_fork_joined(struct hpc_link *link, const struct hpc_msg *msg)
{
	u64 token = le64_to_cpu(((struct hpc_wire_join *)msg->data)->token);
	struct hpc_mm *hm = take_waiting(token);
	unsigned long end = jiffies + hpc_admin_timeout() * HZ;
	int err;

	/* The body may be faster than its deputy. */
	while (!hm && time_before(jiffies, end)) {
		schedule_timeout_idle(1);
		hm = take_waiting(token);
	}
	if (!hm)
		return -ESRCH;
	err = hm->peer == link->peer ? 0 : -EPERM;
	if (!err)
		err = hpc_link_send_one(link, HPC_JOIN_OK, 0, 0, NULL, 0);
	if (!err)
		err = hpc_mm_set_link(hm, link) ?: hpc_link_start(link, hm);
	if (err)
		WRITE_ONCE(hm->dead, true);
	wake_up_all(&hm->wait);
	hpc_mm_put(hm);
	return err;
}

int hpc_fork_join(struct hpc_task *ht)
{
	struct hpc_wire_join join = { .token = cpu_to_le64(ht->token) };
	struct hpc_link *link;
	struct hpc_msg *msg;
	int err;

	hpc_mm_set_task(ht->hm, current);
	ht->counted = true;
	hpc_stat_inc(HPC_LIVE_BODIES);
	hpc_remote_add(current);
	err = hpc_body_creds(ht->id.uid, ht->id.gid);
	if (err)
		return err;
	link = hpc_link_connect(ht->id.home, hpc_admin_timeout() * HZ);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = hpc_hello_open(link, false);
	if (!err)
		err = hpc_link_send_one(link, HPC_JOIN, 0, ht->id.pid, &join, sizeof(join));
	msg = err ? ERR_PTR(err) : hpc_link_read(link, HPC_JOIN_OK, 2 * hpc_admin_timeout());
	err = PTR_ERR_OR_ZERO(msg);
	hpc_msg_free(msg);
	if (!err)
		err = hpc_mm_set_link(ht->hm, link) ?: hpc_link_start(link, ht->hm);
	if (!err) {
		ht->joined = true;
		wake_up_all(&ht->hm->wait);
		hpc_pull_start(ht->hm);
	}
	hpc_link_put(link);
	return err;
}

/* The call's arguments in one form, from whichever of the three it is. */
static int parse(long nr, const unsigned long args[6], struct kernel_clone_args *k)
{
	struct clone_args c = { };

	memset(k, 0, sizeof(*k));
	switch (nr) {
	case __NR_fork:
		k->exit_signal = SIGCHLD;
		return 0;
	case __NR_clone:
		k->flags = lower_32_bits(args[0]) & ~CSIGNAL;
		k->exit_signal = args[0] & CSIGNAL;
		k->stack = args[1];
		k->parent_tid = (int __user *)args[2];
		k->child_tid = (int __user *)args[3];
		k->tls = args[4];
		return 0;
	case __NR_clone3:
		if (copy_struct_from_user(&c, sizeof(c), (void __user *)args[0], args[1]))
			return -EFAULT;
		k->flags = c.flags;
		k->exit_signal = c.exit_signal;
		k->stack = c.stack ? c.stack + c.stack_size : 0;
		k->parent_tid = u64_to_user_ptr(c.parent_tid);
		k->child_tid = u64_to_user_ptr(c.child_tid);
		k->tls = c.tls;
		return 0;
	}
	return -EINVAL;
}

/* The body's own clone: it needs the right to choose a pid for a moment. */
static long clone_body(struct hpc_task *ht, struct kernel_clone_args *k, pid_t pid, u64 token)
{
	const struct cred *old;
	struct cred *power;
	long ret;

	power = prepare_kernel_cred(&init_task);
	if (!power)
		return -ENOMEM;
	ht->fork_pid = pid;
	ht->fork_token = token;
	k->flags &= BODY_FLAGS;
	k->set_tid = &ht->fork_pid;
	k->set_tid_size = 1;
	old = override_creds(power);
	ht->forking = true;
	ret = kernel_clone(k);
	ht->forking = false;
	revert_creds(old);
	put_cred(power);
	return ret;
}

/*
 * What the kernel writes to in the child before it has found its deputy cannot
 * be fetched there: have it here before the clone.
 */
static void touch_for_child(const struct kernel_clone_args *k)
{
	if (k->flags & CLONE_CHILD_SETTID)
		fault_in_writeable((char __user *)k->child_tid, sizeof(pid_t));
#ifdef CONFIG_RSEQ
	if (current->rseq)
		fault_in_writeable((char __user *)current->rseq, sizeof(struct rseq));
#endif
}

void hpc_fork_body(struct hpc_task *ht, struct pt_regs *regs, long nr,
		   const unsigned long args[6])
{
	struct kernel_clone_args k;
	unsigned long home[6] = { };
	struct hpc_result res;
	int err = parse(nr, args, &k);

	if (err) {
		syscall_set_return_value(current, regs, err, 0);
		return;
	}
	home[0] = k.flags;
	home[1] = k.exit_signal;
	touch_for_child(&k);
	hpc_fetch_freeze(ht->hm);
	err = hpc_forward(ht, regs, HPC_CALL_FORK, home, &res);
	if (!err && res.ret > 0 && clone_body(ht, &k, res.ret, res.token) < 0)
		pr_info("hpc: guest %d: no memory for the body of child %ld\n", ht->id.pid,
			res.ret);
	if (!err)
		hpc_link_send_one(ht->hm->link, HPC_THAW, 0, 0, NULL, 0);
	hpc_fetch_thaw(ht->hm);
	syscall_set_return_value(current, regs, err ? -EIO : 0, err ? 0 : res.ret);
}
