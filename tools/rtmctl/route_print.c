// SPDX-License-Identifier: GPL-2.0-only
/*
 * A route as the user sees it: a line of text in the manner of "ip route", or an object
 * of JSON with the keys of "ip -j route" where the meaning is the same.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "parse.h"
#include "print.h"
#include "route_print.h"

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
	if (r->attrs.ttl_ms)
		line_field(0, "expires %.3f", r->attrs.ttl_ms / 1000.0);
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

void route_text(const struct rtm_route_rec *r)
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
	if (r->attrs.ttl_ms)
		json_number(o, "expires_ms", r->attrs.ttl_ms);
	json_words(o, "flags", route_flag_names, r->attrs.flags);
	json_words(o, "views", view_names, r->attrs.views);
	json_number(o, "cookie", r->attrs.cookie);
}

struct json_object *route_json(const struct rtm_route_rec *r)
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
