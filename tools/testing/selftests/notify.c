// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change notification: what is a change, who is told of it, and of what.
 *
 * How this file works: a listener and two owners of routes, each with a file of its
 * own, in an instance that goes to no FIB.  A step is followed by drains: every
 * registration is asked for all it has, and that must be just what the step did.
 */
#include <poll.h>

#include "rtm_notify_test.h"

#define INSTANCE	7
#define PLACE		"10.1.0.0/16"

FIXTURE(notify) {
	struct env env;
	int fd;
	int fd_a;
	int fd_b;
	__u64 self;
	__u64 other;
	__u64 a;
	__u64 b;
	__u64 nh[2];
	struct changes c;
};

FIXTURE_SETUP(notify)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->fd_a = dev_open(O_RDWR);
	self->fd_b = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd_a);
	ASSERT_LE(0, self->fd_b);
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_STATIC, 1, 0,
				     &self->self));
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_STATIC, 2, 0,
				     &self->other));
	ASSERT_EQ(0, dev_register_in(self->fd_a, INSTANCE, AF_INET, PROTO_RIP, 1, 0, &self->a));
	ASSERT_EQ(0, dev_register_in(self->fd_b, INSTANCE, AF_INET, PROTO_OSPF, 1, 0, &self->b));
	ASSERT_EQ(0, dev_add_nexthop(self->fd_a, self->a, "192.0.2.1", 1, &self->nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd_a, self->a, "192.0.2.2", 1, &self->nh[1]));
}

FIXTURE_TEARDOWN(notify)
{
	close(self->fd_a);
	if (self->fd_b >= 0)
		close(self->fd_b);
	env_clean(_metadata, &self->env);
}

/* A route of A or B, without next hops; preference 20. */
static void put(struct __test_metadata *_metadata, int fd, __u64 entity, const char *dest,
		__u32 metric)
{
	struct rtm_add_route arg;

	route_arg(&arg, entity, dest, NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.attrs.metric = metric;
	arg.attrs.preference = 20;
	EXPECT_EQ(0, dev_add_route(fd, &arg));
}

#define PUT_A(dest, metric)	put(_metadata, self->fd_a, self->a, dest, metric)
#define PUT_B(dest, metric)	put(_metadata, self->fd_b, self->b, dest, metric)
#define DEL_A(dest)		EXPECT_EQ(0, dev_delete_key(self->fd_a, self->a, dest, 0, NULL))
#define DEL_B(dest)		EXPECT_EQ(0, dev_delete_key(self->fd_b, self->b, dest, 0, NULL))

/* How many changes there are, with room for eight; they are in self->c. */
static int drain(FIXTURE_DATA(notify) *self, __u64 notify, __u32 views)
{
	int err = dev_changes(self->fd, self->self, notify, views, 8, &self->c);

	return err ? err : (int)self->c.n;
}

#define DRAIN(notify)		drain(self, notify, RTM_V_SUPPORTED)
#define NOTIFY(types, notify)							\
	ASSERT_EQ(0, dev_notify(self->fd, self->self, types, RTM_V_SUPPORTED, notify))

static __u64 dest_of(FIXTURE_DATA(notify) *self, const char *dest)
{
	return dev_dest(self->fd, self->self, dest);
}

/*
 * Wrong arguments
 */

TEST_F(notify, register_wrong)
{
	struct rtm_register_notify arg;
	struct rtm_get_stats s;

	notify_arg(&arg, self->self, 0, RTM_V_SUPPORTED);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	arg.types = RTM_CT_ONLY_MARKED;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	arg.types = 8 | RTM_CT_ALL;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	notify_arg(&arg, self->self, RTM_CT_ALL, 4);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	notify_arg(&arg, self->self, RTM_CT_ALL, 0);
	arg.prefix = prefix("2001:db8::/32");
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	arg.prefix = prefix("10.0.0.0/8");
	arg.prefix.len = 33;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	/* without a family there is no filter, and nothing may look like one */
	arg.prefix = prefix("10.0.0.0/8");
	arg.prefix.family = 0;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
}

TEST_F(notify, views_and_item_size)
{
	struct rtm_register_notify arg;

	notify_arg(&arg, self->self, RTM_CT_ALL, 0);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	EXPECT_EQ(item_size(0), arg.item_size);
	EXPECT_EQ(RTM_HANDLE_NOTIFY, RTM_HANDLE_TYPE(arg.notify));
	notify_arg(&arg, self->self, RTM_CT_ALL, RTM_V_MCAST);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	EXPECT_EQ(item_size(1), arg.item_size);
	/* views that do not exist are no error as long as one does */
	notify_arg(&arg, self->self, RTM_CT_ALL, 0xffffffff);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	EXPECT_EQ(item_size(RTM_N_VIEWS), arg.item_size);
}

TEST_F(notify, get_changed_wrong)
{
	char *items = guard_alloc(4 * item_size(RTM_N_VIEWS));
	struct rtm_get_changed arg;
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	PUT_A(PLACE, 10);
	changed_arg(&arg, self->self, notify, items, 0, item_size(RTM_N_VIEWS));
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	changed_arg(&arg, self->self, notify, items, 4, item_size(1));
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	arg.item_size = item_size(RTM_N_VIEWS) + 8;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	arg.item_size = item_size(RTM_N_VIEWS);
	arg.flags = RTM_REQ_EXCLUSIVE;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	arg.flags = 0;
	arg.notify = self->self;
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	arg.notify = 0;
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	/* it is the registration's own: another one of the file may not use it */
	arg.notify = notify;
	arg.entity = self->other;
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	/* none of these has consumed anything */
	EXPECT_EQ(1, DRAIN(notify));
	EXPECT_EQ(0, DRAIN(notify));
	guard_free(items);
}

TEST_F(notify, handles_wrong)
{
	__u64 notify, dest, elsewhere, entity6;

	NOTIFY(CT_EVERY, &notify);
	PUT_A(PLACE, 10);
	dest = dest_of(self, PLACE);
	ASSERT_NE(0, dest);
	/* a destination of another table */
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET6, PROTO_STATIC, 1, 0, &entity6));
	put(_metadata, self->fd, entity6, "2001:db8::/32", 1);
	elsewhere = dev_dest(self->fd, entity6, "2001:db8::/32");
	ASSERT_NE(0, elsewhere);

	EXPECT_EQ(-EBADF, dev_mark(self->fd, self->self, notify, elsewhere, true));
	EXPECT_EQ(-EBADF, dev_mark(self->fd, self->self, notify, notify, true));
	EXPECT_EQ(-EBADF, dev_mark(self->fd, self->self, dest, dest, true));
	EXPECT_EQ(-EBADF, dev_mark(self->fd, self->other, notify, dest, true));
	EXPECT_EQ(-EBADF, dev_is_marked(self->fd, self->self, notify, 0));
	EXPECT_EQ(-EBADF, dev_is_pending(self->fd, self->self, notify, elsewhere));
	EXPECT_EQ(-EBADF, dev_ignore(self->fd, self->self, notify, &elsewhere, 1));
	EXPECT_EQ(-EBADF, dev_ignore(self->fd, self->self, dest, &dest, 1));
	EXPECT_EQ(0, dev_is_marked(self->fd, self->self, notify, dest));
	EXPECT_EQ(1, dev_is_pending(self->fd, self->self, notify, dest));
	EXPECT_EQ(-EBADF, dev_denotify(self->fd, self->other, notify));
	EXPECT_EQ(-EBADF, dev_denotify(self->fd, self->self, dest));
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, notify));
	EXPECT_EQ(-EBADF, dev_denotify(self->fd, self->self, notify));
	EXPECT_EQ(-EBADF, dev_is_pending(self->fd, self->self, notify, dest));
}

