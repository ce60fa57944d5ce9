// SPDX-License-Identifier: GPL-2.0
/*
 * A pseudo terminal: modes, line editing by the kernel, window size, isatty, and a child in a
 * session of its own that gets SIGWINCH, SIGINT by ^C, and SIGHUP when the master goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include "prog.h"

static volatile sig_atomic_t caught[NSIG];

static void on_signal(int sig)
{
	caught[sig]++;
}

static void set_modes(int fd, tcflag_t lflag)
{
	struct termios mode, seen;

	CHECK_EQ(tcgetattr(fd, &mode), 0);
	mode.c_lflag = lflag;
	mode.c_oflag = 0;
	CHECK_EQ(tcsetattr(fd, TCSANOW, &mode), 0);
	CHECK_EQ(tcgetattr(fd, &seen), 0);
	CHECK_EQ(seen.c_lflag, lflag);
	CHECK(!memcmp(seen.c_cc, mode.c_cc, NCCS));
}

static void expect_text(int fd, const char *want)
{
	char text[256];
	size_t n = strlen(want);

	prog_read_all(fd, text, n);
	CHECK(!memcmp(text, want, n));
	prog_mix_bytes(text, n);
}

/* A canonical read gives exactly one line, however large the buffer. */
static void expect_line(int fd, const char *want)
{
	char text[256];
	ssize_t n = read(fd, text, sizeof(text));

	CHECK_EQ(n, strlen(want));
	CHECK(!memcmp(text, want, (size_t)n));
}

static void put_text(int fd, const char *text)
{
	prog_write_all(fd, text, strlen(text));
}

static void sizes(int master, int slave)
{
	struct winsize size = { 0 }, seen;

	for (int i = 0; i < 20; i++) {
		size.ws_row = (unsigned short)prog_below(200);
		size.ws_col = (unsigned short)prog_below(200);
		CHECK_EQ(ioctl(master, TIOCSWINSZ, &size), 0);
		CHECK_EQ(ioctl(slave, TIOCGWINSZ, &seen), 0);
		CHECK_EQ(seen.ws_row, size.ws_row);
		CHECK_EQ(seen.ws_col, size.ws_col);
		prog_mix(seen.ws_row);
	}
}

static void line_editing(int master, int slave)
{
	set_modes(slave, ICANON);
	put_text(master, "abX\177c\n");
	expect_line(slave, "abc\n");
	put_text(master, "first\nsecond\n");
	expect_line(slave, "first\n");
	expect_line(slave, "second\n");
	set_modes(slave, ICANON | ECHO);
	put_text(master, "echo\n");
	expect_text(master, "echo\n");
	expect_line(slave, "echo\n");
	set_modes(slave, 0);
	put_text(master, "r\177w");
	expect_text(slave, "r\177w");
	put_text(slave, "answer");
	expect_text(master, "answer");
}

static void hear(int sig)
{
	struct sigaction act = { .sa_handler = on_signal };

	CHECK_EQ(sigaction(sig, &act, NULL), 0);
}

static void await(int sig)
{
	sigset_t none;

	sigemptyset(&none);
	while (!caught[sig])
		sigsuspend(&none);
	CHECK_EQ(caught[sig], 1);
}

static void session_child(int slave)
{
	sigset_t all;
	struct winsize size;

	CHECK_EQ(setsid(), getpid());
	CHECK_EQ(ioctl(slave, TIOCSCTTY, 0), 0);
	CHECK_EQ(tcgetpgrp(slave), getpid());
	hear(SIGWINCH);
	hear(SIGINT);
	hear(SIGHUP);
	sigemptyset(&all);
	sigaddset(&all, SIGWINCH);
	sigaddset(&all, SIGINT);
	sigaddset(&all, SIGHUP);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &all, NULL), 0);
	put_text(slave, "1");
	await(SIGWINCH);
	CHECK_EQ(ioctl(slave, TIOCGWINSZ, &size), 0);
	CHECK_EQ(size.ws_row, 77);
	put_text(slave, "2");
	await(SIGINT);
	put_text(slave, "3");
	await(SIGHUP);
	CHECK_EQ(read(slave, &size, 1), 0);
	_exit(42);
}

static void session(int master, int slave)
{
	struct winsize size = { .ws_row = 77, .ws_col = 5 };
	pid_t pid;
	int status;

	set_modes(slave, ISIG);
	pid = prog_fork();
	if (!pid) {
		close(master);
		session_child(slave);
	}
	close(slave);
	expect_text(master, "1");
	CHECK_EQ(ioctl(master, TIOCSWINSZ, &size), 0);
	expect_text(master, "2");
	put_text(master, "\003");
	expect_text(master, "3");
	close(master);
	status = prog_reap(pid);
	CHECK(WIFEXITED(status));
	CHECK_EQ(WEXITSTATUS(status), 42);
}

static void round_terminal(void)
{
	struct winsize other = { .ws_row = 1 };
	int master, slave, null = open("/dev/null", O_RDWR);

	CHECK_EQ(openpty(&master, &slave, NULL, NULL, NULL), 0);
	CHECK(isatty(master) && isatty(slave));
	CHECK(!isatty(null));
	CHECK_EQ(errno, ENOTTY);
	close(null);
	sizes(master, slave);
	line_editing(master, slave);
	CHECK_EQ(ioctl(master, TIOCSWINSZ, &other), 0);
	session(master, slave);
}

const struct prog prog = { .name = "terminal", .variants = 4, .round = round_terminal };
