// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about routes.
 *
 * What a reply says is collected in one section (rtm_view.c); handles are made and
 * user memory is touched after the section has ended.  A call that waits for a lock
 * holds no lock itself.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_object.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_route_spec.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_view.h"

/*
 * With what is there, or will be: its handle comes first, when that can still fail the
 * call.  -ESTALE when another one was there in the end.
 */
static int add_one(struct rtm_cmd *cmd, struct rtm_route *fresh, struct rtm_route *present,
		   struct rtm_route_spec *spec, const struct rtm_wait *wait,
		   struct rtm_grab *grab)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	int err;

	err = rtm_grab_route(grab, present ? : fresh, &arg->route);
	if (!err)
		err = rtm_route_add_new(fresh, present, spec, wait, &arg->change);
	if (!err) {
		spec->nhs = NULL;
		err = rtm_cmd_reply(cmd);
	}
	return err;
}

static int try_add(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route_spec *spec,
		   const struct rtm_wait *wait)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *fresh, *present = NULL;
	struct rtm_grab grab;
	int err;

	fresh = rtm_route_new(self, spec);
	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	if (!(arg->change & RTM_RC_NEW))
		present = rtm_route_find(self, &spec->prefix, spec->nhs->neighbour,
					 arg->change & RTM_RC_FIRST);
	rtm_grab_init(&grab, cmd->client, self);
	err = add_one(cmd, fresh, present, spec, wait, &grab);
	if (err)
		rtm_grab_undo(&grab);
	if (present)
		rtm_route_put(present);
	rtm_route_put(fresh);
	return err;
}

static int add_without_handle(struct rtm_cmd *cmd, struct rtm_entity *self,
			      struct rtm_route_spec *spec, const struct rtm_wait *wait)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *route;
	int err;

	err = rtm_route_add(self, spec, wait, &arg->change, &route);
	if (err)
		return err;
	rtm_route_put(route);
	spec->nhs = NULL;
	return rtm_cmd_reply(cmd);
}

/* Another try is due to what another thread of the same registration has done meanwhile. */
static int add_by_key(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route_spec *spec,
		      const struct rtm_wait *wait)
{
	int err;

	if (cmd->arg.add_route.flags & RTM_REQ_NO_HANDLE)
		return add_without_handle(cmd, self, spec, wait);
	do {
		err = try_add(cmd, self, spec, wait);
		cond_resched();
	} while (err == -ESTALE && !fatal_signal_pending(current));
	return err == -ESTALE ? -EINTR : err;
}

static int add_by_handle(struct rtm_cmd *cmd, struct rtm_entity *self,
			 struct rtm_route_spec *spec, const struct rtm_wait *wait)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *route;
	int err;

	route = rtm_cmd_route(cmd, self, arg->route);
	if (!route)
		return -EBADF;
	err = rtm_route_update(self, route, spec, wait, &arg->change);
	rtm_route_put(route);
	if (err)
		return err;
	spec->nhs = NULL;
	return rtm_cmd_reply(cmd);
}

static int add_spec(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_object *list)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_route_spec spec;
	int err;

	err = rtm_route_spec_from_user(cmd->client, self, &arg->dest, &arg->attrs, &spec);
	if (err)
		return err;
	spec.list = list ? rtm_object_list(list) : NULL;
	err = arg->route ? add_by_handle(cmd, self, &spec, &wait) :
			   add_by_key(cmd, self, &spec, &wait);
	rtm_route_spec_put(&spec);
	return err;
}

static int add_route(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	u64 id = cmd->arg.add_route.list;
	struct rtm_object *list = NULL;
	int err;

	if (id) {
		list = rtm_cmd_object(cmd, self, RTM_HANDLE_LIST, id);
		if (!list)
			return -EBADF;
	}
	err = add_spec(cmd, self, list);
	if (list)
		rtm_object_put(list);
	return err;
}

int rtm_ioctl_add_route(struct rtm_cmd *cmd)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;

	if (arg->flags & ~(RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE))
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	return rtm_cmd_as(cmd, arg->entity, add_route);
}

