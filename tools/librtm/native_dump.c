// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <librtm.h>: iterators over the kernel's records.
 *
 * How this file works: one buffer full of records at a time, taken apart by the
 * size that each record begins with.  A record that says it is longer than what is
 * left, or too short for what this library knows, is not believed: a program must
 * not read past the buffer because a kernel erred.
 */
#include <errno.h>
#include <stdlib.h>

#include "rtm_native.h"

#define BUF_SIZE	65536

/* Lengths of the first ABI's records: what a program may rely on. */
static const struct dump_kind {
	int (*fn)(const struct rtmi_device *dev, struct rtm_dump *req);
	size_t min;
} kinds[] = {
	[RTM_DUMP_KIND_ENTITIES] = { rtmi_dump_entities, sizeof(struct rtm_entity_rec) },
	[RTM_DUMP_KIND_NEXTHOPS] = { rtmi_dump_nexthops, sizeof(struct rtm_nexthop_rec) },
	[RTM_DUMP_KIND_DESTS] = { rtmi_dump_dests, sizeof(struct rtm_dest_rec) },
	[RTM_DUMP_KIND_ROUTES] = { rtmi_dump_routes, sizeof(struct rtm_route_rec) },
	[RTM_DUMP_KIND_LOCKS] = { rtmi_dump_locks, sizeof(struct rtm_lock_rec) },
	[RTM_DUMP_KIND_NOTIFIES] = { rtmi_dump_notifies, sizeof(struct rtm_notify_rec) },
};

/**
 * struct rtm_iter - a dump under way
 * @ctx: context
 * @kind: what is dumped
 * @req: request, whose cursor says where to go on
 * @pos: next record in @buf
 * @end: end of the records in @buf
 * @last: there is nothing after @buf
 * @buf: records
 */
struct rtm_iter {
	struct rtm_ctx *ctx;
	const struct dump_kind *kind;
	struct rtm_dump req;
	size_t pos;
	size_t end;
	bool last;
	__u64 buf[BUF_SIZE / sizeof(__u64)];
};

int rtm_iter_new(struct rtm_ctx *ctx, enum rtm_dump_kind kind,
		 const struct rtm_dump_filter *filter, struct rtm_iter **iter)
{
	struct rtm_iter *new;

	if ((size_t)kind >= RTMI_ARRAY_SIZE(kinds))
		return -EINVAL;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->ctx = ctx;
	new->kind = &kinds[kind];
	new->req = (struct rtm_dump){
		.flags = filter->flags,
		.prefix = filter->prefix,
		.instance = filter->instance,
	};
	new->pos = 0;
	new->end = 0;
	new->last = false;
	*iter = new;
	return 0;
}

static int iter_fill(struct rtm_iter *iter)
{
	int err;

	iter->req.buf = (uintptr_t)iter->buf;
	iter->req.buf_size = sizeof(iter->buf);
	err = iter->kind->fn(&iter->ctx->dev, &iter->req);
	if (err)
		return err;
	if (iter->req.buf_size > sizeof(iter->buf))
		return -EBADMSG;
	iter->pos = 0;
	iter->end = iter->req.buf_size;
	iter->last = !iter->req.more;
	return 0;
}

/* Next hops of a route follow it in the same record. */
static bool record_valid(const struct rtm_iter *iter, const void *rec, __u32 size)
{
	const struct rtm_route_rec *route = rec;

	if (size < iter->kind->min || size > iter->end - iter->pos || size % sizeof(__u64))
		return false;
	if (iter->kind != &kinds[RTM_DUMP_KIND_ROUTES])
		return true;
	return route->n_nexthops <= (size - sizeof(*route)) / sizeof(route->nexthops[0]);
}

/* Each record begins with its size, whatever its kind. */
int rtm_iter_next(struct rtm_iter *iter, const void **rec)
{
	const __u32 *size;
	int err;

	while (iter->pos == iter->end) {
		if (iter->last)
			return 0;
		err = iter_fill(iter);
		if (err)
			return err;
	}
	size = (const __u32 *)((const char *)iter->buf + iter->pos);
	if (iter->end - iter->pos < sizeof(__u64) || !record_valid(iter, size, *size))
		return -EBADMSG;
	iter->pos += *size;
	*rec = size;
	return 1;
}

void rtm_iter_free(struct rtm_iter *iter)
{
	free(iter);
}
