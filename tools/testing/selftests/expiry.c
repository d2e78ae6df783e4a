// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes that live for a while: the event, the answer, and what comes between.
 *
 * How this file works: "e" is asked about its routes, "quiet" takes no events.  A route
 * is known to be gone by its state, which a handle keeps readable.  Nothing here
 * expects a route to live shorter than it was told to, nor to go at once.
 */
#include <pthread.h>

#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"

#define SHORT	100	/* milliseconds */
#define LONG	600000
#define TICK_NS	20000000	/* deadlines this close may come in any order */
#define UNASKED	(~0ull)

FIXTURE(expiry) {
	struct env env;
	int fd;
	__u64 e;
	__u64 quiet;
	unsigned int answer_ms;
};

FIXTURE_SETUP(expiry)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->answer_ms = param_number("expiry_answer_ms");
	ASSERT_EQ(0, param_set_number("expiry_answer_ms", LONG));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_BGP, 1, RTM_REQ_OPAQUE_SLOT,
				  &self->quiet));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_EVENTS, &self->e));
}

FIXTURE_TEARDOWN(expiry)
{
	EXPECT_EQ(0, param_set_number("expiry_answer_ms", self->answer_ms));
	env_clean(_metadata, &self->env);
}

/* The next event has to be about ROUTE; what the answer is to name. */
static __u64 expect_asked(struct __test_metadata *_metadata, FIXTURE_DATA(expiry) *self,
			  __u64 route)
{
	struct rtm_event event;

	EXPECT_TRUE(has_event(self->fd, 60000));
	EXPECT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(RTM_EVENT_ROUTE_EXPIRED, event.type);
	EXPECT_EQ(0, event.pad);
	EXPECT_EQ(self->e, event.entity);
	EXPECT_EQ(route, event.object);
	EXPECT_EQ(0, dev_release(self->fd, self->e, event.object));
	return event.context;
}

/* Which of N routes the next event is about, which has not been asked about yet; or -1. */
static int expect_one_of(struct __test_metadata *_metadata, FIXTURE_DATA(expiry) *self,
			 const __u64 *routes, __u64 *contexts, int n)
{
	struct rtm_event event;
	int i;

	EXPECT_TRUE(has_event(self->fd, 60000));
	EXPECT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(0, dev_release(self->fd, self->e, event.object));
	for (i = 0; i < n; i++)
		if (routes[i] == event.object && contexts[i] == UNASKED) {
			contexts[i] = event.context;
			return i;
		}
	return -1;
}

static __u32 life(FIXTURE_DATA(expiry) *self, __u64 route)
{
	__u32 ttl = ~0u;

	dev_route_life(self->fd, self->e, route, &ttl);
	return ttl;
}

TEST_F(expiry, wrong)
{
	struct rtm_answer_expiry arg;
	struct rtm_add_route add;
	__u64 route, foreign, context;

	route_arg(&add, self->e, "10.1.0.0/16", NULL, 0);
	add.attrs.pad = 1;
	EXPECT_EQ(-EINVAL, dev_add_route(self->fd, &add));
	ASSERT_EQ(0, dev_route(self->fd, self->quiet, "10.9.0.0/16", 0, 1, &foreign));
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	context = expect_asked(_metadata, self, route);

	answer_expiry_arg(&arg, self->e, route, context, 0);
	arg.flags = 1;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_ANSWER_EXPIRY, &arg));
	answer_expiry_arg(&arg, self->e, route, context, 0);
	arg.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_ANSWER_EXPIRY, &arg));
	answer_expiry_arg(&arg, self->e, route, context, 2);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_ANSWER_EXPIRY, &arg));
	EXPECT_EQ(-EBADF, dev_answer_expiry(self->fd, 0, route, context, false));
	EXPECT_EQ(-EBADF, dev_answer_expiry(self->fd, self->e, 0, context, false));
	EXPECT_EQ(-EBADF, dev_answer_expiry(self->fd, self->e, self->quiet, context, false));
	EXPECT_EQ(-EACCES, dev_answer_expiry(self->fd, self->quiet, route, context, false));
	EXPECT_EQ(-EACCES, dev_answer_expiry(self->fd, self->e, foreign, context, false));
	EXPECT_EQ(-ESTALE, dev_answer_expiry(self->fd, self->e, route, context + 1, false));
	EXPECT_EQ(-ESTALE, dev_answer_expiry(self->fd, self->quiet, foreign, 0, false));
	EXPECT_LT(0, life(self, route));
	EXPECT_GE(LONG, life(self, route));
}

