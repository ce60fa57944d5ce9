// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers that travel inside a CALL and its reply. In the message the bytes of
 * the buffers follow each other in the order of the arguments. In the scratch
 * area each buffer has room of its own, as far from a multiple of 512 (of 8, if
 * it is small) as the original, because O_DIRECT looks at that.
 *
 * A buffer that is NULL or empty does not travel; its argument stays as it is.
 * Whatever the body cannot be sure of (unmapped or read-only memory, too much
 * data) is left to the generic path, where the kernel at home finds the right
 * answer by itself: a fast path never decides about an error of its own.
 */

#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/restart_block.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/unistd.h>

#include "calls.h"
#include "inline.h"

#define NARGS		6
#define ALIGN_LARGE	512

static bool goes_in(const struct hpc_arg *arg)
{
	return arg->kind == HPC_STR || arg->kind == HPC_IN || arg->kind == HPC_INOUT;
}

static bool goes_out(const struct hpc_arg *arg)
{
	return arg->kind == HPC_OUT || arg->kind == HPC_OUT_RET || arg->kind == HPC_INOUT;
}

/*
 * Bytes of buffer @i, 0 when it does not travel. A string takes what it takes,
 * at most PATH_MAX. Saturates, and is never less than what the kernel will see:
 * a count in the low half of a register may have anything above it.
 */
static size_t buffer_size(const struct hpc_call *call, const unsigned long args[6], int i)
{
	const struct hpc_arg *arg = &call->arg[i];

	if (arg->kind == HPC_VAL || !args[i])
		return 0;
	if (arg->kind == HPC_STR)
		return PATH_MAX;
	return arg->len ? size_mul(arg->size, args[arg->len - 1]) : arg->size;
}

/* Bytes of buffer @i that come back when the call has returned @ret. */
static size_t returned_size(const struct hpc_call *call, const unsigned long args[6], int i,
			    long ret)
{
	const struct hpc_arg *arg = &call->arg[i];
	size_t size = buffer_size(call, args, i);

	switch ((enum hpc_arg_kind)arg->kind) {
	case HPC_INOUT:
		return size;
	case HPC_OUT:
		return ret < 0 ? 0 : size;
	case HPC_OUT_RET:
		return ret < 0 ? 0 : min(size, size_mul(arg->size, ret));
	case HPC_VAL:
	case HPC_STR:
	case HPC_IN:
		break;
	}
	return 0;
}

/* Where a buffer of @size bytes that was at @ptr may begin in the area, from @pos on. */
static size_t scratch_place(size_t pos, unsigned long ptr, size_t size)
{
	size_t align = size < ALIGN_LARGE ? sizeof(u64) : ALIGN_LARGE;

	return pos + ((ptr - pos) & (align - 1));
}

/* Whether all buffers find room in the scratch area. */
static bool fits_scratch(const struct hpc_call *call, const unsigned long args[6])
{
	size_t pos = 0;

	for (int i = 0; i < NARGS; i++) {
		size_t size = buffer_size(call, args, i);

		if (!size)
			continue;
		if (size > HPC_INLINE_MAX)
			return false;
		pos = scratch_place(pos, args[i], size) + size;
	}
	return pos <= HPC_INLINE_MAX;
}

/* Whether current may write all of it, as far as can be said without touching a page. */
static bool writable(unsigned long start, size_t size)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + size, at = start;
	struct vm_area_struct *vma;
	struct vma_iterator vmi;

	if (!access_ok((void __user *)start, size))
		return false;
	if (mmap_read_lock_killable(mm))
		return false;
	vma_iter_init(&vmi, mm, start);
	for_each_vma_range(vmi, vma, end) {
		if (vma->vm_start > at || !(vma->vm_flags & VM_WRITE))
			break;
		at = vma->vm_end;
	}
	mmap_read_unlock(mm);
	return at >= end;
}

static bool ruled_out(const struct hpc_call *call, const unsigned long args[6])
{
	return call->unless_arg && (args[call->unless_arg - 1] & call->unless);
}

