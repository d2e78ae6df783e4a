// SPDX-License-Identifier: GPL-2.0-only
/*
 * Next hops: add, find, describe, delete, and what routes do with deleted ones.
 *
 * How this file works: two entities of one table in one file, and an entity of IPv6
 * beside them.  Every test first tries what is wrong and looks whether the next hop is
 * as it was.
 */
#include "rtm_test.h"

FIXTURE(nexthop) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 six;
	__u64 nh;
};

FIXTURE_SETUP(nexthop)
{
	struct rtm_nexthop_req arg;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &self->other));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &self->six));
	nexthop_arg(&arg, self->e, "192.0.2.1", 3);
	arg.attrs.cookie = 0x1122334455667788;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	EXPECT_EQ(RTM_RC_NEW, arg.change);
	self->nh = arg.nexthop;
}

FIXTURE_TEARDOWN(nexthop)
{
	env_clean(_metadata, &self->env);
}

static struct rtm_get_stats stats(struct __test_metadata *_metadata, int fd)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(fd, &s));
	return s;
}

/* The next hop of the fixture is as it was made, and it is the only one. */
static void expect_untouched(struct __test_metadata *_metadata, FIXTURE_DATA(nexthop) *self)
{
	struct rtm_nexthop_req arg;

	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 3, &arg));
	EXPECT_EQ(self->nh, arg.nexthop);
	EXPECT_EQ(0x1122334455667788, arg.attrs.cookie);
	EXPECT_EQ(0, arg.attrs.flags);
	EXPECT_EQ(RTM_STATE_CREATED, arg.attrs.state);
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.nexthop));
	EXPECT_EQ(1, stats(_metadata, self->fd).nexthops);
	EXPECT_EQ(4, stats(_metadata, self->fd).handles);
}

TEST_F(nexthop, add_wrong)
{
	struct rtm_nexthop_req arg;
	unsigned int bit;
	__u64 nh;

	EXPECT_EQ(-EINVAL, dev_add_nexthop(self->fd, self->e, "2001:db8::1", 3, &nh));
	EXPECT_EQ(-EINVAL, dev_add_nexthop(self->fd, self->six, "192.0.2.1", 3, &nh));
	EXPECT_EQ(-EINVAL, dev_add_nexthop(self->fd, self->e, "192.0.2.1/33", 3, &nh));
	EXPECT_EQ(-EINVAL, dev_add_nexthop(self->fd, self->six, "2001:db8::1/129", 3, &nh));
	nexthop_arg(&arg, self->e, "192.0.2.2", 3);
	arg.attrs.addr.family = 0;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	for (bit = 0; bit < 16; bit++) {
		nexthop_arg(&arg, self->e, "192.0.2.1", 3);
		arg.attrs.flags = 1u << bit;
		if (arg.attrs.flags & (RTM_NHF_REMOTE | RTM_NHF_DOWN))
			continue;
		EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	}
	expect_untouched(_metadata, self);
}

TEST_F(nexthop, add_again_updates)
{
	struct rtm_nexthop_req arg;

	nexthop_arg(&arg, self->e, "192.0.2.1", 3);
	arg.attrs.flags = RTM_NHF_DOWN;
	arg.attrs.cookie = 5;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	EXPECT_EQ(self->nh, arg.nexthop);
	EXPECT_EQ(0, arg.change);
	EXPECT_EQ(1, stats(_metadata, self->fd).nexthops);
	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 3, &arg));
	EXPECT_EQ(RTM_NHF_DOWN, arg.attrs.flags);
	EXPECT_EQ(5, arg.attrs.cookie);
	/* add, add, find: three references */
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(1, stats(_metadata, self->fd).nexthops);
}

/* Address, its length, interface and owner make the difference. */
TEST_F(nexthop, key)
{
	__u64 interface, address, length, remote, owner, same;
	struct rtm_nexthop_req arg;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 4, &interface));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 3, &address));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1/24", 3, &length));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 0, &remote));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->other, "192.0.2.1", 3, &owner));
	EXPECT_EQ(6, stats(_metadata, self->fd).nexthops);
	/* bits beyond the length are no part of it */
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.77/24", 3, &same));
	EXPECT_EQ(length, same);
	EXPECT_EQ(6, stats(_metadata, self->fd).nexthops);
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, length, &arg));
	EXPECT_TRUE(prefix_is(&arg.attrs.addr, "192.0.2.0/24"));
	EXPECT_NE(self->nh, interface);
	EXPECT_NE(self->nh, address);
	EXPECT_NE(self->nh, remote);
	EXPECT_NE(self->nh, owner);
}

