// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enumerations of destinations, routes and next hops, and RTM_IOC_GET_EXACT_ROUTE.
 *
 * How this file works: two entities share a table of some nested prefixes.  walk()
 * fetches all of an enumeration, a few items at a time, and writes what it saw as text,
 * which the tests compare with what they expect; references are given back on the way.
 */
#include <pthread.h>
#include <stddef.h>

#include "rtm_enum_test.h"

#define TEXT	512
#define FOREIGN	9

#define OUTER_ROUTES	"0.0.0.0/0:10 10.0.0.0/8:10 "
#define INNER_ROUTES	"10.1.0.0/16:5 10.1.0.0/16:10 10.1.2.0/24:5 "
#define ALL_ROUTES	OUTER_ROUTES INNER_ROUTES "11.0.0.0/8:5 224.0.0.0/4:1"

FIXTURE(enum) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 nh[4];
	__u64 foreign;
	__u64 route;
};

static void add(struct __test_metadata *_metadata, int fd, __u64 entity, const char *dest,
		const __u64 *nexthops, __u32 n, __u32 metric, __u32 views, __u64 *route)
{
	struct rtm_add_route arg;

	route_arg(&arg, entity, dest, nexthops, n);
	arg.attrs.metric = metric;
	arg.attrs.views = views;
	ASSERT_EQ(0, dev_add_route(fd, &arg));
	if (route)
		*route = arg.route;
	else
		ASSERT_EQ(0, dev_release(fd, entity, arg.route));
}

/* The other entity has routes to 10.1/16, where it is best, 10.1.2/24 and 11/8. */
FIXTURE_SETUP(enum)
{
	static const char * const hops[] = { "192.0.2.1", "192.0.2.2", "192.0.3.1", "192.0.2.1" };
	unsigned int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_BGP, 1, 0, &self->other));
	for (i = 0; i < ARRAY_SIZE(hops); i++)
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, hops[i], i == 3 ? 2 : 1,
					     &self->nh[i]));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->other, "192.0.2.1", 1, &self->foreign));
	add(_metadata, self->fd, self->e, "0.0.0.0/0", NULL, 0, 10, RTM_V_UCAST, NULL);
	add(_metadata, self->fd, self->e, "10.0.0.0/8", self->nh, 1, 10, RTM_V_SUPPORTED, NULL);
	add(_metadata, self->fd, self->e, "10.1.0.0/16", self->nh, 2, 10, RTM_V_UCAST,
	    &self->route);
	add(_metadata, self->fd, self->other, "10.1.0.0/16", &self->foreign, 1, 5, RTM_V_UCAST,
	    NULL);
	add(_metadata, self->fd, self->other, "10.1.2.0/24", &self->foreign, 1, 5, RTM_V_MCAST,
	    NULL);
	add(_metadata, self->fd, self->other, "11.0.0.0/8", &self->foreign, 1, 5, RTM_V_UCAST,
	    NULL);
	add(_metadata, self->fd, self->e, "224.0.0.0/4", NULL, 0, 1, 0, NULL);
}

FIXTURE_TEARDOWN(enum)
{
	env_clean(_metadata, &self->env);
}

static void say(char *text, const struct rtm_net_prefix *p)
{
	char addr[64];

	inet_ntop(p->family, p->addr, addr, sizeof(addr));
	snprintf(text + strlen(text), TEXT - strlen(text), "%s%s/%u", *text ? " " : "", addr,
		 p->len);
}

static int say_dest(int fd, __u64 entity, const struct rtm_dest_item *item, char *text)
{
	unsigned int i, bad;

	say(text, &item->prefix);
	bad = !!dev_release(fd, entity, item->dest);
	for (i = 0; i < item->n_views; i++) {
		if (!item->views[i].route)
			continue;
		bad += !!dev_release(fd, entity, item->views[i].route);
		bad += !!dev_release(fd, entity, item->views[i].owner);
	}
	return bad;
}

static int say_route(int fd, __u64 entity, __u64 route, char *text)
{
	struct rtm_get_route_info info;
	__u64 nexthops[RTM_MAX_NEXTHOPS];
	__u32 n;
	int bad;

	bad = !!dev_route_info(fd, entity, route, nexthops, RTM_MAX_NEXTHOPS, &info);
	say(text, &info.prefix);
	snprintf(text + strlen(text), TEXT - strlen(text), ":%u", info.attrs.metric);
	n = release_route_info(fd, &info);
	bad += n != 2 + !!info.attrs.neighbour + info.attrs.n_nexthops;
	return bad + !!dev_release(fd, entity, route);
}

static int say_nexthop(int fd, __u64 entity, __u64 nexthop, char *text)
{
	struct rtm_nexthop_req arg;
	int bad;

	bad = !!dev_nexthop_info(fd, entity, nexthop, &arg);
	say(text, &arg.attrs.addr);
	snprintf(text + strlen(text), TEXT - strlen(text), "%%%u", arg.attrs.ifindex);
	bad += !!dev_release(fd, entity, arg.attrs.owner);
	return bad + !!dev_release(fd, entity, nexthop);
}

