// SPDX-License-Identifier: GPL-2.0
/*
 * See bench.h. The body's clock starts where home's stood when the process was
 * packed, a message's travel behind it, so the two are compared: a timer file is
 * home's, and what is left of it tells home's time. The quickest of some
 * questions is taken, and half its round trip is the most that it can be wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define SECOND 1000000000ull
#define QUESTIONS 25
/* Far beyond the end of the program: a timer that does not expire. */
#define HORIZON (100000 * SECOND)

static int goto_file = -1, stat_file = -1, timer = -1;
static uint64_t expiry;

_Noreturn void bench_fail(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

uint64_t bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

void bench_sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000l };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

void bench_setup(void)
{
	struct itimerspec it = { 0 };

	goto_file = open("/proc/self/goto", O_WRONLY);
	stat_file = open("/proc/self/hpcstat", O_RDONLY);
	timer = timerfd_create(CLOCK_MONOTONIC, 0);
	if (goto_file < 0 || stat_file < 0 || timer < 0)
		bench_fail("setup");
	expiry = bench_now() + HORIZON;
	it.it_value.tv_sec = (time_t)(expiry / SECOND);
	it.it_value.tv_nsec = (long)(expiry % SECOND);
	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &it, NULL))
		bench_fail("timerfd_settime");
}

void bench_goto(unsigned int node)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", node);

	if (write(goto_file, text, (size_t)n) != n)
		bench_fail("goto");
}

uint64_t bench_counter(const char *name)
{
	char text[1024], *line;
	size_t len = strlen(name);
	ssize_t n = pread(stat_file, text, sizeof(text) - 1, 0);

	if (n <= 0)
		bench_fail("/proc/self/hpcstat");
	text[n] = '\0';
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoull(line + len, NULL, 10);
	errno = ENOENT;
	bench_fail(name);
}

static uint64_t home_now(void)
{
	struct itimerspec it;

	if (timerfd_gettime(timer, &it))
		bench_fail("timerfd_gettime");
	return expiry - (uint64_t)it.it_value.tv_sec * SECOND - (uint64_t)it.it_value.tv_nsec;
}

int64_t bench_home_offset(uint64_t *error)
{
	uint64_t least = UINT64_MAX;
	int64_t offset = 0;

	for (int i = 0; i < QUESTIONS; i++) {
		uint64_t before = bench_now(), home = home_now(), trip = bench_now() - before;

		if (trip >= least)
			continue;
		least = trip;
		offset = (int64_t)(home - before - trip / 2);
	}
	*error = least / 2;
	return offset;
}

unsigned char *bench_memory(size_t pages)
{
	size_t len = pages * BENCH_PAGE, block = 16 * BENCH_PAGE;
	unsigned char *raw = mmap(NULL, len + block, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char *memory;

	if (raw == MAP_FAILED)
		bench_fail("mmap");
	memory = (unsigned char *)(((uintptr_t)raw + block - 1) & ~(uintptr_t)(block - 1));
	for (size_t i = 0; i < pages; i++) {
		memset(memory + i * BENCH_PAGE, (int)(i % 251 + 1), BENCH_PAGE);
		*(size_t *)(void *)(memory + i * BENCH_PAGE) = i;
	}
	return memory;
}

uint64_t bench_wait_pages_out(uint64_t pages)
{
	while (bench_counter("pages_out") < pages)
		bench_sleep_ms(10);
	return home_now();
}

void bench_add(struct bench_series *s, uint64_t value)
{
	if (!s->count++ || value < s->least)
		s->least = value;
	s->sum += value;
}

uint64_t bench_mean(const struct bench_series *s)
{
	return s->count ? s->sum / s->count : 0;
}
