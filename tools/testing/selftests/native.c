// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of <librtm.h>: what it finds out about a table, and is told of it.
 *
 * How this file works: two contexts, one registration each, of the same table: "us"
 * looks, "them" has routes too.  Whoever has to wait for somebody, or to answer, is an
 * actor of its own.  The fixture's end gives back nothing but the contexts: what a test
 * has not released is seen by the counters before.
 */
#include <poll.h>

#include "rtm_actor.h"

#include <librtm.h>

#define OK(call)	ASSERT_EQ(0, call)

static struct rtm_ctx *us, *them;
static uint64_t self_id, other_id;

FIXTURE(native) {
	struct env env;
	struct actor actor;
	uint64_t nexthop;
	uint64_t other_nexthop;
};

static uint64_t nexthop_of(struct rtm_ctx *ctx, uint64_t entity, const char *addr)
{
	struct rtm_nexthop_attrs attrs = { .addr = prefix(addr), .ifindex = 1 };
	uint64_t nexthop = 0;

	return rtm_nexthop_add(ctx, entity, &attrs, &nexthop, NULL) ? 0 : nexthop;
}

/* The handle of the route, with a reference; 0 if it is not there. */
static uint64_t put_and_keep(struct rtm_ctx *ctx, uint64_t entity, const char *dest,
			     uint64_t nexthop, uint32_t metric)
{
	struct rtm_route_attrs attrs = {
		.metric = metric, .preference = 5, .views = RTM_V_UCAST, .neighbour = nexthop,
	};
	struct rtm_net_prefix p = prefix(dest);
	uint64_t route = 0;

	rtm_route_set_nexthops(&attrs, &nexthop, 1);
	if (rtm_route_add(ctx, entity, &p, &attrs, &route, NULL, rtm_deadline(60000)))
		return 0;
	return route;
}

static bool put(struct rtm_ctx *ctx, uint64_t entity, const char *dest, uint64_t nexthop,
		uint32_t metric)
{
	uint64_t route = put_and_keep(ctx, entity, dest, nexthop, metric);

	return route && !rtm_handles_release(ctx, entity, &route, 1);
}

static uint64_t handles(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? 0 : s.handles;
}

FIXTURE_SETUP(native)
{
	const struct rtm_entity_id rip = { .family = AF_INET, .protocol = PROTO_RIP, .id = 1 };
	const struct rtm_entity_id bgp = { .family = AF_INET, .protocol = PROTO_BGP, .id = 1 };

	env_setup(_metadata, &self->env);
	OK(rtm_open(0, &us));
	OK(rtm_open(0, &them));
	OK(rtm_entity_register(us, &rip, RTM_REQ_EVENTS | RTM_REQ_OPAQUE_SLOT, &self_id, NULL));
	OK(rtm_entity_register_methods(them, &bgp, RTM_REQ_OPAQUE_SLOT, 2, &other_id, NULL));
	self->nexthop = nexthop_of(us, self_id, "192.0.2.1");
	self->other_nexthop = nexthop_of(them, other_id, "192.0.2.2");
	ASSERT_NE(0, self->nexthop);
	ASSERT_NE(0, self->other_nexthop);
	ASSERT_TRUE(put(us, self_id, "10.0.0.0/8", self->nexthop, 10));
	ASSERT_TRUE(put(us, self_id, "10.1.0.0/16", self->nexthop, 20));
	ASSERT_TRUE(put(them, other_id, "10.1.0.0/16", self->other_nexthop, 30));
	ASSERT_TRUE(put(them, other_id, "11.0.0.0/8", self->other_nexthop, 40));
	actor_start(&self->actor, true);
}

/* The two registrations, and a next hop each. */
FIXTURE_TEARDOWN(native)
{
	actor_stop(&self->actor);
	EXPECT_TRUE(wait_until(handles(self->env.watch) == 4));
	rtm_close(us);
	rtm_close(them);
	env_clean(_metadata, &self->env);
}

