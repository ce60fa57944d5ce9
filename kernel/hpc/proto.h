/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The migration protocol: what crosses a link, and nothing else. Little-endian,
 * fixed width, no padding. Every message is a struct hpc_hdr and @len bytes of
 * payload; message.c's table bounds @len before anything looks at it.
 *
 * The peer is hostile input: a field is checked where it is used.
 */
#ifndef _HPC_PROTO_H
#define _HPC_PROTO_H

#include <linux/build_bug.h>
#include <linux/types.h>

#define HPC_PROTO_MAGIC		0x61726573736554ULL	/* "Tessera" */
#define HPC_PROTO_VERSION	1

/*
 * A link is opened by the node that sends, with HELLO. The other end answers
 * WELCOME or REFUSE, then AUTH proves the opener's key. After that the opener
 * sends MIG (a process leaves home) or JOIN (the body of a forked child looks for its deputy).
 */
enum hpc_type {
	HPC_HELLO = 1,
	HPC_WELCOME = 2,
	HPC_AUTH = 3,
	HPC_REFUSE = 4,		/* instead of the expected answer: an errno */
	HPC_MIG = 5,		/* home -> host: the process, ready to be built */
	HPC_MIG_OK = 6,		/* host -> home: built, waiting for COMMIT */
	HPC_COMMIT = 7,		/* home -> host: from here on the body is the process */
	HPC_JOIN = 8,		/* host -> home: body of a forked child */
	HPC_JOIN_OK = 9,
	HPC_CALL = 10,		/* body -> deputy: a system call, or a check-in */
	HPC_REPLY = 11,		/* deputy -> body */
	HPC_KICK = 12,		/* deputy -> body: check in, there is something for you */
	HPC_THAW = 13,		/* body -> deputy: replayed, pages may be fetched again */
	HPC_RETURN = 14,	/* body -> deputy: the process, coming home */
	HPC_RETURN_OK = 15,	/* deputy -> body: it runs here now; you only hold pages */
	HPC_PAGES = 16,		/* either -> owner: give me these pages */
	HPC_PAGES_OK = 17,
	HPC_FILE = 18,		/* host -> home: pages of a mapped file */
	HPC_FILE_OK = 19,
	HPC_DRAINED = 20,	/* nothing of yours is needed any more */
	HPC_DISMISS = 21,	/* deputy -> body: the process has ended or has a new image */
	HPC_FORCE = 22,		/* body -> deputy: a signal that the program itself caused */
	HPC_LEAVE = 23,		/* host -> home: move it to that node, it is to leave here */
	HPC_TYPE_END
};

struct hpc_hdr {
	__le32 len;		/* payload bytes */
	__le16 type;		/* enum hpc_type */
	__le16 flags;		/* 0 */
	__le32 id;		/* request id, echoed in the answer; 0 where none is due */
	__le32 tid;		/* thread (home tid) it concerns; 0: the address space */
};
static_assert(sizeof(struct hpc_hdr) == 16);

#define HPC_NONCE_SIZE	32
#define HPC_CPU_WORDS	12

/* HELLO, WELCOME: who and what I am. The MAC of WELCOME covers both. */
struct hpc_wire_hello {
	__le64 magic;
	__le32 version;
	__le32 arch;		/* hpc_arch_id */
	__le32 node;		/* sender's id */
	__le32 peer;		/* id of the node that it believes to talk to */
	__le32 page_shift;
	__le32 state_size;	/* bytes of the CPU state blob */
	__le64 task_size;
	__le64 boot;		/* random, made at boot: file ids do not outlive it */
	__le64 build;		/* hash of kernel release and machine */
	__le64 vdso;		/* hash of the vdso image, 0: none */
	__le64 xfeatures;
	__le32 cpu[HPC_CPU_WORDS];	/* capability words; home's must be a subset of the host's */
	__u8 nonce[HPC_NONCE_SIZE];
	__u8 mac[32];		/* zero in HELLO */
};
static_assert(sizeof(struct hpc_wire_hello) == 72 + 4 * HPC_CPU_WORDS + 64);

struct hpc_wire_auth {
	__u8 mac[32];		/* over WELCOME's nonce and HELLO's */
};

struct hpc_wire_error {
	__le32 error;		/* positive errno */
};

/* What a file mapping is backed by: identity of the file at home. */
struct hpc_wire_file {
	__le64 dev;
	__le64 ino;
	__le64 mtime;		/* ns */
	__le64 size;
};
static_assert(sizeof(struct hpc_wire_file) == 32);

#define HPC_VMA_GROWSDOWN	BIT(0)
#define HPC_VMA_DONTCOPY	BIT(1)
#define HPC_VMA_DONTDUMP	BIT(2)
#define HPC_VMA_WIPEONFORK	BIT(3)
#define HPC_VMA_NORESERVE	BIT(4)
#define HPC_VMA_FILE		BIT(5)
#define HPC_VMA_SHARED		BIT(6)	/* MAP_SHARED of a file opened read-only */
#define HPC_VMA_NOHUGEPAGE	BIT(7)
#define HPC_VMA_HUGEPAGE	BIT(8)
#define HPC_VMA_ALL		(BIT(9) - 1)

struct hpc_wire_vma {
	__le64 start;
	__le64 end;
	__le64 pgoff;
	__le32 prot;		/* PROT_* */
	__le32 flags;		/* HPC_VMA_* */
	struct hpc_wire_file file;
};
static_assert(sizeof(struct hpc_wire_vma) == 64);

