// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks of next hops, and the edit that the end of one commits.
 *
 * How this file works: the fixture "nhlock" has one thread; in "nhthreads" threads of
 * one registration meet, who are the only ones that can.  These locks are in no
 * listing: that a call waits is seen by its not having ended after a while, which a
 * slow machine can only make true too often.
 */
#include "rtm_actor.h"
#include "rtm_edit_test.h"

#define X	RTM_REQ_EXCLUSIVE

FIXTURE(nhlock) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 nh;
	__u64 dest;
};

FIXTURE_SETUP(nhlock)
{
	__u64 route;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->other));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 1, &self->nh));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "192.0.2.0/24", 0, 10, &route));
	self->dest = dev_dest(self->fd, self->e, "192.0.2.0/24");
	ASSERT_NE(0, self->dest);
}

FIXTURE_TEARDOWN(nhlock)
{
	env_clean(_metadata, &self->env);
}

static int commit(FIXTURE_DATA(nhlock) *self, __u64 cookie, __u64 remote, __u32 nh_flags)
{
	struct rtm_unlock_nexthop arg;

	unlock_nexthop_arg(&arg, self->e, self->nh, X);
	arg.cookie = cookie;
	arg.remote_dest = remote;
	arg.nexthop_flags = nh_flags;
	arg.commit = 1;
	return dev_call(self->fd, RTM_IOC_UNLOCK_NEXTHOP, &arg);
}

/* What the kernel has: cookie, flags and whether there is a remote destination. */
static bool content_is(FIXTURE_DATA(nhlock) *self, __u64 cookie, bool remote, __u32 nh_flags)
{
	struct rtm_nexthop_req req;

	if (dev_nexthop_info(self->fd, self->e, self->nh, &req))
		return false;
	dev_release(self->fd, self->e, req.attrs.owner);
	if (req.attrs.remote_dest)
		dev_release(self->fd, self->e, req.attrs.remote_dest);
	return req.attrs.cookie == cookie && req.attrs.flags == nh_flags &&
	       !!req.attrs.remote_dest == remote;
}

TEST_F(nhlock, wrong_lock)
{
	__u64 gone;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.9", 1, &gone));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ANY, &gone, 1));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->e, gone));

	EXPECT_EQ(-EOPNOTSUPP, dev_lock_nexthop(self->fd, self->e, self->nh, RTM_REQ_KEEP));
	EXPECT_EQ(-EBADF, dev_lock_nexthop(self->fd, 0, self->nh, X));
	EXPECT_EQ(-EBADF, dev_lock_nexthop(self->fd, self->e, 0, X));
	EXPECT_EQ(-EBADF, dev_lock_nexthop(self->fd, self->e, self->dest, X));
	EXPECT_EQ(-EACCES, dev_lock_nexthop(self->fd, self->other, self->nh, X));
	EXPECT_EQ(-EACCES, dev_lock_nexthop(self->fd, self->other, self->nh, 0));
	EXPECT_EQ(-ESTALE, dev_lock_nexthop(self->fd, self->e, gone, 0));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
}

TEST_F(nhlock, wrong_unlock)
{
	struct rtm_unlock_nexthop arg;
	__u64 foreign;

	ASSERT_EQ(0, dev_register_in(self->fd, 3, AF_INET, PROTO_RIP, 1, 0, &foreign));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	unlock_nexthop_arg(&arg, self->e, self->nh, X | RTM_REQ_NOWAIT);
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_UNLOCK_NEXTHOP, &arg));
	unlock_nexthop_arg(&arg, self->e, self->nh, X);
	arg.commit = 2;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_UNLOCK_NEXTHOP, &arg));
	unlock_nexthop_arg(&arg, self->e, self->nh, 0);
	arg.commit = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_UNLOCK_NEXTHOP, &arg));
	EXPECT_EQ(-EOPNOTSUPP, commit(self, 7, 0, 0x8000));
	EXPECT_EQ(-EOPNOTSUPP, commit(self, 7, 0, 0x10001));
	EXPECT_EQ(-EBADF, commit(self, 7, self->nh, 0));
	EXPECT_EQ(-EBADF, dev_unlock_nexthop(self->fd, foreign, self->nh, X));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->other, self->nh, X));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
	EXPECT_TRUE(content_is(self, 0, false, 0));
	EXPECT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
}

