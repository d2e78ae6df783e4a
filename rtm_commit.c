// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commits: the frame of every change to the routes of a destination.
 *
 * Whatever changes among the candidates of a destination, be it a client's call, the
 * end of a lifetime or that of an owner, changes between a begin and an end that are
 * here.  The end makes the rest follow: best routes, hold-down, change time, FIB,
 * listeners.  Nothing of it can fail.
 */
#include "rtm_commit.h"

#include <linux/bits.h>
#include <linux/ktime.h>

#include "rtm_change.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_fib.h"
#include "rtm_holddown.h"
#include "rtm_notify.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_trace.h"

/**
 * rtm_commit_begin() - before the first change
 * @dest: the destination, in an exclusive section
 * @c: memory for rtm_commit_end(), need not be initialised
 *
 * The RCU read section lasts until rtm_commit_end(): see rtm_notify_listening().  Memory
 * for the listeners is taken before it; without it they are told everything anew.
 *
 * Context: process, may sleep here, but not until rtm_commit_end().
 */
void rtm_commit_begin(struct rtm_dest *dest, struct rtm_change *c)
	__acquires(RCU)
{
	c->node = NULL;
	if (rtm_notify_listening(&dest->table->notify) && !READ_ONCE(dest->changes))
		c->node = rtm_change_node_alloc(dest, GFP_KERNEL);
	rcu_read_lock();
	c->active = false;
	if (rtm_notify_listening(&dest->table->notify))
		rtm_change_begin(c, dest);
}

/**
 * rtm_commit_end() - what follows from the changes
 * @dest: the destination; routes that left it are still allocated
 * @was_best: views in which a route that changed was the best one before
 * @c: from rtm_commit_begin()
 *
 * Return: views whose best route is another one now.
 */
u32 rtm_commit_end(struct rtm_dest *dest, u32 was_best, struct rtm_change *c)
	__releases(RCU)
{
	struct rtm_route *best[RTM_N_VIEWS] = {};
	u32 changed, held;

	rtm_holddown_look(dest, best);
	changed = rtm_select_update(dest);
	held = rtm_holddown_begin(dest, best);
	dest->last_changed = ktime_get_real_ns();
	trace_rtm_best_change(dest, changed);
	if ((changed | was_best) & RTM_V_UCAST)
		rtm_fib_mark(dest);
	if (c->active) {
		if (held)
			rtm_change_note(c, held, RTM_CT_BEST);
		rtm_change_end(c, dest);
		rtm_notify_record(dest, c);
	}
	rcu_read_unlock();
	rtm_change_node_free(c->node);
	return changed;
}

/**
 * rtm_commit_insert() - a route joins the candidates
 * @dest: the destination, in a commit
 * @route: its content is complete; the table takes a reference
 * @c: from rtm_commit_begin()
 */
void rtm_commit_insert(struct rtm_dest *dest, struct rtm_route *route, struct rtm_change *c)
{
	if (c->active)
		rtm_change_member(c, route);
	rtm_route_hold(route);
	rtm_select_insert(dest, route);
	WRITE_ONCE(dest->leaf.n_routes, dest->leaf.n_routes + 1);
}

/*
 * Off the owner's list, where the purge may have been first, and off its route list
 * in the same step.
 */
static void owner_unlink(struct rtm_route *route)
{
	struct rtm_entity *owner = rtm_route_owner(route);

	spin_lock(&owner->routes_lock);
	if (!list_empty(&route->owner_link)) {
		list_del_init(&route->owner_link);
		rtm_route_list_forget(route);
		owner->n_routes--;
	}
	spin_unlock(&owner->routes_lock);
}

/**
 * rtm_commit_remove() - a route leaves the table
 * @dest: the destination, in a commit
 * @at: rtm_select_place() of one of its routes; the table's reference is the caller's now,
 *	to be put after the section
 * @c: from rtm_commit_begin()
 */
void rtm_commit_remove(struct rtm_dest *dest, struct rtm_route **at, struct rtm_change *c)
{
	struct rtm_route *route = *at;

	if (c->active)
		rtm_change_member(c, route);
	rtm_expiry_set(route, 0);
	owner_unlink(route);
	WRITE_ONCE(route->state, RTM_STATE_DELETED);
	rtm_select_remove(at);
	rtm_route_uncharge(route);
	WRITE_ONCE(dest->leaf.n_routes, dest->leaf.n_routes - 1);
}
