/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SWITCH_PORT_H
#define SWITCH_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PORT_MAX = 1024,
	PORT_NAME = 32,
};

enum port_kind {
	PORT_STREAM,	/* QEMU: 4-byte big-endian length, then the frame */
	PORT_PACKET,	/* User-Mode Linux "bess": a packet is a frame */
};

/* A frame that waits for its time on a port with a delay. */
struct delayed {
	struct delayed *next;
	uint64_t due;	/* ns, CLOCK_MONOTONIC */
	unsigned int len;
	uint8_t data[];
};

struct port {
	int index;
	int fd;			/* -1: nobody connected */
	int listen_fd;		/* -1: an unnamed port, gone with its peer */
	enum port_kind kind;
	char name[PORT_NAME];
	bool down;
	bool dirty;		/* on the list of ports to flush */
	bool stuck;		/* peer's buffer is full: waiting for EPOLLOUT */
	uint64_t delay;		/* ns added to each frame sent to this port */
	uint32_t loss;		/* in 1e-6 of the frames sent to this port */
	uint8_t *in;
	size_t in_len;
	uint8_t *out;		/* frames, each after its 4-byte length */
	size_t out_head, out_tail;
	struct delayed *first, **last;
	uint64_t rx, tx, dropped;
};

extern struct port *ports[PORT_MAX];

struct port *port_new(const char *name, enum port_kind kind);
struct port *port_find(const char *name);
void port_attach(struct port *p, int fd);
void port_detach(struct port *p);
void port_read(struct port *p);
void port_send(struct port *p, const uint8_t *frame, unsigned int len);
void port_writable(struct port *p);
void port_flush_all(void);
uint64_t port_run_delayed(void);
uint64_t clock_ns(void);

#endif
