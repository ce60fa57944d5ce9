// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that no fast path knows, with their buffers on pages that the program has just written
 * and so owns: the kernel must fetch them where it reads, and take them over where it writes.
 * Each is made a hundred times a round, its result compared with the first and its buffer's
 * surroundings with a pattern.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include "prog.h"

#define PAGE 4096
#define REPEAT 100

static unsigned char *page;
static char *linkname, *filename;
static int directory;

/* Returns the bytes that it wrote at AT; what varies with time is blanked there. */
struct slow_call {
	const char *name;
	size_t (*call)(unsigned char *at);
};

static size_t do_uname(unsigned char *at)
{
	CHECK_EQ(uname((struct utsname *)at), 0);
	return sizeof(struct utsname);
}

static size_t do_sysinfo(unsigned char *at)
{
	struct sysinfo *info = (struct sysinfo *)at;
	unsigned long total, unit;

	CHECK_EQ(sysinfo(info), 0);
	total = info->totalram;
	unit = info->mem_unit;
	CHECK(total > 0 && info->freeram <= total);
	memset(at, 0, sizeof(*info));
	info->totalram = total;
	info->mem_unit = (unsigned int)unit;
	return sizeof(*info);
}

static size_t do_getrlimit(unsigned char *at)
{
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, (struct rlimit *)at), 0);
	return sizeof(struct rlimit);
}

static size_t do_getgroups(unsigned char *at)
{
	int n = getgroups(64, (gid_t *)at);

	CHECK(n >= 0);
	return (size_t)n * sizeof(gid_t);
}

static size_t do_prctl_name(unsigned char *at)
{
	strcpy((char *)at, "a-new-name");
	CHECK_EQ(prctl(PR_SET_NAME, at), 0);
	memset(at, 0, 16);
	CHECK_EQ(prctl(PR_GET_NAME, at), 0);
	CHECK(!strcmp((char *)at, "a-new-name"));
	return 16;
}

static size_t do_affinity(unsigned char *at)
{
	CHECK_EQ(sched_getaffinity(0, sizeof(cpu_set_t), (cpu_set_t *)at), 0);
	return 8;
}

static size_t do_statfs(unsigned char *at)
{
	struct statfs *fs = (struct statfs *)at;

	CHECK_EQ(statfs("/proc", fs), 0);
	CHECK_EQ(fs->f_type, 0x9fa0);
	return sizeof(*fs);
}

static size_t do_stat(unsigned char *at)
{
	CHECK_EQ(stat(filename, (struct stat *)at), 0);
	return sizeof(struct stat);
}

static size_t do_statx(unsigned char *at)
{
	CHECK_EQ(statx(AT_FDCWD, filename, 0, STATX_BASIC_STATS, (struct statx *)at), 0);
	return 0x40;
}

static size_t do_readlinkat(unsigned char *at)
{
	CHECK_EQ(readlinkat(directory, linkname, (char *)at, 1000), 600);
	return 600;
}

static size_t do_getcwd(unsigned char *at)
{
	CHECK(getcwd((char *)at, 1000));
	return strlen((char *)at) + 1;
}

static size_t do_capget(unsigned char *at)
{
	struct __user_cap_header_struct *head = (struct __user_cap_header_struct *)at;

	head->version = _LINUX_CAPABILITY_VERSION_3;
	head->pid = 0;
	CHECK_EQ(syscall(SYS_capget, head, at + 16), 0);
	return 16 + 24;
}

static size_t do_sigaction(unsigned char *at)
{
	CHECK_EQ(syscall(SYS_rt_sigaction, SIGUSR1, NULL, at, 8), 0);
	return 32;
}

static size_t do_sigpending(unsigned char *at)
{
	CHECK_EQ(sigpending((sigset_t *)at), 0);
	return 8;
}

static size_t do_itimer(unsigned char *at)
{
	CHECK_EQ(getitimer(ITIMER_VIRTUAL, (struct itimerval *)at), 0);
	return sizeof(struct itimerval);
}