/* Nobody to ask: the route goes, and its entry in the kernel's FIB. */
TEST_F(expiry, nobody_to_ask)
{
	struct rtm_fib_sync sync;
	struct rtm_get_stats s;
	__u32 ttl = 0;
	__u64 route;

	ASSERT_EQ(0, dev_route_for(self->fd, self->quiet, "10.1.0.0/16", 3 * SHORT, &route));
	EXPECT_EQ(RTM_STATE_CREATED, dev_route_life(self->fd, self->quiet, route, &ttl));
	EXPECT_LE(1, ttl);
	EXPECT_GE(3 * SHORT, ttl);
	EXPECT_TRUE(wait_until(route_has_gone(self->fd, self->quiet, route)));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->quiet, "10.1.0.0/16", 0, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, &sync));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.fib_wanted);
}

TEST_F(expiry, not_before_its_time)
{
	__u64 begin = now_ns();
	__u64 route;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 5 * SHORT, &route));
	expect_asked(_metadata, self, route);
	EXPECT_LE(5 * SHORT * NSEC_PER_MSEC, now_ns() - begin);
}

TEST_F(expiry, it_stays)
{
	__u64 route, context;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	context = expect_asked(_metadata, self, route);
	EXPECT_EQ(0, dev_answer_expiry(self->fd, self->e, route, context, true));
	EXPECT_EQ(0, life(self, route));
	EXPECT_EQ(-ESTALE, dev_answer_expiry(self->fd, self->e, route, context, false));
	EXPECT_FALSE(has_event(self->fd, 2 * SHORT));
	EXPECT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
}

/* The handle is consumed, and the route is gone when the call returns. */
TEST_F(expiry, it_goes)
{
	__u64 route, context;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	context = expect_asked(_metadata, self, route);
	EXPECT_EQ(0, dev_answer_expiry(self->fd, self->e, route, context, false));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, route));
	EXPECT_EQ(-ENOENT, dev_delete_key(self->fd, self->e, "10.1.0.0/16", 0, NULL));
}

TEST_F(expiry, no_answer)
{
	__u64 route;

	ASSERT_EQ(0, param_set_number("expiry_answer_ms", SHORT));
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	expect_asked(_metadata, self, route);
	EXPECT_TRUE(wait_until(route_has_gone(self->fd, self->e, route)));
}

/* Also when the question was never read; then there is nothing to read any more. */
TEST_F(expiry, not_even_read)
{
	__u64 route;

	ASSERT_EQ(0, param_set_number("expiry_answer_ms", SHORT));
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	EXPECT_TRUE(wait_until(route_has_gone(self->fd, self->e, route)));
	EXPECT_FALSE(has_event(self->fd, 0));
}

/* An update settles it, whether the question has been read or not. */
TEST_F(expiry, updated_meanwhile)
{
	__u64 route, context;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	ASSERT_TRUE(has_event(self->fd, 60000));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.1.0.0/16", 0, 20, &route));
	EXPECT_FALSE(has_event(self->fd, 0));
	EXPECT_EQ(0, life(self, route));

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	context = expect_asked(_metadata, self, route);
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", LONG, &route));
	EXPECT_EQ(-ESTALE, dev_answer_expiry(self->fd, self->e, route, context, false));
	EXPECT_LT(LONG / 2, life(self, route));
	/* so many handles it was given */
	EXPECT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
}

TEST_F(expiry, asked_again)
{
	__u64 route, first, second;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	first = expect_asked(_metadata, self, route);
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	second = expect_asked(_metadata, self, route);
	EXPECT_NE(first, second);
	EXPECT_EQ(-ESTALE, dev_answer_expiry(self->fd, self->e, route, first, true));
	EXPECT_EQ(0, dev_answer_expiry(self->fd, self->e, route, second, true));
}

/* It counts only what reached the reader. */
TEST_F(expiry, unreadable)
{
	struct rtm_event *volatile nowhere = (void *)16;
	__u64 route;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	ASSERT_TRUE(has_event(self->fd, 60000));
	EXPECT_EQ(-1, read(self->fd, nowhere, sizeof(struct rtm_event)));
	EXPECT_EQ(EFAULT, errno);
	expect_asked(_metadata, self, route);
	EXPECT_FALSE(has_event(self->fd, 0));
}

/* One event each, in the order of the deadlines, though one node tells them all. */
TEST_F(expiry, many)
{
	enum { N = 50 };
	__u64 routes[N], contexts[N], first[N], last[N];
	char text[32];
	int i, n, before = -1;

	for (i = 0; i < N; i++) {
		__u32 ttl_ms = 3000 - 20 * i;

		snprintf(text, sizeof(text), "10.%d.0.0/16", i);
		first[i] = now_ns() + ttl_ms * 1000000ull;
		ASSERT_EQ(0, dev_route_for(self->fd, self->e, text, ttl_ms, &routes[i]));
		last[i] = now_ns() + ttl_ms * 1000000ull;
		contexts[i] = UNASKED;
	}
	for (n = 0; n < N; n++) {
		i = expect_one_of(_metadata, self, routes, contexts, N);
		ASSERT_LE(0, i);
		EXPECT_TRUE(before < 0 || first[before] <= last[i] + TICK_NS);
		before = i;
	}
	for (i = 0; i < N; i++)
		EXPECT_EQ(0, dev_answer_expiry(self->fd, self->e, routes[i], contexts[i], i & 1));
	EXPECT_FALSE(has_event(self->fd, 0));
	for (i = 1; i < N; i += 2)
		EXPECT_EQ(0, dev_delete_route(self->fd, self->e, routes[i], NULL));
}

