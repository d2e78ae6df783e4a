// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: next hops.
 *
 * How this file works: each call fills a request, and stores what came back only
 * after success.
 */
#include <errno.h>

#include "rtm_native.h"

int rtm_nexthop_add(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_nexthop_attrs *attrs,
		    uint64_t *nexthop, uint32_t *change)
{
	struct rtm_nexthop_req req = { .entity = entity, .attrs = *attrs };
	int err;

	if (nexthop)
		req.nexthop = *nexthop;
	if (!nexthop || *nexthop)
		req.flags = RTM_REQ_NO_HANDLE;
	req.attrs.state = 0;
	req.attrs.owner = 0;
	err = rtmi_add_nexthop(&ctx->dev, &req);
	if (err)
		return err;
	if (nexthop && !*nexthop)
		*nexthop = req.nexthop;
	if (change)
		*change = req.change;
	return 0;
}

int rtm_nexthop_find(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *addr,
		     uint32_t ifindex, uint64_t *nexthop)
{
	struct rtm_nexthop_req req = {
		.entity = entity,
		.attrs = { .addr = *addr, .ifindex = ifindex },
	};
	int err;

	err = rtmi_find_nexthop(&ctx->dev, &req);
	if (!err)
		*nexthop = req.nexthop;
	return err;
}

/* To the kernel no handle means a search by key, and the key would be all zero. */
int rtm_nexthop_delete(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop)
{
	struct rtm_nexthop_req req = { .entity = entity, .nexthop = nexthop };

	if (!nexthop)
		return -EBADF;
	return rtmi_delete_nexthop(&ctx->dev, &req);
}

int rtm_nexthop_delete_key(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *addr,
			   uint32_t ifindex)
{
	struct rtm_nexthop_req req = {
		.entity = entity,
		.attrs = { .addr = *addr, .ifindex = ifindex },
	};

	return rtmi_delete_nexthop(&ctx->dev, &req);
}

int rtm_nexthop_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t nexthop,
		     struct rtm_nexthop_attrs *attrs)
{
	struct rtm_nexthop_req req = { .entity = entity, .nexthop = nexthop };
	int err;

	err = rtmi_get_nexthop_info(&ctx->dev, &req);
	if (!err)
		*attrs = req.attrs;
	return err;
}
