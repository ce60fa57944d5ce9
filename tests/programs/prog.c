// SPDX-License-Identifier: GPL-2.0
/*
 * What every test program shares: options, the loop over rounds, the digest that
 * is printed, and the ways to fail.
 *
 * A program prints one line that depends on --seed alone, never on time, pid,
 * node or the number of rounds, so that a run at home, one away and one that was
 * moved around can be compared.  Where PROG_HOLD=READFD,WRITEFD is set, the program tells
 * the runner before it ends and waits, so that the counters in /proc/PID can be read.
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include "prog.h"

#define MAX_VARIANTS 64

struct prog_options prog_options = { .seed = 1, .rounds = 1, .ms = 3000 };

static uint64_t random_state;
static uint64_t digest;
static char *scratch;
static pid_t scratch_owner;
static const char *positional;
static const struct prog *self;

uint64_t prog_hash(uint64_t value)
{
	/* splitmix64 */
	value += 0x9e3779b97f4a7c15ull;
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebull;
	return value ^ (value >> 31);
}

uint64_t prog_rand(void)
{
	random_state += 0x9e3779b97f4a7c15ull;
	return prog_hash(random_state);
}

uint64_t prog_below(uint64_t n)
{
	return prog_rand() % n;
}

void prog_mix(uint64_t value)
{
	digest = prog_hash(digest ^ value);
}

void prog_mix_bytes(const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		digest = (digest ^ p[i]) * 0x100000001b3ull;
	prog_mix(len);
}

void prog_mix_string(const char *text)
{
	prog_mix_bytes(text, strlen(text));
}

static unsigned char fill_byte(uint64_t key, size_t i)
{
	uint64_t word = (key ^ (i >> 3)) * 0x9e3779b97f4a7c15ull;

	word ^= word >> 29;
	return (unsigned char)(word >> ((i & 7) * 8));
}

void prog_fill(void *buf, size_t len, uint64_t key)
{
	unsigned char *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = fill_byte(key, i);
}

size_t prog_mismatch(const void *buf, size_t len, uint64_t key)
{
	const unsigned char *p = buf;

	for (size_t i = 0; i < len; i++)
		if (p[i] != fill_byte(key, i))
			return i;
	return len;
}

void prog_expect_fill(const void *buf, size_t len, uint64_t key, const char *what)
{
	size_t at = prog_mismatch(buf, len, key);

	if (at != len)
		prog_fail("%s: byte %zu of %zu is %02x, not %02x", what, at, len,
			  ((const unsigned char *)buf)[at], fill_byte(key, at));
}

void prog_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			prog_fail("write of %zu bytes: %zd, %s", len, n, strerror(errno));
		p += n;
		len -= (size_t)n;
	}
}

void prog_read_all(int fd, void *buf, size_t len)
{
	char *p = buf;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			prog_fail("read of %zu bytes: %zd, %s", len, n, strerror(errno));
		p += n;
		len -= (size_t)n;
	}
}

static void remove_tree(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(fd, entry->d_name, 0))
			remove_tree(fd, entry->d_name);
	}
	if (dir)
		closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

static void remove_scratch(void)
{
	if (scratch && scratch_owner == getpid())
		remove_tree(AT_FDCWD, scratch);
}

const char *prog_dir(void)
{
	const char *base = getenv("TMPDIR");

	if (scratch)
		return scratch;
	if (asprintf(&scratch, "%s/%s.XXXXXX", base ? base : "/tmp", self->name) < 0)
		abort();
	if (!mkdtemp(scratch))
		prog_fail("mkdtemp %s: %s", scratch, strerror(errno));
	scratch_owner = getpid();
	return scratch;
}

char *prog_path(const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", prog_dir(), name) < 0)
		abort();
	return path;
}

uint64_t prog_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void prog_sleep_ms(unsigned int ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

pid_t prog_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		prog_fail("fork: %s", strerror(errno));
	return pid;
}

int prog_reap(pid_t pid)
{
	int status;
	pid_t got;

	do {
		got = waitpid(pid, &status, 0);
	} while (got < 0 && errno == EINTR);
	if (got != pid)
		prog_fail("waitpid: %s", got < 0 ? strerror(errno) : "another child");
	return status;
}