static void *read_all_the_time(void *arg)
{
	const int *fd_and_stop = arg;
	struct rtm_event event;

	while (!__atomic_load_n(&fd_and_stop[1], __ATOMIC_RELAXED))
		if (read(fd_and_stop[0], &event, sizeof(event)) < 0)
			sched_yield();
	return NULL;
}

/* More of them than are forgotten in one step, and a reader who gets them meanwhile. */
TEST_F(expiry, owner_goes_while_they_are_read)
{
	int fd_and_stop[2] = { dev_open(O_RDWR | O_NONBLOCK), 0 };
	struct rtm_add_route arg;
	pthread_t thread;
	unsigned int i, n;
	__u64 entity;

	ASSERT_LE(0, fd_and_stop[0]);
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_all_the_time, fd_and_stop));
	for (n = 0; n < 10; n++) {
		ASSERT_EQ(0, dev_register(fd_and_stop[0], AF_INET, PROTO_OSPF, 1, RTM_REQ_EVENTS,
					  &entity));
		for (i = 0; i < 200; i++) {
			char text[32];

			snprintf(text, sizeof(text), "10.9.%u.0/24", i);
			route_arg(&arg, entity, text, NULL, 0);
			arg.flags = RTM_REQ_NO_HANDLE;
			arg.attrs.ttl_ms = 1;
			ASSERT_EQ(0, dev_add_route(fd_and_stop[0], &arg));
		}
		sleep_ms(5);
		ASSERT_EQ(0, dev_deregister(fd_and_stop[0], entity));
	}
	__atomic_store_n(&fd_and_stop[1], 1, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_FALSE(has_event(fd_and_stop[0], 0));
	close(fd_and_stop[0]);
}

#define N_KEPT	100

/* Routes of an entity that is kept, and whose time is over one after the other. */
static void leave_routes(struct __test_metadata *_metadata)
{
	struct rtm_add_route arg;
	int fd = dev_open(O_RDWR);
	char text[32];
	__u64 entity;
	int i;

	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_KEEP, &entity));
	for (i = 0; i < N_KEPT; i++) {
		snprintf(text, sizeof(text), "10.9.%d.0/24", i);
		route_arg(&arg, entity, text, NULL, 0);
		arg.flags = RTM_REQ_NO_HANDLE;
		arg.attrs.ttl_ms = 300 + 10 * i;
		ASSERT_EQ(0, dev_add_route(fd, &arg));
	}
	close(fd);
}

static bool routes_are_there(int fd)
{
	struct rtm_get_stats s;

	return !dev_stats(fd, &s) && s.routes;
}

/* Whoever cannot be told that he is registered is not asked, however often he tries. */
TEST_F(expiry, registration_undone)
{
	struct rtm_register_entity *arg = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
					       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	__u64 end = now_ns() + 60 * NSEC_PER_SEC;
	int fd = dev_open(O_RDWR | O_NONBLOCK);
	struct rtm_event event;
	__u64 entity;

	ASSERT_NE(MAP_FAILED, arg);
	register_arg(arg, AF_INET, PROTO_OSPF, 1, RTM_REQ_EVENTS);
	ASSERT_EQ(0, mprotect(arg, 4096, PROT_READ));
	leave_routes(_metadata);
	while (routes_are_there(self->env.watch) && now_ns() < end) {
		ASSERT_EQ(-1, ioctl(fd, RTM_IOC_REGISTER_ENTITY, arg));
		ASSERT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, read(fd, &event, sizeof(event)));
	}
	EXPECT_FALSE(routes_are_there(self->env.watch));
	EXPECT_FALSE(has_event(fd, 0));
	/* it is still kept, without routes: now it goes */
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 1, 0, &entity));
	EXPECT_EQ(0, dev_deregister(fd, entity));
	munmap(arg, 4096);
	close(fd);
}

