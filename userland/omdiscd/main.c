// SPDX-License-Identifier: GPL-2.0
/*
 * omdiscd: finds the other nodes, keeps the kernel's node table, tells everybody the load. One
 * thread, one poll(), whose timeout is the earliest deadline. Here are only the loop and the
 * wiring; membership is in cluster.c and userland/swim.
 *
 * TERM and INT: say goodbye and empty the table (the init script has brought processes home
 * before). HUP: read key, map and links again.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "lib/log.h"
#include "omdiscd/balance.h"
#include "omdiscd/calibrate.h"
#include "omdiscd/cluster.h"
#include "omdiscd/identity.h"
#include "omdiscd/lend.h"
#include "omdiscd/link.h"
#include "omdiscd/load.h"
#include "omdiscd/net.h"
#include "omdiscd/settings.h"
#include "omdiscd/status.h"
#include "omdiscd/table.h"
#include "omdiscd/vacate.h"

#define PIDFILE		STATUS_DIRECTORY "/pid"
#define TICK_MS		1000
#define TABLE_MS	50
#define PACKETS_A_TURN	512	/* then the timers have their turn */

enum { FD_SIGNAL, FD_LINK, FD_V6, FD_V4, FD_POOL, FD_VACATE, FD_COUNT };

struct daemon {
	struct settings settings;
	struct counters counters;
	struct clock clock;
	struct net net;
	struct link_list links;		/* all, also the unusable */
	struct cluster cluster;
	struct load_meter meter;
	struct lend lend;
	struct balance balance;
	struct table table;
	struct vacate vacate;
	struct status status;
	struct addr own;		/* the last one there was, also when all links are down */
	uint64_t tick_ms;
	uint64_t write_ms;		/* not before is the kernel's table written again */
	unsigned int written;		/* cluster's change count then */
	bool identified;
	bool quit;
	unsigned int stored_id;
	int table_error;		/* the last one that was logged */
	int status_error;
	struct pollfd fds[FD_COUNT];
};

static void op_send(void *ctx, const void *body, size_t len, const struct path *to)
{
	struct daemon *d = ctx;

	net_send(&d->net, body, len, to);
}

static int op_step(void *ctx, int64_t by_us)
{
	struct daemon *d = ctx;

	return clock_step(&d->clock, by_us);
}

static void op_random(void *ctx, void *out, size_t len)
{
	randombytes_buf(out, len);
}

static void op_note(void *ctx, const char *text)
{
	log_info("%s", text);
}

static bool op_yield(void *ctx)
{
	struct daemon *d = ctx;
	int err;

	if (!d->table.enabled || !d->table.id)
		return false;
	log_warn("another machine keeps id %u: all processes come home, all guests leave", d->table.id);
	err = vacate_start(&d->vacate);
	if (err)
		log_fail(err, "cannot start to clear up");
	d->fds[FD_VACATE].fd = d->vacate.fd;
	return !err;
}

static void op_load(void *ctx, const struct member *from, const void *load, size_t len)
{
	struct daemon *d = ctx;

	if (balance_heard(&d->balance, d->cluster.now.ms, load, len))
		counters_add(&d->counters, COUNT_MALFORMED);
}

static const struct cluster_ops ops = {
	.send = op_send,
	.step = op_step,
	.random = op_random,
	.note = op_note,
	.yield = op_yield,
	.load = op_load,
};

/* The id that the map gives to one of our addresses; 0 = none. */
static unsigned int mapped_id(const struct daemon *d)
{
	for (size_t i = 0; i < d->links.count; i++) {
		const struct link *link = &d->links.link[i];
		const struct map_entry *e = map_find_addr(&d->settings.map, &link->v4);

		if (!e)
			e = map_find_addr(&d->settings.map, &link->v6);
		if (e)
			return e->id;
	}
	return 0;
}