TEST_F(nhlock, commit)
{
	EXPECT_EQ(-EACCES, commit(self, 7, 0, 0));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, 0));
	EXPECT_EQ(-EACCES, commit(self, 7, 0, 0));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
	EXPECT_TRUE(content_is(self, 0, false, 0));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, commit(self, 7, self->dest, RTM_NHF_DOWN));
	EXPECT_TRUE(content_is(self, 7, true, RTM_NHF_DOWN));
	EXPECT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, commit(self, 8, 0, 0));
	EXPECT_TRUE(content_is(self, 8, false, 0));
}

/* It is counted by mode, and taken exclusively by who has it shared alone. */
TEST_F(nhlock, again)
{
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(-EACCES, dev_unlock_nexthop(self->fd, self->e, self->nh, 0));
}

/* Deleted under the lock: the edit is nobody's any more, the lock has to go. */
TEST_F(nhlock, deleted_under_the_lock)
{
	ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, X));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ANY, &self->nh, 1));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->e, self->nh));
	EXPECT_EQ(0, commit(self, 7, 0, 0));
	EXPECT_TRUE(content_is(self, 0, false, 0));
	EXPECT_EQ(-ESTALE, dev_lock_nexthop(self->fd, self->e, self->nh, X));
}

TEST_F(nhlock, too_many)
{
	__u64 nh[RTM_MAX_NEXTHOP_LOCKS];
	char addr[16];
	int i;

	for (i = 0; i < RTM_MAX_NEXTHOP_LOCKS; i++) {
		snprintf(addr, sizeof(addr), "10.0.%d.%d", i / 256, i % 256);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, addr, 1, &nh[i]));
		ASSERT_EQ(0, dev_lock_nexthop(self->fd, self->e, nh[i], X));
	}
	EXPECT_EQ(-ENOSPC, dev_lock_nexthop(self->fd, self->e, self->nh, 0));
	EXPECT_EQ(0, dev_lock_nexthop(self->fd, self->e, nh[5], X));
	ASSERT_EQ(0, dev_unlock_nexthop(self->fd, self->e, nh[7], X));
	EXPECT_EQ(0, dev_lock_nexthop(self->fd, self->e, self->nh, 0));
}

/*
 * Among threads
 */

FIXTURE(nhthreads) {
	struct stage stage;
	struct actor *a, *b, *c, *d;
	__u64 nh[2];
};

static int actor_add_nexthops(struct actor *a)
{
	int err;

	err = dev_add_nexthop(a->box->fd, a->box->entity, "192.0.2.1", 1, &a->box->data[0]);
	return err ? : dev_add_nexthop(a->box->fd, a->box->entity, "192.0.2.2", 1,
				       &a->box->data[1]);
}

FIXTURE_SETUP(nhthreads)
{
	stage_setup(_metadata, &self->stage, true);
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->d = &self->stage.actor[3];
	ASSERT_EQ(0, actor_run(self->a, actor_add_nexthops));
	memcpy(self->nh, self->a->box->data, sizeof(self->nh));
}

FIXTURE_TEARDOWN(nhthreads)
{
	stage_clean(_metadata, &self->stage);
}

static void begin(struct actor *a, __u64 nh, __u32 flags)
{
	struct rtm_lock_object arg;

	lock_object_arg(&arg, a->box->entity, nh, flags);
	actor_begin(a, RTM_IOC_LOCK_NEXTHOP, &arg);
}

static int lock(struct actor *a, __u64 nh, __u32 flags)
{
	begin(a, nh, flags);
	return actor_end(a);
}

static int release(struct actor *a, __u64 nh, __u32 flags)
{
	struct rtm_unlock_nexthop arg;

	unlock_nexthop_arg(&arg, a->box->entity, nh, flags);
	return actor_call(a, RTM_IOC_UNLOCK_NEXTHOP, &arg);
}

static bool still_waits(struct actor *a)
{
	sleep_ms(150);
	return !actor_ended(a);
}

TEST_F(nhthreads, exclusive_excludes)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], X));
	EXPECT_EQ(-EAGAIN, lock(self->b, self->nh[0], RTM_REQ_NOWAIT));
	EXPECT_EQ(0, lock(self->b, self->nh[1], X));
	begin(self->c, self->nh[0], 0);
	EXPECT_TRUE(still_waits(self->c));
	ASSERT_EQ(0, release(self->a, self->nh[0], X));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(0, lock(self->d, self->nh[0], 0));
	EXPECT_EQ(0, release(self->c, self->nh[0], 0));
	EXPECT_EQ(0, release(self->d, self->nh[0], 0));
	EXPECT_EQ(0, release(self->b, self->nh[1], X));
}

