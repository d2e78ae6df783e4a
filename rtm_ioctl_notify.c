// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about change notification.
 *
 * Fetching changes is the one that consumes: a destination is taken, looked at and
 * stored one after the other, and if anything fails on the way, or the reply cannot
 * be stored, all of them are given back and no handle is left behind.
 */
#include <linux/bitops.h>
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
#include "rtm_notify.h"
#include "rtm_prefix.h"
#include "rtm_table.h"
#include "rtm_view.h"

static int check_types(u32 types)
{
	const u32 kinds = RTM_CT_ALL | RTM_CT_BEST | RTM_CT_FORWARDING;

	if (types & ~(kinds | RTM_CT_ONLY_MARKED))
		return -EOPNOTSUPP;
	return types & kinds ? 0 : -EINVAL;
}

/* Without a family there is no filter, and then nothing else may be there. */
static int prefix_filter(const struct rtm_register_notify *arg, struct rtm_entity *self,
			 struct rtm_notify_spec *spec)
{
	spec->has_prefix = arg->prefix.family;
	if (!spec->has_prefix)
		return memchr_inv(&arg->prefix, 0, sizeof(arg->prefix)) ? -EINVAL : 0;
	return rtm_prefix_from_user(&spec->prefix, &arg->prefix, self->table->family);
}

static int notify_spec(const struct rtm_register_notify *arg, struct rtm_entity *self,
		       struct rtm_notify_spec *spec)
{
	int err;

	memset(spec, 0, sizeof(*spec));
	spec->types = arg->types;
	spec->protocol = arg->protocol == RTM_PROTO_THIS ? self->id.protocol : arg->protocol;
	spec->events = arg->flags & RTM_REQ_EVENTS;
	spec->context = arg->context;
	err = check_types(arg->types);
	if (!err)
		err = rtm_views_from_user(arg->views, &spec->views);
	return err ? : prefix_filter(arg, self, spec);
}

static int register_notify(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	struct rtm_register_notify *arg = &cmd->arg.register_notify;
	struct rtm_notify_spec spec;
	struct rtm_notify *n;
	int err;

	err = notify_spec(arg, self, &spec);
	if (err)
		return err;
	n = rtm_notify_create(cmd->client, self, &spec);
	if (IS_ERR(n))
		return PTR_ERR(n);
	arg->item_size = rtm_dest_item_size(hweight32(spec.views));
	err = rtm_cmd_new_object(cmd, self, &n->object, &arg->notify);
	if (!err)
		rtm_notify_start(n, arg->notify);
	rtm_object_put(&n->object);
	return err;
}

int rtm_ioctl_register_notify(struct rtm_cmd *cmd)
{
	struct rtm_register_notify *arg = &cmd->arg.register_notify;

	if (arg->flags & ~RTM_REQ_EVENTS)
		return -EOPNOTSUPP;
	return rtm_cmd_as(cmd, arg->entity, register_notify);
}

int rtm_ioctl_deregister_notify(struct rtm_cmd *cmd)
{
	struct rtm_deregister_notify *arg = &cmd->arg.deregister_notify;
	struct rtm_entity *self;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = rtm_cmd_delete_object(cmd, self, RTM_HANDLE_NOTIFY, arg->notify);
	rtm_entity_put(self);
	return err;
}

/* The registration for change notification a call names; a reference, or NULL. */
static struct rtm_notify *cmd_notify(struct rtm_cmd *cmd, struct rtm_entity *self, u64 id)
{
	struct rtm_object *object = rtm_cmd_object(cmd, self, RTM_HANDLE_NOTIFY, id);

	return object ? rtm_notify_of(object) : NULL;
}

/**
 * struct fetch - one RTM_IOC_GET_CHANGED_DESTS
 * @cmd: the call
 * @self: caller's registration
 * @read: the turn
 * @grab: handles given out
 * @room: most items to store
 * @stored: items stored
 * @shut: the destination looked at last could not be entered
 * @blocked: the first one is locked: to be waited for, a reference
 */
struct fetch {
	struct rtm_cmd *cmd;
	struct rtm_entity *self;
	struct rtm_notify_read read;
	struct rtm_grab grab;
	u32 room;
	u32 stored;
	bool shut;
	struct rtm_dest *blocked;
};

static int store_item(struct fetch *f, struct rtm_dest *dest, struct rtm_dest_views *dv)
{
	const struct rtm_get_changed *arg = &f->cmd->arg.get_changed;
	u64 at = arg->items + (u64)f->stored * arg->item_size;
	int err;

	err = rtm_dest_item_store(rtm_client_ptr(f->cmd->client, at), dest, dv, &f->grab);
	if (!err)
		f->stored++;
	return err;
}