/* A user who has the destination locked sees the route until the lock is released. */
TEST_F(expiry, locked)
{
	__u64 route, dest;
	__u32 ttl;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 3000, &route));
	dest = dev_dest(self->fd, self->quiet, "10.1.0.0/16");
	ASSERT_EQ(0, dev_lock(self->fd, self->quiet, dest, 0));
	dev_answer_expiry(self->fd, self->e, route, expect_asked(_metadata, self, route), false);
	sleep_ms(2 * SHORT);
	/* its handle was consumed; but the destination shows it */
	EXPECT_EQ(0, dev_route(self->fd, self->quiet, "10.2.0.0/16", 0, 1, &route));
	{
		struct rtm_dest_rec rec;

		ASSERT_TRUE(dev_dest_rec(self->fd, "10.1.0.0/16", &rec));
		EXPECT_EQ(1, rec.n_routes);
		EXPECT_EQ(0, dev_unlock(self->fd, self->quiet, dest, 0));
		EXPECT_TRUE(wait_until(dev_dest_rec(self->fd, "10.1.0.0/16", &rec) &&
				       !rec.n_routes));
	}
	EXPECT_EQ(RTM_STATE_CREATED, dev_route_life(self->fd, self->quiet, route, &ttl));
}

/* An owner that locks its destination can still change its mind. */
TEST_F(expiry, locked_and_updated)
{
	__u64 route, dest, context;

	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.1.0.0/16", 1, &route));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ROUTE, &route, 1));
	context = expect_asked(_metadata, self, route);
	dest = dev_dest(self->fd, self->e, "10.1.0.0/16");
	ASSERT_EQ(0, dev_lock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_answer_expiry(self->fd, self->e, route, context, false));
	EXPECT_EQ(1, life(self, route));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.1.0.0/16", 0, 20, &route));
	ASSERT_EQ(0, dev_unlock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	sleep_ms(2 * SHORT);
	EXPECT_EQ(0, life(self, route));
	EXPECT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
}

/* What an entity that was kept left behind has nobody who answers. */
TEST_F(expiry, kept)
{
	struct rtm_register_entity arg;
	struct rtm_dest_rec rec;
	__u64 route;
	int fd;

	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	register_arg(&arg, AF_INET, PROTO_OSPF, 1, RTM_REQ_EVENTS | RTM_REQ_KEEP);
	ASSERT_EQ(0, dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg));
	ASSERT_EQ(0, dev_route_for(fd, arg.entity, "10.1.0.0/16", 1000, &route));
	ASSERT_EQ(0, close(fd));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->fd, "10.1.0.0/16", &rec)));
	register_arg(&arg, AF_INET, PROTO_OSPF, 1, 0);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_ENTITY, &arg));
}

/* A registration takes its questions along; so does a file in the middle of it. */
TEST_F(expiry, owner_ends)
{
	__u64 route, other;
	int i, fd;

	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_EVENTS, &other));
	for (i = 0; i < 200; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.%d.0/24", i);
		ASSERT_EQ(0, dev_route_for(fd, other, text, 1 + i % 3, &route));
	}
	ASSERT_TRUE(has_event(fd, 60000));
	EXPECT_EQ(0, dev_deregister(fd, other));
	EXPECT_FALSE(has_event(fd, 0));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_EVENTS, &other));
	ASSERT_EQ(0, dev_route_for(fd, other, "10.1.0.0/24", 1, &route));
	ASSERT_TRUE(has_event(fd, 60000));
	EXPECT_EQ(0, close(fd));
}

/* A route list loses what expires. */
TEST_F(expiry, listed)
{
	__u64 route, list, handle, seen;
	struct rtm_add_route arg;

	ASSERT_EQ(0, dev_new_list(self->fd, self->quiet, &list));
	route_arg(&arg, self->quiet, "10.1.0.0/16", NULL, 0);
	arg.attrs.ttl_ms = 1000;
	arg.list = list;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	route = arg.route;
	ASSERT_EQ(0, dev_list_enum(self->fd, self->quiet, list, &handle));
	EXPECT_TRUE(wait_until(route_has_gone(self->fd, self->quiet, route)));
	EXPECT_EQ(0, dev_get_enum(self->fd, RTM_IOC_GET_LIST_ENUM_ROUTES, self->quiet, handle,
				  &seen, 1, sizeof(seen)));
}

TEST_F(expiry, in_a_batch)
{
	struct rtm_route_item items[2];
	struct rtm_route_batch arg;
	struct rtm_dest_rec rec;
	int i;

	for (i = 0; i < 2; i++) {
		memset(&items[i], 0, sizeof(items[i]));
		items[i].dest = prefix(i ? "10.2.0.0/16" : "10.1.0.0/16");
		items[i].attrs = route_attrs(NULL, 0);
		items[i].attrs.ttl_ms = i ? 0 : 1;
	}
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = self->quiet;
	arg.items = ptr_u64(items);
	arg.count = 2;
	arg.deadline = 0;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_ROUTES, &arg));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->fd, "10.1.0.0/16", &rec)));
	EXPECT_TRUE(dev_dest_rec(self->fd, "10.2.0.0/16", &rec));
}

TEST_HARNESS_MAIN
