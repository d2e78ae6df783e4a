// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of enumerations.
 *
 * A call that fetches items has a turn: it holds the enumeration's mutex and works on a
 * copy of the cursor.  What it finds is stored at once; the cursor counts when the reply
 * is out, and what a call has given out is taken back when it is not.  A turn ends
 * before a destination that a user has locked.  If that is the first one the call waits,
 * without its turn, and begins anew.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_enum.h"
#include "rtm_handle.h"
#include "rtm_ioctl.h"
#include "rtm_limits.h"
#include "rtm_lock.h"
#include "rtm_nexthop.h"
#include "rtm_prefix.h"
#include "rtm_route.h"
#include "rtm_route_list.h"
#include "rtm_select.h"
#include "rtm_table.h"
#include "rtm_view.h"

static int create_enum(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_enum_spec *spec,
		       u64 *id)
{
	struct rtm_enum *e = rtm_enum_alloc(self, spec);
	int err;

	if (!e) {
		rtm_enum_spec_put(spec);
		return -ENOMEM;
	}
	err = rtm_cmd_new_object(cmd, self, &e->object, id);
	rtm_object_put(&e->object);
	return err;
}

static bool match_is_empty(const struct rtm_route_match *match)
{
	return !memchr_inv(match, 0, sizeof(*match));
}

/* What each kind leaves zero. */
static int check_kind(const struct rtm_create_enum *arg, enum rtm_enum_kind kind)
{
	if (kind != RTM_ENUM_ROUTES && (arg->dest || !match_is_empty(&arg->match)))
		return -EINVAL;
	if (kind != RTM_ENUM_DESTS && arg->protocol)
		return -EINVAL;
	if (kind == RTM_ENUM_NEXTHOPS && (arg->own || arg->views))
		return -EINVAL;
	return 0;
}

static int check_create(const struct rtm_create_enum *arg, enum rtm_enum_kind kind)
{
	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad || arg->own > 1 || arg->where > RTM_EN_RANGE)
		return -EINVAL;
	return check_kind(arg, kind);
}

/* From 0/0 on is all of the table, so that is where a start begins. */
static int spec_place(const struct rtm_create_enum *arg, const struct rtm_entity *self,
		      struct rtm_enum_spec *spec)
{
	if (arg->where == RTM_EN_START || arg->dest)
		return 0;
	spec->range = arg->where == RTM_EN_RANGE;
	return rtm_prefix_from_user(&spec->from, &arg->prefix, self->table->family);
}

static int spec_from_user(struct rtm_cmd *cmd, struct rtm_entity *self, enum rtm_enum_kind kind,
			  struct rtm_enum_spec *spec)
{
	const struct rtm_create_enum *arg = &cmd->arg.create_enum;
	int err;

	memset(spec, 0, sizeof(*spec));
	spec->kind = kind;
	spec->own = arg->own;
	spec->protocol = arg->protocol == RTM_PROTO_THIS ? self->id.protocol : arg->protocol;
	err = rtm_views_from_user(arg->views, &spec->views);
	if (!err)
		err = spec_place(arg, self, spec);
	if (!err)
		err = rtm_cmd_match(cmd, self, &arg->match, &spec->match);
	if (err || !arg->dest)
		return err;
	spec->dest = rtm_cmd_dest(cmd, self, arg->dest);
	if (spec->dest)
		return 0;
	rtm_enum_spec_put(spec);
	return -EBADF;
}

static u32 item_size(const struct rtm_enum_spec *spec)
{
	if (spec->kind == RTM_ENUM_DESTS)
		return rtm_dest_item_size(hweight32(spec->views));
	return sizeof(u64);
}

