/* SPDX-License-Identifier: GPL-2.0 */
/* What one node remembers; shared by the files of this directory only. */
#ifndef TESSERA_SWIM_STATE_H
#define TESSERA_SWIM_STATE_H

#include "swim/claim.h"
#include "swim/swim.h"

#define SELF		0u	/* this node's own place in the table */
#define BUCKETS		256
#define ISLANDS_MAX	64
#define SUSPECTERS_MAX	4
#define RELAYS_MAX	16
#define ASKED_MAX	16
#define PUSHES_MAX	16
#define CONTACTS_MAX	8
#define RESERVED_MAX	256
#define SENDS_MAX	64	/* of one piece of news, whatever the size of the cluster */

/* Numbers of members; dense, the order says nothing. */
struct swim_list {
	uint32_t *at;
	uint32_t count, room;
};

struct suspicion {
	uint32_t member;
	uint64_t start_ms;
	unsigned int count;
	uint64_t by[SUSPECTERS_MAX];
};

/* The probe of this period. */
struct swim_probe {
	bool on, helped;
	uint32_t member;
	uint64_t nonce, sent_ms;
	uint64_t help_ms, end_ms;
	unsigned int asked, nacks;
};

/* A probe for somebody else. */
struct swim_relay {
	bool on;
	uint32_t member;		/* who asked */
	uint64_t session;
	uint64_t nonce, our_nonce;
	uint64_t nack_ms;
};

/* Probes out of turn. */
struct swim_asked {
	uint32_t member;
	uint64_t nonce, sent_ms;
};

/* The table on its way to a newcomer. */
struct swim_push {
	bool on;
	uint32_t member, cursor;
};

struct swim_contact {
	uint64_t session, heard_ms;
	struct swim_via via;
};

struct swim_reserved {
	uint16_t id;
	uint64_t key, until_ms;
};

struct swim_rival {
	uint64_t session;
	uint32_t incarnation;
	unsigned int times;
};

struct swim {
	struct swim_config config;
	struct swim_tuning tune;
	const struct swim_ops *ops;
	void *ctx;
	uint64_t now_ms;
	uint64_t random;
	uint64_t secret;		/* makes challenges */
	uint64_t count[SWIM_COUNT_END];
	enum swim_phase phase;
	uint32_t seq;
	unsigned int health;

	/* roster.c */
	struct swim_member *member;	/* [SELF] is this node */
	uint32_t members, room;
	uint32_t unused;		/* first of the forgotten, linked by next */
	uint32_t *hash;
	uint32_t hash_size;
	struct swim_list up, gone;
	uint32_t bucket[BUCKETS];
	uint64_t digest;
	uint64_t changed_ms;		/* of the digest */
	uint64_t island_id[ISLANDS_MAX];

	/* news.c: lists by the number of sends; the freshest of a list is its last */
	uint32_t news_head[SENDS_MAX], news_tail[SENDS_MAX];
	uint32_t news;
	uint64_t gossip_ms;

	/* detect.c, suspect.c */
	uint64_t period_ms;		/* when the next probe begins */
	uint32_t cursor;		/* in up: who is next */
	struct swim_probe probe;
	struct swim_relay relay[RELAYS_MAX];
	struct swim_asked asked[ASKED_MAX];
	unsigned int next_asked;
	struct suspicion *suspicion;
	uint32_t suspicions, suspicion_room;
	uint64_t reconnect_ms;

	/* sync.c */
	uint64_t sync_ms, last_sync_ms;
	struct swim_push push[PUSHES_MAX];
	uint64_t push_ms;

	/* contact.c */
	uint64_t hello_ms;
	uint64_t found_ms, last_found_ms;	/* when nobody has answered: found a cluster */
	uint64_t announce_ms;
	uint64_t silent_ms;		/* somebody who goes before us calls: be silent until then */
	unsigned int hellos;
	struct swim_contact contact[CONTACTS_MAX];
	uint64_t answers_ms;
	unsigned int answers;
	struct swim_rival rival;

	/* island.c, settle.c */
	uint64_t island, founded;
	uint64_t island_age_ms;		/* at island_ms */
	uint64_t island_ms;
	uint64_t differs_ms, differed_ms;	/* another one was heard: first and last */
	unsigned int hint;
	uint64_t settle_ms;		/* claiming: end of listening, or of the objections */
	unsigned int table_tries;
	uint64_t contested_ms;		/* since when an id conflict goes on, 0 = none */
	uint64_t contest_ms;		/* when it is looked at again */
	struct swim_reserved reserved[RESERVED_MAX];
	unsigned int next_reserved;
};

static inline void swim_add(struct swim *s, enum swim_counter which)
{
	s->count[which]++;
}

static inline uint64_t swim_mix(uint64_t z)
{
	/* the finalizer of splitmix64 */
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline uint64_t swim_random(struct swim *s)
{
	return swim_mix(s->random += UINT64_C(0x9e3779b97f4a7c15));
}

static inline uint64_t swim_below(struct swim *s, uint64_t limit)
{
	return limit ? swim_random(s) % limit : 0;
}

/* Half to one and a half of it. */
static inline uint64_t swim_about(struct swim *s, uint64_t ms)
{
	return ms / 2 + swim_below(s, ms + 1);
}

static inline uint64_t swim_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void swim_note(struct swim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void swim_changed(struct swim *s, uint32_t member);

#endif
