// SPDX-License-Identifier: GPL-2.0
/*
 * Where a process is to go: how users name a node, and what they are told when
 * the process did not get there. Used by migrate, mosrun and mosmon.
 */
#include "tools/target.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lib/away.h"
#include "lib/log.h"
#include "lib/node.h"
#include "lib/parse.h"
#include "tools/proc.h"

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

void target_explain(pid_t pid, unsigned int id, int err)
{
	char reasons[256];
	char where[32] = "home";

	if (id)
		snprintf(where, sizeof(where), "to node %u", id);
	if (err == -EBUSY && away_reasons(pid, reasons, sizeof(reasons)) > 0)
		log_error("process %d cannot go %s: it is kept here by: %s",
			  pid, where, reasons);
	else if (err == -EINVAL && id && proc_is_guest(pid))
		log_error("process %d cannot go %s: it is a guest and can only go home", pid, where);
	else
		log_error("process %d cannot go %s: %s", pid, where, log_reason(err));
}
