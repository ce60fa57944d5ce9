// SPDX-License-Identifier: GPL-2.0
/*
 * What the switch knows about Ethernet: the table of learned addresses, and
 * which frames carry bytes of the migration protocol (TCP port 4660 with a
 * payload), for tests that cut a link at a given message.
 *
 * The table never ages: ports are told apart by connection, and a port that
 * goes away takes its addresses with it.
 */
#include "frame.h"

#include <string.h>

enum {
	FDB_SIZE = 8192,
	FDB_PROBES = 64,
	ETH_IPV4 = 0x0800,
	ETH_IPV6 = 0x86dd,
	IP_TCP = 6,
	MIGRATION_PORT = 4660,
};

struct fdb_entry {
	uint8_t mac[MAC_LEN];
	bool used;
	int port;
};

static struct fdb_entry fdb[FDB_SIZE];

static unsigned int be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static unsigned int fdb_hash(const uint8_t *mac)
{
	uint32_t h = 2166136261u;
	int i;

	for (i = 0; i < MAC_LEN; i++)
		h = (h ^ mac[i]) * 16777619u;
	return h;
}

/* The entry of mac, or the free or last probed one where it would go. */
static struct fdb_entry *fdb_slot(const uint8_t *mac)
{
	unsigned int h = fdb_hash(mac);
	struct fdb_entry *free = NULL, *e = NULL;
	int i;

	for (i = 0; i < FDB_PROBES; i++) {
		e = &fdb[(h + i) % FDB_SIZE];
		if (e->used && !memcmp(e->mac, mac, MAC_LEN))
			return e;
		if (!e->used && !free)
			free = e;
	}
	return free ? free : e;
}

void fdb_learn(const uint8_t *mac, int port)
{
	struct fdb_entry *e;

	if (frame_is_group(mac))
		return;
	e = fdb_slot(mac);
	memcpy(e->mac, mac, MAC_LEN);
	e->used = true;
	e->port = port;
}

/* The port behind mac, or -1. */
int fdb_lookup(const uint8_t *mac)
{
	struct fdb_entry *e = fdb_slot(mac);

	if (!e->used || memcmp(e->mac, mac, MAC_LEN))
		return -1;
	return e->port;
}

void fdb_forget_port(int port)
{
	int i;

	for (i = 0; i < FDB_SIZE; i++)
		if (fdb[i].used && fdb[i].port == port)
			fdb[i].used = false;
}

bool frame_is_group(const uint8_t *mac)
{
	return mac[0] & 1;
}

/* Length of the TCP payload that starts at tcp, -1 where it is not ours. */
static int migration_payload(const uint8_t *tcp, int len)
{
	if (len < 20)
		return -1;
	if (be16(tcp) != MIGRATION_PORT && be16(tcp + 2) != MIGRATION_PORT)
		return -1;
	return len - (tcp[12] >> 4) * 4;
}

bool frame_is_migration(const uint8_t *frame, unsigned int len)
{
	const uint8_t *ip = frame + FRAME_MIN;
	int left = (int)len - FRAME_MIN;
	int head, total;

	if (left < 40)
		return false;
	switch (be16(frame + 12)) {
	case ETH_IPV4:
		head = (ip[0] & 15) * 4;
		total = be16(ip + 2);
		if (ip[9] != IP_TCP || total > left)
			return false;
		return migration_payload(ip + head, total - head) > 0;
	case ETH_IPV6:
		total = be16(ip + 4);
		if (ip[6] != IP_TCP || total + 40 > left)
			return false;
		return migration_payload(ip + 40, total) > 0;
	}
	return false;
}