TEST_F(notify, mark_value)
{
	struct rtm_notify_dest arg;
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	PUT_A(PLACE, 10);
	notify_dest_arg(&arg, self->self, notify, dest_of(self, PLACE), 2);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_MARK_DEST, &arg));
	EXPECT_EQ(0, dev_is_marked(self->fd, self->self, notify, arg.dest));
}

/* One bad handle among good ones, and nothing has happened. */
TEST_F(notify, ignore_all_or_none)
{
	__u64 notify, dests[3];
	struct rtm_ignore_changed arg;

	NOTIFY(CT_EVERY, &notify);
	PUT_A("10.1.0.0/16", 10);
	PUT_A("10.2.0.0/16", 10);
	dests[0] = dest_of(self, "10.1.0.0/16");
	dests[1] = dest_of(self, "10.2.0.0/16");
	dests[2] = notify;
	EXPECT_EQ(-EBADF, dev_ignore(self->fd, self->self, notify, dests, 3));
	ignore_arg(&arg, self->self, notify, dests, RTM_MAX_HANDLES_CALL + 1);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_IGNORE_CHANGED_DESTS, &arg));
	ignore_arg(&arg, self->self, notify, NULL, 1);
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_IGNORE_CHANGED_DESTS, &arg));
	EXPECT_EQ(0, dev_ignore(self->fd, self->self, notify, dests, 0));
	EXPECT_EQ(2, DRAIN(notify));
}

