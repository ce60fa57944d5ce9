/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buffers that travel inside a CALL and its reply, so that a hot call costs one
 * round trip and moves no page. Body: pack, later scatter. Deputy: unpack into a
 * scratch area that is mapped both in the kernel and in the process, execute
 * with pointers into it, collect.
 */
#ifndef _HPC_INLINE_H
#define _HPC_INLINE_H

#include <linux/types.h>

struct hpc_call;

#define HPC_INLINE_MAX	(128 * 1024)	/* bytes of buffers in one message */

/* At least HPC_INLINE_MAX bytes. */
struct hpc_scratch {
	unsigned long uaddr;	/* where the process sees it, page aligned */
	void *kaddr;		/* where the kernel sees it */
	size_t size;
};

/*
 * Body: copy the IN, STR and INOUT buffers of current's call to @buf. Bytes used, 0 when
 * there are none; -E2BIG when the call is not inlined, its IN or OUT side does not fit,
 * or a buffer is not surely readable or writable: then the generic path serves. NULL
 * pointers are passed on and carry nothing. May sleep and fault.
 */
ssize_t hpc_inline_pack(const struct hpc_call *call, const unsigned long args[6],
			void *buf, size_t max);

/*
 * Deputy: copy the message's buffers to the scratch area, reserve room there for the
 * OUT ones and make args[] point to them. @buf, @len and args[] come from the peer:
 * -EBADMSG when they do not agree with the row.
 */
int hpc_inline_unpack(const struct hpc_call *call, unsigned long args[6],
		      const void *buf, size_t len, const struct hpc_scratch *s);

/* Deputy: the OUT bytes after the call returned @ret, into @buf; bytes used. args[] as unpacked. */
size_t hpc_inline_collect(const struct hpc_call *call, const unsigned long args[6], long ret,
			  const struct hpc_scratch *s, void *buf, size_t max);

/* Body: put the OUT bytes where the original args[] point; -EBADMSG, -EFAULT. */
int hpc_inline_scatter(const struct hpc_call *call, const unsigned long args[6], long ret,
		       const void *buf, size_t len);

/*
 * Deputy: the inlined call returned -ERESTART_RESTARTBLOCK. What current will be
 * restarted with must not point to the scratch area; @args as they came from the body.
 */
void hpc_inline_restart(const struct hpc_call *call, const unsigned long args[6]);

#endif /* _HPC_INLINE_H */
