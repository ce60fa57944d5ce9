// SPDX-License-Identifier: GPL-2.0
/* Options of omdiscd (one table, which is also the usage text), the key file and the map. */
#include "omdiscd/settings.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sodium.h>

#include "lib/file.h"
#include "lib/log.h"
#include "lib/node.h"

#define KEY_FILE	"/etc/tessera/key"
#define EXIT_USAGE	2

enum {
	OPT_ID = 256, OPT_NAME, OPT_CLUSTER, OPT_NO_KERNEL, OPT_NO_SETTIME, OPT_SKEW, OPT_VERSION,
	OPT_POOL, OPT_POOL_HOURS, OPT_POOL_IDLE, OPT_BALANCE, OPT_SPEED,
};

static const struct row {
	int code;
	const char *name;
	const char *value;	/* NULL = takes none */
	const char *help;
} rows[] = {
	{ 'i', "interface", "IF[,IF]", "use only these interfaces (default: all with carrier)" },
	{ 'k', "keyfile", "FILE", "cluster key, 64 hex digits (default " KEY_FILE ")" },
	{ 'n', "nodaemon", NULL, "stay in the foreground, log to standard error" },
	{ 'v', "verbose", NULL, "log more" },
	{ 'm', "multicast-ttl", "N", "not supported: discovery does not cross routers" },
	{ OPT_ID, "id", "N", "take this node id" },
	{ OPT_NAME, "name", "NAME", "node name (default: the host name)" },
	{ OPT_CLUSTER, "cluster", "NAME", "cluster name, keeps apart clusters on one network" },
	{ OPT_NO_KERNEL, "no-kernel", NULL, "run without /proc/hpc: membership only" },
	{ OPT_NO_SETTIME, "no-settime", NULL, "never set the clock, only account for it" },
	{ OPT_SKEW, "clock-skew", "SECONDS", "with --no-settime: seem to be so far off (for tests)" },
	{ OPT_POOL, "pool", "KIND", "single (default), server, client or adaptive: when to take guests" },
	{ OPT_POOL_HOURS, "pool-hours", "HOURS", "adaptive: open then, as 'mon-fri 18:00-08:00,sat,sun'" },
	{ OPT_POOL_IDLE, "pool-idle", "SECONDS", "adaptive: open when nobody used it for so long" },
	{ OPT_BALANCE, "balance", "yes|no", "move processes to where they run best (default yes)" },
	{ OPT_SPEED, "speed", "auto|keep", "measure this node's speed unless one was set (default auto)" },
	{ OPT_VERSION, "version", NULL, "print the version" },
	{ 'h', "help", NULL, "print this" },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

static void print_usage(void)
{
	printf("usage: omdiscd [options]\n"
	       "Finds the other nodes of the cluster and keeps the kernel's node table.\n\n");
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		char left[48];

		snprintf(left, sizeof(left), "--%s%s%s", r->name, r->value ? " " : "",
			 r->value ? r->value : "");
		if (r->code < 256)
			printf("  -%c, %-26s %s\n", r->code, left, r->help);
		else
			printf("      %-26s %s\n", left, r->help);
	}
}

static int usage_error(const char *text, const char *value)
{
	log_error("%s: %s (omdiscd -h shows the options)", text, value);
	return -EINVAL;
}

static int parse_skew(const char *text, int64_t *us)
{
	bool negative = *text == '-';
	uint64_t seconds;
	int err = parse_u64(text + negative, &seconds);

	if (err || seconds > UINT64_C(1) << 32)
		return -EINVAL;
	*us = (negative ? -1 : 1) * (int64_t)seconds * 1000000;
	return 0;
}

static int parse_pool(struct settings *s, int code, const char *value)
{
	switch (code) {
	case OPT_POOL:
		return pool_parse_kind(value, &s->pool.kind) ?
			usage_error("not a pool (single, server, client, adaptive)", value) : 0;
	case OPT_POOL_HOURS:
		return pool_parse_hours(value, &s->pool) ?
			usage_error("not hours, as 'mon-fri 18:00-08:00,sat'", value) : 0;
	}
	return parse_u32(value, &s->pool.idle) || !s->pool.idle ?
		usage_error("not a number of seconds", value) : 0;
}

static int parse_switch(const char *value, const char *on, const char *off, bool *out)
{
	if (strcmp(value, on) && strcmp(value, off))
		return usage_error("neither of the two", value);
	*out = !strcmp(value, on);
	return 0;
}

