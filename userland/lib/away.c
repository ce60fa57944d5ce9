// SPDX-License-Identifier: GPL-2.0
/*
 * Processes of this node and where they run, from /proc/PID/{where,nmigs,lock,goto,cantmove}.
 * Processes come and go while /proc is read: one that is gone is left out, never an error.
 */
#include "lib/away.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/file.h"
#include "lib/parse.h"

static int pid_number(pid_t pid, const char *file, uint64_t *value)
{
	char text[32];
	int n = file_readf(text, sizeof(text), "/proc/%d/%s", pid, file);

	return n < 0 ? n : parse_u64(text, value);
}

static int pid_owner(pid_t pid, uid_t *uid)
{
	char path[64], full[PATH_MAX];
	struct stat st;
	int err;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	err = file_path(full, sizeof(full), path);
	if (!err && stat(full, &st))
		err = -errno;
	if (!err)
		*uid = st.st_uid;
	return err;
}

int away_read(pid_t pid, struct away *proc)
{
	uint64_t where, value;
	int err = pid_number(pid, "where", &where);

	memset(proc, 0, sizeof(*proc));
	if (err == -ENOENT && !pid_owner(pid, &proc->uid))
		return -ENOSYS;
	if (err)
		return err == -ESRCH ? -ENOENT : err;
	proc->pid = pid;
	proc->where = where;
	err = pid_owner(pid, &proc->uid);
	if (err)
		return err;
	if (!pid_number(pid, "nmigs", &value))
		proc->nmigs = value;
	if (!pid_number(pid, "lock", &value))
		proc->lock = value;
	if (file_readf(proc->comm, sizeof(proc->comm), "/proc/%d/comm", pid) < 0)
		strcpy(proc->comm, "?");
	return 0;
}

static int list_add(struct away_list *list, const struct away *proc)
{
	struct away *grown = list->proc;

	/* grow at each power of two */
	if (!(list->count & (list->count - 1)))
		grown = reallocarray(list->proc, list->count ? 2 * list->count : 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->proc = grown;
	grown[list->count++] = *proc;
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct away *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int scan(struct away_list *list, DIR *dir, bool all)
{
	struct dirent *entry;

	while ((entry = readdir(dir))) {
		struct away proc;
		pid_t pid;
		int err;

		if (parse_pid(entry->d_name, &pid) || away_read(pid, &proc))
			continue;
		if (!all && !proc.where)
			continue;
		err = list_add(list, &proc);
		if (err)
			return err;
	}
	return 0;
}

int away_list_read(struct away_list *list, bool all)
{
	char full[PATH_MAX];
	DIR *dir;
	int err = file_path(full, sizeof(full), "/proc");

	memset(list, 0, sizeof(*list));
	if (err)
		return err;
	dir = opendir(full);
	if (!dir)
		return -errno;
	err = scan(list, dir, all);
	closedir(dir);
	if (err) {
		away_list_free(list);
		return err;
	}
	if (list->count)
		qsort(list->proc, list->count, sizeof(*list->proc), by_pid);
	return 0;
}

void away_list_free(struct away_list *list)
{
	free(list->proc);
	memset(list, 0, sizeof(*list));
}

int away_move(pid_t pid, unsigned int node)
{
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/%d/goto", pid);
	err = file_writef(path, "%u", node);
	return err == -ENOENT ? -ESRCH : err;
}

int away_reasons(pid_t pid, char *buf, size_t size)
{
	return file_readf(buf, size, "/proc/%d/cantmove", pid);
}
