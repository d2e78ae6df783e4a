// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dumps: whole, in pieces, of a part, with cursors nobody has given out, and while
 * others change what is dumped.
 *
 * How this file works: every record begins with its size, so a dump is checked by
 * walking it.  Buffers have guard bytes.  What is there throughout must appear once
 * and in order, whatever happens between two calls; that is held against a list which
 * the test keeps itself.
 */
#include <pthread.h>
#include <stddef.h>

#include "rtm_notify_test.h"

#define BUF	RTM_DUMP_MIN_BUF

static const unsigned long dumps[] = {
	RTM_IOC_DUMP_ENTITIES, RTM_IOC_DUMP_NEXTHOPS, RTM_IOC_DUMP_DESTS, RTM_IOC_DUMP_ROUTES,
	RTM_IOC_DUMP_LOCKS, RTM_IOC_DUMP_NOTIFIES,
};

FIXTURE(dump) {
	struct env env;
	int fd;
	__u64 rip;
	__u64 ospf;
	__u64 six;
	__u64 nh[2];
	void *buf;
};

FIXTURE_SETUP(dump)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT,
				  &self->rip));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 2, 0, &self->ospf));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 3, 0, &self->six));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, "192.0.2.1", 1, &self->nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, "192.0.2.2", 1, &self->nh[1]));
	self->buf = guard_alloc(BUF);
}

FIXTURE_TEARDOWN(dump)
{
	guard_free(self->buf);
	env_clean(_metadata, &self->env);
}

static void put(struct __test_metadata *_metadata, int fd, __u64 entity, const char *dest,
		__u64 neighbour, __u32 metric)
{
	struct rtm_add_route arg;

	route_arg(&arg, entity, dest, NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.attrs.neighbour = neighbour;
	arg.attrs.metric = metric;
	ASSERT_EQ(0, dev_add_route(fd, &arg));
}

/* N destinations, 10.x.y.0/24. */
static void put_many(struct __test_metadata *_metadata, int fd, __u64 entity, int n)
{
	char text[32];
	int i;

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		put(_metadata, fd, entity, text, 0, 10);
	}
}

/*
 * Wrong arguments
 */

TEST_F(dump, size_wrong)
{
	static const __u32 wrong[] = {
		0, 1, 8, RTM_DUMP_MIN_BUF - 1, RTM_DUMP_MAX_BUF + 1, ~0u,
	};
	struct rtm_dump arg;
	unsigned int i, j;
	char *big;

	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		for (j = 0; j < ARRAY_SIZE(wrong); j++) {
			dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, wrong[j]);
			EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg));
		}
	}
	big = guard_alloc(RTM_DUMP_MAX_BUF);
	dump_arg(&arg, 0, "0.0.0.0/0", 0, big, RTM_DUMP_MAX_BUF);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_DUMP_ENTITIES, &arg));
	EXPECT_EQ(3, arg.count);
	EXPECT_EQ(3 * sizeof(struct rtm_entity_rec), arg.buf_size);
	guard_free(big);
}

TEST_F(dump, selection_wrong)
{
	static const __u32 wrong[] = {
		RTM_DUMP_EXACT | RTM_DUMP_MATCH, RTM_DUMP_EXACT | RTM_DUMP_SUBTREE,
		RTM_DUMP_MATCH | RTM_DUMP_SUBTREE,
		RTM_DUMP_EXACT | RTM_DUMP_MATCH | RTM_DUMP_SUBTREE,
	};
	struct rtm_dump arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		dump_arg(&arg, wrong[i], "0.0.0.0/0", 0, self->buf, BUF);
		EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_DUMP_DESTS, &arg));
		EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_DUMP_ROUTES, &arg));
	}
}

TEST_F(dump, prefix_wrong)
{
	struct rtm_dump arg;
	unsigned int i;

	/* next hops, destinations and routes are those of one table */
	for (i = 1; i < 4; i++) {
		dump_arg(&arg, 0, "0.0.0.0/33", 0, self->buf, BUF);
		EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg));
		dump_arg(&arg, 0, "::/129", 0, self->buf, BUF);
		EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg));
		dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
		arg.prefix.family = AF_UNIX;
		EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg));
		arg.prefix.family = 0;
		EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg));
	}
}

TEST_F(dump, no_such_table)
{
	struct rtm_dump arg;
	unsigned int i;

	for (i = 1; i < 4; i++) {
		dump_arg(&arg, 0, "0.0.0.0/0", 9, self->buf, BUF);
		EXPECT_EQ(0, dev_call(self->fd, dumps[i], &arg));
		EXPECT_EQ(0, arg.count);
		EXPECT_EQ(0, arg.buf_size);
		EXPECT_EQ(0, arg.more);
	}
}

