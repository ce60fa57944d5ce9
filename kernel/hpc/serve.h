/* SPDX-License-Identifier: GPL-2.0 */
/* Answering the other half's requests for pages. */
#ifndef _HPC_SERVE_H
#define _HPC_SERVE_H

struct work_struct;

/* Works off hpc_mm.serve_queue; holds a reference on the hpc_mm. */
void hpc_serve_work(struct work_struct *work);

#endif /* _HPC_SERVE_H */