TEST_F(nexthop, ipv6)
{
	struct rtm_nexthop_req arg;
	__u64 nh, any;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->six, "fe80::1", 2, &nh));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->six, "::", 2, &any));
	EXPECT_NE(nh, any);
	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->six, "fe80::1", 2, &arg));
	EXPECT_EQ(nh, arg.nexthop);
	EXPECT_TRUE(prefix_is(&arg.attrs.addr, "fe80::1"));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->six, "fe80::1", 3, &arg));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->six, "fe80::2", 2, &arg));
}

TEST_F(nexthop, no_handle)
{
	struct rtm_nexthop_req arg;

	nexthop_arg(&arg, self->e, "192.0.2.9", 3);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	EXPECT_EQ(RTM_RC_NEW, arg.change);
	EXPECT_EQ(0, arg.nexthop);
	EXPECT_EQ(2, stats(_metadata, self->fd).nexthops);
	EXPECT_EQ(4, stats(_metadata, self->fd).handles);
	nexthop_arg(&arg, self->e, "192.0.2.9", 3);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_FIND_NEXTHOP, &arg));
	EXPECT_EQ(0, arg.nexthop);
	EXPECT_EQ(RTM_STATE_CREATED, arg.attrs.state);
	EXPECT_EQ(4, stats(_metadata, self->fd).handles);
}

/*
 * Update by handle
 */

static int update(int fd, __u64 entity, __u64 nh, const char *addr, __u32 ifindex)
{
	struct rtm_nexthop_req arg;
	int err;

	nexthop_arg(&arg, entity, addr, ifindex);
	arg.nexthop = nh;
	arg.attrs.cookie = 99;
	arg.attrs.flags = RTM_NHF_REMOTE;
	err = dev_call(fd, RTM_IOC_ADD_NEXTHOP, &arg);
	return err ? err : arg.change || arg.nexthop != nh;
}

TEST_F(nexthop, update_wrong)
{
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, self->nh, "192.0.2.2", 3));
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, self->nh, "192.0.2.1", 4));
	EXPECT_EQ(-EINVAL, update(self->fd, self->e, self->nh, "192.0.2.1/31", 3));
	EXPECT_EQ(-EACCES, update(self->fd, self->other, self->nh, "192.0.2.1", 3));
	EXPECT_EQ(-EBADF, update(self->fd, self->e, self->nh ^ 1ull << 32, "192.0.2.1", 3));
	expect_untouched(_metadata, self);
}

TEST_F(nexthop, update)
{
	struct rtm_nexthop_req arg;

	ASSERT_EQ(0, update(self->fd, self->e, self->nh, "192.0.2.1", 3));
	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 3, &arg));
	EXPECT_EQ(99, arg.attrs.cookie);
	EXPECT_EQ(RTM_NHF_REMOTE, arg.attrs.flags);
	/* an update is no delivery: one of the fixture, one of find */
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->nh));
}

TEST_F(nexthop, update_deleted)
{
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_NEXTHOP, &self->nh, 1));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->e, self->nh));
	EXPECT_EQ(-ESTALE, update(self->fd, self->e, self->nh, "192.0.2.1", 3));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(-EBADF, update(self->fd, self->e, self->nh, "192.0.2.1", 3));
	EXPECT_EQ(0, stats(_metadata, self->fd).nexthops);
}

/*
 * Find and describe
 */

TEST_F(nexthop, find_wrong)
{
	struct rtm_nexthop_req arg;

	EXPECT_EQ(-EINVAL, dev_find_nexthop(self->fd, self->e, "2001:db8::1", 3, &arg));
	EXPECT_EQ(-EINVAL, dev_find_nexthop(self->fd, self->e, "192.0.2.1/40", 3, &arg));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->e, "192.0.2.2", 3, &arg));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 0, &arg));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->e, "192.0.2.1/31", 3, &arg));
	/* everybody finds one's own only */
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->other, "192.0.2.1", 3, &arg));
	expect_untouched(_metadata, self);
}

TEST_F(nexthop, find)
{
	struct rtm_nexthop_req arg;

	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 3, &arg));
	EXPECT_EQ(self->nh, arg.nexthop);
	EXPECT_TRUE(prefix_is(&arg.attrs.addr, "192.0.2.1"));
	EXPECT_EQ(3, arg.attrs.ifindex);
	/* find tells no handles but that of the next hop */
	EXPECT_EQ(0, arg.attrs.owner);
	EXPECT_EQ(0, arg.attrs.remote_dest);
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.nexthop));
	EXPECT_EQ(4, stats(_metadata, self->fd).handles);
}

