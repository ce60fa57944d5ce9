/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_COUNTERS_H
#define TESSERA_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

enum counter {
	COUNT_SENT,
	COUNT_SENT_BYTES,	/* of UDP */
	COUNT_SEND_ERRORS,
	COUNT_RECEIVED,
	COUNT_RECEIVED_BYTES,
	COUNT_MALFORMED,	/* wrong length, magic, version, or a field out of range */
	COUNT_FOREIGN,		/* another cluster name or key, or not in the map */
	COUNT_FORGED,		/* our cluster's tag, but not sealed with our key */
	COUNT_REPLAYED,		/* a sequence number that was seen, or is too old */
	COUNT_UNPROVEN,		/* from a session that has not answered a challenge yet */
	COUNT_CHALLENGES,	/* sent */
	COUNT_PROOFS,		/* received and right */
	COUNT_THROTTLED,	/* not answered or not stored, to bound work and memory */
	COUNT_JOINED,
	COUNT_SUSPECTED,
	COUNT_DIED,
	COUNT_LEFT,
	COUNT_RETURNED,
	COUNT_REFUTED,		/* false news of our own suspicion or death */
	COUNT_ID_CONFLICTS,
	COUNT_PROBES,
	COUNT_INDIRECT,		/* probes that needed the help of others */
	COUNT_SYNCS,		/* comparisons of tables that this node began */
	COUNT_CLOCK_STEPS,
	COUNT_TABLE_WRITES,
	COUNT_KERNEL_ERRORS,
	COUNT_END,
};

struct counters {
	uint64_t value[COUNT_END];
};

static inline void counters_add(struct counters *c, enum counter which)
{
	c->value[which]++;
}

/* "name value" lines; the length of the text. */
size_t counters_text(const struct counters *c, char *out, size_t size);

#endif
