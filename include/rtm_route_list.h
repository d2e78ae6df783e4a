/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Route lists: routes that their owner wants to find faster than by a walk.
 */
#ifndef RTM_ROUTE_LIST_H
#define RTM_ROUTE_LIST_H

#include <linux/container_of.h>
#include <linux/rbtree.h>

#include "rtm_object.h"
#include "rtm_types.h"

/**
 * struct rtm_route_list - a route list
 * @object: what it has in common with other objects; its owner owns the routes
 * @routes: routes by place, under the owner's routes_lock
 * @last_seq: place of the route that came last, under the same lock
 */
struct rtm_route_list {
	struct rtm_object object;
	struct rb_root routes;
	u64 last_seq;
};

/**
 * rtm_object_list() - the route list that an object is
 * @object: of type RTM_HANDLE_LIST
 *
 * Return: the list.
 */
static inline struct rtm_route_list *rtm_object_list(struct rtm_object *object)
{
	return container_of(object, struct rtm_route_list, object);
}

struct rtm_route_list *rtm_route_list_alloc(struct rtm_entity *owner);
void rtm_route_list_move(struct rtm_route_list *list, struct rtm_route *route);
void rtm_route_list_forget(struct rtm_route *route);
struct rtm_route *rtm_route_list_next(struct rtm_route_list *list, u64 *seq);

#endif /* RTM_ROUTE_LIST_H */
