// SPDX-License-Identifier: GPL-2.0-only
/*
 * RtmLockDestination: who may lock, who waits, in which order, and with what answer.
 *
 * How this file works: each rule is tried twice, once with processes that have an
 * entity each and once with threads of one entity, because a holder is an (entity,
 * thread).  Handles, rights and errors are in lockerror.c, what waits for a lock
 * besides other locks in lockaccess.c, and what becomes of holders that die in
 * lockdeath.c.
 */
#include "rtm_actor.h"

FIXTURE(lock)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c, *d;
};

FIXTURE_VARIANT(lock)
{
	bool threads;
};

FIXTURE_VARIANT_ADD(lock, processes)
{
};

FIXTURE_VARIANT_ADD(lock, threads)
{
	.threads = true,
};

FIXTURE_SETUP(lock)
{
	stage_setup(_metadata, &self->stage, variant->threads);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->d = &self->stage.actor[3];
}

FIXTURE_TEARDOWN(lock)
{
	stage_clean(_metadata, &self->stage);
}

/*
 * Shared and exclusive
 */

TEST_F(lock, shared_holders_coexist)
{
	ASSERT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(1, held(self->s->watch));
	ASSERT_EQ(0, lock_shared(self->b));
	ASSERT_EQ(0, lock_shared(self->c));
	EXPECT_EQ(3, held(self->s->watch));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_TRUE(holds(self->s, self->b, 1, 0));
	EXPECT_TRUE(holds(self->s, self->c, 1, 0));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->c));
	EXPECT_EQ(0, held(self->s->watch));
}

TEST_F(lock, shared_waits_for_exclusive)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 0, 1));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(1, waiting(self->s->watch));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(holds(self->s, self->a, 0, 0));
	EXPECT_TRUE(holds(self->s, self->b, 1, 0));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, unlock_shared(self->b));
}

TEST_F(lock, exclusive_waits_for_exclusive)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(holds(self->s, self->b, 0, 1));
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(lock, exclusive_waits_for_every_shared)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->c));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, unlock_shared(self->a));
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, unlock_shared(self->c));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(holds(self->s, self->b, 0, 1));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(lock, shared_waiters_go_together)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	begin_shared(self->d);
	ASSERT_TRUE(waits(self->s, self->d));
	EXPECT_EQ(3, waiting(self->s->watch));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, actor_end(self->d));
	EXPECT_EQ(3, held(self->s->watch));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->c));
	EXPECT_EQ(0, unlock_shared(self->d));
}

/* Makes another destination the one this actor works with. */
static int move_elsewhere(struct actor *a)
{
	struct box *box = a->box;
	__u64 route;
	int err;

	err = dev_route(box->fd, box->entity, "10.2.0.0/16", 0, 1, &route);
	box->dest = dev_dest(box->fd, box->entity, "10.2.0.0/16");
	return err;
}

TEST_F(lock, other_destination_does_not_wait)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, actor_run(self->b, move_elsewhere));
	EXPECT_EQ(0, lock_exclusive(self->b));
	EXPECT_EQ(2, held(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->b, 0, 1));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/*
 * First come, first served
 */

TEST_F(lock, shared_waits_behind_queued_exclusive)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(-EAGAIN, try_shared(self->d));
	ASSERT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	ASSERT_TRUE(waits(self->s, self->c));
	ASSERT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->c));
}

/* Whoever has it already would wait for himself. */
TEST_F(lock, reentrant_shared_passes_the_queue)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(0, try_shared(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 3, 0));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->a));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(lock, queue_is_served_in_order)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	begin_exclusive(self->d);
	ASSERT_TRUE(waits(self->s, self->d));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	ASSERT_EQ(0, actor_end(self->b));
	ASSERT_TRUE(waits(self->s, self->c));
	begin_shared(self->a);
	ASSERT_TRUE(waits(self->s, self->a));
	ASSERT_EQ(0, unlock_exclusive(self->b));
	ASSERT_EQ(0, actor_end(self->c));
	ASSERT_TRUE(waits(self->s, self->d));
	ASSERT_TRUE(waits(self->s, self->a));
	ASSERT_EQ(0, unlock_shared(self->c));
	ASSERT_EQ(0, actor_end(self->d));
	ASSERT_TRUE(waits(self->s, self->a));
	ASSERT_EQ(0, unlock_exclusive(self->d));
	ASSERT_EQ(0, actor_end(self->a));
	EXPECT_EQ(0, unlock_shared(self->a));
}

/* The exclusive request that goes away was all that stopped the shared one. */
TEST_F(lock, who_gives_up_lets_others_pass)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_lock(self->b, RTM_REQ_EXCLUSIVE, now_ns() + 2 * NSEC_PER_SEC);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->c));
}

/*
 * The same thread again
 */

