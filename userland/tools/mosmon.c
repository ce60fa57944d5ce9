// SPDX-License-Identifier: GPL-2.0
/*
 * mosmon: the console of a node. Options and the loop: collect once an
 * interval, draw, handle keys and the outcome of jobs in between. On a pipe, or
 * where the terminal can do nothing else, plain text.
 */
#include <curses.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/mosmon_job.h"
#include "tools/mosmon_keys.h"
#include "tools/mosmon_screen.h"
#include "tools/mosmon_term.h"
#include "tools/mosmon_text.h"
#include "tools/tool.h"

#define MAX_INTERVAL 3600
#define REPAINT_EVERY 10	/* intervals */

struct settings {
	bool text;
	bool forever;
	uint64_t count;		/* 0: without end */
	unsigned int interval;	/* seconds */
	struct view view;
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	stop = 1;
}

static void catch_signals(bool forever)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	if (forever) {
		action.sa_handler = SIG_IGN;
		sigaction(SIGQUIT, &action, NULL);
		sigaction(SIGTSTP, &action, NULL);
	}
	sigaction(SIGINT, &action, NULL);
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int run_text(const struct settings *settings)
{
	const struct view *view = &settings->view;
	struct snapshot snapshot;
	uint64_t i;

	for (i = 0; !stop; ) {
		snapshot_read(&snapshot, view->show_local);
		text_print(stdout, &snapshot, view->mode, view->show_dead);
		snapshot_free(&snapshot);
		if (ferror(stdout) || ++i == settings->count)
			break;
		putchar('\n');
		sleep(settings->interval);
	}
	return TOOL_OK;
}

/* Keys until there are no more; what they want, or'ed. */
static int handle_keys(struct view *view, const struct snapshot *snapshot)
{
	int flags = REDRAW_NONE;
	int code;

	while ((code = getch()) != ERR)
		flags |= keys_dispatch(view, snapshot, code);
	return flags;
}

/* Until the deadline, or until something happened; redraw flags. */
static int wait_event(struct view *view, const struct snapshot *snapshot, long long deadline)
{
	struct pollfd fds[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = view->job.fd, .events = POLLIN },
	};
	long long left = deadline - now_ms();
	int ready = 0;

	if (left <= 0)
		return REDRAW_DATA;
	if (poll(fds, 2, left < INT_MAX ? (int)left : INT_MAX) < 0)
		return handle_keys(view, snapshot);	/* a new size comes as a key */
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return REDRAW_QUIT;
	if ((fds[1].revents & (POLLIN | POLLHUP)) &&
	    job_collect(&view->job, view->message, sizeof(view->message))) {
		keys_fresh_message(view);
		return REDRAW_DATA;
	}
	/* Readable, and nothing to read: the terminal is gone. */
	if ((fds[0].revents & POLLIN) && !ioctl(STDIN_FILENO, FIONREAD, &ready) && !ready)
		return REDRAW_QUIT;
	if (fds[0].revents & POLLIN)
		return handle_keys(view, snapshot);
	return REDRAW_NONE;
}

static void run_screen(struct settings *settings)
{
	struct view *view = &settings->view;
	struct snapshot snapshot;
	long long deadline;
	uint64_t i = 0;
	int flags = REDRAW_SCREEN;

	snapshot_read(&snapshot, view->show_local);
	deadline = now_ms() + settings->interval * 1000LL;
	while (!stop && !(flags & REDRAW_QUIT)) {
		if (flags & REDRAW_DATA) {
			keys_age_message(view);
			snapshot_free(&snapshot);
			snapshot_read(&snapshot, view->show_local);
			deadline = now_ms() + settings->interval * 1000LL;
		}
		if (view->forever && (flags & REDRAW_DATA) && i % REPAINT_EVERY == 0)
			flags |= REDRAW_REPAINT;	/* the kernel writes on consoles too */
		if (flags & REDRAW_REPAINT)
			term_repaint();
		if (flags)
			screen_draw(view, &snapshot);
		if ((flags & REDRAW_DATA) && ++i == settings->count)
			break;
		flags = wait_event(view, &snapshot, deadline);
	}
	snapshot_free(&snapshot);
	job_stop(&view->job);
}

