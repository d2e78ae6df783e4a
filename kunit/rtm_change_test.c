// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a commit changed, against a model that compares all routes before and after.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/random.h>
#include <uapi/linux/rtm.h>

#include "rtm_candidates.h"
#include "rtm_change.h"
#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_nhset.h"
#include "rtm_route.h"
#include "rtm_select.h"

#define N_ROUTES	12
#define N_OWNERS	4
#define N_SETS		6
#define N_ALL_SETS	(2 * N_OWNERS * N_SETS)
#define N_STEPS		20000

/**
 * struct picture - what the model remembers of a route
 * @in: in the table
 * @owner: protocol
 * @set: number of its next hops, by content
 * @metric: compared second
 * @preference: compared first
 * @views: views
 * @flags: flags
 * @private: cookie, neighbour and flags1 in one number
 */
struct picture {
	bool in;
	u32 owner;
	unsigned int set;
	u32 metric;
	u32 preference;
	u32 views;
	u16 flags;
	u64 private;
};

/**
 * struct change_ctx - a destination with routes that belong to nobody
 * @dest: the destination; only what selection touches is set
 * @extra: its extra
 * @owners: whose routes they are; only the protocol is set
 * @sets: N_SETS for each owner, without a neighbour and with one; two and two have the same
 *	content
 * @routes: the routes
 * @before: the model's routes before a commit
 * @best_before: best routes before, or NULL
 * @rnd: seeded generator
 */
struct change_ctx {
	struct rtm_dest dest;
	struct rtm_dest_extra extra;
	struct rtm_entity owners[N_OWNERS];
	struct rtm_nhset *sets[N_ALL_SETS];
	struct rtm_route routes[N_ROUTES];
	struct picture before[N_ROUTES];
	struct rtm_route *best_before[RTM_N_VIEWS];
	struct rnd_state rnd;
};

