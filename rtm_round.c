// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rounds: what concerns all routes of an entity.
 *
 * Two things do.  A next hop leads somewhere else: where it is used, the FIB and the
 * listeners have to follow.  And a daemon that has lost touch, because it was restarted
 * or its peer was, announces all it has between the begin and the end of a *resync*:
 * what it has not announced by then goes, and for all else nothing has happened.
 *
 * A round takes the first route of the owner's list and makes it the last one, as often
 * as there were routes.  Those added meanwhile are behind all that were there, so each of
 * these is met; where others were removed meanwhile, some are met twice.  The owner's
 * rotate_lock keeps a second round from turning the same list.
 *
 * Routes carry the number of the resync in which they were announced last, their *epoch*.
 * A begin counts the owner's epoch up, and so costs nothing.  An end says that all before
 * this epoch are swept, and from then on their routes are over (rtm_reap.c).  A route is
 * given its epoch in an exclusive section of its destination and looked at in such a
 * section, so one that is announced just then is either kept, or gone and new.
 */
#include "rtm_round.h"

#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_fib.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_route.h"

static u64 count_routes(struct rtm_entity *owner)
{
	u64 n;

	spin_lock(&owner->routes_lock);
	n = owner->n_routes;
	spin_unlock(&owner->routes_lock);
	return n;
}

/* The first of the owner's routes, which becomes the last; a reference, or NULL. */
static struct rtm_route *rotate(struct rtm_entity *owner)
{
	struct rtm_route *route;

	spin_lock(&owner->routes_lock);
	route = list_first_entry_or_null(&owner->routes, struct rtm_route, owner_link);
	if (route) {
		list_move_tail(&route->owner_link, &owner->routes);
		rtm_route_hold(route);
	}
	spin_unlock(&owner->routes_lock);
	return route;
}

static void go_round_locked(struct rtm_entity *owner,
			    void (*look)(struct rtm_route *route, void *arg), void *arg)
{
	struct rtm_route *route;
	u64 n;

	lockdep_assert_held(&owner->rotate_lock);
	for (n = count_routes(owner); n; n--) {
		route = rotate(owner);
		if (!route)
			break;
		look(route, arg);
		rtm_route_put(route);
		cond_resched();
	}
}

static void go_round(struct rtm_entity *owner, void (*look)(struct rtm_route *route, void *arg),
		     void *arg)
{
	mutex_lock(&owner->rotate_lock);
	go_round_locked(owner, look, arg);
	mutex_unlock(&owner->rotate_lock);
}

/*
 * Next hops
 */

static bool uses(const struct rtm_route *route, const struct rtm_nexthop *nh)
{
	const struct rtm_nhset *nhs;
	bool found = false;
	unsigned int i;

	rcu_read_lock();
	nhs = rcu_dereference(route->nhs);
	for (i = 0; i < nhs->n && !found; i++)
		found = nhs->nh[i] == nh;
	rcu_read_unlock();
	return found;
}

static void follow_nexthop(struct rtm_route *route, void *nh)
{
	if (!uses(route, nh))
		return;
	WRITE_ONCE(route->moved, true);
	rtm_fib_mark(route->dest);
	rtm_dest_reap(route->dest);
}

/**
 * rtm_nexthop_moved() - a next hop leads somewhere else
 * @nh: the next hop, content changed
 *
 * Where it is used by a best route the FIB and those who listen follow; while a user
 * has the destination locked, the listeners when it is unlocked.
 *
 * Of several callers who wait for a round that has begun before, one goes for all.
 *
 * The wait for others is not given up, not even by a process that is killed: the content
 * has changed, so somebody has to go the round.  It has an end, though: those who go are
 * calls of threads that have the owner's file, each once for a call of its own, in about
 * the order in which they came; and a round waits for nothing but short sections, as
 * many as the owner has routes.
 *
 * Context: process, may sleep; waits for short sections, never for a user.
 */
void rtm_nexthop_moved(struct rtm_nexthop *nh)
{
	u32 version;

	mutex_lock(&nh->owner->rotate_lock);
	/* before the round, see fill_locked() in rtm_nexthop.c */
	version = smp_load_acquire(&nh->version);
	if (nh->told != version) {
		nh->told = version;
		go_round_locked(nh->owner, follow_nexthop, nh);
	}
	mutex_unlock(&nh->owner->rotate_lock);
}

/*
 * Resync
 */

/**
 * rtm_resync_begin() - the owner is going to announce all its routes
 * @owner: the owner
 *
 * Begun once more, it starts over: what has been announced since the begin before has to
 * be announced again.
 *
 * Context: process.
 */
void rtm_resync_begin(struct rtm_entity *owner)
{
	spin_lock(&owner->routes_lock);
	WRITE_ONCE(owner->epoch, owner->epoch + 1);
	owner->resyncing = true;
	spin_unlock(&owner->routes_lock);
}

static void count_unannounced(struct rtm_route *route, void *count)
{
	u64 *n = count;

	if ((s32)(READ_ONCE(rtm_route_owner(route)->epoch) - READ_ONCE(route->epoch)) > 0)
		++*n;
}

static bool is_resyncing(struct rtm_entity *owner)
{
	bool begun;

	spin_lock(&owner->routes_lock);
	begun = owner->resyncing;
	spin_unlock(&owner->routes_lock);
	return begun;
}

static void sweep(struct rtm_route *route, void *unused)
{
	if (rtm_resync_is_over(route))
		rtm_dest_reap(route->dest);
}

/**
 * rtm_resync_end() - all has been announced: what has not goes
 * @owner: the owner
 * @swept: out: routes that go; about so many when some go by themselves meanwhile
 *
 * They are counted first: as soon as they are over whoever comes to their destination
 * takes them away.
 *
 * They have gone on return, but for those whose destination a user has locked: these go
 * when the lock does.
 *
 * Context: process, may sleep; waits for short sections, never for a user.
 *
 * Return: 0, or -ENOENT when no resync has begun since the owner was registered.
 */
int rtm_resync_end(struct rtm_entity *owner, u64 *swept)
{
	bool begun;

	if (!is_resyncing(owner))
		return -ENOENT;
	*swept = 0;
	go_round(owner, count_unannounced, swept);
	spin_lock(&owner->routes_lock);
	begun = owner->resyncing;
	owner->resyncing = false;
	if (begun)
		WRITE_ONCE(owner->swept, owner->epoch);
	spin_unlock(&owner->routes_lock);
	/* another thread was faster */
	if (!begun)
		return -ENOENT;
	go_round(owner, sweep, NULL);
	return 0;
}

/**
 * rtm_resync_forget() - whoever began a resync has gone
 * @owner: the owner, which somebody else registers
 *
 * Nothing is swept until that one begins and ends a resync of its own.
 *
 * Context: process.
 */
void rtm_resync_forget(struct rtm_entity *owner)
{
	spin_lock(&owner->routes_lock);
	owner->resyncing = false;
	spin_unlock(&owner->routes_lock);
}