TEST_F(notify, limit)
{
	unsigned int max = param_number("max_notifies");
	__u64 notify[RTM_MAX_NOTIFIES], last;
	unsigned int i;

	EXPECT_EQ(16, max);
	EXPECT_EQ(-ERANGE, param_set_number("max_notifies", 0));
	EXPECT_EQ(-ERANGE, param_set_number("max_notifies", RTM_MAX_NOTIFIES + 1));
	for (i = 0; i < max; i++)
		NOTIFY(CT_EVERY, &notify[i]);
	EXPECT_EQ(-ENOSPC, dev_notify(self->fd, self->self, CT_EVERY, 0, &last));
	/* of this table; another one has as many */
	PUT_A(PLACE, 10);
	for (i = 0; i < max; i++)
		EXPECT_EQ(1, DRAIN(notify[i]));
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, notify[3]));
	NOTIFY(CT_EVERY, &notify[3]);
	EXPECT_EQ(0, DRAIN(notify[3]));
	PUT_A(PLACE, 11);
	EXPECT_EQ(1, DRAIN(notify[3]));
	EXPECT_EQ(-ENOSPC, dev_notify(self->fd, self->self, CT_EVERY, 0, &last));

	ASSERT_EQ(0, param_set_number("max_notifies", RTM_MAX_NOTIFIES));
	for (i = max; i < RTM_MAX_NOTIFIES; i++)
		EXPECT_EQ(0, dev_notify(self->fd, self->self, CT_EVERY, RTM_V_SUPPORTED,
					&notify[i]));
	EXPECT_EQ(-ENOSPC, dev_notify(self->fd, self->self, CT_EVERY, 0, &last));
	PUT_A(PLACE, 12);
	EXPECT_EQ(1, DRAIN(notify[RTM_MAX_NOTIFIES - 1]));
	ASSERT_EQ(0, param_set_number("max_notifies", max));
}

/*
 * What is a change: each step against each type and view
 */

/* Expectations: a bit for each type, in the unicast, the multicast and no view. */
#define U(types)	(types)
#define M(types)	((types) << 4)
#define ANY(types)	((types) << 8)
#define EACH(types)	(U(types) | M(types) | ANY(types))
#define TELLS_ALL	RTM_CT_ALL
#define TELLS_BEST	(RTM_CT_ALL | RTM_CT_BEST)
#define TELLS_FORWARD	CT_EVERY

/**
 * struct step - something that happens to PLACE
 * @name: for messages
 * @run: does it; 0 or a negative errno
 * @tells: who hears of it
 */
struct step {
	const char *name;
	int (*run)(FIXTURE_DATA(notify) *self);
	unsigned int tells;
};

/* Route of A to PLACE as it is next; changed member by member. */
static struct rtm_add_route now_a;

static int apply(FIXTURE_DATA(notify) *self)
{
	struct rtm_add_route arg = now_a;

	return dev_add_route(self->fd_a, &arg);
}

static int first_route(FIXTURE_DATA(notify) *self)
{
	route_arg(&now_a, self->a, PLACE, self->nh, 1);
	now_a.flags = RTM_REQ_NO_HANDLE;
	now_a.change = RTM_RC_FIRST;
	now_a.attrs.preference = 20;
	now_a.attrs.metric = 10;
	return apply(self);
}