/*
 * Enumerations
 */

static bool dest_is(const struct rtm_dest *dest, const char *text)
{
	char buf[RTM_PREFIX_STRLEN];

	return rtm_prefix_format(&dest->prefix, buf, sizeof(buf)) > 0 && !strcmp(buf, text);
}

TEST_F(native, enum_dests)
{
	const struct rtm_enum_scope wrong = { .where = 7 }, no_view = { .views = 1u << 31 };
	struct rtm_enum_scope scope = { .views = RTM_V_UCAST };
	struct rtm_enum en = { .handle = 42 };
	struct rtm_dest dests[4];

	EXPECT_EQ(-EINVAL, rtm_enum_dests(us, self_id, &wrong, RTM_PROTO_BEST, &en));
	EXPECT_EQ(-EINVAL, rtm_enum_dests(us, self_id, &no_view, RTM_PROTO_BEST, &en));
	EXPECT_EQ(-EBADF, rtm_enum_dests(us, self->nexthop, &scope, RTM_PROTO_BEST, &en));
	EXPECT_EQ(42, en.handle);

	OK(rtm_enum_dests(us, self_id, &scope, RTM_PROTO_BEST, &en));
	EXPECT_EQ(-EINVAL, rtm_enum_next_dests(us, self_id, &en, dests, 0, RTM_FOREVER));
	ASSERT_EQ(2, rtm_enum_next_dests(us, self_id, &en, dests, 2, RTM_FOREVER));
	EXPECT_TRUE(dest_is(&dests[0], "10.0.0.0/8"));
	EXPECT_TRUE(dest_is(&dests[1], "10.1.0.0/16"));
	EXPECT_EQ(1, dests[1].n_views);
	EXPECT_EQ(2, dests[1].views[0].n_routes);
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dests, 2));
	ASSERT_EQ(1, rtm_enum_next_dests(us, self_id, &en, dests, 4, RTM_NOWAIT));
	EXPECT_TRUE(dest_is(&dests[0], "11.0.0.0/8"));
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dests, 1));
	EXPECT_EQ(0, rtm_enum_next_dests(us, self_id, &en, dests, 4, RTM_FOREVER));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &en));
	EXPECT_EQ(-EBADF, rtm_enum_delete(us, self_id, &en));
	EXPECT_EQ(-EBADF, rtm_enum_next_dests(us, self_id, &en, dests, 4, RTM_FOREVER));

	/* no views reported, the caller's best, within a prefix */
	scope = (struct rtm_enum_scope){ .where = RTM_EN_RANGE, .prefix = prefix("10.1.0.0/16") };
	OK(rtm_enum_dests(us, self_id, &scope, RTM_PROTO_BEST, &en));
	ASSERT_EQ(1, rtm_enum_next_dests(us, self_id, &en, dests, 4, RTM_FOREVER));
	EXPECT_EQ(0, dests[0].n_views);
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dests, 1));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &en));
	scope = (struct rtm_enum_scope){ .own = true };
	OK(rtm_enum_dests(them, other_id, &scope, RTM_PROTO_BEST, &en));
	ASSERT_EQ(1, rtm_enum_next_dests(them, other_id, &en, dests, 4, RTM_FOREVER));
	EXPECT_TRUE(dest_is(&dests[0], "11.0.0.0/8"));
	EXPECT_EQ(0, rtm_dests_release(them, other_id, dests, 1));
	EXPECT_EQ(0, rtm_enum_delete(them, other_id, &en));
}

