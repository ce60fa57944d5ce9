// SPDX-License-Identifier: GPL-2.0
/* The reasons of decisions in words, with the numbers that they rest on. */
#include "policy/reason.h"

#include <stdarg.h>
#include <stdio.h>

#define MIB	(1024.0 * 1024)

void reason_gain(char text[REASON_MAX], const struct snapshot *s, const struct outlook *o, int here,
		 int there, double ratio, double benefit, double cost)
{
	const struct peer *a = &s->peer[here], *b = &s->peer[there];

	snprintf(text, REASON_MAX,
		 "it runs %.1f times as fast on node %u (%.1f running on %.0f CPU of speed %.0f) as on "
		 "node %u (%.1f on %.0f of %.0f): %.1f s saved for %.1f s",
		 ratio, b->id, o->view[there].running, b->cpus, b->speed * FIGURES_STANDARD_SPEED,
		 a->id, o->view[here].running, a->cpus, a->speed * FIGURES_STANDARD_SPEED, benefit,
		 cost);
}

void reason_calls(char text[REASON_MAX], const struct job *job, double ratio)
{
	snprintf(text, REASON_MAX,
		 "it makes %.0f calls for home in each second of CPU: at home it runs %.1f times as fast",
		 job->calls, ratio);
}

void reason_memory(char text[REASON_MAX], const struct snapshot *s, const struct job *job, int here,
		   int there)
{
	const struct peer *a = &s->peer[here], *b = &s->peer[there];

	snprintf(text, REASON_MAX,
		 "node %u has only %.0f of %.0f MiB free (%+.1f MiB/s); its %.0f MiB go to node %u, "
		 "which has %.0f MiB free", a->id, a->mem / MIB, a->total / MIB, s->slope / MIB,
		 job->rss / MIB, b->id, b->mem / MIB);
}

void reason_limit(char text[REASON_MAX], const struct snapshot *s, int here)
{
	const struct peer *p = &s->peer[here];

	snprintf(text, REASON_MAX, "node %u has passed its load limit (%.1f running, %u guests)",
		 p->id, p->running, p->guests);
}

void reason_stays(char text[REASON_MAX], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, REASON_MAX, fmt, args);
	va_end(args);
}
