// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may have a destination: the grant list against a naive model.
 *
 * How this file works: threads that exist only as addresses ask, leave, release,
 * give up and are thrown out at random, through two entities.  The model knows what
 * each of them holds and who queues in which order, and derives every answer anew by
 * the rules in words.  After each step both must agree on the answer, on the queue,
 * on what is counted, and on the number of pins, that is of read counts which
 * somebody would have in the semaphore.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/random.h>

#include "rtm_dest.h"
#include "rtm_entity.h"
#include "rtm_lock_grant.h"
#include "rtm_net.h"
#include "rtm_table.h"

#define N_THREADS	5
#define N_ENTITIES	2
#define N_STEPS		60000U
#define NOBODY		(-1)

enum actor_state {
	ACTOR_FREE,
	ACTOR_QUEUED,
	ACTOR_INSIDE,
};

/* Answers that must have occurred often, or the test has tested nothing. */
enum answer {
	ANSWER_GRANTED,
	ANSWER_DENIED,
	ANSWER_QUEUED,
	ANSWER_QUEUED_UPGRADE,
	ANSWER_PASSED,
	ANSWER_FROM_QUEUE,
	N_ANSWERS,
};

/**
 * struct actor - a thread, and what the model knows of it
 * @user: acquisitions by entity and mode
 * @state: what it does now
 * @via: entity of the request or section
 * @mode: mode of it
 * @is_user: it asked for an acquisition
 * @upgrade: it queued for an upgrade
 * @r: its request
 * @holds: memory for each acquisition or section
 */
struct actor {
	u32 user[N_ENTITIES][2];
	enum actor_state state;
	int via;
	enum rtm_lock_mode mode;
	bool is_user;
	bool upgrade;
	struct rtm_lock_request r;
	struct rtm_hold holds[N_ENTITIES + 1];
};

/**
 * struct grant_ctx - the real side structure and the model's queue
 * @rnet: the namespace; only its counters are used
 * @table: the table
 * @dest: the destination
 * @entities: the entities
 * @side: what is tested
 * @actors: the threads
 * @queue: indices of waiting actors, the model's idea of their order
 * @n_queue: entries of @queue
 * @pins: read counts in the imagined semaphore
 * @seq: last number of a request
 * @seen: how often each answer came
 * @rnd: seeded generator
 */
struct grant_ctx {
	struct rtm_net rnet;
	struct rtm_table table;
	struct rtm_dest dest;
	struct rtm_entity entities[N_ENTITIES];
	struct rtm_dest_lock side;
	struct actor actors[N_THREADS];
	int queue[N_THREADS];
	int n_queue;
	int pins;
	u64 seq;
	u32 seen[N_ANSWERS];
	struct rnd_state rnd;
};

/* Nobody looks into it: the address is the identity. */
static struct pid *thread_of(struct actor *a)
{
	return (struct pid *)a;
}

static u32 pick(struct grant_ctx *ctx, u32 n)
{
	return prandom_u32_state(&ctx->rnd) % n;
}

/*
 * The model
 */

static bool model_user(const struct actor *a)
{
	int e;

	for (e = 0; e < N_ENTITIES; e++)
		if (a->user[e][RTM_LOCK_SHARED] || a->user[e][RTM_LOCK_EXCLUSIVE])
			return true;
	return false;
}

static bool model_exclusive(const struct actor *a)
{
	int e;

	if (a->state == ACTOR_INSIDE && a->mode == RTM_LOCK_EXCLUSIVE)
		return true;
	for (e = 0; e < N_ENTITIES; e++)
		if (a->user[e][RTM_LOCK_EXCLUSIVE])
			return true;
	return false;
}

static bool model_others(struct grant_ctx *ctx, int me, bool (*is)(const struct actor *a))
{
	int t;

	for (t = 0; t < N_THREADS; t++)
		if (t != me && is(&ctx->actors[t]))
			return true;
	return false;
}

