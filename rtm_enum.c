// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enumerations: walks over a table that last as long as their owner likes.
 *
 * There is no snapshot.  An enumeration is a cursor, the key of what was seen last, and
 * each call looks for what comes behind that key.  So it costs the same however large
 * the table is, holds nothing between calls, and a table that changes meanwhile does
 * not confuse it: what is there throughout is seen once, what has gone is not seen, and
 * what appears behind the cursor is.
 *
 * Inside of a destination the key is a route's rank and its place among equals; a route
 * whose rank changes is like one that goes and another that comes.
 *
 * A call works on a copy of the cursor.  It becomes the enumeration's own when what
 * was found has reached the caller.
 */
#include "rtm_enum.h"

#include <linux/slab.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_holddown.h"
#include "rtm_nexthop.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_select.h"
#include "rtm_table.h"

/**
 * rtm_enum_spec_put() - drop the references of a specification
 * @spec: the specification; those it has not are NULL
 *
 * Context: process, may sleep.
 */
void rtm_enum_spec_put(struct rtm_enum_spec *spec)
{
	rtm_match_put(&spec->match);
	if (spec->dest)
		rtm_dest_put(spec->dest);
	if (spec->list)
		rtm_object_put(&spec->list->object);
	spec->dest = NULL;
	spec->list = NULL;
}

static void enum_free(struct rtm_object *object)
{
	struct rtm_enum *e = rtm_object_enum(object);

	rtm_enum_spec_put(&e->spec);
	mutex_destroy(&e->lock);
	kfree(e);
}

static const struct rtm_object_ops enum_ops = {
	.type = RTM_HANDLE_ENUM,
	.free = enum_free,
};

/**
 * rtm_enum_alloc() - an enumeration at its beginning
 * @owner: registration it is for
 * @spec: what is enumerated; its references are taken over on success
 *
 * Context: process, may sleep.
 *
 * Return: an enumeration with one reference, to be given back with rtm_object_put(),
 * or NULL.
 */
struct rtm_enum *rtm_enum_alloc(struct rtm_entity *owner, const struct rtm_enum_spec *spec)
{
	struct rtm_enum *e = kzalloc(sizeof(*e), RTM_GFP_CLIENT);

	if (!e)
		return NULL;
	mutex_init(&e->lock);
	e->spec = *spec;
	e->cursor.at = spec->from;
	rtm_object_init(&e->object, owner, &enum_ops);
	return e;
}

/* The one destination whose routes are wanted, unless they have all been seen. */
static struct rtm_dest *only_dest(struct rtm_enum *e, struct rtm_enum_cursor *c)
{
	if (c->done)
		return NULL;
	rtm_dest_hold(e->spec.dest);
	return e->spec.dest;
}

static bool within(const struct rtm_enum *e, const struct rtm_prefix *p)
{
	return !e->spec.range || rtm_prefix_covers(&e->spec.from, p);
}

/* Some routes of it may have been seen: that is over if it is another one. */
static void arrive(struct rtm_enum_cursor *c, const struct rtm_prefix *p)
{
	if (rtm_prefix_cmp(p, &c->at)) {
		c->inside = false;
		c->held = 0;
	}
	c->at = *p;
	c->done = false;
}

/**
 * rtm_enum_next_dest() - the destination to look at next
 * @e: the enumeration
 * @c: the caller's cursor; comes to the destination returned
 *
 * Context: process, may sleep.
 *
 * Return: a reference, NULL at the end.  It need not be one that is wanted.
 */
struct rtm_dest *rtm_enum_next_dest(struct rtm_enum *e, struct rtm_enum_cursor *c)
{
	struct rtm_dest *dest;
	struct rtm_prefix p;

	if (e->spec.dest)
		return only_dest(e, c);
	dest = rtm_dest_next(e->object.owner->table, &c->at, !c->done);
	if (!dest)
		return NULL;
	rtm_dest_prefix(dest, &p);
	if (!within(e, &p)) {
		rtm_dest_put(dest);
		return NULL;
	}
	arrive(c, &p);
	return dest;
}

/**
 * rtm_enum_pass_dest() - a destination has been dealt with
 * @c: the caller's cursor
 * @dest: from rtm_enum_next_dest()
 */
void rtm_enum_pass_dest(struct rtm_enum_cursor *c, const struct rtm_dest *dest)
{
	rtm_dest_prefix(dest, &c->at);
	c->done = true;
	c->inside = false;
	c->held = 0;
}

static bool owns_best(const struct rtm_entity *owner, struct rtm_dest *dest, u32 views)
{
	struct rtm_route *route;
	unsigned int view;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		route = rtm_dest_best(dest, view);
		if (route && (!views || views & BIT(view)) && rtm_route_owner(route) == owner)
			return true;
	}
	return false;
}

