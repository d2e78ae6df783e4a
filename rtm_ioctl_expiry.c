// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about the end of things: hold-down, the answer of an expired route's owner,
 * and resync.
 */
#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_expiry.h"
#include "rtm_handle.h"
#include "rtm_holddown.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_route.h"
#include "rtm_round.h"

static int hold_dest(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_hold_dest *arg = &cmd->arg.hold_dest;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_dest *dest;
	u32 views;
	int err;

	err = rtm_views_from_user(arg->views, &views);
	if (err)
		return err;
	dest = rtm_cmd_dest(cmd, self, arg->dest);
	if (!dest)
		return -EBADF;
	err = rtm_holddown_mark(dest, self, views ? : RTM_V_SUPPORTED, arg->hold_ms, &wait);
	rtm_dest_put(dest);
	return err;
}

int rtm_ioctl_hold_dest(struct rtm_cmd *cmd)
{
	const struct rtm_hold_dest *arg = &cmd->arg.hold_dest;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (!arg->hold_ms)
		return -EINVAL;
	return rtm_cmd_as(cmd, arg->entity, hold_dest);
}

static int answer_expiry(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_answer_expiry *arg = &cmd->arg.answer_expiry;
	struct rtm_route *route;
	int err = -EACCES;

	route = rtm_cmd_route(cmd, self, arg->route);
	if (!route)
		return -EBADF;
	if (rtm_route_owner(route) == self)
		err = rtm_expiry_answer(route, arg->context, arg->stays);
	rtm_route_put(route);
	if (!err && !arg->stays)
		rtm_handle_release(cmd->client, self, RTM_HANDLE_ROUTE, arg->route);
	return err;
}

int rtm_ioctl_answer_expiry(struct rtm_cmd *cmd)
{
	const struct rtm_answer_expiry *arg = &cmd->arg.answer_expiry;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad || arg->stays > 1)
		return -EINVAL;
	return rtm_cmd_as(cmd, arg->entity, answer_expiry);
}

static int with_resync(struct rtm_cmd *cmd, int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self))
{
	const struct rtm_resync *arg = &cmd->arg.resync;

	if (arg->flags)
		return -EOPNOTSUPP;
	return rtm_cmd_as(cmd, arg->entity, fn);
}

static int begin_resync(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	rtm_resync_begin(self);
	return 0;
}

int rtm_ioctl_begin_resync(struct rtm_cmd *cmd)
{
	return with_resync(cmd, begin_resync);
}

static int end_resync(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	int err;

	err = rtm_resync_end(self, &cmd->arg.resync.swept);
	return err ? : rtm_cmd_reply(cmd);
}

int rtm_ioctl_end_resync(struct rtm_cmd *cmd)
{
	return with_resync(cmd, end_resync);
}