/* Take one destination and store it, unless it need not be told. */
static int fetch_one(struct fetch *f, struct rtm_dest *dest)
{
	const struct rtm_wait nowait = { .nowait = true };
	struct rtm_dest_views dv;
	struct rtm_section s;
	bool taken;
	int err;

	err = rtm_section_begin(&s, dest, f->self, RTM_LOCK_SHARED, &nowait);
	f->shut = err;
	if (err)
		return err;
	taken = rtm_notify_read_take(&f->read, dest);
	if (taken)
		rtm_dest_views_collect(&dv, dest, f->read.n->spec.views, RTM_PROTO_BEST);
	rtm_section_end(&s);
	if (!taken)
		return 0;
	err = store_item(f, dest, &dv);
	rtm_dest_views_put(&dv);
	return err;
}

/* As many as there are and there is room for, up to one that is locked. */
static int fetch_all(struct fetch *f)
{
	struct rtm_dest *dest;
	int err = 0;

	while (f->stored < f->room && !err) {
		dest = rtm_notify_read_next(&f->read);
		if (IS_ERR_OR_NULL(dest))
			return f->stored ? 0 : PTR_ERR_OR_ZERO(dest);
		err = fetch_one(f, dest);
		if (err == -EAGAIN && f->shut && !f->stored)
			f->blocked = dest;
		else
			rtm_dest_put(dest);
		if (f->shut && f->stored)
			return 0;
		cond_resched();
		if (!err && signal_pending(current))
			return f->stored ? 0 : -ERESTARTSYS;
	}
	return err;
}

/* One turn, with the reply. */
static int fetch_turn(struct fetch *f, struct rtm_notify *n, struct rtm_notify_taken *taken)
{
	struct rtm_get_changed *arg = &f->cmd->arg.get_changed;
	u32 room = arg->count;
	int err;

	f->stored = 0;
	err = rtm_notify_read_begin(&f->read, n, taken, arg->flags & RTM_REQ_NOWAIT);
	if (err)
		return err;
	err = fetch_all(f);
	arg->count = f->stored;
	arg->state = rtm_notify_read_state(&f->read);
	if (!err)
		err = rtm_cmd_reply(f->cmd);
	if (err)
		rtm_grab_undo(&f->grab);
	rtm_notify_read_end(&f->read, arg->state, !err);
	if (err)
		arg->count = room;
	return err;
}

/* Wait for a user's lock, with no turn; it may be locked again afterwards. */
static int wait_unlocked(struct fetch *f)
{
	const struct rtm_get_changed *arg = &f->cmd->arg.get_changed;
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

static int fetch(struct fetch *f, struct rtm_notify *n, struct rtm_notify_taken *taken)
{
	int err;

	for (;;) {
		err = fetch_turn(f, n, taken);
		if (!f->blocked)
			return err;
		err = wait_unlocked(f);
		if (err)
			return err;
	}
}

static int get_changed(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_notify *n)
{
	struct rtm_get_changed *arg = &cmd->arg.get_changed;
	struct fetch *f = NULL;
	struct rtm_notify_taken *taken;
	u64 *ids;
	u32 room;
	int err = -ENOMEM;

	if (arg->item_size != rtm_dest_item_size(hweight32(n->spec.views)))
		return -EINVAL;
	room = min(arg->count, READ_ONCE(rtm_max_handles));
	taken = kvcalloc(room, sizeof(*taken), GFP_KERNEL_ACCOUNT);
	ids = kvcalloc(room, RTM_DEST_ITEM_HANDLES * sizeof(*ids), GFP_KERNEL_ACCOUNT);
	if (taken && ids)
		f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);
	if (f) {
		f->cmd = cmd;
		f->self = self;
		f->room = room;
		rtm_grab_init_room(&f->grab, cmd->client, self, ids,
				   room * RTM_DEST_ITEM_HANDLES);
		err = fetch(f, n, taken);
	}
	kfree(f);
	kvfree(ids);
	kvfree(taken);
	return err;
}

/* A call on a registration for change notification by handle. */
static int with_notify(struct rtm_cmd *cmd, u64 entity_id, u64 notify_id,
		       int (*fn)(struct rtm_cmd *cmd, struct rtm_entity *self,
				 struct rtm_notify *n))
{
	struct rtm_entity *self;
	struct rtm_notify *n;
	int err = -EBADF;

