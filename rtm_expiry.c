// SPDX-License-Identifier: GPL-2.0-only
/*
 * Expiry: routes that live for a while, and what their owner says when it is over.
 *
 * At its deadline a route stays as it is, and its owner is asked.  Until the owner
 * says that the route goes, or has said nothing for too long, it can be found, used
 * and changed like any other; a change that gives it a new deadline, or none, settles
 * the question.  An owner that takes no events is not asked.
 *
 * The routes an owner is to be told of are in a list of the owner, and the owner has
 * one event for all of them.  It is told of one at a time, so that the file's other
 * events have their turn, and a route leaves the list when that has reached the reader.
 * Each question has a number, in case the answer comes when the next one has been
 * asked.
 *
 * The deletion itself is the kernel's own turn in the destination (rtm_reap.c): it
 * does not wait for a user who has it locked, but is done when that user lets go.
 *
 * All of this is under the lock of the table's timers, which nests in a destination's
 * section, so that a change of a route and its new deadline are one.
 */
#include "rtm_expiry.h"

#include <linux/ktime.h>
#include <linux/sched.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_limits.h"
#include "rtm_route.h"
#include "rtm_table.h"

/* Steps under the lock of a table's timers before others get their turn. */
#define CLOSE_STEPS	64

static struct rtm_timers *timers_of(const struct rtm_route *route)
{
	return &route->dest->table->timers;
}

static u64 from_now(u32 ms)
{
	return ktime_get_ns() + (u64)ms * NSEC_PER_MSEC;
}

/* The question does not matter any more. */
static void withdraw_locked(struct rtm_route *route)
{
	struct rtm_expiry_owner *owner = &rtm_route_owner(route)->expiry;
	struct rtm_expiry *expiry = &route->extra->expiry;

	if (list_empty(&expiry->ask))
		return;
	list_del_init(&expiry->ask);
	if (list_empty(&owner->expired))
		rtm_event_cancel(&owner->event);
}

static void set_locked(struct rtm_route *route, u32 ttl_ms)
{
	struct rtm_expiry *expiry = &route->extra->expiry;

	withdraw_locked(route);
	if (ttl_ms) {
		expiry->state = RTM_EXPIRY_RUNNING;
		rtm_timer_set(timers_of(route), &expiry->timer, from_now(ttl_ms));
	} else {
		WRITE_ONCE(expiry->state, RTM_EXPIRY_NEVER);
		rtm_timer_cancel(timers_of(route), &expiry->timer);
	}
}

/**
 * rtm_expiry_set() - give a route a new time to live
 * @route: the route, its destination in an exclusive section
 * @ttl_ms: milliseconds from now on, 0 for ever; else the route has its extra
 *
 * Also what comes before a route leaves the table: from then on nothing ends.
 *
 * Context: process, takes the lock of the table's timers.
 */
void rtm_expiry_set(struct rtm_route *route, u32 ttl_ms)
{
	if (!READ_ONCE(route->extra))
		return;
	spin_lock(&timers_of(route)->lock);
	set_locked(route, ttl_ms);
	spin_unlock(&timers_of(route)->lock);
}

/**
 * rtm_expiry_is_due() - is a route to be deleted because its time is over
 * @route: the route; its destination in an exclusive section, or the answer may be old
 *
 * Return: true when it is.
 */
bool rtm_expiry_is_due(const struct rtm_route *route)
{
	const struct rtm_route_extra *extra = READ_ONCE(route->extra);

	return extra && READ_ONCE(extra->expiry.state) == RTM_EXPIRY_DUE;
}

static bool timer_is_set(const struct rtm_expiry *expiry)
{
	return expiry->state == RTM_EXPIRY_RUNNING || expiry->state == RTM_EXPIRY_ASKED;
}

/**
 * rtm_expiry_left_ms() - what is left of the life of a route
 * @route: the route
 *
 * Context: process, takes the lock of the table's timers.
 *
 * Return: milliseconds, 0 for ever; those left for its owner's answer once its time is
 * over, and 1 when it is about to be deleted.
 */
