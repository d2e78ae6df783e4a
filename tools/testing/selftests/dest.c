// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destinations: how they are found and described, how long they live, opaque cells.
 *
 * How this file works: a tree of prefixes owned by two protocols is asked in all four
 * ways.  Every answer is written between guard bytes and poisoned before, and every
 * test gives back what it was given, so that the counters must be where they were.
 */
#include "rtm_test.h"

FIXTURE(dest) {
	struct env env;
	int fd;
	__u64 rip;
	__u64 ospf;
	__u64 nh;
	struct rtm_dest_view *views;
	struct rtm_get_dest q;
};

FIXTURE_SETUP(dest)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT,
				  &self->rip));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->ospf));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, "192.0.2.1", 1, &self->nh));
	self->views = guard_alloc(RTM_N_VIEWS * sizeof(*self->views));
}

FIXTURE_TEARDOWN(dest)
{
	guard_free(self->views);
	env_clean(_metadata, &self->env);
}

/* A route without next hops, in VIEWS; its handle. */
static __u64 route_in(struct __test_metadata *_metadata, FIXTURE_DATA(dest) *self, __u64 entity,
		      const char *dest, __u32 views)
{
	struct rtm_add_route arg;

	route_arg(&arg, entity, dest, NULL, 0);
	arg.attrs.views = views;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	return arg.route;
}

static __u64 route(struct __test_metadata *_metadata, FIXTURE_DATA(dest) *self, const char *dest)
{
	return route_in(_metadata, self, self->rip, dest, RTM_V_SUPPORTED);
}

static void prepare(FIXTURE_DATA(dest) *self, __u32 protocol, __u32 views)
{
	memset(self->views, 0xcc, RTM_N_VIEWS * sizeof(*self->views));
	dest_arg(&self->q, self->rip, protocol, views, self->views, RTM_N_VIEWS);
}

/* A query by prefix; the answer is in self->q and self->views. */
static int ask(FIXTURE_DATA(dest) *self, unsigned long cmd, const char *text, __u32 protocol,
	       __u32 views)
{
	prepare(self, protocol, views);
	self->q.prefix = prefix(text);
	return dev_call(self->fd, cmd, &self->q);
}

static int exact(FIXTURE_DATA(dest) *self, const char *text, __u32 views)
{
	return ask(self, RTM_IOC_GET_EXACT_DEST, text, RTM_PROTO_BEST, views);
}

static int match(FIXTURE_DATA(dest) *self, const char *text, __u32 views)
{
	return ask(self, RTM_IOC_GET_MOST_SPECIFIC_DEST, text, RTM_PROTO_BEST, views);
}

static int by_handle(FIXTURE_DATA(dest) *self, unsigned long cmd, __u64 dest, __u32 protocol,
		     __u32 views)
{
	prepare(self, protocol, views);
	self->q.dest = dest;
	return dev_call(self->fd, cmd, &self->q);
}

static int info(FIXTURE_DATA(dest) *self, __u64 dest, __u32 protocol, __u32 views)
{
	return by_handle(self, RTM_IOC_GET_DEST_INFO, dest, protocol, views);
}

static int less(FIXTURE_DATA(dest) *self, __u64 dest, __u32 views)
{
	return by_handle(self, RTM_IOC_GET_LESS_SPECIFIC_DEST, dest, RTM_PROTO_BEST, views);
}

/* Give back all that the last answer holds; false if that was not right. */
static bool give_back(FIXTURE_DATA(dest) *self)
{
	bool right = !dev_release(self->fd, self->rip, self->q.dest);
	unsigned int i;

	for (i = 0; i < self->q.n_views; i++) {
		right &= !dev_release(self->fd, self->rip, self->views[i].route);
		right &= !dev_release(self->fd, self->rip, self->views[i].owner);
	}
	return right;
}

static __u64 handles(struct __test_metadata *_metadata, FIXTURE_DATA(dest) *self)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(self->fd, &s));
	return s.handles;
}

