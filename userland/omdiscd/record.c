// SPDX-License-Identifier: GPL-2.0
/*
 * What the policy did and thinks, for "mos log" and "mos why": /run/omdiscd/moves, of which the last
 * thousand lines are kept, and /run/omdiscd/thoughts, new each second. docs/interfaces.md has the
 * format.
 */
#include "omdiscd/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/file.h"

#define MOVES		"/run/omdiscd/moves"
#define THOUGHTS	"/run/omdiscd/thoughts"
#define LINES_KEPT	1000
#define LINES_MAX	1200	/* then it is cut to LINES_KEPT */
#define BYTES_MAX	(LINES_MAX * 512)

/* Anything is possible in a process's name; in a file of words it must be one. */
static void put_word(const char *name, char out[JOB_COMM])
{
	size_t i;

	for (i = 0; name[i] && i < JOB_COMM - 1; i++)
		out[i] = (unsigned char)name[i] <= ' ' || name[i] == 0x7f ? '_' : name[i];
	if (!i)
		out[i++] = '_';
	out[i] = '\0';
}

static int append(const char *text)
{
	char full[PATH_MAX];
	int err = file_path(full, sizeof(full), MOVES);
	int fd = err ? -1 : open(full, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);

	if (err)
		return err;
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = errno ? -errno : -EIO;
	close(fd);
	return err;
}

static int count_lines(unsigned int *lines, char **kept)
{
	char full[PATH_MAX], *text = calloc(1, BYTES_MAX + 1);
	FILE *file = NULL;
	int err = text ? file_path(full, sizeof(full), MOVES) : -ENOMEM;

	*lines = 0;
	if (!err)
		file = fopen(full, "re");
	if (!file) {
		free(text);
		return err ? err : -errno;
	}
	/* should it be longer, its end is what counts */
	if (!fseek(file, 0, SEEK_END) && ftell(file) > BYTES_MAX)
		fseek(file, -BYTES_MAX, SEEK_END);
	else
		rewind(file);
	if (!fread(text, 1, BYTES_MAX, file))
		text[0] = '\0';
	fclose(file);
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		++*lines;
	*kept = text;
	return 0;
}

static int cut(struct record *r)
{
	unsigned int lines;
	char *text, *at;
	int err = count_lines(&lines, &text);

	if (err)
		return err == -ENOENT ? 0 : err;
	at = text;
	for (unsigned int i = lines; i > LINES_KEPT; i--)
		at = strchr(at, '\n') + 1;
	if (lines > LINES_KEPT)
		err = file_replace(MOVES, at, 0644);
	r->lines = lines > LINES_KEPT ? LINES_KEPT : lines;
	r->counted = true;
	free(text);
	return err;
}

int record_move(struct record *r, const struct order *order)
{
	char line[REASON_MAX + 128], comm[JOB_COMM];
	struct timespec now;
	int err = 0;

	if (!r->counted || r->lines >= LINES_MAX)
		err = cut(r);
	clock_gettime(CLOCK_REALTIME, &now);
	put_word(order->comm, comm);
	snprintf(line, sizeof(line), "%" PRIu64 " %d %s %u %u %s %s\n",
		 (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, order->pid, comm, order->from,
		 order->to, cause_name(order->cause), order->text);
	r->lines++;
	return err ? err : append(line);
}

static long milliseconds(double seconds)
{
	if (seconds > 1e6)
		return 1000000000;
	return seconds < -1e6 ? -1000000000 : (long)(seconds * 1000);
}

int record_thoughts(struct record *r, const struct snapshot *s, const struct verdict *v)
{
	static char text[sizeof(r->thoughts)];
	size_t used = 0;
	int err;

	text[0] = '\0';
	for (size_t i = 0; i < v->thoughts && sizeof(text) - used > REASON_MAX + 64; i++) {
		const struct thought *t = &v->thought[i];
		unsigned int where = 0;

		for (size_t k = 0; k < s->jobs; k++)
			if (s->job[k].pid == t->pid)
				where = s->job[k].where;
		used += snprintf(text + used, sizeof(text) - used, "%d %u %ld %ld %s\n", t->pid,
				 t->best == where ? 0 : t->best, milliseconds(t->benefit),
				 milliseconds(t->cost), t->text);
	}
	if (!strcmp(text, r->thoughts))
		return 0;
	err = file_replace(THOUGHTS, text, 0644);
	if (!err)
		memcpy(r->thoughts, text, used + 1);
	return err;
}