/* Who has it shared may not wait for others who have it shared. */
TEST_F(nhthreads, upgrade)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], 0));
	ASSERT_EQ(0, lock(self->b, self->nh[0], 0));
	EXPECT_EQ(-EACCES, lock(self->a, self->nh[0], X));
	EXPECT_EQ(-EACCES, lock(self->b, self->nh[0], X));
	ASSERT_EQ(0, release(self->b, self->nh[0], 0));
	EXPECT_EQ(0, lock(self->a, self->nh[0], X));
	ASSERT_EQ(0, release(self->a, self->nh[0], X));
	ASSERT_EQ(0, release(self->a, self->nh[0], 0));
}

/* In order of arrival; who has it shared already does not queue. */
TEST_F(nhthreads, order)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], 0));
	begin(self->b, self->nh[0], X);
	ASSERT_TRUE(still_waits(self->b));
	begin(self->c, self->nh[0], 0);
	EXPECT_TRUE(still_waits(self->c));
	EXPECT_EQ(0, lock(self->a, self->nh[0], 0));
	ASSERT_EQ(0, release(self->a, self->nh[0], 0));
	ASSERT_EQ(0, release(self->a, self->nh[0], 0));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_TRUE(still_waits(self->c));
	ASSERT_EQ(0, release(self->b, self->nh[0], X));
	EXPECT_EQ(0, actor_end(self->c));
	ASSERT_EQ(0, release(self->c, self->nh[0], 0));
}

/* By its key, so that the handle stays. */
static int actor_delete_first(struct actor *a)
{
	struct rtm_nexthop_req arg;

	nexthop_arg(&arg, a->box->entity, "192.0.2.1", 1);
	return dev_call(a->box->fd, RTM_IOC_DELETE_NEXTHOP, &arg);
}

/* Deleted while somebody waits for it: nothing is left to lock. */
TEST_F(nhthreads, deleted_meanwhile)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], X));
	begin(self->b, self->nh[0], X);
	ASSERT_TRUE(still_waits(self->b));
	ASSERT_EQ(0, actor_run(self->a, actor_delete_first));
	EXPECT_TRUE(still_waits(self->b));
	ASSERT_EQ(0, release(self->a, self->nh[0], X));
	EXPECT_EQ(-ESTALE, actor_end(self->b));
	/* and it has not got it: there is nothing to release */
	EXPECT_EQ(-EACCES, release(self->b, self->nh[0], X));
}

/* Whoever stops waiting lets those behind it pass. */
TEST_F(nhthreads, giving_up)
{
	struct rtm_lock_object arg;

	ASSERT_EQ(0, lock(self->a, self->nh[0], 0));
	lock_object_arg(&arg, self->b->box->entity, self->nh[0], X);
	arg.deadline = now_ns() + 400 * 1000000ull;
	actor_begin(self->b, RTM_IOC_LOCK_NEXTHOP, &arg);
	begin(self->c, self->nh[0], 0);
	EXPECT_EQ(-ETIMEDOUT, actor_end(self->b));
	EXPECT_EQ(0, actor_end(self->c));
	ASSERT_EQ(0, release(self->a, self->nh[0], 0));
	ASSERT_EQ(0, release(self->c, self->nh[0], 0));
}

/* Another thread can release it, if the calling one has nothing of the kind. */
TEST_F(nhthreads, released_by_another)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], X));
	begin(self->b, self->nh[0], X);
	ASSERT_TRUE(still_waits(self->b));
	EXPECT_EQ(-EACCES, release(self->c, self->nh[0], 0));
	EXPECT_EQ(0, release(self->c, self->nh[0], X));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, release(self->b, self->nh[0], X));
	EXPECT_EQ(-EACCES, release(self->a, self->nh[0], X));
}

#define N_USERS	1000
#define N_TRIES	10

/* So many routes lead to the first next hop that to change one takes a while. */
static int actor_use_first(struct actor *a)
{
	struct rtm_add_route arg;
	char text[32];
	int err = 0;
	int i;

	for (i = 0; i < N_USERS && !err; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		route_arg(&arg, a->box->entity, text, &a->box->data[0], 1);
		arg.flags = RTM_REQ_NO_HANDLE;
		err = dev_add_route(a->box->fd, &arg);
	}
	return err;
}

