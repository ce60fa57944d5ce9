// SPDX-License-Identifier: GPL-2.0
/*
 * Links: see link.h. Who may hold one: its receiver thread, the hpc_mm that it
 * serves, and whoever got it through that. hpc_link_kill() only shuts the
 * socket down; the last reference closes it.
 */
#include <linux/cred.h>
#include <linux/inet.h>
#include <linux/init_task.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "inject.h"
#include "link.h"
#include "listen.h"
#include "mm.h"
#include "node.h"
#include "stat.h"
#include "task.h"

static LIST_HEAD(hpc_links);
static DEFINE_SPINLOCK(hpc_links_lock);	/* hpc_links */

/* Bounds of each payload: nothing longer is ever allocated for a peer. */
static const struct {
	u32 min, max;
} msg_len[HPC_TYPE_END] = {
	[HPC_HELLO] = { sizeof(struct hpc_wire_hello), sizeof(struct hpc_wire_hello) },
	[HPC_WELCOME] = { sizeof(struct hpc_wire_hello), sizeof(struct hpc_wire_hello) },
	[HPC_AUTH] = { sizeof(struct hpc_wire_auth), sizeof(struct hpc_wire_auth) },
	[HPC_REFUSE] = { sizeof(struct hpc_wire_error), sizeof(struct hpc_wire_error) },
	[HPC_MIG] = { sizeof(struct hpc_wire_mig), HPC_MIG_MAX },
	[HPC_MIG_OK] = { 0, 0 },
	[HPC_COMMIT] = { 0, 0 },
	[HPC_JOIN] = { sizeof(struct hpc_wire_join), sizeof(struct hpc_wire_join) },
	[HPC_JOIN_OK] = { 0, 0 },
	[HPC_CALL] = { sizeof(struct hpc_wire_call),
		       sizeof(struct hpc_wire_call) + HPC_INLINE_WIRE_MAX },
	[HPC_REPLY] = { sizeof(struct hpc_wire_reply),
			sizeof(struct hpc_wire_reply) + sizeof(struct hpc_wire_signal) +
			sizeof(struct hpc_wire_file) + HPC_INLINE_WIRE_MAX },
	[HPC_KICK] = { 0, 0 },
	[HPC_THAW] = { 0, 0 },
	[HPC_RETURN] = { sizeof(struct hpc_wire_return), HPC_MIG_MAX },
	[HPC_RETURN_OK] = { 0, 0 },
	[HPC_PAGES] = { sizeof(struct hpc_wire_pages), sizeof(struct hpc_wire_pages) },
	[HPC_PAGES_OK] = { sizeof(struct hpc_wire_pages_ok),
			   sizeof(struct hpc_wire_pages_ok) + HPC_PAGES_MAX * PAGE_SIZE },
	[HPC_FILE] = { sizeof(struct hpc_wire_file_req), sizeof(struct hpc_wire_file_req) },
	[HPC_FILE_OK] = { sizeof(struct hpc_wire_file_ok),
			  sizeof(struct hpc_wire_file_ok) + HPC_PAGES_MAX * PAGE_SIZE },
	[HPC_DRAINED] = { 0, 0 },
	[HPC_DISMISS] = { 0, 0 },
	[HPC_FORCE] = { sizeof(struct hpc_wire_call) + sizeof(struct hpc_wire_signal),
			sizeof(struct hpc_wire_call) + sizeof(struct hpc_wire_signal) },
	[HPC_LEAVE] = { sizeof(struct hpc_wire_leave), sizeof(struct hpc_wire_leave) },
};

bool hpc_msg_len_ok(u16 type, u32 len)
{
	return type && type < HPC_TYPE_END &&
	       len >= msg_len[type].min && len <= msg_len[type].max;
}

void hpc_msg_free(struct hpc_msg *msg)
{
	if (IS_ERR_OR_NULL(msg))
		return;
	kvfree(msg->data);
	kfree(msg);
}

/* Silence of the peer kills the connection after admin/timeout seconds. */
static void tune_socket(struct socket *sock)
{
	struct sock *sk = sock->sk;
	unsigned int secs = hpc_admin_timeout();

	tcp_sock_set_nodelay(sk);
	tcp_sock_set_user_timeout(sk, secs * 1000);
	sock_set_keepalive(sk);
	tcp_sock_set_keepidle(sk, max(1u, secs / 4));
	tcp_sock_set_keepintvl(sk, max(1u, secs / 4));
	tcp_sock_set_keepcnt(sk, 3);
	sock_no_linger(sk);
	/*
	 * A fault on a page that is elsewhere sends from within whatever copied from
	 * user space, another socket's sendmsg() among it, which has current's fragment
	 * half filled.
	 */
	sk->sk_use_task_frag = false;
}

