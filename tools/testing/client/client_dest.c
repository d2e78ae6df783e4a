// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destinations: queries, enumerations, change notification.
 */
#include <linux/kernel.h>
#include <linux/slab.h>

#include "client_test.h"

#define ONE_VIEW	(sizeof(struct rtm_dest_item) + sizeof(struct rtm_dest_view))
#define N_ITEMS		3

static int release_view(struct rig *rig, const struct rtm_dest_view *view)
{
	u64 handles[3] = { view->route, view->owner, view->hold_route };
	struct rtm_handles arg = {
		.entity = rig->entity,
		.handles = rtm_ptr(handles),
		.count = 3,
	};

	return rtm_client_release_handles(rig->client, &arg);
}

static void less_specific(struct rig *rig, u64 dest)
{
	struct rtm_get_dest arg = { .entity = rig->entity, .dest = dest };
	struct rtm_add_route wide = rig_route(rig, 0x0a000000, &rig->nexthop, 1);

	EXPECT_EQ(rig, -ENOENT, rtm_client_get_less_specific_dest(rig->client, &arg));
	wide.dest.len = 8;
	EXPECT_EQ(rig, 0, rtm_client_add_route(rig->client, &wide));
	EXPECT_EQ(rig, 0, rtm_client_get_less_specific_dest(rig->client, &arg));
	EXPECT_EQ(rig, 8, arg.prefix.len);
}

static void private_value(struct rig *rig, u64 dest)
{
	struct rtm_opaque arg = { .entity = rig->entity, .dest = dest, .value = 4711 };
	struct rtm_hold_dest hold = {
		.entity = rig->entity,
		.dest = dest,
		.hold_ms = 1,
	};

	EXPECT_EQ(rig, 0, rtm_client_set_opaque(rig->client, &arg));
	arg.value = 0;
	EXPECT_EQ(rig, 0, rtm_client_get_opaque(rig->client, &arg));
	EXPECT_EQ(rig, 4711, arg.value);
	EXPECT_EQ(rig, 0, rtm_client_hold_dest(rig->client, &hold));
	hold.hold_ms = 0;
	EXPECT_EQ(rig, -EINVAL, rtm_client_hold_dest(rig->client, &hold));
}

