// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of program in the multi-call binary, which is small enough for the initramfs of a
 * node without disk: by the name it was called by.  multi.inc, made by the Makefile, lists
 * all programs.
 */
#include <string.h>
#include "prog.h"

#define PROGRAM(name) extern const struct prog prog_##name;
#include "multi.inc"
#undef PROGRAM

#define PROGRAM(name) &prog_##name,
static const struct prog *const all[] = {
#include "multi.inc"
};

const struct prog *prog_find(const char *argv0)
{
	const char *slash = strrchr(argv0, '/'), *name = slash ? slash + 1 : argv0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}
