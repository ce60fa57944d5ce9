// SPDX-License-Identifier: GPL-2.0
/*
 * Is somebody there? Keys, mouse and touch come as events of /dev/input/event*, which wake the
 * daemon at once. Who is logged in from elsewhere or by a serial line shows in the access time of
 * the terminal, which the kernel renews every 8 seconds while it is read.
 */
#include "omdiscd/presence.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/input.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/file.h"

#define INPUT		"/dev/input"
#define EVENTS		64

static void watch_fd(struct presence *p, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (fd >= 0 && epoll_ctl(p->fd, EPOLL_CTL_ADD, fd, &event))
		close(fd);
}

static void watch_device(struct presence *p, const char *name)
{
	char path[PATH_MAX], full[PATH_MAX];

	if (strncmp(name, "event", strlen("event")) || strchr(name, '/'))
		return;
	snprintf(path, sizeof(path), INPUT "/%s", name);
	if (!file_path(full, sizeof(full), path))
		watch_fd(p, open(full, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

static void watch_devices(struct presence *p)
{
	char full[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	if (file_path(full, sizeof(full), INPUT))
		return;
	p->directory = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	/* also when its mode changes: it may be made before it may be opened */
	if (p->directory >= 0 && !(inotify_add_watch(p->directory, full, IN_CREATE | IN_ATTRIB) < 0))
		watch_fd(p, p->directory);
	dir = opendir(full);
	while (dir && (entry = readdir(dir)))
		watch_device(p, entry->d_name);
	if (dir)
		closedir(dir);
}

/* The newest access to a terminal below a directory of /dev. */
static uint64_t newest_access(const char *directory, const char *prefix)
{
	uint64_t newest = 0;
	char full[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	if (file_path(full, sizeof(full), directory))
		return 0;
	dir = opendir(full);
	while (dir && (entry = readdir(dir))) {
		/* "tty" itself is whoever asks, "ptmx" is the other end */
		if (strncmp(entry->d_name, prefix, strlen(prefix)) || !entry->d_name[strlen(prefix)] ||
		    entry->d_name[0] == '.' || !strcmp(entry->d_name, "ptmx"))
			continue;
		if (!fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    (uint64_t)st.st_atim.tv_sec > newest)
			newest = st.st_atim.tv_sec;
	}
	if (dir)
		closedir(dir);
	return newest;
}

static uint64_t typed_last(void)
{
	uint64_t consoles = newest_access("/dev", "tty");
	uint64_t logins = newest_access("/dev/pts", "");

	return consoles > logins ? consoles : logins;
}

int presence_open(struct presence *p, uint64_t now_ms)
{
	*p = (struct presence) {
		.fd = epoll_create1(EPOLL_CLOEXEC),
		.directory = -1,
		.last_ms = now_ms,
		.typed = typed_last(),
	};
	if (p->fd < 0)
		return -errno;
	watch_devices(p);
	return 0;
}

void presence_close(struct presence *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static void read_directory(struct presence *p)
{
	char buf[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(p->directory, buf, sizeof(buf));

	for (char *at = buf; at < buf + n; ) {
		const struct inotify_event *event = (const struct inotify_event *)at;

		if (event->len && event->mask & IN_ATTRIB)
			watch_device(p, event->name);
		at += sizeof(*event) + event->len;
	}
}

static bool is_human(const struct input_event *event)
{
	return event->type == EV_KEY || event->type == EV_REL || event->type == EV_ABS;
}

/* Empties a device; false also when it has gone, and then it is not asked again. */
static bool read_device(struct presence *p, int fd)
{
	struct input_event events[EVENTS];
	bool human = false;
	ssize_t n;

	while ((n = read(fd, events, sizeof(events))) > 0)
		for (size_t i = 0; i < n / sizeof(events[0]); i++)
			human |= is_human(&events[i]);
	if (!n || (errno != EAGAIN && errno != EINTR)) {
		epoll_ctl(p->fd, EPOLL_CTL_DEL, fd, NULL);
		close(fd);
	}
	return human;
}

bool presence_read(struct presence *p, uint64_t now_ms)
{
	struct epoll_event ready[8];
	bool human = false;
	int n = epoll_wait(p->fd, ready, 8, 0);

	for (int i = 0; i < n; i++) {
		if (ready[i].data.fd == p->directory)
			read_directory(p);
		else
			human |= read_device(p, ready[i].data.fd);
	}
	if (human)
		p->last_ms = now_ms;
	return human;
}

bool presence_look(struct presence *p, uint64_t now_ms)
{
	uint64_t typed = typed_last();
	bool human = typed > p->typed;

	/* also when the clock was set back */
	p->typed = typed;
	if (human)
		p->last_ms = now_ms;
	return human;
}

uint64_t presence_idle(const struct presence *p, uint64_t now_ms)
{
	return now_ms > p->last_ms ? (now_ms - p->last_ms) / 1000 : 0;
}
