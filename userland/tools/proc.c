// SPDX-License-Identifier: GPL-2.0
/*
 * One process as /proc/PID/{stat,cmdline} tell it, for mps and mosmon. What
 * comes from a command line is made printable here, because it is shown on
 * terminals.
 */
#include "tools/proc.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include "lib/file.h"
#include "lib/parse.h"

#define FLAG_KTHREAD 0x00200000	/* PF_KTHREAD, field 9 of stat */

/* The command name may hold anything, so the fields count from the last ')'. */
static int parse_stat(char *text, struct proc *proc, char comm[64])
{
	char *open = strchr(text, '(');
	char *close = strrchr(text, ')');
	unsigned long long utime, stime, start;
	unsigned int flags;

	if (!open || !close || close < open)
		return -EINVAL;
	*close = '\0';
	snprintf(comm, 64, "%s", open + 1);
	if (sscanf(close + 1,
		   " %c %*d %d %d %*d %d %u %*u %*u %*u %*u %llu %llu %*d %*d %*d %ld %u %*d %llu",
		   &proc->state, &proc->group, &proc->session, &proc->terminal_group,
		   &flags, &utime, &stime, &proc->nice, &proc->threads, &start) != 10)
		return -EINVAL;
	proc->ticks = utime + stime;
	proc->start = start;
	proc->kernel_thread = flags & FLAG_KTHREAD;
	return 0;
}

static void make_printable(char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
		else if (!isprint((unsigned char)text[i]))
			text[i] = '?';
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
}

static void read_command(struct proc *proc, const char *comm)
{
	int len = file_readf(proc->cmd, sizeof(proc->cmd), "/proc/%d/cmdline", proc->pid);

	if (len == -E2BIG)
		len = sizeof(proc->cmd) - 1;
	if (len > 0) {
		make_printable(proc->cmd, len);
		if (proc->cmd[0])
			return;
	}
	snprintf(proc->cmd, sizeof(proc->cmd), "[%s]", comm);
	make_printable(proc->cmd, strlen(proc->cmd));
}

int proc_read(pid_t pid, struct proc *proc)
{
	char text[1024];
	char comm[64];
	int err;

	memset(proc, 0, sizeof(*proc));
	proc->pid = pid;
	err = file_readf(text, sizeof(text), "/proc/%d/stat", pid);
	if (err < 0)
		return err == -ENOENT ? -ESRCH : err;
	err = parse_stat(text, proc, comm);
	if (err)
		return err;
	read_command(proc, comm);
	return 0;
}

bool proc_is_guest(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/hpc/remote/%d", pid);
	return !file_exists(path);
}

void proc_state_text(const struct proc *proc, char out[static 8])
{
	size_t n = 0;

	out[n++] = proc->state;
	if (proc->nice)
		out[n++] = proc->nice < 0 ? '<' : 'N';
	if (proc->session == proc->pid)
		out[n++] = 's';
	if (proc->threads > 1)
		out[n++] = 'l';
	if (proc->terminal_group == proc->group && proc->terminal_group > 0)
		out[n++] = '+';
	out[n] = '\0';
}

/* Reads the file itself: a static program cannot load the resolver's modules. */
static struct passwd *next_user(FILE *file, const char *name, uid_t uid)
{
	struct passwd *user;

	while ((user = fgetpwent(file)))
		if (name ? !strcmp(user->pw_name, name) : user->pw_uid == uid)
			return user;
	return NULL;
}

static FILE *open_users(void)
{
	char path[PATH_MAX];

	return file_path(path, sizeof(path), "/etc/passwd") ? NULL : fopen(path, "re");
}

const char *proc_user(uid_t uid, char out[static 33])
{
	FILE *file = open_users();
	struct passwd *user = file ? next_user(file, NULL, uid) : NULL;

	if (user)
		snprintf(out, 33, "%.32s", user->pw_name);
	else
		snprintf(out, 33, "%u", uid);
	if (file)
		fclose(file);
	return out;
}

int proc_uid(const char *name, uid_t *uid)
{
	FILE *file = open_users();
	struct passwd *user = file ? next_user(file, name, 0) : NULL;
	uint32_t number;

	if (file)
		fclose(file);
	if (!user && parse_u32(name, &number))
		return -ENOENT;
	*uid = user ? user->pw_uid : number;
	return 0;
}
