// SPDX-License-Identifier: GPL-2.0
/*
 * What cannot run away from home: a process that asks for it while it is away comes home first,
 * the call does what it does, and the process goes on.  One case a run: thread, shared, mlock,
 * iouring, ptrace, fifo, shmat, userfaultfd, aio, seccomp, direct, pidns.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "prog.h"

#define SIZE (64 * 4096ul)

struct asking {
	const char *name;
	void (*ask)(void);
};

static const struct asking *asked;
static unsigned char *kept;
static uint64_t kept_key;

static void *sum_up(void *arg)
{
	uint64_t *value = arg, sum = 0;

	for (uint64_t i = 0; i < 1000; i++)
		sum += i * *value;
	*value = sum;
	return arg;
}

static void ask_thread(void)
{
	uint64_t value[4];
	pthread_t thread[4];
	void *answer;

	for (uint64_t i = 0; i < 4; i++) {
		value[i] = i + 1;
		CHECK_EQ(pthread_create(&thread[i], NULL, sum_up, &value[i]), 0);
	}
	for (uint64_t i = 0; i < 4; i++) {
		CHECK_EQ(pthread_join(thread[i], &answer), 0);
		CHECK(answer == &value[i]);
		CHECK_EQ(value[i], 499500 * (i + 1));
	}
	prog_mix(value[3]);
}

/* The child fills what it shares with the parent. */
static void fill_in_child(unsigned char *at, size_t len)
{
	uint64_t key = prog_rand();
	pid_t pid;

	prog_fill(at, len, ~key);
	pid = prog_fork();
	if (!pid) {
		prog_expect_fill(at, len, ~key, "shared memory in the child");
		prog_fill(at, len, key);
		_exit(0);
	}
	prog_reap_ok(pid);
	prog_expect_fill(at, len, key, "shared memory");
	prog_mix_bytes(at, 4096);
}

static void ask_shared(void)
{
	void *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CHECK(at != MAP_FAILED);
	fill_in_child(at, SIZE);
	CHECK_EQ(munmap(at, SIZE), 0);
}

static void ask_shmat(void)
{
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);
	void *at;

	if (id < 0 && errno == ENOSYS)
		prog_skip("this kernel has no System V IPC");
	CHECK(id >= 0);
	at = shmat(id, NULL, 0);
	CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
	CHECK(at != (void *)-1);
	fill_in_child(at, SIZE);
	CHECK_EQ(shmdt(at), 0);
}

static void ask_mlock(void)
{
	void *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t key = prog_rand();

	prog_fill(at, SIZE, key);
	CHECK_EQ(mlock(at, 8 * 4096), 0);
	prog_expect_fill(at, SIZE, key, "locked memory");
	CHECK_EQ(munlock(at, 8 * 4096), 0);
	CHECK_EQ(munmap(at, SIZE), 0);
	prog_mix(key);
}

static void ask_iouring(void)
{
	struct io_uring_params params = { 0 };
	long fd = syscall(SYS_io_uring_setup, 4, &params);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		prog_skip("this kernel has no io_uring");
	CHECK(fd >= 0);
	CHECK_EQ(params.sq_entries, 4);
	CHECK_EQ(close((int)fd), 0);
	prog_mix(params.sq_entries);
}

static void ask_ptrace(void)
{
	pid_t pid = prog_fork();
	int status;

	if (!pid) {
		prog_expect_fill(kept, SIZE, kept_key, "memory of a traced child");
		CHECK_EQ(ptrace(PTRACE_TRACEME, 0, NULL, NULL), 0);
		raise(SIGSTOP);
		prog_expect_fill(kept, SIZE, kept_key, "memory after the stop");
		_exit(12);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSTOPPED(status));
	CHECK_EQ(WSTOPSIG(status), SIGSTOP);
	errno = 0;
	CHECK_EQ((unsigned char)ptrace(PTRACE_PEEKDATA, pid, kept + 4096, NULL), kept[4096]);
	CHECK_EQ(errno, 0);
	CHECK_EQ(ptrace(PTRACE_CONT, pid, NULL, NULL), 0);
	CHECK_EQ(prog_reap(pid), 12 << 8);
}