/* The last answer was this destination; what came with it is given back. */
static bool was(FIXTURE_DATA(dest) *self, const char *text)
{
	return prefix_is(&self->q.prefix, text) && give_back(self);
}

/*
 * Wrong questions
 */

TEST_F(dest, views_wrong)
{
	static const unsigned long queries[] = {
		RTM_IOC_GET_EXACT_DEST, RTM_IOC_GET_MOST_SPECIFIC_DEST, RTM_IOC_GET_DEST_INFO,
		RTM_IOC_GET_LESS_SPECIFIC_DEST,
	};
	unsigned int i, bit;
	__u64 before, dest;

	route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "0.0.0.0/0");
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	dest = self->q.dest;
	before = handles(_metadata, self);
	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		for (bit = RTM_N_VIEWS; bit < 32; bit++) {
			prepare(self, RTM_PROTO_BEST, 1u << bit);
			self->q.dest = dest;
			self->q.prefix = prefix("10.0.0.0/8");
			EXPECT_EQ(-EINVAL, dev_call(self->fd, queries[i], &self->q));
		}
	}
	EXPECT_EQ(before, handles(_metadata, self));
	/* with a supported one beside it, it is overlooked */
	EXPECT_EQ(0, exact(self, "10.0.0.0/8", RTM_V_UCAST | 1u << 31));
	EXPECT_EQ(1, self->q.n_views);
	EXPECT_TRUE(was(self, "10.0.0.0/8"));
}

TEST_F(dest, prefix_wrong)
{
	static const char * const wrong[] = { "10.0.0.0/33", "::/0", "0.0.0.0/65535" };
	unsigned int i;

	route(_metadata, self, "0.0.0.0/0");
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, exact(self, wrong[i], 0));
		EXPECT_EQ(-EINVAL, match(self, wrong[i], 0));
	}
	EXPECT_EQ(0, match(self, "10.0.0.0/32", 0));
	EXPECT_TRUE(was(self, "0.0.0.0/0"));
}

/* Too little room for the blocks: the number is told, and nothing is given out. */
TEST_F(dest, room)
{
	static const unsigned long queries[] = {
		RTM_IOC_GET_EXACT_DEST, RTM_IOC_GET_MOST_SPECIFIC_DEST, RTM_IOC_GET_DEST_INFO,
		RTM_IOC_GET_LESS_SPECIFIC_DEST,
	};
	unsigned int i, room;
	__u64 before, dest;

	route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "10.1.0.0/16");
	ASSERT_EQ(0, exact(self, "10.1.0.0/16", 0));
	dest = self->q.dest;
	before = handles(_metadata, self);
	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		for (room = 0; room < RTM_N_VIEWS; room++) {
			prepare(self, RTM_PROTO_BEST, RTM_V_SUPPORTED);
			self->q.dest = dest;
			self->q.prefix = prefix("10.1.0.0/16");
			self->q.n_views = room;
			EXPECT_EQ(-EMSGSIZE, dev_call(self->fd, queries[i], &self->q));
			EXPECT_EQ(RTM_N_VIEWS, self->q.n_views);
			EXPECT_EQ((__s32)0xcccccccc, self->views[0].view);
		}
	}
	EXPECT_EQ(before, handles(_metadata, self));
	/* more room than needed is not touched */
	prepare(self, RTM_PROTO_BEST, RTM_V_MCAST);
	self->q.prefix = prefix("10.1.0.0/16");
	self->q.n_views = 1000;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &self->q));
	EXPECT_EQ(1, self->q.n_views);
	EXPECT_EQ(1, self->views[0].view);
	EXPECT_EQ((__s32)0xcccccccc, self->views[1].view);
}

/*
 * Search
 */

