// SPDX-License-Identifier: GPL-2.0
/*
 * setpe: gives the kernel its table of nodes and its own id from a map, reads
 * the table back as a map, or takes the node out of the cluster. omdiscd does
 * the same by itself; setpe is for clusters that are configured by hand.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/addr.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/map.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/tool.h"

enum action { NOTHING, WRITE, READ, CHECK };

struct request {
	enum action action;
	const char *file;	/* "-": stdin, stdout */
	unsigned int self;	/* 0: found by the addresses of this machine */
	const char *gateways;	/* NULL: as it was */
};

static int say_no_map(const char *file, int err, unsigned int line)
{
	if (line)
		log_error("%s, line %u: %s", file, line,
			  err == -EINVAL ? "not 'ID ADDRESS COUNT' or 'ID ADDRESS ALIAS', or an id or address twice" :
			  err == -E2BIG ? "too many lines or nodes" : strerror(-err));
	else
		log_fail(err, "cannot read the map %s", file);
	return TOOL_FAILED;
}

/* The file as the user named it: not below $TESSERA_ROOT, which is for system files. */
static int read_text(const char *file, char *text, size_t size)
{
	FILE *in = strcmp(file, "-") ? fopen(file, "re") : stdin;
	size_t len;

	if (!in)
		return -errno;
	len = fread(text, 1, size, in);
	if (ferror(in))
		return -EIO;
	if (in != stdin)
		fclose(in);
	if (len == size)
		return -E2BIG;
	text[len] = '\0';
	return 0;
}

static int read_map(const char *file, struct map *map)
{
	static char text[FILE_TEXT_MAX];
	unsigned int line = 0;
	int err;

	if (file) {
		err = read_text(file, text, sizeof(text));
		if (!err)
			err = map_parse(text, addr_resolve, map, &line);
	} else {
		file = MAP_PATH;
		err = map_read(map, &line);
	}
	if (err)
		return say_no_map(file, err, line);
	if (map->count)
		return TOOL_OK;
	log_error("%s lists no nodes", file);
	map_free(map);
	return TOOL_FAILED;
}

static bool is_loopback(const struct addr *addr)
{
	struct sockaddr_storage ss;

	addr_to_socket(addr, 0, &ss);
	if (addr->family == AF_INET)
		return addr->bytes[0] == 127;
	return IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)&ss)->sin6_addr);
}

/* The one node of the map whose address is one of this machine's; 0 = none. */
static unsigned int find_self(const struct map *map)
{
	const struct map_entry *entry;
	struct sockaddr_storage ss;
	struct ifaddrs *all, *i;
	unsigned int id = 0;
	struct addr addr;

	if (getifaddrs(&all))
		return 0;
	for (i = all; i && !id; i = i->ifa_next) {
		int family = i->ifa_addr ? i->ifa_addr->sa_family : AF_UNSPEC;

		if (family != AF_INET && family != AF_INET6)
			continue;
		memset(&ss, 0, sizeof(ss));
		memcpy(&ss, i->ifa_addr, family == AF_INET ? sizeof(struct sockaddr_in) :
		       sizeof(struct sockaddr_in6));
		if (addr_from_socket(&ss, &addr) || is_loopback(&addr))
			continue;
		entry = map_find_addr(map, &addr);
		id = entry ? entry->id : 0;
	}
	freeifaddrs(all);
	return id;
}

static int check_self(const struct map *map, unsigned int *self)
{
	size_t i;

	if (!*self) {
		*self = find_self(map);
		if (*self)
			return TOOL_OK;
		log_error("no address of this machine is in the map (127.0.0.1 does not count); say which node it is with -p ID");
		return TOOL_FAILED;
	}
	for (i = 0; i < map->count; i++)
		if (map->entry[i].id == *self)
			return TOOL_OK;
	log_error("node %u is not in the map", *self);
	return TOOL_FAILED;
}

static char *format_table(const struct map *map)
{
	char addr[ADDR_TEXT_MAX];
	char *text = NULL;
	size_t size;
	size_t i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (i = 0; i < map->count; i++) {
		const struct map_entry *entry = &map->entry[i];

		if (entry->alias)
			continue;
		fprintf(out, "%u %s%s%s\n", entry->id, addr_text(&entry->addr, addr),
			entry->name[0] ? " " : "", entry->name);
	}
	fclose(out);
	return text;
}

static int kernel_failed(int err, const char *what, const char *path)
{
	if (err == -ENOENT && file_exists("/proc/hpc"))
		return tool_no_cluster(err);
	log_fail(err, "cannot %s (%s)", what, path);
	return TOOL_FAILED;
}

static int kernel_write(const char *path, const char *text, const char *what)
{
	int err = file_write(path, text);

	return err ? kernel_failed(err, what, path) : TOOL_OK;
}

static int set_self(unsigned int self)
{
	unsigned int old;
	char text[16];
	int code = TOOL_OK;
	int err = node_self(&old);

	if (err)
		return tool_no_cluster(err);
	if (old == self)
		return TOOL_OK;
	if (old)
		code = kernel_write("/proc/hpc/admin/mospe", "0\n", "give up the old node id");
	snprintf(text, sizeof(text), "%u\n", self);
	return code ? code : kernel_write("/proc/hpc/admin/mospe", text, "set the node id");
}

static int set_gateways(const char *gateways)
{
	int err = file_writef("/proc/hpc/admin/gateways", "%s\n", gateways);

	if (err != -ENOENT || file_exists("/proc/hpc"))
		return err ? kernel_failed(err, "set the gateways", "/proc/hpc/admin/gateways") : TOOL_OK;
	log_error("-g is not supported: this kernel was built without \"Complex network topology\"");
	return TOOL_UNSUPPORTED;
}

