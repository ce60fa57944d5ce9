// SPDX-License-Identifier: GPL-2.0
/*
 * mosctl: asks and sets what this node does in the cluster. One row of the
 * table below is one verb: its name, its arguments, its help and what it does.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/addr.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/control.h"
#include "tools/cost.h"
#include "tools/target.h"
#include "tools/tool.h"

struct verb {
	const char *name;
	const char *args;	/* "", "[NODE]", ... as the help shows it */
	const char *help;
	int (*run)(const struct verb *verb, const char *arg);
	const char *file;	/* below admin/ or nodes/N/ */
	const char *value;	/* to be written */
};

static int set_switch(const struct verb *verb, const char *arg)
{
	return control_write(verb->file, verb->value);
}

static int bring(const struct verb *verb, const char *arg)
{
	return control_bring();
}

static int expel(const struct verb *verb, const char *arg)
{
	return control_expel();
}

static int set_speed(const struct verb *verb, const char *arg)
{
	return control_speed(arg);
}

/* The node that is meant: this one where none is named; a TOOL_* code. */
static int pick_node(const char *arg, unsigned int *id)
{
	int err;

	if (!arg) {
		err = node_self(id);
		if (err)
			return tool_no_cluster(err);
		if (*id)
			return TOOL_OK;
		log_error("this node is in no cluster: its id is 0");
		return TOOL_NO_CLUSTER;
	}
	err = target_parse(arg, id);
	if (err == -ENXIO || (!err && !*id)) {
		log_error("no node '%s' is known here", arg);
		return TOOL_FAILED;
	}
	if (err == -EINVAL || err == -ERANGE) {
		log_error("'%s' is no node: an id from 1 to 65535, a name or an address", arg);
		return TOOL_USAGE;
	}
	return err ? tool_no_cluster(err) : TOOL_OK;
}

static int read_node(const char *arg, const char *file, unsigned int *id, uint64_t *number)
{
	int code = pick_node(arg, id);
	int err;

	if (code)
		return code;
	err = node_number(*id, file, number);
	if (!err)
		return TOOL_OK;
	if (err == -ENOENT && file_exists("/proc/hpc"))
		return tool_no_cluster(err);
	if (err == -ENOENT)
		log_error("node %u is not in the table of nodes", *id);
	else
		log_fail(err, "cannot read /proc/hpc/nodes/%u/%s", *id, file);
	return TOOL_FAILED;
}

static int print_number(const struct verb *verb, const char *arg)
{
	uint64_t number;
	unsigned int id;
	int code = read_node(arg, verb->file, &id, &number);

	if (!code)
		printf("%" PRIu64 "\n", number);
	return code;
}

static const struct {
	enum node_status bit;
	const char *word;
} status_words[] = {
	{ NODE_UP, "up" },
	{ NODE_STAY, "stay" },
	{ NODE_LSTAY, "lstay" },
	{ NODE_BLOCK, "block" },
	{ NODE_QUIET, "quiet" },
};

