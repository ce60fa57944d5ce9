// SPDX-License-Identifier: GPL-2.0
/*
 * The deputy sits in the resume hook, executes the calls of its body as itself
 * and looks after its signals: they arrive here, default actions and job control
 * happen here, and one that has a handler travels in the next reply. When a
 * signal or a wish to move arrives while the body computes, it is kicked and
 * checks in with an empty call, so that everything goes through one door.
 */
#include <linux/freezer.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/task_work.h>

#include "arch.h"
#include "back.h"
#include "calls.h"
#include "deputy.h"
#include "fault.h"
#include "fork.h"
#include "inline.h"
#include "link.h"
#include "mm.h"
#include "mmcall.h"
#include "node.h"
#include "pull.h"
#include "restart.h"
#include "scratch.h"
#include "signal.h"
#include "stat.h"
#include "task.h"
#include "thread.h"

#include <asm/unistd.h>

/*
 * How often in a row a call is put off for a signal: with a timer that is faster
 * than the way to the body and back, there always is another one.
 */
#define PUT_OFF_MAX	4

/* A call being served, and the reply in the making. */
struct hpc_service {
	struct hpc_task *ht;
	struct pt_regs *regs;
	const struct hpc_msg *msg;
	const struct hpc_wire_call *call;
	const struct hpc_call *row;	/* NULL for a check-in */
	long nr;
	unsigned long args[6];
	long ret;
	struct hpc_wire_reply reply;
	struct hpc_wire_signal signal;
	struct hpc_wire_file file;
	u32 flags;
	u8 *out;			/* inline buffers */
	size_t out_len;
};

void hpc_deputy_begin(struct hpc_task *ht, int node)
{
	ht->node = node;
	ht->last_node = node;
	ht->nmigs++;
	ht->arrived = ktime_get_boottime_ns();
	ht->rss = 0;
	ht->utime = 0;
	ht->stime = 0;
	ht->recalled = false;
	hpc_thread_forget();
	hpc_scratch_map(ht);
	hpc_stat_inc(HPC_LIVE_TASKS);
	hpc_stat_inc(HPC_STAT_MOVES_OUT);
}

/* The limit on CPU time counts the body's, which no timer at home sees. */
static void check_cpu_limit(void)
{
	unsigned long soft = rlimit(RLIMIT_CPU), hard = rlimit_max(RLIMIT_CPU), used;
	struct task_cputime t;

	if (soft == RLIM_INFINITY)
		return;
	thread_group_cputime(current, &t);
	used = div_u64(t.utime + t.stime, NSEC_PER_SEC);
	if (used >= hard) {
		send_sig(SIGKILL, current, 1);
	} else if (used >= soft) {
		/* As check_process_timers() does it: again a second later. */
		task_lock(current->group_leader);
		current->signal->rlim[RLIMIT_CPU].rlim_cur = used + 1;
		task_unlock(current->group_leader);
		send_sig(SIGXCPU, current, 1);
	}
}

static void deputy_end(struct hpc_task *ht)
{
	ht->node = 0;
	hpc_stat_dec(HPC_LIVE_TASKS);
}

void hpc_deputy_account(struct hpc_task *ht, u64 utime, u64 stime, u64 maxrss)
{
	u64 du = utime > ht->utime ? utime - ht->utime : 0;
	u64 ds = stime > ht->stime ? stime - ht->stime : 0;

	ht->utime += du;
	ht->stime += ds;
	ht->utime_total += du;
	ht->stime_total += ds;
	local_irq_disable();
	current->utime += du;
	current->stime += ds;
	current->se.sum_exec_runtime += du + ds;
	local_irq_enable();
	if (maxrss < TASK_SIZE >> PAGE_SHIFT && maxrss > current->signal->maxrss)
		current->signal->maxrss = maxrss;
}

static void run_task_work(void)
{
	clear_notify_signal();
	clear_thread_flag(TIF_NOTIFY_RESUME);
	/* Pairs with task_work_add(), as in resume_user_mode_work(). */
	smp_mb__after_atomic();
	if (task_work_pending(current))
		task_work_run();
}

/*
 * The signal that goes with the reply, if there is one. Default actions happen in
 * get_signal(), which does not return from a deadly one, and returns late from a stop.
 */
