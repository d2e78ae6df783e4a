// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that uses the routing table manager.
 *
 * How this file works: when it is loaded it registers as a routing protocol in the first
 * network namespace, asks to be told of changes, and adds a next hop and a route to it,
 * which the manager puts into the kernel's routing table.  Whatever changes from then on,
 * its own route first of all, is written to the kernel log by the callback.  When it is
 * unloaded the end of the registration takes the route back.
 *
 *	insmod rtm_example.ko device=eth0 gateway=192.0.2.2 dest=198.51.100.0 len=24
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/inet.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include <rtm.h>

/* A protocol number of the registration; that of static routes has a preference. */
#define EXAMPLE_PROTOCOL	10006
#define EXAMPLE_ID		1

/* Changed destinations fetched at a time. */
#define EXAMPLE_ITEMS		16

static char *device = "lo";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "Interface of the next hop (default lo)");

static char *gateway = "127.0.0.2";
module_param(gateway, charp, 0444);
MODULE_PARM_DESC(gateway, "Address of the next hop, IPv4 (default 127.0.0.2)");

static char *dest = "198.51.100.0";
module_param(dest, charp, 0444);
MODULE_PARM_DESC(dest, "Address of the route's destination, IPv4 (default 198.51.100.0)");

static ushort len = 24;
module_param(len, ushort, 0444);
MODULE_PARM_DESC(len, "Length of the destination's prefix (default 24)");

static uint changes;
module_param(changes, uint, 0444);
MODULE_PARM_DESC(changes, "Changed destinations seen so far");

/**
 * struct example - what the module has
 * @client: its client
 * @entity: handle of its registration
 * @items: memory for changed destinations
 * @item_size: bytes of one of them
 */
static struct example {
	struct rtm_client *client;
	u64 entity;
	void *items;
	u32 item_size;
} example;

/*
 * Being told
 */

/* Handles carry a reference each; what is not released is kept in memory. */
static void release(u64 entity, u64 *handles, u32 n)
{
	struct rtm_handles arg = {
		.type = RTM_HANDLE_ANY,
		.entity = entity,
		.handles = rtm_ptr(handles),
		.count = n,
	};

	if (rtm_client_release_handles(example.client, &arg))
		pr_warn("handles could not be released\n");
}

static void show_change(u64 entity, const struct rtm_dest_item *item)
{
	u64 handles[1 + 3 * RTM_N_VIEWS] = { item->dest };
	const struct rtm_dest_view *view;
	u32 i, n = 1;

	for (i = 0; i < item->n_views; i++) {
		view = &item->views[i];
		pr_info("%pI4/%u: %u routes in view %d\n", item->prefix.addr, item->prefix.len,
			view->n_routes, view->view);
		handles[n++] = view->route;
		handles[n++] = view->owner;
		handles[n++] = view->hold_route;
	}
	changes++;
	release(entity, handles, n);
}

/* What cannot be had now will not be had by asking without end. */
static void stop_listening(const struct rtm_event *event, int err)
{
	struct rtm_deregister_notify arg = {
		.entity = event->entity,
		.notify = event->object,
	};

	pr_warn("no more notification: error %d\n", err);
	rtm_client_deregister_notify(example.client, &arg);
}

/*
 * Fetch until there is nothing more: the event is told once for all that has changed,
 * and comes again only for what changes after this.
 */
static void show_changes(const struct rtm_event *event)
{
	struct rtm_get_changed arg = {
		.entity = event->entity,
		.notify = event->object,
		.items = rtm_ptr(example.items),
		.item_size = example.item_size,
	};
	int err;
	u32 i;

	do {
		arg.count = EXAMPLE_ITEMS;
		err = rtm_client_get_changed_dests(example.client, &arg);
		if (err) {
			/* the registration may have ended meanwhile */
			if (err != -EIDRM && err != -EBADF)
				stop_listening(event, err);
			return;
		}
		for (i = 0; i < arg.count; i++)
			show_change(event->entity, example.items + i * example.item_size);
	} while (arg.count);
}

