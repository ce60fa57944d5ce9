// SPDX-License-Identifier: GPL-2.0
/*
 * Scenario files: one statement a line, words and values; "#" starts a comment. docs/balancing.md
 * explains them.
 */
#include "sim/scenario.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/file.h"
#include "lib/parse.h"

#define MIB	(1024.0 * 1024)

struct field {
	const char *name;
	enum { FIELD_NUMBER, FIELD_RANGE, FIELD_FLAG } kind;
	double *number;
	struct range *range;
	bool *flag;
	double unit;
};

static const char *const want_names[] = {
	[WANT_RATIO] = "ratio",
	[WANT_MOVES] = "moves",
	[WANT_PINGPONG] = "pingpong",
	[WANT_LOST] = "lost",
	[WANT_SWAP] = "swap",
	[WANT_AGE] = "age",
	[WANT_BYTES] = "bytes",
};
_Static_assert(sizeof(want_names) / sizeof(want_names[0]) == WANT_END, "each has a name");

static const char *const script_names[] = {
	[SCRIPT_FAIL] = "fail",
	[SCRIPT_JOIN] = "join",
	[SCRIPT_PART] = "part",
	[SCRIPT_HEAL] = "heal",
	[SCRIPT_BLOCK] = "block",
	[SCRIPT_UNBLOCK] = "unblock",
};

#define SCRIPTS	(sizeof(script_names) / sizeof(script_names[0]))

const char *scenario_want_name(enum want_kind kind)
{
	return want_names[kind];
}

static int parse_number(const char *text, double *value)
{
	char *end;

	*value = text ? strtod(text, &end) : -1;
	return !text || end == text || *end || !isfinite(*value) || *value < 0 ? -EINVAL : 0;
}

static int parse_range(const char *text, struct range *range)
{
	char end;
	int n = text ? sscanf(text, "%u..%u%c", &range->from, &range->to, &end) : 0;

	if (n == 1 && !strstr(text, ".."))
		range->to = range->from;
	else if (n != 2)
		return -EINVAL;
	return range->from && range->from <= range->to && range->to <= PARSE_ID_MAX ? 0 : -EINVAL;
}

/* "NAME VALUE" pairs in any order. */
static int parse_fields(char *line, const struct field *fields, size_t count)
{
	char *word;

	while ((word = parse_word(&line))) {
		const struct field *f = NULL;
		int err = 0;

		for (size_t i = 0; i < count; i++)
			if (!strcmp(fields[i].name, word))
				f = &fields[i];
		if (!f)
			return -EINVAL;
		if (f->kind == FIELD_NUMBER) {
			err = parse_number(parse_word(&line), f->number);
			*f->number *= f->unit;
		} else if (f->kind == FIELD_RANGE) {
			err = parse_range(parse_word(&line), f->range);
		} else {
			*f->flag = true;
		}
		if (err)
			return err;
	}
	return 0;
}

#define NUMBER(n, where, u)	{ .name = n, .kind = FIELD_NUMBER, .number = where, .unit = u }
#define RANGE(n, where)		{ .name = n, .kind = FIELD_RANGE, .range = where }
#define FLAG(n, where)		{ .name = n, .kind = FIELD_FLAG, .flag = where }
#define COUNT(fields)		(sizeof(fields) / sizeof((fields)[0]))

static int add(void *list, size_t *count, const void *line, size_t size)
{
	void **array = list;
	char *grown = reallocarray(*array, *count + 1, size);

	if (!grown)
		return -ENOMEM;
	*array = grown;
	memcpy(grown + size * (*count)++, line, size);
	return 0;
}

/* node COUNT [cpus N] [speed N] [mem MIB] [zone N] [blocked] */
static int parse_node(struct scenario *s, char *line)
{
	double count, cpus = 1, speed = 10000, mem = 4096 * MIB, zone = 0;
	struct node_line n = { 0 };
	const struct field fields[] = {
		NUMBER("cpus", &cpus, 1), NUMBER("speed", &speed, 1), NUMBER("mem", &mem, MIB),
		NUMBER("zone", &zone, 1), FLAG("blocked", &n.blocked),
	};
	int err = parse_number(parse_word(&line), &count);

	if (!err)
		err = parse_fields(line, fields, COUNT(fields));
	if (err || count < 1 || count > PARSE_ID_MAX || cpus < 1 || cpus > 4096 || speed < 1 ||
	    speed > 1e9 || zone > 255)
		return -EINVAL;
	n.count = count;
	n.cpus = cpus;
	n.speed = speed;
	n.mem = mem;
	n.zone = zone;
	return add(&s->node, &s->node_lines, &n, sizeof(n));
}

/* job COUNT work S [at S] [on N..M] [every S] [varied] [rss MIB] [grow MIB/s] [max MIB] ... */
static int parse_job(struct scenario *s, char *line)
{
	struct job_line j = { .on = { 1, 1 }, .rss = 2 * MIB };
	const struct field fields[] = {
		NUMBER("work", &j.work, 1), NUMBER("at", &j.at, 1), RANGE("on", &j.on),
		NUMBER("every", &j.every, 1), FLAG("varied", &j.varied), NUMBER("rss", &j.rss, MIB),
		NUMBER("grow", &j.grow, MIB), NUMBER("max", &j.max, MIB),
		NUMBER("calls", &j.calls, 1), FLAG("locked", &j.locked),
	};
	double count;
	int err = parse_number(parse_word(&line), &count);

	if (!err)
		err = parse_fields(line, fields, COUNT(fields));
	if (err || count < 1 || count > 1e7 || j.work <= 0)
		return -EINVAL;
	j.count = count;
	return add(&s->job, &s->job_lines, &j, sizeof(j));
}

