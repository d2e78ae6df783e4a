// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes: add, update by key and by handle, describe, delete.
 *
 * How this file works: one table with two entities and next hops of both.  What is
 * wrong is tried first, and must leave neither a route nor a destination behind.  Which
 * route is the best one is a matter for best.c, many at once one for batch.c.
 */
#include "rtm_test.h"

FIXTURE(route) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 nh[3];
	__u64 foreign;
};

FIXTURE_SETUP(route)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->other));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 1, &self->nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &self->nh[1]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.3", 1, &self->nh[2]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->other, "192.0.2.1", 1, &self->foreign));
}

FIXTURE_TEARDOWN(route)
{
	env_clean(_metadata, &self->env);
}

static bool counts_are(int fd, unsigned int routes, unsigned int dests, unsigned int handles)
{
	struct rtm_get_stats s;

	if (dev_stats(fd, &s))
		return false;
	if (s.routes != routes || s.dests != dests || s.handles != handles)
		fprintf(stderr, "# routes %llu dests %llu handles %llu\n", s.routes, s.dests,
			s.handles);
	return s.routes == routes && s.dests == dests && s.handles == handles;
}

/* Nothing but what the fixture has made. */
#define NOTHING()	counts_are(self->fd, 0, 0, 6)

/*
 * Add
 */

TEST_F(route, dest_wrong)
{
	static const char * const wrong[] = {
		"10.0.0.0/33", "10.0.0.0/128", "10.0.0.0/65535", "2001:db8::/32", "::/0",
	};
	struct rtm_add_route arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		route_arg(&arg, self->e, wrong[i], self->nh, 1);
		EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg))
			TH_LOG("%s", wrong[i]);
	}
	route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 1);
	arg.dest.family = 0;
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	EXPECT_TRUE(NOTHING());
}

TEST_F(route, views_wrong)
{
	struct rtm_add_route arg;
	unsigned int bit;

	for (bit = RTM_N_VIEWS; bit < 32; bit++) {
		route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 1);
		arg.attrs.views = 1u << bit;
		EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	}
	arg.attrs.views = ~(__u32)RTM_V_SUPPORTED;
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	EXPECT_TRUE(NOTHING());
}

TEST_F(route, src_wrong)
{
	struct rtm_add_route arg;
	unsigned int i;

	for (i = 4; i < sizeof(arg.attrs.src); i++) {
		route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 1);
		arg.attrs.src[0] = 10;
		arg.attrs.src[i] = 1;
		EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	}
	EXPECT_TRUE(NOTHING());
}

TEST_F(route, nexthops_wrong)
{
	unsigned int max = param_number("max_nexthops");
	struct rtm_add_route arg;
	__u64 hops[80];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hops); i++)
		hops[i] = self->nh[i % 3];
	/* one twice, at either end */
	for (i = 2; i <= 4; i++) {
		hops[i - 1] = hops[0];
		route_arg(&arg, self->e, "10.0.0.0/8", hops, i);
		EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
		hops[i - 1] = self->nh[(i - 1) % 3];
	}
	/* too many */
	route_arg(&arg, self->e, "10.0.0.0/8", hops, max + 1);
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->e, "10.0.0.0/8", hops, ~0u);
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	/* somebody else's, first and last */
	hops[0] = self->foreign;
	route_arg(&arg, self->e, "10.0.0.0/8", hops, 2);
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	hops[0] = self->nh[0];
	hops[2] = self->foreign;
	route_arg(&arg, self->e, "10.0.0.0/8", hops, 3);
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	/* none, or an entity */
	hops[1] = 0;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	hops[1] = self->e;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->e, "10.0.0.0/8", (void *)16, 1);
	EXPECT_EQ(-EFAULT, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
	arg.attrs.neighbour = self->foreign;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	EXPECT_TRUE(NOTHING());
}

