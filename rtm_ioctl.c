// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands about the device, entities, handles and next hops.
 *
 * Every handler has the same shape: check members that have few valid values, turn
 * handles into references, call the core, fill in the reply, store it.  A reply
 * that gives handles out collects them in a struct rtm_grab and takes them back
 * when it cannot be stored; nothing is consumed before the reply is out.
 *
 * Routes and destinations are in rtm_ioctl_route.c, listings in rtm_dump.c.
 */
#include "rtm_ioctl.h"

#include <linux/slab.h>
#include <linux/sockptr.h>

#include "rtm_client.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_fib.h"
#include "rtm_handle.h"
#include "rtm_limits.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"
#include "rtm_table.h"
#include "rtm_version.h"

int rtm_ioctl_get_version(struct rtm_cmd *cmd)
{
	struct rtm_get_version *arg = &cmd->arg.get_version;

	memset(arg, 0, sizeof(*arg));
	arg->size = sizeof(*arg);
	arg->abi = RTM_ABI_VERSION;
	strscpy(arg->release, RTM_VERSION, sizeof(arg->release));
	return rtm_cmd_reply(cmd);
}

static u64 trie_bytes(struct rtm_net *rnet)
{
	struct rtm_table *table;
	unsigned long index = 0;
	u64 bytes = 0;

	while ((table = rtm_table_next(rnet, &index))) {
		bytes += READ_ONCE(table->trie.n_bytes);
		rtm_table_put(table);
		index++;
	}
	return bytes;
}

static void stats_objects(struct rtm_get_stats *arg, const struct rtm_net *rnet)
{
	const struct rtm_counters *c = &rnet->count;
	const struct rtm_quota *q = &rnet->quota;

	arg->entities = atomic64_read(&c->entities);
	arg->nexthops = rtm_quota_used(q, RTM_RES_NEXTHOPS);
	arg->routes = rtm_quota_used(q, RTM_RES_ROUTES);
	arg->dests = rtm_quota_used(q, RTM_RES_DESTS);
	arg->handles = rtm_quota_used(q, RTM_RES_HANDLES);
	arg->locks_held = atomic64_read(&c->locks_held);
	arg->locks_waiting = atomic64_read(&c->locks_waiting);
	arg->objects = rtm_quota_used(q, RTM_RES_OBJECTS);
	arg->files = atomic64_read(&c->files);
	arg->calls = atomic64_read(&c->calls);
	arg->desyncs = atomic64_read(&c->desyncs);
}

int rtm_ioctl_get_stats(struct rtm_cmd *cmd)
{
	struct rtm_get_stats *arg = &cmd->arg.get_stats;
	struct rtm_net *rnet = cmd->client->rnet;
	struct rtm_fib_counts fib;

	if (arg->pad)
		return -EINVAL;
	stats_objects(arg, rnet);
	rtm_fib_counts(rnet, &fib);
	arg->fib_wanted = fib.wanted;
	arg->fib_installed = fib.installed;
	arg->fib_failed = fib.failed;
	arg->fib_conflict = fib.conflict;
	arg->fib_pending = fib.pending;
	arg->fib_messages = fib.messages;
	arg->trie_bytes = trie_bytes(rnet);
	return rtm_cmd_reply(cmd);
}

int rtm_ioctl_fib_sync(struct rtm_cmd *cmd)
{
	struct rtm_fib_sync *arg = &cmd->arg.fib_sync;
	struct rtm_net *rnet = cmd->client->rnet;
	struct rtm_fib_counts fib;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	err = rtm_fib_sync(rnet, arg->deadline);
	if (err)
		return err;
	rtm_fib_counts(rnet, &fib);
	arg->installed = fib.installed;
	arg->failed = fib.failed;
	arg->conflict = fib.conflict;
	arg->unresolved = fib.unresolved;
	return rtm_cmd_reply(cmd);
}

static void fill_profile(struct rtm_register_entity *arg)
{
	arg->max_nexthops = rtm_max_nexthops;
	arg->max_handles = rtm_max_handles;
	arg->views = RTM_V_SUPPORTED;
	arg->n_views = RTM_N_VIEWS;
}

/*
 * The registration ends again: its handle or the reply could not be given out.  A
 * kept entity is left as it was found.
 */