TEST_F(nexthop, info)
{
	struct rtm_nexthop_req arg;
	__u64 route, dest, nh;

	ASSERT_EQ(0, dev_route(self->fd, self->other, "203.0.113.0/24", 0, 1, &route));
	dest = dev_dest(self->fd, self->e, "203.0.113.0/24");
	nexthop_arg(&arg, self->e, "203.0.113.1", 0);
	arg.attrs.flags = RTM_NHF_REMOTE | RTM_NHF_DOWN;
	arg.attrs.remote_dest = dest;
	arg.attrs.cookie = ~0ull;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	nh = arg.nexthop;
	/* one reference of the query above; the next hop keeps the destination itself */
	EXPECT_EQ(0, dev_release(self->fd, self->e, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, dest));

	/* anybody of the table may look */
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->other, nh, &arg));
	EXPECT_TRUE(prefix_is(&arg.attrs.addr, "203.0.113.1"));
	EXPECT_EQ(0, arg.attrs.ifindex);
	EXPECT_EQ(RTM_NHF_REMOTE | RTM_NHF_DOWN, arg.attrs.flags);
	EXPECT_EQ(~0ull, arg.attrs.cookie);
	EXPECT_EQ(RTM_STATE_CREATED, arg.attrs.state);
	EXPECT_EQ(self->e, arg.attrs.owner);
	EXPECT_EQ(RTM_HANDLE_DEST, RTM_HANDLE_TYPE(arg.attrs.remote_dest));
	EXPECT_EQ(nh, arg.nexthop);
	EXPECT_EQ(0, dev_release(self->fd, self->other, arg.attrs.owner));
	EXPECT_EQ(0, dev_release(self->fd, self->other, arg.attrs.remote_dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->other, arg.attrs.remote_dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->other, arg.attrs.owner));
}

/* A remote destination lives as long as the next hop says it is there. */
TEST_F(nexthop, remote_dest_is_kept)
{
	struct rtm_nexthop_req arg;
	struct rtm_dest_rec rec;
	__u64 route, nh;

	ASSERT_EQ(0, dev_route(self->fd, self->other, "203.0.113.0/24", 0, 1, &route));
	nexthop_arg(&arg, self->e, "203.0.113.1", 0);
	arg.attrs.remote_dest = dev_dest(self->fd, self->e, "203.0.113.0/24");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	nh = arg.nexthop;
	ASSERT_EQ(0, dev_release(self->fd, self->e, arg.attrs.remote_dest));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->other, route, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(dev_dest_rec(self->fd, "203.0.113.0/24", &rec));
	EXPECT_EQ(0, rec.n_routes);
	/* an update without it lets go */
	nexthop_arg(&arg, self->e, "203.0.113.1", 0);
	arg.nexthop = nh;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
	EXPECT_TRUE(wait_until(!dev_dest_rec(self->fd, "203.0.113.0/24", &rec)));
}

/*
 * Delete
 */

static int delete_key(int fd, __u64 entity, const char *addr, __u32 ifindex)
{
	struct rtm_nexthop_req arg;

	nexthop_arg(&arg, entity, addr, ifindex);
	return dev_call(fd, RTM_IOC_DELETE_NEXTHOP, &arg);
}

TEST_F(nexthop, delete_wrong)
{
	struct rtm_nexthop_req arg;

	EXPECT_EQ(-EACCES, dev_delete_nexthop(self->fd, self->other, self->nh));
	EXPECT_EQ(-EBADF, dev_delete_nexthop(self->fd, self->e, self->nh + 5));
	EXPECT_EQ(-ENOENT, delete_key(self->fd, self->e, "192.0.2.1", 4));
	EXPECT_EQ(-ENOENT, delete_key(self->fd, self->e, "192.0.2.2", 3));
	EXPECT_EQ(-ENOENT, delete_key(self->fd, self->other, "192.0.2.1", 3));
	EXPECT_EQ(-EINVAL, delete_key(self->fd, self->e, "192.0.2.1/33", 3));
	EXPECT_EQ(-EINVAL, delete_key(self->fd, self->e, "2001:db8::1", 3));
	nexthop_arg(&arg, self->e, "192.0.2.1", 3);
	arg.attrs.addr.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_DELETE_NEXTHOP, &arg));
	expect_untouched(_metadata, self);
}

TEST_F(nexthop, delete_consumes)
{
	struct rtm_nexthop_req arg;

	/* somebody else's failure does not */
	EXPECT_EQ(-EACCES, dev_delete_nexthop(self->fd, self->other, self->nh));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_NEXTHOP, &self->nh, 1));
	EXPECT_EQ(0, dev_delete_nexthop(self->fd, self->e, self->nh));
	/* still readable through the other reference, and a second delete takes none */
	EXPECT_EQ(-ESTALE, dev_delete_nexthop(self->fd, self->e, self->nh));
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, self->nh, &arg));
	EXPECT_EQ(RTM_STATE_DELETED, arg.attrs.state);
	EXPECT_EQ(0x1122334455667788, arg.attrs.cookie);
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.attrs.owner));
	EXPECT_EQ(-ENOENT, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 3, &arg));
	EXPECT_EQ(1, stats(_metadata, self->fd).nexthops);
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(-EBADF, dev_delete_nexthop(self->fd, self->e, self->nh));
	EXPECT_EQ(0, stats(_metadata, self->fd).nexthops);
}

