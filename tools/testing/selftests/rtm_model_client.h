/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client of the random operations: it does something and knows what the answer is.
 *
 * How this file works: what a client puts into the table nobody else takes out, so its
 * own part of the model says what comes of each of its calls.  Only routes that go by
 * themselves may be there or not.  Of what others do it knows but what holds in any
 * case: what is found covers what was looked for, a walk goes in one direction.  The
 * first thing that is not so is left in the arena, where the test finds it.
 */
#ifndef RTM_MODEL_CLIENT_H
#define RTM_MODEL_CLIENT_H

#include <net/if.h>

#include "rtm_edit_test.h"
#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"
#include "rtm_model.h"
#include "rtm_notify_test.h"

#define N_BATCH		8
#define N_LOOKUP	4

/* Routes go by themselves and holds end within so many milliseconds. */
#define SHORT_MS	20

/**
 * struct client - a process at work
 * @me: its number
 * @fd: its file
 * @entity: its registration
 * @hop: handles of its next hops
 * @list: its route lists
 * @notify: its registration for change notification
 * @d: its dice
 */
struct client {
	unsigned int me;
	int fd;
	__u64 entity;
	__u64 hop[N_HOPS];
	__u64 list[N_LISTS];
	__u64 notify;
	struct dice d;
};

/* Not as it should be: the first such thing is told at the end of the round. */
static inline void expect(struct client *c, bool right, const char *what, int err)
{
	if (right || __atomic_fetch_add(&arena->bad, 1, __ATOMIC_RELAXED))
		return;
	snprintf(arena->text, sizeof(arena->text), "client %u, operation %u: %s: %d", c->me,
		 arena->done[c->me], what, err);
}

static inline struct entry *entry_of(struct client *c, unsigned int dest, unsigned int key)
{
	return &arena->model[c->me][dest][key];
}

static inline __u64 neighbour_of(const struct client *c, unsigned int key)
{
	return key ? c->hop[key - 1] : 0;
}

/*
 * Coming and going
 */

/* What a registration has besides routes and next hops goes with it. */
static inline void client_objects(struct client *c)
{
	struct entry *e;
	int err, i;

	for (i = 0; i < N_LISTS; i++) {
		err = dev_new_list(c->fd, c->entity, &c->list[i]);
		expect(c, !err, "route list", err);
	}
	err = dev_notify(c->fd, c->entity, RTM_CT_ALL, RTM_V_SUPPORTED, &c->notify);
	expect(c, !err, "change notification", err);
	for_each_entry(e, c->me)
		e->list = 0;
	for (i = 0; i < N_DESTS; i++)
		arena->mirror[c->me][i].unknown = true;
}

static inline void client_register(struct client *c)
{
	__u32 flags = RTM_REQ_OPAQUE_SLOT | (c->me & 1 ? RTM_REQ_EVENTS : 0);
	char text[32];
	int err, i;

	err = dev_register(c->fd, AF_INET, protocols[c->me], 1, flags, &c->entity);
	expect(c, !err, "register", err);
	/* of an entity that was kept they are there, and are up from now on */
	touch_all(c->me);
	for (i = 0; i < N_HOPS; i++) {
		snprintf(text, sizeof(text), "192.0.2.%d", HOP_ADDR(c->me) + i);
		err = dev_add_nexthop(c->fd, c->entity, text, if_nametoindex("dummy0"),
				      &c->hop[i]);
		expect(c, !err, "next hop", err);
	}
	arena->down[c->me] = 0;
	client_objects(c);
}

static inline void client_forget(unsigned int me)
{
	touch_all(me);
	memset(arena->model[me], 0, sizeof(arena->model[me]));
}

/* The file is closed as if the process had died: what it has goes, or is kept. */
static inline void client_reopen(struct client *c, __u32 policy)
{
	struct rtm_set_crash_policy arg;
	int err;

	arg_init(&arg);
	arg.flags = policy;
	arg.entity = c->entity;
	memset(&arg.id, 0, sizeof(arg.id));
	arg.hold_ms = policy == RTM_REQ_HOLD ? 600000 : 0;
	arg.pad = 0;
	err = dev_call(c->fd, RTM_IOC_SET_CRASH_POLICY, &arg);
	expect(c, !err, "crash policy", err);
	if (!policy)
		client_forget(c->me);
	close(c->fd);
	c->fd = dev_open(O_RDWR | O_NONBLOCK);
	expect(c, c->fd >= 0, "open", c->fd);
}

