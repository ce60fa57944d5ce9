/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_EVENT_H
#define TESSERA_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum event_kind {
	EVENT_TICK,	/* a node's second */
	EVENT_DONE,	/* the first job of a node is done, if version is still the node's */
	EVENT_LANDED,	/* a job arrives where it was sent */
	EVENT_ARRIVAL,	/* the next job of an arrival line starts */
	EVENT_SCRIPT,	/* a line of the scenario is due */
	EVENT_PACKET,	/* a message arrives */
	EVENT_GOSSIP,	/* membership of a node has something to do */
	EVENT_SAMPLE,	/* figures for the plot */
};

struct event {
	double time;		/* s */
	uint64_t order;		/* of two at the same time the first planned comes first */
	enum event_kind kind;
	uint32_t index;		/* node, job, arrival or script line */
	uint32_t version;
};

struct event_queue {
	size_t count, room;
	uint64_t order;
	struct event *event;	/* a heap */
};

/* Ends the program when there is no memory. */
void event_add(struct event_queue *q, double time, enum event_kind kind, uint32_t index,
	       uint32_t version);
bool event_next(struct event_queue *q, struct event *out);

#endif
