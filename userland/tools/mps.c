// SPDX-License-Identifier: GPL-2.0
/*
 * mps: ps with openMosix's columns. It shows processes whose home is here, with
 * the node where each runs; with -g the guests, whose home is elsewhere.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/file.h"
#include "lib/guest.h"
#include "lib/log.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/proc.h"
#include "tools/tool.h"

struct filter {
	bool all_users, only_away, guests, no_header;
	uid_t uid;
	char **pids;		/* only these, where there are any */
	int nr_pids;
};

static const struct tool_option options[] = {
	{ 'e', NULL, "processes of all users (also: -A, or ps's words ax and aux)" },
	{ 'A', NULL, "the same" },
	{ 'a', NULL, "the same" },
	{ 'u', "USER", "processes of this user (name or number)" },
	{ 'm', NULL, "only processes that are away" },
	{ 'g', NULL, "the guests of this node instead" },
	{ 'n', NULL, "no heading" },
	{ 0 }
};

/* Spaces within a column would be taken for its end. */
static void reasons_text(pid_t pid, char *out, size_t size)
{
	char *p;

	if (away_reasons(pid, out, size) <= 0)
		snprintf(out, size, "-");
	for (p = out; *p; p++)
		if (*p == ' ')
			*p = ',';
}

static void print_process(const struct away *away)
{
	struct proc proc;
	char reasons[160];
	char state[8];
	char user[33];

	if (proc_read(away->pid, &proc))
		return;		/* it ended meanwhile */
	reasons_text(away->pid, reasons, sizeof(reasons));
	proc_state_text(&proc, state);
	printf("%7d %-8s %5u %5u %4s %-4s %-14s %s\n", away->pid,
	       proc_user(away->uid, user), away->where, away->nmigs,
	       away->lock ? "yes" : "no", state, reasons, proc.cmd);
}

static bool is_wanted(const struct filter *filter, const struct away *away)
{
	if (proc_is_guest(away->pid) || (filter->only_away && !away->where))
		return false;
	return filter->all_users || away->uid == filter->uid;
}

static void print_heading(const struct filter *filter)
{
	if (filter->no_header)
		return;
	if (filter->guests)
		printf("%7s %5s %8s %-8s %9s %9s %s\n", "PID", "FROM", "HOMEPID", "USER",
		       "CPU", "RSS", "COMMAND");
	else
		printf("%7s %-8s %5s %5s %4s %-4s %-14s %s\n", "PID", "USER", "NODE",
		       "NMIGS", "LOCK", "STAT", "CANTMOVE", "CMD");
}

static int list_processes(const struct filter *filter)
{
	struct away_list list;
	size_t i;
	int err = away_list_read(&list, !filter->only_away);

	if (err) {
		log_fail(err, "cannot read /proc");
		return TOOL_FAILED;
	}
	print_heading(filter);
	for (i = 0; i < list.count; i++)
		if (is_wanted(filter, &list.proc[i]))
			print_process(&list.proc[i]);
	away_list_free(&list);
	return TOOL_OK;
}

static int list_named(const struct filter *filter)
{
	struct away away;
	int code = TOOL_OK;
	pid_t pid;
	int err;
	int i;

	print_heading(filter);
	for (i = 0; i < filter->nr_pids; i++) {
		parse_pid(filter->pids[i], &pid);
		err = away_read(pid, &away);
		if (!err && !proc_is_guest(pid)) {
			print_process(&away);
			continue;
		}
		log_error("process %d: %s", pid, !err ? "a guest; mps -g lists those" :
			  err == -ENOENT ? "no such process" : strerror(-err));
		code = TOOL_FAILED;
	}
	return code;
}

static void print_guest(const struct guest *guest)
{
	unsigned long long seconds = (guest->utime + guest->stime) / sysconf(_SC_CLK_TCK);
	unsigned long long rss = guest->rss * (sysconf(_SC_PAGESIZE) / 1024);
	char home_pid[16] = "-";
	char user[33] = "-";
	char cpu[32];

	if (guest->home_pid)
		snprintf(home_pid, sizeof(home_pid), "%d", guest->home_pid);
	if (guest->uid != (uid_t)-1)
		snprintf(user, sizeof(user), "%u", guest->uid);
	snprintf(cpu, sizeof(cpu), "%llu:%02llu", seconds / 60, seconds % 60);
	printf("%7d %5u %8s %-8s %9s %8lluK %s\n", guest->pid, guest->from, home_pid, user,
	       cpu, rss, guest->comm[0] ? guest->comm : "-");
}

static int list_guests(const struct filter *filter)
{
	struct guest_list list;
	size_t i;
	int err = guest_list_read(&list);

	if (err)
		return tool_no_cluster(err);
	print_heading(filter);
	for (i = 0; i < list.count; i++)
		print_guest(&list.guest[i]);
	guest_list_free(&list);
	return TOOL_OK;
}

/* ps's "aux", "ax", "x": words without a dash that are made of these letters. */
static bool is_ps_word(const char *word)
{
	return *word && strspn(word, "auxw") == strlen(word);
}

static int parse_operands(const struct tool *tool, struct filter *filter, int argc, char **argv)
{
	pid_t pid;
	int i;

	if (argc > 0 && is_ps_word(argv[0])) {
		if (strchr(argv[0], 'a'))
			filter->all_users = true;
		argc--;
		argv++;
	}
	for (i = 0; i < argc; i++)
		if (parse_pid(argv[i], &pid))
			return tool_wrong(tool, "'%s' is no process id", argv[i]);
	if (argc && (filter->guests || filter->only_away))
		return tool_wrong(tool, "process ids go with neither -g nor -m");
	filter->pids = argv;
	filter->nr_pids = argc;
	return 0;
}

static int parse_options(const struct tool *tool, struct filter *filter, int argc, char **argv)
{
	int letter;

	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		switch (letter) {
		case 'e':
		case 'A':
		case 'a':
			filter->all_users = true;
			break;
		case 'u':
			if (proc_uid(optarg, &filter->uid))
				return tool_wrong(tool, "no user '%s'", optarg);
			break;
		case 'm':
			filter->only_away = true;
			break;
		case 'g':
			filter->guests = true;
			break;
		case 'n':
			filter->no_header = true;
			break;
		}
	}
	return parse_operands(tool, filter, argc - optind, argv + optind);
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct filter filter = { .uid = geteuid() };
	int code = parse_options(tool, &filter, argc, argv);

	if (code)
		return code;
	if (file_exists("/proc/hpc"))
		return tool_no_cluster(-ENOENT);
	if (filter.guests)
		return list_guests(&filter);
	return filter.nr_pids ? list_named(&filter) : list_processes(&filter);
}

static void more_help(void)
{
	puts("\nNODE is where a process runs, 0 = at home. CANTMOVE says what keeps it here,\n"
	     "- = nothing. Without options: your own processes.");
}

const struct tool tool_mps = {
	.name = "mps",
	.synopsis = "[-e] [-u USER] [-m] [-g] [-n] [PID...]",
	.summary = "List processes with the node where each runs.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
};
