// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many routes in one call: RTM_IOC_ADD_ROUTES and RTM_IOC_DELETE_ROUTES.
 *
 * How this file works: a batch is an array of items, each with a status of its own.
 * The tests spoil single items, make the array end before its count does, and send
 * signals while a long one is worked through.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

#include "rtm_test.h"

#define MANY	1000

FIXTURE(batch) {
	struct env env;
	int fd;
	__u64 e;
	__u64 nh;
	struct rtm_route_item *items;
};

FIXTURE_SETUP(batch)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 1, &self->nh));
	self->items = guard_alloc((RTM_MAX_BATCH + 1) * sizeof(*self->items));
}

FIXTURE_TEARDOWN(batch)
{
	guard_free(self->items);
	env_clean(_metadata, &self->env);
}

/* COUNT items, 10.x.y.0/24 each, whose status says that nobody has touched them. */
static void fill(FIXTURE_DATA(batch) *self, unsigned int count)
{
	unsigned int i;

	memset(self->items, 0, count * sizeof(*self->items));
	for (i = 0; i < count; i++) {
		self->items[i].dest = prefix("10.0.0.0/24");
		self->items[i].dest.addr[1] = i >> 8;
		self->items[i].dest.addr[2] = i;
		self->items[i].attrs = route_attrs(&self->nh, 1);
		self->items[i].status = 1;
	}
}

static int call(int fd, unsigned long cmd, __u64 entity, struct rtm_route_item *items,
		__u32 count, __u32 *done)
{
	struct rtm_route_batch arg;
	int err;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.items = ptr_u64(items);
	arg.count = count;
	arg.deadline = 0;
	err = dev_call(fd, cmd, &arg);
	*done = arg.done;
	return err;
}

static int add(FIXTURE_DATA(batch) *self, __u32 count, __u32 *done)
{
	return call(self->fd, RTM_IOC_ADD_ROUTES, self->e, self->items, count, done);
}

static int delete(FIXTURE_DATA(batch) *self, __u32 count, __u32 *done)
{
	return call(self->fd, RTM_IOC_DELETE_ROUTES, self->e, self->items, count, done);
}

static __u64 routes(struct __test_metadata *_metadata, int fd)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(fd, &s));
	return s.routes;
}

TEST_F(batch, wrong)
{
	__u32 done;

	fill(self, 1);
	EXPECT_EQ(-EINVAL, add(self, RTM_MAX_BATCH + 1, &done));
	EXPECT_EQ(-EINVAL, add(self, ~0u, &done));
	EXPECT_EQ(-EINVAL, delete(self, RTM_MAX_BATCH + 1, &done));
	EXPECT_EQ(-EFAULT, call(self->fd, RTM_IOC_ADD_ROUTES, self->e, (void *)16, 1, &done));
	EXPECT_EQ(-EFAULT, call(self->fd, RTM_IOC_DELETE_ROUTES, self->e, NULL, 1, &done));
	EXPECT_EQ(1, self->items[0].status);
	/* nothing to do is done at once */
	EXPECT_EQ(0, call(self->fd, RTM_IOC_ADD_ROUTES, self->e, (void *)16, 0, &done));
	EXPECT_EQ(0, done);
	EXPECT_EQ(0, routes(_metadata, self->fd));
}

TEST_F(batch, all_of_them)
{
	__u32 done;
	int i;

	fill(self, RTM_MAX_BATCH);
	ASSERT_EQ(0, add(self, RTM_MAX_BATCH, &done));
	EXPECT_EQ(RTM_MAX_BATCH, done);
	for (i = 0; i < RTM_MAX_BATCH; i++) {
		ASSERT_EQ(0, self->items[i].status);
		ASSERT_EQ(RTM_RC_NEW | RTM_RC_BEST, self->items[i].change);
	}
	EXPECT_EQ(RTM_MAX_BATCH, routes(_metadata, self->fd));

	fill(self, RTM_MAX_BATCH);
	ASSERT_EQ(0, delete(self, RTM_MAX_BATCH, &done));
	EXPECT_EQ(RTM_MAX_BATCH, done);
	for (i = 0; i < RTM_MAX_BATCH; i++) {
		ASSERT_EQ(0, self->items[i].status);
		ASSERT_EQ(RTM_RC_BEST, self->items[i].change);
	}
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(!routes(_metadata, self->fd)));
}

