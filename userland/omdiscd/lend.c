// SPDX-License-Identifier: GPL-2.0
/*
 * Carries out what the pool decides: opens the node for guests, or blocks it and sends those that
 * are there home. It writes only when the decision changes, so what the administrator sets in
 * between holds until then; in a single and a server pool it never writes.
 */
#include "omdiscd/lend.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/log.h"
#include "omdiscd/status.h"

#define BLOCK		"/proc/hpc/admin/block"
#define EXPEL		"/proc/hpc/admin/expel"
#define POOL_FILE	STATUS_DIRECTORY "/pool"

int lend_open(struct lend *l, const struct pool_settings *settings, uint64_t now_ms)
{
	*l = (struct lend) { .settings = settings, .presence.fd = -1 };
	return settings->kind == POOL_ADAPTIVE ? presence_open(&l->presence, now_ms) : 0;
}

void lend_close(struct lend *l)
{
	presence_close(&l->presence);
	file_remove(POOL_FILE);
}

int lend_fd(const struct lend *l)
{
	return l->presence.fd;
}

/* The write returns when all are gone: a grandchild waits for that, nobody for it. */
static int expel(void)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid) {
		waitpid(pid, NULL, 0);
		return 0;
	}
	if (fork())
		_exit(0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	_exit(file_write(EXPEL, "1\n") ? 1 : 0);
}

static int carry_out(bool open)
{
	int err = file_write(BLOCK, open ? "0\n" : "1\n");

	return err || open ? err : expel();
}

static void publish(const struct lend *l)
{
	char text[160];

	snprintf(text, sizeof(text), "%s %s: %s\n", pool_kind_name(l->settings->kind),
		 pool_is_open(l->reason) ? "open" : "closed", pool_text(l->reason));
	file_replace(POOL_FILE, text, 0644);
}

static struct pool_view look(const struct lend *l, uint64_t now_ms)
{
	struct pool_view view = { .idle = presence_idle(&l->presence, now_ms) };
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm)) {
		view.weekday = tm.tm_wday;
		view.minute = tm.tm_hour * 60 + tm.tm_min;
	}
	return view;
}

static void decide(struct lend *l, uint64_t now_ms)
{
	struct pool_view view = look(l, now_ms);
	enum pool_reason reason = pool_decide(l->settings, &view);
	bool open = pool_is_open(reason);
	bool change = !l->decided || open != pool_is_open(l->reason);
	int err = 0;

	if (l->decided && reason == l->reason && !l->error)
		return;
	if (reason != POOL_ALWAYS && (change || l->error))
		err = carry_out(open);
	if (err && err != l->error)
		log_fail(err, "cannot %s this node for guests", open ? "open" : "close");
	else if (change && reason != POOL_ALWAYS)
		log_info("%s for guests: %s", open ? "open" : "closed", pool_text(reason));
	l->decided = true;
	l->reason = reason;
	l->error = err;
	publish(l);
}

void lend_read(struct lend *l, uint64_t now_ms)
{
	if (presence_read(&l->presence, now_ms))
		decide(l, now_ms);
}

void lend_tick(struct lend *l, uint64_t now_ms)
{
	if (l->settings->kind == POOL_ADAPTIVE)
		presence_look(&l->presence, now_ms);
	decide(l, now_ms);
}