TEST_F(dump, buffer_not_writable)
{
	struct rtm_get_stats before, after;
	struct rtm_dump arg;
	unsigned int i;
	__u64 dest, notify;
	char *map;

	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 1);
	put(_metadata, self->fd, self->rip, "11.0.0.0/8", 0, 1);
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	ASSERT_EQ(0, dev_lock(self->fd, self->rip, dest, 0));
	ASSERT_EQ(0, dev_notify(self->fd, self->rip, RTM_CT_ALL, 0, &notify));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map + 4096, 4096, PROT_READ));
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		dump_arg(&arg, 0, "0.0.0.0/0", 0, NULL, BUF);
		EXPECT_EQ(-EFAULT, dev_call(self->fd, dumps[i], &arg));
		dump_arg(&arg, 0, "0.0.0.0/0", 0, map + 4096 - 8, BUF);
		EXPECT_EQ(-EFAULT, dev_call(self->fd, dumps[i], &arg));
	}
	/* the first record fits, the second does not */
	dump_arg(&arg, 0, "0.0.0.0/0", 0, map + 4096 - sizeof(struct rtm_dest_rec) - 16, BUF);
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_DUMP_DESTS, &arg));
	ASSERT_EQ(0, dev_stats(self->fd, &after));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	munmap(map, 8192);
}

/*
 * Contents
 */

static bool is_entity(const struct rtm_entity_rec *rec, __u16 family, __u16 instance,
		      __u32 protocol, __u32 id)
{
	return rec->id.family == family && rec->id.instance == instance &&
	       rec->id.protocol == protocol && rec->id.id == id && !rec->id.pad;
}

/* All tables of the namespace, one after the other; in each of them by name. */
TEST_F(dump, entities)
{
	struct rtm_entity_rec *rec;
	unsigned int count;
	size_t size;
	__u64 e;

	ASSERT_EQ(0, dev_register_in(self->fd, 5, AF_INET, PROTO_BGP, 7, RTM_REQ_EVENTS, &e));
	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 1);
	put(_metadata, self->fd, self->rip, "11.0.0.0/8", 0, 1);
	/* whatever the prefix says */
	rec = dev_dump(self->fd, RTM_IOC_DUMP_ENTITIES, 0, "2001:db8::/32", 77, &size, &count);
	ASSERT_NE(NULL, rec);
	ASSERT_EQ(4, count);
	ASSERT_EQ(4 * sizeof(*rec), size);
	EXPECT_TRUE(is_entity(&rec[0], AF_INET, 0, PROTO_RIP, 1));
	EXPECT_EQ(sizeof(*rec), rec[0].size);
	EXPECT_EQ(RTM_REQ_OPAQUE_SLOT, rec[0].flags);
	EXPECT_EQ(1, rec[0].registered);
	EXPECT_EQ(getpid(), rec[0].pid);
	EXPECT_EQ(0, rec[0].uid);
	EXPECT_EQ(0, rec[0].n_methods | rec[0].blocked);
	EXPECT_EQ(0, rec[0].hold_ms | rec[0].pad);
	EXPECT_EQ(2, rec[0].routes);
	EXPECT_EQ(2, rec[0].nexthops);
	EXPECT_TRUE(is_entity(&rec[1], AF_INET, 0, PROTO_OSPF, 2));
	EXPECT_EQ(0, rec[1].routes | rec[1].nexthops);
	EXPECT_TRUE(is_entity(&rec[2], AF_INET6, 0, PROTO_RIP, 3));
	EXPECT_TRUE(is_entity(&rec[3], AF_INET, 5, PROTO_BGP, 7));
	EXPECT_EQ(RTM_REQ_EVENTS, rec[3].flags);
	free(rec);
}

TEST_F(dump, nexthops)
{
	struct rtm_nexthop_rec *rec;
	struct rtm_nexthop_req req;
	struct rtm_add_route arg;
	unsigned int count;
	size_t size;

	nexthop_arg(&req, self->ospf, "192.0.2.1", 9);
	req.attrs.flags = RTM_NHF_DOWN;
	req.attrs.cookie = 0x123456789abcdef0;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &req));
	route_arg(&arg, self->rip, "10.0.0.0/8", self->nh, 2);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->rip, "11.0.0.0/8", self->nh, 1);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	/* a deleted one is nobody's any more and is not shown */
	ASSERT_EQ(0, dev_reference(self->fd, self->rip, RTM_HANDLE_NEXTHOP, &self->nh[1], 1));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->rip, self->nh[1]));

	rec = dev_dump(self->fd, RTM_IOC_DUMP_NEXTHOPS, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, rec);
	ASSERT_EQ(2, count);
	ASSERT_EQ(2 * sizeof(*rec), size);
	EXPECT_TRUE(prefix_is(&rec[0].addr, "192.0.2.1"));
	EXPECT_EQ(1, rec[0].ifindex);
	EXPECT_EQ(PROTO_RIP, rec[0].owner.protocol);
	EXPECT_EQ(2, rec[0].users);
	EXPECT_EQ(RTM_STATE_CREATED, rec[0].state);
	EXPECT_TRUE(prefix_is(&rec[1].addr, "192.0.2.1"));
	EXPECT_EQ(9, rec[1].ifindex);
	EXPECT_EQ(PROTO_OSPF, rec[1].owner.protocol);
	EXPECT_EQ(RTM_NHF_DOWN, rec[1].flags);
	EXPECT_EQ(0, rec[1].users);
	EXPECT_EQ(0x123456789abcdef0, rec[1].cookie);
	free(rec);
}

