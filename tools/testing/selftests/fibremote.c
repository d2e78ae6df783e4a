// SPDX-License-Identifier: GPL-2.0-only
/*
 * Remote next hops: what they resolve to in the kernel FIB.
 *
 * How this file works: each test runs for IPv4 and for IPv6, with two interfaces.  OSPF
 * has the ways to the remote addresses, BGP the routes that need them, as on a router
 * with an interior protocol.  A test changes routes, waits for the barrier and compares
 * a prefix of the main table with a pattern: the barrier has to cover what follows from
 * a change, too.
 */
#include <pthread.h>

#include "rtm_edit_test.h"
#include "rtm_fib_test.h"
#include "rtm_notify_test.h"

#define N_MANY	500

FIXTURE(remote) {
	struct env env;
	int fd;
	__u64 ospf;
	__u64 bgp;
	__u32 dev[2];
	__u64 local[3];
	__u64 any[2];
	__u64 far[2];
};

/*
 * @near: gateways, the first two on dummy0, the third on dummy1
 * @far: addresses on no link
 * @cover: networks with @far in them, each within the one before; the last has only the
 *	first of them
 * @inside: an address within @dest, and one within @other
 * @many: format of prefixes
 */
FIXTURE_VARIANT(remote) {
	int family;
	const char *dest;
	const char *other;
	const char *near[3];
	const char *far[2];
	const char *inside[2];
	const char *cover[3];
	const char *root;
	const char *any;
	const char *many;
};

FIXTURE_VARIANT_ADD(remote, ipv4) {
	.family = AF_INET,
	.dest = "10.0.0.0/8",
	.other = "172.16.0.0/12",
	.near = { "192.0.2.2", "192.0.2.3", "198.51.100.2" },
	.far = { "203.0.113.129", "203.0.113.130" },
	.inside = { "10.0.0.1", "172.16.0.1" },
	.cover = { "203.0.113.0/24", "203.0.113.128/25", "203.0.113.129/32" },
	.root = "0.0.0.0/0",
	.any = "0.0.0.0",
	.many = "10.%u.%u.0/24",
};

FIXTURE_VARIANT_ADD(remote, ipv6) {
	.family = AF_INET6,
	.dest = "2001:db8:100::/48",
	.other = "2001:db8:200::/48",
	.near = { "2001:db8::2", "2001:db8::3", "2001:db8:1::2" },
	.far = { "2001:db8:f:1::1", "2001:db8:f:1::2" },
	.inside = { "2001:db8:100::1", "2001:db8:200::1" },
	.cover = { "2001:db8:f::/48", "2001:db8:f:1::/64", "2001:db8:f:1::1/128" },
	.root = "::/0",
	.any = "::",
	.many = "2001:db8:1%02x:%x::/64",
};

FIXTURE_SETUP(remote)
{
	int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	net_setup(_metadata);
	self->dev[0] = if_nametoindex("dummy0");
	self->dev[1] = if_nametoindex("dummy1");
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_OSPF, 1, 0, &self->ospf));
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_BGP, 1, 0, &self->bgp));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, variant->near[i],
					     self->dev[i / 2], &self->local[i]));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, variant->any, self->dev[i],
					     &self->any[i]));
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->far[i], 0,
					     &self->far[i]));
	}
}

FIXTURE_TEARDOWN(remote)
{
	env_clean(_metadata, &self->env);
	EXPECT_EQ(0, fib_count(variant->family, NULL));
}

#define SYNC()	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL))

static void add(struct __test_metadata *_metadata, int fd, __u64 entity, const char *dest,
		const __u64 *hops, __u32 n, __u16 flags)
{
	struct rtm_add_route arg;

	route_arg(&arg, entity, dest, hops, n);
	arg.attrs.flags = flags;
	ASSERT_EQ(0, dev_add_route(fd, &arg));
}

/* OSPF knows a way, through one of its next hops. */
#define WAY(dest, hop)	add(_metadata, self->fd, self->ospf, dest, &(hop), 1, 0)
#define NO_WAY(dest)	ASSERT_EQ(0, dev_delete_key(self->fd, self->ospf, dest, 0, NULL))

