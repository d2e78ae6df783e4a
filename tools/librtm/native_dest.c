// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: destinations, their locks and opaque cells.
 *
 * How this file works: the four queries differ in what they search by and are one
 * function otherwise; a struct rtm_dest has room for any set of views.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_native.h"

typedef int (*query_fn)(const struct rtmi_device *dev, struct rtm_get_dest *req);

static int query(struct rtm_ctx *ctx, query_fn fn, const struct rtm_get_dest *what,
		 const struct rtm_dest_query *query, struct rtm_dest *dest)
{
	struct rtm_dest_view views[RTM_DEST_MAX_VIEWS];
	struct rtm_get_dest req = *what;
	int err;

	req.protocol = query->protocol;
	req.views = query->views;
	req.view_infos = (uintptr_t)views;
	req.n_views = RTM_DEST_MAX_VIEWS;
	rtmi_wait(query->deadline, &req.flags, &req.deadline);
	err = fn(&ctx->dev, &req);
	if (err)
		return err;
	dest->handle = req.dest;
	dest->prefix = req.prefix;
	dest->belongs = req.belongs;
	dest->n_views = req.n_views;
	dest->last_changed = req.last_changed;
	memcpy(dest->views, views, req.n_views * sizeof(views[0]));
	return 0;
}

int rtm_dest_info(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		  const struct rtm_dest_query *q, struct rtm_dest *dest)
{
	struct rtm_get_dest req = { .entity = entity, .dest = handle };

	return query(ctx, rtmi_get_dest_info, &req, q, dest);
}

int rtm_dest_exact(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		   const struct rtm_dest_query *q, struct rtm_dest *dest)
{
	struct rtm_get_dest req = { .entity = entity, .prefix = *prefix };

	return query(ctx, rtmi_get_exact_dest, &req, q, dest);
}

int rtm_dest_match(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefix,
		   const struct rtm_dest_query *q, struct rtm_dest *dest)
{
	struct rtm_get_dest req = { .entity = entity, .prefix = *prefix };

	return query(ctx, rtmi_get_most_specific_dest, &req, q, dest);
}

int rtm_dest_parent(struct rtm_ctx *ctx, uint64_t entity, uint64_t handle,
		    const struct rtm_dest_query *q, struct rtm_dest *dest)
{
	struct rtm_get_dest req = { .entity = entity, .dest = handle };

	return query(ctx, rtmi_get_less_specific_dest, &req, q, dest);
}

/* Items of one call: as large as any kernel's. */
#define LOOKUP_ITEMS	32
#define LOOKUP_STRIDE	(sizeof(struct rtm_dest_item) + \
			 RTM_DEST_MAX_VIEWS * sizeof(struct rtm_dest_view))

/**
 * rtmi_dest_from_item() - a destination of an array of the kernel's
 * @item: what the kernel has stored
 * @dest: out: the destination
 */
void rtmi_dest_from_item(const struct rtm_dest_item *item, struct rtm_dest *dest)
{
	dest->handle = item->dest;
	dest->prefix = item->prefix;
	dest->belongs = item->belongs;
	dest->n_views = item->n_views;
	dest->last_changed = item->last_changed;
	memcpy(dest->views, item->views, item->n_views * sizeof(item->views[0]));
}

/**
 * rtmi_items_alloc() - room for destinations of the kernel's
 * @count: how many
 * @item_size: bytes of each, as the caller remembers them
 * @err: out: why there is none: -EINVAL: no room, or that is no size; -ENOMEM
 *
 * Return: zeroed memory, or NULL.
 */
void *rtmi_items_alloc(unsigned int count, uint32_t item_size, int *err)
{
	void *items = NULL;

	*err = -EINVAL;
	if (count && item_size >= sizeof(struct rtm_dest_item) && item_size <= LOOKUP_STRIDE) {
		*err = -ENOMEM;
		items = calloc(count, item_size);
	}
	return items;
}

/**
 * rtmi_dests_take() - destinations of an array of the kernel's
 * @dests: out: array of @count
 * @items: what the kernel has stored
 * @count: how many
 * @item_size: bytes of each
 *
 * Return: @count.
 */
int rtmi_dests_take(struct rtm_dest *dests, const void *items, unsigned int count,
		    uint32_t item_size)
{
	const char *at = items;
	unsigned int i;

	for (i = 0; i < count; i++, at += item_size)
		rtmi_dest_from_item((const void *)at, &dests[i]);
	return (int)count;
}