/* How many routes match, and the metric of the first. */
static int routes_that(uint64_t dest, const struct rtm_enum_scope *scope,
		       const struct rtm_route_match *match, uint32_t *metric)
{
	static struct rtm_route route;
	uint64_t routes[8];
	struct rtm_enum en;
	int n, err;

	err = rtm_enum_routes(us, self_id, dest, scope, match, &en);
	if (err)
		return err;
	n = rtm_enum_next_routes(us, self_id, &en, routes, 8, rtm_deadline(60000));
	if (n > 0 && !rtm_route_info(us, self_id, routes[0], &route, rtm_deadline(60000))) {
		*metric = route.attrs.metric;
		rtm_route_release(us, self_id, &route);
	}
	if (n > 0)
		rtm_handles_release(us, self_id, routes, n);
	err = rtm_enum_delete(us, self_id, &en);
	return err ? err : n;
}

TEST_F(native, enum_routes)
{
	const struct rtm_enum_scope all = { 0 }, own = { .own = true };
	struct rtm_enum_scope next = { .where = RTM_EN_NEXT, .prefix = prefix("10.1.0.0/16") };
	struct rtm_route_match match = { 0 };
	struct rtm_dest_query query = { 0 };
	struct rtm_net_prefix p = prefix("10.1.0.0/16");
	struct rtm_dest dest;
	uint32_t metric = 0;

	EXPECT_EQ(4, routes_that(0, &all, NULL, &metric));
	EXPECT_EQ(10, metric);
	EXPECT_EQ(2, routes_that(0, &own, NULL, &metric));
	EXPECT_EQ(3, routes_that(0, &next, NULL, &metric));
	EXPECT_EQ(20, metric);
	OK(rtm_dest_exact(us, self_id, &p, &query, &dest));
	EXPECT_EQ(2, routes_that(dest.handle, &all, NULL, &metric));
	EXPECT_EQ(1, routes_that(dest.handle, &own, NULL, &metric));
	/* of one destination there is no place to begin at */
	EXPECT_EQ(2, routes_that(dest.handle, &next, NULL, &metric));
	EXPECT_EQ(0, rtm_dest_release(us, self_id, &dest));
	EXPECT_EQ(-EBADF, routes_that(dest.handle, &all, NULL, &metric));

	/* each property */
	match.flags = RTM_RM_OWNER;
	match.owner = self_id;
	EXPECT_EQ(2, routes_that(0, &all, &match, &metric));
	match = (struct rtm_route_match){ .flags = RTM_RM_PREF, .metric = 40, .preference = 5 };
	EXPECT_EQ(1, routes_that(0, &all, &match, &metric));
	EXPECT_EQ(40, metric);
	match = (struct rtm_route_match){ .flags = RTM_RM_NEIGHBOUR, .neighbour = self->nexthop };
	EXPECT_EQ(2, routes_that(0, &all, &match, &metric));
	match = (struct rtm_route_match){
		.flags = RTM_RM_NEXTHOP | RTM_RM_SAME_NEXTHOPS,
		.nexthops = ptr_u64(&self->nexthop),
		.n_nexthops = 1,
	};
	EXPECT_EQ(2, routes_that(0, &all, &match, &metric));
	match = (struct rtm_route_match){ .flags = RTM_RM_INTERFACE, .ifindex = 1 };
	EXPECT_EQ(4, routes_that(0, &all, &match, &metric));
	match.ifindex = 2;
	EXPECT_EQ(0, routes_that(0, &all, &match, &metric));
	match.flags = 1u << 31;
	EXPECT_GT(0, routes_that(0, &all, &match, &metric));
}

TEST_F(native, enum_nexthops)
{
	const struct rtm_enum_scope all = { 0 };
	uint64_t second = nexthop_of(us, self_id, "192.0.2.9"), found[3] = { 0 };
	struct rtm_enum en;

	ASSERT_NE(0, second);
	OK(rtm_enum_nexthops(us, self_id, &all, &en));
	ASSERT_EQ(2, rtm_enum_next_nexthops(us, self_id, &en, found, 3));
	EXPECT_EQ(self->nexthop, found[0]);
	EXPECT_EQ(second, found[1]);
	EXPECT_EQ(0, rtm_enum_next_nexthops(us, self_id, &en, found, 3));
	EXPECT_EQ(0, rtm_handles_release(us, self_id, found, 2));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &en));
	EXPECT_EQ(0, rtm_nexthop_delete(us, self_id, second));
}

