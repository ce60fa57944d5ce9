/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWITCH_FRAME_H
#define SWITCH_FRAME_H

#include <stdbool.h>
#include <stdint.h>

enum {
	FRAME_MIN = 14,
	FRAME_MAX = 65536 + 18,
	MAC_LEN = 6,
};

bool frame_is_group(const uint8_t *mac);
bool frame_is_migration(const uint8_t *frame, unsigned int len);

void fdb_learn(const uint8_t *mac, int port);
int fdb_lookup(const uint8_t *mac);
void fdb_forget_port(int port);

#endif
