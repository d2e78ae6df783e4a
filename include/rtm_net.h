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

#include "rtm_types.h"

/**
 * struct rtm_counters - objects alive in a namespace, for RTM_IOC_GET_STATS
 * @entities: entities, departed ones still referenced included
 * @nexthops: next hops, likewise
 * @routes: routes, likewise
 * @dests: destinations in the tries
 * @objects: enumerations, route lists and notifications, ended ones still
 *	referenced included
 * @handles: handles of all open files
 * @locks_held: user holds
 * @locks_waiting: waiting requests
 * @files: open files, and clients of modules
 * @calls: calls of methods
 * @desyncs: how often a listener fell so far behind that it was told everything anew
 */
struct rtm_counters {
	atomic64_t entities;
	atomic64_t nexthops;
	atomic64_t routes;
	atomic64_t dests;
	atomic64_t objects;
	atomic64_t handles;
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