TEST_F(native, route_exact)
{
	struct rtm_route_match match = { .flags = RTM_RM_OWNER, .owner = self->nexthop };
	struct rtm_net_prefix p = prefix("10.1.0.0/16"), no = prefix("10.9.0.0/16");
	struct rtm_route route = { .attrs = { .metric = 7 } };
	uint64_t handle = 7;

	EXPECT_EQ(-ENOENT, rtm_route_exact(us, self_id, &no, NULL, 0, &handle, &route, RTM_NOWAIT));
	EXPECT_EQ(-ENOENT, rtm_route_exact(us, self_id, &p, NULL, RTM_V_MCAST, &handle, &route,
					   RTM_NOWAIT));
	/* no entity */
	EXPECT_EQ(-EBADF, rtm_route_exact(us, self_id, &p, &match, 0, &handle, &route,
					  RTM_NOWAIT));
	EXPECT_EQ(7, handle);
	EXPECT_EQ(7, route.attrs.metric);
	OK(rtm_route_exact(us, self_id, &p, NULL, 0, &handle, &route, rtm_deadline(60000)));
	EXPECT_EQ(20, route.attrs.metric);
	EXPECT_EQ(self_id, route.owner);
	EXPECT_EQ(1, route.attrs.n_nexthops);
	EXPECT_EQ(self->nexthop, route.nexthops[0]);
	EXPECT_EQ(0, rtm_route_release(us, self_id, &route));
	EXPECT_EQ(0, rtm_handles_release(us, self_id, &handle, 1));
	match = (struct rtm_route_match){ .flags = RTM_RM_PREF, .metric = 30, .preference = 5 };
	EXPECT_EQ(0, rtm_route_exact(us, self_id, &p, &match, 0, NULL, &route, RTM_NOWAIT));
	EXPECT_EQ(30, route.attrs.metric);
	EXPECT_EQ(0, rtm_route_release(us, self_id, &route));
	EXPECT_EQ(0, rtm_route_exact(us, self_id, &p, &match, 0, NULL, NULL, RTM_NOWAIT));
}

/*
 * Locks of others
 */

/* In the actor: lock 10.1.0.0/16 for them, or unlock it. */
static struct rtm_dest locked;

static int lock_it(struct actor *a)
{
	const struct rtm_dest_query query = { 0 };
	struct rtm_net_prefix p = prefix("10.1.0.0/16");
	int err = rtm_dest_exact(them, other_id, &p, &query, &locked);

	(void)a;
	return err ? err : rtm_dest_lock(them, other_id, locked.handle, true, RTM_NOWAIT);
}

static int unlock_it(struct actor *a)
{
	int err = rtm_dest_unlock(them, other_id, locked.handle, true);

	(void)a;
	return err ? err : rtm_dest_release(them, other_id, &locked);
}