static bool model_present(const struct actor *a)
{
	return a->state == ACTOR_INSIDE || model_user(a);
}

/* What the thread has already decides, if it has something: else RTM_LOCK_QUEUED + 1. */
#define NO_OPINION	(RTM_LOCK_QUEUED + 1)

static int model_mine(struct grant_ctx *ctx, int me)
{
	struct actor *a = &ctx->actors[me];
	u32 *other = a->user[1 - a->via];
	u32 *own = a->user[a->via];

	if (own[RTM_LOCK_EXCLUSIVE])
		return 0;
	if (a->mode == RTM_LOCK_SHARED && own[RTM_LOCK_SHARED])
		return 0;
	if (other[RTM_LOCK_EXCLUSIVE])
		return !a->is_user && a->mode == RTM_LOCK_SHARED ? 0 : -EACCES;
	if (other[RTM_LOCK_SHARED])
		return a->mode == RTM_LOCK_SHARED ? 0 : -EACCES;
	if (!own[RTM_LOCK_SHARED])
		return NO_OPINION;
	if (model_others(ctx, me, model_user))
		return -EACCES;
	return model_others(ctx, me, model_present) ? RTM_LOCK_QUEUED : 0;
}

static int model_judge(struct grant_ctx *ctx, int me, bool ahead)
{
	struct actor *a = &ctx->actors[me];
	struct actor *head = &ctx->actors[ctx->queue[0]];
	int mine = model_mine(ctx, me);

	if (mine != NO_OPINION)
		return mine;
	if (ctx->side.kernel)
		return RTM_LOCK_QUEUED;
	if (model_others(ctx, me, a->mode == RTM_LOCK_EXCLUSIVE ? model_present : model_exclusive))
		return RTM_LOCK_QUEUED;
	if (!ahead)
		return 0;
	if (a->is_user || a->mode == RTM_LOCK_EXCLUSIVE)
		return RTM_LOCK_QUEUED;
	/* a read section may pass those who wait for a user */
	if (head->mode == RTM_LOCK_EXCLUSIVE && !head->upgrade &&
	    model_others(ctx, NOBODY, model_user))
		return 0;
	return RTM_LOCK_QUEUED;
}

static void model_give(struct actor *a)
{
	if (a->is_user) {
		a->user[a->via][a->mode]++;
		a->state = ACTOR_FREE;
	} else {
		a->state = ACTOR_INSIDE;
	}
}

static void model_unqueue(struct grant_ctx *ctx, int place)
{
	ctx->actors[ctx->queue[place]].state = ACTOR_FREE;
	for (ctx->n_queue--; place < ctx->n_queue; place++)
		ctx->queue[place] = ctx->queue[place + 1];
}

static void model_enqueue(struct grant_ctx *ctx, int me)
{
	int place = ctx->n_queue++;

	for (; place && ctx->actors[me].upgrade &&
	     !ctx->actors[ctx->queue[place - 1]].upgrade; place--)
		ctx->queue[place] = ctx->queue[place - 1];
	ctx->queue[place] = me;
	ctx->actors[me].state = ACTOR_QUEUED;
}

/* Grant whom the rules allow, from the front, as long as that changes anything. */
static void model_run(struct grant_ctx *ctx)
{
	struct actor *a;
	int place = 0;
	int me;

	while (place < ctx->n_queue) {
		me = ctx->queue[place];
		a = &ctx->actors[me];
		if (model_judge(ctx, me, place > 0) == RTM_LOCK_QUEUED) {
			place++;
			continue;
		}
		model_unqueue(ctx, place);
		model_give(a);
		place = 0;
	}
}

/*
 * The real one, with an imagined semaphore
 */

static void sem_settle(struct grant_ctx *ctx)
{
	ctx->pins -= ctx->side.unpin;
	ctx->side.unpin = 0;
}

