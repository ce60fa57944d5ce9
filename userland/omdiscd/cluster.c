// SPDX-License-Identifier: GPL-2.0
/*
 * The membership protocol: who is there, heard through announcements and proved by challenges.
 * A pure state machine: packets, links and time come in by calls, everything that goes out goes
 * through struct cluster_ops. Ids, lineage and time are decided in join.c.
 *
 * Every node announces itself to all each second. A session (one run of a daemon) that is new is
 * challenged with a nonce on the path it was heard on, and believed once it has answered; so is
 * every further path, and every member that has become silent.
 */
#include "omdiscd/cluster.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "omdiscd/join.h"

#define ANNOUNCE_MS		1000
#define ANNOUNCE_JOINING_MS	200
#define ANSWERS_A_SECOND	500
#define LEAVE_COPIES		3

void cluster_note(struct cluster *c, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->ops->note(c->ctx, text);
}

void cluster_init(struct cluster *c, const struct cluster_config *config,
		  const struct cluster_ops *ops, void *ctx, struct counters *counters)
{
	memset(c, 0, sizeof(*c));
	c->config = *config;
	c->ops = ops;
	c->ctx = ctx;
	c->counters = counters;
	ops->random(ctx, &c->session, sizeof(c->session));
}

void cluster_free(struct cluster *c)
{
	member_table_free(&c->table);
}

unsigned int cluster_id(const struct cluster *c)
{
	return c->phase == CLUSTER_SETTLED ? c->id : 0;
}

uint64_t cluster_age(const struct cluster *c, uint64_t now_ms)
{
	return c->phase == CLUSTER_SETTLED ? now_ms - c->settled_ms : 0;
}

struct lineage cluster_lineage(const struct cluster *c, uint64_t now_ms)
{
	if (!c->lineage)
		return (struct lineage) { 0 };
	return (struct lineage) { c->lineage, c->lineage_age_ms + (now_ms - c->lineage_ms) };
}

static struct packet own_packet(struct cluster *c, struct instant now, enum packet_type type)
{
	struct lineage lineage = cluster_lineage(c, now.ms);
	struct packet p = {
		.type = type,
		.id = c->id,
		.session = c->session,
		.lineage = lineage.id,
		.lineage_ms = lineage.age_ms,
		.member_ms = cluster_age(c, now.ms),
		.real_us = now.real_us,
		.build = c->config.build,
		.cpus = c->load.cpus,
		.util = c->load.util,
		.status = c->load.status,
		.guests = c->load.guests,
		.speed = c->load.speed,
		.load = c->load.load,
		.mem = c->load.mem,
		.rmem = c->load.rmem,
		.tmem = c->load.tmem,
	};

	if (c->phase == CLUSTER_SETTLED)
		p.flags |= PACKET_SETTLED | (c->timed ? PACKET_TIMED : 0);
	if (c->config.map)
		p.flags |= PACKET_MAPPED;
	memcpy(p.identity, c->config.identity, sizeof(p.identity));
	memcpy(p.name, c->config.name, sizeof(p.name));
	return p;
}

void cluster_announce(struct cluster *c, struct instant now)
{
	struct packet p = own_packet(c, now, PACKET_ANNOUNCE);
	unsigned int period = c->phase == CLUSTER_SETTLED ? ANNOUNCE_MS : ANNOUNCE_JOINING_MS;
	uint8_t jitter;

	c->ops->random(c->ctx, &jitter, sizeof(jitter));
	c->ops->send(c->ctx, &p, NULL);
	/* 90 to 110 percent */
	c->announce_ms = now.ms + period * (90 + jitter % 21) / 100;
}

static void send_challenge(struct cluster *c, struct instant now, const struct probe *probe)
{
	struct packet p = own_packet(c, now, PACKET_CHALLENGE);
	const struct member *m = member_find(&c->table, probe->identity);

	if (m)
		p.hint = m->last.id;
	memcpy(p.nonce, probe->nonce, sizeof(p.nonce));
	counters_add(c->counters, COUNT_CHALLENGES);
	c->ops->send(c->ctx, &p, &probe->path);
}

void cluster_probe(struct cluster *c, struct instant now, const struct packet *target,
		   const struct path *path)
{
	bool full;
	struct probe *probe = probe_start(&c->probes, target, path, now.ms, &full);

	if (full)
		counters_add(c->counters, COUNT_THROTTLED);
	if (!probe)
		return;
	c->ops->random(c->ctx, probe->nonce, sizeof(probe->nonce));
	send_challenge(c, now, probe);
}

static bool may_answer(struct cluster *c, uint64_t now_ms)
{
	if (now_ms - c->answers_ms >= 1000) {
		c->answers_ms = now_ms;
		c->answers = 0;
	}
	return c->answers++ < ANSWERS_A_SECOND;
}

