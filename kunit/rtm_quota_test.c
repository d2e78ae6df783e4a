// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quotas: limits are never passed, nor is what was refused counted.
 *
 * An entity and a namespace are plain memory; nothing is made but what is charged.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>

#include "rtm_entity.h"
#include "rtm_net.h"
#include "rtm_quota.h"
#include "rtm_table.h"

/**
 * struct quota_ctx - an entity, its namespace, and the module's limits of both
 * @entity_max: limits of an entity
 * @net_max: limits of a namespace
 * @rnet: the namespace
 * @table: where the entity is
 * @entity: the entity
 */
struct quota_ctx {
	u64 entity_max[RTM_N_RESOURCES];
	u64 net_max[RTM_N_RESOURCES];
	struct rtm_net rnet;
	struct rtm_table table;
	struct rtm_entity entity;
};

#define CTX		((struct quota_ctx *)test->priv)
#define ENTITY		(&CTX->entity.quota)
#define NET		(&CTX->rnet.quota)

/* Set one limit. */
static int set_one(struct rtm_quota *q, enum rtm_quota_setter setter, enum rtm_resource r,
		   u64 limit)
{
	u64 limits[RTM_N_RESOURCES] = {};

	limits[r] = limit;
	return rtm_quota_set(q, setter, BIT(r), limits);
}

static u64 refused(const struct rtm_quota *q, enum rtm_resource r)
{
	return atomic64_read(&q->refused[r]);
}

static void quota_zero_is_unlimited(struct kunit *test)
{
	static struct rtm_quota q;
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++) {
		KUNIT_EXPECT_EQ(test, U64_MAX, rtm_quota_limit(&q, r));
		KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(&q, r, 1000));
		KUNIT_EXPECT_FALSE(test, rtm_quota_empty(&q));
		rtm_quota_give(&q, r, 1000);
		KUNIT_EXPECT_TRUE(test, rtm_quota_empty(&q));
	}
}

static void quota_counts_to_the_limit(struct kunit *test)
{
	unsigned int r, i;

	for (r = 0; r < RTM_RES_BYTES; r++) {
		CTX->entity_max[r] = 3;
		for (i = 0; i < 3; i++)
			KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, r, 1));
		KUNIT_EXPECT_EQ(test, 0, refused(ENTITY, r));
		KUNIT_EXPECT_FALSE(test, rtm_quota_over(ENTITY, r));
		KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_quota_take(ENTITY, r, 1));
		KUNIT_EXPECT_EQ(test, 3, rtm_quota_used(ENTITY, r));
		KUNIT_EXPECT_EQ(test, 1, refused(ENTITY, r));
		rtm_quota_give(ENTITY, r, 1);
		KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, r, 1));
		rtm_quota_give(ENTITY, r, 3);
	}
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_used(ENTITY, RTM_RES_BYTES));
}

static void quota_counted_things_have_bytes(struct kunit *test)
{
	u64 before, each;
	unsigned int r;

	for (r = 0; r < RTM_RES_BYTES; r++) {
		before = rtm_quota_used(ENTITY, RTM_RES_BYTES);
		KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, r, 1));
		each = rtm_quota_used(ENTITY, RTM_RES_BYTES) - before;
		KUNIT_EXPECT_GT(test, each, 0);
		KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, r, 9));
		KUNIT_EXPECT_EQ(test, before + 10 * each, rtm_quota_used(ENTITY, RTM_RES_BYTES));
	}
}

/* The limit of bytes is in the way, whatever is asked for. */
static void quota_bytes_limit_all(struct kunit *test)
{
	unsigned int r;
	u64 bytes;

	KUNIT_ASSERT_EQ(test, 0, rtm_quota_take(ENTITY, RTM_RES_ROUTES, 2));
	KUNIT_ASSERT_EQ(test, 0, rtm_quota_take(ENTITY, RTM_RES_BYTES, 100));
	bytes = rtm_quota_used(ENTITY, RTM_RES_BYTES);
	CTX->entity_max[RTM_RES_BYTES] = bytes;
	for (r = 0; r < RTM_N_RESOURCES; r++)
		KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_quota_take(ENTITY, r, 1));
	KUNIT_EXPECT_EQ(test, bytes, rtm_quota_used(ENTITY, RTM_RES_BYTES));
	KUNIT_EXPECT_EQ(test, RTM_N_RESOURCES, refused(ENTITY, RTM_RES_BYTES));
	KUNIT_EXPECT_EQ(test, 0, refused(ENTITY, RTM_RES_ROUTES));
	CTX->entity_max[RTM_RES_BYTES] = bytes + 1;
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, RTM_RES_BYTES, 1));
}