static void start_cluster(struct daemon *d)
{
	struct cluster_config config = {
		.build = identity_build(),
		.given_id = d->settings.id,
		.stored_id = d->stored_id,
		.map = d->settings.mapped ? &d->settings.map : NULL,
		.may_step = d->settings.keyed,
	};

	if (d->settings.mapped && !config.given_id)
		config.given_id = mapped_id(d);
	identity_of(&d->links, config.identity);
	identity_name(d->settings.name, config.identity, config.name);
	d->net.map = config.map;
	cluster_init(&d->cluster, &config, &ops, d, &d->counters);
	d->identified = true;
}

static int set_key(struct daemon *d)
{
	const uint8_t *key = d->settings.keyed ? d->settings.key : NULL;
	int err = seal_init(&d->net.seal, d->settings.cluster, key);

	if (!err)
		err = table_key(&d->table, key);
	if (err)
		log_fail(err, "cannot give the cluster key to the kernel");
	else if (!key)
		log_warn("no cluster key: this cluster is open to everybody on these networks");
	return err;
}

static void read_links(struct daemon *d, struct instant now)
{
	int err = link_read(&d->links);

	if (err) {
		log_fail(err, "cannot read the network interfaces");
		return;
	}
	net_use_links(&d->net, &d->links, d->settings.interfaces);
	if (!d->net.links.count && !d->identified)
		return;
	if (!d->identified)
		start_cluster(d);
	if (d->settings.mapped && !d->cluster.config.given_id) {
		d->cluster.config.given_id = mapped_id(d);
		if (!d->cluster.config.given_id) {
			log_error("none of this machine's addresses is in " MAP_PATH);
			return;
		}
	}
	cluster_links(&d->cluster, now, &d->net.links);
}

/* Says the same error only once. */
static void report(int err, int *last, const char *text)
{
	if (err && err != *last)
		log_fail(err, "%s", text);
	*last = err;
}

static struct addr own_address(struct daemon *d)
{
	const struct map *map = d->cluster.config.map;
	struct addr now = table_own_address(&d->cluster, &d->net.links);

	for (size_t i = 0; map && i < map->count; i++)
		if (map->entry[i].id == cluster_id(&d->cluster) && !map->entry[i].alias)
			return map->entry[i].addr;
	if (now.family)
		d->own = now;
	return d->own;
}

static void update_table(struct daemon *d, struct instant now)
{
	struct addr own = own_address(d);
	unsigned int id = cluster_id(&d->cluster);

	report(table_update(&d->table, &d->cluster, &own, &d->counters), &d->table_error,
	       "cannot write the kernel's node table");
	d->written = d->cluster.change;
	/* one table for many changes, when it takes long to write */
	d->write_ms = now.ms + TABLE_MS + cluster_size(&d->cluster) / 8;
	if (id && id != d->stored_id && !d->settings.mapped) {
		d->stored_id = id;
		if (identity_store_id(id))
			log_debug("id %u is not kept: no disk", id);
	}
}

/* What balancing says to others goes by gossip, to a few each second. */
static void tell_figures(struct daemon *d, struct instant now)
{
	uint8_t blob[SWIM_LOAD_MAX];
	size_t len = balance_blob(&d->balance, now.ms, blob);

	if (len && d->identified)
		cluster_send_load(&d->cluster, now, blob, len);
}

static void forget_members(struct daemon *d)
{
	const struct member *m;

	for (uint32_t at = 0; (m = member_next(&d->cluster.table, &at)); )
		if (!member_is_up(m) && m->id && !member_with_id(&d->cluster.table, m->id))
			balance_forget(&d->balance, m->id);
}

