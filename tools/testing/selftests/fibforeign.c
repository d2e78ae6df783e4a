// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes of somebody else in the kernel FIB: never replaced, never shadowed.
 *
 * How this file works: a foreign route of the same prefix is there first, comes later,
 * has our metric, another or none, is connected or a default route.  In every case its
 * line in the FIB must stay what it was, ours must be in conflict, and must be installed
 * when the foreign one has gone.
 */
#include "rtm_fib_test.h"

FIXTURE(foreign) {
	struct env env;
	int fd;
	__u64 e;
	__u64 nh[2];
};

FIXTURE_VARIANT(foreign) {
	int family;
	const char *dest;
	const char *gw[2];
	const char *connected;
	const char *address;
	const char *dflt;
};

FIXTURE_VARIANT_ADD(foreign, ipv4) {
	.family = AF_INET,
	.dest = "10.0.0.0/8",
	.gw = { "192.0.2.2", "198.51.100.2" },
	.connected = "192.0.2.0/24",
	.address = "192.0.2.1/24",
	.dflt = "0.0.0.0/0",
};

FIXTURE_VARIANT_ADD(foreign, ipv6) {
	.family = AF_INET6,
	.dest = "2001:db8:100::/48",
	.gw = { "2001:db8::2", "2001:db8:1::2" },
	.connected = "2001:db8::/64",
	.address = "2001:db8::1/64",
	.dflt = "::/0",
};

FIXTURE_SETUP(foreign)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	net_setup(_metadata);
	ASSERT_EQ(0, dev_register(self->fd, variant->family, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, variant->gw[0],
				     if_nametoindex("dummy0"), &self->nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, variant->gw[1],
				     if_nametoindex("dummy1"), &self->nh[1]));
}

FIXTURE_TEARDOWN(foreign)
{
	env_clean(_metadata, &self->env);
	EXPECT_EQ(0, fib_count(variant->family, NULL));
}

#define SYNC()	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL))

/* Our route for DEST goes by dummy1, theirs by dummy0. */
static __u64 ours(struct __test_metadata *_metadata, FIXTURE_DATA(foreign) *self,
		  const char *dest)
{
	__u64 route;

	ASSERT_EQ(0, dev_route(self->fd, self->e, dest, self->nh[1], 1, &route));
	return route;
}

static struct foreign theirs(const FIXTURE_VARIANT(foreign) *variant, const char *dest,
			     __u32 metric)
{
	return (struct foreign){
		.dest = dest,
		.gw = variant->gw[0],
		.dev = "dummy0",
		.metric = metric,
		.proto = RTPROT_STATIC,
	};
}

static bool state_is(FIXTURE_DATA(foreign) *self, const char *dest, __u32 state)
{
	struct rtm_dest_rec rec;

	return dev_dest_rec(self->fd, dest, &rec) && rec.fib_state == state;
}

/* In the FIB is nothing but LINE, ours is in conflict and counted as that. */
static void expect_conflict(struct __test_metadata *_metadata, FIXTURE_DATA(foreign) *self,
			    const char *dest, const char *line)
{
	struct rtm_dest_rec rec;
	struct rtm_get_stats s;

	EXPECT_TRUE(fib_is(dest, line));
	ASSERT_TRUE(dev_dest_rec(self->fd, dest, &rec));
	EXPECT_EQ(RTM_FIB_CONFLICT, rec.fib_state);
	EXPECT_STRNE("", rec.fib_text);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(1, s.fib_conflict);
	EXPECT_EQ(0, s.fib_installed);
}

static void expect_ours(struct __test_metadata *_metadata, FIXTURE_DATA(foreign) *self,
			const FIXTURE_VARIANT(foreign) *variant, const char *dest)
{
	char line[128];

	snprintf(line, sizeof(line), "%s via %s dev dummy1 proto 212 metric 10", dest,
		 variant->gw[1]);
	EXPECT_TRUE(fib_will_be(dest, line));
	EXPECT_TRUE(wait_until(state_is(self, dest, RTM_FIB_INSTALLED)));
}

/* The metrics a foreign route may have; 10 is that of ours. */
static const __u32 metrics[] = { 0, 1, 10, 11, 100000 };

TEST_F(foreign, there_first)
{
	struct rtm_fib_sync sync;
	struct foreign f;
	char line[4096];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		f = theirs(variant, variant->dest, metrics[i]);
		ASSERT_EQ(0, foreign_add(&f));
		snprintf(line, sizeof(line), "%s", fib(variant->dest));
		ours(_metadata, self, variant->dest);
		/* to be kept out is a decision, too: the barrier does not wait for it */
		ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
		EXPECT_EQ(1, sync.conflict);
		expect_conflict(_metadata, self, variant->dest, line);
		/* changes of ours do not get it through */
		ours(_metadata, self, variant->dest);
		SYNC();
		expect_conflict(_metadata, self, variant->dest, line);
		ASSERT_EQ(0, foreign_del(&f));
		expect_ours(_metadata, self, variant, variant->dest);
		ASSERT_EQ(0, dev_delete_key(self->fd, self->e, variant->dest, 0, NULL));
		SYNC();
		EXPECT_TRUE(fib_is(variant->dest, ""));
	}
}

