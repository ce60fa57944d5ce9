// SPDX-License-Identifier: GPL-2.0
/*
 * The policy table. One row for each system call of x86-64, keyed by the symbol
 * that implements it: the table at the end expands the kernel's own list, so
 * that a call without a row does not compile. A row says where the call runs
 * when the process is away, and why; FAST rows also describe every pointer, so
 * that the buffers travel with the request (see inline.c). Where a call is only
 * forwarded, its pointers work all the same: the deputy faults on pages that
 * the body owns and fetches them.
 *
 * Choices that depend on the arguments are made in where.c.
 */

#include <linux/array_size.h>
#include <linux/nospec.h>
#include <linux/socket.h>
#include <linux/stddef.h>

#include "calls.h"
#include "where.h"

#define CALL(sym, class, reason, ...)					\
	static const struct hpc_call row_sys_##sym = {			\
		.where = HPC_##class, .name = #sym, .why = reason,	\
		##__VA_ARGS__						\
	}

/* decided by hpc_where_FN() */
#define SPECIAL(sym, fn, reason, ...)					\
	CALL(sym, SPECIAL, reason, .decide = hpc_where_##fn, ##__VA_ARGS__)

/* forwarded, buffers inline */
#define FAST(sym, reason, ...)						\
	CALL(sym, FORWARD, reason, .inlined = true, .arg = { __VA_ARGS__ })

/* Shorthands for struct hpc_arg: size alone, or count argument and element size. */
#define VAL		{ .kind = HPC_VAL }
#define STR		{ .kind = HPC_STR }
#define IN(n)		{ .kind = HPC_IN, .size = (n) }
#define OUT(n)		{ .kind = HPC_OUT, .size = (n) }
#define INOUT(n)	{ .kind = HPC_INOUT, .size = (n) }
#define IN_N(a, n)	{ .kind = HPC_IN, .len = (a), .size = (n) }
#define OUT_N(a, n)	{ .kind = HPC_OUT, .len = (a), .size = (n) }
#define INOUT_N(a, n)	{ .kind = HPC_INOUT, .len = (a), .size = (n) }
#define RET_N(a, n)	{ .kind = HPC_OUT_RET, .len = (a), .size = (n) }

/* Sizes of the structures of the x86-64 ABI. */
#define TIMESPEC	16
#define ITIMER		32
#define SIGSET		8
#define SIGACTION	32
#define SIGINFO		128
#define SIGEVENT	64
#define RUSAGE		144
#define RLIMIT		16
#define STAT		144
#define STATX		256
#define STATFS		120
#define UTSNAME		390
#define SYSINFO		112
#define TMS		32
#define POLLFD		8
#define EPOLL_EVENT	12
#define SEMBUF		6

/* files by descriptor */
FAST(read, "open files are at home", VAL, RET_N(3, 1));
FAST(write, "open files are at home", VAL, IN_N(3, 1));
FAST(pread64, "open files are at home", VAL, RET_N(3, 1));
FAST(pwrite64, "open files are at home", VAL, IN_N(3, 1));
CALL(readv, FORWARD, "open files are at home; vectors by page ownership");
CALL(writev, FORWARD, "open files are at home; vectors by page ownership");
CALL(preadv, FORWARD, "open files are at home; vectors by page ownership");
CALL(pwritev, FORWARD, "open files are at home; vectors by page ownership");
CALL(preadv2, FORWARD, "open files are at home; vectors by page ownership");
CALL(pwritev2, FORWARD, "open files are at home; vectors by page ownership");
FAST(close, "open files are at home");
FAST(close_range, "open files are at home");
FAST(lseek, "open files are at home");
FAST(dup, "open files are at home");
FAST(dup2, "open files are at home");
FAST(dup3, "open files are at home");
CALL(fcntl, FORWARD, "open files are at home; locks by page ownership");
CALL(ioctl, FORWARD, "devices are at home; the argument by page ownership");
FAST(flock, "open files are at home");
FAST(fsync, "open files are at home");
FAST(fdatasync, "open files are at home");
FAST(syncfs, "open files are at home");
FAST(sync_file_range, "open files are at home");
FAST(ftruncate, "open files are at home");
FAST(fallocate, "open files are at home");
FAST(fadvise64, "page cache at home");
FAST(readahead, "page cache at home");
CALL(cachestat, FORWARD, "page cache at home");
FAST(fstatfs, "open files are at home", VAL, OUT(STATFS));
FAST(newfstat, "open files are at home", VAL, OUT(STAT));
FAST(fchmod, "open files are at home");
FAST(fchown, "open files are at home");
FAST(fchdir, "working directory at home");
CALL(getdents, FORWARD, "open files are at home", .inlined = true, .holes = true,
	.arg = { VAL, RET_N(3, 1) });
CALL(getdents64, FORWARD, "open files are at home", .inlined = true, .holes = true,
	.arg = { VAL, RET_N(3, 1) });
FAST(sendfile64, "both files are at home", VAL, VAL, INOUT(8));
FAST(copy_file_range, "both files are at home", VAL, INOUT(8), VAL, INOUT(8));
FAST(splice, "both files are at home", VAL, INOUT(8), VAL, INOUT(8));
FAST(tee, "pipes are at home");
CALL(vmsplice, FORWARD, "pipes are at home; pages by ownership");
FAST(pipe, "pipes are at home", OUT(8));
FAST(pipe2, "pipes are at home", OUT(8));

/* files by name */
FAST(open, "file names are home's", STR);
FAST(openat, "file names are home's", VAL, STR);
FAST(openat2, "file names are home's", VAL, STR, IN_N(4, 1));
FAST(creat, "file names are home's", STR);
FAST(newstat, "file names are home's", STR, OUT(STAT));
FAST(newlstat, "file names are home's", STR, OUT(STAT));
FAST(newfstatat, "file names are home's", VAL, STR, OUT(STAT));
FAST(statx, "file names are home's", VAL, STR, VAL, VAL, OUT(STATX));
FAST(statfs, "file names are home's", STR, OUT(STATFS));
FAST(access, "file names are home's", STR);
FAST(faccessat, "file names are home's", VAL, STR);
FAST(faccessat2, "file names are home's", VAL, STR);
FAST(readlink, "file names are home's", STR, RET_N(3, 1));
FAST(readlinkat, "file names are home's", VAL, STR, RET_N(4, 1));
FAST(getcwd, "working directory at home", RET_N(2, 1));
FAST(chdir, "working directory at home", STR);
FAST(chroot, "root directory at home", STR);
FAST(truncate, "file names are home's", STR);
FAST(rename, "file names are home's", STR, STR);
FAST(renameat, "file names are home's", VAL, STR, VAL, STR);
FAST(renameat2, "file names are home's", VAL, STR, VAL, STR);
FAST(mkdir, "file names are home's", STR);
FAST(mkdirat, "file names are home's", VAL, STR);
FAST(rmdir, "file names are home's", STR);
FAST(link, "file names are home's", STR, STR);
FAST(linkat, "file names are home's", VAL, STR, VAL, STR);
FAST(unlink, "file names are home's", STR);
FAST(unlinkat, "file names are home's", VAL, STR);
FAST(symlink, "file names are home's", STR, STR);
FAST(symlinkat, "file names are home's", STR, VAL, STR);
FAST(mknod, "file names are home's", STR);
FAST(mknodat, "file names are home's", VAL, STR);
FAST(chmod, "file names are home's", STR);
FAST(fchmodat, "file names are home's", VAL, STR);
FAST(fchmodat2, "file names are home's", VAL, STR);
FAST(chown, "file names are home's", STR);
FAST(lchown, "file names are home's", STR);
FAST(fchownat, "file names are home's", VAL, STR);
FAST(utime, "file names are home's", STR, IN(16));
FAST(utimes, "file names are home's", STR, IN(32));
FAST(futimesat, "file names are home's", VAL, STR, IN(32));
FAST(utimensat, "file names are home's", VAL, STR, IN(32));
FAST(umask, "umask at home");
FAST(setxattr, "file names are home's", STR, STR, IN_N(4, 1));
FAST(lsetxattr, "file names are home's", STR, STR, IN_N(4, 1));
FAST(fsetxattr, "open files are at home", VAL, STR, IN_N(4, 1));
FAST(getxattr, "file names are home's", STR, STR, RET_N(4, 1));
FAST(lgetxattr, "file names are home's", STR, STR, RET_N(4, 1));
FAST(fgetxattr, "open files are at home", VAL, STR, RET_N(4, 1));
FAST(listxattr, "file names are home's", STR, RET_N(3, 1));
FAST(llistxattr, "file names are home's", STR, RET_N(3, 1));
FAST(flistxattr, "open files are at home", VAL, RET_N(3, 1));
FAST(removexattr, "file names are home's", STR, STR);
FAST(lremovexattr, "file names are home's", STR, STR);
FAST(fremovexattr, "open files are at home", VAL, STR);
CALL(name_to_handle_at, FORWARD, "file names are home's");
CALL(open_by_handle_at, FORWARD, "file handles are home's");
FAST(sync, "file systems of home");
CALL(ustat, FORWARD, "file systems of home");
CALL(sysfs, FORWARD, "file systems of home");

/* mounts and quotas */
CALL(mount, FORWARD, "mounts of home");
CALL(umount, FORWARD, "mounts of home");
CALL(pivot_root, FORWARD, "mounts of home");
CALL(open_tree, FORWARD, "mounts of home");
CALL(move_mount, FORWARD, "mounts of home");
CALL(fsopen, FORWARD, "mounts of home");
CALL(fsconfig, FORWARD, "mounts of home");
CALL(fsmount, FORWARD, "mounts of home");
CALL(fspick, FORWARD, "mounts of home");
CALL(mount_setattr, FORWARD, "mounts of home");
CALL(statmount, FORWARD, "mounts of home");
CALL(listmount, FORWARD, "mounts of home");
CALL(quotactl, FORWARD, "file systems of home");
CALL(quotactl_fd, FORWARD, "file systems of home");
CALL(swapon, FORWARD, "home's machine");
CALL(swapoff, FORWARD, "home's machine");

/* waiting for files */
FAST(poll, "open files are at home", INOUT_N(2, POLLFD));
FAST(ppoll, "open files are at home", INOUT_N(2, POLLFD), INOUT(TIMESPEC), VAL, IN(SIGSET));
CALL(select, FORWARD, "open files are at home; sets by page ownership");
CALL(pselect6, FORWARD, "open files are at home; sets by page ownership");
FAST(epoll_create, "open files are at home");
FAST(epoll_create1, "open files are at home");
FAST(epoll_ctl, "open files are at home", VAL, VAL, VAL, IN(EPOLL_EVENT));
FAST(epoll_wait, "open files are at home", VAL, RET_N(3, EPOLL_EVENT));
FAST(epoll_pwait, "open files are at home", VAL, RET_N(3, EPOLL_EVENT), VAL, VAL, IN(SIGSET));
FAST(epoll_pwait2, "open files are at home", VAL, RET_N(3, EPOLL_EVENT), VAL, IN(TIMESPEC),
	IN(SIGSET));
FAST(eventfd, "open files are at home");
FAST(eventfd2, "open files are at home");
FAST(signalfd, "pending signals are at home", VAL, IN(SIGSET));
FAST(signalfd4, "pending signals are at home", VAL, IN(SIGSET));
FAST(timerfd_create, "open files are at home");
FAST(timerfd_settime, "open files are at home", VAL, VAL, IN(ITIMER), OUT(ITIMER));
FAST(timerfd_gettime, "open files are at home", VAL, OUT(ITIMER));
FAST(inotify_init, "file names are home's");
FAST(inotify_init1, "file names are home's");
FAST(inotify_add_watch, "file names are home's", VAL, STR);
FAST(inotify_rm_watch, "open files are at home");
CALL(fanotify_init, FORWARD, "file names are home's");
CALL(fanotify_mark, FORWARD, "file names are home's");

/* sockets */
FAST(socket, "sockets are at home");
FAST(socketpair, "sockets are at home", VAL, VAL, VAL, OUT(8));
FAST(bind, "sockets are at home", VAL, IN_N(3, 1));
FAST(connect, "sockets are at home", VAL, IN_N(3, 1));
FAST(listen, "sockets are at home");
CALL(accept, FORWARD, "sockets are at home; the address by page ownership");
CALL(accept4, FORWARD, "sockets are at home; the address by page ownership");
FAST(shutdown, "sockets are at home");
CALL(getsockname, FORWARD, "sockets are at home; the address by page ownership");
CALL(getpeername, FORWARD, "sockets are at home; the address by page ownership");
FAST(setsockopt, "sockets are at home", VAL, VAL, VAL, IN_N(5, 1));
CALL(getsockopt, FORWARD, "sockets are at home; the value by page ownership");
CALL(sendto, FORWARD, "sockets are at home", .inlined = true,
	.arg = { VAL, IN_N(3, 1), VAL, VAL, IN_N(6, 1) },
	.unless_arg = 4, .unless = MSG_ZEROCOPY);
CALL(recvfrom, FORWARD, "sockets are at home; the address by page ownership", .inlined = true,
	.arg = { VAL, RET_N(3, 1) },
	.unless_arg = 4, .unless = MSG_TRUNC | MSG_ERRQUEUE);
CALL(sendmsg, FORWARD, "sockets are at home; vectors by page ownership");
CALL(recvmsg, FORWARD, "sockets are at home; vectors by page ownership");
CALL(sendmmsg, FORWARD, "sockets are at home; vectors by page ownership");
CALL(recvmmsg, FORWARD, "sockets are at home; vectors by page ownership");

/* memory */
SPECIAL(mmap, mmap, "both halves map; shared, locked and huge memory does not move");
CALL(munmap, MM, "both halves unmap");
CALL(mprotect, MM, "both halves protect");
SPECIAL(pkey_mprotect, pkey_mprotect, "as mprotect; protection keys are allocated at home");
SPECIAL(mremap, mremap, "both halves move it");
CALL(brk, MM, "both halves hold the heap");
SPECIAL(madvise, madvise, "what drops pages or marks mappings concerns both halves");
CALL(mseal, FORWARD, "home decides on each change of a mapping");
CALL(msync, FORWARD, "files are at home");
CALL(mincore, LOCAL, "what is in memory where the process runs");
CALL(mlock, HOME, "locked memory does not move");
CALL(mlock2, HOME, "locked memory does not move");
CALL(mlockall, HOME, "locked memory does not move");
CALL(munlock, FORWARD, "nothing is locked while away; home checks the range");
CALL(munlockall, FORWARD, "nothing is locked while away");
CALL(remap_file_pages, HOME, "changes mappings in a way that is not replayed");
CALL(shmat, HOME, "writable shared memory does not move");
CALL(shmdt, HOME, "changes mappings in a way that is not replayed");
CALL(shmget, FORWARD, "System V IPC of home");
CALL(shmctl, FORWARD, "System V IPC of home");
CALL(memfd_create, FORWARD, "open files are at home");
CALL(memfd_secret, HOME, "secret memory does not move");
CALL(userfaultfd, HOME, "faults of an observed mapping happen at home");
CALL(process_madvise, HOME, "may aim at the process itself");
CALL(process_mrelease, FORWARD, "another process");
CALL(process_vm_readv, FORWARD, "the other process by its pages at home");
CALL(process_vm_writev, FORWARD, "the other process by its pages at home");
CALL(pkey_alloc, HOME, "keys belong to the address space at home");
CALL(pkey_free, HOME, "keys belong to the address space at home");
CALL(map_shadow_stack, HOME, "shadow stacks do not move");
CALL(mbind, FORWARD, "NUMA nodes of home");
CALL(set_mempolicy, FORWARD, "NUMA nodes of home");
CALL(get_mempolicy, FORWARD, "NUMA nodes of home");
CALL(set_mempolicy_home_node, FORWARD, "NUMA nodes of home");
CALL(migrate_pages, FORWARD, "NUMA nodes of home");
CALL(move_pages, FORWARD, "NUMA nodes of home");
CALL(membarrier, FORWARD, "the mm is registered at home; one thread has nobody to order");

/* processes */
CALL(fork, FORK, "a clone of both halves");
CALL(vfork, HOME, "shares the address space until exec");
SPECIAL(clone, clone, "a clone of both halves; threads stay at home");
SPECIAL(clone3, clone3, "a clone of both halves; threads stay at home");
CALL(execve, EXEC, "a new image, from files at home");
CALL(execveat, EXEC, "a new image, from files at home");
CALL(exit, EXIT, "the process ends at home");
CALL(exit_group, EXIT, "the process ends at home");
FAST(wait4, "children are at home", VAL, INOUT(4), VAL, INOUT(RUSAGE));
FAST(waitid, "children are at home", VAL, VAL, INOUT(SIGINFO), VAL, INOUT(RUSAGE));
CALL(getpid, LOCAL, "the body has the pid of home");
CALL(gettid, LOCAL, "the body has the tid of home");
FAST(getppid, "the parent is at home");
FAST(getpgid, "process groups of home");
FAST(setpgid, "process groups of home");
FAST(getpgrp, "process groups of home");
FAST(getsid, "sessions of home");
FAST(setsid, "sessions of home");
CALL(pidfd_open, FORWARD, "processes of home");
CALL(pidfd_getfd, FORWARD, "processes of home");
CALL(kcmp, FORWARD, "processes of home");
CALL(ptrace, HOME, "who traces or is traced is at home");
SPECIAL(unshare, unshare, "namespaces of home; those of pids, users and time are set up there");
CALL(setns, HOME, "may change the namespaces that the body stands for");
SPECIAL(prctl, prctl, "mostly home's; what changes the CPU or the address space happens there");
SPECIAL(arch_prctl, arch_prctl, "segment bases belong to the CPU, the rest to home");
SPECIAL(personality, personality, "home's; but it may change how memory is mapped");
CALL(set_tid_address, LOCAL, "cleared by the body");
CALL(set_robust_list, LOCAL, "walked by the body");
SPECIAL(get_robust_list, get_robust_list, "the body has its own, home those of others");
CALL(rseq, LOCAL, "CPU numbers where the body runs");
CALL(getcpu, LOCAL, "CPU number where the body runs");
CALL(acct, FORWARD, "home's machine");

/* scheduling */
CALL(sched_yield, LOCAL, "the CPU where the body runs");
SPECIAL(sched_setscheduler, sched_setscheduler, "real-time processes do not move");
SPECIAL(sched_setattr, sched_setattr, "real-time processes do not move");
CALL(sched_setparam, FORWARD, "keeps the policy, which is not a real-time one");
CALL(sched_getparam, FORWARD, "processes of home");
FAST(sched_getscheduler, "processes of home");
CALL(sched_getattr, FORWARD, "processes of home");
FAST(sched_get_priority_max, "a constant");
FAST(sched_get_priority_min, "a constant");
CALL(sched_rr_get_interval, FORWARD, "processes of home");
FAST(sched_setaffinity, "CPUs of home", VAL, VAL, IN_N(2, 1));
FAST(sched_getaffinity, "CPUs of home", VAL, VAL, RET_N(2, 1));
FAST(getpriority, "processes of home");
FAST(setpriority, "processes of home");
FAST(ioprio_set, "disks of home");
FAST(ioprio_get, "disks of home");

/* limits and accounts */
FAST(getrlimit, "limits of home", VAL, OUT(RLIMIT));
FAST(setrlimit, "limits of home", VAL, IN(RLIMIT));
FAST(prlimit64, "limits of home", VAL, VAL, IN(RLIMIT), OUT(RLIMIT));
FAST(getrusage, "accounts of home", VAL, OUT(RUSAGE));
FAST(times, "accounts of home", OUT(TMS));
FAST(newuname, "home's name", OUT(UTSNAME));
FAST(sysinfo, "home's machine", OUT(SYSINFO));

/* identity */
FAST(getuid, "credentials of home");
FAST(getgid, "credentials of home");
FAST(geteuid, "credentials of home");
FAST(getegid, "credentials of home");
FAST(setuid, "credentials of home");
FAST(setgid, "credentials of home");
FAST(setreuid, "credentials of home");
FAST(setregid, "credentials of home");
FAST(setresuid, "credentials of home");
FAST(setresgid, "credentials of home");
FAST(getresuid, "credentials of home", OUT(4), OUT(4), OUT(4));
FAST(getresgid, "credentials of home", OUT(4), OUT(4), OUT(4));
FAST(setfsuid, "credentials of home");
FAST(setfsgid, "credentials of home");
FAST(getgroups, "credentials of home", VAL, RET_N(1, 4));
FAST(setgroups, "credentials of home", VAL, IN_N(1, 4));
CALL(capget, FORWARD, "credentials of home");
CALL(capset, FORWARD, "credentials of home");
CALL(add_key, FORWARD, "keys of home");
CALL(request_key, FORWARD, "keys of home");
CALL(keyctl, FORWARD, "keys of home");
CALL(seccomp, HOME, "filters see the calls at home");
CALL(landlock_create_ruleset, FORWARD, "credentials of home");
CALL(landlock_add_rule, FORWARD, "credentials of home");
CALL(landlock_restrict_self, FORWARD, "credentials of home");
CALL(lsm_get_self_attr, FORWARD, "credentials of home");
CALL(lsm_set_self_attr, FORWARD, "credentials of home");
CALL(lsm_list_modules, FORWARD, "home's machine");

/* signals */
FAST(rt_sigaction, "signals are delivered by home", VAL, IN(SIGACTION), OUT(SIGACTION));
FAST(rt_sigprocmask, "signals are delivered by home", VAL, IN(SIGSET), OUT(SIGSET));
FAST(rt_sigpending, "pending signals are at home", OUT_N(2, 1));
FAST(rt_sigsuspend, "signals are delivered by home", IN(SIGSET));
CALL(rt_sigtimedwait, FORWARD, "pending signals are at home");
CALL(rt_sigqueueinfo, FORWARD, "processes of home");
CALL(rt_tgsigqueueinfo, FORWARD, "processes of home");
CALL(pidfd_send_signal, FORWARD, "processes of home");
FAST(kill, "processes of home");
FAST(tkill, "processes of home");
FAST(tgkill, "processes of home");
FAST(pause, "signals are delivered by home");
CALL(rt_sigreturn, LOCAL, "the frame is on the body's stack");
CALL(sigaltstack, LOCAL, "frames are built by the body");
CALL(restart_syscall, FORWARD, "the deputy knows what was interrupted");
CALL(uretprobe, HOME, "the probed registers are at home");

/* time */
SPECIAL(clock_gettime, clock, "the body's time namespace; CPU clocks are home's",
	.inlined = true, .arg = { VAL, OUT(TIMESPEC) });
SPECIAL(clock_getres, clock, "the body's time namespace; CPU clocks are home's",
	.inlined = true, .arg = { VAL, OUT(TIMESPEC) });
SPECIAL(gettimeofday, time, "the cluster's time",
	.inlined = true, .arg = { OUT(16), OUT(8) });
SPECIAL(time, time, "the cluster's time",
	.inlined = true, .arg = { OUT(8) });
CALL(settimeofday, FORWARD, "home's machine");
CALL(clock_settime, FORWARD, "home's machine");
CALL(adjtimex, FORWARD, "home's machine");
CALL(clock_adjtime, FORWARD, "home's machine");
/* The remaining time is also written by a restart: not through scratch memory. */
FAST(nanosleep, "interrupted by signals at home", IN(TIMESPEC), VAL);
SPECIAL(clock_nanosleep, clock_nanosleep,
	"until a time: by the clock that the program reads; else at home, with its signals",
	.inlined = true, .arg = { VAL, VAL, IN(TIMESPEC), VAL });
FAST(alarm, "signals come from home");
FAST(getitimer, "signals come from home", VAL, OUT(ITIMER));
SPECIAL(setitimer, setitimer, "signals come from home; CPU time is counted there",
	.inlined = true, .arg = { VAL, IN(ITIMER), OUT(ITIMER) });
SPECIAL(timer_create, timer_create, "signals come from home; CPU time is counted there",
	.inlined = true, .arg = { VAL, IN(SIGEVENT), OUT(4) });
FAST(timer_settime, "signals come from home", VAL, VAL, IN(ITIMER), OUT(ITIMER));
FAST(timer_gettime, "signals come from home", VAL, OUT(ITIMER));
FAST(timer_getoverrun, "signals come from home");
FAST(timer_delete, "signals come from home");

/* synchronisation between processes */
CALL(futex, FORWARD, "who waits is at home; the word by page ownership");
CALL(futex_waitv, FORWARD, "who waits is at home; the words by page ownership");
CALL(futex_wait, FORWARD, "who waits is at home; the word by page ownership");
CALL(futex_wake, FORWARD, "who waits is at home; the word by page ownership");
CALL(futex_requeue, FORWARD, "who waits is at home; the words by page ownership");
FAST(semget, "System V IPC of home");
FAST(semop, "System V IPC of home", VAL, IN_N(3, SEMBUF));
FAST(semtimedop, "System V IPC of home", VAL, IN_N(3, SEMBUF), VAL, IN(TIMESPEC));
CALL(semctl, FORWARD, "System V IPC of home");
FAST(msgget, "System V IPC of home");
CALL(msgsnd, FORWARD, "System V IPC of home");
CALL(msgrcv, FORWARD, "System V IPC of home");
CALL(msgctl, FORWARD, "System V IPC of home");
CALL(mq_open, FORWARD, "message queues of home");
CALL(mq_unlink, FORWARD, "message queues of home");
CALL(mq_timedsend, FORWARD, "message queues of home");
CALL(mq_timedreceive, FORWARD, "message queues of home");
CALL(mq_notify, FORWARD, "message queues of home");
CALL(mq_getsetattr, FORWARD, "message queues of home");

/* asynchronous I/O */
CALL(io_setup, HOME, "the ring is shared with the kernel at home");
CALL(io_destroy, FORWARD, "no ring while away: home refuses");
CALL(io_submit, FORWARD, "no ring while away: home refuses");
CALL(io_cancel, FORWARD, "no ring while away: home refuses");
CALL(io_getevents, FORWARD, "no ring while away: home refuses");
CALL(io_pgetevents, FORWARD, "no ring while away: home refuses");
CALL(io_uring_setup, HOME, "the ring is shared with the kernel at home");
CALL(io_uring_enter, HOME, "the ring is shared with the kernel at home");
CALL(io_uring_register, HOME, "the ring is shared with the kernel at home");

/* the machine */
CALL(getrandom, LOCAL, "any node's generator is as good");
CALL(iopl, HOME, "ports of home");
CALL(ioperm, HOME, "ports of home");
CALL(modify_ldt, HOME, "descriptor tables do not move");
CALL(perf_event_open, HOME, "counts what runs at home");
CALL(bpf, FORWARD, "home's machine");
CALL(syslog, FORWARD, "home's machine");
CALL(sethostname, FORWARD, "home's name");
CALL(setdomainname, FORWARD, "home's name");
CALL(reboot, FORWARD, "home's machine");
CALL(kexec_load, FORWARD, "home's machine");
CALL(kexec_file_load, FORWARD, "home's machine");
CALL(init_module, FORWARD, "home's machine");
CALL(finit_module, FORWARD, "home's machine");
CALL(delete_module, FORWARD, "home's machine");
CALL(vhangup, FORWARD, "terminals are at home");
CALL(ni_syscall, FORWARD, "no such call: home says so");

#define __SYSCALL(nr, sym) \
	[nr] = &row_##sym,
#define __SYSCALL_NORETURN __SYSCALL

static const struct hpc_call *const rows[] = {
#include <asm/syscalls_64.h>
};

const struct hpc_call *hpc_call_row(long nr)
{
	const struct hpc_call *row;

	if (nr < 0 || nr >= ARRAY_SIZE(rows))
		return NULL;
	row = rows[array_index_nospec(nr, ARRAY_SIZE(rows))];
	return row == &row_sys_ni_syscall ? NULL : row;
}

enum hpc_where hpc_call_where(long nr, const unsigned long args[6])
{
	const struct hpc_call *row = hpc_call_row(nr);

	if (!row)
		return row_sys_ni_syscall.where;
	return row->decide ? row->decide(args) : row->where;
}