static size_t do_resuid(unsigned char *at)
{
	CHECK_EQ(getresuid((uid_t *)at, (uid_t *)(at + 8), (uid_t *)(at + 16)), 0);
	return 20;
}

static size_t do_xattr(unsigned char *at)
{
	ssize_t n = getxattr(filename, "user.absent", at, 100);

	CHECK(n == -1 && (errno == ENODATA || errno == EOPNOTSUPP));
	return 0;
}

static size_t do_sysfs(unsigned char *at)
{
	int fd = open("/proc/sys/kernel/ostype", O_RDONLY);

	CHECK_EQ(read(fd, at, 100), 6);
	close(fd);
	CHECK(!memcmp(at, "Linux\n", 6));
	return 6;
}

static size_t do_getdents(unsigned char *at)
{
	long n;

	CHECK_EQ(lseek(directory, 0, SEEK_SET), 0);
	n = syscall(SYS_getdents64, directory, at, 1000);
	CHECK(n > 0);
	return (size_t)n;
}

static size_t do_sched(unsigned char *at)
{
	CHECK_EQ(sched_getparam(0, (struct sched_param *)at), 0);
	CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
	return sizeof(struct sched_param);
}

/* The path is on the page: read there by the kernel, not written. */
static size_t do_access(unsigned char *at)
{
	strcpy((char *)at, filename);
	CHECK_EQ(access((char *)at, R_OK), 0);
	strcat((char *)at, "-absent");
	CHECK_ERRNO(access((char *)at, R_OK), ENOENT);
	return strlen((char *)at);
}

static const struct slow_call calls[] = {
	{ "uname", do_uname }, { "sysinfo", do_sysinfo }, { "getrlimit", do_getrlimit },
	{ "getgroups", do_getgroups }, { "prctl", do_prctl_name }, { "affinity", do_affinity },
	{ "statfs", do_statfs }, { "stat", do_stat }, { "statx", do_statx },
	{ "readlinkat", do_readlinkat }, { "getcwd", do_getcwd }, { "capget", do_capget },
	{ "sigaction", do_sigaction }, { "sigpending", do_sigpending }, { "itimer", do_itimer },
	{ "resuid", do_resuid }, { "xattr", do_xattr }, { "sysctl", do_sysfs },
	{ "getdents", do_getdents }, { "sched", do_sched }, { "access", do_access },
};

/* Places across a page boundary too: the area has two pages. */
static unsigned char *place(size_t *offset)
{
	*offset = (64 + prog_below(2 * PAGE - 1400)) & ~7ul;
	return page + *offset;
}

static void repeat(const struct slow_call *c)
{
	unsigned char first[1200];
	size_t first_len = 0;
	uint64_t key = prog_rand();

	for (int i = 0; i < REPEAT; i++) {
		size_t offset, len;
		unsigned char *at;

		prog_fill(page, 2 * PAGE, key);
		at = place(&offset);
		memset(at, 0, 1200);
		len = c->call(at);
		CHECK(len <= sizeof(first));
		if (!i) {
			memcpy(first, at, len);
			first_len = len;
		}
		if (len != first_len || memcmp(first, at, len))
			prog_fail("%s: call %d says something else than the first", c->name, i);
		prog_expect_fill(page, offset, key, c->name);
	}
	prog_mix(first_len > 0);
}

static void setup(const char *arg)
{
	char target[601];

	page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(page != MAP_FAILED);
	directory = open(prog_dir(), O_RDONLY | O_DIRECTORY);
	filename = prog_path("a-file");
	close(open(filename, O_CREAT | O_WRONLY | O_EXCL, 0600));
	linkname = "a-link";
	memset(target, 't', 600);
	target[600] = '\0';
	CHECK_EQ(symlinkat(target, directory, linkname), 0);
}

static void round_calls(void)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		repeat(&calls[i]);
}

const struct prog prog = {
	.name = "slowcalls", .variants = 1, .setup = setup, .round = round_calls
};
