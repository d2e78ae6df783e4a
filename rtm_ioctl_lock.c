// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands that lock routes and next hops, for their owner to edit.
 *
 * What is edited is a copy in the owner's memory.  The two commit in different ways,
 * as RTMv2 has it: a route by a command of its own, while the release of its lock
 * forgets the edit; a next hop by the release of its exclusive lock.
 */
#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_nexthop.h"
#include "rtm_nexthop_lock.h"
#include "rtm_object.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_route_spec.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_view.h"

static enum rtm_lock_mode lock_mode(u32 flags)
{
	return flags & RTM_REQ_EXCLUSIVE ? RTM_LOCK_EXCLUSIVE : RTM_LOCK_SHARED;
}

/* A call on a route of the caller's own. */
static int with_route(struct rtm_cmd *cmd, u64 entity_id, u64 route_id,
		      int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self,
				struct rtm_route *route))
{
	struct rtm_entity *self;
	struct rtm_route *route;
	int err = -EBADF;

	self = rtm_cmd_entity(cmd, entity_id);
	if (!self)
		return -EBADF;
	route = rtm_cmd_route(cmd, self, route_id);
	if (route) {
		err = rtm_route_owner(route) == self ? fn(cmd, self, route) : -EACCES;
		rtm_route_put(route);
	}
	rtm_entity_put(self);
	return err;
}

/* Who waited for a route that was deleted meanwhile has nothing to edit. */
static int lock_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	const struct rtm_lock_object *arg = &cmd->arg.lock_object;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	enum rtm_lock_mode mode = lock_mode(arg->flags);
	int err;

	if (!rtm_route_live(route))
		return -ESTALE;
	err = rtm_lock_dest(route->dest, self, mode, &wait);
	if (err || rtm_route_live(route))
		return err;
	rtm_unlock_dest(route->dest, self, mode, NULL);
	return -ESTALE;
}

int rtm_ioctl_lock_route(struct rtm_cmd *cmd)
{
	const struct rtm_lock_object *arg = &cmd->arg.lock_object;

	if (arg->flags & ~(RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT))
		return -EOPNOTSUPP;
	return with_route(cmd, arg->entity, arg->object, lock_route);
}

/**
 * rtm_cmd_unlock_dest() - release a destination and say what is left
 * @cmd: the call
 * @self: caller's registration
 * @dest: the destination; the caller has a reference
 * @mode: mode to release
 * @left: where in the argument the rest goes
 *
 * Memory that could be written before and cannot be written now is the caller's own
 * doing, and no reason to say that a lock is held which is not.
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0; -EACCES when the entity has nothing of the kind.
 */
int rtm_cmd_unlock_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest,
			enum rtm_lock_mode mode, u64 *left)
{
	int err = rtm_unlock_dest(dest, self, mode, left);

	if (!err)
		rtm_cmd_reply(cmd);
	return err;
}

static int unlock_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	return rtm_cmd_unlock_dest(cmd, self, route->dest, lock_mode(cmd->arg.lock_object.flags),
				   &cmd->arg.lock_object.left);
}

int rtm_ioctl_unlock_route(struct rtm_cmd *cmd)
{
	const struct rtm_lock_object *arg = &cmd->arg.lock_object;

	if (arg->flags & ~RTM_REQ_EXCLUSIVE)
		return -EOPNOTSUPP;
	return with_route(cmd, arg->entity, arg->object, unlock_route);
}

/*
 * The update runs under the thread's own lock.  Somebody may break that lock at any
 * time; then the update is one like any other, and there is nothing to release.
 */
static int commit_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route,
			struct rtm_object *list)
{
	struct rtm_update_route *arg = &cmd->arg.update_route;
	const struct rtm_wait nowait = { .nowait = true };
	struct rtm_net_prefix prefix;
	struct rtm_route_spec spec;
	int err;

	rtm_dest_prefix_to_user(&prefix, route->dest);
	err = rtm_route_spec_from_user(cmd->client, self, &prefix, &arg->attrs, &spec);
	if (err)
		return err;
	spec.list = list ? rtm_object_list(list) : NULL;
	err = rtm_route_update(self, route, &spec, &nowait, &arg->change);
	if (!err)
		spec.nhs = NULL;
	rtm_route_spec_put(&spec);
	return err;
}

/* The reply comes before the lock goes, and once more to say what is left of it. */
static int commit_and_unlock(struct rtm_cmd *cmd, struct rtm_entity *self,
			     struct rtm_route *route, struct rtm_object *list)
{
	u64 left = 0;
	int err;

