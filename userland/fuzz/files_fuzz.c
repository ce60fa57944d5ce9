// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzes every reader of /proc, /run and /etc, by putting the input into each of the files of a
 * tree of its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/away.h"
#include "lib/guest.h"
#include "lib/node.h"
#include "omdiscd/identity.h"
#include "omdiscd/load.h"
#include "omdiscd/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char * const directories[] = {
	"proc", "proc/9", "proc/hpc", "proc/hpc/admin", "proc/hpc/nodes", "proc/hpc/nodes/1",
	"proc/hpc/remote", "proc/hpc/remote/9", "run", "run/omdiscd", "etc", "etc/tessera", "var",
	"var/lib", "var/lib/tessera",
};

/* Links to one file, which is rewritten for each input. */
static const char * const files[] = {
	"proc/9/where", "proc/9/nmigs", "proc/9/lock", "proc/9/comm", "proc/9/cantmove", "proc/hpc/config",
	"proc/hpc/admin/mospe", "proc/hpc/admin/speed", "proc/hpc/nodes/1/load",
	"proc/hpc/nodes/1/status", "proc/hpc/remote/9/from", "proc/hpc/remote/9/identity",
	"proc/hpc/remote/9/stats", "proc/stat", "proc/loadavg", "proc/meminfo", "run/omdiscd/peers",
	"etc/tessera/key", "etc/hosts", "etc/openmosix.map", "var/lib/tessera/id",
};

static char root[64];
static int input = -1;

static void remove_tree(void)
{
	char path[256];

	close(input);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		unlink(path);
	}
	for (size_t i = sizeof(directories) / sizeof(directories[0]); i--; ) {
		snprintf(path, sizeof(path), "%s/%s", root, directories[i]);
		rmdir(path);
	}
	snprintf(path, sizeof(path), "%s/input", root);
	unlink(path);
	rmdir(root);
}

static void make_tree(void)
{
	char path[256], source[128];

	strcpy(root, "/dev/shm/tessera-fuzz-XXXXXX");
	if (!mkdtemp(root))
		abort();
	setenv("TESSERA_ROOT", root, 1);
	snprintf(source, sizeof(source), "%s/input", root);
	input = open(source, O_RDWR | O_CREAT, 0600);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, directories[i]);
		mkdir(path, 0700);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, files[i]);
		if (symlink(source, path))
			abort();
	}
	atexit(remove_tree);
}

static void read_all(void)
{
	static struct load_meter meter;
	struct cluster_load load;
	struct guest_list guests;
	struct node_list nodes;
	struct away_list away;
	struct settings s = { .cluster = "x" };
	char text[256];

	if (!node_list_read(&nodes)) {
		node_list_find(&nodes, "name");
		node_list_free(&nodes);
	}
	if (!away_list_read(&away, true))
		away_list_free(&away);
	if (!guest_list_read(&guests))
		guest_list_free(&guests);
	away_reasons(9, text, sizeof(text));
	load_read(&meter, 1, &load);
	if (identity_stored_id() > PARSE_ID_MAX)
		abort();
	settings_load(&s, text, sizeof(text));
	settings_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (input < 0)
		make_tree();
	if (ftruncate(input, 0) || pwrite(input, data, size, 0) != (ssize_t)size)
		abort();
	read_all();
	return 0;
}
