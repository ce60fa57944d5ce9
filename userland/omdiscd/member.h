/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MEMBER_H
#define TESSERA_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/addr.h"
#include "lib/node.h"
#include "omdiscd/packet.h"
#include "omdiscd/replay.h"

#define MEMBERS_MAX	1024
#define MEMBER_PATHS	8

#define MEMBER_SUSPECT_MS	2500	/* silent so long: asked directly */
#define MEMBER_DEAD_MS		5000	/* and so long: dead */
#define MEMBER_FORGET_MS	(24 * 3600 * 1000)	/* dead or left: the id is kept so long */
#define MEMBER_PATH_QUIET_MS	3000	/* a silent path is given up for another */
#define MEMBER_PATH_OPEN_MS	1500	/* so long after admission a better path is still taken */

/* One way between this node and another: a pair of addresses on one link. */
struct path {
	struct addr peer;
	struct addr local;
	unsigned int ifindex;
};

struct member_path {
	struct path path;
	uint64_t heard_ms;
};

/* A machine that has proved that it is there, or did so once. */
struct member {
	struct packet last;		/* its newest news; identity and session too */
	enum node_state state;
	bool proven;			/* its present session has answered a challenge */
	bool cut;			/* it restarted unseen: old links to it must be cut */
	struct replay replay;
	uint64_t heard_ms;
	uint64_t admitted_ms;		/* of the present session */
	uint64_t changed_ms;		/* of the state */
	bool timed;			/* offset_us is valid */
	int64_t offset_us;		/* its clock minus ours */
	uint64_t offset_ms;		/* when that was measured */
	size_t paths;
	size_t current;			/* the path that is used */
	struct member_path path[MEMBER_PATHS];
};

struct member_table {
	size_t count;
	struct member *member[MEMBERS_MAX];
};

struct member *member_find(const struct member_table *table,
			   const uint8_t identity[static PACKET_IDENTITY]);
/* A fresh one (forgetting the longest gone when full); NULL when there is no room or memory. */
struct member *member_add(struct member_table *table,
			  const uint8_t identity[static PACKET_IDENTITY]);
void member_forget(struct member_table *table, struct member *m);
void member_table_free(struct member_table *table);

/* Alive or suspect: it counts as being there. */
bool member_is_up(const struct member *m);
/* Up, and its id is claimed. */
bool member_is_settled(const struct member *m);
/* The settled member that has this id (of several the one longest there); NULL = none. */
struct member *member_with_id(const struct member_table *table, unsigned int id, uint64_t now_ms);
/* How long it has been a member by now, in ms. */
uint64_t member_age(const struct member *m, uint64_t now_ms);
uint64_t member_lineage_age(const struct member *m, uint64_t now_ms);
/* What silence makes of it now. */
enum node_state member_state_at(const struct member *m, uint64_t now_ms);
/* When its state will change if it stays silent; UINT64_MAX for one that is gone. */
uint64_t member_deadline(const struct member *m);

/* The known path between these addresses, or NULL. */
struct member_path *member_path_find(struct member *m, const struct path *path);
/* Remembers a proven path, if there is room. */
void member_path_add(struct member *m, const struct path *path, uint64_t now_ms);
/* Chooses the path to use; true when it is another than before. */
bool member_path_choose(struct member *m, uint64_t now_ms);
const struct path *member_path(const struct member *m);

#endif
