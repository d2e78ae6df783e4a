/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sets of next hops, shared by all routes of an entity that have the same one.
 */
#ifndef RTM_NHSET_H
#define RTM_NHSET_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>

#include "rtm_types.h"

/**
 * struct rtm_nhset - whose a route is and where it sends packets; immutable once published
 * @node: among the sets that can be shared
 * @owner: whose routes may share it, holds a reference; NULL for a set that is not
 *	shared, made for the FIB alone
 * @neighbour: next hop the routes were learned from, a reference, or NULL
 * @refs: routes, those who look at them and the FIB writer hold one each
 * @uses: routes in the table that have it, and descriptions of such; not more than @refs
 * @n: number of next hops
 * @mtu: path MTU, 0 for the device's
 * @src: preferred source, all zero for none
 * @rcu: for the free
 * @nh: the next hops, a reference each, in the owner's order
 */
struct rtm_nhset {
	struct rhash_head node;
	struct rtm_entity *owner;
	struct rtm_nexthop *neighbour;
	refcount_t refs;
	atomic_t uses;
	u16 n;
	u32 mtu;
	u8 src[16];
	struct rcu_head rcu;
	struct rtm_nexthop *nh[];
};

struct rtm_nhset *rtm_nhset_alloc(unsigned int n);
struct rtm_nhset *rtm_nhset_share(struct rtm_nhset *fresh, struct rtm_entity *owner);
bool rtm_nhset_get(struct rtm_nhset *nhs);
void rtm_nhset_put(struct rtm_nhset *nhs);

void rtm_nhset_reuse(struct rtm_nhset *nhs);
void rtm_nhset_unuse(struct rtm_nhset *nhs);

int rtm_nhset_init(void);
void rtm_nhset_exit(void);

#endif /* RTM_NHSET_H */