static void quota_added_is_not_refused(struct kunit *test)
{
	CTX->entity_max[RTM_RES_ROUTES] = 1;
	rtm_quota_add(ENTITY, RTM_RES_ROUTES, 2);
	KUNIT_EXPECT_TRUE(test, rtm_quota_over(ENTITY, RTM_RES_ROUTES));
	KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_quota_take(ENTITY, RTM_RES_ROUTES, 1));
	rtm_quota_give(ENTITY, RTM_RES_ROUTES, 2);
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, RTM_RES_ROUTES, 1));
}

static void quota_least_limit_counts(struct kunit *test)
{
	const enum rtm_resource r = RTM_RES_ROUTES;

	CTX->entity_max[r] = 100;
	KUNIT_EXPECT_EQ(test, 100, rtm_quota_limit(ENTITY, r));
	KUNIT_EXPECT_EQ(test, -EPERM, set_one(ENTITY, RTM_QUOTA_ADMIN, r, 101));
	KUNIT_EXPECT_EQ(test, 0, set_one(ENTITY, RTM_QUOTA_ADMIN, r, 50));
	KUNIT_EXPECT_EQ(test, -EPERM, set_one(ENTITY, RTM_QUOTA_OWN, r, 51));
	KUNIT_EXPECT_EQ(test, 50, rtm_quota_limit(ENTITY, r));
	KUNIT_EXPECT_EQ(test, 0, set_one(ENTITY, RTM_QUOTA_OWN, r, 10));
	KUNIT_EXPECT_EQ(test, 10, rtm_quota_limit(ENTITY, r));
	/* a larger one again, but not a larger one than the administrator's */
	KUNIT_EXPECT_EQ(test, 0, set_one(ENTITY, RTM_QUOTA_OWN, r, 50));
	KUNIT_EXPECT_EQ(test, 50, rtm_quota_limit(ENTITY, r));
	KUNIT_EXPECT_EQ(test, 0, set_one(ENTITY, RTM_QUOTA_ADMIN, r, 20));
	KUNIT_EXPECT_EQ(test, 20, rtm_quota_limit(ENTITY, r));
	/* the host's administrator has the last word */
	CTX->entity_max[r] = 5;
	KUNIT_EXPECT_EQ(test, 5, rtm_quota_limit(ENTITY, r));
	CTX->entity_max[r] = 100;
	rtm_quota_forget(ENTITY, RTM_QUOTA_OWN);
	KUNIT_EXPECT_EQ(test, 20, rtm_quota_limit(ENTITY, r));
	rtm_quota_forget(ENTITY, RTM_QUOTA_ADMIN);
	KUNIT_EXPECT_EQ(test, 100, rtm_quota_limit(ENTITY, r));
}

/* One that is refused leaves the others as they were. */
static void quota_set_all_or_nothing(struct kunit *test)
{
	u64 limits[RTM_N_RESOURCES] = {
		[RTM_RES_ROUTES] = 7, [RTM_RES_NEXTHOPS] = 8, [RTM_RES_HANDLES] = 9,
	};

	CTX->entity_max[RTM_RES_HANDLES] = 8;
	KUNIT_EXPECT_EQ(test, -EPERM, rtm_quota_set(ENTITY, RTM_QUOTA_ADMIN,
						    BIT(RTM_RES_ROUTES) | BIT(RTM_RES_HANDLES),
						    limits));
	KUNIT_EXPECT_EQ(test, U64_MAX, rtm_quota_limit(ENTITY, RTM_RES_ROUTES));
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_set(ENTITY, RTM_QUOTA_ADMIN, BIT(RTM_RES_ROUTES),
					       limits));
	KUNIT_EXPECT_EQ(test, 7, rtm_quota_limit(ENTITY, RTM_RES_ROUTES));
	KUNIT_EXPECT_EQ(test, U64_MAX, rtm_quota_limit(ENTITY, RTM_RES_NEXTHOPS));
}

static void quota_lower_than_used(struct kunit *test)
{
	const enum rtm_resource r = RTM_RES_NEXTHOPS;

	KUNIT_ASSERT_EQ(test, 0, rtm_quota_take(ENTITY, r, 10));
	KUNIT_EXPECT_EQ(test, 0, set_one(ENTITY, RTM_QUOTA_ADMIN, r, 4));
	KUNIT_EXPECT_EQ(test, 10, rtm_quota_used(ENTITY, r));
	KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_quota_take(ENTITY, r, 1));
	rtm_quota_give(ENTITY, r, 6);
	KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_quota_take(ENTITY, r, 1));
	rtm_quota_give(ENTITY, r, 1);
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_take(ENTITY, r, 1));
}

