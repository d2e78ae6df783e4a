/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes: what one entity says about one destination.
 */
#ifndef RTM_ROUTE_H
#define RTM_ROUTE_H

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/timekeeping.h>

#include "rtm_expiry.h"
#include "rtm_nhset.h"
#include "rtm_prefix.h"
#include "rtm_types.h"

/**
 * struct rtm_route_extra - what few routes have
 * @route: the route, constant
 * @list: route list it is on, or NULL
 * @list_node: in rtm_route_list.routes while there is one
 * @list_seq: its place there
 * @expiry: its life, if that has an end
 *
 * The list's part is under rtm_entity.routes_lock of the owner, @expiry has a lock of
 * its own.
 */
struct rtm_route_extra {
	struct rtm_route *route;
	struct rtm_route_list *list;
	struct rb_node list_node;
	u64 list_seq;
	struct rtm_expiry expiry;
};

/**
 * struct rtm_route - a candidate
 * @next: in rtm_dest.routes, by rank; nobody follows it without a section
 * @owner_link: in rtm_entity.routes; once deleted in rtm_entity.held while it is held
 *	down
 * @rcu: for the free, when it is in no list
 * @dest: its destination, holds a reference
 * @nhs: its owner, which never changes, next hops and neighbour; holds a reference, and is
 *	never NULL; see rtm_nhset.c, rtm_route_owner()
 * @cookie: the owner's private value
 * @changed: when it was added or changed, see rtm_route_touch()
 * @seq: place among candidates of equal rank, ascending; new when the rank changes
 * @metric: compared second
 * @preference: compared first, never 0
 * @views: views it belongs to
 * @flags: RTM_RF_*
 * @flags1: carried, not interpreted
 * @state: enum rtm_object_state
 * @moved: a next hop of it leads somewhere else, and listeners are yet to hear of it;
 *	set without a section
 * @charged: its owner is charged for it and for its next hops
 * @changed_high: more of @changed
 * @counted: its namespace is charged for it, which one that never was in the table is not
 * @dead: its owner is gone; selection and FIB ignore it from now on.  Set without
 *	a section, never cleared.
 * @extra: made by rtm_route_extra_get() when first needed, and then there to stay;
 *	NULL for nearly every route
 * @refs: the table and every handle hold one each
 * @epoch: the owner's when it was announced last
 *
 * @dest never changes.  Everything else but @dead and @moved is written in an
 * exclusive section of @dest and read in a section, or by RCU readers that can
 * live with any committed value.
 */
struct rtm_route {
	union {
		struct {
			struct rtm_route *next;
			struct list_head owner_link;
		};
		struct rcu_head rcu;
	};
	struct rtm_dest *dest;
	struct rtm_nhset __rcu *nhs;
	struct rtm_route_extra *extra;
	u64 cookie;
	refcount_t refs;
	u32 preference;
	u32 metric;
	u32 seq;
	u32 epoch;
	u32 changed;
	u16 flags;
	u8 flags1;
	u8 views;
	u8 state;
	bool dead;
	bool moved;
	u8 charged : 1;
	u8 counted : 1;
	u8 changed_high : 6;
};

/**
 * struct rtm_route_spec - a route as its owner gives it, handles resolved
 * @prefix: destination
 * @nhs: owner, next hops, neighbour; reference and use handed over on success
 * @cookie: private value
 * @metric: compared second
 * @preference: compared first; 0 takes the protocol's default
 * @views: set of views, checked
 * @ttl_ms: milliseconds it lives from now on, 0 for ever
 * @flags: RTM_RF_*
 * @flags1: carried
 * @list: route list of the owner to move it to, borrowed; NULL leaves it where it is
 */
struct rtm_route_spec {
	struct rtm_prefix prefix;
	struct rtm_nhset *nhs;
	u64 cookie;
	u32 metric;
	u32 preference;
	u32 views;
	u32 ttl_ms;
	u16 flags;
	u8 flags1;
	struct rtm_route_list *list;
};

struct rtm_wait;

/* Nanoseconds are counted by 2 to the power of this, a millisecond; that wraps after 9 years. */
#define RTM_ROUTE_CLOCK_SHIFT	20
#define RTM_ROUTE_CLOCK_BITS	38

static inline u64 rtm_route_clock(void)
{
	return ktime_get_boottime_ns() >> RTM_ROUTE_CLOCK_SHIFT;
}

/**
 * rtm_route_touch() - a route is added or changed now
 * @route: the route, its destination in an exclusive section
 */
static inline void rtm_route_touch(struct rtm_route *route)
{
	u64 now = rtm_route_clock();

	route->changed = now;
	route->changed_high = now >> 32;
}

/**
 * rtm_route_age_ms() - how long ago a route was added or changed
 * @route: the route, in a section
 *
 * Return: milliseconds, at most U32_MAX.
 */
static inline u32 rtm_route_age_ms(const struct rtm_route *route)
{
	u64 then = (u64)route->changed_high << 32 | route->changed;
	u64 age = (rtm_route_clock() - then) & (BIT_ULL(RTM_ROUTE_CLOCK_BITS) - 1);

	return min_t(u64, div_u64(age << RTM_ROUTE_CLOCK_SHIFT, NSEC_PER_MSEC), U32_MAX);
}

/**
 * rtm_route_owner() - who has made a route
 * @route: the route; the caller has a reference, or is in an RCU read section
 *
 * The set of next hops may change meanwhile, but not whose it is.
 *
 * Context: any.
 *
 * Return: the entity, which lives as long as the route.
 */
static inline struct rtm_entity *rtm_route_owner(const struct rtm_route *route)
{
	struct rtm_entity *owner;

	rcu_read_lock();
	owner = rcu_dereference(route->nhs)->owner;
	rcu_read_unlock();
	return owner;
}

/**
 * rtm_route_neighbour() - the next hop that a route was learned from
 * @route: the route, its destination in a section
 *
 * Return: the next hop, or NULL.
 */
static inline const struct rtm_nexthop *rtm_route_neighbour(const struct rtm_route *route)
{
	return rcu_dereference_protected(route->nhs, true)->neighbour;
}

struct rtm_route *rtm_route_new(struct rtm_entity *owner, const struct rtm_route_spec *spec);
int rtm_route_add_new(struct rtm_route *fresh, const struct rtm_route *present,
		      const struct rtm_route_spec *spec, const struct rtm_wait *wait, u32 *change);
int rtm_route_add(struct rtm_entity *owner, const struct rtm_route_spec *spec,
		  const struct rtm_wait *wait, u32 *change, struct rtm_route **routep);
int rtm_route_update(struct rtm_entity *owner, struct rtm_route *route,
		     const struct rtm_route_spec *spec, const struct rtm_wait *wait, u32 *change);
int rtm_route_delete(struct rtm_entity *owner, struct rtm_route *route,
		     const struct rtm_wait *wait, u32 *change);
struct rtm_route *rtm_route_find(struct rtm_entity *owner, const struct rtm_prefix *p,
				 const struct rtm_nexthop *neighbour, bool first);
void rtm_route_hold(struct rtm_route *route);
void rtm_route_put(struct rtm_route *route);
u32 rtm_route_best_views(const struct rtm_route *route);
int rtm_route_extra_get(struct rtm_route *route);

void rtm_route_keep_charged(struct rtm_route *route);
void rtm_route_uncharge(struct rtm_route *route);

int rtm_route_caches_init(void);
void rtm_route_caches_exit(void);

#endif /* RTM_ROUTE_H */
