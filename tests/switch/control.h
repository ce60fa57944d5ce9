/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWITCH_CONTROL_H
#define SWITCH_CONTROL_H

void control_init(const char *path);
void control_read(int fd);

#endif
