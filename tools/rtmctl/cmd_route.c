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
 * Text
 */

#define NOT_FORWARDED (RTM_RF_BLACKHOLE | RTM_RF_DISCARD | RTM_RF_MARTIAN)

/* As "ip" calls such routes; NULL for one that forwards. */
static const char *route_type(const struct rtm_route_rec *r)
{
	if (r->attrs.flags & (RTM_RF_BLACKHOLE | RTM_RF_DISCARD))
		return "blackhole";
	return r->attrs.flags & RTM_RF_MARTIAN ? "prohibit" : NULL;
}

static const char *nexthop_text(char *buf, size_t size, const struct rtm_route_rec_nexthop *nh)
{
	char addr[PREFIX_TEXT], via[PREFIX_TEXT + 8] = "";
	const char *down = nh->flags & RTM_NHF_DOWN ? " down" : "";

	if (!is_zero_address(&nh->addr))
		snprintf(via, sizeof(via), "via %s ", address_text(addr, sizeof(addr), &nh->addr));
	if (nh->ifindex)
		snprintf(buf, size, "%sdev %s%s", via, interface_text(nh->ifindex), down);
	else
		snprintf(buf, size, "%sremote%s", via, down);
	return buf;
}

/* What happens to the packets: a next hop, several, or a word. */
static void text_target(const struct rtm_route_rec *r)
{
	int width = r->dest.family == AF_INET6 ? 36 : 26;
	const char *type = route_type(r);
	char buf[128];
	uint32_t i;

	if (type)
		line_field(width, "%s", type);
	else if (!r->n_nexthops)
		line_field(width, "nowhere");
	else if (r->n_nexthops == 1)
		line_field(width, "%s", nexthop_text(buf, sizeof(buf), &r->nexthops[0]));
	for (i = 0; !type && r->n_nexthops > 1 && i < r->n_nexthops; i++)
		line_field(0, "nexthop %s", nexthop_text(buf, sizeof(buf), &r->nexthops[i]));
}

static void text_attributes(const struct rtm_route_rec *r)
{
	struct rtm_net_prefix src = { .family = r->dest.family };
	char buf[WORDS_TEXT];

	line_field(9, "pref %u", r->attrs.preference);
	line_field(9, "metric %u", r->attrs.metric);
	memcpy(src.addr, r->attrs.src, sizeof(src.addr));
	if (!is_zero_address(&src))
		line_field(0, "src %s", address_text(buf, sizeof(buf), &src));
	if (r->attrs.mtu)
		line_field(0, "mtu %u", r->attrs.mtu);
	if (r->attrs.views != RTM_V_UCAST || opts.details)
		line_field(0, "view %s", words_text(buf, sizeof(buf), view_names, r->attrs.views));
	if (r->attrs.flags & ~NOT_FORWARDED || (opts.details && r->attrs.flags))
		line_field(0, "flags %s",
			   words_text(buf, sizeof(buf), route_flag_names, r->attrs.flags));
}

/* In the unicast view alone the word "best" says it all. */
static void text_state(const struct rtm_route_rec *r)
{
	char buf[WORDS_TEXT];

	if (r->best == RTM_V_UCAST && r->attrs.views == RTM_V_UCAST)
		line_field(0, "best");
	else if (r->best)
		line_field(0, "best %s", words_text(buf, sizeof(buf), view_names, r->best));
	if (r->best & RTM_V_UCAST)
		line_field(0, "fib %s", fib_state_name(r->fib_state));
	if (r->locked)
		line_field(0, "locked %s", lock_state_name(r->locked));
}

static void text_details(const struct rtm_route_rec *r)
{
	char buf[128];

	if (r->attrs.neighbour)
		line_field(0, "neighbour %s", nexthop_text(buf, sizeof(buf), &r->neighbour));
	line_field(0, "state %s age %.3f cookie 0x%llx", object_state_name(r->attrs.state),
		   r->age_ms / 1000.0, (unsigned long long)r->attrs.cookie);
}

