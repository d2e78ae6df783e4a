// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a route to the kernel FIB, as rtnetlink shows it.
 *
 * How this file works: each test runs for IPv4 and for IPv6, with two interfaces and
 * two protocols.  It changes routes, waits for the barrier, and compares one prefix of
 * the main table with a pattern.  Routes of others are in fibforeign.c.
 */
#include <signal.h>
#include <sys/time.h>

#include "rtm_fib_test.h"

FIXTURE(fib) {
	struct env env;
	int fd;
	__u64 rip;
	__u64 ospf;
	__u32 dev[2];
	__u64 nh[3];
	__u64 ospf_nh;
};

FIXTURE_VARIANT(fib) {
	int family;
	const char *dest;
	const char *gw[3];
	const char *own;
	const char *any;
};

FIXTURE_VARIANT_ADD(fib, ipv4) {
	.family = AF_INET,
	.dest = "10.0.0.0/8",
	.gw = { "192.0.2.2", "192.0.2.3", "198.51.100.2" },
	.own = "192.0.2.1",
	.any = "0.0.0.0",
};

FIXTURE_VARIANT_ADD(fib, ipv6) {
	.family = AF_INET6,
	.dest = "2001:db8:100::/48",
	.gw = { "2001:db8::2", "2001:db8::3", "2001:db8:1::2" },
	.own = "2001:db8::1",
	.any = "::",
};

FIXTURE_SETUP(fib)
{
	int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	net_setup(_metadata);
	self->dev[0] = if_nametoindex("dummy0");
	self->dev[1] = if_nametoindex("dummy1");
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_RIP, 1, 0, &self->rip));
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_OSPF, 1, 0, &self->ospf));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->gw[i],
					     self->dev[i / 2], &self->nh[i]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, variant->gw[2], self->dev[1],
				     &self->ospf_nh));
}

FIXTURE_TEARDOWN(fib)
{
	env_clean(_metadata, &self->env);
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

#define SYNC()	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL))

/* The line of a route through one gateway. */
static const char *through(const FIXTURE_VARIANT(fib) *variant, int gw)
{
	static char line[256];

	snprintf(line, sizeof(line), "%s via %s dev dummy%d proto 212 metric 10",
		 variant->dest, variant->gw[gw], gw / 2);
	return line;
}

static __u64 add(struct __test_metadata *_metadata, FIXTURE_DATA(fib) *self,
		 const FIXTURE_VARIANT(fib) *variant, const __u64 *hops, __u32 n, __u16 flags)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->rip, variant->dest, hops, n);
	arg.attrs.flags = flags;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	return arg.route;
}

static __u32 state(struct __test_metadata *_metadata, FIXTURE_DATA(fib) *self, const char *dest)
{
	struct rtm_dest_rec rec;

	ASSERT_TRUE(dev_dest_rec(self->fd, dest, &rec));
	return rec.fib_state;
}

TEST_F(fib, add_and_delete)
{
	struct rtm_fib_sync sync;
	struct rtm_get_stats s;
	__u64 route;

	EXPECT_TRUE(fib_is(variant->dest, ""));
	route = add(_metadata, self, variant, self->nh, 1, 0);
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(1, sync.installed);
	EXPECT_EQ(0, sync.failed | sync.conflict | sync.unresolved);
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	EXPECT_EQ(RTM_FIB_INSTALLED, state(_metadata, self, variant->dest));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(1, s.fib_wanted);
	EXPECT_EQ(1, s.fib_installed);
	EXPECT_LT(0, s.fib_messages);
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, route, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(0, sync.installed);
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

TEST_F(fib, better_takes_over)
{
	__u64 route;

	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	ASSERT_EQ(0, dev_route(self->fd, self->ospf, variant->dest, self->ospf_nh, 1, &route));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 2)));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->ospf, route, NULL));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	/* one that is worse changes nothing there */
	ASSERT_EQ(0, dev_delete_key(self->fd, self->rip, variant->dest, 0, NULL));
	ASSERT_EQ(0, dev_route(self->fd, self->ospf, variant->dest, self->ospf_nh, 1, &route));
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 2)));
}

