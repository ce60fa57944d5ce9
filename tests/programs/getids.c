// SPDX-License-Identifier: GPL-2.0
/*
 * Who the process is: pid, parent, thread, group, session, users and groups.
 * Each must be the home's answer, the same from the call, from /proc and from a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "prog.h"

struct identity {
	pid_t pid, ppid, tid, pgid, sid;
	uid_t ruid, euid, suid;
	gid_t rgid, egid, sgid;
};

static struct identity first;

static struct identity look(void)
{
	struct identity id = {
		.pid = getpid(),
		.ppid = getppid(),
		.tid = (pid_t)syscall(SYS_gettid),
		.pgid = getpgid(0),
		.sid = getsid(0),
	};

	CHECK_EQ(getresuid(&id.ruid, &id.euid, &id.suid), 0);
	CHECK_EQ(getresgid(&id.rgid, &id.egid, &id.sgid), 0);
	return id;
}

static void check_same(const struct identity *id)
{
	CHECK_EQ(id->pid, first.pid);
	CHECK_EQ(id->tid, first.pid);
	CHECK_EQ(id->ppid, first.ppid);
	CHECK_EQ(id->pgid, first.pgid);
	CHECK_EQ(id->sid, first.sid);
	CHECK_EQ(id->ruid, getuid());
	CHECK_EQ(id->euid, geteuid());
	CHECK_EQ(id->rgid, getgid());
	CHECK_EQ(id->egid, getegid());
	CHECK_EQ(id->suid, first.suid);
	CHECK_EQ(id->sgid, first.sgid);
}

static void check_proc(void)
{
	char text[512], name[32];
	int fd = open("/proc/self/stat", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	int pid, ppid, pgid, sid;
	char *rest;

	CHECK(n > 0);
	text[n] = '\0';
	close(fd);
	rest = strrchr(text, ')');
	CHECK(rest);
	CHECK_EQ(sscanf(text, "%d", &pid), 1);
	CHECK_EQ(sscanf(rest + 2, "%*c %d %d %d", &ppid, &pgid, &sid), 3);
	CHECK_EQ(pid, first.pid);
	CHECK_EQ(ppid, first.ppid);
	CHECK_EQ(pgid, first.pgid);
	CHECK_EQ(sid, first.sid);
	n = readlink("/proc/self", name, sizeof(name) - 1);
	CHECK(n > 0);
	name[n] = '\0';
	CHECK_EQ(sscanf(name, "%d", &pid), 1);
	CHECK_EQ(pid, first.pid);
}

static void check_child(void)
{
	pid_t pid = prog_fork();

	if (!pid) {
		CHECK_EQ(getppid(), first.pid);
		CHECK(getpid() != first.pid);
		CHECK_EQ(syscall(SYS_gettid), getpid());
		CHECK_EQ(getpgid(0), first.pgid);
		CHECK_EQ(setsid(), getpid());
		CHECK_EQ(getsid(0), getpid());
		CHECK_EQ(getpgrp(), getpid());
		_exit(0);
	}
	CHECK(getpgid(pid) == first.pgid || getpgid(pid) == pid);
	prog_reap_ok(pid);
	CHECK_ERRNO(getpgid(pid), ESRCH);
}

static void setup(const char *arg)
{
	first = look();
}

static void round_ids(void)
{
	for (int i = 0; i < 50; i++) {
		struct identity id = look();

		check_same(&id);
	}
	check_proc();
	check_child();
	CHECK_ERRNO(getpgid(-1), ESRCH);
	CHECK_ERRNO(setpgid(1, 1), ESRCH);
	prog_mix(first.ruid);
	prog_mix(first.egid);
	prog_mix((uint64_t)getgroups(0, NULL) < 65536);
}

const struct prog prog = { .name = "getids", .variants = 1, .setup = setup, .round = round_ids };