static inline void do_register_again(struct client *c)
{
	static const __u32 policies[] = { 0, RTM_REQ_KEEP, RTM_REQ_HOLD };
	int err;

	if (any(&c->d, 2)) {
		client_forget(c->me);
		err = dev_deregister(c->fd, c->entity);
		expect(c, !err, "deregister", err);
	} else {
		client_reopen(c, policies[any(&c->d, ARRAY_SIZE(policies))]);
	}
	client_register(c);
}

/*
 * Routes
 */

/* What a route shall say, drawn, and the arguments for it. */
static inline struct entry draw_entry(struct client *c, struct rtm_route_attrs *attrs,
				      unsigned int key, __u64 hops[N_HOPS])
{
	struct entry e = {
		.present = true,
		.announced = true,
		.dying = !any(&c->d, 16),
		.metric = any(&c->d, 4),
		.preference = any(&c->d, 4) * 50,
		.views = 1 + any(&c->d, 3),
		.flags = any(&c->d, 8) ? 0 : RTM_RF_BLACKHOLE,
		.hops = 1 + any(&c->d, (1 << N_HOPS) - 1),
	};
	unsigned int i, n = 0;

	for (i = 0; i < N_HOPS; i++)
		if (e.hops & 1 << i)
			hops[n++] = c->hop[i];
	*attrs = route_attrs(hops, n);
	attrs->neighbour = neighbour_of(c, key);
	attrs->metric = e.metric;
	attrs->preference = e.preference;
	attrs->views = e.views;
	attrs->flags = e.flags;
	attrs->ttl_ms = e.dying ? 1 + any(&c->d, SHORT_MS) : 0;
	if (!e.preference)
		e.preference = default_preference(protocols[c->me]);
	return e;
}

/* A route stays on its list unless it is put on another: LIST counts from 1. */
static inline void entry_set(struct entry *old, struct entry e, unsigned int list)
{
	if (list)
		e.list = list;
	else if (old->dying && old->list)
		e.list = LIST_UNKNOWN;
	else
		e.list = old->list;
	*old = e;
}

static inline bool change_fits(const struct entry *old, __u32 change)
{
	return old->dying || !(change & RTM_RC_NEW) == old->present;
}

static inline __u64 do_add_key(struct client *c, unsigned int dest, unsigned int key, __u32 flags)
{
	struct entry *old = entry_of(c, dest, key);
	unsigned int list = any(&c->d, 1 + N_LISTS);
	struct rtm_add_route arg;
	__u64 hops[N_HOPS];
	struct entry e;
	int err;

	route_arg(&arg, c->entity, "0.0.0.0/0", NULL, 0);
	arg.dest = dest_prefix(dest);
	e = draw_entry(c, &arg.attrs, key, hops);
	arg.flags = flags;
	arg.list = list ? c->list[list - 1] : 0;
	touch(dest);
	err = dev_add_route(c->fd, &arg);
	expect(c, !err, "add", err);
	if (err)
		return 0;
	expect(c, change_fits(old, arg.change), "added or updated", arg.change);
	entry_set(old, e, list);
	return flags & RTM_REQ_NO_HANDLE ? 0 : arg.route;
}

static inline void release_one(struct client *c, __u64 handle, const char *what)
{
	int err = dev_release(c->fd, c->entity, handle);

	expect(c, !err, what, err);
}

static inline void do_add(struct client *c, unsigned int dest)
{
	__u32 flags = any(&c->d, 2) ? RTM_REQ_NO_HANDLE : 0;
	__u64 route = do_add_key(c, dest, any(&c->d, N_KEYS), flags);

	if (route)
		release_one(c, route, "release of a route");
}

static inline bool delete_fits(const struct entry *e, int err)
{
	return err == (e->present ? 0 : -ENOENT) || (e->dying && err == -ENOENT);
}

