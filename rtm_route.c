// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes: add, update, delete.
 *
 * A change is prepared outside of the destination's section (memory, references,
 * checks) and committed inside, where nothing can fail any more: the route is
 * placed among the candidates, the best routes follow, the FIB writer is told.
 *
 * A route in the table has one reference for being there, taken back by whoever
 * unlinks it.  Handles keep a deleted route readable: its state says so, and its
 * next hops stay until the last reference goes.  Selection never sees it again,
 * but RCU readers may, for a grace period.
 *
 * The owner's list is where the purge of a departed entity (rtm_reap.c) finds its
 * routes.  Linking there fails once the entity has gone, so no route can be added
 * behind the purge's back.
 */
#include "rtm_route.h"

#include <linux/build_bug.h>
#include <linux/slab.h>

#include "rtm_commit.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_route_list.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_trace.h"

static struct kmem_cache *route_cache;

static struct rtm_quota *net_quota(const struct rtm_entity *owner)
{
	return &owner->table->rnet->quota;
}

static void route_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(route_cache, container_of(rcu, struct rtm_route, rcu));
}

/**
 * rtm_route_hold() - take another reference to a route one has already
 * @route: the route
 */
void rtm_route_hold(struct rtm_route *route)
{
	refcount_inc(&route->refs);
}

/* Few routes have one, and each one at most: the owner's limit of routes will do. */
static struct rtm_route_extra *extra_alloc(struct rtm_route *route)
{
	struct rtm_quota *q = net_quota(rtm_route_owner(route));
	struct rtm_route_extra *extra;
	int err;

	err = rtm_quota_take(q, RTM_RES_BYTES, sizeof(*extra));
	if (err)
		return ERR_PTR(err);
	extra = kzalloc(sizeof(*extra), RTM_GFP_CLIENT);
	if (!extra) {
		rtm_quota_give(q, RTM_RES_BYTES, sizeof(*extra));
		return ERR_PTR(-ENOMEM);
	}
	extra->route = route;
	rtm_expiry_init(&extra->expiry);
	return extra;
}

static void extra_free(struct rtm_route_extra *extra, const struct rtm_entity *owner)
{
	if (!extra)
		return;
	rtm_quota_give(net_quota(owner), RTM_RES_BYTES, sizeof(*extra));
	kfree(extra);
}

/**
 * rtm_route_put() - give a reference back
 * @route: the route
 *
 * Context: process, may sleep (its destination and owner may go with it).
 */
void rtm_route_put(struct rtm_route *route)
{
	if (!refcount_dec_and_test(&route->refs))
		return;
	if (route->counted)
		rtm_quota_give(net_quota(rtm_route_owner(route)), RTM_RES_ROUTES, 1);
	extra_free(route->extra, rtm_route_owner(route));
	rtm_dest_put(route->dest);
	rtm_nhset_put(rcu_dereference_protected(route->nhs, true));
	call_rcu(&route->rcu, route_free_rcu);
}

/**
 * rtm_route_extra_get() - make sure that a route has its extra
 * @route: the route
 *
 * Context: process, may sleep.
 *
 * Return: 0, -ENOMEM, or -ENOSPC over the namespace's limit.
 */
int rtm_route_extra_get(struct rtm_route *route)
{
	struct rtm_route_extra *extra;

	if (READ_ONCE(route->extra))
		return 0;
	extra = extra_alloc(route);
	if (IS_ERR(extra))
		return PTR_ERR(extra);
	/* full barrier: whoever sees the pointer sees what is in it */
	if (cmpxchg(&route->extra, NULL, extra))
		extra_free(extra, rtm_route_owner(route));
	return 0;
}

/* Let @route have the extra of @fresh, if it has one, which nobody else has seen. */
static void lend_extra(struct rtm_route *route, struct rtm_route *fresh)
{
	if (!fresh->extra)
		return;
	fresh->extra->route = route;
	if (!cmpxchg(&route->extra, NULL, fresh->extra))
		fresh->extra = NULL;
}

/*
 * A route with the caller's reference only; takes one to @dest and @nhs.  It is in no
 * table, so whoever meets it by its handle finds it to be deleted.
 */
