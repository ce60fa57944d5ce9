/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct hpc_task, what a thread knows about migration: see task.h for what the
 * rest of the world may ask. Allocated on first use, freed with the task.
 */
#ifndef _HPC_THREAD_H
#define _HPC_THREAD_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "decay.h"
#include "inline.h"
#include "proto.h"

struct hpc_mask;
struct hpc_mm;
struct pt_regs;
struct task_struct;

/* A wish to be elsewhere, shared by whoever waits for it and the task. */
struct hpc_move {
	struct kref ref;
	int node;		/* 0: home */
	bool own;		/* asked for by the process itself */
	bool placed;		/* by a token, at exec */
	int error;		/* valid once done */
	struct completion done;
};

struct hpc_task {
	struct task_struct *task;
	spinlock_t lock;	/* move, hm, mask, decay */
	struct hpc_move *move;	/* pending, reference */
	struct hpc_mm *hm;	/* the half it runs in, reference; set by itself only */
	bool locked;		/* /proc/PID/lock */
	struct hpc_mask *mask;	/* reference, NULL: it may go anywhere */
	struct hpc_decay decay;
	unsigned int nmigs;
	int node;		/* where the body is, 0 at home */
	int last_node;		/* where a fresh image goes back to after exec, 0: nowhere */
	bool forked;		/* deputy of a child whose body has yet to join */
	bool recalled;		/* the body has been told to come home */
	u8 put_off;		/* how often in a row its call was, for a signal */

	/* the scratch area of fast paths, mapped while away */
	struct hpc_scratch scratch;
	struct page **scratch_pages;

	bool forking;		/* inside the clone of a half */
	pid_t fork_pid;		/* of the child that is being made */
	u64 fork_token;
	unsigned long old_brk;	/* before the brk() that is being served */
	struct hpc_service *service;	/* the call being served, which may not return */
	struct hpc_msg *served;

	/* body only */
	bool body;
	bool joined;		/* false: a forked child, which has yet to find its deputy */
	bool counted;		/* among the live bodies */
	bool fresh;		/* a state blob waits to be installed in the resume hook */
	void *state;
	struct hpc_guest_id {
		int home;
		pid_t pid;
		u32 uid, gid;
	} id;
	u64 token;		/* to join with */
	bool kicked;		/* home has something for it */
	bool come_home;		/* leave as soon as user mode is about to be entered */
	bool planned;		/* somebody asked for it, and home has been told */
	bool has_signal;
	struct hpc_wire_signal signal;	/* to be delivered next */

	/* counters; calls by the task alone, cpu as the body last said */
	atomic64_t calls, calls_inline;
	u64 pages_in, pages_out;	/* of halves that are gone */
	unsigned int unplanned;
	unsigned int placed;
	unsigned int moves_failed;
	int move_error;		/* errno of the last move, positive */
	u64 arrived;		/* boottime, ns; 0: it never moved */
	u64 rss;		/* pages of the body, as it last said */
	u64 utime, stime;	/* ns of body time already accounted here */
	u64 utime_total, stime_total;
};

/* The hpc_task of @p, made if need be; NULL without memory. */
struct hpc_task *hpc_task_make(struct task_struct *p);

/* Take the half over (its reference with it); drop it. Current only. */
void hpc_task_set_mm(struct hpc_task *ht, struct hpc_mm *hm);

/* The half of @ht with a reference, or NULL; for others than current. */
struct hpc_mm *hpc_task_mm(struct hpc_task *ht);

/* The pending wish with a reference, or NULL. */
struct hpc_move *hpc_task_wish(struct hpc_task *ht);
bool hpc_task_wishes(struct hpc_task *ht);

/* Fulfil or refuse @move and forget it; drops the reference of hpc_task_wish(). */
void hpc_task_wish_done(struct hpc_task *ht, struct hpc_move *move, int error);

void hpc_move_put(struct hpc_move *move);

/* A message for the body is there: make it look. Any context. */
void hpc_thread_kick(struct task_struct *task);

/* The body's thread state on the wire. */
void hpc_thread_get(struct hpc_task *ht, struct hpc_wire_thread *w);
void hpc_thread_set(const struct hpc_wire_thread *w);
void hpc_thread_forget(void);

#endif /* _HPC_THREAD_H */
