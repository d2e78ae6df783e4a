// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change notification under load: against a model, behind a lock, out of sync.
 *
 * How this file works: destinations are numbers, DEST(i) is 10.x.y.0/24.  Each has up
 * to two routes, one of owner A with an even metric and one of owner B with an odd one,
 * so that there is no tie.  What a listener believes is the number of routes it was
 * told of last; at the end that must be what there is.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "rtm_notify_test.h"

#define INSTANCE	7
#define MANY		3000

FIXTURE(notifyload) {
	struct env env;
	int fd;
	int fd_b;
	__u64 self;
	__u64 a;
	__u64 b;
	struct changes c;
};

FIXTURE_SETUP(notifyload)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->fd_b = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd_b);
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_STATIC, 1, 0,
				     &self->self));
	ASSERT_EQ(0, dev_register_in(self->fd_b, INSTANCE, AF_INET, PROTO_RIP, 1, 0, &self->a));
	ASSERT_EQ(0, dev_register_in(self->fd_b, INSTANCE, AF_INET, PROTO_OSPF, 1, 0, &self->b));
}

FIXTURE_TEARDOWN(notifyload)
{
	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 65536));
	close(self->fd_b);
	env_clean(_metadata, &self->env);
}

static struct rtm_net_prefix dest_prefix(unsigned int i)
{
	return (struct rtm_net_prefix){
		.family = AF_INET, .len = 24, .addr = { 10, i >> 8, i & 0xff },
	};
}

static unsigned int dest_number(const struct rtm_net_prefix *p)
{
	return p->addr[1] << 8 | p->addr[2];
}

static void fill_route_item(struct rtm_route_item *item, unsigned int i, __u32 metric)
{
	memset(item, 0, sizeof(*item));
	item->dest = dest_prefix(i);
	item->attrs = route_attrs(NULL, 0);
	item->attrs.preference = 20;
	item->attrs.metric = metric;
}

/* One route, added with METRIC, or deleted where that is 0. */
static int change_route(int fd, __u64 owner, unsigned int i, __u32 metric)
{
	struct rtm_route_item item;
	struct rtm_route_batch arg;
	int err;

	fill_route_item(&item, i, metric);
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = owner;
	arg.items = ptr_u64(&item);
	arg.count = 1;
	arg.deadline = 0;
	err = dev_call(fd, metric ? RTM_IOC_ADD_ROUTES : RTM_IOC_DELETE_ROUTES, &arg);
	return err ? err : item.status;
}

#define A(i, metric)	EXPECT_EQ(0, change_route(self->fd_b, self->a, i, metric))
#define B(i, metric)	EXPECT_EQ(0, change_route(self->fd_b, self->b, i, metric))

/* COUNT routes of A from FIRST on. */
static void change_many(struct __test_metadata *_metadata, int fd, __u64 owner,
			unsigned int first, unsigned int count, __u32 metric)
{
	struct rtm_route_item *items = calloc(count, sizeof(*items));
	struct rtm_route_batch arg;
	unsigned int i;

	for (i = 0; i < count; i++)
		fill_route_item(&items[i], first + i, metric);
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = owner;
	arg.items = ptr_u64(items);
	arg.count = count;
	arg.deadline = 0;
	ASSERT_EQ(0, dev_call(fd, metric ? RTM_IOC_ADD_ROUTES : RTM_IOC_DELETE_ROUTES, &arg));
	ASSERT_EQ(count, arg.done);
	for (i = 0; i < count; i++)
		EXPECT_EQ(0, items[i].status);
	free(items);
}

#define A_MANY(first, count, metric) \
	change_many(_metadata, self->fd_b, self->a, first, count, metric)

/*
 * What a listener believes
 */

/**
 * struct belief - what one listener has been told
 * @notify: the registration
 * @routes: by destination
 * @told: how often, by destination
 * @desyncs: how often it was told to forget
 * @synced: the last replay is complete
 */
struct belief {
	__u64 notify;
	unsigned char routes[MANY];
	unsigned int told[MANY];
	unsigned int desyncs;
	bool synced;
};

static void believe(struct belief *b, const struct changes *c)
{
	unsigned int i, d;

	if (c->state & RTM_NOTIFY_DESYNC) {
		memset(b->routes, 0, sizeof(b->routes));
		b->desyncs++;
		b->synced = false;
	}
	for (i = 0; i < c->n; i++) {
		d = dest_number(&c->dest[i].prefix);
		if (d >= MANY)
			abort();
		b->routes[d] = c->dest[i].n_routes[0];
		b->told[d]++;
	}
	if (c->state & RTM_NOTIFY_SYNCED)
		b->synced = true;
}

