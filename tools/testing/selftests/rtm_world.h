/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table with one of everything, a right argument for each command, and pictures of
 * the state, for tests that go through all commands.
 *
 * How this file works: world_setup() registers entities in an instance that goes to no
 * FIB, so that nothing moves behind the test's back, and gives them next hops, routes,
 * a lock and an opaque cell.  world_arg() writes an argument with which a command
 * succeeds there; a test then spoils one member of it.  A picture is all that the
 * dumps and counters say; two of them that are equal mean that nothing has changed.
 */
#ifndef RTM_WORLD_H
#define RTM_WORLD_H

#include <stddef.h>

#include "rtm_call.h"
#include "rtm_edit_test.h"
#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"
#include "rtm_notify_test.h"

#define WORLD_INSTANCE	7
#define WORLD_ROOM	8
#define WORLD_ITEMS	2

/**
 * struct pad - reserved bytes of an argument
 * @at: where
 * @len: how many, 0 for none
 */
struct pad {
	unsigned int at;
	unsigned int len;
};

/**
 * struct command - what is known of a command
 * @cmd: its number
 * @name: for messages
 * @size: bytes of its argument
 * @changes: needs a file open for writing and CAP_NET_ADMIN
 * @has_flags: the second word is flags
 * @needs_entity: works for a registration only
 * @any_entity: 0 stands for all of the file
 * @replies: writes its argument back
 * @flags: bits that are known
 * @pads: reserved bytes which world_arg() leaves zero
 */
struct command {
	unsigned long cmd;
	const char *name;
	__u32 size;
	bool changes;
	bool has_flags;
	bool needs_entity;
	bool any_entity;
	bool replies;
	__u32 flags;
	struct pad pads[2];
};

#define PAD(_struct, _member)								\
	{ offsetof(struct _struct, _member), sizeof(((struct _struct *)0)->_member) }

