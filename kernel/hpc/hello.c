// SPDX-License-Identifier: GPL-2.0
/*
 * HELLO, WELCOME, AUTH. Nothing else is read from a peer before it has shown
 * that it is in the node table, speaks the same protocol on the same kind of
 * kernel and, where there is a cluster key, knows it:
 *   WELCOME.mac = HMAC(key, "S" HELLO WELCOME-with-zero-mac)
 *   AUTH.mac    = HMAC(key, "C" HELLO WELCOME)
 * Both cover both nonces, so that neither can be replayed or reflected.
 */
#include <crypto/utils.h>
#include <linux/hash.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/utsname.h>
#include <net/sock.h>

#include "arch.h"
#include "hello.h"
#include "link.h"
#include "node.h"
#include "stat.h"

static u64 boot_id;
static u64 build_id;

/* What the MACs are made over. */
struct transcript {
	char role;
	struct hpc_wire_hello hello, welcome;
} __packed;

static void fill_hello(struct hpc_wire_hello *h, int peer)
{
	memset(h, 0, sizeof(*h));
	h->magic = cpu_to_le64(HPC_PROTO_MAGIC);
	h->version = cpu_to_le32(HPC_PROTO_VERSION);
	h->node = cpu_to_le32(hpc_node_self());
	h->peer = cpu_to_le32(peer);
	h->page_shift = cpu_to_le32(PAGE_SHIFT);
	h->state_size = cpu_to_le32(hpc_arch_state_size());
	h->task_size = cpu_to_le64(TASK_SIZE);
	h->boot = cpu_to_le64(boot_id);
	h->build = cpu_to_le64(build_id);
	hpc_arch_hello(h);
	get_random_bytes(h->nonce, sizeof(h->nonce));
}

/* Whether two kernels can exchange processes at all. */
static int check_peer(const struct hpc_wire_hello *mine, const struct hpc_wire_hello *theirs)
{
	if (theirs->magic != mine->magic || theirs->version != mine->version ||
	    theirs->arch != mine->arch || theirs->page_shift != mine->page_shift ||
	    theirs->task_size != mine->task_size || theirs->build != mine->build)
		return -EPROTO;
	if (theirs->state_size != mine->state_size)
		return -EOPNOTSUPP;
	return 0;
}

static int make_mac(char role, const struct hpc_wire_hello *hello,
		    const struct hpc_wire_hello *welcome, u8 *mac)
{
	struct transcript *t = kzalloc(sizeof(*t), GFP_KERNEL);
	int err;

	if (!t)
		return -ENOMEM;
	t->role = role;
	t->hello = *hello;
	t->welcome = *welcome;
	if (role == 'S')
		memset(t->welcome.mac, 0, sizeof(t->welcome.mac));
	err = hpc_auth_mac(t, sizeof(*t), mac);
	kfree_sensitive(t);
	return err;
}

static int check_mac(char role, const struct hpc_wire_hello *hello,
		     const struct hpc_wire_hello *welcome, const u8 *theirs)
{
	u8 mac[HPC_MAC_SIZE];
	int err = make_mac(role, hello, welcome, mac);

	if (err)
		return err;
	return crypto_memneq(mac, theirs, sizeof(mac)) ? -EACCES : 0;
}

int hpc_hello_open(struct hpc_link *link, bool leaving)
{
	struct hpc_wire_hello hello, welcome;
	struct hpc_wire_auth auth = { };
	struct hpc_msg *msg;
	int err;

	fill_hello(&hello, link->peer);
	err = hpc_link_send_one(link, HPC_HELLO, 0, 0, &hello, sizeof(hello));
	if (err)
		return err;
	msg = hpc_link_read(link, HPC_WELCOME, hpc_admin_timeout());
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	welcome = *(struct hpc_wire_hello *)msg->data;
	hpc_msg_free(msg);
	err = check_peer(&hello, &welcome);
	if (!err && le32_to_cpu(welcome.node) != link->peer)
		err = -EPROTO;
	if (!err && leaving)
		err = hpc_arch_fits(&hello, &welcome);
	if (!err && hpc_auth_required())
		err = check_mac('S', &hello, &welcome, welcome.mac) ?:
		      make_mac('C', &hello, &welcome, auth.mac);
	if (err)
		return err;
	link->peer_boot = le64_to_cpu(welcome.boot);
	return hpc_link_send_one(link, HPC_AUTH, 0, 0, &auth, sizeof(auth));
}