static void warn_aliases(const struct map *map)
{
	size_t i;

	for (i = 0; i < map->count; i++)
		if (map->entry[i].alias)
			log_warn("node %u: further addresses are ignored, the kernel uses one",
				 map->entry[i].id);
}

static int write_map(const struct request *request)
{
	unsigned int self = request->self;
	struct map map;
	char *table;
	int code = read_map(request->file, &map);

	if (code)
		return code;
	code = check_self(&map, &self);
	table = format_table(&map);
	if (!table) {
		log_fail(ENOMEM, "cannot build the table");
		code = TOOL_FAILED;
	}
	if (!code && request->action == WRITE) {
		warn_aliases(&map);
		code = kernel_write("/proc/hpc/config", table, "set the table of nodes");
		if (!code && request->gateways)
			code = set_gateways(request->gateways);
		if (!code)
			code = set_self(self);
	}
	free(table);
	map_free(&map);
	return code;
}

static int print_map(FILE *out)
{
	struct node_list list;
	size_t i;
	int err = node_list_read(&list);

	if (err)
		return tool_no_cluster(err);
	for (i = 0; i < list.count; i++)
		if (list.node[i].in_table)
			fprintf(out, "%u %s 1\n", list.node[i].id, list.node[i].addr);
	node_list_free(&list);
	return TOOL_OK;
}

static int read_back(const struct request *request)
{
	FILE *out = stdout;
	int code;

	if (file_exists("/proc/hpc"))
		return tool_no_cluster(-ENOENT);
	if (request->file && strcmp(request->file, "-"))
		out = fopen(request->file, "we");
	if (!out) {
		log_fail(errno, "cannot write %s", request->file);
		return TOOL_FAILED;
	}
	code = print_map(out);
	if (out != stdout && fclose(out)) {
		log_fail(errno, "cannot write %s", request->file);
		code = TOOL_FAILED;
	}
	return code;
}

static int leave(void)
{
	int code = kernel_write("/proc/hpc/admin/mospe", "0\n", "leave the cluster");

	return code ? code : kernel_write("/proc/hpc/config", "\n", "empty the table of nodes");
}

static const struct tool_option options[] = {
	{ 'w', NULL, "give the kernel the nodes of the map, and its own id" },
	{ 'W', NULL, "the same" },
	{ 'c', NULL, "only check the map" },
	{ 'r', NULL, "print the kernel's table as a map" },
	{ 'f', "FILE", "the map; - is the standard stream; default " MAP_PATH },
	{ 'p', "ID", "this node's id; default: the node with an address of this machine" },
	{ 'g', "N", "gateways that may be between a process and its home, 0 to 2; with -w" },
	{ 'n', "NET", NULL },
	{ 0 }
};

static int set_action(struct request *request, enum action action)
{
	/* "-w -c" is -c, as in openMosix */
	if (request->action == NOTHING || (request->action == WRITE && action == CHECK))
		request->action = action;
	else if (request->action != action && !(request->action == CHECK && action == WRITE))
		return -EINVAL;
	return 0;
}

static int apply_option(const struct tool *tool, struct request *request, int letter)
{
	int err = 0;

	switch (letter) {
	case 'w':
	case 'W':
		err = set_action(request, WRITE);
		break;
	case 'c':
		err = set_action(request, CHECK);
		break;
	case 'r':
		err = set_action(request, READ);
		break;
	case 'f':
		request->file = optarg;
		break;
	case 'p':
		if (parse_id(optarg, &request->self))
			return tool_wrong(tool, "'%s' is no node id: a number from 1 to 65535",
					  optarg);
		break;
	case 'g':
		request->gateways = optarg;
		if (strlen(optarg) != 1 || !strchr("012", optarg[0]))
			return tool_wrong(tool, "-g: 0, 1 or 2 gateways, not '%s'", optarg);
		break;
	case 'n':
		log_error("-n is not supported: the table says which address of this node is used");
		return TOOL_UNSUPPORTED;
	}
	return err ? tool_wrong(tool, "-w, -r and -c exclude each other") : TOOL_OK;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct request request = { .action = NOTHING };
	int letter;
	int code;

	if (argc == 2 && !strcmp(argv[1], "-off"))
		return leave();
	while ((letter = tool_getopt(tool, argc, argv)) != -1) {
		code = apply_option(tool, &request, letter);
		if (code)
			return code;
	}
	if (optind < argc)
		return tool_wrong(tool, "'%s' is not understood", argv[optind]);
	switch (request.action) {
	case WRITE:
	case CHECK:
		return write_map(&request);
	case READ:
		return read_back(&request);
	case NOTHING:
		break;
	}
	return tool_wrong(tool, "one of -w, -r, -c and -off is needed");
}

static void more_help(void)
{
	puts("  -off           leave the cluster: id 0, no nodes\n"
	     "\nA map has lines 'ID ADDRESS COUNT' (COUNT nodes with successive ids and\n"
	     "addresses) and 'ID ADDRESS ALIAS'. Not supported: -n.");
}

const struct tool tool_setpe = {
	.name = "setpe",
	.synopsis = "{-w [-c] [-p ID] [-g N] | -r | -off} [-f FILE]",
	.summary = "Set or show the kernel's table of nodes by hand.",
	.options = options,
	.more_help = more_help,
	.run = run,
	.bad_usage = TOOL_USAGE,
};
