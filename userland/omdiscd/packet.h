/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PACKET_H
#define TESSERA_PACKET_H

#include <stddef.h>
#include <stdint.h>
#include "lib/node.h"

/* New in version 1: everything. A packet of another version is malformed. */
#define PACKET_VERSION		1
#define PACKET_PORT		5428
#define PACKET_GROUP		"ff02::4d6f"
#define PACKET_IDENTITY		16
#define PACKET_NONCE		16
#define PACKET_BODY		208	/* bytes of the wire form */

enum packet_type {
	PACKET_ANNOUNCE		= 1,	/* to all, periodically */
	PACKET_LEAVE		= 2,	/* to all, three times */
	PACKET_CHALLENGE	= 3,	/* to one: prove that you are there now */
	PACKET_PROOF		= 4,	/* to one: the nonce of its challenge */
	PACKET_KEPT		= 5,	/* to a newcomer: the id in hint is kept for another machine */
};

enum packet_flag {
	PACKET_SETTLED	= 1,	/* id is claimed, not only wanted */
	PACKET_MAPPED	= 2,	/* the sender lives by a map, not by discovery */
	PACKET_TIMED	= 4,	/* the sender's clock is the cluster's time */
};

/* What a node says of itself; the same in every type of packet. */
struct packet {
	enum packet_type type;
	unsigned int flags;
	uint16_t id;			/* claimed or wanted; 0 = none */
	uint16_t hint;			/* challenge: the id under which the receiver is remembered, or 0;
					 * kept: the id that the receiver must not take */
	uint8_t identity[PACKET_IDENTITY];	/* of the machine, the same after a reboot */
	uint64_t session;		/* random, new at each start of the daemon */
	uint64_t seq;			/* one more for each packet of a session */
	uint8_t nonce[PACKET_NONCE];	/* challenge and proof */
	uint64_t lineage;		/* random, of the cluster, chosen by its founder */
	uint64_t lineage_ms;		/* how long that cluster has been there */
	uint64_t member_ms;		/* how long the sender has been a member */
	int64_t real_us;		/* the sender's CLOCK_REALTIME, microseconds */
	uint64_t build;			/* hash of kernel version and protocol */
	uint16_t cpus;
	uint16_t util;			/* percent */
	uint16_t status;		/* enum node_status */
	uint32_t guests;
	uint64_t speed, load;
	uint64_t mem, rmem, tmem;	/* bytes */
	char name[NODE_NAME_MAX];
};

/* Writes the wire form, PACKET_BODY bytes. */
void packet_encode(const struct packet *p, uint8_t out[static PACKET_BODY]);
/* Reads it and checks every field; 0 or -EBADMSG. */
int packet_decode(const uint8_t *in, size_t len, struct packet *p);

#endif
