// SPDX-License-Identifier: GPL-2.0
/*
 * A port of the switch: one connection to one machine, its buffers, its delay
 * and its loss. What was read is handed to forward_frame(); what is sent is
 * gathered in the port's buffer and written once for each turn of the loop.
 *
 * A full buffer drops frames, as a switch does: it never stops reading from
 * one machine because another one is slow.
 */
#include "port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "forward.h"
#include "frame.h"
#include "loop.h"

enum {
	IN_SIZE = 512 * 1024,
	OUT_SIZE = 8 * 1024 * 1024,
	BATCH = 64,
	PREFIX = 4,
	PACKET_SLOT = IN_SIZE / BATCH,
	SOCKET_BUFFER = 4 * 1024 * 1024,
};

struct port *ports[PORT_MAX];

static struct port *dirty[PORT_MAX];
static unsigned int dirty_count;
static unsigned int delayed_count;
static uint64_t random_state = 88172645463325252ull;

uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void put_be32(uint8_t *p, uint32_t v)
{
	p[0] = v >> 24;
	p[1] = v >> 16;
	p[2] = v >> 8;
	p[3] = v;
}

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

/* Marsaglia's xorshift64: the same losses in each run. */
static bool unlucky(uint32_t loss)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % 1000000 < loss;
}

/* NULL with errno set where there are too many ports or no memory. */
struct port *port_new(const char *name, enum port_kind kind)
{
	struct port *p;
	int i;

	for (i = 0; i < PORT_MAX && ports[i]; i++)
		;
	if (i == PORT_MAX) {
		errno = ENOSPC;
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->in = malloc(IN_SIZE);
	p->out = malloc(OUT_SIZE);
	if (!p->in || !p->out) {
		free(p->in);
		free(p->out);
		free(p);
		return NULL;
	}
	p->index = i;
	p->fd = -1;
	p->listen_fd = -1;
	p->kind = kind;
	p->last = &p->first;
	strncpy(p->name, name, PORT_NAME - 1);
	ports[i] = p;
	return p;
}

struct port *port_find(const char *name)
{
	int i;

	for (i = 0; i < PORT_MAX; i++)
		if (ports[i] && !strcmp(ports[i]->name, name))
			return ports[i];
	return NULL;
}

/* A machine that starts again takes its port over from the one before. */
void port_attach(struct port *p, int fd)
{
	int size = SOCKET_BUFFER;

	if (p->fd >= 0)
		port_detach(p);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	p->fd = fd;
	loop_add(fd, EPOLLIN, LOOP_PORT, p->index);
}

static void drop_delayed(struct port *p)
{
	struct delayed *d;

	while ((d = p->first)) {
		p->first = d->next;
		free(d);
		delayed_count--;
	}
	p->last = &p->first;
}

static void port_free(struct port *p)
{
	unsigned int i;

	for (i = 0; i < dirty_count; i++)
		if (dirty[i] == p)
			dirty[i] = dirty[--dirty_count];
	ports[p->index] = NULL;
	free(p->in);
	free(p->out);
	free(p);
}

/* The peer is gone. A named port stays, with its faults; others are freed. */
void port_detach(struct port *p)
{
	close(p->fd);
	p->fd = -1;
	p->in_len = 0;
	p->out_head = 0;
	p->out_tail = 0;
	p->stuck = false;
	drop_delayed(p);
	fdb_forget_port(p->index);
	if (p->listen_fd < 0)
		port_free(p);
}

static void read_stream(struct port *p)
{
	size_t at = 0;
	ssize_t n;
	uint32_t len;

	n = read(p->fd, p->in + p->in_len, IN_SIZE - p->in_len);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		port_detach(p);
		return;
	}
	p->in_len += n;
	while (p->in_len - at >= PREFIX) {
		len = get_be32(p->in + at);
		if (len > FRAME_MAX) {
			port_detach(p);
			return;
		}
		if (p->in_len - at - PREFIX < len)
			break;
		forward_frame(p, p->in + at + PREFIX, len);
		at += PREFIX + len;
	}
	p->in_len -= at;
	memmove(p->in, p->in + at, p->in_len);
}

static void read_packets(struct port *p)
{
	struct mmsghdr msgs[BATCH] = {};
	struct iovec iov[BATCH];
	int i, n;

	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = p->in + i * PACKET_SLOT;
		iov[i].iov_len = PACKET_SLOT;
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(p->fd, msgs, BATCH, MSG_DONTWAIT, NULL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || !msgs[0].msg_len) {
		port_detach(p);
		return;
	}
	for (i = 0; i < n && msgs[i].msg_len; i++)
		forward_frame(p, iov[i].iov_base, msgs[i].msg_len);
}