/* BGP has a route through the remote ones from the first to the Nth. */
#define BGP(dest, n)	add(_metadata, self->fd, self->bgp, dest, self->far, n, 0)

/* The line of the destination through one gateway on a link. */
static const char *through(const char *dest, const char *gw, int dev)
{
	static char line[256];

	snprintf(line, sizeof(line), "%s via %s dev dummy%d proto 212 metric 10", dest, gw, dev);
	return line;
}

static __u32 state(struct __test_metadata *_metadata, FIXTURE_DATA(remote) *self, const char *dest)
{
	struct rtm_dest_rec rec;

	ASSERT_TRUE(dev_dest_rec(self->fd, dest, &rec));
	return rec.fib_state;
}

#define UNRESOLVED(dest) do {						\
	EXPECT_TRUE(fib_is(dest, ""));					\
	EXPECT_EQ(RTM_FIB_UNRESOLVED, state(_metadata, self, dest));	\
} while (0)

static int set_flags(FIXTURE_DATA(remote) *self, __u64 entity, const char *addr, __u32 dev,
		     __u16 flags)
{
	struct rtm_nexthop_req req;

	nexthop_arg(&req, entity, addr, dev);
	req.attrs.flags = flags;
	req.flags = RTM_REQ_NO_HANDLE;
	return dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &req);
}

/*
 * What an address resolves to
 */

TEST_F(remote, nothing_covers_it)
{
	struct rtm_fib_sync sync;

	BGP(variant->dest, 1);
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(1, sync.unresolved);
	EXPECT_EQ(0, sync.installed | sync.failed | sync.conflict);
	UNRESOLVED(variant->dest);
}

TEST_F(remote, through_the_gateway_of_what_covers_it)
{
	WAY(variant->cover[0], self->local[0]);
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[0], 0)));
	EXPECT_EQ(RTM_FIB_INSTALLED, state(_metadata, self, variant->dest));
}

/* What covers it is on a link: the address itself is the gateway. */
TEST_F(remote, through_itself_on_a_link)
{
	WAY(variant->cover[0], self->any[1]);
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->far[0], 1)));
}

TEST_F(remote, through_the_default_route)
{
	WAY(variant->root, self->local[2]);
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
}

/* An interface does not make a next hop local that says it is remote. */
TEST_F(remote, flag)
{
	__u64 hop;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->far[0], self->dev[0], &hop));
	ASSERT_EQ(0, set_flags(self, self->bgp, variant->far[0], self->dev[0], RTM_NHF_REMOTE));
	WAY(variant->cover[0], self->local[2]);
	add(_metadata, self->fd, self->bgp, variant->dest, &hop, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
}

/* How often TEXT stands in the line of the destination. */
static int times(const char *dest, const char *text)
{
	const char *at = fib(dest);
	int n = 0;

	while ((at = strstr(at, text))) {
		at++;
		n++;
	}
	return n;
}

TEST_F(remote, every_way_once)
{
	/* three ways to the one, two of them also to the other */
	add(_metadata, self->fd, self->ospf, variant->cover[0], self->local, 2, 0);
	add(_metadata, self->fd, self->ospf, variant->cover[2], self->local, 3, 0);
	BGP(variant->dest, 2);
	SYNC();
	EXPECT_EQ(3, times(variant->dest, "via "));
	EXPECT_EQ(1, times(variant->dest, variant->near[0]));
	EXPECT_EQ(1, times(variant->dest, variant->near[1]));
	EXPECT_EQ(1, times(variant->dest, variant->near[2]));
	NO_WAY(variant->cover[2]);
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->near[2]));
}

/* One of two addresses can be reached. */
TEST_F(remote, part_of_them)
{
	WAY(variant->cover[2], self->local[0]);
	BGP(variant->dest, 2);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[0], 0)));
}

TEST_F(remote, beside_local_ones)
{
	__u64 hops[2] = { self->far[0] };

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->near[2], self->dev[1],
				     &hops[1]));
	add(_metadata, self->fd, self->bgp, variant->dest, hops, 2, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	WAY(variant->cover[0], self->local[0]);
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(1, times(variant->dest, variant->near[0]));
}

