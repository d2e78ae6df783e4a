// SPDX-License-Identifier: GPL-2.0-only
/*
 * rtmctl dest hold - keep the last route of a destination visible when it goes.
 *
 * How this file works: to mark a destination takes a registration, which is made for
 * the call and ends with it; the mark is the destination's and stays.
 */
#include "cmd.h"
#include "device.h"
#include "print.h"
#include "session.h"

struct hold_args {
	struct wait_sel wait;
	struct rtm_net_prefix dest;
	int64_t instance;
	uint32_t hold_ms;
	uint32_t views;
	bool forever;
};

static const struct keyword hold_keywords[] = {
	KW_TIMEOUT(struct hold_args, wait),
	KW_NOWAIT(struct hold_args, wait),
	{ "time", kw_lifetime, offsetof(struct hold_args, hold_ms), 0, false },
	{ "forever", kw_flag, offsetof(struct hold_args, forever), 0, false },
	{ "view", kw_views, offsetof(struct hold_args, views), 0, false },
	{ "instance", kw_id, offsetof(struct hold_args, instance), UINT16_MAX, false },
	{ NULL, kw_prefix, offsetof(struct hold_args, dest), 0, false },
};

static int parse_hold(struct args *args, struct hold_args *a)
{
	int status = parse_keywords(args, hold_keywords, a);

	if (status)
		return status;
	if (!a->dest.family)
		return usage_error("the destination is missing (\"default\" needs -4 or -6)");
	if (a->forever == !!a->hold_ms)
		return usage_error("either \"time SECONDS\" or \"forever\" is needed");
	if (a->forever)
		a->hold_ms = RTM_HOLD_FOREVER;
	return STATUS_OK;
}

/* 0 or -errno, and the command it came from. */
static int mark(struct session *s, const struct hold_args *a, unsigned int *cmd)
{
	struct rtm_get_dest find = {
		.size = sizeof(find),
		.flags = wait_flags(&a->wait),
		.entity = s->handle,
		.prefix = a->dest,
		.deadline = wait_deadline(&a->wait),
	};
	struct rtm_hold_dest hold = {
		.size = sizeof(hold),
		.flags = find.flags,
		.entity = s->handle,
		.views = a->views,
		.hold_ms = a->hold_ms,
		.deadline = find.deadline,
	};
	int ret;

	*cmd = RTM_IOC_GET_EXACT_DEST;
	ret = dev_call(DEV_CHANGE, *cmd, &find);
	if (ret)
		return ret;
	hold.dest = find.dest;
	*cmd = RTM_IOC_HOLD_DEST;
	return dev_call(DEV_CHANGE, *cmd, &hold);
}

int cmd_dest_hold(struct args *args)
{
	struct hold_args a = { .wait = WAIT_SEL_NONE, .instance = -1 };
	char buf[PREFIX_TEXT];
	struct session *s;
	unsigned int cmd;
	int ret;

	ret = parse_hold(args, &a);
	if (!ret)
		ret = session_register_self(&a.dest, a.instance, 0, &s);
	if (ret)
		return ret;
	ret = mark(s, &a, &cmd);
	if (ret)
		ret = cannot(cmd, ret, "cannot hold %s down",
			     prefix_text(buf, sizeof(buf), &a.dest));
	session_end(s);
	return ret;
}
