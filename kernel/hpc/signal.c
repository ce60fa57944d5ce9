// SPDX-License-Identifier: GPL-2.0
/*
 * Both ends of signal delivery. A body has no signals of its own: what others
 * send goes to the deputy, what the program itself causes is reported there, and
 * only what the deputy hands over is delivered.
 */
#include <linux/hpc.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>

#include "forward.h"
#include "mm.h"
#include "signal.h"
#include "thread.h"

static_assert(sizeof(struct kernel_siginfo) <= sizeof_field(struct hpc_wire_signal, info));

#define CAUSED_BY_PROGRAM (sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | \
			   sigmask(SIGTRAP) | sigmask(SIGFPE) | sigmask(SIGSYS))

void hpc_signal_to_wire(const struct ksignal *ksig, struct hpc_wire_signal *w)
{
	const struct sigaction *sa = &ksig->ka.sa;

	memset(w, 0, sizeof(*w));
	w->signo = cpu_to_le32(ksig->sig);
	w->sa_flags = cpu_to_le32(sa->sa_flags);
	w->handler = cpu_to_le64((unsigned long)sa->sa_handler);
	w->restorer = cpu_to_le64((unsigned long)sa->sa_restorer);
	w->mask = cpu_to_le64(sa->sa_mask.sig[0]);
	memcpy(w->info, &ksig->info, sizeof(ksig->info));
}

static int wire_to_ksignal(const struct hpc_wire_signal *w, struct ksignal *ksig)
{
	struct sigaction *sa = &ksig->ka.sa;
	u32 signo = le32_to_cpu(w->signo);

	if (!valid_signal(signo) || !signo || signo == SIGKILL || signo == SIGSTOP ||
	    le64_to_cpu(w->handler) >= TASK_SIZE || le64_to_cpu(w->restorer) >= TASK_SIZE)
		return -EBADMSG;
	memset(ksig, 0, sizeof(*ksig));
	ksig->sig = signo;
	sa->sa_flags = le32_to_cpu(w->sa_flags) & (UAPI_SA_FLAGS | SA_RESTORER);
	sa->sa_handler = (__sighandler_t)le64_to_cpu(w->handler);
	sa->sa_restorer = (__sigrestore_t)le64_to_cpu(w->restorer);
	sa->sa_mask.sig[0] = le64_to_cpu(w->mask);
	sigdelsetmask(&sa->sa_mask, sigmask(SIGKILL) | sigmask(SIGSTOP));
	memcpy(&ksig->info, w->info, sizeof(ksig->info));
	ksig->info.si_signo = signo;
	return 0;
}

void hpc_signal_block(const struct ksignal *ksig)
{
	sigset_t blocked;

	sigorsets(&blocked, &current->blocked, &ksig->ka.sa.sa_mask);
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}

/* Whether @signo would end current instead of running a handler. */
static bool is_deadly(int signo)
{
	struct sighand_struct *sighand = current->sighand;
	__sighandler_t handler;

	spin_lock_irq(&sighand->siglock);
	handler = sighand->action[signo - 1].sa.sa_handler;
	spin_unlock_irq(&sighand->siglock);
	return handler == SIG_DFL || handler == SIG_IGN || sigismember(&current->blocked, signo);
}

/* Core is dumped at home, where the process is taken with the signal pending. */
bool hpc_signal_dumps(void)
{
	struct sighand_struct *sighand = current->sighand;
	bool dumps = false;
	sigset_t pending;
	int signo;

	if (!task_sigpending(current) || fatal_signal_pending(current))
		return false;
	spin_lock_irq(&sighand->siglock);
	sigorsets(&pending, &current->pending.signal, &current->signal->shared_pending.signal);
	sigandnsets(&pending, &pending, &current->blocked);
	for (signo = 1; signo < SIGRTMIN; signo++)
		dumps |= sigismember(&pending, signo) && sig_kernel_coredump(signo) &&
			 sighand->action[signo - 1].sa.sa_handler == SIG_DFL;
	spin_unlock_irq(&sighand->siglock);
	return dumps;
}

int hpc_signal_force(const struct hpc_wire_signal *w)
{
	struct kernel_siginfo info;
	u32 signo = le32_to_cpu(w->signo);

	if (!signo || signo >= SIGRTMIN || !(sigmask(signo) & CAUSED_BY_PROGRAM))
		return -EBADMSG;
	memcpy(&info, w->info, sizeof(info));
	info.si_signo = signo;
	/* A trap is reported after the instruction, so it cannot be repeated at home. */
	if (signo != SIGTRAP && is_deadly(signo))
		return -EREMOTE;
	force_sig_info(&info);
	return 0;
}

/* A signal that this task caused itself; 0 when there is none. */
static int dequeue_caused(struct kernel_siginfo *info)
{
	sigset_t mask;
	enum pid_type type;
	int signo;

	sigemptyset(&mask);
	spin_lock_irq(&current->sighand->siglock);
	/* What root on this node has sent is not the program's: it goes. */
	do {
		signo = dequeue_signal(&mask, info, &type);
	} while (signo && !siginmask(signo, CAUSED_BY_PROGRAM) && signo != SIGKILL);
	recalc_sigpending();
	spin_unlock_irq(&current->sighand->siglock);
	return signo;
}

/*
 * In place of get_signal() for a body: true when @ksig is to be delivered. Called
 * without locks from the way back to user mode.
 */
bool hpc_body_signal(struct ksignal *ksig)
{
	struct hpc_task *ht = current->hpc;
	struct kernel_siginfo info;

	if (!ht->joined)
		return false;
	if (dequeue_caused(&info))
		hpc_forward_force(ht, &info);
	else if (READ_ONCE(ht->kicked) && !ht->has_signal)
		hpc_forward_checkin(ht);
	if (!ht->has_signal)
		return false;
	ht->has_signal = false;
	return !wire_to_ksignal(&ht->signal, ksig);
}