#define COMMAND(_cmd, _struct, ...)							\
	{ .cmd = RTM_IOC_##_cmd, .name = #_cmd, .size = sizeof(struct _struct), __VA_ARGS__ }

#define QUERY		.has_flags = true, .needs_entity = true, .replies = true
#define CHANGE		QUERY, .changes = true
#define SELECT		(RTM_DUMP_EXACT | RTM_DUMP_MATCH | RTM_DUMP_SUBTREE)

static const struct command commands[] = {
	COMMAND(GET_VERSION, rtm_get_version, .replies = true),
	COMMAND(GET_STATS, rtm_get_stats, .replies = true, .pads = { PAD(rtm_get_stats, pad) }),
	COMMAND(REGISTER_ENTITY, rtm_register_entity, .changes = true, .has_flags = true,
		.replies = true,
		.flags = RTM_REQ_OPAQUE_SLOT | RTM_REQ_EVENTS | RTM_REQ_KEEP | RTM_REQ_HOLD,
		.pads = { PAD(rtm_register_entity, id.pad) }),
	COMMAND(DEREGISTER_ENTITY, rtm_deregister_entity, CHANGE),
	COMMAND(GET_ENTITIES, rtm_get_entities, QUERY, .flags = RTM_REQ_INFOS),
	COMMAND(GET_ENTITY_INFO, rtm_get_entity_info, QUERY,
		.pads = { PAD(rtm_get_entity_info, pad) }),
	COMMAND(REFERENCE_HANDLES, rtm_handles, .needs_entity = true),
	COMMAND(RELEASE_HANDLES, rtm_handles, .needs_entity = true, .replies = true),
	COMMAND(ADD_NEXTHOP, rtm_nexthop_req, CHANGE, .flags = RTM_REQ_NO_HANDLE,
		.pads = { PAD(rtm_nexthop_req, pad), PAD(rtm_nexthop_req, attrs.addr.pad) }),
	COMMAND(FIND_NEXTHOP, rtm_nexthop_req, QUERY, .flags = RTM_REQ_NO_HANDLE,
		.pads = { PAD(rtm_nexthop_req, pad), PAD(rtm_nexthop_req, attrs.addr.pad) }),
	COMMAND(DELETE_NEXTHOP, rtm_nexthop_req, CHANGE,
		.pads = { PAD(rtm_nexthop_req, pad) }),
	COMMAND(GET_NEXTHOP_INFO, rtm_nexthop_req, QUERY,
		.pads = { PAD(rtm_nexthop_req, pad) }),
	COMMAND(ADD_ROUTE, rtm_add_route, CHANGE, .flags = RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE,
		.pads = { PAD(rtm_add_route, pad), PAD(rtm_add_route, dest.pad) }),
	COMMAND(DELETE_ROUTE, rtm_delete_route, CHANGE, .flags = RTM_REQ_NOWAIT,
		.pads = { PAD(rtm_delete_route, pad) }),
	COMMAND(GET_ROUTE_INFO, rtm_get_route_info, QUERY,
		.flags = RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE),
	COMMAND(IS_BEST_ROUTE, rtm_is_best_route, QUERY, .flags = RTM_REQ_NOWAIT,
		.pads = { PAD(rtm_is_best_route, pad) }),
	COMMAND(GET_DEST_INFO, rtm_get_dest, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(GET_EXACT_DEST, rtm_get_dest, QUERY, .flags = RTM_REQ_NOWAIT,
		.pads = { PAD(rtm_get_dest, prefix.pad) }),
	COMMAND(GET_MOST_SPECIFIC_DEST, rtm_get_dest, QUERY, .flags = RTM_REQ_NOWAIT,
		.pads = { PAD(rtm_get_dest, prefix.pad) }),
	COMMAND(GET_LESS_SPECIFIC_DEST, rtm_get_dest, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(LOCK_DEST, rtm_lock_dest, CHANGE, .flags = RTM_REQ_NOWAIT | RTM_REQ_EXCLUSIVE),
	COMMAND(UNLOCK_DEST, rtm_lock_dest, CHANGE, .flags = RTM_REQ_EXCLUSIVE),
	COMMAND(BREAK_DEST_LOCK, rtm_break_dest_lock, .changes = true, .has_flags = true,
		.replies = true,
		.pads = { PAD(rtm_break_dest_lock, pad), PAD(rtm_break_dest_lock, prefix.pad) }),
	COMMAND(GET_OPAQUE, rtm_opaque, QUERY),
	COMMAND(SET_OPAQUE, rtm_opaque, CHANGE),
	COMMAND(ADD_ROUTES, rtm_route_batch, CHANGE, .flags = RTM_REQ_NOWAIT),
	COMMAND(DELETE_ROUTES, rtm_route_batch, CHANGE, .flags = RTM_REQ_NOWAIT),
	COMMAND(FIB_SYNC, rtm_fib_sync, .has_flags = true, .replies = true),
	COMMAND(DUMP_ENTITIES, rtm_dump, .has_flags = true, .replies = true,
		.pads = { PAD(rtm_dump, pad) }),
	COMMAND(DUMP_NEXTHOPS, rtm_dump, .has_flags = true, .replies = true,
		.pads = { PAD(rtm_dump, pad), PAD(rtm_dump, prefix.pad) }),
	COMMAND(DUMP_DESTS, rtm_dump, .has_flags = true, .replies = true, .flags = SELECT,
		.pads = { PAD(rtm_dump, pad), PAD(rtm_dump, prefix.pad) }),
	COMMAND(DUMP_ROUTES, rtm_dump, .has_flags = true, .replies = true, .flags = SELECT,
		.pads = { PAD(rtm_dump, pad), PAD(rtm_dump, prefix.pad) }),
	COMMAND(DUMP_LOCKS, rtm_dump, .has_flags = true, .replies = true,
		.pads = { PAD(rtm_dump, pad) }),
	COMMAND(DUMP_NOTIFIES, rtm_dump, .has_flags = true, .replies = true,
		.pads = { PAD(rtm_dump, pad) }),
	COMMAND(CREATE_DEST_ENUM, rtm_create_enum, QUERY,
		.pads = { PAD(rtm_create_enum, pad), PAD(rtm_create_enum, match) }),
	COMMAND(CREATE_ROUTE_ENUM, rtm_create_enum, QUERY,
		.pads = { PAD(rtm_create_enum, pad), PAD(rtm_create_enum, match.pad) }),
	COMMAND(CREATE_NEXTHOP_ENUM, rtm_create_enum, QUERY,
		.pads = { PAD(rtm_create_enum, pad), PAD(rtm_create_enum, views) }),
	COMMAND(GET_ENUM_DESTS, rtm_get_enum, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(GET_ENUM_ROUTES, rtm_get_enum, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(GET_ENUM_NEXTHOPS, rtm_get_enum, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(DELETE_ENUM, rtm_object_req, CHANGE),
	COMMAND(CREATE_ROUTE_LIST, rtm_object_req, CHANGE),
	COMMAND(INSERT_IN_ROUTE_LIST, rtm_insert_in_list, CHANGE,
		.pads = { PAD(rtm_insert_in_list, pad) }),
	COMMAND(CREATE_ROUTE_LIST_ENUM, rtm_create_list_enum, QUERY),
	COMMAND(GET_LIST_ENUM_ROUTES, rtm_get_enum, QUERY, .flags = RTM_REQ_NOWAIT),
	COMMAND(DELETE_ROUTE_LIST, rtm_object_req, CHANGE),
	COMMAND(GET_EXACT_ROUTE, rtm_get_exact_route, QUERY,
		.flags = RTM_REQ_NOWAIT | RTM_REQ_NO_HANDLE,
		.pads = { PAD(rtm_get_exact_route, pad), PAD(rtm_get_exact_route, prefix.pad) }),
	COMMAND(HOLD_DEST, rtm_hold_dest, .has_flags = true, .needs_entity = true,
		.changes = true, .flags = RTM_REQ_NOWAIT),
	COMMAND(ANSWER_EXPIRY, rtm_answer_expiry, .has_flags = true, .needs_entity = true,
		.changes = true, .pads = { PAD(rtm_answer_expiry, pad) }),
	COMMAND(REGISTER_NOTIFY, rtm_register_notify, CHANGE, .flags = RTM_REQ_EVENTS,
		.pads = { PAD(rtm_register_notify, prefix.pad) }),
	COMMAND(DEREGISTER_NOTIFY, rtm_deregister_notify, CHANGE),
	COMMAND(GET_CHANGED_DESTS, rtm_get_changed, CHANGE, .flags = RTM_REQ_NOWAIT,
		.pads = { PAD(rtm_get_changed, pad) }),
	COMMAND(IGNORE_CHANGED_DESTS, rtm_ignore_changed, CHANGE,
		.pads = { PAD(rtm_ignore_changed, pad) }),
	COMMAND(GET_CHANGE_STATUS, rtm_notify_dest, QUERY, .pads = { PAD(rtm_notify_dest, pad) }),
	COMMAND(MARK_DEST, rtm_notify_dest, CHANGE, .pads = { PAD(rtm_notify_dest, pad) }),
	COMMAND(IS_DEST_MARKED, rtm_notify_dest, QUERY, .pads = { PAD(rtm_notify_dest, pad) }),
	COMMAND(LOCK_ROUTE, rtm_lock_object, .has_flags = true, .needs_entity = true,
		.changes = true, .flags = RTM_REQ_NOWAIT | RTM_REQ_EXCLUSIVE),
	COMMAND(UNLOCK_ROUTE, rtm_lock_object, .has_flags = true, .needs_entity = true,
		.changes = true, .flags = RTM_REQ_EXCLUSIVE, .replies = true),
	COMMAND(UPDATE_ROUTE, rtm_update_route, CHANGE,
		.pads = { PAD(rtm_update_route, attrs.pad) }),
	COMMAND(LOCK_NEXTHOP, rtm_lock_object, .has_flags = true, .needs_entity = true,
		.changes = true, .flags = RTM_REQ_NOWAIT | RTM_REQ_EXCLUSIVE),
	COMMAND(UNLOCK_NEXTHOP, rtm_unlock_nexthop, .has_flags = true, .needs_entity = true,
		.changes = true, .flags = RTM_REQ_EXCLUSIVE),
	COMMAND(GET_METHODS, rtm_get_methods, QUERY, .pads = { PAD(rtm_get_methods, pad) }),
	COMMAND(INVOKE_METHOD, rtm_invoke_method, CHANGE,
		.flags = RTM_REQ_LOCAL | RTM_REQ_SERVE, .pads = { PAD(rtm_invoke_method, pad) }),
	COMMAND(BLOCK_METHODS, rtm_block_methods, CHANGE, .pads = { PAD(rtm_block_methods, pad) }),
	COMMAND(FETCH_CALL, rtm_fetch_call, CHANGE, .any_entity = true,
		.pads = { PAD(rtm_fetch_call, pad) }),
	COMMAND(ANSWER_CALL, rtm_answer_call, CHANGE),
	COMMAND(GET_DESTS, rtm_get_dests, QUERY, .flags = RTM_REQ_NOWAIT | RTM_REQ_EXACT),
	COMMAND(BEGIN_RESYNC, rtm_resync, .has_flags = true, .needs_entity = true,
		.changes = true),
	COMMAND(END_RESYNC, rtm_resync, CHANGE),
	/* without a registration these go by name, so they do not need one */
	COMMAND(SET_LIMITS, rtm_set_limits, .changes = true, .has_flags = true,
		.flags = RTM_REQ_NAMESPACE,
		.pads = { PAD(rtm_set_limits, pad), PAD(rtm_set_limits, id) }),
	COMMAND(GET_LIMITS, rtm_get_limits, .has_flags = true, .replies = true,
		.flags = RTM_REQ_NAMESPACE, .pads = { PAD(rtm_get_limits, id) }),
	COMMAND(SET_CRASH_POLICY, rtm_set_crash_policy, .changes = true, .has_flags = true,
		.flags = RTM_REQ_KEEP | RTM_REQ_HOLD,
		.pads = { PAD(rtm_set_crash_policy, pad), PAD(rtm_set_crash_policy, id) }),
};

#undef QUERY
#undef CHANGE

#define for_each_command(c)								\
	for ((c) = commands; (c) < commands + ARRAY_SIZE(commands); (c)++)

/**
 * struct world - one of everything
 * @fd: the file
 * @entity: has an opaque slot, asks for events, has methods, has begun a resync, owns
 *	what follows
 * @other: a second entity of the file, which owns nothing
 * @nexthop: used by @route
 * @spare: used by nothing
 * @remote: a remote next hop with a destination
 * @route: the route of 10.1.0.0/16
 * @dest: 10.1.0.0/16, where @entity has an opaque cell
 * @locked: 10.2.0.0/16, locked exclusively by the thread that made the world
 * @barred: its route
 * @old: the route of 10.5.0.0/16, whose time is over: @entity has been asked
 * @question: what the answer is to name
 * @list: a route list with @route
 * @enums: enumerations at their beginning: destinations, routes, next hops, @list
 * @notify: told of marked destinations; @dest is marked, and has changed
 * @handles: room for handles
 * @infos: room for entity names
 * @views: room for view blocks
 * @items: room for a batch
 * @changed: room for changed destinations, or for those looked up
 * @prefixes: what to look up
 * @pair: next hops of the route to be added
 * @dump: room for a dump
 * @call: call of @other to @entity, which has fetched it; another one, of itself, it
 *	has not
 */
struct world {
	int fd;
	__u64 entity;
	__u64 other;
	__u64 nexthop;
	__u64 spare;
	__u64 remote;
	__u64 route;
	__u64 dest;
	__u64 locked;
	__u64 barred;
	__u64 old;
	__u64 question;
	__u64 list;
	__u64 enums[4];
	__u64 notify;
	__u64 *handles;
	struct rtm_entity_id *infos;
	struct rtm_dest_view *views;
	struct rtm_route_item *items;
	void *changed;
	struct rtm_net_prefix *prefixes;
	__u64 pair[2];
	void *dump;
	__u64 call;
};

static inline void world_memory(struct world *w)
{
	w->handles = guard_alloc(WORLD_ROOM * sizeof(*w->handles));
	w->infos = guard_alloc(WORLD_ROOM * sizeof(*w->infos));
	w->views = guard_alloc(RTM_N_VIEWS * sizeof(*w->views));
	w->items = guard_alloc(WORLD_ITEMS * sizeof(*w->items));
	w->changed = guard_alloc(WORLD_ITEMS * item_size(RTM_N_VIEWS));
	w->prefixes = guard_alloc(WORLD_ITEMS * sizeof(*w->prefixes));
	w->dump = guard_alloc(RTM_DUMP_MIN_BUF);
}

/* A route that has expired; its owner has ten minutes to answer. */
static inline void world_expire(struct __test_metadata *_metadata, struct world *w)
{
	unsigned int answer = param_number("expiry_answer_ms");
	struct rtm_add_route arg;
	struct rtm_event event;

	ASSERT_EQ(0, param_set_number("expiry_answer_ms", 600000));
	route_arg(&arg, w->entity, "10.5.0.0/16", NULL, 0);
	arg.attrs.ttl_ms = 1;
	ASSERT_EQ(0, dev_add_route(w->fd, &arg));
	w->old = arg.route;
	/* a world before this one may still be going */
	do {
		ASSERT_EQ(sizeof(event), read(w->fd, &event, sizeof(event)));
		ASSERT_EQ(0, dev_release(w->fd, w->entity, event.object));
	} while (event.type != RTM_EVENT_ROUTE_EXPIRED);
	ASSERT_EQ(0, param_set_number("expiry_answer_ms", answer));
	ASSERT_EQ(w->old, event.object);
	w->question = event.context;
}

static inline void world_entities(struct __test_metadata *_metadata, struct world *w)
{
	ASSERT_EQ(0, dev_register_methods_in(w->fd, WORLD_INSTANCE, PROTO_RIP, 1,
					     RTM_REQ_OPAQUE_SLOT | RTM_REQ_EVENTS, 2,
					     &w->entity));
	ASSERT_EQ(0, dev_begin_resync(w->fd, w->entity));
	world_expire(_metadata, w);
	ASSERT_EQ(0, dev_register_in(w->fd, WORLD_INSTANCE, AF_INET, PROTO_OSPF, 1, 0,
				     &w->other));
}

static inline void world_nexthops(struct __test_metadata *_metadata, struct world *w)
{
	struct rtm_nexthop_req arg;

	ASSERT_EQ(0, dev_add_nexthop(w->fd, w->entity, "192.0.2.1", 1, &w->nexthop));
	ASSERT_EQ(0, dev_add_nexthop(w->fd, w->entity, "192.0.2.2", 1, &w->spare));
	w->pair[0] = w->nexthop;
	w->pair[1] = w->spare;
	nexthop_arg(&arg, w->entity, "10.1.2.3", 0);
	arg.attrs.flags = RTM_NHF_REMOTE;
	arg.attrs.remote_dest = w->dest;
	ASSERT_EQ(0, dev_call(w->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	w->remote = arg.nexthop;
}

static inline __u64 world_route(struct __test_metadata *_metadata, struct world *w,
				const char *dest)
{
	__u64 route;

	ASSERT_EQ(0, dev_route(w->fd, w->entity, dest, 0, 10, &route));
	return route;
}

/* A thread that serves calls does not wait: so it can leave them behind. */
static inline void world_calls(struct __test_metadata *_metadata, struct world *w)
{
	struct rtm_invoke_method arg;
	struct rtm_fetch_call fetch;

	invoke_arg(&arg, w->other, w->entity, "ab", 2, NULL, 0);
	arg.flags = RTM_REQ_SERVE;
	ASSERT_EQ(-EAGAIN, dev_call(w->fd, RTM_IOC_INVOKE_METHOD, &arg));
	w->call = arg.call;
	fetch_arg(&fetch, w->entity, 0, w->handles, 2);
	ASSERT_EQ(0, dev_call(w->fd, RTM_IOC_FETCH_CALL, &fetch));
	ASSERT_EQ(w->call, fetch.call);
	ASSERT_EQ(0, dev_release(w->fd, w->entity, fetch.caller));
	arg.entity = w->entity;
	arg.call = 0;
	ASSERT_EQ(-EAGAIN, dev_call(w->fd, RTM_IOC_INVOKE_METHOD, &arg));
}

/* Of 10.1.0.0/16 and what is inside, which nobody has locked. */
static inline void world_enum_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_create_enum *create = arg;

	enum_arg(create, w->entity, cmd == RTM_IOC_CREATE_NEXTHOP_ENUM ? 0 : RTM_V_SUPPORTED);
	if (cmd == RTM_IOC_CREATE_NEXTHOP_ENUM)
		return;
	create->where = RTM_EN_RANGE;
	create->prefix = prefix("10.1.0.0/16");
	if (cmd != RTM_IOC_CREATE_ROUTE_ENUM)
		return;
	w->handles[0] = w->nexthop;
	create->match.flags = RTM_RM_OWNER | RTM_RM_NEXTHOP;
	create->match.owner = w->entity;
	create->match.nexthops = ptr_u64(w->handles);
	create->match.n_nexthops = 1;
}

static inline void world_enums(struct __test_metadata *_metadata, struct world *w)
{
	static const unsigned long kinds[] = {
		RTM_IOC_CREATE_DEST_ENUM, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_CREATE_NEXTHOP_ENUM,
	};
	struct rtm_create_enum arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		world_enum_arg(w, kinds[i], &arg);
		ASSERT_EQ(0, dev_create_enum(w->fd, kinds[i], &arg, &w->enums[i]));
	}
	ASSERT_EQ(0, dev_list_enum(w->fd, w->entity, w->list, &w->enums[i]));
}

static inline void world_setup(struct __test_metadata *_metadata, struct world *w, int fd)
{
	struct rtm_add_route arg;

	memset(w, 0, sizeof(*w));
	w->fd = fd;
	world_memory(w);
	world_entities(_metadata, w);
	world_route(_metadata, w, "10.0.0.0/8");
	w->route = world_route(_metadata, w, "10.1.0.0/16");
	w->barred = world_route(_metadata, w, "10.2.0.0/16");
	w->dest = dev_dest(fd, w->entity, "10.1.0.0/16");
	w->locked = dev_dest(fd, w->entity, "10.2.0.0/16");
	ASSERT_NE(0, w->dest);
	ASSERT_NE(0, w->locked);
	world_nexthops(_metadata, w);
	ASSERT_EQ(0, dev_notify(fd, w->entity, RTM_CT_ALL | RTM_CT_ONLY_MARKED, RTM_V_SUPPORTED,
				&w->notify));
	ASSERT_EQ(0, dev_mark(fd, w->entity, w->notify, w->dest, true));
	route_arg(&arg, w->entity, "10.1.0.0/16", &w->nexthop, 1);
	arg.route = w->route;
	ASSERT_EQ(0, dev_new_list(fd, w->entity, &w->list));
	arg.list = w->list;
	ASSERT_EQ(0, dev_add_route(fd, &arg));
	world_enums(_metadata, w);
	ASSERT_EQ(0, dev_set_opaque(fd, w->entity, w->dest, 77));
	ASSERT_EQ(0, dev_lock(fd, w->entity, w->locked, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_lock_nexthop(fd, w->entity, w->spare, RTM_REQ_EXCLUSIVE));
	world_calls(_metadata, w);
}

/* The registrations end, if they have not yet; what is left goes with them. */
static inline void world_end(struct world *w)
{
	dev_deregister(w->fd, w->entity);
	dev_deregister(w->fd, w->other);
	guard_free(w->handles);
	guard_free(w->infos);
	guard_free(w->views);
	guard_free(w->items);
	guard_free(w->changed);
	guard_free(w->prefixes);
	guard_free(w->dump);
}

static inline void world_item(struct rtm_route_item *item, const char *dest)
{
	memset(item, 0, sizeof(*item));
	item->dest = prefix(dest);
	item->attrs = route_attrs(NULL, 0);
	item->status = 1;
}

static inline void world_batch_arg(struct world *w, void *arg, const char *first,
				   const char *second)
{
	struct rtm_route_batch *batch = arg;

	world_item(&w->items[0], first);
	world_item(&w->items[1], second);
	arg_init(batch);
	batch->flags = 0;
	batch->entity = w->entity;
	batch->items = ptr_u64(w->items);
	batch->count = WORLD_ITEMS;
	batch->deadline = 0;
}

static inline void world_dest_arg(struct world *w, void *arg)
{
	struct rtm_get_dest *query = arg;

	dest_arg(query, w->entity, RTM_PROTO_BEST, RTM_V_SUPPORTED, w->views, RTM_N_VIEWS);
	query->dest = w->dest;
	query->prefix = prefix("10.1.0.0/16");
}

static inline void world_handles_arg(struct world *w, void *arg)
{
	struct rtm_handles *handles = arg;

	w->handles[0] = w->route;
	w->handles[1] = w->nexthop;
	arg_init(handles);
	handles->type = RTM_HANDLE_ANY;
	handles->entity = w->entity;
	handles->handles = ptr_u64(w->handles);
	handles->count = 2;
}

static inline void world_entities_arg(struct world *w, void *arg)
{
	struct rtm_get_entities *list = arg;

	arg_init(list);
	list->flags = RTM_REQ_INFOS;
	list->entity = w->entity;
	list->handles = ptr_u64(w->handles);
	list->infos = ptr_u64(w->infos);
	list->count = WORLD_ROOM;
}

static inline void world_entity_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_deregister_entity *end = arg;
	struct rtm_get_entity_info *info = arg;

	switch (cmd) {
	case RTM_IOC_REGISTER_ENTITY:
		register_arg(arg, AF_INET, PROTO_BGP, 1, RTM_REQ_OPAQUE_SLOT | RTM_REQ_EVENTS);
		((struct rtm_register_entity *)arg)->id.instance = WORLD_INSTANCE;
		break;
	case RTM_IOC_DEREGISTER_ENTITY:
		arg_init(end);
		end->flags = 0;
		end->entity = w->other;
		break;
	case RTM_IOC_GET_ENTITIES:
		world_entities_arg(w, arg);
		break;
	case RTM_IOC_GET_ENTITY_INFO:
		arg_init(info);
		info->flags = 0;
		info->entity = w->entity;
		info->handle = w->other;
		info->pad = 0;
		break;
	}
}

static inline void world_nexthop_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_nexthop_req *req = arg;

	nexthop_arg(req, w->entity, cmd == RTM_IOC_ADD_NEXTHOP ? "192.0.2.3" : "192.0.2.1", 1);
	switch (cmd) {
	case RTM_IOC_ADD_NEXTHOP:
		req->attrs.remote_dest = w->dest;
		break;
	case RTM_IOC_DELETE_NEXTHOP:
		req->nexthop = w->spare;
		break;
	case RTM_IOC_GET_NEXTHOP_INFO:
		req->nexthop = w->remote;
		break;
	}
}

static inline void world_route_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_is_best_route *best = arg;
	struct rtm_add_route *add = arg;

	switch (cmd) {
	case RTM_IOC_ADD_ROUTE:
		route_arg(add, w->entity, "10.1.128.0/17", w->pair, 2);
		add->attrs.neighbour = w->nexthop;
		add->list = w->list;
		break;
	case RTM_IOC_DELETE_ROUTE:
		delete_arg(arg, w->entity, w->route);
		break;
	case RTM_IOC_GET_ROUTE_INFO:
		route_info_arg(arg, w->entity, w->route, w->handles, WORLD_ROOM);
		break;
	case RTM_IOC_IS_BEST_ROUTE:
		arg_init(best);
		best->flags = 0;
		best->entity = w->entity;
		best->route = w->route;
		best->deadline = 0;
		best->pad = 0;
		break;
	}
}

static inline void world_lock_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_break_dest_lock *breaks = arg;

	switch (cmd) {
	case RTM_IOC_LOCK_DEST:
		lock_arg(arg, w->entity, w->dest, RTM_REQ_EXCLUSIVE);
		break;
	case RTM_IOC_UNLOCK_DEST:
		lock_arg(arg, w->entity, w->locked, RTM_REQ_EXCLUSIVE);
		break;
	case RTM_IOC_BREAK_DEST_LOCK:
		arg_init(breaks);
		breaks->flags = 0;
		breaks->prefix = prefix("10.2.0.0/16");
		breaks->instance = WORLD_INSTANCE;
		breaks->pad = 0;
		break;
	case RTM_IOC_GET_OPAQUE:
		opaque_arg(arg, w->entity, w->dest);
		break;
	case RTM_IOC_SET_OPAQUE:
		opaque_arg(arg, w->entity, w->locked);
		((struct rtm_opaque *)arg)->value = 78;
		break;
	}
}

static inline void world_get_enum_arg(struct world *w, unsigned long cmd, void *arg)
{
	switch (cmd) {
	case RTM_IOC_GET_ENUM_DESTS:
		get_enum_arg(arg, w->entity, w->enums[0], w->changed, WORLD_ITEMS,
			     item_size(RTM_N_VIEWS));
		break;
	case RTM_IOC_GET_ENUM_ROUTES:
	case RTM_IOC_GET_ENUM_NEXTHOPS:
		get_enum_arg(arg, w->entity, w->enums[cmd == RTM_IOC_GET_ENUM_ROUTES ? 1 : 2],
			     w->handles, WORLD_ROOM, sizeof(__u64));
		break;
	case RTM_IOC_DELETE_ENUM:
		object_arg(arg, w->entity, w->enums[0]);
		break;
	default:
		world_enum_arg(w, cmd, arg);
		break;
	}
}

static inline void world_list_arg(struct world *w, unsigned long cmd, void *arg)
{
	switch (cmd) {
	case RTM_IOC_CREATE_ROUTE_LIST_ENUM:
		list_enum_arg(arg, w->entity, w->list);
		break;
	case RTM_IOC_GET_LIST_ENUM_ROUTES:
		get_enum_arg(arg, w->entity, w->enums[3], w->handles, WORLD_ROOM, sizeof(__u64));
		break;
	case RTM_IOC_INSERT_IN_ROUTE_LIST:
		w->handles[0] = w->route;
		insert_arg(arg, w->entity, w->list, w->handles, 1);
		break;
	default:
		object_arg(arg, w->entity, cmd == RTM_IOC_DELETE_ROUTE_LIST ? w->list : 0);
		break;
	}
}

static inline void world_method_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_invoke_method *invoke = arg;

	switch (cmd) {
	case RTM_IOC_GET_METHODS:
		methods_arg(arg, w->other, w->entity);
		break;
	case RTM_IOC_INVOKE_METHOD:
		invoke_arg(invoke, w->entity, w->entity, "ab", 2, w->handles, 8);
		invoke->flags = RTM_REQ_LOCAL;
		break;
	case RTM_IOC_BLOCK_METHODS:
		block_arg(arg, w->other, 1);
		break;
	case RTM_IOC_FETCH_CALL:
		fetch_arg(arg, w->entity, 0, w->handles, WORLD_ROOM * sizeof(*w->handles));
		break;
	case RTM_IOC_ANSWER_CALL:
		answer_arg(arg, w->entity, w->call, NULL, 0);
		break;
	}
}

static inline void world_policy_arg(struct world *w, void *arg)
{
	struct rtm_set_crash_policy *policy = arg;

	arg_init(policy);
	policy->flags = RTM_REQ_HOLD;
	policy->entity = w->entity;
	memset(&policy->id, 0, sizeof(policy->id));
	policy->hold_ms = 60000;
	policy->pad = 0;
}

static inline void world_limits_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_set_limits *set = arg;
	struct rtm_get_limits *get = arg;

	if (cmd == RTM_IOC_SET_LIMITS) {
		arg_init(set);
		memset(&set->flags, 0, sizeof(*set) - offsetof(struct rtm_set_limits, flags));
		set->entity = w->entity;
		set->which = 1u << RTM_RES_ROUTES;
		set->limits[RTM_RES_ROUTES] = 1000;
	} else {
		arg_init(get);
		get->flags = RTM_REQ_NAMESPACE;
		get->entity = 0;
		memset(&get->id, 0, sizeof(get->id));
	}
}

static inline void world_notify_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_register_notify *listen = arg;
	struct rtm_deregister_notify *end = arg;

	switch (cmd) {
	case RTM_IOC_REGISTER_NOTIFY:
		notify_arg(listen, w->entity, CT_EVERY, RTM_V_SUPPORTED);
		listen->prefix = prefix("10.1.0.0/16");
		break;
	case RTM_IOC_DEREGISTER_NOTIFY:
		arg_init(end);
		end->flags = 0;
		end->entity = w->entity;
		end->notify = w->notify;
		break;
	case RTM_IOC_GET_CHANGED_DESTS:
		changed_arg(arg, w->entity, w->notify, w->changed, WORLD_ITEMS,
			    item_size(RTM_N_VIEWS));
		break;
	case RTM_IOC_IGNORE_CHANGED_DESTS:
		w->handles[0] = w->dest;
		ignore_arg(arg, w->entity, w->notify, w->handles, 1);
		break;
	default:
		notify_dest_arg(arg, w->entity, w->notify, w->dest, 0);
		break;
	}
}

