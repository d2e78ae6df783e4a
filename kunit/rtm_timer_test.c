// SPDX-License-Identifier: GPL-2.0-only
/*
 * Timers against a model that looks at every deadline each time.
 *
 * The clock is the test's own, an hour ahead of the kernel's: the work item is armed
 * but never comes.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/random.h>

#include "rtm_table.h"
#include "rtm_timer.h"

#define N_TIMERS	40
#define N_STEPS		5000
#define MAX_AHEAD	1000
#define SPARE_REFS	1000

/**
 * struct model_timer - a timer and what is known about it
 * @timer: the timer
 * @ctx: the test
 * @set: it is set
 * @deadline: for when
 * @again: it sets itself anew that many times, one later each time
 * @due: how often its deadline came
 * @run: how often it was run for that
 */
struct model_timer {
	struct rtm_timer timer;
	struct timer_ctx *ctx;
	bool set;
	u64 deadline;
	int again;
	int due;
	int run;
};

/**
 * struct timer_ctx - a table's timers
 * @table: the table; only its timers and its count of references are used
 * @timers: the timers
 * @now: what time it is
 * @last: the deadline dealt with last
 * @wrong: things that happened and should not have
 * @rnd: seeded generator
 */
struct timer_ctx {
	struct rtm_table table;
	struct model_timer timers[N_TIMERS];
	u64 now;
	u64 last;
	int wrong;
	struct rnd_state rnd;
};

static u32 pick(struct timer_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

static struct model_timer *to_model(struct rtm_timer *timer)
{
	return container_of(timer, struct model_timer, timer);
}

static void model_set(struct model_timer *t, u64 deadline)
{
	t->set = true;
	t->deadline = deadline;
	rtm_timer_set(&t->ctx->table.timers, &t->timer, deadline);
}

/* In order, none too early and none twice. */
static void count_due(struct rtm_timer *timer)
{
	struct model_timer *t = to_model(timer);
	struct timer_ctx *ctx = t->ctx;

	ctx->wrong += !t->set || t->deadline > ctx->now || t->deadline < ctx->last;
	ctx->last = t->deadline;
	t->set = false;
	t->due++;
	if (t->again > 0) {
		t->again--;
		model_set(t, t->deadline + 1);
	}
}

static void count_run(struct rtm_timer *timer)
{
	to_model(timer)->run++;
}

static const struct rtm_timer_ops ops = {
	.due = count_due,
	.run = count_run,
};

static void set(struct model_timer *t, u64 deadline)
{
	spin_lock(&t->ctx->table.timers.lock);
	model_set(t, deadline);
	spin_unlock(&t->ctx->table.timers.lock);
}

static void cancel(struct model_timer *t)
{
	spin_lock(&t->ctx->table.timers.lock);
	t->set = false;
	rtm_timer_cancel(&t->ctx->table.timers, &t->timer);
	spin_unlock(&t->ctx->table.timers.lock);
}

static void run(struct timer_ctx *ctx)
{
	ctx->last = 0;
	rtm_timers_run(&ctx->table.timers, ctx->now);
}

/* Whatever is set has its time still to come, and what came was run. */
static void check(struct kunit *test, struct timer_ctx *ctx)
{
	int i;

	KUNIT_ASSERT_EQ(test, 0, ctx->wrong);
	for (i = 0; i < N_TIMERS; i++) {
		struct model_timer *t = &ctx->timers[i];

		KUNIT_ASSERT_EQ(test, t->set, timerqueue_node_queued(&t->timer.node));
		KUNIT_ASSERT_TRUE(test, !t->set || t->deadline > ctx->now);
		KUNIT_ASSERT_EQ(test, t->due, t->run);
	}
}

/* The work item is armed while there is something to wait for, and has a reference. */
static void check_armed(struct kunit *test, struct timer_ctx *ctx, bool armed)
{
	KUNIT_EXPECT_EQ(test, armed, delayed_work_pending(&ctx->table.timers.work));
	KUNIT_EXPECT_EQ(test, SPARE_REFS + armed, (int)refcount_read(&ctx->table.refs));
}

static void timer_armed(struct kunit *test)
{
	struct timer_ctx *ctx = test->priv;

	check_armed(test, ctx, false);
	cancel(&ctx->timers[0]);
	check_armed(test, ctx, false);
	set(&ctx->timers[0], ctx->now + 20);
	check_armed(test, ctx, true);
	set(&ctx->timers[1], ctx->now + 10);
	set(&ctx->timers[1], ctx->now + 30);
	check_armed(test, ctx, true);
	cancel(&ctx->timers[0]);
	check_armed(test, ctx, true);
	cancel(&ctx->timers[1]);
	check_armed(test, ctx, false);
}

/* A deadline beyond the end of time is the end of time. */
static void timer_extremes(struct kunit *test)
{
	struct timer_ctx *ctx = test->priv;

	set(&ctx->timers[0], U64_MAX);
	set(&ctx->timers[1], ctx->now - 10);
	ctx->timers[2].again = 3;
	set(&ctx->timers[2], ctx->now - 2);
	run(ctx);
	KUNIT_EXPECT_EQ(test, 0, ctx->timers[0].due);
	KUNIT_EXPECT_EQ(test, 1, ctx->timers[1].due);
	KUNIT_EXPECT_EQ(test, 3, ctx->timers[2].due);
	check(test, ctx);
	check_armed(test, ctx, true);
}

static void timer_left(struct kunit *test)
{
	struct timer_ctx *ctx = test->priv;
	u32 left;

	ctx->timers[0].timer.node.expires = 0;
	KUNIT_EXPECT_EQ(test, 1u, rtm_timer_left_ms(&ctx->timers[0].timer));
	set(&ctx->timers[0], ktime_get_ns() + 3600 * NSEC_PER_SEC);
	left = rtm_timer_left_ms(&ctx->timers[0].timer);
	KUNIT_EXPECT_LE(test, left, 3600u * MSEC_PER_SEC);
	KUNIT_EXPECT_GT(test, left, 1800u * MSEC_PER_SEC);
	set(&ctx->timers[0], U64_MAX);
	KUNIT_EXPECT_EQ(test, U32_MAX, rtm_timer_left_ms(&ctx->timers[0].timer));
}

static void random_step(struct timer_ctx *ctx)
{
	struct model_timer *t = &ctx->timers[pick(ctx, N_TIMERS)];

	switch (pick(ctx, 8)) {
	case 0:
		cancel(t);
		break;
	case 1:
		ctx->now += pick(ctx, MAX_AHEAD / 4);
		run(ctx);
		break;
	case 2:
		t->again = pick(ctx, 3);
		fallthrough;
	default:
		set(t, ctx->now + 1 + pick(ctx, MAX_AHEAD));
	}
}

static void timer_random(struct kunit *test)
{
	struct timer_ctx *ctx = test->priv;
	u64 seed = 0x71ae5;
	int i;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&ctx->rnd, seed);
	for (i = 0; i < N_STEPS; i++) {
		random_step(ctx);
		check(test, ctx);
	}
	ctx->now += 2 * MAX_AHEAD;
	run(ctx);
	check(test, ctx);
	KUNIT_EXPECT_NULL(test, timerqueue_getnext(&ctx->table.timers.queue));
}

