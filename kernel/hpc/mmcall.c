// SPDX-License-Identifier: GPL-2.0
/*
 * Home's tree of mappings is authoritative: the call is executed there, and the
 * body repeats it at the address that came out. No page is on its way meanwhile,
 * in either direction: the body freezes its fetches before it calls, the deputy
 * before it executes, and the deputy's stay frozen until the body's THAW.
 *
 * A body that cannot repeat (no memory) comes home at once, where all is well.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hpc.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/rmap.h>
#include <linux/sched/signal.h>

#include "arch.h"
#include "calls.h"
#include "fault.h"
#include "file.h"
#include "forward.h"
#include "link.h"
#include "mm.h"
#include "mmcall.h"
#include "scratch.h"
#include "stat.h"
#include "thread.h"
#include "vma.h"

#include <asm/syscall.h>
#include <asm/unistd.h>

struct span {
	unsigned long start, end;
};

static struct span range_of(unsigned long start, unsigned long len)
{
	struct span r = { start & PAGE_MASK, PAGE_ALIGN(start + len) };

	if (r.end > TASK_SIZE || r.end < r.start)
		r.end = r.start >= TASK_SIZE ? r.start : TASK_SIZE;
	return r;
}

/* What the call empties (or replaces): at most two ranges. */
static int touched(long nr, const unsigned long args[6], long ret, struct span r[2])
{
	switch (nr) {
	case __NR_mmap:
		r[0] = range_of(ret, args[1]);
		return 1;
	case __NR_munmap:
		r[0] = range_of(args[0], args[1]);
		return 1;
	case __NR_madvise:
		r[0] = range_of(args[0], args[1]);
		return args[2] == MADV_DONTNEED || args[2] == MADV_DONTNEED_LOCKED;
	case __NR_mremap:
		r[0] = range_of(args[0], max(args[1], args[2]));
		r[1] = range_of(ret, max(args[1], args[2]));
		return 2;
	default:
		return 0;
	}
}

/*
 * A shared mapping that can be written, now or after mprotect(), cannot be away; nor
 * can one of a file that somebody has open for writing: the host's copy gets old.
 */
static bool is_writable_share(const unsigned long args[6])
{
	bool private = (args[3] & MAP_TYPE) == MAP_PRIVATE;
	bool writable = !private;
	struct fd f;

	if (args[3] & MAP_ANONYMOUS)
		return writable;
	f = fdget(args[4]);
	if (fd_file(f)) {
		writable = (!private && (fd_file(f)->f_mode & FMODE_WRITE)) ||
			   inode_is_open_for_write(file_inode(fd_file(f)));
		fdput(f);
	}
	return writable;
}

/*
 * A mapping without pages of its own gets new offsets when it is moved, and cannot be
 * joined with its neighbours any more once it is moved back. The other half may have
 * the pages, so that neither half goes by its own.
 */
static void keep_offsets(unsigned long start, unsigned long len)
{
	struct span r = range_of(start, len);

	VMA_ITERATOR(vmi, current->mm, r.start);
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	for_each_vma_range(vmi, vma, r.end)
		if (vma_is_anonymous(vma) && anon_vma_prepare(vma))
			break;
	mmap_read_unlock(current->mm);
}

/* The program unmaps or maps over an area that it does not know to be in use. */
static bool hits_scratch(struct hpc_task *ht, long nr, const unsigned long args[6])
{
	unsigned long start = args[0], len = args[1];
	struct span r;

	if (!ht->scratch.uaddr)
		return false;
	if (nr == __NR_mremap && (args[3] & MREMAP_FIXED)) {
		start = args[4];
		len = args[2];
	} else if (nr != __NR_munmap && !(nr == __NR_mmap && (args[3] & (MAP_FIXED |
							MAP_FIXED_NOREPLACE)))) {
		return false;
	}
	r = range_of(start, len);
	return r.start < ht->scratch.uaddr + ht->scratch.size && ht->scratch.uaddr < r.end;
}