/* As many as the parameter says, up to the constant of the header. */
TEST_F(route, nexthops_limit)
{
	unsigned int max = param_number("max_nexthops");
	struct rtm_get_route_info info;
	struct rtm_add_route arg;
	__u64 hops[RTM_MAX_NEXTHOPS + 1], found[RTM_MAX_NEXTHOPS];
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hops); i++) {
		snprintf(text, sizeof(text), "192.0.2.%u", 100 + i);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, text, 1, &hops[i]));
	}
	ASSERT_EQ(0, param_set_number("max_nexthops", RTM_MAX_NEXTHOPS));
	route_arg(&arg, self->e, "10.0.0.0/8", hops, RTM_MAX_NEXTHOPS + 1);
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->e, "10.0.0.0/8", hops, RTM_MAX_NEXTHOPS);
	EXPECT_EQ(0, dev_add_route(self->fd, &arg));
	ASSERT_EQ(0, param_set("max_nexthops", "1"));
	route_arg(&arg, self->e, "10.0.0.0/8", hops, 2);
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	/* what is there already stays and can be read */
	route_arg(&arg, self->e, "11.0.0.0/8", hops, 1);
	EXPECT_EQ(0, dev_add_route(self->fd, &arg));
	ASSERT_EQ(0, param_set_number("max_nexthops", RTM_MAX_NEXTHOPS));
	route_arg(&arg, self->e, "10.0.0.0/8", hops, RTM_MAX_NEXTHOPS);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(0, dev_route_info(self->fd, self->e, arg.route, found, RTM_MAX_NEXTHOPS,
				    &info));
	EXPECT_EQ(0, memcmp(hops, found, sizeof(found)));
	EXPECT_EQ(0, param_set_number("max_nexthops", max));
}

TEST_F(route, candidates_limit)
{
	unsigned int max = param_number("max_dest_routes");
	struct rtm_add_route arg;
	unsigned int i;

	ASSERT_EQ(0, param_set("max_dest_routes", "2"));
	for (i = 0; i < 3; i++) {
		route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
		arg.attrs.neighbour = self->nh[i];
		EXPECT_EQ(i < 2 ? 0 : -ENOSPC, dev_add_route(self->fd, &arg));
	}
	/* an update needs no room */
	route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
	arg.attrs.neighbour = self->nh[1];
	EXPECT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_TRUE(counts_are(self->fd, 2, 1, 8));
	EXPECT_EQ(0, param_set_number("max_dest_routes", max));
}

/* Everything that was given is what is told, and every handle told is counted. */
TEST_F(route, all_attributes)
{
	__u64 *hops = guard_alloc(2 * sizeof(*hops));
	struct rtm_get_route_info info;
	struct rtm_add_route arg;

	hops[0] = self->nh[2];
	hops[1] = self->nh[0];
	route_arg(&arg, self->e, "10.1.2.3/12", hops, 2);
	arg.attrs.neighbour = self->nh[1];
	arg.attrs.cookie = 0xfedcba9876543210;
	arg.attrs.metric = 4000000000u;
	arg.attrs.preference = 77;
	arg.attrs.views = RTM_V_MCAST | 1u << 31;
	arg.attrs.flags = RTM_RF_INACTIVE | RTM_RF_ONES_SUBNETBC;
	arg.attrs.flags1 = 0x5a;
	arg.attrs.mtu = 1400;
	inet_pton(AF_INET, "192.0.2.200", arg.attrs.src);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, arg.change);

	memset(hops, 0xcc, 2 * sizeof(*hops));
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, arg.route, hops, 2, &info));
	EXPECT_EQ(2, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh[2], hops[0]);
	EXPECT_EQ(self->nh[0], hops[1]);
	EXPECT_EQ(self->nh[1], info.attrs.neighbour);
	EXPECT_EQ(0xfedcba9876543210, info.attrs.cookie);
	EXPECT_EQ(4000000000u, info.attrs.metric);
	EXPECT_EQ(77, info.attrs.preference);
	EXPECT_EQ(RTM_V_MCAST, info.attrs.views);
	EXPECT_EQ(RTM_RF_INACTIVE | RTM_RF_ONES_SUBNETBC, info.attrs.flags);
	EXPECT_EQ(0x5a, info.attrs.flags1);
	EXPECT_EQ(RTM_STATE_CREATED, info.attrs.state);
	EXPECT_EQ(1400, info.attrs.mtu);
	EXPECT_EQ(0, memcmp(arg.attrs.src, info.attrs.src, sizeof(info.attrs.src)));
	EXPECT_EQ(ptr_u64(hops), info.attrs.nexthops);
	EXPECT_TRUE(prefix_is(&info.prefix, "10.0.0.0/12"));
	EXPECT_EQ(self->e, info.owner);
	EXPECT_EQ(RTM_HANDLE_DEST, RTM_HANDLE_TYPE(info.dest));

	/* destination, owner, neighbour, two next hops */
	EXPECT_EQ(5, release_route_info(self->fd, &info));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, info.dest));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh[1]));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->nh[1]));
	guard_free(hops);
}

