// SPDX-License-Identifier: GPL-2.0
/*
 * Costs of moving, measured by what the policy is to decide about: a child moves
 * to the node and back, makes system calls from there, and fetches memory that
 * it filled at home. It is locked, so that nobody else moves it meanwhile.
 */
#include "tools/cost.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "lib/file.h"
#include "lib/parse.h"

#define ROUNDS		3
#define CALLS		101
#define MEMORY		(8 << 20)
#define PAGE		4096
#define PATIENCE_MS	5000
#define POLL_MS		5

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

static bool is_at(unsigned int node)
{
	unsigned int where;
	char text[16];

	return file_read("/proc/self/where", text, sizeof(text)) >= 0 &&
	       !parse_u32(text, &where) && where == node;
}

/*
 * Who has just come home waits there for its last pages before it can leave again: a wish that
 * comes then is kept, and one more is refused.
 */
static int go(unsigned int node)
{
	int left = PATIENCE_MS / POLL_MS;
	int err;

	while ((err = file_writef("/proc/self/goto", "%u\n", node)) == -EALREADY && left--)
		usleep(POLL_MS * 1000);
	while (!err && node && !is_at(node)) {
		if (!left--)
			return -ETIMEDOUT;
		usleep(POLL_MS * 1000);
	}
	return err;
}

/* The best of some rounds there and back; half of it is one way. */
static int measure_move(unsigned int node, struct cost *cost)
{
	uint64_t best = UINT64_MAX;
	int err = 0;

	for (int i = 0; !err && i < ROUNDS; i++) {
		uint64_t start = now_ns();

		err = go(node);
		if (!err)
			err = go(0);
		if (now_ns() - start < best)
			best = now_ns() - start;
	}
	cost->move_ms = best / 2 / 1000000 + 1;
	return err;
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median of a call that home must answer. */
static void measure_calls(int fd, struct cost *cost)
{
	uint64_t took[CALLS];
	char byte;

	for (int i = 0; i < CALLS; i++) {
		uint64_t start = now_ns();

		if (read(fd, &byte, 1) != 1)
			return;
		took[i] = now_ns() - start;
	}
	qsort(took, CALLS, sizeof(took[0]), by_size);
	cost->rtt_us = took[CALLS / 2] / 1000 + 1;
}

static void measure_pages(const volatile char *memory, struct cost *cost)
{
	uint64_t start = now_ns();
	uint64_t took;

	for (size_t i = 0; i < MEMORY; i += PAGE)
		(void)memory[i];
	took = now_ns() - start;
	cost->mbytes_s = MEMORY * UINT64_C(1000) / (took ? took : 1);
	if (!cost->mbytes_s)
		cost->mbytes_s = 1;
}

static int measure_there(unsigned int node, struct cost *cost)
{
	char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int err;

	if (memory == MAP_FAILED || fd < 0)
		return -errno;
	for (size_t i = 0; i < MEMORY; i += PAGE)
		memory[i] = i / PAGE + 1;
	err = go(node);
	if (err)
		return err;
	measure_pages(memory, cost);
	measure_calls(fd, cost);
	munmap(memory, MEMORY);
	close(fd);
	return go(0);
}

static void child(unsigned int node, int out)
{
	struct {
		int err;
		struct cost cost;
	} result = { .cost.node = node };

	file_write("/proc/self/lock", "1\n");
	result.err = measure_move(node, &result.cost);
	if (!result.err)
		result.err = measure_there(node, &result.cost);
	_exit(write(out, &result, sizeof(result)) == sizeof(result) ? 0 : 1);
}

int cost_measure(unsigned int node, struct cost *cost)
{
	struct {
		int err;
		struct cost cost;
	} result;
	int pipes[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		child(node, pipes[1]);
	close(pipes[1]);
	n = pid < 0 ? -1 : read(pipes[0], &result, sizeof(result));
	close(pipes[0]);
	if (pid < 0)
		return -errno;
	waitpid(pid, NULL, 0);
	if (n != sizeof(result))
		return -ECONNRESET;	/* it ended with the node */
	*cost = result.cost;
	return result.err;
}

int cost_parse(char *line, struct cost *cost)
{
	uint32_t *fields[] = { &cost->node, &cost->rtt_us, &cost->mbytes_s, &cost->move_ms };

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		char *word = parse_word(&line);

		if (!word || parse_u32(word, fields[i]) || !*fields[i])
			return -EINVAL;
	}
	return parse_word(&line) || cost->node > PARSE_ID_MAX ? -EINVAL : 0;
}

static void put_cost(FILE *out, const struct cost *cost)
{
	fprintf(out, "%u %u %u %u\n", cost->node, cost->rtt_us, cost->mbytes_s, cost->move_ms);
}

int cost_store(const struct cost *cost)
{
	char *old = NULL, *text = NULL;
	char *cursor, *line;
	struct cost other;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int err;

	if (!out)
		return -ENOMEM;
	if (!file_load(COST_PATH, &old))
		for (cursor = old; (line = parse_line(&cursor)); )
			if (!cost_parse(line, &other) && other.node != cost->node)
				put_cost(out, &other);
	put_cost(out, cost);
	fclose(out);
	err = file_replace(COST_PATH, text, 0644);
	free(text);
	free(old);
	return err;
}