static void tick(struct daemon *d, struct instant now)
{
	struct addr own = own_address(d);
	int err;

	d->tick_ms = now.ms + TICK_MS;
	load_read(&d->meter, cluster_id(&d->cluster), &d->cluster.load);
	update_table(d, now);
	if (d->settings.kernel) {
		lend_tick(&d->lend, now.ms);
		forget_members(d);
		balance_tick(&d->balance, now.ms, cluster_id(&d->cluster), &d->meter,
			     &d->cluster.load);
		tell_figures(d, now);
	}
	err = table_info(&d->table, &d->cluster);
	if (err)
		counters_add(&d->counters, COUNT_KERNEL_ERRORS);
	report(status_write(&d->status, &d->cluster, &own, now.ms), &d->status_error,
	       "cannot write " STATUS_DIRECTORY);
}

static void receive(struct daemon *d, int fd)
{
	uint8_t body[SWIM_PACKET_MAX];
	struct path from;

	for (int i = 0; i < PACKETS_A_TURN; i++) {
		int len = net_receive(&d->net, fd, body, &from);

		if (len < 0)
			return;
		cluster_receive(&d->cluster, clock_now(&d->clock), body, len, &from);
	}
}

static void stop_clearing(struct daemon *d)
{
	vacate_stop(&d->vacate);
	d->fds[FD_VACATE].fd = -1;
}

static void reload(struct daemon *d)
{
	char error[256];
	unsigned int id = cluster_id(&d->cluster);

	if (settings_load(&d->settings, error, sizeof(error))) {
		log_error("%s; going on as before", error);
		return;
	}
	log_info("read key and map again");
	if (d->identified) {
		cluster_leave(&d->cluster, clock_now(&d->clock));
		cluster_free(&d->cluster);
		memset(&d->cluster, 0, sizeof(d->cluster));
		d->identified = false;
	}
	d->stored_id = id ? id : d->stored_id;
	stop_clearing(d);
	set_key(d);
	read_links(d, clock_now(&d->clock));
}

