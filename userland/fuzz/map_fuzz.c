// SPDX-License-Identifier: GPL-2.0
/* Fuzzes the map; what is accepted keeps its promises (sorted, one line and one address a node). */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/map.h"
#include "lib/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	unsigned int line;
	struct map map;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!map_parse(text, addr_parse, &map, &line)) {
		for (size_t i = 0; i < map.count; i++) {
			if (!map.entry[i].id || map.entry[i].id > PARSE_ID_MAX)
				abort();
			if (i && map.entry[i].id < map.entry[i - 1].id)
				abort();
		}
		map_free(&map);
	}
	free(text);
	return 0;
}