TEST_F(dump, dests)
{
	struct rtm_dest_rec *rec;
	unsigned int count;
	size_t size;
	__u64 dest;

	put(_metadata, self->fd, self->rip, "10.1.0.0/16", 0, 1);
	put(_metadata, self->fd, self->ospf, "10.1.0.0/16", 0, 1);
	put(_metadata, self->fd, self->rip, "0.0.0.0/0", 0, 1);
	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 1);
	put(_metadata, self->fd, self->rip, "10.0.0.0/16", 0, 1);
	put(_metadata, self->fd, self->six, "2001:db8::/32", 0, 1);
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/16");
	ASSERT_EQ(0, dev_lock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));

	rec = dev_dump(self->fd, RTM_IOC_DUMP_DESTS, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, rec);
	ASSERT_EQ(4, count);
	/* by address, the shorter first */
	EXPECT_TRUE(prefix_is(&rec[0].prefix, "0.0.0.0/0"));
	EXPECT_TRUE(prefix_is(&rec[1].prefix, "10.0.0.0/8"));
	EXPECT_TRUE(prefix_is(&rec[2].prefix, "10.0.0.0/16"));
	EXPECT_TRUE(prefix_is(&rec[3].prefix, "10.1.0.0/16"));
	EXPECT_EQ(1, rec[0].n_routes);
	EXPECT_EQ(1, rec[0].refs);
	EXPECT_EQ(RTM_V_SUPPORTED, rec[0].views);
	EXPECT_EQ(RTM_FIB_NONE, rec[0].fib_state);
	EXPECT_EQ(0, rec[0].fib_errno | rec[0].locked);
	EXPECT_EQ(0, rec[0].held | rec[0].hold_views | rec[0].hold_ms);
	EXPECT_STREQ("", rec[0].fib_text);
	EXPECT_EQ(2, rec[2].locked);
	EXPECT_LT(1, rec[2].refs);
	EXPECT_EQ(2, rec[3].n_routes);
	EXPECT_EQ(2, rec[3].refs);
	free(rec);
	EXPECT_EQ(0, dev_unlock(self->fd, self->rip, dest, RTM_REQ_EXCLUSIVE));
}

static unsigned int dump_count(int fd, unsigned long cmd)
{
	unsigned int count = ~0u;
	size_t size;

	free(dev_dump(fd, cmd, 0, "0.0.0.0/0", 0, &size, &count));
	return count;
}

/* The one listener there is. */
static struct rtm_notify_rec the_listener(struct __test_metadata *_metadata,
					  FIXTURE_DATA(dump) *self)
{
	struct rtm_notify_rec rec = {}, *got;
	unsigned int count;
	size_t size;

	got = dev_dump(self->fd, RTM_IOC_DUMP_NOTIFIES, 0, "0.0.0.0/0", 0, &size, &count);
	EXPECT_NE(NULL, got);
	EXPECT_EQ(1, count);
	if (got && count)
		rec = *got;
	free(got);
	return rec;
}

/* What it has not read shows, and that reading it is over. */
TEST_F(dump, listener)
{
	struct rtm_notify_rec rec;
	static struct changes c;
	__u64 notify, dest;

	ASSERT_EQ(0, dev_notify(self->fd, self->rip, CT_EVERY, RTM_V_SUPPORTED, &notify));
	rec = the_listener(_metadata, self);
	EXPECT_EQ(sizeof(rec), rec.size);
	EXPECT_EQ(CT_EVERY, rec.types);
	EXPECT_EQ(RTM_V_SUPPORTED, rec.views);
	EXPECT_EQ(AF_INET, rec.owner.family);
	EXPECT_EQ(PROTO_RIP, rec.owner.protocol);
	EXPECT_EQ(1, rec.owner.id);
	EXPECT_EQ(0, rec.prefix.family);
	EXPECT_EQ(RTM_PROTO_BEST, rec.protocol);
	EXPECT_EQ(getpid(), rec.pid);
	EXPECT_EQ(0, rec.flags | rec.state | rec.pad | rec.pending | rec.gone | rec.marked);
	put(_metadata, self->fd, self->ospf, "10.1.0.0/16", 0, 1);
	put(_metadata, self->fd, self->ospf, "10.2.0.0/16", 0, 1);
	dest = dev_dest(self->fd, self->rip, "10.1.0.0/16");
	ASSERT_EQ(0, dev_mark(self->fd, self->rip, notify, dest, true));
	rec = the_listener(_metadata, self);
	EXPECT_EQ(2, rec.pending);
	EXPECT_EQ(0, rec.gone);
	EXPECT_EQ(1, rec.marked);
	ASSERT_EQ(0, dev_deregister(self->fd, self->ospf));
	rec = the_listener(_metadata, self);
	EXPECT_EQ(2, rec.pending);
	EXPECT_EQ(2, rec.gone);
	ASSERT_EQ(0, dev_changes(self->fd, self->rip, notify, RTM_V_SUPPORTED, 8, &c));
	rec = the_listener(_metadata, self);
	EXPECT_EQ(0, rec.pending | rec.gone);
	EXPECT_EQ(1, rec.marked);
	ASSERT_EQ(0, dev_release(self->fd, self->rip, dest));
	ASSERT_EQ(0, dev_denotify(self->fd, self->rip, notify));
	EXPECT_EQ(0, dump_count(self->fd, RTM_IOC_DUMP_NOTIFIES));
}