/* One that comes later has the place: ours is withdrawn. */
TEST_F(foreign, comes_later)
{
	char line[4096];
	struct foreign f;
	unsigned int i;

	ours(_metadata, self, variant->dest);
	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		expect_ours(_metadata, self, variant, variant->dest);
		f = theirs(variant, variant->dest, metrics[i]);
		/* the kernel itself refuses the same key, unless it is asked otherwise */
		if (metrics[i] == RTM_FIB_METRIC) {
			EXPECT_EQ(-EEXIST, foreign_add(&f));
			continue;
		}
		ASSERT_EQ(0, foreign_add(&f));
		snprintf(line, sizeof(line), "%s via %s dev dummy0 proto 4*", variant->dest,
			 variant->gw[0]);
		EXPECT_TRUE(wait_until(state_is(self, variant->dest, RTM_FIB_CONFLICT)));
		SYNC();
		expect_conflict(_metadata, self, variant->dest, line);
		EXPECT_EQ(NULL, strstr(fib(variant->dest), "proto 212"));
		ASSERT_EQ(0, foreign_del(&f));
	}
	expect_ours(_metadata, self, variant, variant->dest);
}

/* Somebody replaces ours: it is theirs now, and ours is not put over it. */
TEST_F(foreign, replaces_ours)
{
	struct foreign f = theirs(variant, variant->dest, RTM_FIB_METRIC);
	char line[4096];
	__u64 route;

	route = ours(_metadata, self, variant->dest);
	SYNC();
	expect_ours(_metadata, self, variant, variant->dest);
	ASSERT_EQ(0, foreign_change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &f));
	snprintf(line, sizeof(line), "%s via %s dev dummy0 proto 4 metric 10", variant->dest,
		 variant->gw[0]);
	EXPECT_TRUE(fib_is(variant->dest, line));
	EXPECT_TRUE(wait_until(state_is(self, variant->dest, RTM_FIB_CONFLICT)));
	/* neither a change nor the end of ours touches it */
	ASSERT_EQ(0, dev_route(self->fd, self->e, variant->dest, self->nh[0], 1, &route));
	SYNC();
	expect_conflict(_metadata, self, variant->dest, line);
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, line));
	ASSERT_EQ(0, foreign_del(&f));
}

/* In IPv6 another route of the same metric joins ours; it must not go with it. */
TEST_F(foreign, joins_ours)
{
	struct foreign f = theirs(variant, variant->dest, RTM_FIB_METRIC);
	char line[4096];

	ours(_metadata, self, variant->dest);
	SYNC();
	expect_ours(_metadata, self, variant, variant->dest);
	ASSERT_EQ(0, foreign_change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, &f));
	EXPECT_TRUE(wait_until(state_is(self, variant->dest, RTM_FIB_CONFLICT)));
	snprintf(line, sizeof(line), "%s via %s dev dummy0 proto * metric 10", variant->dest,
		 variant->gw[0]);
	EXPECT_TRUE(fib_will_be(variant->dest, line));
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dest, line));
	ASSERT_EQ(0, foreign_del(&f));
}

/* A prefix the kernel itself has as connected. */
TEST_F(foreign, connected)
{
	char line[4096];

	snprintf(line, sizeof(line), "%s", fib(variant->connected));
	ASSERT_NE(NULL, strstr(line, "proto 2"));
	ours(_metadata, self, variant->connected);
	SYNC();
	expect_conflict(_metadata, self, variant->connected, line);
	/* the address goes, and its route with it */
	ASSERT_EQ(0, address_del("dummy0", variant->address));
	expect_ours(_metadata, self, variant, variant->connected);
	/* and comes back */
	ASSERT_EQ(0, address_add("dummy0", variant->address));
	EXPECT_TRUE(wait_until(state_is(self, variant->connected, RTM_FIB_CONFLICT)));
	SYNC();
	EXPECT_TRUE(fib_will_be(variant->connected, line));
}

/* The way home of whoever logged in to try this. */
TEST_F(foreign, default_route)
{
	struct foreign f = theirs(variant, variant->dflt, 0);
	char line[4096];

	ASSERT_EQ(0, foreign_add(&f));
	snprintf(line, sizeof(line), "%s", fib(variant->dflt));
	ours(_metadata, self, variant->dflt);
	SYNC();
	expect_conflict(_metadata, self, variant->dflt, line);
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	SYNC();
	EXPECT_TRUE(fib_is(variant->dflt, line));
	ASSERT_EQ(0, foreign_del(&f));
}