static u32 pick(struct change_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

static struct rtm_route *best(struct change_ctx *ctx, unsigned int view)
{
	return rtm_dest_best(&ctx->dest, view);
}

/* Sets are equal in pairs: the model's number is that of the pair. */
static unsigned int set_number(struct change_ctx *ctx, const struct rtm_route *route)
{
	const struct rtm_nhset *nhs = rcu_dereference_protected(route->nhs, true);
	unsigned int i;

	for (i = 0; i < N_ALL_SETS; i++)
		if (nhs == ctx->sets[i])
			break;
	return i % N_SETS / 2;
}

/* Whose and with which neighbour a set is, that is what changes in place. */
static void use_set(struct change_ctx *ctx, struct rtm_route *route, unsigned int owner,
		    bool neighbour, unsigned int number)
{
	unsigned int i = (2 * owner + neighbour) * N_SETS + number;

	rcu_assign_pointer(route->nhs, ctx->sets[i]);
}

static unsigned int owner_number(struct change_ctx *ctx, const struct rtm_route *route)
{
	return rtm_route_owner(route) - ctx->owners;
}

static void take_picture(struct change_ctx *ctx, struct picture *p, const struct rtm_route *route)
{
	*p = (struct picture){
		.in = in_table(route),
		.owner = rtm_route_owner(route)->id.protocol,
		.set = set_number(ctx, route),
		.metric = route->metric,
		.preference = route->preference,
		.views = route->views,
		.flags = route->flags,
		.private = route->cookie << 16 | !!rtm_route_neighbour(route) << 8 | route->flags1,
	};
}

static void remember(struct change_ctx *ctx)
{
	unsigned int i;

	for (i = 0; i < N_ROUTES; i++)
		take_picture(ctx, &ctx->before[i], &ctx->routes[i]);
	for (i = 0; i < RTM_N_VIEWS; i++)
		ctx->best_before[i] = best(ctx, i);
}

static bool in_view(const struct picture *p, unsigned int view)
{
	return p->in && p->views & BIT(view);
}

static bool same_forwarding(const struct picture *a, const struct picture *b)
{
	return a->set == b->set && a->metric == b->metric && a->preference == b->preference &&
	       (a->flags & 0x000f) == (b->flags & 0x000f);
}

static bool same_content(const struct picture *a, const struct picture *b)
{
	return same_forwarding(a, b) && a->flags == b->flags && a->private == b->private;
}

/**
 * struct verdict - what the model says
 * @any: some route changed
 * @all: views
 * @best: views
 * @forwarding: views
 * @owners: set of protocols
 */
struct verdict {
	bool any;
	u32 all;
	u32 best;
	u32 forwarding;
	u32 owners;
};

static void judge_route(struct verdict *v, const struct picture *was, const struct picture *is)
{
	bool same = same_content(was, is);
	unsigned int view;

	if (!was->in && !is->in)
		return;
	if (was->in == is->in && same && was->views == is->views)
		return;
	v->any = true;
	v->owners |= BIT(is->owner);
	for (view = 0; view < RTM_N_VIEWS; view++)
		if (in_view(was, view) != in_view(is, view) || (in_view(is, view) && !same))
			v->all |= BIT(view);
}

static void judge_best(struct change_ctx *ctx, struct verdict *v, unsigned int view)
{
	struct rtm_route *old = ctx->best_before[view];
	struct rtm_route *new = best(ctx, view);
	const struct picture *was;
	struct picture is;

	if (old != new) {
		v->best |= BIT(view);
		v->forwarding |= BIT(view);
		if (old)
			v->owners |= BIT(rtm_route_owner(old)->id.protocol);
		if (new)
			v->owners |= BIT(rtm_route_owner(new)->id.protocol);
		return;
	}
	if (!new)
		return;
	was = &ctx->before[new - ctx->routes];
	take_picture(ctx, &is, new);
	if (!same_forwarding(was, &is))
		v->forwarding |= BIT(view);
	if (!same_forwarding(was, &is) || was->flags != is.flags)
		v->best |= BIT(view);
}

static struct verdict judge(struct change_ctx *ctx)
{
	struct verdict v = {};
	struct picture is;
	unsigned int i;

	for (i = 0; i < N_ROUTES; i++) {
		take_picture(ctx, &is, &ctx->routes[i]);
		judge_route(&v, &ctx->before[i], &is);
	}
	for (i = 0; i < RTM_N_VIEWS; i++)
		judge_best(ctx, &v, i);
	v.all |= v.best;
	v.any |= v.all;
	return v;
}

static void randomise(struct change_ctx *ctx, struct rtm_route *route, unsigned int owner)
{
	static const u16 flags[] = {
		0, RTM_RF_LOCAL, RTM_RF_BLACKHOLE, RTM_RF_INACTIVE | RTM_RF_LOCAL,
	};

	use_set(ctx, route, owner, pick(ctx, 2), pick(ctx, N_SETS));
	route->metric = pick(ctx, 3);
	route->preference = 1 + pick(ctx, 2);
	route->views = pick(ctx, 4);
	route->flags = flags[pick(ctx, ARRAY_SIZE(flags))];
	route->cookie = pick(ctx, 2);
	route->flags1 = pick(ctx, 2);
}

/* Change a few members, or none, so that each is the only one now and then. */
static void tweak(struct change_ctx *ctx, struct rtm_route *route)
{
	u32 n = pick(ctx, 3);

	while (n--) {
		switch (pick(ctx, 8)) {
		case 0:
			use_set(ctx, route, owner_number(ctx, route),
				rtm_route_neighbour(route), pick(ctx, N_SETS));
			break;
		case 1:
			route->metric = pick(ctx, 3);
			break;
		case 2:
			route->preference = 1 + pick(ctx, 2);
			break;
		case 3:
			route->views = pick(ctx, 4);
			break;
		case 4:
			route->flags ^= RTM_RF_LOCAL;
			break;
		case 5:
			route->flags ^= RTM_RF_DISCARD;
			break;
		case 6:
			route->cookie ^= 1;
			break;
		default:
			route->flags1 ^= 1;
			break;
		}
	}
}

static void add(struct change_ctx *ctx, struct rtm_change *c, struct rtm_route *route)
{
	route->state = RTM_STATE_CREATED;
	route->dead = false;
	randomise(ctx, route, pick(ctx, N_OWNERS));
	rtm_change_member(c, route);
	rtm_select_insert(&ctx->dest, route);
}

static void take_out(struct rtm_change *c, struct rtm_route *route)
{
	rtm_change_member(c, route);
	route->state = RTM_STATE_DELETED;
	take_out_of_table(route);
}

static void edit(struct change_ctx *ctx, struct rtm_change *c, struct rtm_route *route)
{
	u32 metric = route->metric;
	u32 preference = route->preference;

	rtm_change_edit(c, route);
	tweak(ctx, route);
	rtm_change_edited(c);
	if (route->metric != metric || route->preference != preference) {
		take_out_of_table(route);
		rtm_select_insert(&ctx->dest, route);
	}
}

/* What a purge does: routes are marked at any time, and taken out later. */
static void reap(struct change_ctx *ctx, struct rtm_change *c)
{
	struct rtm_route *route, *next;

	for (route = ctx->dest.routes; route; route = next) {
		next = route->next;
		if (route->dead)
			take_out(c, route);
	}
}

static void commit(struct change_ctx *ctx, struct rtm_change *c)
{
	struct rtm_route *route = &ctx->routes[pick(ctx, N_ROUTES)];

	rtm_change_begin(c, &ctx->dest);
	if (!in_table(route))
		add(ctx, c, route);
	else if (pick(ctx, 8) == 0)
		reap(ctx, c);
	else if (route->dead)
		;
	else if (pick(ctx, 3))
		edit(ctx, c, route);
	else
		take_out(c, route);
	rtm_select_update(&ctx->dest);
	rtm_change_end(c, &ctx->dest);
}

static void expect_verdict(struct kunit *test, const struct verdict *v, struct rtm_change *c)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, v->any, c->any);
	KUNIT_EXPECT_EQ(test, v->all, c->all);
	KUNIT_EXPECT_EQ(test, v->best, c->best);
	KUNIT_EXPECT_EQ(test, v->forwarding, c->forwarding);
	for (i = 0; v->any && i < N_OWNERS; i++)
		KUNIT_EXPECT_EQ(test, !!(v->owners & BIT(i)), rtm_change_concerns(c, i));
}

