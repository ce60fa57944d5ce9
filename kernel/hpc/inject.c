// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on purpose, for tests; never in a product kernel. admin/fault takes
 *   cut N     the N-th message from now on is not sent, its link is cut instead
 *   losepage  the next page given away arrives as if it had never been
 *   leak      one link too many is counted
 *   off       no more of it
 */
#include <linux/atomic.h>
#include <linux/hpc.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "inject.h"
#include "link.h"
#include "stat.h"

static atomic_t cut_in = ATOMIC_INIT(0);
static atomic_t lose_page = ATOMIC_INIT(0);

bool hpc_inject_cut(struct hpc_link *link, u16 type)
{
	if (atomic_read(&cut_in) <= 0 || atomic_dec_return(&cut_in))
		return false;
	pr_info("hpc: link to node %d cut instead of message %u\n", link->peer, type);
	hpc_link_kill(link, -EPIPE);
	return true;
}

bool hpc_inject_lose_page(void)
{
	return atomic_read(&lose_page) && atomic_dec_if_positive(&lose_page) >= 0;
}

int hpc_inject_set(const char *word)
{
	unsigned int n;

	if (!strncmp(word, "cut ", 4)) {
		if (kstrtouint(word + 4, 10, &n) || !n || n > INT_MAX)
			return -EINVAL;
		atomic_set(&cut_in, n);
	} else if (!strcmp(word, "losepage")) {
		atomic_set(&lose_page, 1);
	} else if (!strcmp(word, "leak")) {
		hpc_stat_inc(HPC_LIVE_LINKS);
	} else if (!strcmp(word, "off")) {
		atomic_set(&cut_in, 0);
		atomic_set(&lose_page, 0);
	} else {
		return -EINVAL;
	}
	return 0;
}