TEST_F(native, waits_for_locks)
{
	const struct rtm_enum_scope scope = {
		.where = RTM_EN_NEXT, .prefix = prefix("10.1.0.0/16"),
	};
	struct rtm_net_prefix p = prefix("10.1.0.0/16");
	struct rtm_enum dests, routes;
	struct rtm_dest dest[4];
	uint64_t found[4], begun;

	OK(actor_run(&self->actor, lock_it));
	OK(rtm_enum_dests(us, self_id, &scope, RTM_PROTO_BEST, &dests));
	OK(rtm_enum_routes(us, self_id, 0, &scope, NULL, &routes));
	EXPECT_EQ(-EAGAIN, rtm_enum_next_dests(us, self_id, &dests, dest, 4, RTM_NOWAIT));
	EXPECT_EQ(-EAGAIN, rtm_enum_next_routes(us, self_id, &routes, found, 4, RTM_NOWAIT));
	EXPECT_EQ(-EAGAIN, rtm_route_exact(us, self_id, &p, NULL, 0, NULL, NULL, RTM_NOWAIT));
	begun = now_ns();
	EXPECT_EQ(-ETIMEDOUT, rtm_enum_next_dests(us, self_id, &dests, dest, 4,
						  rtm_deadline(200)));
	EXPECT_EQ(-ETIMEDOUT, rtm_enum_next_routes(us, self_id, &routes, found, 4,
						   rtm_deadline(200)));
	EXPECT_EQ(-ETIMEDOUT, rtm_route_exact(us, self_id, &p, NULL, 0, NULL, NULL,
					      rtm_deadline(200)));
	EXPECT_LE(600 * NSEC_PER_MSEC, now_ns() - begun);
	/* they are where they were */
	OK(actor_run(&self->actor, unlock_it));
	ASSERT_EQ(2, rtm_enum_next_dests(us, self_id, &dests, dest, 4, RTM_NOWAIT));
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dest, 2));
	ASSERT_EQ(3, rtm_enum_next_routes(us, self_id, &routes, found, 4, RTM_NOWAIT));
	EXPECT_EQ(0, rtm_handles_release(us, self_id, found, 3));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &dests));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &routes));
}

/*
 * Lists
 */

TEST_F(native, lists)
{
	uint64_t routes[3], found[4], list = 0, other = 0;
	struct rtm_enum en;

	routes[0] = put_and_keep(us, self_id, "10.3.0.0/16", self->nexthop, 1);
	routes[1] = put_and_keep(us, self_id, "10.2.0.0/16", self->nexthop, 1);
	routes[2] = put_and_keep(us, self_id, "10.4.0.0/16", self->nexthop, 1);
	ASSERT_TRUE(routes[0] && routes[1] && routes[2]);
	OK(rtm_list_create(us, self_id, &list));
	OK(rtm_list_create(us, self_id, &other));
	EXPECT_EQ(0, rtm_list_insert(us, self_id, list, routes, 3));
	OK(rtm_enum_list(us, self_id, list, &en));
	/* the order they came in, not that of their addresses */
	ASSERT_EQ(2, rtm_enum_next_list(us, self_id, &en, found, 2));
	EXPECT_EQ(routes[0], found[0]);
	EXPECT_EQ(routes[1], found[1]);
	EXPECT_EQ(0, rtm_handles_release(us, self_id, found, 2));
	/* on one list at most */
	EXPECT_EQ(0, rtm_list_insert(us, self_id, other, &routes[2], 1));
	EXPECT_EQ(0, rtm_enum_next_list(us, self_id, &en, found, 4));
	EXPECT_EQ(0, rtm_list_insert(us, self_id, 0, &routes[0], 1));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &en));
	OK(rtm_enum_list(us, self_id, list, &en));
	ASSERT_EQ(1, rtm_enum_next_list(us, self_id, &en, found, 4));
	EXPECT_EQ(routes[1], found[0]);
	EXPECT_EQ(0, rtm_handles_release(us, self_id, found, 1));
	EXPECT_EQ(-EBADF, rtm_list_insert(us, self_id, list, &self->nexthop, 1));
	EXPECT_EQ(-EBADF, rtm_list_delete(us, self_id, en.handle));
	EXPECT_EQ(0, rtm_list_delete(us, self_id, list));
	EXPECT_EQ(0, rtm_list_delete(us, self_id, other));
	EXPECT_EQ(0, rtm_enum_next_list(us, self_id, &en, found, 4));
	EXPECT_EQ(0, rtm_enum_delete(us, self_id, &en));
	EXPECT_EQ(0, rtm_handles_release(us, self_id, routes, 3));
}

/*
 * Change notification
 */

