// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about destinations, their lock and their opaque cells.
 *
 * What a reply says is collected in one section (rtm_view.c); handles are made and
 * user memory is touched after the section has ended.  A call that waits for a lock
 * holds no lock itself.
 */
#include <linux/bitops.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_holddown.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_opaque.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_view.h"

static int store_dest(struct rtm_cmd *cmd, struct rtm_grab *grab, struct rtm_dest *dest,
		      struct rtm_dest_views *dv)
{
	struct rtm_get_dest *arg = &cmd->arg.get_dest;
	int err;

	rtm_dest_prefix_to_user(&arg->prefix, dest);
	arg->n_views = dv->n;
	arg->belongs = dv->belongs;
	arg->last_changed = dv->last_changed;
	err = rtm_grab_dest(grab, dest, &arg->dest);
	if (!err)
		err = rtm_dest_views_grab(dv, grab);
	if (!err && copy_to_sockptr(rtm_client_ptr(cmd->client, arg->view_infos), dv->blocks,
				    dv->n * sizeof(dv->blocks[0])))
		err = -EFAULT;
	return err ? : rtm_cmd_reply(cmd);
}

static int reply_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest,
		      struct rtm_dest_views *dv)
{
	struct rtm_grab grab;
	int err;

	rtm_grab_init(&grab, cmd->client, self);
	err = store_dest(cmd, &grab, dest, dv);
	if (err)
		rtm_grab_undo(&grab);
	return err;
}

static u32 asked_protocol(const struct rtm_get_dest *arg, const struct rtm_entity *self)
{
	return arg->protocol == RTM_PROTO_THIS ? self->id.protocol : arg->protocol;
}

/* Wait for the destination, look at it, reply. */
static int describe_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	struct rtm_get_dest *arg = &cmd->arg.get_dest;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_section s;
	struct rtm_dest_views dv;
	int err;

	err = rtm_section_begin(&s, dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	rtm_dest_views_collect(&dv, dest, arg->views, asked_protocol(arg, self));
	rtm_section_end(&s);
	err = reply_dest(cmd, self, dest, &dv);
	rtm_dest_views_put(&dv);
	return err;
}

/* Checks all four queries share; afterwards @views holds supported ones only. */
static int check_dest_query(struct rtm_cmd *cmd)
{
	struct rtm_get_dest *arg = &cmd->arg.get_dest;
	u32 needed;
	int err;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	err = rtm_views_from_user(arg->views, &arg->views);
	if (err)
		return err;
	needed = hweight32(arg->views);
	if (arg->n_views >= needed)
		return 0;
	arg->n_views = needed;
	return rtm_cmd_reply(cmd) ? : -EMSGSIZE;
}

typedef struct rtm_dest *(*dest_fn)(struct rtm_cmd *cmd, struct rtm_entity *self);

static int query_dest(struct rtm_cmd *cmd, dest_fn find)
{
	struct rtm_entity *self;
	struct rtm_dest *dest;
	int err;

	err = check_dest_query(cmd);
	if (err)
		return err;
	self = rtm_cmd_entity(cmd, cmd->arg.get_dest.entity);
	if (!self)
		return -EBADF;
	dest = find(cmd, self);
	err = PTR_ERR_OR_ZERO(dest);
	if (!err) {
		err = describe_dest(cmd, self, dest);
		rtm_dest_put(dest);
	}
	rtm_entity_put(self);
	return err;
}

static struct rtm_dest *dest_by_handle(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_dest *dest = rtm_cmd_dest(cmd, self, cmd->arg.get_dest.dest);

	return dest ? dest : ERR_PTR(-EBADF);
}

typedef struct rtm_dest *(*search_fn)(struct rtm_table *table, const struct rtm_prefix *p,
				      u32 views);

static struct rtm_dest *search_dest(struct rtm_cmd *cmd, struct rtm_entity *self,
				    search_fn search)
{
	const struct rtm_get_dest *arg = &cmd->arg.get_dest;
	struct rtm_dest *dest;
	struct rtm_prefix p;
	int err;

	err = rtm_prefix_from_user(&p, &arg->prefix, self->table->family);
	if (err)
		return ERR_PTR(err);
	dest = search(self->table, &p, arg->views);
	return dest ? dest : ERR_PTR(-ENOENT);
}

static struct rtm_dest *dest_exact(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	return search_dest(cmd, self, rtm_dest_exact);
}

static struct rtm_dest *dest_most_specific(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	return search_dest(cmd, self, rtm_dest_match);
}

static struct rtm_dest *dest_less_specific(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_get_dest *arg = &cmd->arg.get_dest;
	struct rtm_dest *dest = rtm_cmd_dest(cmd, self, arg->dest);
	struct rtm_dest *cover;

	if (!dest)
		return ERR_PTR(-EBADF);
	cover = rtm_dest_less_specific(dest, arg->views);
	rtm_dest_put(dest);
	return cover ? cover : ERR_PTR(-ENOENT);
}

int rtm_ioctl_get_dest_info(struct rtm_cmd *cmd)
{
	return query_dest(cmd, dest_by_handle);
}

int rtm_ioctl_get_exact_dest(struct rtm_cmd *cmd)
{
	return query_dest(cmd, dest_exact);
}