/* The thread has @barred and @spare locked, and nothing else. */
static inline void world_edit_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_unlock_nexthop *unlock = arg;
	struct rtm_update_route *update = arg;

	switch (cmd) {
	case RTM_IOC_LOCK_ROUTE:
		lock_object_arg(arg, w->entity, w->route, 0);
		break;
	case RTM_IOC_UNLOCK_ROUTE:
		lock_object_arg(arg, w->entity, w->barred, RTM_REQ_EXCLUSIVE);
		break;
	case RTM_IOC_UPDATE_ROUTE:
		update_route_arg(update, w->entity, w->barred, w->pair, 2);
		update->attrs.ttl_ms = 3600000;
		update->attrs.metric = 2;
		update->list = w->list;
		break;
	case RTM_IOC_LOCK_NEXTHOP:
		lock_object_arg(arg, w->entity, w->nexthop, RTM_REQ_EXCLUSIVE);
		break;
	default:
		unlock_nexthop_arg(unlock, w->entity, w->spare, RTM_REQ_EXCLUSIVE);
		unlock->remote_dest = w->dest;
		unlock->cookie = 5;
		unlock->commit = 1;
		break;
	}
}

static inline void world_other_arg(struct world *w, unsigned long cmd, void *arg)
{
	struct rtm_fib_sync *sync = arg;

	switch (cmd) {
	case RTM_IOC_HOLD_DEST:
		hold_arg(arg, w->entity, w->dest, RTM_V_UCAST, 60000);
		break;
	case RTM_IOC_ANSWER_EXPIRY:
		answer_expiry_arg(arg, w->entity, w->old, w->question, 1);
		break;
	case RTM_IOC_GET_EXACT_ROUTE:
		exact_route_arg(arg, w->entity, "10.1.0.0/16", w->handles, WORLD_ROOM);
		break;
	case RTM_IOC_GET_VERSION:
		arg_poison(arg, sizeof(struct rtm_get_version));
		break;
	case RTM_IOC_GET_STATS:
		arg_poison(arg, sizeof(struct rtm_get_stats));
		((struct rtm_get_stats *)arg)->pad = 0;
		break;
	case RTM_IOC_FIB_SYNC:
		arg_init(sync);
		sync->flags = 0;
		sync->deadline = 0;
		break;
	case RTM_IOC_SET_LIMITS:
	case RTM_IOC_GET_LIMITS:
		world_limits_arg(w, cmd, arg);
		break;
	case RTM_IOC_SET_CRASH_POLICY:
		world_policy_arg(w, arg);
		break;
	case RTM_IOC_GET_DESTS:
		w->prefixes[0] = prefix("10.1.0.0/16");
		w->prefixes[1] = prefix("11.0.0.0/8");
		lookup_arg(arg, w->entity, w->prefixes, w->changed, WORLD_ITEMS, RTM_V_SUPPORTED);
		break;
	case RTM_IOC_BEGIN_RESYNC:
	case RTM_IOC_END_RESYNC:
		resync_arg(arg, w->entity);
		break;
	default:
		dump_arg(arg, 0, "10.0.0.0/8", WORLD_INSTANCE, w->dump, RTM_DUMP_MIN_BUF);
		break;
	}
}