/* One call; returns how many it brought. */
static unsigned int listen_once(struct __test_metadata *_metadata, int fd, __u64 entity,
				struct belief *b, unsigned int count, struct changes *c)
{
	EXPECT_EQ(0, dev_changes(fd, entity, b->notify, RTM_V_SUPPORTED, count, c));
	believe(b, c);
	return c->n;
}

static void listen_all(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
		       struct belief *b)
{
	while (listen_once(_metadata, self->fd, self->self, b, 100, &self->c))
		;
}

static void expect_truth(struct __test_metadata *_metadata, int fd, const struct belief *b)
{
	unsigned char *truth = calloc(MANY, 1);
	struct rtm_dest_rec *rec;
	unsigned int count;
	size_t size;
	void *buf;

	buf = dev_dump(fd, RTM_IOC_DUMP_DESTS, 0, "0.0.0.0/0", INSTANCE, &size, &count);
	ASSERT_NE(NULL, buf);
	for_each_record(rec, buf, size)
		truth[dest_number(&rec->prefix)] = rec->n_routes;
	EXPECT_EQ(0, memcmp(truth, b->routes, MANY));
	free(buf);
	free(truth);
}

static struct belief *new_belief(struct __test_metadata *_metadata,
				 FIXTURE_DATA(notifyload) *self, __u32 types)
{
	struct belief *b = calloc(1, sizeof(*b));

	ASSERT_EQ(0, dev_notify(self->fd, self->self, types, RTM_V_SUPPORTED, &b->notify));
	return b;
}

/* A reader that sleeps through it all, and one that looks now and then. */
TEST_F(notifyload, sleeper)
{
	struct belief *fast = new_belief(_metadata, self, RTM_CT_ALL);
	struct belief *slow = new_belief(_metadata, self, RTM_CT_ALL);
	struct rtm_get_stats s;
	unsigned int i;

	A_MANY(0, MANY, 10);
	listen_once(_metadata, self->fd, self->self, fast, 100, &self->c);
	A_MANY(0, MANY / 2, 0);
	for (i = 0; i < 10; i++)
		listen_once(_metadata, self->fd, self->self, fast, 100, &self->c);
	A_MANY(MANY / 4, MANY / 2, 12);
	A_MANY(MANY / 4, MANY / 4, 0);
	listen_all(_metadata, self, fast);
	listen_all(_metadata, self, slow);
	expect_truth(_metadata, self->fd, fast);
	expect_truth(_metadata, self->fd, slow);
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(1, slow->told[i]);
	/* those that are gone were kept for the slow one, and are not any more */
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(MANY / 2, s.dests);
	EXPECT_EQ(0, s.desyncs);
	free(fast);
	free(slow);
}

/*
 * Out of sync
 */

static __u64 desyncs(int fd)
{
	struct rtm_get_stats s;

	return dev_stats(fd, &s) ? ~0ull : s.desyncs;
}

static __u64 dests(int fd)
{
	struct rtm_get_stats s;

	return dev_stats(fd, &s) ? ~0ull : s.dests;
}

TEST_F(notifyload, desync_limit)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);

	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 100));
	A_MANY(0, 200, 10);
	listen_all(_metadata, self, b);
	A_MANY(0, 100, 0);
	EXPECT_EQ(0, desyncs(self->fd));
	/* one that comes back is none */
	A(7, 10);
	A_MANY(100, 1, 0);
	EXPECT_EQ(0, desyncs(self->fd));
	A_MANY(101, 1, 0);
	EXPECT_EQ(1, desyncs(self->fd));
	/* nothing is kept for it any more */
	EXPECT_TRUE(wait_until(dests(self->fd) == 200 - 102 + 1));
	A_MANY(150, 20, 0);
	EXPECT_EQ(200 - 102 + 1 - 20, dests(self->fd));
	EXPECT_EQ(1, desyncs(self->fd));
	/* and it is told everything, once */
	memset(b->told, 0, sizeof(b->told));
	ASSERT_EQ(7, listen_once(_metadata, self->fd, self->self, b, 7, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC, self->c.state);
	EXPECT_EQ(7, dest_number(&self->c.dest[0].prefix));
	listen_all(_metadata, self, b);
	EXPECT_EQ(1, b->desyncs);
	EXPECT_TRUE(b->synced);
	expect_truth(_metadata, self->fd, b);
	EXPECT_EQ(1, b->told[7]);
	EXPECT_EQ(0, b->told[150]);
	EXPECT_EQ(1, b->told[199]);
	/* from now on as before */
	A(199, 0);
	EXPECT_EQ(1, listen_once(_metadata, self->fd, self->self, b, 7, &self->c));
	EXPECT_EQ(0, self->c.state);
	expect_truth(_metadata, self->fd, b);
	free(b);
}

