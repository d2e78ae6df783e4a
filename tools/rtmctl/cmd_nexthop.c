// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl nexthop - the next hops of entities.
 */
#include <sys/socket.h>

#include "cmd.h"
#include "device.h"
#include "dump.h"
#include "links.h"
#include "print.h"
#include "session.h"

struct nexthop_args {
	struct entity_sel entity;
	struct rtm_net_prefix via;
	uint32_t ifindex;
	uint16_t flags;
};

static const struct keyword nexthop_keywords[] = {
	KW_PROTO(struct nexthop_args, entity),
	KW_ID(struct nexthop_args, entity),
	KW_INSTANCE(struct nexthop_args, entity),
	{ "via", kw_address, offsetof(struct nexthop_args, via), 0, false },
	{ "dev", kw_ifindex, offsetof(struct nexthop_args, ifindex), 0, false },
	{ "remote", kw_bits16, offsetof(struct nexthop_args, flags), RTM_NHF_REMOTE, false },
	{ "down", kw_bits16, offsetof(struct nexthop_args, flags), RTM_NHF_DOWN, false },
	{ NULL, kw_address, offsetof(struct nexthop_args, via), 0, false },
};

/*
 * show
 */

static bool is_wanted(const struct nexthop_args *a, const struct rtm_nexthop_rec *nh)
{
	return entity_matches(&a->entity, &nh->owner) &&
	       (!a->via.family || same_prefix(&a->via, &nh->addr)) &&
	       (!a->ifindex || a->ifindex == nh->ifindex) &&
	       (nh->flags & a->flags) == a->flags;
}

static void text_nexthop(const struct rtm_nexthop_rec *nh)
{
	char buf[PREFIX_TEXT], words[WORDS_TEXT];

	line_field(nh->addr.family == AF_INET6 ? 30 : 20, "via %s",
		   address_text(buf, sizeof(buf), &nh->addr));
	if (nh->ifindex)
		line_field(12, "dev %s", interface_text(nh->ifindex));
	else
		line_field(12, "remote");
	line_entity(&nh->owner);
	line_field(12, "users %u", nh->users);
	if (nh->flags & RTM_NHF_DOWN)
		line_field(0, "down");
	if (nh->cookie == NEXTHOP_IMPLICIT)
		line_field(0, "implicit");
	if (opts.details)
		line_field(0, "flags %s state %s cookie 0x%llx",
			   words_text(words, sizeof(words), nexthop_flag_names, nh->flags),
			   object_state_name(nh->state), (unsigned long long)nh->cookie);
	line_end();
}

static struct json_object *nexthop_object(const struct rtm_nexthop_rec *nh)
{
	struct json_object *o = json_new();

	json_text(o, "family", family_text(nh->addr.family));
	json_address(o, "gateway", &nh->addr);
	if (nh->ifindex)
		json_text(o, "dev", interface_text(nh->ifindex));
	json_entity(o, &nh->owner);
	json_words(o, "flags", nexthop_flag_names, nh->flags);
	json_text(o, "state", object_state_name(nh->state));
	json_number(o, "users", nh->users);
	json_flag(o, "implicit", nh->cookie == NEXTHOP_IMPLICIT);
	json_number(o, "cookie", nh->cookie);
	return o;
}

static int show_one(const void *rec, void *ctx)
{
	if (!is_wanted(ctx, rec))
		return 0;
	if (opts.json)
		json_item(nexthop_object(rec));
	else
		text_nexthop(rec);
	return 0;
}

static int nexthop_show(struct args *args)
{
	struct nexthop_args a = { .entity = ENTITY_SEL_NONE };
	struct dump_scope scope = { .flags = 0 };
	int status = parse_keywords(args, nexthop_keywords, &a);

	if (status)
		return status;
	scope.instance = a.entity.instance < 0 ? 0 : (uint16_t)a.entity.instance;
	scope.prefix.family = a.via.family;
	return show_records(RTM_IOC_DUMP_NEXTHOPS, &scope, show_one, &a);
}

/*
 * add, del
 */

/* Address and interface, the second by looking at the links where left out. */
static int parse_nexthop(struct args *args, struct nexthop_args *a)
{
	char buf[PREFIX_TEXT];
	int status = parse_keywords(args, nexthop_keywords, a);

	if (status)
		return status;
	if (!a->via.family)
		return usage_error("the address of the next hop is missing");
	if (a->flags & RTM_NHF_REMOTE && a->ifindex)
		return usage_error("a remote next hop has no interface");
	if (!a->ifindex && !(a->flags & RTM_NHF_REMOTE))
		a->ifindex = link_of(&a->via);
	if (!a->ifindex && !(a->flags & RTM_NHF_REMOTE))
		return refused("next hop %s is not on any link: give \"dev\" or \"remote\"",
			       address_text(buf, sizeof(buf), &a->via));
	return STATUS_OK;
}

static int call(unsigned int cmd, struct args *args, const char *what)
{
	struct nexthop_args a = { .entity = ENTITY_SEL_NONE };
	struct rtm_nexthop_req req = { .size = sizeof(req) };
	char buf[PREFIX_TEXT];
	struct session *s;
	int ret;

	ret = parse_nexthop(args, &a);
	if (!ret)
		ret = session_open(&a.entity, a.via.family, &s);
	if (ret)
		return ret;
	if (cmd == RTM_IOC_ADD_NEXTHOP)
		req.flags = RTM_REQ_NO_HANDLE;
	req.entity = s->handle;
	req.attrs.addr = a.via;
	req.attrs.ifindex = a.ifindex;
	req.attrs.flags = a.flags;
	ret = dev_call(DEV_CHANGE, cmd, &req);
	if (!ret)
		return STATUS_OK;
	return cannot(cmd, ret, "cannot %s next hop %s", what,
		      address_text(buf, sizeof(buf), &a.via));
}

static int nexthop_add(struct args *args)
{
	return call(RTM_IOC_ADD_NEXTHOP, args, "add");
}

static int nexthop_del(struct args *args)
{
	return call(RTM_IOC_DELETE_NEXTHOP, args, "delete");
}

#define ENTITY "[proto PROTO] [id N] [instance N]"

const struct verb nexthop_verbs[] = {
	{ "show", nexthop_show, "[[via] ADDR] [dev IF] [remote] [down] " ENTITY },
	{ "add", nexthop_add, "[via] ADDR [dev IF|remote] [down] " ENTITY },
	{ "del", nexthop_del, "[via] ADDR [dev IF|remote] " ENTITY },
	{ NULL, NULL, NULL },
};