static void change_random(struct kunit *test)
{
	struct change_ctx *ctx = test->priv;
	u64 seed = 0xc4a46e;
	struct rtm_change c = {};
	struct verdict v;
	u32 seen = 0;
	int step;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&ctx->rnd, seed);
	for (step = 0; step < N_STEPS; step++) {
		if (!pick(ctx, 10))
			ctx->routes[pick(ctx, N_ROUTES)].dead = true;
		remember(ctx);
		commit(ctx, &c);
		v = judge(ctx);
		expect_verdict(test, &v, &c);
		seen |= BIT(v.any + !!v.all + !!v.best + !!v.forwarding);
	}
	/* nothing, in no view, ALL alone, BEST without FORWARDING, all three */
	KUNIT_EXPECT_EQ(test, seen, 0x1fu);
}

/* One route in the table, as it is; @c has begun. */
static struct rtm_route *one_route(struct change_ctx *ctx, struct rtm_change *c)
{
	struct rtm_route *route = &ctx->routes[0];

	rtm_change_begin(c, &ctx->dest);
	add(ctx, c, route);
	route->views = RTM_V_UCAST;
	use_set(ctx, route, 0, false, 0);
	rtm_select_update(&ctx->dest);
	rtm_change_begin(c, &ctx->dest);
	return route;
}

static void change_same_is_none(struct kunit *test)
{
	struct change_ctx *ctx = test->priv;
	struct rtm_change c = {};
	struct rtm_route *route = one_route(ctx, &c);

	rtm_change_edit(&c, route);
	/* another set with the same content */
	use_set(ctx, route, 0, false, 1);
	rtm_change_edited(&c);
	rtm_select_update(&ctx->dest);
	rtm_change_end(&c, &ctx->dest);
	KUNIT_EXPECT_FALSE(test, c.any);
	KUNIT_EXPECT_EQ(test, c.all | c.best | c.forwarding, 0u);
}