/* Write an argument with which CMD succeeds, once. */
static inline void world_arg(struct world *w, unsigned long cmd, void *arg)
{
	switch (cmd) {
	case RTM_IOC_REGISTER_ENTITY ... RTM_IOC_GET_ENTITY_INFO:
		world_entity_arg(w, cmd, arg);
		break;
	case RTM_IOC_REFERENCE_HANDLES:
	case RTM_IOC_RELEASE_HANDLES:
		world_handles_arg(w, arg);
		break;
	case RTM_IOC_ADD_NEXTHOP ... RTM_IOC_GET_NEXTHOP_INFO:
		world_nexthop_arg(w, cmd, arg);
		break;
	case RTM_IOC_ADD_ROUTE ... RTM_IOC_IS_BEST_ROUTE:
		world_route_arg(w, cmd, arg);
		break;
	case RTM_IOC_GET_DEST_INFO ... RTM_IOC_GET_LESS_SPECIFIC_DEST:
		world_dest_arg(w, arg);
		break;
	case RTM_IOC_LOCK_DEST ... RTM_IOC_SET_OPAQUE:
		world_lock_arg(w, cmd, arg);
		break;
	case RTM_IOC_GET_METHODS ... RTM_IOC_ANSWER_CALL:
		world_method_arg(w, cmd, arg);
		break;
	case RTM_IOC_ADD_ROUTES:
		world_batch_arg(w, arg, "10.3.0.0/16", "10.4.0.0/16");
		break;
	case RTM_IOC_DELETE_ROUTES:
		world_batch_arg(w, arg, "10.0.0.0/8", "10.1.0.0/16");
		break;
	case RTM_IOC_CREATE_DEST_ENUM ... RTM_IOC_DELETE_ENUM:
		world_get_enum_arg(w, cmd, arg);
		break;
	case RTM_IOC_CREATE_ROUTE_LIST ... RTM_IOC_DELETE_ROUTE_LIST:
		world_list_arg(w, cmd, arg);
		break;
	case RTM_IOC_REGISTER_NOTIFY ... RTM_IOC_IS_DEST_MARKED:
		world_notify_arg(w, cmd, arg);
		break;
	case RTM_IOC_LOCK_ROUTE ... RTM_IOC_UNLOCK_NEXTHOP:
		world_edit_arg(w, cmd, arg);
		break;
	default:
		world_other_arg(w, cmd, arg);
		break;
	}
}