/* Two of them: the second counts when the first has gone. */
TEST_F(foreign, two_of_them)
{
	struct foreign a = theirs(variant, variant->dest, 50);
	struct foreign b = theirs(variant, variant->dest, 60);
	char line[4096];

	ASSERT_EQ(0, foreign_add(&a));
	ASSERT_EQ(0, foreign_add(&b));
	ours(_metadata, self, variant->dest);
	SYNC();
	snprintf(line, sizeof(line), "%s", fib(variant->dest));
	expect_conflict(_metadata, self, variant->dest, line);
	ASSERT_EQ(0, foreign_del(&a));
	snprintf(line, sizeof(line), "%s", fib(variant->dest));
	ASSERT_NE(NULL, strstr(line, "metric 60"));
	/* time for the mistake of taking the place */
	sleep_ms(2500);
	SYNC();
	expect_conflict(_metadata, self, variant->dest, line);
	ASSERT_EQ(0, foreign_del(&b));
	expect_ours(_metadata, self, variant, variant->dest);
}

/* A link that goes down takes foreign routes without a word; ours may follow. */
TEST_F(foreign, gone_without_a_word)
{
	struct foreign f = theirs(variant, variant->dest, 50);

	ASSERT_EQ(0, foreign_add(&f));
	ours(_metadata, self, variant->dest);
	SYNC();
	EXPECT_TRUE(state_is(self, variant->dest, RTM_FIB_CONFLICT));
	ASSERT_EQ(0, link_set("dummy0", false));
	expect_ours(_metadata, self, variant, variant->dest);
}

/* Shorter and longer prefixes of others are nobody's business. */
TEST_F(foreign, other_prefixes)
{
	struct foreign shorter = theirs(variant, variant->dest, 5);
	struct foreign longer = theirs(variant, variant->dest, 5);
	char text[2][64];

	snprintf(text[0], sizeof(text[0]), "%.*s/%d", (int)strcspn(variant->dest, "/"),
		 variant->dest, variant->family == AF_INET ? 7 : 47);
	snprintf(text[1], sizeof(text[1]), "%.*s/%d", (int)strcspn(variant->dest, "/"),
		 variant->dest, variant->family == AF_INET ? 9 : 49);
	shorter.dest = text[0];
	longer.dest = text[1];
	ASSERT_EQ(0, foreign_add(&shorter));
	ASSERT_EQ(0, foreign_add(&longer));
	ours(_metadata, self, variant->dest);
	SYNC();
	expect_ours(_metadata, self, variant, variant->dest);
	ASSERT_EQ(0, foreign_del(&shorter));
	ASSERT_EQ(0, foreign_del(&longer));
}

/* Routes of others, in their own words, before and after all that we can do. */
TEST_F(foreign, bystanders)
{
	struct rtm_route_batch batch;
	struct rtm_route_item items[40];
	struct foreign f[10];
	char dest[10][80], line[10][4096];
	int i;

	memset(items, 0, sizeof(items));
	for (i = 0; i < 40; i++) {
		items[i].dest = prefix(variant->dest);
		items[i].dest.len = variant->family == AF_INET ? 16 : 56;
		items[i].dest.addr[variant->family == AF_INET ? 1 : 6] = i;
		items[i].attrs = route_attrs(&self->nh[1], 1);
	}
	for (i = 0; i < 10; i++) {
		char addr[64];

		inet_ntop(variant->family, items[4 * i].dest.addr, addr, sizeof(addr));
		snprintf(dest[i], sizeof(dest[i]), "%s/%u", addr, items[4 * i].dest.len);
		f[i] = theirs(variant, dest[i], i);
		ASSERT_EQ(0, foreign_add(&f[i]));
		snprintf(line[i], sizeof(line[i]), "%s", fib(dest[i]));
	}
	arg_init(&batch);
	batch.flags = 0;
	batch.entity = self->e;
	batch.items = ptr_u64(items);
	batch.count = 40;
	batch.deadline = 0;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_ROUTES, &batch));
	SYNC();
	EXPECT_EQ(30, fib_count(variant->family, NULL));
	for (i = 0; i < 10; i++)
		EXPECT_TRUE(fib_is(dest[i], line[i]));
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	SYNC();
	EXPECT_EQ(0, fib_count(variant->family, NULL));
	for (i = 0; i < 10; i++) {
		EXPECT_TRUE(fib_is(dest[i], line[i]));
		ASSERT_EQ(0, foreign_del(&f[i]));
	}
}

TEST_HARNESS_MAIN
