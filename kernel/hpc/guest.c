// SPDX-License-Identifier: GPL-2.0
/*
 * Bodies have the pids of their homes. To that end those of one home live in a
 * pid namespace of their own, whose pid 1 is a task of ours that never leaves the
 * kernel: it creates them (so that it is their parent and they are reaped
 * without a wait), and when it is killed all of them die.
 */
#include <linux/completion.h>
#include <linux/hpc.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "guest.h"

struct home {
	struct list_head node;		/* homes */
	int id;
	bool dead;			/* its pid 1 has ended */
	spinlock_t lock;		/* queue, dead */
	struct list_head queue;		/* struct spawn */
	wait_queue_head_t wait;
	struct completion ready;
};

struct spawn {
	struct list_head node;
	pid_t pid;
	int (*fn)(void *arg);
	void *arg;
	int error;
	struct completion done;
};

static LIST_HEAD(homes);
static DEFINE_MUTEX(homes_lock);	/* homes */

static struct spawn *next_spawn(struct home *home)
{
	struct spawn *s;

	spin_lock(&home->lock);
	s = list_first_entry_or_null(&home->queue, struct spawn, node);
	if (s)
		list_del_init(&s->node);
	spin_unlock(&home->lock);
	return s;
}

static void do_spawn(struct spawn *s)
{
	struct kernel_clone_args args = {
		.exit_signal = SIGCHLD,
		.fn = s->fn,
		.fn_arg = s->arg,
		.set_tid = &s->pid,
		.set_tid_size = 1,
	};
	pid_t pid = kernel_clone(&args);

	s->error = pid < 0 ? pid : 0;
	complete(&s->done);
}

static void bury(struct home *home)
{
	struct spawn *s;

	mutex_lock(&homes_lock);
	list_del(&home->node);
	mutex_unlock(&homes_lock);
	spin_lock(&home->lock);
	home->dead = true;
	spin_unlock(&home->lock);
	while ((s = next_spawn(home))) {
		s->error = -EHOSTDOWN;
		complete(&s->done);
	}
	kfree(home);
}

/*
 * What kernel threads hand down ignores everything, SIGKILL too. Only the end of
 * children is to be ignored: they are reaped by themselves then.
 */
void hpc_guest_signals(void)
{
	flush_signal_handlers(current, 1);
	kernel_sigaction(SIGCHLD, SIG_IGN);
}

/* Pid 1 of the namespace. */
static int home_init(void *data)
{
	struct home *home = data;
	char name[TASK_COMM_LEN];
	struct spawn *s;

	hpc_guest_signals();
	snprintf(name, sizeof(name), "hpc-home/%d", home->id);
	set_task_comm(current, name);
	complete(&home->ready);
	for (;;) {
		wait_event_state(home->wait, !list_empty_careful(&home->queue),
				 (TASK_KILLABLE | TASK_NOLOAD | TASK_FREEZABLE));
		if (fatal_signal_pending(current))
			break;
		while ((s = next_spawn(home)))
			do_spawn(s);
	}
	bury(home);
	do_exit(0);
}

static struct home *start_home(int id)
{
	struct home *home = kzalloc(sizeof(*home), GFP_KERNEL);
	struct kernel_clone_args args = {
		.flags = CLONE_NEWPID | CLONE_UNTRACED,
		.exit_signal = SIGCHLD,
		.fn = home_init,
		.fn_arg = home,
	};
	pid_t pid;

	lockdep_assert_held(&homes_lock);
	if (!home)
		return ERR_PTR(-ENOMEM);
	home->id = id;
	spin_lock_init(&home->lock);
	INIT_LIST_HEAD(&home->queue);
	init_waitqueue_head(&home->wait);
	init_completion(&home->ready);
	list_add(&home->node, &homes);
	pid = kernel_clone(&args);
	if (pid < 0) {
		list_del(&home->node);
		kfree(home);
		return ERR_PTR(pid);
	}
	wait_for_completion(&home->ready);
	return home;
}

static struct home *find_home(int id)
{
	struct home *home;

	lockdep_assert_held(&homes_lock);
	list_for_each_entry(home, &homes, node)
		if (home->id == id)
			return home;
	return start_home(id);
}

static int spawn_once(int id, pid_t pid, int (*fn)(void *arg), void *arg)
{
	struct spawn s = { .pid = pid, .fn = fn, .arg = arg };
	struct home *home;

	init_completion(&s.done);
	mutex_lock(&homes_lock);
	home = find_home(id);
	if (IS_ERR(home)) {
		mutex_unlock(&homes_lock);
		return PTR_ERR(home);
	}
	spin_lock(&home->lock);
	list_add_tail(&s.node, &home->queue);
	spin_unlock(&home->lock);
	wake_up(&home->wait);
	mutex_unlock(&homes_lock);
	wait_for_completion(&s.done);
	return s.error;
}

/* A process that comes again may find its last body still on the way out. */
int hpc_guest_spawn(int id, pid_t pid, int (*fn)(void *arg), void *arg)
{
	unsigned long end = jiffies + HZ;
	int err;

	while ((err = spawn_once(id, pid, fn, arg)) == -EEXIST && time_before(jiffies, end))
		schedule_timeout_idle(1);
	return err;
}
