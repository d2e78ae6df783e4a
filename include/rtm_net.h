/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a network namespace has: its tables, its FIB writer, its counters.
 */
#ifndef RTM_NET_H
#define RTM_NET_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>

#include "rtm_quota.h"
#include "rtm_types.h"

/**
 * struct rtm_counters - what is alive in a namespace, besides what is limited
 * @entities: entities, departed ones still referenced included
 * @locks_held: user holds
 * @locks_waiting: waiting requests
 * @files: open files, and clients of modules
 * @calls: calls of methods
 * @desyncs: how often a listener fell so far behind that it was told everything anew
 */
struct rtm_counters {
	atomic64_t entities;
	atomic64_t locks_held;
	atomic64_t locks_waiting;
	atomic64_t files;
	atomic64_t calls;
	atomic64_t desyncs;
};

/**
 * struct rtm_net - the manager's state in one network namespace
 * @net: the namespace; valid as long as this is, no reference held
 * @lock: protects @tables and which entities are registered or kept; outside of
 *	every table's lock
 * @tables: tables by rtm_table_index()
 * @n_tables: number of tables
 * @fib: FIB writer
 * @count: counters
 * @quota: what is limited; what others keep of what was deleted or has ended included
 * @account: flags of destinations' memory besides GFP_KERNEL, for a namespace in which
 *	all is charged to whoever causes it; else 0
 * @call_lock: protects all calls of methods, and what files and entities know of
 *	them; rtm_client.event_lock nests in it
 * @last_call: number of the last call made
 * @dying: namespace or module is going; no table is made any more
 */
struct rtm_net {
	struct net *net;
	struct mutex lock; /* what it protects: above */
	struct xarray tables;
	unsigned int n_tables;
	struct rtm_fib *fib;
	struct rtm_counters count;
	struct rtm_quota quota;
	gfp_t account;
	spinlock_t call_lock; /* what it protects: above */
	atomic64_t last_call;
	bool dying;
};

/**
 * rtm_net_get() - the manager's state of a namespace
 * @net: the namespace
 *
 * Return: never NULL while the module is loaded and the namespace lives.
 */
struct rtm_net *rtm_net_get(const struct net *net);

#endif /* RTM_NET_H */
