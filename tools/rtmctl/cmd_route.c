// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl route show, get - what the tables have.
 *
 * How this file works: both read with the dump commands, which take no handles and
 * wait for nobody's lock, so that looking is always possible.  "show" is one walk with
 * filters.  "get" asks for the longest destination that covers the address, and for
 * shorter ones while there is no best route in the wanted view: that is how a lookup
 * in the table itself goes.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cmd.h"
#include "device.h"
#include "dump.h"
#include "print.h"
#include "route_print.h"
#include "session.h"

struct show_args {
	struct entity_sel entity;
	struct dump_scope scope;
	uint32_t ifindex;
	uint32_t views;
	bool best;
	bool all;
	bool locked;
};

static const struct keyword show_keywords[] = {
	KW_PROTO(struct show_args, entity),
	KW_ID(struct show_args, entity),
	KW_INSTANCE(struct show_args, entity),
	{ "exact", kw_scope, offsetof(struct show_args, scope), RTM_DUMP_EXACT, false },
	{ "match", kw_scope, offsetof(struct show_args, scope), RTM_DUMP_MATCH, false },
	{ "root", kw_scope, offsetof(struct show_args, scope), RTM_DUMP_SUBTREE, false },
	{ "dev", kw_ifindex, offsetof(struct show_args, ifindex), 0, false },
	{ "view", kw_views, offsetof(struct show_args, views), 0, false },
	{ "best", kw_flag, offsetof(struct show_args, best), 0, false },
	{ "all", kw_flag, offsetof(struct show_args, all), 0, false },
	{ "locked", kw_flag, offsetof(struct show_args, locked), 0, false },
	{ NULL, kw_scope, offsetof(struct show_args, scope), RTM_DUMP_EXACT, false },
};

/*
 * show
 */

static bool has_nexthop(const struct rtm_route_rec *r, uint32_t ifindex)
{
	uint32_t i;

	for (i = 0; i < r->n_nexthops; i++) {
		if (r->nexthops[i].ifindex == ifindex)
			return true;
	}
	return false;
}

static bool is_wanted(const struct show_args *a, const struct rtm_route_rec *r)
{
	return entity_matches(&a->entity, &r->owner) &&
	       (!a->best || r->best) &&
	       (!a->locked || r->locked) &&
	       (!a->views || (r->attrs.views & a->views)) &&
	       (!a->ifindex || has_nexthop(r, a->ifindex));
}

static void show_route(const struct rtm_route_rec *r)
{
	if (opts.json)
		json_item(route_json(r));
	else
		route_text(r);
}

static int show_one(const void *rec, void *ctx)
{
	if (is_wanted(ctx, rec))
		show_route(rec);
	return 0;
}

static int route_show(struct args *args)
{
	struct show_args a = { .entity = ENTITY_SEL_NONE };
	int status = parse_keywords(args, show_keywords, &a);

	if (status)
		return status;
	if (a.all && a.best)
		return usage_error("\"all\" and \"best\" contradict each other");
	a.scope.instance = a.entity.instance < 0 ? 0 : (uint16_t)a.entity.instance;
	return show_records(RTM_IOC_DUMP_ROUTES, &a.scope, show_one, &a);
}

/*
 * get
 */

struct get_args {
	struct entity_sel entity;
	struct rtm_net_prefix addr;
	uint32_t views;
	bool found;
};

static const struct keyword get_keywords[] = {
	{ "instance", kw_id, offsetof(struct get_args, entity.instance), UINT16_MAX, false },
	{ "view", kw_views, offsetof(struct get_args, views), 0, false },
	{ NULL, kw_address, offsetof(struct get_args, addr), 0, false },
};

static int get_best(const void *rec, void *ctx)
{
	const struct rtm_route_rec *r = rec;
	struct get_args *a = ctx;

	if (a->found || !(r->best & a->views))
		return 0;
	a->found = true;
	show_route(r);
	return 0;
}

static int get_prefix(const void *rec, void *ctx)
{
	const struct rtm_dest_rec *dest = rec;
	struct dump_scope *scope = ctx;

	scope->prefix = dest->prefix;
	scope->flags = RTM_DUMP_EXACT;
	return 0;
}

/* The longest prefix within @scope, which becomes exactly that, and its best route. */
static int try_longest(struct dump_scope *scope, struct get_args *a)
{
	int status;

	scope->flags = RTM_DUMP_MATCH;
	status = dump_each(RTM_IOC_DUMP_DESTS, a->addr.family, scope, get_prefix, scope);
	if (status || scope->flags != RTM_DUMP_EXACT)
		return status;
	return dump_each(RTM_IOC_DUMP_ROUTES, a->addr.family, scope, get_best, a);
}

static int get_longest(struct get_args *a)
{
	struct dump_scope scope = {
		.prefix = a->addr,
		.instance = a->entity.instance < 0 ? 0 : (uint16_t)a->entity.instance,
	};
	int status;

	for (;;) {
		status = try_longest(&scope, a);
		if (status || a->found || scope.flags != RTM_DUMP_EXACT || !scope.prefix.len)
			return status;
		scope.prefix.len--;
		mask_prefix(&scope.prefix);
	}
}

static int route_get(struct args *args)
{
	struct get_args a = { .entity = ENTITY_SEL_NONE };
	char buf[PREFIX_TEXT];
	int status = parse_keywords(args, get_keywords, &a);

	if (status)
		return status;
	if (!a.addr.family)
		return usage_error("the address is missing");
	if (!a.views)
		a.views = RTM_V_UCAST;
	status = dev_open(DEV_LOOK);
	if (status)
		return status;
	if (opts.json)
		json_begin();
	status = get_longest(&a);
	if (opts.json)
		json_end();
	if (!status && !a.found)
		return refused("no route to %s", address_text(buf, sizeof(buf), &a.addr));
	return status;
}

#define ENTITY	"[proto PROTO] [id N] [instance N]"
#define NEXTHOP	"via ADDR [dev IF|remote] [down]"
#define ROUTE	"PREFIX [" NEXTHOP "] [dev IF] [nexthop " NEXTHOP "]...\n" \
		"\t[blackhole|prohibit|discard] [pref N] [metric N] [view ucast,mcast]\n" \
		"\t[src ADDR] [mtu N] [ttl SECONDS] [flag WORD] [timeout SECONDS|nowait]\n\t" ENTITY

const struct verb route_verbs[] = {
	{ "show", route_show, "[[exact|match|root] PREFIX] [all|best] [dev IF] [view VIEWS]\n"
	  "\t[locked] " ENTITY },
	{ "get", route_get, "ADDR [view VIEWS] [instance N]" },
	{ "add", cmd_route_add, ROUTE },
	{ "replace", cmd_route_replace, ROUTE },
	{ "del", cmd_route_del, "PREFIX [via ADDR] [dev IF] [timeout SECONDS|nowait]\n\t" ENTITY },
	{ "flush", cmd_route_flush, "[root|exact PREFIX] [timeout SECONDS|nowait]\n\t" ENTITY },
	{ "load", cmd_route_load, "FILE|- [dev IF] [pref N] [metric N] [view VIEWS] [batch N]\n"
	  "\t[progress] [replace] [timeout SECONDS|nowait] " ENTITY },
	{ NULL, NULL, NULL },
};
