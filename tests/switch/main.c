// SPDX-License-Identifier: GPL-2.0
/*
 * mos-switch: a learning Ethernet switch for machines on this host, on unix
 * sockets and without root. QEMU connects with -netdev stream, User-Mode Linux
 * with vec0:transport=bess. Used by the tests and by "build.sh demo".
 *
 *	PATH		stream ports that need no name
 *	PATH.packet	packet ports that need no name
 *	PATH.ctl	commands, see control.c
 *	PATH.NAME	a port made by the command "port NAME KIND"
 *
 * It ends with its standard input where --stdin is given (so that it never
 * outlives who started it), on SIGTERM and on SIGINT, and removes its sockets.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "loop.h"
#include "port.h"

enum {
	MAX_EVENTS = 64,
	MAX_PATHS = PORT_MAX + 8,
	STDIN_EVENT = LOOP_CLIENT + 1,
};

static int epoll_fd;
static volatile sig_atomic_t stop;
static char *paths[MAX_PATHS];
static int path_count;

static void loop_control(int op, int fd, uint32_t events, int kind, int number)
{
	struct epoll_event ev = {
		.events = events,
		.data.u64 = (uint64_t)kind << 32 | (uint32_t)number,
	};

	if (epoll_ctl(epoll_fd, op, fd, &ev)) {
		perror("mos-switch: epoll_ctl");
		exit(1);
	}
}

void loop_add(int fd, uint32_t events, enum loop_kind kind, int number)
{
	loop_control(EPOLL_CTL_ADD, fd, events, kind, number);
}

void loop_change(int fd, uint32_t events, enum loop_kind kind, int number)
{
	loop_control(EPOLL_CTL_MOD, fd, events, kind, number);
}

/* A listening socket at path, in place of what is there; or -errno. */
int loop_listen(const char *path, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(addr.sun_path) || path_count == MAX_PATHS)
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	unlink(path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 64)) {
		int err = -errno;

		close(fd);
		return err;
	}
	paths[path_count++] = strdup(path);
	return fd;
}

static void listen_at(const char *base, const char *suffix, int type, enum loop_kind kind)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s%s", base, suffix);
	fd = loop_listen(path, type);
	if (fd < 0) {
		fprintf(stderr, "mos-switch: cannot listen on %s: %s\n", path, strerror(-fd));
		exit(1);
	}
	loop_add(fd, EPOLLIN, kind, fd);
}

static void accept_unnamed(int listener, enum port_kind kind)
{
	static unsigned int counter;
	char name[PORT_NAME];
	struct port *p;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "p%u", ++counter);
	p = port_new(name, kind);
	if (!p) {
		close(fd);
		return;
	}
	port_attach(p, fd);
}

static void accept_named(int index)
{
	int fd = accept4(ports[index]->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		port_attach(ports[index], fd);
}

static void accept_client(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		loop_add(fd, EPOLLIN, LOOP_CLIENT, fd);
}

static void read_stdin(void)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) <= 0)
		stop = 1;
}

static void handle(struct epoll_event *ev)
{
	int number = (int)(uint32_t)ev->data.u64;

	switch ((int)(ev->data.u64 >> 32)) {
	case LOOP_STREAM:
		accept_unnamed(number, PORT_STREAM);
		break;
	case LOOP_PACKET:
		accept_unnamed(number, PORT_PACKET);
		break;
	case LOOP_CONTROL:
		accept_client(number);
		break;
	case LOOP_LISTEN:
		accept_named(number);
		break;
	case LOOP_PORT:
		if (ports[number] && ports[number]->fd >= 0 && ev->events & EPOLLOUT)
			port_writable(ports[number]);
		if (ports[number] && ports[number]->fd >= 0 && ev->events & ~EPOLLOUT)
			port_read(ports[number]);
		break;
	case LOOP_CLIENT:
		control_read(number);
		break;
	case STDIN_EVENT:
		read_stdin();
		break;
	}
}

static void run(void)
{
	struct epoll_event events[MAX_EVENTS];
	struct timespec ts;
	uint64_t wait;
	int i, n;

	while (!stop) {
		wait = port_run_delayed();
		port_flush_all();
		ts.tv_sec = wait / 1000000000;
		ts.tv_nsec = wait % 1000000000;
		n = epoll_pwait2(epoll_fd, events, MAX_EVENTS, wait ? &ts : NULL, NULL);
		for (i = 0; i < n; i++)
			handle(&events[i]);
		port_flush_all();
	}
}

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void usage(FILE *to)
{
	fputs("usage: mos-switch --listen PATH [--stdin]\n", to);
}

static const char *parse(int argc, char **argv, bool *with_stdin)
{
	const char *path = NULL;
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--listen") && i + 1 < argc) {
			path = argv[++i];
		} else if (!strcmp(argv[i], "--stdin")) {
			*with_stdin = true;
		} else {
			usage(!strcmp(argv[i], "--help") ? stdout : stderr);
			exit(strcmp(argv[i], "--help") ? 2 : 0);
		}
	}
	if (!path) {
		usage(stderr);
		exit(2);
	}
	return path;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	bool with_stdin = false;
	const char *path = parse(argc, argv, &with_stdin);

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0) {
		perror("mos-switch: epoll_create1");
		return 1;
	}
	control_init(path);
	listen_at(path, "", SOCK_STREAM, LOOP_STREAM);
	listen_at(path, ".packet", SOCK_SEQPACKET, LOOP_PACKET);
	listen_at(path, ".ctl", SOCK_STREAM, LOOP_CONTROL);
	if (with_stdin)
		loop_control(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, STDIN_EVENT, 0);
	run();
	while (path_count)
		unlink(paths[--path_count]);
	return 0;
}