static struct rtm_route *route_alloc(struct rtm_dest *dest, struct rtm_nhset *nhs)
{
	struct rtm_route *route = kmem_cache_zalloc(route_cache, RTM_GFP_CLIENT);

	if (!route)
		return NULL;
	refcount_set(&route->refs, 1);
	INIT_LIST_HEAD(&route->owner_link);
	rtm_dest_hold(dest);
	route->dest = dest;
	refcount_inc(&nhs->refs);
	RCU_INIT_POINTER(route->nhs, nhs);
	route->state = RTM_STATE_DELETED;
	return route;
}

/**
 * rtm_route_keep_charged() - a route that has left the table is held down
 * @route: the route
 *
 * What its owner was charged for a moment ago cannot be refused.
 *
 * Context: an exclusive section of its destination.
 */
void rtm_route_keep_charged(struct rtm_route *route)
{
	if (route->charged)
		return;
	route->charged = true;
	rtm_quota_add(&rtm_route_owner(route)->quota, RTM_RES_ROUTES, 1);
	rtm_nhset_reuse(rcu_dereference_protected(route->nhs, true));
}

/**
 * rtm_route_uncharge() - a route leaves the table, or is held down no more
 * @route: the route
 *
 * The namespace is charged as long as there are references.
 *
 * Context: an exclusive section of its destination.
 */
void rtm_route_uncharge(struct rtm_route *route)
{
	if (!route->charged)
		return;
	route->charged = false;
	rtm_quota_give(&rtm_route_owner(route)->quota, RTM_RES_ROUTES, 1);
	rtm_nhset_unuse(rcu_dereference_protected(route->nhs, true));
}

/* Link a new route to its owner, unless the owner has gone meanwhile. */
static int owner_link(struct rtm_entity *owner, struct rtm_route *route)
{
	int err = 0;

	spin_lock(&owner->routes_lock);
	if (owner->closed) {
		err = -EIDRM;
	} else {
		WRITE_ONCE(route->epoch, owner->epoch);
		list_add_tail(&route->owner_link, &owner->routes);
		owner->n_routes++;
	}
	spin_unlock(&owner->routes_lock);
	return err;
}

/**
 * rtm_route_best_views() - views in which a route is the best one
 * @route: the route; its destination in a section
 *
 * Return: set of views.
 */
u32 rtm_route_best_views(const struct rtm_route *route)
{
	unsigned int view;
	u32 views = 0;

	for (view = 0; view < RTM_N_VIEWS; view++)
		if (rtm_dest_best(route->dest, view) == route)
			views |= BIT(view);
	return views;
}

static bool spec_matches(const struct rtm_route *route, const struct rtm_entity *owner,
			 const struct rtm_nexthop *neighbour, bool first)
{
	return rtm_route_owner(route) == owner && rtm_route_live(route) &&
	       (first || rtm_route_neighbour(route) == neighbour);
}

static struct rtm_route *route_match(struct rtm_dest *dest, const struct rtm_entity *owner,
				     const struct rtm_nexthop *neighbour, bool first)
{
	struct rtm_route *route;

	for (route = dest->routes; route; route = route->next)
		if (spec_matches(route, owner, neighbour, first))
			return route;
	return NULL;
}

static u32 spec_preference(const struct rtm_entity *owner, const struct rtm_route_spec *spec)
{
	return spec->preference ? : rtm_default_preference(owner->id.protocol);
}

/* Take over the content of @spec; *@old is the set before, to be put outside. */
static void route_fill(struct rtm_route *route, const struct rtm_route_spec *spec,
		       struct rtm_nhset **old)
{
	*old = rcu_dereference_protected(route->nhs, true);
	rcu_assign_pointer(route->nhs, spec->nhs);
	route->cookie = spec->cookie;
	route->metric = spec->metric;
	route->preference = spec_preference(rtm_route_owner(route), spec);
	route->views = spec->views;
	route->flags = spec->flags;
	route->flags1 = spec->flags1;
	rtm_route_touch(route);
	WRITE_ONCE(route->epoch, READ_ONCE(rtm_route_owner(route)->epoch));
}

