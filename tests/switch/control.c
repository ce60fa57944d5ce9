// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket: one command a line, one answer: lines of result if any,
 * then "ok" or "error REASON". A command comes in one write (they are short
 * and the socket is local), several may come together.
 */
#include "control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "forward.h"
#include "loop.h"
#include "port.h"

enum {
	MAX_ARGS = 4,
	ANSWER = 128 * 1024,
};

struct command {
	const char *name;
	int args;
	const char *usage;
	const char *(*run)(char **args);
};

static const char *base;
static char answer[ANSWER];
static size_t answer_len;

void control_init(const char *path)
{
	base = path;
}

static const char *run_port(char **args)
{
	bool packet = !strcmp(args[1], "packet");
	char path[256];
	struct port *p;

	if (!packet && strcmp(args[1], "stream"))
		return "kind is neither stream nor packet";
	if (strlen(args[0]) >= PORT_NAME)
		return "name too long";
	if (port_find(args[0]))
		return "port exists";
	snprintf(path, sizeof(path), "%s.%s", base, args[0]);
	p = port_new(args[0], packet ? PORT_PACKET : PORT_STREAM);
	if (!p)
		return strerror(errno);
	p->listen_fd = loop_listen(path, packet ? SOCK_SEQPACKET : SOCK_STREAM);
	if (p->listen_fd < 0)
		return strerror(-p->listen_fd);
	loop_add(p->listen_fd, EPOLLIN, LOOP_LISTEN, p->index);
	return NULL;
}

static const char *set_down(const char *name, bool down)
{
	struct port *p = port_find(name);

	if (!p)
		return "no such port";
	p->down = down;
	return NULL;
}

static const char *run_down(char **args)
{
	return set_down(args[0], true);
}

static const char *run_up(char **args)
{
	return set_down(args[0], false);
}

static const char *set_block(char **args, bool both, bool blocked)
{
	struct port *a = port_find(args[0]), *b = port_find(args[1]);

	if (!a || !b)
		return "no such port";
	forward_block(a->index, b->index, blocked);
	if (both)
		forward_block(b->index, a->index, blocked);
	return NULL;
}

static const char *run_cut(char **args)
{
	return set_block(args, true, true);
}

static const char *run_join(char **args)
{
	return set_block(args, true, false);
}

static const char *run_block(char **args)
{
	return set_block(args, false, true);
}

static const char *run_delay(char **args)
{
	struct port *p = port_find(args[0]);

	if (!p)
		return "no such port";
	p->delay = strtoull(args[1], NULL, 10) * 1000;
	return NULL;
}

static const char *run_loss(char **args)
{
	struct port *p = port_find(args[0]);
	unsigned long ppm = strtoul(args[1], NULL, 10);

	if (!p)
		return "no such port";
	if (ppm > 1000000)
		return "more than 1000000";
	p->loss = ppm;
	return NULL;
}

static const char *run_heal(char **args)
{
	int i;

	(void)args;
	forward_heal();
	for (i = 0; i < PORT_MAX; i++) {
		if (!ports[i])
			continue;
		ports[i]->down = false;
		ports[i]->delay = 0;
		ports[i]->loss = 0;
	}
	return NULL;
}

static const char *run_trip(char **args)
{
	struct port *a = port_find(args[0]), *b = port_find(args[1]);

	if (!a || !b)
		return "no such port";
	forward_trip(a->index, b->index, strtoul(args[2], NULL, 10));
	return NULL;
}

static const char *run_stat(char **args)
{
	size_t left;
	int i;

	(void)args;
	answer_len += sprintf(answer + answer_len, "trip %u\n", forward_trip_left());
	for (i = 0; i < PORT_MAX; i++) {
		struct port *p = ports[i];

		left = ANSWER - answer_len;
		if (!p || left < 256)
			continue;
		answer_len += snprintf(answer + answer_len, left,
				       "port %s %s rx %llu tx %llu dropped %llu\n", p->name,
				       p->fd < 0 ? "empty" : "connected",
				       (unsigned long long)p->rx, (unsigned long long)p->tx,
				       (unsigned long long)p->dropped);
	}
	return NULL;
}

static const struct command commands[] = {
	{ "port", 2, "port NAME stream|packet", run_port },
	{ "down", 1, "down NAME", run_down },
	{ "up", 1, "up NAME", run_up },
	{ "cut", 2, "cut NAME NAME", run_cut },
	{ "block", 2, "block FROM TO", run_block },
	{ "join", 2, "join NAME NAME", run_join },
	{ "delay", 2, "delay NAME MICROSECONDS", run_delay },
	{ "loss", 2, "loss NAME PARTS-PER-MILLION", run_loss },
	{ "trip", 3, "trip NAME NAME MESSAGES", run_trip },
	{ "heal", 0, "heal", run_heal },
	{ "stat", 0, "stat", run_stat },
};

static const char *dispatch(char *line)
{
	char *args[MAX_ARGS + 1] = {}, *save;
	const char *name = strtok_r(line, " \t\r", &save);
	size_t i;
	int n = 0;

	while (n <= MAX_ARGS && (args[n] = strtok_r(NULL, " \t\r", &save)))
		n++;
	for (i = 0; name && i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		return n == commands[i].args ? commands[i].run(args) : commands[i].usage;
	}
	return "no such command";
}

static bool send_answer(int fd)
{
	size_t at = 0;
	ssize_t n;

	while (at < answer_len) {
		n = send(fd, answer + at, answer_len - at, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		at += n;
	}
	return true;
}

/* One read from a client: its commands, their answers. */
void control_read(int fd)
{
	char text[4096], *line, *save;
	const char *error;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n <= 0) {
		close(fd);
		return;
	}
	text[n] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		answer_len = 0;
		error = dispatch(line);
		if (error)
			answer_len = sprintf(answer, "error %s\n", error);
		else
			answer_len += sprintf(answer + answer_len, "ok\n");
		if (!send_answer(fd)) {
			close(fd);
			return;
		}
	}
}