/* 0 = taken, 1 = leave with success, -EINVAL = said what is wrong. */
static int take_option(struct settings *s, int code, const char *value)
{
	switch (code) {
	case 'i':
		s->interfaces = value;
		return 0;
	case 'k':
		s->keyfile = value;
		return 0;
	case 'n':
		s->foreground = true;
		return 0;
	case 'v':
		s->verbose = true;
		return 0;
	case 'm':
		return usage_error("not supported: -m, discovery does not cross routers; "
				   "use /etc/openmosix.map", value);
	case OPT_ID:
		return parse_id(value, &s->id) ? usage_error("not a node id, 1..65535", value) : 0;
	case OPT_NAME:
		s->name = value;
		return parse_is_name(value, NODE_NAME_MAX) ? 0 : usage_error("not a node name", value);
	case OPT_CLUSTER:
		s->cluster = value;
		return parse_is_name(value, NODE_NAME_MAX) ? 0 : usage_error("not a cluster name", value);
	case OPT_NO_KERNEL:
		s->kernel = false;
		return 0;
	case OPT_NO_SETTIME:
		s->settime = false;
		return 0;
	case OPT_SKEW:
		return parse_skew(value, &s->skew_us) ? usage_error("not a number of seconds", value) : 0;
	case OPT_POOL:
	case OPT_POOL_HOURS:
	case OPT_POOL_IDLE:
		return parse_pool(s, code, value);
	case OPT_BALANCE:
		return parse_switch(value, "yes", "no", &s->balance);
	case OPT_SPEED:
		return parse_switch(value, "auto", "keep", &s->calibrate);
	case OPT_VERSION:
		puts("omdiscd " TESSERA_VERSION);
		return 1;
	case 'h':
		print_usage();
		return 1;
	}
	return usage_error("bad option", "see above");
}

static void build_tables(struct option *longs, char *shorts)
{
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = (struct option) {
			.name = rows[i].name,
			.has_arg = rows[i].value ? required_argument : no_argument,
			.val = rows[i].code,
		};
		if (rows[i].code >= 256)
			continue;
		*shorts++ = rows[i].code;
		if (rows[i].value)
			*shorts++ = ':';
	}
	longs[ROWS] = (struct option) { 0 };
	*shorts = '\0';
}

static int check_settings(const struct settings *s, int argc, char **argv)
{
	if (optind < argc)
		return usage_error("takes no arguments", argv[optind]);
	if (s->skew_us && s->settime)
		return usage_error("only together with --no-settime", "--clock-skew");
	if (s->pool.kind != POOL_ADAPTIVE && (s->pool.spans || s->pool.idle))
		return usage_error("only with --pool adaptive", "--pool-hours, --pool-idle");
	if (s->pool.kind == POOL_ADAPTIVE && !s->pool.spans && !s->pool.idle)
		return usage_error("needs --pool-hours or --pool-idle", "--pool adaptive");
	return 0;
}

int settings_parse(struct settings *s, int argc, char **argv, int *exit_code)
{
	struct option longs[ROWS + 1];
	char shorts[2 * ROWS + 1];
	int code, result = 0;

	*s = (struct settings) {
		.kernel = true,
		.settime = true,
		.balance = true,
		.calibrate = true,
		.cluster = "tessera",
	};
	build_tables(longs, shorts);
	while (!result && (code = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		result = take_option(s, code, optarg);
	if (!result)
		result = check_settings(s, argc, argv);
	*exit_code = result < 0 ? EXIT_USAGE : EXIT_SUCCESS;
	return result;
}

/* No key file at all is an open cluster, unless one was asked for by name. */
static int load_key(struct settings *s, char *error, size_t size)
{
	const char *path = s->keyfile ? s->keyfile : KEY_FILE;
	uint8_t key[PARSE_KEY_BYTES];
	char text[256];
	int err = file_read(path, text, sizeof(text));

	if (err == -ENOENT && !s->keyfile) {
		s->keyed = false;
		return 0;
	}
	if (err >= 0)
		err = parse_key(text, key);
	sodium_memzero(text, sizeof(text));
	if (err) {
		snprintf(error, size, "cannot read the cluster key %s: %s", path,
			 err == -EINVAL ? "not 64 hex digits" : strerror(-err));
		return err;
	}
	memcpy(s->key, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
	s->keyed = true;
	return 0;
}

static int load_map(struct settings *s, char *error, size_t size)
{
	unsigned int line;
	struct map map;
	int err = map_read(&map, &line);

	if (err && err != -ENOENT) {
		snprintf(error, size, MAP_PATH " line %u: %s", line, strerror(-err));
		return err;
	}
	map_free(&s->map);
	s->map = map;
	s->mapped = !err;
	return 0;
}

int settings_load(struct settings *s, char *error, size_t size)
{
	int err = load_key(s, error, size);

	return err ? err : load_map(s, error, size);
}

void settings_free(struct settings *s)
{
	map_free(&s->map);
	sodium_memzero(s->key, sizeof(s->key));
}
