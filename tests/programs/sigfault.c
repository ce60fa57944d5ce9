// SPDX-License-Identifier: GPL-2.0
/*
 * Faults of the program itself: SIGSEGV with address and code on guard pages, on unmapped
 * memory and on a write to read-only pages, repaired by the handler and run again;
 * SIGBUS beyond the end of a file, SIGFPE, SIGILL; siglongjmp out of handlers.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include "prog.h"

#define PAGE 4096
#define PAGES 32

static unsigned char *area;
static void *volatile fault_address;
static volatile sig_atomic_t fault_code, fault_count, fault_signal;
static sigjmp_buf escape;

static void *page_of(void *address)
{
	return (void *)((uintptr_t)address & ~(uintptr_t)(PAGE - 1));
}

static void record(int sig, const siginfo_t *info)
{
	fault_signal = sig;
	fault_address = info->si_addr;
	fault_code = info->si_code;
	fault_count++;
}

static void repair(int sig, siginfo_t *info, void *context)
{
	record(sig, info);
	if (mprotect(page_of(info->si_addr), PAGE, PROT_READ | PROT_WRITE))
		_exit(3);
}

static void jump(int sig, siginfo_t *info, void *context)
{
	record(sig, info);
	siglongjmp(escape, sig);
}

static void install(void (*action)(int, siginfo_t *, void *))
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	struct sigaction act = { .sa_sigaction = action, .sa_flags = SA_SIGINFO };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		CHECK_EQ(sigaction(signals[i], &act, NULL), 0);
	fault_count = 0;
}

static void guard_pages(void)
{
	uint64_t key = prog_rand();

	install(repair);
	prog_fill(area, PAGES * PAGE, key);
	for (int i = 0; i < 20; i++) {
		unsigned char *at = area + prog_below(PAGES * PAGE);
		bool write = prog_below(2);
		unsigned char value;

		CHECK_EQ(mprotect(page_of(at), PAGE, write ? PROT_READ : PROT_NONE), 0);
		value = *(volatile unsigned char *)at;
		*(volatile unsigned char *)at = value;
		CHECK_EQ(fault_count, i + 1);
		CHECK(fault_address == at);
		CHECK_EQ(fault_code, SEGV_ACCERR);
		CHECK_EQ(fault_signal, SIGSEGV);
	}
	prog_expect_fill(area, PAGES * PAGE, key, "after guard faults");
	prog_mix_bytes(area, PAGE);
}

static void unmapped(void)
{
	unsigned char *hole = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK_EQ(munmap(hole, PAGE), 0);
	install(jump);
	for (int i = 0; i < 10; i++) {
		unsigned char *at = hole + prog_below(PAGE);

		if (!sigsetjmp(escape, 1)) {
			*(volatile unsigned char *)at = 1;
			prog_fail("a write to unmapped memory went through");
		}
		CHECK_EQ(fault_code, SEGV_MAPERR);
		CHECK(fault_address == at);
	}
	CHECK_EQ(fault_count, 10);
}

static void beyond_file(void)
{
	char *path = prog_path("short");
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	unsigned char *map;
	volatile unsigned char sink;

	CHECK_EQ(ftruncate(fd, PAGE + 100), 0);
	map = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	CHECK(map != MAP_FAILED);
	install(jump);
	if (!sigsetjmp(escape, 1)) {
		sink = map[2 * PAGE + 7];
		prog_fail("a read of %d beyond the end of a file went through", sink);
	}
	CHECK_EQ(fault_signal, SIGBUS);
	CHECK_EQ(fault_code, BUS_ADRERR);
	CHECK(fault_address == map + 2 * PAGE + 7);
	sink = map[PAGE + 200];
	CHECK_EQ(sink, 0);
	CHECK_EQ(fault_count, 1);
	munmap(map, 4 * PAGE);
	close(fd);
	CHECK_EQ(unlink(path), 0);
	free(path);
}

#if defined(__x86_64__)
static void divide(void)
{
	__asm__ volatile("xorl %%ecx, %%ecx; movl $1, %%eax; cltd; idivl %%ecx"
			 : : : "eax", "ecx", "edx");
}

static void illegal(void)
{
	__asm__ volatile("ud2");
}
#else
static void divide(void)
{
	raise(SIGFPE);
}

static void illegal(void)
{
	__builtin_trap();
}
#endif

static void bad_instructions(void)
{
	install(jump);
	if (!sigsetjmp(escape, 1)) {
		divide();
		prog_fail("a division by zero went through");
	}
	CHECK_EQ(fault_signal, SIGFPE);
	CHECK_EQ(fault_code, FPE_INTDIV);
	if (!sigsetjmp(escape, 1)) {
		illegal();
		prog_fail("an illegal instruction went through");
	}
	CHECK_EQ(fault_signal, SIGILL);
	CHECK_EQ(fault_code, ILL_ILLOPN);
	CHECK_EQ(fault_count, 2);
}

/* siglongjmp restores the mask: the signal must not stay blocked. */
static void mask_after_jump(void)
{
	sigset_t mask;

	CHECK_EQ(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	CHECK(!sigismember(&mask, SIGSEGV));
	CHECK(!sigismember(&mask, SIGFPE));
}

static void setup(const char *arg)
{
	area = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(area != MAP_FAILED);
}

static void round_faults(void)
{
	guard_pages();
	unmapped();
	beyond_file();
	bad_instructions();
	mask_after_jump();
}

const struct prog prog = {
	.name = "sigfault", .variants = 8, .setup = setup, .round = round_faults
};