static const struct tool_option options[] = {
	{ 'l', NULL, "show load and memory (the default)" },
	{ 's', NULL, "show speeds" },
	{ 'm', NULL, "show memory" },
	{ 'u', NULL, "show utilisation" },
	{ 'D', NULL, "show dead nodes too" },
	{ 'A', NULL, "show processes that are at home too" },
	{ 't', NULL, "plain text, once; the same on a pipe" },
	{ 'c', "N", "end after N times; 0: never" },
	{ 'd', "SECONDS", "time between two times, 1 to 3600; default 1" },
	{ 'F', NULL, "never quit by a key: the console of a node; also --forever" },
	{ 'w', NULL, NULL },
	{ 'v', NULL, NULL },
	{ 'V', NULL, NULL },
	{ 'a', NULL, NULL },
	{ 'r', NULL, NULL },
	{ 'L', NULL, NULL },
	{ 0 }
};

static int parse_times(const struct tool *tool, struct settings *settings, int letter)
{
	uint64_t number;

	if (parse_u64(optarg, &number))
		return tool_wrong(tool, "-%c: '%s' is no number", letter, optarg);
	if (letter == 'c') {
		settings->count = number;
		return 0;
	}
	if (number < 1 || number > MAX_INTERVAL)
		return tool_wrong(tool, "-d: an interval is 1 to %d seconds", MAX_INTERVAL);
	settings->interval = number;
	return 0;
}

static int apply_option(const struct tool *tool, struct settings *settings, int letter)
{
	switch (letter) {
	case 'l':
		settings->view.mode = MODE_LOAD;
		return 0;
	case 's':
		settings->view.mode = MODE_SPEED;
		return 0;
	case 'm':
		settings->view.mode = MODE_MEMORY;
		return 0;
	case 'u':
		settings->view.mode = MODE_UTIL;
		return 0;
	case 'D':
		settings->view.show_dead = true;
		return 0;
	case 'A':
		settings->view.show_local = true;
		return 0;
	case 't':
		settings->text = true;
		return 0;
	case 'c':
	case 'd':
		return parse_times(tool, settings, letter);
	case 'F':
		settings->forever = true;
		return 0;
	}
	log_error("-%c is not supported: this version has one layout", letter);
	return TOOL_UNSUPPORTED;
}

static int parse_options(const struct tool *tool, struct settings *settings, int argc, char **argv)
{
	static char forever[] = "-F";
	bool count_given = false;
	int letter;
	int code;
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--forever"))
			argv[i] = forever;
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		count_given |= letter == 'c';
		code = apply_option(tool, settings, letter);
		if (code)
			return code;
	}
	if (optind < argc)
		return tool_wrong(tool, "'%s' is not understood", argv[optind]);
	if (!isatty(STDOUT_FILENO))
		settings->text = true;
	if (settings->text && !count_given && !settings->forever)
		settings->count = 1;
	return 0;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct settings settings = { .interval = 1 };
	int code = parse_options(tool, &settings, argc, argv);

	if (code)
		return code;
	tool_stay_home();
	job_init(&settings.view.job);
	settings.view.forever = settings.forever;
	catch_signals(settings.forever);
	if (settings.text)
		return run_text(&settings);
	if (term_start()) {
		log_warn("this terminal can only show plain text");
		return run_text(&settings);
	}
	run_screen(&settings);
	term_stop();
	return TOOL_OK;
}

static void more_help(void)
{
	puts("\nF1 or h on the screen shows the keys. Not supported: -w -v -V -a -r -L.");
}

const struct tool tool_mosmon = {
	.name = "mosmon",
	.synopsis = "[-l | -s | -m | -u] [-D] [-A] [-t] [-c N] [-d SECONDS] [-F]",
	.summary = "Show the nodes of the cluster and the processes that moved.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
};