/* Change @route in place; it keeps its place unless its rank changes. */
static u32 commit_update(struct rtm_dest *dest, struct rtm_route *route,
			 const struct rtm_route_spec *spec, struct rtm_nhset **old)
{
	bool moves = route->metric != spec->metric ||
		     route->preference != spec_preference(rtm_route_owner(route), spec);
	u32 was_best = rtm_route_best_views(route);
	struct rtm_change c;
	u32 changed;

	rtm_commit_begin(dest, &c);
	if (c.active)
		rtm_change_edit(&c, route);
	route_fill(route, spec, old);
	/* not so with a new route, which had the set of @spec from the beginning */
	rtm_nhset_unuse(*old);
	rtm_expiry_set(route, spec->ttl_ms);
	if (c.active)
		rtm_change_edited(&c);
	if (moves) {
		rtm_select_remove(rtm_select_place(dest, route));
		rtm_select_insert(dest, route);
	}
	changed = rtm_commit_end(dest, was_best, &c);
	return changed || rtm_route_best_views(route) ? RTM_RC_BEST : 0;
}

static u32 commit_add(struct rtm_dest *dest, struct rtm_route *route,
		      const struct rtm_route_spec *spec, struct rtm_nhset **old)
{
	struct rtm_change c;
	u32 changed;

	rtm_commit_begin(dest, &c);
	route_fill(route, spec, old);
	rtm_commit_insert(dest, route, &c);
	rtm_expiry_set(route, spec->ttl_ms);
	changed = rtm_commit_end(dest, 0, &c);
	return RTM_RC_NEW | (changed ? RTM_RC_BEST : 0);
}

/* Whatever can keep a new route out of the table. */
static int join(struct rtm_dest *dest, struct rtm_route *fresh)
{
	struct rtm_entity *owner = rtm_route_owner(fresh);
	int err;

	if (dest->leaf.n_routes >= rtm_max_dest_routes)
		return -ENOSPC;
	err = rtm_charge(owner, RTM_RES_ROUTES, 1);
	if (err)
		return err;
	WRITE_ONCE(fresh->state, RTM_STATE_CREATED);
	err = owner_link(owner, fresh);
	if (err) {
		WRITE_ONCE(fresh->state, RTM_STATE_DELETED);
		rtm_uncharge(owner, RTM_RES_ROUTES, 1);
		return err;
	}
	fresh->counted = true;
	fresh->charged = true;
	return 0;
}

static int link_fresh(struct rtm_dest *dest, struct rtm_route *fresh,
		      const struct rtm_route_spec *spec, u32 *change, struct rtm_nhset **old)
{
	int err = join(dest, fresh);

	if (!err)
		*change = commit_add(dest, fresh, spec, old);
	return err;
}

/* What an add finds that does not care. */
#define WHATEVER	ERR_PTR(-ENOENT)

/*
 * The section of an add: update what matches, else add @fresh.  On success
 * *@routep is the route, with a reference for the caller.
 */
static int add_in_section(struct rtm_route *fresh, const struct rtm_route *present,
			  const struct rtm_route_spec *spec, u32 *change,
			  struct rtm_nhset **old, struct rtm_route **routep)
{
	const struct rtm_nhset *nhs = spec->nhs;
	struct rtm_dest *dest = fresh->dest;
	struct rtm_route *route = NULL;
	int err = 0;

	if (!(*change & RTM_RC_NEW))
		route = route_match(dest, nhs->owner, nhs->neighbour, *change & RTM_RC_FIRST);
	if (present != WHATEVER && present != route)
		return -ESTALE;
	if (route) {
		lend_extra(route, fresh);
		*change = commit_update(dest, route, spec, old);
	} else {
		route = fresh;
		err = link_fresh(dest, fresh, spec, change, old);
	}
	if (err)
		return err;
	rtm_route_hold(route);
	*routep = route;
	return 0;
}

/* Memory that @route has to have, or its destination, before it can be as in @spec. */
static int get_extras(struct rtm_route *route, const struct rtm_route_spec *spec)
{
	if (spec->views & ~BIT(0) && !rtm_dest_extra_get(route->dest))
		return -ENOMEM;
	return spec->list || spec->ttl_ms ? rtm_route_extra_get(route) : 0;
}

