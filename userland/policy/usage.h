/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_USAGE_H
#define TESSERA_USAGE_H

#define USAGE_SLOW	0.975	/* openMosix's: kept of the past each second */
#define USAGE_FAST	0.926
#define USAGE_NONE	1.0

/* What a process did lately, its past fading away. */
struct usage {
	double demand;		/* CPUs that it would use if it were alone, of late */
	double calls, cpu;	/* calls for home, and the s of CPU in which they were made */
};

/*
 * seconds passed in which it used cpu s of CPU, waited wait s for one, and made calls for home;
 * calls < 0 when nobody counted, at home. kept: USAGE_SLOW ... of the calls' past, each second.
 */
void usage_update(struct usage *u, double seconds, double cpu, double wait, double calls,
		  double kept);
/* Calls in a second of CPU; guess while none were ever counted. */
double usage_calls(const struct usage *u, double guess);
/* Before it ran away: system time is a hint at calls. system: part of its CPU time, 0..1. */
double usage_guess(double system);

#endif