static void attach_signal(struct hpc_service *s)
{
	struct ksignal ksig;

	s->reply.blocked = cpu_to_le64(current->blocked.sig[0]);
	if (hpc_signal_dumps()) {
		s->flags |= HPC_REPLY_RETURN;
	} else if (signal_pending(current) && get_signal(&ksig)) {
		hpc_signal_to_wire(&ksig, &s->signal);
		s->flags |= HPC_REPLY_SIGNAL;
		s->reply.blocked = cpu_to_le64(current->blocked.sig[0]);
		if (test_restore_sigmask()) {
			s->flags |= HPC_REPLY_RESTORE;
			s->reply.saved_mask = cpu_to_le64(current->saved_sigmask.sig[0]);
			clear_restore_sigmask();
		}
		/* What the body's signal code will do to its mask. */
		hpc_signal_block(&ksig);
	} else {
		restore_saved_sigmask();
		s->reply.blocked = cpu_to_le64(current->blocked.sig[0]);
	}
}

static int send_reply(struct hpc_service *s)
{
	struct kvec parts[4] = { { &s->reply, sizeof(s->reply) } };
	int n = 1;

	if (hpc_task_wishes(s->ht))
		s->flags |= HPC_REPLY_RETURN;
	s->reply.ret = cpu_to_le64(s->ret);
	if (s->flags & HPC_REPLY_SIGNAL)
		parts[n++] = (struct kvec){ &s->signal, sizeof(s->signal) };
	if (s->flags & HPC_REPLY_FILE)
		parts[n++] = (struct kvec){ &s->file, sizeof(s->file) };
	if (s->out_len) {
		s->flags |= HPC_REPLY_INLINE;
		parts[n++] = (struct kvec){ s->out, s->out_len };
	}
	if (s->flags & (HPC_REPLY_RETURN | HPC_REPLY_REFUSED))
		s->ht->recalled = true;
	s->reply.flags = cpu_to_le32(s->flags);
	return hpc_link_send(s->ht->hm->link, HPC_REPLY, s->msg->id, 0, parts, n);
}

/* Buffers came with the call: it works on the scratch area instead. */
static int unpack_inline(struct hpc_service *s, u32 len)
{
	if (!s->row->inlined || !s->ht->scratch.uaddr)
		return -EBADMSG;
	return hpc_inline_unpack(s->row, s->args, s->call + 1, len, &s->ht->scratch);
}

static int collect_inline(struct hpc_service *s)
{
	s->out = kvmalloc(HPC_INLINE_MAX, GFP_KERNEL);
	if (!s->out)
		return -ENOMEM;
	s->out_len = hpc_inline_collect(s->row, s->args, s->ret, &s->ht->scratch, s->out,
					HPC_INLINE_MAX);
	return 0;
}

static void execute(struct hpc_service *s)
{
	hpc_arch_call_set(s->regs, s->nr, s->args, le64_to_cpu(s->call->ip),
			  le64_to_cpu(s->call->sp));
	s->ret = hpc_arch_call(s->regs, s->nr);
	run_task_work();
	/*
	 * An EINTR that is due to our own kick, and no signal's: the call is
	 * made again, where the process is then.
	 */
	if (s->ret == -EINTR && hpc_task_wishes(s->ht) && !task_sigpending(current) &&
	    hpc_restart_eintr(s->nr))
		s->ret = -ERESTARTNOINTR;
}

static int execute_mm(struct hpc_service *s)
{
	int err = hpc_mmcall_before(s->ht, s->nr, s->args);

	if (err == -EREMOTE) {
		s->flags |= HPC_REPLY_REFUSED;
		return 0;
	}
	execute(s);
	if (hpc_mmcall_after(s->ht, s->nr, s->args, s->ret, &s->file))
		s->flags |= HPC_REPLY_FILE;
	s->flags |= HPC_REPLY_FROZEN;
	return 0;
}

/* Calls that only the body can make, whatever the peer says. */
static bool is_body_only(long nr)
{
	return nr == __NR_clone || nr == __NR_clone3 || nr == __NR_fork || nr == __NR_vfork ||
	       nr == __NR_rt_sigreturn;
}