TEST_F(lock, shared_on_shared_is_counted)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 3, 0));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, try_exclusive(self->b));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(lock, exclusive_on_exclusive_is_counted)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, try_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 0, 3));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, try_shared(self->b));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
}

TEST_F(lock, shared_on_exclusive_is_counted)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, try_shared(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 2, 1));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, try_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
}

/* What is left after the exclusive one of two is released is shared. */
TEST_F(lock, downgrade)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
}

TEST_F(lock, upgrade_alone)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 1, 1));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_EQ(0, try_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
}

TEST_F(lock, upgrade_passes_the_queue)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, lock_exclusive(self->a));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* Two who wait for each other to let go would wait for ever. */
TEST_F(lock, upgrade_with_others)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->b));
	EXPECT_EQ(-EACCES, lock_exclusive(self->a));
	EXPECT_EQ(-EACCES, lock_exclusive(self->b));
	EXPECT_EQ(-EACCES, try_exclusive(self->b));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_TRUE(holds(self->s, self->b, 1, 0));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, lock_exclusive(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, held(self->s->watch));
}

/*
 * Releasing
 */

TEST_F(lock, release_of_nothing)
{
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(0, held(self->s->watch));
}

TEST_F(lock, release_in_wrong_mode)
{
	ASSERT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 0, 1));
	EXPECT_EQ(-EAGAIN, try_shared(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
}

/* Any thread of the entity may release, no other entity. */
TEST_F(lock, release_by_another)
{
	int mine = variant->threads ? 0 : -EACCES;

	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->b));
	EXPECT_EQ(mine, unlock_exclusive(self->b));
	EXPECT_TRUE(holds(self->s, self->a, 0, mine ? 1 : 0));
	EXPECT_EQ(mine ? 0 : -EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(0, held(self->s->watch));
}

/* One's own hold goes first, then another thread's. */
TEST_F(lock, release_prefers_own_hold)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->b));
	ASSERT_EQ(0, lock_shared(self->c));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_TRUE(holds(self->s, self->a, 1, 0));
	EXPECT_TRUE(holds(self->s, self->b, 0, 0));
	EXPECT_TRUE(holds(self->s, self->c, 1, 0));
	EXPECT_EQ(variant->threads ? 0 : -EACCES, unlock_shared(self->b));
	EXPECT_EQ(variant->threads ? 1 : 2, held(self->s->watch));
	unlock_shared(self->a);
	unlock_shared(self->c);
	EXPECT_EQ(0, held(self->s->watch));
}

TEST_F(lock, releaser_of_last_hold_wakes)
{
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/*
 * Deadlines and no waiting at all
 */

TEST_F(lock, deadline)
{
	__u64 deadline;

	ASSERT_EQ(0, lock_exclusive(self->a));
	deadline = now_ns() + 300 * NSEC_PER_MSEC;
	begin_lock(self->b, RTM_REQ_EXCLUSIVE, deadline);
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_LE(deadline, now_ns());
	deadline = now_ns() + 300 * NSEC_PER_MSEC;
	begin_lock(self->b, 0, deadline);
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_LE(deadline, now_ns());
	EXPECT_TRUE(holds(self->s, self->b, 0, 0));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, held(self->s->watch));
}

TEST_F(lock, deadline_not_reached)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_lock(self->b, RTM_REQ_EXCLUSIVE, now_ns() + 600 * NSEC_PER_SEC);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* A deadline is about waiting: what is free is granted at any time. */
TEST_F(lock, deadline_in_the_past)
{
	begin_lock(self->a, RTM_REQ_EXCLUSIVE, 1);
	EXPECT_EQ(0, actor_end(self->a));
	begin_lock(self->b, 0, 1);
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	begin_lock(self->b, 0, 1);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_shared(self->b));
}

/* The largest number is as good as for ever. */
TEST_F(lock, deadline_beyond_time)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_lock(self->b, 0, ~0ull);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_lock(self->c, 0, 1ull << 63);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->c));
}