static int put_b(FIXTURE_DATA(notify) *self, __u32 preference, __u32 metric)
{
	struct rtm_add_route arg;

	route_arg(&arg, self->b, PLACE, NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.attrs.preference = preference;
	arg.attrs.metric = metric;
	return dev_add_route(self->fd_b, &arg);
}

static int second_worse(FIXTURE_DATA(notify) *self)
{
	return put_b(self, 20, 50);
}

static int worse_changes(FIXTURE_DATA(notify) *self)
{
	return put_b(self, 20, 60);
}

static int best_metric(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.metric++;
	return apply(self);
}

static int best_preference(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.preference--;
	return apply(self);
}

static int best_other_flag(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags ^= RTM_RF_LOCAL;
	return apply(self);
}

static int best_martian(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags ^= RTM_RF_MARTIAN;
	return apply(self);
}

static int best_blackhole(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags ^= RTM_RF_BLACKHOLE;
	return apply(self);
}

static int best_discard(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags ^= RTM_RF_DISCARD;
	return apply(self);
}

static int best_inactive(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags ^= RTM_RF_INACTIVE;
	return apply(self);
}

static int best_nexthop(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.nexthops = ptr_u64(&self->nh[1]);
	return apply(self);
}

static int best_two_nexthops(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.nexthops = ptr_u64(self->nh);
	now_a.attrs.n_nexthops = 2;
	return apply(self);
}

static int best_mtu(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.mtu = 1400;
	return apply(self);
}

static int best_source(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.src[0] = 192;
	return apply(self);
}

static int best_cookie(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.cookie++;
	return apply(self);
}

static int best_neighbour(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.neighbour = self->nh[0];
	return apply(self);
}

static int best_flags1(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.flags1 = 3;
	return apply(self);
}

static int leaves_mcast(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.views = RTM_V_UCAST;
	return apply(self);
}

static int joins_mcast(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.views = RTM_V_SUPPORTED;
	return apply(self);
}

static int leaves_both(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.views = 0;
	return apply(self);
}

static int cookie_in_no_view(FIXTURE_DATA(notify) *self)
{
	return best_cookie(self);
}

static int ucast_alone_cookie(FIXTURE_DATA(notify) *self)
{
	now_a.attrs.cookie++;
	return leaves_mcast(self);
}

static int other_becomes_best(FIXTURE_DATA(notify) *self)
{
	return put_b(self, 2, 60);
}

static int former_best_changes(FIXTURE_DATA(notify) *self)
{
	return best_metric(self);
}

static int delete_other(FIXTURE_DATA(notify) *self)
{
	return dev_delete_key(self->fd_a, self->a, PLACE, 0, NULL);
}

static int delete_best(FIXTURE_DATA(notify) *self)
{
	return dev_delete_key(self->fd_b, self->b, PLACE, 0, NULL);
}

static int owner_leaves(FIXTURE_DATA(notify) *self)
{
	return dev_deregister(self->fd_b, self->b);
}

/* In this order, each from where the one before it left. */
static const struct step steps[] = {
	{ "first route", first_route, EACH(TELLS_FORWARD) },
	{ "the same again", apply, 0 },
	{ "a worse one", second_worse, EACH(TELLS_ALL) },
	{ "the worse one changes", worse_changes, EACH(TELLS_ALL) },
	{ "metric of the best", best_metric, EACH(TELLS_FORWARD) },
	{ "preference of the best", best_preference, EACH(TELLS_FORWARD) },
	{ "flag that does not forward", best_other_flag, EACH(TELLS_BEST) },
	{ "martian", best_martian, EACH(TELLS_FORWARD) },
	{ "blackhole", best_blackhole, EACH(TELLS_FORWARD) },
	{ "discard", best_discard, EACH(TELLS_FORWARD) },
	{ "inactive", best_inactive, EACH(TELLS_FORWARD) },
	{ "next hop of the best", best_nexthop, EACH(TELLS_FORWARD) },
	{ "one more next hop", best_two_nexthops, EACH(TELLS_FORWARD) },
	{ "MTU", best_mtu, EACH(TELLS_FORWARD) },
	{ "source address", best_source, EACH(TELLS_FORWARD) },
	{ "private value", best_cookie, EACH(TELLS_ALL) },
	{ "neighbour", best_neighbour, EACH(TELLS_ALL) },
	{ "carried flags", best_flags1, EACH(TELLS_ALL) },
	{ "leaves a view where a worse one is", leaves_mcast,
	  M(TELLS_FORWARD) | ANY(TELLS_FORWARD) },
	{ "joins it again", joins_mcast, M(TELLS_FORWARD) | ANY(TELLS_FORWARD) },
	{ "another becomes best", other_becomes_best, EACH(TELLS_FORWARD) },
	{ "the former best changes", former_best_changes, EACH(TELLS_ALL) },
	{ "it leaves both views", leaves_both, EACH(TELLS_ALL) },
	{ "and changes in none", cookie_in_no_view, ANY(TELLS_ALL) },
	{ "joins one and changes", ucast_alone_cookie, U(TELLS_ALL) | ANY(TELLS_ALL) },
	{ "is deleted", delete_other, U(TELLS_ALL) | ANY(TELLS_ALL) },
	{ "the last one is deleted", delete_best, EACH(TELLS_FORWARD) },
	{ "another one comes", second_worse, EACH(TELLS_FORWARD) },
	{ "its owner leaves", owner_leaves, EACH(TELLS_FORWARD) },
};

/**
 * struct listener - one of the nine
 * @bit: in struct step.tells
 * @views: as registered
 * @notify: handle
 */
struct listener {
	unsigned int bit;
	__u32 views;
	__u64 notify;
};

static void listen_all(struct __test_metadata *_metadata, FIXTURE_DATA(notify) *self,
		       struct listener *l, __u32 more)
{
	static const __u32 views[] = { RTM_V_UCAST, RTM_V_MCAST, 0 };
	static const __u32 types[] = { RTM_CT_ALL, RTM_CT_BEST, RTM_CT_FORWARDING };
	unsigned int v, t;

	for (v = 0; v < 3; v++) {
		for (t = 0; t < 3; t++, l++) {
			l->views = views[v];
			l->bit = types[t] << 4 * v;
			ASSERT_EQ(0, dev_notify(self->fd, self->self, types[t] | more, views[v],
						&l->notify));
		}
	}
}

static void expect_told(struct __test_metadata *_metadata, FIXTURE_DATA(notify) *self,
			const struct listener *l, const struct step *step)
{
	unsigned int i;
	int n;

	for (i = 0; i < 9; i++, l++) {
		n = drain(self, l->notify, l->views);
		EXPECT_EQ(!!(step->tells & l->bit), n)
			TH_LOG("%s, listener %#x", step->name, l->bit);
		if (n == 1)
			EXPECT_TRUE(prefix_is(&self->c.dest[0].prefix, PLACE));
	}
}

TEST_F(notify, matrix)
{
	struct listener l[9];
	unsigned int i;

	listen_all(_metadata, self, l, 0);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		EXPECT_EQ(0, steps[i].run(self));
		expect_told(_metadata, self, l, &steps[i]);
	}
}