/* What rtm_lock.c does on the way in and out. */
static void sem_enter(struct grant_ctx *ctx, struct rtm_lock_request *r)
{
	if (r->mode == RTM_LOCK_EXCLUSIVE && r->hold->pinned) {
		r->hold->pinned = false;
		ctx->pins--;
	}
	ctx->pins++;
}

static void turn_end(struct grant_ctx *ctx, struct rtm_lock_request *r)
{
	LIST_HEAD(doomed);

	rtm_grant_end_turn(&ctx->side, r->hold, r->mode, &doomed);
	sem_settle(ctx);
}

static void granted(struct grant_ctx *ctx, struct rtm_lock_request *r)
{
	if (!r->turn)
		return;
	sem_enter(ctx, r);
	if (r->user)
		turn_end(ctx, r);
}

/*
 * Grant from the queue and let those in who were granted.  A user's turn is over at
 * once, and as everything that ends, it has the queue looked at again.
 */
static void run(struct grant_ctx *ctx)
{
	bool waited[N_THREADS];
	bool again = false;
	struct actor *a;
	int t;

	for (t = 0; t < N_THREADS; t++)
		waited[t] = !list_empty(&ctx->actors[t].r.l.link);
	rtm_grant_run(&ctx->side);
	for (t = 0; t < N_THREADS; t++) {
		a = &ctx->actors[t];
		if (!waited[t] || a->r.state)
			continue;
		granted(ctx, &a->r);
		again |= a->is_user;
		ctx->seen[ANSWER_FROM_QUEUE]++;
	}
	if (again)
		run(ctx);
}

static struct rtm_hold *spare_hold(struct grant_ctx *ctx, struct actor *a)
{
	struct rtm_hold *hold = a->holds;

	while (!list_empty(&hold->l.link))
		hold++;
	memset(hold, 0, sizeof(*hold));
	INIT_LIST_HEAD(&hold->l.link);
	INIT_LIST_HEAD(&hold->l.owner_link);
	hold->l.dest = &ctx->dest;
	hold->l.entity = &ctx->entities[a->via];
	hold->l.thread = thread_of(a);
	hold->l.process = thread_of(a);
	return hold;
}

static void prepare(struct grant_ctx *ctx, struct actor *a)
{
	struct rtm_lock_request *r = &a->r;

	memset(r, 0, sizeof(*r));
	INIT_LIST_HEAD(&r->l.link);
	INIT_LIST_HEAD(&r->l.owner_link);
	r->hold = spare_hold(ctx, a);
	r->l.dest = &ctx->dest;
	r->l.entity = &ctx->entities[a->via];
	r->l.thread = thread_of(a);
	r->l.process = thread_of(a);
	r->l.seq = ++ctx->seq;
	r->mode = a->mode;
	r->user = a->is_user;
}

/*
 * Steps
 */

static void step_ask(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a = &ctx->actors[me];
	int expected, err;

	if (a->state != ACTOR_FREE)
		return;
	a->via = pick(ctx, N_ENTITIES);
	a->mode = pick(ctx, 3) ? RTM_LOCK_SHARED : RTM_LOCK_EXCLUSIVE;
	a->is_user = pick(ctx, 2);
	a->upgrade = false;
	expected = model_judge(ctx, me, ctx->n_queue);
	prepare(ctx, a);
	err = rtm_grant_ask(&ctx->side, &a->r);
	KUNIT_ASSERT_EQ(test, err, expected);
	if (!err) {
		ctx->seen[ctx->n_queue ? ANSWER_PASSED : ANSWER_GRANTED]++;
		model_give(a);
		granted(ctx, &a->r);
	} else if (err == -EACCES) {
		ctx->seen[ANSWER_DENIED]++;
	} else {
		a->upgrade = model_mine(ctx, me) == RTM_LOCK_QUEUED;
		ctx->seen[a->upgrade ? ANSWER_QUEUED_UPGRADE : ANSWER_QUEUED]++;
		KUNIT_ASSERT_EQ(test, rtm_grant_queue(&ctx->side, &a->r), 0);
		model_enqueue(ctx, me);
	}
}

