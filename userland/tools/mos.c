// SPDX-License-Identifier: GPL-2.0
/*
 * mos: the front of the cluster. Each command is a tool of its own in the table
 * below, with its own help; this file only finds it.
 */
#include "tools/mos.h"

#include <stdio.h>
#include <string.h>
#include "lib/log.h"

#define PREFIX "mos "

static const struct tool *const commands[] = {
	&mos_status,
	&mos_nodes,
	&mos_ps,
	&mos_top,
	&mos_log,
	&mos_why,
	&mos_migrate,
	&mos_run,
	&mos_bring,
	&mos_expel,
	&mos_block,
	&mos_noblock,
	&mos_stay,
	&mos_nostay,
	&mos_lstay,
	&mos_nolstay,
	&mos_quiet,
	&mos_noquiet,
	&mos_speed,
};

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static const char *command_name(const struct tool *command)
{
	return command->name + strlen(PREFIX);
}

static const struct tool *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(name, command_name(commands[i])))
			return commands[i];
	return NULL;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	const struct tool *command;

	if (argc < 2)
		return tool_wrong(tool, "what to do? 'mos -h' lists the commands");
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		tool_print_help(tool);
		return TOOL_OK;
	}
	command = find_command(argv[1]);
	if (!command)
		return tool_wrong(tool, "no command '%s'; 'mos -h' lists them", argv[1]);
	log_open(command->name);
	return command->run(command, argc - 1, argv + 1);
}

static void more_help(void)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < NR_COMMANDS; i++)
		printf("  %-9s %s\n", command_name(commands[i]), commands[i]->summary);
	puts("\n'mos COMMAND -h' says more. NODES is a list such as 1,3-5,beta, or self, or all.\n"
	     "Exit codes: 0 done, 1 failed or refused, 2 wrong command line, 3 not supported,\n"
	     "4 no cluster; mos run: the program's, or 125 to 127.");
}

const struct tool tool_mos = {
	.name = "mos",
	.synopsis = "COMMAND [OPTION...] [ARGUMENT...]",
	.summary = "See and steer the cluster.",
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
};
