// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hold-down: what stays of a destination when its last route goes.
 *
 * How this file works: the destination is PLACE.  seen() looks at it with the views
 * given and writes for each: its number, how many routes, whether there is a best one
 * ("r") and a held one ("h").  Marks are for LONG unless a test waits for the end.
 */
#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"
#include "rtm_notify_test.h"

#define PLACE	"10.1.0.0/16"
#define LONG	600000	/* milliseconds */

FIXTURE(hold) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 route;
	__u64 dest;
};

FIXTURE_SETUP(hold)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_BGP, 1, 0, &self->other));
	ASSERT_EQ(0, dev_route(self->fd, self->e, PLACE, 0, 10, &self->route));
	self->dest = dev_dest(self->fd, self->e, PLACE);
	ASSERT_NE(0, self->dest);
}

FIXTURE_TEARDOWN(hold)
{
	env_clean(_metadata, &self->env);
}

static void say_view(char *text, const struct rtm_dest_view *v)
{
	sprintf(text + strlen(text), "%d:%u%s%s ", v->view, v->n_routes, v->route ? "r" : "",
		v->hold_route ? "h" : "");
}

static const char *seen(FIXTURE_DATA(hold) *self, __u32 views, __u64 *held)
{
	struct rtm_dest_view v[RTM_N_VIEWS];
	static char text[64];
	struct rtm_get_dest arg;
	__u64 handles[3];
	unsigned int i;

	*text = 0;
	dest_arg(&arg, self->other, RTM_PROTO_BEST, views, v, RTM_N_VIEWS);
	arg.prefix = prefix(PLACE);
	if (dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &arg))
		return "-";
	dev_release(self->fd, self->other, arg.dest);
	for (i = 0; i < arg.n_views; i++) {
		say_view(text, &v[i]);
		if (held)
			*held = v[i].hold_route;
		handles[0] = v[i].route;
		handles[1] = v[i].owner;
		handles[2] = v[i].hold_route;
		dev_release_n(self->fd, self->other, RTM_HANDLE_ANY, handles, 3, &arg.flags);
	}
	return text;
}

static int mark(FIXTURE_DATA(hold) *self, __u32 views, __u32 ms)
{
	return dev_hold(self->fd, self->other, self->dest, views, ms);
}

static int drop(FIXTURE_DATA(hold) *self)
{
	return dev_delete_key(self->fd, self->e, PLACE, 0, NULL);
}

TEST_F(hold, wrong)
{
	struct rtm_hold_dest arg;

	hold_arg(&arg, self->e, self->dest, RTM_V_UCAST, LONG);
	arg.flags = ~RTM_REQ_NOWAIT;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_HOLD_DEST, &arg));
	EXPECT_EQ(-EINVAL, dev_hold(self->fd, self->e, self->dest, RTM_V_UCAST, 0));
	EXPECT_EQ(-EINVAL, dev_hold(self->fd, self->e, self->dest, 1u << 9, LONG));
	EXPECT_EQ(-EBADF, dev_hold(self->fd, 0, self->dest, RTM_V_UCAST, LONG));
	EXPECT_EQ(-EBADF, dev_hold(self->fd, self->e, 0, RTM_V_UCAST, LONG));
	EXPECT_EQ(-EBADF, dev_hold(self->fd, self->e, self->route, RTM_V_UCAST, LONG));
	ASSERT_EQ(0, drop(self));
	EXPECT_STREQ("-", seen(self, 0, NULL));
}

TEST_F(hold, last_route)
{
	struct rtm_get_route_info info;
	struct rtm_get_stats s;
	__u64 held = 0;

	ASSERT_EQ(0, mark(self, 0, LONG));
	EXPECT_STREQ("0:1r 1:1r ", seen(self, RTM_V_SUPPORTED, NULL));
	ASSERT_EQ(0, drop(self));
	/* by handle always, by prefix only if no view is asked for */
	EXPECT_STREQ("-", seen(self, RTM_V_SUPPORTED, NULL));
	EXPECT_STREQ("", seen(self, 0, NULL));
	ASSERT_EQ(0, dev_route(self->fd, self->other, PLACE, 0, 10, &held));
	EXPECT_STREQ("0:1rh 1:1rh ", seen(self, RTM_V_SUPPORTED, &held));
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, self->route, NULL, 0, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.attrs.state);
	EXPECT_EQ(10, info.attrs.metric);
	release_route_info(self->fd, &info);
	EXPECT_EQ(self->route, held);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(2, s.routes);
}

/* Not while another route of the view is left. */
TEST_F(hold, not_the_last)
{
	__u64 route;

	ASSERT_EQ(0, mark(self, RTM_V_UCAST, LONG));
	ASSERT_EQ(0, dev_route(self->fd, self->other, PLACE, 0, 20, &route));
	ASSERT_EQ(0, drop(self));
	EXPECT_STREQ("0:1r 1:1r ", seen(self, RTM_V_SUPPORTED, NULL));
	ASSERT_EQ(0, dev_delete_key(self->fd, self->other, PLACE, 0, NULL));
	ASSERT_EQ(0, dev_route(self->fd, self->e, PLACE, 0, 10, &route));
	EXPECT_STREQ("0:1rh 1:1r ", seen(self, RTM_V_SUPPORTED, NULL));
}

