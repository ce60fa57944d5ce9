/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_PRESENCE_H
#define TESSERA_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether somebody sits at this machine or types on one of its terminals. */
struct presence {
	int fd;			/* readable when a device has something to say; -1: not watched */
	int directory;		/* inotify on /dev/input */
	uint64_t last_ms;	/* when somebody was last seen, as in struct instant */
	uint64_t typed;		/* newest time of reading from a terminal, seconds */
};

/* Begins to watch; until somebody is seen, "last" is now. 0 or -errno. */
int presence_open(struct presence *p, uint64_t now_ms);
void presence_close(struct presence *p);
/* Reads the devices when fd is readable; true: somebody pressed a key or moved a mouse. */
bool presence_read(struct presence *p, uint64_t now_ms);
/* Looks at the terminals; true: somebody typed there since the last look. */
bool presence_look(struct presence *p, uint64_t now_ms);
/* Seconds since somebody was seen. */
uint64_t presence_idle(const struct presence *p, uint64_t now_ms);

#endif
