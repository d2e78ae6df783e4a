// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: enumerations and route lists.
 *
 * How this file works: handles go straight into the caller's array; destinations come
 * as items of the kernel's and are taken apart here.  How large an item is the kernel
 * has said when the enumeration was made, and the caller's struct rtm_enum remembers.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_native.h"

typedef int (*create_fn)(const struct rtmi_device *dev, struct rtm_create_enum *req);
typedef int (*get_fn)(const struct rtmi_device *dev, struct rtm_get_enum *req);

static int create(struct rtm_ctx *ctx, create_fn fn, struct rtm_create_enum *req,
		  const struct rtm_enum_scope *scope, struct rtm_enum *en)
{
	int err;

	req->where = scope->where;
	req->views = scope->views;
	req->own = scope->own;
	if (scope->where != RTM_EN_START)
		req->prefix = scope->prefix;
	err = fn(&ctx->dev, req);
	if (err)
		return err;
	en->handle = req->handle;
	en->item_size = req->item_size;
	return 0;
}

int rtm_enum_dests(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum_scope *scope,
		   uint32_t protocol, struct rtm_enum *en)
{
	struct rtm_create_enum req = { .entity = entity, .protocol = protocol };

	return create(ctx, rtmi_create_dest_enum, &req, scope, en);
}

/* Of one destination there is no place to begin at. */
int rtm_enum_routes(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest,
		    const struct rtm_enum_scope *scope, const struct rtm_route_match *match,
		    struct rtm_enum *en)
{
	struct rtm_create_enum req = { .entity = entity, .dest = dest };
	struct rtm_enum_scope here = *scope;

	if (dest)
		here.where = RTM_EN_START;
	if (match)
		req.match = *match;
	return create(ctx, rtmi_create_route_enum, &req, &here, en);
}

int rtm_enum_nexthops(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum_scope *scope,
		      struct rtm_enum *en)
{
	struct rtm_create_enum req = { .entity = entity };

	return create(ctx, rtmi_create_nexthop_enum, &req, scope, en);
}

int rtm_enum_next_dests(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			struct rtm_dest *dests, unsigned int room, uint64_t deadline)
{
	struct rtm_get_enum req = {
		.entity = entity,
		.handle = en->handle,
		.count = rtmi_room(room),
		.item_size = en->item_size,
	};
	void *items;
	int ret;

	items = rtmi_items_alloc(req.count, req.item_size, &ret);
	if (!items)
		return ret;
	req.items = (uintptr_t)items;
	rtmi_wait(deadline, &req.flags, &req.deadline);
	ret = rtmi_get_enum_dests(&ctx->dev, &req);
	if (!ret)
		ret = rtmi_dests_take(dests, items, req.count, req.item_size);
	free(items);
	return ret;
}

static int next_handles(struct rtm_ctx *ctx, get_fn fn, uint64_t entity,
			const struct rtm_enum *en, uint64_t *handles, unsigned int room,
			uint64_t deadline)
{
	struct rtm_get_enum req = {
		.entity = entity,
		.handle = en->handle,
		.items = (uintptr_t)handles,
		.count = rtmi_room(room),
		.item_size = sizeof(*handles),
	};
	int err;

	rtmi_wait(deadline, &req.flags, &req.deadline);
	err = fn(&ctx->dev, &req);
	return err ? err : (int)req.count;
}

int rtm_enum_next_routes(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			 uint64_t *routes, unsigned int room, uint64_t deadline)
{
	return next_handles(ctx, rtmi_get_enum_routes, entity, en, routes, room, deadline);
}

int rtm_enum_next_nexthops(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
			   uint64_t *nexthops, unsigned int room)
{
	return next_handles(ctx, rtmi_get_enum_nexthops, entity, en, nexthops, room,
			    RTM_FOREVER);
}

int rtm_enum_next_list(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en,
		       uint64_t *routes, unsigned int room)
{
	return next_handles(ctx, rtmi_get_list_enum_routes, entity, en, routes, room,
			    RTM_FOREVER);
}

int rtm_enum_delete(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_enum *en)
{
	struct rtm_object_req req = { .entity = entity, .handle = en->handle };

	return rtmi_delete_enum(&ctx->dev, &req);
}

int rtm_list_create(struct rtm_ctx *ctx, uint64_t entity, uint64_t *list)
{
	struct rtm_object_req req = { .entity = entity };
	int err;

	err = rtmi_create_route_list(&ctx->dev, &req);
	if (!err)
		*list = req.handle;
	return err;
}

int rtm_list_insert(struct rtm_ctx *ctx, uint64_t entity, uint64_t list, const uint64_t *routes,
		    unsigned int count)
{
	struct rtm_insert_in_list req = {
		.entity = entity,
		.list = list,
		.routes = (uintptr_t)routes,
		.count = count,
	};

	return rtmi_insert_in_route_list(&ctx->dev, &req);
}

int rtm_list_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t list)
{
	struct rtm_object_req req = { .entity = entity, .handle = list };

	return rtmi_delete_route_list(&ctx->dev, &req);
}

int rtm_enum_list(struct rtm_ctx *ctx, uint64_t entity, uint64_t list, struct rtm_enum *en)
{
	struct rtm_create_list_enum req = { .entity = entity, .list = list };
	int err;

	err = rtmi_create_route_list_enum(&ctx->dev, &req);
	if (err)
		return err;
	en->handle = req.handle;
	en->item_size = sizeof(uint64_t);
	return 0;
}
