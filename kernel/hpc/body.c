// SPDX-License-Identifier: GPL-2.0
/*
 * The arriving side of a move. body_main() runs as the new task, builds the
 * address space, says MIG_OK and waits for COMMIT; only then may it reach user
 * mode, where hpc_body_resume() installs its registers. Until COMMIT it can
 * vanish at any point and home goes on as if nothing had been.
 */
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/hpc.h>
#include <linux/resume_user_mode.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/personality.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/syscalls.h>
#include <linux/time_namespace.h>

#include "arch.h"
#include "back.h"
#include "body.h"
#include "fork.h"
#include "guest.h"
#include "hello.h"
#include "link.h"
#include "mm.h"
#include "node.h"
#include "pull.h"
#include "remote.h"
#include "stat.h"
#include "thread.h"
#include "vma.h"

struct arrival {
	struct hpc_link *link;
	struct hpc_msg *msg;
	const struct hpc_wire_mig *mig;
	const u8 *state;
	const struct hpc_wire_vma *vmas;
	const struct hpc_wire_extent *extents;
};

/* The parts of a MIG message, each within its bounds; -EBADMSG. */
static int parse_mig(struct arrival *a)
{
	const struct hpc_wire_mig *mig = (void *)a->msg->data;
	u64 state = le32_to_cpu(mig->state_len);
	u64 vmas = le32_to_cpu(mig->vmas), extents = le32_to_cpu(mig->extents);

	a->mig = mig;
	a->state = a->msg->data + sizeof(*mig);
	a->vmas = (void *)(a->state + state);
	a->extents = (void *)(a->vmas + vmas);
	if (sizeof(*mig) + state + vmas * sizeof(*a->vmas) + extents * sizeof(*a->extents) !=
	    a->msg->len || !IS_ALIGNED(state, 8))
		return -EBADMSG;
	if ((s32)le32_to_cpu(mig->thread.tid) <= 1)
		return -EBADMSG;
	return hpc_arch_state_check(a->state, state);
}

int hpc_body_creds(u32 uid, u32 gid)
{
	struct cred *cred = prepare_creds();

	if (!cred)
		return -ENOMEM;
	/*
	 * kill() compares the real and the saved id, so nobody here has those;
	 * what ps shows is the effective one.
	 */
	cred->uid = cred->suid = KUIDT_INIT((uid_t)-2);
	cred->gid = cred->sgid = KGIDT_INIT((gid_t)-2);
	cred->euid = cred->fsuid = KUIDT_INIT(uid);
	cred->egid = cred->fsgid = KGIDT_INIT(gid);
	cap_clear(cred->cap_inheritable);
	cap_clear(cred->cap_permitted);
	cap_clear(cred->cap_effective);
	cap_clear(cred->cap_bset);
	cap_clear(cred->cap_ambient);
	return commit_creds(cred);
}

/* A clock that goes on where home's stood: a time namespace of its own. */
#ifdef CONFIG_TIME_NS
static int set_clock(const struct hpc_wire_mig *mig)
{
	s64 mono = le64_to_cpu(mig->monotonic), boot = le64_to_cpu(mig->boottime);
	struct time_namespace *ns;
	int err;

	err = ksys_unshare(CLONE_NEWTIME);
	if (err)
		return err;
	ns = current->nsproxy->time_ns_for_children;
	ns->offsets.monotonic = ns_to_timespec64(mono - ktime_get_ns());
	ns->offsets.boottime = ns_to_timespec64(boot - ktime_get_boottime_ns());
	return exec_task_namespaces();
}
#else
static int set_clock(const struct hpc_wire_mig *mig)
{
	return 0;
}
#endif

/* An empty address space for current, which has none yet. */
static int new_mm(void)
{
	struct mm_struct *mm = mm_alloc();
	int err;

	if (!mm)
		return -ENOMEM;
	sched_mm_cid_before_execve(current);
	err = exec_mmap(mm);
	sched_mm_cid_after_execve(current);
	if (err) {
		mmput(mm);
		return err;
	}
	up_write(&current->signal->exec_update_lock);
	hpc_arch_mm_layout();
	set_dumpable(current->mm, SUID_DUMP_DISABLE);
	return 0;
}

static void set_limits(const struct hpc_wire_mig *mig)
{
	int i;

	for (i = 0; i < RLIM_NLIMITS && i < HPC_RLIMITS; i++) {
		/* What home enforces is not enforced twice, but for memory. */
		if (i != RLIMIT_STACK && i != RLIMIT_DATA && i != RLIMIT_AS)
			continue;
		current->signal->rlim[i].rlim_cur = le64_to_cpu(mig->rlim[i]);
		current->signal->rlim[i].rlim_max = RLIM_INFINITY;
	}
}

static int map_all(struct arrival *a)
{
	u32 i, n = le32_to_cpu(a->mig->vmas);
	u64 vdso = le64_to_cpu(a->mig->vdso);
	int err;

	if (vdso >= TASK_SIZE || !PAGE_ALIGNED(vdso))
		return -EBADMSG;
	err = hpc_arch_vdso_map(vdso);
	for (i = 0; i < n && !err; i++)
		err = hpc_vma_map(&a->vmas[i], a->link->peer, a->link->peer_boot);
	return err ?: hpc_mm_fields_set(current->mm, a->mig->mm);
}

