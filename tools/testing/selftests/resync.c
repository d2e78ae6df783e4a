// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resync: what is not announced again goes, and nothing else happens.
 *
 * How this file works: an entity with routes begins, adds some of them again and ends.
 * What is left is read from the counters and the FIB, and that the rest was no change
 * is told by a listener to every kind of change and by the number of messages that the
 * FIB writer has sent.
 */
#include <pthread.h>

#include "rtm_edit_test.h"
#include "rtm_expiry_test.h"
#include "rtm_fib_test.h"
#include "rtm_notify_test.h"

#define N	40

FIXTURE(resync) {
	struct env env;
	int fd;
	__u64 rip;
	__u64 listener;
	__u64 notify;
	__u64 hops[2];
};

FIXTURE_SETUP(resync)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	net_setup(_metadata);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->rip));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->listener));
	ASSERT_EQ(0, dev_notify(self->fd, self->listener, RTM_CT_ALL, RTM_V_SUPPORTED,
				&self->notify));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, "192.0.2.2",
				     if_nametoindex("dummy0"), &self->hops[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, "198.51.100.2",
				     if_nametoindex("dummy1"), &self->hops[1]));
}

FIXTURE_TEARDOWN(resync)
{
	env_clean(_metadata, &self->env);
	EXPECT_EQ(0, fib_count(AF_INET, NULL));
}

static const char *nth(unsigned int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "10.%u.0.0/16", i);
	return text;
}

static int announce(int fd, __u64 entity, unsigned int i, __u64 hop)
{
	__u64 route;
	int err;

	err = dev_route(fd, entity, nth(i), hop, 1, &route);
	return err ? err : dev_release(fd, entity, route);
}

static void announce_all(struct __test_metadata *_metadata, FIXTURE_DATA(resync) *self)
{
	unsigned int i;

	for (i = 0; i < N; i++)
		ASSERT_EQ(0, announce(self->fd, self->rip, i, self->hops[0]));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
}

static __u64 routes_of(int fd)
{
	struct rtm_get_stats s;

	return dev_stats(fd, &s) ? ~0ull : s.routes;
}

static __u64 messages(int fd)
{
	struct rtm_get_stats s;

	return dev_stats(fd, &s) ? ~0ull : s.fib_messages;
}

/* Destinations that have changed since the last time; -1 is an error. */
static int heard(FIXTURE_DATA(resync) *self)
{
	static struct changes c;

	if (dev_changes(self->fd, self->listener, self->notify, RTM_V_SUPPORTED, 2 * N, &c))
		return -1;
	return c.n;
}

/*
 * Wrong values
 */

TEST_F(resync, wrong_flags)
{
	struct rtm_resync arg;

	resync_arg(&arg, self->rip);
	arg.flags = RTM_REQ_NOWAIT;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_BEGIN_RESYNC, &arg));
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_END_RESYNC, &arg));
	EXPECT_EQ(-ENOENT, dev_end_resync(self->fd, self->rip));
}

TEST_F(resync, wrong_entity)
{
	int other = dev_open(O_RDWR);

	EXPECT_EQ(-EBADF, dev_begin_resync(self->fd, 0));
	EXPECT_EQ(-EBADF, dev_begin_resync(self->fd, self->hops[0]));
	EXPECT_EQ(-EBADF, dev_end_resync(self->fd, 0));
	/* somebody else's, and in a file that may only look */
	EXPECT_EQ(-EBADF, dev_begin_resync(other, self->rip));
	EXPECT_EQ(-EPERM, dev_begin_resync(self->env.watch, self->rip));
	close(other);
}

TEST_F(resync, not_begun)
{
	announce_all(_metadata, self);
	EXPECT_EQ(-ENOENT, dev_end_resync(self->fd, self->rip));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	/* that was this entity and no other */
	EXPECT_EQ(-ENOENT, dev_end_resync(self->fd, self->listener));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(-ENOENT, dev_end_resync(self->fd, self->rip));
}

/*
 * What goes and what stays
 */

TEST_F(resync, nothing_is_announced)
{
	announce_all(_metadata, self);
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(N, routes_of(self->fd));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(0, routes_of(self->fd));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_EQ(0, fib_count(AF_INET, NULL));
}

TEST_F(resync, all_is_announced)
{
	__u64 sent;
	int i;

	announce_all(_metadata, self);
	EXPECT_EQ(N, heard(self));
	sent = messages(self->fd);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
		announce_all(_metadata, self);
		EXPECT_EQ(0, dev_end_resync(self->fd, self->rip));
		ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	}
	EXPECT_EQ(N, routes_of(self->fd));
	EXPECT_EQ(0, heard(self));
	EXPECT_EQ(sent, messages(self->fd));
}

