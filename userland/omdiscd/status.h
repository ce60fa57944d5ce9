/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_STATUS_H
#define TESSERA_STATUS_H

#include "lib/file.h"
#include "omdiscd/cluster.h"

#define STATUS_DIRECTORY	"/run/omdiscd"

/* What the status files held when they were written last. */
struct status {
	uint64_t next_ms;
	unsigned int change;	/* cluster's, at the last writing */
	char peers[FILE_TEXT_MAX];
	char counters[4096];
};

/* Makes the directory; 0 or -errno. */
int status_open(void);
/* Writes the files that changed; 0 or the first -errno. */
int status_write(struct status *s, const struct cluster *c, const struct addr *own,
		 uint64_t now_ms);
/* The text of peers; its length. For tests. */
size_t status_text(const struct cluster *c, const struct addr *own, uint64_t now_ms, char *out,
		   size_t size);
void status_close(void);

#endif
