/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other ways through commands which do one thing or another, as a table.
 *
 * How this file works: rtm_world.h has one argument for each command.  An entry of this
 * table changes that argument, and the world before if need be, so that the command
 * succeeds on another path: what it finds is there already, or is not, has a lifetime,
 * is held, locked, expired, kept.
 */
#ifndef RTM_PATHS_H
#define RTM_PATHS_H

#include "rtm_world.h"

/* Paths have all the same arguments, and some need not look at the world. */
#define UNUSED	__attribute__((unused))

/**
 * struct path - a way through a command
 * @name: for messages
 * @cmd: the command
 * @prepare: changes the world, or NULL; returns 0 or a negative errno
 * @fill: changes the argument of world_arg(), or NULL
 * @undo: what is to be done besides when the world ends, or NULL
 */
struct path {
	const char *name;
	unsigned long cmd;
	int (*prepare)(struct world *w);
	void (*fill)(struct world *w, void *arg);
	void (*undo)(struct world *w);
};

/*
 * Routes
 */

static inline void path_add_beside(struct world *w UNUSED, void *arg)
{
	struct rtm_add_route *add = arg;

	add->dest = prefix("10.1.0.0/16");
	add->change = RTM_RC_NEW;
}

static inline void path_replace_by_key(struct world *w UNUSED, void *arg)
{
	struct rtm_add_route *add = arg;

	add->dest = prefix("10.1.0.0/16");
	add->attrs.neighbour = 0;
	add->attrs.metric = 3;
	add->list = 0;
}

static inline void path_replace_by_handle(struct world *w, void *arg)
{
	path_replace_by_key(w, arg);
	((struct rtm_add_route *)arg)->route = w->route;
}

static inline void path_add_for_a_while(struct world *w UNUSED, void *arg)
{
	((struct rtm_add_route *)arg)->attrs.ttl_ms = 3600000;
}

static inline void path_replace_for_a_while(struct world *w, void *arg)
{
	path_replace_by_key(w, arg);
	path_add_for_a_while(w, arg);
}

static inline void path_replace_expired(struct world *w, void *arg)
{
	path_replace_by_key(w, arg);
	((struct rtm_add_route *)arg)->dest = prefix("10.5.0.0/16");
}

static inline void path_add_where_locked(struct world *w UNUSED, void *arg)
{
	((struct rtm_add_route *)arg)->dest = prefix("10.2.0.0/16");
}

static inline void path_add_bare(struct world *w, void *arg)
{
	struct rtm_add_route *add = arg;

	route_arg(add, w->entity, "10.1.2.3/32", NULL, 0);
	add->flags = RTM_REQ_NO_HANDLE;
	add->attrs.flags = RTM_RF_BLACKHOLE;
}

static inline void path_delete_by_key(struct world *w, void *arg)
{
	delete_arg(arg, w->entity, 0);
	((struct rtm_delete_route *)arg)->dest = prefix("10.0.0.0/8");
}

static inline void path_delete_expired(struct world *w, void *arg)
{
	delete_arg(arg, w->entity, w->old);
}

/* Its last route is going to be held when it goes. */
static inline int path_hold(struct world *w)
{
	return dev_hold(w->fd, w->entity, w->dest, 0, 600000);
}

static inline int path_is_held(struct world *w)
{
	int err = path_hold(w);

	return err ? err : dev_delete_key(w->fd, w->entity, "10.1.0.0/16", 0, NULL);
}

static inline void path_update_bare(struct world *w, void *arg)
{
	update_route_arg(arg, w->entity, w->barred, NULL, 0);
}

static inline void path_update_neighbour(struct world *w, void *arg)
{
	((struct rtm_update_route *)arg)->attrs.neighbour = w->nexthop;
}

static inline void path_batch_both(struct world *w, void *arg)
{
	world_batch_arg(w, arg, "10.1.0.0/16", "10.3.0.0/16");
	w->items[0].attrs.ttl_ms = 3600000;
	w->items[1].attrs.nexthops = ptr_u64(w->pair);
	w->items[1].attrs.n_nexthops = 2;
}

static inline void path_exact_match(struct world *w, void *arg)
{
	struct rtm_get_exact_route *get = arg;

	get->match.flags = RTM_RM_OWNER | RTM_RM_NEIGHBOUR | RTM_RM_INTERFACE;
	get->match.owner = w->entity;
	get->match.ifindex = 1;
}

/*
 * Next hops and locks
 */

static inline void path_nexthop_down(struct world *w, void *arg)
{
	nexthop_arg(arg, w->entity, "192.0.2.1", 1);
	((struct rtm_nexthop_req *)arg)->attrs.flags = RTM_NHF_DOWN;
}

static inline void path_nexthop_remote(struct world *w, void *arg)
{
	struct rtm_nexthop_req *req = arg;

	nexthop_arg(req, w->entity, "10.1.2.3", 0);
	req->attrs.flags = RTM_NHF_REMOTE;
	req->attrs.remote_dest = w->locked;
}

