// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table in rtm, and how fast it changes there.
 *
 * How this file works: a client of <rtm.h> registers in an instance that no kernel table
 * belongs to, so nothing is written to the FIB.  What a call needs is written into its
 * arguments before the clock runs.
 */
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "bench.h"

/* Routes of one call. */
#define BATCH		512

/* How often the table is changed: the least of each call counts, as in bench_lookup.c. */
#define RIB_ROUNDS	3
#define WORST_ROUNDS	9

/* 38.0.0.0/8, the prefix with the most direct more-specifics, 4266, and more of them. */
#define WIDE_BASE	0x26000000U
#define WIDE_LEN	8
#define WIDE_MORE	(9700 - 4266)

/* Items of one call that reads, and the handles in them. */
#define READ_ITEMS	100
#define ITEM_HANDLES	4

#define PROTOCOL	10006

typedef int batch_fn(struct rtm_client *client, struct rtm_route_batch *arg);

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

/* What the namespace is charged for. */
static u64 rtm_bytes(struct bench *b)
{
	struct rtm_get_limits arg = { .flags = RTM_REQ_NAMESPACE };

	return rtm_client_get_limits(b->client, &arg) ? 0 : arg.usage[RTM_RES_BYTES].used;
}

static int bench_rib_memory(struct bench *b)
{
	struct rtm_get_stats arg = {};
	int err;

	err = rtm_client_get_stats(b->client, &arg);
	if (err)
		return err;
	bench_result(b, div_u64(arg.trie_bytes * 1000, b->n_routes), "memory trie counters bytes");
	bench_result(b, div_u64(rtm_bytes(b) * 1000, b->n_routes), "memory all counters bytes");
	return 0;
}

/*
 * Changing
 */

/* What a batch needs to know of routes from the @from-th on. */
static u32 fill_batch(struct bench *b, struct rtm_route_item *items, u32 from, u32 batch,
		      u32 metric)
{
	u32 n = min_t(u32, batch, b->n_routes - from);
	const struct bench_route *route;
	u32 i;

	memset(items, 0, n * sizeof(*items));
	for (i = 0; i < n; i++) {
		route = &b->routes[from + i];
		put_prefix(b, &items[i].dest, &route->addr, route->len);
		items[i].attrs.nexthops = rtm_ptr(&b->handles[route->nexthop]);
		items[i].attrs.n_nexthops = 1;
		items[i].attrs.views = RTM_V_UCAST;
		items[i].attrs.metric = metric;
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

/* The whole table in calls of @batch routes: the least time each call ever took. */
static int all_batches(struct bench *b, batch_fn *call, u32 batch, u32 metric, u64 *least)
{
	struct rtm_route_item *items = vcalloc(batch, sizeof(*items));
	u64 begin;
	u32 from;
	int err = items ? 0 : -ENOMEM;

	for (from = 0; from < b->n_routes && !err; from += batch, least++) {
		struct rtm_route_batch arg = {
			.entity = b->entity,
			.items = rtm_ptr(items),
			.count = fill_batch(b, items, from, batch, metric),
		};

		cond_resched();
		begin = bench_ns();
		err = call(b->client, &arg);
		*least = min(*least, bench_ns() - begin);
		if (!err)
			err = check_batch(&arg, items);
	}
	vfree(items);
	return err;
}

static u32 n_calls(const struct bench *b, u32 batch)
{
	return DIV_ROUND_UP(b->n_routes, batch);
}

static u64 *new_times(const struct bench *b, u32 batch)
{
	u64 *least = vmalloc(array_size(n_calls(b, batch), sizeof(*least)));

	if (least)
		memset(least, 0xff, n_calls(b, batch) * sizeof(*least));
	return least;
}

static int compare_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static void report_single(const struct bench *b, u64 *least, const char *what)
{
	u32 n = b->n_routes;

	sort(least, n, sizeof(*least), compare_u64, NULL);
	bench_result(b, least[n / 2] * 1000, "rib %s single median-ns", what);
	bench_result(b, least[n - 1 - n / 100] * 1000, "rib %s single 99%%-ns", what);
	bench_result(b, least[n - 1 - n / 1000] * 1000, "rib %s single 99.9%%-ns", what);
	bench_result(b, least[n - 1] * 1000, "rib %s single worst-ns", what);
}

static void report_calls(const struct bench *b, u32 batch, u64 *least, const char *what)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < n_calls(b, batch); i++)
		sum += least[i];
	bench_result(b, div_u64(sum * 1000, b->n_routes), "rib %s %s ns", what,
		     batch == 1 ? "single" : "batch");
	if (batch == 1)
		report_single(b, least, what);
}

/**
 * bench_rib_load() - add the whole table to rtm
 * @b: the bench
 *
 * Return: 0 or a negative errno.
 */
int bench_rib_load(struct bench *b)
{
	u64 *least = new_times(b, BATCH);
	int err = -ENOMEM;

	if (least)
		err = all_batches(b, rtm_client_add_routes, BATCH, 1, least);
	vfree(least);
	return err ? : bench_rib_memory(b);
}