/* What a dump says of the only listener's state. */
static __u32 dump_state(int fd)
{
	struct rtm_notify_rec *rec;
	unsigned int count = 0;
	__u32 state = ~0u;
	size_t size;

	rec = dev_dump(fd, RTM_IOC_DUMP_NOTIFIES, 0, "0.0.0.0/0", 0, &size, &count);
	if (rec && count == 1 && !rec->gone)
		state = rec->state;
	free(rec);
	return state;
}

/* Put a listener out of sync, with the first 40 destinations there. */
static struct belief *make_desync(struct __test_metadata *_metadata,
				  FIXTURE_DATA(notifyload) *self)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	__u64 before = desyncs(self->fd);

	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 50));
	A_MANY(0, 40, 10);
	A_MANY(1000, 60, 10);
	A_MANY(1000, 60, 0);
	EXPECT_EQ(before + 1, desyncs(self->fd));
	EXPECT_EQ(RTM_NOTIFY_DESYNC, dump_state(self->fd));
	return b;
}

TEST_F(notifyload, changes_during_replay)
{
	struct belief *b = make_desync(_metadata, self);
	__u64 dest;

	ASSERT_EQ(10, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC, self->c.state);
	/* behind: to be told; ahead: will be seen */
	dest = dev_dest(self->fd, self->self, "10.0.3.0/24");
	EXPECT_EQ(0, dev_is_pending(self->fd, self->self, b->notify, dest));
	A(3, 0);
	EXPECT_EQ(1, dev_is_pending(self->fd, self->self, b->notify, dest));
	dest = dev_dest(self->fd, self->self, "10.0.20.0/24");
	EXPECT_EQ(1, dev_is_pending(self->fd, self->self, b->notify, dest));
	A(20, 0);
	A(30, 12);
	A(100, 10);
	ASSERT_EQ(10, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(0, self->c.state);
	EXPECT_EQ(10, dest_number(&self->c.dest[0].prefix));
	listen_all(_metadata, self, b);
	EXPECT_TRUE(b->synced);
	expect_truth(_metadata, self->fd, b);
	EXPECT_EQ(2, b->told[3]);
	EXPECT_EQ(0, b->told[20]);
	EXPECT_EQ(1, b->told[30]);
	EXPECT_EQ(1, b->told[100]);
	free(b);
}

TEST_F(notifyload, desync_again_during_replay)
{
	struct belief *b = make_desync(_metadata, self);

	ASSERT_EQ(39, listen_once(_metadata, self->fd, self->self, b, 39, &self->c));
	/* sixty that come and go behind its back */
	A_MANY(0, 38, 0);
	EXPECT_EQ(1, desyncs(self->fd));
	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 20));
	B(5, 11);
	B(5, 0);
	EXPECT_EQ(2, desyncs(self->fd));
	EXPECT_EQ(2, listen_once(_metadata, self->fd, self->self, b, 39, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC | RTM_NOTIFY_SYNCED, self->c.state);
	EXPECT_EQ(2, b->desyncs);
	expect_truth(_metadata, self->fd, b);
	EXPECT_EQ(0, listen_once(_metadata, self->fd, self->self, b, 39, &self->c));
	EXPECT_EQ(0, self->c.state);
	free(b);
}