/* Items of a call; negative when a reference could not be given back, or the errno. */
static int few(int fd, unsigned long cmd, __u64 entity, __u64 handle, __u32 room, __u32 size,
	       char *text)
{
	void *items = guard_alloc(room * size);
	int i, n, bad = 0;

	n = dev_get_enum(fd, cmd, entity, handle, items, room, size);
	for (i = 0; i < n; i++) {
		__u64 id = ((__u64 *)items)[i];

		if (cmd == RTM_IOC_GET_ENUM_DESTS)
			bad += say_dest(fd, entity, (void *)((char *)items + i * size), text);
		else if (cmd == RTM_IOC_GET_ENUM_NEXTHOPS)
			bad += say_nexthop(fd, entity, id, text);
		else
			bad += say_route(fd, entity, id, text);
	}
	guard_free(items);
	return bad ? -bad - 1000 : n;
}

/* All that an enumeration reports, ROOM at a time. */
static const char *walk(struct __test_metadata *_metadata, FIXTURE_DATA(enum) *self,
			unsigned long create, struct rtm_create_enum *arg, __u32 room)
{
	unsigned long get = create - RTM_IOC_CREATE_DEST_ENUM + RTM_IOC_GET_ENUM_DESTS;
	static char text[TEXT];
	__u64 handle = 0;
	int n;

	*text = 0;
	EXPECT_EQ(0, dev_create_enum(self->fd, create, arg, &handle));
	do {
		n = few(self->fd, get, arg->entity, handle, room, arg->item_size, text);
		EXPECT_LE(0, n);
	} while (n > 0);
	/* and that is the end, however often one asks */
	EXPECT_EQ(0, few(self->fd, get, arg->entity, handle, room, arg->item_size, text));
	EXPECT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, arg->entity, handle));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, arg->entity, handle));
	return text;
}

#define EXPECT_WALK(_text, _cmd, _arg, _room)						\
	EXPECT_STREQ(_text, walk(_metadata, self, RTM_IOC_CREATE_##_cmd, _arg, _room))

/*
 * What must not be
 */

/**
 * struct wrong - a member that is wrong in an argument that is right
 * @err: what comes of it
 * @at: offset of the member
 * @size: its size
 * @value: what it is set to
 */
struct wrong {
	int err;
	size_t at;
	size_t size;
	__u64 value;
};

#define WRONG(_err, _struct, _member, _value)						\
	{ _err, offsetof(struct _struct, _member),					\
	  sizeof(((struct _struct *)0)->_member), _value }

static void try_wrong(struct __test_metadata *_metadata, int fd, unsigned long cmd,
		      const void *right, size_t size, const struct wrong *wrong, size_t n)
{
	unsigned char arg[ARG_MAX_BYTES];
	size_t i;

	for (i = 0; i < n; i++) {
		memcpy(arg, right, size);
		memcpy(arg + wrong[i].at, &wrong[i].value, wrong[i].size);
		EXPECT_EQ(-wrong[i].err, dev_call(fd, cmd, arg))
			TH_LOG("case %zu", i);
	}
}

TEST_F(enum, create_wrong)
{
	const struct wrong all[] = {
		WRONG(EOPNOTSUPP, rtm_create_enum, flags, 1),
		WRONG(EBADF, rtm_create_enum, entity, 0),
		WRONG(EBADF, rtm_create_enum, entity, self->nh[0]),
		WRONG(EINVAL, rtm_create_enum, where, 3),
		WRONG(EINVAL, rtm_create_enum, own, 2),
		WRONG(EINVAL, rtm_create_enum, views, 4),
		WRONG(EINVAL, rtm_create_enum, prefix.len, 33),
		WRONG(EINVAL, rtm_create_enum, prefix.family, AF_INET6),
		WRONG(EINVAL, rtm_create_enum, prefix.pad, 1),
		WRONG(EINVAL, rtm_create_enum, pad, 1),
		WRONG(EINVAL, rtm_create_enum, match.pad, 1),
		WRONG(EBADF, rtm_create_enum, dest, self->route),
	};
	const struct wrong dests[] = {
		WRONG(EINVAL, rtm_create_enum, dest, dev_dest(self->fd, self->e, "10.0.0.0/8")),
		WRONG(EINVAL, rtm_create_enum, match.metric, 1),
	};
	const struct wrong hops[] = {
		WRONG(EINVAL, rtm_create_enum, own, 1),
		WRONG(EINVAL, rtm_create_enum, views, 1),
		WRONG(EINVAL, rtm_create_enum, protocol, 1),
		WRONG(EINVAL, rtm_create_enum, where, 3),
	};
	struct rtm_create_enum arg;
	struct rtm_get_stats s;

	enum_arg(&arg, self->e, RTM_V_UCAST);
	arg.where = RTM_EN_NEXT;
	try_wrong(_metadata, self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg, sizeof(arg), all,
		  ARRAY_SIZE(all));
	try_wrong(_metadata, self->fd, RTM_IOC_CREATE_DEST_ENUM, &arg, sizeof(arg), all,
		  ARRAY_SIZE(all) - 1);
	try_wrong(_metadata, self->fd, RTM_IOC_CREATE_DEST_ENUM, &arg, sizeof(arg), dests,
		  ARRAY_SIZE(dests));
	arg.protocol = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg));
	enum_arg(&arg, self->e, 0);
	try_wrong(_metadata, self->fd, RTM_IOC_CREATE_NEXTHOP_ENUM, &arg, sizeof(arg), hops,
		  ARRAY_SIZE(hops));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
}

