// SPDX-License-Identifier: GPL-2.0
/*
 * The body's system calls: __hpc_syscall() is the last step of system-call entry
 * and asks the policy table. Forwarding is a request on the link and the
 * application of its reply.
 */
#include <linux/hpc.h>
#include <linux/resume_user_mode.h>
#include <linux/mm.h>
#include <linux/ptrace.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "arch.h"
#include "calls.h"
#include "forward.h"
#include "fork.h"
#include "inline.h"
#include "link.h"
#include "mm.h"
#include "mmcall.h"
#include "restart.h"
#include "stat.h"
#include "thread.h"

#include <asm/syscall.h>
#include <asm/unistd.h>

/* First try; most calls carry less. */
#define SMALL_BUFFER	4096

struct forward {
	struct hpc_task *ht;
	const struct hpc_call *row;
	long nr;
	unsigned long args[6];
	struct hpc_wire_call call;
	u8 *in;
	size_t in_len;
	bool inlined;
};

void hpc_forward_come_home(struct hpc_task *ht, bool planned)
{
	ht->planned = ht->planned || planned;
	ht->come_home = true;
	set_notify_resume(current);
}

static void fill_call(struct forward *f, struct pt_regs *regs)
{
	struct hpc_wire_call *call = &f->call;
	u64 utime, stime;
	int i;

	task_cputime_adjusted(current, &utime, &stime);
	call->nr = cpu_to_le32(f->nr);
	call->inline_len = cpu_to_le32(f->inlined ? f->in_len : HPC_NOT_INLINE);
	for (i = 0; i < 6; i++)
		call->arg[i] = cpu_to_le64(f->args[i]);
	call->blocked = cpu_to_le64(current->blocked.sig[0]);
	call->ip = cpu_to_le64(instruction_pointer(regs));
	call->sp = cpu_to_le64(user_stack_pointer(regs));
	call->utime = cpu_to_le64(utime);
	call->stime = cpu_to_le64(stime);
	call->maxrss = cpu_to_le64(get_mm_hiwater_rss(current->mm));
	call->rss = cpu_to_le64(get_mm_rss(current->mm));
}

/* Put the buffers in; without, the call goes by page ownership. */
static void pack_inline(struct forward *f)
{
	size_t size = SMALL_BUFFER;
	ssize_t n;

	if (!f->row || !f->row->inlined)
		return;
	for (;;) {
		f->in = kvmalloc(size, GFP_KERNEL);
		if (!f->in)
			return;
		n = hpc_inline_pack(f->row, f->args, f->in, size);
		if (n >= 0) {
			f->in_len = n;
			f->inlined = true;
			return;
		}
		kvfree(f->in);
		f->in = NULL;
		if (size == HPC_INLINE_MAX)
			return;
		size = HPC_INLINE_MAX;
	}
}

static int apply_signal(struct hpc_task *ht, const struct hpc_wire_reply *r, const u8 **p,
			const u8 *end)
{
	sigset_t blocked = { .sig[0] = le64_to_cpu(r->blocked) };
	u32 flags = le32_to_cpu(r->flags);

	set_current_blocked(&blocked);
	if (!(flags & HPC_REPLY_SIGNAL))
		return 0;
	if (end - *p < sizeof(ht->signal))
		return -EBADMSG;
	memcpy(&ht->signal, *p, sizeof(ht->signal));
	*p += sizeof(ht->signal);
	ht->has_signal = true;
	if (flags & HPC_REPLY_RESTORE) {
		current->saved_sigmask.sig[0] = le64_to_cpu(r->saved_mask);
		set_restore_sigmask();
	}
	return 0;
}

static int apply_reply(struct forward *f, const struct hpc_msg *msg, struct hpc_result *res)
{
	const struct hpc_wire_reply *r = (void *)msg->data;
	const u8 *p = (u8 *)(r + 1), *end = msg->data + msg->len;
	struct hpc_task *ht = f->ht;
	int err;

	if (msg->type != HPC_REPLY)
		return -EBADMSG;
	res->ret = le64_to_cpu(r->ret);
	res->flags = le32_to_cpu(r->flags);
	res->token = le64_to_cpu(r->token);
	err = apply_signal(ht, r, &p, end);
	if (err)
		return err;
	if (res->flags & HPC_REPLY_FILE) {
		if (end - p < sizeof(res->file))
			return -EBADMSG;
		memcpy(&res->file, p, sizeof(res->file));
		p += sizeof(res->file);
	}
	if (f->inlined && !(res->flags & (HPC_REPLY_REFUSED | HPC_REPLY_AGAIN))) {
		err = hpc_inline_scatter(f->row, f->args, res->ret, p, end - p);
		/* Memory that turned bad under the call is the program's own doing. */
		if (err == -EFAULT) {
			res->ret = -EFAULT;
			err = 0;
		}
	}
	if (res->flags & (HPC_REPLY_RETURN | HPC_REPLY_REFUSED))
		hpc_forward_come_home(ht, res->flags & HPC_REPLY_RETURN);
	/* A restart is the signal code's business even without a signal. */
	if (ht->has_signal || hpc_is_restart(res->ret))
		set_notify_signal(current);
	return err;
}