/*
 * Without a gap
 */

/* How many announcements of that kind there were about routes of ours. */
static int announced(int fd, int type, bool *replaced)
{
	char buf[16384];
	int count = 0;
	ssize_t n;

	*replaced = true;
	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		struct nlmsghdr *h = (void *)buf;

		for (; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
			struct rtmsg *rtm = NLMSG_DATA(h);

			if (h->nlmsg_type != type || rtm->rtm_protocol != 212)
				continue;
			count++;
			*replaced &= !!(h->nlmsg_flags & NLM_F_REPLACE);
		}
	}
	return count;
}

TEST_F(fib, no_gap)
{
	int fd = nl_open(RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE);
	bool replaced;
	__u64 route;
	int i;

	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_EQ(1, announced(fd, RTM_NEWROUTE, &replaced));
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, dev_route(self->fd, self->ospf, variant->dest, self->ospf_nh, 1,
				       &route));
		SYNC();
		EXPECT_EQ(1, announced(fd, RTM_NEWROUTE, &replaced));
		EXPECT_TRUE(replaced);
		ASSERT_EQ(0, dev_delete_route(self->fd, self->ospf, route, NULL));
		add(_metadata, self, variant, self->nh + i % 2, 1, 0);
		SYNC();
		EXPECT_EQ(0, announced(fd, RTM_DELROUTE, &replaced));
	}
	close(fd);
}

/*
 * What becomes of a route
 */

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

TEST_F(fib, multipath)
{
	__u64 all[3] = { self->nh[0], self->nh[1], self->nh[2] };

	add(_metadata, self, variant, all, 3, 0);
	SYNC();
	EXPECT_EQ(3, times(variant->dest, "via "));
	EXPECT_EQ(1, times(variant->dest, "metric 10"));
	EXPECT_EQ(2, times(variant->dest, "dev dummy0"));
	EXPECT_EQ(1, times(variant->dest, "dev dummy1"));
	/* fewer, the others of them, one, all again, none */
	add(_metadata, self, variant, all + 1, 2, 0);
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->gw[0]));
	add(_metadata, self, variant, all, 2, 0);
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->gw[2]));
	add(_metadata, self, variant, all, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	add(_metadata, self, variant, all, 3, 0);
	SYNC();
	EXPECT_EQ(3, times(variant->dest, "via "));
	add(_metadata, self, variant, all, 0, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	EXPECT_EQ(RTM_FIB_NONE, state(_metadata, self, variant->dest));
}

TEST_F(fib, refusing_routes)
{
	char pattern[128];

	add(_metadata, self, variant, self->nh, 1, RTM_RF_BLACKHOLE);
	SYNC();
	snprintf(pattern, sizeof(pattern), "blackhole %s proto 212 metric 10", variant->dest);
	EXPECT_TRUE(fib_is(variant->dest, pattern));
	EXPECT_EQ(RTM_FIB_INSTALLED, state(_metadata, self, variant->dest));
	/* the next hops do not matter, if there are any */
	add(_metadata, self, variant, NULL, 0, RTM_RF_DISCARD);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, pattern));
	add(_metadata, self, variant, self->nh, 2, RTM_RF_MARTIAN);
	SYNC();
	snprintf(pattern, sizeof(pattern), "prohibit %s proto 212 metric 10", variant->dest);
	EXPECT_TRUE(fib_is(variant->dest, pattern));
	/* and back */
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
}

