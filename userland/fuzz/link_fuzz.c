// SPDX-License-Identifier: GPL-2.0
/* Fuzzes the netlink parser. */
#include <stdlib.h>
#include <string.h>

#include "omdiscd/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct link_list list = { 0 };
	/* exactly as large as the input, so that reading past it shows */
	void *copy = malloc(size ? size : 1);

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	link_parse(copy, size, &list);
	for (size_t i = 0; i < list.count; i++) {
		if (!memchr(list.link[i].name, '\0', sizeof(list.link[i].name)))
			abort();
		link_is_usable(&list.link[i], "eth0");
	}
	free(copy);
	return 0;
}