/* One in another table, with all that can be asked for. */
TEST_F(dump, listener_of_a_prefix)
{
	struct rtm_register_notify arg;
	struct rtm_notify_rec rec;

	notify_arg(&arg, self->six, RTM_CT_BEST | RTM_CT_ONLY_MARKED, RTM_V_UCAST);
	arg.flags = RTM_REQ_EVENTS;
	arg.prefix = prefix("2001:db8::/32");
	arg.protocol = PROTO_OSPF;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_NOTIFY, &arg));
	rec = the_listener(_metadata, self);
	EXPECT_EQ(RTM_REQ_EVENTS, rec.flags);
	EXPECT_EQ(RTM_CT_BEST | RTM_CT_ONLY_MARKED, rec.types);
	EXPECT_EQ(RTM_V_UCAST, rec.views);
	EXPECT_TRUE(prefix_is(&rec.prefix, "2001:db8::/32"));
	EXPECT_EQ(PROTO_OSPF, rec.protocol);
	EXPECT_EQ(AF_INET6, rec.owner.family);
}

/* A destination that only a reference keeps is shown, though no search finds it. */
TEST_F(dump, dest_without_routes)
{
	struct rtm_dest_rec rec;
	__u64 dest;

	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 1);
	dest = dev_dest(self->fd, self->rip, "10.0.0.0/8");
	ASSERT_EQ(0, dev_delete_key(self->fd, self->rip, "10.0.0.0/8", 0, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	ASSERT_TRUE(dev_dest_rec(self->fd, "10.0.0.0/8", &rec));
	EXPECT_EQ(0, rec.n_routes);
	EXPECT_EQ(0, rec.views);
	EXPECT_EQ(0, dev_release(self->fd, self->rip, dest));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->fd, "10.0.0.0/8", &rec)));
}

TEST_F(dump, routes)
{
	struct rtm_route_rec *rec, *second;
	struct rtm_add_route arg;
	unsigned int count;
	size_t size;

	route_arg(&arg, self->rip, "10.0.0.0/8", self->nh, 2);
	arg.attrs.neighbour = self->nh[1];
	arg.attrs.cookie = 0xfedcba9876543210;
	arg.attrs.metric = 77;
	arg.attrs.flags = RTM_RF_INACTIVE;
	arg.attrs.flags1 = 9;
	arg.attrs.mtu = 1300;
	arg.attrs.src[0] = 192;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	route_arg(&arg, self->ospf, "10.0.0.0/8", NULL, 0);
	arg.attrs.views = RTM_V_MCAST;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));

	rec = dev_dump(self->fd, RTM_IOC_DUMP_ROUTES, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, rec);
	ASSERT_EQ(2, count);
	ASSERT_EQ(2 * sizeof(*rec) + 2 * sizeof(rec->nexthops[0]), size);
	/* in order of rank: OSPF before RIP */
	EXPECT_EQ(sizeof(*rec), rec->size);
	EXPECT_EQ(PROTO_OSPF, rec->owner.protocol);
	EXPECT_EQ(RTM_V_MCAST, rec->best);
	EXPECT_EQ(0, rec->n_nexthops);
	EXPECT_EQ(0, rec->attrs.neighbour);
	EXPECT_EQ(0, rec->neighbour.addr.family);
	second = (void *)((char *)rec + rec->size);
	EXPECT_EQ(sizeof(*rec) + 2 * sizeof(rec->nexthops[0]), second->size);
	EXPECT_TRUE(prefix_is(&second->dest, "10.0.0.0/8"));
	EXPECT_EQ(PROTO_RIP, second->owner.protocol);
	EXPECT_EQ(RTM_V_UCAST, second->best);
	EXPECT_EQ(1, second->attrs.neighbour);
	EXPECT_TRUE(prefix_is(&second->neighbour.addr, "192.0.2.2"));
	EXPECT_EQ(0xfedcba9876543210, second->attrs.cookie);
	EXPECT_EQ(0, second->attrs.nexthops);
	EXPECT_EQ(2, second->attrs.n_nexthops);
	EXPECT_EQ(77, second->attrs.metric);
	EXPECT_EQ(120, second->attrs.preference);
	EXPECT_EQ(RTM_RF_INACTIVE, second->attrs.flags);
	EXPECT_EQ(9, second->attrs.flags1);
	EXPECT_EQ(RTM_STATE_CREATED, second->attrs.state);
	EXPECT_EQ(1300, second->attrs.mtu);
	EXPECT_EQ(192, second->attrs.src[0]);
	ASSERT_EQ(2, second->n_nexthops);
	EXPECT_TRUE(prefix_is(&second->nexthops[0].addr, "192.0.2.1"));
	EXPECT_TRUE(prefix_is(&second->nexthops[1].addr, "192.0.2.2"));
	EXPECT_EQ(1, second->nexthops[1].ifindex);
	free(rec);
}

