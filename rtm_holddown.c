// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hold-down: destinations whose last route stays visible for a while.
 *
 * A protocol that counts hops marks a destination when it has advertised it.  When the
 * last route of a marked view is deleted, that route, deleted as it is, becomes the
 * view's held-down route: those who want to can see what there was, and advertise it as
 * unreachable.  Selection and FIB do not know of it.
 *
 * All views of a destination share one time, and when that is over all holds end and
 * the marks are forgotten.  A route that comes meanwhile is used at once, and neither
 * that nor its going changes anything about a view that is held already.
 *
 * What a destination needs for this is made with the first mark and stays until the
 * destination goes, so that searches can look at it under RCU alone.
 *
 * A route that its owner alone wants held is charged to the owner as before.  Where
 * somebody else has asked, the namespace pays alone: nobody fills a neighbour's quota.
 *
 * A held route is linked to its owner where routes in the table are, but in another
 * list (rtm_entity.held).  That is how the end of the owner finds it: nothing that an
 * entity brought in outlives it, and a hold without an end has an end after all.
 */
#include "rtm_holddown.h"

#include <linux/bits.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_route.h"
#include "rtm_table.h"

static struct rtm_holddown *timer_holddown(struct rtm_timer *timer)
{
	return container_of(timer, struct rtm_holddown, timer);
}

/* The held routes have references to the destination. */
static void hold_due(struct rtm_timer *timer)
{
	struct rtm_holddown *h = timer_holddown(timer);

	h->over = true;
	rtm_dest_hold(h->dest);
}

static void hold_run(struct rtm_timer *timer)
{
	struct rtm_dest *dest = timer_holddown(timer)->dest;

	rtm_dest_reap(dest);
	rtm_dest_put(dest);
}

static const struct rtm_timer_ops hold_ops = {
	.due = hold_due,
	.run = hold_run,
};

static struct rtm_holddown *holddown_of(const struct rtm_dest *dest)
{
	const struct rtm_dest_extra *extra = rtm_dest_extra(dest);

	return extra ? READ_ONCE(extra->holddown) : NULL;
}

/* Make sure that a destination has what it takes. */
static int holddown_get(struct rtm_dest *dest)
{
	struct rtm_quota *q = &dest->table->rnet->quota;
	struct rtm_holddown *h;
	int err;

	if (holddown_of(dest))
		return 0;
	if (!rtm_dest_extra_get(dest))
		return -ENOMEM;
	err = rtm_quota_take(q, RTM_RES_BYTES, sizeof(*h));
	if (err)
		return err;
	h = kzalloc(sizeof(*h), RTM_GFP_CLIENT);
	if (!h) {
		rtm_quota_give(q, RTM_RES_BYTES, sizeof(*h));
		return -ENOMEM;
	}
	h->dest = dest;
	rtm_timer_init(&h->timer, &hold_ops);
	/* full barrier: whoever sees the pointer sees what is above */
	if (cmpxchg(&dest->extra->holddown, NULL, h)) {
		rtm_quota_give(q, RTM_RES_BYTES, sizeof(*h));
		kfree(h);
	}
	return 0;
}

/**
 * rtm_holddown_uncharge() - a destination that may have been marked goes
 * @dest: the destination, without references
 */
void rtm_holddown_uncharge(const struct rtm_dest *dest)
{
	if (holddown_of(dest))
		rtm_quota_give(&dest->table->rnet->quota, RTM_RES_BYTES,
			       sizeof(struct rtm_holddown));
}

/**
 * rtm_holddown_mark() - hold the last route of some views when it goes
 * @dest: the destination
 * @entity: who asks
 * @views: supported views
 * @ms: milliseconds, or RTM_HOLD_FOREVER, which is more than any other
 * @wait: how long to wait for a user's lock of the destination
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0, -ENOMEM, -ENOSPC over a limit of the namespace, or what waiting for the
 * lock gave.
 */
int rtm_holddown_mark(struct rtm_dest *dest, struct rtm_entity *entity, u32 views, u32 ms,
		      const struct rtm_wait *wait)
{
	struct rtm_holddown *h;
	struct rtm_section s;
	int err;

	err = holddown_get(dest);
	if (!err)
		err = rtm_section_begin(&s, dest, entity, RTM_LOCK_EXCLUSIVE, wait);
	if (err)
		return err;
	h = holddown_of(dest);
	h->asker = !h->marked || h->asker == entity ? entity : NULL;
	h->marked |= views;
	h->hold_ms = max(h->hold_ms, ms);
	rtm_section_end(&s);
	return 0;
}

/**
 * rtm_holddown_views() - views with a held-down route
 * @dest: the destination; in a section, or under RCU for an answer that may be old
 *
 * Return: set of views.
 */
u32 rtm_holddown_views(const struct rtm_dest *dest)
{
	const struct rtm_holddown *h = holddown_of(dest);

	return h ? READ_ONCE(h->held) : 0;
}

/**
 * rtm_holddown_route() - the held-down route of a view
 * @dest: the destination, in a section
 * @view: view number
 *
 * Return: the route, or NULL.
 */
struct rtm_route *rtm_holddown_route(const struct rtm_dest *dest, unsigned int view)
{
	const struct rtm_holddown *h = holddown_of(dest);

	return h ? h->routes[view] : NULL;
}

/**
 * rtm_holddown_info() - describe the hold-down of a destination
 * @dest: the destination, in a section
 * @info: out
 *
 * Context: process, takes the lock of the table's timers.
 */
