/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_COLUMN_H
#define TOOLS_MOSMON_COLUMN_H

#include <stddef.h>
#include "tools/mosmon_data.h"

/* What openMosix's mosmon showed one at a time. */
enum mode { MODE_LOAD, MODE_SPEED, MODE_MEMORY, MODE_UTIL };

/* What a piece of text is; the terminal decides what that looks like. */
enum role {
	ROLE_NORMAL,
	ROLE_TITLE,
	ROLE_HEADING,
	ROLE_GOOD,
	ROLE_WARN,
	ROLE_BAD,
	ROLE_DIM,
	ROLE_SELECTED,
	ROLE_MESSAGE,
	NR_ROLES,
};

#define CELL_MAX 256

struct column {
	const char *title;
	int width;		/* 0: takes what is left of the line */
	bool right;		/* aligned */
	void (*format)(const struct node *node, const struct snapshot *s,
		       char out[CELL_MAX], int width);
	enum role (*role)(const struct node *node);	/* NULL: normal */
};

struct process_column {
	const char *title;
	int width;
	bool right;
	void (*format)(const struct process *process, const struct snapshot *s,
		       char out[CELL_MAX]);
};

/* The columns of a mode; the last one has no title. */
const struct column *columns_of(enum mode mode);
extern const struct process_column process_columns[];

/* Fits text into width: cut, or padded with blanks. */
void cell_fit(char out[CELL_MAX], const char *text, int width, bool right);
/* The width of the column that takes the rest of a line of that many places, at least 0. */
int columns_rest(enum mode mode, int line);

#endif
