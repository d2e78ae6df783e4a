// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks of routes, and routes that are edited in place.
 *
 * How this file works: the fixture "routelock" has one thread and two registrations;
 * "routewait" has processes that meet at one destination, of which the first has the
 * route.  That the lock of a route is that of its destination is what most of this is
 * about; what that lock does otherwise is in lock.c and its neighbours.
 */
#include <stddef.h>
#include <sys/mman.h>

#include "rtm_actor.h"
#include "rtm_edit_test.h"

#define X	RTM_REQ_EXCLUSIVE

FIXTURE(routelock) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 nh[2];
	__u64 route;
	__u64 dest;
};

FIXTURE_SETUP(routelock)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->other));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 1, &self->nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &self->nh[1]));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.1.0.0/16", self->nh[0], 10, &self->route));
	self->dest = dev_dest(self->fd, self->e, "10.1.0.0/16");
	ASSERT_NE(0, self->dest);
}

FIXTURE_TEARDOWN(routelock)
{
	env_clean(_metadata, &self->env);
}

static __u32 locked(FIXTURE_DATA(routelock) *self)
{
	struct rtm_dest_rec rec;

	return dev_dest_rec(self->fd, "10.1.0.0/16", &rec) ? rec.locked : 99;
}

static __u32 metric(FIXTURE_DATA(routelock) *self)
{
	struct rtm_get_route_info info;
	__u64 nexthops[4];

	if (dev_route_info(self->fd, self->e, self->route, nexthops, 4, &info))
		return 0;
	release_route_info(self->fd, &info);
	return info.attrs.metric;
}

TEST_F(routelock, wrong_lock)
{
	__u64 foreign, gone;

	ASSERT_EQ(0, dev_route(self->fd, self->other, "10.1.0.0/16", 0, 20, &foreign));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.2.0.0/16", 0, 20, &gone));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ANY, &gone, 1));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, gone, NULL));

	EXPECT_EQ(-EOPNOTSUPP, dev_lock_route(self->fd, self->e, self->route, RTM_REQ_KEEP));
	EXPECT_EQ(-EBADF, dev_lock_route(self->fd, 0, self->route, X));
	EXPECT_EQ(-EBADF, dev_lock_route(self->fd, self->e, 0, X));
	EXPECT_EQ(-EBADF, dev_lock_route(self->fd, self->e, self->dest, X));
	EXPECT_EQ(-EBADF, dev_lock_route(self->fd, self->e, self->nh[0], X));
	EXPECT_EQ(-EACCES, dev_lock_route(self->fd, self->e, foreign, X));
	EXPECT_EQ(-EACCES, dev_lock_route(self->fd, self->e, foreign, 0));
	EXPECT_EQ(-EACCES, dev_lock_route(self->fd, self->other, self->route, 0));
	EXPECT_EQ(-ESTALE, dev_lock_route(self->fd, self->e, gone, X));
	EXPECT_EQ(0, locked(self));

	EXPECT_EQ(-EOPNOTSUPP,
		  dev_unlock_route(self->fd, self->e, self->route, X | RTM_REQ_NOWAIT));
	EXPECT_EQ(-EBADF, dev_unlock_route(self->fd, 0, self->route, X));
	EXPECT_EQ(-EBADF, dev_unlock_route(self->fd, self->e, self->nh[0], X));
	EXPECT_EQ(-EACCES, dev_unlock_route(self->fd, self->e, foreign, X));
	EXPECT_EQ(-EACCES, dev_unlock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(-EACCES, dev_unlock_route(self->fd, self->e, self->route, 0));
}

/* One lock: taken by either command, released by either, counted together. */
TEST_F(routelock, is_that_of_the_destination)
{
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(2, locked(self));
	EXPECT_EQ(-EACCES, dev_unlock_route(self->fd, self->e, self->route, 0));
	ASSERT_EQ(0, dev_lock(self->fd, self->e, self->dest, X));
	ASSERT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(2, locked(self));
	ASSERT_EQ(0, dev_unlock(self->fd, self->e, self->dest, X));
	EXPECT_EQ(0, locked(self));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, 0));
	EXPECT_EQ(1, locked(self));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(2, locked(self));
	ASSERT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(1, locked(self));
	ASSERT_EQ(0, dev_unlock(self->fd, self->e, self->dest, 0));
	EXPECT_EQ(0, locked(self));
}

