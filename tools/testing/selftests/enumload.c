// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enumerations of a large table while others change it as fast as they can.
 *
 * How this file works: a table has destinations 20.0.0.0/24, 20.0.2.0/24 and so on, which
 * stay, while two clients add and delete those between them, and more and less specific
 * ones.  Each walk has to meet every one that stays once, and all in order.  How many
 * stay can be said in the environment, ENUM_DESTINATIONS, up to MAX_DESTINATIONS.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "rtm_enum_test.h"

#define WALKS		2
#define CHURNERS	2
#define BATCH		256
#define FETCH		64

/* those of addresses below 224.0.0.0 */
#define MAX_DESTINATIONS	((224 - 20) << 15)
#define SECONDS			3000

FIXTURE(enumload) {
	struct env env;
	int fd;
	__u64 e;
	unsigned int stable;
	unsigned char *met;
};

static unsigned int table_size(void)
{
	const char *text = getenv("ENUM_DESTINATIONS");
	unsigned long size = text ? strtoul(text, NULL, 10) : 0;

	if (size)
		return size < MAX_DESTINATIONS ? size : MAX_DESTINATIONS;
	return slow_kernel() ? 800 : 20000;
}

/* Number I of the destinations: even ones stay. */
static struct rtm_net_prefix place(unsigned int i, unsigned int len)
{
	struct rtm_net_prefix p = prefix("20.0.0.0/24");

	p.addr[0] += i >> 16;
	p.addr[1] = i >> 8;
	p.addr[2] = i;
	p.len = len;
	return p;
}

static int batch(int fd, unsigned long cmd, __u64 entity, struct rtm_route_item *items, __u32 n)
{
	struct rtm_route_batch arg;

	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.items = ptr_u64(items);
	arg.count = n;
	arg.deadline = 0;
	return dev_call(fd, cmd, &arg);
}

static void item(struct rtm_route_item *it, struct rtm_net_prefix p)
{
	memset(it, 0, sizeof(*it));
	it->dest = p;
	it->attrs = route_attrs(NULL, 0);
}

FIXTURE_SETUP(enumload)
{
	struct rtm_route_item items[BATCH];
	unsigned int i, n;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register_in(self->fd, 1, AF_INET, PROTO_RIP, 1, 0, &self->e));
	self->stable = table_size();
	self->met = calloc(self->stable, 1);
	ASSERT_NE(NULL, self->met);
	for (i = 0; i < self->stable; i += n) {
		for (n = 0; n < BATCH && i + n < self->stable; n++)
			item(&items[n], place(2 * (i + n), 24));
		ASSERT_EQ(0, batch(self->fd, RTM_IOC_ADD_ROUTES, self->e, items, n));
	}
}

FIXTURE_TEARDOWN(enumload)
{
	free(self->met);
	env_clean(_metadata, &self->env);
}

/**
 * struct churner - a client that adds and deletes
 * @thread: its thread
 * @id: its number
 * @range: how many destinations there are to choose from
 * @stop: it shall end
 * @changes: changes it has made
 * @err: first error
 */
struct churner {
	pthread_t thread;
	unsigned int id;
	unsigned int range;
	atomic_bool stop;
	unsigned long changes;
	int err;
};

/* None of these is one that stays. */
static struct rtm_net_prefix passing(unsigned int i)
{
	switch (i % 3) {
	case 0:
		return place(i | 1, 24);
	case 1:
		return place(i & ~1u, 25);
	default:
		return place(i & ~7u, 21);
	}
}