static void step_leave(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a = &ctx->actors[me];

	if (a->state != ACTOR_INSIDE)
		return;
	a->state = ACTOR_FREE;
	turn_end(ctx, &a->r);
}

/* Any thread of the entity may unlock; the oldest hold is not the model's affair. */
static void step_release(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;
	enum rtm_lock_mode mode = pick(ctx, 2);
	int via = pick(ctx, N_ENTITIES);
	struct rtm_hold *hold;
	LIST_HEAD(doomed);
	int t, any = 0;

	hold = rtm_grant_find(&ctx->side, &ctx->entities[via], thread_of(&ctx->actors[me]), mode);
	for (t = 0; t < N_THREADS; t++)
		any += ctx->actors[t].user[via][mode];
	KUNIT_ASSERT_EQ(test, !!hold, !!any);
	if (!hold)
		return;
	if (ctx->actors[me].user[via][mode])
		KUNIT_ASSERT_PTR_EQ(test, hold->l.thread, thread_of(&ctx->actors[me]));
	((struct actor *)hold->l.thread)->user[via][mode]--;
	rtm_grant_release(&ctx->side, hold, mode, &doomed);
	sem_settle(ctx);
}

static void step_give_up(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;
	int place = 0;

	if (ctx->actors[me].state != ACTOR_QUEUED)
		return;
	while (ctx->queue[place] != me)
		place++;
	model_unqueue(ctx, place);
	rtm_grant_finish(&ctx->side, &ctx->actors[me].r, -ETIMEDOUT);
}

static void step_drop(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;
	struct rtm_hold *hold, *next;
	LIST_HEAD(doomed);

	list_for_each_entry_safe(hold, next, &ctx->side.holds, l.link)
		if (hold->l.thread == thread_of(&ctx->actors[me]) && rtm_hold_is_user(hold))
			rtm_grant_drop(&ctx->side, hold, &doomed);
	memset(ctx->actors[me].user, 0, sizeof(ctx->actors[me].user));
	sem_settle(ctx);
}

static void step_kernel(struct kunit *test, int me)
{
	struct grant_ctx *ctx = test->priv;

	if (!ctx->side.n_user)
		ctx->side.kernel = !ctx->side.kernel;
}

/*
 * Comparisons
 */

static void compare_queue(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	struct rtm_lock_request *r;
	int place = 0;

	list_for_each_entry(r, &ctx->side.waiters, l.link) {
		KUNIT_ASSERT_LT(test, place, ctx->n_queue);
		KUNIT_ASSERT_PTR_EQ(test, r, &ctx->actors[ctx->queue[place]].r);
		place++;
	}
	KUNIT_ASSERT_EQ(test, place, ctx->n_queue);
	KUNIT_ASSERT_EQ(test, (int)ctx->side.n_waiters, ctx->n_queue);
	KUNIT_ASSERT_EQ(test, (int)atomic64_read(&ctx->rnet.count.locks_waiting), ctx->n_queue);
}

static void compare_holds(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	int t, e, users = 0, pins = 0;
	struct actor *a;
	u32 *user;

	for (t = 0; t < N_THREADS; t++) {
		a = &ctx->actors[t];
		pins += a->state == ACTOR_INSIDE;
		for (e = 0; e < N_ENTITIES; e++) {
			user = a->user[e];
			if (!user[RTM_LOCK_SHARED] && !user[RTM_LOCK_EXCLUSIVE])
				continue;
			users++;
			/* an exclusive section has taken the pin of its hold along */
			pins += !(a->state == ACTOR_INSIDE && a->mode == RTM_LOCK_EXCLUSIVE);
		}
	}
	KUNIT_ASSERT_EQ(test, (int)ctx->side.n_user, users);
	KUNIT_ASSERT_EQ(test, (int)atomic64_read(&ctx->rnet.count.locks_held), users);
	KUNIT_ASSERT_EQ(test, ctx->pins, pins);
	KUNIT_ASSERT_EQ(test, !!ctx->side.n_excl, model_others(ctx, NOBODY, model_exclusive));
	KUNIT_ASSERT_EQ(test, !!ctx->side.n_holds, model_others(ctx, NOBODY, model_present));
}

