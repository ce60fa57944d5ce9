// SPDX-License-Identifier: GPL-2.0
/*
 * Processes of other nodes that run here, from /proc/hpc/remote/PID/{from,identity,stats}. How
 * much their identity says depends on the kernel's disclosure level.
 */
#include "lib/guest.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/parse.h"

static void read_identity(struct guest *guest)
{
	char text[256], *comm;
	uint64_t value;

	guest->uid = (uid_t)-1;
	if (file_readf(text, sizeof(text), "/proc/hpc/remote/%d/identity", guest->pid) < 0)
		return;
	/* the name is last and may hold anything, also " uid=0": cut it off first */
	comm = strstr(text, "comm=");
	if (comm) {
		strncpy(guest->comm, comm + strlen("comm="), sizeof(guest->comm) - 1);
		*comm = '\0';
	}
	if (!parse_field(text, "pid", &value))
		guest->home_pid = value;
	if (!parse_field(text, "uid", &value))
		guest->uid = value;
}

static void read_stats(struct guest *guest)
{
	char text[256];

	if (file_readf(text, sizeof(text), "/proc/hpc/remote/%d/stats", guest->pid) < 0)
		return;
	parse_field(text, "utime", &guest->utime);
	parse_field(text, "stime", &guest->stime);
	parse_field(text, "vsize", &guest->vsize);
	parse_field(text, "rss", &guest->rss);
}

static int read_guest(pid_t pid, struct guest *guest)
{
	char text[32];
	uint64_t from;
	int n;

	memset(guest, 0, sizeof(*guest));
	guest->pid = pid;
	n = file_readf(text, sizeof(text), "/proc/hpc/remote/%d/from", pid);
	if (n < 0)
		return n;
	n = parse_u64(text, &from);
	if (n)
		return n;
	guest->from = from;
	read_identity(guest);
	read_stats(guest);
	return 0;
}

static int open_remote(DIR **dir)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), "/proc/hpc/remote");

	if (err)
		return err;
	*dir = opendir(full);
	return *dir ? 0 : -errno;
}

static int by_pid(const void *a, const void *b)
{
	const struct guest *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int scan(struct guest_list *list, DIR *dir)
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		struct guest guest, *grown;
		pid_t pid;

		if (parse_pid(entry->d_name, &pid) || read_guest(pid, &guest))
			continue;
		grown = reallocarray(list->guest, list->count + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->guest = grown;
		grown[list->count++] = guest;
	}
	return 0;
}

int guest_list_read(struct guest_list *list)
{
	DIR *dir;
	int err = open_remote(&dir);

	memset(list, 0, sizeof(*list));
	if (err)
		return err;
	err = scan(list, dir);
	closedir(dir);
	if (err) {
		guest_list_free(list);
		return err;
	}
	if (list->count)
		qsort(list->guest, list->count, sizeof(*list->guest), by_pid);
	return 0;
}

void guest_list_free(struct guest_list *list)
{
	free(list->guest);
	memset(list, 0, sizeof(*list));
}

int guest_count(void)
{
	struct dirent *entry;
	DIR *dir;
	pid_t pid;
	int count = 0;
	int err = open_remote(&dir);

	if (err)
		return err;
	while ((entry = readdir(dir)))
		count += !parse_pid(entry->d_name, &pid);
	closedir(dir);
	return count;
}

int guest_send(pid_t pid, unsigned int node)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/hpc/remote/%d/goto", pid);
	err = file_writef(path, "%u\n", node);
	return err == -ENOENT ? -ESRCH : err;
}
