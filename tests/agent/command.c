// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that the host runs: each one a /bin/sh -c in a session of its own,
 * output and errors in one pipe. When it has ended, what is left in the pipe is
 * sent, then its status; what it left behind runs on. One that is over its
 * time is killed with its process group.
 *
 * The agent may have been started from an initramfs that is gone by now: a
 * command starts in the root of process 1, whatever that is.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"

struct command {
	bool used;
	uint32_t id;
	pid_t pid;
	int out, in;		/* our ends of its pipes; in: -1 when closed */
	uint8_t *input;		/* not yet written to in */
	size_t input_len;
	bool input_end;
	uint64_t deadline;	/* ms */
	bool timed_out;
};

static struct command commands[COMMAND_MAX];
static int channel;
static int proc_fd;

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

void command_init(int channel_fd)
{
	channel = channel_fd;
	proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct command *find(uint32_t id)
{
	int i;

	for (i = 0; i < COMMAND_MAX; i++)
		if (commands[i].used && commands[i].id == id)
			return &commands[i];
	return NULL;
}

static void send_exit(uint32_t id, int32_t status, bool timed_out)
{
	struct wire_exit e = { .status = status, .timed_out = timed_out };

	channel_send(channel, WIRE_EXIT, id, &e, sizeof(e));
}

static void enter_root(void)
{
	if (proc_fd < 0 || fchdir(proc_fd) || chroot("1/root"))
		return;
	if (chdir("/root") && chdir("/"))
		_exit(126);
}

static void exec_shell(const char *text, int in, int out)
{
	static char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/test",
		"HOME=/root", "USER=root", "TERM=linux", "LC_ALL=C", NULL
	};
	char *argv[] = { "sh", "-c", (char *)text, NULL };
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	enter_root();
	execve("/bin/sh", argv, env);
	_exit(127);
}

static pid_t start(struct command *c, const char *text)
{
	int in[2], out[2];
	pid_t pid;

	if (pipe2(in, O_CLOEXEC))
		return -1;
	if (pipe2(out, O_CLOEXEC)) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	pid = fork();
	if (!pid)
		exec_shell(text, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	c->in = in[1];
	c->out = out[0];
	if (pid < 0) {
		close(in[1]);
		close(out[0]);
	}
	return pid;
}

void command_run(uint32_t id, const uint8_t *data, size_t len)
{
	struct command *c = commands;
	uint32_t timeout;
	char *text;

	while (c < commands + COMMAND_MAX && c->used)
		c++;
	if (len < sizeof(timeout) || c == commands + COMMAND_MAX || find(id)) {
		send_exit(id, 126, false);
		return;
	}
	memcpy(&timeout, data, sizeof(timeout));
	memset(c, 0, sizeof(*c));
	text = strndup((const char *)data + sizeof(timeout), len - sizeof(timeout));
	c->pid = text ? start(c, text) : -1;
	free(text);
	if (c->pid < 0) {
		send_exit(id, 126, false);
		return;
	}
	c->used = true;
	c->id = id;
	c->deadline = now_ms() + timeout;
}

/* Bytes for the command's input; none means end of file. */
void command_input(uint32_t id, const uint8_t *data, size_t len)
{
	struct command *c = find(id);
	uint8_t *bigger;

	if (!c || c->in < 0)
		return;
	if (!len) {
		c->input_end = true;
		return;
	}
	bigger = realloc(c->input, c->input_len + len);
	if (!bigger)
		return;
	memcpy(bigger + c->input_len, data, len);
	c->input = bigger;
	c->input_len += len;
}

void command_kill(uint32_t id, const uint8_t *data, size_t len)
{
	struct command *c = find(id);
	uint32_t sig;

	if (!c || len < sizeof(sig))
		return;
	memcpy(&sig, data, sizeof(sig));
	kill(-c->pid, sig);
}

static void close_input(struct command *c)
{
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
	free(c->input);
	c->input = NULL;
	c->input_len = 0;
}

static void feed(struct command *c)
{
	ssize_t n;

	if (c->input_len) {
		n = write(c->in, c->input, c->input_len);
		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			close_input(c);
			return;
		}
		if (n > 0) {
			c->input_len -= n;
			memmove(c->input, c->input + n, c->input_len);
		}
	}
	if (!c->input_len && c->input_end)
		close_input(c);
}

/* Sends what the pipe holds; false at its end. */
static bool drain(struct command *c, bool all)
{
	static uint8_t buf[32768];
	ssize_t n;

	do {
		n = read(c->out, buf, sizeof(buf));
		if (n > 0)
			channel_send(channel, WIRE_OUT, c->id, buf, n);
	} while (n > 0 && all);
	return n > 0 || (n < 0 && errno == EAGAIN);
}

void command_reaped(pid_t pid, int status)
{
	struct command *c = commands;

	while (c < commands + COMMAND_MAX && !(c->used && c->pid == pid))
		c++;
	if (c == commands + COMMAND_MAX)
		return;
	if (c->out >= 0) {
		drain(c, true);
		close(c->out);
	}
	close_input(c);
	send_exit(c->id, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
		  c->timed_out);
	c->used = false;
}

/* Two entries a command, in the order of the table; returns how many. */
int command_poll_fill(struct pollfd *fds)
{
	struct command *c;
	bool feeding;

	for (c = commands; c < commands + COMMAND_MAX; c++) {
		feeding = c->used && c->in >= 0 && (c->input_len || c->input_end);
		*fds++ = (struct pollfd){ .fd = c->used ? c->out : -1, .events = POLLIN };
		*fds++ = (struct pollfd){ .fd = feeding ? c->in : -1, .events = POLLOUT };
	}
	return 2 * COMMAND_MAX;
}

void command_poll_done(const struct pollfd *fds, int count)
{
	uint64_t now = now_ms();
	struct command *c;
	int i;

	for (i = 0; i < count; i += 2) {
		c = &commands[i / 2];
		if (!c->used)
			continue;
		if (fds[i].revents && !drain(c, false)) {
			close(c->out);
			c->out = -1;
		}
		if (fds[i + 1].revents)
			feed(c);
		if (now >= c->deadline && !c->timed_out) {
			c->timed_out = true;
			kill(-c->pid, SIGKILL);
		}
	}
}

/* Time to the next deadline, for poll(). */
int command_wait_ms(void)
{
	uint64_t now = now_ms(), left, wait = 3600000;
	struct command *c;

	for (c = commands; c < commands + COMMAND_MAX; c++) {
		if (!c->used || c->timed_out)
			continue;
		left = c->deadline > now ? c->deadline - now : 0;
		wait = left < wait ? left : wait;
	}
	return wait;
}