static inline void path_nexthop_by_key(struct world *w, void *arg)
{
	nexthop_arg(arg, w->entity, "192.0.2.2", 1);
}

static inline void path_unlock_only(struct world *w, void *arg)
{
	unlock_nexthop_arg(arg, w->entity, w->spare, RTM_REQ_EXCLUSIVE);
}

static inline void path_lock_spare_again(struct world *w, void *arg)
{
	lock_object_arg(arg, w->entity, w->spare, RTM_REQ_EXCLUSIVE);
}

static inline void path_lock_shared(struct world *w, void *arg)
{
	lock_arg(arg, w->entity, w->dest, 0);
}

static inline void path_lock_again(struct world *w, void *arg)
{
	lock_arg(arg, w->entity, w->locked, RTM_REQ_EXCLUSIVE);
}

static inline void path_lock_route_exclusive(struct world *w, void *arg)
{
	lock_object_arg(arg, w->entity, w->route, RTM_REQ_EXCLUSIVE);
}

static inline void path_clear_cell(struct world *w, void *arg)
{
	opaque_arg(arg, w->entity, w->dest);
	((struct rtm_opaque *)arg)->value = 0;
}

static inline void path_answer_goes(struct world *w UNUSED, void *arg)
{
	((struct rtm_answer_expiry *)arg)->stays = 0;
}

/*
 * Listening and walking
 */

static inline void path_listen_to_some(struct world *w UNUSED, void *arg)
{
	struct rtm_register_notify *listen = arg;

	listen->types = RTM_CT_BEST | RTM_CT_ONLY_MARKED;
	listen->protocol = PROTO_RIP;
}

static inline void path_mark_another(struct world *w, void *arg)
{
	notify_dest_arg(arg, w->entity, w->notify, w->locked, 1);
}

/* One that is marked and has no route any more is more than may be left unread. */
static inline int path_desync(struct world *w)
{
	unsigned int limit = param_number("max_notify_ghosts");
	__u64 other = dev_dest(w->fd, w->entity, "10.0.0.0/8");
	int err;

	err = dev_mark(w->fd, w->entity, w->notify, other, true);
	if (!err)
		err = dev_release(w->fd, w->entity, other);
	if (!err)
		err = param_set_number("max_notify_ghosts", 1);
	if (!err)
		err = dev_delete_key(w->fd, w->entity, "10.1.0.0/16", 0, NULL);
	if (!err)
		err = dev_delete_key(w->fd, w->entity, "10.0.0.0/8", 0, NULL);
	return param_set_number("max_notify_ghosts", limit) ? : err;
}

static inline void path_walk_own(struct world *w, void *arg)
{
	enum_arg(arg, w->entity, RTM_V_UCAST);
	((struct rtm_create_enum *)arg)->own = 1;
}

static inline void path_walk_on(struct world *w, void *arg)
{
	struct rtm_create_enum *create = arg;

	enum_arg(create, w->entity, 0);
	create->where = RTM_EN_NEXT;
	create->prefix = prefix("10.1.0.0/16");
}

static inline void path_walk_dest(struct world *w, void *arg)
{
	struct rtm_create_enum *create = arg;

	enum_arg(create, w->entity, 0);
	create->dest = w->dest;
	create->match.flags = RTM_RM_OWNER | RTM_RM_NEIGHBOUR;
	create->match.owner = w->entity;
}

static inline void path_look_up_exact(struct world *w, void *arg)
{
	struct rtm_get_dests *get = arg;

	lookup_arg(get, w->entity, w->prefixes, w->changed, WORLD_ITEMS, 0);
	get->flags = RTM_REQ_EXACT;
}

/*
 * Registrations
 */

/* All of the first resync has been announced, of this one nothing. */
static inline int path_begin_again(struct world *w)
{
	return dev_begin_resync(w->fd, w->entity);
}

static inline void path_end_all(struct world *w, void *arg)
{
	((struct rtm_deregister_entity *)arg)->entity = w->entity;
}

/* The entity that world_arg() registers has been there, and was kept with a route. */
static inline int path_keep(struct world *w UNUSED)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, route;
	int err;

	err = dev_register_in(fd, WORLD_INSTANCE, AF_INET, PROTO_BGP, 1, RTM_REQ_KEEP, &entity);
	if (!err)
		err = dev_route(fd, entity, "10.6.0.0/16", 0, 5, &route);
	close(fd);
	return err;
}

static inline void path_name_kept(struct rtm_set_crash_policy *policy)
{
	arg_init(policy);
	policy->flags = 0;
	policy->entity = 0;
	policy->id = (struct rtm_entity_id){
		.family = AF_INET, .instance = WORLD_INSTANCE, .protocol = PROTO_BGP, .id = 1,
	};
	policy->hold_ms = 0;
	policy->pad = 0;
}