static void *churn(void *arg)
{
	struct rtm_route_item items[BATCH];
	struct churner *c = arg;
	unsigned int i, seed = c->id;
	__u64 e = 0;
	int fd;

	fd = dev_open(O_RDWR);
	c->err = fd < 0 ? -errno : dev_register_in(fd, 1, AF_INET, PROTO_BGP, c->id, 0, &e);
	while (!c->err && !c->stop) {
		for (i = 0; i < BATCH; i++)
			item(&items[i], passing(rand_r(&seed) % c->range));
		c->err = batch(fd, RTM_IOC_ADD_ROUTES, e, items, BATCH);
		if (!c->err)
			c->err = batch(fd, RTM_IOC_DELETE_ROUTES, e, items, BATCH);
		c->changes += 2 * BATCH;
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

static void churners_start(struct __test_metadata *_metadata, FIXTURE_DATA(enumload) *self,
			   struct churner *c)
{
	unsigned int i;

	for (i = 0; i < CHURNERS; i++) {
		c[i] = (struct churner){ .id = i + 1, .range = 2 * self->stable };
		ASSERT_EQ(0, pthread_create(&c[i].thread, NULL, churn, &c[i]));
	}
}

static __u64 files(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? 0 : s.files;
}

static void churners_end(struct __test_metadata *_metadata, FIXTURE_DATA(enumload) *self,
			 struct churner *c)
{
	unsigned int i;

	for (i = 0; i < CHURNERS; i++)
		c[i].stop = true;
	for (i = 0; i < CHURNERS; i++) {
		ASSERT_EQ(0, pthread_join(c[i].thread, NULL));
		EXPECT_EQ(0, c[i].err);
		/* they were there, and not only in between */
		EXPECT_LT(0, c[i].changes);
		fprintf(stderr, "# client %u: %lu changes\n", i, c[i].changes);
	}
	EXPECT_TRUE(wait_until(files(self->fd) == 2));
}

static int order(const struct rtm_net_prefix *a, const struct rtm_net_prefix *b)
{
	int cmp = memcmp(a->addr, b->addr, 4);

	return cmp ? cmp : a->len - b->len;
}

/* A destination was reported: it has to come behind @last, and stable ones count. */
static void meet(struct __test_metadata *_metadata, FIXTURE_DATA(enumload) *self,
		 const struct rtm_net_prefix *p, struct rtm_net_prefix *last)
{
	unsigned int i = (p->addr[0] - 20) << 16 | p->addr[1] << 8 | p->addr[2];

	if (last->family)
		ASSERT_LT(0, order(p, last));
	*last = *p;
	if (p->len != 24 || i % 2)
		return;
	ASSERT_GT(self->stable, i / 2);
	self->met[i / 2]++;
}

static void all_met_once(struct __test_metadata *_metadata, FIXTURE_DATA(enumload) *self)
{
	unsigned int i;

	for (i = 0; i < self->stable; i++)
		ASSERT_EQ(1, self->met[i])
			TH_LOG("destination %u", i);
	memset(self->met, 0, self->stable);
}

static void walk(struct __test_metadata *_metadata, FIXTURE_DATA(enumload) *self)
{
	struct rtm_dest_item items[FETCH];
	struct rtm_net_prefix last = {};
	struct rtm_create_enum create;
	__u64 handle = 0;
	int i, n;

	enum_arg(&create, self->e, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_DEST_ENUM, &create, &handle));
	do {
		n = dev_get_enum(self->fd, RTM_IOC_GET_ENUM_DESTS, self->e, handle, items, FETCH,
				 sizeof(items[0]));
		ASSERT_LE(0, n);
		for (i = 0; i < n; i++) {
			meet(_metadata, self, &items[i].prefix, &last);
			ASSERT_EQ(0, dev_release(self->fd, self->e, items[i].dest));
		}
	} while (n);
	ASSERT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle));
	all_met_once(_metadata, self);
}

TEST_F_TIMEOUT(enumload, dests, SECONDS)
{
	struct churner c[CHURNERS];
	int i;

	churners_start(_metadata, self, c);
	for (i = 0; i < WALKS; i++)
		walk(_metadata, self);
	churners_end(_metadata, self, c);
}

/* Routes of the entity that changes nothing, with those of others in between. */
TEST_F_TIMEOUT(enumload, routes, SECONDS)
{
	struct rtm_get_route_info info;
	struct rtm_net_prefix last = {};
	struct churner c[CHURNERS];
	struct rtm_create_enum create;
	__u64 handle = 0, ids[FETCH];
	int i, n;

	churners_start(_metadata, self, c);
	enum_arg(&create, self->e, RTM_V_UCAST);
	create.own = 1;
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	do {
		n = dev_get_enum(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, ids, FETCH,
				 sizeof(ids[0]));
		ASSERT_LE(0, n);
		for (i = 0; i < n; i++) {
			ASSERT_EQ(0, dev_route_info(self->fd, self->e, ids[i], NULL, 0, &info));
			meet(_metadata, self, &info.prefix, &last);
			release_route_info(self->fd, &info);
			ASSERT_EQ(0, dev_release(self->fd, self->e, ids[i]));
		}
	} while (n);
	ASSERT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle));
	all_met_once(_metadata, self);
	churners_end(_metadata, self, c);
}

TEST_HARNESS_MAIN
