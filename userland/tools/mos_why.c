// SPDX-License-Identifier: GPL-2.0
/*
 * mos why: says in words why a process is where it is. First what keeps it
 * there for certain (the kernel's reasons, its lock, this node's switches, no
 * place to go to), then what the policy thinks of it, then its last moves.
 */
#include "tools/mos.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/file.h"
#include "lib/log.h"
#include "lib/parse.h"
#include "tools/json.h"
#include "tools/mos_view.h"
#include "tools/mosmon_data.h"
#include "tools/moves.h"
#include "tools/proc.h"
#include "tools/reason.h"

#define SAMPLE_MS	300
#define BUSY_PERCENT	30	/* below that the policy has nothing to gain */
#define LAST_MOVES	5

struct subject {
	pid_t pid;
	struct away away;
	struct proc proc;
	struct node_list nodes;
	struct json *json;	/* NULL: text */
	unsigned int said;	/* sentences that were given as reasons */
};

/* One sentence; word is the key for programs. */
static void say(struct subject *s, const char *word, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct subject *s, const char *word, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s->said++;
	if (!s->json) {
		printf("  - %s\n", text);
		return;
	}
	json_open(s->json, NULL, '{');
	json_string(s->json, "word", word);
	json_string(s->json, "text", text);
	json_close(s->json, '}');
}

/* The sentence of a reason, with the process's number where it says PID. */
static void say_reason(struct subject *s, const struct reason *reason)
{
	const char *place = strstr(reason->text, "PID");

	if (place)
		say(s, reason->word, "%.*s%d%s", (int)(place - reason->text), reason->text, s->pid,
		    place + strlen("PID"));
	else
		say(s, reason->word, "%s", reason->text);
}

static void say_kernel_reasons(struct subject *s)
{
	const struct reason *reason;
	char text[256];
	char *cursor = text;
	char *word;

	if (away_reasons(s->pid, text, sizeof(text)) <= 0)
		return;
	while ((word = parse_word(&cursor))) {
		reason = reason_find(word);
		if (reason)
			say_reason(s, reason);
		else
			say(s, word, "the kernel keeps it here: %s", word);
	}
}

static void say_lock(struct subject *s)
{
	char reasons[256] = "";

	away_reasons(s->pid, reasons, sizeof(reasons));
	if (s->away.lock && !strstr(reasons, "user_lock"))
		say_reason(s, reason_find("user_lock"));
}

static void say_mask(struct subject *s)
{
	char nodes[512], filter[8], policy[8];

	if (file_readf(filter, sizeof(filter), "/proc/%d/migfilter", s->pid) < 0 ||
	    strcmp(filter, "1") ||
	    file_readf(nodes, sizeof(nodes), "/proc/%d/mignodes", s->pid) < 0 ||
	    file_readf(policy, sizeof(policy), "/proc/%d/migpolicy", s->pid) < 0)
		return;
	say(s, "mask", "its node mask lets it go to %s: %s (/proc/%d/mignodes)",
	    strcmp(policy, "0") ? "these nodes only" : "all nodes but these",
	    nodes[0] ? nodes : "none", s->pid);
}

static void say_switches(struct subject *s)
{
	unsigned int self = 0;
	const struct node *node;

	node_self(&self);
	node = node_list_id(&s->nodes, self);
	if (!node)
		return;
	if (node->status & NODE_STAY)
		say(s, "stay", "nothing leaves this node by itself: 'mos nostay self' allows it");
	if (node->status & NODE_LSTAY)
		say(s, "lstay", "processes of this node stay: 'mos nolstay self' lets them leave");
	if (node->status & NODE_QUIET)
		say(s, "quiet", "this node is quiet and hears no loads of others: 'mos noquiet self'");
}

static void say_places(struct subject *s)
{
	unsigned int up = 0, open = 0;
	unsigned int self = 0;
	size_t i;

	if (node_self(&self) || !self) {
		say(s, "no_cluster", "this node is in no cluster: it has no id");
		return;
	}
	if (file_exists("/run/omdiscd/peers"))
		say(s, "no_daemon", "omdiscd does not run, so nothing is moved by itself: "
		    "/etc/init.d/openmosix start");
	for (i = 0; i < s->nodes.count; i++) {
		const struct node *node = &s->nodes.node[i];

		if (node->self || snapshot_is_dead(node))
			continue;
		up++;
		open += !(node->status & NODE_BLOCK);
	}
	if (!up)
		say(s, "alone", "no other node is up");
	else if (!open)
		say(s, "all_block", "no other node takes guests: %u up, and each blocks them", up);
}

/* Percent of one CPU, over the sample; negative when it cannot be said. */
static int cpu_share(struct subject *s)
{
	struct proc later;
	long ticks = sysconf(_SC_CLK_TCK);

	usleep(SAMPLE_MS * 1000);
	if (proc_read(s->pid, &later) || later.ticks < s->proc.ticks)
		return -1;
	return (later.ticks - s->proc.ticks) * 100 * 1000 / ticks / SAMPLE_MS;
}

static void say_work(struct subject *s)
{
	int share = cpu_share(s);

	if (share >= 0 && share < BUSY_PERCENT)
		say(s, "idle", "it does not compute now (%d %% of a CPU): it waits or talks, and would "
		    "gain nothing elsewhere", share);
}