static int print_status(const struct verb *verb, const char *arg)
{
	uint64_t bits;
	unsigned int id;
	size_t i;
	int code = read_node(arg, "status", &id, &bits);

	if (code)
		return code;
	if (!(bits & NODE_UP))
		printf("down%s", bits & ~(uint64_t)NODE_CONFIGURED ? " " : "");
	for (i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
		if (bits & status_words[i].bit)
			printf("%s%s", i && (bits & (status_words[i].bit - 1) &
					     ~(uint64_t)NODE_CONFIGURED) ? " " : "",
			       status_words[i].word);
	putchar('\n');
	return TOOL_OK;
}

static int print_isup(const struct verb *verb, const char *arg)
{
	uint64_t bits;
	unsigned int id;
	int code = read_node(arg, "status", &id, &bits);

	if (code)
		return code;
	puts(bits & NODE_UP ? "yes" : "no");
	return bits & NODE_UP ? TOOL_OK : TOOL_FAILED;
}

static void print_node(const struct node *node)
{
	printf("%u %s %s\n", node->id, node->addr[0] ? node->addr : "-",
	       node->name[0] ? node->name : "-");
}

/* A host name that is not a node's name may still be the name of its address. */
static const struct node *find_by_host(const struct node_list *list, const char *host)
{
	char text[ADDR_TEXT_MAX];
	struct addr addr;

	if (addr_resolve(host, &addr))
		return NULL;
	return node_list_find(list, addr_text(&addr, text));
}

static int whois(const struct verb *verb, const char *arg)
{
	const struct node *node;
	struct node_list list;
	char id[16];
	unsigned int self = 0;
	int code = arg ? TOOL_OK : pick_node(NULL, &self);
	int err;

	if (code)
		return code;
	err = node_list_read(&list);
	if (err)
		return tool_no_cluster(err);
	snprintf(id, sizeof(id), "%u", self);
	node = node_list_find(&list, arg ? arg : id);
	if (!node && arg)
		node = find_by_host(&list, arg);
	if (node) {
		print_node(node);
	} else {
		log_error("no node '%s' is known here", arg ? arg : id);
		code = TOOL_FAILED;
	}
	node_list_free(&list);
	return code;
}

/*
 * loadlimit and its like: shown without an argument, else set; the kernel knows what is allowed,
 * and has the file when the switch of its menu that verb->value names is on.
 */
static int limit(const struct verb *verb, const char *arg)
{
	char path[64], text[32];
	uint64_t number;
	int n;

	if (arg && parse_u64(arg, &number)) {
		log_error("%s: '%s' is no number", verb->name, arg);
		return TOOL_USAGE;
	}
	snprintf(path, sizeof(path), "/proc/hpc/admin/%s", verb->file);
	n = file_read(path, text, sizeof(text));
	if (n == -ENOENT && !file_exists("/proc/hpc")) {
		log_error("this kernel was built without \"%s\": %s is missing", verb->value, path);
		return TOOL_UNSUPPORTED;
	}
	if (n < 0)
		return n == -ENOENT ? tool_no_cluster(n) : TOOL_FAILED;
	if (arg)
		return control_write(verb->file, arg);
	puts(text);
	return TOOL_OK;
}

static int get_tune(const struct verb *verb, const char *arg)
{
	char *text;
	int err = file_load(COST_PATH, &text);

	if (err == -ENOENT)
		log_error("no costs are known: 'tune' measures them");
	else if (err)
		log_fail(err, "cannot read " COST_PATH);
	if (err)
		return TOOL_FAILED;
	printf("# NODE RTT_US MBYTES_S MOVE_MS\n%s", text);
	free(text);
	return TOOL_OK;
}

static int refuse(const struct verb *verb, const char *arg)
{
	log_error("'%s' is not supported: %s", verb->name, verb->value);
	return TOOL_UNSUPPORTED;
}

static const char no_mfs[] = "there is no cluster file system (oMFS)";
static const char no_decay[] = "the policy's statistics have no setting for a whole node; a process has one, "
	"/proc/PID/decay (mosrun -s -f -n -t)";
static const char no_yard[] = "the yardstick is fixed, speed 10000 is one standard CPU; setspeed says what "
	"this node is against it";

static const char load_limit[] = "Load Limit";
static const char topology[] = "Complex network topology";

static const struct verb verbs[] = {
	{ "stay", "", "no automatic migration out of this node", set_switch, "stay", "1\n" },
	{ "nostay", "", "allow it again", set_switch, "stay", "0\n" },
	{ "lstay", "", "this node's own processes stay; guests may leave", set_switch, "lstay", "1\n" },
	{ "nolstay", "", "allow them to leave again", set_switch, "lstay", "0\n" },
	{ "block", "", "refuse arriving guests", set_switch, "block", "1\n" },
	{ "noblock", "", "take guests again", set_switch, "block", "0\n" },
	{ "quiet", "", "neither give nor collect load information", set_switch, "quiet", "1\n" },
	{ "noquiet", "", "do so again", set_switch, "quiet", "0\n" },
	{ "bring", "", "lstay, then bring all processes that are away home; waits", bring, NULL, NULL },
	{ "expel", "", "block, then send all guests away, to better nodes or home; waits", expel, NULL, NULL },
	{ "setspeed", "N", "set this node's speed, 10000 being a standard CPU", set_speed, NULL, NULL },
	{ "loadlimit", "[N]", "load above which this node wants no more; 0 = none", limit, "loadlimit", load_limit },
	{ "llimitmode", "[N]", "what loadlimit counts: 0 all, 1 own processes, 2 guests", limit, "llimitmode", load_limit },
	{ "cpulimit", "[N]", "percent of CPU time for the cluster's processes; 0 = no limit", limit, "cpulimit", load_limit },
	{ "climitmode", "[N]", "what cpulimit counts, as llimitmode", limit, "climitmode", load_limit },
	{ "zone", "[N]", "zone of this node, 0..255; between zones there is a gateway", limit, "zone", topology },
	{ "gateways", "[N]", "gateways that may be between a process and its home, 0..2", limit, "gateways", topology },
	{ "gettune", "", "costs between this node and others, as tune(8) measured them", get_tune, NULL, NULL },
	{ "whois", "[NODE]", "id, address and name of a node (given as any of them)", whois, NULL, NULL },
	{ "status", "[NODE]", "up or down, then stay, lstay, block, quiet where set", print_status, NULL, NULL },
	{ "isup", "[NODE]", "yes (exit code 0) or no (exit code 1)", print_isup, NULL, NULL },
	{ "getload", "[NODE]", "load, percent of a standard CPU", print_number, "load", NULL },
	{ "getspeed", "[NODE]", "speed, 10000 being a standard CPU", print_number, "speed", NULL },
	{ "getcpus", "[NODE]", "number of CPUs", print_number, "CPUs", NULL },
	{ "getmem", "[NODE]", "usable memory, bytes", print_number, "mem", NULL },
	{ "getfree", "[NODE]", "free memory, bytes", print_number, "rmem", NULL },
	{ "gettotal", "[NODE]", "total memory, bytes", print_number, "tmem", NULL },
	{ "getutil", "[NODE]", "utilisation, percent", print_number, "util", NULL },
	{ "mfs", NULL, NULL, refuse, NULL, no_mfs },
	{ "nomfs", NULL, NULL, refuse, NULL, no_mfs },
	{ "getyard", NULL, NULL, refuse, NULL, no_yard },
	{ "setyard", NULL, NULL, refuse, NULL, no_yard },
	{ "getdecay", NULL, NULL, refuse, NULL, no_decay },
	{ "setdecay", NULL, NULL, refuse, NULL, no_decay },
};

#define NR_VERBS (sizeof(verbs) / sizeof(verbs[0]))

/* openMosix also wrote "-stay" for "nostay". */
static const struct verb *find_verb(const char *name)
{
	char copy[32];
	size_t i;

	snprintf(copy, sizeof(copy), "%s%s", name[0] == '-' ? "no" : "",
		 name + (name[0] == '-'));
	for (i = 0; i < NR_VERBS; i++)
		if (!strcmp(verbs[i].name, copy))
			return &verbs[i];
	return NULL;
}

static void more_help(void)
{
	char left[32];
	size_t i;

	putchar('\n');
	for (i = 0; i < NR_VERBS; i++) {
		if (!verbs[i].help)
			continue;
		snprintf(left, sizeof(left), "%s %s", verbs[i].name, verbs[i].args);
		printf("  %-17s %s\n", left, verbs[i].help);
	}
	printf("\nNot supported:");
	for (i = 0; i < NR_VERBS; i++)
		if (!verbs[i].help)
			printf(" %s", verbs[i].name);
	puts("\nNODE is an id, a name or an address; without it this node is meant.");
}

static int check_args(const struct tool *tool, const struct verb *verb, int given)
{
	if (!verb->args)	/* refused whatever follows */
		return TOOL_OK;
	if (given > (verb->args[0] != '\0'))
		return tool_wrong(tool, "too many arguments for '%s'", verb->name);
	if (!given && verb->args[0] && verb->args[0] != '[')
		return tool_wrong(tool, "'%s' needs %s", verb->name, verb->args);
	return TOOL_OK;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
	int code;

	if (!verb) {
		while (tool_getopt(tool, argc, argv) != -1)
			;
		if (argc < 2)
			return tool_wrong(tool, "what to do? 'mosctl -h' lists the commands");
		return tool_wrong(tool, "no command '%s'; 'mosctl -h' lists them", argv[1]);
	}
	code = check_args(tool, verb, argc - 2);
	return code ? code : verb->run(verb, argc > 2 ? argv[2] : NULL);
}

const struct tool tool_mosctl = {
	.name = "mosctl",
	.synopsis = "COMMAND [NODE | N]",
	.summary = "Ask and set what this node does in the cluster.",
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
};