static int execute_call(struct hpc_service *s)
{
	u32 len = le32_to_cpu(s->call->inline_len);
	unsigned long given[6];
	int err = 0;

	memcpy(given, s->args, sizeof(given));
	s->row = hpc_call_row(s->nr);
	if (!s->row || is_body_only(s->nr))
		return -EBADMSG;
	/*
	 * What told us of the wish may be past, and would not interrupt the call:
	 * it is made at home, or wherever the process is then.
	 */
	if (hpc_task_wishes(s->ht)) {
		s->flags |= HPC_REPLY_REFUSED;
		return 0;
	}
	if (hpc_call_where(s->nr, s->args) == HPC_MM)
		return execute_mm(s);
	/* As on the way into a call at home: signals first. */
	if (task_sigpending(current) && s->ht->put_off < PUT_OFF_MAX) {
		s->ht->put_off++;
		s->flags |= HPC_REPLY_AGAIN;
		return 0;
	}
	s->ht->put_off = 0;
	if (len != HPC_NOT_INLINE)
		err = unpack_inline(s, len);
	if (err)
		return err;
	execute(s);
	if (len != HPC_NOT_INLINE && s->ret == -ERESTART_RESTARTBLOCK)
		hpc_inline_restart(s->row, given);
	if (len != HPC_NOT_INLINE && current->mm == s->ht->hm->mm) {
		err = collect_inline(s);
		atomic64_inc(&s->ht->calls_inline);
		hpc_stat_inc(HPC_STAT_CALLS_INLINE);
	}
	return err;
}

static int execute_fork(struct hpc_service *s)
{
	s->ret = hpc_fork_home(s->ht, s->args, &s->reply.token);
	s->flags |= HPC_REPLY_FROZEN;
	return 0;
}

static void take_call(struct hpc_service *s)
{
	const struct hpc_wire_call *call = (void *)s->msg->data;
	sigset_t blocked = { .sig[0] = le64_to_cpu(call->blocked) };
	int i;

	s->call = call;
	s->nr = (s32)le32_to_cpu(call->nr);
	for (i = 0; i < 6; i++)
		s->args[i] = le64_to_cpu(call->arg[i]);
	sigdelsetmask(&blocked, sigmask(SIGKILL) | sigmask(SIGSTOP));
	set_current_blocked(&blocked);
	hpc_deputy_account(s->ht, le64_to_cpu(call->utime), le64_to_cpu(call->stime),
			   le64_to_cpu(call->maxrss));
	WRITE_ONCE(s->ht->rss, le64_to_cpu(call->rss));
	check_cpu_limit();
}

/* 0: replied. 1: the process has a new image. Else the error that ends the link. */
static int serve_call(struct hpc_service *s)
{
	u32 len = le32_to_cpu(((struct hpc_wire_call *)s->msg->data)->inline_len);
	int err = 0;

	if (s->msg->len != sizeof(*s->call) + (len == HPC_NOT_INLINE ? 0 : len))
		return -EBADMSG;
	take_call(s);
	if (s->nr == HPC_CALL_FORK)
		err = execute_fork(s);
	else if (s->nr != HPC_CALL_CHECKIN)
		err = execute_call(s);
	if (err)
		return err;
	if (s->nr != HPC_CALL_CHECKIN) {
		atomic64_inc(&s->ht->calls);
		hpc_stat_inc(HPC_STAT_CALLS_FORWARDED);
	}
	if (current->mm != s->ht->hm->mm)
		return 1;
	attach_signal(s);
	return send_reply(s);
}

/* The program did something that deserves a signal: memory, division, opcode. */
static int serve_force(struct hpc_service *s)
{
	const struct hpc_wire_signal *w;
	int err;

	if (s->msg->len != sizeof(*s->call) + sizeof(*w))
		return -EBADMSG;
	take_call(s);
	w = (void *)(s->call + 1);
	err = hpc_signal_force(w);
	if (err == -EREMOTE) {
		/* Nobody handles it: let it happen at home, where a core dump sees all. */
		s->flags |= HPC_REPLY_REFUSED;
		err = 0;
	}
	if (err)
		return err;
	attach_signal(s);
	return send_reply(s);
}

static void free_service(struct hpc_task *ht)
{
	struct hpc_service *s = ht->service;

	ht->service = NULL;
	if (s)
		kvfree(s->out);
	kfree(s);
}