TEST_F(fib, flags_that_do_not_forward)
{
	static const __u16 none[] = {
		RTM_RF_INACTIVE, RTM_RF_MYSELF, RTM_RF_LOOPBACK, RTM_RF_LOCAL_MCAST,
		RTM_RF_LIMITED_BC, RTM_RF_ZEROS_NETBC, RTM_RF_ZEROS_SUBNETBC, RTM_RF_ONES_NETBC,
		RTM_RF_ONES_SUBNETBC, RTM_RF_INACTIVE | RTM_RF_BLACKHOLE,
	};
	static const __u16 same[] = { RTM_RF_LOCAL, RTM_RF_REMOTE, RTM_RF_MCAST };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		add(_metadata, self, variant, self->nh, 1, none[i]);
		SYNC();
		EXPECT_TRUE(fib_is(variant->dest, ""))
			TH_LOG("flags %#x", none[i]);
		EXPECT_EQ(RTM_FIB_NONE, state(_metadata, self, variant->dest));
	}
	for (i = 0; i < ARRAY_SIZE(same); i++) {
		add(_metadata, self, variant, self->nh, 1, same[i]);
		SYNC();
		EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)))
			TH_LOG("flags %#x", same[i]);
	}
}

/* The best route does not forward: the second best is no substitute for it. */
TEST_F(fib, best_does_not_forward)
{
	struct rtm_add_route arg;

	add(_metadata, self, variant, self->nh, 1, 0);
	route_arg(&arg, self->ospf, variant->dest, &self->ospf_nh, 1);
	arg.attrs.flags = RTM_RF_INACTIVE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	arg.attrs.flags = 0;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 2)));
}

TEST_F(fib, on_link)
{
	char pattern[128];
	__u64 own, any;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->own, self->dev[0], &own));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->any, self->dev[1], &any));
	add(_metadata, self, variant, &own, 1, 0);
	SYNC();
	snprintf(pattern, sizeof(pattern), "%s dev dummy0 proto 212%s metric 10", variant->dest,
		 variant->family == AF_INET ? " scope link" : "");
	EXPECT_TRUE(fib_is(variant->dest, pattern));
	add(_metadata, self, variant, &any, 1, 0);
	SYNC();
	snprintf(pattern, sizeof(pattern), "%s dev dummy1 proto 212*metric 10", variant->dest);
	EXPECT_TRUE(fib_is(variant->dest, pattern));
}

TEST_F(fib, remote_next_hops)
{
	struct rtm_nexthop_req req;
	struct rtm_fib_sync sync;
	__u64 hops[3];

	/* without an interface, and one that says so */
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->gw[0], 0, &hops[0]));
	nexthop_arg(&req, self->rip, variant->gw[2], self->dev[0]);
	req.attrs.flags = RTM_NHF_REMOTE;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &req));
	hops[1] = req.nexthop;
	hops[2] = self->nh[0];
	add(_metadata, self, variant, hops, 2, 0);
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(1, sync.unresolved);
	EXPECT_EQ(0, sync.installed);
	EXPECT_EQ(RTM_FIB_UNRESOLVED, state(_metadata, self, variant->dest));
	EXPECT_TRUE(fib_is(variant->dest, ""));
	/* of a mixture the others are used */
	add(_metadata, self, variant, hops, 3, 0);
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(0, sync.unresolved);
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	/* and back to nothing */
	add(_metadata, self, variant, hops, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

TEST_F(fib, next_hop_down)
{
	struct rtm_nexthop_req req;

	nexthop_arg(&req, self->rip, variant->gw[0], self->dev[0]);
	req.attrs.flags = RTM_NHF_DOWN;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &req));
	add(_metadata, self, variant, self->nh, 3, 0);
	SYNC();
	EXPECT_EQ(2, times(variant->dest, "via "));
	EXPECT_EQ(0, times(variant->dest, variant->gw[0]));
	/* with nothing else to choose from, it is better than none */
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
}