/* An empty table is a replay, too. */
TEST_F(notifyload, desync_of_nothing)
{
	struct belief *b = make_desync(_metadata, self);

	A_MANY(0, 40, 0);
	EXPECT_TRUE(wait_until(!dests(self->fd)));
	EXPECT_EQ(0, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC | RTM_NOTIFY_SYNCED, self->c.state);
	EXPECT_EQ(0, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(0, self->c.state);
	free(b);
}

/* Filters hold for a replay as well. */
TEST_F(notifyload, replay_filtered)
{
	struct belief *every = make_desync(_metadata, self);
	struct rtm_register_notify arg;
	__u64 prefixed, ospf, mcast, marked, dest;

	B(4, 11);
	notify_arg(&arg, self->self, CT_EVERY, RTM_V_SUPPORTED);
	arg.prefix = prefix("10.0.8.0/21");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	prefixed = arg.notify;
	notify_arg(&arg, self->self, CT_EVERY, RTM_V_SUPPORTED);
	arg.protocol = PROTO_OSPF;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	ospf = arg.notify;
	ASSERT_EQ(0, dev_notify(self->fd, self->self, CT_EVERY, RTM_V_MCAST, &mcast));
	ASSERT_EQ(0, dev_notify(self->fd, self->self, CT_EVERY | RTM_CT_ONLY_MARKED,
				RTM_V_SUPPORTED, &marked));
	dest = dev_dest(self->fd, self->self, "10.0.5.0/24");
	EXPECT_EQ(0, dev_mark(self->fd, self->self, marked, dest, true));
	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 1));
	/* two ghosts for each of them */
	A(9, 0);
	A(10, 0);
	B(500, 11);
	B(501, 11);
	B(500, 0);
	B(501, 0);
	dest = dev_dest(self->fd, self->self, "10.0.6.0/24");
	EXPECT_EQ(0, dev_mark(self->fd, self->self, marked, dest, true));
	A(5, 0);
	A(6, 0);
	EXPECT_EQ(5, desyncs(self->fd));

	EXPECT_EQ(0, dev_changes(self->fd, self->self, prefixed, RTM_V_SUPPORTED, 100, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC | RTM_NOTIFY_SYNCED, self->c.state);
	EXPECT_EQ(6, self->c.n);
	EXPECT_EQ(8, dest_number(&self->c.dest[0].prefix));
	EXPECT_EQ(15, dest_number(&self->c.dest[5].prefix));
	EXPECT_EQ(0, dev_changes(self->fd, self->self, ospf, RTM_V_SUPPORTED, 100, &self->c));
	EXPECT_EQ(1, self->c.n);
	EXPECT_EQ(4, dest_number(&self->c.dest[0].prefix));
	EXPECT_EQ(0, dev_changes(self->fd, self->self, marked, RTM_V_SUPPORTED, 100, &self->c));
	EXPECT_EQ(0, self->c.n);
	EXPECT_EQ(RTM_NOTIFY_DESYNC | RTM_NOTIFY_SYNCED, self->c.state);
	A(5, 10);
	EXPECT_EQ(0, dev_changes(self->fd, self->self, marked, RTM_V_SUPPORTED, 100, &self->c));
	EXPECT_EQ(1, self->c.n);
	EXPECT_EQ(0, dev_changes(self->fd, self->self, mcast, RTM_V_MCAST, 100, &self->c));
	EXPECT_EQ(37, self->c.n);
	free(every);
}

/*
 * Replies that cannot be stored
 */

/* Memory whose last ROOM bytes before a hole are there. */
static char *before_hole(size_t room)
{
	char *two = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			 0);

	munmap(two + 4096, 4096);
	return two + 4096 - room;
}

static int fetch_at(FIXTURE_DATA(notifyload) *self, __u64 notify, char *at, __u32 count)
{
	struct rtm_get_changed arg;

	changed_arg(&arg, self->self, notify, at, count, item_size(RTM_N_VIEWS));
	return dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg);
}

TEST_F(notifyload, fault_consumes_nothing)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	struct belief *other = new_belief(_metadata, self, RTM_CT_ALL);
	const size_t size = item_size(RTM_N_VIEWS);
	struct rtm_get_stats before, after;
	size_t room;

	A_MANY(0, 5, 10);
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	for (room = 0; room < 3 * size; room += 8) {
		EXPECT_EQ(-EFAULT, fetch_at(self, b->notify, before_hole(room), 3));
		ASSERT_EQ(0, dev_stats(self->fd, &after));
		EXPECT_EQ(before.handles, after.handles);
	}
	listen_all(_metadata, self, b);
	listen_all(_metadata, self, other);
	expect_truth(_metadata, self->fd, b);
	expect_truth(_metadata, self->fd, other);
	for (room = 0; room < 5; room++) {
		EXPECT_EQ(1, b->told[room]);
		EXPECT_EQ(1, other->told[room]);
	}
	free(b);
	free(other);
}

/* In the middle of a replay: it goes back, and says again what was not heard. */
TEST_F(notifyload, fault_in_replay)
{
	struct belief *b = make_desync(_metadata, self);
	const size_t size = item_size(RTM_N_VIEWS);
	unsigned int i;

	EXPECT_EQ(-EFAULT, fetch_at(self, b->notify, before_hole(3 * size), 10));
	ASSERT_EQ(4, listen_once(_metadata, self->fd, self->self, b, 4, &self->c));
	EXPECT_EQ(RTM_NOTIFY_DESYNC, self->c.state);
	A(2, 0);
	EXPECT_EQ(-EFAULT, fetch_at(self, b->notify, before_hole(5 * size + 9), 10));
	A(6, 12);
	EXPECT_EQ(-EFAULT, fetch_at(self, b->notify, before_hole(38 * size), 60));
	listen_all(_metadata, self, b);
	EXPECT_EQ(1, b->desyncs);
	EXPECT_TRUE(b->synced);
	expect_truth(_metadata, self->fd, b);
	for (i = 0; i < 40; i++)
		EXPECT_EQ(i == 2 ? 2 : 1, b->told[i]);
	free(b);
}

/*
 * Locks
 */

/**
 * struct locker - a thread that has a destination locked
 * @fd: its file
 * @entity: its registration
 * @dest: what
 * @flags: how
 * @state: 1 it has it, 2 it shall let go
 * @thread: the thread
 */
