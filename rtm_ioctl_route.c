// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about routes, destinations, their lock and their opaque cells.
 *
 * What a reply says about a destination or route is collected in one section, with
 * references to everything it names, so it is true at one moment; handles are made
 * and user memory is touched after the section has ended.  A call that waits for a
 * lock holds no lock itself.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_opaque.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"

static struct rtm_wait wait_of(u32 flags, u64 deadline)
{
	return (struct rtm_wait){
		.deadline = deadline,
		.nowait = flags & RTM_REQ_NOWAIT,
	};
}

/* A next hop the caller may put into a route; a reference, or NULL. */
static struct rtm_nexthop *usable_nexthop(struct rtm_client *client, struct rtm_entity *self,
					  u64 id)
{
	struct rtm_nexthop *nh = rtm_handle_nexthop(client, id);

	if (!nh)
		return NULL;
	if (nh->owner == self && READ_ONCE(nh->state) == RTM_STATE_CREATED)
		return nh;
	rtm_nexthop_put(nh);
	return NULL;
}

static bool has_nexthop(const struct rtm_nhset *nhs, unsigned int n, const struct rtm_nexthop *nh)
{
	while (n--)
		if (nhs->nh[n] == nh)
			return true;
	return false;
}

static int fill_nhset(struct rtm_client *client, struct rtm_entity *self, struct rtm_nhset *nhs,
		      const u64 *ids)
{
	struct rtm_nexthop *nh;
	unsigned int i;

	for (i = 0; i < nhs->n; i++) {
		nh = usable_nexthop(client, self, ids[i]);
		if (!nh)
			return -EBADF;
		nhs->nh[i] = nh;
		atomic_inc(&nh->users);
		if (has_nexthop(nhs, i, nh))
			return -EINVAL;
	}
	return 0;
}

/* The source address has as many bytes as the family; what follows is padding. */
static int check_src(const struct rtm_route_attrs *attrs, u16 family)
{
	unsigned int bytes = rtm_family_bits(family) / 8;

	return memchr_inv(attrs->src + bytes, 0, sizeof(attrs->src) - bytes) ? -EINVAL : 0;
}

static struct rtm_nhset *nhset_from_user(struct rtm_client *client, struct rtm_entity *self,
					 const struct rtm_route_attrs *attrs)
{
	u64 ids[RTM_MAX_NEXTHOPS];
	struct rtm_nhset *nhs;
	int err;

	if (attrs->n_nexthops > min_t(u32, rtm_max_nexthops, ARRAY_SIZE(ids)))
		return ERR_PTR(-EINVAL);
	if (copy_from_user(ids, u64_to_user_ptr(attrs->nexthops),
			   attrs->n_nexthops * sizeof(ids[0])))
		return ERR_PTR(-EFAULT);
	nhs = rtm_nhset_alloc(attrs->n_nexthops);
	if (!nhs)
		return ERR_PTR(-ENOMEM);
	nhs->mtu = attrs->mtu;
	memcpy(nhs->src, attrs->src, sizeof(nhs->src));
	err = fill_nhset(client, self, nhs, ids);
	if (!err)
		return nhs;
	rtm_nhset_put(nhs);
	return ERR_PTR(err);
}

/* 0 is allowed: in the table, best nowhere.  Unsupported views alone are not. */
static int views_from_user(u32 views, u32 *supported)
{
	*supported = views & RTM_V_SUPPORTED;
	return views && !*supported ? -EINVAL : 0;
}

static int spec_values(struct rtm_entity *self, const struct rtm_net_prefix *dest,
		       const struct rtm_route_attrs *attrs, struct rtm_route_spec *spec)
{
	int err;

	memset(spec, 0, sizeof(*spec));
	err = rtm_prefix_from_user(&spec->prefix, dest, self->table->family);
	if (!err)
		err = check_src(attrs, self->table->family);
	if (!err)
		err = views_from_user(attrs->views, &spec->views);
	spec->cookie = attrs->cookie;
	spec->metric = attrs->metric;
	spec->preference = attrs->preference;
	spec->flags = attrs->flags;
	spec->flags1 = attrs->flags1;
	return err;
}

static void spec_put(struct rtm_route_spec *spec)
{
	if (spec->neighbour)
		rtm_nexthop_put(spec->neighbour);
	rtm_nhset_put(spec->nhs);
}