TEST_F(fib, mtu_and_source)
{
	struct rtm_add_route arg;
	char text[64];

	route_arg(&arg, self->rip, variant->dest, self->nh, 1);
	arg.attrs.mtu = 1380;
	inet_pton(variant->family, variant->own, arg.attrs.src);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_EQ(1, times(variant->dest, "mtu 1380"));
	snprintf(text, sizeof(text), "src %s", variant->own);
	EXPECT_EQ(1, times(variant->dest, text));
	/* each of them alone is a change */
	arg.attrs.mtu = 1400;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_EQ(1, times(variant->dest, "mtu 1400"));
	memset(arg.attrs.src, 0, sizeof(arg.attrs.src));
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_EQ(0, times(variant->dest, "src"));
	arg.attrs.mtu = 0;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
}

TEST_F(fib, multicast_view)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->rip, variant->dest, self->nh, 1);
	arg.attrs.views = RTM_V_MCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	EXPECT_EQ(RTM_FIB_NONE, state(_metadata, self, variant->dest));
	arg.attrs.views = RTM_V_SUPPORTED;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	arg.attrs.views = 0;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

/* Instances other than 0 are mapped to no table. */
TEST_F(fib, other_instance)
{
	struct rtm_get_stats s;
	struct rtm_dest_rec rec;
	__u64 entity, nh, route;

	ASSERT_EQ(0, dev_register_in(self->fd, 1, variant->family, PROTO_RIP, 1, 0, &entity));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, entity, variant->gw[0], self->dev[0], &nh));
	ASSERT_EQ(0, dev_route(self->fd, entity, variant->dest, nh, 1, &route));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	ASSERT_TRUE(dev_dest_rec_in(self->fd, 1, variant->dest, &rec));
	EXPECT_EQ(RTM_FIB_NONE, rec.fib_state);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.fib_wanted);
}

/*
 * What the kernel refuses
 */

TEST_F(fib, refused)
{
	struct rtm_fib_sync sync;
	struct rtm_dest_rec rec;
	struct rtm_get_stats s;
	struct rtm_add_route arg;
	__u64 nowhere;

	/* the call succeeds; the destination says what became of it */
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->gw[0], 4242, &nowhere));
	add(_metadata, self, variant, &nowhere, 1, 0);
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(1, sync.failed);
	EXPECT_EQ(0, sync.installed);
	ASSERT_TRUE(dev_dest_rec(self->fd, variant->dest, &rec));
	EXPECT_EQ(RTM_FIB_FAILED, rec.fib_state);
	EXPECT_NE(0, rec.fib_errno);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(1, s.fib_failed);
	EXPECT_EQ(1, s.fib_wanted);

	/* a source address that is not ours: the kernel has words for it */
	route_arg(&arg, self->rip, variant->dest, self->nh, 1);
	inet_pton(variant->family, variant->gw[2], arg.attrs.src);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	SYNC();
	ASSERT_TRUE(dev_dest_rec(self->fd, variant->dest, &rec));
	EXPECT_EQ(RTM_FIB_FAILED, rec.fib_state);
	EXPECT_EQ(EINVAL, rec.fib_errno);
	EXPECT_NE(NULL, strstr(rec.fib_text, "nvalid"));
	EXPECT_TRUE(fib_is(variant->dest, ""));

	/* a good one makes up for it */
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	ASSERT_TRUE(dev_dest_rec(self->fd, variant->dest, &rec));
	EXPECT_EQ(RTM_FIB_INSTALLED, rec.fib_state);
	EXPECT_EQ(0, rec.fib_errno);
	EXPECT_STREQ("", rec.fib_text);
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
}

/* A change that is refused leaves nothing of what was there before it. */
TEST_F(fib, change_refused)
{
	__u64 nowhere;

	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, variant->gw[0], 4242, &nowhere));
	add(_metadata, self, variant, &nowhere, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_will_be(variant->dest, ""));
	EXPECT_EQ(RTM_FIB_FAILED, state(_metadata, self, variant->dest));
}