void port_read(struct port *p)
{
	switch (p->kind) {
	case PORT_STREAM:
		read_stream(p);
		return;
	case PORT_PACKET:
		read_packets(p);
		return;
	}
}

static void enqueue(struct port *p, const uint8_t *frame, unsigned int len)
{
	if (OUT_SIZE - p->out_tail < len + PREFIX && p->out_head) {
		memmove(p->out, p->out + p->out_head, p->out_tail - p->out_head);
		p->out_tail -= p->out_head;
		p->out_head = 0;
	}
	if (OUT_SIZE - p->out_tail < len + PREFIX) {
		p->dropped++;
		return;
	}
	put_be32(p->out + p->out_tail, len);
	memcpy(p->out + p->out_tail + PREFIX, frame, len);
	p->out_tail += PREFIX + len;
	p->tx++;
	if (!p->dirty) {
		p->dirty = true;
		dirty[dirty_count++] = p;
	}
}

static void enqueue_later(struct port *p, const uint8_t *frame, unsigned int len)
{
	struct delayed *d = malloc(sizeof(*d) + len);

	if (!d) {
		p->dropped++;
		return;
	}
	d->next = NULL;
	d->due = clock_ns() + p->delay;
	d->len = len;
	memcpy(d->data, frame, len);
	*p->last = d;
	p->last = &d->next;
	delayed_count++;
}

/* Sends one frame to the machine behind p, with the faults of p. */
void port_send(struct port *p, const uint8_t *frame, unsigned int len)
{
	if (p->fd < 0)
		return;
	if (p->down || (p->loss && unlucky(p->loss))) {
		p->dropped++;
		return;
	}
	if (p->delay || p->first)
		enqueue_later(p, frame, len);
	else
		enqueue(p, frame, len);
}

/* Moves due frames to their buffers; ns until the next is due, 0 for none. */
uint64_t port_run_delayed(void)
{
	uint64_t now, next = 0;
	struct delayed *d;
	struct port *p;
	int i;

	if (!delayed_count)
		return 0;
	now = clock_ns();
	for (i = 0; i < PORT_MAX; i++) {
		p = ports[i];
		while (p && (d = p->first) && d->due <= now) {
			p->first = d->next;
			if (!p->first)
				p->last = &p->first;
			enqueue(p, d->data, d->len);
			free(d);
			delayed_count--;
		}
		if (p && p->first && (!next || p->first->due - now < next))
			next = p->first->due - now;
	}
	return next;
}

/* Bytes written from the head of the buffer, or -1 with errno. */
static ssize_t write_packets(struct port *p)
{
	struct mmsghdr msgs[BATCH] = {};
	struct iovec iov[BATCH];
	size_t at = p->out_head, done = 0;
	int count, sent, i;

	for (count = 0; count < BATCH && at < p->out_tail; count++) {
		iov[count].iov_base = p->out + at + PREFIX;
		iov[count].iov_len = get_be32(p->out + at);
		msgs[count].msg_hdr.msg_iov = &iov[count];
		msgs[count].msg_hdr.msg_iovlen = 1;
		at += PREFIX + iov[count].iov_len;
	}
	sent = sendmmsg(p->fd, msgs, count, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0)
		return -1;
	for (i = 0; i < sent; i++)
		done += PREFIX + iov[i].iov_len;
	return done;
}

static ssize_t write_some(struct port *p)
{
	switch (p->kind) {
	case PORT_STREAM:
		return send(p->fd, p->out + p->out_head, p->out_tail - p->out_head,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	case PORT_PACKET:
		return write_packets(p);
	}
	return -1;
}

static void flush(struct port *p)
{
	ssize_t n;

	while (p->out_head < p->out_tail) {
		n = write_some(p);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			/* A dead peer is noticed by the reading side. */
			if (errno == EAGAIN && !p->stuck) {
				p->stuck = true;
				loop_change(p->fd, EPOLLIN | EPOLLOUT, LOOP_PORT, p->index);
			}
			return;
		}
		p->out_head += n;
	}
	p->out_head = 0;
	p->out_tail = 0;
	if (p->stuck) {
		p->stuck = false;
		loop_change(p->fd, EPOLLIN, LOOP_PORT, p->index);
	}
}

void port_writable(struct port *p)
{
	flush(p);
}

void port_flush_all(void)
{
	unsigned int i;

	for (i = 0; i < dirty_count; i++) {
		dirty[i]->dirty = false;
		if (dirty[i]->fd >= 0)
			flush(dirty[i]);
	}
	dirty_count = 0;
}