static void text_route(const struct rtm_route_rec *r)
{
	line_prefix(&r->dest);
	text_target(r);
	line_entity(&r->owner);
	text_attributes(r);
	text_state(r);
	if (opts.details)
		text_details(r);
	line_end();
}

/*
 * JSON
 */

static void nexthop_members(struct json_object *to, const struct rtm_route_rec_nexthop *nh)
{
	if (!is_zero_address(&nh->addr))
		json_address(to, "gateway", &nh->addr);
	if (nh->ifindex)
		json_text(to, "dev", interface_text(nh->ifindex));
}

static struct json_object *nexthop_object(const struct rtm_route_rec_nexthop *nh)
{
	struct json_object *o = json_new();

	nexthop_members(o, nh);
	json_words(o, "flags", nexthop_flag_names, nh->flags);
	return o;
}

/* One next hop stands in the route itself, several in an array, as with "ip". */
static void json_target(struct json_object *o, const struct rtm_route_rec *r)
{
	struct json_object *array;
	uint32_t i;

	if (route_type(r))
		json_text(o, "type", route_type(r));
	if (r->n_nexthops == 1)
		nexthop_members(o, &r->nexthops[0]);
	if (r->n_nexthops <= 1)
		return;
	array = json_array(o, "nexthops");
	for (i = 0; i < r->n_nexthops; i++)
		json_object_array_add(array, nexthop_object(&r->nexthops[i]));
}

static void json_attributes(struct json_object *o, const struct rtm_route_rec *r)
{
	struct rtm_net_prefix src = { .family = r->dest.family };
	struct json_object *metrics;

	json_number(o, "preference", r->attrs.preference);
	json_number(o, "metric", r->attrs.metric);
	memcpy(src.addr, r->attrs.src, sizeof(src.addr));
	if (!is_zero_address(&src))
		json_address(o, "prefsrc", &src);
	if (r->attrs.mtu) {
		metrics = json_new();
		json_number(metrics, "mtu", r->attrs.mtu);
		json_object_array_add(json_array(o, "metrics"), metrics);
	}
	json_words(o, "flags", route_flag_names, r->attrs.flags);
	json_words(o, "views", view_names, r->attrs.views);
	json_number(o, "cookie", r->attrs.cookie);
}

static struct json_object *route_object(const struct rtm_route_rec *r)
{
	struct json_object *o = json_new();

	json_prefix(o, "dst", &r->dest);
	json_text(o, "family", family_text(r->dest.family));
	json_target(o, r);
	json_entity(o, &r->owner);
	json_attributes(o, r);
	if (r->attrs.neighbour)
		json_object_object_add(o, "neighbour", nexthop_object(&r->neighbour));
	json_words(o, "best", view_names, r->best);
	if (r->best & RTM_V_UCAST)
		json_text(o, "fib", fib_state_name(r->fib_state));
	json_text(o, "state", object_state_name(r->attrs.state));
	json_text(o, "locked", lock_state_name(r->locked));
	json_number(o, "age_ms", r->age_ms);
	return o;
}

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
		json_item(route_object(r));
	else
		text_route(r);
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
		"\t[src ADDR] [mtu N] [flag WORD] [timeout SECONDS|nowait]\n\t" ENTITY

const struct verb route_verbs[] = {
	{ "show", route_show, "[[exact|match|root] PREFIX] [all|best] [dev IF] [view VIEWS]\n"
	  "\t[locked] " ENTITY },
	{ "get", route_get, "ADDR [view VIEWS] [instance N]" },
	{ "add", cmd_route_add, ROUTE },
	{ "replace", cmd_route_replace, ROUTE },
	{ "del", cmd_route_del, "PREFIX [via ADDR] [dev IF] [timeout SECONDS|nowait]\n\t" ENTITY },
	{ "flush", cmd_route_flush, "[root|exact PREFIX] [timeout SECONDS|nowait]\n\t" ENTITY },
	{ "load", cmd_route_load, "FILE|- [dev IF] [pref N] [metric N] [view VIEWS] [batch N]\n"
	  "\t[progress] [timeout SECONDS|nowait] " ENTITY },
	{ NULL, NULL, NULL },
};