void rtm_holddown_info(const struct rtm_dest *dest, struct rtm_holddown_info *info)
{
	const struct rtm_holddown *h = holddown_of(dest);

	memset(info, 0, sizeof(*info));
	if (!h)
		return;
	info->held = h->held;
	info->marked = h->marked;
	info->ms = h->hold_ms;
	if (!h->held || h->hold_ms == RTM_HOLD_FOREVER)
		return;
	spin_lock(&dest->table->timers.lock);
	info->ms = rtm_timer_left_ms(&h->timer);
	spin_unlock(&dest->table->timers.lock);
}

/**
 * rtm_holddown_look() - before the best routes of a destination follow a change
 * @dest: the destination, in an exclusive section
 * @best: out: best route of each view before, for rtm_holddown_begin()
 */
void rtm_holddown_look(const struct rtm_dest *dest, struct rtm_route **best)
{
	unsigned int view;

	if (!holddown_of(dest))
		return;
	for (view = 0; view < RTM_N_VIEWS; view++)
		best[view] = rtm_dest_best(dest, view);
}

/* It was deleted, and not because its owner has gone. */
static bool may_hold(const struct rtm_route *route)
{
	return route && route->state == RTM_STATE_DELETED && !READ_ONCE(route->dead);
}

/* Link a deleted route to its owner once more, unless that has gone meanwhile. */
static bool owner_keep(struct rtm_route *route)
{
	struct rtm_entity *owner = rtm_route_owner(route);
	bool open;

	spin_lock(&owner->routes_lock);
	open = !owner->closed;
	if (open && list_empty(&route->owner_link))
		list_add_tail(&route->owner_link, &owner->held);
	spin_unlock(&owner->routes_lock);
	return open;
}

static void owner_release(struct rtm_route *route)
{
	spin_lock(&rtm_route_owner(route)->routes_lock);
	list_del_init(&route->owner_link);
	spin_unlock(&rtm_route_owner(route)->routes_lock);
}

static void start_timer(struct rtm_holddown *h)
{
	struct rtm_timers *timers = &h->dest->table->timers;

	if (h->hold_ms == RTM_HOLD_FOREVER)
		return;
	spin_lock(&timers->lock);
	rtm_timer_set(timers, &h->timer, ktime_get_ns() + (u64)h->hold_ms * NSEC_PER_MSEC);
	spin_unlock(&timers->lock);
}

static bool hold_begins(const struct rtm_dest *dest, unsigned int view,
			struct rtm_route *const *best)
{
	const struct rtm_holddown *h = holddown_of(dest);

	return h->marked & ~h->held & BIT(view) && !rtm_dest_best(dest, view) &&
	       may_hold(best[view]) && owner_keep(best[view]);
}

/**
 * rtm_holddown_begin() - hold what a change took from marked views
 * @dest: the destination, in an exclusive section, best routes up to date; routes that
 *	left it are unlinked from their owners and still allocated
 * @best: from rtm_holddown_look()
 *
 * Context: process, takes the lock of the table's timers.
 *
 * Return: views in which a hold has begun.
 */
u32 rtm_holddown_begin(struct rtm_dest *dest, struct rtm_route *const *best)
{
	struct rtm_holddown *h = holddown_of(dest);
	unsigned int view;
	u32 begun = 0;

	if (!h)
		return 0;
	for (view = 0; view < RTM_N_VIEWS; view++) {
		if (!hold_begins(dest, view, best))
			continue;
		rtm_route_hold(best[view]);
		if (h->asker == rtm_route_owner(best[view]))
			rtm_route_keep_charged(best[view]);
		h->routes[view] = best[view];
		begun |= BIT(view);
	}
	if (begun && !h->held)
		start_timer(h);
	WRITE_ONCE(h->held, h->held | begun);
	return begun;
}

/**
 * rtm_holddown_ending() - views whose hold is to end
 * @dest: the destination, in an exclusive section
 *
 * Return: set of views: all when the time is over, those whose owner has gone before.
 */
u32 rtm_holddown_ending(const struct rtm_dest *dest)
{
	const struct rtm_holddown *h = holddown_of(dest);
	unsigned int view;
	u32 views = 0;

	if (!h || !h->held)
		return 0;
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (h->routes[view] &&
		    (READ_ONCE(h->over) || READ_ONCE(rtm_route_owner(h->routes[view])->closed)))
			views |= BIT(view);
	return views;
}

/* The last hold has ended: whoever wants another has to ask again. */
static void forget(struct rtm_holddown *h)
{
	struct rtm_timers *timers = &h->dest->table->timers;

	h->marked = 0;
	h->hold_ms = 0;
	spin_lock(&timers->lock);
	rtm_timer_cancel(timers, &h->timer);
	h->over = false;
	spin_unlock(&timers->lock);
}

/**
 * rtm_holddown_end() - end the holds of some views
 * @dest: the destination, in an exclusive section
 * @views: from rtm_holddown_ending(), not empty
 * @released: out: a reference for each view, or NULL, to be put outside
 *
 * Context: process, takes the lock of the table's timers.
 */
void rtm_holddown_end(struct rtm_dest *dest, u32 views, struct rtm_route **released)
{
	struct rtm_holddown *h = holddown_of(dest);
	unsigned int view;

	WRITE_ONCE(h->held, h->held & ~views);
	for (view = 0; view < RTM_N_VIEWS; view++) {
		if (!(views & BIT(view)))
			continue;
		released[view] = h->routes[view];
		h->routes[view] = NULL;
		owner_release(released[view]);
		rtm_route_uncharge(released[view]);
	}
	if (!h->held)
		forget(h);
}
