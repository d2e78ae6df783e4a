// SPDX-License-Identifier: GPL-2.0-only
/*
 * Criteria by which routes are looked for, and the search for one on a destination.
 */
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_lock.h"
#include "rtm_match.h"
#include "rtm_nexthop.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_view.h"

#define MATCH_FLAGS	(RTM_RM_OWNER | RTM_RM_NEIGHBOUR | RTM_RM_PREF | RTM_RM_NEXTHOP | \
			 RTM_RM_INTERFACE | RTM_RM_SAME_NEXTHOPS)

static int match_check(const struct rtm_route_match *user)
{
	if (user->flags & ~MATCH_FLAGS)
		return -EOPNOTSUPP;
	if (user->pad || user->n_nexthops > RTM_MAX_NEXTHOPS)
		return -EINVAL;
	if (user->flags & RTM_RM_SAME_NEXTHOPS && !(user->flags & RTM_RM_NEXTHOP))
		return -EINVAL;
	return 0;
}

static int match_owner(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id,
		       struct rtm_match *m)
{
	m->owner = rtm_handle_entity(cmd->client, id);
	return m->owner && m->owner->table == self->table ? 0 : -EBADF;
}

/* A next hop of anybody in the table, as a reference, or NULL. */
static struct rtm_nexthop *table_nexthop(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_nexthop *nh = rtm_handle_nexthop(cmd->client, id);

	if (!nh || nh->owner->table == self->table)
		return nh;
	rtm_nexthop_put(nh);
	return NULL;
}

static int match_nexthops(struct rtm_cmd *cmd, struct rtm_entity *self,
			  const struct rtm_route_match *user, struct rtm_match *m)
{
	u64 ids[RTM_MAX_NEXTHOPS];

	if (copy_from_sockptr(ids, rtm_client_ptr(cmd->client, user->nexthops),
			      user->n_nexthops * sizeof(ids[0])))
		return -EFAULT;
	m->nh = kcalloc(user->n_nexthops, sizeof(m->nh[0]), GFP_KERNEL_ACCOUNT);
	if (!m->nh)
		return -ENOMEM;
	for (; m->n < user->n_nexthops; m->n++) {
		m->nh[m->n] = table_nexthop(cmd, self, ids[m->n]);
		if (!m->nh[m->n])
			return -EBADF;
	}
	return 0;
}

static int match_resolve(struct rtm_cmd *cmd, struct rtm_entity *self,
			 const struct rtm_route_match *user, struct rtm_match *m)
{
	int err = 0;

	if (user->flags & RTM_RM_OWNER)
		err = match_owner(cmd, self, user->owner, m);
	if (!err && user->flags & RTM_RM_NEIGHBOUR && user->neighbour) {
		m->neighbour = table_nexthop(cmd, self, user->neighbour);
		err = m->neighbour ? 0 : -EBADF;
	}
	if (!err && user->flags & RTM_RM_NEXTHOP)
		err = match_nexthops(cmd, self, user, m);
	return err;
}

/**
 * rtm_cmd_match() - criteria as a caller gives them
 * @cmd: the call
 * @self: caller's registration
 * @user: what the caller gave
 * @m: out: the same with handles resolved; on success its references are the caller's
 *
 * Context: process, may sleep.
 *
 * Return: 0, -EOPNOTSUPP, -EINVAL, -EFAULT, -ENOMEM, or -EBADF for a handle that names
 * nothing of the caller's table.
 */
int rtm_cmd_match(struct rtm_cmd *cmd, struct rtm_entity *self,
		  const struct rtm_route_match *user, struct rtm_match *m)
{
	int err = match_check(user);

	if (err)
		return err;
	*m = (struct rtm_match){
		.flags = user->flags,
		.ifindex = user->ifindex,
		.metric = user->metric,
		.preference = user->preference,
	};
	err = match_resolve(cmd, self, user, m);
	if (err)
		rtm_match_put(m);
	return err;
}