TEST_F(route, both_ends_of_the_addresses)
{
	static const char * const four[] = {
		"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "255.255.255.255/32", "0.0.0.0/32",
		"10.0.0.0/31", "10.0.0.1/32",
	};
	static const char * const sixes[] = {
		"::/0", "::/1", "8000::/1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
		"::/128", "2001:db8::/64", "2001:db8::/65", "2001:db8:0:0:8000::/65",
		"2001:db8::/63",
	};
	struct rtm_get_route_info info;
	__u64 six, route;
	unsigned int i;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &six));
	for (i = 0; i < ARRAY_SIZE(four); i++) {
		EXPECT_EQ(0, dev_route(self->fd, self->e, four[i], 0, 1, &route));
		EXPECT_EQ(0, dev_route_info(self->fd, self->e, route, NULL, 0, &info));
		EXPECT_TRUE(prefix_is(&info.prefix, four[i]));
	}
	for (i = 0; i < ARRAY_SIZE(sixes); i++) {
		EXPECT_EQ(0, dev_route(self->fd, six, sixes[i], 0, 1, &route));
		EXPECT_EQ(0, dev_route_info(self->fd, six, route, NULL, 0, &info));
		EXPECT_TRUE(prefix_is(&info.prefix, sixes[i]));
	}
	EXPECT_TRUE(counts_are(self->fd, 16, 16, 6 + 1 + 2 * 16));
}

/* Bits beyond the length make no other destination. */
TEST_F(route, host_bits)
{
	__u64 a, b;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.255.0.1/8", 0, 1, &a));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", 0, 2, &b));
	EXPECT_EQ(a, b);
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
}

TEST_F(route, no_handle)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 3);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, arg.change);
	EXPECT_EQ(0, arg.route);
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 6));
}

/*
 * The key, and what the change flags make of it
 */

/* Returns the change, or a negative errno; *ROUTE is the handle. */
static int add(int fd, __u64 entity, __u64 neighbour, __u32 metric, __u32 change, __u64 *route)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, entity, "10.0.0.0/8", NULL, 0);
	arg.attrs.neighbour = neighbour;
	arg.attrs.metric = metric;
	arg.change = change;
	err = dev_add_route(fd, &arg);
	*route = arg.route;
	return err ? err : (int)arg.change;
}

static __u32 metric_of(struct __test_metadata *_metadata, int fd, __u64 entity, __u64 route)
{
	struct rtm_get_route_info info;
	__u64 hops[RTM_MAX_NEXTHOPS];

	ASSERT_EQ(0, dev_route_info(fd, entity, route, hops, RTM_MAX_NEXTHOPS, &info));
	release_route_info(fd, &info);
	return info.attrs.metric;
}

TEST_F(route, same_key_updates)
{
	__u64 a, b;

	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, add(self->fd, self->e, self->nh[0], 5, 0, &a));
	EXPECT_EQ(RTM_RC_BEST, add(self->fd, self->e, self->nh[0], 6, 0, &b));
	EXPECT_EQ(a, b);
	EXPECT_EQ(6, metric_of(_metadata, self->fd, self->e, a));
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
	/* two deliveries of the handle */
	EXPECT_EQ(0, dev_release(self->fd, self->e, a));
	EXPECT_EQ(0, dev_release(self->fd, self->e, a));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, a));
}

TEST_F(route, other_key_adds)
{
	__u64 a, b, c, d;

	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, add(self->fd, self->e, self->nh[0], 5, 0, &a));
	EXPECT_EQ(RTM_RC_NEW, add(self->fd, self->e, self->nh[1], 6, 0, &b));
	EXPECT_EQ(RTM_RC_NEW, add(self->fd, self->e, 0, 6, 0, &c));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, add(self->fd, self->other, 0, 6, 0, &d));
	EXPECT_TRUE(a != b && b != c && a != c && d != c);
	EXPECT_TRUE(counts_are(self->fd, 4, 1, 10));
	EXPECT_EQ(5, metric_of(_metadata, self->fd, self->e, a));
}

