// SPDX-License-Identifier: GPL-2.0
/*
 * runmoved: runs a program at home, away, away and back, or under random moves, and judges it: its
 * exit status, what it printed (--expect), whether it really was away, how many calls it
 * forwarded, how often it came home unasked.  Its stdout is passed on; one line about
 * the run goes to stderr.
 * Exit: 0 good, 1 the program failed, 2 usage, 3 an expectation failed, 77 the program was skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include "run.h"

static struct move_plan plan = { .seed = 1, .lo_ms = 20, .hi_ms = 200 };
static struct expectations want;
static enum mode mode;
static volatile sig_atomic_t stop;

static void on_stop(int sig)
{
	stop = 1;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void pause_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

/* In the child: everything high up and out of the way of what the program tests. */
static void become_program(const struct run *run, char **argv, int release, int held)
{
	char fds[32];
	int in = fcntl(release, F_DUPFD, 200), out = fcntl(held, F_DUPFD, 200);

	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	move_lock(getpid());
	/* Writable shared memory does not move. */
	munmap(run->tally, sizeof(*run->tally));
	snprintf(fds, sizeof(fds), "%d,%d", in, out);
	setenv("PROG_HOLD", fds, 1);
	dup2(run->output, STDOUT_FILENO);
	if (want.user && (setgroups(0, NULL) || setgid(want.user) || setuid(want.user))) {
		fprintf(stderr, "runmoved: cannot become user %u: %s\n", want.user, strerror(errno));
		_exit(126);
	}
	if (want.early && mode != HOME) {
		int error = move_process(getpid(), plan.nodes[0]);

		if (error) {
			fprintf(stderr, "runmoved: early move: %s\n", strerror(-error));
			_exit(126);
		}
	}
	execvp(argv[0], argv);
	fprintf(stderr, "runmoved: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void start_program(struct run *run, char **argv)
{
	int held[2], release[2], exec_done[2];
	char path[] = "/tmp/runmoved.XXXXXX", byte;

	run->output = mkostemp(path, O_CLOEXEC);
	if (run->output < 0 || pipe2(held, O_CLOEXEC) || pipe2(release, O_CLOEXEC) ||
	    pipe2(exec_done, O_CLOEXEC)) {
		perror("runmoved: cannot start");
		exit(2);
	}
	unlink(path);
	run->start_ms = now_ms();
	run->pid = fork();
	if (!run->pid)
		become_program(run, argv, release[0], held[1]);
	close(held[1]);
	close(release[0]);
	close(exec_done[1]);
	/* End of file: the program has its own image. */
	while (read(exec_done[0], &byte, 1) < 0 && errno == EINTR)
		;
	close(exec_done[0]);
	fcntl(held[0], F_SETFL, O_NONBLOCK);
	run->held = held[0];
	run->release = release[1];
}

static bool is_over(const struct run *run)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

/* A vfork under way, or another move: both pass. */
static bool may_pass(int error)
{
	return error == -EBUSY || error == -EALREADY;
}

/* Asks again for a while. */
static void move_once(struct run *run, unsigned int node)
{
	uint64_t until = now_ms() + 5000;
	int error;

	while (may_pass(error = move_process(run->pid, node)) && now_ms() < until) {
		run->tally->refused++;
		run->tally->by_errno[-error]++;
		pause_ms(10);
	}
	if (!error && node)
		run->tally->moves++;
	else if (!error)
		run->tally->back++;
	else if (error != -ESRCH)
		run_complain(run, "move to %u: %s", node, strerror(-error));
}

static void start_mover(struct run *run)
{
	struct sigaction act = { .sa_handler = on_stop };

	run->mover = fork();
	if (run->mover)
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigaction(SIGTERM, &act, NULL);
	move_loop(&plan, &run->pid, 1, run->tally, &stop);
	_exit(0);
}

static void start_moving(struct run *run)
{
	if (mode == RANDOM)
		start_mover(run);
	else if (mode != HOME && !want.early)
		move_once(run, plan.nodes[0]);
	else if (mode != HOME)
		run->tally->moves++;
}

static void stop_moving(struct run *run)
{
	if (run->mover > 0) {
		kill(run->mover, SIGTERM);
		waitpid(run->mover, NULL, 0);
		run->mover = 0;
	}
}

static void sample(struct run *run)
{
	long where = move_where(run->pid);

	if (where >= 0)
		run->where_last = where;
	run->away_seen += where > 0;
	run_read_counters(run);
}

/* Orphans are ours, since we are a subreaper: so these are all processes of the run. */
static size_t living(struct run *run, pid_t *pids)
{
	size_t n = move_descendants(getpid(), pids, MOVE_PIDS), kept = 0;

	for (size_t i = 0; i < n; i++)
		if (pids[i] != getpid() && pids[i] != run->mover)
			pids[kept++] = pids[i];
	return kept;
}

static void print_file(pid_t pid, const char *name)
{
	char path[64], text[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	fprintf(stderr, " %s=%s", name, text);
}

/* What those that do not end are waiting for. */
static void print_tree(struct run *run)
{
	static const char *const files[] = { "comm", "where", "goto", "wchan", "syscall", "stack" };
	pid_t pids[MOVE_PIDS];
	size_t n = living(run, pids);

	for (size_t i = 0; i < n; i++) {
		fprintf(stderr, "runmoved: %d", pids[i]);
		for (size_t f = 0; f < sizeof(files) / sizeof(files[0]); f++)
			print_file(pids[i], files[f]);
		fprintf(stderr, "\n");
	}
}

static void kill_tree(struct run *run)
{
	pid_t pids[MOVE_PIDS];
	size_t n = living(run, pids);

	for (size_t i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
}

/* Nothing may outlive the program, but for what is just dying of a closed pipe. */
static void judge_leftovers(struct run *run)
{
	pid_t pids[MOVE_PIDS];
	uint64_t until = now_ms() + 3000;
	size_t n;

	while ((n = living(run, pids)) && now_ms() < until)
		pause_ms(10);
	if (n)
		run_complain(run, "%zu processes were left behind", n);
	kill_tree(run);
	until = now_ms() + 2000;
	while (waitpid(-1, NULL, WNOHANG) >= 0 && now_ms() < until)
		pause_ms(2);
}

/* True once the program has ended or waits to be released. */
static bool watch(struct run *run, bool *returned)
{
	uint64_t age = now_ms() - run->start_ms;
	char byte;

	sample(run);
	if (mode == BACK && !*returned && run->away_seen && age >= plan.hi_ms) {
		*returned = true;
		move_once(run, 0);
	}
	run->holding = read(run->held, &byte, 1) == 1;
	if (run->holding || is_over(run))
		return true;
	if (age > want.timeout_s * 1000ull) {
		run_complain(run, "no end after %u s", want.timeout_s);
		print_tree(run);
		kill_tree(run);
	}
	pause_ms(10);
	return false;
}

static void finish(struct run *run)
{
	stop_moving(run);
	sample(run);
	if (run->holding && write(run->release, "r", 1) != 1)
		run_complain(run, "the program cannot be released: %s", strerror(errno));
	while (!is_over(run)) {
		if (now_ms() - run->start_ms > want.timeout_s * 1000ull + 5000) {
			run_complain(run, "no end after it was released");
			kill_tree(run);
			break;
		}
		pause_ms(2);
	}
	waitpid(run->pid, &run->status, 0);
}

static void usage(void)
{
	fprintf(stderr, "usage: runmoved [--mode home|away|back|random] [--nodes N,N] [--home H] "
			"[--seed N] [--ms LO-HI]\n"
			"       [--tree] [--early] [--calls N] [--moves N] [--returns|--may-return]\n"
			"       [--user UID] [--expect FILE] [--timeout S] -- PROGRAM ARG...\n");
	exit(2);
}

static enum mode parse_mode(const char *text)
{
	for (size_t i = 0; i < sizeof(run_mode_names) / sizeof(run_mode_names[0]); i++)
		if (!strcmp(text, run_mode_names[i]))
			return (enum mode)i;
	usage();
	return HOME;
}

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'M' }, { "nodes", required_argument, NULL, 'n' },
	{ "home", required_argument, NULL, 'h' }, { "seed", required_argument, NULL, 's' },
	{ "ms", required_argument, NULL, 'm' }, { "tree", no_argument, NULL, 't' },
	{ "early", no_argument, NULL, 'e' }, { "calls", required_argument, NULL, 'c' },
	{ "moves", required_argument, NULL, 'v' }, { "returns", no_argument, NULL, 'r' },
	{ "user", required_argument, NULL, 'u' },
	{ "may-return", no_argument, NULL, 'R' },
	{ "expect", required_argument, NULL, 'x' }, { "timeout", required_argument, NULL, 'T' },
	{ NULL, 0, NULL, 0 },
};

/* What was given for the option with this letter, or NULL; "1" for one without argument. */
static const char *given[128];

static unsigned long number_of(int letter, unsigned long otherwise)
{
	char *end;
	unsigned long value;

	if (!given[letter])
		return otherwise;
	value = strtoul(given[letter], &end, 10);
	if (end == given[letter] || *end)
		usage();
	return value;
}

static char **parse(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (c == '?')
			usage();
		given[c] = optarg ? optarg : "1";
	}
	mode = given['M'] ? parse_mode(given['M']) : HOME;
	plan.home = (unsigned int)number_of('h', 0);
	plan.seed = number_of('s', 1);
	plan.tree = given['t'];
	want.early = given['e'];
	want.returns = given['r'];
	want.may_return = given['R'];
	want.output = given['x'];
	want.calls = number_of('c', 0);
	want.moves = number_of('v', 0);
	want.user = (uid_t)number_of('u', 0);
	want.timeout_s = (unsigned int)number_of('T', 120);
	if (optind == argc || (mode != HOME && !given['n']))
		usage();
	if (given['n'] && !move_parse_nodes(&plan, given['n']))
		usage();
	if (given['m'] && !move_parse_times(&plan, given['m']))
		usage();
	return argv + optind;
}

int main(int argc, char **argv)
{
	struct run run = { 0 };
	char **program = parse(argc, argv);
	bool returned = false;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	run.tally = mmap(NULL, sizeof(*run.tally), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run.tally == MAP_FAILED) {
		perror("runmoved: mmap");
		return 2;
	}
	start_program(&run, program);
	start_moving(&run);
	while (!watch(&run, &returned))
		;
	finish(&run);
	judge_leftovers(&run);
	run_judge_output(&run, &want);
	run_judge_moves(&run, mode, &want);
	run_print_summary(&run, mode);
	return run_verdict(&run);
}