TEST_F(enum, match_wrong)
{
	const struct wrong wrong[] = {
		WRONG(EOPNOTSUPP, rtm_create_enum, match.flags, 0x40),
		WRONG(EINVAL, rtm_create_enum, match.flags, RTM_RM_SAME_NEXTHOPS),
		WRONG(EINVAL, rtm_create_enum, match.n_nexthops, RTM_MAX_NEXTHOPS + 1),
		WRONG(EFAULT, rtm_create_enum, match.nexthops, 16),
		WRONG(EBADF, rtm_create_enum, match.owner, 0),
		WRONG(EBADF, rtm_create_enum, match.owner, self->nh[0]),
		WRONG(EBADF, rtm_create_enum, match.neighbour, self->e),
		WRONG(EBADF, rtm_create_enum, match.neighbour, 1ull << 56),
	};
	__u64 hops[2] = { self->nh[0], self->nh[1] };
	struct rtm_create_enum arg;
	struct rtm_get_stats s;

	enum_arg(&arg, self->e, 0);
	arg.match.flags = RTM_RM_OWNER | RTM_RM_NEIGHBOUR | RTM_RM_NEXTHOP;
	arg.match.owner = self->e;
	arg.match.neighbour = self->nh[0];
	arg.match.nexthops = ptr_u64(hops);
	arg.match.n_nexthops = 2;
	try_wrong(_metadata, self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg, sizeof(arg), wrong,
		  ARRAY_SIZE(wrong));
	hops[1] = self->e;
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
}

TEST_F(enum, get_wrong)
{
	struct rtm_create_enum create;
	struct rtm_get_enum arg;
	__u64 handle, id[2];
	struct wrong wrong[] = {
		WRONG(EOPNOTSUPP, rtm_get_enum, flags, RTM_REQ_EXCLUSIVE),
		WRONG(EBADF, rtm_get_enum, entity, 0),
		WRONG(EBADF, rtm_get_enum, entity, self->other),
		WRONG(EBADF, rtm_get_enum, handle, 0),
		WRONG(EBADF, rtm_get_enum, handle, self->route),
		WRONG(EFAULT, rtm_get_enum, items, 16),
		WRONG(EINVAL, rtm_get_enum, count, 0),
		WRONG(EINVAL, rtm_get_enum, item_size, 16),
	};

	enum_arg(&create, self->e, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	get_enum_arg(&arg, self->e, handle, id, 2, sizeof(*id));
	try_wrong(_metadata, self->fd, RTM_IOC_GET_ENUM_ROUTES, &arg, sizeof(arg), wrong,
		  ARRAY_SIZE(wrong));
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_ENUM_DESTS, &arg));
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_ENUM_NEXTHOPS, &arg));
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_LIST_ENUM_ROUTES, &arg));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->other, handle));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->e, handle));
	/* all that failed; nothing was lost */
	ASSERT_EQ(2, dev_get_enum(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, id, 2,
				  sizeof(*id)));
	EXPECT_EQ(0, dev_release(self->fd, self->e, id[0]));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, id[0]));
}

/* Half of the items reach memory, then there is none: they come again. */
TEST_F(enum, nothing_lost_by_a_fault)
{
	struct rtm_create_enum arg;
	struct rtm_get_stats before, after;
	char text[TEXT] = "";
	__u64 handle;
	char *map;

	map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4096, 4096));
	enum_arg(&arg, self->e, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &arg, &handle));
	ASSERT_EQ(0, dev_stats(self->fd, &before));
	EXPECT_EQ(-EFAULT, dev_get_enum(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle,
					map + 4096 - 24, 8, 8));
	ASSERT_EQ(0, dev_stats(self->fd, &after));
	EXPECT_EQ(before.handles, after.handles);
	EXPECT_EQ(7, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 8, 8, text));
	munmap(map, 4096);
}

/*
 * What is reported
 */

TEST_F(enum, dests)
{
	struct rtm_create_enum arg;
	__u32 room;

	for (room = 1; room < 9; room++) {
		enum_arg(&arg, self->e, 0);
		EXPECT_WALK("0.0.0.0/0 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8 224.0.0.0/4",
			    DEST_ENUM, &arg, room);
		enum_arg(&arg, self->e, RTM_V_UCAST);
		EXPECT_WALK("0.0.0.0/0 10.0.0.0/8 10.1.0.0/16 11.0.0.0/8", DEST_ENUM, &arg, room);
		enum_arg(&arg, self->e, RTM_V_SUPPORTED);
		EXPECT_WALK("0.0.0.0/0 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8",
			    DEST_ENUM, &arg, room);
		enum_arg(&arg, self->other, RTM_V_MCAST);
		EXPECT_WALK("10.0.0.0/8 10.1.2.0/24", DEST_ENUM, &arg, room);
	}
}