/* The route a delete by key means; a reference, or an ERR_PTR(). */
static struct rtm_route *route_by_key(struct rtm_client *client, struct rtm_entity *self,
				      const struct rtm_net_prefix *dest, u64 neighbour_id)
{
	struct rtm_nexthop *neighbour = NULL;
	struct rtm_route *route;
	struct rtm_prefix p;
	int err;

	err = rtm_prefix_from_user(&p, dest, self->table->family);
	if (err)
		return ERR_PTR(err);
	if (neighbour_id) {
		neighbour = rtm_handle_nexthop(client, neighbour_id);
		if (!neighbour)
			return ERR_PTR(-EBADF);
	}
	route = rtm_route_find(self, &p, neighbour, !neighbour);
	if (neighbour)
		rtm_nexthop_put(neighbour);
	return route ? route : ERR_PTR(-ENOENT);
}

static struct rtm_route *route_to_delete(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_delete_route *arg = &cmd->arg.delete_route;
	struct rtm_route *route;

	if (!arg->route)
		return route_by_key(cmd->client, self, &arg->dest, arg->neighbour);
	route = rtm_cmd_route(cmd, self, arg->route);
	return route ? route : ERR_PTR(-EBADF);
}

/* Who named a key and no route has found nothing, if what was there has gone meanwhile. */
static int delete_by_key(struct rtm_entity *self, struct rtm_route *route,
			 const struct rtm_wait *wait, u32 *change)
{
	int err = rtm_route_delete(self, route, wait, change);

	return err == -ESTALE ? -ENOENT : err;
}

static int delete_route(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_delete_route *arg = &cmd->arg.delete_route;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_route *route;
	int err;

	route = route_to_delete(cmd, self);
	if (IS_ERR(route))
		return PTR_ERR(route);
	if (arg->route)
		err = rtm_route_delete(self, route, &wait, &arg->change);
	else
		err = delete_by_key(self, route, &wait, &arg->change);
	rtm_route_put(route);
	if (err)
		return err;
	err = rtm_cmd_reply(cmd);
	/* Consumed only by a success the caller gets to know of. */
	if (!err && arg->route)
		rtm_handle_release(cmd->client, self, RTM_HANDLE_ROUTE, arg->route);
	return err;
}

int rtm_ioctl_delete_route(struct rtm_cmd *cmd)
{
	struct rtm_delete_route *arg = &cmd->arg.delete_route;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	return rtm_cmd_as(cmd, arg->entity, delete_route);
}

static int item_add(struct rtm_client *client, struct rtm_entity *self,
		    struct rtm_route_item *item, const struct rtm_wait *wait)
{
	struct rtm_route_spec spec;
	struct rtm_route *route;
	int err;

	err = rtm_route_spec_from_user(client, self, &item->dest, &item->attrs, &spec);
	if (err)
		return err;
	err = rtm_route_add(self, &spec, wait, &item->change, &route);
	if (!err) {
		spec.nhs = NULL;
		rtm_route_put(route);
	}
	rtm_route_spec_put(&spec);
	return err;
}

static int item_delete(struct rtm_client *client, struct rtm_entity *self,
		       struct rtm_route_item *item, const struct rtm_wait *wait)
{
	struct rtm_route *route;
	int err;

	route = route_by_key(client, self, &item->dest, item->attrs.neighbour);
	if (IS_ERR(route))
		return PTR_ERR(route);
	err = delete_by_key(self, route, wait, &item->change);
	rtm_route_put(route);
	return err;
}

typedef int (*item_fn)(struct rtm_client *client, struct rtm_entity *self,
		       struct rtm_route_item *item, const struct rtm_wait *wait);

/* Errors that end a batch: the item was not looked at, or nobody is there. */
static bool ends_batch(int err)
{
	return err == -EAGAIN || err == -ERESTARTSYS || err == -EINTR || err == -ETIMEDOUT ||
	       err == -EIDRM;
}

static int store_change(sockptr_t user, u32 change)
{
	return copy_to_sockptr_offset(user, offsetof(struct rtm_route_item, change), &change,
				      sizeof(change));
}

static int store_status(sockptr_t user, s32 status)
{
	return copy_to_sockptr_offset(user, offsetof(struct rtm_route_item, status), &status,
				      sizeof(status));
}

static int batch_item(struct rtm_client *client, struct rtm_entity *self, item_fn fn,
		      sockptr_t user, const struct rtm_wait *wait)
{
	struct rtm_route_item item;
	int err;

	if (copy_from_sockptr(&item, user, sizeof(item)))
		return -EFAULT;
	/* As for single commands: no change whose status cannot be stored. */
	if (store_status(user, item.status))
		return -EFAULT;
	err = fn(client, self, &item, wait);
	if (ends_batch(err))
		return err;
	if (store_change(user, item.change) || store_status(user, err))
		return -EFAULT;
	return 0;
}