static inline void path_withdraw(struct world *w UNUSED, void *arg)
{
	path_name_kept(arg);
}

static inline void path_hold_by_name(struct world *w UNUSED, void *arg)
{
	struct rtm_set_crash_policy *policy = arg;

	path_name_kept(policy);
	policy->flags = RTM_REQ_HOLD;
	policy->hold_ms = 600000;
}

/* It may be registered by now, or gone. */
static inline void path_forget_kept(struct world *w)
{
	struct rtm_set_crash_policy arg;

	path_name_kept(&arg);
	dev_call(w->fd, RTM_IOC_SET_CRASH_POLICY, &arg);
}

#define PATH(_name, _cmd, _fill)							\
	{ .name = _name, .cmd = RTM_IOC_##_cmd, .fill = _fill }
#define PATH_AFTER(_prepare, _name, _cmd, _fill)					\
	{ .name = _name, .cmd = RTM_IOC_##_cmd, .fill = _fill, .prepare = _prepare }
#define PATH_KEPT(_name, _cmd, _fill)							\
	{ .name = _name, .cmd = RTM_IOC_##_cmd, .fill = _fill, .prepare = path_keep,	\
	  .undo = path_forget_kept }

static const struct path paths[] = {
	PATH("second route", ADD_ROUTE, path_add_beside),
	PATH("replaced by key", ADD_ROUTE, path_replace_by_key),
	PATH("replaced by handle", ADD_ROUTE, path_replace_by_handle),
	PATH("with a lifetime", ADD_ROUTE, path_add_for_a_while),
	PATH("given a lifetime", ADD_ROUTE, path_replace_for_a_while),
	PATH("expired one replaced", ADD_ROUTE, path_replace_expired),
	PATH("where the thread has locked", ADD_ROUTE, path_add_where_locked),
	PATH("without next hops", ADD_ROUTE, path_add_bare),
	PATH_AFTER(path_is_held, "where one is held", ADD_ROUTE, path_replace_by_key),
	PATH("by key", DELETE_ROUTE, path_delete_by_key),
	PATH("expired one", DELETE_ROUTE, path_delete_expired),
	PATH_AFTER(path_hold, "to be held", DELETE_ROUTE, NULL),
	PATH_AFTER(path_hold, "one to be held", DELETE_ROUTES, NULL),
	PATH("one there, one not", ADD_ROUTES, path_batch_both),
	PATH("to no next hops", UPDATE_ROUTE, path_update_bare),
	PATH("to another neighbour", UPDATE_ROUTE, path_update_neighbour),
	PATH("with a match", GET_EXACT_ROUTE, path_exact_match),
	PATH("down", ADD_NEXTHOP, path_nexthop_down),
	PATH("to another destination", ADD_NEXTHOP, path_nexthop_remote),
	PATH("by key", DELETE_NEXTHOP, path_nexthop_by_key),
	PATH("without a commit", UNLOCK_NEXTHOP, path_unlock_only),
	PATH("once more", LOCK_NEXTHOP, path_lock_spare_again),
	PATH("shared", LOCK_DEST, path_lock_shared),
	PATH("once more", LOCK_DEST, path_lock_again),
	PATH("exclusive", LOCK_ROUTE, path_lock_route_exclusive),
	PATH("to zero", SET_OPAQUE, path_clear_cell),
	PATH("it goes", ANSWER_EXPIRY, path_answer_goes),
	PATH_AFTER(path_hold, "once more", HOLD_DEST, NULL),
	PATH_AFTER(path_is_held, "a held one", GET_DEST_INFO, NULL),
	PATH("marked ones of a protocol", REGISTER_NOTIFY, path_listen_to_some),
	PATH("another one", MARK_DEST, path_mark_another),
	PATH_AFTER(path_desync, "replay", GET_CHANGED_DESTS, NULL),
	PATH("own ones", CREATE_DEST_ENUM, path_walk_own),
	PATH("from one on", CREATE_DEST_ENUM, path_walk_on),
	PATH("own ones", CREATE_ROUTE_ENUM, path_walk_own),
	PATH("from one on", CREATE_ROUTE_ENUM, path_walk_on),
	PATH("of a destination", CREATE_ROUTE_ENUM, path_walk_dest),
	PATH("exactly", GET_DESTS, path_look_up_exact),
	PATH_AFTER(path_begin_again, "all swept", END_RESYNC, NULL),
	PATH("with all it has", DEREGISTER_ENTITY, path_end_all),
	PATH_KEPT("kept one", REGISTER_ENTITY, NULL),
	PATH_KEPT("kept one withdrawn", SET_CRASH_POLICY, path_withdraw),
	PATH_KEPT("kept one held", SET_CRASH_POLICY, path_hold_by_name),
};

#define for_each_path(p)								\
	for ((p) = paths; (p) < paths + ARRAY_SIZE(paths); (p)++)

#endif /* RTM_PATHS_H */
