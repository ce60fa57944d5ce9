/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_REASON_H
#define TESSERA_REASON_H

#include "policy/outlook.h"

/* Sentences with the numbers that decided, for people. */
void reason_gain(char text[REASON_MAX], const struct snapshot *s, const struct outlook *o, int here,
		 int there, double ratio, double benefit, double cost);
void reason_calls(char text[REASON_MAX], const struct job *job, double ratio);
void reason_memory(char text[REASON_MAX], const struct snapshot *s, const struct job *job, int here,
		   int there);
void reason_limit(char text[REASON_MAX], const struct snapshot *s, int here);
void reason_stays(char text[REASON_MAX], const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
