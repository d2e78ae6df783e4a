// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles against a model that is a matrix of counts.
 *
 * Objects and entities are plain memory with references to spare, so that none is
 * ever freed; what is tested is who has which handle, and how often.
 */
#include <kunit/test.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_handle.h"
#include "rtm_net.h"
#include "rtm_nexthop.h"

#define N_OBJECTS	12
#define N_ENTITIES	3
#define N_STEPS		5000
#define SPARE_REFS	1000

/**
 * struct handle_ctx - a file with registrations, and what the model knows of it
 * @rnet: namespace state; only the counters are used
 * @client: the file
 * @entities: registrations
 * @objects: next hops that handles are made for
 * @ids: by object, its handle, or 0 while it has none
 * @counts: by object and registration
 * @stale: a handle that was given up entirely, or 0
 * @rnd: seeded generator
 */
struct handle_ctx {
	struct rtm_net rnet;
	struct rtm_client client;
	struct rtm_entity entities[N_ENTITIES];
	struct rtm_nexthop objects[N_OBJECTS];
	u64 ids[N_OBJECTS];
	u32 counts[N_OBJECTS][N_ENTITIES];
	u64 stale;
	struct rnd_state rnd;
};

static u32 pick(struct handle_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

static u32 model_total(struct handle_ctx *ctx, int object)
{
	u32 total = 0;
	int e;

	for (e = 0; e < N_ENTITIES; e++)
		total += ctx->counts[object][e];
	return total;
}

/* After a change of @object: forget its handle if nobody has it any more. */
static void model_settle(struct handle_ctx *ctx, int object)
{
	if (model_total(ctx, object) || !ctx->ids[object])
		return;
	ctx->stale = ctx->ids[object];
	ctx->ids[object] = 0;
}

static void step_grab(struct kunit *test, struct handle_ctx *ctx, int object, int e)
{
	struct rtm_grab *grab = kunit_kzalloc(test, sizeof(*grab), GFP_KERNEL);
	bool undo = !pick(ctx, 4);
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, grab);
	rtm_grab_init(grab, &ctx->client, &ctx->entities[e]);
	KUNIT_ASSERT_EQ(test, rtm_grab_nexthop(grab, &ctx->objects[object], &id), 0);
	KUNIT_EXPECT_EQ(test, RTM_HANDLE_TYPE(id), (u32)RTM_HANDLE_NEXTHOP);
	if (ctx->ids[object])
		KUNIT_EXPECT_EQ(test, id, ctx->ids[object]);
	if (undo) {
		rtm_grab_undo(grab);
	} else {
		ctx->ids[object] = id;
		ctx->counts[object][e]++;
	}
	kunit_kfree(test, grab);
}

static void step_release(struct kunit *test, struct handle_ctx *ctx, int object, int e)
{
	u64 id = ctx->ids[object];
	int err;

	if (!id || !ctx->counts[object][e])
		return;
	err = rtm_handle_release(&ctx->client, &ctx->entities[e], RTM_HANDLE_ANY, id);
	KUNIT_EXPECT_EQ(test, err, 0);
	ctx->counts[object][e]--;
	model_settle(ctx, object);
}

static void step_reference(struct kunit *test, struct handle_ctx *ctx, int object, int e)
{
	u64 ids[3] = { ctx->ids[object], ctx->ids[object], ctx->stale };
	bool bad = ctx->stale && !pick(ctx, 2);
	int err;

	if (!ids[0])
		return;
	err = rtm_handle_reference(&ctx->client, &ctx->entities[e], RTM_HANDLE_NEXTHOP, ids,
				   bad ? 3 : 2);
	KUNIT_EXPECT_EQ(test, err, bad ? -EBADF : 0);
	if (!bad)
		ctx->counts[object][e] += 2;
}

static void step_end(struct handle_ctx *ctx, int e)
{
	int object;

	ctx->entities[e].state = RTM_ENTITY_GONE;
	rtm_handle_deregister(&ctx->client, &ctx->entities[e]);
	ctx->entities[e].state = RTM_ENTITY_REGISTERED;
	for (object = 0; object < N_OBJECTS; object++) {
		ctx->counts[object][e] = 0;
		model_settle(ctx, object);
	}
}

static void check(struct kunit *test, struct handle_ctx *ctx)
{
	struct rtm_nexthop *nh;
	int object;
	u32 n = 0;

	for (object = 0; object < N_OBJECTS; object++) {
		u32 refs = refcount_read(&ctx->objects[object].refs) - SPARE_REFS;

		KUNIT_EXPECT_EQ(test, refs, ctx->ids[object] ? 1u : 0u);
		n += refs;
		if (!ctx->ids[object])
			continue;
		nh = rtm_handle_nexthop(&ctx->client, ctx->ids[object]);
		KUNIT_EXPECT_PTR_EQ(test, nh, &ctx->objects[object]);
		if (nh)
			rtm_nexthop_put(nh);
	}
	KUNIT_EXPECT_EQ(test, (u32)rtm_quota_used(&ctx->rnet.quota, RTM_RES_HANDLES), n);
	if (ctx->stale)
		KUNIT_EXPECT_NULL(test, rtm_handle_nexthop(&ctx->client, ctx->stale));
}

