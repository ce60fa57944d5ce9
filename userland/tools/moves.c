// SPDX-License-Identifier: GPL-2.0
/*
 * What the daemon's policy did and thinks, from the files that it keeps:
 * /run/omdiscd/moves, "EPOCH_MS PID COMM FROM TO CAUSE TEXT" a line, and
 * /run/omdiscd/thoughts, "PID BEST_NODE BENEFIT_MS COST_MS TEXT". A line that
 * is not so is left out. Names end up on terminals and are made printable.
 */
#include "tools/moves.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lib/file.h"
#include "lib/parse.h"

#define MOVES_PATH	"/run/omdiscd/moves"
#define THOUGHTS_PATH	"/run/omdiscd/thoughts"
#define MOVES_BYTES	(256 * 1024)

static void copy_printable(char *out, size_t size, const char *text)
{
	size_t i;

	for (i = 0; text[i] && i + 1 < size; i++)
		out[i] = isprint((unsigned char)text[i]) ? text[i] : '?';
	out[i] = '\0';
}

static int parse_place(const char *text, unsigned int *id)
{
	*id = 0;
	return strcmp(text, "0") && strcmp(text, "home") ? parse_id(text, id) : 0;
}

static int parse_signed(const char *text, int64_t *value)
{
	uint64_t number;
	int err = parse_u64(text + (*text == '-'), &number);

	if (!err && number > INT64_MAX)
		err = -ERANGE;
	if (!err)
		*value = *text == '-' ? -(int64_t)number : (int64_t)number;
	return err;
}

int move_parse(char *line, struct move *move)
{
	char *words[6];
	size_t i;

	*move = (struct move) { 0 };
	for (i = 0; i < 6; i++) {
		words[i] = parse_word(&line);
		if (!words[i])
			return -EINVAL;
	}
	if (parse_u64(words[0], &move->time_ms) || parse_pid(words[1], &move->pid) ||
	    parse_place(words[3], &move->from) || parse_place(words[4], &move->to))
		return -EINVAL;
	copy_printable(move->comm, sizeof(move->comm), words[2]);
	copy_printable(move->cause, sizeof(move->cause), words[5]);
	copy_printable(move->text, sizeof(move->text), line + strspn(line, " \t"));
	return 0;
}

static int add_move(struct move_list *list, const struct move *move)
{
	struct move *grown = list->move;

	/* grow at each power of two */
	if (!(list->count & (list->count - 1)))
		grown = reallocarray(list->move, list->count ? 2 * list->count : 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	list->move = grown;
	grown[list->count++] = *move;
	return 0;
}

/* A file of any length: only its end is looked at. */
static FILE *open_end(void)
{
	char path[PATH_MAX];
	FILE *file;
	int c = '\n';

	if (file_path(path, sizeof(path), MOVES_PATH))
		return NULL;
	file = fopen(path, "re");
	if (!file)
		return NULL;
	if (!fseek(file, -MOVES_BYTES, SEEK_END))
		while ((c = getc(file)) != EOF && c != '\n')
			;
	return file;
}

int moves_read(struct move_list *list)
{
	FILE *file = open_end();
	char *line = NULL;
	struct move move;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	memset(list, 0, sizeof(*list));
	if (!file)
		return -errno;
	while (!err && (len = getline(&line, &size, file)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		if (!move_parse(line, &move))
			err = add_move(list, &move);
	}
	free(line);
	fclose(file);
	if (err)
		moves_free(list);
	return err;
}

void moves_free(struct move_list *list)
{
	free(list->move);
	memset(list, 0, sizeof(*list));
}

static void place_text(const struct node_list *nodes, unsigned int id, char out[static 80])
{
	const struct node *node = node_list_id(nodes, id);

	if (id && node && node->name[0])
		snprintf(out, 80, "%u %s", id, node->name);
	else if (id)
		snprintf(out, 80, "%u", id);
	else
		strcpy(out, "home");
}

const char *moves_text(const struct move *move, const struct node_list *nodes,
		       char out[static MOVE_LINE_MAX])
{
	time_t seconds = move->time_ms / 1000;
	char from[80], to[80], when[32];
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(when, sizeof(when), "%m-%d %H:%M:%S", &tm))
		strcpy(when, "?");
	place_text(nodes, move->from, from);
	place_text(nodes, move->to, to);
	snprintf(out, MOVE_LINE_MAX, "%s %d %s, %s -> %s: %s%s%s", when, move->pid, move->comm, from,
		 to, move->cause, move->text[0] ? ", " : "", move->text);
	return out;
}

static int thought_parse(char *line, struct thought *thought)
{
	char *words[4];
	size_t i;

	*thought = (struct thought) { 0 };
	for (i = 0; i < 4; i++) {
		words[i] = parse_word(&line);
		if (!words[i])
			return -EINVAL;
	}
	if (parse_pid(words[0], &thought->pid) || parse_place(words[1], &thought->best) ||
	    parse_signed(words[2], &thought->benefit_ms) || parse_signed(words[3], &thought->cost_ms))
		return -EINVAL;
	copy_printable(thought->text, sizeof(thought->text), line + strspn(line, " \t"));
	return 0;
}

int thought_find(pid_t pid, struct thought *thought)
{
	char *text, *cursor, *line;
	int err = file_load(THOUGHTS_PATH, &text);

	if (err)
		return err;
	cursor = text;
	err = -ESRCH;
	while (err && (line = parse_line(&cursor)))
		if (!thought_parse(line, thought) && thought->pid == pid)
			err = 0;
	free(text);
	return err;
}