struct hpc_link *hpc_link_new(struct socket *sock, int peer)
{
	struct hpc_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (!link) {
		sock_release(sock);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&link->ref);
	link->sock = sock;
	link->peer = peer;
	mutex_init(&link->tx_lock);
	spin_lock_init(&link->lock);
	INIT_LIST_HEAD(&link->requests);
	tune_socket(sock);
	spin_lock(&hpc_links_lock);
	list_add(&link->all, &hpc_links);
	spin_unlock(&hpc_links_lock);
	hpc_stat_inc(HPC_LIVE_LINKS);
	return link;
}

/* A privileged port of our own proves to the peer that the kernel (or root) speaks. */
static int bind_port(struct socket *sock, const struct sockaddr_storage *peer)
{
	struct sockaddr_storage ss = { .ss_family = peer->ss_family };
	int port, err = -EADDRINUSE;
	int start = 600 + get_random_u32_below(400);

	if (!IS_ENABLED(CONFIG_HPC_SECUREPORTS))
		return 0;
	sock_set_reuseaddr(sock->sk);
	for (port = start; port > start - 400 && err == -EADDRINUSE; port--) {
		int p = port < 600 ? port + 400 : port;
		int len = sizeof(struct sockaddr_in);

		if (ss.ss_family == AF_INET6) {
			((struct sockaddr_in6 *)&ss)->sin6_port = htons(p);
			len = sizeof(struct sockaddr_in6);
		} else {
			((struct sockaddr_in *)&ss)->sin_port = htons(p);
		}
		err = kernel_bind(sock, (struct sockaddr *)&ss, len);
	}
	return err;
}

/* The process that moves, and a guest, has no right to such a port; the kernel has. */
static int bind_privileged(struct socket *sock, const struct sockaddr_storage *peer)
{
	const struct cred *old = override_creds(&init_cred);
	int err = bind_port(sock, peer);

	revert_creds(old);
	return err;
}

/*
 * Until @ready, or @patience is over: what is left of it. Sockets wake interruptible
 * sleepers only, so while a signal is pending, which is no reason to stop, we poll.
 */
static unsigned long wait_socket(struct socket *sock, bool (*ready)(struct sock *sk),
				 unsigned long patience)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sock->sk), &wait);
	while (!ready(sock->sk) && patience && !fatal_signal_pending(current)) {
		if (signal_pending(current)) {
			schedule_timeout_idle(1);
			patience--;
		} else {
			patience = wait_woken(&wait, TASK_INTERRUPTIBLE, patience);
		}
	}
	remove_wait_queue(sk_sleep(sock->sk), &wait);
	return patience;
}

static bool is_settled(struct sock *sk)
{
	u8 state = READ_ONCE(sk->sk_state);

	return state == TCP_ESTABLISHED || state == TCP_CLOSE;
}

/* Non-blocking connect with our own wait: a signal or a deadline ends it. */
static int connect_socket(struct socket *sock, struct sockaddr_storage *ss, unsigned long patience)
{
	int len = ss->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					    : sizeof(struct sockaddr_in);
	int err = kernel_connect(sock, (struct sockaddr *)ss, len, O_NONBLOCK);

	if (err != -EINPROGRESS)
		return err;
	wait_socket(sock, is_settled, patience);
	switch (READ_ONCE(sock->sk->sk_state)) {
	case TCP_ESTABLISHED:
		return 0;
	case TCP_CLOSE:
		return sock_error(sock->sk) ?: -ECONNREFUSED;
	default:
		return fatal_signal_pending(current) ? -EINTR : -ETIMEDOUT;
	}
}

struct hpc_link *hpc_link_connect(int node, unsigned long patience)
{
	struct sockaddr_storage ss;
	struct socket *sock;
	int tries = 8;
	int err;