/* Preferred source and MTU are the route's own. */
TEST_F(remote, mtu_stays)
{
	struct rtm_add_route arg;

	WAY(variant->cover[0], self->local[0]);
	BGP(variant->other, 1);
	route_arg(&arg, self->bgp, variant->dest, self->far, 1);
	arg.attrs.mtu = 1380;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_EQ(1, times(variant->dest, "mtu 1380"));
	EXPECT_EQ(1, times(variant->dest, variant->near[0]));
	EXPECT_EQ(0, times(variant->other, "mtu"));
}

/* What covers an address refuses packets: that is no way to it. */
TEST_F(remote, refused)
{
	WAY(variant->root, self->local[0]);
	add(_metadata, self->fd, self->ospf, variant->cover[0], NULL, 0, RTM_RF_BLACKHOLE);
	BGP(variant->dest, 1);
	SYNC();
	UNRESOLVED(variant->dest);
	add(_metadata, self->fd, self->ospf, variant->cover[0], self->local, 1, RTM_RF_MARTIAN);
	SYNC();
	UNRESOLVED(variant->dest);
	NO_WAY(variant->cover[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[0], 0)));
}

/*
 * Remote by remote
 */

/* A route whose next hop is within the other's destination. */
static void chain(struct __test_metadata *_metadata, FIXTURE_DATA(remote) *self,
		  const FIXTURE_VARIANT(remote) *variant)
{
	__u64 hop;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->inside[0], 0, &hop));
	add(_metadata, self->fd, self->bgp, variant->other, &hop, 1, 0);
}

TEST_F(remote, chain)
{
	chain(_metadata, self, variant);
	BGP(variant->dest, 1);
	SYNC();
	UNRESOLVED(variant->dest);
	UNRESOLVED(variant->other);
	/* what is far away changes, and both follow */
	WAY(variant->cover[0], self->local[1]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[1], 0)));
	EXPECT_TRUE(fib_is(variant->other, through(variant->other, variant->near[1], 0)));
	WAY(variant->cover[2], self->local[2]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->other, through(variant->other, variant->near[2], 1)));
	/* the middle goes */
	ASSERT_EQ(0, dev_delete_key(self->fd, self->bgp, variant->dest, 0, NULL));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	UNRESOLVED(variant->other);
}

/* The barrier covers all who follow, also who follows somebody who follows. */
TEST_F(remote, barrier_covers_a_chain)
{
	int i, gw;

	chain(_metadata, self, variant);
	BGP(variant->dest, 1);
	for (i = 0; i < 50; i++) {
		gw = i % 3;
		WAY(variant->cover[0], self->local[gw]);
		if (i % 7 == 3)
			BGP(variant->dest, 1);
		SYNC();
		EXPECT_TRUE(fib_is(variant->dest,
				   through(variant->dest, variant->near[gw], gw / 2)));
		EXPECT_TRUE(fib_is(variant->other,
				   through(variant->other, variant->near[gw], gw / 2)));
	}
}

/* Each goes through the other. */
TEST_F(remote, circle)
{
	__u64 hop;

	chain(_metadata, self, variant);
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->inside[1], 0, &hop));
	add(_metadata, self->fd, self->bgp, variant->dest, &hop, 1, 0);
	SYNC();
	UNRESOLVED(variant->dest);
	UNRESOLVED(variant->other);
	/* a way out of it */
	BGP(variant->dest, 1);
	WAY(variant->cover[0], self->local[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->other, through(variant->other, variant->near[0], 0)));
	/* and into it again */
	add(_metadata, self->fd, self->bgp, variant->dest, &hop, 1, 0);
	SYNC();
	UNRESOLVED(variant->dest);
	UNRESOLVED(variant->other);
}

/*
 * Sixteen ways, each of which leads to all of them again: as many steps as there are
 * addresses, and not as many as there are paths.
 */
