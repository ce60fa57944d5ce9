/* SPDX-License-Identifier: GPL-2.0 */
/* Signals between the halves. */
#ifndef _HPC_SIGNAL_H
#define _HPC_SIGNAL_H

#include "proto.h"

struct ksignal;

/* A signal that get_signal() gave, for the body to deliver. */
void hpc_signal_to_wire(const struct ksignal *ksig, struct hpc_wire_signal *w);

/* Block what its handler blocks, as signal_delivered() does. */
void hpc_signal_block(const struct ksignal *ksig);

/*
 * Deputy: raise the signal that the program caused on the host. -EREMOTE when it
 * would end the process, -EBADMSG when a program cannot cause it.
 */
int hpc_signal_force(const struct hpc_wire_signal *w);

/* Whether current, a deputy, is about to die of a signal that dumps core. */
bool hpc_signal_dumps(void);

#endif /* _HPC_SIGNAL_H */
