/* SPDX-License-Identifier: GPL-2.0 */
/* What the daemon puts into the packets of membership: who a node is, and what time it has. */
#ifndef TESSERA_PACKET_H
#define TESSERA_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/addr.h"
#include "lib/node.h"
#include "swim/swim.h"

/* New in version 2: gossip. A packet of another version is malformed. */
#define PACKET_VERSION		2
#define PACKET_PORT		5428
#define PACKET_GROUP		"ff02::4d6f"
#define PACKET_IDENTITY		16
#define PACKET_ADDRS		8

/* What a node says of itself, and others pass on: swim's meta. */
struct about {
	char name[NODE_NAME_MAX];
	uint64_t build;			/* hash of kernel version and protocol */
	size_t addrs;
	struct addr addr[PACKET_ADDRS];	/* without scope: that is the reader's affair */
};

/* Goes with every packet: swim's beacon. */
struct beacon {
	bool timed;			/* the sender's clock is that of the island below */
	uint64_t island;
	int64_t real_us;		/* its CLOCK_REALTIME */
};

uint8_t packet_put_about(const struct about *a, uint8_t out[static SWIM_META_MAX]);
/* 0 or -EBADMSG: then nothing in *a may be used. */
int packet_get_about(const uint8_t *in, size_t len, struct about *a);
size_t packet_put_beacon(const struct beacon *b, uint8_t out[static SWIM_BEACON_MAX]);
int packet_get_beacon(const uint8_t *in, size_t len, struct beacon *b);

#endif
