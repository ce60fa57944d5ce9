/* SPDX-License-Identifier: GPL-2.0 */
/* The deputy's scratch area: buffers of inline calls, in the process and in the kernel. */
#ifndef _HPC_SCRATCH_H
#define _HPC_SCRATCH_H

struct hpc_task;

/* Map it in current->mm; without memory there are no fast paths, and that is all. */
void hpc_scratch_map(struct hpc_task *ht);

/* Unmap it, as the process is at home again. */
void hpc_scratch_unmap(struct hpc_task *ht);

/* Free it; its mapping went with the mm. */
void hpc_scratch_forget(struct hpc_task *ht);

#endif /* _HPC_SCRATCH_H */
