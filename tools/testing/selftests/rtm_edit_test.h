/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Locks of routes and next hops, and what is edited under them.
 *
 * How this file works: as rtm_test.h.
 */
#ifndef RTM_EDIT_TEST_H
#define RTM_EDIT_TEST_H

#include "rtm_test.h"

static inline void lock_object_arg(struct rtm_lock_object *arg, __u64 entity, __u64 object,
				   __u32 flags)
{
	arg_init(arg);
	arg->flags = flags;
	arg->entity = entity;
	arg->object = object;
	arg->deadline = 0;
}

/* LOCK_ROUTE, UNLOCK_ROUTE or LOCK_NEXTHOP. */
static inline int dev_lock_object(int fd, unsigned long cmd, __u64 entity, __u64 object,
				  __u32 flags)
{
	struct rtm_lock_object arg;

	lock_object_arg(&arg, entity, object, flags);
	return dev_call(fd, cmd, &arg);
}

static inline int dev_lock_route(int fd, __u64 entity, __u64 route, __u32 flags)
{
	return dev_lock_object(fd, RTM_IOC_LOCK_ROUTE, entity, route, flags);
}

static inline int dev_unlock_route(int fd, __u64 entity, __u64 route, __u32 flags)
{
	return dev_lock_object(fd, RTM_IOC_UNLOCK_ROUTE, entity, route, flags);
}

static inline int dev_lock_nexthop(int fd, __u64 entity, __u64 nexthop, __u32 flags)
{
	return dev_lock_object(fd, RTM_IOC_LOCK_NEXTHOP, entity, nexthop, flags);
}

static inline void unlock_nexthop_arg(struct rtm_unlock_nexthop *arg, __u64 entity,
				      __u64 nexthop, __u32 flags)
{
	arg_init(arg);
	arg->flags = flags;
	arg->entity = entity;
	arg->nexthop = nexthop;
	arg->cookie = 0;
	arg->remote_dest = 0;
	arg->nexthop_flags = 0;
	arg->commit = 0;
}

/* Without a commit. */
static inline int dev_unlock_nexthop(int fd, __u64 entity, __u64 nexthop, __u32 flags)
{
	struct rtm_unlock_nexthop arg;

	unlock_nexthop_arg(&arg, entity, nexthop, flags);
	return dev_call(fd, RTM_IOC_UNLOCK_NEXTHOP, &arg);
}

static inline void update_route_arg(struct rtm_update_route *arg, __u64 entity, __u64 route,
				    const __u64 *nexthops, __u32 n)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->route = route;
	arg->list = 0;
	arg->attrs = route_attrs(nexthops, n);
}

#endif /* RTM_EDIT_TEST_H */