static int run_batch(struct rtm_cmd *cmd, struct rtm_entity *self, item_fn fn)
{
	struct rtm_route_batch *arg = &cmd->arg.route_batch;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	sockptr_t item;
	int err = 0;

	for (arg->done = 0; arg->done < arg->count && !err;) {
		item = rtm_client_ptr(cmd->client,
				      arg->items + arg->done * sizeof(struct rtm_route_item));
		err = batch_item(cmd->client, self, fn, item, &wait);
		if (err)
			break;
		arg->done++;
		/* Only the first item may wait for a lock. */
		wait.nowait = true;
		cond_resched();
		if (signal_pending(current))
			break;
	}
	if (!arg->done && err)
		return err;
	if (err && ends_batch(err))
		err = 0;
	return rtm_cmd_reply(cmd) ? : err;
}

static int batch(struct rtm_cmd *cmd, item_fn fn)
{
	struct rtm_route_batch *arg = &cmd->arg.route_batch;
	struct rtm_entity *self;
	int err;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (arg->count > RTM_MAX_BATCH)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = run_batch(cmd, self, fn);
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_add_routes(struct rtm_cmd *cmd)
{
	return batch(cmd, item_add);
}

int rtm_ioctl_delete_routes(struct rtm_cmd *cmd)
{
	return batch(cmd, item_delete);
}

static int reply_route_info(struct rtm_cmd *cmd, struct rtm_entity *self,
			    struct rtm_route *route, struct rtm_route_view *view)
{
	struct rtm_get_route_info *arg = &cmd->arg.get_route_info;
	u32 room = arg->attrs.n_nexthops;
	struct rtm_grab *grab;
	int err;

	if (room < view->nhs->n) {
		arg->attrs.n_nexthops = view->nhs->n;
		return rtm_cmd_reply(cmd) ? : -EMSGSIZE;
	}
	grab = kmalloc(sizeof(*grab), GFP_KERNEL_ACCOUNT);
	if (!grab)
		return -ENOMEM;
	rtm_grab_init(grab, cmd->client, self);
	err = rtm_route_view_store(view, route, grab, &arg->attrs, &arg->dest, &arg->owner);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err)
		rtm_grab_undo(grab);
	kfree(grab);
	return err;
}

static int get_route_info(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	struct rtm_get_route_info *arg = &cmd->arg.get_route_info;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_route_view view;
	struct rtm_section s;
	int err;

	rtm_dest_prefix_to_user(&arg->prefix, route->dest);
	if (arg->flags & RTM_REQ_NO_HANDLE)
		return rtm_cmd_reply(cmd);
	err = rtm_section_begin(&s, route->dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	rtm_route_view_collect(&view, route);
	rtm_section_end(&s);
	err = reply_route_info(cmd, self, route, &view);
	rtm_route_view_put(&view);
	return err;
}

int rtm_ioctl_get_route_info(struct rtm_cmd *cmd)
{
	struct rtm_get_route_info *arg = &cmd->arg.get_route_info;
	struct rtm_entity *self;
	struct rtm_route *route;
	int err = -EBADF;

	if (arg->flags & ~(RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE))
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	route = rtm_cmd_route(cmd, self, arg->route);
	if (route) {
		err = get_route_info(cmd, self, route);
		rtm_route_put(route);
	}
	rtm_entity_put(self);
	return err;
}

static int is_best_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	struct rtm_is_best_route *arg = &cmd->arg.is_best_route;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_section s;
	int err;

	err = rtm_section_begin(&s, route->dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	arg->views = rtm_route_best_views(route);
	rtm_section_end(&s);
	return rtm_cmd_reply(cmd);
}

int rtm_ioctl_is_best_route(struct rtm_cmd *cmd)
{
	struct rtm_is_best_route *arg = &cmd->arg.is_best_route;
	struct rtm_entity *self;
	struct rtm_route *route;
	int err = -EBADF;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	route = rtm_cmd_route(cmd, self, arg->route);
	if (route) {
		err = is_best_route(cmd, self, route);
		rtm_route_put(route);
	}
	rtm_entity_put(self);
	return err;
}
