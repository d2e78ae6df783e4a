// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl lock show, break - who holds destinations, and the administrator's way out.
 */
#include <stdio.h>

#include "cmd.h"
#include "device.h"
#include "dump.h"
#include "print.h"
#include "session.h"

struct lock_args {
	struct rtm_net_prefix prefix;
	int64_t instance;
	bool has_prefix;
};

static int kw_dest(const struct keyword *kw, struct args *args, void *to)
{
	((struct lock_args *)to)->has_prefix = true;
	return kw_prefix(kw, args, to);
}

static const struct keyword lock_keywords[] = {
	{ "instance", kw_id, offsetof(struct lock_args, instance), UINT16_MAX, false },
	{ NULL, kw_dest, offsetof(struct lock_args, prefix), 0, false },
};

/*
 * show
 */

static const char *mode_name(const struct rtm_lock_rec *l)
{
	return l->exclusive ? "exclusive" : "shared";
}

static void text_lock(const struct rtm_lock_rec *l, const char *command)
{
	line_prefix(&l->prefix);
	line_field(5, "%s", l->waiting ? "waits" : "holds");
	line_field(9, "%s", mode_name(l));
	line_entity(&l->entity);
	line_field(0, "pid %d tid %d (%s)", l->pid, l->tid, command);
	line_field(0, "for %.3f s", (double)l->age_ns / 1e9);
	if (opts.details && !l->waiting)
		line_field(0, "exclusive %u shared %u", l->exclusive, l->shared);
	line_end();
}

static struct json_object *lock_object(const struct rtm_lock_rec *l, const char *command)
{
	struct json_object *o = json_new();

	json_prefix(o, "dst", &l->prefix);
	json_text(o, "family", family_text(l->prefix.family));
	json_text(o, "role", l->waiting ? "waiter" : "holder");
	json_text(o, "mode", mode_name(l));
	json_number(o, "exclusive", l->exclusive);
	json_number(o, "shared", l->shared);
	json_entity(o, &l->entity);
	json_number(o, "pid", l->pid > 0 ? (uint64_t)l->pid : 0);
	json_number(o, "tid", l->tid > 0 ? (uint64_t)l->tid : 0);
	json_text(o, "command", command);
	json_seconds(o, "seconds", (double)l->age_ns / 1e9);
	return o;
}

static bool is_wanted(const struct lock_args *a, const struct rtm_lock_rec *l)
{
	struct rtm_net_prefix prefix = a->prefix;

	if (a->instance >= 0 && a->instance != l->entity.instance)
		return false;
	if (opts.family && opts.family != l->prefix.family)
		return false;
	/* "default" without a family is that of each */
	if (!prefix.family)
		prefix.family = l->prefix.family;
	return !a->has_prefix || same_prefix(&prefix, &l->prefix);
}

static int show_one(const void *rec, void *ctx)
{
	const struct rtm_lock_rec *l = rec;
	char command[32];

	if (!is_wanted(ctx, l))
		return 0;
	process_text(command, sizeof(command), l->pid, l->tid);
	if (opts.json)
		json_item(lock_object(l, command));
	else
		text_lock(l, command);
	return 0;
}

static int lock_show(struct args *args)
{
	struct lock_args a = { .instance = -1 };
	int status = parse_keywords(args, lock_keywords, &a);

	return status ? status : show_records(RTM_IOC_DUMP_LOCKS, NULL, show_one, &a);
}

/*
 * break
 */

static int lock_break(struct args *args)
{
	struct rtm_break_dest_lock req = { .size = sizeof(req) };
	struct lock_args a = { .instance = -1 };
	char buf[PREFIX_TEXT];
	int ret = parse_keywords(args, lock_keywords, &a);

	if (ret)
		return ret;
	if (!a.has_prefix || !a.prefix.family)
		return usage_error("the destination is missing (\"default\" needs -4 or -6)");
	ret = dev_open(DEV_CHANGE);
	if (ret)
		return ret;
	req.prefix = a.prefix;
	req.instance = a.instance < 0 ? 0 : (uint16_t)a.instance;
	ret = dev_call(DEV_CHANGE, RTM_IOC_BREAK_DEST_LOCK, &req);
	prefix_text(buf, sizeof(buf), &a.prefix);
	if (ret)
		return cannot(RTM_IOC_BREAK_DEST_LOCK, ret, "cannot break the lock of %s", buf);
	if (!req.broken)
		return refused("cannot break the lock of %s: nobody holds it", buf);
	printf("%s: %u broken\n", buf, req.broken);
	return STATUS_OK;
}

const struct verb lock_verbs[] = {
	{ "show", lock_show, "[PREFIX] [instance N]" },
	{ "break", lock_break, "PREFIX [instance N]" },
	{ "dest", cmd_lock_dest, "PREFIX [--shared] [--timeout SECONDS|--nowait] [instance N]\n"
	  "\t-- COMMAND [ARGUMENT...]" },
	{ NULL, NULL, NULL },
};