/* The owner may delete what it has locked, and has to let go of it all the same. */
TEST_F(routelock, deleted_under_the_lock)
{
	struct rtm_update_route arg;

	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ANY, &self->route, 1));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, self->route, NULL));
	update_route_arg(&arg, self->e, self->route, self->nh, 1);
	EXPECT_EQ(-ESTALE, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &arg));
	EXPECT_EQ(-ESTALE, dev_lock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, X));
	EXPECT_EQ(-EACCES, dev_unlock_route(self->fd, self->e, self->route, X));
}

/**
 * struct wrong - a member that is wrong in an argument that is right
 * @err: what that gives
 * @at: where it is
 * @len: how many bytes
 * @value: the wrong value
 */
struct wrong {
	int err;
	size_t at;
	size_t len;
	__u64 value;
};

#define WRONG(_err, _member, _value)							\
	{ (_err), offsetof(struct rtm_update_route, _member),				\
	  sizeof(((struct rtm_update_route *)0)->_member), (_value) }

/* Whatever is wrong: nothing has changed, and the lock is there. */
TEST_F(routelock, wrong_update)
{
	__u64 twice[] = { self->nh[0], self->nh[0] };
	__u64 foreign, list, gone;
	struct rtm_update_route arg;
	unsigned int i;

	ASSERT_EQ(0, dev_route(self->fd, self->other, "10.1.0.0/16", 0, 20, &foreign));
	ASSERT_EQ(0, dev_new_list(self->fd, self->other, &list));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->other, "192.0.2.3", 1, &gone));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	const struct wrong all[] = {
		WRONG(-EOPNOTSUPP, flags, X),
		WRONG(-EBADF, entity, 0),
		WRONG(-EACCES, entity, self->other),
		WRONG(-EBADF, route, 0),
		WRONG(-EBADF, route, self->dest),
		WRONG(-EACCES, route, foreign),
		WRONG(-EBADF, list, self->dest),
		WRONG(-EBADF, list, list),
		WRONG(-EBADF, attrs.neighbour, self->dest),
		WRONG(-EBADF, attrs.neighbour, gone),
		WRONG(-EFAULT, attrs.nexthops, 8),
		WRONG(-EINVAL, attrs.nexthops, ptr_u64(twice)),
		WRONG(-EBADF, attrs.nexthops, ptr_u64(&gone)),
		WRONG(-EINVAL, attrs.n_nexthops, RTM_MAX_NEXTHOPS + 1),
		WRONG(-EINVAL, attrs.views, 4),
		WRONG(-EINVAL, attrs.pad, 1),
	};

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		__u64 just_one[2] = { all[i].value == ptr_u64(&gone) ? gone : self->nh[0], gone };

		update_route_arg(&arg, self->e, self->route, just_one, 1);
		arg.attrs.metric = 99;
		if (all[i].value == ptr_u64(twice))
			arg.attrs.n_nexthops = 2;
		memcpy((char *)&arg + all[i].at, &all[i].value, all[i].len);
		EXPECT_EQ(all[i].err, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &arg))
			TH_LOG("case %u", i);
		EXPECT_EQ(2, locked(self));
		EXPECT_EQ(10, metric(self));
	}
	ASSERT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, X));
}

/* The lock it needs is an exclusive one of the same thread. */
TEST_F(routelock, update_without_the_lock)
{
	struct rtm_update_route arg;

	update_route_arg(&arg, self->e, self->route, self->nh, 1);
	arg.attrs.metric = 99;
	EXPECT_EQ(-EACCES, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &arg));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, 0));
	EXPECT_EQ(-EACCES, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &arg));
	EXPECT_EQ(1, locked(self));
	ASSERT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, 0));
	EXPECT_EQ(10, metric(self));
}