/* Changes the other one all the time, and so keeps the round through the routes busy. */
static int actor_change_second(struct actor *a)
{
	struct rtm_nexthop_req arg;
	int err = 0;
	int i;

	for (i = 0; i < 20 && !err; i++) {
		nexthop_arg(&arg, a->box->entity, "192.0.2.2", 1);
		arg.flags = RTM_REQ_NO_HANDLE;
		arg.attrs.flags = i & 1 ? 0 : RTM_NHF_DOWN;
		err = dev_call(a->box->fd, RTM_IOC_ADD_NEXTHOP, &arg);
	}
	return err;
}

static void begin_commit(struct actor *a, __u64 nh, __u64 cookie, __u32 nh_flags)
{
	struct rtm_unlock_nexthop arg;

	unlock_nexthop_arg(&arg, a->box->entity, nh, X);
	arg.cookie = cookie;
	arg.nexthop_flags = nh_flags;
	arg.commit = 1;
	actor_begin(a, RTM_IOC_UNLOCK_NEXTHOP, &arg);
}

static int actor_get_cookie(struct actor *a)
{
	struct rtm_nexthop_req req;
	int err;

	err = dev_nexthop_info(a->box->fd, a->box->entity, a->box->data[0], &req);
	if (err)
		return err;
	dev_release(a->box->fd, a->box->entity, req.attrs.owner);
	return (int)req.attrs.cookie;
}

/* Two release one lock at once: one of them does, and only that one changes anything. */
TEST_F(nhthreads, released_by_two)
{
	struct rtm_unlock_nexthop plain;
	int i, b, c, cookie = 0;

	ASSERT_EQ(0, actor_run(self->a, actor_use_first));
	unlock_nexthop_arg(&plain, self->c->box->entity, self->nh[0], X);
	for (i = 1; i <= N_TRIES; i++) {
		ASSERT_EQ(0, lock(self->a, self->nh[0], X));
		actor_begin_fn(self->d, actor_change_second);
		begin_commit(self->b, self->nh[0], i, i & 1 ? RTM_NHF_DOWN : 0);
		actor_begin(self->c, RTM_IOC_UNLOCK_NEXTHOP, &plain);
		b = actor_end(self->b);
		c = actor_end(self->c);
		EXPECT_EQ(0, actor_end(self->d));
		EXPECT_TRUE((!b && c == -EACCES) || (!c && b == -EACCES))
			TH_LOG("try %d: %d and %d", i, b, c);
		if (!b)
			cookie = i;
		EXPECT_EQ(cookie, actor_run(self->a, actor_get_cookie));
	}
}

/* The registration ends under the lock, and under those who wait. */
TEST_F(nhthreads, deregistered)
{
	ASSERT_EQ(0, lock(self->a, self->nh[0], X));
	begin(self->b, self->nh[0], 0);
	begin(self->c, self->nh[0], X);
	ASSERT_TRUE(still_waits(self->b));
	ASSERT_TRUE(still_waits(self->c));
	ASSERT_EQ(0, actor_run(self->d, actor_deregister));
	EXPECT_EQ(-EIDRM, actor_end(self->b));
	EXPECT_EQ(-EIDRM, actor_end(self->c));
}

/*
 * Processes that share a file
 */

FIXTURE(nhshared) {
	struct env env;
	__u64 e;
	__u64 nh;
};

FIXTURE_SETUP(nhshared)
{
	env_setup(_metadata, &self->env);
	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_add_nexthop(self->env.fd, self->e, "192.0.2.1", 1, &self->nh));
}

FIXTURE_TEARDOWN(nhshared)
{
	env_clean(_metadata, &self->env);
}

/* A child has inherited the file, has taken the lock, and is killed. */
TEST_F(nhshared, holder_is_killed)
{
	int ready[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (dev_lock_nexthop(self->env.fd, self->e, self->nh, X))
			_exit(1);
		write_byte(ready[1], 'r');
		pause();
	}
	ASSERT_TRUE(read_byte(ready[0], &byte));
	EXPECT_EQ(-EAGAIN, dev_lock_nexthop(self->env.fd, self->e, self->nh, RTM_REQ_NOWAIT));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(0, dev_lock_nexthop(self->env.fd, self->e, self->nh, X));
	EXPECT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(0, dev_unlock_nexthop(self->env.fd, self->e, self->nh, X));
	close(ready[0]);
	close(ready[1]);
}

TEST_HARNESS_MAIN
