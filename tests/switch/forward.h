/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWITCH_FORWARD_H
#define SWITCH_FORWARD_H

#include <stdbool.h>
#include <stdint.h>

struct port;

void forward_frame(struct port *from, const uint8_t *frame, unsigned int len);
void forward_block(int from, int to, bool blocked);
void forward_heal(void);
void forward_trip(int a, int b, unsigned int messages);
unsigned int forward_trip_left(void);

#endif
