/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Remote next hops: where packets for them really go.
 */
#ifndef RTM_FIB_RESOLVE_H
#define RTM_FIB_RESOLVE_H

#include <linux/rbtree.h>
#include <linux/types.h>
#include <uapi/linux/rtm.h>

#include "rtm_types.h"

struct rtm_gateway;

/* Addresses that are looked up for one destination. */
#define RTM_RESOLVE_LOOKUPS	64

/**
 * struct rtm_fib_resolver - what remote next hops of a namespace resolve to
 * @gateways: addresses that were looked up, by table and prefix
 * @followers: destinations that depend on them, by address of the object
 * @generation: counts changes of what gateways resolve to
 * @marked: the next round belongs to this one: followers have been marked, or a
 *	destination was put off
 * @early: what was resolved last depends on a destination that the FIB is behind with
 * @dest: the destination being resolved; from here on scratch memory
 * @n_seen: entries of @seen
 * @seen: gateways it depends on
 * @n_queued: entries of @queue
 * @queue: addresses whose gateways have next hops, in the order in which they were met
 * @n_hops: entries of @hops
 * @hops: next hops found, a reference each
 *
 * Belongs to the worker.
 */
struct rtm_fib_resolver {
	struct rb_root gateways;
	struct rb_root followers;
	u64 generation;
	bool marked;
	bool early;
	struct rtm_dest *dest;
	unsigned int n_seen;
	struct rtm_gateway *seen[RTM_RESOLVE_LOOKUPS];
	unsigned int n_queued;
	struct {
		struct rtm_gateway *gateway;
		const struct rtm_nexthop *remote;
	} queue[RTM_RESOLVE_LOOKUPS];
	unsigned int n_hops;
	struct rtm_nexthop *hops[RTM_MAX_NEXTHOPS];
};

void rtm_fib_resolve_init(struct rtm_fib_resolver *r);
void rtm_fib_resolve_exit(struct rtm_fib_resolver *r);
int rtm_fib_resolve(struct rtm_fib_resolver *r, struct rtm_dest *dest, struct rtm_nhset **nhs);
void rtm_fib_resolve_forget(struct rtm_fib_resolver *r, struct rtm_dest *dest);
void rtm_fib_resolve_moved(struct rtm_fib_resolver *r, struct rtm_dest *dest);

#endif /* RTM_FIB_RESOLVE_H */