/* at S fail|join|part|heal|block|unblock [N..M] */
static int parse_script(struct scenario *s, char *line)
{
	struct script_line l = { .nodes = { 1, 1 } };
	int err = parse_number(parse_word(&line), &l.at);
	const char *name = parse_word(&line), *nodes = parse_word(&line);
	size_t kind = 0;

	while (name && kind < SCRIPTS && strcmp(script_names[kind], name))
		kind++;
	if (err || !name || kind == SCRIPTS || parse_word(&line))
		return -EINVAL;
	l.kind = kind;
	if (l.kind != SCRIPT_HEAL || nodes)
		err = parse_range(nodes, &l.nodes);
	return err ? err : add(&s->script, &s->script_lines, &l, sizeof(l));
}

/* want ratio|moves|pingpong|lost|swap|age|bytes NUMBER: the most that is good */
static int parse_want(struct scenario *s, char *line)
{
	const char *name = parse_word(&line);

	for (int i = 0; name && i < WANT_END; i++) {
		if (strcmp(want_names[i], name))
			continue;
		s->wanted[i] = true;
		return parse_number(parse_word(&line), &s->want[i]);
	}
	return -EINVAL;
}

/* net [latency US] [bandwidth MB/s] [loss PERCENT] [fanout N] */
static int parse_net(struct scenario *s, char *line)
{
	double fanout = s->fanout;
	const struct field fields[] = {
		NUMBER("latency", &s->latency, 1e-6), NUMBER("bandwidth", &s->bandwidth, 1e6),
		NUMBER("loss", &s->loss, 0.01), NUMBER("fanout", &fanout, 1),
	};
	int err = parse_fields(line, fields, COUNT(fields));

	s->fanout = fanout;
	s->policy.costs.bandwidth = s->bandwidth;
	s->policy.costs.call = 2 * s->latency;
	return err || s->bandwidth <= 0 || s->loss > 1 || fanout > 64 ? -EINVAL : 0;
}

/* members known|swim */
static int parse_members(struct scenario *s, char *line)
{
	const char *word = parse_word(&line);

	if (!word || (strcmp(word, "known") && strcmp(word, "swim")))
		return -EINVAL;
	s->swim = !strcmp(word, "swim");
	return 0;
}

static int parse_statement(struct scenario *s, char *line)
{
	const char *word = parse_word(&line);
	uint64_t seed;

	if (!word)
		return 0;
	if (!strcmp(word, "node"))
		return parse_node(s, line);
	if (!strcmp(word, "job"))
		return parse_job(s, line);
	if (!strcmp(word, "at"))
		return parse_script(s, line);
	if (!strcmp(word, "want"))
		return parse_want(s, line);
	if (!strcmp(word, "net"))
		return parse_net(s, line);
	if (!strcmp(word, "members"))
		return parse_members(s, line);
	if (!strcmp(word, "until"))
		return parse_number(parse_word(&line), &s->until);
	if (strcmp(word, "seed") || !(word = parse_word(&line)) || parse_u64(word, &seed))
		return -EINVAL;
	s->seed = seed;
	return 0;
}

static bool is_complete(const struct scenario *s)
{
	unsigned int nodes = scenario_nodes(s);

	for (size_t i = 0; i < s->job_lines; i++)
		if (s->job[i].on.to > nodes)
			return false;
	for (size_t i = 0; i < s->script_lines; i++)
		if (s->script[i].nodes.to > nodes)
			return false;
	return nodes && nodes <= PARSE_ID_MAX;
}

int scenario_parse(struct scenario *s, char *text, char *error, size_t size)
{
	unsigned int number = 0;
	char *line;

	*s = (struct scenario) {
		.seed = 1, .latency = 150e-6, .bandwidth = 100e6, .fanout = 3,
		.policy = snapshot_defaults(),
	};
	while ((line = parse_line(&text))) {
		int err = parse_statement(s, line);

		number++;
		if (err) {
			snprintf(error, size, "line %u: %s", number, strerror(-err));
			scenario_free(s);
			return err;
		}
	}
	if (is_complete(s))
		return 0;
	snprintf(error, size, "no nodes, or a node is named that is not there");
	scenario_free(s);
	return -EINVAL;
}

int scenario_read(struct scenario *s, const char *path, char *error, size_t size)
{
	char *text;
	int err = file_load(path, &text);

	if (err) {
		snprintf(error, size, "%s", strerror(-err));
		return err;
	}
	err = scenario_parse(s, text, error, size);
	free(text);
	return err;
}

void scenario_free(struct scenario *s)
{
	free(s->node);
	free(s->job);
	free(s->script);
	memset(s, 0, sizeof(*s));
}

unsigned int scenario_nodes(const struct scenario *s)
{
	unsigned int count = 0;

	for (size_t i = 0; i < s->node_lines; i++)
		count += s->node[i].count;
	return count;
}