struct locker {
	int fd;
	__u64 entity;
	__u64 dest;
	__u32 flags;
	atomic_int state;
	pthread_t thread;
};

static void *locker_main(void *arg)
{
	struct locker *l = arg;

	if (dev_lock(l->fd, l->entity, l->dest, l->flags))
		abort();
	l->state = 1;
	while (l->state != 2)
		sleep_ms(5);
	if (dev_unlock(l->fd, l->entity, l->dest, l->flags))
		abort();
	return NULL;
}

static void locker_begin(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			 struct locker *l, const char *dest, __u32 flags)
{
	l->fd = self->fd_b;
	l->entity = self->a;
	l->dest = dev_dest(l->fd, l->entity, dest);
	l->flags = flags;
	l->state = 0;
	ASSERT_NE(0, l->dest);
	ASSERT_EQ(0, pthread_create(&l->thread, NULL, locker_main, l));
	ASSERT_TRUE(wait_until(l->state == 1));
}

static void locker_end(struct locker *l)
{
	l->state = 2;
	pthread_join(l->thread, NULL);
}

TEST_F(notifyload, stops_before_locked)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	struct locker l;

	A_MANY(0, 5, 10);
	locker_begin(_metadata, self, &l, "10.0.2.0/24", RTM_REQ_EXCLUSIVE);
	EXPECT_EQ(2, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(-EAGAIN, dev_changes_flags(self->fd, self->self, b->notify, RTM_V_SUPPORTED, 10,
					     RTM_REQ_NOWAIT, &self->c));
	locker_end(&l);
	EXPECT_EQ(3, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	/* who only looks is in nobody's way */
	A_MANY(0, 5, 12);
	locker_begin(_metadata, self, &l, "10.0.2.0/24", 0);
	EXPECT_EQ(5, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	locker_end(&l);
	expect_truth(_metadata, self->fd, b);
	free(b);
}

TEST_F(notifyload, deadline_at_locked)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	char *items = guard_alloc(2 * item_size(RTM_N_VIEWS));
	struct rtm_get_changed arg;
	struct locker l;
	__u64 dest;

	A_MANY(0, 2, 10);
	dest = dev_dest(self->fd, self->self, "10.0.0.0/24");
	locker_begin(_metadata, self, &l, "10.0.0.0/24", RTM_REQ_EXCLUSIVE);
	changed_arg(&arg, self->self, b->notify, items, 2, item_size(RTM_N_VIEWS));
	arg.deadline = now_ns() + 200 * NSEC_PER_MSEC;
	EXPECT_EQ(-ETIMEDOUT, dev_call(self->fd, RTM_IOC_GET_CHANGED_DESTS, &arg));
	EXPECT_LE(arg.deadline, now_ns());
	/* the others wait for nobody */
	EXPECT_EQ(1, dev_is_pending(self->fd, self->self, b->notify, dest));
	EXPECT_EQ(0, dev_mark(self->fd, self->self, b->notify, dest, true));
	EXPECT_EQ(1, dev_is_marked(self->fd, self->self, b->notify, dest));
	EXPECT_EQ(0, dev_ignore(self->fd, self->self, b->notify, &dest, 1));
	EXPECT_EQ(1, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	locker_end(&l);
	guard_free(items);
	free(b);
}

/* Its own lock is in nobody's way but others'. */
TEST_F(notifyload, own_lock)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	__u64 dest;

	EXPECT_EQ(0, change_route(self->fd, self->self, 0, 10));
	dest = dev_dest(self->fd, self->self, "10.0.0.0/24");
	ASSERT_EQ(0, dev_lock(self->fd, self->self, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(1, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_EQ(0, change_route(self->fd, self->self, 0, 12));
	EXPECT_EQ(1, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	ASSERT_EQ(0, dev_unlock(self->fd, self->self, dest, RTM_REQ_EXCLUSIVE));
	free(b);
}

/**
 * struct waiter - a thread that fetches changes
 * @fd: its file
 * @entity: its registration
 * @notify: whose changes
 * @err: what the call gave
 * @c: what it brought
 * @done: it has returned
 * @thread: the thread
 */
struct waiter {
	int fd;
	__u64 entity;
	__u64 notify;
	int err;
	struct changes c;
	atomic_bool done;
	pthread_t thread;
};

static void *waiter_main(void *arg)
{
	struct waiter *w = arg;

	w->err = dev_changes(w->fd, w->entity, w->notify, RTM_V_SUPPORTED, 10, &w->c);
	w->done = true;
	return NULL;
}

static void waiter_begin(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			 struct waiter *w, __u64 notify)
{
	w->fd = self->fd;
	w->entity = self->self;
	w->notify = notify;
	w->done = false;
	ASSERT_EQ(0, pthread_create(&w->thread, NULL, waiter_main, w));
}

static bool one_waits(int fd)
{
	struct rtm_get_stats s;

	return !dev_stats(fd, &s) && s.locks_waiting;
}

/* A reader that waits for a lock does not keep another from reading what is free. */
TEST_F(notifyload, waits_for_locked)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	struct waiter *w = calloc(1, sizeof(*w));
	struct locker l;
	__u64 dest;

	A_MANY(0, 3, 10);
	dest = dev_dest(self->fd, self->self, "10.0.0.0/24");
	locker_begin(_metadata, self, &l, "10.0.0.0/24", RTM_REQ_EXCLUSIVE);
	waiter_begin(_metadata, self, w, b->notify);
	EXPECT_TRUE(wait_until(one_waits(self->fd)));
	EXPECT_EQ(0, dev_ignore(self->fd, self->self, b->notify, &dest, 1));
	EXPECT_EQ(2, listen_once(_metadata, self->fd, self->self, b, 10, &self->c));
	EXPECT_FALSE(w->done);
	locker_end(&l);
	pthread_join(w->thread, NULL);
	EXPECT_EQ(0, w->err);
	EXPECT_EQ(0, w->c.n);
	free(w);
	free(b);
}

/* The end of the registration ends the waiting. */
TEST_F(notifyload, deregistered_while_waiting)
{
	struct belief *b = new_belief(_metadata, self, RTM_CT_ALL);
	struct waiter *w = calloc(1, sizeof(*w));
	struct locker l;

	A_MANY(0, 3, 10);
	locker_begin(_metadata, self, &l, "10.0.0.0/24", RTM_REQ_EXCLUSIVE);
	waiter_begin(_metadata, self, w, b->notify);
	EXPECT_TRUE(wait_until(one_waits(self->fd)));
	EXPECT_EQ(0, dev_deregister(self->fd, self->self));
	pthread_join(w->thread, NULL);
	EXPECT_EQ(-EIDRM, w->err);
	locker_end(&l);
	free(w);
	free(b);
}

/* A listener is killed while it waits; what was kept for it alone goes with it. */
TEST_F(notifyload, killed_with_pending)
{
	struct locker l;
	int fd, status;
	pid_t child;

	A_MANY(0, 3, 10);
	locker_begin(_metadata, self, &l, "10.0.0.0/24", RTM_REQ_EXCLUSIVE);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		static struct changes c;
		__u64 entity, notify;

		fd = dev_open(O_RDWR);
		if (dev_register_in(fd, INSTANCE, AF_INET, PROTO_BGP, 1, 0, &entity) ||
		    dev_notify(fd, entity, RTM_CT_ALL, RTM_V_SUPPORTED, &notify) ||
		    change_route(fd, entity, 700, 10) || change_route(fd, entity, 700, 0))
			_exit(1);
		if (dev_changes(fd, entity, notify, RTM_V_SUPPORTED, 10, &c) || c.n != 1)
			_exit(2);
		if (change_route(fd, entity, 701, 10) || change_route(fd, entity, 701, 0))
			_exit(3);
		dev_lock(fd, entity, dev_dest(fd, entity, "10.0.0.0/24"), 0);
		_exit(4);
	}
	EXPECT_TRUE(wait_until(one_waits(self->fd)));
	EXPECT_EQ(4, dests(self->fd));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(wait_until(dests(self->fd) == 3));
	locker_end(&l);
}

/*
 * Against a model: which destinations are pending, and in which order
 */

#define N_DESTS		48
#define N_LISTENERS	4
#define N_OPS		12000

/**
 * struct model - what should be
 * @metric: of A's and of B's route, 0 for none
 * @seq: when it was moved to the end of the list
 * @clock: counts these
 * @pending: by listener
 * @marked: by listener
 * @best: listener hears of best routes only
 * @only_marked: listener hears of marked destinations only
 * @first: lowest destination it hears of
 * @notify: its handle, 0 while it does not listen
 */
struct model {
	unsigned int metric[N_DESTS][2];
	unsigned int seq[N_DESTS];
	unsigned int clock;
	bool pending[N_LISTENERS][N_DESTS];
	bool marked[N_LISTENERS][N_DESTS];
	bool best[N_LISTENERS];
	bool only_marked[N_LISTENERS];
	unsigned int first[N_LISTENERS];
	__u64 notify[N_LISTENERS];
};

static unsigned int best_metric(const unsigned int *metric)
{
	if (!metric[0] || !metric[1])
		return metric[0] + metric[1];
	return metric[0] < metric[1] ? metric[0] : metric[1];
}

static void model_change(struct model *m, unsigned int d, unsigned int owner, unsigned int metric)
{
	unsigned int best = best_metric(m->metric[d]);
	bool changed = m->metric[d][owner] != metric;
	bool hit = false;
	unsigned int l;

	m->metric[d][owner] = metric;
	for (l = 0; changed && l < N_LISTENERS; l++) {
		if (!m->notify[l] || d < m->first[l] || (m->only_marked[l] && !m->marked[l][d]))
			continue;
		if (m->best[l] && best_metric(m->metric[d]) == best)
			continue;
		m->pending[l][d] = true;
		hit = true;
	}
	if (hit)
		m->seq[d] = ++m->clock;
}

/* The one that is to be told first, or -1. */
static int model_first(const struct model *m, unsigned int l)
{
	int first = -1;
	int d;

	for (d = 0; d < N_DESTS; d++)
		if (m->pending[l][d] && (first < 0 || m->seq[d] < m->seq[first]))
			first = d;
	return first;
}

static void expect_fetch(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			 struct model *m, unsigned int l, unsigned int count)
{
	unsigned int i;
	int d;

	ASSERT_EQ(0, dev_changes(self->fd, self->self, m->notify[l], RTM_V_SUPPORTED, count,
				 &self->c));
	EXPECT_EQ(0, self->c.state);
	for (i = 0; i < count; i++) {
		d = model_first(m, l);
		if (d < 0)
			break;
		ASSERT_LT(i, self->c.n);
		ASSERT_EQ(d, dest_number(&self->c.dest[i].prefix));
		EXPECT_EQ(!!m->metric[d][0] + !!m->metric[d][1], self->c.dest[i].n_routes[0]);
		m->pending[l][d] = false;
	}
	EXPECT_EQ(i, self->c.n);
}

/* What could not be told goes to the end. */
static void expect_fault(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			 struct model *m, unsigned int l)
{
	static char *hole;
	int d[2];

	if (!hole)
		hole = before_hole(item_size(RTM_N_VIEWS) + 8);
	d[0] = model_first(m, l);
	if (d[0] < 0)
		return;
	m->pending[l][d[0]] = false;
	d[1] = model_first(m, l);
	m->pending[l][d[0]] = true;
	if (d[1] < 0)
		return;
	ASSERT_EQ(-EFAULT, fetch_at(self, m->notify[l], hole, 2));
	m->seq[d[0]] = ++m->clock;
	m->seq[d[1]] = ++m->clock;
}

static void toggle_listener(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			    struct model *m, unsigned int l)
{
	struct rtm_register_notify arg;
	unsigned int d;

	if (m->notify[l]) {
		ASSERT_EQ(0, dev_denotify(self->fd, self->self, m->notify[l]));
		m->notify[l] = 0;
		for (d = 0; d < N_DESTS; d++) {
			m->pending[l][d] = false;
			m->marked[l][d] = false;
		}
		return;
	}
	notify_arg(&arg, self->self, m->best[l] ? RTM_CT_BEST : RTM_CT_ALL, RTM_V_SUPPORTED);
	if (m->only_marked[l])
		arg.types |= RTM_CT_ONLY_MARKED;
	if (m->first[l])
		arg.prefix = prefix("10.0.32.0/19");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	m->notify[l] = arg.notify;
}

/* A destination with routes is marked, unmarked, asked after or ignored. */
static void touch(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
		  struct model *m, unsigned int l, unsigned int d, unsigned int what)
{
	char text[32];
	__u64 dest;

	if (!m->metric[d][0] && !m->metric[d][1])
		return;
	snprintf(text, sizeof(text), "10.0.%u.0/24", d);
	dest = dev_dest(self->fd, self->self, text);
	ASSERT_NE(0, dest);
	EXPECT_EQ(m->pending[l][d], dev_is_pending(self->fd, self->self, m->notify[l], dest));
	EXPECT_EQ(m->marked[l][d], dev_is_marked(self->fd, self->self, m->notify[l], dest));
	if (what == 0) {
		EXPECT_EQ(0, dev_ignore(self->fd, self->self, m->notify[l], &dest, 1));
		m->pending[l][d] = false;
	} else if (what < 3) {
		EXPECT_EQ(0, dev_mark(self->fd, self->self, m->notify[l], dest, what == 1));
		m->marked[l][d] = what == 1;
	}
	EXPECT_EQ(0, dev_release(self->fd, self->self, dest));
}

static void random_op(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
		      struct model *m)
{
	unsigned int d = rand() % N_DESTS;
	unsigned int l = rand() % N_LISTENERS;
	unsigned int what = rand() % 100;
	unsigned int owner = rand() % 2;
	unsigned int metric = 10 + 2 * (rand() % 3) + owner;

	if (what < 55) {
		if (what < 20 && m->metric[d][owner])
			metric = 0;
		EXPECT_EQ(0, change_route(self->fd_b, owner ? self->b : self->a, d, metric));
		model_change(m, d, owner, metric);
	} else if (what < 58) {
		toggle_listener(_metadata, self, m, l);
	} else if (!m->notify[l]) {
		return;
	} else if (what < 75) {
		expect_fetch(_metadata, self, m, l, 1 + rand() % 8);
	} else if (what < 78) {
		expect_fault(_metadata, self, m, l);
	} else {
		touch(_metadata, self, m, l, d, rand() % 4);
	}
}

TEST_F(notifyload, model)
{
	struct model *m = calloc(1, sizeof(*m));
	unsigned int seed = 20251;
	unsigned int i;

	m->best[1] = true;
	m->only_marked[2] = true;
	m->first[3] = 32;
	m->best[3] = true;
	fprintf(stderr, "# seed %u\n", seed);
	srand(seed);
	for (i = 0; i < N_OPS && _metadata->passed; i++)
		random_op(_metadata, self, m);
	EXPECT_EQ(N_OPS, i);
	for (i = 0; i < N_LISTENERS; i++)
		if (m->notify[i])
			expect_fetch(_metadata, self, m, i, N_DESTS + 1);
	free(m);
}

/*
 * All at once
 */

#define STORM_DESTS	600

/**
 * struct storm - what the threads share
 * @fd: file
 * @owner: whose routes
 * @odd: parity of the metrics, and of the destinations
 * @seed: for its random numbers
 * @stop: time to end
 */
struct storm {
	int fd;
	__u64 owner;
	unsigned int odd;
	unsigned int seed;
	atomic_bool *stop;
};

static void *storm_main(void *arg)
{
	struct storm *s = arg;

	while (!*s->stop) {
		unsigned int d = rand_r(&s->seed) % STORM_DESTS;

		/* deleting what is not there is an error that does not matter */
		change_route(s->fd, s->owner, d,
			     rand_r(&s->seed) % 2 ? 10 + 2 * (d % 5) + s->odd : 0);
	}
	return NULL;
}

/* Registrations that come, mark, and go. */
static void *visitor_main(void *arg)
{
	struct changes *c = calloc(1, sizeof(*c));
	struct storm *s = arg;
	__u64 notify, dest;

	while (!*s->stop) {
		if (dev_notify(s->fd, s->owner, CT_EVERY, RTM_V_SUPPORTED, &notify))
			abort();
		dest = dev_dest(s->fd, s->owner, "10.0.77.0/24");
		if (dest)
			dev_mark(s->fd, s->owner, notify, dest, true);
		dev_changes(s->fd, s->owner, notify, RTM_V_SUPPORTED, 20, c);
		if (dev_denotify(s->fd, s->owner, notify))
			abort();
		if (dest)
			dev_release(s->fd, s->owner, dest);
	}
	free(c);
	return NULL;
}

static void storm_listen(struct __test_metadata *_metadata, FIXTURE_DATA(notifyload) *self,
			 struct belief *fast, struct belief *slow, unsigned int rounds)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		listen_once(_metadata, self->fd, self->self, fast, 100, &self->c);
		if (i % 16 == 0)
			listen_once(_metadata, self->fd, self->self, slow, 30, &self->c);
	}
}

/* Two writers, visitors, a fast reader and one that falls behind again and again. */
TEST_F(notifyload, storm)
{
	struct belief *fast = new_belief(_metadata, self, RTM_CT_ALL);
	struct belief *slow = new_belief(_metadata, self, RTM_CT_ALL);
	atomic_bool stop = false;
	struct storm s[3] = {
		{ self->fd_b, self->a, 0, 1, &stop },
		{ self->fd_b, self->b, 1, 2, &stop },
		{ self->fd, self->self, 0, 3, &stop },
	};
	pthread_t threads[3];
	unsigned int i;
	__u64 end;

	ASSERT_EQ(0, param_set_number("max_notify_ghosts", 150));
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, i < 2 ? storm_main : visitor_main,
					    &s[i]));
	for (end = now_ns() + 4 * NSEC_PER_SEC; now_ns() < end;) {
		storm_listen(_metadata, self, fast, slow, 50);
		sleep_ms(5);
	}
	stop = true;
	for (i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	listen_all(_metadata, self, fast);
	listen_all(_metadata, self, slow);
	fprintf(stderr, "# desyncs: %u of the fast one, %u of the slow one\n", fast->desyncs,
		slow->desyncs);
	expect_truth(_metadata, self->fd, fast);
	expect_truth(_metadata, self->fd, slow);
	free(fast);
	free(slow);
}

TEST_HARNESS_MAIN