u32 rtm_expiry_left_ms(const struct rtm_route *route)
{
	const struct rtm_route_extra *extra = READ_ONCE(route->extra);
	u32 left = 0;

	if (!extra)
		return 0;
	spin_lock(&timers_of(route)->lock);
	if (timer_is_set(&extra->expiry))
		left = rtm_timer_left_ms(&extra->expiry.timer);
	else if (extra->expiry.state == RTM_EXPIRY_DUE)
		left = 1;
	spin_unlock(&timers_of(route)->lock);
	return left;
}

static void settle_locked(struct rtm_route *route, bool stays)
{
	struct rtm_expiry *expiry = &route->extra->expiry;

	withdraw_locked(route);
	rtm_timer_cancel(timers_of(route), &expiry->timer);
	WRITE_ONCE(expiry->state, stays ? RTM_EXPIRY_NEVER : RTM_EXPIRY_DUE);
}

/**
 * rtm_expiry_answer() - what its owner says about a route whose time is over
 * @route: the route
 * @round: which question this answers
 * @stays: it stays, without an end; else it is deleted
 *
 * Context: process, may sleep, no lock held; never waits for a user.
 *
 * Return: 0, or -ESTALE when the question has been settled otherwise.
 */
int rtm_expiry_answer(struct rtm_route *route, u64 round, bool stays)
{
	const struct rtm_route_extra *extra = READ_ONCE(route->extra);
	int err = -ESTALE;

	if (!extra)
		return -ESTALE;
	spin_lock(&timers_of(route)->lock);
	if (extra->expiry.state == RTM_EXPIRY_ASKED && extra->expiry.round == round) {
		settle_locked(route, stays);
		err = 0;
	}
	spin_unlock(&timers_of(route)->lock);
	if (!err && !stays)
		rtm_dest_reap(route->dest);
	return err;
}

/*
 * Deadlines
 */

static struct rtm_route *timer_route(struct rtm_timer *timer)
{
	return container_of(timer, struct rtm_route_extra, expiry.timer)->route;
}

static void ask_locked(struct rtm_route *route)
{
	struct rtm_expiry_owner *owner = &rtm_route_owner(route)->expiry;
	struct rtm_expiry *expiry = &route->extra->expiry;

	expiry->state = RTM_EXPIRY_ASKED;
	expiry->round++;
	list_add_tail(&expiry->ask, &owner->expired);
	rtm_event_raise(&owner->event);
	rtm_timer_set(timers_of(route), &expiry->timer,
		      from_now(READ_ONCE(rtm_expiry_answer_ms)));
}

/* A timer that is set belongs to a route in the table, which has a reference. */
static void route_due(struct rtm_timer *timer)
{
	struct rtm_route *route = timer_route(timer);
	struct rtm_expiry *expiry = &route->extra->expiry;

	rtm_route_hold(route);
	if (expiry->state == RTM_EXPIRY_RUNNING && rtm_route_owner(route)->expiry.open)
		ask_locked(route);
	else
		settle_locked(route, false);
}

static void route_run(struct rtm_timer *timer)
{
	struct rtm_route *route = timer_route(timer);

	if (rtm_expiry_is_due(route))
		rtm_dest_reap(route->dest);
	rtm_route_put(route);
}

static const struct rtm_timer_ops route_timer_ops = {
	.due = route_due,
	.run = route_run,
};

/**
 * rtm_expiry_init() - a life without an end
 * @expiry: of a route's extra that nobody else has seen
 */
void rtm_expiry_init(struct rtm_expiry *expiry)
{
	rtm_timer_init(&expiry->timer, &route_timer_ops);
	INIT_LIST_HEAD(&expiry->ask);
	expiry->round = 0;
	expiry->state = RTM_EXPIRY_NEVER;
}

/*
 * The owner
 */

static struct rtm_entity *event_entity(struct rtm_event_node *node)
{
	return container_of(node, struct rtm_entity, expiry.event);
}

static void expired_get(struct rtm_event_node *node)
{
	rtm_entity_hold(event_entity(node));
}

static void expired_put(struct rtm_event_node *node)
{
	rtm_entity_put(event_entity(node));
}