TEST_F(dest, exact)
{
	EXPECT_EQ(-ENOENT, exact(self, "10.0.0.0/8", 0));
	route(_metadata, self, "10.0.0.0/8");
	EXPECT_EQ(-ENOENT, exact(self, "10.0.0.0/7", 0));
	EXPECT_EQ(-ENOENT, exact(self, "10.0.0.0/9", 0));
	EXPECT_EQ(-ENOENT, exact(self, "10.128.0.0/9", 0));
	EXPECT_EQ(-ENOENT, exact(self, "11.0.0.0/8", 0));
	EXPECT_EQ(-ENOENT, exact(self, "0.0.0.0/0", 0));
	EXPECT_EQ(0, exact(self, "10.0.0.0/8", 0));
	EXPECT_TRUE(was(self, "10.0.0.0/8"));
	/* bits beyond the length do not count, and are not told */
	EXPECT_EQ(0, exact(self, "10.200.3.4/8", 0));
	EXPECT_TRUE(was(self, "10.0.0.0/8"));
}

TEST_F(dest, most_specific)
{
	EXPECT_EQ(-ENOENT, match(self, "10.1.2.3", 0));
	route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "10.1.0.0/16");
	route(_metadata, self, "10.1.2.0/24");
	route(_metadata, self, "10.1.2.3/32");
	EXPECT_EQ(0, match(self, "10.1.2.3", 0));
	EXPECT_TRUE(was(self, "10.1.2.3/32"));
	EXPECT_EQ(0, match(self, "10.1.2.4", 0));
	EXPECT_TRUE(was(self, "10.1.2.0/24"));
	/* no longer than what was asked for */
	EXPECT_EQ(0, match(self, "10.1.2.3/31", 0));
	EXPECT_TRUE(was(self, "10.1.2.0/24"));
	EXPECT_EQ(0, match(self, "10.1.2.0/24", 0));
	EXPECT_TRUE(was(self, "10.1.2.0/24"));
	EXPECT_EQ(0, match(self, "10.1.2.0/23", 0));
	EXPECT_TRUE(was(self, "10.1.0.0/16"));
	EXPECT_EQ(0, match(self, "10.2.0.0/16", 0));
	EXPECT_TRUE(was(self, "10.0.0.0/8"));
	EXPECT_EQ(-ENOENT, match(self, "10.0.0.0/7", 0));
	EXPECT_EQ(-ENOENT, match(self, "0.0.0.0/0", 0));
	EXPECT_EQ(-ENOENT, match(self, "11.0.0.0", 0));
	route(_metadata, self, "0.0.0.0/0");
	EXPECT_EQ(0, match(self, "11.0.0.0", 0));
	EXPECT_TRUE(was(self, "0.0.0.0/0"));
	EXPECT_EQ(0, match(self, "0.0.0.0/0", 0));
	EXPECT_TRUE(was(self, "0.0.0.0/0"));
}

TEST_F(dest, less_specific_chain)
{
	static const char * const chain[] = {
		"10.1.2.3/32", "10.1.2.0/24", "10.1.0.0/16", "10.0.0.0/8", "8.0.0.0/5",
		"0.0.0.0/0",
	};
	unsigned int i;
	__u64 dest;

	/* with more specific ones beside them that cover nothing */
	route(_metadata, self, "10.1.2.2/32");
	route(_metadata, self, "10.1.3.0/24");
	route(_metadata, self, "10.0.0.0/16");
	for (i = 0; i < ARRAY_SIZE(chain); i++)
		route(_metadata, self, chain[i]);
	ASSERT_EQ(0, exact(self, chain[0], 0));
	dest = self->q.dest;
	for (i = 1; i < ARRAY_SIZE(chain); i++) {
		ASSERT_EQ(0, less(self, dest, RTM_V_UCAST));
		EXPECT_TRUE(prefix_is(&self->q.prefix, chain[i]));
		EXPECT_EQ(1, self->q.n_views);
		EXPECT_EQ(0, dev_release(self->fd, self->rip, dest));
		dest = self->q.dest;
	}
	EXPECT_EQ(-ENOENT, less(self, dest, RTM_V_UCAST));
	EXPECT_EQ(-ENOENT, less(self, dest, 0));
}

