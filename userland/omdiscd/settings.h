/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SETTINGS_H
#define TESSERA_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/map.h"
#include "lib/parse.h"
#include "omdiscd/pool.h"

/* The command line, and the files that it and the defaults name. */
struct settings {
	bool foreground;
	bool kernel;			/* write to /proc/hpc */
	bool settime;
	bool balance;			/* move processes by itself */
	bool calibrate;			/* measure this node's speed at start */
	bool verbose;
	int64_t skew_us;		/* without settime: how wrong the clock is to seem */
	const char *interfaces;		/* "if,if" or NULL = all */
	const char *keyfile;
	const char *cluster;
	const char *name;		/* NULL = the host's */
	unsigned int id;		/* 0 = not given */
	struct pool_settings pool;
	/* read by settings_load() */
	bool keyed;
	uint8_t key[PARSE_KEY_BYTES];
	bool mapped;
	struct map map;
};

/* 0 = go on; else leave with *exit_code, everything has been printed. */
int settings_parse(struct settings *s, int argc, char **argv, int *exit_code);
/* Reads key and map anew; 0, or -errno with a message in error. On failure the old ones stay. */
int settings_load(struct settings *s, char *error, size_t size);
void settings_free(struct settings *s);

#endif