static int rtm_timer_test_init(struct kunit *test)
{
	struct timer_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	refcount_set(&ctx->table.refs, SPARE_REFS);
	rtm_timers_init(&ctx->table.timers, &ctx->table);
	ctx->now = ktime_get_ns() + 3600 * NSEC_PER_SEC;
	for (i = 0; i < N_TIMERS; i++) {
		ctx->timers[i].ctx = ctx;
		rtm_timer_init(&ctx->timers[i].timer, &ops);
	}
	test->priv = ctx;
	return 0;
}

/* What is still set goes, and the last of them takes the work item with it. */
static void rtm_timer_test_exit(struct kunit *test)
{
	struct timer_ctx *ctx = test->priv;
	int i;

	set(&ctx->timers[0], ctx->now);
	for (i = 0; i < N_TIMERS; i++)
		cancel(&ctx->timers[i]);
	check_armed(test, ctx, false);
	cancel_delayed_work_sync(&ctx->table.timers.work);
}

static struct kunit_case rtm_timer_cases[] = {
	KUNIT_CASE(timer_armed),
	KUNIT_CASE(timer_extremes),
	KUNIT_CASE(timer_left),
	KUNIT_CASE(timer_random),
	{}
};

static struct kunit_suite rtm_timer_suite = {
	.name = "rtm_timer",
	.init = rtm_timer_test_init,
	.exit = rtm_timer_test_exit,
	.test_cases = rtm_timer_cases,
};

kunit_test_suite(rtm_timer_suite);
