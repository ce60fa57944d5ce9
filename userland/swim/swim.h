/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Membership by gossip: SWIM (Das, Gupta, Motivala 2002) with suspicion and incarnations, and
 * Lifeguard (Dadgar, Phillips, Currey 2018). A pure library: no I/O, no clock, no globals; time
 * comes in as milliseconds that never go back, chance from the seed, and what goes out goes through
 * struct swim_ops. So one process may hold thousands of nodes (the tests and the simulator do).
 *
 * Use: swim_new(); swim_start() when the first link is there; swim_receive() for each datagram;
 * swim_tick() at swim_deadline() (it is at most about a second ahead); once a second, when there is
 * something to tell, swim_send_load(). Sealing, addresses and files are the caller's affair.
 */
#ifndef TESSERA_SWIM_H
#define TESSERA_SWIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SWIM_PACKET_MAX	1168	/* fits, sealed, into the 1280 bytes that every IPv6 link carries */
#define SWIM_META_MAX	255	/* what the caller says of a node: name, addresses ... */
#define SWIM_LOAD_MAX	512
#define SWIM_BEACON_MAX	24
#define SWIM_VIA_BYTES	64
#define SWIM_MEMBERS_MAX	16384
#define SWIM_NOBODY	UINT32_MAX

enum swim_state {
	SWIM_ALIVE	= 0,
	SWIM_SUSPECT	= 1,
	SWIM_DEAD	= 2,
	SWIM_LEFT	= 3,
};

enum swim_phase {
	SWIM_WAITING,	/* swim_start() has not been called */
	SWIM_LISTENING,	/* looks for a contact */
	SWIM_CLAIMING,	/* in the cluster, its id is wanted only */
	SWIM_SETTLED,	/* its id is its own */
	SWIM_YIELDING,	/* has lost its id and is clearing up before it takes another */
	SWIM_GONE,	/* has said goodbye */
};

enum swim_counter {
	SWIM_COUNT_MALFORMED,
	SWIM_COUNT_FOREIGN,	/* another realm */
	SWIM_COUNT_REPLAYED,	/* a sequence number that was seen, or is too old */
	SWIM_COUNT_UNPROVEN,	/* from a session that has not shown that it is there now */
	SWIM_COUNT_CHALLENGES,	/* sent */
	SWIM_COUNT_PROOFS,	/* received and right */
	SWIM_COUNT_THROTTLED,
	SWIM_COUNT_JOINED,
	SWIM_COUNT_SUSPECTED,
	SWIM_COUNT_DIED,
	SWIM_COUNT_LEFT,
	SWIM_COUNT_RETURNED,
	SWIM_COUNT_REFUTED,	/* false news of our own death or suspicion */
	SWIM_COUNT_ID_CONFLICTS,
	SWIM_COUNT_PROBES,
	SWIM_COUNT_INDIRECT,	/* probes that needed help */
	SWIM_COUNT_SYNCS,
	SWIM_COUNT_END,
};

/* Where a datagram came from; opaque here, at home in the caller. */
struct swim_via {
	_Alignas(8) uint8_t bytes[SWIM_VIA_BYTES];
};

struct swim_meta {
	uint8_t len;
	uint8_t bytes[];
};

/* A node, 64 bytes: a simulated cluster of N holds N * N of them. Valid until the next call. */
struct swim_member {
	uint64_t key;		/* the machine, the same after a reboot */
	uint64_t session;	/* random, new at each start */
	struct swim_meta *meta;	/* NULL = none */
	uint32_t incarnation;	/* raised by the node itself only */
	uint32_t stamp;		/* age of the island when it claimed its id, in 0.1 s */
	uint32_t changed_s;	/* of the state */
	uint32_t slot;		/* its place among those that are up, or gone */
	uint32_t next, prev;	/* among the news */
	uint32_t replay_highest, replay_seen;
	uint16_t id;		/* wanted or claimed; 0 = none yet */
	uint8_t island;		/* number of its island in a table of known ones */
	uint8_t state;		/* enum swim_state */
	uint8_t sends;		/* how often this news was sent; SWIM_OLD = no news */
	uint8_t settled;	/* id is claimed */
	uint8_t heard;		/* it has been heard directly: replay_* are valid */
	uint8_t cut;		/* it restarted unseen; the caller may clear this */
};

#define SWIM_OLD	255

/* An island is what grew from one founder; when two meet, the younger joins the older. */
struct swim_island {
	uint64_t id;		/* random; 0 = none yet */
	uint64_t age_ms;
};

struct swim_ops {
	/* To one node: to a member (to), or back to where something came from (via). */
	void (*send)(void *ctx, const struct swim_member *to, const struct swim_via *via,
		     const void *packet, size_t len);
	/* To whoever is there: broadcast, or a few entries of a map. */
	void (*cast)(void *ctx, const void *packet, size_t len);

	/* From here on all may be NULL. */

