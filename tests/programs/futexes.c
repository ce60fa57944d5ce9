// SPDX-License-Identifier: GPL-2.0
/*
 * Futexes of a process with one thread: wait with timeouts that are not short, wrong values,
 * wakes of nobody, priority-inheriting locks whose word must hold the home tid, and robust
 * lists: registered, read back, and walked by the kernel when a child dies with a lock.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "prog.h"

#define MS 1000000ll

static uint32_t word;

static long futex(uint32_t *at, int op, uint32_t value, const struct timespec *timeout,
		  uint32_t mask)
{
	return syscall(SYS_futex, at, op, value, timeout, NULL, mask);
}

static void timeouts(void)
{
	struct timespec time = { 0, 10 * MS }, until;
	uint64_t start = prog_now_ns();

	word = 7;
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 7, &time, 0), ETIMEDOUT);
	CHECK(prog_now_ns() - start >= 10 * MS);
	CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &until), 0);
	until.tv_nsec += 10 * MS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	start = prog_now_ns();
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 7, &until, ~0u), ETIMEDOUT);
	CHECK(prog_now_ns() >= (uint64_t)until.tv_sec * 1000000000 + (uint64_t)until.tv_nsec);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 7, &until, ~0u), ETIMEDOUT);
}

static void refused(void)
{
	struct timespec bad = { 0, 2000000000 };

	for (int i = 0; i < 20; i++)
		CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 8, NULL, 0), EAGAIN);
	CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, 0), 0);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 7, &bad, 0), EINVAL);
	CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 7, NULL, 0), EINVAL);
	CHECK_ERRNO(futex((uint32_t *)((char *)&word + 1), FUTEX_WAIT_PRIVATE, 7, NULL, 0), EINVAL);
	CHECK_ERRNO(futex(&word, 99, 7, NULL, 0), ENOSYS);
}

static void inherits_priority(void)
{
	word = 0;
	if (futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, 0) && errno == ENOSYS)
		return;
	CHECK_EQ(word & FUTEX_TID_MASK, getpid());
	CHECK_ERRNO(futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL, 0), EDEADLK);
	CHECK_EQ(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, 0), 0);
	CHECK_EQ(word, 0);
	CHECK_ERRNO(futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, 0), EPERM);
}

static void list_registered(void)
{
	struct robust_list_head head = { { &head.list }, 0, NULL }, *seen, *old;
	size_t len;

	CHECK_EQ(syscall(SYS_get_robust_list, 0, &old, &len), 0);
	CHECK_EQ(len, sizeof(head));
	CHECK_EQ(syscall(SYS_set_robust_list, &head, sizeof(head)), 0);
	CHECK_EQ(syscall(SYS_get_robust_list, 0, &seen, &len), 0);
	CHECK(seen == &head);
	CHECK_ERRNO(syscall(SYS_set_robust_list, &head, 1), EINVAL);
	CHECK_EQ(syscall(SYS_set_robust_list, old, sizeof(head)), 0);
}

/* The child's own copy of the word is what its dying kernel marks: it must do no harm to ours. */
static void dies_with_lock(void)
{
	pid_t pid;

	word = 0x55;
	pid = prog_fork();
	if (!pid) {
		static struct {
			struct robust_list list;
			uint32_t lock;
		} entry;
		static struct robust_list_head head;

		head.list.next = &entry.list;
		entry.list.next = &head.list;
		head.futex_offset = offsetof(__typeof__(entry), lock) -
				    offsetof(__typeof__(entry), list);
		entry.lock = (uint32_t)getpid();
		CHECK_EQ(syscall(SYS_set_robust_list, &head, sizeof(head)), 0);
		word = 0x66;
		_exit(0);
	}
	prog_reap_ok(pid);
	CHECK_EQ(word, 0x55);
}

/* The kernel writes the tid, as the process knows it, into memory, and clears it at the end. */
static void tid_in_memory(void)
{
	uint32_t child_tid = 0;
	int parent_tid = 0;
	long pid = syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_PARENT_SETTID |
			   CLONE_CHILD_CLEARTID | SIGCHLD, NULL,
			   &parent_tid, &child_tid, 0);

	CHECK(pid >= 0);
	if (!pid) {
		CHECK_EQ(child_tid, syscall(SYS_gettid));
		CHECK_EQ(parent_tid, 0);
		_exit(0);
	}
	CHECK_EQ(parent_tid, pid);
	CHECK_EQ(child_tid, 0);
	prog_reap_ok((pid_t)pid);
}

static void round_futexes(void)
{
	timeouts();
	refused();
	inherits_priority();
	list_registered();
	dies_with_lock();
	tid_in_memory();
	prog_mix(1);
}

const struct prog prog = { .name = "futexes", .variants = 1, .round = round_futexes };
