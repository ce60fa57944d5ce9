/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TESSERA_LIMIT_H
#define TESSERA_LIMIT_H

/* openMosix's loadcpulimit: what of this node's load counts. */
enum limit_mode {
	LIMIT_ALL	= 0,
	LIMIT_LOCAL	= 1,
	LIMIT_GUESTS	= 2,
};

struct limits {
	double load;		/* percent of a standard CPU for each CPU, as nodes/N/load; 0 = none */
	enum limit_mode load_mode;
	double cpu;		/* percent of this node's CPU time; 0 = none */
	enum limit_mode cpu_mode;
};

struct limit_use {
	double local, guests;		/* processes that want a CPU */
	double local_cpu, guest_cpu;	/* CPUs that they use */
	double cpus, speed;		/* speed: 1 = standard */
};

/* FIGURES_FULL when one guest more would pass a limit, FIGURES_OVER too when one is passed; or 0. */
unsigned int limit_status(const struct limits *limits, const struct limit_use *use);

#endif
