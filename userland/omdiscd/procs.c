// SPDX-License-Identifier: GPL-2.0
/*
 * The processes that the policy decides about, from /proc, once a second. Most sleep: of these only
 * one file is read; whoever uses a CPU or is away is looked at in full. A process that ends meanwhile
 * is left out, never an error.
 */
#include "omdiscd/procs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/file.h"
#include "lib/guest.h"
#include "lib/parse.h"

#define KERNEL_THREAD	0x00200000	/* PF_KTHREAD */
#define DEMAND_SEEN	0.05		/* CPUs: less is a sleeper */
#define TURNS		8		/* sleepers are looked at in full every so many seconds */

int procs_parse_stat(const char *text, struct proc *out)
{
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	unsigned long flags;
	char state;
	unsigned long long user, system, start;
	long pages;

	if (!name || !end || end < name)
		return -EINVAL;
	if (sscanf(end + 1, " %c %*d %*d %*d %*d %*d %lu %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d "
		   "%*d %*d %llu %*u %ld", &state, &flags, &user, &system, &start, &pages) != 6)
		return -EINVAL;
	snprintf(out->comm, sizeof(out->comm), "%.*s", (int)(end - name - 1), name + 1);
	out->kernel = flags & KERNEL_THREAD;
	out->runnable = state == 'R';
	out->user = user;
	out->system = system;
	out->start = start;
	out->rss = pages > 0 ? (uint64_t)pages * sysconf(_SC_PAGESIZE) : 0;
	return 0;
}

/* What is kept each second; the declarations go to flags. */
double procs_parse_decay(const char *text, unsigned int *flags)
{
	unsigned int seconds, permille;

	*flags &= ~(JOB_CPU | JOB_IO);
	if (!strcmp(text, "cpu"))
		*flags |= JOB_CPU;
	else if (!strcmp(text, "io"))
		*flags |= JOB_IO;
	else if (!strcmp(text, "fast"))
		return USAGE_FAST;
	else if (!strcmp(text, "none"))
		return USAGE_NONE;
	else if (sscanf(text, "own %u %u", &seconds, &permille) == 2 && seconds && permille <= 1000)
		return 1 - (1 - permille / 1000.0) / seconds;
	return USAGE_SLOW;
}

static uint64_t number(pid_t pid, const char *file)
{
	char text[32];
	uint64_t value;

	if (file_readf(text, sizeof(text), "/proc/%d/%s", pid, file) < 0 || parse_u64(text, &value))
		return 0;
	return value;
}

static void read_mask(struct proc *p)
{
	struct mask_range range[MASK_RANGES_MAX];
	char text[2048];
	int count;

	p->mask_mode = MASK_NONE;
	if (!number(p->pid, "migfilter") ||
	    file_readf(text, sizeof(text), "/proc/%d/mignodes", p->pid) < 0)
		return;
	count = mask_parse(text, range);
	if (count < 0)
		return;
	free(p->range);
	p->range = count ? malloc(count * sizeof(*range)) : NULL;
	p->ranges = p->range ? count : 0;
	if (p->range)
		memcpy(p->range, range, count * sizeof(*range));
	p->mask_mode = number(p->pid, "migpolicy") ? MASK_ALLOW : MASK_DENY;
}

static unsigned int count_placed(pid_t pid)
{
	char text[1024];
	uint64_t placed = 0;

	if (file_readf(text, sizeof(text), "/proc/%d/hpcstat", pid) >= 0)
		parse_field(text, "placed", &placed);
	return placed;
}

/* Moves that were not ours are those of a person, who shall have his way for a while. */
static void see_moves(struct proc *p, unsigned int where, unsigned int moves, uint64_t now_ms)
{
	unsigned int placed = moves != p->moves ? count_placed(p->pid) : p->placed;

	if (p->known && (moves != p->moves || where != p->where)) {
		p->before = p->where;
		p->moved_ms = now_ms;
		p->flags &= ~JOB_BY_HAND;
		if (where != p->wish && placed == p->placed)
			p->flags |= JOB_BY_HAND;
	}
	/* somebody was quicker than our first look */
	if (!p->known && moves > placed)
		p->flags |= JOB_BY_HAND;
	p->placed = placed;
	p->where = where;
	p->moves = moves;
}

static void read_away(struct proc *p, uint64_t *away, uint64_t *calls)
{
	char text[1024];
	uint64_t user = 0, system = 0, pages;

	if (file_readf(text, sizeof(text), "/proc/%d/hpcstat", p->pid) < 0)
		return;
	parse_field(text, "guest_utime", &user);
	parse_field(text, "guest_stime", &system);
	parse_field(text, "calls", calls);
	if (!parse_field(text, "guest_rss", &pages) && pages)
		p->rss = pages * sysconf(_SC_PAGESIZE);
	*away = user + system;
}

static void read_flags(struct proc *p)
{
	char text[256];

	p->flags &= ~(JOB_LOCKED | JOB_CANTMOVE);
	if (number(p->pid, "lock"))
		p->flags |= JOB_LOCKED;
	if (file_readf(text, sizeof(text), "/proc/%d/cantmove", p->pid) < 0)
		p->flags |= JOB_CANTMOVE;
	else
		for (char *at = text, *word; (word = parse_word(&at));)
			if (strcmp(word, "cpu_affinity") && strcmp(word, "user_lock"))
				p->flags |= JOB_CANTMOVE;
	p->kept = USAGE_SLOW;
	if (file_readf(text, sizeof(text), "/proc/%d/decay", p->pid) >= 0)
		p->kept = procs_parse_decay(text, &p->flags);
}