static inline void do_delete(struct client *c, unsigned int dest)
{
	/* without a neighbour any route of the caller's is meant: not told by the key */
	unsigned int key = 1 + any(&c->d, N_HOPS);
	struct entry *e = entry_of(c, dest, key);
	struct rtm_delete_route arg;
	int err;

	delete_arg(&arg, c->entity, 0);
	arg.dest = dest_prefix(dest);
	arg.neighbour = neighbour_of(c, key);
	touch(dest);
	err = dev_call(c->fd, RTM_IOC_DELETE_ROUTE, &arg);
	expect(c, delete_fits(e, err), "delete", err);
	memset(e, 0, sizeof(*e));
}

/* The handle is of a route that may go by itself before it is used. */
static inline void do_delete_by_handle(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS);
	__u64 route = do_add_key(c, dest, key, 0);
	struct entry *e = entry_of(c, dest, key);
	int err;

	if (!route)
		return;
	err = dev_delete_route(c->fd, c->entity, route, NULL);
	expect(c, !err || (err == -ESTALE && e->dying), "delete by handle", err);
	if (err)
		release_one(c, route, "release of a route that has gone");
	memset(e, 0, sizeof(*e));
}

/* In place, under the lock of the destination; success releases it. */
static inline void do_edit(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS);
	__u64 route = do_add_key(c, dest, key, 0);
	struct entry *old = entry_of(c, dest, key);
	struct rtm_update_route arg;
	__u64 hops[N_HOPS];
	struct entry e;
	int err;

	err = dev_lock_route(c->fd, c->entity, route, RTM_REQ_EXCLUSIVE);
	expect(c, !err || (err == -ESTALE && old->dying), "lock of a route", err);
	if (!err && any(&c->d, 4)) {
		update_route_arg(&arg, c->entity, route, NULL, 0);
		e = draw_entry(c, &arg.attrs, key, hops);
		err = dev_call(c->fd, RTM_IOC_UPDATE_ROUTE, &arg);
		expect(c, !err, "edit", err);
		e.list = old->list;
		*old = e;
	} else if (!err) {
		err = dev_unlock_route(c->fd, c->entity, route, RTM_REQ_EXCLUSIVE);
		expect(c, !err, "unlock of a route", err);
	}
	release_one(c, route, "release of an edited route");
}

/*
 * Batches
 */

static inline struct rtm_route_item *batch_items(struct client *c, unsigned int first,
						 struct entry e[N_BATCH],
						 __u64 hops[N_BATCH][N_HOPS])
{
	struct rtm_route_item *items = guard_alloc(N_BATCH * sizeof(*items));
	unsigned int i, dest;

	memset(items, 0, N_BATCH * sizeof(*items));
	for (i = 0; i < N_BATCH; i++) {
		dest = (first + i) % N_DESTS;
		items[i].dest = dest_prefix(dest);
		e[i] = draw_entry(c, &items[i].attrs, 1, hops[i]);
		touch(dest);
	}
	return items;
}

static inline void batch_added(struct client *c, unsigned int dest,
			       const struct rtm_route_item *item, struct entry e)
{
	struct entry *old = entry_of(c, dest, 1);

	expect(c, !item->status, "item to add", item->status);
	expect(c, change_fits(old, item->change), "item added or updated", item->change);
	entry_set(old, e, 0);
}

static inline void batch_deleted(struct client *c, unsigned int dest,
				 const struct rtm_route_item *item)
{
	struct entry *old = entry_of(c, dest, 1);

	expect(c, delete_fits(old, item->status), "item to delete", item->status);
	memset(old, 0, sizeof(*old));
}

/* A call stops before what somebody has locked: as many as it takes. */
static inline void do_batch(struct client *c, unsigned int first, unsigned long cmd)
{
	__u64 hops[N_BATCH][N_HOPS];
	struct rtm_route_batch arg;
	struct rtm_route_item *items;
	struct entry e[N_BATCH];
	unsigned int i, done;
	int err;

	items = batch_items(c, first, e, hops);
	for (done = 0; done < N_BATCH; done += arg.done) {
		arg_init(&arg);
		arg.flags = 0;
		arg.entity = c->entity;
		arg.items = ptr_u64(items + done);
		arg.count = N_BATCH - done;
		arg.deadline = 0;
		err = dev_call(c->fd, cmd, &arg);
		expect(c, !err && arg.done, "batch", err);
		if (err || !arg.done)
			break;
		for (i = done; i < done + arg.done; i++)
			if (cmd == RTM_IOC_ADD_ROUTES)
				batch_added(c, (first + i) % N_DESTS, &items[i], e[i]);
			else
				batch_deleted(c, (first + i) % N_DESTS, &items[i]);
	}
	guard_free(items);
}

