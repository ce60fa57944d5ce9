/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The protocol between tests/lib/agent.py and test-agent: frames with a fixed
 * head, little-endian, in both directions of one byte stream. A command is
 * known by an id that the host chooses.
 */
#ifndef AGENT_WIRE_H
#define AGENT_WIRE_H

#include <stdint.h>

enum {
	WIRE_MAGIC = 0x5453,	/* "ST" */
	WIRE_MAX = 65536,
};

enum wire_type {
	WIRE_RUN = 1,	/* host: u32 timeout in ms, command for /bin/sh */
	WIRE_IN = 2,	/* host: bytes for its standard input; none: end of file */
	WIRE_KILL = 3,	/* host: u32 signal for its process group */
	WIRE_OUT = 4,	/* agent: bytes of its output */
	WIRE_EXIT = 5,	/* agent: struct wire_exit; the id is free again */
	WIRE_HELLO = 6,	/* agent: uname text, once, when it is ready */
	WIRE_ACK = 7,	/* agent: u32 bytes read so far, modulo 2^32 (serial lines only) */
};

struct wire_head {
	uint16_t magic;
	uint16_t type;
	uint32_t id;
	uint32_t len;	/* of what follows, at most WIRE_MAX */
};

_Static_assert(sizeof(struct wire_head) == 12, "wire_head");

struct wire_exit {
	int32_t status;		/* exit code, or 128 + signal */
	uint32_t timed_out;
};

_Static_assert(sizeof(struct wire_exit) == 8, "wire_exit");

#endif