/* The same for listeners to marked destinations only: what they marked, they hear. */
TEST_F(notify, matrix_marked)
{
	struct listener l[9];
	unsigned int i, k;
	__u64 dest;

	listen_all(_metadata, self, l, RTM_CT_ONLY_MARKED);
	ASSERT_EQ(0, steps[0].run(self));
	for (k = 0; k < 9; k++)
		EXPECT_EQ(0, drain(self, l[k].notify, l[k].views));
	dest = dest_of(self, PLACE);
	for (k = 0; k < 9; k++)
		EXPECT_EQ(0, dev_mark(self->fd, self->self, l[k].notify, dest, true));
	for (i = 1; i < ARRAY_SIZE(steps); i++) {
		EXPECT_EQ(0, steps[i].run(self));
		expect_told(_metadata, self, l, &steps[i]);
	}
	/* the marks are what keeps it */
	EXPECT_EQ(0, dev_release(self->fd, self->self, dest));
}

/* A change that was ignored is not told; the next one is. */
TEST_F(notify, matrix_ignored)
{
	struct listener l[9];
	unsigned int i, k;
	__u64 dest;

	listen_all(_metadata, self, l, 0);
	ASSERT_EQ(0, steps[0].run(self));
	dest = dest_of(self, PLACE);
	ASSERT_NE(0, dest);
	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		if (i)
			EXPECT_EQ(0, steps[i].run(self));
		for (k = 0; k < 9; k++) {
			EXPECT_EQ(!!(steps[i].tells & l[k].bit),
				  dev_is_pending(self->fd, self->self, l[k].notify, dest))
				TH_LOG("%s, listener %#x", steps[i].name, l[k].bit);
			EXPECT_EQ(0, dev_ignore(self->fd, self->self, l[k].notify, &dest, 1));
			EXPECT_EQ(0, dev_is_pending(self->fd, self->self, l[k].notify, dest));
			EXPECT_EQ(0, drain(self, l[k].notify, l[k].views));
		}
	}
}

/*
 * What is told
 */

TEST_F(notify, content)
{
	char *items = guard_alloc(2 * item_size(RTM_N_VIEWS));
	struct rtm_dest_item *item = (void *)items;
	struct rtm_get_changed arg;
	struct rtm_get_dest info;
	struct rtm_add_route add;
	__u64 notify, release[5];
	__u32 done;

	NOTIFY(CT_EVERY, &notify);
	route_arg(&add, self->a, PLACE, self->nh, 1);
	add.flags = RTM_REQ_NO_HANDLE;
	add.attrs.views = RTM_V_MCAST;
	add.attrs.flags = RTM_RF_LOCAL;
	ASSERT_EQ(0, dev_add_route(self->fd_a, &add));
	changed_arg(&arg, self->self, notify, items, 2, item_size(RTM_N_VIEWS));
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	ASSERT_EQ(1, arg.count);
	EXPECT_EQ(0, arg.state);
	EXPECT_EQ(item_size(RTM_N_VIEWS), item->size);
	EXPECT_EQ(RTM_N_VIEWS, item->n_views);
	EXPECT_TRUE(prefix_is(&item->prefix, PLACE));
	EXPECT_EQ(RTM_V_MCAST, item->belongs);
	EXPECT_EQ(0, item->status);
	EXPECT_EQ(0, item->views[0].view);
	EXPECT_EQ(0, item->views[0].n_routes);
	EXPECT_EQ(0, item->views[0].route);
	EXPECT_EQ(0, item->views[0].owner);
	EXPECT_EQ(1, item->views[1].view);
	EXPECT_EQ(1, item->views[1].n_routes);
	EXPECT_EQ(RTM_HANDLE_ROUTE, RTM_HANDLE_TYPE(item->views[1].route));
	EXPECT_EQ(RTM_HANDLE_ENTITY, RTM_HANDLE_TYPE(item->views[1].owner));
	EXPECT_EQ(RTM_RF_LOCAL, item->views[1].flags);
	/* the same handle as a query gives, with one reference for each */
	ASSERT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->self, PLACE, 0, &info));
	EXPECT_EQ(info.dest, item->dest);
	EXPECT_EQ(info.last_changed, item->last_changed);
	release[0] = item->dest;
	release[1] = item->dest;
	release[2] = item->views[1].route;
	release[3] = item->views[1].owner;
	EXPECT_EQ(0, dev_release_n(self->fd, self->self, RTM_HANDLE_ANY, release, 4, &done));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->self, item->dest));
	guard_free(items);
}

/* Several changes of a destination are one, as it is at the end. */
TEST_F(notify, coalesced)
{
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	PUT_A(PLACE, 10);
	PUT_A(PLACE, 11);
	PUT_B(PLACE, 5);
	ASSERT_EQ(1, DRAIN(notify));
	EXPECT_EQ(2, self->c.dest[0].n_routes[0]);
	EXPECT_EQ(0, DRAIN(notify));
	DEL_A(PLACE);
	DEL_B(PLACE);
	ASSERT_EQ(1, DRAIN(notify));
	EXPECT_EQ(0, self->c.dest[0].n_routes[0]);
	EXPECT_FALSE(self->c.dest[0].has_best[0]);
	EXPECT_EQ(0, self->c.dest[0].belongs);
	/* there and gone again: a listener cannot know that nobody else saw it */
	PUT_A(PLACE, 10);
	DEL_A(PLACE);
	EXPECT_EQ(1, DRAIN(notify));
	EXPECT_EQ(0, DRAIN(notify));
}

