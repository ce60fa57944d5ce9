/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PROG_H
#define PROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * One self-checking program.  round() is called until --ms and --rounds are
 * both satisfied; rounds come in `variants` kinds, each with its own random
 * sequence, and a later round of a kind must mix the same digest as the first.
 */
struct prog {
	const char *name;
	unsigned int variants;
	bool needs_arg;
	void (*setup)(const char *arg);
	void (*round)(void);
};

/* Each program's own; in the multi-call binary the macro makes it prog_NAME. */
extern const struct prog prog;

/* The program that argv[0] means: single.c has one, multi.c all. NULL if there is none. */
const struct prog *prog_find(const char *argv0);

/* Parsed options; mb is 0 where none was given. */
struct prog_options {
	uint64_t seed;
	unsigned long rounds;
	unsigned long ms;
	unsigned long mb;
	const char *file;	/* --while */
	char *self;
};

extern struct prog_options prog_options;

uint64_t prog_rand(void);
/* Uniform in 0..n-1; n must not be 0. */
uint64_t prog_below(uint64_t n);
uint64_t prog_hash(uint64_t value);

void prog_mix(uint64_t value);
void prog_mix_bytes(const void *data, size_t len);
void prog_mix_string(const char *text);

void prog_fill(void *buf, size_t len, uint64_t key);
/* Offset of the first byte that is not prog_fill()'s, or len. */
size_t prog_mismatch(const void *buf, size_t len, uint64_t key);
void prog_expect_fill(const void *buf, size_t len, uint64_t key, const char *what);

/* Whole transfers over pipes and sockets: loop over short counts. */
void prog_write_all(int fd, const void *buf, size_t len);
void prog_read_all(int fd, void *buf, size_t len);

/* A private scratch directory, made on first use, removed at the end. */
const char *prog_dir(void);
/* Path of NAME in it; the answer is the caller's to free. */
char *prog_path(const char *name);

uint64_t prog_now_ns(void);
/* Sleeps the whole time, through signals. */
void prog_sleep_ms(unsigned int ms);

/* fork() that leaves the scratch directory to the parent. */
pid_t prog_fork(void);
/* waitpid() without EINTR; fails unless PID was reaped. */
int prog_reap(pid_t pid);
void prog_reap_ok(pid_t pid);

void prog_fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
/* This kernel lacks what the program tests: exit code 77. */
void prog_skip(const char *why) __attribute__((noreturn));
void prog_check_failed(const char *file, int line, const char *what) __attribute__((noreturn));
void prog_check_equal(const char *file, int line, const char *what, long long got,
		      long long want);
void prog_check_errno(const char *file, int line, const char *what, long got, int want);

#define CHECK(cond) \
	do { \
		if (!(cond)) \
			prog_check_failed(__FILE__, __LINE__, #cond); \
	} while (0)

#define CHECK_EQ(got, want) prog_check_equal(__FILE__, __LINE__, #got, (long long)(got), \
					     (long long)(want))

/* The call must return -1 with exactly this errno. */
#define CHECK_ERRNO(call, want) \
	do { \
		errno = 0; \
		prog_check_errno(__FILE__, __LINE__, #call, (long)(call), want); \
	} while (0)

#endif
