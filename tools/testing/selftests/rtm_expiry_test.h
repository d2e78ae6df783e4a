/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lifetimes of routes and hold-down.
 *
 * How this file works: as rtm_test.h.
 */
#ifndef RTM_EXPIRY_TEST_H
#define RTM_EXPIRY_TEST_H

#include <poll.h>

#include "rtm_test.h"

static inline void hold_arg(struct rtm_hold_dest *arg, __u64 entity, __u64 dest, __u32 views,
			    __u32 ms)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->dest = dest;
	arg->views = views;
	arg->hold_ms = ms;
	arg->deadline = 0;
}

static inline void resync_arg(struct rtm_resync *arg, __u64 entity)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
}

static inline int dev_begin_resync(int fd, __u64 entity)
{
	struct rtm_resync arg;

	resync_arg(&arg, entity);
	return dev_call(fd, RTM_IOC_BEGIN_RESYNC, &arg);
}

/* How many routes were swept, or a negative errno. */
static inline int dev_end_resync(int fd, __u64 entity)
{
	struct rtm_resync arg;
	int err;

	resync_arg(&arg, entity);
	err = dev_call(fd, RTM_IOC_END_RESYNC, &arg);
	return err ? err : (int)arg.swept;
}

static inline void answer_expiry_arg(struct rtm_answer_expiry *arg, __u64 entity, __u64 route,
				     __u64 context, __u32 stays)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->route = route;
	arg->context = context;
	arg->stays = stays;
	arg->pad = 0;
}

static inline int dev_hold(int fd, __u64 entity, __u64 dest, __u32 views, __u32 ms)
{
	struct rtm_hold_dest arg;

	hold_arg(&arg, entity, dest, views, ms);
	return dev_call(fd, RTM_IOC_HOLD_DEST, &arg);
}

static inline int dev_answer_expiry(int fd, __u64 entity, __u64 route, __u64 context, bool stays)
{
	struct rtm_answer_expiry arg;

	answer_expiry_arg(&arg, entity, route, context, stays);
	return dev_call(fd, RTM_IOC_ANSWER_EXPIRY, &arg);
}

/* A route without next hops that lives for MS. */
static inline int dev_route_for(int fd, __u64 entity, const char *dest, __u32 ms, __u64 *route)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, entity, dest, NULL, 0);
	arg.attrs.ttl_ms = ms;
	err = dev_add_route(fd, &arg);
	if (!err)
		*route = arg.route;
	return err;
}

/* State and time left of a route; the former negative for an error. */
static inline int dev_route_life(int fd, __u64 entity, __u64 route, __u32 *ttl_ms)
{
	struct rtm_get_route_info info;
	int err;

	err = dev_route_info(fd, entity, route, NULL, 0, &info);
	if (err)
		return err;
	*ttl_ms = info.attrs.ttl_ms;
	release_route_info(fd, &info);
	return info.attrs.state;
}

static inline bool route_has_gone(int fd, __u64 entity, __u64 route)
{
	__u32 ttl;

	return dev_route_life(fd, entity, route, &ttl) == RTM_STATE_DELETED;
}

static inline bool has_event(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

#endif /* RTM_EXPIRY_TEST_H */
