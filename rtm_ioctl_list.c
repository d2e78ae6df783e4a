// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about route lists.
 *
 * Putting routes on a list waits for nobody: it is no change of the destination, which
 * somebody else may have locked.  All that can fail, handles and memory, is seen to
 * first, for all routes of a call; then they are moved.
 */
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_object.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_select.h"

static int create_route_list(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_route_list *list = rtm_route_list_alloc(self);
	int err;

	if (!list)
		return -ENOMEM;
	err = rtm_cmd_new_object(cmd, self, &list->object, &cmd->arg.object.handle);
	rtm_object_put(&list->object);
	return err;
}

int rtm_ioctl_create_route_list(struct rtm_cmd *cmd)
{
	if (cmd->arg.object.flags)
		return -EOPNOTSUPP;
	return rtm_cmd_as(cmd, cmd->arg.object.entity, create_route_list);
}

int rtm_ioctl_delete_route_list(struct rtm_cmd *cmd)
{
	const struct rtm_object_req *arg = &cmd->arg.object;
	struct rtm_entity *self;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = rtm_cmd_delete_object(cmd, self, RTM_HANDLE_LIST, arg->handle);
	rtm_entity_put(self);
	return err;
}

/**
 * struct insertion - routes to be moved
 * @n: routes found so far
 * @ids: their handles
 * @routes: they, a reference each
 */
struct insertion {
	unsigned int n;
	u64 *ids;
	struct rtm_route **routes;
};

static int insertion_begin(struct insertion *in, const struct rtm_cmd *cmd)
{
	const struct rtm_insert_in_list *arg = &cmd->arg.insert_in_list;
	size_t bytes = arg->count * sizeof(in->ids[0]);

	in->n = 0;
	in->ids = kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	in->routes = kvmalloc_array(arg->count, sizeof(in->routes[0]), GFP_KERNEL_ACCOUNT);
	if (!in->ids || !in->routes)
		return -ENOMEM;
	return copy_from_sockptr(in->ids, rtm_client_ptr(cmd->client, arg->routes), bytes) ?
	       -EFAULT : 0;
}

static void insertion_end(struct insertion *in)
{
	while (in->n)
		rtm_route_put(in->routes[--in->n]);
	kvfree(in->routes);
	kvfree(in->ids);
}

static int check_route(struct rtm_entity *self, struct rtm_route *route, bool extra)
{
	if (rtm_route_owner(route) != self || !rtm_route_live(route))
		return -EBADF;
	return extra ? rtm_route_extra_get(route) : 0;
}

/* Find and check every route of the call. */
static int insertion_find(struct insertion *in, struct rtm_cmd *cmd, struct rtm_entity *self,
			  bool extra)
{
	u32 count = cmd->arg.insert_in_list.count;
	struct rtm_route *route;
	int err = 0;

	while (!err && in->n < count) {
		route = rtm_handle_route(cmd->client, in->ids[in->n]);
		if (!route)
			return -EBADF;
		in->routes[in->n++] = route;
		err = check_route(self, route, extra);
		cond_resched();
	}
	return err;
}

static int insert_routes(struct rtm_cmd *cmd, struct rtm_entity *self,
			 struct rtm_route_list *list)
{
	struct insertion in;
	unsigned int i;
	int err;

	err = insertion_begin(&in, cmd);
	if (!err)
		err = insertion_find(&in, cmd, self, list);
	for (i = 0; !err && i < in.n; i++) {
		rtm_route_list_move(list, in.routes[i]);
		cond_resched();
	}
	insertion_end(&in);
	return err;
}

static int insert_in_list(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	u64 id = cmd->arg.insert_in_list.list;
	struct rtm_object *list;
	int err;

	if (!id)
		return insert_routes(cmd, self, NULL);
	list = rtm_cmd_object(cmd, self, RTM_HANDLE_LIST, id);
	if (!list)
		return -EBADF;
	err = insert_routes(cmd, self, rtm_object_list(list));
	rtm_object_put(list);
	return err;
}

int rtm_ioctl_insert_in_route_list(struct rtm_cmd *cmd)
{
	const struct rtm_insert_in_list *arg = &cmd->arg.insert_in_list;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->count > RTM_MAX_HANDLES_CALL || arg->pad)
		return -EINVAL;
	return rtm_cmd_as(cmd, arg->entity, insert_in_list);
}
