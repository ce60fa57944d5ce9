/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_JOB_H
#define TOOLS_MOSMON_JOB_H

#include <stdbool.h>
#include <sys/types.h>

/* Something that may take long, done by a child so that the screen lives on. */
struct job {
	pid_t pid;		/* 0: none is running */
	int fd;			/* its outcome comes here; -1: none */
};

void job_init(struct job *job);
/* 0, -EBUSY while another one runs, or -errno. id as in "migrate": 0 is home. */
int job_migrate(struct job *job, pid_t pid, unsigned int id);
/* Sends all guests of this node home and refuses new ones. */
int job_expel(struct job *job);
/* After fd became readable: its outcome in words; true when it ended. */
bool job_collect(struct job *job, char *text, int size);
void job_stop(struct job *job);

#endif