/* Whoever excludes is alone. */
static void compare_exclusion(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	int t, excl = 0, present = 0;

	for (t = 0; t < N_THREADS; t++) {
		excl += model_exclusive(&ctx->actors[t]);
		present += model_present(&ctx->actors[t]);
	}
	KUNIT_ASSERT_TRUE(test, !excl || present == 1);
}

static void step(struct kunit *test)
{
	static void (*const steps[])(struct kunit *test, int me) = {
		step_ask, step_ask, step_ask, step_ask, step_leave, step_leave, step_release,
		step_release, step_release, step_give_up, step_drop, step_kernel,
	};
	struct grant_ctx *ctx = test->priv;

	steps[pick(ctx, ARRAY_SIZE(steps))](test, pick(ctx, N_THREADS));
	model_run(ctx);
	run(ctx);
	compare_queue(test);
	compare_holds(test);
	compare_exclusion(test);
}

static void grant_random(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	u32 seed = get_random_u32();
	unsigned int i;

	kunit_info(test, "seed %u\n", seed);
	prandom_seed_state(&ctx->rnd, seed);
	for (i = 0; i < N_STEPS; i++)
		step(test);
	for (i = 0; i < N_ANSWERS; i++)
		KUNIT_EXPECT_GT_MSG(test, ctx->seen[i], N_STEPS / 6000, "answer %u", i);
}

/* Cases that are worth a name. */
static struct actor *ask(struct kunit *test, int me, int via, enum rtm_lock_mode mode, bool user,
			 int expected)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a = &ctx->actors[me];

	a->via = via;
	a->mode = mode;
	a->is_user = user;
	prepare(ctx, a);
	KUNIT_EXPECT_EQ(test, rtm_grant_ask(&ctx->side, &a->r), expected);
	if (!expected)
		granted(ctx, &a->r);
	if (expected == RTM_LOCK_QUEUED)
		KUNIT_EXPECT_EQ(test, rtm_grant_queue(&ctx->side, &a->r), 0);
	return a;
}

static void grant_needs_user(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a;

	ask(test, 0, 0, RTM_LOCK_SHARED, false, 0);
	a = ask(test, 1, 0, RTM_LOCK_EXCLUSIVE, false, RTM_LOCK_QUEUED);
	KUNIT_EXPECT_FALSE(test, rtm_grant_needs_user(&ctx->side, &a->r));
	a = ask(test, 2, 0, RTM_LOCK_EXCLUSIVE, true, RTM_LOCK_QUEUED);
	KUNIT_EXPECT_TRUE(test, rtm_grant_needs_user(&ctx->side, &a->r));
	turn_end(ctx, &ctx->actors[0].r);
	run(ctx);
	KUNIT_EXPECT_EQ(test, ctx->actors[1].r.state, 0);
	KUNIT_EXPECT_EQ(test, ctx->actors[2].r.state, RTM_LOCK_QUEUED);
	turn_end(ctx, &ctx->actors[1].r);
	run(ctx);
	KUNIT_EXPECT_EQ(test, ctx->actors[2].r.state, 0);
}

static void grant_limits(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a = &ctx->actors[0];

	ask(test, 0, 0, RTM_LOCK_SHARED, true, 0);
	a->r.hold->user[RTM_LOCK_SHARED] = U32_MAX;
	ask(test, 0, 0, RTM_LOCK_SHARED, true, -ENOSPC);
	ctx->side.n_holds += RTM_LOCK_MAX_LOCKERS - 1;
	ask(test, 1, 0, RTM_LOCK_SHARED, true, -ENOSPC);
	prepare(ctx, &ctx->actors[2]);
	KUNIT_EXPECT_EQ(test, rtm_grant_queue(&ctx->side, &ctx->actors[2].r), -ENOSPC);
	ctx->side.n_holds -= RTM_LOCK_MAX_LOCKERS - 1;
	ask(test, 1, 0, RTM_LOCK_SHARED, true, 0);
}

