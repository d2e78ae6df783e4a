// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selection against a model that looks at every route each time.
 */
#include <kunit/test.h>
#include <linux/random.h>
#include <uapi/linux/rtm.h>

#include "rtm_candidates.h"
#include "rtm_dest.h"
#include "rtm_route.h"
#include "rtm_select.h"

#define N_ROUTES	24
#define N_STEPS		4000

/**
 * struct select_ctx - a destination and routes that belong to nobody
 * @dest: the destination; only what selection touches is set
 * @extra: its extra
 * @routes: the routes
 * @age: by route, when it got its rank; the model's own clock
 * @clock: that clock
 * @best: by view, what the model says is best, or -1
 * @rnd: seeded generator
 */
struct select_ctx {
	struct rtm_dest dest;
	struct rtm_dest_extra extra;
	struct rtm_route routes[N_ROUTES];
	u32 age[N_ROUTES];
	u32 clock;
	int best[RTM_N_VIEWS];
	struct rnd_state rnd;
};

static bool model_eligible(struct select_ctx *ctx, int i, unsigned int view)
{
	const struct rtm_route *route = &ctx->routes[i];

	return in_table(route) && route->state == RTM_STATE_CREATED && !route->dead &&
	       route->views & BIT(view);
}

static bool model_outranks(struct select_ctx *ctx, int a, int b)
{
	const struct rtm_route *ra = &ctx->routes[a];
	const struct rtm_route *rb = &ctx->routes[b];

	if (ra->preference != rb->preference)
		return ra->preference < rb->preference;
	return ra->metric < rb->metric;
}

/* Best of all, then the present one if it ties, then the oldest of that rank. */
static int model_best(struct select_ctx *ctx, unsigned int view)
{
	int now = ctx->best[view];
	int best = -1;
	int i;

	for (i = 0; i < N_ROUTES; i++) {
		if (!model_eligible(ctx, i, view))
			continue;
		if (best < 0 || model_outranks(ctx, i, best) ||
		    (!model_outranks(ctx, best, i) && ctx->age[i] < ctx->age[best]))
			best = i;
	}
	if (best < 0 || now < 0 || !model_eligible(ctx, now, view))
		return best;
	return model_outranks(ctx, best, now) ? best : now;
}

static void check_best(struct kunit *test, struct select_ctx *ctx)
{
	u32 expect_changed = 0;
	u32 changed;
	int best[RTM_N_VIEWS];
	unsigned int view;

	for (view = 0; view < RTM_N_VIEWS; view++) {
		best[view] = model_best(ctx, view);
		if (best[view] != ctx->best[view])
			expect_changed |= BIT(view);
	}
	changed = rtm_select_update(&ctx->dest);
	KUNIT_EXPECT_EQ(test, changed, expect_changed);
	for (view = 0; view < RTM_N_VIEWS; view++) {
		struct rtm_route *got = rtm_dest_best(&ctx->dest, view);

		ctx->best[view] = best[view];
		KUNIT_EXPECT_PTR_EQ(test, got, best[view] < 0 ? NULL : &ctx->routes[best[view]]);
	}
}

static void check_order(struct kunit *test, struct select_ctx *ctx)
{
	struct rtm_route *route, *prev = NULL;

	for (route = ctx->dest.routes; route; route = route->next) {
		if (prev) {
			int cmp = rtm_route_rank_cmp(prev, route);

			KUNIT_EXPECT_LE(test, cmp, 0);
			if (!cmp)
				KUNIT_EXPECT_LT(test, ctx->age[prev - ctx->routes],
						ctx->age[route - ctx->routes]);
		}
		prev = route;
	}
}

static u32 pick(struct select_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

static void place(struct select_ctx *ctx, int i)
{
	struct rtm_route *route = &ctx->routes[i];

	route->preference = 1 + pick(ctx, 3);
	route->metric = pick(ctx, 3);
	ctx->age[i] = ++ctx->clock;
	rtm_select_insert(&ctx->dest, route);
}

static void mutate(struct select_ctx *ctx)
{
	int i = pick(ctx, N_ROUTES);
	struct rtm_route *route = &ctx->routes[i];

	if (!in_table(route)) {
		route->state = RTM_STATE_CREATED;
		route->dead = false;
		route->views = pick(ctx, 4);
		place(ctx, i);
		return;
	}
	switch (pick(ctx, 4)) {
	case 0:
		route->state = RTM_STATE_DELETED;
		take_out_of_table(route);
		break;
	case 1:
		take_out_of_table(route);
		place(ctx, i);
		break;
	case 2:
		route->views = pick(ctx, 4);
		break;
	default:
		route->dead = true;
		break;
	}
}

static int rtm_select_test_init(struct kunit *test)
{
	struct select_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->dest.extra = &ctx->extra;
	for (i = 0; i < N_ROUTES; i++)
		ctx->routes[i].dest = &ctx->dest;
	for (i = 0; i < RTM_N_VIEWS; i++)
		ctx->best[i] = -1;
	test->priv = ctx;
	return 0;
}

static void select_random(struct kunit *test)
{
	struct select_ctx *ctx = test->priv;
	u64 seed = 0x5e1ec7;
	int step;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&ctx->rnd, seed);
	for (step = 0; step < N_STEPS; step++) {
		mutate(ctx);
		check_best(test, ctx);
		check_order(test, ctx);
	}
}

