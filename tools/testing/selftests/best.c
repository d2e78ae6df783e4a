// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which route of a destination is the best one: by preference, then metric, then who
 * was first; in each view on its own.
 *
 * How this file works: several entities, or one with several neighbours, offer routes
 * to one destination.  After each step the test names the route that must be the best
 * one and what the call must have said about it.
 */
#include "rtm_test.h"

#define N	5

FIXTURE(best) {
	struct env env;
	int fd;
	__u64 e;
	__u64 nh[N];
	__u64 route[N];
	__u64 six;
};

FIXTURE_SETUP(best)
{
	char text[32];
	int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	for (i = 0; i < N; i++) {
		snprintf(text, sizeof(text), "192.0.2.%d", i + 1);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, text, 1, &self->nh[i]));
	}
}

FIXTURE_TEARDOWN(best)
{
	env_clean(_metadata, &self->env);
}

/* Add or change candidate I.  Returns the change, or a negative errno. */
static int put_in(FIXTURE_DATA(best) *self, int i, __u32 preference, __u32 metric, __u32 views)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, self->e, "10.0.0.0/8", NULL, 0);
	arg.attrs.neighbour = self->nh[i];
	arg.attrs.preference = preference;
	arg.attrs.metric = metric;
	arg.attrs.views = views;
	arg.flags = self->route[i] ? RTM_REQ_NO_HANDLE : 0;
	err = dev_add_route(self->fd, &arg);
	if (!err && !self->route[i])
		self->route[i] = arg.route;
	return err ? err : (int)arg.change;
}

static int put(FIXTURE_DATA(best) *self, int i, __u32 preference, __u32 metric)
{
	return put_in(self, i, preference, metric, RTM_V_SUPPORTED);
}

static int take(FIXTURE_DATA(best) *self, int i)
{
	__u32 change;
	int err;

	err = dev_delete_route(self->fd, self->e, self->route[i], &change);
	self->route[i] = 0;
	return err ? err : (int)change;
}

/* Whether candidate I, and no other, is the best one in VIEW; -1 for none at all. */
static bool best_in(FIXTURE_DATA(best) *self, unsigned int view, int i)
{
	struct rtm_dest_view infos[RTM_N_VIEWS];
	struct rtm_get_dest query;
	__u32 views;
	int j;

	for (j = 0; j < N; j++) {
		bool want = i == j;
		bool is;

		if (!self->route[j])
			continue;
		if (dev_is_best(self->fd, self->e, self->route[j], &views))
			return false;
		is = views & 1u << view;
		if (is != want)
			return false;
	}
	dest_arg(&query, self->e, RTM_PROTO_BEST, RTM_V_SUPPORTED, infos, RTM_N_VIEWS);
	query.prefix = prefix("10.0.0.0/8");
	if (dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &query))
		return i < 0;
	dev_release(self->fd, self->e, query.dest);
	for (j = 0; j < RTM_N_VIEWS; j++) {
		dev_release(self->fd, self->e, infos[j].route);
		dev_release(self->fd, self->e, infos[j].owner);
	}
	return infos[view].route == (i < 0 ? 0 : self->route[i]);
}

static bool best(FIXTURE_DATA(best) *self, int i)
{
	return best_in(self, 0, i) && best_in(self, 1, i);
}

TEST_F(best, preference_then_metric)
{
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put(self, 0, 20, 1));
	EXPECT_TRUE(best(self, 0));
	/* a worse metric does not matter where the preference is better */
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put(self, 1, 10, 4000000000u));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put(self, 2, 10, 7));
	EXPECT_TRUE(best(self, 2));
	EXPECT_EQ(RTM_RC_NEW, put(self, 3, 10, 8));
	EXPECT_EQ(RTM_RC_NEW, put(self, 4, 4000000000u, 0));
	EXPECT_TRUE(best(self, 2));
	/* without the best one it is the next in that order, each time */
	EXPECT_EQ(RTM_RC_BEST, take(self, 2));
	EXPECT_TRUE(best(self, 3));
	EXPECT_EQ(0, take(self, 4));
	EXPECT_EQ(RTM_RC_BEST, take(self, 3));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(RTM_RC_BEST, take(self, 1));
	EXPECT_TRUE(best(self, 0));
	EXPECT_EQ(RTM_RC_BEST, take(self, 0));
	EXPECT_TRUE(best(self, -1));
}