/* Routes are changed in place, as often as there are rounds. */
static int replace(struct bench *b, const char *what)
{
	u64 *least = new_times(b, BATCH);
	int err = -ENOMEM;
	u32 i;

	for (i = 0; least && i < RIB_ROUNDS; i++) {
		err = all_batches(b, rtm_client_add_routes, BATCH, ++b->metric, least);
		if (err)
			break;
	}
	if (!err)
		report_calls(b, BATCH, least, what);
	vfree(least);
	return err;
}

/*
 * A full table goes and comes, as often as there are rounds.  Each time the table is
 * what it was when the same call was made before.
 */
static int delete_insert(struct bench *b, u32 batch)
{
	u64 *add = new_times(b, batch), *del = new_times(b, batch);
	int err = -ENOMEM;
	u32 i;

	for (i = 0; add && del && i < RIB_ROUNDS; i++) {
		err = all_batches(b, rtm_client_delete_routes, batch, 0, del);
		if (!err)
			err = all_batches(b, rtm_client_add_routes, batch, 1, add);
		if (err)
			break;
	}
	if (!err) {
		report_calls(b, batch, add, "insert");
		report_calls(b, batch, del, "delete");
	}
	vfree(add);
	vfree(del);
	return err;
}

/*
 * Reading: destinations by the hundred, whose handles are given back
 */

struct reader {
	void *items;
	u64 *handles;
	u32 item_size;
	u64 count;
	u64 get_ns;
	u64 release_ns;
};

static u32 item_handles(const struct rtm_dest_item *item, u64 *handles)
{
	u32 n = 0, i;

	handles[n++] = item->dest;
	for (i = 0; i < item->n_views; i++) {
		if (item->views[i].route)
			handles[n++] = item->views[i].route;
		if (item->views[i].owner)
			handles[n++] = item->views[i].owner;
	}
	return n;
}

static int release_items(struct bench *b, struct reader *r, u32 count)
{
	struct rtm_handles arg = { .entity = b->entity, .handles = rtm_ptr(r->handles) };
	u64 begin;
	u32 i;
	int err;

	for (i = 0; i < count; i++)
		arg.count += item_handles(r->items + i * r->item_size, r->handles + arg.count);
	begin = bench_ns();
	err = rtm_client_release_handles(b->client, &arg);
	r->release_ns += bench_ns() - begin;
	r->count += count;
	return err;
}

static int reader_init(struct reader *r, u32 item_size)
{
	memset(r, 0, sizeof(*r));
	r->item_size = item_size;
	r->items = vzalloc(array_size(READ_ITEMS, item_size));
	r->handles = vcalloc(READ_ITEMS * ITEM_HANDLES, sizeof(*r->handles));
	return r->items && r->handles ? 0 : -ENOMEM;
}

/* All that were read, and as many as there are. */
static int reader_end(struct bench *b, struct reader *r, const char *what, int err)
{
	vfree(r->items);
	vfree(r->handles);
	if (!err && r->count != b->n_routes) {
		pr_err("rtm_bench: %s has %llu of %u\n", what, r->count, b->n_routes);
		err = -EBADMSG;
	}
	if (err)
		return err;
	bench_result(b, div_u64(r->get_ns * 1000, b->n_routes), "rib %s read ns", what);
	bench_result(b, div_u64(r->release_ns * 1000, b->n_routes), "rib %s release ns", what);
	return 0;
}

static int read_enum(struct bench *b, struct reader *r, u64 handle)
{
	struct rtm_get_enum arg;
	u64 begin;
	int err;

	do {
		arg = (struct rtm_get_enum){
			.entity = b->entity,
			.handle = handle,
			.items = rtm_ptr(r->items),
			.count = READ_ITEMS,
			.item_size = r->item_size,
		};
		cond_resched();
		begin = bench_ns();
		err = rtm_client_get_enum_dests(b->client, &arg);
		r->get_ns += bench_ns() - begin;
		if (!err && arg.count)
			err = release_items(b, r, arg.count);
	} while (!err && arg.count);
	return err;
}

static int enumerate(struct bench *b)
{
	struct rtm_create_enum arg = {
		.entity = b->entity,
		.where = RTM_EN_START,
		.views = RTM_V_UCAST,
	};
	struct rtm_object_req end = { .entity = b->entity };
	struct reader r;
	int err;

	err = rtm_client_create_dest_enum(b->client, &arg);
	if (err)
		return err;
	err = reader_init(&r, arg.item_size);
	if (!err)
		err = read_enum(b, &r, arg.handle);
	end.handle = arg.handle;
	rtm_client_delete_enum(b->client, &end);
	return reader_end(b, &r, "enumerate", err);
}

