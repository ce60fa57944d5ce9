// SPDX-License-Identifier: GPL-2.0
/*
 * Challenges under way. Nothing is believed of a session that has not answered a fresh nonce: this
 * keeps out recorded packets whatever the clocks say, and addresses that are only pretended.
 * The table is bounded; when it is full, the oldest gives way.
 */
#include "omdiscd/probe.h"

#include <string.h>

static bool same_target(const struct probe *probe, const struct packet *p, const struct path *path)
{
	return probe->session == p->session && probe->path.ifindex == path->ifindex &&
	       !memcmp(probe->identity, p->identity, PACKET_IDENTITY) &&
	       addr_equal(&probe->path.peer, &path->peer);
}

struct probe *probe_start(struct probe_table *table, const struct packet *p,
			  const struct path *path, uint64_t now_ms, bool *full)
{
	struct probe *slot = &table->probe[0];

	*full = false;
	for (int i = 0; i < PROBES_MAX; i++) {
		struct probe *probe = &table->probe[i];

		if (probe->used && same_target(probe, p, path))
			return NULL;
		if (slot->used && (!probe->used || probe->sent_ms < slot->sent_ms))
			slot = probe;
	}
	if (slot->used && now_ms - slot->sent_ms < PROBE_RETRY_MS / 2) {
		*full = true;
		return NULL;
	}
	*slot = (struct probe) {
		.used = true,
		.session = p->session,
		.path = *path,
		.tries = 1,
		.sent_ms = now_ms,
	};
	memcpy(slot->identity, p->identity, sizeof(slot->identity));
	return slot;
}

struct probe *probe_match(struct probe_table *table, const struct packet *proof)
{
	for (int i = 0; i < PROBES_MAX; i++) {
		struct probe *probe = &table->probe[i];

		if (probe->used && probe->session == proof->session &&
		    !memcmp(probe->identity, proof->identity, sizeof(probe->identity)) &&
		    !memcmp(probe->nonce, proof->nonce, sizeof(probe->nonce)))
			return probe;
	}
	return NULL;
}

void probe_end(struct probe *probe)
{
	memset(probe, 0, sizeof(*probe));
}

struct probe *probe_due(struct probe_table *table, uint64_t now_ms)
{
	for (int i = 0; i < PROBES_MAX; i++) {
		struct probe *probe = &table->probe[i];

		if (!probe->used || now_ms - probe->sent_ms < PROBE_RETRY_MS)
			continue;
		if (probe->tries >= PROBE_TRIES) {
			probe_end(probe);
			continue;
		}
		probe->tries++;
		probe->sent_ms = now_ms;
		return probe;
	}
	return NULL;
}

uint64_t probe_deadline(const struct probe_table *table)
{
	uint64_t next = UINT64_MAX;

	for (int i = 0; i < PROBES_MAX; i++) {
		const struct probe *probe = &table->probe[i];

		if (probe->used && probe->sent_ms + PROBE_RETRY_MS < next)
			next = probe->sent_ms + PROBE_RETRY_MS;
	}
	return next;
}

bool probe_any(const struct probe_table *table)
{
	return probe_deadline(table) != UINT64_MAX;
}
