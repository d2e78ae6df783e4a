// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call about entities, next hops, routes and lists does what the ioctl does, with
 * its arrays in kernel memory.
 */
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "client_test.h"

void case_manager(struct rig *rig)
{
	struct rtm_get_version version = {};
	struct rtm_get_stats stats = {};
	struct rtm_fib_sync sync = {};

	EXPECT(rig, rtm_client_priv(rig->client) == rig);
	EXPECT_EQ(rig, 0, rtm_client_get_version(rig->client, &version));
	EXPECT_EQ(rig, RTM_ABI_VERSION, version.abi);
	EXPECT_EQ(rig, sizeof(version), version.size);
	EXPECT_EQ(rig, 0, rtm_client_get_stats(rig->client, &stats));
	EXPECT_EQ(rig, 1, stats.entities);
	EXPECT_EQ(rig, 1, stats.routes);
	EXPECT_EQ(rig, 0, rtm_client_fib_sync(rig->client, &sync));
}

static void list_entities(struct rig *rig)
{
	struct rtm_entity_id infos[2] = {};
	u64 handles[2] = {};
	struct rtm_get_entities arg = {
		.flags = RTM_REQ_INFOS,
		.entity = rig->entity,
		.handles = rtm_ptr(handles),
		.infos = rtm_ptr(infos),
	};

	EXPECT_EQ(rig, -EMSGSIZE, rtm_client_get_entities(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.total);
	EXPECT_EQ(rig, 0, handles[0]);
	arg.count = 2;
	EXPECT_EQ(rig, 0, rtm_client_get_entities(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.count);
	EXPECT_EQ(rig, RIG_PROTOCOL, infos[0].protocol);
	EXPECT_EQ(rig, 0, infos[1].protocol);
	EXPECT_EQ(rig, rig->entity, handles[0]);
	EXPECT_EQ(rig, 0, rig_release(rig, handles[0]));
}

static void handles_are_counted(struct rig *rig)
{
	u64 twice[2] = { rig->route, rig->nexthop };
	struct rtm_handles arg = {
		.entity = rig->entity,
		.handles = rtm_ptr(twice),
		.count = 2,
	};

	EXPECT_EQ(rig, 0, rtm_client_reference_handles(rig->client, &arg));
	EXPECT_EQ(rig, 0, rtm_client_release_handles(rig->client, &arg));
	EXPECT_EQ(rig, 2, arg.done);
	twice[1] = rig->route + 1;
	EXPECT_EQ(rig, -EBADF, rtm_client_reference_handles(rig->client, &arg));
}

void case_entity(struct rig *rig)
{
	struct rtm_set_crash_policy policy = {
		.flags = RTM_REQ_HOLD,
		.entity = rig->entity,
		.hold_ms = 1,
	};
	struct rtm_get_entity_info info = { .entity = rig->entity, .handle = rig->entity };
	struct rtm_register_entity again;

	rig_register_arg(&again, RIG_PROTOCOL, 0);
	EXPECT_EQ(rig, -EEXIST, rtm_client_register_entity(rig->client, &again));
	list_entities(rig);
	handles_are_counted(rig);
	EXPECT_EQ(rig, 0, rtm_client_get_entity_info(rig->client, &info));
	EXPECT_EQ(rig, RIG_PROTOCOL, info.id.protocol);
	EXPECT_EQ(rig, RTM_STATE_CREATED, info.state);
	EXPECT_EQ(rig, 0, rtm_client_set_crash_policy(rig->client, &policy));
	policy.hold_ms = 0;
	EXPECT_EQ(rig, -EINVAL, rtm_client_set_crash_policy(rig->client, &policy));
	EXPECT_EQ(rig, 0, rig_deregister(rig->client, rig->entity));
	EXPECT_EQ(rig, -EBADF, rig_deregister(rig->client, rig->entity));
}

static void lock_nexthop(struct rig *rig)
{
	struct rtm_lock_object lock = {
		.flags = RTM_REQ_EXCLUSIVE,
		.entity = rig->entity,
		.object = rig->nexthop,
	};
	struct rtm_unlock_nexthop unlock = {
		.flags = RTM_REQ_EXCLUSIVE,
		.entity = rig->entity,
		.nexthop = rig->nexthop,
		.cookie = 42,
		.commit = 1,
	};

	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_nexthop(rig->client, &unlock));
	EXPECT_EQ(rig, 0, rtm_client_lock_nexthop(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_unlock_nexthop(rig->client, &unlock));
}

void case_nexthop(struct rig *rig)
{
	struct rtm_nexthop_req arg = {
		.entity = rig->entity,
		.attrs = { .addr = rig_prefix(0xc0000202, 32), .ifindex = 1 },
	};

	EXPECT_EQ(rig, -ENOENT, rtm_client_find_nexthop(rig->client, &arg));
	EXPECT_EQ(rig, 0, rtm_client_add_nexthop(rig->client, &arg));
	EXPECT_EQ(rig, RTM_RC_NEW, arg.change);
	EXPECT_EQ(rig, 0, rtm_client_delete_nexthop(rig->client, &arg));
	arg.nexthop = 0;
	EXPECT_EQ(rig, -ENOENT, rtm_client_delete_nexthop(rig->client, &arg));
	lock_nexthop(rig);
	arg.nexthop = rig->nexthop;
	EXPECT_EQ(rig, 0, rtm_client_get_nexthop_info(rig->client, &arg));
	EXPECT_EQ(rig, 42, arg.attrs.cookie);
	EXPECT_EQ(rig, rig->entity, arg.attrs.owner);
	EXPECT_EQ(rig, 0, rig_release(rig, arg.attrs.owner));
}

static void exact_route(struct rig *rig)
{
	u64 nexthops[2] = {};
	struct rtm_get_exact_route arg = {
		.flags = RTM_REQ_NO_HANDLE,
		.entity = rig->entity,
		.prefix = rig_prefix(0x0a010000, 16),
		.match = {
			.flags = RTM_RM_NEXTHOP | RTM_RM_OWNER,
			.owner = rig->entity,
			.nexthops = rtm_ptr(&rig->nexthop),
			.n_nexthops = 1,
		},
		.attrs = { .nexthops = rtm_ptr(nexthops), .n_nexthops = 2 },
	};

	EXPECT_EQ(rig, 0, rtm_client_get_exact_route(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.attrs.n_nexthops);
	EXPECT_EQ(rig, rig->nexthop, nexthops[0]);
	arg.match.nexthops = rtm_ptr(&rig->route);
	EXPECT_EQ(rig, -EBADF, rtm_client_get_exact_route(rig->client, &arg));
}

void case_route(struct rig *rig)
{
	u64 bad[2] = { rig->nexthop, rig->nexthop };
	struct rtm_add_route arg = rig_route(rig, 0x0a020000, bad, 2);
	u64 nexthops[1] = {};
	struct rtm_get_route_info info = {
		.entity = rig->entity,
		.route = rig->route,
		.attrs = { .nexthops = rtm_ptr(nexthops), .n_nexthops = 0 },
	};
	struct rtm_is_best_route best = { .entity = rig->entity, .route = rig->route };
	struct rtm_delete_route del = { .entity = rig->entity, .route = rig->route };

	EXPECT_EQ(rig, -EINVAL, rtm_client_add_route(rig->client, &arg));
	bad[1] = rig->route;
	EXPECT_EQ(rig, -EBADF, rtm_client_add_route(rig->client, &arg));
	EXPECT_EQ(rig, -EMSGSIZE, rtm_client_get_route_info(rig->client, &info));
	EXPECT_EQ(rig, 0, nexthops[0]);
	EXPECT_EQ(rig, 1, info.attrs.n_nexthops);
	EXPECT_EQ(rig, 0, rtm_client_get_route_info(rig->client, &info));
	EXPECT_EQ(rig, rig->nexthop, nexthops[0]);
	EXPECT_EQ(rig, rig->entity, info.owner);
	EXPECT_EQ(rig, 10, info.attrs.metric);
	EXPECT_EQ(rig, 0, rtm_client_is_best_route(rig->client, &best));
	EXPECT_EQ(rig, RTM_V_UCAST, best.views);
	exact_route(rig);
	EXPECT_EQ(rig, 0, rtm_client_delete_route(rig->client, &del));
	EXPECT_EQ(rig, RTM_RC_BEST, del.change);
	EXPECT_EQ(rig, -EBADF, rtm_client_delete_route(rig->client, &del));
}

#define N_BATCH	3

static void batch_item(struct rig *rig, struct rtm_route_item *item, u32 addr)
{
	*item = (struct rtm_route_item){
		.dest = rig_prefix(addr, 16),
		.attrs = {
			.nexthops = rtm_ptr(&rig->nexthop),
			.n_nexthops = 1,
			.views = RTM_V_UCAST,
		},
		.status = 1,
	};
}

/* The second of three is wrong. */
void case_batch(struct rig *rig)
{
	struct rtm_route_item *items = kcalloc(N_BATCH + 1, sizeof(*items), GFP_KERNEL);
	struct rtm_route_batch arg = {
		.entity = rig->entity,
		.items = rtm_ptr(items),
		.count = N_BATCH,
	};
	int i;

	if (!EXPECT(rig, items))
		return;
	for (i = 0; i <= N_BATCH; i++)
		batch_item(rig, &items[i], 0x0a100000 + (i << 16));
	items[1].dest.len = 33;
	EXPECT_EQ(rig, 0, rtm_client_add_routes(rig->client, &arg));
	EXPECT_EQ(rig, N_BATCH, arg.done);
	EXPECT_EQ(rig, 0, items[0].status);
	EXPECT_EQ(rig, RTM_RC_NEW | RTM_RC_BEST, items[0].change);
	EXPECT_EQ(rig, -EINVAL, items[1].status);
	EXPECT_EQ(rig, 0, items[2].status);
	EXPECT_EQ(rig, 1, items[N_BATCH].status);
	EXPECT_EQ(rig, 0, rtm_client_delete_routes(rig->client, &arg));
	EXPECT_EQ(rig, RTM_RC_BEST, items[2].change);
	EXPECT_EQ(rig, 0, items[2].status);
	kfree(items);
}

static void resync(struct rig *rig)
{
	struct rtm_resync arg = { .entity = rig->entity };

	EXPECT_EQ(rig, -ENOENT, rtm_client_end_resync(rig->client, &arg));
	EXPECT_EQ(rig, 0, rtm_client_begin_resync(rig->client, &arg));
	EXPECT_EQ(rig, 0, rtm_client_end_resync(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.swept);
}

void case_edit(struct rig *rig)
{
	struct rtm_lock_object lock = {
		.flags = RTM_REQ_EXCLUSIVE,
		.entity = rig->entity,
		.object = rig->route,
	};
	struct rtm_update_route update = {
		.entity = rig->entity,
		.route = rig->route,
		.attrs = rig_route(rig, 0, &rig->nexthop, 1).attrs,
	};

	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_route(rig->client, &lock));
	EXPECT_EQ(rig, -EACCES, rtm_client_update_route(rig->client, &update));
	EXPECT_EQ(rig, 0, rtm_client_lock_route(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_unlock_route(rig->client, &lock));
	EXPECT_EQ(rig, 0, rtm_client_lock_route(rig->client, &lock));
	update.attrs.metric = 20;
	EXPECT_EQ(rig, 0, rtm_client_update_route(rig->client, &update));
	EXPECT_EQ(rig, RTM_RC_BEST, update.change);
	EXPECT_EQ(rig, -EACCES, rtm_client_unlock_route(rig->client, &lock));
	resync(rig);
}

static void enum_list(struct rig *rig, u64 list)
{
	struct rtm_create_list_enum create = { .entity = rig->entity, .list = list };
	u64 routes[2] = {};
	struct rtm_get_enum get = {
		.entity = rig->entity,
		.items = rtm_ptr(routes),
		.count = 2,
		.item_size = sizeof(routes[0]),
	};
	struct rtm_object_req end = { .entity = rig->entity };

	EXPECT_EQ(rig, 0, rtm_client_create_route_list_enum(rig->client, &create));
	get.handle = create.handle;
	EXPECT_EQ(rig, 0, rtm_client_get_list_enum_routes(rig->client, &get));
	EXPECT_EQ(rig, 1, get.count);
	EXPECT_EQ(rig, rig->route, routes[0]);
	EXPECT_EQ(rig, 0, routes[1]);
	EXPECT_EQ(rig, 0, rig_release(rig, routes[0]));
	end.handle = create.handle;
	EXPECT_EQ(rig, 0, rtm_client_delete_enum(rig->client, &end));
}

void case_list(struct rig *rig)
{
	u64 routes[2] = { rig->route, rig->nexthop };
	struct rtm_object_req list = { .entity = rig->entity };
	struct rtm_insert_in_list insert = {
		.entity = rig->entity,
		.routes = rtm_ptr(routes),
		.count = 2,
	};

	EXPECT_EQ(rig, 0, rtm_client_create_route_list(rig->client, &list));
	insert.list = list.handle;
	EXPECT_EQ(rig, -EBADF, rtm_client_insert_in_route_list(rig->client, &insert));
	insert.count = 1;
	EXPECT_EQ(rig, 0, rtm_client_insert_in_route_list(rig->client, &insert));
	enum_list(rig, list.handle);
	EXPECT_EQ(rig, 0, rtm_client_delete_route_list(rig->client, &list));
	EXPECT_EQ(rig, -EBADF, rtm_client_delete_route_list(rig->client, &list));
}

static void dump(struct rig *rig, int (*fn)(struct rtm_client *client, struct rtm_dump *arg),
		 void *buf, unsigned int want)
{
	struct rtm_dump arg = {
		.prefix = rig_prefix(0, 0),
		.buf = rtm_ptr(buf),
		.buf_size = RTM_DUMP_MIN_BUF,
	};

	memset(buf, 0, RTM_DUMP_MIN_BUF);
	EXPECT_EQ(rig, 0, fn(rig->client, &arg));
	EXPECT_EQ(rig, want, arg.count);
	EXPECT_EQ(rig, 0, arg.more);
}

/* A registration of the kernel belongs to no process, and to root. */
void case_dump(struct rig *rig)
{
	void *buf = kmalloc(RTM_DUMP_MIN_BUF, GFP_KERNEL);
	struct rtm_entity_rec *entity = buf;
	struct rtm_nexthop_rec *nexthop = buf;
	struct rtm_route_rec *route = buf;
	struct rtm_dest_rec *dest = buf;

	if (!EXPECT(rig, buf))
		return;
	dump(rig, rtm_client_dump_entities, buf, 1);
	EXPECT_EQ(rig, sizeof(*entity), entity->size);
	EXPECT_EQ(rig, RIG_PROTOCOL, entity->id.protocol);
	EXPECT_EQ(rig, 1, entity->registered);
	EXPECT_EQ(rig, 0, entity->pid);
	EXPECT_EQ(rig, 0, entity->uid);
	dump(rig, rtm_client_dump_nexthops, buf, 1);
	EXPECT_EQ(rig, 1, nexthop->users);
	dump(rig, rtm_client_dump_routes, buf, 1);
	EXPECT_EQ(rig, RTM_V_UCAST, route->best);
	dump(rig, rtm_client_dump_dests, buf, 1);
	EXPECT_EQ(rig, 1, dest->n_routes);
	dump(rig, rtm_client_dump_locks, buf, 0);
	dump(rig, rtm_client_dump_notifies, buf, 0);
	kfree(buf);
}