static int register_undo(struct rtm_cmd *cmd, struct rtm_entity *entity,
			 const struct rtm_claim *claim, int err)
{
	if (claim->kept)
		rtm_entity_unclaim(cmd->client, entity, claim);
	else
		rtm_entity_deregister(cmd->client, entity);
	rtm_entity_put(entity);
	return err;
}

static int entity_spec(const struct rtm_register_entity *arg, struct rtm_entity_spec *spec)
{
	if (arg->flags & ~(RTM_REQ_OPAQUE_SLOT | RTM_REQ_EVENTS | RTM_CRASH_POLICY))
		return -EOPNOTSUPP;
	if (arg->n_methods > RTM_MAX_METHODS)
		return -EINVAL;
	spec->id = arg->id;
	spec->flags = arg->flags & ~RTM_CRASH_POLICY;
	spec->n_methods = arg->n_methods;
	return rtm_entity_id_check(&arg->id) ? :
	       rtm_crash_policy_from_user(arg->flags, arg->hold_ms, &spec->policy);
}

int rtm_ioctl_register_entity(struct rtm_cmd *cmd)
{
	struct rtm_register_entity *arg = &cmd->arg.register_entity;
	struct rtm_entity_spec spec;
	struct rtm_entity *entity;
	struct rtm_claim claim;
	int err;

	err = entity_spec(arg, &spec);
	if (err)
		return err;
	entity = rtm_entity_register(cmd->client, &spec, &claim);
	if (IS_ERR(entity))
		return PTR_ERR(entity);
	err = rtm_handle_register(cmd->client, entity, &arg->entity);
	if (err)
		return register_undo(cmd, entity, &claim, err);
	fill_profile(arg);
	err = rtm_cmd_reply(cmd);
	if (!err)
		err = rtm_entity_announce(entity);
	if (err)
		return register_undo(cmd, entity, &claim, err);
	rtm_entity_put(entity);
	return 0;
}

int rtm_ioctl_deregister_entity(struct rtm_cmd *cmd)
{
	struct rtm_deregister_entity *arg = &cmd->arg.deregister_entity;
	struct rtm_entity *entity;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	entity = rtm_cmd_entity(cmd, arg->entity);
	if (!entity)
		return -EBADF;
	err = rtm_entity_deregister(cmd->client, entity);
	rtm_entity_put(entity);
	return err;
}

/* Store one entity of the list; *@id is its handle, or 0 if none is wanted. */
static int put_entity(struct rtm_get_entities *arg, struct rtm_grab *grab,
		      struct rtm_entity *entity, u32 i, u64 *id)
{
	sockptr_t handles = rtm_client_ptr(grab->client, arg->handles);
	sockptr_t infos = rtm_client_ptr(grab->client, arg->infos);
	int err = 0;

	*id = 0;
	if (arg->flags & RTM_REQ_INFOS &&
	    copy_to_sockptr_offset(infos, i * sizeof(entity->id), &entity->id, sizeof(entity->id)))
		return -EFAULT;
	if (!arg->handles)
		return 0;
	grab->n = 0;
	err = rtm_grab_entity(grab, entity, id);
	if (err)
		return err;
	if (copy_to_sockptr_offset(handles, i * sizeof(*id), id, sizeof(*id)))
		err = -EFAULT;
	if (err)
		rtm_grab_undo(grab);
	return err;
}

/**
 * struct entity_list - state of one RTM_IOC_GET_ENTITIES
 * @ids: handles given out so far
 * @room: entries the caller has room for
 * @stored: entries stored
 * @total: entities seen
 */
struct entity_list {
	u64 *ids;
	u32 room;
	u32 stored;
	u32 total;
};

static int list_entities(struct rtm_get_entities *arg, struct rtm_grab *grab,
			 struct rtm_entity *self, struct entity_list *list)
{
	struct rtm_entity_id seen;
	struct rtm_entity *entity;
	int err = 0;

	entity = rtm_entity_next(self->table, NULL, false);
	while (entity && !err) {
		seen = entity->id;
		list->total++;
		if (list->stored < list->room) {
			err = put_entity(arg, grab, entity, list->stored,
					 &list->ids[list->stored]);
			if (!err)
				list->stored++;
		}
		rtm_entity_put(entity);
		entity = err ? NULL : rtm_entity_next(self->table, &seen, false);
	}
	return err;
}