static void answer(struct cluster *c, struct instant now, const struct packet *challenge,
		   const struct path *to)
{
	struct packet p = own_packet(c, now, PACKET_PROOF);

	if (!may_answer(c, now.ms)) {
		counters_add(c->counters, COUNT_THROTTLED);
		return;
	}
	if (c->phase == CLUSTER_JOINING && challenge->hint)
		c->hint = challenge->hint;
	memcpy(p.nonce, challenge->nonce, sizeof(p.nonce));
	c->ops->send(c->ctx, &p, to);
}

static void refuse_id(struct cluster *c, struct instant now, uint16_t id, const struct path *to)
{
	struct packet p = own_packet(c, now, PACKET_KEPT);

	p.hint = id;
	c->ops->send(c->ctx, &p, to);
}

static void set_state(struct cluster *c, struct member *m, enum node_state state, uint64_t now_ms)
{
	/* that somebody joins or returns is noted where it is admitted */
	bool worth_a_note = state != NODE_ALIVE || m->state == NODE_SUSPECT;

	if (m->state == state)
		return;
	if (state == NODE_SUSPECT)
		counters_add(c->counters, COUNT_SUSPECTED);
	else if (state == NODE_DEAD)
		counters_add(c->counters, COUNT_DIED);
	else if (state == NODE_LEFT)
		counters_add(c->counters, COUNT_LEFT);
	m->state = state;
	m->changed_ms = now_ms;
	if (state == NODE_DEAD || state == NODE_LEFT) {
		m->proven = false;
		m->timed = false;
		m->paths = 0;
		m->current = 0;
	}
	c->change++;
	if (worth_a_note && (m->last.flags & PACKET_SETTLED))
		cluster_note(c, "node %u (%s) is %s", m->last.id, m->last.name, node_state_name(state));
}

static void note_joined(struct cluster *c, const struct packet *p)
{
	cluster_note(c, "node %u (%s) has joined%s", p->id, p->name,
		     p->build == c->config.build ? "" :
		     "; it runs another kernel build, nothing will migrate between it and this node");
}

/* Takes the news of a proven member; the packet's number has been checked. */
static void take_news(struct cluster *c, struct instant now, struct member *m,
		      const struct packet *p, const struct path *from)
{
	struct member_path *path = member_path_find(m, from);

	m->heard_ms = now.ms;
	if (path)
		path->heard_ms = now.ms;
	if (p->seq == m->replay.highest) {
		if (p->id != m->last.id || (p->flags ^ m->last.flags) & PACKET_SETTLED ||
		    strcmp(p->name, m->last.name))
			c->change++;
		if (p->flags & ~m->last.flags & PACKET_SETTLED)
			note_joined(c, p);
		if (p->lineage != m->last.lineage)
			m->timed = false;
		m->last = *p;
	}
	if (p->type == PACKET_LEAVE)
		set_state(c, m, NODE_LEFT, now.ms);
	else
		set_state(c, m, NODE_ALIVE, now.ms);
}

/* A session has proved itself for the first time. */
static struct member *admit(struct cluster *c, struct instant now, const struct packet *p)
{
	struct member *m = member_find(&c->table, p->identity);
	bool known = m;

	if (!m)
		m = member_add(&c->table, p->identity);
	if (!m) {
		counters_add(c->counters, COUNT_THROTTLED);
		return NULL;
	}
	if (known && member_is_up(m) && m->last.session != p->session) {
		m->cut = true;
		m->paths = 0;
		m->current = 0;
	}
	counters_add(c->counters, known ? COUNT_RETURNED : COUNT_JOINED);
	/* what it was before says nothing: take_news() is to see it settle */
	m->last.flags = 0;
	m->proven = true;
	m->timed = false;
	m->admitted_ms = now.ms;
	m->heard_ms = now.ms;
	m->last.session = p->session;
	replay_start(&m->replay, p->seq);
	c->change++;
	return m;
}

static void take_offset(struct member *m, struct instant now, const struct packet *p,
			const struct probe *probe)
{
	uint64_t round_trip = now.ms - probe->sent_ms;

	/*
	 * After a repetition it is not known which of the two was answered; and newer news that
	 * overtook this may come from after a step of that clock.
	 */
	if (probe->tries > 1 || p->seq != m->replay.highest)
		return;
	m->timed = true;
	m->offset_us = timing_offset(p->real_us, now.real_us, round_trip);
	m->offset_ms = now.ms;
}

static void take_proof(struct cluster *c, struct instant now, struct member *m,
		       const struct packet *p, const struct path *from)
{
	struct probe *probe = probe_match(&c->probes, p);

	if (!probe) {
		if (!m)
			counters_add(c->counters, COUNT_UNPROVEN);
		return;
	}
	counters_add(c->counters, COUNT_PROOFS);
	if (!memcmp(p->identity, c->config.identity, sizeof(p->identity))) {
		probe_end(probe);
		join_twin(c, now, p);
		return;
	}
	if (!m)
		m = admit(c, now, p);
	if (m) {
		member_path_add(m, from, now.ms);
		if (member_path_choose(m, now.ms))
			c->change++;
		take_news(c, now, m, p, from);
		take_offset(m, now, p, probe);
	}
	probe_end(probe);
}