/* How long a route has been as it is. */
TEST_F(dump, route_age)
{
	struct rtm_route_rec *rec;
	unsigned int count;
	__u32 age;
	size_t size;

	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 1);
	sleep_ms(300);
	rec = dev_dump(self->fd, RTM_IOC_DUMP_ROUTES, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, rec);
	age = rec->age_ms;
	EXPECT_LE(280, age);
	free(rec);
	put(_metadata, self->fd, self->rip, "10.0.0.0/8", 0, 2);
	rec = dev_dump(self->fd, RTM_IOC_DUMP_ROUTES, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, rec);
	EXPECT_GT(age, rec->age_ms);
	free(rec);
}

/*
 * A part of the table
 */

/* The prefixes of a dump, in one line. */
static const char *shown(int fd, unsigned long cmd, __u32 flags, const char *text)
{
	static char line[1024];
	struct rtm_dest_rec *rec;
	char addr[64];
	unsigned int count;
	size_t size;
	void *buf;

	line[0] = '\0';
	buf = dev_dump(fd, cmd, flags, text, 0, &size, &count);
	if (!buf)
		return "error";
	for_each_record(rec, buf, size) {
		/* prefix and dest are at the same place in both kinds of record */
		inet_ntop(rec->prefix.family, rec->prefix.addr, addr, sizeof(addr));
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s/%u",
			 line[0] ? " " : "", addr, rec->prefix.len);
	}
	free(buf);
	return line;
}

_Static_assert(offsetof(struct rtm_dest_rec, prefix) == offsetof(struct rtm_route_rec, dest),
	       "shown() reads both kinds of record alike");

FIXTURE(part) {
	struct env env;
	int fd;
	__u64 e;
	__u64 six;
};

FIXTURE_VARIANT(part) {
	unsigned long cmd;
};

FIXTURE_VARIANT_ADD(part, dests) {
	.cmd = RTM_IOC_DUMP_DESTS,
};

FIXTURE_VARIANT_ADD(part, routes) {
	.cmd = RTM_IOC_DUMP_ROUTES,
};

FIXTURE_SETUP(part)
{
	static const char * const all[] = {
		"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.128/25", "10.1.3.0/24",
		"10.2.0.0/16", "11.0.0.0/8", "9.255.255.255/32",
	};
	unsigned int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &self->six));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		put(_metadata, self->fd, self->e, all[i], 0, 1);
	put(_metadata, self->fd, self->six, "2001:db8::/32", 0, 1);
	put(_metadata, self->fd, self->six, "2001:db8:1::/48", 0, 1);
	put(_metadata, self->fd, self->six, "2001:db9::/32", 0, 1);
}

FIXTURE_TEARDOWN(part)
{
	env_clean(_metadata, &self->env);
}

#define ALL_V4	"9.255.255.255/32 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 10.1.2.128/25 10.1.3.0/24 10.2.0.0/16 11.0.0.0/8"
#define SHOWN(flags, text)	shown(self->fd, variant->cmd, flags, text)

TEST_F(part, all)
{
	EXPECT_STREQ(ALL_V4, SHOWN(0, "10.1.0.0/16"));
	EXPECT_STREQ("2001:db8::/32 2001:db8:1::/48 2001:db9::/32", SHOWN(0, "::/0"));
}

TEST_F(part, exact)
{
	EXPECT_STREQ("10.1.0.0/16", SHOWN(RTM_DUMP_EXACT, "10.1.0.0/16"));
	EXPECT_STREQ("10.1.0.0/16", SHOWN(RTM_DUMP_EXACT, "10.1.77.77/16"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_EXACT, "10.1.0.0/17"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_EXACT, "0.0.0.0/0"));
	EXPECT_STREQ("2001:db8:1::/48", SHOWN(RTM_DUMP_EXACT, "2001:db8:1::/48"));
}

TEST_F(part, match)
{
	EXPECT_STREQ("10.1.2.128/25", SHOWN(RTM_DUMP_MATCH, "10.1.2.129"));
	EXPECT_STREQ("10.1.2.0/24", SHOWN(RTM_DUMP_MATCH, "10.1.2.127"));
	EXPECT_STREQ("10.0.0.0/8", SHOWN(RTM_DUMP_MATCH, "10.3.0.0/24"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_MATCH, "12.0.0.1"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_MATCH, "0.0.0.0/0"));
	EXPECT_STREQ("2001:db8::/32", SHOWN(RTM_DUMP_MATCH, "2001:db8:2::"));
}