static void grant_place(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	u64 place;

	ask(test, 0, 0, RTM_LOCK_EXCLUSIVE, true, 0);
	ask(test, 1, 0, RTM_LOCK_EXCLUSIVE, true, RTM_LOCK_QUEUED);
	ask(test, 2, 0, RTM_LOCK_EXCLUSIVE, true, RTM_LOCK_QUEUED);
	place = ctx->actors[1].r.l.seq;
	rtm_grant_finish(&ctx->side, &ctx->actors[1].r, -ERESTARTSYS);
	prepare(ctx, &ctx->actors[1]);
	ctx->actors[1].r.l.seq = place;
	KUNIT_EXPECT_EQ(test, rtm_grant_ask(&ctx->side, &ctx->actors[1].r), RTM_LOCK_QUEUED);
	KUNIT_EXPECT_EQ(test, rtm_grant_queue(&ctx->side, &ctx->actors[1].r), 0);
	step_drop(test, 0);
	run(ctx);
	KUNIT_EXPECT_EQ(test, ctx->actors[1].r.state, 0);
	KUNIT_EXPECT_EQ(test, ctx->actors[2].r.state, RTM_LOCK_QUEUED);
}

static void grant_dead_entity(struct kunit *test)
{
	struct grant_ctx *ctx = test->priv;
	struct actor *a;

	ask(test, 0, 0, RTM_LOCK_EXCLUSIVE, true, 0);
	a = ask(test, 1, 1, RTM_LOCK_SHARED, true, RTM_LOCK_QUEUED);
	ctx->entities[1].locks.dead = true;
	prepare(ctx, &ctx->actors[2]);
	ctx->actors[2].r.l.entity = &ctx->entities[1];
	KUNIT_EXPECT_EQ(test, rtm_grant_queue(&ctx->side, &ctx->actors[2].r), -EIDRM);
	step_drop(test, 0);
	run(ctx);
	KUNIT_EXPECT_EQ(test, a->r.state, -EIDRM);
	KUNIT_EXPECT_TRUE(test, rtm_grant_idle(&ctx->side));
	ask(test, 3, 1, RTM_LOCK_SHARED, true, -EIDRM);
}

static int rtm_grant_test_init(struct kunit *test)
{
	struct grant_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	int i, h;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->table.rnet = &ctx->rnet;
	ctx->dest.table = &ctx->table;
	for (i = 0; i < N_ENTITIES; i++) {
		rtm_lock_owner_init(&ctx->entities[i].locks);
		rtm_nexthop_locks_init(&ctx->entities[i].nexthop_locks);
	}
	for (i = 0; i < N_THREADS; i++) {
		INIT_LIST_HEAD(&ctx->actors[i].r.l.link);
		for (h = 0; h < ARRAY_SIZE(ctx->actors[i].holds); h++)
			INIT_LIST_HEAD(&ctx->actors[i].holds[h].l.link);
	}
	rtm_grant_init(&ctx->side, &ctx->dest);
	test->priv = ctx;
	return 0;
}

static struct kunit_case rtm_grant_cases[] = {
	KUNIT_CASE(grant_needs_user),
	KUNIT_CASE(grant_limits),
	KUNIT_CASE(grant_place),
	KUNIT_CASE(grant_dead_entity),
	KUNIT_CASE(grant_random),
	{}
};

static struct kunit_suite rtm_grant_suite = {
	.name = "rtm_grant",
	.init = rtm_grant_test_init,
	.test_cases = rtm_grant_cases,
};

kunit_test_suite(rtm_grant_suite);
