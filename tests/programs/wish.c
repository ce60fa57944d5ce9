// SPDX-License-Identifier: GPL-2.0
/*
 * What a shell in a small machine cannot do for the tests of placement:
 *   wish goto FILE TEXT     write TEXT to FILE, opened O_NONBLOCK; says how that went
 *   wish timer COMMAND ...  exec COMMAND with a timer on CPU time, which keeps it home
 *   wish login COMMAND ...  run COMMAND as the leader of a session with a terminal
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/time.h>
#include <sys/wait.h>

static int go(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_NONBLOCK);
	ssize_t len = (ssize_t)strlen(text);

	if (fd < 0 || write(fd, text, (size_t)len) != len) {
		printf("%s\n", strerror(errno));
		return 1;
	}
	printf("left\n");
	return 0;
}

static int run(char **argv)
{
	struct itimerval hour = { .it_value.tv_sec = 3600 };

	if (setitimer(ITIMER_PROF, &hour, NULL))
		perror("wish: setitimer");
	else if (execvp(argv[0], argv))
		perror(argv[0]);
	return 127;
}

static int login(char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), status;
	pid_t pid;

	if (master < 0 || grantpt(master) || unlockpt(master)) {
		perror("wish: pty");
		return 1;
	}
	pid = fork();
	if (!pid) {
		/* The first terminal that a leader opens is its session's. */
		if (setsid() < 0 || open(ptsname(master), O_RDWR) < 0)
			perror("wish: session");
		else if (execvp(argv[0], argv))
			perror(argv[0]);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status ? 0 : 1;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "goto"))
		return go(argv[2], argv[3]);
	if (argc >= 3 && !strcmp(argv[1], "timer"))
		return run(argv + 2);
	if (argc >= 3 && !strcmp(argv[1], "login"))
		return login(argv + 2);
	fprintf(stderr, "usage: wish goto FILE TEXT | wish timer COMMAND ... | wish login COMMAND ...\n");
	return 2;
}