TEST_F(part, subtree)
{
	EXPECT_STREQ("10.1.0.0/16 10.1.2.0/24 10.1.2.128/25 10.1.3.0/24",
		     SHOWN(RTM_DUMP_SUBTREE, "10.1.0.0/16"));
	/* the prefix itself need not be there */
	EXPECT_STREQ("10.1.2.0/24 10.1.2.128/25 10.1.3.0/24",
		     SHOWN(RTM_DUMP_SUBTREE, "10.1.2.0/23"));
	EXPECT_STREQ("10.1.2.128/25", SHOWN(RTM_DUMP_SUBTREE, "10.1.2.128/25"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_SUBTREE, "10.1.2.128/26"));
	EXPECT_STREQ("", SHOWN(RTM_DUMP_SUBTREE, "10.1.4.0/22"));
	EXPECT_STREQ("9.255.255.255/32", SHOWN(RTM_DUMP_SUBTREE, "9.0.0.0/8"));
	EXPECT_STREQ("11.0.0.0/8", SHOWN(RTM_DUMP_SUBTREE, "11.0.0.0/8"));
	EXPECT_STREQ("2001:db8::/32 2001:db8:1::/48", SHOWN(RTM_DUMP_SUBTREE, "2001:db8::/32"));
	EXPECT_STREQ("2001:db8::/32 2001:db8:1::/48 2001:db9::/32",
		     SHOWN(RTM_DUMP_SUBTREE, "::/0"));
}

/*
 * Pieces
 */

/* The whole dump in pieces of SIZE bytes; the bytes, for free(). */
static char *in_pieces(struct __test_metadata *_metadata, int fd, unsigned long cmd, __u32 flags,
		       const char *text, __u32 room, size_t *size, unsigned int *calls)
{
	char *buf = guard_alloc(room), *all = NULL;
	struct rtm_dump arg;

	*size = 0;
	*calls = 0;
	dump_arg(&arg, flags, text, 0, buf, room);
	do {
		memset(buf, 0xcc, room);
		arg.buf_size = room;
		ASSERT_EQ(0, dev_call(fd, cmd, &arg));
		ASSERT_GE(room, arg.buf_size);
		ASSERT_TRUE(guard_ok(buf));
		all = realloc(all, *size + arg.buf_size + 1);
		memcpy(all + *size, buf, arg.buf_size);
		*size += arg.buf_size;
		++*calls;
	} while (arg.more);
	guard_free(buf);
	return all;
}

static void forget_age(void *buf, size_t size)
{
	struct rtm_route_rec *rec;

	for_each_record(rec, buf, size)
		rec->age_ms = 0;
}

/* However it is cut, a dump is the same. */
TEST_F(dump, pieces)
{
	char *small, *large;
	size_t size, whole;
	unsigned int i, j, calls;
	char text[32];
	__u64 nh, e;

	put_many(_metadata, self->fd, self->rip, 400);
	put_many(_metadata, self->fd, self->ospf, 300);
	for (i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "192.0.%u.%u", i / 100, i % 100);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, text, i % 7, &nh));
		ASSERT_EQ(0, dev_register_in(self->fd, i % 3, AF_INET, PROTO_BGP, i, 0, &e));
	}
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	for (i = 0; i < 4; i++) {
		large = in_pieces(_metadata, self->fd, dumps[i], 0, "0.0.0.0/0",
				  RTM_DUMP_MAX_BUF, &whole, &calls);
		EXPECT_EQ(1, calls);
		for (j = 0; j < 4; j++) {
			small = in_pieces(_metadata, self->fd, dumps[i], 0, "0.0.0.0/0",
					  BUF + j * 1000, &size, &calls);
			EXPECT_LT(1, calls);
			if (dumps[i] == RTM_IOC_DUMP_ROUTES) {
				forget_age(small, size);
				forget_age(large, whole);
			}
			EXPECT_EQ(whole, size);
			EXPECT_EQ(0, memcmp(large, small, whole))
				TH_LOG("command %#lx in pieces of %u", dumps[i], BUF + j * 1000);
			free(small);
		}
		free(large);
	}
}

/* One destination with more routes than a buffer takes. */
TEST_F(dump, pieces_of_a_destination)
{
	struct rtm_route_rec *rec;
	struct rtm_add_route arg;
	unsigned int calls, i, n = 0;
	size_t size;
	char *all;

	for (i = 0; i < 200; i++) {
		route_arg(&arg, self->rip, "10.0.0.0/8", self->nh, 2);
		arg.flags = RTM_REQ_NO_HANDLE;
		arg.change = RTM_RC_NEW;
		arg.attrs.cookie = i;
		/* ranks that repeat: the order within one is that of age */
		arg.attrs.metric = i / 50;
		ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	}
	put(_metadata, self->fd, self->rip, "11.0.0.0/8", 0, 1);
	all = in_pieces(_metadata, self->fd, RTM_IOC_DUMP_ROUTES, RTM_DUMP_EXACT, "10.0.0.0/8",
			BUF, &size, &calls);
	EXPECT_LT(3, calls);
	for_each_record(rec, all, size)
		EXPECT_EQ(n++, rec->attrs.cookie);
	EXPECT_EQ(200, n);
	free(all);
}

