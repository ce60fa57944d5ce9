// SPDX-License-Identifier: GPL-2.0
/* What came out of a run, beside what perfect placement would have needed, and whether it is good. */
#include "sim/report.h"

#include <math.h>

static double capacity(const struct world *w, double *fastest)
{
	double sum = 0;

	*fastest = 0;
	for (size_t i = 0; i < w->machines; i++) {
		sum += w->machine[i].cpus * w->machine[i].speed;
		*fastest = fmax(*fastest, w->machine[i].speed);
	}
	return sum;
}

static double first_start(const struct world *w)
{
	double first = INFINITY;

	for (size_t i = 0; i < w->jobs; i++)
		first = fmin(first, w->job[i].started);
	return w->jobs ? first : 0;
}

/* A bound that nothing can be below, even if work could be cut into any pieces. */
double report_optimum(const struct world *w)
{
	double fastest, all = capacity(w, &fastest), bound = 0, work = 0, first = first_start(w);

	for (size_t i = 0; i < w->jobs; i++) {
		const struct sim_job *j = &w->job[i];

		work += j->work;
		bound = fmax(bound, j->started - first + j->work / fastest);
	}
	return fmax(bound, work / all);
}

static void find_results(const struct world *w, double result[WANT_END])
{
	const struct tally *t = &w->tally;
	double optimum = report_optimum(w), jobs = w->jobs ? w->jobs : 1;

	result[WANT_RATIO] = optimum > 0 ? (t->last_end - first_start(w)) / optimum : 1;
	result[WANT_MOVES] = t->moves / jobs;
	result[WANT_PINGPONG] = t->pingpong / jobs;
	result[WANT_LOST] = t->lost;
	result[WANT_SWAP] = t->swap;
	result[WANT_AGE] = t->aged ? t->ages / t->aged : 0;
	result[WANT_BYTES] = t->node_seconds ? (double)t->bytes / t->node_seconds : 0;
}

static void print_causes(const struct tally *t)
{
	printf("moves: %llu (", (unsigned long long)t->moves);
	for (int i = 0; i <= CAUSE_LIMIT; i++)
		printf("%s%s %llu", i ? ", " : "", cause_name(i), (unsigned long long)t->moves_by[i]);
	printf("), back within a minute %llu, refused %llu\n", (unsigned long long)t->pingpong,
	       (unsigned long long)t->refused);
}

bool report_print(const struct world *w, const char *name)
{
	const struct tally *t = &w->tally;
	double result[WANT_END];
	bool good = true;

	find_results(w, result);
	printf("%s: %zu nodes, %zu jobs, %zu done, %zu lost\n", name, w->machines, w->jobs, t->done,
	       t->lost);
	printf("makespan %.1f s, perfect placement %.1f s; mean time of a job %.1f s\n",
	       t->last_end - first_start(w), report_optimum(w), w->jobs ? t->waited / w->jobs : 0);
	print_causes(t);
	printf("age of figures: mean %.2f s, oldest %.2f s; messages %.0f bytes/s a node\n",
	       result[WANT_AGE], t->oldest, result[WANT_BYTES]);
	for (int i = 0; i < WANT_END; i++) {
		bool missed = w->scenario->wanted[i] && !(result[i] <= w->scenario->want[i]);

		if (!w->scenario->wanted[i])
			continue;
		printf("%-8s %.4g, wanted at most %g%s\n", scenario_want_name(i), result[i],
		       w->scenario->want[i], missed ? ": MISSED" : "");
		good &= !missed;
	}
	return good;
}
