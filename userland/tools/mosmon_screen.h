/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOSMON_SCREEN_H
#define TOOLS_MOSMON_SCREEN_H

#include "tools/mosmon_keys.h"

/* Draws all of it; clips view->first_node to what there is. */
void screen_draw(struct view *view, const struct snapshot *snapshot);

#endif