	cmd->arg.update_route.left = 0;
	err = commit_route(cmd, self, route, list);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err || rtm_unlock_dest(route->dest, self, RTM_LOCK_EXCLUSIVE, &left))
		return err;
	cmd->arg.update_route.left = left;
	rtm_cmd_reply(cmd);
	return 0;
}

static int update_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	u64 id = cmd->arg.update_route.list;
	struct rtm_object *list = NULL;
	int err;

	if (!rtm_lock_is_held(route->dest, self, RTM_LOCK_EXCLUSIVE))
		return -EACCES;
	if (id) {
		list = rtm_cmd_object(cmd, self, RTM_HANDLE_LIST, id);
		if (!list)
			return -EBADF;
	}
	err = commit_and_unlock(cmd, self, route, list);
	if (list)
		rtm_object_put(list);
	return err;
}

int rtm_ioctl_update_route(struct rtm_cmd *cmd)
{
	const struct rtm_update_route *arg = &cmd->arg.update_route;

	if (arg->flags)
		return -EOPNOTSUPP;
	return with_route(cmd, arg->entity, arg->route, update_route);
}

/* A call on a next hop of the caller's own. */
static int with_nexthop(struct rtm_cmd *cmd, u64 entity_id, u64 nexthop_id,
			int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self,
				  struct rtm_nexthop *nh))
{
	struct rtm_nexthop *nh;
	struct rtm_entity *self;
	int err = -EBADF;

	self = rtm_cmd_entity(cmd, entity_id);
	if (!self)
		return -EBADF;
	nh = rtm_cmd_nexthop(cmd, self, nexthop_id);
	if (nh) {
		err = nh->owner == self ? fn(cmd, self, nh) : -EACCES;
		rtm_nexthop_put(nh);
	}
	rtm_entity_put(self);
	return err;
}

static int lock_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_nexthop *nh)
{
	const struct rtm_lock_object *arg = &cmd->arg.lock_object;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	int err;

	if (READ_ONCE(nh->state) != RTM_STATE_CREATED)
		return -ESTALE;
	err = rtm_nexthop_lock(self, nh, lock_mode(arg->flags), &wait);
	if (err || READ_ONCE(nh->state) == RTM_STATE_CREATED)
		return err;
	/* deleted while this waited */
	rtm_nexthop_unlock(self, nh, lock_mode(arg->flags));
	return -ESTALE;
}

int rtm_ioctl_lock_nexthop(struct rtm_cmd *cmd)
{
	const struct rtm_lock_object *arg = &cmd->arg.lock_object;

	if (arg->flags & ~(RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT))
		return -EOPNOTSUPP;
	return with_nexthop(cmd, arg->entity, arg->object, lock_nexthop);
}

static int commit_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_nexthop *nh)
{
	const struct rtm_unlock_nexthop *arg = &cmd->arg.unlock_nexthop;
	struct rtm_nexthop_spec spec = {
		.addr = nh->addr,
		.ifindex = nh->ifindex,
		.flags = arg->nexthop_flags,
		.cookie = arg->cookie,
	};
	int err;

	if (arg->remote_dest) {
		spec.remote_dest = rtm_cmd_dest(cmd, self, arg->remote_dest);
		if (!spec.remote_dest)
			return -EBADF;
	}
	err = rtm_nexthop_update_unlock(self, nh, &spec);
	if (spec.remote_dest)
		rtm_dest_put(spec.remote_dest);
	return err;
}

static int unlock_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_nexthop *nh)
{
	const struct rtm_unlock_nexthop *arg = &cmd->arg.unlock_nexthop;

	if (arg->commit)
		return commit_nexthop(cmd, self, nh);
	return rtm_nexthop_unlock(self, nh, lock_mode(arg->flags));
}

int rtm_ioctl_unlock_nexthop(struct rtm_cmd *cmd)
{
	const struct rtm_unlock_nexthop *arg = &cmd->arg.unlock_nexthop;

	if (arg->flags & ~RTM_REQ_EXCLUSIVE)
		return -EOPNOTSUPP;
	if (arg->nexthop_flags & ~(u32)(RTM_NHF_REMOTE | RTM_NHF_DOWN))
		return -EOPNOTSUPP;
	if (arg->commit > 1 || (arg->commit && !(arg->flags & RTM_REQ_EXCLUSIVE)))
		return -EINVAL;
	return with_nexthop(cmd, arg->entity, arg->nexthop, unlock_nexthop);
}