/*
 * While the CPUs are busy, who is runnable when we look has wanted one all the time; who is not,
 * has had what it used. (CPU time is all that is known of it: there is no need for schedstat.)
 */
static void measure_here(struct procs *all, struct proc *p, double cpu, double seconds)
{
	double wait = all->busy && p->runnable && cpu < seconds ? seconds - cpu : 0;

	usage_update(&p->usage, seconds, cpu, wait, -1, p->kept);
	*(p->guest ? &all->guests : &all->local) += (cpu + wait) / seconds;
	*(p->guest ? &all->guest_cpu : &all->local_cpu) += cpu / seconds;
}

static void measure(struct procs *all, struct proc *p, const struct proc *old, double seconds)
{
	double ticks = sysconf(_SC_CLK_TCK), there = 0;
	double here = (p->user + p->system - old->user - old->system) / ticks;
	uint64_t away = 0, calls = 0;

	if (!p->guest && (p->where != p->home || p->moves))
		read_away(p, &away, &calls);
	if (away > old->away)
		there = (away - old->away) / ticks;
	if (p->where != p->home && !p->guest)
		usage_update(&p->usage, seconds, there, 0,
			     calls > old->calls ? calls - old->calls : 0, p->kept);
	else
		measure_here(all, p, here, seconds);
	p->away = away;
	p->calls = calls;
	p->cpu = (here + there) / seconds;
	p->used += (here + there) * all->speed;
	if (!p->known)
		p->used = (p->user + p->system + away) / ticks * all->speed;
}

static bool is_due(const struct procs *all, const struct proc *p)
{
	return !p->known || p->where != p->home || p->usage.demand > DEMAND_SEEN || p->wish ||
	       ((unsigned int)p->pid + all->turn) % TURNS == 0;
}

static const struct guest *find_guest(const struct guest_list *guests, pid_t pid)
{
	for (size_t i = 0; i < guests->count; i++)
		if (guests->guest[i].pid == pid)
			return &guests->guest[i];
	return NULL;
}

static void place(struct proc *p, const struct guest *guest, unsigned int self, uint64_t now_ms)
{
	unsigned int where;

	p->guest = guest;
	if (guest) {
		p->home = guest->from;
		p->where = self;
		p->flags |= JOB_GUEST;
		return;
	}
	p->home = self;
	where = number(p->pid, "where");
	see_moves(p, where ? where : self, number(p->pid, "nmigs"), now_ms);
}

/* 0, or -errno when it is gone. */
static int read_one(struct procs *all, struct proc *p, const struct guest_list *guests,
		    uint64_t now_ms)
{
	struct proc old = *p;
	double seconds = (now_ms - all->read_ms) / 1000.0;
	char text[1024];
	int err = file_readf(text, sizeof(text), "/proc/%d/stat", p->pid);

	if (err >= 0)
		err = procs_parse_stat(text, p);
	if (err)
		return err;
	if (p->start != old.start) {
		/* another process has the number now; range is freed by the caller */
		old = (struct proc) { .pid = p->pid, .start = p->start };
		p->known = false;
		p->usage = (struct usage) { 0 };
		p->moved_ms = now_ms;
		p->flags = p->before = p->wish = p->fails = p->moves = 0;
		p->away = p->calls = p->retry_ms = 0;
		old.user = p->user;
		old.system = p->system;
	}
	if (p->kernel)
		return 0;
	if (is_due(all, p)) {
		place(p, find_guest(guests, p->pid), all->self, now_ms);
		read_flags(p);
		if (!p->guest)
			read_mask(p);
	}
	if (seconds > 0)
		measure(all, p, &old, seconds);
	p->known = true;
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct proc *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

struct proc *procs_find(const struct procs *p, pid_t pid)
{
	struct proc key = { .pid = pid };

	return p->count ? bsearch(&key, p->proc, p->count, sizeof(key), by_pid) : NULL;
}

static int take(struct procs *all, struct procs *next, pid_t pid, const struct guest_list *guests,
		uint64_t now_ms)
{
	struct proc *old = procs_find(all, pid), *grown, *p;

	grown = reallocarray(next->proc, next->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	next->proc = grown;
	p = &grown[next->count];
	*p = old ? *old : (struct proc) { .pid = pid };
	/* a thread of the kernel seldom ends: look again now and then, for its number may be reused */
	if (!(p->kernel && (pid + all->turn) % TURNS) &&
	    read_one(next, p, guests, now_ms))
		return 0;
	if (old)
		old->range = NULL;
	next->count++;
	return 0;
}

void procs_free(struct procs *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->proc[i].range);
	free(p->proc);
	memset(p, 0, sizeof(*p));
}

int procs_read(struct procs *p, uint64_t now_ms, unsigned int self, double speed, bool busy)
{
	struct procs next = {
		.read_ms = p->read_ms, .turn = p->turn + 1,
		.self = self, .speed = speed, .busy = busy,
	};
	struct guest_list guests;
	struct dirent *entry;
	char path[PATH_MAX];
	int err = file_path(path, sizeof(path), "/proc");
	DIR *dir = err ? NULL : opendir(path);
	pid_t pid;

	if (!dir)
		return err ? err : -errno;
	if (guest_list_read(&guests))
		guests = (struct guest_list) { 0 };
	while (!err && (entry = readdir(dir)))
		if (!parse_pid(entry->d_name, &pid) && pid != getpid())
			err = take(p, &next, pid, &guests, now_ms);
	closedir(dir);
	guest_list_free(&guests);
	if (next.count)
		qsort(next.proc, next.count, sizeof(*next.proc), by_pid);
	next.read_ms = now_ms;
	procs_free(p);
	*p = next;
	return err;
}