static int get_entities(struct rtm_cmd *cmd, struct rtm_entity *self, struct entity_list *list)
{
	struct rtm_get_entities *arg = &cmd->arg.get_entities;
	struct rtm_grab *grab;
	int err;

	grab = kmalloc(sizeof(*grab), GFP_KERNEL_ACCOUNT);
	if (!grab)
		return -ENOMEM;
	rtm_grab_init(grab, cmd->client, self);
	err = list_entities(arg, grab, self, list);
	kfree(grab);
	if (!err) {
		arg->count = list->stored;
		arg->total = list->total;
		err = rtm_cmd_reply(cmd);
	}
	if (!err)
		return list->stored < list->total ? -EMSGSIZE : 0;
	while (list->stored--)
		if (list->ids[list->stored])
			rtm_handle_release(cmd->client, self, RTM_HANDLE_ENTITY,
					   list->ids[list->stored]);
	return err;
}

int rtm_ioctl_get_entities(struct rtm_cmd *cmd)
{
	struct rtm_get_entities *arg = &cmd->arg.get_entities;
	struct entity_list list = {};
	struct rtm_entity *self;
	int err;

	if (arg->flags & ~RTM_REQ_INFOS)
		return -EOPNOTSUPP;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	list.room = min_t(u32, arg->count, rtm_max_entities);
	if (!arg->handles && !(arg->flags & RTM_REQ_INFOS))
		list.room = 0;
	list.ids = kcalloc(list.room + 1, sizeof(*list.ids), GFP_KERNEL_ACCOUNT);
	err = list.ids ? get_entities(cmd, self, &list) : -ENOMEM;
	kfree(list.ids);
	rtm_entity_put(self);
	return err;
}

int rtm_ioctl_get_entity_info(struct rtm_cmd *cmd)
{
	struct rtm_get_entity_info *arg = &cmd->arg.get_entity_info;
	struct rtm_entity *self, *entity;
	int err = -EBADF;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	entity = rtm_handle_entity(cmd->client, arg->handle);
	if (entity && entity->table == self->table) {
		arg->id = entity->id;
		arg->state = rtm_entity_is_registered(entity) ? RTM_STATE_CREATED :
								RTM_STATE_DELETED;
		err = rtm_cmd_reply(cmd);
	}
	if (entity)
		rtm_entity_put(entity);
	rtm_entity_put(self);
	return err;
}

static u64 *copy_handles(const struct rtm_cmd *cmd)
{
	const struct rtm_handles *arg = &cmd->arg.handles;

	if (arg->type > RTM_HANDLE_NOTIFY || arg->count > RTM_MAX_HANDLES_CALL)
		return ERR_PTR(-EINVAL);
	return memdup_sockptr(rtm_client_ptr(cmd->client, arg->handles),
			      array_size(arg->count, sizeof(u64)));
}

int rtm_ioctl_reference_handles(struct rtm_cmd *cmd)
{
	struct rtm_handles *arg = &cmd->arg.handles;
	struct rtm_entity *self;
	u64 *ids;
	int err;

	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	ids = copy_handles(cmd);
	err = PTR_ERR_OR_ZERO(ids);
	if (!err) {
		err = rtm_handle_reference(cmd->client, self, arg->type, ids, arg->count);
		kfree(ids);
	}
	rtm_entity_put(self);
	return err;
}

/* All of them, also past a bad one, so that nothing leaks. */
static int release_handles(struct rtm_cmd *cmd, struct rtm_entity *self, const u64 *ids)
{
	struct rtm_handles *arg = &cmd->arg.handles;
	int err = 0;
	u32 i;

	arg->done = 0;
	for (i = 0; i < arg->count; i++) {
		if (!ids[i])
			continue;
		if (rtm_handle_release(cmd->client, self, arg->type, ids[i]))
			err = -EBADF;
		else
			arg->done++;
		cond_resched();
	}
	return err;
}

int rtm_ioctl_release_handles(struct rtm_cmd *cmd)
{
	struct rtm_handles *arg = &cmd->arg.handles;
	struct rtm_entity *self;
	u64 *ids;
	int err;

	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	/* Like a change: no handle may be gone with nobody told. */
	err = rtm_cmd_reply(cmd);
	ids = err ? ERR_PTR(err) : copy_handles(cmd);
	err = PTR_ERR_OR_ZERO(ids);
	if (!err) {
		err = release_handles(cmd, self, ids);
		kfree(ids);
		if (rtm_cmd_reply(cmd))
			err = -EFAULT;
	}
	rtm_entity_put(self);
	return err;
}

