// SPDX-License-Identifier: GPL-2.0
/* Start of process migration, in the order of dependence. */
#include <linux/hpc.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/threads.h>

#include "file.h"
#include "hello.h"
#include "migration.h"
#include "mm.h"

int hpc_migration_init(void)
{
	int err;

	/* Bodies have their homes' pids, so every node must be able to have any. */
	pid_max = PID_MAX_LIMIT;
	err = hpc_hello_setup();
	if (!err)
		err = hpc_mm_setup();
	if (!err)
		err = hpc_file_setup();
	return err;
}