TEST_F(remote, circles_of_circles)
{
	enum { N_HOPS = 16 };
	struct rtm_net_prefix p = prefix(variant->inside[0]);
	__u64 hops[N_HOPS];
	char text[64];
	int i;

	for (i = 0; i < N_HOPS; i++) {
		p.addr[variant->family == AF_INET ? 3 : 15] = i + 1;
		inet_ntop(variant->family, p.addr, text, sizeof(text));
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, text, 0, &hops[i]));
	}
	add(_metadata, self->fd, self->bgp, variant->dest, hops, N_HOPS, 0);
	add(_metadata, self->fd, self->bgp, variant->other, hops, N_HOPS, 0);
	SYNC();
	UNRESOLVED(variant->dest);
	UNRESOLVED(variant->other);
	/* one of them has a way */
	inet_ntop(variant->family, p.addr, text, sizeof(text));
	strcat(text, variant->family == AF_INET ? "/32" : "/128");
	WAY(text, self->local[1]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[1], 0)));
	EXPECT_TRUE(fib_is(variant->other, through(variant->other, variant->near[1], 0)));
}

/* A destination with its own next hop in it resolves through what is less specific. */
TEST_F(remote, not_through_itself)
{
	BGP(variant->cover[1], 1);
	SYNC();
	UNRESOLVED(variant->cover[1]);
	WAY(variant->cover[0], self->local[2]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->cover[1], through(variant->cover[1], variant->near[2], 1)));
	/* what is more specific comes first all the same */
	WAY(variant->cover[2], self->local[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->cover[1], through(variant->cover[1], variant->near[0], 0)));
	NO_WAY(variant->cover[2]);
	NO_WAY(variant->cover[0]);
	SYNC();
	UNRESOLVED(variant->cover[1]);
}

TEST_F(remote, default_route_with_nothing_else)
{
	BGP(variant->root, 1);
	SYNC();
	UNRESOLVED(variant->root);
	WAY(variant->cover[0], self->local[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->root, through(variant->root, variant->near[0], 0)));
}

/*
 * What changes
 */

TEST_F(remote, follows)
{
	BGP(variant->dest, 1);
	SYNC();
	UNRESOLVED(variant->dest);
	/* a way appears, a more specific one, a yet more specific one, and they go */
	WAY(variant->cover[0], self->local[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[0], 0)));
	WAY(variant->cover[1], self->local[1]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[1], 0)));
	WAY(variant->cover[2], self->local[2]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	NO_WAY(variant->cover[2]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[1], 0)));
	/* one that does not matter */
	NO_WAY(variant->cover[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[1], 0)));
	/* the same way, another next hop */
	WAY(variant->cover[1], self->local[2]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	NO_WAY(variant->cover[1]);
	SYNC();
	UNRESOLVED(variant->dest);
}

/* A better route to what covers the address, and the next best one when it goes. */
TEST_F(remote, follows_the_best_route)
{
	__u64 hop;

	WAY(variant->cover[0], self->local[0]);
	BGP(variant->dest, 1);
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->near[2], self->dev[1], &hop));
	add(_metadata, self->fd, self->bgp, variant->cover[0], &hop, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	ASSERT_EQ(0, dev_delete_key(self->fd, self->bgp, variant->cover[0], 0, NULL));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[0], 0)));
}

/* Next hops change under the routes that use them, directly and by way of others. */
TEST_F(remote, follows_next_hops)
{
	add(_metadata, self->fd, self->ospf, variant->cover[0], self->local, 3, 0);
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_EQ(3, times(variant->dest, "via "));
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[1], self->dev[0], RTM_NHF_DOWN));
	SYNC();
	EXPECT_EQ(2, times(variant->cover[0], "via "));
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->near[1]));
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[1], self->dev[0], 0));
	SYNC();
	EXPECT_EQ(3, times(variant->cover[0], "via "));
	EXPECT_EQ(3, times(variant->dest, "via "));
	/* remote, and not any more */
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[0], self->dev[0], RTM_NHF_REMOTE));
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->near[0]));
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[0], self->dev[0], 0));
	SYNC();
	EXPECT_EQ(3, times(variant->dest, "via "));
}

