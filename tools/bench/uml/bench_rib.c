// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table in rtm, and how fast it changes there.
 *
 * How this file works: a client of <rtm.h> registers in an instance that no kernel table
 * belongs to, so nothing is written to the FIB.  What a call needs is written into its
 * arguments before the clock runs.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "bench.h"

/* As many routes as one call takes; ten thousand would do as well as one hundred. */
#define BATCH		512

#define PROTOCOL	10006

static int register_entity(struct bench *b)
{
	struct rtm_register_entity arg = {
		.id.family = b->family,
		.id.instance = BENCH_INSTANCE,
		.id.protocol = PROTOCOL,
		.id.id = 1,
	};
	int err;

	err = rtm_client_register_entity(b->client, &arg);
	b->entity = arg.entity;
	return err;
}

static void put_prefix(const struct bench *b, struct rtm_net_prefix *p,
		       const struct in6_addr *addr, u16 len)
{
	memset(p, 0, sizeof(*p));
	p->family = b->family;
	p->len = len;
	memcpy(p->addr, addr, b->bits / 8);
}

static int add_nexthops(struct bench *b)
{
	u32 i;
	int err = 0;

	for (i = 0; i < b->n_nexthops && !err; i++) {
		struct rtm_nexthop_req arg = {
			.entity = b->entity,
			.attrs.ifindex = b->ifindex,
		};

		put_prefix(b, &arg.attrs.addr, &b->nexthops[i], b->bits);
		err = rtm_client_add_nexthop(b->client, &arg);
		b->handles[i] = arg.nexthop;
	}
	return err;
}

/**
 * bench_rib_open() - register with rtm
 * @b: the bench, with a table read
 *
 * Return: 0 or a negative errno.
 */
int bench_rib_open(struct bench *b)
{
	struct rtm_net *rnet = bench_sym.rtm_net_get_fn(&init_net);
	int err;

	b->client = rtm_client_open(&init_net, NULL, NULL);
	if (IS_ERR(b->client))
		return PTR_ERR(b->client);
	err = register_entity(b);
	if (!err)
		err = add_nexthops(b);
	if (err) {
		rtm_client_close(b->client);
		return err;
	}
	b->table = bench_sym.rtm_table_find_fn(rnet, BENCH_INSTANCE, b->family);
	return 0;
}

/**
 * bench_rib_close() - end the registration, and all its routes
 * @b: the bench
 */
void bench_rib_close(struct bench *b)
{
	bench_sym.rtm_table_put_fn(b->table);
	rtm_client_close(b->client);
}

/* What a batch needs to know of routes from the @from-th on. */
static u32 fill_batch(struct bench *b, struct rtm_route_item *items, u32 from)
{
	u32 n = min_t(u32, BATCH, b->n_routes - from);
	const struct bench_route *route;
	u32 i;

	memset(items, 0, n * sizeof(*items));
	for (i = 0; i < n; i++) {
		route = &b->routes[from + i];
		put_prefix(b, &items[i].dest, &route->addr, route->len);
		items[i].attrs.nexthops = rtm_ptr(&b->handles[route->nexthop]);
		items[i].attrs.n_nexthops = 1;
		items[i].attrs.views = RTM_V_UCAST;
	}
	return n;
}

static int check_batch(const struct rtm_route_batch *arg, const struct rtm_route_item *items)
{
	u32 i;

	if (arg->done != arg->count)
		return -EIO;
	for (i = 0; i < arg->count; i++)
		if (items[i].status)
			return items[i].status;
	return 0;
}

/**
 * bench_rib_load() - add the whole table to rtm
 * @b: the bench
 *
 * Return: 0 or a negative errno.
 */
int bench_rib_load(struct bench *b)
{
	struct rtm_route_item *items = vcalloc(BATCH, sizeof(*items));
	u64 ns = 0, begin;
	u32 from;
	int err = 0;

	if (!items)
		return -ENOMEM;
	for (from = 0; from < b->n_routes && !err; from += BATCH) {
		struct rtm_route_batch arg = {
			.entity = b->entity,
			.items = rtm_ptr(items),
			.count = fill_batch(b, items, from),
		};

		cond_resched();
		begin = ktime_get_ns();
		err = rtm_client_add_routes(b->client, &arg);
		ns += ktime_get_ns() - begin;
		if (!err)
			err = check_batch(&arg, items);
	}
	vfree(items);
	bench_result(b, div_u64(ns * 1000, b->n_routes), "rib insert batch ns");
	return err;
}