static void add(struct select_ctx *ctx, int i, u32 preference, u32 metric, u32 views)
{
	struct rtm_route *route = &ctx->routes[i];

	route->preference = preference;
	route->metric = metric;
	route->views = views;
	route->state = RTM_STATE_CREATED;
	rtm_select_insert(&ctx->dest, route);
}

static void select_preference_before_metric(struct kunit *test)
{
	struct select_ctx *ctx = test->priv;

	add(ctx, 0, 110, 1, RTM_V_UCAST);
	add(ctx, 1, 20, 100, RTM_V_UCAST);
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), (u32)RTM_V_UCAST);
	KUNIT_EXPECT_PTR_EQ(test, rtm_select_best(&ctx->dest, 0), &ctx->routes[1]);
}

static void select_tie_keeps_current(struct kunit *test)
{
	struct select_ctx *ctx = test->priv;

	add(ctx, 0, 20, 5, RTM_V_UCAST);
	rtm_select_update(&ctx->dest);
	add(ctx, 1, 20, 5, RTM_V_UCAST);
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), 0u);
	/* The present one falls behind and comes back: it is the younger one now. */
	take_out_of_table(&ctx->routes[0]);
	add(ctx, 0, 20, 6, RTM_V_UCAST);
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), (u32)RTM_V_UCAST);
	take_out_of_table(&ctx->routes[0]);
	add(ctx, 0, 20, 5, RTM_V_UCAST);
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), 0u);
	KUNIT_EXPECT_PTR_EQ(test, rtm_select_best(&ctx->dest, 0), &ctx->routes[1]);
}

static void select_views_are_apart(struct kunit *test)
{
	struct select_ctx *ctx = test->priv;

	add(ctx, 0, 1, 0, RTM_V_MCAST);
	add(ctx, 1, 2, 0, RTM_V_UCAST);
	add(ctx, 2, 3, 0, 0);
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), (u32)RTM_V_SUPPORTED);
	KUNIT_EXPECT_PTR_EQ(test, rtm_select_best(&ctx->dest, 0), &ctx->routes[1]);
	KUNIT_EXPECT_PTR_EQ(test, rtm_select_best(&ctx->dest, 1), &ctx->routes[0]);
	KUNIT_EXPECT_EQ(test, ctx->dest.leaf.views, (u8)RTM_V_SUPPORTED);
}

static void select_dead_is_passed_by(struct kunit *test)
{
	struct select_ctx *ctx = test->priv;

	add(ctx, 0, 1, 0, RTM_V_UCAST);
	add(ctx, 1, 2, 0, RTM_V_UCAST);
	rtm_select_update(&ctx->dest);
	ctx->routes[0].dead = true;
	KUNIT_EXPECT_EQ(test, rtm_select_update(&ctx->dest), (u32)RTM_V_UCAST);
	KUNIT_EXPECT_PTR_EQ(test, rtm_select_best(&ctx->dest, 0), &ctx->routes[1]);
	ctx->routes[1].dead = true;
	rtm_select_update(&ctx->dest);
	KUNIT_EXPECT_NULL(test, rtm_select_best(&ctx->dest, 0));
	KUNIT_EXPECT_EQ(test, ctx->dest.leaf.views, 0);
}

static struct kunit_case rtm_select_cases[] = {
	KUNIT_CASE(select_preference_before_metric),
	KUNIT_CASE(select_tie_keeps_current),
	KUNIT_CASE(select_views_are_apart),
	KUNIT_CASE(select_dead_is_passed_by),
	KUNIT_CASE(select_random),
	{}
};

static struct kunit_suite rtm_select_suite = {
	.name = "rtm_select",
	.init = rtm_select_test_init,
	.test_cases = rtm_select_cases,
};

kunit_test_suite(rtm_select_suite);