/* A range in which the sender may own pages. */
struct hpc_wire_extent {
	__le64 start;
	__le64 end;
};

/* Everything of a thread that crosses with it, besides the CPU state blob. */
struct hpc_wire_thread {
	__le32 tid;
	__le32 pad;
	__le64 blocked;
	__le64 sas_sp;
	__le64 sas_size;
	__le32 sas_flags;
	__le32 rseq_len;
	__le64 rseq;
	__le32 rseq_sig;
	__le32 robust_len;
	__le64 robust_list;
	__le64 clear_child_tid;
};
static_assert(sizeof(struct hpc_wire_thread) == 72);

#define HPC_MM_FIELDS	12	/* start_code .. env_end, mmap_base, brk: see vma.c */
#define HPC_RLIMITS	16

/* MIG: followed by state blob, VMAs, extents. */
struct hpc_wire_mig {
	struct hpc_wire_thread thread;
	__le64 mm[HPC_MM_FIELDS];
	__le64 rlim[HPC_RLIMITS];	/* soft limits */
	__le64 vdso;			/* start of its mapping, 0: none */
	__le64 monotonic;		/* ns at home, when this was written */
	__le64 boottime;
	__le32 uid;
	__le32 gid;
	__le32 personality;
	__le32 state_len;
	__le32 vmas;
	__le32 extents;
	char comm[16];
};

#define HPC_MIG_MAX	(8 << 20)

/* RETURN: followed by state blob and extents. */
struct hpc_wire_return {
	struct hpc_wire_thread thread;
	__le64 stack_start;	/* lowest address of the stack mapping */
	__le64 monotonic;	/* ns, as the body last saw it */
	__le64 utime;		/* ns, since it left */
	__le64 stime;
	__le64 maxrss;		/* pages */
	__le32 state_len;
	__le32 extents;
	__le32 planned;		/* 1: somebody asked for it, 0: it had to */
	__le32 pad;
};

#define HPC_CALL_CHECKIN	(-1)	/* nr of a call that only asks for signals */
#define HPC_CALL_FORK		(-2)	/* arg: clone flags, exit signal */
#define HPC_NOT_INLINE		(~0U)	/* inline_len: buffers by page ownership */

struct hpc_wire_call {
	__le32 nr;
	__le32 inline_len;	/* bytes that follow, or HPC_NOT_INLINE */
	__le64 arg[6];
	__le64 blocked;
	__le64 ip;
	__le64 sp;
	__le64 utime;		/* ns, as in hpc_wire_return */
	__le64 stime;
	__le64 maxrss;		/* pages */
	__le64 rss;
};
static_assert(sizeof(struct hpc_wire_call) == 112);

#define HPC_REPLY_SIGNAL	BIT(0)	/* struct hpc_wire_signal follows */
#define HPC_REPLY_RETURN	BIT(1)	/* come home now */
#define HPC_REPLY_FILE		BIT(2)	/* struct hpc_wire_file follows */
#define HPC_REPLY_RESTORE	BIT(3)	/* saved_mask is to be restored on return */
#define HPC_REPLY_FROZEN	BIT(4)	/* THAW is awaited */
#define HPC_REPLY_INLINE	BIT(5)	/* the rest are the buffers */
#define HPC_REPLY_REFUSED	BIT(6)	/* not executed: come home and call again */
#define HPC_REPLY_AGAIN		BIT(7)	/* not executed: take the signal and call again */

struct hpc_wire_reply {
	__le64 ret;
	__le64 blocked;
	__le64 saved_mask;
	__le64 token;		/* of a forked child */
	__le32 flags;		/* HPC_REPLY_* */
	__le32 pad;
};
static_assert(sizeof(struct hpc_wire_reply) == 40);

struct hpc_wire_signal {
	__le32 signo;
	__le32 sa_flags;
	__le64 handler;
	__le64 restorer;
	__le64 mask;
	__u8 info[48];		/* struct kernel_siginfo of this architecture */
};
static_assert(sizeof(struct hpc_wire_signal) == 80);

struct hpc_wire_join {
	__le64 token;
};

struct hpc_wire_leave {
	__le32 node;		/* 0: home */
};

#define HPC_PAGES_MAX	64

struct hpc_wire_pages {
	__le64 start;
	__le32 count;		/* 1..HPC_PAGES_MAX */
	__le32 pad;
};

enum hpc_page_state {
	HPC_PAGE_NONE = 0,	/* nobody has it: it is yours, as it would be fresh */
	HPC_PAGE_DATA = 1,	/* its bytes follow, in order */
	HPC_PAGE_RETRY = 2,	/* on its way, or pinned: ask again */
};

/* PAGES_OK: then the bytes of each page in state DATA. */
struct hpc_wire_pages_ok {
	__le64 start;
	__le32 count;
	__le32 pad;
	__u8 state[HPC_PAGES_MAX];
};
static_assert(sizeof(struct hpc_wire_pages_ok) == 80);

struct hpc_wire_file_req {
	struct hpc_wire_file file;
	__le64 index;		/* page */
	__le32 count;		/* 1..HPC_PAGES_MAX */
	__le32 pad;
};

/* FILE_OK: the bytes; short at the end of the file. */
struct hpc_wire_file_ok {
	__le32 error;		/* positive errno, 0 */
	__le32 pad;
};

#define HPC_INLINE_WIRE_MAX	(132 * 1024)

#endif /* _HPC_PROTO_H */
