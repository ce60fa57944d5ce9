/* SPDX-License-Identifier: GPL-2.0 */
/* Fetching in the background what the other half still owns. */
#ifndef _HPC_PULL_H
#define _HPC_PULL_H

struct hpc_mm;
struct work_struct;

/* Start fetching; when nothing is left a process that is back is on its own again. */
void hpc_pull_start(struct hpc_mm *hm);

/* Let the work end soon; it may still be running. */
void hpc_pull_stop(struct hpc_mm *hm);

void hpc_pull_work(struct work_struct *work);

#endif /* _HPC_PULL_H */