TEST_F(dest, less_specific_without_default)
{
	route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "11.0.0.0/8");
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	EXPECT_EQ(-ENOENT, less(self, self->q.dest, 0));
}

/* A view that was asked for is part of the search. */
TEST_F(dest, views_filter)
{
	__u64 dest;

	route_in(_metadata, self, self->rip, "10.0.0.0/8", RTM_V_UCAST);
	route_in(_metadata, self, self->rip, "10.1.0.0/16", RTM_V_MCAST);
	route_in(_metadata, self, self->rip, "10.1.2.0/24", 0);
	route_in(_metadata, self, self->rip, "10.1.2.3/32", RTM_V_UCAST);

	EXPECT_EQ(-ENOENT, exact(self, "10.1.0.0/16", RTM_V_UCAST));
	EXPECT_EQ(0, exact(self, "10.1.0.0/16", RTM_V_MCAST));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.1.0.0/16"));
	EXPECT_EQ(0, exact(self, "10.1.0.0/16", RTM_V_SUPPORTED));
	EXPECT_EQ(RTM_V_MCAST, self->q.belongs);
	EXPECT_EQ(0, exact(self, "10.1.0.0/16", 0));
	EXPECT_EQ(RTM_V_MCAST, self->q.belongs);
	EXPECT_EQ(-ENOENT, exact(self, "10.1.2.0/24", RTM_V_SUPPORTED));
	EXPECT_EQ(0, exact(self, "10.1.2.0/24", 0));

	EXPECT_EQ(0, match(self, "10.1.2.3", RTM_V_MCAST));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.1.0.0/16"));
	EXPECT_EQ(0, match(self, "10.1.2.4", RTM_V_UCAST));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.0.0.0/8"));
	EXPECT_EQ(0, match(self, "10.1.2.4", 0));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.1.2.0/24"));
	EXPECT_EQ(-ENOENT, match(self, "10.2.0.0", RTM_V_MCAST));

	ASSERT_EQ(0, exact(self, "10.1.2.3/32", 0));
	dest = self->q.dest;
	EXPECT_EQ(0, less(self, dest, 0));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.1.2.0/24"));
	EXPECT_EQ(0, less(self, dest, RTM_V_UCAST));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.0.0.0/8"));
	EXPECT_EQ(0, less(self, dest, RTM_V_SUPPORTED));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.1.0.0/16"));
}

/* By handle there is nothing to search: what is not there is reported as nothing. */
TEST_F(dest, info_of_an_empty_view)
{
	__u64 before, dest;

	route_in(_metadata, self, self->rip, "10.1.0.0/16", RTM_V_MCAST);
	ASSERT_EQ(0, exact(self, "10.1.0.0/16", 0));
	dest = self->q.dest;
	before = handles(_metadata, self);
	ASSERT_EQ(0, info(self, dest, RTM_PROTO_BEST, RTM_V_UCAST));
	EXPECT_EQ(1, self->q.n_views);
	EXPECT_EQ(0, self->views[0].view);
	EXPECT_EQ(0, self->views[0].n_routes);
	EXPECT_EQ(0, self->views[0].route);
	EXPECT_EQ(0, self->views[0].owner);
	EXPECT_EQ(0, self->views[0].flags);
	EXPECT_EQ(0, self->views[0].pad);
	EXPECT_EQ(0, self->views[0].hold_route);
	EXPECT_EQ(RTM_V_MCAST, self->q.belongs);
	EXPECT_EQ(before, handles(_metadata, self));
	EXPECT_TRUE(give_back(self));
}

/*
 * Blocks
 */

