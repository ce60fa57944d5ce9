// SPDX-License-Identifier: GPL-2.0
/* What the policy is given: small helpers around the structures of snapshot.h. */
#include "policy/snapshot.h"

struct settings_policy snapshot_defaults(void)
{
	return (struct settings_policy) {
		.cross_gateways = true,
		.moves_max = 64,
		.costs = {
			.move = 0.05,
			.call = 0.0003,
			.bandwidth = 100e6,
			.gateway = 4,
		},
	};
}

struct peer snapshot_peer(const struct figures *f, double age)
{
	return (struct peer) {
		.id = f->id,
		.status = f->status,
		.guests = f->guests,
		.zone = f->zone,
		.cpus = f->cpus,
		.speed = (double)f->speed / FIGURES_STANDARD_SPEED,
		.running = f->running / 100.0,
		.mem = f->mem,
		.total = f->total,
		.pressure = f->memory_pressure / 100.0,
		.age = age,
	};
}

int snapshot_find(const struct snapshot *s, unsigned int id)
{
	size_t low = 0, high = s->peers;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (s->peer[middle].id == id)
			return middle;
		if (s->peer[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

const char *cause_name(enum cause cause)
{
	switch (cause) {
	case CAUSE_BALANCE:
		return "balance";
	case CAUSE_CALLS:
		return "calls";
	case CAUSE_MEMORY:
		return "memory";
	case CAUSE_LIMIT:
		return "limit";
	}
	return "?";
}