TEST_F(route, first_ignores_the_neighbour)
{
	struct rtm_get_route_info info;
	__u64 a, b, c;

	/* nothing there: it adds */
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST,
		  add(self->fd, self->e, self->nh[0], 5, RTM_RC_FIRST, &a));
	EXPECT_EQ(RTM_RC_NEW, add(self->fd, self->e, self->nh[1], 6, 0, &b));
	/* the first of its own, in order of rank */
	EXPECT_EQ(RTM_RC_BEST, add(self->fd, self->e, self->nh[2], 4, RTM_RC_FIRST, &c));
	EXPECT_EQ(a, c);
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, a, NULL, 0, &info));
	EXPECT_EQ(self->nh[2], info.attrs.neighbour);
	EXPECT_EQ(4, info.attrs.metric);
	EXPECT_EQ(6, metric_of(_metadata, self->fd, self->e, b));
	/* somebody else's first is not mine */
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST,
		  add(self->fd, self->other, 0, 9, RTM_RC_FIRST, &c));
	EXPECT_NE(a, c);
}

TEST_F(route, new_always_adds)
{
	__u64 a, b, c;

	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST,
		  add(self->fd, self->e, self->nh[0], 5, RTM_RC_NEW, &a));
	EXPECT_EQ(RTM_RC_NEW, add(self->fd, self->e, self->nh[0], 5, RTM_RC_NEW, &b));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST,
		  add(self->fd, self->e, self->nh[0], 4, RTM_RC_NEW | RTM_RC_FIRST, &c));
	EXPECT_TRUE(a != b && b != c && a != c);
	EXPECT_TRUE(counts_are(self->fd, 3, 1, 9));
}

/* A client that never set the word gets what 0 means. */
TEST_F(route, other_change_bits)
{
	__u64 a, b;

	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST,
		  add(self->fd, self->e, 0, 5, ~(RTM_RC_FIRST | RTM_RC_NEW), &a));
	EXPECT_EQ(RTM_RC_BEST, add(self->fd, self->e, 0, 5, ~(RTM_RC_FIRST | RTM_RC_NEW), &b));
	EXPECT_EQ(a, b);
	EXPECT_EQ(RTM_RC_NEW, add(self->fd, self->e, self->nh[0], 7, RTM_RC_BEST, &b));
}

/*
 * Update by handle
 */

static int update(int fd, __u64 entity, __u64 route, const char *dest, __u32 metric)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, entity, dest, NULL, 0);
	arg.route = route;
	arg.attrs.metric = metric;
	/* not looked at: the handle says which route is meant */
	arg.change = RTM_RC_NEW;
	err = dev_add_route(fd, &arg);
	if (!err && arg.route != route)
		err = -EIO;
	return err ? err : (int)arg.change;
}

TEST_F(route, update_wrong)
{
	struct rtm_add_route arg;
	__u64 a;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, a, "11.0.0.0/8", 6));
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, a, "10.0.0.0/9", 6));
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, a, "0.0.0.0/0", 6));
	EXPECT_EQ(-EACCES, update(self->fd, self->other, a, "10.0.0.0/8", 6));
	EXPECT_EQ(-EBADF, update(self->fd, self->e, a ^ 1ull << 40, "10.0.0.0/8", 6));
	route_arg(&arg, self->e, "10.0.0.0/8", &self->foreign, 1);
	arg.route = a;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
	arg.route = a;
	arg.attrs.views = 8;
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &arg));
	EXPECT_EQ(5, metric_of(_metadata, self->fd, self->e, a));
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
}

TEST_F(route, update)
{
	struct rtm_get_route_info info;
	struct rtm_add_route arg;
	__u64 a, hops[3];

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	EXPECT_EQ(RTM_RC_BEST, update(self->fd, self->e, a, "10.99.0.0/8", 6));
	EXPECT_EQ(6, metric_of(_metadata, self->fd, self->e, a));
	/* all of the content is replaced, the neighbour included */
	route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 3);
	arg.route = a;
	arg.attrs.neighbour = self->nh[2];
	arg.attrs.views = RTM_V_MCAST;
	arg.attrs.mtu = 1280;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(RTM_RC_BEST, arg.change);
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, a, hops, 3, &info));
	EXPECT_EQ(3, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh[2], info.attrs.neighbour);
	EXPECT_EQ(RTM_V_MCAST, info.attrs.views);
	EXPECT_EQ(1280, info.attrs.mtu);
	EXPECT_EQ(6, release_route_info(self->fd, &info));
	/* no handle was delivered by any of these */
	EXPECT_EQ(0, dev_release(self->fd, self->e, a));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, a));
}

