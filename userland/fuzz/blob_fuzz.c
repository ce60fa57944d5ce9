// SPDX-License-Identifier: GPL-2.0
/* Fuzzes the load blob of other nodes; what is accepted must survive a round trip and never look newer. */
#include <stdlib.h>
#include <string.h>

#include "policy/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SELF	7
#define NOW	1000000

static void check_heard(const struct heard *h)
{
	const struct figures *f = h->figures;

	if (!f->id || f->id == SELF || !f->cpus || !f->speed || f->mem > f->total ||
	    f->memory_pressure > 100 || f->cpu_pressure > 100 || h->stamp > NOW ||
	    NOW - h->stamp > VECTOR_AGE_MAX)
		abort();
}

/* Told on by us, everything is the same, and not newer. */
static void check_told(const struct vector *v, const struct heard *h, size_t count)
{
	static struct vector again;
	const struct figures own = { .id = SELF, .cpus = 1, .speed = 1 };
	uint8_t blob[BLOB_MAX];
	size_t len = blob_encode(v, &own, NOW, blob, sizeof(blob));

	memset(&again, 0, sizeof(again));
	if (blob_decode(&again, SELF, NOW, blob, len) < 0)
		abort();
	for (size_t i = 0; i < count; i++) {
		struct heard copy;

		if (!vector_find(&again, h[i].figures->id, &copy))
			continue;
		if (memcmp(copy.figures, h[i].figures, sizeof(*copy.figures)) ||
		    copy.stamp > h[i].stamp)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vector v;
	struct heard heard[VECTOR_SIZE];
	size_t count;
	int news;

	memset(&v, 0, sizeof(v));
	news = blob_decode(&v, SELF, NOW, data, size);
	count = vector_all(&v, NOW, heard);
	if (news < 0 ? count : news > BLOB_ENTRIES)
		abort();
	for (size_t i = 0; i < count; i++)
		check_heard(&heard[i]);
	check_told(&v, heard, count);
	return 0;
}