static int create(struct rtm_cmd *cmd, enum rtm_enum_kind kind)
{
	struct rtm_create_enum *arg = &cmd->arg.create_enum;
	struct rtm_enum_spec spec;
	struct rtm_entity *self;
	int err;

	err = check_create(arg, kind);
	if (err)
		return err;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = spec_from_user(cmd, self, kind, &spec);
	if (!err) {
		arg->item_size = item_size(&spec);
		err = create_enum(cmd, self, &spec, &arg->handle);
	}
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_create_dest_enum(struct rtm_cmd *cmd)
{
	return create(cmd, RTM_ENUM_DESTS);
}

int rtm_ioctl_create_route_enum(struct rtm_cmd *cmd)
{
	return create(cmd, RTM_ENUM_ROUTES);
}

int rtm_ioctl_create_nexthop_enum(struct rtm_cmd *cmd)
{
	return create(cmd, RTM_ENUM_NEXTHOPS);
}

static int create_list_enum(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_create_list_enum *arg = &cmd->arg.create_list_enum;
	struct rtm_enum_spec spec = { .kind = RTM_ENUM_LIST };
	struct rtm_object *list;

	list = rtm_cmd_object(cmd, self, RTM_HANDLE_LIST, arg->list);
	if (!list)
		return -EBADF;
	spec.list = rtm_object_list(list);
	return create_enum(cmd, self, &spec, &arg->handle);
}

int rtm_ioctl_create_route_list_enum(struct rtm_cmd *cmd)
{
	const struct rtm_create_list_enum *arg = &cmd->arg.create_list_enum;

	if (arg->flags)
		return -EOPNOTSUPP;
	return rtm_cmd_as(cmd, arg->entity, create_list_enum);
}

int rtm_ioctl_delete_enum(struct rtm_cmd *cmd)
{
	const struct rtm_object_req *arg = &cmd->arg.object;
	struct rtm_entity *self;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = rtm_cmd_delete_object(cmd, self, RTM_HANDLE_ENUM, arg->handle);
	rtm_entity_put(self);
	return err;
}

/**
 * struct fetch - one call for items of an enumeration
 * @cmd: the call
 * @self: caller's registration
 * @e: the enumeration
 * @c: the turn's cursor
 * @grab: handles given out
 * @routes: routes of one destination, a reference each; of routes only
 * @room: most items to store
 * @stored: items stored
 * @full: no more can be stored in this turn
 * @blocked: the first destination is locked: to be waited for, a reference
 */
struct fetch {
	struct rtm_cmd *cmd;
	struct rtm_entity *self;
	struct rtm_enum *e;
	struct rtm_enum_cursor c;
	struct rtm_grab grab;
	struct rtm_route **routes;
	u32 room;
	u32 stored;
	bool full;
	struct rtm_dest *blocked;
};

static sockptr_t next_item(const struct fetch *f)
{
	const struct rtm_get_enum *arg = &f->cmd->arg.get_enum;

	return rtm_client_ptr(f->cmd->client, arg->items + (u64)f->stored * arg->item_size);
}

static int store_handle(struct fetch *f, u64 id)
{
	if (copy_to_sockptr(next_item(f), &id, sizeof(id)))
		return -EFAULT;
	f->stored++;
	return 0;
}

static int store_route(struct fetch *f, struct rtm_route *route)
{
	u64 id;
	int err = rtm_grab_route(&f->grab, route, &id);

	return err ? : store_handle(f, id);
}

/* Give all of @routes out and drop the references. */
static int store_routes(struct fetch *f, unsigned int n)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n; i++) {
		if (!err)
			err = store_route(f, f->routes[i]);
		rtm_route_put(f->routes[i]);
	}
	return err;
}

static int store_dest(struct fetch *f, struct rtm_dest *dest, struct rtm_dest_views *dv)
{
	int err = rtm_dest_item_store(next_item(f), dest, dv, &f->grab);

	if (!err)
		f->stored++;
	return err;
}

/* The turn ends before a destination that cannot be entered, unless it is the first. */
static int shut(struct fetch *f, struct rtm_dest *dest, int err)
{
	f->full = true;
	if (f->stored)
		return 0;
	if (err == -EAGAIN) {
		rtm_dest_hold(dest);
		f->blocked = dest;
	}
	return err;
}

