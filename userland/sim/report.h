/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_REPORT_H
#define TESSERA_REPORT_H

#include "sim/world.h"

/* What perfect placement without any cost would need from the first start to the last end, s. */
double report_optimum(const struct world *w);
/* Prints what came out; false when something that the scenario wants was not reached. */
bool report_print(const struct world *w, const char *name);

#endif
