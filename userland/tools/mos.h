/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_MOS_H
#define TOOLS_MOS_H

#include "tools/tool.h"

/* The commands of mos; the table of them is in mos.c. */
extern const struct tool mos_status, mos_nodes, mos_ps, mos_top, mos_log, mos_why;
extern const struct tool mos_migrate, mos_run, mos_bring, mos_expel;
extern const struct tool mos_block, mos_noblock, mos_stay, mos_nostay, mos_lstay, mos_nolstay;
extern const struct tool mos_quiet, mos_noquiet, mos_speed;

#endif