static int add_fresh(struct rtm_route *fresh, const struct rtm_route *present,
		     const struct rtm_route_spec *spec, const struct rtm_wait *wait, u32 *change,
		     struct rtm_route **routep)
{
	struct rtm_nhset *old = NULL;
	struct rtm_section s;
	int err;

	err = rtm_section_begin(&s, fresh->dest, rtm_route_owner(fresh), RTM_LOCK_EXCLUSIVE, wait);
	if (err)
		return err;
	err = add_in_section(fresh, present, spec, change, &old, routep);
	rtm_section_end(&s);
	if (!err && spec->list)
		rtm_route_list_move(spec->list, *routep);
	if (!err)
		trace_rtm_route_add(*routep, *change);
	rtm_nhset_put(old);
	return err;
}

/**
 * rtm_route_new() - a route to be added by rtm_route_add_new()
 * @owner: who adds it
 * @spec: what is going to be added
 *
 * It has all the memory it needs, can be given a handle, and is as if deleted until it is
 * added.
 *
 * Context: process, may sleep.
 *
 * Return: a reference, or an ERR_PTR(): -ENOMEM, -ENOSPC over the namespace's limit, or
 * what making the destination gave.
 */
struct rtm_route *rtm_route_new(struct rtm_entity *owner, const struct rtm_route_spec *spec)
{
	struct rtm_route *route;
	struct rtm_dest *dest;
	int err;

	dest = rtm_dest_get_or_create(owner->table, &spec->prefix);
	if (IS_ERR(dest))
		return ERR_CAST(dest);
	route = route_alloc(dest, spec->nhs);
	rtm_dest_put(dest);
	if (!route)
		return ERR_PTR(-ENOMEM);
	err = get_extras(route, spec);
	if (err) {
		rtm_route_put(route);
		return ERR_PTR(err);
	}
	return route;
}

/**
 * rtm_route_add_new() - add a route, or update the one that the caller has found
 * @fresh: from rtm_route_new(), with the same @spec
 * @present: what has the same key: from rtm_route_find(), or NULL to add @fresh
 * @spec: the route; its next-hop set is taken over on success
 * @wait: how long to wait for a user's lock of the destination
 * @change: in: RTM_RC_FIRST, RTM_RC_NEW; out: RTM_RC_NEW, RTM_RC_BEST
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ESTALE when by now something else has that key, -ENOSPC (too many
 * candidates), -EIDRM (the owner went), or what waiting for the lock gave.  On failure
 * nothing has changed.
 */
int rtm_route_add_new(struct rtm_route *fresh, const struct rtm_route *present,
		      const struct rtm_route_spec *spec, const struct rtm_wait *wait, u32 *change)
{
	struct rtm_route *route;
	int err;

	err = add_fresh(fresh, present, spec, wait, change, &route);
	if (!err)
		rtm_route_put(route);
	return err;
}

/**
 * rtm_route_add() - add a route, or update the one with the same key
 * @owner: owning entity
 * @spec: the route; its next-hop set is taken over on success
 * @wait: how long to wait for a user's lock of the destination
 * @change: in: RTM_RC_FIRST, RTM_RC_NEW; out: RTM_RC_NEW, RTM_RC_BEST
 * @routep: out: the route, with a reference for the caller
 *
 * Context: process, may sleep.
 *
 * Return: 0; -ENOMEM, -ENOSPC (too many candidates, or a limit of the owner or the
 * namespace), -EIDRM (the owner went), or what waiting for the lock gave.  On failure
 * nothing has changed.
 */
int rtm_route_add(struct rtm_entity *owner, const struct rtm_route_spec *spec,
		  const struct rtm_wait *wait, u32 *change, struct rtm_route **routep)
{
	struct rtm_route *fresh = rtm_route_new(owner, spec);
	int err;

	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	err = add_fresh(fresh, WHATEVER, spec, wait, change, routep);
	rtm_route_put(fresh);
	return err;
}

/**
 * rtm_route_update() - change a route the caller has
 * @owner: entity that asks; must own it
 * @route: the route
 * @spec: its new content; the prefix must be its destination's; its next-hop set
 *	is taken over on success
 * @wait: how long to wait for a user's lock of the destination
 * @change: out: RTM_RC_BEST or 0
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES for somebody else's route, -EINVAL for another prefix,
 * -ESTALE for a deleted one, -ENOMEM, -ENOSPC, or what waiting for the lock gave.
 */