/* On success the caller ends with spec_put(), having cleared what was taken over. */
static int spec_from_user(struct rtm_client *client, struct rtm_entity *self,
			  const struct rtm_net_prefix *dest, const struct rtm_route_attrs *attrs,
			  struct rtm_route_spec *spec)
{
	struct rtm_nhset *nhs;
	int err;

	err = spec_values(self, dest, attrs, spec);
	if (err)
		return err;
	if (attrs->neighbour) {
		spec->neighbour = usable_nexthop(client, self, attrs->neighbour);
		if (!spec->neighbour)
			return -EBADF;
	}
	nhs = nhset_from_user(client, self, attrs);
	if (IS_ERR(nhs)) {
		spec_put(spec);
		return PTR_ERR(nhs);
	}
	spec->nhs = nhs;
	return 0;
}

/* A route of the caller's table behind a handle; a reference, or NULL. */
static struct rtm_route *cmd_route(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_route *route = rtm_handle_route(cmd->client, id);

	if (!route || route->dest->table == self->table)
		return route;
	rtm_route_put(route);
	return NULL;
}

static struct rtm_dest *cmd_dest(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_dest *dest = rtm_handle_dest(cmd->client, id);

	if (!dest || dest->table == self->table)
		return dest;
	rtm_dest_put(dest);
	return NULL;
}

/*
 * The handle of a route that is there already is given out before the change, when
 * it can still fail the call.  Returns that route, to be put, or NULL.
 */
static struct rtm_route *grab_present(struct rtm_cmd *cmd, struct rtm_entity *self,
				      const struct rtm_route_spec *spec, struct rtm_grab *grab)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *route = NULL;
	int err = 0;

	if (arg->flags & RTM_REQ_NO_HANDLE || arg->change & RTM_RC_NEW)
		return NULL;
	route = rtm_route_find(self, &spec->prefix, spec->neighbour, arg->change & RTM_RC_FIRST);
	if (route)
		err = rtm_grab_route(grab, route, &arg->route);
	if (!err)
		return route;
	rtm_route_put(route);
	return ERR_PTR(err);
}

/*
 * What could not be done before the change: the handle of a route that is new, or
 * that somebody else put there a moment ago.  If it fails a new route goes again.
 */
static int reply_added(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route,
		       struct rtm_route *present, struct rtm_grab *grab)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	const struct rtm_wait nowait = { .nowait = true };
	int err = 0;
	u32 change;

	if (route != present)
		rtm_grab_undo(grab);
	if (route != present && !(arg->flags & RTM_REQ_NO_HANDLE))
		err = rtm_grab_route(grab, route, &arg->route);
	if (err && arg->change & RTM_RC_NEW)
		rtm_route_delete(self, route, &nowait, &change);
	if (!err)
		err = rtm_cmd_reply(cmd);
	return err;
}

static int add_by_key(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route_spec *spec,
		      const struct rtm_wait *wait)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *present, *route;
	struct rtm_grab grab;
	int err;

	rtm_grab_init(&grab, cmd->client, self);
	present = grab_present(cmd, self, spec, &grab);
	if (IS_ERR(present))
		return PTR_ERR(present);
	err = rtm_route_add(self, spec, wait, &arg->change, &route);
	if (!err) {
		spec->nhs = NULL;
		err = reply_added(cmd, self, route, present, &grab);
		rtm_route_put(route);
	}
	if (err)
		rtm_grab_undo(&grab);
	if (present)
		rtm_route_put(present);
	return err;
}

static int add_by_handle(struct rtm_cmd *cmd, struct rtm_entity *self,
			 struct rtm_route_spec *spec, const struct rtm_wait *wait)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_route *route;
	int err;

	route = cmd_route(cmd, self, arg->route);
	if (!route)
		return -EBADF;
	err = rtm_route_update(self, route, spec, wait, &arg->change);
	rtm_route_put(route);
	if (err)
		return err;
	spec->nhs = NULL;
	return rtm_cmd_reply(cmd);
}