	err = hpc_node_addr(node, &ss);
	if (err)
		return ERR_PTR(err);
	do {
		err = sock_create_kern(&init_net, ss.ss_family, SOCK_STREAM, IPPROTO_TCP, &sock);
		if (err)
			return ERR_PTR(err);
		err = bind_privileged(sock, &ss);
		if (!err)
			err = connect_socket(sock, &ss, patience);
		if (!err)
			return hpc_link_new(sock, node);
		sock_release(sock);
		/* The same four-tuple may still be in TIME_WAIT: another port. */
	} while (err == -EADDRNOTAVAIL && --tries);
	return ERR_PTR(err);
}

static void link_release(struct kref *ref)
{
	struct hpc_link *link = container_of(ref, struct hpc_link, ref);

	spin_lock(&hpc_links_lock);
	list_del(&link->all);
	spin_unlock(&hpc_links_lock);
	sock_release(link->sock);
	hpc_stat_dec(HPC_LIVE_LINKS);
	kfree(link);
}

struct hpc_link *hpc_link_get(struct hpc_link *link)
{
	kref_get(&link->ref);
	return link;
}

void hpc_link_put(struct hpc_link *link)
{
	if (!IS_ERR_OR_NULL(link))
		kref_put(&link->ref, link_release);
}

void hpc_link_kill(struct hpc_link *link, int error)
{
	spin_lock(&link->lock);
	if (!link->dead)
		link->dead = error;
	spin_unlock(&link->lock);
	kernel_sock_shutdown(link->sock, SHUT_RDWR);
}

void hpc_link_cut_node(int id)
{
	struct hpc_link *link, *victim;

	do {
		victim = NULL;
		spin_lock(&hpc_links_lock);
		list_for_each_entry(link, &hpc_links, all) {
			if ((!id || link->peer == id) && !READ_ONCE(link->dead) &&
			    kref_get_unless_zero(&link->ref)) {
				victim = link;
				break;
			}
		}
		spin_unlock(&hpc_links_lock);
		if (victim) {
			hpc_link_kill(victim, -EHOSTDOWN);
			hpc_link_put(victim);
		}
	} while (victim);
}

static bool is_writable(struct sock *sk)
{
	return sk_stream_is_writeable(sk) || READ_ONCE(sk->sk_shutdown) || READ_ONCE(sk->sk_err);
}

/*
 * One message must go out whole whatever signals are pending, so: non-blocking
 * sends and a wait of our own. tx_lock is held.
 */
static int send_all(struct hpc_link *link, struct kvec *vec, int nr, size_t total)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };

	lockdep_assert_held(&link->tx_lock);
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, vec, nr, total);
	while (msg_data_left(&msg)) {
		int n;

		if (READ_ONCE(link->dead))
			return link->dead;
		n = sock_sendmsg(link->sock, &msg);
		if (n == -EAGAIN) {
			wait_socket(link->sock, is_writable, HZ / 10);
			continue;
		}
		if (n < 0)
			return n;
		link->sent += n;
	}
	return 0;
}

int hpc_link_send(struct hpc_link *link, u16 type, u32 id, u32 tid,
		  const struct kvec *parts, int nr)
{
	struct hpc_hdr hdr = {
		.type = cpu_to_le16(type),
		.id = cpu_to_le32(id),
		.tid = cpu_to_le32(tid),
	};
	struct kvec vec[5] = { { &hdr, sizeof(hdr) } };
	size_t len = 0;
	int i, err;

	if (WARN_ON_ONCE(nr >= ARRAY_SIZE(vec)))
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		vec[i + 1] = parts[i];
		len += parts[i].iov_len;
	}
	if (WARN_ON_ONCE(!hpc_msg_len_ok(type, len)))
		return -EMSGSIZE;
	hdr.len = cpu_to_le32(len);
	if (hpc_inject_cut(link, type))
		return -EPIPE;
	mutex_lock(&link->tx_lock);
	err = send_all(link, vec, nr + 1, sizeof(hdr) + len);
	mutex_unlock(&link->tx_lock);
	if (err)
		hpc_link_kill(link, err);
	return err;
}

int hpc_link_send_one(struct hpc_link *link, u16 type, u32 id, u32 tid,
		      const void *data, size_t len)
{
	struct kvec part = { (void *)data, len };

	return hpc_link_send(link, type, id, tid, &part, len ? 1 : 0);
}

/* The one type of message that answers a request; 0: it is not a request. */
static u16 answer_of(u16 type)
{
	switch (type) {
	case HPC_CALL:
	case HPC_FORCE:
		return HPC_REPLY;
	case HPC_PAGES:
		return HPC_PAGES_OK;
	case HPC_FILE:
		return HPC_FILE_OK;
	case HPC_RETURN:
		return HPC_RETURN_OK;
	}
	return 0;
}