static int fetch_dest(struct fetch *f, struct rtm_dest *dest)
{
	const struct rtm_wait nowait = { .nowait = true };
	const struct rtm_enum_spec *spec = &f->e->spec;
	struct rtm_dest_views dv;
	struct rtm_section s;
	bool wanted;
	int err;

	err = rtm_section_begin(&s, dest, f->self, RTM_LOCK_SHARED, &nowait);
	if (err)
		return shut(f, dest, err);
	wanted = rtm_enum_wants_dest(f->e, dest);
	if (wanted)
		rtm_dest_views_collect(&dv, dest, spec->views, spec->protocol);
	rtm_section_end(&s);
	rtm_enum_pass_dest(&f->c, dest);
	if (!wanted)
		return 0;
	err = store_dest(f, dest, &dv);
	rtm_dest_views_put(&dv);
	return err;
}

static int fetch_dest_routes(struct fetch *f, struct rtm_dest *dest)
{
	const struct rtm_wait nowait = { .nowait = true };
	struct rtm_section s;
	unsigned int n;
	int err;

	err = rtm_section_begin(&s, dest, f->self, RTM_LOCK_SHARED, &nowait);
	if (err)
		return shut(f, dest, err);
	n = rtm_enum_take_routes(f->e, &f->c, dest, f->routes, f->room - f->stored);
	rtm_section_end(&s);
	return store_routes(f, n);
}

/* One step of a walk over destinations; 1 at the end. */
static int step_dest(struct fetch *f)
{
	struct rtm_dest *dest = rtm_enum_next_dest(f->e, &f->c);
	int err = 0;

	if (!dest)
		return 1;
	if (!rtm_dest_visible(dest, f->e->spec.views))
		rtm_enum_pass_dest(&f->c, dest);
	else if (f->e->spec.kind == RTM_ENUM_DESTS)
		err = fetch_dest(f, dest);
	else
		err = fetch_dest_routes(f, dest);
	rtm_dest_put(dest);
	return err;
}

static int step_nexthop(struct fetch *f)
{
	struct rtm_nexthop *nh = rtm_enum_next_nexthop(f->e, &f->c);
	u64 id;
	int err;

	if (!nh)
		return 1;
	err = rtm_grab_nexthop(&f->grab, nh, &id);
	if (!err)
		err = store_handle(f, id);
	rtm_nexthop_put(nh);
	return err;
}

static int step_listed(struct fetch *f)
{
	struct rtm_route *route = rtm_enum_next_listed(f->e, &f->c);
	int err;

	if (!route)
		return 1;
	err = store_route(f, route);
	rtm_route_put(route);
	return err;
}

static int step(struct fetch *f)
{
	switch (f->e->spec.kind) {
	case RTM_ENUM_NEXTHOPS:
		return step_nexthop(f);
	case RTM_ENUM_LIST:
		return step_listed(f);
	default:
		return step_dest(f);
	}
}

/* As many as there are and there is room for; a signal ends a walk that finds none. */
static int fetch_all(struct fetch *f)
{
	int err = 0;

	while (!err && f->stored < f->room && !f->full) {
		err = step(f);
		cond_resched();
		if (!err && signal_pending(current))
			return f->stored ? 0 : -ERESTARTSYS;
	}
	return err < 0 ? err : 0;
}

/* Whether the cursor counts: all was stored, or nothing but what nobody wants was seen. */
static bool counts(const struct fetch *f, int err)
{
	return !err || err == -ERESTARTSYS || f->blocked;
}