void case_dest(struct rig *rig)
{
	struct rtm_dest_view view = {};
	struct rtm_get_dest arg = {
		.entity = rig->entity,
		.prefix = rig_prefix(0x0a010203, 32),
		.views = RTM_V_UCAST,
		.view_infos = rtm_ptr(&view),
		.n_views = 1,
	};

	EXPECT_EQ(rig, -ENOENT, rtm_client_get_exact_dest(rig->client, &arg));
	arg.n_views = 0;
	EXPECT_EQ(rig, -EMSGSIZE, rtm_client_get_most_specific_dest(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.n_views);
	EXPECT_EQ(rig, 0, view.route);
	EXPECT_EQ(rig, 0, rtm_client_get_most_specific_dest(rig->client, &arg));
	EXPECT_EQ(rig, 16, arg.prefix.len);
	EXPECT_EQ(rig, rig->route, view.route);
	EXPECT_EQ(rig, 0, release_view(rig, &view));
	EXPECT_EQ(rig, 0, rtm_client_get_dest_info(rig->client, &arg));
	EXPECT_EQ(rig, rig->entity, view.owner);
	less_specific(rig, arg.dest);
	private_value(rig, arg.dest);
}

/* Of three prefixes the second has no route and the third is none. */
void case_dests(struct rig *rig)
{
	struct rtm_net_prefix prefixes[N_ITEMS] = {
		rig_prefix(0x0a010000, 16), rig_prefix(0x0a020000, 16), rig_prefix(0, 33),
	};
	u8 *items = kzalloc(N_ITEMS * ONE_VIEW + 1, GFP_KERNEL);
	struct rtm_get_dests arg = {
		.flags = RTM_REQ_EXACT,
		.entity = rig->entity,
		.prefixes = rtm_ptr(prefixes),
		.items = rtm_ptr(items),
		.count = N_ITEMS,
		.item_size = ONE_VIEW,
		.views = RTM_V_UCAST,
	};
	struct rtm_dest_item *item[N_ITEMS];
	int i;

	if (!EXPECT(rig, items))
		return;
	for (i = 0; i < N_ITEMS; i++)
		item[i] = (void *)(items + i * ONE_VIEW);
	item[1]->views[0].route = 1;
	EXPECT_EQ(rig, 0, rtm_client_get_dests(rig->client, &arg));
	EXPECT_EQ(rig, N_ITEMS, arg.count);
	EXPECT_EQ(rig, 0, item[0]->status);
	EXPECT_EQ(rig, rig->route, item[0]->views[0].route);
	EXPECT_EQ(rig, -ENOENT, item[1]->status);
	EXPECT_EQ(rig, 0, item[1]->views[0].route);
	EXPECT_EQ(rig, -EINVAL, item[2]->status);
	EXPECT_EQ(rig, 0, items[N_ITEMS * ONE_VIEW]);
	kfree(items);
}

static void end_enum(struct rig *rig, u64 handle)
{
	struct rtm_object_req arg = { .entity = rig->entity, .handle = handle };

	EXPECT_EQ(rig, 0, rtm_client_delete_enum(rig->client, &arg));
	EXPECT_EQ(rig, -EBADF, rtm_client_delete_enum(rig->client, &arg));
}

/* The one item an enumeration has, and its end after that. */
static void enumerate(struct rig *rig, u64 handle, void *items, u32 size,
		      int (*fn)(struct rtm_client *client, struct rtm_get_enum *arg))
{
	struct rtm_get_enum arg = {
		.entity = rig->entity,
		.handle = handle,
		.items = rtm_ptr(items),
		.count = 2,
		.item_size = size,
	};

	EXPECT_EQ(rig, 0, fn(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.count);
	arg.count = 2;
	EXPECT_EQ(rig, 0, fn(rig->client, &arg));
	EXPECT_EQ(rig, 0, arg.count);
	end_enum(rig, handle);
}

void case_enum(struct rig *rig)
{
	struct rtm_create_enum routes = { .entity = rig->entity };
	struct rtm_create_enum hops = { .entity = rig->entity };
	struct rtm_create_enum dests = { .entity = rig->entity, .views = RTM_V_UCAST };
	u64 handles[2] = {};
	struct rtm_dest_item *item = kzalloc(2 * ONE_VIEW, GFP_KERNEL);

	if (!EXPECT(rig, item))
		return;
	EXPECT_EQ(rig, 0, rtm_client_create_route_enum(rig->client, &routes));
	enumerate(rig, routes.handle, handles, sizeof(handles[0]), rtm_client_get_enum_routes);
	EXPECT_EQ(rig, rig->route, handles[0]);
	EXPECT_EQ(rig, 0, rtm_client_create_nexthop_enum(rig->client, &hops));
	enumerate(rig, hops.handle, handles, sizeof(handles[0]), rtm_client_get_enum_nexthops);
	EXPECT_EQ(rig, rig->nexthop, handles[0]);
	EXPECT_EQ(rig, 0, handles[1]);
	EXPECT_EQ(rig, 0, rtm_client_create_dest_enum(rig->client, &dests));
	EXPECT_EQ(rig, ONE_VIEW, dests.item_size);
	enumerate(rig, dests.handle, item, ONE_VIEW, rtm_client_get_enum_dests);
	EXPECT_EQ(rig, rig->route, item->views[0].route);
	kfree(item);
}

static void marks(struct rig *rig, u64 notify, u64 dest)
{
	struct rtm_notify_dest arg = {
		.entity = rig->entity,
		.notify = notify,
		.dest = dest,
		.value = 1,
	};

	EXPECT_EQ(rig, 0, rtm_client_mark_dest(rig->client, &arg));
	arg.value = 0;
	EXPECT_EQ(rig, 0, rtm_client_is_dest_marked(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.value);
	EXPECT_EQ(rig, 0, rtm_client_get_change_status(rig->client, &arg));
	EXPECT_EQ(rig, 0, arg.value);
}

static void ignore(struct rig *rig, u64 notify, u64 dest)
{
	u64 dests[2] = { dest, rig->route };
	struct rtm_ignore_changed arg = {
		.entity = rig->entity,
		.notify = notify,
		.dests = rtm_ptr(dests),
		.count = 2,
	};

	EXPECT_EQ(rig, -EBADF, rtm_client_ignore_changed_dests(rig->client, &arg));
	arg.count = 1;
	EXPECT_EQ(rig, 0, rtm_client_ignore_changed_dests(rig->client, &arg));
}

void case_notify(struct rig *rig)
{
	struct rtm_register_notify reg = {
		.entity = rig->entity,
		.types = RTM_CT_ALL,
		.views = RTM_V_UCAST,
	};
	struct rtm_add_route route = rig_route(rig, 0x0a010000, &rig->nexthop, 1);
	struct rtm_dest_item *item = kzalloc(ONE_VIEW, GFP_KERNEL);
	struct rtm_get_changed get = { .entity = rig->entity, .items = rtm_ptr(item), .count = 1 };
	struct rtm_deregister_notify end = { .entity = rig->entity };

	if (!EXPECT(rig, item))
		return;
	EXPECT_EQ(rig, 0, rtm_client_register_notify(rig->client, &reg));
	route.attrs.metric = 30;
	EXPECT_EQ(rig, 0, rtm_client_add_route(rig->client, &route));
	get.notify = reg.notify;
	get.item_size = reg.item_size;
	EXPECT_EQ(rig, 0, rtm_client_get_changed_dests(rig->client, &get));
	EXPECT_EQ(rig, 1, get.count);
	EXPECT_EQ(rig, rig->route, item->views[0].route);
	EXPECT_EQ(rig, 0, rtm_client_get_changed_dests(rig->client, &get));
	EXPECT_EQ(rig, 0, get.count);
	marks(rig, reg.notify, item->dest);
	ignore(rig, reg.notify, item->dest);
	end.notify = reg.notify;
	EXPECT_EQ(rig, 0, rtm_client_deregister_notify(rig->client, &end));
	EXPECT_EQ(rig, -EBADF, rtm_client_deregister_notify(rig->client, &end));
	kfree(item);
}