static int request_add(struct hpc_link *link, struct hpc_request *req, u16 type)
{
	int err;

	memset(req, 0, sizeof(*req));
	req->answer_type = answer_of(type);
	init_waitqueue_head(&req->wait);
	spin_lock(&link->lock);
	err = link->dead;
	if (!err) {
		if (!++link->next_id)
			link->next_id = 1;
		req->id = link->next_id;
		list_add_tail(&req->node, &link->requests);
		hpc_stat_inc(HPC_LIVE_REQUESTS);
	}
	spin_unlock(&link->lock);
	return err;
}

/* After this the receiver does not know the request any more. */
static void request_del(struct hpc_link *link, struct hpc_request *req)
{
	spin_lock(&link->lock);
	if (!req->done)
		list_del(&req->node);
	spin_unlock(&link->lock);
	hpc_stat_dec(HPC_LIVE_REQUESTS);
}

/* Under link->lock. The waiter may be gone as soon as the lock is dropped. */
static void request_done(struct hpc_request *req, struct hpc_msg *answer, int error)
{
	list_del(&req->node);
	req->answer = answer;
	req->error = error;
	req->done = true;
	wake_up(&req->wait);
}

struct hpc_msg *hpc_link_ask(struct hpc_link *link, u16 type, u32 tid,
			     const struct kvec *parts, int nr, unsigned int state)
{
	struct hpc_request req;
	int err;

	err = request_add(link, &req, type);
	if (err)
		return ERR_PTR(err);
	err = hpc_link_send(link, type, req.id, tid, parts, nr);
	if (!err)
		err = wait_event_state(req.wait, READ_ONCE(req.done),
				       (state | TASK_NOLOAD | TASK_FREEZABLE));
	request_del(link, &req);
	if (req.done && req.answer)
		return req.answer;
	if (req.done && req.error)
		return ERR_PTR(req.error);
	return ERR_PTR(err ? (err == -ERESTARTSYS ? -EINTR : err) : -EPIPE);
}

/*
 * Exactly @len bytes into @buf; -ECONNRESET at the end of the stream. Only a
 * deadly signal interrupts; while another one is pending the socket refuses to
 * sleep, so we do. @end: jiffies at which patience ends, 0 never.
 */
static int receive_bytes(struct hpc_link *link, void *buf, size_t len, unsigned long end)
{
	struct kvec vec = { buf, len };
	int n;

	while (len) {
		struct msghdr msg = { };

		if (end && time_after(jiffies, end))
			return -ETIMEDOUT;
		n = kernel_recvmsg(link->sock, &msg, &vec, 1, len, MSG_WAITALL);
		if (n == -EINTR || n == -ERESTARTSYS) {
			if (fatal_signal_pending(current))
				return -EINTR;
			schedule_timeout_idle(1);
			continue;
		}
		if (n == -EAGAIN && end)
			continue;
		if (n <= 0)
			return n ?: -ECONNRESET;
		vec.iov_base += n;
		vec.iov_len -= n;
		len -= n;
	}
	return 0;
}

/* The next message. Nothing is allocated for another one than @type, if given. */
static struct hpc_msg *receive_msg(struct hpc_link *link, u16 type, unsigned long end)
{
	struct hpc_msg *msg = kzalloc(sizeof(*msg), GFP_KERNEL);
	int err;

	if (!msg)
		return ERR_PTR(-ENOMEM);
	err = receive_bytes(link, &msg->hdr, sizeof(msg->hdr), end);
	if (err)
		goto fail;
	msg->len = le32_to_cpu(msg->hdr.len);
	msg->type = le16_to_cpu(msg->hdr.type);
	msg->id = le32_to_cpu(msg->hdr.id);
	err = -EBADMSG;
	if (!hpc_msg_len_ok(msg->type, msg->len)) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		pr_debug_ratelimited("hpc: node %d sent type %u with %u bytes\n",
				     link->peer, msg->type, msg->len);
		goto fail;
	}
	err = -EPROTO;
	if (type && msg->type != type && msg->type != HPC_REFUSE) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		goto fail;
	}
	err = -ENOMEM;
	msg->data = kvmalloc(msg->len + 1, GFP_KERNEL);
	if (!msg->data)
		goto fail;
	err = receive_bytes(link, msg->data, msg->len, end);
	if (!err)
		return msg;