TEST_F(enum, dests_from)
{
	static const struct {
		__u32 where;
		const char *from;
		const char *want;
	} cases[] = {
		{ RTM_EN_NEXT, "10.0.0.0/8",
		  "10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8 224.0.0.0/4" },
		{ RTM_EN_NEXT, "10.0.0.0/9", "10.1.0.0/16 10.1.2.0/24 11.0.0.0/8 224.0.0.0/4" },
		{ RTM_EN_NEXT, "225.0.0.0/8", "" },
		{ RTM_EN_RANGE, "10.0.0.0/8", "10.0.0.0/8 10.1.0.0/16 10.1.2.0/24" },
		{ RTM_EN_RANGE, "10.1.0.0/16", "10.1.0.0/16 10.1.2.0/24" },
		{ RTM_EN_RANGE, "10.1.2.3/24", "10.1.2.0/24" },
		{ RTM_EN_RANGE, "10.1.2.0/25", "" },
		{ RTM_EN_RANGE, "12.0.0.0/6", "" },
		{ RTM_EN_START, "10.1.2.0/25",
		  "0.0.0.0/0 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8 224.0.0.0/4" },
	};
	struct rtm_create_enum arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		enum_arg(&arg, self->e, 0);
		arg.where = cases[i].where;
		arg.prefix = prefix(cases[i].from);
		EXPECT_WALK(cases[i].want, DEST_ENUM, &arg, 2);
	}
}

/* Those where the best route in one of the views is the caller's. */
TEST_F(enum, own_dests)
{
	struct rtm_create_enum arg;

	enum_arg(&arg, self->e, RTM_V_SUPPORTED);
	arg.own = 1;
	EXPECT_WALK("0.0.0.0/0 10.0.0.0/8", DEST_ENUM, &arg, 3);
	enum_arg(&arg, self->other, 0);
	arg.own = 1;
	EXPECT_WALK("10.1.0.0/16 10.1.2.0/24 11.0.0.0/8", DEST_ENUM, &arg, 3);
	enum_arg(&arg, self->other, RTM_V_MCAST);
	arg.own = 1;
	EXPECT_WALK("10.1.2.0/24", DEST_ENUM, &arg, 3);
}

/* Blocks for all views asked for, and the best route of the protocol. */
TEST_F(enum, dest_items)
{
	struct rtm_create_enum arg;
	struct rtm_dest_item *item = guard_alloc(item_size(2));
	__u64 handle;

	enum_arg(&arg, self->e, RTM_V_SUPPORTED);
	arg.where = RTM_EN_RANGE;
	arg.prefix = prefix("10.1.0.0/16");
	arg.protocol = RTM_PROTO_THIS;
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_DEST_ENUM, &arg, &handle));
	EXPECT_EQ(item_size(2), arg.item_size);
	ASSERT_EQ(1, dev_get_enum(self->fd, RTM_IOC_GET_ENUM_DESTS, self->e, handle, item, 1,
				  item_size(2)));
	EXPECT_EQ(item_size(2), item->size);
	EXPECT_EQ(2, item->n_views);
	EXPECT_EQ(RTM_V_UCAST, item->belongs);
	EXPECT_EQ(0, item->status);
	EXPECT_EQ(0, item->views[0].view);
	EXPECT_EQ(2, item->views[0].n_routes);
	EXPECT_EQ(self->route, item->views[0].route);
	EXPECT_EQ(self->e, item->views[0].owner);
	EXPECT_EQ(1, item->views[1].view);
	EXPECT_EQ(0, item->views[1].n_routes);
	EXPECT_EQ(0, item->views[1].route);
	EXPECT_EQ(0, item->views[1].owner);
	guard_free(item);
}

TEST_F(enum, routes)
{
	struct rtm_create_enum arg;
	__u32 room;

	for (room = 1; room < 9; room++) {
		enum_arg(&arg, self->e, 0);
		EXPECT_WALK(ALL_ROUTES, ROUTE_ENUM, &arg, room);
		enum_arg(&arg, self->other, RTM_V_MCAST);
		EXPECT_WALK("10.0.0.0/8:10 10.1.2.0/24:5", ROUTE_ENUM, &arg, room);
		enum_arg(&arg, self->other, 0);
		arg.own = 1;
		EXPECT_WALK("10.1.0.0/16:5 10.1.2.0/24:5 11.0.0.0/8:5", ROUTE_ENUM, &arg, room);
		enum_arg(&arg, self->e, 0);
		arg.where = RTM_EN_RANGE;
		arg.prefix = prefix("10.1.0.0/16");
		EXPECT_WALK("10.1.0.0/16:5 10.1.0.0/16:10 10.1.2.0/24:5", ROUTE_ENUM, &arg, room);
	}
}

/* Of one destination, whatever is said about where to begin. */
TEST_F(enum, routes_of_dest)
{
	struct rtm_create_enum arg;
	__u32 room;

	for (room = 1; room < 4; room++) {
		enum_arg(&arg, self->e, 0);
		arg.dest = dev_dest(self->fd, self->e, "10.1.0.0/16");
		arg.where = RTM_EN_NEXT;
		arg.prefix = prefix("224.0.0.0/4");
		EXPECT_WALK("10.1.0.0/16:5 10.1.0.0/16:10", ROUTE_ENUM, &arg, room);
		EXPECT_EQ(0, dev_release(self->fd, self->e, arg.dest));
	}
}

