/* SPDX-License-Identifier: GPL-2.0 */
/* The handshake that opens a link. */
#ifndef _HPC_HELLO_H
#define _HPC_HELLO_H

#include "proto.h"

struct hpc_link;

/*
 * Opener: greet node link->peer, prove the key, check that it fits. With
 * @leaving set, what runs here must also run there.
 */
int hpc_hello_open(struct hpc_link *link, bool leaving);

/* Listener: the same from the other side; sets link->peer. Refuses by itself. */
int hpc_hello_accept(struct hpc_link *link);

/* Tell the peer why not. */
void hpc_hello_refuse(struct hpc_link *link, int error);

int hpc_hello_setup(void);

#endif /* _HPC_HELLO_H */