/* A bad item has its error; the others are not its business. */
TEST_F(batch, each_on_its_own)
{
	static const int want[] = {
		0, -EINVAL, 0, -EINVAL, -EBADF, -EINVAL, -EFAULT, -EINVAL, 0,
	};
	__u32 done;
	unsigned int i;

	fill(self, ARRAY_SIZE(want));
	self->items[1].dest.len = 33;
	self->items[3].dest.pad = 1;
	self->items[4].attrs.neighbour = self->e;
	self->items[5].attrs.views = 16;
	self->items[6].attrs.nexthops = 16;
	self->items[7].dest.family = AF_INET6;
	ASSERT_EQ(0, add(self, ARRAY_SIZE(want), &done));
	EXPECT_EQ(ARRAY_SIZE(want), done);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		EXPECT_EQ(want[i], self->items[i].status)
			TH_LOG("item %u", i);
	EXPECT_EQ(3, routes(_metadata, self->fd));

	/* no handle comes of it */
	EXPECT_NE(0, dev_dest(self->fd, self->e, "10.0.8.0/24"));
}

TEST_F(batch, delete_each_on_its_own)
{
	static const int want[] = { 0, -ENOENT, -ENOENT, -EBADF, -EINVAL, 0 };
	__u32 done;
	unsigned int i;

	fill(self, 6);
	ASSERT_EQ(0, add(self, 6, &done));
	fill(self, 6);
	self->items[1].dest.len = 25;
	self->items[2].attrs.neighbour = self->nh;
	self->items[3].attrs.neighbour = self->e;
	self->items[4].dest.pad = 1;
	/* of the attributes it looks at the neighbour only */
	self->items[5].attrs.nexthops = 16;
	self->items[5].attrs.views = 16;
	ASSERT_EQ(0, delete(self, 6, &done));
	EXPECT_EQ(6, done);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		EXPECT_EQ(want[i], self->items[i].status)
			TH_LOG("item %u", i);
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(routes(_metadata, self->fd) == 4));
}

/* The same destination several times: in order, one after the other. */
TEST_F(batch, in_order)
{
	struct rtm_get_route_info info;
	struct rtm_dest_view view;
	struct rtm_get_dest query;
	__u64 hop;
	__u32 done;
	int i;

	fill(self, 4);
	for (i = 0; i < 4; i++) {
		self->items[i].dest = prefix("10.0.0.0/8");
		self->items[i].attrs.metric = 40 - i;
	}
	self->items[3].change = RTM_RC_NEW;
	ASSERT_EQ(0, add(self, 4, &done));
	EXPECT_EQ(4, done);
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, self->items[0].change);
	EXPECT_EQ(RTM_RC_BEST, self->items[1].change);
	EXPECT_EQ(RTM_RC_BEST, self->items[2].change);
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, self->items[3].change);
	dest_arg(&query, self->e, RTM_PROTO_BEST, RTM_V_UCAST, &view, 1);
	query.prefix = prefix("10.0.0.0/8");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &query));
	EXPECT_EQ(2, view.n_routes);
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, view.route, &hop, 1, &info));
	EXPECT_EQ(37, info.attrs.metric);
}

/*
 * Arrays that end too early
 */

/* Two pages, the second of which has RIGHTS; one item is in the first. */
static struct rtm_route_item *items_at_edge(struct __test_metadata *_metadata,
					    FIXTURE_DATA(batch) *self, int rights, size_t first)
{
	char *map;

	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	fill(self, 3);
	memcpy(map + 4096 - first, self->items, 3 * sizeof(self->items[0]));
	ASSERT_EQ(0, mprotect(map + 4096, 4096, rights));
	return (void *)(map + 4096 - first);
}