/* Many routes of equal rank come in the order in which they were added. */
TEST_F(enum, equal_routes)
{
	struct rtm_create_enum create;
	__u64 handle, routes[20];
	struct rtm_add_route arg;
	int i, n;

	for (i = 0; i < 20; i++) {
		route_arg(&arg, self->e, "12.0.0.0/8", self->nh, 1);
		arg.attrs.metric = i < 10 ? 7 : 6;
		arg.change = RTM_RC_NEW;
		ASSERT_EQ(0, dev_add_route(self->fd, &arg));
		routes[(i + 10) % 20] = arg.route;
	}
	enum_arg(&create, self->e, 0);
	create.dest = dev_dest(self->fd, self->e, "12.0.0.0/8");
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	for (i = 0; i < 20; i += n) {
		__u64 got[3];
		int j;

		n = dev_get_enum(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, got, 3, 8);
		ASSERT_EQ(i < 18 ? 3 : 2, n);
		for (j = 0; j < n; j++) {
			EXPECT_EQ(routes[i + j], got[j]);
			EXPECT_EQ(0, dev_release(self->fd, self->e, got[j]));
		}
	}
}

/**
 * struct criteria - one criterion and the metrics of the routes that meet it
 * @flags: set of RTM_RM_*
 * @hops: next hops by number, FOREIGN for somebody else's; ends with -1
 * @want: the routes
 */
struct criteria {
	__u32 flags;
	int hops[3];
	const char *want;
};

TEST_F(enum, routes_by_nexthops)
{
	static const struct criteria cases[] = {
		{ RTM_RM_NEXTHOP, { 0, -1 }, "10.0.0.0/8:10 10.1.0.0/16:10" },
		{ RTM_RM_NEXTHOP, { 1, -1 }, "10.1.0.0/16:10" },
		{ RTM_RM_NEXTHOP, { 1, 0, -1 }, "10.1.0.0/16:10" },
		{ RTM_RM_NEXTHOP, { 2, -1 }, "" },
		{ RTM_RM_NEXTHOP, { -1 }, "0.0.0.0/0:10 224.0.0.0/4:1" },
		{ RTM_RM_NEXTHOP, { FOREIGN, -1 }, "10.1.0.0/16:5 10.1.2.0/24:5 11.0.0.0/8:5" },
		{ RTM_RM_NEXTHOP | RTM_RM_SAME_NEXTHOPS, { 0, -1 }, "10.0.0.0/8:10" },
		{ RTM_RM_NEXTHOP | RTM_RM_SAME_NEXTHOPS, { 1, 0, -1 }, "10.1.0.0/16:10" },
		{ RTM_RM_NEXTHOP | RTM_RM_SAME_NEXTHOPS, { -1 }, "0.0.0.0/0:10 224.0.0.0/4:1" },
		{ RTM_RM_NEXTHOP | RTM_RM_OWNER, { FOREIGN, -1 }, "" },
	};
	struct rtm_create_enum arg;
	__u64 hops[2];
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		for (n = 0; cases[i].hops[n] >= 0; n++)
			hops[n] = cases[i].hops[n] == FOREIGN ? self->foreign :
							 self->nh[cases[i].hops[n]];
		enum_arg(&arg, self->e, 0);
		arg.match.flags = cases[i].flags;
		arg.match.owner = self->e;
		arg.match.nexthops = ptr_u64(hops);
		arg.match.n_nexthops = n;
		EXPECT_WALK(cases[i].want, ROUTE_ENUM, &arg, 2);
	}
}

TEST_F(enum, routes_by_other_properties)
{
	struct rtm_create_enum arg;
	struct rtm_add_route add_arg;

	route_arg(&add_arg, self->e, "12.0.0.0/8", &self->nh[3], 1);
	add_arg.attrs.neighbour = self->nh[2];
	add_arg.attrs.preference = 77;
	add_arg.attrs.metric = 5;
	ASSERT_EQ(0, dev_add_route(self->fd, &add_arg));

	enum_arg(&arg, self->e, 0);
	arg.match.flags = RTM_RM_OWNER;
	arg.match.owner = self->other;
	EXPECT_WALK("10.1.0.0/16:5 10.1.2.0/24:5 11.0.0.0/8:5", ROUTE_ENUM, &arg, 2);

	enum_arg(&arg, self->e, 0);
	arg.match.flags = RTM_RM_NEIGHBOUR;
	arg.match.neighbour = self->nh[2];
	EXPECT_WALK("12.0.0.0/8:5", ROUTE_ENUM, &arg, 2);
	arg.match.neighbour = self->nh[3];
	EXPECT_WALK("", ROUTE_ENUM, &arg, 2);
	arg.match.neighbour = 0;
	arg.own = 1;
	EXPECT_WALK("0.0.0.0/0:10 10.0.0.0/8:10 10.1.0.0/16:10 224.0.0.0/4:1", ROUTE_ENUM, &arg,
		    2);

	enum_arg(&arg, self->e, 0);
	arg.match.flags = RTM_RM_PREF;
	arg.match.preference = 77;
	arg.match.metric = 5;
	EXPECT_WALK("12.0.0.0/8:5", ROUTE_ENUM, &arg, 2);
	arg.match.metric = 6;
	EXPECT_WALK("", ROUTE_ENUM, &arg, 2);

	enum_arg(&arg, self->e, 0);
	arg.match.flags = RTM_RM_INTERFACE;
	arg.match.ifindex = 2;
	EXPECT_WALK("12.0.0.0/8:5", ROUTE_ENUM, &arg, 2);
	arg.match.ifindex = 3;
	EXPECT_WALK("", ROUTE_ENUM, &arg, 2);
}