/* What the cursor stands on may be gone when the dump goes on. */
TEST_F(dump, cursor_on_deleted)
{
	struct rtm_dest_rec *rec, last = {};
	struct rtm_dump arg;
	char text[32];
	unsigned int seen = 0, removed = 0;

	put_many(_metadata, self->fd, self->rip, 300);
	dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
	do {
		arg.buf_size = BUF;
		ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_DUMP_DESTS, &arg));
		for_each_record(rec, self->buf, arg.buf_size) {
			last = *rec;
			seen++;
		}
		if (!arg.more)
			break;
		/* the one it stands on, and the one after it */
		snprintf(text, sizeof(text), "10.%u.%u.0/24", last.prefix.addr[1],
			 last.prefix.addr[2]);
		ASSERT_EQ(0, dev_delete_key(self->fd, self->rip, text, 0, NULL));
		snprintf(text, sizeof(text), "10.%u.%u.0/24",
			 last.prefix.addr[1] + (last.prefix.addr[2] == 255),
			 (last.prefix.addr[2] + 1) % 256);
		ASSERT_EQ(0, dev_delete_key(self->fd, self->rip, text, 0, NULL));
		ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
		removed++;
	} while (arg.more);
	EXPECT_LT(2, removed);
	EXPECT_EQ(300 - removed, seen);
}

/*
 * Cursors
 */

static void cursor_scene(struct __test_metadata *_metadata, FIXTURE_DATA(dump) *self)
{
	char text[32];
	int i;
	__u64 nh, e, dest;

	put_many(_metadata, self->fd, self->rip, 120);
	put_many(_metadata, self->fd, self->ospf, 120);
	/* a table has few listeners at most */
	for (i = 0; i < 96; i++) {
		ASSERT_EQ(0, dev_register_in(self->fd, 10 + i % 8, AF_INET, PROTO_BGP, i, 0, &e));
		ASSERT_EQ(0, dev_notify(self->fd, e, RTM_CT_ALL, 0, &nh));
	}
	for (i = 0; i < 150; i++) {
		snprintf(text, sizeof(text), "192.0.%d.%d", i / 100, i % 100);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->rip, text, i % 7, &nh));
		ASSERT_EQ(0, dev_register_in(self->fd, i % 3, AF_INET, PROTO_BGP, i, 0, &e));
		snprintf(text, sizeof(text), "10.0.%d.0/24", i % 120);
		if (i >= 120)
			continue;
		dest = dev_dest(self->fd, self->rip, text);
		ASSERT_EQ(0, dev_lock(self->fd, self->rip, dest, 0));
	}
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
}

/* From a cursor the kernel never gave: an error, or a dump that comes to an end. */
static void expect_end(struct __test_metadata *_metadata, FIXTURE_DATA(dump) *self,
		       unsigned long cmd, const __u64 *cursor)
{
	unsigned int calls = 0;
	struct rtm_dump arg;
	int err;

	dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
	memcpy(arg.cursor, cursor, sizeof(arg.cursor));
	do {
		arg.buf_size = BUF;
		err = dev_call(self->fd, cmd, &arg);
		ASSERT_TRUE(!err || err == -EINVAL)
			TH_LOG("command %#lx: %d", cmd, err);
		ASSERT_TRUE(guard_ok(self->buf));
		ASSERT_GT(100, ++calls)
			TH_LOG("command %#lx: no end, %u records at last", cmd, arg.count);
	} while (!err && arg.more);
}

TEST_F(dump, forged_cursors)
{
	struct rtm_dump arg;
	__u64 good[5], bad[5];
	unsigned int i, j, bit;

	cursor_scene(_metadata, self);
	srand(42);
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
		ASSERT_EQ(0, dev_call(self->fd, dumps[i], &arg));
		ASSERT_EQ(1, arg.more)
			TH_LOG("command %#lx", dumps[i]);
		memcpy(good, arg.cursor, sizeof(good));
		for (bit = 0; bit < 64 * 5; bit++) {
			memcpy(bad, good, sizeof(bad));
			bad[bit / 64] ^= 1ull << bit % 64;
			expect_end(_metadata, self, dumps[i], bad);
		}
		for (j = 0; j < 50; j++) {
			for (bit = 0; bit < sizeof(bad); bit++)
				((unsigned char *)bad)[bit] = rand() % 3 ? 0 : rand();
			expect_end(_metadata, self, dumps[i], bad);
		}
		memset(bad, 0xff, sizeof(bad));
		dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
		memcpy(arg.cursor, bad, sizeof(bad));
		EXPECT_EQ(-EINVAL, dev_call(self->fd, dumps[i], &arg))
			TH_LOG("command %#lx", dumps[i]);
	}
}

