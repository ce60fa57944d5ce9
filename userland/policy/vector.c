// SPDX-License-Identifier: GPL-2.0
/*
 * The load vector: a set-associative table of the newest figures heard, by node id. In a set that
 * is full the oldest gives way, so what is kept stays fresh and memory does not grow with the
 * cluster; ids that are given in order spread evenly over the sets. The figures' age goes with
 * them from node to node, so nothing seems newer than it is.
 */
#include "policy/vector.h"

#include <stdlib.h>

/* Its place in the set, or the one that is to give way. */
static int find_way(const struct vector *v, unsigned int id)
{
	const uint16_t *ids = v->id[id % VECTOR_SETS];
	const int64_t *stamps = v->stamp[id % VECTOR_SETS];
	int oldest = 0;

	for (int i = 0; i < VECTOR_WAYS; i++)
		if (ids[i] == id)
			return i;
	for (int i = 1; i < VECTOR_WAYS && ids[oldest]; i++)
		if (!ids[i] || stamps[i] < stamps[oldest])
			oldest = i;
	return oldest;
}

bool vector_put(struct vector *v, const struct figures *f, int64_t stamp)
{
	unsigned int set = f->id % VECTOR_SETS;
	int way = find_way(v, f->id);

	if (v->id[set][way] && v->stamp[set][way] >= stamp)
		return false;
	v->id[set][way] = f->id;
	v->stamp[set][way] = stamp;
	v->figures[set][way] = *f;
	return true;
}

bool vector_find(const struct vector *v, unsigned int id, struct heard *out)
{
	unsigned int set = id % VECTOR_SETS;
	int way = find_way(v, id);

	if (!id || v->id[set][way] != id)
		return false;
	*out = (struct heard) { &v->figures[set][way], v->stamp[set][way] };
	return true;
}

void vector_forget(struct vector *v, unsigned int id)
{
	int way = find_way(v, id);

	if (v->id[id % VECTOR_SETS][way] == id)
		v->id[id % VECTOR_SETS][way] = 0;
}

static bool is_believed(const struct vector *v, unsigned int set, unsigned int way, int64_t now)
{
	return v->id[set][way] && now - v->stamp[set][way] <= VECTOR_AGE_MAX;
}

size_t vector_newest(const struct vector *v, int64_t now, struct heard *out, size_t max)
{
	size_t count = 0;

	for (unsigned int i = 0; max && i < VECTOR_SIZE; i++) {
		unsigned int set = i / VECTOR_WAYS, way = i % VECTOR_WAYS;
		int64_t stamp = v->stamp[set][way];
		size_t at;

		if (count == max && stamp <= out[max - 1].stamp)
			continue;
		if (!is_believed(v, set, way, now))
			continue;
		if (count < max)
			count++;
		for (at = count - 1; at && out[at - 1].stamp < stamp; at--)
			out[at] = out[at - 1];
		out[at] = (struct heard) { &v->figures[set][way], stamp };
	}
	return count;
}

static int by_id(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;

	return (x->figures->id > y->figures->id) - (x->figures->id < y->figures->id);
}

size_t vector_all(const struct vector *v, int64_t now, struct heard *out)
{
	size_t count = 0;

	for (unsigned int set = 0; set < VECTOR_SETS; set++)
		for (unsigned int way = 0; way < VECTOR_WAYS; way++)
			if (is_believed(v, set, way, now))
				out[count++] = (struct heard) {
					&v->figures[set][way], v->stamp[set][way],
				};
	if (count)
		qsort(out, count, sizeof(*out), by_id);
	return count;
}
