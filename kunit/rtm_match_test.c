// SPDX-License-Identifier: GPL-2.0-only
/*
 * What routes are looked for, against a model that counts.
 *
 * Routes, entities and next hops are plain memory.  The model knows next hops as bits of
 * a word, so that sets of them are compared in one step.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "rtm_entity.h"
#include "rtm_match.h"
#include "rtm_nexthop.h"
#include "rtm_nhset.h"
#include "rtm_route.h"

#define N_HOPS		6
#define N_OWNERS	3
#define ROUNDS		20000

/**
 * struct match_ctx - a route, criteria, and what the model knows of them
 * @hops: next hops; their interfaces are 1, 2, 3, 1, 2, 3
 * @owners: entities
 * @nhs: next hops of @route
 * @route: the route
 * @criteria: next hops of @match
 * @match: the criteria
 * @has: the model: next hops of @route
 * @wants: the model: those of @match
 */
struct match_ctx {
	struct rtm_nexthop hops[N_HOPS];
	struct rtm_entity owners[N_OWNERS];
	struct rtm_nhset *nhs;
	struct rtm_route route;
	struct rtm_nexthop *criteria[N_HOPS];
	struct rtm_match match;
	u32 has;
	u32 wants;
};

static unsigned int fill(struct match_ctx *ctx, struct rtm_nexthop **to, u32 set)
{
	unsigned int i, n = 0;

	for (i = 0; i < N_HOPS; i++)
		if (set & BIT(i))
			to[n++] = &ctx->hops[i];
	return n;
}

/* Sets are small and often near each other, else hardly anything would match. */
static void make(struct match_ctx *ctx, struct rnd_state *rnd)
{
	u32 word = prandom_u32_state(rnd);

	ctx->has = word & 0x3f;
	ctx->wants = word & 0x40 ? ctx->has : word & 0x80 ? 0 : ctx->has & (word >> 8);
	ctx->nhs->n = fill(ctx, ctx->nhs->nh, ctx->has);
	ctx->match.n = fill(ctx, ctx->criteria, ctx->wants);
	ctx->nhs->owner = &ctx->owners[(word >> 16) % N_OWNERS];
	ctx->match.owner = &ctx->owners[(word >> 18) % N_OWNERS];
	ctx->nhs->neighbour = word & BIT(20) ? &ctx->hops[0] : NULL;
	ctx->match.neighbour = word & BIT(21) ? &ctx->hops[0] : NULL;
	ctx->route.metric = word >> 22 & 1;
	ctx->match.metric = word >> 23 & 1;
	ctx->route.preference = 1 + (word >> 24 & 1);
	ctx->match.preference = 1 + (word >> 25 & 1);
	ctx->match.ifindex = 1 + (word >> 26) % 4;
	ctx->match.flags = prandom_u32_state(rnd) & 0x1f;
	if (ctx->match.flags & RTM_RM_NEXTHOP && word & BIT(30))
		ctx->match.flags |= RTM_RM_SAME_NEXTHOPS;
}

/* Next hops I and I + 3 are on interface I + 1; there is no interface 4. */
static u32 model_interface(u32 ifindex)
{
	return ifindex < 4 ? 9u << (ifindex - 1) : 0;
}

static bool model_nexthops(const struct match_ctx *ctx)
{
	const struct rtm_match *m = &ctx->match;

	if (m->flags & RTM_RM_INTERFACE && !(ctx->has & model_interface(m->ifindex)))
		return false;
	if (!(m->flags & RTM_RM_NEXTHOP))
		return true;
	if (m->flags & RTM_RM_SAME_NEXTHOPS || !ctx->wants)
		return ctx->has == ctx->wants;
	return !(ctx->wants & ~ctx->has);
}

static bool model(const struct match_ctx *ctx)
{
	const struct rtm_route *r = &ctx->route;
	const struct rtm_match *m = &ctx->match;
	bool owner = ctx->nhs->owner == m->owner;
	bool neighbour = ctx->nhs->neighbour == m->neighbour;
	bool pref = r->metric == m->metric && r->preference == m->preference;

	return (owner || !(m->flags & RTM_RM_OWNER)) &&
	       (neighbour || !(m->flags & RTM_RM_NEIGHBOUR)) &&
	       (pref || !(m->flags & RTM_RM_PREF)) && model_nexthops(ctx);
}

static void match_like_the_model(struct kunit *test)
{
	struct match_ctx *ctx = test->priv;
	unsigned int i, yes = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 4711);
	for (i = 0; i < ROUNDS; i++) {
		make(ctx, &rnd);
		KUNIT_ASSERT_EQ_MSG(test, model(ctx), rtm_match_route(&ctx->match, &ctx->route),
				    "round %u, flags %#x, has %#x, wants %#x", i,
				    ctx->match.flags, ctx->has, ctx->wants);
		yes += model(ctx);
	}
	/* both answers have to be frequent, or this says little */
	KUNIT_EXPECT_GT(test, yes, ROUNDS / 10u);
	KUNIT_EXPECT_LT(test, yes, ROUNDS * 9u / 10);
}

static int rtm_match_test_init(struct kunit *test)
{
	struct match_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->nhs = kunit_kzalloc(test, struct_size(ctx->nhs, nh, N_HOPS), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ctx->nhs);
	for (i = 0; i < N_HOPS; i++)
		ctx->hops[i].ifindex = 1 + i % 3;
	RCU_INIT_POINTER(ctx->route.nhs, ctx->nhs);
	ctx->match.nh = ctx->criteria;
	test->priv = ctx;
	return 0;
}

static struct kunit_case rtm_match_cases[] = {
	KUNIT_CASE(match_like_the_model),
	{}
};

static struct kunit_suite rtm_match_suite = {
	.name = "rtm_match",
	.init = rtm_match_test_init,
	.test_cases = rtm_match_cases,
};

kunit_test_suite(rtm_match_suite);
