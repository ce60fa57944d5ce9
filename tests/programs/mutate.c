// SPDX-License-Identifier: GPL-2.0
/*
 * The programs must be able to fail: preloaded into their dynamic builds, this breaks one
 * kind of call, every so often, in the way a bad migration would: lost, done twice,
 * restarted wrongly, a page of zeroes, a short sleep.  MUTATE names the kind, MUTATE_EVERY how often.
 * check-mutants runs each kind against the programs that have to notice.
 */
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define ERESTARTSYS 512

/* The real function behind a name, typed like the wrapper around it. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool hit(const char *kind)
{
	static unsigned int count;
	const char *wanted = getenv("MUTATE"), *every = getenv("MUTATE_EVERY");

	if (!wanted || strcmp(wanted, kind))
		return false;
	return ++count % (every ? (unsigned int)atoi(every) : 20) == 0;
}

static int fails_with(int error)
{
	errno = error;
	return -1;
}

/* As if the second half of the buffer had been on a page that got lost. */
static void lose_half(void *buf, ssize_t n)
{
	if (n > 1)
		memset((char *)buf + n / 2, 0, (size_t)n - (size_t)n / 2);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	if (fd <= STDERR_FILENO)
		return REAL(write)(fd, buf, len);
	if (hit("write-lost"))
		return (ssize_t)len;
	if (hit("write-twice"))
		REAL(write)(fd, buf, len);
	if (hit("write-restart"))
		return fails_with(ERESTARTSYS);
	return REAL(write)(fd, buf, len);
}

ssize_t read(int fd, void *buf, size_t len)
{
	ssize_t n = hit("read-restart") ? fails_with(ERESTARTSYS) : REAL(read)(fd, buf, len);

	if (hit("read-zero"))
		lose_half(buf, n);
	return n;
}

ssize_t pread(int fd, void *buf, size_t len, off_t at)
{
	ssize_t n = REAL(pread)(fd, buf, len, at);

	if (hit("read-zero"))
		lose_half(buf, n);
	return n;
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t at)
{
	return hit("write-lost") ? (ssize_t)len : REAL(pwrite)(fd, buf, len, at);
}

ssize_t recv(int fd, void *buf, size_t len, int flags)
{
	ssize_t n = REAL(recv)(fd, buf, len, flags);

	if (hit("read-zero"))
		lose_half(buf, n);
	return n;
}

off_t lseek(int fd, off_t to, int how)
{
	return REAL(lseek)(fd, to, how) + (hit("lseek-off") ? 1 : 0);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (hit("rename-twice"))
		REAL(renameat)(from_dir, from, to_dir, to);
	return REAL(renameat)(from_dir, from, to_dir, to);
}

int kill(pid_t pid, int sig)
{
	if (hit("kill-lost"))
		return 0;
	if (hit("kill-twice"))
		REAL(kill)(pid, sig);
	return REAL(kill)(pid, sig);
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
	if (hit("kill-lost"))
		return 0;
	if (hit("kill-twice"))
		REAL(sigqueue)(pid, sig, value);
	return REAL(sigqueue)(pid, sig, value);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return hit("mask-lost") ? 0 : REAL(sigprocmask)(how, set, old);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	if (hit("sleep-short"))
		return 0;
	if (hit("sleep-restart"))
		return fails_with(ERESTARTSYS + 4);
	return REAL(nanosleep)(time, left);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	if (hit("sleep-short"))
		return 0;
	return hit("sleep-restart") ? fails_with(ERESTARTSYS + 4) : REAL(poll)(fds, n, timeout);
}

pid_t waitpid(pid_t pid, int *status, int flags)
{
	pid_t got = REAL(waitpid)(pid, status, flags);

	if (got > 0 && status && hit("status-wrong"))
		*status ^= 0x100;
	return got;
}

pid_t getppid(void)
{
	return REAL(getppid)() + (hit("pid-wrong") ? 1 : 0);
}

pid_t getpid(void)
{
	return REAL(getpid)() + (hit("pid-wrong") ? 1 : 0);
}

int madvise(void *at, size_t len, int advice)
{
	return hit("madvise-lost") ? 0 : REAL(madvise)(at, len, advice);
}

int mprotect(void *at, size_t len, int prot)
{
	return hit("mprotect-lost") ? 0 : REAL(mprotect)(at, len, prot);
}

void *mremap(void *at, size_t len, size_t to, int flags, ...)
{
	va_list args;
	void *where;

	va_start(args, flags);
	where = va_arg(args, void *);
	va_end(args);
	where = REAL(mremap)(at, len, to, flags, where);
	if (where != MAP_FAILED && hit("mremap-zero"))
		memset((char *)where + (len < to ? len : to) - 4096, 0, 4096);
	return where;
}

void *realloc(void *at, size_t len)
{
	unsigned char *got = REAL(realloc)(at, len);

	if (at && got && len && hit("heap-zero"))
		got[0] ^= 1;
	return got;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	int error = REAL(clock_gettime)(id, now);

	if (!error && id == CLOCK_MONOTONIC && hit("clock-back"))
		now->tv_sec--;
	return error;
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	if (hit("exec-errno") && access(path, F_OK))
		return fails_with(EIO);
	return REAL(execve)(path, argv, envp);
}

/* The first anonymous page of the area that a child inherits goes missing. */
static void *last_area;

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *got = REAL(mmap)(at, len, prot, flags, fd, offset);

	if (got != MAP_FAILED && (flags & MAP_ANONYMOUS) && (prot & PROT_WRITE) && len >= 1 << 20)
		last_area = got;
	return got;
}

pid_t fork(void)
{
	pid_t pid = REAL(fork)();

	if (!pid && last_area && hit("fork-zero"))
		REAL(madvise)(last_area, 64 * 4096, MADV_DONTNEED);
	return pid;
}