static void handle_random(struct kunit *test)
{
	struct handle_ctx *ctx = test->priv;
	u64 seed = 0x4a6d1e;
	int step, object, e;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&ctx->rnd, seed);
	for (step = 0; step < N_STEPS; step++) {
		object = pick(ctx, N_OBJECTS);
		e = pick(ctx, N_ENTITIES);
		switch (pick(ctx, 12)) {
		case 0 ... 4:
			step_grab(test, ctx, object, e);
			break;
		case 5 ... 9:
			step_release(test, ctx, object, e);
			break;
		case 10:
			step_reference(test, ctx, object, e);
			break;
		default:
			if (!pick(ctx, 8))
				step_end(ctx, e);
			break;
		}
		check(test, ctx);
	}
}

static int release(struct handle_ctx *ctx, int e, u32 type, u64 id)
{
	return rtm_handle_release(&ctx->client, &ctx->entities[e], type, id);
}

static void handle_wrong_type(struct kunit *test)
{
	struct handle_ctx *ctx = test->priv;
	struct rtm_grab *grab = kunit_kzalloc(test, sizeof(*grab), GFP_KERNEL);
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, grab);
	rtm_grab_init(grab, &ctx->client, &ctx->entities[0]);
	KUNIT_ASSERT_EQ(test, rtm_grab_nexthop(grab, &ctx->objects[0], &id), 0);
	KUNIT_EXPECT_NULL(test, rtm_handle_route(&ctx->client, id));
	KUNIT_EXPECT_NULL(test, rtm_handle_dest(&ctx->client, id));
	KUNIT_EXPECT_NULL(test, rtm_handle_nexthop(&ctx->client, 0));
	KUNIT_EXPECT_NULL(test, rtm_handle_nexthop(&ctx->client, id ^ 1ULL << 40));
	KUNIT_EXPECT_EQ(test, -EBADF, release(ctx, 0, RTM_HANDLE_ROUTE, id));
	rtm_grab_undo(grab);
	KUNIT_EXPECT_NULL(test, rtm_handle_nexthop(&ctx->client, id));
	KUNIT_EXPECT_EQ(test, -EBADF, release(ctx, 0, RTM_HANDLE_ANY, id));
}

/* Registrations of one file may release what another one was given. */
static void handle_passed_on(struct kunit *test)
{
	struct handle_ctx *ctx = test->priv;
	struct rtm_grab *grab = kunit_kzalloc(test, sizeof(*grab), GFP_KERNEL);
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, grab);
	rtm_grab_init(grab, &ctx->client, &ctx->entities[0]);
	KUNIT_ASSERT_EQ(test, rtm_grab_nexthop(grab, &ctx->objects[0], &id), 0);
	KUNIT_EXPECT_EQ(test, 0, release(ctx, 1, RTM_HANDLE_NEXTHOP, id));
	KUNIT_EXPECT_NULL(test, rtm_handle_nexthop(&ctx->client, id));
}

/* The registration itself is one count that no release takes. */
static void handle_of_registration(struct kunit *test)
{
	struct handle_ctx *ctx = test->priv;
	struct rtm_entity *entity;
	u64 id;

	KUNIT_ASSERT_EQ(test, 0, rtm_handle_register(&ctx->client, &ctx->entities[0], &id));
	KUNIT_EXPECT_EQ(test, -EBADF, release(ctx, 0, RTM_HANDLE_ENTITY, id));
	entity = rtm_handle_entity(&ctx->client, id);
	KUNIT_EXPECT_PTR_EQ(test, entity, &ctx->entities[0]);
	rtm_entity_put(entity);
	step_end(ctx, 0);
	KUNIT_EXPECT_NULL(test, rtm_handle_entity(&ctx->client, id));
}

static int rtm_handle_test_init(struct kunit *test)
{
	struct handle_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->client.rnet = &ctx->rnet;
	for (i = 0; i < N_ENTITIES; i++) {
		ctx->entities[i].state = RTM_ENTITY_REGISTERED;
		ctx->entities[i].client = &ctx->client;
		refcount_set(&ctx->entities[i].refs, SPARE_REFS);
	}
	for (i = 0; i < N_OBJECTS; i++)
		refcount_set(&ctx->objects[i].refs, SPARE_REFS);
	test->priv = ctx;
	return rtm_handles_init(&ctx->client);
}

static void rtm_handle_test_exit(struct kunit *test)
{
	struct handle_ctx *ctx = test->priv;
	int e;

	for (e = 0; e < N_ENTITIES; e++)
		step_end(ctx, e);
	KUNIT_EXPECT_TRUE(test, xa_empty(&ctx->client.handles));
	rtm_handles_destroy(&ctx->client);
}

static struct kunit_case rtm_handle_cases[] = {
	KUNIT_CASE(handle_wrong_type),
	KUNIT_CASE(handle_passed_on),
	KUNIT_CASE(handle_of_registration),
	KUNIT_CASE(handle_random),
	{}
};

static struct kunit_suite rtm_handle_suite = {
	.name = "rtm_handle",
	.init = rtm_handle_test_init,
	.exit = rtm_handle_test_exit,
	.test_cases = rtm_handle_cases,
};

kunit_test_suite(rtm_handle_suite);
