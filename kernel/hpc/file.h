/* SPDX-License-Identifier: GPL-2.0 */
/* Mapped files of guests: pages come from home and are shared by all guests of that home. */
#ifndef _HPC_FILE_H
#define _HPC_FILE_H

#include "proto.h"

struct file;
struct hpc_mm;
struct hpc_msg;

/*
 * A read-only file that stands for @w of node @home (which booted with @boot).
 * The same file of the same home gives the same page cache.
 */
struct file *hpc_file_open(const struct hpc_wire_file *w, int home, u64 boot);

/* Home: answer a FILE request; runs in serve work. 0 or why the link must end. */
int hpc_file_serve(struct hpc_mm *hm, const struct hpc_msg *msg);

int hpc_file_setup(void);

#endif /* _HPC_FILE_H */
