// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: change notification.
 *
 * How this file works: one command each.  What has changed is known to the kernel, and
 * the file of the context is what to wait at, so there is no thread here.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_native.h"

int rtm_notify_register(struct rtm_ctx *ctx, uint64_t entity,
			const struct rtm_notify_scope *scope, struct rtm_notify *notify)
{
	struct rtm_register_notify req = {
		.flags = scope->events ? RTM_REQ_EVENTS : 0,
		.entity = entity,
		.context = scope->context,
		.types = scope->types,
		.views = scope->views,
		.prefix = scope->prefix,
		.protocol = scope->protocol,
	};
	int err;

	err = rtmi_register_notify(&ctx->dev, &req);
	if (err)
		return err;
	notify->handle = req.notify;
	notify->item_size = req.item_size;
	return 0;
}

int rtm_notify_deregister(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify)
{
	struct rtm_deregister_notify req = { .entity = entity, .notify = notify->handle };

	return rtmi_deregister_notify(&ctx->dev, &req);
}

int rtm_notify_next(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		    struct rtm_dest *dests, unsigned int room, unsigned int *state,
		    uint64_t deadline)
{
	struct rtm_get_changed req = {
		.entity = entity,
		.notify = notify->handle,
		.count = rtmi_room(room),
		.item_size = notify->item_size,
	};
	void *items;
	int ret;

	items = rtmi_items_alloc(req.count, req.item_size, &ret);
	if (!items)
		return ret;
	req.items = (uintptr_t)items;
	rtmi_wait(deadline, &req.flags, &req.deadline);
	ret = rtmi_get_changed_dests(&ctx->dev, &req);
	if (!ret) {
		ret = rtmi_dests_take(dests, items, req.count, req.item_size);
		if (state)
			*state = req.state;
	}
	free(items);
	return ret;
}

int rtm_notify_ignore(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		      const uint64_t *dests, unsigned int count)
{
	struct rtm_ignore_changed req = {
		.entity = entity,
		.notify = notify->handle,
		.dests = (uintptr_t)dests,
		.count = count,
	};

	return rtmi_ignore_changed_dests(&ctx->dev, &req);
}

int rtm_notify_is_pending(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
			  uint64_t dest)
{
	struct rtm_notify_dest req = {
		.entity = entity, .notify = notify->handle, .dest = dest,
	};
	int err = rtmi_get_change_status(&ctx->dev, &req);

	return err ? err : !!req.value;
}

int rtm_notify_mark(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
		    uint64_t dest, bool mark)
{
	struct rtm_notify_dest req = {
		.entity = entity, .notify = notify->handle, .dest = dest, .value = mark,
	};

	return rtmi_mark_dest(&ctx->dev, &req);
}

int rtm_notify_is_marked(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_notify *notify,
			 uint64_t dest)
{
	struct rtm_notify_dest req = {
		.entity = entity, .notify = notify->handle, .dest = dest,
	};
	int err = rtmi_is_dest_marked(&ctx->dev, &req);

	return err ? err : !!req.value;
}