void hpc_deputy_forget(struct hpc_task *ht)
{
	free_service(ht);
	hpc_msg_free(ht->served);
	ht->served = NULL;
}

static int serve_message(struct hpc_task *ht, struct pt_regs *regs, struct hpc_msg *msg)
{
	struct hpc_service *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return -ENOMEM;
	s->ht = ht;
	s->regs = regs;
	s->msg = msg;
	/* exit_group() and deadly signals do not come back: hpc_deputy_forget(). */
	ht->service = s;
	err = msg->type == HPC_FORCE ? serve_force(s) : serve_call(s);
	free_service(ht);
	return err;
}

static bool must_wake(struct hpc_task *ht, bool kicked)
{
	return hpc_mm_has_call(ht->hm) || READ_ONCE(ht->hm->dead) ||
	       (!kicked && hpc_task_wishes(ht));
}

/*
 * Wait for the next message of the body; kick it if somebody wants something.
 * NULL when the link is dead or this task is about to die.
 */
static struct hpc_msg *wait_for_body(struct hpc_task *ht)
{
	struct hpc_mm *hm = ht->hm;
	bool kicked = ht->recalled;
	long rest = HZ;		/* a body that computes tells its CPU time once a second */

	for (;;) {
		struct hpc_msg *msg = hpc_mm_next_call(hm);

		if (msg)
			return msg;
		if (READ_ONCE(hm->dead) || fatal_signal_pending(current))
			return NULL;
		if (!kicked && READ_ONCE(hm->link) &&
		    (!rest || task_sigpending(current) || hpc_task_wishes(ht))) {
			kicked = true;
			/* If that fails, the receiver is about to tell why we die. */
			hpc_link_send_one(hm->link, HPC_KICK, 0, 0, NULL, 0);
		}
		run_task_work();
		if (kicked)
			wait_event_state(hm->wait, must_wake(ht, true),
					 (TASK_KILLABLE | TASK_NOLOAD | TASK_FREEZABLE));
		else
			rest = wait_event_freezable_timeout(hm->wait, must_wake(ht, false), HZ);
	}
}

/* The link is lost: hpc_mm_link_dead() has sent SIGKILL, which ends us here. */
static void die(void)
{
	struct ksignal ksig;

	if (!fatal_signal_pending(current))
		send_sig(SIGKILL, current, 1);
	get_signal(&ksig);
	do_exit(SIGKILL);
}

static void came_home(struct hpc_task *ht)
{
	struct hpc_mm *hm = ht->hm;

	deputy_end(ht);
	hpc_scratch_unmap(ht);
	ht->nmigs++;
	ht->arrived = ktime_get_boottime_ns();
	hpc_stat_inc(HPC_STAT_RETURNS);
	hpc_pull_start(hm);
	hpc_task_set_mm(ht, NULL);
}

/* The old image is gone, and its body with it; the new one goes where that was. */
static void got_new_image(struct hpc_task *ht)
{
	/* First of all, lest who wants it at home takes it for being there. */
	if (!hpc_task_wishes(ht) && ht->last_node)
		hpc_task_go_back(ht->last_node);
	hpc_mm_dismiss(ht->hm);
	deputy_end(ht);
	hpc_scratch_forget(ht);
	hpc_task_set_mm(ht, NULL);
}

static void settle_wish(struct hpc_task *ht)
{
	struct hpc_move *move = hpc_task_wish(ht);

	if (!move)
		return;
	if (!move->node)
		hpc_task_wish_done(ht, move, 0);
	else
		hpc_move_put(move);
}

void hpc_deputy_run(struct hpc_task *ht, struct pt_regs *regs)
{
	for (;;) {
		struct hpc_msg *msg = wait_for_body(ht);
		int err;

		if (!msg)
			die();
		ht->served = msg;
		if (msg->type == HPC_RETURN) {
			err = hpc_deputy_take_back(ht, regs, msg);
			if (!err) {
				hpc_deputy_forget(ht);
				came_home(ht);
				settle_wish(ht);
				return;
			}
		} else {
			err = serve_message(ht, regs, msg);
		}
		hpc_deputy_forget(ht);
		if (err == 1) {
			got_new_image(ht);
			return;
		}
		if (err) {
			if (err == -EBADMSG)
				hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
			hpc_link_kill(ht->hm->link, err);
		}
	}
}