/* What failed is tried again when the link it needs is there. */
TEST_F(fib, link_comes_up)
{
	ASSERT_EQ(0, link_set("dummy0", false));
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_EQ(RTM_FIB_FAILED, state(_metadata, self, variant->dest));
	ASSERT_EQ(0, link_set("dummy0", true));
	/* IPv6 addresses have gone with the link */
	if (variant->family == AF_INET6)
		ASSERT_EQ(0, address_add("dummy0", "2001:db8::1/64"));
	EXPECT_TRUE(fib_will_be(variant->dest, through(variant, 0)));
	EXPECT_TRUE(wait_until(state(_metadata, self, variant->dest) == RTM_FIB_INSTALLED));
}

/*
 * Ends
 */

TEST_F(fib, deregister_withdraws)
{
	__u64 route;

	add(_metadata, self, variant, self->nh, 1, 0);
	ASSERT_EQ(0, dev_route(self->fd, self->ospf, variant->dest, self->ospf_nh, 1, &route));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 2)));
	ASSERT_EQ(0, dev_deregister(self->fd, self->ospf));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	ASSERT_EQ(0, dev_deregister(self->fd, self->rip));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

TEST_F(fib, close_withdraws)
{
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	close(self->fd);
	self->env.fd = -1;
	expect_clean(_metadata, self->env.watch, 1);
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

static void in_child(FIXTURE_DATA(fib) *self, const FIXTURE_VARIANT(fib) *variant, __u32 flags)
{
	__u64 entity, nh, route;
	int fd = dev_open(O_RDWR);

	if (dev_register(fd, variant->family, PROTO_STATIC, 1, flags, &entity) ||
	    dev_add_nexthop(fd, entity, variant->gw[1], self->dev[0], &nh) ||
	    dev_route(fd, entity, variant->dest, nh, 1, &route) || dev_fib_sync(fd, NULL))
		_exit(1);
	raise(SIGKILL);
}

TEST_F(fib, killed)
{
	pid_t child;
	int status;

	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		in_child(self, variant, 0);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(fib_will_be(variant->dest, through(variant, 0)));
}

/* Kept routes go on forwarding, until the name is claimed and given up. */
TEST_F(fib, kept)
{
	pid_t child;
	__u64 entity;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		in_child(self, variant, RTM_REQ_KEEP);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 1)));
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_STATIC, 1, 0, &entity));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 1)));
	ASSERT_EQ(0, dev_deregister(self->fd, entity));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
}

