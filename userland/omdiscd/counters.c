// SPDX-License-Identifier: GPL-2.0
/* What the daemon counts, and the text of /run/omdiscd/counters. */
#include "omdiscd/counters.h"

#include <inttypes.h>
#include <stdio.h>

static const char * const names[] = {
	[COUNT_SENT]		= "sent",
	[COUNT_SENT_BYTES]	= "sent_bytes",
	[COUNT_SEND_ERRORS]	= "send_errors",
	[COUNT_RECEIVED]	= "received",
	[COUNT_RECEIVED_BYTES]	= "received_bytes",
	[COUNT_MALFORMED]	= "malformed",
	[COUNT_FOREIGN]		= "foreign",
	[COUNT_FORGED]		= "forged",
	[COUNT_REPLAYED]	= "replayed",
	[COUNT_UNPROVEN]	= "unproven",
	[COUNT_CHALLENGES]	= "challenges",
	[COUNT_PROOFS]		= "proofs",
	[COUNT_THROTTLED]	= "throttled",
	[COUNT_JOINED]		= "joined",
	[COUNT_SUSPECTED]	= "suspected",
	[COUNT_DIED]		= "died",
	[COUNT_LEFT]		= "left",
	[COUNT_RETURNED]	= "returned",
	[COUNT_REFUTED]		= "refuted",
	[COUNT_ID_CONFLICTS]	= "id_conflicts",
	[COUNT_PROBES]		= "probes",
	[COUNT_INDIRECT]	= "indirect",
	[COUNT_SYNCS]		= "syncs",
	[COUNT_CLOCK_STEPS]	= "clock_steps",
	[COUNT_TABLE_WRITES]	= "table_writes",
	[COUNT_KERNEL_ERRORS]	= "kernel_errors",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == COUNT_END, "every counter has a name");

size_t counters_text(const struct counters *c, char *out, size_t size)
{
	size_t used = 0;

	for (int i = 0; i < COUNT_END && used < size; i++)
		used += snprintf(out + used, size - used, "%s %" PRIu64 "\n", names[i], c->value[i]);
	return used < size ? used : size - 1;
}