static void ask_fifo(void)
{
	struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &param)) {
		CHECK_EQ(errno, EPERM);
		prog_skip("real-time scheduling is not permitted here");
	}
	CHECK_EQ(sched_getscheduler(0), SCHED_FIFO);
	param.sched_priority = 0;
	CHECK_EQ(sched_setscheduler(0, SCHED_OTHER, &param), 0);
	CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
}

static void ask_userfaultfd(void)
{
	long fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	struct uffdio_api api = { .api = UFFD_API };

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		prog_skip("this kernel has no userfaultfd");
	CHECK(fd >= 0);
	CHECK_EQ(ioctl((int)fd, UFFDIO_API, &api), 0);
	CHECK_EQ(close((int)fd), 0);
}

static void ask_aio(void)
{
	aio_context_t context = 0;

	if (syscall(SYS_io_setup, 4, &context)) {
		CHECK_EQ(errno, ENOSYS);
		prog_skip("this kernel has no aio");
	}
	CHECK(context != 0);
	CHECK_EQ(syscall(SYS_io_destroy, context), 0);
}

/* In a child, which keeps the filter for good: all calls are allowed but one. */
static void ask_seccomp(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_acct, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { sizeof(code) / sizeof(code[0]), code };
	pid_t pid = prog_fork();
	int status;

	if (!pid) {
		CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
			_exit(errno == EINVAL ? 78 : 1);
		CHECK_ERRNO(syscall(SYS_acct, NULL), EXDEV);
		prog_expect_fill(kept, SIZE, kept_key, "memory under a filter");
		_exit(0);
	}
	status = prog_reap(pid);
	if (status == 78 << 8)
		prog_skip("this kernel has no seccomp filters");
	CHECK_EQ(status, 0);
}

static void ask_direct(void)
{
	char *path = prog_path("direct");
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_DIRECT, 0600);
	unsigned char *at = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint64_t key = prog_rand();

	if (fd < 0) {
		CHECK_EQ(errno, EINVAL);
		prog_skip("this file system has no direct I/O");
	}
	prog_fill(at, SIZE, key);
	CHECK_EQ(pwrite(fd, at, SIZE, 0), SIZE);
	memset(at, 0, SIZE);
	CHECK_EQ(pread(fd, at, SIZE, 0), SIZE);
	prog_expect_fill(at, SIZE, key, "read directly");
	close(fd);
	CHECK_EQ(unlink(path), 0);
	CHECK_EQ(munmap(at, SIZE), 0);
	free(path);
}

static void ask_pidns(void)
{
	pid_t pid = prog_fork();
	int status;

	if (!pid) {
		if (unshare(CLONE_NEWPID))
			_exit(78);
		pid = prog_fork();
		if (!pid)
			_exit(getpid() == 1 ? 0 : 1);
		prog_reap_ok(pid);
		_exit(0);
	}
	status = prog_reap(pid);
	if (status == 78 << 8)
		prog_skip("no pid namespace can be made here");
	CHECK_EQ(status, 0);
}

static const struct asking cases[] = {
	{ "thread", ask_thread }, { "shared", ask_shared }, { "mlock", ask_mlock },
	{ "iouring", ask_iouring }, { "ptrace", ask_ptrace }, { "fifo", ask_fifo },
	{ "shmat", ask_shmat }, { "userfaultfd", ask_userfaultfd },
	{ "aio", ask_aio }, { "seccomp", ask_seccomp }, { "direct", ask_direct },
	{ "pidns", ask_pidns },
};

static void setup(const char *arg)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(cases[i].name, arg))
			asked = &cases[i];
	if (!asked)
		prog_fail("no case is called %s", arg);
	kept = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(kept != MAP_FAILED);
}

/* Ordinary life before and after; the memory written before must survive the way home. */
static void round_comes(void)
{
	kept_key = prog_rand();
	prog_fill(kept, SIZE, kept_key);
	prog_sleep_ms(20);
	CHECK(getppid() > 0);
	asked->ask();
	prog_expect_fill(kept, SIZE, kept_key, "memory after coming home");
	prog_mix(kept_key);
	prog_sleep_ms(5);
}

const struct prog prog = {
	.name = "comeshome", .variants = 4, .needs_arg = true, .setup = setup, .round = round_comes
};