/*
 * Looking
 */

/* The handles of some blocks, and one more. */
static inline void release_views(struct client *c, __u64 dest, const struct rtm_dest_view *infos,
				 unsigned int n_views)
{
	__u64 ids[1 + 3 * RTM_N_VIEWS] = { dest };
	unsigned int i, n = 1;
	int err;

	for (i = 0; i < n_views; i++) {
		ids[n++] = infos[i].route;
		ids[n++] = infos[i].owner;
		ids[n++] = infos[i].hold_route;
	}
	err = dev_release_n(c->fd, c->entity, RTM_HANDLE_ANY, ids, n, NULL);
	expect(c, !err, "release of a destination", err);
}

/* Whatever others do meanwhile, what is found covers what was asked for. */
static inline void do_search(struct client *c, unsigned int dest)
{
	__u32 addr = dests[dest].addr | any(&c->d, 256);
	struct rtm_dest_view infos[RTM_N_VIEWS];
	struct rtm_get_dest arg;
	int err;

	dest_arg(&arg, c->entity, RTM_PROTO_BEST, any(&c->d, 4), infos, RTM_N_VIEWS);
	arg.prefix = net_prefix(addr, 32);
	err = dev_call(c->fd, RTM_IOC_GET_MOST_SPECIFIC_DEST, &arg);
	expect(c, !err || err == -ENOENT, "search", err);
	if (err)
		return;
	expect(c, prefix_addr(&arg.prefix) == (addr & mask(arg.prefix.len)), "covers",
	       arg.prefix.len);
	release_views(c, arg.dest, infos, arg.n_views);
}

static inline void looked_up(struct client *c, const struct rtm_dest_item *item, __u32 addr)
{
	expect(c, !item->status || item->status == -ENOENT, "item looked up", item->status);
	if (item->status)
		return;
	expect(c, prefix_addr(&item->prefix) == (addr & mask(item->prefix.len)), "item covers",
	       item->prefix.len);
	release_views(c, item->dest, item->views, item->n_views);
}

static inline void do_lookup(struct client *c)
{
	const __u32 size = views_size(RTM_V_SUPPORTED);
	struct rtm_net_prefix prefixes[N_LOOKUP];
	char *items = guard_alloc(N_LOOKUP * size);
	struct rtm_get_dests arg;
	__u32 i;
	int err;

	for (i = 0; i < N_LOOKUP; i++)
		prefixes[i] = net_prefix(dests[any(&c->d, N_DESTS)].addr | any(&c->d, 16), 32);
	lookup_arg(&arg, c->entity, prefixes, items, N_LOOKUP, RTM_V_SUPPORTED);
	err = dev_call(c->fd, RTM_IOC_GET_DESTS, &arg);
	expect(c, !err && arg.count, "look up", err);
	for (i = 0; !err && i < arg.count; i++)
		looked_up(c, (void *)(items + i * size), prefix_addr(&prefixes[i]));
	guard_free(items);
}

/* The one route of the client's with a neighbour: just as the client has left it. */
static inline void do_look_at_own(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS);
	const struct entry *e = entry_of(c, dest, key);
	struct rtm_get_exact_route arg;
	__u64 hops[N_HOPS];
	int err;

	exact_route_arg(&arg, c->entity, "0.0.0.0/0", hops, N_HOPS);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.prefix = dest_prefix(dest);
	arg.match.flags = RTM_RM_OWNER | RTM_RM_NEIGHBOUR;
	arg.match.owner = c->entity;
	arg.match.neighbour = neighbour_of(c, key);
	err = dev_call(c->fd, RTM_IOC_GET_EXACT_ROUTE, &arg);
	expect(c, delete_fits(e, err), "own route", err);
	if (err)
		return;
	expect(c, arg.owner == c->entity, "its owner", 0);
	expect(c, arg.attrs.metric == e->metric && arg.attrs.preference == e->preference &&
	       arg.attrs.views == e->views && arg.attrs.flags == e->flags, "what it says", 0);
	expect(c, (int)arg.attrs.n_nexthops == __builtin_popcount(e->hops), "its next hops",
	       arg.attrs.n_nexthops);
	err = release_exact_route(c->fd, &arg);
	expect(c, !err, "release of what it has", err);
}

