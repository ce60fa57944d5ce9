/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_TEXT_H
#define TOOLS_MOSMON_TEXT_H

#include <stdbool.h>
#include <stdio.h>
#include "tools/mosmon_column.h"

/* The one line that sums a snapshot up. */
void text_summary(const struct snapshot *snapshot, char out[CELL_MAX]);
/* The whole snapshot as plain lines. */
void text_print(FILE *out, const struct snapshot *snapshot, enum mode mode, bool with_dead);

#endif
