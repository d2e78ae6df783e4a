/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every command that has to wait for a locked destination, as a table.
 *
 * How this file works: an actor that has run kit_setup() has handles to fill in the
 * arguments.  All of the commands are about PLACE; INNER is inside of PLACE and OUTER
 * around it, so that searches begin or end at a destination that is locked.
 */
#ifndef RTM_OPS_H
#define RTM_OPS_H

#include <stddef.h>

#include "rtm_actor.h"

#define INNER	"10.1.2.0/24"
#define OUTER	"10.0.0.0/8"

/**
 * struct kit - what an actor has got to work with, at the end of its data
 * @inner: handle of INNER
 * @outer: handle of OUTER
 * @route: its route to PLACE
 * @items: room for a batch
 */
struct kit {
	__u64 inner;
	__u64 outer;
	__u64 route;
	struct rtm_route_item items[3];
};

static inline struct kit *kit_of(struct actor *a)
{
	return (struct kit *)a->box->data;
}

/* (Again) a route to PLACE. */
static inline int kit_restore(struct actor *a)
{
	return dev_route(a->box->fd, a->box->entity, PLACE, 0, 20, &kit_of(a)->route);
}

static inline int kit_setup(struct actor *a)
{
	struct kit *kit = kit_of(a);
	struct box *box = a->box;
	__u64 route;
	int err;

	err = dev_route(box->fd, box->entity, INNER, 0, 1, &route);
	if (!err)
		err = dev_route(box->fd, box->entity, OUTER, 0, 1, &route);
	if (!err)
		err = kit_restore(a);
	kit->inner = dev_dest(box->fd, box->entity, INNER);
	kit->outer = dev_dest(box->fd, box->entity, OUTER);
	return err ? err : kit->inner && kit->outer ? 0 : -ENOENT;
}

/**
 * struct op - a command that touches PLACE
 * @name: for messages
 * @cmd: its number
 * @deadline: offset of its deadline
 * @fill: write its argument
 */
struct op {
	const char *name;
	unsigned long cmd;
	size_t deadline;
	void (*fill)(struct actor *a, void *arg);
};

/*
 * Commands that read
 */

static inline void fill_dest_info(struct actor *a, void *arg)
{
	struct rtm_get_dest *get = arg;

	dest_arg(get, a->box->entity, RTM_PROTO_BEST, 0, NULL, 0);
	get->dest = a->box->dest;
}

static inline void fill_exact(struct actor *a, void *arg)
{
	struct rtm_get_dest *get = arg;

	dest_arg(get, a->box->entity, RTM_PROTO_BEST, 0, NULL, 0);
	get->prefix = prefix(PLACE);
}

static inline void fill_most_specific(struct actor *a, void *arg)
{
	struct rtm_get_dest *get = arg;

	dest_arg(get, a->box->entity, RTM_PROTO_BEST, RTM_V_UCAST,
		 (struct rtm_dest_view *)kit_of(a)->items, 1);
	get->prefix = prefix("10.1.200.1");
}

static inline void fill_less_specific(struct actor *a, void *arg)
{
	struct rtm_get_dest *get = arg;

	dest_arg(get, a->box->entity, RTM_PROTO_THIS, 0, NULL, 0);
	get->dest = kit_of(a)->inner;
}

static inline void fill_route_info(struct actor *a, void *arg)
{
	route_info_arg(arg, a->box->entity, kit_of(a)->route, NULL, 0);
}

static inline void fill_is_best(struct actor *a, void *arg)
{
	struct rtm_is_best_route *is = arg;

	arg_init(is);
	is->flags = 0;
	is->entity = a->box->entity;
	is->route = kit_of(a)->route;
	is->deadline = 0;
	is->pad = 0;
}

