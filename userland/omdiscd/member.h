/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_MEMBER_H
#define TESSERA_MEMBER_H

#include "omdiscd/link.h"
#include "omdiscd/packet.h"
#include "omdiscd/report.h"

#define MEMBER_PATHS		8
#define MEMBER_PATH_OPEN_MS	1500	/* so long after the first a better path is still taken */

/* One way between this node and another: a pair of addresses on one link. */
struct path {
	struct addr peer;
	struct addr local;
	unsigned int ifindex;
};

struct member_path {
	struct path path;
	bool heard;		/* something came this way, and nothing speaks against it since */
};

/* What the daemon knows of a node beside swim's record, of which it has a copy. */
struct member {
	uint32_t number;	/* swim's */
	uint64_t key, session;
	unsigned int id;
	enum node_state state;
	bool settled;		/* the id is claimed, not only wanted */
	bool cut;		/* it restarted unseen: old links to it must be cut */
	bool in_kernel;		/* the kernel's table has its id and address */
	bool noted;		/* that it has joined was said */
	uint64_t changed_ms;	/* of the state */
	struct about about;
	struct cluster_load load;
	uint64_t load_ms;	/* when that was true, 0 = it was never heard */
	bool load_new;		/* the kernel has not been told */
	size_t paths;
	size_t current;		/* the path that is used */
	uint64_t open_ms;	/* until then a better path may be chosen, 0 = none was heard yet */
	struct member_path path[MEMBER_PATHS];
};

/* By swim's numbers, with holes. */
struct member_table {
	uint32_t room;
	struct member **member;
};

/* The member of this number, made when it is not there; NULL without memory. */
struct member *member_at(struct member_table *table, uint32_t number);
void member_forget(struct member_table *table, uint32_t number);
void member_table_free(struct member_table *table);
/* To go through all: the first one from *at on, which is moved behind it; NULL at the end. */
struct member *member_next(const struct member_table *table, uint32_t *at);

/* Alive or suspect: it counts as being there. */
bool member_is_up(const struct member *m);
/* Up, and its id is claimed. */
bool member_is_settled(const struct member *m);
/* The first that is settled under this id, NULL = none. */
struct member *member_with_id(const struct member_table *table, unsigned int id);

/* Links or addresses are others: the ways there are now. only: of a map, the one address; or NULL. */
void member_path_list(struct member *m, const struct link_list *links, const struct addr *only);
/* Something came this way; true when another path is used now. */
bool member_path_heard(struct member *m, const struct path *path, uint64_t now_ms);
/* The path in use does not work; true when another one is used now. */
bool member_path_failed(struct member *m, uint64_t now_ms);
/* Has any of them been heard? Else it is best to try all. */
bool member_path_any(const struct member *m);
const struct path *member_path(const struct member *m);

#endif