static void take_signal(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (read(d->fds[FD_SIGNAL].fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			reload(d);
		else
			d->quit = true;
	}
}

static int poll_timeout(const struct daemon *d, uint64_t now_ms)
{
	uint64_t next = d->identified ? cluster_deadline(&d->cluster) : UINT64_MAX;

	if (d->tick_ms < next)
		next = d->tick_ms;
	if (d->identified && d->cluster.change != d->written && d->write_ms < next)
		next = d->write_ms;
	/* deadlines have whole milliseconds, and the present one may have just begun */
	return next > now_ms ? (int)(next - now_ms) : 0;
}

static void turn(struct daemon *d)
{
	struct instant now = clock_now(&d->clock);

	if (poll(d->fds, FD_COUNT, poll_timeout(d, now.ms)) < 0 && errno != EINTR)
		log_fail(errno, "cannot poll");
	if (d->fds[FD_SIGNAL].revents)
		take_signal(d);
	if (d->fds[FD_LINK].revents && link_drain(d->fds[FD_LINK].fd))
		read_links(d, clock_now(&d->clock));
	for (int i = FD_V6; i <= FD_V4; i++)
		if (d->fds[i].revents && d->identified)
			receive(d, d->fds[i].fd);
	now = clock_now(&d->clock);
	if (d->fds[FD_POOL].revents)
		lend_read(&d->lend, now.ms);
	if (d->identified)
		cluster_tick(&d->cluster, now);
	if (d->identified && d->fds[FD_VACATE].revents && vacate_ended(&d->vacate)) {
		d->fds[FD_VACATE].fd = -1;
		cluster_yielded(&d->cluster, now);
	}
	if (d->identified && d->cluster.change != d->written && now.ms >= d->write_ms)
		update_table(d, now);
	if (d->identified && now.ms >= d->tick_ms)
		tick(d, now);
	else if (now.ms >= d->tick_ms)
		d->tick_ms = now.ms + TICK_MS;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static int open_kernel(struct daemon *d)
{
	int err;

	if (!d->settings.kernel)
		return 0;
	err = table_open(&d->table);
	if (err == -ENOENT)
		log_error("this kernel has no /proc/hpc (not a Tessera kernel, or its module is not "
			  "loaded); --no-kernel runs without it");
	else if (err)
		log_fail(err, "cannot use /proc/hpc");
	d->stored_id = d->table.id ? d->table.id : identity_stored_id();
	if (!err && d->settings.calibrate) {
		int bad = calibrate();

		if (bad)
			log_fail(bad, "cannot measure this node's speed");
	}
	return err;
}

static int open_all(struct daemon *d)
{
	char error[256];
	int err;

	if (settings_load(&d->settings, error, sizeof(error))) {
		log_error("%s", error);
		return -EINVAL;
	}
	err = open_kernel(d);
	if (err)
		return err;
	err = net_open(&d->net, &d->counters);
	if (err == -EADDRINUSE) {
		log_error("UDP port %d is in use: is omdiscd running already?", PACKET_PORT);
		return err;
	}
	if (err) {
		log_fail(err, "cannot open UDP port %d", PACKET_PORT);
		return err;
	}
	err = status_open();
	if (err) {
		log_fail(err, "cannot make " STATUS_DIRECTORY);
		return err;
	}
	return set_key(d);
}

static int go_to_background(const struct daemon *d)
{
	if (d->settings.foreground)
		return 0;
	if (daemon(0, 0)) {
		log_fail(errno, "cannot go to the background");
		return -errno;
	}
	log_to_syslog();
	return 0;
}

static int watch(struct daemon *d)
{
	int err = lend_open(&d->lend, &d->settings.pool, clock_now(&d->clock).ms);
	uint64_t seed;
	char pid[32];

	randombytes_buf(&seed, sizeof(seed));
	balance_init(&d->balance, d->settings.balance, seed);
	if (err) {
		log_fail(err, "cannot watch for users");
		return err;
	}
	d->fds[FD_SIGNAL] = (struct pollfd) { .fd = open_signals(), .events = POLLIN };
	d->fds[FD_LINK] = (struct pollfd) { .fd = link_watch(), .events = POLLIN };
	d->fds[FD_V6] = (struct pollfd) { .fd = d->net.fd6, .events = POLLIN };
	d->fds[FD_V4] = (struct pollfd) { .fd = d->net.fd4, .events = POLLIN };
	d->fds[FD_POOL] = (struct pollfd) { .fd = lend_fd(&d->lend), .events = POLLIN };
	d->fds[FD_VACATE] = (struct pollfd) { .fd = -1, .events = POLLIN };
	if (d->fds[FD_SIGNAL].fd < 0 || d->fds[FD_LINK].fd < 0) {
		log_fail(errno, "cannot watch signals and interfaces");
		return -errno;
	}
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	return file_replace(PIDFILE, pid, 0644);
}

static void leave(struct daemon *d)
{
	int err;

	if (d->identified)
		cluster_leave(&d->cluster, clock_now(&d->clock));
	stop_clearing(d);
	err = table_clear(&d->table);
	if (err)
		log_fail(err, "cannot empty the kernel's node table");
	lend_close(&d->lend);
	balance_free(&d->balance);
	status_close();
	file_remove(PIDFILE);
	cluster_free(&d->cluster);
	net_close(&d->net);
	settings_free(&d->settings);
	log_info("left the cluster");
}

int main(int argc, char **argv)
{
	static struct daemon d;
	int exit_code;

	log_open("omdiscd");
	if (settings_parse(&d.settings, argc, argv, &exit_code))
		return exit_code;
	log_verbose(d.settings.verbose);
	d.clock.virtual = !d.settings.settime;
	d.clock.skew_us = d.settings.skew_us;
	vacate_init(&d.vacate);
	/* What places programs must not be placed elsewhere itself; no such file: no cluster kernel. */
	file_write("/proc/self/lock", "1\n");
	if (sodium_init() < 0 || open_all(&d) || go_to_background(&d) || watch(&d))
		return EXIT_FAILURE;
	read_links(&d, clock_now(&d.clock));
	while (!d.quit)
		turn(&d);
	leave(&d);
	return EXIT_SUCCESS;
}
