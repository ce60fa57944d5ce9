// SPDX-License-Identifier: GPL-2.0
/*
 * Before a node gives up an id that its kernel uses, its processes come home and its guests leave:
 * all links carry the id. Both writes return only when that is done, so a child makes them; if it
 * takes too long, what is still away is lost with the links.
 */
#include "omdiscd/vacate.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/file.h"

#define LIMIT_S	30

void vacate_init(struct vacate *v)
{
	*v = (struct vacate) { .fd = -1 };
}

static void clear_up(void)
{
	sigset_t all;

	/* the daemon's signals are blocked for its signalfd */
	sigfillset(&all);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	signal(SIGALRM, SIG_DFL);
	alarm(LIMIT_S);
	file_write("/proc/hpc/admin/bring", "1\n");
	file_write("/proc/hpc/admin/expel", "1\n");
	_exit(0);
}

int vacate_start(struct vacate *v)
{
	int err;

	if (v->pid)
		return 0;
	v->pid = fork();
	if (!v->pid)
		clear_up();
	if (v->pid < 0) {
		err = -errno;
		vacate_init(v);
		return err;
	}
	v->fd = syscall(SYS_pidfd_open, v->pid, 0);
	if (v->fd >= 0)
		return 0;
	err = -errno;
	vacate_stop(v);
	return err;
}

bool vacate_ended(struct vacate *v)
{
	if (!v->pid || waitpid(v->pid, NULL, WNOHANG) != v->pid)
		return false;
	close(v->fd);
	vacate_init(v);
	return true;
}

void vacate_stop(struct vacate *v)
{
	if (!v->pid)
		return;
	kill(v->pid, SIGKILL);
	waitpid(v->pid, NULL, 0);
	if (v->fd >= 0)
		close(v->fd);
	vacate_init(v);
}