TEST_F(enum, nexthops)
{
	struct rtm_create_enum arg;
	__u32 room;

	for (room = 1; room < 6; room++) {
		enum_arg(&arg, self->e, 0);
		EXPECT_WALK("192.0.2.1/32%1 192.0.2.1/32%2 192.0.2.2/32%1 192.0.3.1/32%1",
			    NEXTHOP_ENUM, &arg, room);
		arg.where = RTM_EN_NEXT;
		arg.prefix = prefix("192.0.2.2");
		EXPECT_WALK("192.0.2.2/32%1 192.0.3.1/32%1", NEXTHOP_ENUM, &arg, room);
		arg.where = RTM_EN_RANGE;
		arg.prefix = prefix("192.0.2.0/24");
		EXPECT_WALK("192.0.2.1/32%1 192.0.2.1/32%2 192.0.2.2/32%1", NEXTHOP_ENUM, &arg,
			    room);
		arg.prefix = prefix("192.0.4.0/24");
		EXPECT_WALK("", NEXTHOP_ENUM, &arg, room);
		enum_arg(&arg, self->other, 0);
		EXPECT_WALK("192.0.2.1/32%1", NEXTHOP_ENUM, &arg, room);
	}
}

/* An interface of 0 comes first, also where a walk begins. */
TEST_F(enum, remote_nexthop)
{
	struct rtm_create_enum arg;
	struct rtm_nexthop_req remote;

	nexthop_arg(&remote, self->e, "192.0.2.1", 0);
	remote.attrs.flags = RTM_NHF_REMOTE;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_NEXTHOP, &remote));
	enum_arg(&arg, self->e, 0);
	arg.where = RTM_EN_RANGE;
	arg.prefix = prefix("192.0.2.1");
	EXPECT_WALK("192.0.2.1/32%0 192.0.2.1/32%1 192.0.2.1/32%2", NEXTHOP_ENUM, &arg, 1);
}

/*
 * While things change
 */

TEST_F(enum, changes_on_the_way)
{
	struct rtm_create_enum arg;
	char text[TEXT] = "";
	__u64 handle;

	enum_arg(&arg, self->e, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_DEST_ENUM, &arg, &handle));
	ASSERT_EQ(3, few(self->fd, RTM_IOC_GET_ENUM_DESTS, self->e, handle, 3, item_size(0), text));
	/* behind the cursor, ahead of it, and one that goes */
	add(_metadata, self->fd, self->e, "9.0.0.0/8", NULL, 0, 1, RTM_V_UCAST, NULL);
	add(_metadata, self->fd, self->e, "10.1.1.0/24", NULL, 0, 1, RTM_V_UCAST, NULL);
	ASSERT_EQ(0, dev_delete_key(self->fd, self->other, "11.0.0.0/8", 0, NULL));
	/* and the one it has come to */
	ASSERT_EQ(0, dev_delete_key(self->fd, self->e, "10.1.0.0/16", 0, NULL));
	ASSERT_EQ(0, dev_delete_key(self->fd, self->other, "10.1.0.0/16", 0, NULL));
	*text = 0;
	EXPECT_EQ(3, few(self->fd, RTM_IOC_GET_ENUM_DESTS, self->e, handle, 9, item_size(0), text));
	EXPECT_STREQ("10.1.1.0/24 10.1.2.0/24 224.0.0.0/4", text);
	/* what appears behind the end is still to come */
	add(_metadata, self->fd, self->e, "240.0.0.0/8", NULL, 0, 1, RTM_V_UCAST, NULL);
	*text = 0;
	EXPECT_EQ(1, few(self->fd, RTM_IOC_GET_ENUM_DESTS, self->e, handle, 9, item_size(0), text));
	EXPECT_STREQ("240.0.0.0/8", text);
}

/* Between two routes of one destination others come and go. */
TEST_F(enum, routes_change_inside_a_dest)
{
	struct rtm_create_enum create;
	char text[TEXT] = "";
	__u64 handle;

	enum_arg(&create, self->e, 0);
	create.where = RTM_EN_RANGE;
	create.prefix = prefix("10.1.0.0/16");
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	ASSERT_EQ(1, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 1, 8, text));
	EXPECT_STREQ("10.1.0.0/16:5", text);
	ASSERT_EQ(0, dev_delete_key(self->fd, self->other, "10.1.0.0/16", 0, NULL));
	add(_metadata, self->fd, self->other, "10.1.0.0/16", NULL, 0, 4, RTM_V_UCAST, NULL);
	*text = 0;
	EXPECT_EQ(2, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 4, 8, text));
	EXPECT_STREQ("10.1.0.0/16:10 10.1.2.0/24:5", text);
}

/*
 * Locks
 */

/**
 * struct holder - a thread that holds a destination through its own file
 * @fd: its file
 * @entity: its registration
 * @dest: what it holds
 * @thread: the thread
 * @barrier: crossed once it has it, and once it shall let go
 * @err: first error
 */
struct holder {
	int fd;
	__u64 entity;
	__u64 dest;
	pthread_t thread;
	pthread_barrier_t barrier;
	int err;
};