TEST_F(best, tie_keeps_the_best)
{
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put(self, 0, 10, 5));
	EXPECT_EQ(RTM_RC_NEW, put(self, 1, 10, 5));
	EXPECT_EQ(RTM_RC_NEW, put(self, 2, 10, 5));
	EXPECT_TRUE(best(self, 0));
	/* the eldest of the others follows */
	EXPECT_EQ(RTM_RC_BEST, take(self, 0));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(RTM_RC_NEW, put(self, 0, 10, 5));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(RTM_RC_BEST, take(self, 1));
	EXPECT_TRUE(best(self, 2));
	EXPECT_EQ(RTM_RC_BEST, take(self, 2));
	EXPECT_TRUE(best(self, 0));
}

/* One that was best, lost it and comes back as good as the other does not get it back. */
TEST_F(best, tie_after_a_change_of_rank)
{
	put(self, 0, 10, 5);
	put(self, 1, 10, 6);
	EXPECT_TRUE(best(self, 0));
	EXPECT_EQ(RTM_RC_BEST, put(self, 0, 10, 7));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(0, put(self, 0, 10, 6));
	EXPECT_TRUE(best(self, 1));
	EXPECT_EQ(RTM_RC_BEST, put(self, 0, 9, 6));
	EXPECT_TRUE(best(self, 0));
	/* the second becomes as good: nothing moves */
	EXPECT_EQ(0, put(self, 1, 9, 6));
	EXPECT_TRUE(best(self, 0));
	/* an equal one that is best keeps it when it becomes equal from above */
	EXPECT_EQ(RTM_RC_BEST, put(self, 1, 8, 6));
	EXPECT_EQ(RTM_RC_BEST, put(self, 1, 9, 6));
	EXPECT_TRUE(best(self, 1));
}

/* Updates that do not change the rank do not change the age either. */
TEST_F(best, age)
{
	put(self, 0, 10, 5);
	put(self, 1, 10, 5);
	put(self, 2, 10, 5);
	put(self, 1, 10, 5);
	EXPECT_EQ(RTM_RC_BEST, take(self, 0));
	EXPECT_TRUE(best(self, 1));
	put(self, 3, 10, 5);
	/* to another rank and back: the youngest of them now */
	put(self, 2, 10, 6);
	put(self, 2, 10, 5);
	EXPECT_EQ(RTM_RC_BEST, take(self, 1));
	EXPECT_TRUE(best(self, 3));
	EXPECT_EQ(RTM_RC_BEST, take(self, 3));
	EXPECT_TRUE(best(self, 2));
}

TEST_F(best, each_view_on_its_own)
{
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put_in(self, 0, 10, 5, RTM_V_UCAST));
	EXPECT_TRUE(best_in(self, 0, 0));
	EXPECT_TRUE(best_in(self, 1, -1));
	/* worse, but alone in its view */
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put_in(self, 1, 20, 5, RTM_V_MCAST));
	EXPECT_TRUE(best_in(self, 0, 0));
	EXPECT_TRUE(best_in(self, 1, 1));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put_in(self, 2, 15, 5, RTM_V_SUPPORTED));
	EXPECT_TRUE(best_in(self, 0, 0));
	EXPECT_TRUE(best_in(self, 1, 2));
	EXPECT_EQ(RTM_RC_NEW, put_in(self, 3, 30, 5, RTM_V_SUPPORTED));
	/* the first moves to the other view */
	EXPECT_EQ(RTM_RC_BEST, put_in(self, 0, 10, 5, RTM_V_MCAST));
	EXPECT_TRUE(best_in(self, 0, 2));
	EXPECT_TRUE(best_in(self, 1, 0));
	/* and out of both */
	EXPECT_EQ(RTM_RC_BEST, put_in(self, 0, 10, 5, 0));
	EXPECT_TRUE(best(self, 2));
	EXPECT_EQ(RTM_RC_BEST, take(self, 2));
	EXPECT_TRUE(best_in(self, 0, 3));
	EXPECT_TRUE(best_in(self, 1, 1));
	EXPECT_EQ(0, take(self, 0));
}