/*
 * Pictures
 */

/**
 * struct picture - what dumps and counters say
 * @stats: the counters
 * @bytes: size of each dump
 * @dump: entities, next hops, destinations, routes, locks, listeners
 */
struct picture {
	struct rtm_get_stats stats;
	size_t bytes[6];
	void *dump[6];
};

static inline void picture_forget_time(struct picture *p)
{
	struct rtm_route_rec *route;
	struct rtm_lock_rec *lock;
	struct rtm_dest_rec *dest;

	for_each_record(dest, p->dump[2], p->bytes[2])
		dest->hold_ms = !!dest->hold_ms;
	for_each_record(route, p->dump[3], p->bytes[3]) {
		route->age_ms = 0;
		route->attrs.ttl_ms = !!route->attrs.ttl_ms;
	}
	for_each_record(lock, p->dump[4], p->bytes[4])
		lock->age_ns = 0;
	/* a trie that grew and shrank again need not have the shape it had */
	p->stats.trie_bytes = 0;
	p->stats.fib_messages = 0;
}

static inline void picture_take(struct __test_metadata *_metadata, struct picture *p, int fd,
				__u16 instance)
{
	static const unsigned long dumps[] = {
		RTM_IOC_DUMP_ENTITIES, RTM_IOC_DUMP_NEXTHOPS, RTM_IOC_DUMP_DESTS,
		RTM_IOC_DUMP_ROUTES, RTM_IOC_DUMP_LOCKS, RTM_IOC_DUMP_NOTIFIES,
	};
	unsigned int count, i;

	ASSERT_EQ(0, dev_stats(fd, &p->stats));
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		p->dump[i] = dev_dump(fd, dumps[i], 0, "0.0.0.0/0", instance, &p->bytes[i],
				      &count);
		ASSERT_NE(NULL, p->dump[i]);
	}
	picture_forget_time(p);
}