static int build(struct arrival *a)
{
	const struct hpc_wire_mig *mig = a->mig;
	char comm[TASK_COMM_LEN];
	struct hpc_task *ht;
	int err;

	hpc_guest_signals();
	err = new_mm() ?: set_clock(mig);
	if (err)
		return err;
	set_limits(mig);
	current->personality = le32_to_cpu(mig->personality) & (ADDR_NO_RANDOMIZE | PER_MASK);
	strscpy(comm, mig->comm, sizeof(comm));
	set_task_comm(current, comm);
	err = map_all(a);
	if (err)
		return err;
	ht = hpc_task_make(current);
	if (!ht)
		return -ENOMEM;
	ht->state = kmemdup(a->state, le32_to_cpu(mig->state_len), GFP_KERNEL);
	if (!ht->state)
		return -ENOMEM;
	ht->id.home = a->link->peer;
	ht->id.pid = le32_to_cpu(mig->thread.tid);
	ht->id.uid = le32_to_cpu(mig->uid);
	ht->id.gid = le32_to_cpu(mig->gid);
	return hpc_body_creds(ht->id.uid, ht->id.gid);
}

static struct hpc_mm *build_half(struct arrival *a)
{
	struct hpc_mm *hm = hpc_mm_new(current->mm, HPC_ROLE_BODY, a->link->peer,
				       le32_to_cpu(a->mig->thread.tid));
	int err;

	if (!hm)
		return ERR_PTR(-ENOMEM);
	hm->link = hpc_link_get(a->link);
	err = hpc_extents_take(hm, a->extents, le32_to_cpu(a->mig->extents), a->link->peer);
	if (!err)
		return hm;
	hpc_mm_put(hm);
	return ERR_PTR(err);
}

/* From MIG_OK to COMMIT, when the process begins to live here. */
static int commit(struct arrival *a, struct hpc_mm *hm)
{
	struct hpc_msg *msg;
	int err;

	err = hpc_link_send_one(a->link, HPC_MIG_OK, 0, 0, NULL, 0);
	if (err)
		return err;
	msg = hpc_link_read(a->link, HPC_COMMIT, 3 * hpc_admin_timeout());
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	/*
	 * Commit point. Before: home has the process and we vanish. After: the
	 * process is here; if the link is cut now, we die and so does the deputy.
	 */
	hpc_msg_free(msg);
	hpc_mm_set_task(hm, current);
	hpc_mm_attach(hm);
	err = hpc_link_start(a->link, hm);
	if (err)
		hpc_mm_detach(hm);
	return err;
}

static void become_body(struct arrival *a, struct hpc_mm *hm)
{
	struct hpc_task *ht = current->hpc;

	hpc_task_set_mm(ht, hm);
	ht->body = true;
	ht->joined = true;
	ht->fresh = true;
	ht->arrived = ktime_get_boottime_ns();
	hpc_thread_set(&a->mig->thread);
	hpc_arch_body_enter();
	ht->counted = true;
	hpc_stat_inc(HPC_LIVE_BODIES);
	hpc_stat_inc(HPC_STAT_MOVES_IN);
	hpc_remote_add(current);
	set_notify_resume(current);
	hpc_pull_start(hm);
}

static int body_main(void *data)
{
	struct arrival *a = data;
	struct hpc_mm *hm;
	int err;

	err = build(a);
	hm = err ? ERR_PTR(err) : build_half(a);
	err = PTR_ERR_OR_ZERO(hm);
	if (err) {
		hpc_stat_inc(HPC_STAT_REFUSED);
		hpc_hello_refuse(a->link, err);
	} else {
		err = commit(a, hm);
		if (err)
			hpc_mm_put(hm);
		else
			become_body(a, hm);
	}
	hpc_link_put(a->link);
	hpc_msg_free(a->msg);
	kfree(a);
	if (err)
		do_exit(0);
	return 0;
}

int hpc_body_start(struct hpc_link *link, struct hpc_msg *msg)
{
	struct arrival *a;
	int err;

	if (hpc_admin_blocked())
		return -EAGAIN;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->link = link;
	a->msg = msg;
	err = parse_mig(a);
	if (err == -EBADMSG)
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
	if (!err)
		err = hpc_guest_spawn(link->peer, le32_to_cpu(a->mig->thread.tid), body_main, a);
	if (err)
		kfree(a);
	return err;
}

void hpc_body_resume(struct hpc_task *ht, struct pt_regs *regs)
{
	if (ht->fresh) {
		hpc_arch_state_set(regs, ht->state);
		kfree(ht->state);
		ht->state = NULL;
		ht->fresh = false;
	}
	if (!ht->joined && hpc_fork_join(ht)) {
		/* The deputy waits in vain: both halves of the child end. */
		do_exit(SIGKILL);
	}
	if (READ_ONCE(ht->come_home))
		hpc_body_return(ht, regs);
}
