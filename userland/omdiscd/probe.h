/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PROBE_H
#define TESSERA_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include "omdiscd/member.h"
#include "omdiscd/packet.h"

#define PROBES_MAX	128
#define PROBE_RETRY_MS	300
#define PROBE_TRIES	4

/* A challenge that has been sent and not been answered. */
struct probe {
	bool used;
	uint8_t identity[PACKET_IDENTITY];
	uint64_t session;
	uint8_t nonce[PACKET_NONCE];
	struct path path;
	unsigned int tries;
	uint64_t sent_ms;
};

struct probe_table {
	struct probe probe[PROBES_MAX];
};

/*
 * A new challenge for a session on a path, to be sent at once; NULL when one is under way already,
 * or (then *full is set) when there are too many. The caller fills in the nonce.
 */
struct probe *probe_start(struct probe_table *table, const struct packet *p,
			  const struct path *path, uint64_t now_ms, bool *full);
/* The challenge that this proof answers, or NULL. */
struct probe *probe_match(struct probe_table *table, const struct packet *proof);
void probe_end(struct probe *probe);
/* The next one that must be sent again by now (its counters moved on), or NULL; ends those without hope. */
struct probe *probe_due(struct probe_table *table, uint64_t now_ms);
uint64_t probe_deadline(const struct probe_table *table);
/* True when an unanswered challenge is out. */
bool probe_any(const struct probe_table *table);

#endif