static int add_route(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
	struct rtm_route_spec spec;
	int err;

	err = spec_from_user(cmd->client, self, &arg->dest, &arg->attrs, &spec);
	if (err)
		return err;
	err = arg->route ? add_by_handle(cmd, self, &spec, &wait) :
			   add_by_key(cmd, self, &spec, &wait);
	spec_put(&spec);
	return err;
}

int rtm_ioctl_add_route(struct rtm_cmd *cmd)
{
	struct rtm_add_route *arg = &cmd->arg.add_route;
	struct rtm_entity *self;
	int err;

	if (arg->flags & ~(RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE))
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = add_route(cmd, self);
	rtm_entity_put(self);
	return err;
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
	route = cmd_route(cmd, self, arg->route);
	return route ? route : ERR_PTR(-EBADF);
}

static int delete_route(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_delete_route *arg = &cmd->arg.delete_route;
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
	struct rtm_route *route;
	int err;

	route = route_to_delete(cmd, self);
	if (IS_ERR(route))
		return PTR_ERR(route);
	err = rtm_route_delete(self, route, &wait, &arg->change);
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
	struct rtm_entity *self;
	int err;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = delete_route(cmd, self);
	rtm_entity_put(self);
	return err;
}

static int item_add(struct rtm_client *client, struct rtm_entity *self,
		    struct rtm_route_item *item, const struct rtm_wait *wait)
{
	struct rtm_route_spec spec;
	struct rtm_route *route;
	int err;

	err = spec_from_user(client, self, &item->dest, &item->attrs, &spec);
	if (err)
		return err;
	err = rtm_route_add(self, &spec, wait, &item->change, &route);
	if (!err) {
		spec.nhs = NULL;
		rtm_route_put(route);
	}
	spec_put(&spec);
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
	err = rtm_route_delete(self, route, wait, &item->change);
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

static int batch_item(struct rtm_client *client, struct rtm_entity *self, item_fn fn,
		      struct rtm_route_item __user *user, const struct rtm_wait *wait)
{
	struct rtm_route_item item;
	int err;