/* Routes that come and go meanwhile neither end nor prolong it, nor replace it. */
TEST_F(hold, new_route)
{
	struct rtm_dest_rec rec;
	__u64 route, held;
	__u32 left;

	ASSERT_EQ(0, mark(self, RTM_V_UCAST, LONG));
	ASSERT_EQ(0, drop(self));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(RTM_V_UCAST, rec.held);
	EXPECT_EQ(0, rec.n_routes);
	EXPECT_GE(LONG, rec.hold_ms);
	EXPECT_LT(LONG / 2, rec.hold_ms);
	left = rec.hold_ms;
	sleep_ms(100);
	ASSERT_EQ(0, dev_route(self->fd, self->other, PLACE, 0, 5, &route));
	EXPECT_STREQ("0:1rh ", seen(self, RTM_V_UCAST, &held));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->other, route, NULL));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(RTM_V_UCAST, rec.held);
	EXPECT_GT(left, rec.hold_ms);
	EXPECT_EQ(self->route, held);
}

/* The longest time asked for counts, for every view. */
TEST_F(hold, longest)
{
	struct rtm_dest_rec rec;

	ASSERT_EQ(0, mark(self, RTM_V_UCAST, 1000));
	ASSERT_EQ(0, mark(self, RTM_V_MCAST, LONG));
	ASSERT_EQ(0, mark(self, RTM_V_UCAST, 2000));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(LONG, rec.hold_ms);
	EXPECT_EQ(RTM_V_SUPPORTED, rec.hold_views);
	ASSERT_EQ(0, mark(self, RTM_V_UCAST, RTM_HOLD_FOREVER));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(RTM_HOLD_FOREVER, rec.hold_ms);
	ASSERT_EQ(0, drop(self));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(RTM_HOLD_FOREVER, rec.hold_ms);
}

/* At the end listeners hear of it, and the next hold has to be asked for again. */
TEST_F(hold, its_end)
{
	struct rtm_dest_rec rec;
	__u64 notify;

	ASSERT_EQ(0, mark(self, RTM_V_UCAST, 1000));
	ASSERT_EQ(0, dev_notify(self->fd, self->other, RTM_CT_BEST, RTM_V_UCAST, &notify));
	ASSERT_EQ(0, drop(self));
	EXPECT_EQ(1, dev_is_pending(self->fd, self->other, notify, self->dest));
	ASSERT_EQ(0, dev_ignore(self->fd, self->other, notify, &self->dest, 1));
	EXPECT_EQ(0, dev_is_pending(self->fd, self->other, notify, self->dest));
	EXPECT_TRUE(wait_until(dev_is_pending(self->fd, self->other, notify, self->dest) == 1));
	EXPECT_STREQ("-", seen(self, 0, NULL));
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(0, rec.held | rec.hold_views | rec.hold_ms);
	ASSERT_EQ(0, dev_route(self->fd, self->e, PLACE, 0, 10, &self->route));
	ASSERT_EQ(0, drop(self));
	EXPECT_STREQ("-", seen(self, 0, NULL));
}

/* Nobody listens to the multicast view, and nothing of it begins or ends. */
TEST_F(hold, other_view)
{
	struct rtm_add_route arg;
	__u64 notify;

	ASSERT_EQ(0, dev_notify(self->fd, self->other, RTM_CT_BEST, RTM_V_MCAST, &notify));
	route_arg(&arg, self->e, PLACE, NULL, 0);
	arg.attrs.views = RTM_V_UCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	ASSERT_EQ(0, dev_ignore(self->fd, self->other, notify, &self->dest, 1));
	ASSERT_EQ(0, mark(self, RTM_V_SUPPORTED, 200));
	ASSERT_EQ(0, drop(self));
	EXPECT_TRUE(wait_until(!strcmp("-", seen(self, 0, NULL))));
	EXPECT_EQ(0, dev_is_pending(self->fd, self->other, notify, self->dest));
}

static unsigned int count_enum(FIXTURE_DATA(hold) *self, unsigned long create, unsigned long get,
			       __u32 views)
{
	struct rtm_create_enum arg;
	char buf[512];
	__u64 handle, id;
	unsigned int n = 0;
	bool dests = get == RTM_IOC_GET_ENUM_DESTS;
	__u32 size = dests ? item_size(__builtin_popcount(views)) : sizeof(id);

	enum_arg(&arg, self->e, views);
	if (dev_create_enum(self->fd, create, &arg, &handle))
		return ~0u;
	while (dev_get_enum(self->fd, get, self->e, handle, buf, 1, size) == 1) {
		n++;
		if (!dests)
			memcpy(&id, buf, sizeof(id));
		else
			id = ((struct rtm_dest_item *)buf)->dest;
		dev_release(self->fd, self->e, id);
	}
	dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle);
	return n;
}

