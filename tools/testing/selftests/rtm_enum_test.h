/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arguments of the commands about enumerations and about one route by its properties.
 *
 * How this file works: as rtm_test.h: each fills in all of an argument with what is
 * right, or with 0xcc where the kernel answers.
 */
#ifndef RTM_ENUM_TEST_H
#define RTM_ENUM_TEST_H

#include "rtm_test.h"

/* All there is in the table. */
static inline void enum_arg(struct rtm_create_enum *arg, __u64 entity, __u32 views)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->dest = 0;
	arg->prefix = prefix("0.0.0.0/0");
	arg->where = RTM_EN_START;
	arg->own = 0;
	arg->views = views;
	arg->protocol = 0;
	memset(&arg->match, 0, sizeof(arg->match));
	arg->pad = 0;
}

static inline int dev_create_enum(int fd, unsigned long cmd, struct rtm_create_enum *arg,
				  __u64 *handle)
{
	int err = dev_call(fd, cmd, arg);

	if (!err)
		*handle = arg->handle;
	return err;
}

static inline void list_enum_arg(struct rtm_create_list_enum *arg, __u64 entity, __u64 list)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->list = list;
}

static inline int dev_list_enum(int fd, __u64 entity, __u64 list, __u64 *handle)
{
	struct rtm_create_list_enum arg;
	int err;

	list_enum_arg(&arg, entity, list);
	err = dev_call(fd, RTM_IOC_CREATE_ROUTE_LIST_ENUM, &arg);
	if (!err)
		*handle = arg.handle;
	return err;
}

static inline void get_enum_arg(struct rtm_get_enum *arg, __u64 entity, __u64 handle,
				void *items, __u32 count, __u32 item_size)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->handle = handle;
	arg->items = ptr_u64(items);
	arg->count = count;
	arg->item_size = item_size;
	arg->deadline = 0;
}

/* The number of items, or a negative errno. */
static inline int dev_get_enum(int fd, unsigned long cmd, __u64 entity, __u64 handle,
			       void *items, __u32 count, __u32 item_size)
{
	struct rtm_get_enum arg;
	int err;

	get_enum_arg(&arg, entity, handle, items, count, item_size);
	err = dev_call(fd, cmd, &arg);
	return err ? err : (int)arg.count;
}

/* The best route of a destination, whatever it is like. */
static inline void exact_route_arg(struct rtm_get_exact_route *arg, __u64 entity,
				   const char *text, __u64 *nexthops, __u32 room)
{
	arg_init(arg);
	arg->flags = 0;
	arg->entity = entity;
	arg->prefix = prefix(text);
	memset(&arg->match, 0, sizeof(arg->match));
	arg->views = 0;
	arg->pad = 0;
	arg->attrs.nexthops = ptr_u64(nexthops);
	arg->attrs.n_nexthops = room;
	arg->deadline = 0;
}

/* Drop all the references of a route by its properties, but that of the route. */
static inline __u32 release_exact_route(int fd, const struct rtm_get_exact_route *arg)
{
	const __u64 *nexthops = (const __u64 *)(uintptr_t)arg->attrs.nexthops;
	__u32 bad = 0, i;

	bad += !!dev_release(fd, arg->entity, arg->dest);
	bad += !!dev_release(fd, arg->entity, arg->owner);
	if (arg->attrs.neighbour)
		bad += !!dev_release(fd, arg->entity, arg->attrs.neighbour);
	for (i = 0; i < arg->attrs.n_nexthops; i++)
		bad += !!dev_release(fd, arg->entity, nexthops[i]);
	return bad;
}

#endif /* RTM_ENUM_TEST_H */