/* The key and content of a next hop; *@remote carries a reference to drop. */
static int nexthop_spec(struct rtm_cmd *cmd, struct rtm_entity *self,
			struct rtm_nexthop_spec *spec, struct rtm_dest **remote)
{
	const struct rtm_nexthop_attrs *attrs = &cmd->arg.nexthop.attrs;
	int err;

	*remote = NULL;
	err = rtm_prefix_from_user(&spec->addr, &attrs->addr, self->table->family);
	if (err)
		return err;
	if (attrs->flags & ~(RTM_NHF_REMOTE | RTM_NHF_DOWN))
		return -EOPNOTSUPP;
	spec->ifindex = attrs->ifindex;
	spec->flags = attrs->flags;
	spec->cookie = attrs->cookie;
	if (attrs->remote_dest) {
		*remote = rtm_handle_dest(cmd->client, attrs->remote_dest);
		if (!*remote || (*remote)->table != self->table)
			return -EBADF;
	}
	spec->remote_dest = *remote;
	return 0;
}

/*
 * What is left once the next hop is there: its handle, unless it was given out
 * before, and the reply.  If one fails a new next hop goes again.
 */
static int reply_added(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_nexthop *nh,
		       struct rtm_nexthop *present, struct rtm_grab *grab)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	int err = 0;

	if (nh != present) {
		rtm_grab_undo(grab);
		if (!(arg->flags & RTM_REQ_NO_HANDLE))
			err = rtm_grab_nexthop(grab, nh, &arg->nexthop);
	}
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err && arg->change & RTM_RC_NEW)
		rtm_nexthop_delete(self, nh);
	return err;
}

/* The handle of one that is there already is given out while nothing has changed. */
static int add_by_key(struct rtm_cmd *cmd, struct rtm_entity *self,
		      const struct rtm_nexthop_spec *spec)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_nexthop *present = NULL;
	struct rtm_nexthop *nh;
	struct rtm_grab grab;
	int err;

	rtm_grab_init(&grab, cmd->client, self);
	if (!(arg->flags & RTM_REQ_NO_HANDLE))
		present = rtm_nexthop_find(self, &spec->addr, spec->ifindex);
	err = rtm_grab_nexthop(&grab, present, &arg->nexthop);
	if (!err)
		err = rtm_nexthop_add(self, spec, &nh, &arg->change);
	if (!err) {
		err = reply_added(cmd, self, nh, present, &grab);
		rtm_nexthop_put(nh);
	}
	if (err)
		rtm_grab_undo(&grab);
	if (present)
		rtm_nexthop_put(present);
	return err;
}

static int add_by_handle(struct rtm_cmd *cmd, struct rtm_entity *self,
			 const struct rtm_nexthop_spec *spec)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_nexthop *nh;
	int err;

	nh = rtm_cmd_nexthop(cmd, self, arg->nexthop);
	if (!nh)
		return -EBADF;
	err = rtm_nexthop_update(self, nh, spec);
	rtm_nexthop_put(nh);
	if (err)
		return err;
	arg->change = 0;
	return rtm_cmd_reply(cmd);
}

int rtm_ioctl_add_nexthop(struct rtm_cmd *cmd)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_nexthop_spec spec;
	struct rtm_entity *self;
	struct rtm_dest *remote;
	int err;

	if (arg->flags & ~RTM_REQ_NO_HANDLE)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	err = nexthop_spec(cmd, self, &spec, &remote);
	if (!err)
		err = arg->nexthop ? add_by_handle(cmd, self, &spec) :
				     add_by_key(cmd, self, &spec);
	if (remote)
		rtm_dest_put(remote);
	rtm_entity_put(self);
	return err;
}

/* Everything but the handles. */
static void describe_nexthop(const struct rtm_nexthop *nh, struct rtm_nexthop_attrs *attrs)
{
	memset(attrs, 0, sizeof(*attrs));
	rtm_prefix_to_user(&attrs->addr, &nh->addr, nh->owner->table->family);
	attrs->ifindex = nh->ifindex;
	attrs->state = nh->state;
	attrs->flags = nh->flags;
	attrs->cookie = nh->cookie;
}