	if (copy_from_user(&item, user, sizeof(item)))
		return -EFAULT;
	/* As for single commands: no change whose status cannot be stored. */
	if (put_user(item.status, &user->status))
		return -EFAULT;
	err = fn(client, self, &item, wait);
	if (ends_batch(err))
		return err;
	item.status = err;
	if (put_user(item.change, &user->change) || put_user(item.status, &user->status))
		return -EFAULT;
	return 0;
}

static int run_batch(struct rtm_cmd *cmd, struct rtm_entity *self, item_fn fn)
{
	struct rtm_route_batch *arg = &cmd->arg.route_batch;
	struct rtm_route_item __user *items = u64_to_user_ptr(arg->items);
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
	int err = 0;

	for (arg->done = 0; arg->done < arg->count && !err;) {
		err = batch_item(cmd->client, self, fn, &items[arg->done], &wait);
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

/**
 * struct route_view - what a route says, collected in one section
 * @neighbour: reference, or NULL
 * @nhs: reference
 * @attrs: everything else
 */
struct route_view {
	struct rtm_nexthop *neighbour;
	struct rtm_nhset *nhs;
	struct rtm_route_attrs attrs;
};

static u8 route_state(const struct rtm_route *route)
{
	if (route->state == RTM_STATE_CREATED && READ_ONCE(route->dead))
		return RTM_STATE_DELETING;
	return route->state;
}

static void collect_route(struct rtm_route *route, struct route_view *view)
{
	struct rtm_nhset *nhs = rcu_dereference_protected(route->nhs, true);

	memset(view, 0, sizeof(*view));
	view->neighbour = route->neighbour;
	if (view->neighbour)
		rtm_nexthop_hold(view->neighbour);
	refcount_inc(&nhs->refs);
	view->nhs = nhs;
	view->attrs.cookie = route->cookie;
	view->attrs.n_nexthops = nhs->n;
	view->attrs.metric = route->metric;
	view->attrs.preference = route->preference;
	view->attrs.views = route->views;
	view->attrs.flags = route->flags;
	view->attrs.flags1 = route->flags1;
	view->attrs.state = route_state(route);
	view->attrs.mtu = nhs->mtu;
	memcpy(view->attrs.src, nhs->src, sizeof(view->attrs.src));
}

static void route_view_put(struct route_view *view)
{
	if (view->neighbour)
		rtm_nexthop_put(view->neighbour);
	rtm_nhset_put(view->nhs);
}

static int store_nexthops(struct rtm_grab *grab, struct rtm_nhset *nhs, u64 __user *user)
{
	u64 ids[RTM_MAX_NEXTHOPS];
	unsigned int i;
	int err;

	for (i = 0; i < nhs->n; i++) {
		err = rtm_grab_nexthop(grab, nhs->nh[i], &ids[i]);
		if (err)
			return err;
	}
	return copy_to_user(user, ids, nhs->n * sizeof(ids[0])) ? -EFAULT : 0;
}

/* Turn what was collected into the reply, with a handle for all it names. */
static int grab_route_info(struct rtm_get_route_info *arg, struct rtm_grab *grab,
			   struct rtm_route *route, struct route_view *view)
{
	u64 __user *nexthops = u64_to_user_ptr(arg->attrs.nexthops);
	u64 nexthops_ptr = arg->attrs.nexthops;
	int err;

	arg->attrs = view->attrs;
	arg->attrs.nexthops = nexthops_ptr;
	err = rtm_grab_dest(grab, route->dest, &arg->dest);
	if (!err)
		err = rtm_grab_entity(grab, route->owner, &arg->owner);
	if (!err)
		err = rtm_grab_nexthop(grab, view->neighbour, &arg->attrs.neighbour);
	if (!err)
		err = store_nexthops(grab, view->nhs, nexthops);
	return err;
}

static int reply_route_info(struct rtm_cmd *cmd, struct rtm_entity *self,
			    struct rtm_route *route, struct route_view *view)
{
	struct rtm_get_route_info *arg = &cmd->arg.get_route_info;
	u32 room = arg->attrs.n_nexthops;
	struct rtm_grab *grab;
	int err;

	if (room < view->nhs->n) {
		arg->attrs.n_nexthops = view->nhs->n;
		return rtm_cmd_reply(cmd) ? : -EMSGSIZE;
	}
	grab = kmalloc(sizeof(*grab), GFP_KERNEL);
	if (!grab)
		return -ENOMEM;
	rtm_grab_init(grab, cmd->client, self);
	err = grab_route_info(arg, grab, route, view);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err)
		rtm_grab_undo(grab);
	kfree(grab);
	return err;
}

static void fill_prefix(struct rtm_net_prefix *user, const struct rtm_dest *dest)
{
	struct rtm_prefix p;

	rtm_dest_prefix(dest, &p);
	rtm_prefix_to_user(user, &p, dest->table->family);
}

static int get_route_info(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route)
{
	struct rtm_get_route_info *arg = &cmd->arg.get_route_info;
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
	struct route_view view;
	struct rtm_section s;
	int err;

	fill_prefix(&arg->prefix, route->dest);
	if (arg->flags & RTM_REQ_NO_HANDLE)
		return rtm_cmd_reply(cmd);
	err = rtm_section_begin(&s, route->dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	collect_route(route, &view);
	rtm_section_end(&s);
	err = reply_route_info(cmd, self, route, &view);
	route_view_put(&view);
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
	route = cmd_route(cmd, self, arg->route);
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
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
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
	route = cmd_route(cmd, self, arg->route);
	if (route) {
		err = is_best_route(cmd, self, route);
		rtm_route_put(route);
	}
	rtm_entity_put(self);
	return err;
}

/**
 * struct dest_view - what a destination says, collected in one section
 * @n: view blocks
 * @belongs: views it has routes in
 * @last_changed: CLOCK_REALTIME nanoseconds
 * @routes: best route of each block, a reference, or NULL
 * @blocks: the blocks, handles still zero
 */
struct dest_view {
	unsigned int n;
	u32 belongs;
	u64 last_changed;
	struct rtm_route *routes[RTM_N_VIEWS];
	struct rtm_dest_view blocks[RTM_N_VIEWS];
};

static bool reported(const struct rtm_route *route, unsigned int view, u32 protocol)
{
	return rtm_route_live(route) && route->views & BIT(view) &&
	       route->owner->id.protocol == protocol;
}

static struct rtm_route *best_of_protocol(struct rtm_dest *dest, unsigned int view, u32 protocol)
{
	struct rtm_route *route;

	if (protocol == RTM_PROTO_BEST)
		return rcu_dereference_protected(dest->best[view], true);
	list_for_each_entry(route, &dest->routes, link)
		if (reported(route, view, protocol))
			return route;
	return NULL;
}

static u32 count_routes(struct rtm_dest *dest, unsigned int view)
{
	struct rtm_route *route;
	u32 n = 0;

	list_for_each_entry(route, &dest->routes, link)
		n += rtm_route_live(route) && route->views & BIT(view);
	return n;
}

static void collect_view(struct rtm_dest *dest, unsigned int view, u32 protocol,
			 struct dest_view *dv)
{
	struct rtm_route *route = best_of_protocol(dest, view, protocol);
	struct rtm_dest_view *block = &dv->blocks[dv->n];

	block->view = view;
	block->n_routes = count_routes(dest, view);
	if (route) {
		rtm_route_hold(route);
		block->flags = route->flags;
	}
	dv->routes[dv->n++] = route;
}

static void collect_dest(struct rtm_dest *dest, u32 views, u32 protocol, struct dest_view *dv)
{
	unsigned int view;

	memset(dv, 0, sizeof(*dv));
	dv->belongs = dest->views;
	dv->last_changed = dest->last_changed;
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (views & BIT(view))
			collect_view(dest, view, protocol, dv);
}

static void dest_view_put(struct dest_view *dv)
{
	while (dv->n--)
		if (dv->routes[dv->n])
			rtm_route_put(dv->routes[dv->n]);
}

static int grab_dest_view(struct rtm_grab *grab, struct dest_view *dv)
{
	unsigned int i;
	int err;

	for (i = 0; i < dv->n; i++) {
		if (!dv->routes[i])
			continue;
		err = rtm_grab_route(grab, dv->routes[i], &dv->blocks[i].route);
		if (!err)
			err = rtm_grab_entity(grab, dv->routes[i]->owner, &dv->blocks[i].owner);
		if (err)
			return err;
	}
	return 0;
}

static int store_dest(struct rtm_cmd *cmd, struct rtm_grab *grab, struct rtm_dest *dest,
		      struct dest_view *dv)
{
	struct rtm_get_dest *arg = &cmd->arg.get_dest;
	int err;

	fill_prefix(&arg->prefix, dest);
	arg->n_views = dv->n;
	arg->belongs = dv->belongs;
	arg->last_changed = dv->last_changed;
	err = rtm_grab_dest(grab, dest, &arg->dest);
	if (!err)
		err = grab_dest_view(grab, dv);
	if (!err && copy_to_user(u64_to_user_ptr(arg->view_infos), dv->blocks,
				 dv->n * sizeof(dv->blocks[0])))
		err = -EFAULT;
	return err ? : rtm_cmd_reply(cmd);
}

static int reply_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest,
		      struct dest_view *dv)
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
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);
	struct rtm_section s;
	struct dest_view dv;
	int err;