/* One turn, with the reply. */
static int fetch_turn(struct fetch *f)
{
	struct rtm_get_enum *arg = &f->cmd->arg.get_enum;
	u32 room = arg->count;
	int err;

	if (mutex_lock_interruptible(&f->e->lock))
		return -ERESTARTSYS;
	f->stored = 0;
	f->full = false;
	f->c = f->e->cursor;
	err = fetch_all(f);
	arg->count = f->stored;
	if (!err)
		err = rtm_cmd_reply(f->cmd);
	if (counts(f, err))
		f->e->cursor = f->c;
	mutex_unlock(&f->e->lock);
	if (err) {
		rtm_grab_undo(&f->grab);
		arg->count = room;
	}
	return err;
}

/* Wait for a user's lock, with no turn; it may be locked again afterwards. */
static int wait_unlocked(struct fetch *f)
{
	const struct rtm_get_enum *arg = &f->cmd->arg.get_enum;
	struct rtm_wait wait = rtm_cmd_wait(arg->flags, arg->deadline);
	struct rtm_section s;
	int err;

	err = rtm_section_begin(&s, f->blocked, f->self, RTM_LOCK_SHARED, &wait);
	if (!err)
		rtm_section_end(&s);
	rtm_dest_put(f->blocked);
	f->blocked = NULL;
	return err;
}

static int fetch(struct fetch *f)
{
	int err;

	for (;;) {
		err = fetch_turn(f);
		if (!f->blocked)
			return err;
		err = wait_unlocked(f);
		if (err)
			return err;
	}
}

static unsigned int handles_per_item(enum rtm_enum_kind kind)
{
	return kind == RTM_ENUM_DESTS ? RTM_DEST_ITEM_HANDLES : 1;
}

static int fetch_with(struct fetch *f, u64 *ids)
{
	unsigned int room = f->room * handles_per_item(f->e->spec.kind);

	rtm_grab_init_room(&f->grab, f->cmd->client, f->self, ids, room);
	return fetch(f);
}

static int get_items(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_enum *e)
{
	const struct rtm_get_enum *arg = &cmd->arg.get_enum;
	struct fetch *f;
	u64 *ids;
	int err = -ENOMEM;

	if (arg->item_size != item_size(&e->spec))
		return -EINVAL;
	f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	if (!f)
		return -ENOMEM;
	f->cmd = cmd;
	f->self = self;
	f->e = e;
	f->room = min(arg->count, READ_ONCE(rtm_max_handles));
	ids = kvcalloc(f->room, handles_per_item(e->spec.kind) * sizeof(*ids),
		       GFP_KERNEL_ACCOUNT);
	f->routes = kvcalloc(f->room, sizeof(f->routes[0]), GFP_KERNEL_ACCOUNT);
	if (ids && f->routes)
		err = fetch_with(f, ids);
	kvfree(f->routes);
	kvfree(ids);
	kfree(f);
	return err;
}

static int get_enum(struct rtm_cmd *cmd, enum rtm_enum_kind kind)
{
	const struct rtm_get_enum *arg = &cmd->arg.get_enum;
	struct rtm_object *object;
	struct rtm_entity *self;
	int err = -EBADF;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (!arg->count)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	object = rtm_cmd_object(cmd, self, RTM_HANDLE_ENUM, arg->handle);
	if (object) {
		if (rtm_object_enum(object)->spec.kind == kind)
			err = get_items(cmd, self, rtm_object_enum(object));
		rtm_object_put(object);
	}
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_get_enum_dests(struct rtm_cmd *cmd)
{
	return get_enum(cmd, RTM_ENUM_DESTS);
}

int rtm_ioctl_get_enum_routes(struct rtm_cmd *cmd)
{
	return get_enum(cmd, RTM_ENUM_ROUTES);
}

int rtm_ioctl_get_enum_nexthops(struct rtm_cmd *cmd)
{
	return get_enum(cmd, RTM_ENUM_NEXTHOPS);
}

int rtm_ioctl_get_list_enum_routes(struct rtm_cmd *cmd)
{
	return get_enum(cmd, RTM_ENUM_LIST);
}