static struct rtm_nexthop *nexthop_by_key(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_nexthop_attrs *attrs = &cmd->arg.nexthop.attrs;
	struct rtm_nexthop *nh;
	struct rtm_prefix addr;
	int err;

	err = rtm_prefix_from_user(&addr, &attrs->addr, self->table->family);
	if (err)
		return ERR_PTR(err);
	nh = rtm_nexthop_find(self, &addr, attrs->ifindex);
	return nh ? nh : ERR_PTR(-ENOENT);
}

static int reply_found(struct rtm_cmd *cmd, struct rtm_entity *self, struct rtm_nexthop *nh)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_grab grab;
	int err = 0;

	mutex_lock(&self->table->lock);
	describe_nexthop(nh, &arg->attrs);
	mutex_unlock(&self->table->lock);
	rtm_grab_init(&grab, cmd->client, self);
	if (!(arg->flags & RTM_REQ_NO_HANDLE))
		err = rtm_grab_nexthop(&grab, nh, &arg->nexthop);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err)
		rtm_grab_undo(&grab);
	return err;
}

int rtm_ioctl_find_nexthop(struct rtm_cmd *cmd)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_entity *self;
	struct rtm_nexthop *nh;
	int err;

	if (arg->flags & ~RTM_REQ_NO_HANDLE)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	nh = nexthop_by_key(cmd, self);
	err = PTR_ERR_OR_ZERO(nh);
	if (!err) {
		err = reply_found(cmd, self, nh);
		rtm_nexthop_put(nh);
	}
	rtm_entity_put(self);
	return err;
}

static struct rtm_nexthop *nexthop_to_delete(struct rtm_cmd *cmd, struct rtm_entity *self)
{
	const struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_nexthop *nh;

	if (!arg->nexthop)
		return nexthop_by_key(cmd, self);
	nh = rtm_cmd_nexthop(cmd, self, arg->nexthop);
	return nh ? nh : ERR_PTR(-EBADF);
}

int rtm_ioctl_delete_nexthop(struct rtm_cmd *cmd)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_entity *self;
	struct rtm_nexthop *nh;
	int err;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	nh = nexthop_to_delete(cmd, self);
	err = PTR_ERR_OR_ZERO(nh);
	if (!err) {
		err = rtm_nexthop_delete(self, nh);
		rtm_nexthop_put(nh);
	}
	if (!err && arg->nexthop)
		rtm_handle_release(cmd->client, self, RTM_HANDLE_NEXTHOP, arg->nexthop);
	rtm_entity_put(self);
	return err;
}

/* Handles of the next hop's owner and remote destination, and the rest. */
static int describe_with_handles(struct rtm_cmd *cmd, struct rtm_entity *self,
				 struct rtm_nexthop *nh)
{
	struct rtm_nexthop_attrs *attrs = &cmd->arg.nexthop.attrs;
	struct rtm_dest *remote;
	struct rtm_grab grab;
	int err;

	mutex_lock(&self->table->lock);
	describe_nexthop(nh, attrs);
	remote = nh->remote_dest;
	if (remote)
		rtm_dest_hold(remote);
	mutex_unlock(&self->table->lock);
	rtm_grab_init(&grab, cmd->client, self);
	err = rtm_grab_entity(&grab, nh->owner, &attrs->owner);
	if (!err)
		err = rtm_grab_dest(&grab, remote, &attrs->remote_dest);
	if (!err)
		err = rtm_cmd_reply(cmd);
	if (err)
		rtm_grab_undo(&grab);
	if (remote)
		rtm_dest_put(remote);
	return err;
}

int rtm_ioctl_get_nexthop_info(struct rtm_cmd *cmd)
{
	struct rtm_nexthop_req *arg = &cmd->arg.nexthop;
	struct rtm_entity *self;
	struct rtm_nexthop *nh;
	int err = -EBADF;

	if (arg->flags)
		return -EOPNOTSUPP;
	if (arg->pad)
		return -EINVAL;
	self = rtm_cmd_entity(cmd, arg->entity);
	if (!self)
		return -EBADF;
	nh = rtm_cmd_nexthop(cmd, self, arg->nexthop);
	if (nh) {
		err = describe_with_handles(cmd, self, nh);
		rtm_nexthop_put(nh);
	}
	rtm_entity_put(self);
	return err;
}