/* Lets go a while after it was told to, when the other thread waits. */
static void *hold_dest(void *arg)
{
	struct holder *h = arg;

	h->err = dev_lock(h->fd, h->entity, h->dest, RTM_REQ_EXCLUSIVE);
	pthread_barrier_wait(&h->barrier);
	pthread_barrier_wait(&h->barrier);
	sleep_ms(200);
	if (!h->err)
		h->err = dev_unlock(h->fd, h->entity, h->dest, RTM_REQ_EXCLUSIVE);
	return NULL;
}

static void holder_start(struct __test_metadata *_metadata, struct holder *h, const char *text)
{
	h->fd = dev_open(O_RDWR);
	ASSERT_LE(0, h->fd);
	ASSERT_EQ(0, dev_register(h->fd, AF_INET, PROTO_OSPF, 1, RTM_REQ_OPAQUE_SLOT, &h->entity));
	h->dest = dev_dest(h->fd, h->entity, text);
	pthread_barrier_init(&h->barrier, NULL, 2);
	ASSERT_EQ(0, pthread_create(&h->thread, NULL, hold_dest, h));
	pthread_barrier_wait(&h->barrier);
}

static void holder_let_go(struct holder *h)
{
	pthread_barrier_wait(&h->barrier);
}

static __u64 files(int watch)
{
	struct rtm_get_stats s;

	return dev_stats(watch, &s) ? 0 : s.files;
}

static void holder_end(struct __test_metadata *_metadata, struct holder *h, int watch)
{
	ASSERT_EQ(0, pthread_join(h->thread, NULL));
	EXPECT_EQ(0, h->err);
	pthread_barrier_destroy(&h->barrier);
	ASSERT_EQ(0, close(h->fd));
	EXPECT_TRUE(wait_until(files(watch) == 2));
}

TEST_F(enum, stops_before_a_lock)
{
	struct rtm_create_enum create;
	char text[TEXT] = "";
	struct holder h = {};
	__u64 handle;

	holder_start(_metadata, &h, "10.1.0.0/16");
	enum_arg(&create, self->e, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	EXPECT_EQ(2, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 9, 8, text));
	EXPECT_STREQ("0.0.0.0/0:10 10.0.0.0/8:10", text);
	holder_let_go(&h);
	holder_end(_metadata, &h, self->fd);
	*text = 0;
	EXPECT_EQ(5, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 9, 8, text));
	EXPECT_STREQ("10.1.0.0/16:5 10.1.0.0/16:10 10.1.2.0/24:5 11.0.0.0/8:5 224.0.0.0/4:1", text);
}

TEST_F(enum, waits_for_the_first)
{
	struct rtm_create_enum create;
	struct rtm_get_enum get;
	char text[TEXT] = "";
	struct holder h = {};
	__u64 handle, ids[9];

	holder_start(_metadata, &h, "10.1.0.0/16");
	enum_arg(&create, self->e, 0);
	create.where = RTM_EN_NEXT;
	create.prefix = prefix("10.1.0.0/16");
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	get_enum_arg(&get, self->e, handle, ids, 9, 8);
	get.flags = RTM_REQ_NOWAIT;
	EXPECT_EQ(-EAGAIN, dev_call(self->fd, RTM_IOC_GET_ENUM_ROUTES, &get));
	get.flags = 0;
	get.deadline = now_ns() + 100 * NSEC_PER_MSEC;
	EXPECT_EQ(-ETIMEDOUT, dev_call(self->fd, RTM_IOC_GET_ENUM_ROUTES, &get));
	holder_let_go(&h);
	EXPECT_EQ(5, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->e, handle, 9, 8, text));
	holder_end(_metadata, &h, self->fd);
}

/* Next hops and routes on a list wait for nobody; the thread's own lock stops nothing. */
TEST_F(enum, does_not_wait)
{
	__u64 handle, dest = dev_dest(self->fd, self->e, "10.1.0.0/16");
	struct rtm_create_enum create;
	char text[TEXT] = "";

	ASSERT_EQ(0, dev_lock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	enum_arg(&create, self->other, 0);
	ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create, &handle));
	EXPECT_EQ(7, few(self->fd, RTM_IOC_GET_ENUM_ROUTES, self->other, handle, 9, 8, text));
	EXPECT_WALK("192.0.2.1/32%1", NEXTHOP_ENUM, &create, 3);
	ASSERT_EQ(0, dev_unlock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
}

/*
 * Life
 */

TEST_F(enum, ends_with_its_registration)
{
	struct rtm_create_enum create;
	struct rtm_get_stats s;
	__u64 handle, list;
	int i;

	for (i = 0; i < 10; i++) {
		enum_arg(&create, self->e, 0);
		create.match.flags = RTM_RM_NEIGHBOUR | RTM_RM_OWNER;
		create.match.owner = self->other;
		create.match.neighbour = self->nh[1];
		create.dest = i % 2 ? dev_dest(self->fd, self->e, "10.0.0.0/8") : 0;
		ASSERT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_ROUTE_ENUM, &create,
					     &handle));
	}
	ASSERT_EQ(0, dev_new_list(self->fd, self->e, &list));
	ASSERT_EQ(0, dev_list_enum(self->fd, self->e, list, &handle));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(12, s.objects);
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
}