/* Copy buffer @i of current to @to; bytes used, or -E2BIG when in doubt. */
static ssize_t pack_one(const struct hpc_call *call, const unsigned long args[6], int i,
			void *to, size_t room)
{
	const void __user *from = (const void __user *)args[i];
	size_t size = buffer_size(call, args, i);
	long len;

	if (call->arg[i].kind == HPC_STR) {
		room = min_t(size_t, room, PATH_MAX);
		len = strncpy_from_user(to, from, room);
		return len < 0 || len == room ? -E2BIG : len + 1;
	}
	return size > room || copy_from_user(to, from, size) ? -E2BIG : size;
}

ssize_t hpc_inline_pack(const struct hpc_call *call, const unsigned long args[6],
			void *buf, size_t max)
{
	size_t used = 0;

	if (!call->inlined || ruled_out(call, args) || !fits_scratch(call, args))
		return -E2BIG;

	for (int i = 0; i < NARGS; i++) {
		const struct hpc_arg *arg = &call->arg[i];
		size_t size = buffer_size(call, args, i);
		ssize_t n;

		if (!size)
			continue;
		if (goes_out(arg) && !writable(args[i], size))
			return -E2BIG;
		if (!goes_in(arg))
			continue;
		n = pack_one(call, args, i, buf + used, max - used);
		if (n < 0)
			return n;
		used += n;
	}
	return used;
}

/* Bytes of the message that belong to buffer @i, at @buf with @len bytes left. */
static ssize_t packed_size(const struct hpc_arg *arg, size_t size, const void *buf, size_t len)
{
	if (!goes_in(arg))
		return 0;
	if (arg->kind == HPC_STR) {
		const void *nul = memchr(buf, 0, min_t(size_t, len, PATH_MAX));

		return nul ? nul - buf + 1 : -EBADMSG;
	}
	return size <= len ? size : -EBADMSG;
}

int hpc_inline_unpack(const struct hpc_call *call, unsigned long args[6],
		      const void *buf, size_t len, const struct hpc_scratch *s)
{
	unsigned long place[NARGS];
	size_t used = 0, pos = 0;

	if (!call->inlined || ruled_out(call, args) || !fits_scratch(call, args))
		return -EBADMSG;

	for (int i = 0; i < NARGS; i++) {
		const struct hpc_arg *arg = &call->arg[i];
		size_t size = buffer_size(call, args, i);
		ssize_t in;

		place[i] = args[i];
		if (!size)
			continue;
		in = packed_size(arg, size, buf + used, len - used);
		if (in < 0)
			return in;
		pos = scratch_place(pos, args[i], size);
		if (pos + size > s->size)
			return -EBADMSG;
		if (goes_in(arg))
			memcpy(s->kaddr + pos, buf + used, in);
		else if (arg->kind == HPC_OUT || call->holes)
			memset(s->kaddr + pos, 0, size);
		place[i] = s->uaddr + pos;
		used += in;
		pos += size;
	}
	if (used != len)
		return -EBADMSG;
	/* Only now: the sizes above depend on the arguments as they came. */
	memcpy(args, place, sizeof(place));
	return 0;
}

size_t hpc_inline_collect(const struct hpc_call *call, const unsigned long args[6], long ret,
			  const struct hpc_scratch *s, void *buf, size_t max)
{
	size_t used = 0;

	for (int i = 0; i < NARGS; i++) {
		size_t size = returned_size(call, args, i, ret);

		if (!size)
			continue;
		if (WARN_ON_ONCE(args[i] < s->uaddr || size > max - used ||
				 args[i] - s->uaddr + size > s->size))
			break;
		memcpy(buf + used, s->kaddr + (args[i] - s->uaddr), size);
		used += size;
	}
	return used;
}

int hpc_inline_scatter(const struct hpc_call *call, const unsigned long args[6], long ret,
		       const void *buf, size_t len)
{
	size_t used = 0;

	for (int i = 0; i < NARGS; i++)
		used = size_add(used, returned_size(call, args, i, ret));
	if (used != len)
		return -EBADMSG;

	used = 0;
	for (int i = 0; i < NARGS; i++) {
		size_t size = returned_size(call, args, i, ret);

		if (size && copy_to_user((void __user *)args[i], buf + used, size))
			return -EFAULT;
		used += size;
	}
	return 0;
}

void hpc_inline_restart(const struct hpc_call *call, const unsigned long args[6])
{
	if (call == hpc_call_row(__NR_poll))
		current->restart_block.poll.ufds = (struct pollfd __user *)args[0];
}