/* Everything at once: rank, views, next hops, list, lifetime; and it is unlocked. */
TEST_F(routelock, update)
{
	struct rtm_get_route_info info;
	struct rtm_update_route arg;
	struct rtm_add_route rival;
	__u64 list, nexthops[4];
	struct rtm_route_rec *rec;
	unsigned int count;
	size_t size;
	__u32 views;

	route_arg(&rival, self->other, "10.1.0.0/16", NULL, 0);
	rival.attrs.preference = 150;
	ASSERT_EQ(0, dev_add_route(self->fd, &rival));
	ASSERT_EQ(0, dev_new_list(self->fd, self->e, &list));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	update_route_arg(&arg, self->e, self->route, self->nh, 2);
	arg.attrs.neighbour = self->nh[1];
	arg.attrs.cookie = 77;
	arg.attrs.metric = 30;
	arg.attrs.preference = 200;
	arg.attrs.views = RTM_V_MCAST;
	arg.attrs.ttl_ms = 600000;
	arg.list = list;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &arg));
	EXPECT_EQ(RTM_RC_BEST, arg.change);
	EXPECT_EQ(0, locked(self));

	ASSERT_EQ(0, dev_route_info(self->fd, self->e, self->route, nexthops, 4, &info));
	EXPECT_EQ(2, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh[1], info.attrs.neighbour);
	EXPECT_EQ(77, info.attrs.cookie);
	EXPECT_EQ(30, info.attrs.metric);
	EXPECT_EQ(RTM_V_MCAST, info.attrs.views);
	EXPECT_LT(500000, info.attrs.ttl_ms);
	release_route_info(self->fd, &info);
	ASSERT_EQ(0, dev_is_best(self->fd, self->other, rival.route, &views));
	EXPECT_EQ(RTM_V_SUPPORTED, views);
	rec = dev_dump(self->fd, RTM_IOC_DUMP_ROUTES, RTM_DUMP_EXACT, "10.1.0.0/16", 0, &size,
		       &count);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(2, count);
	free(rec);
}

/* A failed reply is known before anything has happened. */
TEST_F(routelock, update_into_read_only_memory)
{
	struct rtm_update_route *arg = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, arg);
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	update_route_arg(arg, self->e, self->route, self->nh, 1);
	arg->attrs.metric = 99;
	ASSERT_EQ(0, mprotect(arg, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, RTM_IOC_UPDATE_ROUTE, arg));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(2, locked(self));
	EXPECT_EQ(10, metric(self));
	EXPECT_EQ(0, dev_unlock_route(self->fd, self->e, self->route, X));
	munmap(arg, 4096);
}

static int unlock_dest_left(int fd, __u64 entity, __u64 dest, __u64 *left)
{
	struct rtm_lock_dest arg;
	int err;

	lock_arg(&arg, entity, dest, X);
	err = dev_call(fd, RTM_IOC_UNLOCK_DEST, &arg);
	*left = arg.left;
	return err;
}

static int unlock_route_left(int fd, __u64 entity, __u64 route, __u64 *left)
{
	struct rtm_lock_object arg;
	int err;

	arg_init(&arg);
	arg.flags = X;
	arg.entity = entity;
	arg.object = route;
	err = dev_call(fd, RTM_IOC_UNLOCK_ROUTE, &arg);
	*left = arg.left;
	return err;
}

/* Both calls release one lock, so each says what is left for both. */
TEST_F(routelock, unlock_says_what_is_left)
{
	__u64 left;

	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	ASSERT_EQ(0, dev_lock(self->fd, self->e, self->dest, X));
	ASSERT_EQ(0, dev_lock_route(self->fd, self->e, self->route, X));
	ASSERT_EQ(0, dev_lock(self->fd, self->e, self->dest, 0));
	EXPECT_EQ(0, unlock_dest_left(self->fd, self->e, self->dest, &left));
	EXPECT_EQ(2, left);
	EXPECT_EQ(0, unlock_route_left(self->fd, self->e, self->route, &left));
	EXPECT_EQ(1, left);
	EXPECT_EQ(0, unlock_dest_left(self->fd, self->e, self->dest, &left));
	EXPECT_EQ(0, left);
	EXPECT_EQ(-EACCES, unlock_route_left(self->fd, self->e, self->route, &left));
	EXPECT_EQ(0, dev_unlock(self->fd, self->e, self->dest, 0));
}

TEST_F(routelock, unlock_into_read_only_memory)
{
	struct rtm_lock_dest *arg = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, arg);
	ASSERT_EQ(0, dev_lock(self->fd, self->e, self->dest, X));
	lock_arg(arg, self->e, self->dest, X);
	arg->size = sizeof(*arg);
	ASSERT_EQ(0, mprotect(arg, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->fd, RTM_IOC_UNLOCK_DEST, arg));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(2, locked(self));
	EXPECT_EQ(0, dev_unlock(self->fd, self->e, self->dest, X));
	munmap(arg, 4096);
}

/*
 * Among processes
 */

FIXTURE(routewait) {
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c;
	__u64 route;
};