TEST_F(nexthop, delete_by_key)
{
	struct rtm_nexthop_req arg;

	EXPECT_EQ(0, delete_key(self->fd, self->e, "192.0.2.1", 3));
	EXPECT_EQ(-ENOENT, delete_key(self->fd, self->e, "192.0.2.1", 3));
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, self->nh, &arg));
	EXPECT_EQ(RTM_STATE_DELETED, arg.attrs.state);
	/* a delete by key takes no reference away */
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->nh));
}

/* The same key again is another next hop. */
TEST_F(nexthop, delete_and_add_again)
{
	struct rtm_nexthop_req arg;
	__u64 second;

	ASSERT_EQ(0, delete_key(self->fd, self->e, "192.0.2.1", 3));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 3, &second));
	EXPECT_NE(self->nh, second);
	EXPECT_EQ(2, stats(_metadata, self->fd).nexthops);
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, self->nh, &arg));
	EXPECT_EQ(RTM_STATE_DELETED, arg.attrs.state);
	EXPECT_EQ(-ESTALE, dev_delete_nexthop(self->fd, self->e, self->nh));
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, second, &arg));
	EXPECT_EQ(RTM_STATE_CREATED, arg.attrs.state);
}

/* Routes go on with a deleted next hop; new ones cannot begin with it. */
TEST_F(nexthop, deleted_in_use)
{
	struct rtm_get_route_info info;
	struct rtm_nexthop_req nh;
	struct rtm_add_route add;
	__u64 route, hops[2];

	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/8", self->nh, 1, &route));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_NEXTHOP, &self->nh, 1));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->e, self->nh));
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, route, hops, 2, &info));
	EXPECT_EQ(1, info.attrs.n_nexthops);
	EXPECT_EQ(self->nh, hops[0]);
	EXPECT_EQ(RTM_STATE_CREATED, info.attrs.state);
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, hops[0], &nh));
	EXPECT_EQ(RTM_STATE_DELETED, nh.attrs.state);

	route_arg(&add, self->e, "10.1.0.0/16", &self->nh, 1);
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &add));
	route_arg(&add, self->e, "10.1.0.0/16", NULL, 0);
	add.attrs.neighbour = self->nh;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &add));
	route_arg(&add, self->e, "10.0.0.0/8", &self->nh, 1);
	add.route = route;
	EXPECT_EQ(-EBADF, dev_add_route(self->fd, &add));
	EXPECT_EQ(1, stats(_metadata, self->fd).routes);
	EXPECT_EQ(1, stats(_metadata, self->fd).dests);
	/* it goes with the last route that has it */
	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_NEXTHOP, hops, 1, NULL));
	EXPECT_EQ(0, dev_release(self->fd, self->e, self->nh));
	route_arg(&add, self->e, "10.0.0.0/8", NULL, 0);
	add.route = route;
	ASSERT_EQ(0, dev_add_route(self->fd, &add));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(!stats(_metadata, self->fd).nexthops));
}

TEST_F(nexthop, many_in_order)
{
	struct rtm_nexthop_rec *rec, *last = NULL;
	unsigned int count, n = 0;
	struct rtm_nexthop_req arg;
	char text[32];
	size_t size;
	void *buf;
	int i;

	/* 37 has no common divisor with 1000: all of them, in no order */
	for (i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.0.%d.%d", i * 37 % 1000 / 250,
			 i * 37 % 1000 % 250);
		nexthop_arg(&arg, self->other, text, 1 + i % 3);
		arg.flags = RTM_REQ_NO_HANDLE;
		ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &arg));
		ASSERT_EQ(RTM_RC_NEW, arg.change);
	}
	buf = dev_dump(self->fd, RTM_IOC_DUMP_NEXTHOPS, 0, "0.0.0.0/0", 0, &size, &count);
	ASSERT_NE(NULL, buf);
	EXPECT_EQ(1001, count);
	for_each_record(rec, buf, size) {
		if (rec->owner.protocol != PROTO_OSPF)
			continue;
		if (last)
			EXPECT_GT(0, memcmp(last->addr.addr, rec->addr.addr, 16));
		last = rec;
		n++;
	}
	EXPECT_EQ(1000, n);
	free(buf);
}

TEST_HARNESS_MAIN