/* From remote to local and back, by another route or by the flag alone. */
TEST_F(remote, local_again)
{
	__u64 hop;

	WAY(variant->cover[0], self->local[0]);
	BGP(variant->dest, 1);
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->near[2], self->dev[1], &hop));
	add(_metadata, self->fd, self->bgp, variant->dest, &hop, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	/* it does not follow any more */
	NO_WAY(variant->cover[0]);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
	ASSERT_EQ(0, set_flags(self, self->bgp, variant->near[2], self->dev[1], RTM_NHF_REMOTE));
	SYNC();
	UNRESOLVED(variant->dest);
	ASSERT_EQ(0, set_flags(self, self->bgp, variant->near[2], self->dev[1], 0));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->near[2], 1)));
}

static const char *many(const FIXTURE_VARIANT(remote) *variant, unsigned int i)
{
	static char text[64];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), variant->many, i >> 8, i & 0xff);
#pragma GCC diagnostic pop
	return text;
}

/* All that share a gateway follow, and nobody sends more than one message for each. */
TEST_F(remote, many_follow)
{
	struct rtm_get_stats before, after;
	unsigned int i;

	WAY(variant->cover[0], self->local[0]);
	for (i = 0; i < N_MANY; i++)
		BGP(many(variant, i), 1);
	SYNC();
	EXPECT_EQ(N_MANY + 1, fib_count(variant->family, variant->near[0]));
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	WAY(variant->cover[0], self->local[2]);
	SYNC();
	EXPECT_EQ(N_MANY + 1, fib_count(variant->family, variant->near[2]));
	ASSERT_EQ(0, dev_stats(self->fd, &after));
	EXPECT_GE(2 * (N_MANY + 1), after.fib_messages - before.fib_messages);
	/* another way to the same next hop is nothing new to any of them */
	WAY(variant->cover[1], self->local[2]);
	SYNC();
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	EXPECT_EQ(1, before.fib_messages - after.fib_messages);
	NO_WAY(variant->cover[1]);
	NO_WAY(variant->cover[0]);
	SYNC();
	EXPECT_EQ(0, fib_count(variant->family, NULL));
}

static int add_batch(int fd, __u64 entity, struct rtm_route_item *items, __u32 count)
{
	struct rtm_route_batch batch;

	arg_init(&batch);
	batch.flags = 0;
	batch.entity = entity;
	batch.items = ptr_u64(items);
	batch.count = count;
	batch.deadline = 0;
	return dev_call(fd, RTM_IOC_ADD_ROUTES, &batch);
}

/*
 * Both in one round of the FIB writer, which others keep busy meanwhile, and the way
 * last: the kernel takes a gateway only when it knows the link it is on.
 */
TEST_F(remote, way_comes_last)
{
	struct rtm_route_item *items = calloc(N_MANY + 2, sizeof(*items));
	struct rtm_fib_sync sync;
	unsigned int i, round;
	__u64 any;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->bgp, variant->any, self->dev[0], &any));
	for (i = 0; i < N_MANY + 2; i++) {
		items[i].dest = prefix(many(variant, i));
		items[i].attrs = route_attrs(NULL, 0);
		items[i].attrs.flags = RTM_RF_BLACKHOLE;
	}
	items[N_MANY].dest = prefix(variant->other);
	items[N_MANY].attrs = route_attrs(self->far, 1);
	items[N_MANY + 1].dest = prefix(variant->cover[0]);
	items[N_MANY + 1].attrs = route_attrs(&any, 1);
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, add_batch(self->fd, self->bgp, items, N_MANY + 2));
		ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
		EXPECT_EQ(0, sync.failed);
		EXPECT_EQ(N_MANY + 2, sync.installed);
		EXPECT_EQ(1, fib_count(variant->family, variant->far[0]));
		for (i = 0; i < N_MANY; i++)
			ASSERT_EQ(0, dev_delete_key(self->fd, self->bgp, many(variant, i), 0,
						    NULL));
		ASSERT_EQ(0, dev_delete_key(self->fd, self->bgp, variant->other, 0, NULL));
		ASSERT_EQ(0, dev_delete_key(self->fd, self->bgp, variant->cover[0], 0, NULL));
		SYNC();
	}
	free(items);
}

/* The owner of the way leaves: nothing of it stays behind in what resolved through it. */
TEST_F(remote, owner_of_the_way_leaves)
{
	struct rtm_get_stats s;

	WAY(variant->cover[0], self->any[0]);
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->far[0], 0)));
	ASSERT_EQ(0, dev_deregister(self->fd, self->ospf));
	SYNC();
	UNRESOLVED(variant->dest);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(1, s.entities);
	EXPECT_EQ(2, s.nexthops);
	EXPECT_EQ(1, s.dests);
}

