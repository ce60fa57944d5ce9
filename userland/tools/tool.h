/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

#include <stdbool.h>

/* The exit codes of all tools but mosrun, its wrappers and mos run. */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAILED = 1,	/* tried and refused; the reason is on stderr */
	TOOL_USAGE = 2,		/* the command line is wrong; nothing was tried */
	TOOL_UNSUPPORTED = 3,	/* a known option that this version lacks */
	TOOL_NO_CLUSTER = 4,	/* no openMosix kernel, or no node id yet */
};

/* The exit codes of mosrun, its wrappers and mos run, as those of env(1). */
enum run_exit {
	RUN_FAILED = 125,
	RUN_CANNOT_EXEC = 126,
	RUN_NOT_FOUND = 127,
};

struct tool_option {
	char letter;
	const char *arg;	/* NULL: takes none */
	const char *help;
};

struct tool {
	const char *name;
	const char *synopsis;
	const char *summary;
	const struct tool_option *options;	/* ends with letter 0; may be NULL */
	void (*more_help)(void);		/* may be NULL */
	int (*run)(const struct tool *tool, int argc, char **argv);
	int bad_usage;				/* its exit code for a wrong command line */
	bool permute;				/* options may follow operands */
};

extern const struct tool tool_cpujob;
extern const struct tool tool_fastdecay;
extern const struct tool tool_iojob;
extern const struct tool tool_migrate;
extern const struct tool tool_mos;
extern const struct tool tool_mosctl;
extern const struct tool tool_mosmon;
extern const struct tool tool_mosrun;
extern const struct tool tool_mps;
extern const struct tool tool_mtop;
extern const struct tool tool_nodecay;
extern const struct tool tool_nomig;
extern const struct tool tool_runhome;
extern const struct tool tool_runon;
extern const struct tool tool_setpe;
extern const struct tool tool_showmap;
extern const struct tool tool_slowdecay;
extern const struct tool tool_tune;

/* The tool's help on stdout, made from its table. */
void tool_print_help(const struct tool *tool);
/*
 * getopt() over the tool's table. Prints the help and exits for -h (where the table gives it no
 * other meaning) and --help; prints the reason and exits for a wrong option.
 */
int tool_getopt(const struct tool *tool, int argc, char **argv);
/* For "return tool_wrong(...)": says what is wrong with the command line. */
int tool_wrong(const struct tool *tool, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * For what goes on for long and reads files all the time: comes home, where it may have been
 * taken from when it was started, and stays. Where that cannot be, it works all the same.
 */
void tool_stay_home(void);
/* Says that this kernel or node is in no cluster; TOOL_NO_CLUSTER. */
int tool_no_cluster(int err);

#endif
