// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/PID/decay: one of openMosix's classes, or an interval and a rate of the
 * process's own.
 */

#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "decay.h"
#include "thread.h"

#define SECONDS_MAX	3600
#define PERMILLE_MAX	1000

enum kind { SLOW, FAST, NONE, CPU, IO, OWN };

static const char *const words[] = {
	[SLOW] = "slow", [FAST] = "fast", [NONE] = "none", [CPU] = "cpu", [IO] = "io",
};

static int parse_own(const char *text, struct hpc_decay *d)
{
	int end = 0;

	if (sscanf(text, "own %hu %hu%n", &d->seconds, &d->permille, &end) != 2 || text[end])
		return -EINVAL;
	if (!d->seconds || d->seconds > SECONDS_MAX || d->permille > PERMILLE_MAX)
		return -EINVAL;
	d->kind = OWN;
	return 0;
}

static int parse(const char *text, struct hpc_decay *d)
{
	int kind = match_string(words, ARRAY_SIZE(words), text);

	if (kind < 0)
		return parse_own(text, d);
	d->kind = kind;
	return 0;
}

int hpc_decay_write(struct task_struct *p, char *text)
{
	struct hpc_decay decay = { };
	struct hpc_task *ht;
	int err = parse(text, &decay);

	if (err)
		return err;
	ht = hpc_task_make(p);
	if (!ht)
		return -ENOMEM;
	guard(spinlock)(&ht->lock);
	ht->decay = decay;
	return 0;
}

void hpc_decay_show(struct task_struct *p, struct seq_file *m)
{
	struct hpc_task *ht = READ_ONCE(p->hpc);
	struct hpc_decay d = { };

	if (ht) {
		guard(spinlock)(&ht->lock);
		d = ht->decay;
	}
	if (d.kind == OWN)
		seq_printf(m, "own %u %u\n", d.seconds, d.permille);
	else
		seq_printf(m, "%s\n", words[d.kind]);
}
