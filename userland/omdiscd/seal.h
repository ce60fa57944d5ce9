/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SEAL_H
#define TESSERA_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/parse.h"
#include "omdiscd/packet.h"

#define SEAL_TAG	8
#define SEAL_BYTES_MAX	(16 + 24 + SWIM_PACKET_MAX + 16)	/* header, nonce, body, authenticator */

/* What separates this cluster from others: its name and, where there is one, its key. */
struct seal {
	bool keyed;
	uint8_t tag[SEAL_TAG];
	uint8_t key[32];	/* of this protocol, derived from the cluster key */
};

/* key NULL = an open cluster; 0 or -errno. Must be called once before any other. */
int seal_init(struct seal *seal, const char *cluster, const uint8_t *key);
/* The datagram of a body of at most SWIM_PACKET_MAX bytes; its length. */
size_t seal_pack(const struct seal *seal, const void *body, size_t len,
		 uint8_t out[static SEAL_BYTES_MAX]);
/* The length of the body; -EBADMSG malformed, -EPERM of another cluster, -EACCES forged. */
int seal_unpack(const struct seal *seal, const uint8_t *in, size_t len,
		uint8_t body[static SWIM_PACKET_MAX]);

#endif
