// SPDX-License-Identifier: GPL-2.0
/*
 * Orders to this node: the files of /proc/hpc/admin, written for mosctl and mos,
 * with a sentence for each way in which that can fail.
 */
#include "tools/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/refuge.h"
#include "tools/tool.h"

/* What a write to a file below admin/ gave; a TOOL_* code. */
static int outcome(int err, const char *file, const char *value)
{
	if (!err)
		return TOOL_OK;
	if (err == -ENOENT && file_exists("/proc/hpc"))
		return tool_no_cluster(err);
	if (err == -EINTR)
		log_error("interrupted; %s may not be complete", file);
	else
		log_fail(err, "cannot write '%.*s' to /proc/hpc/admin/%s", (int)strcspn(value, "\n"),
			 value, file);
	return TOOL_FAILED;
}

int control_write(const char *file, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/hpc/admin/%s", file);
	return outcome(file_write(path, value), file, value);
}

/* Nothing may leave again while all come home. */
int control_bring(void)
{
	int code = control_write("lstay", "1\n");

	return code ? code : control_write("bring", "1\n");
}

int control_expel(void)
{
	return outcome(refuge_send_all(), "expel", "1");
}

int control_speed(const char *text)
{
	uint64_t speed;
	char value[32];

	if (parse_u64(text, &speed) || speed < 1 || speed > CONTROL_SPEED_MAX) {
		log_error("'%s' is no speed: a number from 1 to %d, 10000 being a standard CPU",
			  text, CONTROL_SPEED_MAX);
		return TOOL_USAGE;
	}
	snprintf(value, sizeof(value), "%" PRIu64 "\n", speed);
	return control_write("speed", value);
}
