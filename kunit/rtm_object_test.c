// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects of one registration: when they are linked, and that each ends once.
 *
 * The owner is plain memory with references to spare; the object counts what is done
 * to it and is never freed.
 */
#include <kunit/test.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_net.h"
#include "rtm_object.h"
#include "rtm_table.h"

#define SPARE_REFS	1000

/**
 * struct object_ctx - a file with one registration, and an object of that
 * @rnet: namespace state; only the counters are used
 * @table: table of the registration
 * @client: the file
 * @owner: the registration
 * @object: the object
 * @ended: how often it was ended
 * @freed: how often it was freed
 */
struct object_ctx {
	struct rtm_net rnet;
	struct rtm_table table;
	struct rtm_client client;
	struct rtm_entity owner;
	struct rtm_object object;
	int ended;
	int freed;
};

static void count_end(struct rtm_object *object)
{
	container_of(object, struct object_ctx, object)->ended++;
}

static void count_free(struct rtm_object *object)
{
	container_of(object, struct object_ctx, object)->freed++;
}

static const struct rtm_object_ops ops = {
	.type = RTM_HANDLE_ENUM,
	.end = count_end,
	.free = count_free,
};

static void expect_charged(struct kunit *test, u64 owner, u64 net)
{
	struct object_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, owner, rtm_quota_used(&ctx->owner.quota, RTM_RES_OBJECTS));
	KUNIT_EXPECT_EQ(test, net, rtm_quota_used(&ctx->rnet.quota, RTM_RES_OBJECTS));
}

static void object_linked(struct kunit *test)
{
	struct object_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 0, rtm_object_link(&ctx->object, &ctx->client));
	expect_charged(test, 1, 1);
	rtm_object_end_all(&ctx->owner);
	KUNIT_EXPECT_EQ(test, 1, ctx->ended);
	/* the test still has a reference */
	expect_charged(test, 0, 1);
	KUNIT_EXPECT_FALSE(test, rtm_object_end(&ctx->object));
	KUNIT_EXPECT_EQ(test, 1, ctx->ended);
}

/* Who is refused has ended, as whoever made it was promised. */
static void object_refused(struct kunit *test, const struct rtm_client *client)
{
	struct object_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, -EIDRM, rtm_object_link(&ctx->object, client));
	expect_charged(test, 0, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&ctx->owner.objects));
	KUNIT_EXPECT_EQ(test, 1, ctx->ended);
	rtm_object_end_all(&ctx->owner);
	KUNIT_EXPECT_FALSE(test, rtm_object_end(&ctx->object));
	KUNIT_EXPECT_EQ(test, 1, ctx->ended);
}

static void object_of_ended_registration(struct kunit *test)
{
	struct object_ctx *ctx = test->priv;

	ctx->owner.client = NULL;
	ctx->owner.state = RTM_ENTITY_GONE;
	object_refused(test, &ctx->client);
}

/* The file kept the entity, and another one has claimed it since. */
static void object_of_another_file(struct kunit *test)
{
	struct rtm_client *stranger = kunit_kzalloc(test, sizeof(*stranger), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, stranger);
	object_refused(test, stranger);
}

static int rtm_object_test_init(struct kunit *test)
{
	struct object_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->table.rnet = &ctx->rnet;
	ctx->owner.table = &ctx->table;
	ctx->owner.client = &ctx->client;
	ctx->owner.state = RTM_ENTITY_REGISTERED;
	refcount_set(&ctx->owner.refs, SPARE_REFS);
	spin_lock_init(&ctx->owner.objects_lock);
	INIT_LIST_HEAD(&ctx->owner.objects);
	rtm_object_init(&ctx->object, &ctx->owner, &ops);
	test->priv = ctx;
	return 0;
}

static void rtm_object_test_exit(struct kunit *test)
{
	struct object_ctx *ctx = test->priv;

	KUNIT_EXPECT_EQ(test, 0, ctx->freed);
	rtm_object_put(&ctx->object);
	KUNIT_EXPECT_EQ(test, 1, ctx->freed);
	expect_charged(test, 0, 0);
	KUNIT_EXPECT_EQ(test, SPARE_REFS, (int)refcount_read(&ctx->owner.refs));
}

static struct kunit_case rtm_object_cases[] = {
	KUNIT_CASE(object_linked),
	KUNIT_CASE(object_of_ended_registration),
	KUNIT_CASE(object_of_another_file),
	{}
};

static struct kunit_suite rtm_object_suite = {
	.name = "rtm_object",
	.init = rtm_object_test_init,
	.exit = rtm_object_test_exit,
	.test_cases = rtm_object_cases,
};

kunit_test_suite(rtm_object_suite);
