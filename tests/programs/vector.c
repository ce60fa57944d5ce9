// SPDX-License-Identifier: GPL-2.0
/*
 * CPU state: general registers, x87 stack and control word, MXCSR, XMM, YMM and opmask
 * registers are filled with a pattern, held for a while in a loop without calls, and
 * compared.  A move, a signal or another process in between must not change a bit.
 * The CPU features used are those that CPUID and XGETBV offer.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/time.h>
#include "prog.h"

#define SPIN 300000

static volatile sig_atomic_t ticks;

/* A handler that uses the registers: the frame must restore those of the loop. */
static void on_alarm(int sig)
{
	double x = ticks;

	__asm__ volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; pxor %%xmm15, %%xmm15"
			 : : : "xmm0", "xmm7", "xmm15");
	x = x * 1.5 + 2;
	ticks = (int)(x > 1e6 ? 0 : x);
}

static void hold_xmm(const unsigned char *in, unsigned char *out)
{
	unsigned long n = SPIN;

	__asm__ volatile(
		"movdqu (%1), %%xmm0\n movdqu 16(%1), %%xmm1\n movdqu 32(%1), %%xmm2\n"
		"movdqu 48(%1), %%xmm3\n movdqu 64(%1), %%xmm4\n movdqu 80(%1), %%xmm5\n"
		"movdqu 96(%1), %%xmm6\n movdqu 112(%1), %%xmm7\n movdqu 128(%1), %%xmm8\n"
		"movdqu 144(%1), %%xmm9\n movdqu 160(%1), %%xmm10\n movdqu 176(%1), %%xmm11\n"
		"movdqu 192(%1), %%xmm12\n movdqu 208(%1), %%xmm13\n movdqu 224(%1), %%xmm14\n"
		"movdqu 240(%1), %%xmm15\n"
		"1: dec %0\n jnz 1b\n"
		"movdqu %%xmm0, (%2)\n movdqu %%xmm1, 16(%2)\n movdqu %%xmm2, 32(%2)\n"
		"movdqu %%xmm3, 48(%2)\n movdqu %%xmm4, 64(%2)\n movdqu %%xmm5, 80(%2)\n"
		"movdqu %%xmm6, 96(%2)\n movdqu %%xmm7, 112(%2)\n movdqu %%xmm8, 128(%2)\n"
		"movdqu %%xmm9, 144(%2)\n movdqu %%xmm10, 160(%2)\n movdqu %%xmm11, 176(%2)\n"
		"movdqu %%xmm12, 192(%2)\n movdqu %%xmm13, 208(%2)\n movdqu %%xmm14, 224(%2)\n"
		"movdqu %%xmm15, 240(%2)\n"
		: "+r"(n) : "r"(in), "r"(out)
		: "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
		  "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

__attribute__((target("avx")))
static void hold_ymm(const unsigned char *in, unsigned char *out)
{
	unsigned long n = SPIN;

	__asm__ volatile(
		"vmovdqu (%1), %%ymm0\n vmovdqu 32(%1), %%ymm3\n vmovdqu 64(%1), %%ymm6\n"
		"vmovdqu 96(%1), %%ymm9\n vmovdqu 128(%1), %%ymm12\n vmovdqu 160(%1), %%ymm13\n"
		"vmovdqu 192(%1), %%ymm14\n vmovdqu 224(%1), %%ymm15\n"
		"1: dec %0\n jnz 1b\n"
		"vmovdqu %%ymm0, (%2)\n vmovdqu %%ymm3, 32(%2)\n vmovdqu %%ymm6, 64(%2)\n"
		"vmovdqu %%ymm9, 96(%2)\n vmovdqu %%ymm12, 128(%2)\n vmovdqu %%ymm13, 160(%2)\n"
		"vmovdqu %%ymm14, 192(%2)\n vmovdqu %%ymm15, 224(%2)\n vzeroupper\n"
		: "+r"(n) : "r"(in), "r"(out)
		: "memory", "xmm0", "xmm3", "xmm6", "xmm9", "xmm12", "xmm13", "xmm14", "xmm15");
}

__attribute__((target("avx512f")))
static void hold_zmm(const unsigned char *in, unsigned char *out)
{
	unsigned long n = SPIN;

	__asm__ volatile(
		"vmovdqu64 (%1), %%zmm0\n vmovdqu64 64(%1), %%zmm17\n"
		"vmovdqu64 128(%1), %%zmm30\n kmovw 192(%1), %%k3\n kmovw 194(%1), %%k7\n"
		"vmovdqu 196(%1), %%xmm5\n"
		"1: dec %0\n jnz 1b\n"
		"vmovdqu64 %%zmm0, (%2)\n vmovdqu64 %%zmm17, 64(%2)\n"
		"vmovdqu64 %%zmm30, 128(%2)\n kmovw %%k3, 192(%2)\n kmovw %%k7, 194(%2)\n"
		"vmovdqu %%xmm5, 196(%2)\n vzeroupper\n"
		: "+r"(n) : "r"(in), "r"(out)
		: "memory", "xmm0", "xmm5", "xmm17", "xmm30", "k3", "k7");
}

static void hold_general(const uint64_t *in, uint64_t *out)
{
	__asm__ volatile(
		"movq (%0), %%rbx\n movq 8(%0), %%r8\n movq 16(%0), %%r9\n movq 24(%0), %%r10\n"
		"movq 32(%0), %%r12\n movq 40(%0), %%r13\n movq 48(%0), %%r14\n movq 56(%0), %%r15\n"
		"movl $300000, %%ecx\n std\n"
		"1: dec %%ecx\n jnz 1b\n"
		"pushfq\n popq %%rax\n cld\n"
		"movq %%rbx, (%1)\n movq %%r8, 8(%1)\n movq %%r9, 16(%1)\n movq %%r10, 24(%1)\n"
		"movq %%r12, 32(%1)\n movq %%r13, 40(%1)\n movq %%r14, 48(%1)\n movq %%r15, 56(%1)\n"
		"movq %%rax, 64(%1)\n"
		: : "r"(in), "r"(out)
		: "memory", "cc", "rax", "rbx", "rcx", "r8", "r9", "r10", "r12", "r13", "r14", "r15");
}

static void vectors(void)
{
	unsigned char in[256], out[256];

	prog_fill(in, sizeof(in), prog_rand());
	memset(out, 0, sizeof(out));
	hold_xmm(in, out);
	CHECK(!memcmp(in, out, 256));
	if (__builtin_cpu_supports("avx")) {
		memset(out, 0, sizeof(out));
		hold_ymm(in, out);
		CHECK(!memcmp(in, out, 256));
	}
	if (__builtin_cpu_supports("avx512f")) {
		memset(out, 0, sizeof(out));
		hold_zmm(in, out);
		CHECK(!memcmp(in, out, 212));
	}
	prog_mix_bytes(in, sizeof(in));
}

static void general(void)
{
	uint64_t in[8], out[9] = { 0 };

	for (int i = 0; i < 8; i++)
		in[i] = prog_rand();
	hold_general(in, out);
	CHECK(!memcmp(in, out, sizeof(in)));
	CHECK(out[8] & 0x400);
	prog_mix(in[3]);
}

/* Rounding modes and masks of SSE and x87, and a full x87 stack. */
static void control_words(void)
{
	uint32_t mxcsr = 0x1f80 | (uint32_t)prog_below(4) << 13 | 0x8000, seen, old;
	uint16_t cw = (uint16_t)(0x37f | prog_below(4) << 10), cw_seen, cw_old;
	long double in[4], out[4];
	unsigned long n = SPIN;

	for (int i = 0; i < 4; i++)
		in[i] = (long double)prog_rand() / 3;
	__asm__ volatile("stmxcsr %0\n fnstcw %1" : "=m"(old), "=m"(cw_old));
	__asm__ volatile("ldmxcsr %[mxcsr]\n fldcw %[cw]\n"
			 "fldt 48(%[in])\n fldt 32(%[in])\n fldt 16(%[in])\n fldt (%[in])\n"
			 "1: dec %[n]\n jnz 1b\n"
			 "fstpt (%[out])\n fstpt 16(%[out])\n fstpt 32(%[out])\n fstpt 48(%[out])\n"
			 "stmxcsr %[seen]\n fnstcw %[cwseen]\n ldmxcsr %[old]\n fldcw %[cwold]\n"
			 : [n] "+r"(n), [seen] "=m"(seen), [cwseen] "=m"(cw_seen)
			 : [mxcsr] "m"(mxcsr), [cw] "m"(cw), [old] "m"(old), [cwold] "m"(cw_old),
			   [in] "r"(in), [out] "r"(out)
			 : "memory", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)",
			   "st(7)");
	CHECK_EQ(seen & ~0x3fu, mxcsr & ~0x3fu);
	CHECK_EQ(cw_seen, cw);
	for (int i = 0; i < 4; i++) {
		CHECK(in[i] == out[i]);
		prog_mix((uint64_t)out[i]);
	}
}

static void round_vector(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval timer = { { 0, 700 }, { 0, 700 } }, off = { 0 };

	CHECK_EQ(sigaction(SIGALRM, &act, NULL), 0);
	for (int i = 0; i < 10; i++) {
		if (i == 5)
			CHECK_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
		vectors();
		general();
		control_words();
	}
	CHECK_EQ(setitimer(ITIMER_REAL, &off, NULL), 0);
}

const struct prog prog = { .name = "vector", .variants = 8, .round = round_vector };