int rtm_route_update(struct rtm_entity *owner, struct rtm_route *route,
		     const struct rtm_route_spec *spec, const struct rtm_wait *wait, u32 *change)
{
	struct rtm_dest *dest = route->dest;
	struct rtm_nhset *old = NULL;
	struct rtm_section s;
	struct rtm_prefix p;
	int err;

	if (rtm_route_owner(route) != owner)
		return -EACCES;
	rtm_dest_prefix(dest, &p);
	if (rtm_prefix_cmp(&p, &spec->prefix))
		return -EINVAL;
	err = get_extras(route, spec);
	if (!err)
		err = rtm_section_begin(&s, dest, owner, RTM_LOCK_EXCLUSIVE, wait);
	if (err)
		return err;
	if (rtm_route_live(route))
		*change = commit_update(dest, route, spec, &old);
	else
		err = -ESTALE;
	rtm_section_end(&s);
	if (!err && spec->list)
		rtm_route_list_move(spec->list, route);
	rtm_nhset_put(old);
	return err;
}

/**
 * rtm_route_delete() - take a route out of the table
 * @owner: entity that asks; must own it
 * @route: the route
 * @wait: how long to wait for a user's lock of the destination
 * @change: out: RTM_RC_BEST or 0
 *
 * Context: process, may sleep.
 *
 * Return: 0; -EACCES for somebody else's route, -ESTALE for a deleted one, or what
 * waiting for the lock gave.
 */
int rtm_route_delete(struct rtm_entity *owner, struct rtm_route *route,
		     const struct rtm_wait *wait, u32 *change)
{
	struct rtm_dest *dest = route->dest;
	struct rtm_section s;
	struct rtm_change c;
	u32 was_best;
	int err;

	if (rtm_route_owner(route) != owner)
		return -EACCES;
	err = rtm_section_begin(&s, dest, owner, RTM_LOCK_EXCLUSIVE, wait);
	if (err)
		return err;
	if (!rtm_route_live(route)) {
		rtm_section_end(&s);
		return -ESTALE;
	}
	was_best = rtm_route_best_views(route);
	rtm_commit_begin(dest, &c);
	rtm_commit_remove(dest, rtm_select_place(dest, route), &c);
	*change = rtm_commit_end(dest, was_best, &c) ? RTM_RC_BEST : 0;
	rtm_section_end(&s);
	rtm_route_put(route);
	return 0;
}

/**
 * rtm_route_find() - a route of an entity by its key
 * @owner: owning entity
 * @p: destination
 * @neighbour: neighbour, or NULL
 * @first: whatever its neighbour is
 *
 * Looks at what is committed and waits for nobody's lock.
 *
 * Context: process, may sleep.
 *
 * Return: a reference, or NULL.
 */
struct rtm_route *rtm_route_find(struct rtm_entity *owner, const struct rtm_prefix *p,
				 const struct rtm_nexthop *neighbour, bool first)
{
	struct rtm_dest *dest = rtm_dest_find(owner->table, p);
	struct rtm_route *route;

	if (!dest)
		return NULL;
	rtm_kernel_read_begin(dest);
	route = route_match(dest, owner, neighbour, first);
	if (route)
		rtm_route_hold(route);
	rtm_kernel_read_end(dest);
	rtm_dest_put(dest);
	return route;
}

/**
 * rtm_route_caches_init() - make the slab cache of routes
 *
 * Return: 0 or -ENOMEM.
 */
int rtm_route_caches_init(void)
{
	BUILD_BUG_ON(RTM_N_VIEWS > 8 * sizeof_field(struct rtm_route, views));

	route_cache = KMEM_CACHE(rtm_route, 0);
	return route_cache ? 0 : -ENOMEM;
}

/**
 * rtm_route_caches_exit() - destroy it
 *
 * Context: process; the caller has waited for pending RCU callbacks.
 */
void rtm_route_caches_exit(void)
{
	kmem_cache_destroy(route_cache);
}
