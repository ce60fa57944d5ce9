/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_LOAD_H
#define TESSERA_LOAD_H

#include "omdiscd/report.h"

/* What must be remembered between two readings. */
struct load_meter {
	uint64_t busy, total;	/* of /proc/stat, clock ticks */
	uint64_t smooth;	/* runnable processes, in 1/1000 */
	bool started;
};

/* Reads the numbers of this node, once a second. id 0 = not in a cluster yet. */
void load_read(struct load_meter *meter, unsigned int id, struct cluster_load *out);

/* The parsers, given the text of the file. */
unsigned int load_parse_stat(const char *text, uint64_t *busy, uint64_t *total);
int load_parse_runnable(const char *text, unsigned int *runnable);
uint64_t load_parse_meminfo(const char *text, const char *name);

#endif
