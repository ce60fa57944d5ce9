/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_LEND_H
#define TESSERA_LEND_H

#include "omdiscd/pool.h"
#include "omdiscd/presence.h"

/* This node in its pool: open for guests, or closed. */
struct lend {
	const struct pool_settings *settings;
	struct presence presence;
	bool decided;			/* there was a decision before this one */
	enum pool_reason reason;
	int error;			/* the last one of the kernel's files */
};

/* 0 or -errno; lend_fd() is -1 where nothing has to be watched. */
int lend_open(struct lend *l, const struct pool_settings *settings, uint64_t now_ms);
void lend_close(struct lend *l);
int lend_fd(const struct lend *l);
/* When lend_fd() is readable. */
void lend_read(struct lend *l, uint64_t now_ms);
/* Each second. */
void lend_tick(struct lend *l, uint64_t now_ms);

#endif
