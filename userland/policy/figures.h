/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_FIGURES_H
#define TESSERA_FIGURES_H

#include <stdint.h>

#define FIGURES_STANDARD_SPEED	10000
#define FIGURES_TAU		2.0	/* s: running is an average that forgets two thirds in so long */

/* Beside the bits of enum node_status (lib/node.h), which have the lower six. */
enum figures_status {
	FIGURES_FULL	= 64,	/* its load limit is reached: it takes no more guests */
	FIGURES_OVER	= 128,	/* its load limit is passed: guests should leave */
};

/* What one node says of itself each second. */
struct figures {
	uint16_t id;
	uint16_t cpus;
	uint16_t guests;
	uint8_t status;
	uint8_t zone;		/* nodes of another zone are behind a gateway; 0 = not said */
	uint8_t memory_pressure;	/* PSI: percent of the time in which something waited for it */
	uint8_t cpu_pressure;
	uint32_t speed;		/* of one CPU, 10000 = standard */
	uint32_t running;	/* processes that want a CPU, in 1/100: the mean, or now if that is more */
	uint64_t mem;		/* bytes that are free or can be freed without loss */
	uint64_t total;		/* bytes */
};

#endif