TEST_F(enum, as_many_as_may_be)
{
	struct rtm_create_enum create;
	unsigned int max = param_number("max_objects");
	__u64 handle = 0;
	unsigned int i;

	ASSERT_EQ(0, param_set_number("max_objects", 5));
	for (i = 0; i < 5; i++) {
		enum_arg(&create, self->e, 0);
		EXPECT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_NEXTHOP_ENUM, &create,
					     &handle));
	}
	enum_arg(&create, self->e, 0);
	EXPECT_EQ(-ENOSPC, dev_call(self->fd, RTM_IOC_CREATE_DEST_ENUM, &create));
	EXPECT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle));
	enum_arg(&create, self->e, 0);
	EXPECT_EQ(0, dev_create_enum(self->fd, RTM_IOC_CREATE_DEST_ENUM, &create, &handle));
	ASSERT_EQ(0, param_set_number("max_objects", max));
}

/*
 * One route by its properties
 */

TEST_F(enum, exact_route_wrong)
{
	const struct wrong wrong[] = {
		WRONG(EOPNOTSUPP, rtm_get_exact_route, flags, RTM_REQ_EXCLUSIVE),
		WRONG(EBADF, rtm_get_exact_route, entity, 0),
		WRONG(EINVAL, rtm_get_exact_route, prefix.len, 33),
		WRONG(EINVAL, rtm_get_exact_route, prefix.family, AF_INET6),
		WRONG(EINVAL, rtm_get_exact_route, pad, 1),
		WRONG(EINVAL, rtm_get_exact_route, views, 4),
		WRONG(EOPNOTSUPP, rtm_get_exact_route, match.flags, 0x40),
		WRONG(EBADF, rtm_get_exact_route, match.flags, RTM_RM_OWNER),
		WRONG(EFAULT, rtm_get_exact_route, attrs.nexthops, 16),
		WRONG(ENOENT, rtm_get_exact_route, prefix.len, 17),
		WRONG(ENOENT, rtm_get_exact_route, views, RTM_V_MCAST),
	};
	struct rtm_get_exact_route arg;
	__u64 hops[2];

	exact_route_arg(&arg, self->e, "10.1.0.0/16", hops, 2);
	try_wrong(_metadata, self->fd, RTM_IOC_GET_EXACT_ROUTE, &arg, sizeof(arg), wrong,
		  ARRAY_SIZE(wrong));
	arg.attrs.n_nexthops = 0;
	EXPECT_EQ(-EMSGSIZE, dev_call(self->fd, RTM_IOC_GET_EXACT_ROUTE, &arg));
	EXPECT_EQ(1, arg.attrs.n_nexthops);
}

TEST_F(enum, exact_route)
{
	__u64 *hops = guard_alloc(2 * sizeof(*hops));
	struct rtm_get_exact_route arg;

	/* the best one */
	exact_route_arg(&arg, self->e, "10.1.0.0/16", hops, 2);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_ROUTE, &arg));
	EXPECT_EQ(self->other, arg.owner);
	EXPECT_EQ(5, arg.attrs.metric);
	EXPECT_EQ(1, arg.attrs.n_nexthops);
	EXPECT_EQ(self->foreign, hops[0]);
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.route));
	EXPECT_EQ(0, release_exact_route(self->fd, &arg));

	/* the caller's, without a handle */
	exact_route_arg(&arg, self->e, "10.1.0.0/16", hops, 2);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.match.flags = RTM_RM_OWNER;
	arg.match.owner = self->e;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_ROUTE, &arg));
	EXPECT_EQ(0, arg.route);
	EXPECT_EQ(self->e, arg.owner);
	EXPECT_EQ(2, arg.attrs.n_nexthops);
	EXPECT_EQ(self->nh[0], hops[0]);
	EXPECT_EQ(self->nh[1], hops[1]);
	EXPECT_EQ(0, release_exact_route(self->fd, &arg));
	guard_free(hops);
}

/* As many handles as one reply can have. */
TEST_F(enum, exact_route_with_most_nexthops)
{
	__u64 *hops = guard_alloc(RTM_MAX_NEXTHOPS * sizeof(*hops)), own[RTM_MAX_NEXTHOPS];
	unsigned int max = param_number("max_nexthops");
	struct rtm_get_exact_route arg;
	struct rtm_add_route route;
	char text[32];
	int i;

	for (i = 0; i < RTM_MAX_NEXTHOPS; i++) {
		snprintf(text, sizeof(text), "198.18.0.%d", i + 1);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, text, 1, &own[i]));
	}
	ASSERT_EQ(0, param_set_number("max_nexthops", RTM_MAX_NEXTHOPS));
	route_arg(&route, self->e, "12.0.0.0/8", own, RTM_MAX_NEXTHOPS);
	route.attrs.neighbour = self->nh[0];
	EXPECT_EQ(0, dev_add_route(self->fd, &route));
	ASSERT_EQ(0, param_set_number("max_nexthops", max));
	exact_route_arg(&arg, self->e, "12.0.0.0/8", hops, RTM_MAX_NEXTHOPS);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_ROUTE, &arg));
	EXPECT_EQ(route.route, arg.route);
	EXPECT_EQ(RTM_MAX_NEXTHOPS, arg.attrs.n_nexthops);
	EXPECT_EQ(0, memcmp(hops, own, sizeof(own)));
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.route));
	EXPECT_EQ(0, release_exact_route(self->fd, &arg));
	guard_free(hops);
}

TEST_HARNESS_MAIN
