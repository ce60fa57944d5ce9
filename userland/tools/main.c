// SPDX-License-Identifier: GPL-2.0
/*
 * mos-tools: one program under many names. The table below is the list of the
 * tools; it is what is dispatched by name and what "mos-tools -h" prints.
 */
#include "tools/tool.h"

#include <stdio.h>
#include <string.h>
#include "lib/log.h"

static const struct tool *const tools[] = {
	&tool_cpujob,
	&tool_fastdecay,
	&tool_iojob,
	&tool_migrate,
	&tool_mos,
	&tool_mosctl,
	&tool_mosmon,
	&tool_mosrun,
	&tool_mps,
	&tool_mtop,
	&tool_nodecay,
	&tool_nomig,
	&tool_runhome,
	&tool_runon,
	&tool_setpe,
	&tool_showmap,
	&tool_slowdecay,
	&tool_tune,
};

#define NR_TOOLS (sizeof(tools) / sizeof(tools[0]))

static int run_by_name(const struct tool *self, int argc, char **argv);
static void list_tools(void);

static const struct tool mos_tools = {
	.name = "mos-tools",
	.synopsis = "TOOL [ARGUMENT...]",
	.summary = "Control an openMosix-style cluster. Every tool has -h (mosrun: --help).",
	.more_help = list_tools,
	.run = run_by_name,
	.bad_usage = TOOL_USAGE,
};

static void list_tools(void)
{
	size_t i;

	putchar('\n');
	for (i = 0; i < NR_TOOLS; i++)
		printf("  %-9s %s\n", tools[i]->name, tools[i]->summary);
}

static const struct tool *find_tool(const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t i;

	if (slash)
		name = slash + 1;
	for (i = 0; i < NR_TOOLS; i++)
		if (!strcmp(name, tools[i]->name))
			return tools[i];
	return NULL;
}

static int run_tool(const struct tool *tool, int argc, char **argv)
{
	log_open(tool->name);
	return tool->run(tool, argc, argv);
}

static int run_by_name(const struct tool *self, int argc, char **argv)
{
	const struct tool *tool;

	if (argc < 2)
		return tool_wrong(self, "which tool? 'mos-tools -h' lists them");
	if (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		tool_print_help(self);
		return TOOL_OK;
	}
	tool = find_tool(argv[1]);
	if (!tool)
		return tool_wrong(self, "no tool '%s'; 'mos-tools -h' lists them", argv[1]);
	return run_tool(tool, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	const struct tool *tool = argc > 0 ? find_tool(argv[0]) : NULL;
	int code = run_tool(tool ? tool : &mos_tools, argc, argv);

	if (fflush(stdout) || ferror(stdout)) {
		perror("mos-tools: standard output");
		return code ? code : TOOL_FAILED;
	}
	return code;
}