TEST_F(route, update_to_and_from_no_view)
{
	struct rtm_add_route arg;
	__u32 views;
	__u64 a;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", 0, 5, &a));
	route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
	arg.attrs.views = 0;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(a, arg.route);
	/* no route is the best one now, and before it was this */
	EXPECT_EQ(RTM_RC_BEST, arg.change);
	ASSERT_EQ(0, dev_is_best(self->fd, self->e, a, &views));
	EXPECT_EQ(0, views);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(0, arg.change);
	EXPECT_EQ(RTM_RC_BEST, update(self->fd, self->e, a, "10.0.0.0/8", 5));
	ASSERT_EQ(0, dev_is_best(self->fd, self->e, a, &views));
	EXPECT_EQ(RTM_V_SUPPORTED, views);
}

/*
 * Describe
 */

TEST_F(route, info_room)
{
	__u64 *hops = guard_alloc(3 * sizeof(*hops));
	struct rtm_get_route_info info;
	struct rtm_add_route arg;
	unsigned int room;

	route_arg(&arg, self->e, "10.0.0.0/8", self->nh, 3);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	for (room = 0; room < 3; room++) {
		EXPECT_EQ(-EMSGSIZE,
			  dev_route_info(self->fd, self->e, arg.route, hops, room, &info));
		EXPECT_EQ(3, info.attrs.n_nexthops);
		EXPECT_EQ(0xcccccccccccccccc, hops[0]);
		EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
	}
	EXPECT_EQ(0, dev_route_info(self->fd, self->e, arg.route, hops, 1000, &info));
	EXPECT_EQ(3, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh[2], hops[2]);
	guard_free(hops);
}

/* With RTM_REQ_NO_HANDLE the prefix is all that is told. */
TEST_F(route, info_prefix_alone)
{
	struct rtm_get_route_info info, before;
	__u64 a;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	route_info_arg(&info, self->e, a, NULL, 0);
	info.flags = RTM_REQ_NO_HANDLE;
	before = info;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_ROUTE_INFO, &info));
	EXPECT_TRUE(prefix_is(&info.prefix, "10.0.0.0/8"));
	before.prefix = info.prefix;
	EXPECT_EQ(0, memcmp(&before, &info, sizeof(info)));
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
}

TEST_F(route, info_of_others)
{
	struct rtm_dest_view views[RTM_N_VIEWS];
	struct rtm_get_route_info info;
	struct rtm_get_dest query;
	int fd = dev_open(O_RDWR);
	__u64 a, entity, hops[4];

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_BGP, 1, 0, &entity));
	dest_arg(&query, entity, RTM_PROTO_BEST, RTM_V_UCAST, views, 1);
	query.prefix = prefix("10.0.0.0/8");
	ASSERT_EQ(0, dev_call(fd, RTM_IOC_GET_EXACT_DEST, &query));
	EXPECT_EQ(0, dev_route_info(fd, entity, views[0].route, hops, 4, &info));
	EXPECT_EQ(5, info.attrs.metric);
	EXPECT_EQ(query.dest, info.dest);
	EXPECT_EQ(views[0].owner, info.owner);
	/* to look is all it may do */
	EXPECT_EQ(-EACCES, update(fd, entity, views[0].route, "10.0.0.0/8", 6));
	EXPECT_EQ(-EACCES, dev_delete_route(fd, entity, views[0].route, NULL));
	close(fd);
}

/*
 * Delete
 */

TEST_F(route, delete_wrong)
{
	struct rtm_delete_route arg;
	__u64 a;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	EXPECT_EQ(-EACCES, dev_delete_route(self->fd, self->other, a, NULL));
	EXPECT_EQ(-EBADF, dev_delete_route(self->fd, self->e, a ^ 1ull << 40, NULL));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.0.0.0/9", 0, NULL));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->other, "10.0.0.0/8", 0, NULL));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.0.0.0/8", self->nh[0], NULL));
	EXPECT_EQ(-EBADF, dev_delete_key(self->fd, self->e, "10.0.0.0/8", self->e, NULL));
	EXPECT_EQ(-EINVAL, dev_delete_key(self->fd, self->e, "10.0.0.0/33", 0, NULL));
	EXPECT_EQ(-EINVAL, dev_delete_key(self->fd, self->e, "::/0", 0, NULL));
	delete_arg(&arg, self->e, 0);
	arg.dest = prefix("10.0.0.0/8");
	arg.dest.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_DELETE_ROUTE, &arg));
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
	EXPECT_EQ(5, metric_of(_metadata, self->fd, self->e, a));
}