static int read_changes(struct bench *b, struct reader *r, u64 notify)
{
	struct rtm_get_changed arg;
	u64 begin;
	int err;

	do {
		arg = (struct rtm_get_changed){
			.entity = b->entity,
			.notify = notify,
			.items = rtm_ptr(r->items),
			.count = READ_ITEMS,
			.item_size = r->item_size,
		};
		cond_resched();
		begin = bench_ns();
		err = rtm_client_get_changed_dests(b->client, &arg);
		r->get_ns += bench_ns() - begin;
		if (!err && arg.count)
			err = release_items(b, r, arg.count);
	} while (!err && arg.count);
	return err;
}

/* What is told is what was changed meanwhile, once, with what that takes. */
static int hear(struct bench *b, const struct rtm_register_notify *arg)
{
	u64 before = rtm_bytes(b);
	struct reader r;
	int err;

	err = reader_init(&r, arg->item_size);
	if (!err)
		err = replace(b, "replace-heard");
	bench_result(b, div_u64((rtm_bytes(b) - before) * 1000, b->n_routes),
		     "memory notification counters bytes");
	if (!err)
		err = read_changes(b, &r, arg->notify);
	return reader_end(b, &r, "notify", err);
}

static int notify(struct bench *b)
{
	struct rtm_register_notify arg = {
		.entity = b->entity,
		.types = RTM_CT_BEST,
		.views = RTM_V_UCAST,
	};
	struct rtm_deregister_notify end = { .entity = b->entity };
	int err;

	err = rtm_client_register_notify(b->client, &arg);
	if (err)
		return err;
	err = hear(b, &arg);
	end.notify = arg.notify;
	rtm_client_deregister_notify(b->client, &end);
	return err;
}

/**
 * bench_rib_rates() - how fast the table changes and is read
 * @b: the bench, with its table in rtm
 *
 * Return: 0, -EBADMSG when something was missing in what was read, or another
 * negative errno.
 */
int bench_rib_rates(struct bench *b)
{
	int err;

	err = replace(b, "replace");
	if (!err)
		err = enumerate(b);
	if (!err)
		err = notify(b);
	if (!err)
		err = delete_insert(b, BATCH);
	if (!err)
		err = delete_insert(b, 1);
	return err;
}

/*
 * The worst: a prefix above very many
 */

static int one_route(struct bench *b, batch_fn *call, const struct in6_addr *addr, u16 len,
		     u64 *ns)
{
	struct rtm_route_item item = {
		.attrs.nexthops = rtm_ptr(b->handles),
		.attrs.n_nexthops = 1,
		.attrs.views = RTM_V_UCAST,
		.attrs.metric = 1,
	};
	struct rtm_route_batch arg = {
		.entity = b->entity,
		.items = rtm_ptr(&item),
		.count = 1,
	};
	u64 begin;
	int err;

	put_prefix(b, &item.dest, addr, len);
	cond_resched();
	begin = bench_ns();
	err = call(b->client, &arg);
	*ns = min(*ns, bench_ns() - begin);
	return err ? : check_batch(&arg, &item);
}

static int come_and_go(struct bench *b, const struct in6_addr *addr, u16 len, const char *what)
{
	u64 add = U64_MAX, del = U64_MAX;
	int err = 0;
	u32 i;

	for (i = 0; i < WORST_ROUNDS && !err; i++) {
		err = one_route(b, rtm_client_add_routes, addr, len, &add);
		if (!err)
			err = one_route(b, rtm_client_delete_routes, addr, len, &del);
	}
	bench_result(b, add * 1000, "rib %s insert ns", what);
	bench_result(b, del * 1000, "rib %s delete ns", what);
	return err;
}

/* More prefixes of length 24 directly below one that is in the table, so many in all. */
static int widen(struct bench *b, u32 base, u16 len, u32 n)
{
	struct in6_addr addr = {};
	u64 ns = 0;
	u32 i;
	int err = 0;

	for (i = 0; i < 1U << (24 - len) && n && !err; i++) {
		addr.s6_addr32[0] = htonl(base | i << 8);
		if (bench_lookup_rtm(b, &addr) != len)
			continue;
		err = one_route(b, rtm_client_add_routes, &addr, 24, &ns);
		n--;
	}
	return err;
}

/**
 * bench_rib_worst() - single changes that concern very many prefixes
 * @b: the bench, with its table in rtm
 *
 * Return: 0 or a negative errno.
 */
int bench_rib_worst(struct bench *b)
{
	struct in6_addr addr = {};
	u64 ns = 0;
	int err;

	err = come_and_go(b, &addr, 0, "default");
	if (err || b->family != AF_INET)
		return err;
	addr.s6_addr32[0] = htonl(WIDE_BASE);
	if (bench_lookup_rtm(b, &addr) != WIDE_LEN)
		return 0;
	err = widen(b, WIDE_BASE, WIDE_LEN, WIDE_MORE);
	if (!err)
		err = one_route(b, rtm_client_delete_routes, &addr, WIDE_LEN, &ns);
	if (!err)
		err = come_and_go(b, &addr, WIDE_LEN, "wide");
	return err;
}
