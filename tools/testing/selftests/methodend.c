// SPDX-License-Identifier: GPL-2.0-only
/*
 * Methods: callers and callees that leave, close and die in the middle.
 *
 * How this file works: a call is brought to a point, one of its two ends goes, and the
 * other one must hear of it.  The last part has three processes in a row, of which
 * the one in the middle is called and calls, and kills each of them with -9 at each
 * point of their conversation: nobody hangs, and nothing is left.
 */
#include "rtm_methods.h"

enum point { WAITING, FETCHED, BLOCKED, N_POINTS };

/* Bring a call to a point.  Returns its number once it was fetched. */
static __u64 bring_to(struct __test_metadata *_metadata, FIXTURE_DATA(method) *self,
		      struct actor *a, enum point point)
{
	if (point == BLOCKED)
		EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	begin_call(a, 0, 0);
	EXPECT_TRUE(under_way(self, 1));
	return point == FETCHED ? fetch(_metadata, self, 0) : 0;
}

TEST_F(method, callee_deregisters)
{
	struct actor *a = &self->caller[0];
	enum point point;

	for (point = 0; point < N_POINTS; point++) {
		bring_to(_metadata, self, a, point);
		EXPECT_EQ(0, dev_deregister(self->fd, self->self));
		EXPECT_EQ(-ESTALE, actor_end(a));
		EXPECT_EQ(0, calls(self->env.watch));
		EXPECT_FALSE(event_waits(self->fd));
		begin_call(a, 0, 0);
		EXPECT_EQ(-ESTALE, actor_end(a));
		ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_RIP, 100, 0, 3,
						     &self->self));
		actor_look_for(_metadata, a, 100);
	}
}

TEST_F(method, callee_closes)
{
	struct actor *a = &self->caller[0];
	enum point point;

	for (point = 0; point < N_POINTS; point++) {
		bring_to(_metadata, self, a, point);
		EXPECT_EQ(0, close(self->fd));
		EXPECT_EQ(-ESTALE, actor_end(a));
		EXPECT_EQ(0, calls(self->env.watch));
		self->fd = dev_open(O_RDWR | O_NONBLOCK);
		ASSERT_LE(0, self->fd);
		self->env.fd = self->fd;
		ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_RIP, 100, 0, 3,
						     &self->self));
		actor_look_for(_metadata, a, 100);
	}
}

TEST_F(method, caller_deregisters)
{
	struct actor thread;
	enum point point;
	__u64 call;

	/* a thread of the test calls, and another one of it ends the registration */
	actor_start(&thread, true);
	for (point = 0; point < N_POINTS; point++) {
		thread.box->fd = self->fd;
		ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 1, 0, 0,
						     &thread.box->entity));
		caller_of(&thread)->callee = self->self;
		call = bring_to(_metadata, self, &thread, point);
		EXPECT_EQ(0, dev_deregister(self->fd, thread.box->entity));
		EXPECT_EQ(-EIDRM, actor_end(&thread));
		EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
		EXPECT_EQ(-ENOENT, fetch_nothing(self));
		EXPECT_FALSE(event_waits(self->fd));
		if (call)
			EXPECT_EQ(0, answer(self, call));
		EXPECT_EQ(0, calls(self->env.watch));
	}
	actor_stop(&thread);
}

TEST_F(method, caller_killed)
{
	struct actor *a = &self->caller[0];
	enum point point;
	__u64 call;

	for (point = 0; point < N_POINTS; point++) {
		call = bring_to(_metadata, self, a, point);
		actor_kill(a);
		EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
		EXPECT_TRUE(wait_until(fetch_nothing(self) == -ENOENT));
		EXPECT_FALSE(event_waits(self->fd));
		if (call)
			EXPECT_EQ(0, answer(self, call));
		EXPECT_TRUE(under_way(self, 0));
		actor_join(_metadata, a, 10 + point);
		actor_look_for(_metadata, a, 100);
	}
}

/* A process that stops is waited for, and does not hurt others meanwhile. */
TEST_F(method, callee_stopped)
{
	struct actor *a = &self->caller[0], *b = &self->caller[1];
	struct rtm_invoke_method arg;

	actor_look_for(_metadata, a, 2);
	kill(b->pid, SIGSTOP);
	caller_arg(a, &arg, 0, 0);
	arg.deadline = now_ns() + 300 * NSEC_PER_MSEC;
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
	EXPECT_EQ(-ETIMEDOUT, actor_end(a));
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	actor_kill(b);
	EXPECT_EQ(-ESTALE, actor_end(a));
}

/*
 * Three processes in a row
 */

enum stage_point { C_CALLS_B, B_FETCHED, B_CALLS_A, A_FETCHED, A_BLOCKED, N_STAGES };

FIXTURE(row) {
	int watch;
	struct actor a;
	struct actor b;
	struct actor c;
	__u64 at_a;
	__u64 at_b;
};

FIXTURE_SETUP(row)
{
	die_with_parent();
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	self->watch = dev_open(O_RDONLY);
	ASSERT_LE(0, self->watch);
	memset(&self->a, 0, sizeof(self->a));
	memset(&self->b, 0, sizeof(self->b));
	memset(&self->c, 0, sizeof(self->c));
}

FIXTURE_TEARDOWN(row)
{
	expect_clean(_metadata, self->watch, 1);
	close(self->watch);
}

