// SPDX-License-Identifier: GPL-2.0-only
/*
 * What queries, enumerations and notifications say about destinations and routes.
 *
 * It is collected in one section, with references to everything it names, so it is
 * true at one moment; handles are made and user memory is touched after the section
 * has ended.
 */
#include "rtm_client.h"
#include "rtm_view.h"

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/sockptr.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_handle.h"
#include "rtm_holddown.h"
#include "rtm_ioctl.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_route.h"
#include "rtm_select.h"

static u8 route_state(const struct rtm_route *route)
{
	if (route->state == RTM_STATE_CREATED && READ_ONCE(route->dead))
		return RTM_STATE_DELETING;
	return route->state;
}

/**
 * rtm_route_view_collect() - look at a route
 * @view: out: what it says
 * @route: the route, its destination in a section
 */
void rtm_route_view_collect(struct rtm_route_view *view, struct rtm_route *route)
{
	struct rtm_nhset *nhs = rcu_dereference_protected(route->nhs, true);

	memset(view, 0, sizeof(*view));
	view->neighbour = nhs->neighbour;
	if (view->neighbour)
		rtm_nexthop_hold(view->neighbour);
	refcount_inc(&nhs->refs);
	view->nhs = nhs;
	view->attrs.cookie = route->cookie;
	view->attrs.n_nexthops = nhs->n;
	view->attrs.metric = route->metric;
	view->attrs.preference = route->preference;
	view->attrs.views = route->views;
	view->attrs.flags = route->flags;
	view->attrs.flags1 = route->flags1;
	view->attrs.state = route_state(route);
	view->attrs.mtu = nhs->mtu;
	memcpy(view->attrs.src, nhs->src, sizeof(view->attrs.src));
	view->attrs.ttl_ms = rtm_expiry_left_ms(route);
}

static int store_nexthops(struct rtm_grab *grab, struct rtm_nhset *nhs, u64 at)
{
	u64 ids[RTM_MAX_NEXTHOPS];
	unsigned int i;
	int err;

	for (i = 0; i < nhs->n; i++) {
		err = rtm_grab_nexthop(grab, nhs->nh[i], &ids[i]);
		if (err)
			return err;
	}
	return copy_to_sockptr(rtm_client_ptr(grab->client, at), ids, nhs->n * sizeof(ids[0])) ?
	       -EFAULT : 0;
}

/**
 * rtm_route_view_store() - turn what was collected into a reply
 * @view: from rtm_route_view_collect()
 * @route: the route
 * @grab: the reply's handles, to be undone by the caller on failure
 * @attrs: in: where the handles of next hops go, there is room for all; out: the route
 * @dest: out: handle of its destination
 * @owner: out: handle of its owner
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: as rtm_grab_entity(), or -EFAULT.
 */
int rtm_route_view_store(struct rtm_route_view *view, struct rtm_route *route,
			 struct rtm_grab *grab, struct rtm_route_attrs *attrs, u64 *dest,
			 u64 *owner)
{
	u64 nexthops = attrs->nexthops;
	int err;

	*attrs = view->attrs;
	attrs->nexthops = nexthops;
	err = rtm_grab_dest(grab, route->dest, dest);
	if (!err)
		err = rtm_grab_entity(grab, rtm_route_owner(route), owner);
	if (!err)
		err = rtm_grab_nexthop(grab, view->neighbour, &attrs->neighbour);
	if (!err)
		err = store_nexthops(grab, view->nhs, nexthops);
	return err;
}

/**
 * rtm_route_view_put() - drop the references of a view
 * @view: from rtm_route_view_collect()
 *
 * Context: process, may sleep.
 */
void rtm_route_view_put(struct rtm_route_view *view)
{
	if (view->neighbour)
		rtm_nexthop_put(view->neighbour);
	rtm_nhset_put(view->nhs);
}

static bool reported(const struct rtm_route *route, unsigned int view, u32 protocol)
{
	return rtm_route_live(route) && route->views & BIT(view) &&
	       rtm_route_owner(route)->id.protocol == protocol;
}

static struct rtm_route *best_of_protocol(struct rtm_dest *dest, unsigned int view, u32 protocol)
{
	struct rtm_route *route;

	if (protocol == RTM_PROTO_BEST)
		return rtm_dest_best(dest, view);
	for (route = dest->routes; route; route = route->next)
		if (reported(route, view, protocol))
			return route;
	return NULL;
}