/* Two entities share what an address resolves to; one of them leaves. */
TEST_F(remote, shared_by_two)
{
	struct rtm_get_stats s;
	__u64 rip, hop;

	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_RIP, 1, 0, &rip));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, rip, variant->far[0], 0, &hop));
	add(_metadata, self->fd, rip, variant->other, &hop, 1, 0);
	WAY(variant->cover[0], self->any[0]);
	SYNC();
	BGP(variant->dest, 1);
	SYNC();
	EXPECT_TRUE(fib_is(variant->other, through(variant->other, variant->far[0], 0)));
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->far[0], 0)));
	ASSERT_EQ(0, dev_deregister(self->fd, rip));
	SYNC();
	EXPECT_TRUE(fib_is(variant->other, ""));
	EXPECT_TRUE(fib_is(variant->dest, through(variant->dest, variant->far[0], 0)));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(2, s.entities);
}

/*
 * Who is told that a next hop leads somewhere else
 */

TEST_F(remote, listeners_of_next_hops)
{
	static struct changes c;
	__u64 forwarding, best, all;

	add(_metadata, self->fd, self->ospf, variant->cover[0], self->local, 1, 0);
	add(_metadata, self->fd, self->ospf, variant->cover[1], self->local + 1, 1, 0);
	ASSERT_EQ(0, dev_notify(self->fd, self->bgp, RTM_CT_FORWARDING, RTM_V_UCAST, &forwarding));
	ASSERT_EQ(0, dev_notify(self->fd, self->bgp, RTM_CT_BEST, RTM_V_UCAST, &best));
	ASSERT_EQ(0, dev_notify(self->fd, self->bgp, RTM_CT_ALL, RTM_V_UCAST, &all));
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[0], self->dev[0], RTM_NHF_REMOTE));
	ASSERT_EQ(0, dev_changes(self->fd, self->bgp, forwarding, RTM_V_UCAST, 4, &c));
	ASSERT_EQ(1, c.n);
	EXPECT_TRUE(prefix_is(&c.dest[0].prefix, variant->cover[0]));
	ASSERT_EQ(0, dev_changes(self->fd, self->bgp, best, RTM_V_UCAST, 4, &c));
	EXPECT_EQ(1, c.n);
	ASSERT_EQ(0, dev_changes(self->fd, self->bgp, all, RTM_V_UCAST, 4, &c));
	EXPECT_EQ(1, c.n);
	/* given what it had it did not change; nor does a private value count */
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[0], self->dev[0], RTM_NHF_REMOTE));
	ASSERT_EQ(0, dev_changes(self->fd, self->bgp, forwarding, RTM_V_UCAST, 4, &c));
	EXPECT_EQ(0, c.n);
}

/* While a user has the destination locked, the FIB follows and the listeners do not. */
TEST_F(remote, told_when_unlocked)
{
	static struct changes c;
	__u64 notify, dest;

	add(_metadata, self->fd, self->ospf, variant->cover[0], self->local, 1, 0);
	SYNC();
	ASSERT_EQ(0, dev_notify(self->fd, self->bgp, RTM_CT_FORWARDING, RTM_V_UCAST, &notify));
	dest = dev_dest(self->fd, self->ospf, variant->cover[0]);
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_lock(self->fd, self->ospf, dest, 0));
	ASSERT_EQ(0, set_flags(self, self->ospf, variant->near[0], self->dev[0], RTM_NHF_REMOTE));
	SYNC();
	UNRESOLVED(variant->cover[0]);
	ASSERT_EQ(0, dev_changes(self->fd, self->bgp, notify, RTM_V_UCAST, 4, &c));
	EXPECT_EQ(0, c.n);
	ASSERT_EQ(0, dev_unlock(self->fd, self->ospf, dest, 0));
	ASSERT_EQ(0, dev_release(self->fd, self->ospf, dest));
	ASSERT_TRUE(wait_until(!dev_changes(self->fd, self->bgp, notify, RTM_V_UCAST, 4, &c) &&
			       c.n));
	EXPECT_EQ(1, c.n);
}

