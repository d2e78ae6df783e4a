/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Next hops: each entity has its own, by address and interface.
 */
#ifndef RTM_NEXTHOP_H
#define RTM_NEXTHOP_H

#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "rtm_prefix.h"
#include "rtm_types.h"

/**
 * struct rtm_nexthop - a next router and the interface to it
 * @node: in rtm_entity.nexthops while @state is created
 * @owner: its owner, holds a reference; NULL for one made for the FIB alone
 * @addr: address, constant
 * @ifindex: interface, 0 for a remote one, constant
 * @flags: RTM_NHF_*, under the table's lock, read with READ_ONCE()
 * @state: enum rtm_object_state, likewise
 * @version: counts changes of where it leads, under the table's lock, read with
 *	smp_load_acquire()
 * @told: the version for which a round has begun, under the owner's rotate_lock
 * @cookie: private value, under the table's lock
 * @remote_dest: covering destination the owner named, holds a reference, or NULL;
 *	under the table's lock; NULL once deleted
 * @users: routes that send packets there
 * @refs: the owner's tree, next-hop sets and handles hold one each
 * @rcu: for the free
 */
struct rtm_nexthop {
	struct rb_node node;
	struct rtm_entity *owner;
	struct rtm_prefix addr;
	u32 ifindex;
	u16 flags;
	u8 state;
	u32 version;
	u32 told;
	u64 cookie;
	struct rtm_dest *remote_dest;
	atomic_t users;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct rtm_nexthop_spec - a next hop as its owner gives it
 * @addr: address
 * @ifindex: interface, or 0
 * @flags: RTM_NHF_*
 * @cookie: private value
 * @remote_dest: borrowed, or NULL
 */
struct rtm_nexthop_spec {
	struct rtm_prefix addr;
	u32 ifindex;
	u16 flags;
	u64 cookie;
	struct rtm_dest *remote_dest;
};

int rtm_nexthop_add(struct rtm_entity *owner, const struct rtm_nexthop_spec *spec,
		    struct rtm_nexthop **nhp, u32 *change);
int rtm_nexthop_update(struct rtm_entity *owner, struct rtm_nexthop *nh,
		       const struct rtm_nexthop_spec *spec);
int rtm_nexthop_update_unlock(struct rtm_entity *owner, struct rtm_nexthop *nh,
			      const struct rtm_nexthop_spec *spec);
struct rtm_nexthop *rtm_nexthop_find(struct rtm_entity *owner, const struct rtm_prefix *addr,
				     u32 ifindex);
struct rtm_nexthop *rtm_nexthop_derive(const struct rtm_nexthop *remote, u32 ifindex);
int rtm_nexthop_delete(struct rtm_entity *owner, struct rtm_nexthop *nh);
void rtm_nexthop_purge(struct rtm_entity *owner);
struct rtm_nexthop *rtm_nexthop_next(struct rtm_entity *owner, const struct rtm_prefix *addr,
				     u32 ifindex, bool inclusive);
void rtm_nexthop_hold(struct rtm_nexthop *nh);
void rtm_nexthop_put(struct rtm_nexthop *nh);

int rtm_nexthop_caches_init(void);
void rtm_nexthop_caches_exit(void);

#endif /* RTM_NEXTHOP_H */