int hpc_mmcall_before(struct hpc_task *ht, long nr, unsigned long args[6])
{
	if (nr == __NR_mmap && is_writable_share(args))
		return -EREMOTE;
	if (nr == __NR_mmap)
		args[3] &= ~(MAP_POPULATE | MAP_NONBLOCK);
	if (nr == __NR_mremap)
		keep_offsets(args[0], args[1]);
	ht->old_brk = current->mm->brk;
	if (hits_scratch(ht, nr, args))
		hpc_scratch_unmap(ht);
	hpc_fetch_freeze(ht->hm);
	return 0;
}

static bool file_at(unsigned long addr, struct hpc_wire_file *w)
{
	struct vm_area_struct *vma;
	bool found = false;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, addr);
	if (vma && vma->vm_file) {
		hpc_wire_file_of(vma->vm_file, w);
		found = true;
	}
	mmap_read_unlock(current->mm);
	return found;
}

bool hpc_mmcall_after(struct hpc_task *ht, long nr, const unsigned long args[6], long ret,
		      struct hpc_wire_file *file)
{
	struct span r[2];
	int i, n;

	if (!ht->scratch.uaddr)
		hpc_scratch_map(ht);
	if (nr == __NR_brk && ret != ht->old_brk)
		hpc_owner_set(ht->hm, min_t(unsigned long, ret, ht->old_brk) & PAGE_MASK,
			      PAGE_ALIGN(max_t(unsigned long, ret, ht->old_brk)), ht->hm->peer);
	if (IS_ERR_VALUE(ret))
		return false;
	n = touched(nr, args, ret, r);
	for (i = 0; i < n; i++)
		if (r[i].start < r[i].end)
			hpc_owner_set(ht->hm, r[i].start, r[i].end, ht->hm->peer);
	return nr == __NR_mmap && !(args[3] & MAP_ANONYMOUS) && file_at(ret, file);
}

static int replay_mmap(struct hpc_task *ht, const unsigned long args[6],
		       const struct hpc_result *res)
{
	unsigned long flags = args[3] & (MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN |
					 MAP_NORESERVE | MAP_STACK);
	struct file *file = NULL;
	unsigned long addr;

	if (res->flags & HPC_REPLY_FILE) {
		file = hpc_file_open(&res->file, ht->hm->peer, ht->hm->link->peer_boot);
		if (IS_ERR(file))
			return PTR_ERR(file);
	} else if (!(args[3] & MAP_ANONYMOUS)) {
		return -EBADMSG;
	}
	if ((flags & MAP_TYPE) == MAP_SHARED_VALIDATE)
		flags = (flags & ~MAP_TYPE) | MAP_SHARED;
	addr = vm_mmap(file, res->ret, args[1], args[2], flags | MAP_FIXED,
		       args[3] & MAP_ANONYMOUS ? 0 : args[5]);
	if (file)
		fput(file);
	return addr == res->ret ? 0 : -ENOMEM;
}

/* The body's own call: what home did, to the addresses that home chose. */
static int replay_native(struct pt_regs *regs, long nr, const unsigned long args[6], long want)
{
	unsigned long ip = instruction_pointer(regs), sp = user_stack_pointer(regs);
	long ret;

	hpc_arch_call_set(regs, nr, args, ip, sp);
	ret = hpc_arch_call(regs, nr);
	return ret == want ? 0 : -ENOMEM;
}

/* The part of @s that begins where @s does and is in one mapping. */
static struct span first_piece(struct span s)
{
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, s.start);
	s.end = vma ? min(s.end, vma->vm_end) : s.start;
	mmap_read_unlock(current->mm);
	return s;
}

/* One mapping, which gets @more bytes longer, to @to, which may be where it is. */
static int remap_piece(struct pt_regs *regs, struct span s, unsigned long to, unsigned long more)
{
	unsigned long len = s.end - s.start;
	unsigned long args[6] = { s.start, len, len + more,
				  to == s.start ? 0 : MREMAP_MAYMOVE | MREMAP_FIXED, to };

	return to == s.start && !more ? 0 : replay_native(regs, __NR_mremap, args, to);
}

/* What is one mapping at home may be several here, so it is done in pieces. */
static int remap_all(struct pt_regs *regs, struct span from, unsigned long to,
		     unsigned long new_len)
{
	unsigned long old_len = from.end - from.start;
	unsigned long more = new_len > old_len ? new_len - old_len : 0;
	unsigned long shift = to - from.start;
	int err = 0;

	if (new_len < old_len) {
		err = vm_munmap(from.start + new_len, old_len - new_len);
		from.end = from.start + new_len;
	}
	while (!err && from.start < from.end) {
		struct span s = first_piece(from);

		if (s.start == s.end)
			return -EFAULT;
		err = remap_piece(regs, s, s.start + shift, s.end == from.end ? more : 0);
		from.start = s.end;
	}
	return err;
}

