/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOLS_REASON_H
#define TOOLS_REASON_H

/* A word of /proc/PID/cantmove, in a sentence with what can be done about it; PID stands at most once. */
struct reason {
	const char *word;
	const char *text;
};

/* NULL for a word that is not known. */
const struct reason *reason_find(const char *word);

#endif