/* Of five one has another next hop, one is new, one is not announced. */
TEST_F(resync, only_differences)
{
	__u64 sent;
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, announce(self->fd, self->rip, i, self->hops[0]));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_EQ(4, heard(self));
	sent = messages(self->fd);
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	ASSERT_EQ(0, announce(self->fd, self->rip, 0, self->hops[0]));
	ASSERT_EQ(0, announce(self->fd, self->rip, 1, self->hops[1]));
	ASSERT_EQ(0, announce(self->fd, self->rip, 3, self->hops[0]));
	ASSERT_EQ(0, announce(self->fd, self->rip, 4, self->hops[0]));
	EXPECT_EQ(1, dev_end_resync(self->fd, self->rip));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_EQ(3, heard(self));
	EXPECT_EQ(sent + 3, messages(self->fd));
	EXPECT_TRUE(fib_is(nth(1), "10.1.0.0/16 via 198.51.100.2 dev dummy1 *"));
	EXPECT_TRUE(fib_is(nth(2), ""));
	EXPECT_TRUE(fib_is(nth(4), "10.4.0.0/16 via 192.0.2.2 dev dummy0 *"));
	EXPECT_EQ(4, fib_count(AF_INET, NULL));
}

/* Other routes of the same destinations, other entities and next hops stay. */
TEST_F(resync, others_stay)
{
	struct rtm_add_route arg;
	struct rtm_get_stats s;

	announce_all(_metadata, self);
	ASSERT_EQ(0, announce(self->fd, self->listener, 0, 0));
	/* a second one of its own, by another neighbour */
	route_arg(&arg, self->rip, nth(1), self->hops, 1);
	arg.attrs.neighbour = self->hops[1];
	arg.attrs.metric = 9;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(N + 2, routes_of(self->fd));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(2, s.routes);
	EXPECT_EQ(2, s.nexthops);
	ASSERT_EQ(0, dev_delete_route(self->fd, self->rip, arg.route, NULL));
}

/* By handle, in a batch or in place: each is an announcement. */
TEST_F(resync, every_way_to_announce)
{
	struct rtm_update_route update;
	struct rtm_route_item item;
	struct rtm_add_route arg;
	struct rtm_route_batch batch;
	__u64 route[3];
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, dev_route(self->fd, self->rip, nth(i), self->hops[0], 1, &route[i]));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	route_arg(&arg, self->rip, nth(0), self->hops, 1);
	arg.route = route[0];
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	memset(&item, 0, sizeof(item));
	item.dest = prefix(nth(1));
	item.attrs = route_attrs(self->hops, 1);
	arg_init(&batch);
	batch.flags = 0;
	batch.entity = self->rip;
	batch.items = ptr_u64(&item);
	batch.count = 1;
	batch.deadline = 0;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_ROUTES, &batch));
	ASSERT_EQ(0, item.status);
	ASSERT_EQ(0, dev_lock_object(self->fd, RTM_IOC_LOCK_ROUTE, self->rip, route[2],
				     RTM_REQ_EXCLUSIVE));
	update_route_arg(&update, self->rip, route[2], self->hops, 1);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_UPDATE_ROUTE, &update));
	EXPECT_EQ(0, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(3, routes_of(self->fd));
}