static void expect_order(struct __test_metadata *_metadata, const struct changes *c,
			 const char *const *want, unsigned int n)
{
	unsigned int i;

	ASSERT_EQ(n, c->n);
	for (i = 0; i < n; i++)
		EXPECT_TRUE(prefix_is(&c->dest[i].prefix, want[i]))
			TH_LOG("%u is not %s", i, want[i]);
}

TEST_F(notify, order_of_last_change)
{
	static const char * const third[] = { "10.3.0.0/16" };
	static const char * const rest[] = { "10.1.0.0/16", "10.4.0.0/16", "10.2.0.0/16" };
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	PUT_A("10.1.0.0/16", 10);
	PUT_A("10.2.0.0/16", 10);
	PUT_A("10.3.0.0/16", 10);
	PUT_A("10.1.0.0/16", 11);
	PUT_A("10.4.0.0/16", 10);
	PUT_A("10.2.0.0/16", 11);
	ASSERT_EQ(0, dev_changes(self->fd, self->self, notify, RTM_V_SUPPORTED, 1, &self->c));
	expect_order(_metadata, &self->c, third, 1);
	ASSERT_EQ(0, dev_changes(self->fd, self->self, notify, RTM_V_SUPPORTED, 8, &self->c));
	expect_order(_metadata, &self->c, rest, 3);
}

/* What is behind one reader's cursor comes to it again when it changes again. */
TEST_F(notify, readers_of_different_speed)
{
	__u64 fast, slow, best;
	char text[32];
	int i;

	NOTIFY(RTM_CT_ALL, &slow);
	NOTIFY(RTM_CT_ALL, &fast);
	NOTIFY(RTM_CT_BEST, &best);
	for (i = 0; i < 7; i++) {
		snprintf(text, sizeof(text), "10.%d.0.0/16", i);
		PUT_A(text, 10);
		EXPECT_EQ(1, DRAIN(fast));
		PUT_B(text, 20);
		EXPECT_EQ(1, DRAIN(fast));
		EXPECT_EQ(0, DRAIN(fast));
	}
	EXPECT_EQ(7, DRAIN(best));
	EXPECT_EQ(0, DRAIN(best));
	PUT_B("10.0.0.0/16", 21);
	EXPECT_EQ(0, DRAIN(best));
	PUT_A("10.3.0.0/16", 11);
	EXPECT_EQ(1, DRAIN(best));
	EXPECT_EQ(2, DRAIN(fast));
	EXPECT_EQ(7, DRAIN(slow));
	EXPECT_EQ(0, DRAIN(slow));
}

TEST_F(notify, only_changes_after)
{
	__u64 notify;

	PUT_A(PLACE, 10);
	NOTIFY(CT_EVERY, &notify);
	EXPECT_EQ(0, DRAIN(notify));
	PUT_A("10.2.0.0/16", 10);
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, notify));
	NOTIFY(CT_EVERY, &notify);
	EXPECT_EQ(0, DRAIN(notify));
}

/* The author is told, too. */
TEST_F(notify, own_changes)
{
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	put(_metadata, self->fd, self->self, PLACE, 1);
	EXPECT_EQ(1, DRAIN(notify));
}

TEST_F(notify, prefix_filter)
{
	static const char * const want[] = { "10.1.0.0/16", "10.1.2.0/24", "10.1.255.255/32" };
	struct rtm_register_notify arg;
	unsigned int i;

	notify_arg(&arg, self->self, CT_EVERY, RTM_V_SUPPORTED);
	/* bits beyond the length are masked */
	arg.prefix = prefix("10.1.2.3/16");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	PUT_A("0.0.0.0/0", 10);
	PUT_A("10.0.0.0/8", 10);
	PUT_A("10.0.0.0/15", 10);
	PUT_A("10.2.0.0/16", 10);
	PUT_A("10.0.255.0/24", 10);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		PUT_A(want[i], 10);
	EXPECT_EQ(3, DRAIN(arg.notify));
	expect_order(_metadata, &self->c, want, 3);
}