static void quota_charge_both_or_none(struct kunit *test)
{
	const enum rtm_resource r = RTM_RES_OBJECTS;

	CTX->net_max[r] = 2;
	KUNIT_EXPECT_EQ(test, 0, rtm_charge(&CTX->entity, r, 2));
	KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_charge(&CTX->entity, r, 1));
	KUNIT_EXPECT_EQ(test, 2, rtm_quota_used(ENTITY, r));
	KUNIT_EXPECT_EQ(test, 2, rtm_quota_used(NET, r));
	KUNIT_EXPECT_EQ(test, 0, refused(ENTITY, r));
	KUNIT_EXPECT_EQ(test, 1, refused(NET, r));
	CTX->net_max[r] = 3;
	CTX->entity_max[r] = 2;
	KUNIT_EXPECT_EQ(test, -ENOSPC, rtm_charge(&CTX->entity, r, 1));
	KUNIT_EXPECT_EQ(test, 2, rtm_quota_used(NET, r));
	rtm_uncharge(&CTX->entity, r, 2);
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_used(ENTITY, r));
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_used(NET, r));
}

#define RACE_LIMIT	3
#define RACE_THREADS	4
#define RACE_ROUNDS	20000

/**
 * struct race - threads that together ask for more than there is
 * @q: what they ask
 * @have: how much was granted and not given back
 * @passed: how often that was more than the limit
 * @granted: how often one was granted
 * @left: threads that run
 * @done: none does
 */
struct race {
	struct rtm_quota *q;
	atomic_t have;
	atomic_t passed;
	atomic_t granted;
	atomic_t left;
	struct completion done;
};

static int racer(void *data)
{
	struct race *race = data;
	unsigned int i;

	for (i = 0; i < RACE_ROUNDS; i++) {
		if (rtm_quota_take(race->q, RTM_RES_ROUTES, 1))
			continue;
		atomic_inc(&race->granted);
		if (atomic_inc_return(&race->have) > RACE_LIMIT)
			atomic_inc(&race->passed);
		cond_resched();
		atomic_dec(&race->have);
		rtm_quota_give(race->q, RTM_RES_ROUTES, 1);
	}
	if (atomic_dec_and_test(&race->left))
		complete(&race->done);
	return 0;
}

static void quota_race(struct kunit *test, enum rtm_resource limited, u64 limit)
{
	struct race race = { .q = ENTITY };
	struct task_struct *t;
	unsigned int i;

	CTX->entity_max[limited] = limit;
	init_completion(&race.done);
	atomic_set(&race.left, RACE_THREADS);
	for (i = 0; i < RACE_THREADS; i++) {
		t = kthread_run(racer, &race, "rtm_quota/%u", i);
		if (IS_ERR(t) && atomic_dec_and_test(&race.left))
			complete(&race.done);
		KUNIT_EXPECT_FALSE(test, IS_ERR(t));
	}
	wait_for_completion(&race.done);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&race.passed));
	KUNIT_EXPECT_GT(test, atomic_read(&race.granted), 0);
	KUNIT_EXPECT_EQ(test, 0, rtm_quota_used(ENTITY, RTM_RES_ROUTES));
}

static void quota_race_for_routes(struct kunit *test)
{
	quota_race(test, RTM_RES_ROUTES, RACE_LIMIT);
}

static void quota_race_for_bytes(struct kunit *test)
{
	u64 bytes;

	KUNIT_ASSERT_EQ(test, 0, rtm_quota_take(ENTITY, RTM_RES_ROUTES, RACE_LIMIT));
	bytes = rtm_quota_used(ENTITY, RTM_RES_BYTES);
	rtm_quota_give(ENTITY, RTM_RES_ROUTES, RACE_LIMIT);
	quota_race(test, RTM_RES_BYTES, bytes);
}

static int rtm_quota_test_init(struct kunit *test)
{
	struct quota_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	memset(ctx->entity_max, 0xff, sizeof(ctx->entity_max));
	memset(ctx->net_max, 0xff, sizeof(ctx->net_max));
	ctx->table.rnet = &ctx->rnet;
	ctx->entity.table = &ctx->table;
	rtm_quota_init(&ctx->entity.quota, ctx->entity_max);
	rtm_quota_init(&ctx->rnet.quota, ctx->net_max);
	test->priv = ctx;
	return 0;
}

static struct kunit_case rtm_quota_cases[] = {
	KUNIT_CASE(quota_zero_is_unlimited),
	KUNIT_CASE(quota_counts_to_the_limit),
	KUNIT_CASE(quota_counted_things_have_bytes),
	KUNIT_CASE(quota_bytes_limit_all),
	KUNIT_CASE(quota_added_is_not_refused),
	KUNIT_CASE(quota_least_limit_counts),
	KUNIT_CASE(quota_set_all_or_nothing),
	KUNIT_CASE(quota_lower_than_used),
	KUNIT_CASE(quota_charge_both_or_none),
	KUNIT_CASE(quota_race_for_routes),
	KUNIT_CASE(quota_race_for_bytes),
	{}
};

static struct kunit_suite rtm_quota_suite = {
	.name = "rtm_quota",
	.init = rtm_quota_test_init,
	.test_cases = rtm_quota_cases,
};

kunit_test_suite(rtm_quota_suite);