static bool readable(struct rtm_ctx *ctx)
{
	struct pollfd pfd = { .fd = rtm_fd(ctx), .events = POLLIN };

	return poll(&pfd, 1, PATIENCE_MS) == 1 && pfd.revents & POLLIN;
}

static int drop_object(const struct rtm_event *ev)
{
	const uint64_t object = ev->object;

	return rtm_handles_release(us, ev->entity, &object, 1);
}

/* The event of a change, past those of who came before us. */
static bool told(const struct rtm_notify *notify, uint64_t context)
{
	struct rtm_event ev;

	while (readable(us) && rtm_event_read(us, &ev, 1) == 1) {
		if (ev.type == RTM_EVENT_CHANGED)
			return ev.object == notify->handle && ev.context == context;
		drop_object(&ev);
	}
	return false;
}

TEST_F(native, notify)
{
	struct rtm_notify_scope scope = { .views = RTM_V_UCAST, .events = true, .context = 77 };
	struct rtm_notify notify = { .handle = 42 };
	unsigned int state = 42;
	struct rtm_dest dests[4];
	struct rtm_net_prefix p;

	EXPECT_EQ(-EINVAL, rtm_notify_register(us, self_id, &scope, &notify));
	EXPECT_EQ(42, notify.handle);
	scope.types = RTM_CT_BEST;
	scope.prefix = prefix("11.0.0.0/8");
	OK(rtm_notify_register(us, self_id, &scope, &notify));
	EXPECT_EQ(0, rtm_notify_next(us, self_id, &notify, dests, 4, &state, RTM_NOWAIT));
	EXPECT_EQ(0, state);

	ASSERT_TRUE(put(them, other_id, "10.1.0.0/16", self->other_nexthop, 1));
	ASSERT_TRUE(put(them, other_id, "11.1.0.0/16", self->other_nexthop, 1));
	EXPECT_TRUE(told(&notify, 77));
	ASSERT_EQ(1, rtm_notify_next(us, self_id, &notify, dests, 4, NULL, RTM_NOWAIT));
	EXPECT_TRUE(dest_is(&dests[0], "11.1.0.0/16"));
	EXPECT_EQ(1, dests[0].views[0].n_routes);

	p = prefix("11.1.0.0/16");
	EXPECT_EQ(0, rtm_notify_is_pending(us, self_id, &notify, dests[0].handle));
	OK(rtm_route_delete_key(them, other_id, &p, self->other_nexthop, NULL, RTM_NOWAIT));
	EXPECT_EQ(1, rtm_notify_is_pending(us, self_id, &notify, dests[0].handle));
	EXPECT_EQ(0, rtm_notify_ignore(us, self_id, &notify, &dests[0].handle, 1));
	EXPECT_EQ(0, rtm_notify_is_pending(us, self_id, &notify, dests[0].handle));
	EXPECT_EQ(0, rtm_notify_next(us, self_id, &notify, dests + 1, 3, NULL, RTM_NOWAIT));
	EXPECT_EQ(-EBADF, rtm_notify_ignore(us, self_id, &notify, &self->nexthop, 1));
	EXPECT_EQ(-EBADF, rtm_notify_is_pending(us, self_id, &notify, self->nexthop));
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dests, 1));
	EXPECT_EQ(0, rtm_notify_deregister(us, self_id, &notify));
	EXPECT_EQ(-EBADF, rtm_notify_next(us, self_id, &notify, dests, 4, NULL, RTM_NOWAIT));
}