/* In a map's cluster only the map's addresses speak, and each under its own id. */
static bool is_of_this_cluster(const struct cluster *c, const struct packet *p,
			       const struct path *from)
{
	const struct map_entry *entry;

	if (!c->config.map)
		return !(p->flags & PACKET_MAPPED);
	if (!(p->flags & PACKET_MAPPED))
		return false;
	entry = map_find_addr(c->config.map, &from->peer);
	return entry && (!p->id || entry->id == p->id);
}

static struct member *find_session(const struct cluster *c, const struct packet *p)
{
	struct member *m = member_find(&c->table, p->identity);

	return m && m->proven && m->last.session == p->session ? m : NULL;
}

static void take_packet(struct cluster *c, struct instant now, struct member *m,
			const struct packet *p, const struct path *from)
{
	switch (p->type) {
	case PACKET_CHALLENGE:
		answer(c, now, p, from);
		break;
	case PACKET_PROOF:
		take_proof(c, now, m, p, from);
		return;
	case PACKET_KEPT:
		if (m)
			claim_take(&c->refused, p->hint);
		break;
	case PACKET_ANNOUNCE:
		if (m && join_is_kept(c, p))
			refuse_id(c, now, p->id, from);
		break;
	case PACKET_LEAVE:
		break;
	}
	if (m)
		take_news(c, now, m, p, from);
	else
		counters_add(c->counters, COUNT_UNPROVEN);
	if (p->type != PACKET_LEAVE && (!m || !member_path_find(m, from)))
		cluster_probe(c, now, p, from);
}

void cluster_receive(struct cluster *c, struct instant now, const struct packet *p,
		     const struct path *from)
{
	struct member *m;

	if (c->phase == CLUSTER_WAITING || c->phase == CLUSTER_GONE)
		return;
	if (!is_of_this_cluster(c, p, from)) {
		counters_add(c->counters, COUNT_FOREIGN);
		return;
	}
	if (p->session == c->session &&
	    !memcmp(p->identity, c->config.identity, sizeof(p->identity)))
		return;
	m = find_session(c, p);
	if (m && !replay_is_new(&m->replay, p->seq)) {
		counters_add(c->counters, COUNT_REPLAYED);
		return;
	}
	take_packet(c, now, m, p, from);
	join_check(c, now);
}

void cluster_links(struct cluster *c, struct instant now, bool any)
{
	if (c->phase != CLUSTER_WAITING || !any)
		return;
	join_start(c, now);
	cluster_announce(c, now);
}

static void check_member(struct cluster *c, struct instant now, struct member *m)
{
	enum node_state state = member_state_at(m, now.ms);

	if (state != m->state && state != NODE_ALIVE)
		set_state(c, m, state, now.ms);
	if (member_is_up(m) && member_path_choose(m, now.ms))
		c->change++;
	if (m->state == NODE_SUSPECT)
		for (size_t i = 0; i < m->paths; i++)
			cluster_probe(c, now, &m->last, &m->path[i].path);
}

static void check_members(struct cluster *c, struct instant now)
{
	for (size_t i = 0; i < c->table.count; i++) {
		struct member *m = c->table.member[i];

		check_member(c, now, m);
		if (!member_is_up(m) && now.ms - m->changed_ms > MEMBER_FORGET_MS) {
			member_forget(&c->table, m);
			i--;
		}
	}
}

void cluster_tick(struct cluster *c, struct instant now)
{
	struct probe *probe;

	if (c->phase == CLUSTER_WAITING || c->phase == CLUSTER_GONE)
		return;
	while ((probe = probe_due(&c->probes, now.ms)))
		send_challenge(c, now, probe);
	check_members(c, now);
	if (now.ms >= c->announce_ms)
		cluster_announce(c, now);
	/* last, for it may step the clock, and then now is not now any more */
	join_check(c, now);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t cluster_deadline(const struct cluster *c)
{
	uint64_t next = c->announce_ms;

	if (c->phase == CLUSTER_WAITING || c->phase == CLUSTER_GONE)
		return UINT64_MAX;
	if (c->phase == CLUSTER_JOINING)
		next = earlier(next, c->deadline_ms);
	for (size_t i = 0; i < c->table.count; i++)
		next = earlier(next, member_deadline(c->table.member[i]));
	return earlier(next, probe_deadline(&c->probes));
}

void cluster_leave(struct cluster *c, struct instant now)
{
	if (c->phase == CLUSTER_JOINING || c->phase == CLUSTER_SETTLED) {
		struct packet p = own_packet(c, now, PACKET_LEAVE);

		for (int i = 0; i < LEAVE_COPIES; i++)
			c->ops->send(c->ctx, &p, NULL);
	}
	c->phase = CLUSTER_GONE;
	c->change++;
}
