/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_TARGET_H
#define TOOLS_TARGET_H

#include <sys/types.h>

/* A node as users name it: id, name, address or "home" (0); 0 or -errno, -ENXIO: no such node. */
int target_parse(const char *text, unsigned int *id);
/*
 * Moves a process of this node, or a guest, and waits until it is there, or until the guest is
 * gone; 0 or -errno.
 */
int target_move(pid_t pid, unsigned int id);
/* The same to where the policy thinks that it belongs, and says what it thinks; a TOOL_* code. */
int target_balance(pid_t pid);
/* Why a process did not go to a node, on stderr; err is what the kernel answered. */
void target_explain(pid_t pid, unsigned int id, int err);

#endif