	self = rtm_cmd_entity(cmd, entity_id);
	if (!self)
		return -EBADF;
	n = cmd_notify(cmd, self, notify_id);
	if (n) {
		err = fn(cmd, self, n);
		rtm_object_put(&n->object);
	}
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_get_changed_dests(struct rtm_cmd *cmd)
{
	const struct rtm_get_changed *arg = &cmd->arg.get_changed;

	if (arg->flags & ~RTM_REQ_NOWAIT)
		return -EOPNOTSUPP;
	if (arg->pad || !arg->count)
		return -EINVAL;
	return with_notify(cmd, arg->entity, arg->notify, get_changed);
}

/* The destinations behind some handles, each a reference.  How many were good. */
static u32 resolve_dests(struct rtm_cmd *cmd, struct rtm_entity *self, const u64 *ids,
			 struct rtm_dest **dests, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		dests[i] = rtm_cmd_dest(cmd, self, ids[i]);
		if (!dests[i])
			break;
		cond_resched();
	}
	return i;
}

static int ignore_all(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_notify *n,
		      const u64 *ids)
{
	u32 count = cmd->arg.ignore_changed.count;
	struct rtm_dest **dests;
	u32 good, i;

	dests = kvcalloc(count, sizeof(*dests), GFP_KERNEL_ACCOUNT);
	if (count && !dests)
		return -ENOMEM;
	good = resolve_dests(cmd, self, ids, dests, count);
	for (i = 0; i < good; i++) {
		if (good == count)
			rtm_notify_ignore(n, dests[i]);
		rtm_dest_put(dests[i]);
	}
	kvfree(dests);
	return good == count ? 0 : -EBADF;
}

static int ignore_changed(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_notify *n)
{
	const struct rtm_ignore_changed *arg = &cmd->arg.ignore_changed;
	u64 *ids;
	int err;

	ids = memdup_sockptr(rtm_client_ptr(cmd->client, arg->dests),
			     array_size(arg->count, sizeof(u64)));
	if (IS_ERR(ids))
		return PTR_ERR(ids);
	err = ignore_all(cmd, self, n, ids);
	kfree(ids);
	return err;
}

int rtm_ioctl_ignore_changed_dests(struct rtm_cmd *cmd)
{
	const struct rtm_ignore_changed *arg = &cmd->arg.ignore_changed;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad || arg->count > RTM_MAX_HANDLES_CALL)
		return -EINVAL;
	return with_notify(cmd, arg->entity, arg->notify, ignore_changed);
}

static int change_status(struct rtm_cmd *cmd, struct rtm_notify *n, struct rtm_dest *dest)
{
	cmd->arg.notify_dest.value = rtm_notify_is_pending(n, dest);
	return rtm_cmd_reply(cmd);
}

static int mark_dest(struct rtm_cmd *cmd, struct rtm_notify *n, struct rtm_dest *dest)
{
	return rtm_notify_mark(n, dest, cmd->arg.notify_dest.value);
}

static int is_dest_marked(struct rtm_cmd *cmd, struct rtm_notify *n, struct rtm_dest *dest)
{
	cmd->arg.notify_dest.value = rtm_notify_is_marked(n, dest);
	return rtm_cmd_reply(cmd);
}

/* A call about one destination and one registration for change notification. */
static int with_notify_dest(struct rtm_cmd *cmd,
			    int (*fn)(struct rtm_cmd *cmd, struct rtm_notify *n,
				      struct rtm_dest *dest))
{
	const struct rtm_notify_dest *arg = &cmd->arg.notify_dest;
	struct rtm_dest *dest = NULL;
	struct rtm_notify *n = NULL;
	struct rtm_entity *self;
	int err = -EBADF;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	n = cmd_notify(cmd, self, arg->notify);
	if (n)
		dest = rtm_cmd_dest(cmd, self, arg->dest);
	if (dest) {
		err = fn(cmd, n, dest);
		rtm_dest_put(dest);
	}
	if (n)
		rtm_object_put(&n->object);
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_get_change_status(struct rtm_cmd *cmd)
{
	return with_notify_dest(cmd, change_status);
}

int rtm_ioctl_mark_dest(struct rtm_cmd *cmd)
{
	if (cmd->arg.notify_dest.value > 1)
		return -EINVAL;
	return with_notify_dest(cmd, mark_dest);
}

int rtm_ioctl_is_dest_marked(struct rtm_cmd *cmd)
{
	return with_notify_dest(cmd, is_dest_marked);
}