static u32 count_routes(struct rtm_dest *dest, unsigned int view)
{
	struct rtm_route *route;
	u32 n = 0;

	for (route = dest->routes; route; route = route->next)
		n += rtm_route_live(route) && route->views & BIT(view);
	return n;
}

static void collect_view(struct rtm_dest *dest, unsigned int view, u32 protocol,
			 struct rtm_dest_views *dv)
{
	struct rtm_route *route = best_of_protocol(dest, view, protocol);
	struct rtm_dest_view *block = &dv->blocks[dv->n];

	block->view = view;
	block->n_routes = count_routes(dest, view);
	if (route) {
		rtm_route_hold(route);
		block->flags = route->flags;
	}
	dv->held[dv->n] = rtm_holddown_route(dest, view);
	if (dv->held[dv->n])
		rtm_route_hold(dv->held[dv->n]);
	dv->routes[dv->n++] = route;
}

/**
 * rtm_dest_views_collect() - look at a destination
 * @dv: out: what it says
 * @dest: the destination, in a section
 * @views: supported views to report
 * @protocol: whose best route to report, or RTM_PROTO_BEST
 */
void rtm_dest_views_collect(struct rtm_dest_views *dv, struct rtm_dest *dest, u32 views,
			    u32 protocol)
{
	unsigned int view;

	memset(dv, 0, sizeof(*dv));
	dv->belongs = dest->leaf.views;
	dv->last_changed = dest->last_changed;
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (views & BIT(view))
			collect_view(dest, view, protocol, dv);
}

/**
 * rtm_dest_views_put() - drop the references
 * @dv: from rtm_dest_views_collect()
 *
 * Context: process, may sleep.
 */
void rtm_dest_views_put(struct rtm_dest_views *dv)
{
	while (dv->n--) {
		if (dv->routes[dv->n])
			rtm_route_put(dv->routes[dv->n]);
		if (dv->held[dv->n])
			rtm_route_put(dv->held[dv->n]);
	}
}

static int grab_block(struct rtm_dest_views *dv, unsigned int i, struct rtm_grab *grab)
{
	struct rtm_dest_view *block = &dv->blocks[i];
	int err = 0;

	if (dv->routes[i])
		err = rtm_grab_route(grab, dv->routes[i], &block->route);
	if (!err && dv->routes[i])
		err = rtm_grab_entity(grab, rtm_route_owner(dv->routes[i]), &block->owner);
	if (!err && dv->held[i])
		err = rtm_grab_route(grab, dv->held[i], &block->hold_route);
	return err;
}

/**
 * rtm_dest_views_grab() - give out a handle for every route and owner
 * @dv: from rtm_dest_views_collect(); its blocks get the handles
 * @grab: the reply's handles, to be undone by the caller on failure
 *
 * Context: process, may sleep.
 *
 * Return: as rtm_grab_entity().
 */
int rtm_dest_views_grab(struct rtm_dest_views *dv, struct rtm_grab *grab)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < dv->n && !err; i++)
		err = grab_block(dv, i, grab);
	return err;
}

/**
 * rtm_dest_item_store() - store what a destination says in an array of the caller's
 * @user: where in the caller's memory; rtm_dest_item_size() bytes
 * @dest: the destination
 * @dv: from rtm_dest_views_collect(); its blocks get the handles
 * @grab: the reply's handles, to be undone by the caller on failure; needs room for
 *	RTM_DEST_ITEM_HANDLES more
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: as rtm_grab_entity(), or -EFAULT.
 */
int rtm_dest_item_store(sockptr_t user, struct rtm_dest *dest,
			struct rtm_dest_views *dv, struct rtm_grab *grab)
{
	struct rtm_dest_item item = {
		.size = rtm_dest_item_size(dv->n),
		.n_views = dv->n,
		.last_changed = dv->last_changed,
		.belongs = dv->belongs,
	};
	int err;

	rtm_dest_prefix_to_user(&item.prefix, dest);
	err = rtm_grab_dest(grab, dest, &item.dest);
	if (!err)
		err = rtm_dest_views_grab(dv, grab);
	if (err)
		return err;
	if (copy_to_sockptr(user, &item, sizeof(item)) ||
	    copy_to_sockptr_offset(user, sizeof(item), dv->blocks, dv->n * sizeof(dv->blocks[0])))
		return -EFAULT;
	return 0;
}
