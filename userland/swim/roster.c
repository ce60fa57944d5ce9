// SPDX-License-Identifier: GPL-2.0
/*
 * The table of nodes: found by key through a hash table, listed by being up or gone, summed up in
 * digests. The digest is the exclusive or of a hash of (key, session, incarnation) of all up, so that
 * two nodes see in 8 bytes whether they know the same; by buckets it shows where they differ.
 */
#include "swim/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM	16u

static int list_push(struct swim_list *list, uint32_t member)
{
	if (list->count == list->room) {
		uint32_t room = list->room ? 2 * list->room : FIRST_ROOM;
		uint32_t *at = reallocarray(list->at, room, sizeof(*at));

		if (!at)
			return -ENOMEM;
		list->at = at;
		list->room = room;
	}
	list->at[list->count++] = member;
	return 0;
}

static void list_swap(struct swim *s, struct swim_list *list, uint32_t a, uint32_t b)
{
	uint32_t member = list->at[a];

	list->at[a] = list->at[b];
	list->at[b] = member;
	s->member[list->at[a]].slot = a;
	s->member[list->at[b]].slot = b;
}

static void list_drop(struct swim *s, struct swim_list *list, uint32_t slot)
{
	list_swap(s, list, slot, list->count - 1);
	list->count--;
}

static uint32_t home_slot(const struct swim *s, uint64_t key)
{
	return swim_mix(key) >> 32 & (s->hash_size - 1);
}

static void hash_insert(struct swim *s, uint32_t member)
{
	uint32_t at = home_slot(s, s->member[member].key);

	while (s->hash[at] != SWIM_NOBODY)
		at = (at + 1) & (s->hash_size - 1);
	s->hash[at] = member;
}

/* Linear probing without tombstones: what follows the hole is put in again. */
static void hash_remove(struct swim *s, uint32_t member)
{
	uint32_t at = home_slot(s, s->member[member].key);

	while (s->hash[at] != member)
		at = (at + 1) & (s->hash_size - 1);
	s->hash[at] = SWIM_NOBODY;
	for (at = (at + 1) & (s->hash_size - 1); s->hash[at] != SWIM_NOBODY;
	     at = (at + 1) & (s->hash_size - 1)) {
		uint32_t moved = s->hash[at];

		s->hash[at] = SWIM_NOBODY;
		hash_insert(s, moved);
	}
}

uint32_t roster_find(const struct swim *s, uint64_t key)
{
	uint32_t at = home_slot(s, key);

	for (; s->hash[at] != SWIM_NOBODY; at = (at + 1) & (s->hash_size - 1))
		if (s->member[s->hash[at]].key == key)
			return s->hash[at];
	return SWIM_NOBODY;
}

/* Room for one more member, the hash table at most half full. */
static int grow(struct swim *s)
{
	uint32_t room = s->room ? 2 * s->room : FIRST_ROOM;
	struct swim_member *member = reallocarray(s->member, room, sizeof(*member));
	uint32_t *hash;

	if (!member)
		return -ENOMEM;
	s->member = member;
	hash = malloc(2 * room * sizeof(*hash));
	if (!hash)
		return -ENOMEM;
	free(s->hash);
	s->hash = hash;
	s->hash_size = 2 * room;
	s->room = room;
	memset(hash, 0xff, 2 * room * sizeof(*hash));
	for (uint32_t i = 0; i < s->members; i++)
		hash_insert(s, i);
	return 0;
}

int roster_init(struct swim *s)
{
	int err = grow(s);

	if (err)
		return err;
	s->unused = SWIM_NOBODY;
	s->members = 1;
	s->member[SELF] = (struct swim_member) {
		.key = s->config.key,
		.session = s->config.session,
		.sends = SWIM_OLD,
		.state = SWIM_LEFT,
	};
	hash_insert(s, SELF);
	return 0;
}

void roster_free(struct swim *s)
{
	for (uint32_t i = 0; i < s->members; i++)
		free(s->member[i].meta);
	free(s->member);
	free(s->hash);
	free(s->up.at);
	free(s->gone.at);
}

unsigned int roster_bucket(uint64_t key)
{
	return swim_mix(key ^ UINT64_C(0x5157494d)) % BUCKETS;
}

/* Twice is nothing: puts it in and takes it out. */
static void toggle(struct swim *s, const struct swim_member *m)
{
	uint64_t sum = swim_mix(m->key ^ swim_mix(m->incarnation ^ swim_mix(m->session)));

	if (!swim_is_up(m))
		return;
	s->digest ^= sum;
	s->bucket[roster_bucket(m->key)] ^= (uint32_t)sum;
	s->changed_ms = s->now_ms;
}

static uint32_t longest_gone(const struct swim *s)
{
	uint32_t best = SWIM_NOBODY;

	for (uint32_t i = 0; i < s->gone.count; i++) {
		uint32_t member = s->gone.at[i];

		if (best == SWIM_NOBODY || s->member[member].changed_s < s->member[best].changed_s)
			best = member;
	}
	return best;
}

