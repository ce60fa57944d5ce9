// SPDX-License-Identifier: GPL-2.0
/*
 * test-agent: runs commands for the test host inside a machine. It is put into
 * the initramfs by the tests only, started by /init in the background, or as
 * process 1 (rdinit=/sbin/test-agent) where a test wants nothing else to run.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "channel.h"
#include "command.h"

static void mount_all(void)
{
	static const char *const fs[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
		{ "tmpfs", "/tmp" }, { "tmpfs", "/run" }, { "devpts", "/dev/pts" },
	};
	size_t i;

	for (i = 0; i < sizeof(fs) / sizeof(fs[0]); i++) {
		mkdir(fs[i][1], 0755);
		mount(fs[i][0], fs[i][1], fs[i][0], 0, NULL);
	}
}

/* As process 1: the standard descriptors, and the mounts if nobody made them. */
static void become_init(void)
{
	int fd;

	if (access("/proc/self", F_OK))
		mount_all();
	fd = open("/dev/console", O_RDWR | O_NOCTTY);
	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < STDERR_FILENO)
		fd = dup(fd);
}

static void on_child(int sig)
{
	(void)sig;
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		command_reaped(pid, status);
}

static void dispatch(const struct wire_head *head, const uint8_t *data)
{
	switch (head->type) {
	case WIRE_RUN:
		command_run(head->id, data, head->len);
		break;
	case WIRE_IN:
		command_input(head->id, data, head->len);
		break;
	case WIRE_KILL:
		command_kill(head->id, data, head->len);
		break;
	}
}

static void say_hello(int channel)
{
	struct utsname u;
	char text[256];

	uname(&u);
	snprintf(text, sizeof(text), "%.60s %.60s pid %d", u.release, u.machine, getpid());
	channel_send(channel, WIRE_HELLO, 0, text, strlen(text));
}

/* SIGCHLD is blocked but in ppoll(), so that none is lost. */
static void serve(int channel)
{
	struct pollfd fds[1 + 2 * COMMAND_MAX];
	struct timespec ts;
	struct wire_head head;
	const uint8_t *data;
	sigset_t open_mask;
	int n, wait;

	sigemptyset(&open_mask);
	for (;;) {
		reap();
		fds[0] = (struct pollfd){ .fd = channel, .events = POLLIN };
		n = command_poll_fill(fds + 1);
		wait = command_wait_ms();
		ts.tv_sec = wait / 1000;
		ts.tv_nsec = wait % 1000 * 1000000L;
		if (ppoll(fds, n + 1, &ts, &open_mask) < 0)
			continue;
		command_poll_done(fds + 1, n);
		if (!fds[0].revents)
			continue;
		while ((data = channel_receive(channel, &head)))
			dispatch(&head, data);
	}
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_child };
	sigset_t block;
	int channel;

	if (getpid() == 1)
		become_init();
	else if (!getppid() || setsid() < 0)
		setpgid(0, 0);
	sigaction(SIGCHLD, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, NULL);
	channel = channel_open();
	command_init(channel);
	say_hello(channel);
	serve(channel);
	return 0;
}
