// SPDX-License-Identifier: GPL-2.0
/*
 * The jobs of mosmon: a write to /proc that moves a process returns only when
 * the process is there, so a child makes it and sends one line back.
 */
#include "tools/mosmon_job.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/log.h"
#include "tools/refuge.h"
#include "tools/target.h"

void job_init(struct job *job)
{
	job->pid = 0;
	job->fd = -1;
}

/* Returns twice, as fork() does: 0 in the child, with the way to the parent in *out. */
static int fork_job(struct job *job, int *out)
{
	int pipes[2];
	pid_t pid;

	if (job->pid)
		return -EBUSY;
	if (pipe(pipes))
		return -errno;
	pid = fork();
	if (pid < 0) {
		close(pipes[0]);
		close(pipes[1]);
		return -errno;
	}
	if (!pid) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGHUP, SIG_DFL);
		close(pipes[0]);
		*out = pipes[1];
		return 0;
	}
	close(pipes[1]);
	job->pid = pid;
	job->fd = pipes[0];
	return pid;
}

static void send_outcome(int out, const char *what, int err, const char *why)
{
	char text[160];
	int len;

	if (err)
		len = snprintf(text, sizeof(text), "%s: %s", what, why[0] ? why : log_reason(err));
	else
		len = snprintf(text, sizeof(text), "%s: done", what);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	_exit(write(out, text, len) == len ? 0 : 1);
}

int job_migrate(struct job *job, pid_t pid, unsigned int id)
{
	char reasons[96] = "";
	char why[120] = "";
	char what[64];
	int out = -1;
	int err;
	int child = fork_job(job, &out);

	if (child)
		return child < 0 ? child : 0;
	err = target_move(pid, id);
	if (id)
		snprintf(what, sizeof(what), "move of %d to node %u", pid, id);
	else
		snprintf(what, sizeof(what), "bring %d home", pid);
	if (err == -EBUSY && away_reasons(pid, reasons, sizeof(reasons)) > 0)
		snprintf(why, sizeof(why), "it is kept here by: %s", reasons);
	send_outcome(out, what, err, why);
	return 0;
}

int job_expel(struct job *job)
{
	int out = -1;
	int err;
	int child = fork_job(job, &out);

	if (child)
		return child < 0 ? child : 0;
	err = refuge_send_all();
	send_outcome(out, "expel (guests are blocked now)", err, "");
	return 0;
}

bool job_collect(struct job *job, char *text, int size)
{
	ssize_t n = read(job->fd, text, size - 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return false;
	if (n <= 0)
		n = snprintf(text, size, "the job died without a word");
	text[n < size ? n : size - 1] = '\0';
	close(job->fd);
	while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
		;
	job_init(job);
	return true;
}

/* A move that has begun goes on in the kernel, or is undone there; nothing waits for it. */
void job_stop(struct job *job)
{
	if (!job->pid)
		return;
	kill(job->pid, SIGTERM);
	close(job->fd);
	job_init(job);
}
