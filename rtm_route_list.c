// SPDX-License-Identifier: GPL-2.0-only
/*
 * Route lists.
 *
 * A list has routes of its owner, in the order in which they came.  Each gets a number
 * when it comes and the list is a tree by that number, so that an enumeration can go on
 * behind the last number it saw, whatever has been taken out or put in since.
 *
 * A route is on a list only while it is among its owner's routes (rtm_entity.routes),
 * and both are under the same lock, rtm_entity.routes_lock.  So a list needs no
 * reference to its routes: a route that is deleted leaves it before the table's
 * reference goes.  Likewise a list that ends lets go of its routes first, and none can
 * come back: it is marked as ended before it is emptied.
 */
#include "rtm_route_list.h"

#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "rtm_entity.h"
#include "rtm_route.h"

/* Steps under the lock of an owner before others get their turn. */
#define END_STEPS	64

static struct rtm_route_extra *node_extra(struct rb_node *node)
{
	return rb_entry(node, struct rtm_route_extra, list_node);
}

/* The last place: the rightmost in the tree. */
static void append_locked(struct rtm_route_list *list, struct rtm_route_extra *extra)
{
	struct rb_node **link = &list->routes.rb_node;
	struct rb_node *parent = NULL;

	while (*link) {
		parent = *link;
		link = &parent->rb_right;
	}
	extra->list = list;
	extra->list_seq = ++list->last_seq;
	rb_link_node(&extra->list_node, parent, link);
	rb_insert_color(&extra->list_node, &list->routes);
}

static void remove_locked(struct rtm_route_extra *extra)
{
	rb_erase(&extra->list_node, &extra->list->routes);
	extra->list = NULL;
}

/**
 * rtm_route_list_forget() - a route leaves its owner, and so its list
 * @route: the route; the owner's routes_lock is held
 */
void rtm_route_list_forget(struct rtm_route *route)
{
	struct rtm_route_extra *extra = READ_ONCE(route->extra);

	lockdep_assert_held(&rtm_route_owner(route)->routes_lock);
	if (extra && extra->list)
		remove_locked(extra);
}

static void move_locked(struct rtm_route_list *list, struct rtm_route *route)
{
	/* It has been deleted meanwhile: as if that had come right afterwards. */
	if (list_empty(&route->owner_link))
		return;
	if (list && rtm_object_ended(&list->object))
		list = NULL;
	if (list && route->extra->list == list)
		return;
	rtm_route_list_forget(route);
	if (list)
		append_locked(list, route->extra);
}

/**
 * rtm_route_list_move() - put a route at the end of a list
 * @list: list of its owner; NULL for none.  One that ends meanwhile takes the route in
 *	and lets it go at once
 * @route: the route, which has its extra unless @list is NULL; leaves the list it is
 *	on.  One that is on @list already keeps its place, so that a program which puts
 *	back what it enumerates comes to an end
 *
 * Context: process; takes the owner's routes_lock.
 */
void rtm_route_list_move(struct rtm_route_list *list, struct rtm_route *route)
{
	spin_lock(&rtm_route_owner(route)->routes_lock);
	move_locked(list, route);
	spin_unlock(&rtm_route_owner(route)->routes_lock);
}

/* The first entry behind a place, or NULL. */
static struct rb_node *node_behind(struct rtm_route_list *list, u64 seq)
{
	struct rb_node *node = list->routes.rb_node;
	struct rb_node *found = NULL;

	while (node) {
		if (node_extra(node)->list_seq > seq) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * rtm_route_list_next() - walk a list
 * @list: the list
 * @seq: in: place of the last route seen, 0 to begin; out: that of the one returned
 *
 * Context: process; takes the owner's routes_lock.
 *
 * Return: a reference, or NULL at the end, where @seq stays.
 */
struct rtm_route *rtm_route_list_next(struct rtm_route_list *list, u64 *seq)
{
	struct rtm_entity *owner = list->object.owner;
	struct rtm_route *route = NULL;
	struct rb_node *node;

	spin_lock(&owner->routes_lock);
	node = node_behind(list, *seq);
	if (node) {
		route = node_extra(node)->route;
		rtm_route_hold(route);
		*seq = node_extra(node)->list_seq;
	}
	spin_unlock(&owner->routes_lock);
	return route;
}

/* Let some routes go; false when there is none left. */
static bool empty_some(struct rtm_route_list *list)
{
	struct rtm_entity *owner = list->object.owner;
	struct rb_node *node;
	unsigned int i;

	spin_lock(&owner->routes_lock);
	for (i = 0; i < END_STEPS; i++) {
		node = rb_first(&list->routes);
		if (!node)
			break;
		remove_locked(node_extra(node));
	}
	spin_unlock(&owner->routes_lock);
	return node;
}

static void list_end(struct rtm_object *object)
{
	while (empty_some(rtm_object_list(object)))
		cond_resched();
}

static void list_free(struct rtm_object *object)
{
	kfree(rtm_object_list(object));
}

static const struct rtm_object_ops list_ops = {
	.type = RTM_HANDLE_LIST,
	.end = list_end,
	.free = list_free,
};

/**
 * rtm_route_list_alloc() - an empty list
 * @owner: registration it is for
 *
 * Context: process, may sleep.
 *
 * Return: a list with one reference, to be given back with rtm_object_put(), or NULL.
 */
struct rtm_route_list *rtm_route_list_alloc(struct rtm_entity *owner)
{
	struct rtm_route_list *list = kzalloc(sizeof(*list), RTM_GFP_CLIENT);

	if (!list)
		return NULL;
	list->routes = RB_ROOT;
	rtm_object_init(&list->object, owner, &list_ops);
	return list;
}