int rtm_dests_find(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_net_prefix *prefixes,
		   size_t count, bool exact, const struct rtm_dest_query *query,
		   struct rtm_dest *dests, int *status, size_t *done)
{
	struct rtm_get_dests req = {
		.flags = exact ? RTM_REQ_EXACT : 0,
		.entity = entity,
		.item_size = LOOKUP_STRIDE,
		.protocol = query->protocol,
		.views = query->views,
	};
	char *room = calloc(LOOKUP_ITEMS, LOOKUP_STRIDE);
	uint32_t i;
	int err = 0;

	*done = 0;
	if (!room)
		return -ENOMEM;
	rtmi_wait(query->deadline, &req.flags, &req.deadline);
	req.items = (uintptr_t)room;
	for (; *done < count; *done += req.count) {
		req.prefixes = (uintptr_t)(prefixes + *done);
		req.count = LOOKUP_ITEMS;
		if (count - *done < LOOKUP_ITEMS)
			req.count = (__u32)(count - *done);
		err = rtmi_get_dests(&ctx->dev, &req);
		if (err)
			break;
		for (i = 0; i < req.count; i++) {
			const struct rtm_dest_item *item = (void *)(room + i * LOOKUP_STRIDE);

			rtmi_dest_from_item(item, &dests[*done + i]);
			if (status)
				status[*done + i] = item->status;
		}
	}
	free(room);
	return err;
}

int rtm_dest_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_dest *dest)
{
	uint64_t handles[1 + 3 * RTM_DEST_MAX_VIEWS];
	size_t count = 0;
	uint32_t i;

	if (dest->n_views > RTM_DEST_MAX_VIEWS)
		return -EINVAL;
	handles[count++] = dest->handle;
	for (i = 0; i < dest->n_views; i++) {
		handles[count++] = dest->views[i].route;
		handles[count++] = dest->views[i].owner;
		handles[count++] = dest->views[i].hold_route;
	}
	return rtm_handles_release(ctx, entity, handles, count);
}

int rtm_dests_release(struct rtm_ctx *ctx, uint64_t entity, const struct rtm_dest *dests,
		      size_t count)
{
	int first = 0, err;
	size_t i;

	for (i = 0; i < count; i++) {
		err = rtm_dest_release(ctx, entity, &dests[i]);
		if (!first)
			first = err;
	}
	return first;
}

int rtm_dest_hold(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint32_t views,
		  uint32_t hold_ms, uint64_t deadline)
{
	struct rtm_hold_dest req = {
		.entity = entity, .dest = dest, .views = views, .hold_ms = hold_ms,
	};

	rtmi_wait(deadline, &req.flags, &req.deadline);
	return rtmi_hold_dest(&ctx->dev, &req);
}

int rtm_dest_lock(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, bool exclusive,
		  uint64_t deadline)
{
	struct rtm_lock_dest req = { .entity = entity, .dest = dest };

	if (exclusive)
		req.flags = RTM_REQ_EXCLUSIVE;
	rtmi_wait(deadline, &req.flags, &req.deadline);
	return rtmi_lock_dest(&ctx->dev, &req);
}

int rtm_dest_unlock(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, bool exclusive)
{
	struct rtm_lock_dest req = { .entity = entity, .dest = dest };

	if (exclusive)
		req.flags = RTM_REQ_EXCLUSIVE;
	return rtmi_unlock_dest(&ctx->dev, &req);
}

int rtm_dest_break_lock(struct rtm_ctx *ctx, unsigned int instance,
			const struct rtm_net_prefix *prefix, unsigned int *broken)
{
	struct rtm_break_dest_lock req = { .prefix = *prefix, .instance = (__u16)instance };
	int err;

	if (instance > UINT16_MAX)
		return -EINVAL;
	err = rtmi_break_dest_lock(&ctx->dev, &req);
	if (!err && broken)
		*broken = req.broken;
	return err;
}

int rtm_dest_get_opaque(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint64_t *value)
{
	struct rtm_opaque req = { .entity = entity, .dest = dest };
	int err;

	err = rtmi_get_opaque(&ctx->dev, &req);
	if (!err)
		*value = req.value;
	return err;
}

int rtm_dest_set_opaque(struct rtm_ctx *ctx, uint64_t entity, uint64_t dest, uint64_t value)
{
	struct rtm_opaque req = { .entity = entity, .dest = dest, .value = value };

	return rtmi_set_opaque(&ctx->dev, &req);
}
