// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what is told after something happened while one was being delivered.
 *
 * The node's fill callback is where a delivery is under way; it does what the test
 * says and then fails, because a test has no user memory to copy an event to.  So all
 * deliveries here fail; those that succeed are for the selftest "event".
 */
#include <kunit/test.h>
#include <linux/sched/signal.h>

#include "rtm_client.h"
#include "rtm_entity.h"
#include "rtm_event.h"

/**
 * struct event_ctx - a file with one node
 * @client: the file
 * @receiver: registration that is told
 * @node: the node
 * @meanwhile: called while the node is being delivered
 * @result: how deliveries end
 * @refs: references readers have
 * @fills: deliveries begun
 */
struct event_ctx {
	struct rtm_client client;
	struct rtm_entity receiver;
	struct rtm_event_node node;
	void (*meanwhile)(struct rtm_event_node *node);
	int result;
	int refs;
	int fills;
};

static struct event_ctx *to_ctx(struct rtm_event_node *node)
{
	return container_of(node, struct event_ctx, node);
}

static void get(struct rtm_event_node *node)
{
	to_ctx(node)->refs++;
}

static void put(struct rtm_event_node *node)
{
	to_ctx(node)->refs--;
}

static struct rtm_entity *receiver(struct rtm_event_node *node)
{
	return &to_ctx(node)->receiver;
}

static int fill(struct rtm_event_node *node, struct rtm_event *event, struct rtm_grab *grab)
{
	struct event_ctx *ctx = to_ctx(node);

	ctx->fills++;
	if (ctx->meanwhile)
		ctx->meanwhile(node);
	return ctx->result;
}

static const struct rtm_event_ops ops = {
	.get = get,
	.put = put,
	.receiver = receiver,
	.fill = fill,
};

/* Raise it and deliver it; returns whether there is something to tell afterwards. */
static bool deliver(struct kunit *test, void (*meanwhile)(struct rtm_event_node *node))
{
	struct event_ctx *ctx = test->priv;

	rtm_event_raise(&ctx->node);
	KUNIT_EXPECT_TRUE(test, rtm_event_pending(&ctx->client));
	ctx->meanwhile = meanwhile;
	ctx->result = -ENOMEM;
	ctx->fills = 0;
	KUNIT_EXPECT_EQ(test, -ENOMEM, (int)rtm_event_read(&ctx->client, USER_SOCKPTR(NULL),
							   sizeof(struct rtm_event)));
	KUNIT_EXPECT_EQ(test, 1, ctx->fills);
	KUNIT_EXPECT_EQ(test, 0, ctx->refs);
	KUNIT_EXPECT_FALSE(test, ctx->node.delivering);
	KUNIT_EXPECT_FALSE(test, ctx->node.again);
	return rtm_event_pending(&ctx->client);
}

static void cancel_and_raise(struct rtm_event_node *node)
{
	rtm_event_cancel(node);
	rtm_event_raise(node);
}

static void raise_and_cancel(struct rtm_event_node *node)
{
	rtm_event_raise(node);
	rtm_event_cancel(node);
}

static void event_not_delivered(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, deliver(test, NULL));
}

static void event_cancelled(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, deliver(test, rtm_event_cancel));
}

static void event_raised(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, deliver(test, rtm_event_raise));
}

/* It happened once more after it had ceased to matter. */
static void event_cancelled_and_raised(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, deliver(test, cancel_and_raise));
}

static void event_raised_and_cancelled(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, deliver(test, raise_and_cancel));
}

static void die(struct rtm_event_node *node)
{
	send_sig(SIGKILL, current, 1);
}

/* What nobody can be told any more comes again and again: a process can die all the same. */
static void event_reader_is_killed(struct kunit *test)
{
	struct event_ctx *ctx = test->priv;

	rtm_event_raise(&ctx->node);
	ctx->meanwhile = die;
	ctx->result = -EIDRM;
	allow_signal(SIGKILL);
	KUNIT_EXPECT_EQ(test, -EINTR, (int)rtm_event_read(&ctx->client, USER_SOCKPTR(NULL),
							  4 * sizeof(struct rtm_event)));
	disallow_signal(SIGKILL);
	flush_signals(current);
	KUNIT_EXPECT_EQ(test, 1, ctx->fills);
	KUNIT_EXPECT_EQ(test, 0, ctx->refs);
	/* it is still there for whoever reads next */
	KUNIT_EXPECT_TRUE(test, rtm_event_pending(&ctx->client));
}

static int rtm_event_test_init(struct kunit *test)
{
	struct event_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	spin_lock_init(&ctx->client.event_lock);
	INIT_LIST_HEAD(&ctx->client.events);
	init_waitqueue_head(&ctx->client.event_wait);
	rtm_event_init(&ctx->node, &ctx->client, &ops);
	test->priv = ctx;
	return 0;
}

static struct kunit_case rtm_event_cases[] = {
	KUNIT_CASE(event_not_delivered),
	KUNIT_CASE(event_cancelled),
	KUNIT_CASE(event_raised),
	KUNIT_CASE(event_cancelled_and_raised),
	KUNIT_CASE(event_raised_and_cancelled),
	KUNIT_CASE(event_reader_is_killed),
	{}
};

static struct kunit_suite rtm_event_suite = {
	.name = "rtm_event",
	.init = rtm_event_test_init,
	.test_cases = rtm_event_cases,
};

kunit_test_suite(rtm_event_suite);