TEST_F(resync, begun_twice)
{
	announce_all(_metadata, self);
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	announce_all(_metadata, self);
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	ASSERT_EQ(0, announce(self->fd, self->rip, 7, self->hops[0]));
	EXPECT_EQ(N - 1, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(1, routes_of(self->fd));
}

/* A listener sees what went as one change each. */
TEST_F(resync, listeners_hear_of_the_sweep)
{
	announce_all(_metadata, self);
	EXPECT_EQ(N, heard(self));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(0, heard(self));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(N, heard(self));
}

/* A handle to a swept route is that of a deleted one. */
TEST_F(resync, handles)
{
	__u64 route;

	ASSERT_EQ(0, dev_route(self->fd, self->rip, nth(0), self->hops[0], 1, &route));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(1, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(-ESTALE, dev_delete_route(self->fd, self->rip, route, NULL));
	EXPECT_EQ(0, dev_release(self->fd, self->rip, route));
}

/*
 * Locks
 */

/* Nothing is announced, and one of the destinations is locked until the sweep is over. */
static void sweep_a_locked_one(struct __test_metadata *_metadata, FIXTURE_DATA(resync) *self,
			       bool begin_again)
{
	__u64 dest;

	announce_all(_metadata, self);
	dest = dev_dest(self->fd, self->listener, nth(3));
	ASSERT_EQ(0, dev_lock(self->fd, self->listener, dest, 0));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	if (begin_again)
		ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(1, routes_of(self->fd));
	ASSERT_EQ(0, dev_unlock(self->fd, self->listener, dest, 0));
	EXPECT_TRUE(wait_until(routes_of(self->fd) == 0));
	EXPECT_EQ(0, dev_release(self->fd, self->listener, dest));
}

TEST_F(resync, locked)
{
	sweep_a_locked_one(_metadata, self, false);
}

/* What the end has swept goes when the lock does, whatever begins meanwhile. */
TEST_F(resync, begun_again_while_locked)
{
	sweep_a_locked_one(_metadata, self, true);
}

/* The next resync begins while the sweep still waits: the route is announced, and stays. */
TEST_F(resync, announced_after_all)
{
	__u64 dest;

	announce_all(_metadata, self);
	dest = dev_dest(self->fd, self->rip, nth(3));
	ASSERT_EQ(0, dev_lock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_begin_resync(self->fd, self->rip));
	EXPECT_EQ(N, dev_end_resync(self->fd, self->rip));
	EXPECT_EQ(1, routes_of(self->fd));
	/* the lock is the calling thread's own, so this does not wait for it */
	ASSERT_EQ(0, announce(self->fd, self->rip, 3, self->hops[0]));
	ASSERT_EQ(0, dev_unlock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
	sleep_ms(200);
	EXPECT_EQ(1, routes_of(self->fd));
	EXPECT_EQ(0, dev_release(self->fd, self->rip, dest));
}

/*
 * Death and return
 */

static int register_held(int fd, __u64 *entity)
{
	struct rtm_register_entity arg;
	int err;

	register_arg(&arg, AF_INET, PROTO_BGP, 1, RTM_REQ_HOLD);
	arg.hold_ms = 600000;
	err = dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg);
	if (!err)
		*entity = arg.entity;
	return err;
}

static int returns(struct __test_metadata *_metadata, __u64 *entity, __u64 *hop)
{
	int fd = dev_open(O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, register_held(fd, entity));
	ASSERT_EQ(0, dev_add_nexthop(fd, *entity, "192.0.2.2", if_nametoindex("dummy0"), hop));
	return fd;
}

/* What this is for: a daemon dies, comes back, and only what is different happens. */
TEST_F(resync, after_a_crash)
{
	__u64 entity, hop, sent;
	int fd, i;

	fd = returns(_metadata, &entity, &hop);
	for (i = 0; i < N; i++)
		ASSERT_EQ(0, announce(fd, entity, i, hop));
	ASSERT_EQ(0, dev_fib_sync(fd, NULL));
	EXPECT_EQ(N, heard(self));
	sent = messages(fd);
	close(fd);
	fd = returns(_metadata, &entity, &hop);
	ASSERT_EQ(0, dev_begin_resync(fd, entity));
	for (i = 0; i < N; i += 2)
		ASSERT_EQ(0, announce(fd, entity, i, hop));
	EXPECT_EQ(0, heard(self));
	EXPECT_EQ(N / 2, dev_end_resync(fd, entity));
	ASSERT_EQ(0, dev_fib_sync(fd, NULL));
	EXPECT_EQ(N / 2, heard(self));
	EXPECT_EQ(sent + N / 2, messages(fd));
	EXPECT_EQ(N / 2, fib_count(AF_INET, "192.0.2.2"));
	ASSERT_EQ(0, dev_deregister(fd, entity));
	close(fd);
}

/* It dies on the way: nothing is swept, and the next one begins anew. */
TEST_F(resync, crash_on_the_way)
{
	__u64 entity, hop;
	int fd, i;

	fd = returns(_metadata, &entity, &hop);
	for (i = 0; i < N; i++)
		ASSERT_EQ(0, announce(fd, entity, i, hop));
	ASSERT_EQ(0, dev_begin_resync(fd, entity));
	ASSERT_EQ(0, announce(fd, entity, 0, hop));
	close(fd);
	fd = returns(_metadata, &entity, &hop);
	EXPECT_EQ(N, routes_of(self->fd));
	EXPECT_EQ(-ENOENT, dev_end_resync(fd, entity));
	ASSERT_EQ(0, dev_begin_resync(fd, entity));
	for (i = 1; i < N; i++)
		ASSERT_EQ(0, announce(fd, entity, i, hop));
	/* what was announced to the one before does not count */
	EXPECT_EQ(1, dev_end_resync(fd, entity));
	EXPECT_EQ(N - 1, routes_of(self->fd));
	ASSERT_EQ(0, dev_deregister(fd, entity));
	close(fd);
}

/*
 * Threads
 */

struct adder {
	int fd;
	__u64 entity;
	__u64 hop;
	int failed;
	bool stop;
};

static void *add_all_the_time(void *arg)
{
	struct adder *a = arg;
	int i = 0;

	while (!__atomic_load_n(&a->stop, __ATOMIC_RELAXED)) {
		char text[32];
		__u64 route;
		int err;

		snprintf(text, sizeof(text), "10.%d.0.0/16", i++ % N);
		err = dev_route(a->fd, a->entity, text, a->hop, 1, &route);
		if (!err)
			err = dev_release(a->fd, a->entity, route);
		if (err)
			__atomic_store_n(&a->failed, err, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Whoever adds a route while others are swept has it added, one way or the other. */
TEST_F(resync, adds_meanwhile)
{
	struct adder a = { .fd = self->fd, .entity = self->rip, .hop = self->hops[0] };
	pthread_t thread;
	int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, add_all_the_time, &a));
	for (i = 0; i < 200; i++) {
		EXPECT_EQ(0, dev_begin_resync(self->fd, self->rip));
		EXPECT_LE(0, dev_end_resync(self->fd, self->rip));
	}
	__atomic_store_n(&a.stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, a.failed);
	/* no sweep is left to come */
	announce_all(_metadata, self);
	EXPECT_EQ(N, routes_of(self->fd));
	EXPECT_EQ(N, fib_count(AF_INET, NULL));
}

TEST_HARNESS_MAIN
