/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "move.h"

enum mode { HOME, AWAY, BACK, RANDOM };

struct expectations {
	unsigned long calls, moves;
	bool returns, may_return, early;
	const char *output;
	unsigned int timeout_s;
	uid_t user;			/* 0 = as whoever runs this */
};

/* The last seen counters of /proc/PID/hpcstat. */
struct counters {
	unsigned long calls, calls_inline, pages_out, pages_in, unplanned;
	bool seen;
};

struct run {
	pid_t pid, mover;
	int status, held, release, output;
	bool holding;
	uint64_t start_ms;
	long where_last;
	unsigned long away_seen;
	struct counters counters;
	struct move_tally *tally;
	bool failed;
};

extern const char *const run_mode_names[4];

/* Says what is wrong on stderr; the run fails. */
void run_complain(struct run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Updates the counters from /proc/PID/hpcstat, where there is one. */
void run_read_counters(struct run *run);

/* Passes the output on to stdout, and compares it with want->output. */
void run_judge_output(struct run *run, const struct expectations *want);
void run_judge_moves(struct run *run, enum mode mode, const struct expectations *want);
void run_print_summary(const struct run *run, enum mode mode);
/* The exit code of runmoved. */
int run_verdict(const struct run *run);

#endif