TEST_F(lock, nowait)
{
	EXPECT_EQ(0, try_shared(self->a));
	EXPECT_EQ(0, try_shared(self->b));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, try_exclusive(self->c));
	EXPECT_EQ(-EAGAIN, try_exclusive(self->a));
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	EXPECT_TRUE(holds(self->s, self->a, 0, 0));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(self->c));
	/* of the two, the flag is the stricter one */
	EXPECT_EQ(0, try_exclusive(self->c));
	begin_lock(self->a, RTM_REQ_NOWAIT, now_ns() + 600 * NSEC_PER_SEC);
	EXPECT_EQ(-EAGAIN, actor_end(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/*
 * Signals
 */

TEST_F(lock, signal_restarts)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_signal(self->b, SIGUSR1);
	ASSERT_TRUE(wait_until(self->b->box->signals == 1));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(holds(self->s, self->b, 0, 1));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* A restarted wait keeps its place before those who came after it. */
TEST_F(lock, signal_keeps_the_place)
{
	int i;

	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	for (i = 1; i <= 3; i++) {
		actor_signal(self->b, SIGUSR1);
		ASSERT_TRUE(wait_until(self->b->box->signals == i));
		ASSERT_TRUE(waits(self->s, self->b));
	}
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* A restart does not begin the time anew. */
TEST_F(lock, signal_keeps_the_deadline)
{
	__u64 deadline = now_ns() + 2 * NSEC_PER_SEC;

	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_lock(self->b, RTM_REQ_EXCLUSIVE, deadline);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_signal(self->b, SIGUSR1);
	ASSERT_TRUE(wait_until(self->b->box->signals == 1));
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_LE(deadline, now_ns());
	EXPECT_EQ(0, unlock_exclusive(self->a));
}

TEST_F(lock, signal_interrupts)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_signal(self->b, SIGUSR2);
	EXPECT_EQ(-EINTR, actor_end(self->b));
	EXPECT_EQ(1, self->b->box->signals);
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_TRUE(holds(self->s, self->b, 0, 0));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, held(self->s->watch));
	/* nobody has a place that he does not use */
	EXPECT_EQ(0, lock_exclusive(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

/* The shared hold that was there before stays when the wait for more is given up. */
TEST_F(lock, interrupted_exclusive_lets_shared_pass)
{
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	actor_signal(self->b, SIGUSR2);
	EXPECT_EQ(-EINTR, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->c));
}

static void pin_to_cpu0(pid_t tid)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(tid, sizeof(set), &set);
}

/* While the caller has the only CPU nobody else gets to see what it does. */
static void own_the_cpu(bool own)
{
	struct sched_param p = { .sched_priority = own ? 50 : 0 };

	if (sched_setscheduler(0, own ? SCHED_FIFO : SCHED_OTHER, &p))
		abort();
}

/* Grant and signal come while the waiter cannot run: the grant wins. */
static void grant_and_signal(struct __test_metadata *_metadata, struct stage *s,
			     struct actor *b, bool signal_first)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, dest;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, INSTANCE, AF_INET, PROTO_OSPF, 1, RTM_REQ_OPAQUE_SLOT,
				     &entity));
	dest = dev_dest(fd, entity, PLACE);
	ASSERT_EQ(0, dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
	begin_exclusive(b);
	ASSERT_TRUE(waits(s, b));
	pin_to_cpu0(0);
	pin_to_cpu0(b->box->tid);
	own_the_cpu(true);
	if (signal_first)
		actor_signal(b, SIGUSR2);
	dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE);
	if (!signal_first)
		actor_signal(b, SIGUSR2);
	own_the_cpu(false);
	EXPECT_EQ(0, actor_end(b));
	EXPECT_TRUE(wait_until(b->box->signals == 1));
	EXPECT_TRUE(holds(s, b, 0, 1));
	EXPECT_EQ(0, unlock_exclusive(b));
	close(fd);
}

TEST_F(lock, grant_wins_over_later_signal)
{
	grant_and_signal(_metadata, self->s, self->b, false);
}

TEST_F(lock, grant_wins_over_earlier_signal)
{
	grant_and_signal(_metadata, self->s, self->b, true);
}

/*
 * The destination itself
 */

static int delete_place(struct actor *a)
{
	return dev_delete_key(a->box->fd, a->box->entity, PLACE, 0, NULL);
}

/* Whoever has a handle can lock it, routes or no routes. */
TEST_F(lock, destination_without_routes)
{
	ASSERT_EQ(0, actor_run(self->a, delete_place));
	ASSERT_EQ(-ENOENT, actor_run(self->a, delete_place));
	EXPECT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(0, lock_shared(self->b));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	/* all actors have an opaque slot */
	EXPECT_EQ(0, lock_exclusive(self->b));
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(lock, last_route_goes_while_others_wait)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, actor_run(self->a, delete_place));
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->c));
}

/*
 * Listing
 */

static unsigned int count_locks(int watch, struct rtm_lock_rec *recs, unsigned int room)
{
	struct rtm_lock_rec *rec;
	unsigned int count, n = 0;
	size_t size;
	void *buf;

	buf = dev_dump(watch, RTM_IOC_DUMP_LOCKS, 0, "0.0.0.0/0", 0, &size, &count);
	if (!buf)
		return ~0u;
	for_each_record(rec, buf, size)
		if (n++ < room)
			recs[n - 1] = *rec;
	free(buf);
	return n == count ? n : ~0u;
}