/* Say which one is being told; it stays in the list until that has reached the reader. */
static struct rtm_route *tell_next(struct rtm_entity *entity)
{
	struct rtm_timers *timers = &entity->table->timers;
	struct rtm_expiry_owner *owner = &entity->expiry;
	struct rtm_route_extra *extra;
	struct rtm_route *route = NULL;

	spin_lock(&timers->lock);
	extra = list_first_entry_or_null(&owner->expired, struct rtm_route_extra, expiry.ask);
	if (extra) {
		route = extra->route;
		rtm_route_hold(route);
		owner->telling = route;
		owner->round = extra->expiry.round;
	}
	spin_unlock(&timers->lock);
	return route;
}

/* One reader at a time is here: the node is marked as being delivered. */
static int expired_fill(struct rtm_event_node *node, struct rtm_event *event,
			struct rtm_grab *grab)
{
	struct rtm_entity *entity = event_entity(node);
	struct rtm_route *route = tell_next(entity);

	if (!route)
		return -EIDRM;
	event->context = entity->expiry.round;
	return rtm_grab_route(grab, route, &event->object);
}

/*
 * Of an entity whose registration ends nothing can be told any more, and its file may
 * outlive it.
 */
static void expired_done(struct rtm_event_node *node, bool delivered)
{
	struct rtm_entity *entity = event_entity(node);
	struct rtm_timers *timers = &entity->table->timers;
	struct rtm_expiry_owner *owner = &entity->expiry;
	struct rtm_route *route;

	spin_lock(&timers->lock);
	route = owner->telling;
	owner->telling = NULL;
	if (route && delivered && route->extra->expiry.round == owner->round)
		list_del_init(&route->extra->expiry.ask);
	spin_lock(&node->client->event_lock);
	node->delivering = false;
	node->again = false;
	if (!owner->open || !rtm_entity_is_registered(entity) || list_empty(&owner->expired))
		rtm_event_dequeue(node);
	else
		rtm_event_queue(node);
	spin_unlock(&node->client->event_lock);
	spin_unlock(&timers->lock);
	if (route)
		rtm_route_put(route);
}

static const struct rtm_event_ops expired_ops = {
	.type = RTM_EVENT_ROUTE_EXPIRED,
	.get = expired_get,
	.put = expired_put,
	.receiver = event_entity,
	.fill = expired_fill,
	.done = expired_done,
};

/**
 * rtm_expiry_owner_init() - an entity that is not asked
 * @owner: the entity's
 */
void rtm_expiry_owner_init(struct rtm_expiry_owner *owner)
{
	INIT_LIST_HEAD(&owner->expired);
}

/**
 * rtm_expiry_open() - from now on an entity is asked about its routes
 * @entity: an entity that registers and wants events, without any to be told
 * @client: its file
 *
 * Context: process, takes the lock of the table's timers.
 */
void rtm_expiry_open(struct rtm_entity *entity, struct rtm_client *client)
{
	struct rtm_timers *timers = &entity->table->timers;

	spin_lock(&timers->lock);
	rtm_event_init(&entity->expiry.event, client, &expired_ops);
	entity->expiry.open = true;
	spin_unlock(&timers->lock);
}

/* Forget some of the questions; false when there are none. */
static bool forget_some(struct rtm_entity *entity)
{
	struct rtm_timers *timers = &entity->table->timers;
	struct rtm_expiry_owner *owner = &entity->expiry;
	bool more;
	int i;

	spin_lock(&timers->lock);
	if (owner->open)
		rtm_event_cancel(&owner->event);
	owner->open = false;
	for (i = 0; i < CLOSE_STEPS && !list_empty(&owner->expired); i++)
		list_del_init(owner->expired.next);
	more = !list_empty(&owner->expired);
	spin_unlock(&timers->lock);
	return more;
}

/**
 * rtm_expiry_close() - an entity is not asked any more
 * @entity: an entity whose registration ends
 *
 * Its routes whose time is over keep the time for an answer they have; whoever claims
 * an entity that was kept with them can change them until then, but is not asked again.
 *
 * Context: process, may sleep, no lock held.
 */
void rtm_expiry_close(struct rtm_entity *entity)
{
	while (forget_some(entity))
		cond_resched();
}
