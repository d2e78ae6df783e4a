// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: routes and next hops that their owner locks to change them, and routes
 * that have expired.
 *
 * How this file works: one command each.  A native client keeps its own copy of what it
 * changes, so there are no shadows here.
 */
#include "rtm_native.h"

static __u32 mode(bool exclusive)
{
	return exclusive ? RTM_REQ_EXCLUSIVE : 0;
}

int rtm_route_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, bool exclusive,
		   uint64_t deadline)
{
	struct rtm_lock_object req = {
		.flags = mode(exclusive), .entity = entity, .object = route,
	};

	rtmi_wait(deadline, &req.flags, &req.deadline);
	return rtmi_lock_route(&ctx->dev, &req);
}

int rtm_route_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route, bool exclusive)
{
	struct rtm_lock_object req = {
		.flags = mode(exclusive), .entity = entity, .object = route,
	};

	return rtmi_unlock_route(&ctx->dev, &req);
}

int rtm_route_update_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t route,
			    const struct rtm_route_attrs *attrs, uint32_t *change)
{
	struct rtm_update_route req = { .entity = entity, .route = route, .attrs = *attrs };
	int err;

	req.attrs.state = 0;
	err = rtmi_update_route(&ctx->dev, &req);
	if (!err && change)
		*change = req.change;
	return err;
}

int rtm_route_answer_expiry(struct rtm_ctx *ctx, uint64_t entity, uint64_t route,
			    uint64_t context, bool stays)
{
	struct rtm_answer_expiry req = {
		.entity = entity, .route = route, .context = context, .stays = stays,
	};

	return rtmi_answer_expiry(&ctx->dev, &req);
}

int rtm_nexthop_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop, bool exclusive,
		     uint64_t deadline)
{
	struct rtm_lock_object req = {
		.flags = mode(exclusive), .entity = entity, .object = nexthop,
	};

	rtmi_wait(deadline, &req.flags, &req.deadline);
	return rtmi_lock_nexthop(&ctx->dev, &req);
}

int rtm_nexthop_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop, bool exclusive)
{
	struct rtm_unlock_nexthop req = {
		.flags = mode(exclusive), .entity = entity, .nexthop = nexthop,
	};

	return rtmi_unlock_nexthop(&ctx->dev, &req);
}

int rtm_nexthop_update_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop,
			      const struct rtm_nexthop_attrs *attrs)
{
	struct rtm_unlock_nexthop req = {
		.flags = RTM_REQ_EXCLUSIVE,
		.entity = entity,
		.nexthop = nexthop,
		.cookie = attrs->cookie,
		.remote_dest = attrs->remote_dest,
		.nexthop_flags = attrs->flags,
		.commit = 1,
	};

	return rtmi_unlock_nexthop(&ctx->dev, &req);
}

int rtm_resync_begin(struct rtm_ctx *ctx, uint64_t entity)
{
	struct rtm_resync req = { .entity = entity };

	return rtmi_begin_resync(&ctx->dev, &req);
}

int rtm_resync_end(struct rtm_ctx *ctx, uint64_t entity, uint64_t *swept)
{
	struct rtm_resync req = { .entity = entity };
	int err;

	err = rtmi_end_resync(&ctx->dev, &req);
	if (!err && swept)
		*swept = req.swept;
	return err;
}