TEST_F(notify, protocol_filter)
{
	struct rtm_register_notify arg;
	__u64 rip, this;

	notify_arg(&arg, self->self, CT_EVERY, RTM_V_SUPPORTED);
	arg.protocol = PROTO_RIP;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	rip = arg.notify;
	notify_arg(&arg, self->self, CT_EVERY, RTM_V_SUPPORTED);
	arg.protocol = RTM_PROTO_THIS;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	this = arg.notify;
	PUT_A(PLACE, 10);
	EXPECT_EQ(1, DRAIN(rip));
	PUT_B(PLACE, 20);
	EXPECT_EQ(0, DRAIN(rip));
	/* it lost its place as best; and gets it back */
	PUT_B(PLACE, 5);
	EXPECT_EQ(1, DRAIN(rip));
	PUT_B(PLACE, 6);
	EXPECT_EQ(0, DRAIN(rip));
	DEL_B(PLACE);
	EXPECT_EQ(1, DRAIN(rip));
	EXPECT_EQ(0, DRAIN(this));
	put(_metadata, self->fd, self->self, PLACE, 100);
	EXPECT_EQ(1, DRAIN(this));
}

/*
 * Marks
 */

TEST_F(notify, marks_are_apart)
{
	__u64 one, two, every, dest;

	NOTIFY(RTM_CT_ALL | RTM_CT_ONLY_MARKED, &one);
	NOTIFY(RTM_CT_ALL | RTM_CT_ONLY_MARKED, &two);
	NOTIFY(RTM_CT_ALL, &every);
	PUT_A(PLACE, 10);
	PUT_A("10.2.0.0/16", 10);
	EXPECT_EQ(2, DRAIN(every));
	dest = dest_of(self, PLACE);
	EXPECT_EQ(0, dev_mark(self->fd, self->self, one, dest, true));
	EXPECT_EQ(0, dev_mark(self->fd, self->self, one, dest, true));
	/* to whom it means nothing it is remembered all the same */
	EXPECT_EQ(0, dev_mark(self->fd, self->self, every, dest, true));
	EXPECT_EQ(1, dev_is_marked(self->fd, self->self, one, dest));
	EXPECT_EQ(0, dev_is_marked(self->fd, self->self, two, dest));
	EXPECT_EQ(1, dev_is_marked(self->fd, self->self, every, dest));
	PUT_A(PLACE, 11);
	PUT_A("10.2.0.0/16", 11);
	EXPECT_EQ(2, DRAIN(every));
	EXPECT_EQ(0, DRAIN(two));
	/* what is pending stays, what comes later does not count */
	EXPECT_EQ(0, dev_mark(self->fd, self->self, one, dest, false));
	EXPECT_EQ(0, dev_mark(self->fd, self->self, one, dest, false));
	EXPECT_EQ(0, dev_is_marked(self->fd, self->self, one, dest));
	EXPECT_EQ(1, dev_is_pending(self->fd, self->self, one, dest));
	EXPECT_EQ(1, DRAIN(one));
	PUT_A(PLACE, 12);
	EXPECT_EQ(0, DRAIN(one));
}

/* A mark keeps the destination, so that the same object is told of when it is back. */
TEST_F(notify, mark_keeps_destination)
{
	struct rtm_dest_rec rec;
	__u64 notify, dest;

	NOTIFY(RTM_CT_ALL | RTM_CT_ONLY_MARKED, &notify);
	PUT_A(PLACE, 10);
	dest = dest_of(self, PLACE);
	EXPECT_EQ(0, dev_mark(self->fd, self->self, notify, dest, true));
	DEL_A(PLACE);
	EXPECT_EQ(1, DRAIN(notify));
	EXPECT_EQ(0, dev_release(self->fd, self->self, dest));
	EXPECT_TRUE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
	/* and nobody finds it */
	EXPECT_EQ(0, dest_of(self, PLACE));
	EXPECT_EQ(0, DRAIN(notify));
	PUT_A(PLACE, 10);
	EXPECT_EQ(1, DRAIN(notify));
	dest = dest_of(self, PLACE);
	EXPECT_EQ(1, dev_is_marked(self->fd, self->self, notify, dest));
	DEL_A(PLACE);
	EXPECT_EQ(0, dev_release(self->fd, self->self, dest));
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, notify));
	EXPECT_FALSE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
}

/* Pending keeps it, too, until it was reported; then nobody does. */
TEST_F(notify, pending_keeps_destination)
{
	struct rtm_dest_rec rec;
	__u64 one, two;

	NOTIFY(CT_EVERY, &one);
	NOTIFY(CT_EVERY, &two);
	PUT_A(PLACE, 10);
	DEL_A(PLACE);
	EXPECT_TRUE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
	EXPECT_EQ(1, rec.refs);
	EXPECT_EQ(1, DRAIN(one));
	EXPECT_TRUE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
	EXPECT_EQ(1, DRAIN(two));
	EXPECT_FALSE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
}

/*
 * Events
 */

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

static int read_event(int fd, struct rtm_event *event)
{
	ssize_t n = read(fd, event, sizeof(*event));

	return n < 0 ? -errno : n == sizeof(*event) ? 0 : -EIO;
}

