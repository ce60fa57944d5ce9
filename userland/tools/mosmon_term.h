/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_TERM_H
#define TOOLS_MOSMON_TERM_H

#include "tools/mosmon_column.h"

/* Takes the terminal over; 0, or -ENOTTY when it can only show plain text. */
int term_start(void);
void term_stop(void);
/* The next drawing sends every place of the screen. */
void term_repaint(void);
/* Text at a place in the looks of its role; cut at the right edge. */
void term_put(int row, int column, enum role role, const char *text);

#endif