	/* State, id, session or meta of a member (or of this node) is another than before. */
	void (*changed)(void *ctx, uint32_t member);
	/* A member is forgotten; its number will be used again. */
	void (*forgotten)(void *ctx, uint32_t member);
	/* What another node's swim_send_load() said. */
	void (*load)(void *ctx, uint32_t member, const void *load, size_t len);
	/* A few bytes that go with every packet (the daemon: the time); their number. */
	size_t (*beacon)(void *ctx, uint8_t out[static SWIM_BEACON_MAX]);
	/* A proven packet came; round_trip_ms < 0 = not an answer to something sent just before. */
	void (*heard)(void *ctx, uint32_t member, const struct swim_via *via,
		      const uint8_t *beacon, size_t len, int round_trip_ms);
	/* A member does not answer directly, but others reach it: perhaps there is another way. */
	void (*detour)(void *ctx, uint32_t member);
	/* May this record be taken? For maps, and for meta that does not parse. */
	bool (*acceptable)(void *ctx, const struct swim_member *record, const struct swim_via *via);
	/* Our id is lost. True: swim_yielded() will follow when it is out of use. */
	bool (*yield)(void *ctx);
	/* Our identity is that of another machine too: this is the new one. */
	void (*renamed)(void *ctx, uint64_t key);
	void (*note)(void *ctx, const char *text);
};

struct swim_config {
	uint64_t key;
	uint64_t session;		/* random, not 0 */
	uint64_t seed;
	uint8_t realm;			/* packets of another realm are foreign */
	bool fixed;			/* given_id is the id, without any claim */
	unsigned int given_id;		/* 0 = none */
	unsigned int stored_id;		/* 0 = none */
	const void *meta;
	uint8_t meta_len;
};

/* Numbers of the protocol; swim_tuning_default() is what the daemon uses. */
struct swim_tuning {
	uint32_t period_ms;		/* one probe each */
	uint32_t ack_ms;		/* then others are asked to try */
	uint32_t gossip_ms;		/* a round of news, while there are any */
	unsigned int fanout;		/* members told in a round */
	unsigned int helpers;		/* asked to probe for us */
	unsigned int lambda;		/* news is sent lambda * log2(N) times */
	unsigned int load_fanout;	/* members that hear our load each time */
	uint32_t suspicion_ms;		/* the least, of 10 nodes; for N times (1 + log10(N)) / 2 */
	unsigned int suspicion_max;	/* times the least, while nobody else suspects it */
	unsigned int confirmations;	/* by so many it shrinks to the least */
	uint32_t announce_ms;		/* between two announcements of anybody */
	uint32_t sync_ms;		/* between two comparisons of tables */
	uint32_t reconnect_ms;		/* between two calls to somebody dead */
	uint32_t forget_s;		/* the dead keep their id so long */
};

struct swim;

struct swim_tuning swim_tuning_default(void);
/* tuning NULL = default; NULL without memory. meta is copied. */
struct swim *swim_new(const struct swim_config *config, const struct swim_tuning *tuning,
		      const struct swim_ops *ops, void *ctx, uint64_t now_ms);
void swim_free(struct swim *s);
/* There is a network: begin to look for others. */
void swim_start(struct swim *s, uint64_t now_ms);
void swim_receive(struct swim *s, uint64_t now_ms, const void *packet, size_t len,
		  const struct swim_via *via);
void swim_tick(struct swim *s, uint64_t now_ms);
/* When swim_tick() must be called next; UINT64_MAX = never. */
uint64_t swim_deadline(const struct swim *s);
/* Says goodbye; after that nothing is sent or taken. */
void swim_leave(struct swim *s, uint64_t now_ms);

/* Tells a few random members; 0, or -EMSGSIZE. News travels along. */
int swim_send_load(struct swim *s, uint64_t now_ms, const void *load, size_t len);
/* This node says something else of itself from now on. */
void swim_set_meta(struct swim *s, uint64_t now_ms, const void *meta, uint8_t len);
/* The old id is out of use: take another. */
void swim_yielded(struct swim *s, uint64_t now_ms);
/* One probe of this member, out of turn; heard() will tell the round trip. */
void swim_ask(struct swim *s, uint64_t now_ms, uint32_t member);

enum swim_phase swim_phase(const struct swim *s);
/* The id that others may use for this node, 0 = none. */
unsigned int swim_id(const struct swim *s);
uint64_t swim_key(const struct swim *s);
struct swim_island swim_island(const struct swim *s, uint64_t now_ms);
/* The island that this node founded, 0 = none. */
uint64_t swim_founded(const struct swim *s);
/* Lifeguard's health score: 0 = well, to 8 = this node is too slow to judge others. */
unsigned int swim_health(const struct swim *s);
uint64_t swim_count(const struct swim *s, enum swim_counter which);

/* Members without this node; numbers are small and stay until forgotten(). */
struct swim_member *swim_member(const struct swim *s, uint32_t member);
uint32_t swim_find(const struct swim *s, uint64_t key);
/* Alive or suspect, without this node. */
uint32_t swim_up_count(const struct swim *s);
/* The n-th of them, n < swim_up_count(); the order changes with each call of anything else. */
uint32_t swim_up(const struct swim *s, uint32_t n);
/* Dead or left, the same. */
uint32_t swim_gone_count(const struct swim *s);
uint32_t swim_gone(const struct swim *s, uint32_t n);
uint32_t swim_random_up(struct swim *s);
/* Of two members that claim the same id: does a go before b? */
bool swim_goes_before(const struct swim *s, const struct swim_member *a,
		      const struct swim_member *b);

static inline bool swim_is_up(const struct swim_member *m)
{
	return m->state <= SWIM_SUSPECT;
}

#endif