static int ask_home(struct forward *f, u16 type, const void *data, size_t len,
		    struct hpc_result *res)
{
	struct hpc_link *link = f->ht->hm->link;
	struct kvec parts[2] = {
		{ &f->call, sizeof(f->call) },
		{ (void *)data, len },
	};
	struct hpc_msg *msg;
	int err;

	/* From here on whatever is there for us comes with the reply. */
	WRITE_ONCE(f->ht->kicked, false);
	msg = hpc_link_ask(link, type, f->ht->id.pid, parts, len ? 2 : 1, TASK_KILLABLE);
	if (IS_ERR(msg)) {
		/* Without its deputy it must not run another instruction. */
		send_sig(SIGKILL, current, 1);
		return PTR_ERR(msg);
	}
	err = apply_reply(f, msg, res);
	hpc_msg_free(msg);
	if (err) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		hpc_link_kill(link, err);
	}
	return err;
}

int hpc_forward(struct hpc_task *ht, struct pt_regs *regs, long nr,
		const unsigned long args[6], struct hpc_result *res)
{
	struct forward f = { .ht = ht, .nr = nr, .row = nr < 0 ? NULL : hpc_call_row(nr) };
	int err;

	memset(res, 0, sizeof(*res));
	memcpy(f.args, args, sizeof(f.args));
	pack_inline(&f);
	fill_call(&f, regs);
	err = ask_home(&f, HPC_CALL, f.in, f.in_len, res);
	kvfree(f.in);
	atomic64_inc(&ht->calls);
	return err;
}

void hpc_forward_checkin(struct hpc_task *ht)
{
	struct forward f = { .ht = ht, .nr = HPC_CALL_CHECKIN };
	struct hpc_result res = { };

	fill_call(&f, current_pt_regs());
	ask_home(&f, HPC_CALL, NULL, 0, &res);
}

void hpc_forward_force(struct hpc_task *ht, struct kernel_siginfo *info)
{
	struct forward f = { .ht = ht, .nr = HPC_CALL_CHECKIN };
	struct hpc_wire_signal w = { .signo = cpu_to_le32(info->si_signo) };
	struct hpc_result res = { };

	memcpy(w.info, info, sizeof(*info));
	fill_call(&f, current_pt_regs());
	ask_home(&f, HPC_FORCE, &w, sizeof(w), &res);
}

static void forward_call(struct hpc_task *ht, struct pt_regs *regs, long nr,
			 const unsigned long args[6])
{
	struct hpc_result res;
	int err = hpc_forward(ht, regs, nr, args, &res);

	if (err) {
		syscall_set_return_value(current, regs, -EIO, 0);
		return;
	}
	if (res.flags & (HPC_REPLY_REFUSED | HPC_REPLY_AGAIN)) {
		hpc_arch_restart(regs, nr);
		return;
	}
	syscall_set_return_value(current, regs, 0, res.ret);
}

bool __hpc_syscall(struct pt_regs *regs, long nr)
{
	struct hpc_task *ht = current->hpc;
	unsigned long args[6];

	syscall_get_arguments(current, regs, args);
	if (!ht->body) {
		hpc_mmcall_back(nr, args);
		return false;
	}
	if (!hpc_call_row(nr)) {
		syscall_set_return_value(current, regs, -ENOSYS, 0);
		return true;
	}
	switch (hpc_call_where(nr, args)) {
	case HPC_LOCAL:
		/* The mask changes, and home may hold a signal that waits for that. */
		if (nr == __NR_rt_sigreturn)
			hpc_thread_kick(current);
		return false;
	case HPC_FORWARD:
	case HPC_EXEC:
	case HPC_EXIT:
	case HPC_SPECIAL:
		forward_call(ht, regs, nr, args);
		return true;
	case HPC_MM:
		hpc_mmcall(ht, regs, nr, args);
		return true;
	case HPC_FORK:
		hpc_fork_body(ht, regs, nr, args);
		return true;
	case HPC_HOME:
		hpc_forward_come_home(ht, false);
		hpc_arch_restart(regs, nr);
		return true;
	}
	return false;
}