static int actor_own_route(struct actor *a)
{
	struct rtm_add_route arg;
	int err;

	route_arg(&arg, a->box->entity, PLACE, NULL, 0);
	err = dev_add_route(a->box->fd, &arg);
	a->box->data[0] = arg.route;
	return err;
}

FIXTURE_SETUP(routewait)
{
	stage_setup(_metadata, &self->stage, false);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	ASSERT_EQ(0, actor_run(self->a, actor_own_route));
	self->route = self->a->box->data[0];
}

FIXTURE_TEARDOWN(routewait)
{
	stage_clean(_metadata, &self->stage);
}

static void begin_route(struct actor *a, __u64 route, __u32 flags)
{
	struct rtm_lock_object arg;

	lock_object_arg(&arg, a->box->entity, route, flags);
	actor_begin(a, RTM_IOC_LOCK_ROUTE, &arg);
}

static int unlock_route(struct actor *a, __u64 route, __u32 flags)
{
	struct rtm_lock_object arg;

	lock_object_arg(&arg, a->box->entity, route, flags);
	return actor_call(a, RTM_IOC_UNLOCK_ROUTE, &arg);
}

/* Route lock and destination lock exclude each other, both ways. */
TEST_F(routewait, excludes)
{
	begin_route(self->a, self->route, X);
	ASSERT_EQ(0, actor_end(self->a));
	begin_shared(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	ASSERT_EQ(0, unlock_route(self->a, self->route, X));
	ASSERT_EQ(0, actor_end(self->b));
	begin_route(self->a, self->route, 0);
	ASSERT_EQ(0, actor_end(self->a));
	ASSERT_EQ(0, unlock_route(self->a, self->route, 0));
	begin_route(self->a, self->route, X);
	ASSERT_TRUE(waits(self->s, self->a));
	ASSERT_EQ(0, unlock_shared(self->b));
	ASSERT_EQ(0, actor_end(self->a));
	ASSERT_EQ(0, unlock_exclusive(self->a));
}

TEST_F(routewait, no_waiting)
{
	struct rtm_lock_object arg;

	ASSERT_EQ(0, lock_exclusive(self->b));
	begin_route(self->a, self->route, RTM_REQ_NOWAIT);
	EXPECT_EQ(-EAGAIN, actor_end(self->a));
	lock_object_arg(&arg, self->a->box->entity, self->route, X);
	arg.deadline = now_ns() + 100 * 1000000ull;
	EXPECT_EQ(-ETIMEDOUT, actor_call(self->a, RTM_IOC_LOCK_ROUTE, &arg));
	ASSERT_EQ(0, unlock_exclusive(self->b));
}

/* An update wakes those who wait, like any release. */
TEST_F(routewait, update_wakes)
{
	struct rtm_update_route arg;

	begin_route(self->a, self->route, X);
	ASSERT_EQ(0, actor_end(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	update_route_arg(&arg, self->a->box->entity, self->route, NULL, 0);
	ASSERT_EQ(0, actor_call(self->a, RTM_IOC_UPDATE_ROUTE, &arg));
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

/* A broken lock cannot commit, and another's lock is no help. */
TEST_F(routewait, broken)
{
	struct rtm_update_route arg;
	__u32 broken;

	begin_route(self->a, self->route, X);
	ASSERT_EQ(0, actor_end(self->a));
	ASSERT_EQ(0, dev_break_lock(self->s->watch, stage_instance, PLACE, &broken));
	EXPECT_EQ(1, broken);
	update_route_arg(&arg, self->a->box->entity, self->route, NULL, 0);
	EXPECT_EQ(-EACCES, actor_call(self->a, RTM_IOC_UPDATE_ROUTE, &arg));
	ASSERT_EQ(0, lock_exclusive(self->b));
	EXPECT_EQ(-EACCES, actor_call(self->a, RTM_IOC_UPDATE_ROUTE, &arg));
	EXPECT_EQ(-EACCES, unlock_route(self->a, self->route, X));
	ASSERT_EQ(0, unlock_exclusive(self->b));
}

TEST_F(routewait, holder_is_killed)
{
	begin_route(self->a, self->route, X);
	ASSERT_EQ(0, actor_end(self->a));
	begin_exclusive(self->b);
	ASSERT_TRUE(waits(self->s, self->b));
	actor_kill(self->a);
	EXPECT_EQ(0, actor_end(self->b));
	EXPECT_EQ(0, unlock_exclusive(self->b));
}

TEST_HARNESS_MAIN
