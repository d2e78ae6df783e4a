// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of locks when threads end, or what they share.
 *
 * How this file works: the fixture has threads of one entity, and a process outside of
 * it.  A hold of a thread that has ended stays with the entity, for any thread of the
 * process to release.
 */
#include "rtm_actor.h"

/* A wait that outlasts several looks of the kernel for dead holders. */
#define SWEEPS_MS	3500

/*
 * Threads of one entity
 */

FIXTURE(threads)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c, *d;
	struct actor outsider;
};

FIXTURE_SETUP(threads)
{
	stage_setup(_metadata, &self->stage, true);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->d = &self->stage.actor[3];
	actor_start(&self->outsider, false);
	ASSERT_EQ(0, actor_register(&self->outsider, 9, RTM_REQ_OPAQUE_SLOT));
	ASSERT_EQ(0, actor_run(&self->outsider, actor_find_place));
}

FIXTURE_TEARDOWN(threads)
{
	actor_kill(&self->outsider);
	stage_clean(_metadata, &self->stage);
}

/* The hold stays with the entity, and another thread releases it. */
TEST_F(threads, holder_exits)
{
	ASSERT_EQ(0, lock_exclusive(self->b));
	begin_shared(&self->outsider);
	ASSERT_TRUE(waits(self->s, &self->outsider));
	actor_stop(self->b);
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, &self->outsider));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	EXPECT_EQ(-EACCES, unlock_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(&self->outsider));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(0, unlock_shared(&self->outsider));
}

/* All calls that wait for the registration's sake end when it does. */
TEST_F(threads, waiters_of_a_registration_that_ends)
{
	struct rtm_get_dest get;
	struct rtm_add_route add;

	ASSERT_EQ(0, lock_exclusive(&self->outsider));
	begin_exclusive(self->a);
	ASSERT_TRUE(waits(self->s, self->a));
	dest_arg(&get, self->b->box->entity, RTM_PROTO_BEST, 0, NULL, 0);
	get.dest = self->b->box->dest;
	actor_begin(self->b, RTM_IOC_GET_DEST_INFO, &get);
	ASSERT_TRUE(waits(self->s, self->b));
	route_arg(&add, self->c->box->entity, PLACE, NULL, 0);
	actor_begin(self->c, RTM_IOC_ADD_ROUTE, &add);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, actor_run(self->d, actor_deregister));
	EXPECT_EQ(-EIDRM, actor_end(self->a));
	EXPECT_EQ(-EIDRM, actor_end(self->b));
	EXPECT_EQ(-EIDRM, actor_end(self->c));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_TRUE(holds(self->s, &self->outsider, 0, 1));
	EXPECT_EQ(-EBADF, lock_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(&self->outsider));
}

/* Its own thread had it: those who wait get nothing, the outsider gets it. */
TEST_F(threads, waiters_and_holder_of_a_registration_that_ends)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	begin_shared(&self->outsider);
	ASSERT_TRUE(waits(self->s, &self->outsider));
	begin_shared(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(0, actor_run(self->d, actor_deregister));
	EXPECT_EQ(-EIDRM, actor_end(self->b));
	EXPECT_EQ(-EIDRM, actor_end(self->c));
	EXPECT_EQ(0, actor_end(&self->outsider));
	EXPECT_EQ(1, held(self->s->watch));
	EXPECT_EQ(0, unlock_shared(&self->outsider));
}

/* The file is closed under the feet of those who wait. */
TEST_F(threads, waiters_of_a_file_that_is_closed)
{
	ASSERT_EQ(0, lock_exclusive(&self->outsider));
	begin_exclusive(self->a);
	ASSERT_TRUE(waits(self->s, self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, actor_run(self->d, actor_close));
	EXPECT_EQ(-EIDRM, actor_end(self->a));
	EXPECT_EQ(-EIDRM, actor_end(self->b));
	EXPECT_EQ(0, waiting(self->s->watch));
	EXPECT_EQ(0, unlock_exclusive(&self->outsider));
}

TEST_F(threads, holder_of_a_file_that_is_closed)
{
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(&self->outsider);
	ASSERT_TRUE(waits(self->s, &self->outsider));
	EXPECT_EQ(0, actor_run(self->b, actor_close));
	EXPECT_EQ(0, actor_end(&self->outsider));
	EXPECT_EQ(0, unlock_exclusive(&self->outsider));
}

/* Two entities, two threads: they wait for each other like anybody. */
static int another_entity(struct actor *a)
{
	return dev_register_in(a->box->fd, INSTANCE, AF_INET, PROTO_OSPF, 77, RTM_REQ_OPAQUE_SLOT,
			       &a->box->entity);
}

TEST_F(threads, two_entities_of_two_threads)
{
	ASSERT_EQ(0, actor_run(self->b, another_entity));
	ASSERT_EQ(0, lock_exclusive(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	EXPECT_EQ(0, unlock_exclusive(self->a));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(-EACCES, unlock_exclusive(self->a));
	EXPECT_EQ(-EAGAIN, try_shared(self->a));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* The first thread of a process ends; the process lives, and so does the hold. */
static void *wait_and_unlock(void *arg)
{
	struct actor *a = arg;
	char byte;

	my_box = a->box;
	while (read_byte(a->in, &byte)) {
		a->box->ret = a->box->fn ? a->box->fn(a) : dev_call(a->box->fd, a->box->cmd,
								    a->box->arg);
		write_byte(a->out, 'd');
	}
	_exit(0);
}

static int leave_to_a_thread(struct actor *a)
{
	static struct actor copy;
	pthread_t thread;

	copy = *a;
	a->box->ret = 0;
	if (pthread_create(&thread, NULL, wait_and_unlock, &copy))
		return -EAGAIN;
	write_byte(a->out, 'd');
	syscall(SYS_exit, 0);
	return 0;
}

TEST_F(threads, first_thread_of_the_holder_exits)
{
	struct actor *out = &self->outsider;

	ASSERT_EQ(0, lock_exclusive(out));
	begin_shared(self->a);
	ASSERT_TRUE(waits(self->s, self->a));
	EXPECT_EQ(0, actor_run(out, leave_to_a_thread));
	sleep_ms(SWEEPS_MS);
	ASSERT_TRUE(waits(self->s, self->a));
	EXPECT_EQ(0, unlock_exclusive(out));
	EXPECT_EQ(0, actor_end(self->a));
	EXPECT_EQ(0, unlock_shared(self->a));
}

TEST_HARNESS_MAIN