/* One for each view that was asked for, in order, whether there is a route or not. */
TEST_F(dest, blocks)
{
	__u64 a;

	a = route_in(_metadata, self, self->rip, "10.0.0.0/8", RTM_V_MCAST);
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	EXPECT_EQ(0, self->q.n_views);
	EXPECT_EQ((__s32)0xcccccccc, self->views[0].view);
	EXPECT_TRUE(give_back(self));

	ASSERT_EQ(0, exact(self, "10.0.0.0/8", RTM_V_MCAST));
	EXPECT_EQ(1, self->q.n_views);
	EXPECT_EQ(1, self->views[0].view);
	EXPECT_EQ(a, self->views[0].route);
	EXPECT_EQ((__s32)0xcccccccc, self->views[1].view);
	EXPECT_TRUE(give_back(self));

	ASSERT_EQ(0, exact(self, "10.0.0.0/8", RTM_V_SUPPORTED));
	EXPECT_EQ(2, self->q.n_views);
	EXPECT_EQ(0, self->views[0].view);
	EXPECT_EQ(0, self->views[0].n_routes);
	EXPECT_EQ(0, self->views[0].route);
	EXPECT_EQ(1, self->views[1].view);
	EXPECT_EQ(1, self->views[1].n_routes);
	EXPECT_EQ(a, self->views[1].route);
	EXPECT_EQ(self->rip, self->views[1].owner);
	EXPECT_TRUE(give_back(self));
}

/* Two routes of RIP and one of OSPF, which is better. */
static void two_protocols(struct __test_metadata *_metadata, FIXTURE_DATA(dest) *self,
			  __u64 *rip, __u64 *ospf)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->rip, "10.0.0.0/8", NULL, 0);
	arg.attrs.flags = RTM_RF_REMOTE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	*rip = arg.route;
	route_arg(&arg, self->rip, "10.0.0.0/8", NULL, 0);
	arg.attrs.neighbour = self->nh;
	arg.attrs.metric = 11;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->ospf, "10.0.0.0/8", NULL, 0);
	arg.attrs.flags = RTM_RF_INACTIVE | RTM_RF_LOCAL;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	*ospf = arg.route;
}

TEST_F(dest, protocol)
{
	__u64 rip, ospf, dest;

	two_protocols(_metadata, self, &rip, &ospf);
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", RTM_V_UCAST));
	dest = self->q.dest;
	EXPECT_EQ(ospf, self->views[0].route);
	EXPECT_EQ(self->ospf, self->views[0].owner);
	EXPECT_EQ(RTM_RF_INACTIVE | RTM_RF_LOCAL, self->views[0].flags);
	EXPECT_EQ(3, self->views[0].n_routes);

	ASSERT_EQ(0, info(self, dest, PROTO_RIP, RTM_V_UCAST));
	EXPECT_EQ(rip, self->views[0].route);
	EXPECT_EQ(self->rip, self->views[0].owner);
	EXPECT_EQ(RTM_RF_REMOTE, self->views[0].flags);
	/* the number is that of all protocols */
	EXPECT_EQ(3, self->views[0].n_routes);
	EXPECT_TRUE(give_back(self));

	ASSERT_EQ(0, info(self, dest, RTM_PROTO_THIS, RTM_V_UCAST));
	EXPECT_EQ(rip, self->views[0].route);
	EXPECT_TRUE(give_back(self));
	prepare(self, RTM_PROTO_THIS, RTM_V_UCAST);
	self->q.entity = self->ospf;
	self->q.dest = dest;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DEST_INFO, &self->q));
	EXPECT_EQ(ospf, self->views[0].route);
	EXPECT_TRUE(give_back(self));

	/* the protocol is no part of the search */
	ASSERT_EQ(0, ask(self, RTM_IOC_GET_MOST_SPECIFIC_DEST, "10.1.0.0/16", PROTO_BGP,
			 RTM_V_UCAST));
	EXPECT_TRUE(prefix_is(&self->q.prefix, "10.0.0.0/8"));
	EXPECT_EQ(0, self->views[0].route);
	EXPECT_EQ(0, self->views[0].owner);
	EXPECT_EQ(0, self->views[0].flags);
	EXPECT_EQ(3, self->views[0].n_routes);
	EXPECT_TRUE(give_back(self));
}

/*
 * Life
 */