static uint32_t take_number(struct swim *s)
{
	uint32_t member = s->unused;

	if (member != SWIM_NOBODY) {
		s->unused = s->member[member].next;
		return member;
	}
	if (s->members == s->room && grow(s))
		return SWIM_NOBODY;
	return s->members++;
}

uint32_t roster_add(struct swim *s, uint64_t key)
{
	uint32_t member;

	if (s->up.count + s->gone.count + 1 >= SWIM_MEMBERS_MAX) {
		member = longest_gone(s);
		if (member == SWIM_NOBODY)
			return member;
		roster_forget(s, member);
	}
	member = take_number(s);
	if (member == SWIM_NOBODY)
		return member;
	s->member[member] = (struct swim_member) {
		.key = key, .state = SWIM_DEAD, .sends = SWIM_OLD, .changed_s = s->now_ms / 1000,
		.slot = s->gone.count,
	};
	hash_insert(s, member);
	if (list_push(&s->gone, member)) {
		hash_remove(s, member);
		s->member[member].next = s->unused;
		s->unused = member;
		return SWIM_NOBODY;
	}
	return member;
}

void roster_forget(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];

	if (s->ops->forgotten)
		s->ops->forgotten(s->ctx, member);
	hash_remove(s, member);
	list_drop(s, &s->gone, m->slot);
	free(m->meta);
	*m = (struct swim_member) { .next = s->unused, .sends = SWIM_OLD, .state = SWIM_DEAD };
	s->unused = member;
}

void roster_rename(struct swim *s, uint64_t key)
{
	hash_remove(s, SELF);
	toggle(s, &s->member[SELF]);
	s->member[SELF].key = key;
	toggle(s, &s->member[SELF]);
	hash_insert(s, SELF);
}

void roster_set_session(struct swim *s, uint32_t member, uint64_t session)
{
	toggle(s, &s->member[member]);
	s->member[member].session = session;
	toggle(s, &s->member[member]);
}

/* A new one goes to a random place among those that are still to be probed in this round. */
static int enter_up(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];

	if (list_push(&s->up, member))
		return -ENOMEM;
	list_drop(s, &s->gone, m->slot);
	m->slot = s->up.count - 1;
	list_swap(s, &s->up, m->slot, s->cursor + swim_below(s, s->up.count - s->cursor));
	return 0;
}

static int leave_up(struct swim *s, uint32_t member)
{
	struct swim_member *m = &s->member[member];
	uint32_t slot = m->slot;

	if (list_push(&s->gone, member))
		return -ENOMEM;
	if (slot < s->cursor) {
		list_swap(s, &s->up, slot, s->cursor - 1);
		slot = --s->cursor;
	}
	list_drop(s, &s->up, slot);
	m->slot = s->gone.count - 1;
	return 0;
}

void roster_set(struct swim *s, uint32_t member, enum swim_state state, uint32_t incarnation)
{
	struct swim_member *m = &s->member[member];
	bool up = state <= SWIM_SUSPECT;
	int err = 0;

	toggle(s, m);
	if (member != SELF && up != swim_is_up(m))
		err = up ? enter_up(s, member) : leave_up(s, member);
	if (!err) {
		if (m->state != state)
			m->changed_s = s->now_ms / 1000;
		m->state = state;
		m->incarnation = incarnation;
	}
	toggle(s, m);
}

int roster_set_meta(struct swim *s, uint32_t member, const void *meta, uint8_t len)
{
	struct swim_meta *copy = NULL;

	if (len) {
		copy = malloc(sizeof(*copy) + len);
		if (!copy)
			return -ENOMEM;
		copy->len = len;
		memcpy(copy->bytes, meta, len);
	}
	free(s->member[member].meta);
	s->member[member].meta = copy;
	return 0;
}

/* Some other island's slot is reused when there are too many: a tie is then judged later. */
uint8_t roster_island(struct swim *s, uint64_t id)
{
	uint8_t slot = 1 + id % (ISLANDS_MAX - 1);

	if (!id)
		return 0;
	for (unsigned int i = 0; i < ISLANDS_MAX - 1; i++) {
		uint8_t at = 1 + (slot - 1 + i) % (ISLANDS_MAX - 1);

		if (!s->island_id[at])
			s->island_id[at] = id;
		if (s->island_id[at] == id)
			return at;
	}
	s->island_id[slot] = id;
	return slot;
}

uint32_t roster_random_up(struct swim *s, uint32_t except)
{
	uint32_t member;

	if (!s->up.count || (s->up.count == 1 && s->up.at[0] == except))
		return SWIM_NOBODY;
	do {
		member = s->up.at[swim_below(s, s->up.count)];
	} while (member == except);
	return member;
}

uint32_t roster_next(struct swim *s)
{
	if (!s->up.count)
		return SWIM_NOBODY;
	if (s->cursor >= s->up.count)
		s->cursor = 0;
	/* one step of a shuffle each time: this round's order is drawn as it is used */
	list_swap(s, &s->up, s->cursor, s->cursor + swim_below(s, s->up.count - s->cursor));
	return s->up.at[s->cursor++];
}