static int replay_mremap(struct hpc_task *ht, struct pt_regs *regs,
			 const unsigned long args[6], long ret)
{
	struct hpc_mm *hm = ht->hm;
	struct span from = range_of(args[0], args[1]), to = range_of(ret, args[2]);
	bool theirs = hpc_owner_any(hm, from.start, from.end);
	int err;

	/* What was there before is gone, and not to be asked for. */
	if (ret != args[0])
		hpc_owner_clear(hm, to.start, to.end);
	err = remap_all(regs, from, ret, to.end - to.start);
	/* What home may have of the old place, it may have of the new one. */
	if (!err && ret != args[0] && theirs)
		err = hpc_owner_set(hm, to.start, to.end, hm->peer);
	return err;
}

static int replay(struct hpc_task *ht, struct pt_regs *regs, long nr,
		  const unsigned long args[6], const struct hpc_result *res)
{
	struct span r[2];

	/* These may have done a part before they failed. */
	if (nr == __NR_mprotect || nr == __NR_pkey_mprotect ||
	    (nr == __NR_madvise && args[2] != MADV_DONTNEED)) {
		int err = replay_native(regs, nr, args, res->ret);

		return nr == __NR_madvise || IS_ERR_VALUE(res->ret) ? 0 : err;
	}
	if (IS_ERR_VALUE(res->ret))
		return 0;
	switch (nr) {
	case __NR_mmap:
		touched(nr, args, res->ret, r);
		hpc_owner_clear(ht->hm, r[0].start, r[0].end);
		return replay_mmap(ht, args, res);
	case __NR_mremap:
		return replay_mremap(ht, regs, args, res->ret);
	case __NR_munmap:
		touched(nr, args, res->ret, r);
		hpc_owner_clear(ht->hm, r[0].start, r[0].end);
		return replay_native(regs, nr, args, res->ret);
	default:
		return replay_native(regs, nr, args, res->ret);
	}
}

void hpc_mmcall(struct hpc_task *ht, struct pt_regs *regs, long nr, const unsigned long args[6])
{
	struct hpc_mm *hm = ht->hm;
	struct hpc_result res;
	int err;

	hpc_fetch_freeze(hm);
	err = hpc_forward(ht, regs, nr, args, &res);
	if (err)
		goto thaw;
	if (res.flags & HPC_REPLY_REFUSED) {
		hpc_arch_restart(regs, nr);
		goto thaw;
	}
	if (replay(ht, regs, nr, args, &res)) {
		pr_debug_ratelimited("hpc: guest %d could not repeat call %ld, it goes home\n",
				     ht->id.pid, nr);
		hpc_forward_come_home(ht, false);
	}
	hpc_arch_call_set(regs, nr, args, instruction_pointer(regs), user_stack_pointer(regs));
	syscall_set_return_value(current, regs, 0, res.ret);
	hpc_link_send_one(hm->link, HPC_THAW, 0, 0, NULL, 0);
thaw:
	hpc_fetch_thaw(hm);
}

/*
 * Calls at home that change the mm, or that want to see all of it. Their ranges are
 * those of @owner too, which knows nothing of them.
 */
static bool needs_all(long nr, const unsigned long args[6])
{
	switch (hpc_call_where(nr, args)) {
	case HPC_HOME:
	case HPC_FORK:
	case HPC_MM:
		return true;
	case HPC_LOCAL:
	case HPC_FORWARD:
	case HPC_EXEC:
	case HPC_EXIT:
	case HPC_SPECIAL:
		return false;
	}
	return true;
}

void hpc_mmcall_back(long nr, const unsigned long args[6])
{
	struct hpc_mm *hm = hpc_mm_of(current->mm);

	if (!hm || (needs_all(nr, args) && !hpc_mm_wait_drained(hm)))
		hpc_arch_body_leave();
	hpc_mm_put(hm);
}
