// SPDX-License-Identifier: GPL-2.0
/*
 * What runmoved thinks of a run: its counters, its output, its moves.  Every complaint is
 * a line on stderr and makes the run fail.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>
#include "run.h"

const char *const run_mode_names[4] = { "home", "away", "back", "random" };

void run_complain(struct run *run, const char *fmt, ...)
{
	va_list args;

	run->failed = true;
	fprintf(stderr, "runmoved: ");
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\n");
}

void run_read_counters(struct run *run)
{
	struct counters *c = &run->counters;
	char path[64], name[64];
	unsigned long value;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/hpcstat", run->pid);
	in = fopen(path, "re");
	while (in && fscanf(in, "%63s %lu", name, &value) == 2) {
		c->seen = true;
		if (!strcmp(name, "calls"))
			c->calls = value;
		else if (!strcmp(name, "calls_inline"))
			c->calls_inline = value;
		else if (!strcmp(name, "pages_out"))
			c->pages_out = value;
		else if (!strcmp(name, "pages_in"))
			c->pages_in = value;
		else if (!strcmp(name, "unplanned_returns"))
			c->unplanned = value;
	}
	if (in)
		fclose(in);
}

static char *slurp(int fd, size_t *len)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *data = malloc((size_t)size + 1);
	ssize_t n = data ? pread(fd, data, (size_t)size, 0) : -1;

	*len = n > 0 ? (size_t)n : 0;
	return data;
}

void run_judge_output(struct run *run, const struct expectations *want)
{
	size_t len, expected_len;
	char *text = slurp(run->output, &len), *expected;
	int fd;

	fwrite(text, 1, len, stdout);
	fflush(stdout);
	if (want->output) {
		fd = open(want->output, O_RDONLY | O_CLOEXEC);
		expected = fd < 0 ? NULL : slurp(fd, &expected_len);
		if (!expected || len != expected_len || memcmp(text, expected, len))
			run_complain(run, "the output is not that of %s", want->output);
		free(expected);
	}
	free(text);
}

void run_judge_moves(struct run *run, enum mode mode, const struct expectations *want)
{
	const struct counters *c = &run->counters;
	unsigned long calls = c->calls > c->calls_inline ? c->calls : c->calls_inline;
	unsigned long moves = run->tally->moves + run->tally->back;

	if (mode == HOME)
		return;
	if (!run->away_seen)
		run_complain(run, "it was never seen away");
	if (!c->seen)
		run_complain(run, "/proc/PID/hpcstat could not be read");
	if (calls < want->calls)
		run_complain(run, "%lu calls forwarded, at least %lu expected", calls, want->calls);
	if (moves < want->moves)
		run_complain(run, "%lu moves, at least %lu expected", moves, want->moves);
	if (!want->returns && !want->may_return && c->unplanned)
		run_complain(run, "%lu unplanned returns", c->unplanned);
	if (want->returns && mode == AWAY && !c->unplanned)
		run_complain(run, "no unplanned return, though one was expected");
	if (mode == AWAY && !want->returns && !want->may_return && run->where_last == 0)
		run_complain(run, "it was at home when it ended");
	if (mode == BACK && run->where_last != 0)
		run_complain(run, "it was on %ld when it ended, not at home", run->where_last);
}

void run_print_summary(const struct run *run, enum mode mode)
{
	const struct counters *c = &run->counters;

	fprintf(stderr, "runmoved: mode=%s status=%d where=%ld away_seen=%lu calls=%lu "
		"calls_inline=%lu pages_out=%lu pages_in=%lu unplanned=%lu",
		run_mode_names[mode], run->status, run->where_last, run->away_seen, c->calls,
		c->calls_inline, c->pages_out, c->pages_in, c->unplanned);
	move_print(stderr, run->tally);
	fprintf(stderr, "\n");
}

int run_verdict(const struct run *run)
{
	if (WIFEXITED(run->status) && WEXITSTATUS(run->status) == 77)
		return 77;
	if (run->status)
		return 1;
	return run->failed ? 3 : 0;
}
