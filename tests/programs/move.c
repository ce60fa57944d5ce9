// SPDX-License-Identifier: GPL-2.0
/*
 * Moving processes by /proc/PID/goto, for the mover and for runmoved.  The write waits for the
 * move, so its return value is the truth about the commit: a move is counted when it was
 * committed, a refusal under its errno.  Needs nothing but /proc.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "move.h"

static int open_proc(pid_t pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, flags | O_CLOEXEC);
}

int move_process(pid_t pid, unsigned int node)
{
	char text[16];
	int fd = open_proc(pid, "goto", O_WRONLY), len, error = 0;

	if (fd < 0)
		return errno == ENOENT && access("/proc/self/goto", F_OK) ? -ENOSYS : -ESRCH;
	len = snprintf(text, sizeof(text), "%u\n", node);
	if (write(fd, text, (size_t)len) != len)
		error = -errno;
	close(fd);
	return error;
}

void move_lock(pid_t pid)
{
	int fd = open_proc(pid, "lock", O_WRONLY);

	if (fd < 0)
		return;
	if (write(fd, "1\n", 2) != 2)
		fprintf(stderr, "cannot lock %d: %s\n", pid, strerror(errno));
	close(fd);
}

long move_where(pid_t pid)
{
	char text[16];
	int fd = open_proc(pid, "where", O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return n ? -errno : -ESRCH;
	text[n] = '\0';
	return strtol(text, NULL, 10);
}

/* The parent of PID, or 0 where it is gone or dead. */
static pid_t parent_of(pid_t pid)
{
	char text[512], *rest, state;
	int fd = open_proc(pid, "stat", O_RDONLY), parent;
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	rest = strrchr(text, ')');
	if (!rest || sscanf(rest + 1, " %c %d", &state, &parent) != 2)
		return 0;
	return state == 'Z' || state == 'X' ? 0 : parent;
}

struct family {
	pid_t pid, parent;
};

static size_t all_processes(struct family *all, size_t max)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	while (dir && n < max && (entry = readdir(dir))) {
		pid_t pid;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		pid = (pid_t)atoi(entry->d_name);
		all[n] = (struct family){ pid, parent_of(pid) };
		n += all[n].parent != 0;
	}
	if (dir)
		closedir(dir);
	return n;
}

static bool listed(const pid_t *pids, size_t n, pid_t pid)
{
	while (n)
		if (pids[--n] == pid)
			return true;
	return false;
}

size_t move_descendants(pid_t root, pid_t *pids, size_t max)
{
	static struct family all[32768];
	size_t total, n = 0, before;

	if (!max || !parent_of(root))
		return 0;
	total = all_processes(all, sizeof(all) / sizeof(all[0]));
	pids[n++] = root;
	do {
		before = n;
		for (size_t i = 0; i < total && n < max; i++)
			if (listed(pids, n, all[i].parent) && !listed(pids, n, all[i].pid))
				pids[n++] = all[i].pid;
	} while (n != before && n < max);
	return n;
}

bool move_parse_nodes(struct move_plan *plan, const char *text)
{
	plan->n_nodes = 0;
	while (*text && plan->n_nodes < MOVE_NODES) {
		char *end;
		unsigned long node = strtoul(text, &end, 10);

		if (end == text || node == 0 || node > 65535 || (*end && *end != ','))
			return false;
		if (node != plan->home)
			plan->nodes[plan->n_nodes++] = (unsigned int)node;
		text = *end ? end + 1 : end;
	}
	return plan->n_nodes > 0 && !*text;
}

bool move_parse_times(struct move_plan *plan, const char *text)
{
	char end;

	return sscanf(text, "%u-%u%c", &plan->lo_ms, &plan->hi_ms, &end) == 2 &&
	       plan->lo_ms <= plan->hi_ms;
}

static uint64_t next_random(uint64_t *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull >> 16;
}

static void sleep_us(uint64_t us)
{
	struct timespec time = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };

	nanosleep(&time, NULL);
}

/* Home a third of the time, else a node that it is not on; 0 = home. */
static unsigned int choose_target(const struct move_plan *plan, long where, uint64_t *state)
{
	unsigned int node = plan->nodes[next_random(state) % plan->n_nodes];

	if (where == 0)
		return node;
	if (node == (unsigned int)where || next_random(state) % 3 == 0)
		return 0;
	return node;
}

static void count_move(struct move_tally *tally, unsigned int target, int error)
{
	if (!error) {
		if (target)
			tally->moves++;
		else
			tally->back++;
		return;
	}
	if (error == -ESRCH)
		return;
	tally->refused++;
	if (-error < MOVE_ERRNOS)
		tally->by_errno[-error]++;
}

static size_t candidates(const struct move_plan *plan, const pid_t *roots, size_t n_roots,
			 pid_t *pids)
{
	size_t n = 0;

	for (size_t i = 0; i < n_roots; i++) {
		if (plan->tree)
			n += move_descendants(roots[i], pids + n, MOVE_PIDS - n);
		else if (n < MOVE_PIDS && parent_of(roots[i]))
			pids[n++] = roots[i];
	}
	return n;
}

void move_loop(const struct move_plan *plan, const pid_t *roots, size_t n_roots,
	       struct move_tally *tally, const volatile sig_atomic_t *stop)
{
	uint64_t state = plan->seed * 0x9e3779b97f4a7c15ull | 1;
	uint64_t span = (plan->hi_ms - plan->lo_ms) * 1000ull + 1;
	pid_t pids[MOVE_PIDS];
	size_t n;

	while (!*stop && (!plan->limit || tally->moves + tally->back < plan->limit)) {
		unsigned int target;
		pid_t pid;
		long where;

		sleep_us(plan->lo_ms * 1000ull + next_random(&state) % span);
		n = candidates(plan, roots, n_roots, pids);
		if (!n || *stop)
			break;
		pid = pids[next_random(&state) % n];
		where = move_where(pid);
		if (where == -ENOENT && access("/proc/self/where", F_OK)) {
			count_move(tally, 0, -ENOSYS);
			break;
		}
		if (where < 0)
			continue;
		target = choose_target(plan, where, &state);
		count_move(tally, target, move_process(pid, target));
	}
}

void move_print(FILE *out, const struct move_tally *tally)
{
	fprintf(out, " moves=%lu back=%lu refused=%lu", tally->moves, tally->back, tally->refused);
	for (int i = 0; i < MOVE_ERRNOS; i++)
		if (tally->by_errno[i])
			fprintf(out, " %s=%lu", strerrorname_np(i), tally->by_errno[i]);
}
