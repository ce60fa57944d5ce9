/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A link: the TCP connection between the two halves of an address space, with
 * a receiver thread, requests in flight and their answers.
 *
 * The receiver never takes mmap_lock and never touches pages: answers go to
 * whoever waits for them, everything else to the handler, which queues it.
 */
#ifndef _HPC_LINK_H
#define _HPC_LINK_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "proto.h"

struct hpc_link;
struct hpc_mm;
struct socket;

/* A message that arrived. */
struct hpc_msg {
	struct list_head node;
	struct hpc_hdr hdr;
	u32 len;
	u16 type;
	u32 id;
	u8 *data;		/* kvmalloc, @len bytes */
};

/* A request that waits for its answer; lives on the waiter's stack. */
struct hpc_request {
	struct list_head node;	/* hpc_link.requests, under its lock */
	u32 id;
	u16 answer_type;	/* what the peer may answer with */
	bool done;		/* under the link's lock */
	int error;
	struct hpc_msg *answer;
	wait_queue_head_t wait;
};

struct hpc_link {
	struct kref ref;
	struct socket *sock;
	int peer;		/* node id */
	u64 peer_boot;
	struct mutex tx_lock;	/* one message at a time on the socket */
	spinlock_t lock;	/* requests, next_id, dead, hm */
	struct list_head requests;
	u32 next_id;
	int dead;		/* 0, or the errno it died of; never reset */
	bool closing;		/* its end is expected: nobody is to be killed for it */
	struct hpc_mm *hm;	/* holds a reference, dropped by the receiver */
	struct task_struct *receiver;
	u64 sent;		/* bytes, under tx_lock */
	struct list_head all;	/* hpc_links, under hpc_links_lock */
};

/* Wrap a connected socket, which the link owns from now on. */
struct hpc_link *hpc_link_new(struct socket *sock, int peer);

/* Connect to @node from a privileged port; @patience (jiffies) and deadly signals end it. */
struct hpc_link *hpc_link_connect(int node, unsigned long patience);

struct hpc_link *hpc_link_get(struct hpc_link *link);
void hpc_link_put(struct hpc_link *link);

/* From now on messages go to @hm, which gets a reference until the link is dead. */
int hpc_link_start(struct hpc_link *link, struct hpc_mm *hm);

/* Shut the socket down; the receiver notices. Any context that may sleep. */
void hpc_link_kill(struct hpc_link *link, int error);

/*
 * Send one message of up to three parts. Uninterruptible but for the death of
 * the link. -EPIPE or what the link died of.
 */
int hpc_link_send(struct hpc_link *link, u16 type, u32 id, u32 tid,
		  const struct kvec *parts, int nr);
int hpc_link_send_one(struct hpc_link *link, u16 type, u32 id, u32 tid,
		      const void *data, size_t len);

/*
 * Send a request and wait for its answer: an hpc_msg to be freed, or an
 * ERR_PTR. @state: TASK_KILLABLE, where a fatal signal interrupts (-EINTR) and
 * the answer is dropped, or TASK_UNINTERRUPTIBLE where it must not be lost.
 */
struct hpc_msg *hpc_link_ask(struct hpc_link *link, u16 type, u32 tid,
			     const struct kvec *parts, int nr, unsigned int state);

/*
 * Read one message directly, before hpc_link_start(): of @type, or of any when
 * it is 0. A REFUSE gives the peer's errno. @timeout in seconds.
 */
struct hpc_msg *hpc_link_read(struct hpc_link *link, u16 type, unsigned int timeout);

void hpc_msg_free(struct hpc_msg *msg);

/* Length bounds of each message type, checked before anything else. */
bool hpc_msg_len_ok(u16 type, u32 len);

#endif /* _HPC_LINK_H */
