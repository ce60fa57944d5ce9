// SPDX-License-Identifier: GPL-2.0
/*
 * What a process carries with it: limits and their effect (EMFILE, EFBIG with SIGXFSZ, ENOMEM
 * of the address space), umask, working directory also by fchdir, nice value, personality of
 * descriptors (close-on-exec, flags, lowest free number), all inherited by a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "prog.h"

static struct rlimit set_limit(int what, rlim_t value)
{
	struct rlimit old, now;

	CHECK_EQ(getrlimit(what, &old), 0);
	now = old;
	now.rlim_cur = value;
	CHECK_EQ(setrlimit(what, &now), 0);
	CHECK_EQ(getrlimit(what, &now), 0);
	CHECK_EQ(now.rlim_cur, value);
	return old;
}

static void descriptors(void)
{
	int fd[64], n = 0, lowest = dup(STDOUT_FILENO);
	struct rlimit old = set_limit(RLIMIT_NOFILE, (rlim_t)lowest + 40);

	CHECK_EQ(close(lowest), 0);
	/* Some numbers in between may be taken by what was inherited. */
	for (; n < 64; n++) {
		fd[n] = open("/dev/null", O_RDONLY);
		if (fd[n] < 0)
			break;
		CHECK(n ? fd[n] > fd[n - 1] : fd[n] == lowest);
	}
	CHECK_EQ(errno, EMFILE);
	CHECK(n > 20 && n <= 40 && fd[n - 1] < lowest + 40);
	CHECK_EQ(close(fd[17]), 0);
	CHECK_EQ(dup(STDOUT_FILENO), fd[17]);
	CHECK_ERRNO(dup2(STDOUT_FILENO, lowest + 40), EBADF);
	while (n)
		CHECK_EQ(close(fd[--n]), 0);
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &old), 0);
	prog_mix(40);
}

static void flags(void)
{
	int fd = open("/dev/null", O_RDWR | O_APPEND), copy;

	CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_APPEND);
	CHECK_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	CHECK_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK), O_RDWR | O_NONBLOCK);
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 100);
	CHECK(copy >= 100);
	CHECK_EQ(fcntl(copy, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(fcntl(fd, F_GETFD), 0);
	close(fd);
	close(copy);
}

static volatile sig_atomic_t too_long;

static void on_xfsz(int sig)
{
	too_long++;
}

static void file_size(void)
{
	char *path = prog_path("limited"), block[1000] = "";
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	struct rlimit old = set_limit(RLIMIT_FSIZE, 2500);

	signal(SIGXFSZ, on_xfsz);
	too_long = 0;
	CHECK_EQ(write(fd, block, 1000), 1000);
	CHECK_EQ(write(fd, block, 1000), 1000);
	CHECK_EQ(write(fd, block, 1000), 500);
	CHECK_EQ(too_long, 0);
	CHECK_ERRNO(write(fd, block, 1000), EFBIG);
	CHECK_EQ(too_long, 1);
	signal(SIGXFSZ, SIG_DFL);
	CHECK_EQ(setrlimit(RLIMIT_FSIZE, &old), 0);
	close(fd);
	CHECK_EQ(unlink(path), 0);
	free(path);
}

static void address_space(void)
{
	size_t huge = 1ul << 40;
	struct rlimit old = set_limit(RLIMIT_AS, 1ul << 39);
	void *at = mmap(NULL, huge, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	CHECK(at == MAP_FAILED);
	CHECK_EQ(errno, ENOMEM);
	CHECK_EQ(setrlimit(RLIMIT_AS, &old), 0);
}

static void masks(void)
{
	mode_t old = umask(0);
	struct stat st;

	for (mode_t mask = 0; mask <= 0777; mask += 0111) {
		char *path = prog_path("masked");
		int fd;

		CHECK_EQ(umask(mask), mask ? mask - 0111 : 0);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
		CHECK_EQ(fstat(fd, &st), 0);
		CHECK_EQ(st.st_mode & 0777, 0666 & ~mask);
		close(fd);
		CHECK_EQ(unlink(path), 0);
		free(path);
	}
	umask(old);
}

static void expect_cwd(const char *want)
{
	char got[512];

	CHECK(getcwd(got, sizeof(got)));
	CHECK(!strcmp(got, want));
}

static void directories(void)
{
	char *path = prog_path("cwd"), *file = prog_path("cwd/file"), before[512];
	int old = open(".", O_RDONLY | O_DIRECTORY), fd;
	pid_t pid;

	CHECK(getcwd(before, sizeof(before)));
	CHECK_EQ(mkdir(path, 0700), 0);
	CHECK_EQ(chdir(path), 0);
	expect_cwd(path);
	fd = open("file", O_WRONLY | O_CREAT | O_EXCL, 0600);
	CHECK(fd >= 0);
	close(fd);
	CHECK_EQ(access(file, F_OK), 0);
	pid = prog_fork();
	if (!pid) {
		expect_cwd(path);
		CHECK_EQ(chdir("/"), 0);
		_exit(0);
	}
	prog_reap_ok(pid);
	expect_cwd(path);
	CHECK_EQ(unlink("file"), 0);
	CHECK_ERRNO(chdir("nowhere"), ENOENT);
	CHECK_EQ(rmdir(path), 0);
	CHECK_EQ(getcwd(before, 1) == NULL, 1);
	CHECK_EQ(fchdir(old), 0);
	close(old);
	free(path);
	free(file);
}

/* Only ever lowered, hence in a child. */
static void priority(void)
{
	int before = getpriority(PRIO_PROCESS, 0);
	pid_t pid = prog_fork();

	if (!pid) {
		CHECK_EQ(setpriority(PRIO_PROCESS, 0, 15), 0);
		CHECK_EQ(getpriority(PRIO_PROCESS, 0), 15);
		CHECK_EQ(setpriority(PRIO_PROCESS, 0, 100), 0);
		CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19);
		_exit(0);
	}
	prog_reap_ok(pid);
	CHECK_EQ(getpriority(PRIO_PROCESS, 0), before);
}

/* CPU time burnt anywhere counts: SIGXCPU comes within a second or two of CPU. */
static void cpu_limit(void)
{
	static bool done;
	pid_t pid;
	int status;

	if (done)
		return;
	done = true;
	pid = prog_fork();
	if (!pid) {
		set_limit(RLIMIT_CPU, 1);
		set_limit(RLIMIT_CORE, 0);
		for (volatile uint64_t work = 0;;)
			work++;
	}
	status = prog_reap(pid);
	CHECK(WIFSIGNALED(status));
	CHECK_EQ(WTERMSIG(status), SIGXCPU);
}

static void round_limits(void)
{
	descriptors();
	flags();
	file_size();
	address_space();
	masks();
	directories();
	priority();
	cpu_limit();
}

const struct prog prog = { .name = "limits", .variants = 1, .round = round_limits };