/* Without routes it is found by handle only, and it is the same one when they are back. */
TEST_F(dest, without_routes)
{
	struct rtm_get_stats s;
	__u64 a, dest, inner;

	a = route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "10.1.0.0/16");
	ASSERT_EQ(0, exact(self, "10.1.0.0/16", 0));
	inner = self->q.dest;
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	dest = self->q.dest;
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, a, NULL));

	EXPECT_EQ(-ENOENT, exact(self, "10.0.0.0/8", 0));
	EXPECT_EQ(-ENOENT, match(self, "10.2.0.0/16", 0));
	EXPECT_EQ(-ENOENT, less(self, inner, 0));
	ASSERT_EQ(0, info(self, dest, RTM_PROTO_BEST, RTM_V_SUPPORTED));
	EXPECT_EQ(0, self->q.belongs);
	EXPECT_EQ(0, self->views[0].n_routes);
	EXPECT_EQ(0, self->views[0].route);
	EXPECT_TRUE(was(self, "10.0.0.0/8"));

	a = route(_metadata, self, "10.0.0.0/8");
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	EXPECT_EQ(dest, self->q.dest);
	EXPECT_TRUE(give_back(self));
	EXPECT_EQ(0, less(self, inner, 0));
	EXPECT_EQ(dest, self->q.dest);
	EXPECT_TRUE(give_back(self));

	/* the last reference is the end of it */
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, a, NULL));
	ASSERT_EQ(0, dev_release(self->fd, self->rip, dest));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_TRUE(wait_until(!dev_stats(self->fd, &s) && s.dests == 1));
	EXPECT_EQ(-EBADF, info(self, dest, RTM_PROTO_BEST, 0));
}

static __u64 realtime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static __u64 changed_at(struct __test_metadata *_metadata, FIXTURE_DATA(dest) *self)
{
	ASSERT_EQ(0, exact(self, "10.0.0.0/8", 0));
	EXPECT_TRUE(give_back(self));
	return self->q.last_changed;
}

TEST_F(dest, last_changed)
{
	__u64 start = realtime();
	__u64 first, second, a;
	struct rtm_add_route arg;

	a = route(_metadata, self, "10.0.0.0/8");
	first = changed_at(_metadata, self);
	EXPECT_LE(start, first);
	EXPECT_GE(realtime(), first);
	/* to look at it is no change, nor is one that fails */
	route_arg(&arg, self->rip, "10.0.0.0/8", NULL, 0);
	arg.attrs.views = 4;
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	EXPECT_EQ(-EACCES, dev_delete_route(self->fd, self->ospf, a, NULL));
	EXPECT_EQ(first, changed_at(_metadata, self));
	/* an update is, also of a route that is not the best one */
	route_in(_metadata, self, self->ospf, "10.0.0.0/8", RTM_V_UCAST);
	second = changed_at(_metadata, self);
	EXPECT_LT(first, second);
	arg.attrs.views = RTM_V_SUPPORTED;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	first = changed_at(_metadata, self);
	EXPECT_LT(second, first);
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, a, NULL));
	EXPECT_LT(first, changed_at(_metadata, self));
}

/*
 * IPv6
 */

TEST_F(dest, ipv6)
{
	static const char * const chain[] = {
		"2001:db8:0:1::1/128", "2001:db8:0:1::/65", "2001:db8:0:1::/64",
		"2001:db8::/63", "2001:db8::/32", "::/0",
	};
	unsigned int i;
	__u64 six, dest;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &six));
	for (i = 0; i < ARRAY_SIZE(chain); i++)
		route_in(_metadata, self, six, chain[i], RTM_V_SUPPORTED);
	prepare(self, RTM_PROTO_BEST, RTM_V_UCAST);
	self->q.entity = six;
	self->q.prefix = prefix("2001:db8:0:1::1");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_MOST_SPECIFIC_DEST, &self->q));
	for (i = 0; i < ARRAY_SIZE(chain); i++) {
		EXPECT_TRUE(prefix_is(&self->q.prefix, chain[i]))
			TH_LOG("%s", chain[i]);
		dest = self->q.dest;
		prepare(self, RTM_PROTO_BEST, RTM_V_UCAST);
		self->q.entity = six;
		self->q.dest = dest;
		EXPECT_EQ(i + 1 < ARRAY_SIZE(chain) ? 0 : -ENOENT,
			  dev_call(self->fd, RTM_IOC_GET_LESS_SPECIFIC_DEST, &self->q));
	}
	/* the other table knows nothing of it */
	EXPECT_EQ(-ENOENT, match(self, "0.0.0.0/0", 0));
}