TEST_F(route, delete_consumes)
{
	__u32 change = 77;
	__u64 a;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	/* a failure does not */
	EXPECT_EQ(-EACCES, dev_delete_route(self->fd, self->other, a, &change));
	EXPECT_EQ(0, dev_delete_route(self->fd, self->e, a, &change));
	EXPECT_EQ(RTM_RC_BEST, change);
	EXPECT_EQ(-EBADF, dev_delete_route(self->fd, self->e, a, &change));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, a));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(NOTHING()));
}

TEST_F(route, delete_by_key)
{
	__u64 a, b;
	__u32 change;

	ASSERT_LT(0, add(self->fd, self->e, self->nh[0], 5, 0, &a));
	ASSERT_LT(0, add(self->fd, self->e, self->nh[1], 4, 0, &b));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.0.0.0/8", self->nh[2], &change));
	EXPECT_EQ(0, dev_delete_key(self->fd, self->e, "10.0.0.0/8", self->nh[0], &change));
	EXPECT_EQ(0, change);
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.0.0.0/8", self->nh[0], &change));
	/* no neighbour: the first there is */
	EXPECT_EQ(0, dev_delete_key(self->fd, self->e, "10.7.7.7/8", 0, &change));
	EXPECT_EQ(RTM_RC_BEST, change);
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.0.0.0/8", 0, &change));
	/* keys consume no handle */
	EXPECT_EQ(-ESTALE, dev_delete_route(self->fd, self->e, a, &change));
	EXPECT_EQ(0, dev_release(self->fd, self->e, a));
	EXPECT_EQ(0, dev_release(self->fd, self->e, b));
}

/* Deleted, and kept by a reference: it can be read and nothing else. */
TEST_F(route, deleted_but_referenced)
{
	struct rtm_get_route_info info;
	__u64 a, b, hops[2];
	__u32 views = 77;

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ROUTE, &a, 1));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, a, NULL));

	EXPECT_EQ(0, dev_route_info(self->fd, self->e, a, hops, 2, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.attrs.state);
	EXPECT_EQ(5, info.attrs.metric);
	EXPECT_EQ(1, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh[0], hops[0]);
	EXPECT_TRUE(prefix_is(&info.prefix, "10.0.0.0/8"));
	release_route_info(self->fd, &info);
	EXPECT_EQ(0, dev_is_best(self->fd, self->e, a, &views));
	EXPECT_EQ(0, views);
	EXPECT_EQ(-ESTALE, update(self->fd, self->e, a, "10.0.0.0/8", 6));
	EXPECT_EQ(-ESTALE, dev_delete_route(self->fd, self->e, a, NULL));
	/* the same key again is another route, of the same destination */
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &b));
	EXPECT_NE(a, b);
	EXPECT_TRUE(counts_are(self->fd, 2, 1, 8));
	EXPECT_EQ(0, dev_release(self->fd, self->e, a));
	EXPECT_EQ(-EBADF, dev_route_info(self->fd, self->e, a, hops, 2, &info));
	EXPECT_TRUE(counts_are(self->fd, 1, 1, 7));
}

/* A reader keeps the best route it was told of, whatever the owner does. */
TEST_F(route, kept_by_a_reader)
{
	struct rtm_dest_view views[RTM_N_VIEWS];
	struct rtm_get_route_info info;
	struct rtm_get_dest query;
	__u64 a, route, fixed[3], hops[2];

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh[0], 5, &a));
	dest_arg(&query, self->other, RTM_PROTO_BEST, RTM_V_UCAST, views, 1);
	query.prefix = prefix("10.0.0.0/8");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &query));
	route = views[0].route;
	EXPECT_EQ(0, dev_reference(self->fd, self->other, RTM_HANDLE_ROUTE, &route, 1));
	fixed[0] = query.dest;
	fixed[1] = views[0].route;
	fixed[2] = views[0].owner;
	EXPECT_EQ(0, dev_release_n(self->fd, self->other, RTM_HANDLE_ANY, fixed, 3, NULL));
	EXPECT_EQ(0, dev_delete_route(self->fd, self->e, a, NULL));
	EXPECT_EQ(0, dev_route_info(self->fd, self->other, route, hops, 2, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.attrs.state);
	EXPECT_EQ(3, release_route_info(self->fd, &info));
	EXPECT_EQ(0, dev_release(self->fd, self->other, route));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->other, route));
	EXPECT_EQ(-EBADF, dev_route_info(self->fd, self->other, route, hops, 2, &info));
}

TEST_HARNESS_MAIN
