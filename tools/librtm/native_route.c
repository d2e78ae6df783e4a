// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: routes, one at a time and in batches.
 *
 * How this file works: each call fills a request, and stores what came back only
 * after success.  A batch goes down in as many pieces as the kernel wants: it takes
 * a limited number at once and stops before a locked destination, which is then the
 * first of the next piece and waited for.
 */
#include <errno.h>

#include "rtm_native.h"

int rtm_route_add(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *dest,
		  const struct rtm_route_attrs *attrs, uint64_t *route, uint32_t *change,
		  uint64_t deadline)
{
	struct rtm_add_route req = { .entity = entity, .dest = *dest, .attrs = *attrs };
	int err;

	if (route)
		req.route = *route;
	if (!route || *route)
		req.flags = RTM_REQ_NO_HANDLE;
	if (change)
		req.change = *change;
	req.attrs.state = 0;
	rtmi_wait(deadline, &req.flags, &req.deadline);
	err = rtmi_add_route(&ctx->dev, &req);
	if (err)
		return err;
	if (route && !*route)
		*route = req.route;
	if (change)
		*change = req.change;
	return 0;
}

static int route_delete(struct rtm_ctx *ctx, struct rtm_delete_route *req, uint32_t *change,
			uint64_t deadline)
{
	int err;

	rtmi_wait(deadline, &req->flags, &req->deadline);
	err = rtmi_delete_route(&ctx->dev, req);
	if (!err && change)
		*change = req->change;
	return err;
}

/* To the kernel no handle means a search by key, and the key would be all zero. */
int rtm_route_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, uint32_t *change,
		     uint64_t deadline)
{
	struct rtm_delete_route req = { .entity = entity, .route = route };

	if (!route)
		return -EBADF;
	return route_delete(ctx, &req, change, deadline);
}

int rtm_route_delete_key(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *dest,
			 uint64_t neighbour, uint32_t *change, uint64_t deadline)
{
	struct rtm_delete_route req = { .entity = entity, .dest = *dest, .neighbour = neighbour };

	return route_delete(ctx, &req, change, deadline);
}

typedef int (*batch_fn)(const struct rtmi_device *dev, struct rtm_route_batch *req);

/* A piece that fails may still have done some: the kernel says how many. */
static int batch(struct rtm_ctx *ctx, batch_fn fn, struct rtm_route_batch *req,
		 struct rtm_route_item *items, size_t count, size_t *done)
{
	size_t total = 0;
	int err = 0;

	while (total < count && !err) {
		size_t left = count - total;

		req->items = (uintptr_t)(items + total);
		req->count = left < RTM_MAX_BATCH ? (__u32)left : RTM_MAX_BATCH;
		req->done = 0;
		err = fn(&ctx->dev, req);
		if (!err && !req->done)
			err = -EIO;
		total += req->done;
	}
	if (done)
		*done = total;
	return err;
}

int rtm_routes_add(struct rtm_ctx *ctx, uint64_t entity, struct rtm_route_item *items,
		   size_t count, size_t *done, uint64_t deadline)
{
	struct rtm_route_batch req = { .entity = entity };

	rtmi_wait(deadline, &req.flags, &req.deadline);
	return batch(ctx, rtmi_add_routes, &req, items, count, done);
}

int rtm_routes_delete(struct rtm_ctx *ctx, uint64_t entity, struct rtm_route_item *items,
		      size_t count, size_t *done, uint64_t deadline)
{
	struct rtm_route_batch req = { .entity = entity };

	rtmi_wait(deadline, &req.flags, &req.deadline);
	return batch(ctx, rtmi_delete_routes, &req, items, count, done);
}

int rtm_route_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle, struct rtm_route *route,
		   uint64_t deadline)
{
	struct rtm_get_route_info req = { .entity = entity, .route = handle };
	uint64_t nexthops[RTM_MAX_NEXTHOPS] = { 0 };
	int err;

	rtm_route_set_nexthops(&req.attrs, nexthops, RTM_MAX_NEXTHOPS);
	rtmi_wait(deadline, &req.flags, &req.deadline);
	err = rtmi_get_route_info(&ctx->dev, &req);
	if (err)
		return err;
	route->dest = req.dest;
	route->owner = req.owner;
	route->prefix = req.prefix;
	route->attrs = req.attrs;
	memcpy(route->nexthops, nexthops, sizeof(nexthops));
	rtm_route_set_nexthops(&route->attrs, route->nexthops, req.attrs.n_nexthops);
	return 0;
}

int rtm_route_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_route *route)
{
	uint64_t handles[3 + RTM_MAX_NEXTHOPS] = {
		route->dest, route->owner, route->attrs.neighbour
	};

	if (route->attrs.n_nexthops > RTM_MAX_NEXTHOPS)
		return -EINVAL;
	memcpy(&handles[3], route->nexthops, route->attrs.n_nexthops * sizeof(handles[0]));
	return rtm_handles_release(ctx, entity, handles, 3 + route->attrs.n_nexthops);
}

int rtm_route_exact(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		    const struct rtm_route_match *match, uint32_t views, uint64_t *handle,
		    struct rtm_route *route, uint64_t deadline)
{
	struct rtm_route found = { .prefix = *prefix };
	struct rtm_get_exact_route req = {
		.flags = handle ? 0 : RTM_REQ_NO_HANDLE,
		.entity = entity,
		.prefix = *prefix,
		.views = views,
	};
	int err;

	if (match)
		req.match = *match;
	rtm_route_set_nexthops(&req.attrs, found.nexthops, RTM_MAX_NEXTHOPS);
	rtmi_wait(deadline, &req.flags, &req.deadline);
	err = rtmi_get_exact_route(&ctx->dev, &req);
	if (err)
		return err;
	if (handle)
		*handle = req.route;
	found.dest = req.dest;
	found.owner = req.owner;
	found.attrs = req.attrs;
	if (!route)
		return rtm_route_release(ctx, entity, &found);
	*route = found;
	rtm_route_set_nexthops(&route->attrs, route->nexthops, req.attrs.n_nexthops);
	return 0;
}

int rtm_route_best_views(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, uint32_t *views,
			 uint64_t deadline)
{
	struct rtm_is_best_route req = { .entity = entity, .route = route };
	int err;

	rtmi_wait(deadline, &req.flags, &req.deadline);
	err = rtmi_is_best_route(&ctx->dev, &req);
	if (!err)
		*views = req.views;
	return err;
}