TEST_F(native, notify_marked)
{
	const struct rtm_notify_scope scope = { .types = RTM_CT_ALL | RTM_CT_ONLY_MARKED };
	const struct rtm_dest_query query = { 0 };
	struct rtm_net_prefix p = prefix("10.1.0.0/16");
	struct rtm_notify notify;
	struct rtm_dest dest, dests[2];

	OK(rtm_notify_register(us, self_id, &scope, &notify));
	OK(rtm_dest_exact(us, self_id, &p, &query, &dest));
	EXPECT_EQ(0, rtm_notify_is_marked(us, self_id, &notify, dest.handle));
	ASSERT_TRUE(put(them, other_id, "10.1.0.0/16", self->other_nexthop, 50));
	EXPECT_EQ(0, rtm_notify_next(us, self_id, &notify, dests, 2, NULL, RTM_NOWAIT));
	EXPECT_EQ(0, rtm_notify_mark(us, self_id, &notify, dest.handle, true));
	EXPECT_EQ(1, rtm_notify_is_marked(us, self_id, &notify, dest.handle));
	ASSERT_TRUE(put(them, other_id, "10.1.0.0/16", self->other_nexthop, 60));
	ASSERT_TRUE(put(them, other_id, "11.0.0.0/8", self->other_nexthop, 60));
	ASSERT_EQ(1, rtm_notify_next(us, self_id, &notify, dests, 2, NULL, RTM_NOWAIT));
	EXPECT_EQ(dest.handle, dests[0].handle);
	EXPECT_EQ(0, rtm_dests_release(us, self_id, dests, 1));
	EXPECT_EQ(0, rtm_notify_mark(us, self_id, &notify, dest.handle, false));
	EXPECT_EQ(0, rtm_notify_is_marked(us, self_id, &notify, dest.handle));
	EXPECT_EQ(0, rtm_dest_release(us, self_id, &dest));
	EXPECT_EQ(0, rtm_notify_deregister(us, self_id, &notify));
}

/*
 * Methods
 */

/* In the actor: wait for a call of theirs, and answer with the input and one byte more. */
static int serve(struct actor *a)
{
	char data[16];
	struct rtm_method_request req = { .input = data, .input_size = 1 };
	struct rtm_event ev = { 0 };
	int err;

	(void)a;
	if (!readable(them) || rtm_event_read(them, &ev, 1) != 1 ||
	    ev.type != RTM_EVENT_METHOD_CALL)
		return -ENOMSG;
	req.call = ev.context;
	if (rtm_method_fetch(them, &req) != -EMSGSIZE || req.input_size != 3)
		return -EPROTO;
	req.input_size = sizeof(data);
	err = rtm_method_fetch(them, &req);
	if (err)
		return err;
	if (req.methods != 2 || req.entity != other_id)
		return -EBADMSG;
	data[req.input_size] = '!';
	err = rtm_method_answer(them, other_id, req.call, data, req.input_size + 1, 17);
	return err ? err : rtm_handles_release(them, other_id, &req.caller, 1);
}

/* The entity of the other context as this one knows it. */
static uint64_t callee(void)
{
	struct rtm_entity_id ids[4];
	uint64_t found[4], other = 0;
	int n = rtm_entity_list(us, self_id, found, ids, 4, NULL);

	while (n-- > 0) {
		if (ids[n].protocol == PROTO_BGP)
			other = found[n];
		else
			rtm_handles_release(us, self_id, &found[n], 1);
	}
	return other;
}

static struct rtm_method_call *to_invoke;

static int invoke(struct actor *a)
{
	(void)a;
	return rtm_method_invoke(us, self_id, to_invoke, rtm_deadline(PATIENCE_MS));
}