static void change_replaced_counts(struct kunit *test)
{
	struct change_ctx *ctx = test->priv;
	struct rtm_change c = {};
	struct rtm_route *old = one_route(ctx, &c);
	struct rtm_route *new = &ctx->routes[1];

	use_set(ctx, new, 1, false, 0);
	new->preference = old->preference;
	new->metric = old->metric;
	new->views = old->views;
	new->flags = old->flags;
	new->state = RTM_STATE_CREATED;
	rtm_select_insert(&ctx->dest, new);
	rtm_change_member(&c, new);
	take_out(&c, old);
	rtm_select_update(&ctx->dest);
	rtm_change_end(&c, &ctx->dest);
	KUNIT_EXPECT_EQ(test, c.best, (u32)RTM_V_UCAST);
	KUNIT_EXPECT_EQ(test, c.forwarding, (u32)RTM_V_UCAST);
}

static void change_noted(struct kunit *test)
{
	struct change_ctx *ctx = test->priv;
	struct rtm_change c = {};

	one_route(ctx, &c);
	rtm_change_note(&c, RTM_V_MCAST, RTM_CT_BEST);
	rtm_change_end(&c, &ctx->dest);
	KUNIT_EXPECT_TRUE(test, c.any);
	KUNIT_EXPECT_EQ(test, c.all, (u32)RTM_V_MCAST);
	KUNIT_EXPECT_EQ(test, c.best, (u32)RTM_V_MCAST);
	KUNIT_EXPECT_EQ(test, c.forwarding, 0u);
	/* nobody's routes: whoever filters by protocol has to look */
	KUNIT_EXPECT_TRUE(test, rtm_change_concerns(&c, 4711));
}

static void change_many_owners(struct kunit *test)
{
	struct change_ctx *ctx = test->priv;
	struct rtm_change c = {};
	u32 i;

	one_route(ctx, &c);
	for (i = 0; i < RTM_CHANGE_OWNERS; i++) {
		ctx->owners[0].id.protocol = 100 + i;
		use_set(ctx, &ctx->routes[0], 0, false, 0);
		rtm_change_member(&c, &ctx->routes[0]);
		rtm_change_member(&c, &ctx->routes[0]);
	}
	KUNIT_EXPECT_FALSE(test, rtm_change_concerns(&c, 99));
	KUNIT_EXPECT_TRUE(test, rtm_change_concerns(&c, 100));
	ctx->owners[0].id.protocol = 1000;
	rtm_change_member(&c, &ctx->routes[0]);
	KUNIT_EXPECT_TRUE(test, rtm_change_concerns(&c, 99));
}

static struct rtm_nhset *make_set(struct kunit *test, struct change_ctx *ctx, unsigned int i)
{
	unsigned int number = i % N_SETS;
	struct rtm_nhset *nhs;

	nhs = kunit_kzalloc(test, struct_size(nhs, nh, 2), GFP_KERNEL);
	if (!nhs)
		return NULL;
	nhs->owner = &ctx->owners[i / N_SETS / 2];
	/* compared, never followed */
	nhs->neighbour = i / N_SETS % 2 ? (void *)ctx : NULL;
	nhs->n = number / 2 ? 2 : 0;
	nhs->nh[number / 2 == 2] = (void *)ctx;
	return nhs;
}

static int rtm_change_test_init(struct kunit *test)
{
	struct change_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->dest.extra = &ctx->extra;
	for (i = 0; i < N_OWNERS; i++)
		ctx->owners[i].id.protocol = i;
	for (i = 0; i < N_ALL_SETS; i++) {
		ctx->sets[i] = make_set(test, ctx, i);
		KUNIT_ASSERT_NOT_NULL(test, ctx->sets[i]);
	}
	for (i = 0; i < N_ROUTES; i++) {
		ctx->routes[i].dest = &ctx->dest;
		use_set(ctx, &ctx->routes[i], 0, false, 0);
	}
	test->priv = ctx;
	return 0;
}

static struct kunit_case rtm_change_cases[] = {
	KUNIT_CASE(change_same_is_none),
	KUNIT_CASE(change_replaced_counts),
	KUNIT_CASE(change_noted),
	KUNIT_CASE(change_many_owners),
	KUNIT_CASE(change_random),
	{}
};

static struct kunit_suite rtm_change_suite = {
	.name = "rtm_change",
	.init = rtm_change_test_init,
	.test_cases = rtm_change_cases,
};

kunit_test_suite(rtm_change_suite);