/**
 * rtm_enum_wants_dest() - does an enumeration of destinations report one
 * @e: the enumeration
 * @dest: the destination, in a section
 *
 * Return: whether it does.
 */
bool rtm_enum_wants_dest(struct rtm_enum *e, struct rtm_dest *dest)
{
	if (!rtm_dest_visible(dest, e->spec.views))
		return false;
	return !e->spec.own || owns_best(e->object.owner, dest, e->spec.views);
}

/* Whether @route comes behind those the cursor has seen inside of the destination. */
static bool behind(const struct rtm_enum_cursor *c, const struct rtm_route *route)
{
	if (!c->inside)
		return true;
	if (route->preference != c->preference)
		return route->preference > c->preference;
	if (route->metric != c->metric)
		return route->metric > c->metric;
	return route->seq > c->seq;
}

static bool matches(struct rtm_enum *e, const struct rtm_route *route)
{
	if (e->spec.own && rtm_route_owner(route) != e->object.owner)
		return false;
	return rtm_match_route(&e->spec.match, route);
}

static bool wants_route(struct rtm_enum *e, const struct rtm_route *route)
{
	const struct rtm_enum_spec *spec = &e->spec;

	if (!rtm_route_live(route))
		return false;
	if (spec->views && !(route->views & spec->views))
		return false;
	return matches(e, route);
}

/* A route that is held down in several views is reported with the first of them. */
static bool wants_held(struct rtm_enum *e, const struct rtm_dest *dest, unsigned int view)
{
	const struct rtm_route *route = rtm_holddown_route(dest, view);

	if (!route || !matches(e, route))
		return false;
	while (view--)
		if (rtm_holddown_route(dest, view) == route)
			return false;
	return true;
}

/* Those held down come last; false when there was no room for all of them. */
static bool take_held(struct rtm_enum *e, struct rtm_enum_cursor *c, struct rtm_dest *dest,
		      struct rtm_route **routes, unsigned int *n, unsigned int room)
{
	for (; c->held < RTM_N_VIEWS; c->held++) {
		if (!wants_held(e, dest, c->held))
			continue;
		if (*n == room)
			return false;
		routes[*n] = rtm_holddown_route(dest, c->held);
		rtm_route_hold(routes[(*n)++]);
	}
	return true;
}

static void pass_route(struct rtm_enum_cursor *c, const struct rtm_route *route)
{
	c->inside = true;
	c->preference = route->preference;
	c->metric = route->metric;
	c->seq = route->seq;
}

/**
 * rtm_enum_take_routes() - routes of a destination that are wanted
 * @e: the enumeration
 * @c: the caller's cursor; passes the routes, and the destination when that was all
 * @dest: from rtm_enum_next_dest(), in a section
 * @routes: out: a reference each
 * @room: how many there can be, not 0
 *
 * Return: their number.
 */
unsigned int rtm_enum_take_routes(struct rtm_enum *e, struct rtm_enum_cursor *c,
				  struct rtm_dest *dest, struct rtm_route **routes,
				  unsigned int room)
{
	struct rtm_route *route;
	unsigned int n = 0;

	for (route = dest->routes; route; route = route->next) {
		if (!behind(c, route) || !wants_route(e, route))
			continue;
		if (n == room)
			return n;
		rtm_route_hold(route);
		routes[n++] = route;
		pass_route(c, route);
	}
	if (e->spec.views || take_held(e, c, dest, routes, &n, room))
		rtm_enum_pass_dest(c, dest);
	return n;
}

/**
 * rtm_enum_next_nexthop() - the next hop to report next
 * @e: the enumeration
 * @c: the caller's cursor; passes the one returned
 *
 * Context: process, may sleep, takes the table's lock.
 *
 * Return: a reference, NULL at the end.
 */
struct rtm_nexthop *rtm_enum_next_nexthop(struct rtm_enum *e, struct rtm_enum_cursor *c)
{
	struct rtm_nexthop *nh;

	nh = rtm_nexthop_next(e->object.owner, &c->at, c->ifindex, !c->done);
	if (!nh)
		return NULL;
	if (!within(e, &nh->addr)) {
		rtm_nexthop_put(nh);
		return NULL;
	}
	c->at = nh->addr;
	c->ifindex = nh->ifindex;
	c->done = true;
	return nh;
}

/**
 * rtm_enum_next_listed() - the route of a list to report next
 * @e: the enumeration
 * @c: the caller's cursor; passes the one returned
 *
 * Context: process; takes the owner's routes_lock.
 *
 * Return: a reference, NULL at the end.
 */
struct rtm_route *rtm_enum_next_listed(struct rtm_enum *e, struct rtm_enum_cursor *c)
{
	return rtm_route_list_next(e->spec.list, &c->place);
}