static int source_port(const struct sockaddr_storage *ss)
{
	return ntohs(ss->ss_family == AF_INET6 ? ((struct sockaddr_in6 *)ss)->sin6_port
					       : ((struct sockaddr_in *)ss)->sin_port);
}

/* Whoever is not a configured node hears nothing at all. */
static int check_source(struct hpc_link *link)
{
	struct sockaddr_storage ss;
	int err;

	err = kernel_getpeername(link->sock, (struct sockaddr *)&ss);
	if (err < 0)
		return err;
	if (!IS_ENABLED(CONFIG_HPC_SECUREPORTS))
		return 0;
	if (source_port(&ss) >= 1024 || !hpc_node_known_addr(&ss))
		return -EPERM;
	return 0;
}

static int check_node(struct hpc_link *link, const struct hpc_wire_hello *hello)
{
	int node = le32_to_cpu(hello->node);
	struct sockaddr_storage ss, known;
	int err;

	if (!hpc_node_self() || le32_to_cpu(hello->peer) != hpc_node_self())
		return -ENXIO;
	if (node <= 0 || node > HPC_NODE_MAX || hpc_node_addr(node, &known))
		return -ENXIO;
	err = kernel_getpeername(link->sock, (struct sockaddr *)&ss);
	if (err < 0)
		return err;
	if (IS_ENABLED(CONFIG_HPC_SECUREPORTS) && !hpc_node_has_addr(node, &ss))
		return -EPERM;
	link->peer = node;
	link->peer_boot = le64_to_cpu(hello->boot);
	return 0;
}

void hpc_hello_refuse(struct hpc_link *link, int error)
{
	/* Numbers that are the kernel's own, as of an interrupted clone, stay here. */
	struct hpc_wire_error e = { .error = cpu_to_le32(error <= -ERESTARTSYS ? EAGAIN : -error) };

	hpc_link_send_one(link, HPC_REFUSE, 0, 0, &e, sizeof(e));
}

static int answer_hello(struct hpc_link *link, const struct hpc_wire_hello *hello)
{
	struct hpc_wire_hello welcome;
	struct hpc_msg *msg;
	int err;

	fill_hello(&welcome, le32_to_cpu(hello->node));
	err = check_peer(&welcome, hello) ?: check_node(link, hello);
	if (!err && hpc_auth_required())
		err = make_mac('S', hello, &welcome, welcome.mac);
	if (err)
		return err;
	err = hpc_link_send_one(link, HPC_WELCOME, 0, 0, &welcome, sizeof(welcome));
	if (err)
		return err;
	msg = hpc_link_read(link, HPC_AUTH, hpc_admin_timeout());
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	if (hpc_auth_required())
		err = check_mac('C', hello, &welcome, ((struct hpc_wire_auth *)msg->data)->mac);
	hpc_msg_free(msg);
	return err;
}

int hpc_hello_accept(struct hpc_link *link)
{
	struct hpc_msg *msg;
	int err;

	err = check_source(link);
	if (err) {
		hpc_stat_inc(HPC_STAT_BAD_PEERS);
		return err;
	}
	msg = hpc_link_read(link, HPC_HELLO, hpc_admin_timeout());
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	err = answer_hello(link, (struct hpc_wire_hello *)msg->data);
	hpc_msg_free(msg);
	if (err) {
		hpc_stat_inc(HPC_STAT_BAD_PEERS);
		pr_info_ratelimited("hpc: refused a link from node %d (error %d)\n", link->peer,
				    err);
		hpc_hello_refuse(link, err);
	}
	return err;
}

int hpc_hello_setup(void)
{
	static const siphash_key_t key = { { HPC_PROTO_MAGIC, HPC_PROTO_VERSION } };

	get_random_bytes(&boot_id, sizeof(boot_id));
	build_id = siphash(init_utsname()->release, strlen(init_utsname()->release), &key);
	return 0;
}
