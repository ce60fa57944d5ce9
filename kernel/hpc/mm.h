/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One half of an address space whose pages are on two nodes.
 *
 * Ownership of a page of a private mapping:
 *  - its page-table entry holds a page or a swap entry: it is ours;
 *  - the entry is a PTE_MARKER_HPC: the other half has it;
 *  - the entry is empty: @owner says whose it is. A range there has the id of the
 *    node that may have the page; no range means that it is ours, as fresh as
 *    zeroes or the file.
 * At home, while the body runs elsewhere, @owner starts as "all of it: the host".
 * On the host it starts as home's inventory, and on the way back as the host's.
 * A page of which both sides believe that the other has it has no content, and
 * whoever asks first gets it. Two sides never both believe it to be theirs: a
 * page changes hands by the answer to a PAGES request only, and the giver leaves
 * a marker.
 */
#ifndef _HPC_MM_H
#define _HPC_MM_H

#include <linux/kref.h>
#include <linux/list.h>

#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "owner.h"

struct hpc_link;
struct hpc_msg;
struct hpc_task;
struct task_struct;

enum hpc_role {
	HPC_ROLE_DEPUTY,	/* at home, the body runs elsewhere */
	HPC_ROLE_BODY,		/* on the host, running */
	HPC_ROLE_BACK,		/* at home, running, pages still elsewhere */
	HPC_ROLE_RESIDUE,	/* on the host, only pages, until they are fetched */
};

struct hpc_mm {
	struct kref ref;
	struct rcu_head rcu;
	struct mm_struct *mm;		/* mmgrab() */
	struct hpc_link *link;		/* set once (late for a forked child), reference */
	enum hpc_role role;		/* under lock */
	int peer;			/* node of the other half */
	pid_t tid;			/* home tid of the leader */
	u64 token;			/* a forked child's deputy: what its body shows */
	struct hpc_owner owner;		/* its own lock */
	spinlock_t lock;		/* task, role, fetches, frozen, calls, serve_queue */
	struct task_struct *task;	/* the thread here, reference; NULL once it is gone */
	struct list_head fetches;	/* struct hpc_fetch in flight */
	bool frozen;			/* no new fetch but by @freezer */
	struct task_struct *freezer;
	struct list_head calls;		/* messages for the deputy */
	struct list_head serve_queue;	/* messages for serve_work */
	unsigned int queued;		/* on both */
	wait_queue_head_t wait;		/* of all of the above */
	struct work_struct serve_work;
	struct work_struct pull_work;
	struct work_struct end_work;	/* a residue's end */
	struct work_struct free_work;
	bool pull_stop;
	bool attached;			/* mm->hpc points here, under lock */
	bool users_pinned;		/* a residue holds mm_users */
	bool had_thp;			/* MMF_DISABLE_THP was clear before we set it */
	bool dead;			/* the link is, or there will be none */
	bool ended;			/* this half has: no link is to come, under lock */
	atomic64_t pages_in, pages_out;
};

/* What waits for nothing; and what waits for the other half. */
extern struct workqueue_struct *hpc_wq;
extern struct workqueue_struct *hpc_pull_wq;

struct hpc_mm *hpc_mm_new(struct mm_struct *mm, enum hpc_role role, int peer, pid_t tid);
void hpc_mm_get(struct hpc_mm *hm);
void hpc_mm_put(struct hpc_mm *hm);

/* A reference on the half that @mm is, or NULL. */
struct hpc_mm *hpc_mm_of(struct mm_struct *mm);

/* Make mm->hpc point to it, and back. After detach @mm is an ordinary one. */
void hpc_mm_attach(struct hpc_mm *hm);
void hpc_mm_detach(struct hpc_mm *hm);

/* Which thread runs in this half; takes a reference. NULL: none any more. */
void hpc_mm_set_task(struct hpc_mm *hm, struct task_struct *task);
struct task_struct *hpc_mm_task(struct hpc_mm *hm);

/* The link of a forked child, found late; -ESRCH when it has ended meanwhile. */
int hpc_mm_set_link(struct hpc_mm *hm, struct hpc_link *link);

/* The link's receiver hands a message over; it belongs to the mm then. */
void hpc_mm_receive(struct hpc_mm *hm, struct hpc_msg *msg);

/* The link has died. Called once, by its receiver. */
void hpc_mm_link_dead(struct hpc_mm *hm);

/* Shut the link and forget it: this half ends, the other one too. */
void hpc_mm_close(struct hpc_mm *hm);

/* The same, and tell it so first: nobody is to be missed. */
void hpc_mm_dismiss(struct hpc_mm *hm);

/* Home has fetched all, or is lost: let the pages of a residue go, later. */
void hpc_mm_end_residue(struct hpc_mm *hm);

/* First message of calls or serve_queue, NULL when there is none now. */
struct hpc_msg *hpc_mm_dequeue(struct hpc_mm *hm, struct list_head *queue);

/* Next message for the deputy, NULL when there is none now. */
struct hpc_msg *hpc_mm_next_call(struct hpc_mm *hm);
bool hpc_mm_has_call(struct hpc_mm *hm);

/*
 * Wait until a process that has come home has all of its pages here; -EINTR when it
 * is killed before. Nothing to wait for in any other role.
 */
int hpc_mm_wait_drained(struct hpc_mm *hm);

/* Module-wide set-up of the work queue; 0 or -ENOMEM. */
int hpc_mm_setup(void);

#endif /* _HPC_MM_H */