	err = rtm_section_begin(&s, dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	collect_dest(dest, arg->views, asked_protocol(arg, self), &dv);
	rtm_section_end(&s);
	err = reply_dest(cmd, self, dest, &dv);
	dest_view_put(&dv);
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
	err = views_from_user(arg->views, &arg->views);
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
	struct rtm_dest *dest = cmd_dest(cmd, self, cmd->arg.get_dest.dest);

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
	struct rtm_dest *dest = cmd_dest(cmd, self, arg->dest);
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

static bool owns_route(struct rtm_dest *dest, const struct rtm_entity *entity)
{
	struct rtm_route *route;
	bool owns = false;

	rtm_kernel_read_begin(dest);
	list_for_each_entry(route, &dest->routes, link)
		owns |= route->owner == entity && rtm_route_live(route);
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
	struct rtm_wait wait = wait_of(arg->flags, arg->deadline);

	if (!may_lock(dest, self, arg->flags & RTM_REQ_EXCLUSIVE))
		return -EACCES;
	return rtm_lock_dest(dest, self, lock_mode(arg->flags), &wait);
}

static int unlock_dest(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest)
{
	return rtm_unlock_dest(dest, self, lock_mode(cmd->arg.lock_dest.flags));
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
	dest = cmd_dest(cmd, self, dest_id);
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