/* A handle of a destination, or 0 if it is not there; for release_one(). */
static inline __u64 get_dest(struct client *c, unsigned int dest)
{
	struct rtm_get_dest arg;
	int err;

	dest_arg(&arg, c->entity, RTM_PROTO_BEST, 0, NULL, 0);
	arg.prefix = dest_prefix(dest);
	err = dev_call(c->fd, RTM_IOC_GET_EXACT_DEST, &arg);
	expect(c, !err || err == -ENOENT, "destination", err);
	return err ? 0 : arg.dest;
}

/* Lock it, do something to it, let go; the destination may be anybody's. */
static inline void do_locked(struct client *c, unsigned int dest)
{
	__u32 flags = any(&c->d, 2) ? RTM_REQ_EXCLUSIVE : 0;
	__u64 handle = get_dest(c, dest);
	int err;

	if (!handle)
		return;
	err = dev_lock(c->fd, c->entity, handle, flags);
	expect(c, !err, "lock", err);
	if (!err && flags && any(&c->d, 2))
		do_add(c, dest);
	else if (!err && flags)
		do_delete(c, dest);
	else if (!err)
		do_search(c, dest);
	if (!err)
		err = dev_unlock(c->fd, c->entity, handle, flags);
	expect(c, !err, "unlock", err);
	release_one(c, handle, "release of what was locked");
}

static inline void do_opaque(struct client *c, unsigned int dest)
{
	__u64 handle = get_dest(c, dest), put, got = 2;
	int err;

	if (!handle)
		return;
	put = any(&c->d, 2);
	err = dev_set_opaque(c->fd, c->entity, handle, put);
	expect(c, !err, "set opaque", err);
	err = dev_get_opaque(c->fd, c->entity, handle, &got);
	expect(c, !err && got == put, "get opaque", err);
	release_one(c, handle, "release of a cell's destination");
}

static inline void do_hold(struct client *c, unsigned int dest)
{
	__u64 handle = get_dest(c, dest);
	int err;

	if (!handle)
		return;
	touch(dest);
	err = dev_hold(c->fd, c->entity, handle, any(&c->d, 4), 1 + any(&c->d, SHORT_MS));
	expect(c, !err, "hold", err);
	release_one(c, handle, "release of what is to be held");
}

/*
 * Walks
 */

#define WALK_ROOM	7

static inline __u64 begin_enum(struct client *c, unsigned long cmd, __u32 own, __u32 views)
{
	struct rtm_create_enum arg;
	__u64 handle = 0;
	int err;

	enum_arg(&arg, c->entity, views);
	arg.own = own;
	err = dev_create_enum(c->fd, cmd, &arg, &handle);
	expect(c, !err, "begin of a walk", err);
	return handle;
}

static inline void end_enum(struct client *c, __u64 handle)
{
	int err = dev_delete_object(c->fd, RTM_IOC_DELETE_ENUM, c->entity, handle);

	expect(c, !err, "end of a walk", err);
}

/*
 * All different, as handles of different routes are, and as many as there can be: up to HELD
 * of them are not in the table any more, but held down.
 */
static inline void check_walk(struct client *c, const __u64 *handles, int n, unsigned int list,
			      int held)
{
	int i, k, least = 0, most = held;
	const struct entry *e;

	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			expect(c, handles[i] != handles[k], "twice in a walk", i);
	for_each_entry(e, c->me) {
		if (!e->present || (list && e->list != list && e->list != LIST_UNKNOWN))
			continue;
		most++;
		least += !e->dying && (!list || e->list == list);
	}
	expect(c, least <= n && n <= most, "length of a walk", n);
}

/*
 * The client's routes, all or those on a list, in steps.  Each is in one of the views; where
 * none is named, what anybody has had held down is met as well.
 */