static bool wanted(const struct rtm_match *m, u32 views, const struct rtm_route *route)
{
	return rtm_route_live(route) && (!views || route->views & views) &&
	       rtm_match_route(m, route);
}

/* The best of those wanted, with a reference, and what it says; or NULL. */
static struct rtm_route *find_route(struct rtm_dest *dest, const struct rtm_match *m, u32 views,
				    struct rtm_route_view *view)
{
	struct rtm_route *route;

	for (route = dest->routes; route; route = route->next) {
		if (!wanted(m, views, route))
			continue;
		rtm_route_hold(route);
		rtm_route_view_collect(view, route);
		return route;
	}
	return NULL;
}

static int store_route(struct rtm_cmd *cmd, struct rtm_grab *grab, struct rtm_route *route,
		       struct rtm_route_view *view)
{
	struct rtm_get_exact_route *arg = &cmd->arg.get_exact_route;
	int err = 0;

	arg->route = 0;
	if (!(arg->flags & RTM_REQ_NO_HANDLE))
		err = rtm_grab_route(grab, route, &arg->route);
	if (!err)
		err = rtm_route_view_store(view, route, grab, &arg->attrs, &arg->dest,
					   &arg->owner);
	return err ? : rtm_cmd_reply(cmd);
}

static int reply_route(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_route *route,
		       struct rtm_route_view *view)
{
	struct rtm_get_exact_route *arg = &cmd->arg.get_exact_route;
	struct rtm_grab *grab;
	int err;

	if (arg->attrs.n_nexthops < view->attrs.n_nexthops) {
		arg->attrs.n_nexthops = view->attrs.n_nexthops;
		return rtm_cmd_reply(cmd) ? : -EMSGSIZE;
	}
	grab = kmalloc(sizeof(*grab), GFP_KERNEL_ACCOUNT);
	if (!grab)
		return -ENOMEM;
	rtm_grab_init(grab, cmd->client, self);
	err = store_route(cmd, grab, route, view);
	if (err)
		rtm_grab_undo(grab);
	kfree(grab);
	return err;
}

static int search(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_dest *dest,
		  const struct rtm_match *m)
{
	const struct rtm_get_exact_route *arg = &cmd->arg.get_exact_route;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_route_view view;
	struct rtm_route *route;
	struct rtm_section s;
	int err;

	err = rtm_section_begin(&s, dest, self, RTM_LOCK_SHARED, &wait);
	if (err)
		return err;
	route = find_route(dest, m, arg->views, &view);
	rtm_section_end(&s);
	if (!route)
		return -ENOENT;
	err = reply_route(cmd, self, route, &view);
	rtm_route_view_put(&view);
	rtm_route_put(route);
	return err;
}

static int get_exact_route(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_get_exact_route *arg = &cmd->arg.get_exact_route;
	struct rtm_dest *dest;
	struct rtm_prefix p;
	struct rtm_match m;
	int err;

	err = rtm_prefix_from_user(&p, &arg->prefix, self->table->family);
	if (!err)
		err = rtm_cmd_match(cmd, self, &arg->match, &m);
	if (err)
		return err;
	dest = rtm_dest_exact(self->table, &p, arg->views);
	if (dest) {
		err = search(cmd, self, dest, &m);
		rtm_dest_put(dest);
	} else {
		err = -ENOENT;
	}
	rtm_match_put(&m);
	return err;
}

int rtm_ioctl_get_exact_route(struct rtm_cmd *cmd)
{
	struct rtm_get_exact_route *arg = &cmd->arg.get_exact_route;
	int err;

	if (arg->flags & ~(RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE))
		return -EOPNOTSUPP;
	err = arg->pad ? -EINVAL : rtm_views_from_user(arg->views, &arg->views);
	if (err)
		return err;
	return rtm_cmd_as(cmd, arg->entity, get_exact_route);
}