void prog_reap_ok(pid_t pid)
{
	int status = prog_reap(pid);

	if (status)
		prog_fail("a child ended with status %#x", status);
}

void prog_fail(const char *fmt, ...)
{
	char reason[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	dprintf(STDOUT_FILENO, "FAIL: %s: %s\n", self->name, reason);
	remove_scratch();
	_exit(1);
}

void prog_skip(const char *why)
{
	dprintf(STDOUT_FILENO, "SKIP: %s: %s\n", self->name, why);
	remove_scratch();
	_exit(77);
}

void prog_check_failed(const char *file, int line, const char *what)
{
	prog_fail("%s:%d: %s does not hold (errno %s)", file, line, what, strerror(errno));
}

void prog_check_equal(const char *file, int line, const char *what, long long got, long long want)
{
	if (got != want)
		prog_fail("%s:%d: %s is %lld, not %lld (errno %s)", file, line, what, got, want,
			  strerror(errno));
}

void prog_check_errno(const char *file, int line, const char *what, long got, int want)
{
	if (got != -1 || errno != want)
		prog_fail("%s:%d: %s gave %ld, %s; expected %s", file, line, what, got,
			  strerror(errno), strerror(want));
}

static void usage(void)
{
	fprintf(stderr, "usage: %s [--seed N] [--rounds N] [--ms N] [--while FILE] [--mb N]%s\n", self->name,
		self->needs_arg ? " CASE" : "");
	exit(2);
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end)
		usage();
	return value;
}

static void parse(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "ms", required_argument, NULL, 'm' },
		{ "while", required_argument, NULL, 'w' },
		{ "mb", required_argument, NULL, 'b' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			prog_options.seed = number(optarg);
		else if (c == 'r')
			prog_options.rounds = number(optarg);
		else if (c == 'm')
			prog_options.ms = number(optarg);
		else if (c == 'w')
			prog_options.file = optarg;
		else if (c == 'b')
			prog_options.mb = number(optarg);
		else
			usage();
	}
	if (argc - optind != self->needs_arg)
		usage();
	positional = argv[optind];
	prog_options.self = argv[0];
}

/* Rounds go on for --ms, and with --while no longer than the file is there. */
static bool goes_on(uint64_t start)
{
	return prog_now_ns() - start < prog_options.ms * 1000000ull &&
	       (!prog_options.file || !access(prog_options.file, F_OK));
}

static uint64_t run_rounds(void)
{
	uint64_t first[MAX_VARIANTS], total = 0;
	uint64_t start = prog_now_ns();
	unsigned long n = 0;

	for (; n < self->variants || n < prog_options.rounds || goes_on(start); n++) {
		unsigned int variant = n % self->variants;

		random_state = prog_hash(prog_options.seed * MAX_VARIANTS + variant);
		digest = variant;
		self->round();
		if (n < self->variants) {
			first[variant] = digest;
			total = prog_hash(total ^ digest);
		} else if (digest != first[variant]) {
			prog_fail("round %lu: digest %016llx, was %016llx", n,
				  (unsigned long long)digest, (unsigned long long)first[variant]);
		}
	}
	return total;
}

/* The counters in /proc/PID are gone with the process: wait until they were read. */
static void hold(void)
{
	const char *fds = getenv("PROG_HOLD");
	int in, out;
	char byte = 'h';

	if (!fds || sscanf(fds, "%d,%d", &in, &out) != 2)
		return;
	prog_write_all(out, &byte, 1);
	prog_read_all(in, &byte, 1);
}

int main(int argc, char **argv)
{
	uint64_t total;

	self = prog_find(argv[0]);
	if (!self) {
		fprintf(stderr, "%s: no such program\n", argv[0]);
		return 2;
	}
	if (self->variants == 0 || self->variants > MAX_VARIANTS)
		abort();
	parse(argc, argv);
	if (self->setup)
		self->setup(positional);
	total = run_rounds();
	remove_scratch();
	dprintf(STDOUT_FILENO, "%s%s%s: ok %016llx\n", self->name, positional ? " " : "",
		positional ? positional : "", (unsigned long long)total);
	hold();
	return 0;
}