/* In the table, found when no view is asked for, best nowhere. */
TEST_F(best, without_a_view)
{
	struct rtm_get_dest query;

	EXPECT_EQ(RTM_RC_NEW, put_in(self, 0, 1, 1, 0));
	EXPECT_TRUE(best(self, -1));
	EXPECT_EQ(-ENOENT, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->e, "10.0.0.0/8",
					 RTM_V_UCAST, &query));
	EXPECT_EQ(-ENOENT, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->e, "10.0.0.0/8",
					 RTM_V_SUPPORTED, &query));
	EXPECT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->e, "10.0.0.0/8", 0,
				   &query));
	EXPECT_EQ(0, query.belongs);
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, put_in(self, 1, 200, 200, RTM_V_UCAST));
	EXPECT_TRUE(best_in(self, 0, 1));
	EXPECT_EQ(0, take(self, 0));
}

/* The two best of a view tie, and each holds on to its view. */
TEST_F(best, ties_differ_by_view)
{
	put_in(self, 0, 10, 5, RTM_V_UCAST);
	put_in(self, 1, 10, 5, RTM_V_MCAST);
	put_in(self, 0, 10, 5, RTM_V_SUPPORTED);
	put_in(self, 1, 10, 5, RTM_V_SUPPORTED);
	EXPECT_TRUE(best_in(self, 0, 0));
	EXPECT_TRUE(best_in(self, 1, 1));
	EXPECT_EQ(RTM_RC_NEW, put(self, 2, 10, 5));
	EXPECT_EQ(RTM_RC_BEST, take(self, 1));
	EXPECT_TRUE(best(self, 0));
}

/* An update of the best route says so, even if nothing else moves. */
TEST_F(best, update_tells)
{
	put(self, 0, 10, 5);
	put(self, 1, 10, 6);
	EXPECT_EQ(RTM_RC_BEST, put(self, 0, 10, 5));
	EXPECT_EQ(RTM_RC_BEST, put(self, 0, 10, 4));
	EXPECT_EQ(0, put(self, 1, 10, 6));
	EXPECT_EQ(0, put(self, 1, 10, 5));
	EXPECT_EQ(0, put(self, 1, 10, 4));
	EXPECT_EQ(RTM_RC_BEST, put(self, 1, 10, 3));
}

struct rank {
	__u32 protocol;
	__u32 preference;
};

/* Numbers of our own choice; but once chosen they stay. */
TEST_F(best, default_preference)
{
	static const struct rank ranks[] = {
		{ 2, 1 }, { PROTO_STATIC, 3 }, { 10007, 5 }, { 10002, 7 }, { 3, 10 }, { 19, 15 },
		{ PROTO_BGP, 20 }, { 16, 90 }, { PROTO_OSPF, 110 }, { 9, 115 },
		{ PROTO_RIP, 120 }, { 4711, 200 }, { 0xffff0000 | PROTO_BGP, 200 },
	};
	struct rtm_get_route_info info;
	struct rtm_add_route arg;
	__u64 entity, route;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranks); i++) {
		ASSERT_EQ(0, dev_register(self->fd, AF_INET, ranks[i].protocol, 99, 0, &entity));
		ASSERT_EQ(0, dev_route(self->fd, entity, "10.0.0.0/8", 0, 5, &route));
		ASSERT_EQ(0, dev_route_info(self->fd, entity, route, NULL, 0, &info));
		EXPECT_EQ(ranks[i].preference, info.attrs.preference)
			TH_LOG("protocol %u", ranks[i].protocol);
		/* an update without one takes it again */
		route_arg(&arg, entity, "10.0.0.0/8", NULL, 0);
		arg.attrs.preference = 1000;
		ASSERT_EQ(0, dev_add_route(self->fd, &arg));
		arg.attrs.preference = 0;
		arg.route = route;
		ASSERT_EQ(0, dev_add_route(self->fd, &arg));
		ASSERT_EQ(0, dev_route_info(self->fd, entity, route, NULL, 0, &info));
		EXPECT_EQ(ranks[i].preference, info.attrs.preference);
		ASSERT_EQ(0, dev_deregister(self->fd, entity));
	}
}