static void tell_thought(struct subject *s)
{
	struct thought thought;
	char where[80];
	int err = thought_find(s->pid, &thought);

	if (s->json) {
		if (err)
			return;
		json_open(s->json, "thought", '{');
		json_number(s->json, "best", thought.best);
		json_number(s->json, "benefit_ms", thought.benefit_ms);
		json_number(s->json, "cost_ms", thought.cost_ms);
		json_string(s->json, "text", thought.text);
		json_close(s->json, '}');
	} else if (err == -ENOENT) {
		puts("No policy runs here: /run/omdiscd/thoughts is missing.");
	} else if (err) {
		puts("The policy does not think of moving it.");
	} else {
		printf("The policy: best is %s; a move gains %" PRId64 " ms and costs %" PRId64 " ms: %s\n",
		       thought.best ? mos_node_text(&s->nodes, thought.best, where) : "where it is",
		       thought.benefit_ms, thought.cost_ms, thought.text);
	}
}

static void tell_move(struct subject *s, const struct move *move)
{
	char line[MOVE_LINE_MAX];

	if (s->json)
		json_string(s->json, NULL, moves_text(move, &s->nodes, line));
	else
		printf("  %s\n", moves_text(move, &s->nodes, line));
}

static void tell_moves(struct subject *s)
{
	struct move_list list;
	unsigned int seen = 0;
	size_t i, first;

	if (moves_read(&list))
		return;
	for (first = list.count; first > 0 && seen < LAST_MOVES; first--)
		seen += list.move[first - 1].pid == s->pid;
	if (s->json)
		json_open(s->json, "moves", '[');
	else if (seen)
		puts("Its last moves:");
	for (i = first; i < list.count; i++)
		if (list.move[i].pid == s->pid)
			tell_move(s, &list.move[i]);
	if (s->json)
		json_close(s->json, ']');
	moves_free(&list);
}

static void tell_reasons(struct subject *s)
{
	if (s->json)
		json_open(s->json, "reasons", '[');
	else if (s->away.where)
		puts("What binds it:");
	else
		puts("What keeps it here:");
	say_kernel_reasons(s);
	say_lock(s);
	say_mask(s);
	if (!s->away.where) {
		say_switches(s);
		say_places(s);
		say_work(s);
	}
	if (s->json)
		json_close(s->json, ']');
	else if (!s->said)
		puts("  nothing: it may be moved");
}

static void tell_subject(struct subject *s)
{
	char where[80];

	mos_node_text(&s->nodes, s->away.where, where);
	if (s->json) {
		json_number(s->json, "pid", s->pid);
		json_string(s->json, "command", s->proc.cmd);
		json_number(s->json, "where", s->away.where);
		json_number(s->json, "moves_count", s->away.nmigs);
		return;
	}
	printf("%d %s\n", s->pid, s->proc.cmd);
	if (s->away.where)
		printf("It runs on node %s, after %u move%s.\n", where, s->away.nmigs,
		       s->away.nmigs == 1 ? "" : "s");
	else
		printf("It runs at home, on this node; moves so far: %u.\n", s->away.nmigs);
}

static int tell_guest(pid_t pid, bool as_json)
{
	struct json json = { .out = stdout };
	char home[32] = "?";

	file_readf(home, sizeof(home), "/proc/hpc/remote/%d/from", pid);
	if (as_json) {
		json_open(&json, NULL, '{');
		json_number(&json, "pid", pid);
		json_string(&json, "guest_of", home);
		json_close(&json, '}');
		json_end(&json);
		return TOOL_OK;
	}
	printf("%d is a guest: its home is node %s, and why it is here is known there (mos why, on that node).\n"
	       "'mos migrate %d home' sends it home, 'mos expel self' all guests.\n", pid, home, pid);
	return TOOL_OK;
}

static int tell(pid_t pid, bool as_json)
{
	struct json json = { .out = stdout };
	struct subject s = { .pid = pid, .json = as_json ? &json : NULL };
	int err = away_read(pid, &s.away);

	if (!err)
		err = proc_read(pid, &s.proc);
	if (err) {
		log_error("process %d: %s", pid, log_reason(err == -ENOENT ? -ESRCH : err));
		return TOOL_FAILED;
	}
	if (node_list_read(&s.nodes))
		memset(&s.nodes, 0, sizeof(s.nodes));
	if (as_json)
		json_open(&json, NULL, '{');
	tell_subject(&s);
	tell_reasons(&s);
	tell_thought(&s);
	tell_moves(&s);
	if (as_json) {
		json_close(&json, '}');
		json_end(&json);
	}
	node_list_free(&s.nodes);
	return TOOL_OK;
}

static int run(const struct tool *tool, int argc, char **argv)
{
	struct mos_view view;
	bool as_json = false;
	pid_t pid;

	mos_view_start(&view, argc, argv);
	while (tool_getopt(tool, argc, argv) != -1)
		as_json = true;
	if (argc - optind != 1)
		return tool_wrong(tool, "one process id is needed");
	if (parse_pid(argv[optind], &pid))
		return tool_wrong(tool, "'%s' is no process id", argv[optind]);
	if (file_exists("/proc/hpc"))
		return tool_no_cluster(-ENOENT);
	return proc_is_guest(pid) ? tell_guest(pid, as_json) : tell(pid, as_json);
}

static const struct tool_option options[] = {
	{ 'j', NULL, "JSON, also --json" },
	{ 0 }
};

const struct tool mos_why = {
	.name = "mos why",
	.synopsis = "[-j] PID",
	.summary = "say in words why a process is where it is",
	.options = options,
	.run = run,
	.bad_usage = TOOL_USAGE,
	.permute = true,
};
