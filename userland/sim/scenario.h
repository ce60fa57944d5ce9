/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_SCENARIO_H
#define TESSERA_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "policy/snapshot.h"

/* Nodes FROM..TO, numbered from 1 in the order of the node lines. */
struct range {
	unsigned int from, to;
};

struct node_line {
	unsigned int count;
	unsigned int cpus;
	unsigned int speed;	/* 10000 = standard */
	double mem;		/* bytes */
	unsigned int zone;
	bool blocked;
};

struct job_line {
	double at;		/* s */
	struct range on;	/* one after the other */
	unsigned int count;
	double every;		/* s between two, in the mean; 0 = all at once */
	double work;		/* s on a standard CPU */
	bool varied;		/* work is the mean of an exponential distribution */
	double rss, grow, max;	/* bytes, bytes/s, bytes */
	double calls;		/* for home, in a second of CPU */
	bool locked;
};

enum script_kind {
	SCRIPT_FAIL,		/* the nodes lose power */
	SCRIPT_JOIN,		/* and have it; nodes with a join line are off before */
	SCRIPT_PART,		/* the nodes talk only among themselves */
	SCRIPT_HEAL,		/* all talk with all again */
	SCRIPT_BLOCK,		/* the nodes take no guests */
	SCRIPT_UNBLOCK,
};

struct script_line {
	double at;
	enum script_kind kind;
	struct range nodes;
};

enum want_kind {
	WANT_RATIO,		/* makespan by that of perfect placement */
	WANT_MOVES,		/* per job */
	WANT_PINGPONG,		/* moves back to a node left within a minute, per job */
	WANT_LOST,		/* jobs */
	WANT_SWAP,		/* s in which a node had less memory than its processes */
	WANT_AGE,		/* s, mean age of the figures used */
	WANT_BYTES,		/* of load messages, per node and second */
	WANT_END,
};

struct scenario {
	uint64_t seed;
	double latency;		/* s, one way */
	double bandwidth;	/* bytes/s of each node's network interface */
	double loss;		/* 0..1 */
	unsigned int fanout;	/* members that are told the load each second */
	bool swim;		/* membership is simulated as well */
	double until;		/* s: what is not done by then is not waited for; 0 = no end */
	size_t node_lines, job_lines, script_lines;
	struct node_line *node;
	struct job_line *job;
	struct script_line *script;
	bool wanted[WANT_END];
	double want[WANT_END];
	struct settings_policy policy;
};

/* 0, or -errno with a sentence in error. */
int scenario_read(struct scenario *s, const char *path, char *error, size_t size);
int scenario_parse(struct scenario *s, char *text, char *error, size_t size);
void scenario_free(struct scenario *s);
unsigned int scenario_nodes(const struct scenario *s);
const char *scenario_want_name(enum want_kind kind);

#endif