/* Static beats BGP beats OSPF beats RIP, in whatever order they come. */
TEST_F(best, protocols_compete)
{
	static const __u32 protocols[] = { PROTO_OSPF, PROTO_STATIC, PROTO_RIP, PROTO_BGP };
	static const int order[] = { 1, 3, 0, 2 };
	__u64 entity[4], route[4];
	__u32 views, change;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, dev_register(self->fd, AF_INET, protocols[i], 9, 0, &entity[i]));
		ASSERT_EQ(0, dev_route(self->fd, entity[i], "10.0.0.0/8", 0, i, &route[i]));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, dev_is_best(self->fd, self->e, route[order[i]], &views));
		EXPECT_EQ(RTM_V_SUPPORTED, views);
		ASSERT_EQ(0, dev_delete_route(self->fd, entity[order[i]], route[order[i]],
					      &change));
		EXPECT_EQ(RTM_RC_BEST, change);
	}
}

/* The routes of one who leaves are out of the choice at once. */
TEST_F(best, owner_leaves)
{
	__u64 strong, weak, a, b;
	__u32 views;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_STATIC, 1, 0, &strong));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &weak));
	ASSERT_EQ(0, dev_route(self->fd, strong, "10.0.0.0/8", 0, 1, &a));
	ASSERT_EQ(0, dev_route(self->fd, weak, "10.0.0.0/8", 0, 1, &b));
	ASSERT_EQ(0, dev_is_best(self->fd, self->e, b, &views));
	EXPECT_EQ(0, views);
	ASSERT_EQ(0, dev_deregister(self->fd, strong));
	ASSERT_EQ(0, dev_is_best(self->fd, self->e, b, &views));
	EXPECT_EQ(RTM_V_SUPPORTED, views);
}

/*
 * A naive second opinion
 */

/**
 * struct candidate - what the model knows of a candidate
 * @there: it is in the table
 * @preference: its rank
 * @metric: same
 * @views: its views
 * @since: when it got its rank
 */
struct candidate {
	bool there;
	__u32 preference;
	__u32 metric;
	__u32 views;
	unsigned int since;
};

static bool better(const struct candidate *a, const struct candidate *b)
{
	if (a->preference != b->preference)
		return a->preference < b->preference;
	return a->metric < b->metric;
}

static bool equal(const struct candidate *a, const struct candidate *b)
{
	return a->preference == b->preference && a->metric == b->metric;
}

/* The best of a view by the rules, given who is best now. */
static int model_best(const struct candidate *c, unsigned int view, int now)
{
	int i, found = -1;

	for (i = 0; i < N; i++) {
		if (!c[i].there || !(c[i].views & 1u << view))
			continue;
		if (found < 0 || better(&c[i], &c[found]) ||
		    (equal(&c[i], &c[found]) && c[i].since < c[found].since))
			found = i;
	}
	if (found >= 0 && now >= 0 && c[now].there && c[now].views & 1u << view &&
	    equal(&c[now], &c[found]))
		return now;
	return found;
}

static void model_put(struct candidate *c, unsigned int round)
{
	__u32 preference = 1 + rand() % 2;
	__u32 metric = rand() % 3;

	if (!c->there || c->preference != preference || c->metric != metric)
		c->since = round;
	c->there = true;
	c->preference = preference;
	c->metric = metric;
	c->views = rand() % 4;
}

TEST_F(best, random_changes)
{
	struct candidate c[N] = {};
	int now[RTM_N_VIEWS] = { -1, -1 };
	unsigned int round, view;
	int i, change, moved;

	srand(20231201);
	for (round = 0; round < 600; round++) {
		i = rand() % N;
		if (c[i].there && rand() % 3 == 0) {
			c[i].there = false;
			change = take(self, i);
		} else {
			model_put(&c[i], round);
			change = put_in(self, i, c[i].preference, c[i].metric, c[i].views);
		}
		ASSERT_LE(0, change);
		moved = 0;
		for (view = 0; view < RTM_N_VIEWS; view++) {
			int next = model_best(c, view, now[view]);

			moved |= next != now[view] || next == i;
			now[view] = next;
			ASSERT_TRUE(best_in(self, view, next))
				TH_LOG("round %u view %u: should be %d", round, view, next);
		}
		ASSERT_EQ(!!moved, !!(change & RTM_RC_BEST))
			TH_LOG("round %u: change %#x", round, change);
	}
}

TEST_HARNESS_MAIN