static inline void picture_free(struct picture *p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p->dump); i++)
		free(p->dump[i]);
}

/* Whether two pictures are the same, with words about what is not. */
static inline bool picture_same(const struct picture *a, const struct picture *b)
{
	static const char * const names[] = {
		"entities", "next hops", "destinations", "routes", "locks", "listeners",
	};
	bool same = true;
	unsigned int i;

	if (memcmp(&a->stats, &b->stats, sizeof(a->stats))) {
		fprintf(stderr, "# counters differ\n");
		stats_print(&a->stats);
		stats_print(&b->stats);
		same = false;
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (a->bytes[i] == b->bytes[i] && !memcmp(a->dump[i], b->dump[i], a->bytes[i]))
			continue;
		fprintf(stderr, "# %s differ: %zu bytes, %zu bytes\n", names[i], a->bytes[i],
			b->bytes[i]);
		same = false;
	}
	return same;
}

/* Compare the world with BEFORE. */
static inline bool world_same(struct __test_metadata *_metadata, struct world *w,
			      const struct picture *before)
{
	struct picture after;
	bool same;

	picture_take(_metadata, &after, w->fd, WORLD_INSTANCE);
	same = picture_same(before, &after);
	picture_free(&after);
	return same;
}

#endif /* RTM_WORLD_H */