fail:
	hpc_msg_free(msg);
	return ERR_PTR(err);
}

struct hpc_msg *hpc_link_read(struct hpc_link *link, u16 type, unsigned int timeout)
{
	unsigned long end = (jiffies + timeout * HZ) ?: 1;
	struct hpc_msg *msg;
	int err;

	link->sock->sk->sk_rcvtimeo = timeout * HZ;
	msg = receive_msg(link, type, end);
	link->sock->sk->sk_rcvtimeo = MAX_SCHEDULE_TIMEOUT;
	if (IS_ERR(msg) || msg->type != HPC_REFUSE)
		return msg;
	err = -(int)le32_to_cpu(((struct hpc_wire_error *)msg->data)->error);
	/* What user space may see; the kernel's own numbers begin at 512. */
	if (err >= 0 || err <= -ERESTARTSYS)
		err = -EPROTO;
	hpc_msg_free(msg);
	return ERR_PTR(err);
}

/* 1: @msg answered a request. 0: nobody waits for it. -EPROTO: it answers another question. */
static int deliver_answer(struct hpc_link *link, struct hpc_msg *msg)
{
	struct hpc_request *req;
	int found = 0;

	if (!msg->id)
		return -EPROTO;
	spin_lock(&link->lock);
	list_for_each_entry(req, &link->requests, node) {
		if (req->id != msg->id)
			continue;
		found = req->answer_type == msg->type ? 1 : -EPROTO;
		if (found > 0)
			request_done(req, msg, 0);
		break;
	}
	spin_unlock(&link->lock);
	return found;
}

static void take_answer(struct hpc_link *link, struct hpc_msg *msg)
{
	int found = deliver_answer(link, msg);

	if (found > 0)
		return;
	/* Where found is 0 its waiter was killed. */
	if (found < 0) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		hpc_link_kill(link, found);
	}
	hpc_msg_free(msg);
}

static bool is_answer(u16 type)
{
	return type == HPC_REPLY || type == HPC_PAGES_OK || type == HPC_FILE_OK ||
	       type == HPC_RETURN_OK;
}

static void fail_requests(struct hpc_link *link, int error)
{
	struct hpc_request *req, *tmp;

	spin_lock(&link->lock);
	if (!link->dead)
		link->dead = error;
	list_for_each_entry_safe(req, tmp, &link->requests, node)
		request_done(req, NULL, link->dead);
	spin_unlock(&link->lock);
}

/* Only a wish is posted here; the deputy sees to it. */
static void take_leave(struct hpc_link *link, const struct hpc_msg *msg)
{
	u32 node = le32_to_cpu(((struct hpc_wire_leave *)msg->data)->node);
	enum hpc_role role = READ_ONCE(link->hm->role);
	struct task_struct *task;

	/* It may have come home while this was under way. */
	if (role == HPC_ROLE_BACK)
		return;
	if (role != HPC_ROLE_DEPUTY || node > HPC_NODE_MAX) {
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
		hpc_link_kill(link, -EBADMSG);
		return;
	}
	task = hpc_mm_task(link->hm);
	if (!task)
		return;
	hpc_task_sent_off(task, node);
	put_task_struct(task);
}

static int receiver(void *data)
{
	struct hpc_link *link = data;
	struct hpc_mm *hm = link->hm;
	struct hpc_msg *msg;

	set_user_nice(current, MIN_NICE);
	for (;;) {
		msg = receive_msg(link, 0, 0);
		if (IS_ERR(msg))
			break;
		if (is_answer(msg->type)) {
			take_answer(link, msg);
		} else if (msg->type == HPC_LEAVE) {
			take_leave(link, msg);
			hpc_msg_free(msg);
		} else {
			hpc_mm_receive(hm, msg);
		}
	}
	fail_requests(link, PTR_ERR(msg));
	kernel_sock_shutdown(link->sock, SHUT_RDWR);
	hpc_mm_link_dead(hm);
	hpc_mm_put(hm);
	hpc_link_put(link);
	return 0;
}

int hpc_link_start(struct hpc_link *link, struct hpc_mm *hm)
{
	struct task_struct *t = kthread_create(receiver, link, "hpc/%d:%d", link->peer,
					       hm->tid);

	if (IS_ERR(t))
		return PTR_ERR(t);
	hpc_link_get(link);
	hpc_mm_get(hm);
	link->hm = hm;
	link->receiver = t;
	wake_up_process(t);
	return 0;
}