/* B gets its own box for calls, and cannot do anything else while it waits. */
static void row_fill(struct __test_metadata *_metadata, FIXTURE_DATA(row) *self)
{
	actor_join(_metadata, &self->a, 1);
	actor_join(_metadata, &self->b, 2);
	actor_join(_metadata, &self->c, 3);
	actor_look_for(_metadata, &self->b, 1);
	actor_look_for(_metadata, &self->c, 2);
	self->at_a = 0;
	self->at_b = 0;
}

static __u64 actor_fetch(struct __test_metadata *_metadata, struct actor *a)
{
	struct rtm_fetch_call arg;

	fetch_arg(&arg, a->box->entity, 0, NULL, 0);
	EXPECT_EQ(0, actor_call(a, RTM_IOC_FETCH_CALL, &arg));
	return arg.call;
}

static int actor_answer(struct actor *a, __u64 call)
{
	struct rtm_answer_call arg;

	answer_arg(&arg, a->box->entity, call, NULL, 0);
	return actor_call(a, RTM_IOC_ANSWER_CALL, &arg);
}

static void row_go_to(struct __test_metadata *_metadata, FIXTURE_DATA(row) *self,
		      enum stage_point point)
{
	struct rtm_block_methods arg;

	begin_call(&self->c, 0, 0);
	ASSERT_TRUE(wait_until(calls(self->watch) == 1));
	if (point >= B_FETCHED)
		self->at_b = actor_fetch(_metadata, &self->b);
	if (point == A_BLOCKED) {
		block_arg(&arg, self->a.box->entity, 1);
		EXPECT_EQ(0, actor_call(&self->a, RTM_IOC_BLOCK_METHODS, &arg));
	}
	if (point >= B_CALLS_A) {
		begin_call(&self->b, 0, 0);
		ASSERT_TRUE(wait_until(calls(self->watch) == 2));
	}
	if (point == A_FETCHED)
		self->at_a = actor_fetch(_metadata, &self->a);
}

/* A has died: B hears of it if it has called, and can still answer C. */
static void row_without_a(struct __test_metadata *_metadata, FIXTURE_DATA(row) *self,
			  enum stage_point point)
{
	if (point >= B_CALLS_A)
		EXPECT_EQ(-ESTALE, actor_end(&self->b));
	if (point == C_CALLS_B)
		self->at_b = actor_fetch(_metadata, &self->b);
	EXPECT_EQ(0, actor_answer(&self->b, self->at_b));
	EXPECT_EQ(0, actor_end(&self->c));
}

/* B has died: C hears of it, and A's answer is of no use any more. */
static void row_without_b(struct __test_metadata *_metadata, FIXTURE_DATA(row) *self,
			  enum stage_point point)
{
	struct rtm_fetch_call arg;

	EXPECT_EQ(-ESTALE, actor_end(&self->c));
	if (point == A_FETCHED) {
		EXPECT_EQ(0, actor_answer(&self->a, self->at_a));
		return;
	}
	EXPECT_TRUE(wait_until(!calls(self->watch)));
	fetch_arg(&arg, self->a.box->entity, 0, NULL, 0);
	EXPECT_EQ(-ENOENT, actor_call(&self->a, RTM_IOC_FETCH_CALL, &arg));
}

/* C has died: the others go on, and in the end nobody wants to know. */
static void row_without_c(struct __test_metadata *_metadata, FIXTURE_DATA(row) *self,
			  enum stage_point point)
{
	struct rtm_block_methods arg;

	if (point == C_CALLS_B) {
		EXPECT_TRUE(wait_until(!calls(self->watch)));
		return;
	}
	if (point == A_BLOCKED) {
		block_arg(&arg, self->a.box->entity, 0);
		EXPECT_EQ(0, actor_call(&self->a, RTM_IOC_BLOCK_METHODS, &arg));
	}
	if (point == B_CALLS_A || point == A_BLOCKED)
		self->at_a = actor_fetch(_metadata, &self->a);
	if (point >= B_CALLS_A) {
		EXPECT_EQ(0, actor_answer(&self->a, self->at_a));
		EXPECT_EQ(0, actor_end(&self->b));
	}
	EXPECT_EQ(0, actor_answer(&self->b, self->at_b));
}

static void row_end(struct __test_metadata *_metadata, struct actor *a)
{
	if (!a->box)
		return;
	EXPECT_FALSE(a->running);
	actor_kill(a);
}

FIXTURE_VARIANT(row) {
	char victim;
};

FIXTURE_VARIANT_ADD(row, callee) {
	.victim = 'a',
};

FIXTURE_VARIANT_ADD(row, middle) {
	.victim = 'b',
};

FIXTURE_VARIANT_ADD(row, caller) {
	.victim = 'c',
};

TEST_F(row, killed)
{
	enum stage_point point;

	for (point = 0; point < N_STAGES; point++) {
		row_fill(_metadata, self);
		row_go_to(_metadata, self, point);
		if (variant->victim == 'a') {
			actor_kill(&self->a);
			row_without_a(_metadata, self, point);
		} else if (variant->victim == 'b') {
			actor_kill(&self->b);
			row_without_b(_metadata, self, point);
		} else {
			actor_kill(&self->c);
			row_without_c(_metadata, self, point);
		}
		EXPECT_TRUE(wait_until(!calls(self->watch)))
			TH_LOG("calls are left at point %d", point);
		row_end(_metadata, &self->a);
		row_end(_metadata, &self->b);
		row_end(_metadata, &self->c);
		expect_clean(_metadata, self->watch, 1);
	}
}

TEST_HARNESS_MAIN
