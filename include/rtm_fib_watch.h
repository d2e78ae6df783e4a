/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FIB watcher: which prefixes of the kernel FIB have routes that are not ours.
 */
#ifndef RTM_FIB_WATCH_H
#define RTM_FIB_WATCH_H

#include <linux/list.h>
#include <linux/types.h>

#include "rtm_netlink.h"
#include "rtm_types.h"

/**
 * enum rtm_foreign - what stands beside us at a prefix
 * @RTM_FOREIGN_NONE: nobody else has a route there
 * @RTM_FOREIGN_BESIDE: somebody has, and we may compete by metric
 * @RTM_FOREIGN_CONFLICT: somebody has, and we must keep out
 * @RTM_FOREIGN_STALE: not known; rtm_fib_watch_resync() may tell
 * @RTM_FOREIGN_UNKNOWN: not known, and it is too early to ask again
 */
enum rtm_foreign {
	RTM_FOREIGN_NONE,
	RTM_FOREIGN_BESIDE,
	RTM_FOREIGN_CONFLICT,
	RTM_FOREIGN_STALE,
	RTM_FOREIGN_UNKNOWN,
};

/**
 * struct rtm_fib_policy - how our routes look and how they treat others
 * @metric: priority of our routes, never 0
 * @protocol: protocol number of our routes
 * @shadow: compete by metric with others, except with connected routes
 */
struct rtm_fib_policy {
	u32 metric;
	u8 protocol;
	bool shadow;
};

/**
 * struct rtm_fib_watch - the watcher of one namespace
 * @rnet: namespace state
 * @policy: what tells our routes from others in a dump
 * @nl: listening socket
 * @sender: address of the writer's socket; what it changed is ours
 * @tables: FIB tables we write to
 * @n_foreign: prefixes with foreign routes, of all tables
 * @epoch: counts resyncs; a prefix not met in the last one is gone
 * @doubt: any foreign route may be gone by now
 * @moved: a link or an address changed; the writer clears it
 * @doubt_at: jiffies before which no doubt is worth a resync
 * @retry_at: jiffies before which no resync follows one that failed
 *
 * Belongs to the writer's worker.
 */
struct rtm_fib_watch {
	struct rtm_net *rnet;
	const struct rtm_fib_policy *policy;
	struct rtm_netlink nl;
	u32 sender;
	struct list_head tables;
	unsigned long n_foreign;
	u32 epoch;
	bool doubt;
	bool moved;
	unsigned long doubt_at;
	unsigned long retry_at;
};

int rtm_fib_watch_open(struct rtm_fib_watch *w, struct rtm_net *rnet,
		       const struct rtm_fib_policy *policy, u32 sender);
void rtm_fib_watch_close(struct rtm_fib_watch *w);
void rtm_fib_watch_poll(struct rtm_fib_watch *w);
enum rtm_foreign rtm_fib_watch_check(struct rtm_fib_watch *w, const struct rtm_table *table,
				     const struct rtm_prefix *p);
void rtm_fib_watch_resync(struct rtm_fib_watch *w);

#endif /* RTM_FIB_WATCH_H */
