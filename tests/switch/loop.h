/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWITCH_LOOP_H
#define SWITCH_LOOP_H

#include <stdint.h>

enum loop_kind {
	LOOP_STREAM,	/* unnamed listener for stream ports */
	LOOP_PACKET,	/* unnamed listener for packet ports */
	LOOP_CONTROL,	/* control listener */
	LOOP_LISTEN,	/* listener of a named port; number: port index */
	LOOP_PORT,	/* a port's connection; number: port index */
	LOOP_CLIENT,	/* control connection; number: its descriptor */
};

void loop_add(int fd, uint32_t events, enum loop_kind kind, int number);
void loop_change(int fd, uint32_t events, enum loop_kind kind, int number);
int loop_listen(const char *path, int type);

#endif