/* A cursor of one kind of dump means nothing in another, but it does no harm. */
TEST_F(dump, cursors_of_others)
{
	struct rtm_dump arg;
	unsigned int i, j;

	cursor_scene(_metadata, self);
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		dump_arg(&arg, 0, "0.0.0.0/0", 0, self->buf, BUF);
		ASSERT_EQ(0, dev_call(self->fd, dumps[i], &arg));
		for (j = 0; j < ARRAY_SIZE(dumps); j++)
			expect_end(_metadata, self, dumps[j], (__u64 *)arg.cursor);
	}
}

/*
 * Namespaces
 */

TEST_F(dump, other_namespace)
{
	unsigned int count, i;
	size_t size;
	void *buf;
	int fd;

	put_many(_metadata, self->fd, self->rip, 10);
	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	fd = dev_open(O_RDONLY);
	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		buf = dev_dump(fd, dumps[i], 0, "0.0.0.0/0", 0, &size, &count);
		ASSERT_NE(NULL, buf);
		EXPECT_EQ(0, count);
		free(buf);
		/* the file opened before still shows where it was opened */
		buf = dev_dump(self->fd, dumps[i], 0, "0.0.0.0/0", 0, &size, &count);
		ASSERT_NE(NULL, buf);
		EXPECT_EQ(dumps[i] == RTM_IOC_DUMP_LOCKS || dumps[i] == RTM_IOC_DUMP_NOTIFIES,
			  !count);
		free(buf);
	}
	expect_clean(_metadata, fd, 1);
	close(fd);
}

/* Who is in another pid namespace has no number there. */
TEST_F(dump, other_pid_namespace)
{
	struct rtm_entity_rec *rec;
	unsigned int count;
	size_t size;
	pid_t child;
	int status;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		rec = dev_dump(self->fd, RTM_IOC_DUMP_ENTITIES, 0, "0.0.0.0/0", 0, &size,
			       &count);
		_exit(!rec || count != 3 || rec[0].pid != 0 || rec[0].registered != 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

/*
 * While others change the table
 */

#define STABLE	300

struct changer {
	int fd;
	__u64 entity;
	__u64 nh[2];
	volatile bool stop;
	unsigned long rounds;
};

/* Adds and removes what lies between the stable ones, and candidates beside them. */
static void *change(void *arg)
{
	struct changer *c = arg;
	struct rtm_add_route add;
	char text[32];
	int i;

	while (!c->stop) {
		i = rand() % STABLE;
		snprintf(text, sizeof(text), "10.%d.%d.0/25", i / 256, i % 256);
		route_arg(&add, c->entity, text, NULL, 0);
		add.flags = RTM_REQ_NO_HANDLE;
		dev_add_route(c->fd, &add);
		snprintf(text, sizeof(text), "10.%d.%d.0/24", i / 256, i % 256);
		route_arg(&add, c->entity, text, c->nh, rand() % 3);
		add.flags = RTM_REQ_NO_HANDLE;
		add.attrs.metric = rand() % 20;
		dev_add_route(c->fd, &add);
		i = rand() % STABLE;
		snprintf(text, sizeof(text), "10.%d.%d.0/%d", i / 256, i % 256, 24 + rand() % 2);
		dev_delete_key(c->fd, c->entity, text, 0, NULL);
		c->rounds++;
	}
	return NULL;
}

/* Each stable one once and in order; NUMBER counts them. */
static void expect_stable(struct __test_metadata *_metadata, const struct rtm_net_prefix *p,
			  unsigned int *number)
{
	unsigned int i;

	if (p->len != 24)
		return;
	i = p->addr[1] << 8 | p->addr[2];
	ASSERT_EQ(*number, i);
	++*number;
}

TEST_F(dump, while_changing)
{
	struct changer c = { .fd = self->fd };
	unsigned int count, n, rounds;
	struct rtm_route_rec *route;
	struct rtm_dest_rec *dest;
	pthread_t thread;
	size_t size;
	void *buf;

	put_many(_metadata, self->fd, self->rip, STABLE);
	c.entity = self->ospf;
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, "192.0.2.8", 1, &c.nh[0]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->ospf, "192.0.2.9", 1, &c.nh[1]));
	ASSERT_EQ(0, pthread_create(&thread, NULL, change, &c));
	for (rounds = 0; rounds < 20; rounds++) {
		buf = dev_dump(self->fd, RTM_IOC_DUMP_DESTS, 0, "0.0.0.0/0", 0, &size, &count);
		ASSERT_NE(NULL, buf);
		n = 0;
		for_each_record(dest, buf, size)
			expect_stable(_metadata, &dest->prefix, &n);
		EXPECT_EQ(STABLE, n);
		free(buf);

		buf = dev_dump(self->fd, RTM_IOC_DUMP_ROUTES, 0, "0.0.0.0/0", 0, &size, &count);
		ASSERT_NE(NULL, buf);
		n = 0;
		for_each_record(route, buf, size)
			if (route->owner.protocol == PROTO_RIP)
				expect_stable(_metadata, &route->dest, &n);
		EXPECT_EQ(STABLE, n);
		free(buf);
	}
	c.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_LT(0, c.rounds);
}

TEST_HARNESS_MAIN
