/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SHARE_H
#define TESSERA_SHARE_H

#include "omdiscd/cluster.h"

/* Tells a few members the load of this node and some of what it knows of others. */
void share_send(struct cluster *c);
void share_take(struct cluster *c, const void *load, size_t len);

#endif