static inline void do_walk_routes(struct client *c, unsigned int list)
{
	unsigned long cmd = list ? RTM_IOC_GET_LIST_ENUM_ROUTES : RTM_IOC_GET_ENUM_ROUTES;
	__u64 handles[N_DESTS * (N_KEYS + RTM_N_VIEWS) + WALK_ROOM], handle = 0;
	__u32 views = any(&c->d, 4) ? RTM_V_SUPPORTED : 0;
	int held = list || views ? 0 : N_DESTS * RTM_N_VIEWS;
	int n = 0, got, err = 0;

	if (list)
		err = dev_list_enum(c->fd, c->entity, c->list[list - 1], &handle);
	else
		handle = begin_enum(c, RTM_IOC_CREATE_ROUTE_ENUM, 1, views);
	expect(c, !err, "begin of a walk on a list", err);
	do {
		got = dev_get_enum(c->fd, cmd, c->entity, handle, handles + n, WALK_ROOM,
				   sizeof(*handles));
		expect(c, got >= 0, "walk over routes", got);
		n += got > 0 ? got : 0;
	} while (got > 0 && n <= N_DESTS * (N_KEYS + RTM_N_VIEWS));
	end_enum(c, handle);
	check_walk(c, handles, n, list, held);
	err = dev_release_n(c->fd, c->entity, RTM_HANDLE_ROUTE, handles, n, NULL);
	expect(c, !err, "release of a walk", err);
}

static inline bool has_stable(struct client *c, unsigned int dest)
{
	unsigned int key;

	for (key = 0; key < N_KEYS; key++)
		if (entry_of(c, dest, key)->present && !entry_of(c, dest, key)->dying)
			return true;
	return false;
}

static inline __u64 prefix_rank(const struct rtm_net_prefix *p)
{
	return (__u64)prefix_addr(p) << 8 | p->len;
}

/* All destinations, in order: each once, and those where the client has routes. */
static inline void do_walk_dests(struct client *c)
{
	const __u32 size = views_size(RTM_V_SUPPORTED);
	char *items = guard_alloc(WALK_ROOM * size);
	__u64 handle = begin_enum(c, RTM_IOC_CREATE_DEST_ENUM, 0, RTM_V_SUPPORTED);
	bool met[N_DESTS] = { false };
	__u64 last = 0;
	int got, i;

	while ((got = dev_get_enum(c->fd, RTM_IOC_GET_ENUM_DESTS, c->entity, handle, items,
				   WALK_ROOM, size)) > 0) {
		for (i = 0; i < got; i++) {
			struct rtm_dest_item *item = (void *)(items + i * size);
			int dest = dest_of(&item->prefix);

			expect(c, dest >= 0 && prefix_rank(&item->prefix) > last, "order", dest);
			last = prefix_rank(&item->prefix);
			met[dest >= 0 ? dest : 0] = true;
			release_views(c, item->dest, item->views, item->n_views);
		}
	}
	expect(c, !got, "walk over destinations", got);
	for (i = 0; i < N_DESTS; i++)
		expect(c, met[i] || !has_stable(c, i), "left out of a walk", i);
	end_enum(c, handle);
	guard_free(items);
}

/*
 * Lists, next hops, resyncs
 */

static inline void do_insert(struct client *c, unsigned int dest)
{
	unsigned int key = any(&c->d, N_KEYS), list = any(&c->d, 1 + N_LISTS);
	__u64 route = do_add_key(c, dest, key, 0);
	struct entry *e = entry_of(c, dest, key);
	int err;

	err = dev_insert(c->fd, c->entity, list ? c->list[list - 1] : 0, &route, 1);
	expect(c, !err || (err == -EBADF && e->dying), "insert", err);
	if (!err)
		e->list = list;
	release_one(c, route, "release of what was inserted");
}

/* What was on it stays in the table. */
static inline void do_new_list(struct client *c)
{
	unsigned int list = any(&c->d, N_LISTS);
	struct entry *e;
	int err;

	err = dev_delete_object(c->fd, RTM_IOC_DELETE_ROUTE_LIST, c->entity, c->list[list]);
	expect(c, !err, "end of a list", err);
	err = dev_new_list(c->fd, c->entity, &c->list[list]);
	expect(c, !err, "route list", err);
	for_each_entry(e, c->me)
		if (e->list == list + 1)
			e->list = 0;
}

