// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a thread that is neither registers nor memory: what the kernel
 * was told to write to or to use in user space.
 */
#include <linux/mutex.h>
#include <linux/futex.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "thread.h"

#ifdef CONFIG_RSEQ
static void rseq_get(struct hpc_wire_thread *w)
{
	w->rseq = cpu_to_le64((unsigned long)current->rseq);
	w->rseq_len = cpu_to_le32(current->rseq_len);
	w->rseq_sig = cpu_to_le32(current->rseq_sig);
}

static void rseq_set(const struct hpc_wire_thread *w)
{
	unsigned long addr = le64_to_cpu(w->rseq);

	if (addr >= TASK_SIZE - PAGE_SIZE)
		return;
	current->rseq = (struct rseq __user *)addr;
	current->rseq_len = le32_to_cpu(w->rseq_len);
	current->rseq_sig = le32_to_cpu(w->rseq_sig);
	if (addr)
		rseq_set_notify_resume(current);
}

static void rseq_forget(void)
{
	current->rseq = NULL;
}
#else
static void rseq_get(struct hpc_wire_thread *w) { }
static void rseq_set(const struct hpc_wire_thread *w) { }
static void rseq_forget(void) { }
#endif

void hpc_thread_get(struct hpc_task *ht, struct hpc_wire_thread *w)
{
	memset(w, 0, sizeof(*w));
	w->tid = cpu_to_le32(task_pid_vnr(current));
	w->blocked = cpu_to_le64(current->blocked.sig[0]);
	w->sas_sp = cpu_to_le64(current->sas_ss_sp);
	w->sas_size = cpu_to_le64(current->sas_ss_size);
	w->sas_flags = cpu_to_le32(current->sas_ss_flags);
	w->robust_list = cpu_to_le64((unsigned long)current->robust_list);
	w->robust_len = cpu_to_le32(sizeof(struct robust_list_head));
	w->clear_child_tid = cpu_to_le64((unsigned long)current->clear_child_tid);
	rseq_get(w);
}

static void __user *user_pointer(__le64 value)
{
	unsigned long addr = le64_to_cpu(value);

	return addr < TASK_SIZE ? (void __user *)addr : NULL;
}

void hpc_thread_set(const struct hpc_wire_thread *w)
{
	sigset_t blocked = { .sig[0] = le64_to_cpu(w->blocked) };

	set_current_blocked(&blocked);
	current->sas_ss_sp = le64_to_cpu(w->sas_sp);
	current->sas_ss_size = le64_to_cpu(w->sas_size);
	current->sas_ss_flags = le32_to_cpu(w->sas_flags);
	current->robust_list = user_pointer(w->robust_list);
	current->clear_child_tid = user_pointer(w->clear_child_tid);
	rseq_set(w);
}

/* This half does not run and does not exit: nothing of it is to be written. */
void hpc_thread_forget(void)
{
	current->robust_list = NULL;
	current->clear_child_tid = NULL;
	rseq_forget();
}