/**
 * struct toggle - a thread that lets a next hop lead here and there
 * @self: the fixture
 * @addr: the next hop of OSPF, on dummy0
 * @dev: index of that
 * @failed: what went wrong, or 0
 * @stop: enough
 */
struct toggle {
	FIXTURE_DATA(remote) *self;
	const char *addr;
	__u32 dev;
	int failed;
	bool stop;
};

static void *toggle_all_the_time(void *arg)
{
	struct toggle *t = arg;
	unsigned int i = 0;
	int err;

	while (!__atomic_load_n(&t->stop, __ATOMIC_RELAXED)) {
		err = set_flags(t->self, t->self->ospf, t->addr, t->dev,
				i++ % 2 ? RTM_NHF_DOWN : 0);
		if (err)
			__atomic_store_n(&t->failed, err, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Routes that use it come and go meanwhile. */
TEST_F(remote, moves_while_routes_come)
{
	struct toggle t = {
		.self = self, .addr = variant->near[0], .dev = self->dev[0],
	};
	struct rtm_nexthop_req info;
	pthread_t threads[2];
	int i;

	add(_metadata, self->fd, self->ospf, variant->other, self->local, 2, 0);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, toggle_all_the_time, &t));
	for (i = 0; i < 500; i++) {
		WAY(variant->cover[i % 3], self->local[0]);
		NO_WAY(variant->cover[i % 3]);
	}
	__atomic_store_n(&t.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, t.failed);
	/* the last word is in the FIB */
	SYNC();
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->ospf, self->local[0], &info));
	ASSERT_EQ(0, dev_release(self->fd, self->ospf, info.attrs.owner));
	EXPECT_EQ(info.attrs.flags & RTM_NHF_DOWN ? 1 : 2, times(variant->other, "via "));
}

/* In a namespace of its own, which ends with it. */
static int leave_a_circle(const FIXTURE_VARIANT(remote) *variant)
{
	struct rtm_add_route route;
	struct rtm_nexthop_req req;
	__u64 entity, hop;
	int fd;

	if (unshare(CLONE_NEWNET) || link_set("lo", true) || link_add_dummy("dummy0") ||
	    link_set("dummy0", true) ||
	    address_add("dummy0", variant->family == AF_INET ? "192.0.2.1/24" : "2001:db8::1/64"))
		return 1;
	fd = dev_open(O_RDWR);
	if (dev_register(fd, variant->family, PROTO_RIP, 1, RTM_REQ_KEEP, &entity) ||
	    dev_add_nexthop(fd, entity, variant->near[0], if_nametoindex("dummy0"), &hop))
		return 2;
	route_arg(&route, entity, variant->dest, &hop, 1);
	if (dev_add_route(fd, &route) || dev_fib_sync(fd, NULL))
		return 3;
	nexthop_arg(&req, entity, variant->near[0], if_nametoindex("dummy0"));
	req.attrs.remote_dest = dev_dest(fd, entity, variant->dest);
	return dev_call(fd, RTM_IOC_ADD_NEXTHOP, &req) ? 4 : 0;
}

/*
 * The FIB keeps a next hop of a destination that the next hop names.  If that outlived
 * the namespace, the kernel would complain at the end of it.
 */
TEST_F(remote, namespace_ends_with_a_circle)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (!child)
		_exit(leave_a_circle(variant));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/* The end of an exclusive lock commits, with all that follows. */
TEST_F(remote, edited_in_place)
{
	struct rtm_unlock_nexthop unlock;

	WAY(variant->cover[0], self->local[2]);
	SYNC();
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->ospf, self->local[2], RTM_REQ_EXCLUSIVE));
	unlock_nexthop_arg(&unlock, self->ospf, self->local[2], RTM_REQ_EXCLUSIVE);
	unlock.commit = 1;
	unlock.nexthop_flags = RTM_NHF_REMOTE;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_UNLOCK_NEXTHOP, &unlock));
	SYNC();
	UNRESOLVED(variant->cover[0]);
}

TEST_HARNESS_MAIN