/* By its lock, or without. */
static inline int set_nexthop(struct client *c, unsigned int hop, __u32 flags)
{
	struct rtm_unlock_nexthop unlock;
	struct rtm_nexthop_req req;
	char text[32];
	int err;

	if (any(&c->d, 2)) {
		snprintf(text, sizeof(text), "192.0.2.%u", HOP_ADDR(c->me) + hop);
		nexthop_arg(&req, c->entity, text, if_nametoindex("dummy0"));
		req.flags = RTM_REQ_NO_HANDLE;
		req.attrs.flags = flags;
		return dev_call(c->fd, RTM_IOC_ADD_NEXTHOP, &req);
	}
	err = dev_lock_nexthop(c->fd, c->entity, c->hop[hop], RTM_REQ_EXCLUSIVE);
	if (err)
		return err;
	unlock_nexthop_arg(&unlock, c->entity, c->hop[hop], RTM_REQ_EXCLUSIVE);
	unlock.nexthop_flags = flags;
	unlock.commit = 1;
	return dev_call(c->fd, RTM_IOC_UNLOCK_NEXTHOP, &unlock);
}

static inline void do_nexthop(struct client *c)
{
	unsigned int hop = any(&c->d, N_HOPS);
	bool down = any(&c->d, 2);
	int err;

	touch_all(c->me);
	err = set_nexthop(c, hop, down ? RTM_NHF_DOWN : 0);
	expect(c, !err, "change of a next hop", err);
	arena->down[c->me] &= ~(1 << hop);
	arena->down[c->me] |= down << hop;
}

/*
 * Where somebody has the destination locked, what is swept goes later.  What was about to
 * go anyway may have gone before it is counted.
 */
static inline void sweep(struct client *c)
{
	struct entry *e;
	int swept, least = 0;

	touch_all(c->me);
	for_each_entry(e, c->me)
		if (e->present && !e->announced) {
			least += !e->dying;
			e->dying = true;
			e->swept = true;
		}
	swept = dev_end_resync(c->fd, c->entity);
	expect(c, swept >= least, "end of a resync", swept);
}

static inline void do_resync(struct client *c)
{
	unsigned int i, n = any(&c->d, 3 * N_DESTS);
	struct entry *e;
	int err;

	err = dev_begin_resync(c->fd, c->entity);
	expect(c, !err, "begin of a resync", err);
	for_each_entry(e, c->me)
		e->announced = false;
	for (i = 0; i < n; i++)
		do_add(c, any(&c->d, N_DESTS));
	sweep(c);
}

/*
 * What is told
 */

static inline unsigned int key_of(const struct client *c, __u64 neighbour)
{
	unsigned int key;

	for (key = N_HOPS; key; key--)
		if (c->hop[key - 1] == neighbour)
			break;
	return key;
}

/* The time of a route is over: it may stay without an end. */
static inline void answer(struct client *c, const struct rtm_event *event)
{
	struct rtm_get_route_info info;
	__u64 hops[N_HOPS];
	struct entry *e;
	int dest, err;

	err = dev_route_info(c->fd, c->entity, event->object, hops, N_HOPS, &info);
	expect(c, !err, "expired route", err);
	dest = err ? -1 : dest_of(&info.prefix);
	expect(c, dest >= 0, "prefix of an expired route", dest);
	if (dest < 0)
		return;
	e = entry_of(c, dest, key_of(c, info.attrs.neighbour));
	release_route_info(c->fd, &info);
	err = dev_answer_expiry(c->fd, c->entity, event->object, event->context, 1);
	expect(c, !err || err == -ESTALE, "answer", err);
	if (!err) {
		expect(c, e->present && e->dying, "asked about a route without an end", dest);
		e->dying = e->swept;
	}
}

/* Everything there is to read, and half of the questions are answered. */
static inline void do_events(struct client *c)
{
	struct rtm_event event;

	while (read(c->fd, &event, sizeof(event)) == sizeof(event)) {
		expect(c, event.entity == c->entity, "receiver of an event", event.type);
		if (event.type == RTM_EVENT_ROUTE_EXPIRED && any(&c->d, 2))
			answer(c, &event);
		release_one(c, event.object, "release of an event");
	}
}

/*
 * One call for the changes; those it told of are added to MET, if that is not NULL: nothing
 * is told twice while nothing changes.  What changes again during the call can be.
 */
