// SPDX-License-Identifier: GPL-2.0
/*
 * Where a frame goes: to the port that its destination was learned on, else to
 * all. Pairs of ports can be cut, in one direction or in both, at once or when
 * a number of frames of the migration protocol have passed ("trip").
 */
#include "forward.h"

#include <string.h>

#include "frame.h"
#include "port.h"

static uint8_t cut[PORT_MAX][PORT_MAX / 8];	/* [from], bit to */

static struct {
	int a, b;
	unsigned int left;	/* 0: not armed, or tripped */
} trip;

static bool is_cut(int from, int to)
{
	return cut[from][to / 8] & 1 << to % 8;
}

void forward_block(int from, int to, bool blocked)
{
	if (blocked)
		cut[from][to / 8] |= 1 << to % 8;
	else
		cut[from][to / 8] &= ~(1 << to % 8);
}

void forward_heal(void)
{
	memset(cut, 0, sizeof(cut));
	trip.left = 0;
}

/* The pair is cut just before the frame number messages (from 1) passes. */
void forward_trip(int a, int b, unsigned int messages)
{
	trip.a = a;
	trip.b = b;
	trip.left = messages;
}

unsigned int forward_trip_left(void)
{
	return trip.left;
}

static void count_trip(int from, int to, const uint8_t *frame, unsigned int len)
{
	if (!trip.left || !frame_is_migration(frame, len))
		return;
	if ((from != trip.a || to != trip.b) && (from != trip.b || to != trip.a))
		return;
	if (--trip.left)
		return;
	forward_block(trip.a, trip.b, true);
	forward_block(trip.b, trip.a, true);
}

static void pass(struct port *from, struct port *to, const uint8_t *frame, unsigned int len)
{
	count_trip(from->index, to->index, frame, len);
	if (is_cut(from->index, to->index)) {
		to->dropped++;
		return;
	}
	port_send(to, frame, len);
}

void forward_frame(struct port *from, const uint8_t *frame, unsigned int len)
{
	int to, i;

	if (len < FRAME_MIN)
		return;
	from->rx++;
	if (from->down) {
		from->dropped++;
		return;
	}
	fdb_learn(frame + MAC_LEN, from->index);
	to = frame_is_group(frame) ? -1 : fdb_lookup(frame);
	if (to >= 0) {
		if (to != from->index && ports[to])
			pass(from, ports[to], frame, len);
		return;
	}
	for (i = 0; i < PORT_MAX; i++)
		if (ports[i] && ports[i] != from)
			pass(from, ports[i], frame, len);
}
