// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks over what the kernel has, record by record.
 *
 * How this file works: one buffer is filled by the kernel, its records are handed
 * to a callback, and the same request continues where it stopped; memory does not
 * grow with the table.  Records begin with their size, so that a younger kernel may
 * have longer ones; a record shorter than what we read of it would be an error of the
 * kernel and ends the walk.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "device.h"
#include "dump.h"
#include "print.h"

#define BUF_SIZE (256 * 1024)

static size_t least_size(unsigned int cmd)
{
	switch (cmd) {
	case RTM_IOC_DUMP_ENTITIES:
		return sizeof(struct rtm_entity_rec);
	case RTM_IOC_DUMP_NEXTHOPS:
		return sizeof(struct rtm_nexthop_rec);
	case RTM_IOC_DUMP_DESTS:
		return sizeof(struct rtm_dest_rec);
	case RTM_IOC_DUMP_ROUTES:
		return sizeof(struct rtm_route_rec);
	case RTM_IOC_DUMP_NOTIFIES:
		return sizeof(struct rtm_notify_rec);
	default:
		return sizeof(struct rtm_lock_rec);
	}
}

static bool is_whole(unsigned int cmd, const void *rec, uint32_t size)
{
	const struct rtm_route_rec *route = rec;

	if (size < least_size(cmd))
		return false;
	return cmd != RTM_IOC_DUMP_ROUTES ||
	       (size - sizeof(*route)) / sizeof(route->nexthops[0]) >= route->n_nexthops;
}

static int each_record(unsigned int cmd, const char *buf, uint32_t bytes, dump_fn fn, void *ctx)
{
	uint32_t at, size;
	int ret;

	for (at = 0; at < bytes; at += size) {
		if (bytes - at < sizeof(size))
			return -EPROTO;
		memcpy(&size, buf + at, sizeof(size));
		if (size % 8 || size > bytes - at || !is_whole(cmd, buf + at, size))
			return -EPROTO;
		ret = fn(buf + at, ctx);
		if (ret)
			return ret;
	}
	return 0;
}

static int walk(unsigned int cmd, struct rtm_dump *req, dump_fn fn, void *ctx)
{
	char *buf = xcalloc(1, BUF_SIZE);
	int ret;

	req->buf = (uintptr_t)buf;
	do {
		req->buf_size = BUF_SIZE;
		ret = dev_call(DEV_LOOK, cmd, req);
		if (!ret)
			ret = each_record(cmd, buf, req->buf_size, fn, ctx);
	} while (!ret && req->more);
	free(buf);
	return ret;
}

/* One family.  Status, or what @fn ended the walk with. */
int dump_each(unsigned int cmd, int family, const struct dump_scope *scope, dump_fn fn, void *ctx)
{
	struct rtm_dump req = { .size = sizeof(req) };
	int ret;

	if (scope) {
		req.flags = scope->flags;
		req.prefix = scope->prefix;
		req.instance = scope->instance;
	}
	req.prefix.family = family;
	ret = dev_open(DEV_LOOK);
	if (ret)
		return ret;
	ret = walk(cmd, &req, fn, ctx);
	return ret < 0 ? cannot(cmd, ret, "cannot read the tables") : ret;
}

static bool family_wanted(int family, const struct dump_scope *scope)
{
	if (opts.family && opts.family != family)
		return false;
	return !scope || !scope->prefix.family || scope->prefix.family == family;
}

/* Each family the user asks for, or the prefix has.  As dump_each(). */
int dump_families(unsigned int cmd, const struct dump_scope *scope, dump_fn fn, void *ctx)
{
	static const int families[] = { AF_INET, AF_INET6 };
	int ret = STATUS_OK;
	size_t i;

	for (i = 0; !ret && i < ARRAY_SIZE(families); i++) {
		if (family_wanted(families[i], scope))
			ret = dump_each(cmd, families[i], scope, fn, ctx);
	}
	return ret;
}

/* Entities, locks and listeners come from all tables at once.  As dump_each(). */
int dump_all(unsigned int cmd, dump_fn fn, void *ctx)
{
	return dump_each(cmd, AF_INET, NULL, fn, ctx);
}

/* A whole "show": the list around what @fn prints.  Status. */
int show_records(unsigned int cmd, const struct dump_scope *scope, dump_fn fn, void *ctx)
{
	int status = dev_open(DEV_LOOK);

	if (status)
		return status;
	if (opts.json)
		json_begin();
	if (cmd == RTM_IOC_DUMP_ENTITIES || cmd == RTM_IOC_DUMP_LOCKS ||
	    cmd == RTM_IOC_DUMP_NOTIFIES)
		status = dump_all(cmd, fn, ctx);
	else
		status = dump_families(cmd, scope, fn, ctx);
	if (opts.json)
		json_end();
	return status;
}

/* dump_all() for who handles failures himself.  -errno, or as @fn ended it. */
int dump_quietly(unsigned int cmd, dump_fn fn, void *ctx)
{
	struct rtm_dump req = { .size = sizeof(req), .prefix = { .family = AF_INET } };

	return dev_open(DEV_LOOK) ? -ENODEV : walk(cmd, &req, fn, ctx);
}
