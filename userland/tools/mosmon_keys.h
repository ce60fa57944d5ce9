/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_KEYS_H
#define TOOLS_MOSMON_KEYS_H

#include <stdbool.h>
#include "tools/mosmon_column.h"
#include "tools/mosmon_job.h"

/* What must happen after a key; handlers return these, or'ed. */
enum redraw {
	REDRAW_NONE = 0,
	REDRAW_SCREEN = 1,	/* draw what we have again */
	REDRAW_DATA = 2,	/* collect first */
	REDRAW_REPAINT = 4,	/* others wrote on the screen */
	REDRAW_QUIT = 8,
};

/* Where a key means what: some letters mean another thing once a process is selected. */
enum context { ANYWHERE, UNSELECTED, SELECTED };

enum prompt { PROMPT_NONE, PROMPT_MIGRATE, PROMPT_EXPEL };

/* All that decides what is on the screen beside the snapshot. */
struct view {
	enum mode mode;
	bool show_dead, show_local, help;
	bool forever;		/* q does nothing */
	pid_t selected;		/* 0: none */
	int first_node;		/* of the part of the table that is shown */
	enum prompt prompt;
	char answer[NODE_NAME_MAX];
	char message[160];
	int message_left;	/* intervals until it goes */
	struct job job;
};

struct key {
	int code[3];		/* as getch() gives them; 0 ends */
	enum context context;
	const char *name, *help;
	int (*run)(struct view *view, const struct snapshot *snapshot);
};

/* The table that both dispatch and help use; ends with a row without a name. */
extern const struct key keys[];

/* To be called once an interval, and when a job wrote its outcome into the message. */
void keys_age_message(struct view *view);
void keys_fresh_message(struct view *view);
int keys_dispatch(struct view *view, const struct snapshot *snapshot, int code);
/* The selected process; NULL, and nothing is selected any more, when it is gone. */
const struct process *keys_selected(struct view *view, const struct snapshot *snapshot);

#endif
