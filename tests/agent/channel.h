/* SPDX-License-Identifier: GPL-2.0 */
#ifndef AGENT_CHANNEL_H
#define AGENT_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

#include "wire.h"

int channel_open(void);
void channel_send(int fd, enum wire_type type, uint32_t id, const void *data, size_t len);
const uint8_t *channel_receive(int fd, struct wire_head *head);

#endif