static void expect_told_once(struct __test_metadata *_metadata, FIXTURE_DATA(notify) *self,
			     __u64 notify, __u64 context)
{
	struct rtm_event event;

	EXPECT_TRUE(readable(self->fd));
	ASSERT_EQ(0, read_event(self->fd, &event));
	EXPECT_EQ(RTM_EVENT_CHANGED, event.type);
	EXPECT_EQ(0, event.pad);
	EXPECT_EQ(self->self, event.entity);
	EXPECT_EQ(notify, event.object);
	EXPECT_EQ(context, event.context);
	EXPECT_EQ(0, event.id.family | event.id.instance | event.id.protocol | event.id.id);
	EXPECT_FALSE(readable(self->fd));
	EXPECT_EQ(-EAGAIN, read_event(self->fd, &event));
}

TEST_F(notify, event_and_rearm)
{
	struct rtm_register_notify arg;
	__u64 silent;

	NOTIFY(CT_EVERY, &silent);
	notify_arg(&arg, self->self, RTM_CT_BEST, RTM_V_SUPPORTED);
	arg.flags = RTM_REQ_EVENTS;
	arg.context = 0x1122334455667788;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	EXPECT_FALSE(readable(self->fd));
	PUT_A(PLACE, 10);
	PUT_A("10.2.0.0/16", 10);
	expect_told_once(_metadata, self, arg.notify, arg.context);
	/* what was left is not told again by itself */
	PUT_B(PLACE, 50);
	EXPECT_FALSE(readable(self->fd));
	/* but by the next change, also of a destination that is pending already */
	PUT_A(PLACE, 11);
	expect_told_once(_metadata, self, arg.notify, arg.context);
	EXPECT_EQ(2, DRAIN(arg.notify));
	EXPECT_FALSE(readable(self->fd));
	/* an event that was not read goes with its registration */
	PUT_A(PLACE, 12);
	EXPECT_TRUE(readable(self->fd));
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, arg.notify));
	EXPECT_FALSE(readable(self->fd));
}

TEST_F(notify, event_not_consumed_by_fault)
{
	void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rtm_register_notify arg;

	notify_arg(&arg, self->self, RTM_CT_BEST, RTM_V_SUPPORTED);
	arg.flags = RTM_REQ_EVENTS;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	PUT_A(PLACE, 10);
	EXPECT_EQ(-1, read(self->fd, nowhere, sizeof(struct rtm_event)));
	EXPECT_EQ(EFAULT, errno);
	expect_told_once(_metadata, self, arg.notify, 0);
	munmap(nowhere, 4096);
}

/*
 * The end
 */

/* Whatever is pending, marked and queued, the end of the owner ends it. */
TEST_F(notify, deregister_entity)
{
	struct rtm_dest_rec rec;
	__u64 one, two, dest;
	struct rtm_get_stats s;

	NOTIFY(CT_EVERY, &one);
	NOTIFY(CT_EVERY | RTM_CT_ONLY_MARKED, &two);
	PUT_A(PLACE, 10);
	dest = dest_of(self, PLACE);
	EXPECT_EQ(0, dev_mark(self->fd, self->self, two, dest, true));
	EXPECT_EQ(0, dev_mark(self->fd, self->self, one, dest, true));
	DEL_A(PLACE);
	EXPECT_TRUE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
	ASSERT_EQ(0, dev_deregister(self->fd, self->self));
	EXPECT_FALSE(dev_dest_rec_in(self->fd, INSTANCE, PLACE, &rec));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
	EXPECT_EQ(-EBADF, dev_denotify(self->fd, self->self, one));
}

/* More handles of it do not keep it from ending. */
TEST_F(notify, referenced_handle)
{
	__u64 notify;

	NOTIFY(CT_EVERY, &notify);
	EXPECT_EQ(0, dev_reference(self->fd, self->self, RTM_HANDLE_NOTIFY, &notify, 1));
	EXPECT_EQ(0, dev_denotify(self->fd, self->self, notify));
	EXPECT_EQ(-EBADF, DRAIN(notify));
	EXPECT_EQ(-EBADF, dev_denotify(self->fd, self->self, notify));
	EXPECT_EQ(0, dev_release(self->fd, self->self, notify));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->self, notify));
}

/* A departed owner's routes vanish one by one, and each is told. */
TEST_F(notify, owner_dies)
{
	__u64 notify;

	PUT_A("10.1.0.0/16", 10);
	PUT_B("10.1.0.0/16", 20);
	PUT_B("10.2.0.0/16", 20);
	NOTIFY(CT_EVERY, &notify);
	close(self->fd_b);
	self->fd_b = -1;
	EXPECT_TRUE(wait_until(dev_is_pending(self->fd, self->self, notify,
					      dest_of(self, "10.1.0.0/16")) == 1));
	EXPECT_TRUE(wait_until(!dest_of(self, "10.2.0.0/16")));
	ASSERT_EQ(2, DRAIN(notify));
	EXPECT_EQ(1, self->c.dest[0].n_routes[0]);
	EXPECT_EQ(0, self->c.dest[1].n_routes[0]);
	EXPECT_EQ(0, DRAIN(notify));
}

TEST_HARNESS_MAIN
