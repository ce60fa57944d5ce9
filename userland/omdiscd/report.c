// SPDX-License-Identifier: GPL-2.0
/*
 * Load reports as they travel: the type, the number of entries, then for each key (8), age in ms (4),
 * CPUs (2), util (1), status (1), guests (4), speed (4), load (4), mem, rmem and tmem in KiB (5 each).
 */
#include "omdiscd/report.h"

#include <errno.h>
#include <stdbool.h>

#define NUMBER_MAX	1000000000u		/* load and speed */
#define GUESTS_MAX	(1u << 22)		/* the kernel's limit of pids */
#define AGE_MAX		(24 * 3600 * 1000u)
#define STATUS_BITS	63u

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		*at++ = value >> 8 * i;
	return at;
}

static uint64_t get(const uint8_t **at, unsigned int bytes)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)*(*at)++ << 8 * i;
	return value;
}

static uint64_t kib(uint64_t bytes)
{
	uint64_t most = (UINT64_C(1) << 40) - 1;

	return bytes / 1024 < most ? bytes / 1024 : most;
}

size_t report_encode(const struct report *r, size_t count, uint8_t out[static SWIM_LOAD_MAX])
{
	uint8_t *at = out;

	count = count < REPORT_ENTRIES ? count : REPORT_ENTRIES;
	at = put(at, REPORT_TYPE, 1);
	at = put(at, count, 1);
	for (; count; count--, r++) {
		at = put(at, r->key, 8);
		at = put(at, r->age_ms, 4);
		at = put(at, r->load.cpus, 2);
		at = put(at, r->load.util, 1);
		at = put(at, r->load.status, 1);
		at = put(at, r->load.guests, 4);
		at = put(at, r->load.speed, 4);
		at = put(at, r->load.load, 4);
		at = put(at, kib(r->load.mem), 5);
		at = put(at, kib(r->load.rmem), 5);
		at = put(at, kib(r->load.tmem), 6);
	}
	return at - out;
}

static bool is_good(const struct report *r)
{
	const struct cluster_load *l = &r->load;

	return r->age_ms <= AGE_MAX && l->util <= 100 && !(l->status & ~STATUS_BITS) &&
	       l->guests <= GUESTS_MAX && l->speed <= NUMBER_MAX && l->load <= NUMBER_MAX &&
	       l->tmem < UINT64_C(1) << 50;
}

int report_decode(const uint8_t *in, size_t len, struct report out[static REPORT_ENTRIES])
{
	const uint8_t *at = in + 2;
	int count;

	if (len < 2 || in[0] != REPORT_TYPE)
		return -EBADMSG;
	count = in[1];
	if (count > (int)REPORT_ENTRIES || len != 2 + (size_t)count * REPORT_ENTRY)
		return -EBADMSG;
	for (int i = 0; i < count; i++) {
		struct report *r = &out[i];

		*r = (struct report) { .key = get(&at, 8) };
		r->age_ms = get(&at, 4);
		r->load.cpus = get(&at, 2);
		r->load.util = get(&at, 1);
		r->load.status = get(&at, 1);
		r->load.guests = get(&at, 4);
		r->load.speed = get(&at, 4);
		r->load.load = get(&at, 4);
		r->load.mem = get(&at, 5) * 1024;
		r->load.rmem = get(&at, 5) * 1024;
		r->load.tmem = get(&at, 6) * 1024;
		if (!is_good(r))
			return -EBADMSG;
	}
	return count;
}
