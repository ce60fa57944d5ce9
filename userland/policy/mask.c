// SPDX-License-Identifier: GPL-2.0
/* The nodes that a process may go to. */
#include "policy/mask.h"

#include <errno.h>
#include <stdlib.h>

bool mask_allows(const struct mask *mask, unsigned int node)
{
	bool listed = false;

	for (size_t i = 0; i < mask->ranges; i++)
		listed |= node >= mask->range[i].from && node <= mask->range[i].to;
	switch (mask->mode) {
	case MASK_NONE:
		return true;
	case MASK_DENY:
		return !listed;
	case MASK_ALLOW:
		return listed;
	}
	return false;
}

static bool take_number(const char **text, uint16_t *out)
{
	char *end;
	unsigned long value;

	if (**text < '0' || **text > '9')
		return false;
	value = strtoul(*text, &end, 10);
	*text = end;
	*out = value;
	return value >= 1 && value <= UINT16_MAX;
}

int mask_parse(const char *text, struct mask_range out[static MASK_RANGES_MAX])
{
	int count = 0;

	for (; *text && *text != '\n'; count++) {
		struct mask_range r;

		if (count == MASK_RANGES_MAX)
			return -E2BIG;
		if ((count && *text++ != ',') || !take_number(&text, &r.from))
			return -EINVAL;
		r.to = r.from;
		if (*text == '-' && (text++, !take_number(&text, &r.to)))
			return -EINVAL;
		if (r.from > r.to)
			return -EINVAL;
		out[count] = r;
	}
	return count;
}