static const struct op reads[] = {
	{ "destination by handle", RTM_IOC_GET_DEST_INFO,
	  offsetof(struct rtm_get_dest, deadline), fill_dest_info },
	{ "destination by prefix", RTM_IOC_GET_EXACT_DEST,
	  offsetof(struct rtm_get_dest, deadline), fill_exact },
	{ "longest match", RTM_IOC_GET_MOST_SPECIFIC_DEST,
	  offsetof(struct rtm_get_dest, deadline), fill_most_specific },
	{ "less specific", RTM_IOC_GET_LESS_SPECIFIC_DEST,
	  offsetof(struct rtm_get_dest, deadline), fill_less_specific },
	{ "route", RTM_IOC_GET_ROUTE_INFO,
	  offsetof(struct rtm_get_route_info, deadline), fill_route_info },
	{ "is best", RTM_IOC_IS_BEST_ROUTE,
	  offsetof(struct rtm_is_best_route, deadline), fill_is_best },
};

/*
 * Commands that change
 */

static inline void fill_update(struct actor *a, void *arg)
{
	struct rtm_add_route *add = arg;

	route_arg(add, a->box->entity, PLACE, NULL, 0);
	add->flags = RTM_REQ_NO_HANDLE;
	add->attrs.metric = 30;
}

static inline void fill_update_by_handle(struct actor *a, void *arg)
{
	struct rtm_add_route *add = arg;

	fill_update(a, arg);
	add->route = kit_of(a)->route;
}

static inline void fill_add(struct actor *a, void *arg)
{
	struct rtm_add_route *add = arg;

	fill_update(a, arg);
	add->change = RTM_RC_NEW;
}

static inline void fill_delete(struct actor *a, void *arg)
{
	delete_arg(arg, a->box->entity, kit_of(a)->route);
}

static inline void fill_delete_by_key(struct actor *a, void *arg)
{
	struct rtm_delete_route *delete = arg;

	delete_arg(delete, a->box->entity, 0);
	delete->dest = prefix(PLACE);
}

static inline void fill_item(struct rtm_route_item *item, const char *dest)
{
	memset(item, 0, sizeof(*item));
	item->dest = prefix(dest);
	item->attrs = route_attrs(NULL, 0);
	item->attrs.metric = 40;
	item->status = 1234;
}

static inline void fill_batch(struct actor *a, void *arg)
{
	struct rtm_route_batch *batch = arg;

	arg_init(batch);
	batch->flags = 0;
	batch->entity = a->box->entity;
	batch->items = ptr_u64(kit_of(a)->items);
	batch->count = 1;
	batch->deadline = 0;
	fill_item(&kit_of(a)->items[0], PLACE);
}

static const struct op changes[] = {
	{ "update by key", RTM_IOC_ADD_ROUTE,
	  offsetof(struct rtm_add_route, deadline), fill_update },
	{ "update by handle", RTM_IOC_ADD_ROUTE,
	  offsetof(struct rtm_add_route, deadline), fill_update_by_handle },
	{ "add", RTM_IOC_ADD_ROUTE,
	  offsetof(struct rtm_add_route, deadline), fill_add },
	{ "delete by handle", RTM_IOC_DELETE_ROUTE,
	  offsetof(struct rtm_delete_route, deadline), fill_delete },
	{ "delete by key", RTM_IOC_DELETE_ROUTE,
	  offsetof(struct rtm_delete_route, deadline), fill_delete_by_key },
	{ "add in batch", RTM_IOC_ADD_ROUTES,
	  offsetof(struct rtm_route_batch, deadline), fill_batch },
	{ "delete in batch", RTM_IOC_DELETE_ROUTES,
	  offsetof(struct rtm_route_batch, deadline), fill_batch },
};

static inline void begin_op(struct actor *a, const struct op *op, __u32 flags, __u64 deadline)
{
	__u64 room[ARG_MAX_BYTES / 8];
	struct {
		__u32 size;
		__u32 flags;
	} *head = (void *)room;

	op->fill(a, room);
	head->flags |= flags;
	memcpy((char *)room + op->deadline, &deadline, sizeof(deadline));
	actor_begin(a, op->cmd, room);
}

static inline int run_op(struct actor *a, const struct op *op, __u32 flags, __u64 deadline)
{
	begin_op(a, op, flags, deadline);
	return actor_end(a);
}

#endif /* RTM_OPS_H */