/* Who holds a lock and sleeps cannot keep a dead one's route in the kernel. */
TEST_F(fib, dead_route_of_a_locked_destination)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, nh, route, dest;

	add(_metadata, self, variant, self->nh, 1, 0);
	ASSERT_EQ(0, dev_register(fd, variant->family, PROTO_STATIC, 1, 0, &entity));
	ASSERT_EQ(0, dev_add_nexthop(fd, entity, variant->gw[1], self->dev[0], &nh));
	ASSERT_EQ(0, dev_route(fd, entity, variant->dest, nh, 1, &route));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 1)));
	dest = dev_dest(self->fd, self->rip, variant->dest);
	ASSERT_EQ(0, dev_lock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
	close(fd);
	EXPECT_TRUE(fib_will_be(variant->dest, through(variant, 0)));
	EXPECT_EQ(0, dev_unlock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
}

/*
 * Many, and the barrier
 */

#define MANY	500

/* The first MANY prefixes below the variant's. */
static void batch_fill(const FIXTURE_VARIANT(fib) *variant, struct rtm_route_item *items,
		       const __u64 *nh)
{
	int i;

	memset(items, 0, MANY * sizeof(*items));
	for (i = 0; i < MANY; i++) {
		items[i].dest = prefix(variant->dest);
		items[i].dest.len = variant->family == AF_INET ? 24 : 64;
		items[i].dest.addr[variant->family == AF_INET ? 1 : 6] = i >> 8;
		items[i].dest.addr[variant->family == AF_INET ? 2 : 7] = i;
		items[i].attrs = route_attrs(nh, 1);
	}
}

static int batch(int fd, unsigned long cmd, __u64 entity, struct rtm_route_item *items)
{
	struct rtm_route_batch arg;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.items = ptr_u64(items);
	arg.count = MANY;
	arg.deadline = 0;
	return dev_call(fd, cmd, &arg);
}

TEST_F(fib, barrier)
{
	struct rtm_route_item *items = calloc(MANY, sizeof(*items));
	struct rtm_fib_sync sync;
	int i;

	for (i = 0; i < 3; i++) {
		batch_fill(variant, items, &self->nh[i]);
		ASSERT_EQ(0, batch(self->fd, RTM_IOC_ADD_ROUTES, self->rip, items));
		ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
		EXPECT_EQ(MANY, sync.installed);
		EXPECT_EQ(MANY, fib_count(variant->family, variant->gw[i]));
	}
	batch_fill(variant, items, self->nh);
	ASSERT_EQ(0, batch(self->fd, RTM_IOC_DELETE_ROUTES, self->rip, items));
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	EXPECT_EQ(0, sync.installed);
	EXPECT_EQ(0, fib_count(variant->family, NULL));
	free(items);
}

static void nothing(int sig __attribute__((unused)))
{
}

/* A moment that has passed, and a signal, end the waiting; a decided FIB does not wait. */
TEST_F(fib, barrier_ends)
{
	struct itimerval soon = { .it_interval.tv_usec = 1000, .it_value.tv_usec = 1000 };
	struct rtm_route_item *items = calloc(MANY, sizeof(*items));
	struct sigaction action = { .sa_handler = nothing };
	int round, err, late = 0, interrupted = 0;
	struct rtm_fib_sync sync;

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	for (round = 0; round < 200 && (!late || !interrupted); round++) {
		batch_fill(variant, items, &self->nh[round % 3]);
		batch(self->fd, RTM_IOC_ADD_ROUTES, self->rip, items);
		arg_init(&sync);
		sync.flags = 0;
		sync.deadline = round % 2 ? 1 : 0;
		setitimer(ITIMER_REAL, &soon, NULL);
		err = dev_call(self->fd, RTM_IOC_FIB_SYNC, &sync);
		setitimer(ITIMER_REAL, &(struct itimerval) {}, NULL);
		ASSERT_TRUE(!err || err == (round % 2 ? -ETIMEDOUT : -EINTR))
			TH_LOG("round %d: %d", round, err);
		late += err == -ETIMEDOUT;
		interrupted += err == -EINTR;
	}
	EXPECT_LT(0, late);
	EXPECT_LT(0, interrupted);
	SYNC();
	/* nothing is waited for: whatever the deadline, it is kept */
	sync.deadline = 1;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_FIB_SYNC, &sync));
	EXPECT_EQ(MANY, sync.installed);
	free(items);
}

/* What changes and changes back is sent once at most. */
TEST_F(fib, coalescing)
{
	struct rtm_get_stats before, after;
	int i;

	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	/* the same again, with another metric of ours: nothing that the FIB would see */
	for (i = 0; i < 20; i++) {
		__u64 route;

		ASSERT_EQ(0, dev_route(self->fd, self->rip, variant->dest, self->nh[0], i,
				       &route));
		SYNC();
	}
	ASSERT_EQ(0, dev_stats(self->fd, &after));
	EXPECT_EQ(before.fib_messages, after.fib_messages);
}

/* A route goes where its file was opened, wherever its owner is now. */
TEST_F(fib, other_namespace)
{
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	ASSERT_LE(0, home);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	net_setup(_metadata);
	add(_metadata, self, variant, self->nh, 1, 0);
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, ""));
	ASSERT_EQ(0, setns(home, CLONE_NEWNET));
	EXPECT_TRUE(fib_is(variant->dest, through(variant, 0)));
	close(home);
}

TEST_HARNESS_MAIN
