/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_CONTROL_H
#define TOOLS_CONTROL_H

#define CONTROL_SPEED_MAX 10000000	/* a thousand standard CPUs' worth in one */

/*
 * What this node can be told to do, by writes to /proc/hpc/admin. All give a TOOL_* code and have
 * said on stderr what went wrong.
 */
int control_write(const char *file, const char *value);
/* lstay, then all processes that are away come home; returns when they are there. */
int control_bring(void);
/* block, then all guests go to better nodes or home; returns when they are gone. */
int control_expel(void);
int control_speed(const char *text);

#endif