static void check_record(struct __test_metadata *_metadata, const struct rtm_lock_rec *rec,
			 struct stage *s, struct actor *a)
{
	EXPECT_EQ(sizeof(*rec), rec->size);
	EXPECT_TRUE(prefix_is(&rec->prefix, PLACE));
	EXPECT_EQ(AF_INET, rec->entity.family);
	EXPECT_EQ(INSTANCE, rec->entity.instance);
	EXPECT_EQ(PROTO_BGP, rec->entity.protocol);
	EXPECT_EQ(s->threads ? 1 : a - s->actor + 1, rec->entity.id);
	EXPECT_EQ(0, rec->entity.pad);
	EXPECT_EQ(a->box->pid, rec->pid);
	EXPECT_EQ(a->box->tid, rec->tid);
}

TEST_F(lock, listing)
{
	struct rtm_lock_rec recs[4];

	EXPECT_EQ(0, count_locks(self->s->watch, recs, 4));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->b));
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	begin_shared(self->d);
	ASSERT_TRUE(waits(self->s, self->d));
	ASSERT_EQ(4, count_locks(self->s->watch, recs, 4));
	check_record(_metadata, &recs[0], self->s, self->a);
	EXPECT_TRUE(!recs[0].waiting && recs[0].shared == 2 && !recs[0].exclusive);
	check_record(_metadata, &recs[1], self->s, self->b);
	EXPECT_TRUE(!recs[1].waiting && recs[1].shared == 1 && !recs[1].exclusive);
	check_record(_metadata, &recs[2], self->s, self->c);
	EXPECT_TRUE(recs[2].waiting == 1 && !recs[2].shared && recs[2].exclusive == 1);
	check_record(_metadata, &recs[3], self->s, self->d);
	EXPECT_TRUE(recs[3].waiting == 1 && recs[3].shared == 1 && !recs[3].exclusive);
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_exclusive(self->c));
	EXPECT_EQ(0, actor_end(self->d));
	EXPECT_EQ(0, unlock_shared(self->d));
}

TEST_F(lock, listing_of_ages)
{
	struct rtm_lock_rec rec;
	__u64 before, granted;

	before = now_ns();
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	sleep_ms(300);
	ASSERT_TRUE(thread_holds(self->s->watch, self->a->box->tid, &rec));
	EXPECT_LE(300 * NSEC_PER_MSEC, rec.age_ns);
	EXPECT_GE(now_ns() - before, rec.age_ns);
	ASSERT_TRUE(thread_waits(self->s->watch, self->b->box->tid, &rec));
	EXPECT_LE(300 * NSEC_PER_MSEC, rec.age_ns);
	granted = now_ns();
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	/* it counts from the grant */
	ASSERT_TRUE(thread_holds(self->s->watch, self->b->box->tid, &rec));
	EXPECT_GE(now_ns() - granted, rec.age_ns);
	EXPECT_EQ(0, unlock_shared(self->b));
}

static unsigned int locked_state(int watch)
{
	struct rtm_dest_rec rec;

	return dev_dest_rec_in(watch, INSTANCE, PLACE, &rec) ? rec.locked : ~0u;
}

TEST_F(lock, state_in_destination_records)
{
	EXPECT_EQ(0, locked_state(self->s->watch));
	ASSERT_EQ(0, lock_shared(self->a));
	EXPECT_EQ(1, locked_state(self->s->watch));
	ASSERT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(2, locked_state(self->s->watch));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(2, locked_state(self->s->watch));
	ASSERT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(1, locked_state(self->s->watch));
	ASSERT_EQ(0, unlock_shared(self->a));
	EXPECT_EQ(1, locked_state(self->s->watch));
	ASSERT_EQ(0, unlock_shared(self->b));
	EXPECT_EQ(0, locked_state(self->s->watch));
}

/*
 * Breaking
 */

TEST_F(lock, break_exclusive)
{
	__u32 broken = ~0u;

	ASSERT_EQ(0, lock_exclusive(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(1, broken);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(variant->threads ? 0 : -EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(variant->threads ? -EACCES : 0, unlock_exclusive(self->b));
	EXPECT_EQ(0, held(self->s->watch));
	/* who has lost it may have it again */
	EXPECT_EQ(0, lock_exclusive(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->a));
}

TEST_F(lock, break_shared)
{
	__u32 broken = ~0u;

	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(0, broken);
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->a));
	ASSERT_EQ(0, lock_shared(self->b));
	ASSERT_EQ(0, lock_shared(self->c));
	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(3, broken);
	EXPECT_EQ(0, held(self->s->watch));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->b));
	EXPECT_EQ(-EACCES, unlock_shared(self->c));
	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(0, broken);
}

/* Breaking is about holders: those who wait go on, in their order. */
TEST_F(lock, break_leaves_waiters)
{
	__u32 broken;

	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(1, broken);
	EXPECT_EQ(0, actor_end(self->b));
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, dev_break_lock(self->s->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(1, broken);
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, unlock_shared(self->c));
}

TEST_HARNESS_MAIN