TEST_F(native, methods)
{
	struct pollfd their = { .events = POLLIN };
	struct rtm_method_request none = { 0 };
	char output[16] = "";
	struct rtm_method_call call = {
		.callee = callee(), .methods = 0xfe, .input = "abc", .input_size = 3,
		.output = output, .output_size = sizeof(output),
	};

	ASSERT_NE(0, call.callee);
	EXPECT_EQ(2, rtm_method_count(us, self_id, call.callee));
	EXPECT_EQ(0, rtm_method_count(us, self_id, self_id));
	EXPECT_EQ(-EBADF, rtm_method_count(us, self_id, self->nexthop));
	EXPECT_EQ(-ENOENT, rtm_method_fetch(them, &none));

	actor_begin_fn(&self->actor, serve);
	EXPECT_EQ(0, rtm_method_invoke(us, self_id, &call, rtm_deadline(PATIENCE_MS)));
	EXPECT_EQ(0, actor_end(&self->actor));
	EXPECT_EQ(17, call.status);
	EXPECT_EQ(4, call.output_size);
	EXPECT_EQ(0, memcmp(output, "abc!", 4));
	EXPECT_EQ(0, call.call);

	/* held back until the block goes; nobody may be told before that */
	their.fd = rtm_fd(them);
	EXPECT_EQ(0, rtm_method_block(them, other_id, true));
	call.output_size = sizeof(output);
	to_invoke = &call;
	actor_begin_fn(&self->actor, invoke);
	EXPECT_EQ(0, poll(&their, 1, 200));
	EXPECT_EQ(0, rtm_method_block(them, other_id, false));
	EXPECT_EQ(0, serve(NULL));
	EXPECT_EQ(0, actor_end(&self->actor));
	EXPECT_EQ(17, call.status);
	/* nobody answers */
	call.output_size = sizeof(output);
	EXPECT_EQ(-ETIMEDOUT, rtm_method_invoke(us, self_id, &call, rtm_deadline(200)));
	EXPECT_EQ(-ENOENT, rtm_method_answer(them, other_id, 12345, NULL, 0, 0));
	EXPECT_EQ(0, rtm_handles_release(us, self_id, &call.callee, 1));
}

/*
 * Crash policy
 */

TEST_F(native, crash_policy)
{
	const struct rtm_entity_id id = { .family = AF_INET, .protocol = PROTO_OSPF, .id = 3 };
	const struct rtm_crash_policy hold = { .flags = RTM_REQ_HOLD, .hold_ms = 600000 };
	const struct rtm_crash_policy wrong = { .flags = RTM_REQ_KEEP, .hold_ms = 1 };
	const struct rtm_crash_policy withdraw = { 0 };
	struct pollfd pfd = { .fd = rtm_fd(us), .events = POLLIN };
	struct rtm_get_stats before, s;
	uint64_t entity, nexthop;
	struct rtm_ctx *ctx;
	struct rtm_event ev;

	OK(dev_stats(self->env.watch, &before));
	OK(rtm_open(0, &ctx));
	OK(rtm_entity_register(ctx, &id, 0, &entity, NULL));
	nexthop = nexthop_of(ctx, entity, "192.0.2.3");
	ASSERT_TRUE(put(ctx, entity, "12.0.0.0/8", nexthop, 1));
	EXPECT_EQ(-EINVAL, rtm_entity_set_crash_policy(ctx, entity, &wrong));
	EXPECT_EQ(-EBADF, rtm_entity_set_crash_policy(ctx, 0, &hold));
	EXPECT_EQ(0, rtm_entity_set_crash_policy(ctx, entity, &hold));
	rtm_close(ctx);
	OK(dev_stats(self->env.watch, &s));
	EXPECT_EQ(before.routes + 1, s.routes);
	EXPECT_EQ(-EINVAL, rtm_entity_set_crash_policy_by_name(us, &id, &wrong));
	EXPECT_EQ(0, rtm_entity_set_crash_policy_by_name(us, &id, &withdraw));
	EXPECT_TRUE(wait_until(!dev_stats(self->env.watch, &s) && s.routes == before.routes));
	EXPECT_TRUE(wait_until(rtm_entity_set_crash_policy_by_name(us, &id, &hold) == -ENOENT));
	/* who came, and went if that was told, was told of at once, with a reference */
	while (poll(&pfd, 1, 0) == 1 && rtm_event_read(us, &ev, 1) == 1)
		drop_object(&ev);
}

TEST_HARNESS_MAIN