static void example_event(struct rtm_client *client, const struct rtm_event *event)
{
	u64 object = event->object;

	switch (event->type) {
	case RTM_EVENT_CHANGED:
		show_changes(event);
		break;
	case RTM_EVENT_ENTITY_REGISTERED:
		pr_info("protocol %u has come\n", event->id.protocol);
		release(event->entity, &object, 1);
		break;
	case RTM_EVENT_ENTITY_DEREGISTERED:
		pr_info("protocol %u has gone\n", event->id.protocol);
		release(event->entity, &object, 1);
		break;
	}
}

static const struct rtm_client_ops example_ops = {
	.event = example_event,
};

/*
 * Coming and going
 */

static int register_example(void)
{
	struct rtm_register_entity arg = {
		.flags = RTM_REQ_EVENTS,
		.id = {
			.family = AF_INET,
			.protocol = EXAMPLE_PROTOCOL,
			.id = EXAMPLE_ID,
		},
	};
	int err = rtm_client_register_entity(example.client, &arg);

	example.entity = arg.entity;
	return err;
}

/* From this call on the callback runs. */
static int listen(void)
{
	struct rtm_register_notify arg = {
		.flags = RTM_REQ_EVENTS,
		.entity = example.entity,
		.types = RTM_CT_ALL,
		.views = RTM_V_UCAST,
	};

	example.item_size = sizeof(struct rtm_dest_item) + sizeof(struct rtm_dest_view);
	example.items = kcalloc(EXAMPLE_ITEMS, example.item_size, GFP_KERNEL);
	if (!example.items)
		return -ENOMEM;
	return rtm_client_register_notify(example.client, &arg);
}

static int add_nexthop(u64 *nexthop)
{
	struct rtm_nexthop_req arg = {
		.entity = example.entity,
		.attrs.addr = { .family = AF_INET, .len = 32 },
	};
	struct net_device *dev;
	int err;

	if (!in4_pton(gateway, -1, arg.attrs.addr.addr, -1, NULL))
		return -EINVAL;
	dev = dev_get_by_name(&init_net, device);
	if (!dev)
		return -ENODEV;
	arg.attrs.ifindex = dev->ifindex;
	dev_put(dev);
	err = rtm_client_add_nexthop(example.client, &arg);
	*nexthop = arg.nexthop;
	return err;
}

/* The route keeps its next hop, and nobody here wants a handle of either. */
static int add_route(void)
{
	struct rtm_add_route arg = {
		.flags = RTM_REQ_NO_HANDLE,
		.entity = example.entity,
		.dest = { .family = AF_INET, .len = len },
		.attrs = { .n_nexthops = 1, .views = RTM_V_UCAST },
	};
	u64 nexthop;
	int err;

	if (!in4_pton(dest, -1, arg.dest.addr, -1, NULL))
		return -EINVAL;
	err = add_nexthop(&nexthop);
	if (err)
		return err;
	arg.attrs.nexthops = rtm_ptr(&nexthop);
	err = rtm_client_add_route(example.client, &arg);
	release(example.entity, &nexthop, 1);
	return err;
}

/*
 * The end of the registration takes all it has along, and ends what the callback may be
 * waiting for; after the end of the client the callback does not run any more.
 */
static void leave(void)
{
	struct rtm_deregister_entity arg = { .entity = example.entity };

	if (example.entity)
		rtm_client_deregister_entity(example.client, &arg);
	rtm_client_close(example.client);
	kfree(example.items);
}

static int __init example_init(void)
{
	int err;

	example.client = rtm_client_open(&init_net, &example_ops, NULL);
	if (IS_ERR(example.client))
		return PTR_ERR(example.client);
	err = register_example();
	if (!err)
		err = listen();
	if (!err)
		err = add_route();
	if (err)
		leave();
	return err;
}

static void __exit example_exit(void)
{
	leave();
}

module_init(example_init);
module_exit(example_exit);

MODULE_DESCRIPTION("Example of a module that uses the routing table manager");
MODULE_AUTHOR("The rtm developers");
MODULE_LICENSE("GPL");