/*
 * Opaque cells
 */

TEST_F(dest, opaque)
{
	__u64 dest, value;

	route(_metadata, self, "10.0.0.0/8");
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	/* nothing was stored yet */
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, dest, &value));
	EXPECT_EQ(0, value);
	/* who reserved no slot has none */
	EXPECT_EQ(-ENOENT, dev_get_opaque(self->fd, self->ospf, dest, &value));
	EXPECT_EQ(-ENOENT, dev_set_opaque(self->fd, self->ospf, dest, 1));
	EXPECT_EQ(-ENOENT, dev_set_opaque(self->fd, self->ospf, dest, 0));

	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 0xfedcba9876543210));
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, dest, &value));
	EXPECT_EQ(0xfedcba9876543210, value);
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 1));
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, dest, &value));
	EXPECT_EQ(1, value);
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 0));
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 0));
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, dest, &value));
	EXPECT_EQ(0, value);
}

TEST_F(dest, opaque_per_entity_and_destination)
{
	__u64 second, a, b, value;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_BGP, 1, RTM_REQ_OPAQUE_SLOT,
				  &second));
	route(_metadata, self, "10.0.0.0/8");
	route(_metadata, self, "11.0.0.0/8");
	a = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	b = dev_dest(self->fd, self->rip, "11.0.0.0/8");
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, a, 1));
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->rip, b, 2));
	EXPECT_EQ(0, dev_set_opaque(self->fd, second, a, 3));
	ASSERT_EQ(0, dev_get_opaque(self->fd, second, b, &value));
	EXPECT_EQ(0, value);
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, a, &value));
	EXPECT_EQ(1, value);
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, b, &value));
	EXPECT_EQ(2, value);
	/* the end of one takes its own */
	ASSERT_EQ(0, dev_deregister(self->fd, self->rip));
	EXPECT_EQ(-EBADF, dev_get_opaque(self->fd, self->rip, a, &value));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT,
				  &self->rip));
	a = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	EXPECT_EQ(0, a);
	/* the second's cell has kept the destination, which has no route any more */
	route(_metadata, self, "10.0.0.0/8");
	a = dev_dest(self->fd, second, "10.0.0.0/8");
	ASSERT_EQ(0, dev_get_opaque(self->fd, second, a, &value));
	EXPECT_EQ(3, value);
}

/* What a cell holds must not get lost because the routes are gone for a while. */
TEST_F(dest, opaque_keeps_the_destination)
{
	struct rtm_dest_rec rec;
	__u64 a, dest, value;

	a = route(_metadata, self, "10.0.0.0/8");
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	ASSERT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 42));
	ASSERT_EQ(0, dev_release(self->fd, self->rip, dest));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, a, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(dev_dest_rec(self->fd, "10.0.0.0/8", &rec));
	EXPECT_EQ(0, rec.n_routes);
	EXPECT_EQ(-ENOENT, exact(self, "10.0.0.0/8", 0));

	a = route(_metadata, self, "10.0.0.0/8");
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	ASSERT_EQ(0, dev_get_opaque(self->fd, self->rip, dest, &value));
	EXPECT_EQ(42, value);
	/* empty again, it keeps nothing */
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, a, NULL));
	ASSERT_EQ(0, dev_set_opaque(self->fd, self->rip, dest, 0));
	ASSERT_EQ(0, dev_release(self->fd, self->rip, dest));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->fd, "10.0.0.0/8", &rec)));
}

TEST_HARNESS_MAIN
