// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the handlers of most commands need: the reply, and what an argument names.
 *
 * A handle is good only if it is of the caller's table: objects of other tables are
 * answered as if they did not exist.
 */

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_nexthop.h"
#include "rtm_object.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_table.h"

/**
 * rtm_cmd_reply() - store the reply
 * @cmd: the call; as much of its argument as the caller has room for is copied
 *
 * Context: process, may sleep, no lock held.
 *
 * Return: 0 or -EFAULT.
 */
int rtm_cmd_reply(struct rtm_cmd *cmd)
{
	return copy_to_sockptr(cmd->user, &cmd->arg, min(cmd->user_size, cmd->size)) ? -EFAULT : 0;
}

/**
 * rtm_entity_id_check() - whether a name can be one
 * @id: as the caller gave it
 *
 * Return: 0 or -EINVAL.
 */
int rtm_entity_id_check(const struct rtm_entity_id *id)
{
	return id->pad || !rtm_family_bits(id->family) ? -EINVAL : 0;
}

/**
 * rtm_cmd_entity() - the registration a call is made for
 * @cmd: the call
 * @id: handle the caller gave
 *
 * Return: a reference to an entity this file has registered, or NULL.
 */
struct rtm_entity *rtm_cmd_entity(struct rtm_cmd *cmd, u64 id)
{
	struct rtm_entity *entity = rtm_handle_entity(cmd->client, id);

	if (!entity)
		return NULL;
	if (rtm_entity_is_registered(entity) && READ_ONCE(entity->client) == cmd->client)
		return entity;
	rtm_entity_put(entity);
	return NULL;
}

/**
 * rtm_cmd_as() - do what a call asks for as one of the caller's registrations
 * @cmd: the call
 * @id: handle the caller gave
 * @fn: what is to be done; @self stays until it returns
 *
 * Return: what @fn returned, or -EBADF.
 */
int rtm_cmd_as(struct rtm_cmd *cmd, u64 id,
	       int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self))
{
	struct rtm_entity *self = rtm_cmd_entity(cmd, id);
	int err;

	if (!self)
		return -EBADF;
	err = fn(cmd, self);
	rtm_entity_put(self);
	return err;
}

/**
 * rtm_cmd_route() - the route a handle of the caller names
 * @cmd: the call
 * @self: caller's registration
 * @id: the handle
 *
 * Return: a reference to a route of the caller's table, or NULL.
 */
struct rtm_route *rtm_cmd_route(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_route *route = rtm_handle_route(cmd->client, id);

	if (!route || route->dest->table == self->table)
		return route;
	rtm_route_put(route);
	return NULL;
}

/**
 * rtm_cmd_dest() - the destination a handle of the caller names
 * @cmd: the call
 * @self: caller's registration
 * @id: the handle
 *
 * Return: a reference to a destination of the caller's table, or NULL.
 */
struct rtm_dest *rtm_cmd_dest(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_dest *dest = rtm_handle_dest(cmd->client, id);

	if (!dest || dest->table == self->table)
		return dest;
	rtm_dest_put(dest);
	return NULL;
}

/**
 * rtm_cmd_object() - the object of the caller's registration a handle names
 * @cmd: the call
 * @self: caller's registration
 * @type: RTM_HANDLE_ENUM, _LIST or _NOTIFY
 * @id: the handle
 *
 * Return: a reference, or NULL when there is none, it has ended or it is another
 * registration's.
 */
struct rtm_object *rtm_cmd_object(struct rtm_cmd *cmd, struct rtm_entity *self, u32 type, u64 id)
{
	struct rtm_object *object = rtm_handle_object(cmd->client, type, id);

	if (!object || (object->owner == self && !rtm_object_ended(object)))
		return object;
	rtm_object_put(object);
	return NULL;
}

/**
 * rtm_cmd_new_object() - give out the handle of an object that was just made
 * @cmd: the call
 * @self: caller's registration
 * @object: the object; on failure it has ended
 * @id: member of the argument that gets the handle
 *
 * Context: process, may sleep.
 *
 * Return: 0, -ENOMEM, -ENOSPC, -EIDRM, or -EFAULT when the reply cannot be stored.
 */
int rtm_cmd_new_object(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_object *object,
		       u64 *id)
{
	struct rtm_grab grab;
	int err;

	err = rtm_object_link(object, cmd->client);
	if (err)
		return err;
	rtm_grab_init(&grab, cmd->client, self);
	err = rtm_grab_object(&grab, object, id);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err) {
		rtm_object_end(object);
		rtm_grab_undo(&grab);
	}
	return err;
}

/**
 * rtm_cmd_delete_object() - end an object and drop the caller's handle of it
 * @cmd: the call
 * @self: caller's registration
 * @type: RTM_HANDLE_ENUM, _LIST or _NOTIFY
 * @id: the handle
 *
 * Context: process, may sleep.
 *
 * Return: 0, or -EBADF when there is no such object or it has ended.
 */
int rtm_cmd_delete_object(struct rtm_cmd *cmd, struct rtm_entity *self, u32 type, u64 id)
{
	struct rtm_object *object = rtm_cmd_object(cmd, self, type, id);
	bool ended;

	if (!object)
		return -EBADF;
	ended = rtm_object_end(object);
	rtm_object_put(object);
	if (!ended)
		return -EBADF;
	return rtm_handle_release(cmd->client, self, type, id);
}

/**
 * rtm_cmd_wait() - how long a call may wait for a lock
 * @flags: request flags, of which RTM_REQ_NOWAIT counts
 * @deadline: as the caller gave it
 *
 * Return: the same in the lock's words.
 */
struct rtm_wait rtm_cmd_wait(u32 flags, u64 deadline)
{
	return (struct rtm_wait){
		.deadline = deadline,
		.nowait = flags & RTM_REQ_NOWAIT,
	};
}

/**
 * rtm_views_from_user() - reduce a set of views to the supported ones
 * @views: as given; 0 is allowed and stays 0
 * @supported: out
 *
 * Return: 0, or -EINVAL for a set of unsupported views only.
 */
int rtm_views_from_user(u32 views, u32 *supported)
{
	*supported = views & RTM_V_SUPPORTED;
	return views && !*supported ? -EINVAL : 0;
}

/**
 * rtm_dest_prefix_to_user() - the prefix of a destination as the ABI has it
 * @user: out
 * @dest: the destination
 */
void rtm_dest_prefix_to_user(struct rtm_net_prefix *user, const struct rtm_dest *dest)
{
	struct rtm_prefix p;

	rtm_dest_prefix(dest, &p);
	rtm_prefix_to_user(user, &p, dest->table->family);
}

/**
 * rtm_cmd_nexthop() - the next hop a handle of the caller names
 * @cmd: the call
 * @self: the caller's registration
 * @id: the handle
 *
 * Context: process.
 *
 * Return: a reference to a next hop of the caller's table, or NULL.
 */
struct rtm_nexthop *rtm_cmd_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_nexthop *nh = rtm_handle_nexthop(cmd->client, id);

	if (!nh || nh->owner->table == self->table)
		return nh;
	rtm_nexthop_put(nh);
	return NULL;
}