TEST_F(batch, unreadable_item)
{
	struct rtm_route_item *items;
	__u32 done = 77;

	items = items_at_edge(_metadata, self, PROT_NONE, sizeof(*items) + 40);
	/* the first was done, and the caller is told so */
	EXPECT_EQ(-EFAULT, call(self->fd, RTM_IOC_ADD_ROUTES, self->e, items, 3, &done));
	EXPECT_EQ(1, done);
	EXPECT_EQ(0, items[0].status);
	EXPECT_EQ(1, routes(_metadata, self->fd));
	munmap((void *)((uintptr_t)items & ~4095ul), 8192);
}

/* What cannot be told must not happen: the second item is not added. */
TEST_F(batch, unwritable_item)
{
	struct rtm_route_item *items;
	__u32 done = 77;

	items = items_at_edge(_metadata, self, PROT_READ, sizeof(*items));
	EXPECT_EQ(-EFAULT, call(self->fd, RTM_IOC_ADD_ROUTES, self->e, items, 3, &done));
	EXPECT_EQ(1, done);
	EXPECT_EQ(1, routes(_metadata, self->fd));
	EXPECT_EQ(1, items[1].status);
	munmap((void *)((uintptr_t)items & ~4095ul), 8192);

	/* status and change stand at the end: both must be writable before */
	items = items_at_edge(_metadata, self, PROT_READ,
			      offsetof(struct rtm_route_item, status));
	EXPECT_EQ(-EFAULT, call(self->fd, RTM_IOC_DELETE_ROUTES, self->e, items, 1, &done));
	EXPECT_EQ(1, routes(_metadata, self->fd));
	munmap((void *)((uintptr_t)items & ~4095ul), 8192);
}

/*
 * Signals
 */

static volatile int ticks;

static void tick(int sig __attribute__((unused)))
{
	ticks++;
}

/* A signal ends a batch behind the item it is at, and never twice at the same one. */
TEST_F(batch, signals)
{
	struct itimerval every = { .it_interval.tv_usec = 5000, .it_value.tv_usec = 5000 };
	struct sigaction action = { .sa_handler = tick };
	__u32 at = 0, done, calls = 0;
	int i;

	fill(self, MANY);
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &every, NULL));
	while (at < MANY) {
		ASSERT_EQ(0, call(self->fd, RTM_IOC_ADD_ROUTES, self->e, self->items + at,
				  MANY - at, &done));
		ASSERT_LT(0, done);
		at += done;
		calls++;
	}
	memset(&every, 0, sizeof(every));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &every, NULL));
	EXPECT_EQ(MANY, at);
	EXPECT_LT(0, ticks);
	EXPECT_LT(1, calls);
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(RTM_RC_NEW | RTM_RC_BEST, self->items[i].change);
	EXPECT_EQ(MANY, routes(_metadata, self->fd));
}

/* A process that is killed on the way leaves a consistent table to be cleaned. */
TEST_F(batch, killed)
{
	pid_t child;
	__u32 done;
	int status, fd, i;

	for (i = 0; i < 3; i++) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			fd = dev_open(O_RDWR);
			if (dev_register(fd, AF_INET, PROTO_OSPF, 1, 0, &self->e))
				_exit(1);
			fill(self, MANY);
			for (i = 0; i < MANY; i++)
				self->items[i].attrs.n_nexthops = 0;
			for (;;) {
				call(fd, RTM_IOC_ADD_ROUTES, self->e, self->items,
				     MANY, &done);
				call(fd, RTM_IOC_DELETE_ROUTES, self->e, self->items,
				     MANY, &done);
			}
		}
		sleep_ms(100 + 50 * i);
		ASSERT_EQ(0, kill(child, SIGKILL));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		EXPECT_TRUE(wait_until(!routes(_metadata, self->fd)));
	}
}

TEST_HARNESS_MAIN