int rtm_ioctl_get_most_specific_dest(struct rtm_cmd *cmd)
{
	return query_dest(cmd, dest_most_specific);
}

int rtm_ioctl_get_less_specific_dest(struct rtm_cmd *cmd)
{
	return query_dest(cmd, dest_less_specific);
}

static bool owns_held(const struct rtm_dest *dest, const struct rtm_entity *entity)
{
	const struct rtm_route *route;
	unsigned int view;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		route = rtm_holddown_route(dest, view);
		if (route && rtm_route_owner(route) == entity)
			return true;
	}
	return false;
}

static bool owns_route(struct rtm_dest *dest, const struct rtm_entity *entity)
{
	struct rtm_route *route;
	bool owns;

	rtm_kernel_read_begin(dest);
	owns = owns_held(dest, entity);
	for (route = dest->routes; route; route = route->next)
		owns |= rtm_route_owner(route) == entity && rtm_route_live(route);
	rtm_kernel_read_end(dest);
	return owns;
}

/* Whether @entity may lock @dest at all; see enum rtm_lock_policy. */
static bool may_lock(struct rtm_dest *dest, const struct rtm_entity *entity, bool exclusive)
{
	switch (rtm_lock_policy()) {
	case RTM_LOCK_POLICY_OPEN:
		return true;
	case RTM_LOCK_POLICY_STAKE:
		return !exclusive || entity->flags & RTM_REQ_OPAQUE_SLOT ||
		       owns_route(dest, entity);
	case RTM_LOCK_POLICY_OWNER:
		return owns_route(dest, entity);
	}
	return false;
}

static enum rtm_lock_mode lock_mode(u32 flags)
{
	return flags & RTM_REQ_EXCLUSIVE ? RTM_LOCK_EXCLUSIVE : RTM_LOCK_SHARED;
}

static int lock_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	const struct rtm_lock_dest *arg = &cmd->arg.lock_dest;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);

	if (!may_lock(dest, self, arg->flags & RTM_REQ_EXCLUSIVE))
		return -EACCES;
	return rtm_lock_dest(dest, self, lock_mode(arg->flags), &wait);
}

static int unlock_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	return rtm_cmd_unlock_dest(cmd, self, dest, lock_mode(cmd->arg.lock_dest.flags),
				   &cmd->arg.lock_dest.left);
}

/* A call on a destination by handle, for lock, unlock and the opaque cells. */
static int with_dest(struct rtm_cmd *cmd, u64 entity_id, u64 dest_id,
		     int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self,
			       struct rtm_dest *dest))
{
	struct rtm_entity *self;
	struct rtm_dest *dest;
	int err = -EBADF;

	self = rtm_cmd_entity(cmd, entity_id);
	if (!self)
		return -EBADF;
	dest = rtm_cmd_dest(cmd, self, dest_id);
	if (dest) {
		err = fn(cmd, self, dest);
		rtm_dest_put(dest);
	}
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_lock_dest(struct rtm_cmd *cmd)
{
	const struct rtm_lock_dest *arg = &cmd->arg.lock_dest;

	if (arg->flags & ~(RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT))
		return -EOPNOTSUPP;
	return with_dest(cmd, arg->entity, arg->dest, lock_dest);
}

int rtm_ioctl_unlock_dest(struct rtm_cmd *cmd)
{
	const struct rtm_lock_dest *arg = &cmd->arg.lock_dest;

	if (arg->flags & ~RTM_REQ_EXCLUSIVE)
		return -EOPNOTSUPP;
	return with_dest(cmd, arg->entity, arg->dest, unlock_dest);
}

int rtm_ioctl_break_dest_lock(struct rtm_cmd *cmd)
{
	struct rtm_break_dest_lock *arg = &cmd->arg.break_dest_lock;
	struct rtm_table *table;
	struct rtm_dest *dest;
	struct rtm_prefix p;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	err = rtm_prefix_from_user(&p, &arg->prefix, arg->prefix.family);
	if (err)
		return err;
	table = rtm_table_find(cmd->client->rnet, arg->instance, arg->prefix.family);
	if (!table)
		return -ENOENT;
	dest = rtm_dest_find(table, &p);
	rtm_table_put(table);
	if (!dest)
		return -ENOENT;
	arg->broken = rtm_lock_break(dest);
	rtm_dest_put(dest);
	return rtm_cmd_reply(cmd);
}

static int get_opaque(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	int err = rtm_opaque_get(self, dest, &cmd->arg.opaque.value);

	return err ? : rtm_cmd_reply(cmd);
}

static int set_opaque(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	return rtm_opaque_set(self, dest, cmd->arg.opaque.value);
}

int rtm_ioctl_get_opaque(struct rtm_cmd *cmd)
{
	if (cmd->arg.opaque.flags)
		return -EOPNOTSUPP;
	return with_dest(cmd, cmd->arg.opaque.entity, cmd->arg.opaque.dest, get_opaque);
}

int rtm_ioctl_set_opaque(struct rtm_cmd *cmd)
{
	if (cmd->arg.opaque.flags)
		return -EOPNOTSUPP;
	return with_dest(cmd, cmd->arg.opaque.entity, cmd->arg.opaque.dest, set_opaque);
}
