// SPDX-License-Identifier: GPL-2.0
/*
 * Where a process is to go: how users name a node, and what they are told when
 * the process did not get there. Used by migrate, mos, mosrun and mosmon.
 */
#include "tools/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/away.h"
#include "lib/guest.h"
#include "lib/log.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/moves.h"
#include "tools/proc.h"
#include "tools/tool.h"

#define GUEST_LEAVES_MS	30000
#define GUEST_POLL_MS	50

int target_parse(const char *text, unsigned int *id)
{
	const struct node *node;
	struct node_list list;
	int err;

	*id = 0;
	if (!strcmp(text, "home") || !strcmp(text, "0"))
		return 0;
	if (text[0] && strspn(text, "0123456789") == strlen(text))
		return parse_id(text, id);
	err = node_list_read(&list);
	if (err)
		return err;
	node = node_list_find(&list, text);
	if (node)
		*id = node->id;
	node_list_free(&list);
	return *id ? 0 : -ENXIO;
}

/* A guest's home moves it on; what can be seen here is that it is gone. */
static int move_guest(pid_t pid, unsigned int id)
{
	int left = GUEST_LEAVES_MS / GUEST_POLL_MS;
	int err = guest_send(pid, id);

	while (!err && proc_is_guest(pid)) {
		if (!left--)
			return -ETIMEDOUT;
		usleep(GUEST_POLL_MS * 1000);
	}
	return err;
}

int target_move(pid_t pid, unsigned int id)
{
	return proc_is_guest(pid) ? move_guest(pid, id) : away_move(pid, id);
}

static int explain_no_thought(pid_t pid, int err)
{
	if (err == -ENOENT)
		log_error("nobody can say where process %d belongs: no policy runs here "
			  "(/run/omdiscd/thoughts is missing); name a node", pid);
	else if (err == -ESRCH)
		log_error("the policy does not think of moving process %d; 'mos why %d' says why",
			  pid, pid);
	else
		log_fail(err, "cannot read /run/omdiscd/thoughts");
	return TOOL_FAILED;
}

int target_balance(pid_t pid)
{
	struct thought thought;
	struct away away;
	int err = thought_find(pid, &thought);

	if (err)
		return explain_no_thought(pid, err);
	err = away_read(pid, &away);
	if (!err && (!thought.best || thought.benefit_ms <= thought.cost_ms)) {
		printf("process %d stays where it is: %s\n", pid, thought.text);
		return TOOL_OK;
	}
	if (!err)
		err = target_move(pid, thought.best);
	if (err) {
		target_explain(pid, thought.best, err == -ENOENT ? -ESRCH : err);
		return TOOL_FAILED;
	}
	printf("process %d is on node %u now: %s\n", pid, thought.best, thought.text);
	return TOOL_OK;
}

void target_explain(pid_t pid, unsigned int id, int err)
{
	char reasons[256];
	char where[32] = "home";

	if (id)
		snprintf(where, sizeof(where), "to node %u", id);
	if (err == -EBUSY && away_reasons(pid, reasons, sizeof(reasons)) > 0)
		log_error("process %d cannot go %s: it is kept here by: %s",
			  pid, where, reasons);
	else if (err == -ETIMEDOUT && proc_is_guest(pid))
		log_error("guest %d was told to go %s and is still here", pid, where);
	else
		log_error("process %d cannot go %s: %s", pid, where, log_reason(err));
}
