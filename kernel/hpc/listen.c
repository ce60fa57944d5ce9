// SPDX-License-Identifier: GPL-2.0
/*
 * The migration port: one thread accepts, a short-lived one greets each caller,
 * and then either a guest is built or a forked child's body meets its deputy.
 */
#include <linux/atomic.h>
#include <linux/in6.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "body.h"
#include "fork.h"
#include "hello.h"
#include "link.h"
#include "listen.h"
#include "node.h"
#include "stat.h"

/* Callers greeted at once; more wait in the backlog. */
#define MAX_GREETING	64

static DEFINE_MUTEX(listen_lock);	/* listener, listen_sock */
static struct task_struct *listener;
static struct socket *listen_sock;
static atomic_t greeting = ATOMIC_INIT(0);

static int greet(void *data)
{
	struct hpc_link *link = data;
	struct hpc_msg *msg;
	int err;

	err = hpc_hello_accept(link);
	if (err)
		goto out;
	msg = hpc_link_read(link, 0, hpc_admin_timeout());
	if (IS_ERR(msg))
		goto out;
	switch (msg->type) {
	case HPC_MIG:
		/* Takes link and message over. */
		err = hpc_body_start(link, msg);
		if (!err)
			goto passed_on;
		hpc_stat_inc(HPC_STAT_REFUSED);
		hpc_hello_refuse(link, err);
		break;
	case HPC_JOIN:
		err = hpc_fork_joined(link, msg);
		if (err)
			hpc_hello_refuse(link, err);
		break;
	default:
		hpc_stat_inc(HPC_STAT_BAD_MESSAGES);
	}
	hpc_msg_free(msg);
out:
	hpc_link_put(link);
passed_on:
	atomic_dec(&greeting);
	return 0;
}

static void greet_caller(struct socket *sock)
{
	struct hpc_link *link = hpc_link_new(sock, 0);
	struct task_struct *t;

	if (IS_ERR(link))
		return;
	atomic_inc(&greeting);
	t = kthread_run(greet, link, "hpc-greet");
	if (!IS_ERR(t))
		return;
	atomic_dec(&greeting);
	hpc_link_put(link);
}

static int accept_loop(void *data)
{
	struct socket *sock = data, *new;

	while (!kthread_should_stop()) {
		int err = kernel_accept(sock, &new, 0);

		if (!err)
			greet_caller(new);
		else if (err != -EAGAIN && !kthread_should_stop())
			schedule_timeout_idle(HZ / 10);
		while (atomic_read(&greeting) >= MAX_GREETING && !kthread_should_stop())
			schedule_timeout_idle(1);
	}
	return 0;
}

static int open_port(struct socket **sock)
{
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6, .sin6_port = htons(HPC_PORT) };
	struct sockaddr_in any4 = { .sin_family = AF_INET, .sin_port = htons(HPC_PORT) };
	int err;

	err = sock_create_kern(&init_net, AF_INET6, SOCK_STREAM, IPPROTO_TCP, sock);
	if (!err) {
		sock_set_reuseaddr((*sock)->sk);
		err = kernel_bind(*sock, (struct sockaddr *)&any6, sizeof(any6));
	} else {
		err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, sock);
		if (err)
			return err;
		sock_set_reuseaddr((*sock)->sk);
		err = kernel_bind(*sock, (struct sockaddr *)&any4, sizeof(any4));
	}
	if (!err)
		err = kernel_listen(*sock, 128);
	if (err)
		sock_release(*sock);
	return err;
}

int hpc_listen_start(void)
{
	int err = 0;

	mutex_lock(&listen_lock);
	if (listener)
		goto out;
	err = open_port(&listen_sock);
	if (err)
		goto out;
	listener = kthread_run(accept_loop, listen_sock, "hpc-listen");
	if (IS_ERR(listener)) {
		err = PTR_ERR(listener);
		listener = NULL;
		sock_release(listen_sock);
	}
out:
	mutex_unlock(&listen_lock);
	return err;
}

void hpc_listen_stop(void)
{
	mutex_lock(&listen_lock);
	if (listener) {
		kernel_sock_shutdown(listen_sock, SHUT_RDWR);
		kthread_stop(listener);
		sock_release(listen_sock);
		listener = NULL;
	}
	mutex_unlock(&listen_lock);
}
