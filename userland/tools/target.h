/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_TARGET_H
#define TOOLS_TARGET_H

#include <sys/types.h>

/* A node as users name it: id, name, address or "home" (0); 0 or -errno, -ENXIO: no such node. */
int target_parse(const char *text, unsigned int *id);
/* Why a process did not go to a node, on stderr; err is what the kernel answered. */
void target_explain(pid_t pid, unsigned int id, int err);

#endif
