// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reaping: what happens to a destination without a call that names it.
 *
 * These end by themselves: routes whose owner has gone or did not announce them again,
 * routes whose time is over, and holds of either kind.  Each is marked where it comes to
 * an end, and then the kernel takes a turn in the destination, in which all that is
 * marked goes.  A destination that a user has locked keeps it until it is unlocked; then
 * the turn comes before anybody else is granted (rtm_lock.c).
 *
 * One more thing ends nothing: a next hop leads somewhere else, and those who listen to
 * changes of routes that use it are told in the same way.
 */
#include "rtm_reap.h"

#include <linux/list.h>
#include <linux/sched.h>

#include "rtm_change.h"
#include "rtm_commit.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_fib.h"
#include "rtm_holddown.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_round.h"

static bool is_over(const struct rtm_route *route)
{
	return READ_ONCE(route->dead) || rtm_expiry_is_due(route) || rtm_resync_is_over(route);
}

static bool has_over(const struct rtm_dest *dest)
{
	const struct rtm_route *route;

	for (route = dest->routes; route; route = route->next)
		if (is_over(route))
			return true;
	return false;
}

/* Move the routes that are over to @reaped; inside the kernel's own turn. */
static void reap_routes(struct rtm_dest *dest, struct rtm_route **reaped)
{
	struct rtm_route **at = &dest->routes;
	struct rtm_route *route;
	struct rtm_change c;
	u32 was_best = 0;

	if (!has_over(dest))
		return;
	rtm_commit_begin(dest, &c);
	while ((route = *at)) {
		if (!is_over(route)) {
			at = &route->next;
			continue;
		}
		was_best |= rtm_route_best_views(route);
		rtm_commit_remove(dest, at, &c);
		route->next = *reaped;
		*reaped = route;
	}
	rtm_commit_end(dest, was_best, &c);
}

/* Views with a best route that leads somewhere else than when this was asked last. */
static u32 take_moved(struct rtm_dest *dest)
{
	struct rtm_route *route;
	u32 views = 0;

	for (route = dest->routes; route; route = route->next) {
		if (!READ_ONCE(route->moved))
			continue;
		WRITE_ONCE(route->moved, false);
		views |= rtm_route_best_views(route);
	}
	return views;
}

static void tell_moved(struct rtm_dest *dest)
{
	u32 views = take_moved(dest);
	struct rtm_change c;

	if (!views)
		return;
	rtm_commit_begin(dest, &c);
	if (c.active)
		rtm_change_note(&c, views, RTM_CT_BEST | RTM_CT_FORWARDING);
	rtm_commit_end(dest, views, &c);
}

/* After the routes, whose end may have begun a hold, though none that ends here. */
static void reap_holds(struct rtm_dest *dest, struct rtm_route **released)
{
	u32 views = rtm_holddown_ending(dest);
	struct rtm_change c;

	if (!views)
		return;
	rtm_commit_begin(dest, &c);
	rtm_holddown_end(dest, views, released);
	if (c.active)
		rtm_change_note(&c, views, RTM_CT_BEST);
	rtm_commit_end(dest, 0, &c);
}

static void put_all(struct rtm_route *reaped, struct rtm_route **released)
{
	struct rtm_route *route;
	unsigned int view;

	while ((route = reaped)) {
		reaped = route->next;
		rtm_route_put(route);
	}
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (released[view])
			rtm_route_put(released[view]);
}

void rtm_dest_reap(struct rtm_dest *dest)
{
	struct rtm_route *released[RTM_N_VIEWS] = {};
	struct rtm_route *reaped = NULL;

	if (!rtm_kernel_write_begin(dest))
		return;
	reap_routes(dest, &reaped);
	tell_moved(dest);
	reap_holds(dest, released);
	rtm_kernel_write_end(dest);
	put_all(reaped, released);
}

/* The next route a departed owner has in @list, unlinked from it, with a reference. */
static struct rtm_route *purge_next(struct rtm_entity *owner, struct list_head *list)
{
	struct rtm_route *route;

	spin_lock(&owner->routes_lock);
	route = list_first_entry_or_null(list, struct rtm_route, owner_link);
	if (route) {
		list_del_init(&route->owner_link);
		rtm_route_list_forget(route);
		if (list == &owner->routes)
			owner->n_routes--;
		rtm_route_hold(route);
	}
	spin_unlock(&owner->routes_lock);
	return route;
}

static void purge_table(struct rtm_entity *owner)
{
	struct rtm_route *route;

	while ((route = purge_next(owner, &owner->routes))) {
		WRITE_ONCE(route->dead, true);
		rtm_fib_mark(route->dest);
		rtm_dest_reap(route->dest);
		rtm_route_put(route);
		cond_resched();
	}
}

/* No hold of a closed owner begins (rtm_holddown.c), and those it has end. */
static void purge_held(struct rtm_entity *owner)
{
	struct rtm_route *route;

	while ((route = purge_next(owner, &owner->held))) {
		rtm_dest_reap(route->dest);
		rtm_route_put(route);
		cond_resched();
	}
}

/**
 * rtm_route_purge() - remove every route of an entity that has gone
 * @owner: the entity, closed: no route can be added or held any more
 *
 * A destination that a user has locked keeps the route until it is unlocked, but
 * the route is dead at once: the FIB writer passes it by.
 *
 * Context: process, may sleep; yields the CPU now and then.
 */
void rtm_route_purge(struct rtm_entity *owner)
{
	purge_table(owner);
	purge_held(owner);
}