/* What exists in hold-down only is enumerated when no view is asked for. */
TEST_F(hold, enumerated)
{
	__u64 route;

	ASSERT_EQ(0, mark(self, 0, LONG));
	ASSERT_EQ(0, drop(self));
	EXPECT_EQ(1, count_enum(self, RTM_IOC_CREATE_DEST_ENUM, RTM_IOC_GET_ENUM_DESTS, 0));
	EXPECT_EQ(0, count_enum(self, RTM_IOC_CREATE_DEST_ENUM, RTM_IOC_GET_ENUM_DESTS,
				RTM_V_UCAST));
	EXPECT_EQ(1, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES, 0));
	EXPECT_EQ(0, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES,
				RTM_V_UCAST));
	ASSERT_EQ(0, dev_route(self->fd, self->other, PLACE, 0, 5, &route));
	EXPECT_EQ(2, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES, 0));
	EXPECT_EQ(1, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES,
				RTM_V_SUPPORTED));
}

/* Two routes, one in each view: both are held, and both are enumerated. */
TEST_F(hold, a_route_each)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->e, PLACE, NULL, 0);
	arg.attrs.views = RTM_V_UCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->other, PLACE, NULL, 0);
	arg.attrs.views = RTM_V_MCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	ASSERT_EQ(0, mark(self, 0, LONG));
	ASSERT_EQ(0, drop(self));
	ASSERT_EQ(0, dev_delete_key(self->fd, self->other, PLACE, 0, NULL));
	EXPECT_EQ(2, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES, 0));
	/* the end of one owner ends one of the holds */
	ASSERT_EQ(0, dev_deregister(self->fd, self->other));
	EXPECT_EQ(1, count_enum(self, RTM_IOC_CREATE_ROUTE_ENUM, RTM_IOC_GET_ENUM_ROUTES, 0));
}

/* Nothing outlives its owner, be it held for ever; nor is it held on that occasion. */
TEST_F(hold, owner_ends)
{
	struct rtm_get_stats s;
	__u64 route;

	ASSERT_EQ(0, mark(self, 0, RTM_HOLD_FOREVER));
	ASSERT_EQ(0, drop(self));
	ASSERT_EQ(0, dev_route(self->fd, self->other, "10.2.0.0/16", 0, 5, &route));
	ASSERT_EQ(0, dev_hold(self->fd, self->other,
			      dev_dest(self->fd, self->other, "10.2.0.0/16"), 0, LONG));
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	EXPECT_STREQ("-", seen(self, 0, NULL));
	ASSERT_EQ(0, dev_deregister(self->fd, self->other));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.routes);
	/* whoever pushes it to the FIB may still have it */
	EXPECT_TRUE(wait_until(!dev_stats(self->fd, &s) && !s.dests));
}

/* A route whose time is over is held like one that its owner deletes. */
TEST_F(hold, expired)
{
	__u64 route;

	ASSERT_EQ(0, mark(self, RTM_V_UCAST, LONG));
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, PLACE, 1, &route));
	EXPECT_TRUE(wait_until(route_has_gone(self->fd, self->e, route)));
	EXPECT_STREQ("", seen(self, 0, NULL));
}

/* A hold ends when whoever has the destination locked lets go. */
TEST_F(hold, locked)
{
	struct rtm_dest_rec rec;
	__u64 slot;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_OPAQUE_SLOT, &slot));
	ASSERT_EQ(0, mark(self, RTM_V_UCAST, 200));
	ASSERT_EQ(0, drop(self));
	ASSERT_EQ(0, dev_lock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	sleep_ms(500);
	ASSERT_TRUE(dev_dest_rec(self->fd, PLACE, &rec));
	EXPECT_EQ(RTM_V_UCAST, rec.held);
	ASSERT_EQ(0, dev_unlock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_TRUE(wait_until(dev_dest_rec(self->fd, PLACE, &rec) && !rec.held));
}

/* Whose route is held has a stake in the destination, and nobody else. */
TEST_F(hold, stake)
{
	ASSERT_EQ(0, mark(self, RTM_V_UCAST, LONG));
	ASSERT_EQ(0, drop(self));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->other, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_lock(self->fd, self->e, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_unlock(self->fd, self->e, self->dest, RTM_REQ_EXCLUSIVE));
}

/* An update that leaves a view is not a deletion. */
TEST_F(hold, left_the_view)
{
	struct rtm_add_route arg;

	ASSERT_EQ(0, mark(self, RTM_V_MCAST, LONG));
	route_arg(&arg, self->e, PLACE, NULL, 0);
	arg.attrs.views = RTM_V_UCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_STREQ("0:1r 1:0 ", seen(self, RTM_V_SUPPORTED, NULL));
}

/* Marking waits for a lock, or not. */
TEST_F(hold, waits)
{
	struct rtm_hold_dest arg;

	ASSERT_EQ(0, dev_lock(self->fd, self->e, self->dest, 0));
	hold_arg(&arg, self->other, self->dest, 0, LONG);
	arg.flags = RTM_REQ_NOWAIT;
	EXPECT_NE(0, dev_call(self->fd, RTM_IOC_HOLD_DEST, &arg));
	ASSERT_EQ(0, dev_unlock(self->fd, self->e, self->dest, 0));
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_HOLD_DEST, &arg));
}

TEST_HARNESS_MAIN
