/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_VACATE_H
#define TESSERA_VACATE_H

#include <stdbool.h>
#include <sys/types.h>

/* A helper process that clears this node of what hangs on its id. */
struct vacate {
	pid_t pid;		/* 0 = none runs */
	int fd;			/* readable when it has ended; -1 = none */
};

void vacate_init(struct vacate *v);
/* 0 or -errno. One that runs already goes on. */
int vacate_start(struct vacate *v);
/* To be called when fd is readable. True: it has ended. */
bool vacate_ended(struct vacate *v);
/* Ends it, whatever it does. */
void vacate_stop(struct vacate *v);

#endif
