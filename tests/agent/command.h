/* SPDX-License-Identifier: GPL-2.0 */
#ifndef AGENT_COMMAND_H
#define AGENT_COMMAND_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { COMMAND_MAX = 64 };

void command_init(int channel);
void command_run(uint32_t id, const uint8_t *data, size_t len);
void command_input(uint32_t id, const uint8_t *data, size_t len);
void command_kill(uint32_t id, const uint8_t *data, size_t len);
void command_reaped(pid_t pid, int status);
int command_poll_fill(struct pollfd *fds);
void command_poll_done(const struct pollfd *fds, int count);
int command_wait_ms(void);

#endif