static inline unsigned int take_changes(struct client *c, unsigned int room, __u64 *met)
{
	static struct changes changes;
	unsigned int i, view;
	struct mirror *m;
	int err, dest;

	err = dev_changes(c->fd, c->entity, c->notify, RTM_V_SUPPORTED, room, &changes);
	expect(c, !err && !changes.state, "changes", err);
	for (i = 0; i < changes.n; i++) {
		dest = dest_of(&changes.dest[i].prefix);
		expect(c, dest >= 0, "change of something else", dest);
		if (dest < 0)
			break;
		expect(c, !met || !(*met & 1ull << dest), "told twice", dest);
		if (met)
			*met |= 1ull << dest;
		m = &arena->mirror[c->me][dest];
		m->unknown = false;
		for (view = 0; view < RTM_N_VIEWS; view++)
			m->routes[view] = changes.dest[i].n_routes[view];
	}
	return changes.n;
}

static inline void do_changes(struct client *c)
{
	take_changes(c, 1 + any(&c->d, N_BATCH), NULL);
}

static inline void do_ignore(struct client *c, unsigned int dest)
{
	__u64 handle = get_dest(c, dest);
	int err;

	if (!handle)
		return;
	err = dev_ignore(c->fd, c->entity, c->notify, &handle, 1);
	expect(c, !err, "ignore", err);
	arena->mirror[c->me][dest].unknown = true;
	release_one(c, handle, "release of what is ignored");
}

/*
 * All of it
 */

static inline void do_seldom(struct client *c, unsigned int dest)
{
	switch (any(&c->d, 16)) {
	case 0:
		do_walk_routes(c, 0);
		break;
	case 1:
		do_walk_routes(c, 1 + any(&c->d, N_LISTS));
		break;
	case 2:
		do_walk_dests(c);
		break;
	case 3:
		do_new_list(c);
		break;
	case 4:
		do_nexthop(c);
		break;
	case 5:
		do_resync(c);
		break;
	case 6:
		do_register_again(c);
		break;
	default:
		do_ignore(c, dest);
		break;
	}
}

static inline void do_look(struct client *c, unsigned int dest)
{
	switch (any(&c->d, 4)) {
	case 0:
		do_look_at_own(c, dest);
		break;
	case 1:
		do_lookup(c);
		break;
	default:
		do_search(c, dest);
		break;
	}
}

static inline void do_change(struct client *c, unsigned int dest)
{
	switch (any(&c->d, 8)) {
	case 0:
		do_batch(c, dest, RTM_IOC_ADD_ROUTES);
		break;
	case 1:
		do_batch(c, dest, RTM_IOC_DELETE_ROUTES);
		break;
	case 2:
		do_delete_by_handle(c, dest);
		break;
	case 3:
		do_insert(c, dest);
		break;
	case 4:
		do_hold(c, dest);
		break;
	default:
		do_edit(c, dest);
		break;
	}
}

static inline void do_something(struct client *c)
{
	unsigned int dest = any(&c->d, N_DESTS);
	unsigned int what = any(&c->d, 100);

	if (what < 36)
		do_add(c, dest);
	else if (what < 63)
		do_delete(c, dest);
	else if (what < 73)
		do_change(c, dest);
	else if (what < 85)
		do_look(c, dest);
	else if (what < 91)
		do_locked(c, dest);
	else if (what < 95)
		do_opaque(c, dest);
	else if (what < 97)
		do_changes(c);
	else if (what < 98)
		do_events(c);
	else if (!any(&c->d, 2))
		do_seldom(c, dest);
	else
		do_search(c, dest);
	arena->done[c->me]++;
}

/* All rest: what is pending is what the client does not know, and each thing once. */
static inline void client_rest(struct client *c)
{
	unsigned int dest, view;
	struct mirror *m;
	struct best b;
	__u64 met = 0;

	do_events(c);
	while (take_changes(c, N_BATCH, &met))
		;
	for (dest = 0; dest < N_DESTS; dest++) {
		b = model_best(dest);
		m = &arena->mirror[c->me][dest];
		for (view = 0; view < RTM_N_VIEWS; view++) {
			expect(c, m->unknown || m->routes[view] == b.routes[view],
			       "a change was not told", dest);
			m->routes[view] = b.routes[view];
		}
		m->unknown = false;
	}
}

#endif /* RTM_MODEL_CLIENT_H */
