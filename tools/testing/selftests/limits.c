// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits: who may set them, what is refused at each, and who is charged for what.
 *
 * How this file works: one entity (RIP 1) has a neighbour (BGP 1) with a file of its
 * own, which is never to notice anything.  used() and limit() are what the kernel says
 * of an entity, or with 0 of the namespace.  That nothing stays charged at the end of a
 * test is looked at by env_clean(), here as in all other programs.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "rtm_enum_test.h"
#include "rtm_expiry_test.h"
#include "rtm_limits_test.h"
#include "rtm_notify_test.h"

#define LONG	600000	/* milliseconds */

static __u64 param_u64(const char *name)
{
	char text[32];

	return param_get(name, text, sizeof(text)) ? 0 : strtoull(text, NULL, 0);
}

static int param_set_u64(const char *name, __u64 value)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", value);
	return param_set(name, text);
}

FIXTURE(limits) {
	struct env env;
	int look;
	int fd;
	int peer;
	__u64 e;
	__u64 nh;
	__u64 other;
	__u64 net_routes;
};

FIXTURE_SETUP(limits)
{
	self->net_routes = param_u64("max_net_routes");
	ASSERT_NE(0, self->net_routes);
	env_setup(_metadata, &self->env);
	self->look = self->env.watch;
	self->fd = self->env.fd;
	self->peer = dev_open(O_RDWR);
	ASSERT_LE(0, self->peer);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT, &self->e));
	ASSERT_EQ(0, dev_register(self->peer, AF_INET, PROTO_BGP, 1, 0, &self->other));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.1", 1, &self->nh));
}

FIXTURE_TEARDOWN(limits)
{
	/* that of all namespaces, which a test may have lowered */
	EXPECT_EQ(0, param_set_u64("max_net_routes", self->net_routes));
	if (self->peer >= 0)
		close(self->peer);
	env_clean(_metadata, &self->env);
}

static const struct rtm_entity_id rip = { .family = AF_INET, .protocol = PROTO_RIP, .id = 1 };
static const struct rtm_entity_id none;

/* One limit: of the caller's ENTITY, else of the one named, else of the namespace. */
static void set_arg(struct rtm_set_limits *arg, __u64 entity, const struct rtm_entity_id *id,
		    enum rtm_resource r, __u64 limit)
{
	arg_init(arg);
	arg->flags = entity || id ? 0 : RTM_REQ_NAMESPACE;
	arg->entity = entity;
	arg->id = id ? *id : none;
	arg->which = 1u << r;
	arg->pad = 0;
	memset(arg->limits, 0, sizeof(arg->limits));
	arg->limits[r] = limit;
}

static int set(int fd, __u64 entity, const struct rtm_entity_id *id, enum rtm_resource r,
	       __u64 limit)
{
	struct rtm_set_limits arg;

	set_arg(&arg, entity, id, r, limit);
	return dev_call(fd, RTM_IOC_SET_LIMITS, &arg);
}

static int set_own(FIXTURE_DATA(limits) *self, enum rtm_resource r, __u64 limit)
{
	return set(self->fd, self->e, NULL, r, limit);
}

static int set_net(FIXTURE_DATA(limits) *self, enum rtm_resource r, __u64 limit)
{
	return set(self->fd, 0, NULL, r, limit);
}

static __u64 limit(int fd, __u64 entity, enum rtm_resource r)
{
	return usage(fd, entity, r).limit;
}

static __u64 refused(int fd, __u64 entity, enum rtm_resource r)
{
	return usage(fd, entity, r).refused;
}

/* 10.N.0.0/16 without a handle. */
static int route_n(int fd, __u64 entity, __u64 nexthop, unsigned int n)
{
	struct rtm_add_route arg;
	char text[32];

	snprintf(text, sizeof(text), "10.%u.0.0/16", n);
	route_arg(&arg, entity, text, &nexthop, !!nexthop);
	arg.flags = RTM_REQ_NO_HANDLE;
	return dev_add_route(fd, &arg);
}

static int drop_n(int fd, __u64 entity, unsigned int n)
{
	char text[32];

	snprintf(text, sizeof(text), "10.%u.0.0/16", n);
	return dev_delete_key(fd, entity, text, 0, NULL);
}

/*
 * Asking
 */

/**
 * struct wrong - one member with a value that is not right
 * @err: what the command has to say
 * @at: where the member is
 * @size: its bytes
 * @value: the value
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

TEST_F(limits, wrong_set)
{
	const struct wrong wrong[] = {
		WRONG(-EOPNOTSUPP, rtm_set_limits, flags, RTM_REQ_NOWAIT),
		WRONG(-EINVAL, rtm_set_limits, flags, RTM_REQ_NAMESPACE),
		WRONG(-EBADF, rtm_set_limits, entity, self->nh),
		WRONG(-EBADF, rtm_set_limits, entity, ~0ull),
		WRONG(-EINVAL, rtm_set_limits, entity, 0),
		WRONG(-EINVAL, rtm_set_limits, id.family, AF_INET),
		WRONG(-EINVAL, rtm_set_limits, id.pad, 1),
		WRONG(-EINVAL, rtm_set_limits, which, 0),
		WRONG(-EINVAL, rtm_set_limits, which, 1u << RTM_RES_NEXTHOPS),
		WRONG(-EINVAL, rtm_set_limits, which, 1u << RTM_RES_ROUTES | 1u << RTM_RES_DESTS),
		WRONG(-EINVAL, rtm_set_limits, which, 1u << RTM_RES_ROUTES | 1u << RTM_N_RESOURCES),
		WRONG(-EINVAL, rtm_set_limits, which, ~0u),
		WRONG(-EINVAL, rtm_set_limits, pad, 1),
		WRONG(-EINVAL, rtm_set_limits, limits[RTM_RES_BYTES], 1),
		WRONG(-EPERM, rtm_set_limits, limits[RTM_RES_ROUTES], ~0ull),
	};
	__u64 before = limit(self->fd, self->e, RTM_RES_ROUTES);
	struct rtm_set_limits arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		set_arg(&arg, self->e, NULL, RTM_RES_ROUTES, 5);
		memcpy((char *)&arg + wrong[i].at, &wrong[i].value, wrong[i].size);
		EXPECT_EQ(wrong[i].err, dev_call(self->fd, RTM_IOC_SET_LIMITS, &arg))
			TH_LOG("case %u", i);
	}
	EXPECT_EQ(-EPERM, set(self->look, 0, &rip, RTM_RES_ROUTES, 5));
	EXPECT_EQ(before, limit(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, set_own(self, RTM_RES_ROUTES, 5));
	EXPECT_EQ(5, limit(self->fd, self->e, RTM_RES_ROUTES));
}

TEST_F(limits, wrong_name)
{
	struct rtm_entity_id id = rip;

	id.id = 2;
	EXPECT_EQ(-ENOENT, set(self->fd, 0, &id, RTM_RES_ROUTES, 5));
	id = rip;
	id.instance = 1;
	EXPECT_EQ(-ENOENT, set(self->fd, 0, &id, RTM_RES_ROUTES, 5));
	id = rip;
	id.family = AF_UNIX;
	EXPECT_EQ(-EINVAL, set(self->fd, 0, &id, RTM_RES_ROUTES, 5));
	id = rip;
	id.pad = 1;
	EXPECT_EQ(-EINVAL, set(self->fd, 0, &id, RTM_RES_ROUTES, 5));
	EXPECT_EQ(-EINVAL, set(self->fd, 0, &rip, RTM_RES_DESTS, 5));
	EXPECT_EQ(0, set(self->peer, 0, &rip, RTM_RES_ROUTES, 5));
	EXPECT_EQ(5, limit(self->fd, self->e, RTM_RES_ROUTES));
}

TEST_F(limits, wrong_get)
{
	const struct wrong wrong[] = {
		WRONG(-EOPNOTSUPP, rtm_get_limits, flags, RTM_REQ_NOWAIT),
		WRONG(-EINVAL, rtm_get_limits, flags, RTM_REQ_NAMESPACE),
		WRONG(-EBADF, rtm_get_limits, entity, self->nh),
		WRONG(-EINVAL, rtm_get_limits, entity, 0),
		WRONG(-EINVAL, rtm_get_limits, id.protocol, PROTO_RIP),
	};
	struct rtm_get_limits arg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		limits_arg(&arg, 0, self->e);
		memcpy((char *)&arg + wrong[i].at, &wrong[i].value, wrong[i].size);
		EXPECT_EQ(wrong[i].err, dev_call(self->fd, RTM_IOC_GET_LIMITS, &arg))
			TH_LOG("case %u", i);
	}
	limits_arg(&arg, RTM_REQ_NAMESPACE, 0);
	arg.id = rip;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_GET_LIMITS, &arg));
	/* by name everybody may look */
	limits_arg(&arg, 0, 0);
	arg.id = rip;
	EXPECT_EQ(0, dev_call(self->look, RTM_IOC_GET_LIMITS, &arg));
	EXPECT_EQ(1, arg.usage[RTM_RES_NEXTHOPS].used);
}

/*
 * Who may set what
 */

TEST_F(limits, defaults_are_the_parameters)
{
	static const struct {
		enum rtm_resource r;
		const char *entity;
		const char *net;
	} params[] = {
		{ RTM_RES_ROUTES, "max_entity_routes", "max_net_routes" },
		{ RTM_RES_NEXTHOPS, "max_entity_nexthops", "max_net_nexthops" },
		{ RTM_RES_HANDLES, "max_entity_handles", "max_net_handles" },
		{ RTM_RES_OBJECTS, "max_objects", "max_net_objects" },
		{ RTM_RES_DESTS, NULL, "max_net_dests" },
		{ RTM_RES_BYTES, "max_entity_bytes", "max_net_bytes" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(params); i++) {
		EXPECT_EQ(params[i].entity ? param_u64(params[i].entity) : ~0ull,
			  limit(self->fd, self->e, params[i].r));
		EXPECT_EQ(param_u64(params[i].net), limit(self->fd, 0, params[i].r));
		EXPECT_EQ(-ERANGE, param_set(params[i].net, "0"));
		EXPECT_EQ(-ERANGE, param_set(params[i].net, "0x8000000000000000"));
		EXPECT_EQ(-EINVAL, param_set(params[i].net, "many"));
	}
	/* a full table of the Internet fits */
	EXPECT_LE(2000000, limit(self->fd, self->e, RTM_RES_ROUTES));
}

TEST_F(limits, least_counts)
{
	__u64 most = param_u64("max_entity_routes");

	EXPECT_EQ(-EPERM, set(self->fd, 0, &rip, RTM_RES_ROUTES, most + 1));
	EXPECT_EQ(0, set(self->fd, 0, &rip, RTM_RES_ROUTES, most));
	EXPECT_EQ(0, set(self->fd, 0, &rip, RTM_RES_ROUTES, 100));
	EXPECT_EQ(-EPERM, set_own(self, RTM_RES_ROUTES, 101));
	EXPECT_EQ(100, limit(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, set_own(self, RTM_RES_ROUTES, 50));
	EXPECT_EQ(50, limit(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, set(self->fd, 0, &rip, RTM_RES_ROUTES, 20));
	EXPECT_EQ(20, limit(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, set(self->fd, 0, &rip, RTM_RES_ROUTES, 0));
	EXPECT_EQ(50, limit(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, set_own(self, RTM_RES_ROUTES, 0));
	EXPECT_EQ(most, limit(self->fd, self->e, RTM_RES_ROUTES));
	/* a neighbour has its own */
	EXPECT_EQ(most, limit(self->peer, self->other, RTM_RES_ROUTES));
}

/* The host's administrator may change his mind. */
TEST_F(limits, parameter_is_the_ceiling)
{
	__u64 most = self->net_routes;

	EXPECT_EQ(-EPERM, set_net(self, RTM_RES_ROUTES, most + 1));
	EXPECT_EQ(0, set_net(self, RTM_RES_ROUTES, 1000));
	EXPECT_EQ(0, param_set_u64("max_net_routes", 10));
	EXPECT_EQ(10, limit(self->fd, 0, RTM_RES_ROUTES));
	EXPECT_EQ(-EPERM, set_net(self, RTM_RES_ROUTES, 11));
	EXPECT_EQ(0, param_set_u64("max_net_routes", most));
	EXPECT_EQ(1000, limit(self->fd, 0, RTM_RES_ROUTES));
	EXPECT_EQ(0, set_net(self, RTM_RES_ROUTES, 0));
	EXPECT_EQ(most, limit(self->fd, 0, RTM_RES_ROUTES));
}

/* What was set by name stays with a kept entity, what it set itself does not. */
TEST_F(limits, last_as_long_as_who_set_them)
{
	const struct rtm_entity_id kept = { .family = AF_INET, .protocol = PROTO_OSPF, .id = 9 };
	struct rtm_get_limits arg;
	int fd = dev_open(O_RDWR);
	__u64 e;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 9, RTM_REQ_KEEP, &e));
	ASSERT_EQ(0, set(fd, e, NULL, RTM_RES_ROUTES, 5));
	ASSERT_EQ(0, set(fd, 0, &kept, RTM_RES_ROUTES, 10));
	EXPECT_EQ(5, limit(fd, e, RTM_RES_ROUTES));
	close(fd);
	limits_arg(&arg, 0, 0);
	arg.id = kept;
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_LIMITS, &arg));
	EXPECT_EQ(10, arg.usage[RTM_RES_ROUTES].limit);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 9, 0, &e));
	EXPECT_EQ(10, limit(self->fd, e, RTM_RES_ROUTES));
	ASSERT_EQ(0, dev_deregister(self->fd, e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 9, 0, &e));
	EXPECT_EQ(param_u64("max_entity_routes"), limit(self->fd, e, RTM_RES_ROUTES));
}

/* Root of a namespace of his own cannot raise what the host allows. */
TEST_F(limits, root_of_another_user_namespace)
{
	__u64 most = param_u64("max_net_dests");
	int status;
	pid_t child;
	int fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (syscall(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET))
			_exit(77);
		fd = dev_open(O_RDWR);
		if (fd < 0 || set(fd, 0, NULL, RTM_RES_DESTS, 100))
			_exit(1);
		if (set(fd, 0, NULL, RTM_RES_DESTS, most + 1) != -EPERM)
			_exit(2);
		_exit(limit(fd, 0, RTM_RES_DESTS) != 100);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(0, status);
	EXPECT_EQ(most, limit(self->fd, 0, RTM_RES_DESTS));
}

/*
 * What is refused
 */

TEST_F(limits, routes)
{
	unsigned int i;

	ASSERT_EQ(0, set_own(self, RTM_RES_ROUTES, 3));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, i));
	EXPECT_EQ(0, refused(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 3));
	EXPECT_EQ(1, refused(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(3, used(self->fd, self->e, RTM_RES_ROUTES));
	/* what is there can be changed */
	EXPECT_EQ(0, route_n(self->fd, self->e, 0, 2));
	EXPECT_EQ(3, used(self->fd, self->e, RTM_RES_ROUTES));
	/* others are not concerned */
	EXPECT_EQ(0, route_n(self->peer, self->other, 0, 3));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 3));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 0));
}

TEST_F(limits, lowered_below_what_is_used)
{
	unsigned int i;

	for (i = 0; i < 6; i++)
		ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, i));
	ASSERT_EQ(0, set(self->peer, 0, &rip, RTM_RES_ROUTES, 2));
	EXPECT_EQ(6, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 6));
	EXPECT_EQ(0, route_n(self->fd, self->e, 0, 5));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, drop_n(self->fd, self->e, i));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 6));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 4));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 6));
}

TEST_F(limits, nexthops)
{
	__u64 second, third;

	ASSERT_EQ(0, set_own(self, RTM_RES_NEXTHOPS, 2));
	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &second));
	EXPECT_EQ(-ENOSPC, dev_add_nexthop(self->fd, self->e, "192.0.2.3", 1, &third));
	/* the same again is the same */
	EXPECT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &third));
	EXPECT_EQ(second, third);
	EXPECT_EQ(0, dev_release(self->fd, self->e, third));
	EXPECT_EQ(0, dev_add_nexthop(self->peer, self->other, "192.0.2.3", 1, &third));
	EXPECT_EQ(0, dev_delete_nexthop(self->fd, self->e, second));
	EXPECT_EQ(1, used(self->fd, self->e, RTM_RES_NEXTHOPS));
	EXPECT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.3", 1, &third));
}

TEST_F(limits, handles)
{
	struct rtm_get_dest info;
	__u64 dest, again;

	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
	/* so far that of the next hop */
	EXPECT_EQ(1, used(self->fd, self->e, RTM_RES_HANDLES));
	ASSERT_EQ(0, set_own(self, RTM_RES_HANDLES, 2));
	dest = dev_dest(self->fd, self->e, "10.0.0.0/16");
	ASSERT_NE(0, dest);
	EXPECT_EQ(2, used(self->fd, self->e, RTM_RES_HANDLES));
	EXPECT_EQ(-ENOSPC, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->e, "10.1.0.0/16",
					 0, &info));
	/* more counts of what there is a handle of are free */
	again = dev_dest(self->fd, self->e, "10.0.0.0/16");
	EXPECT_EQ(dest, again);
	EXPECT_EQ(2, used(self->fd, self->e, RTM_RES_HANDLES));
	EXPECT_EQ(0, dev_release(self->fd, self->e, dest));
	EXPECT_EQ(2, used(self->fd, self->e, RTM_RES_HANDLES));
	EXPECT_EQ(0, dev_release(self->fd, self->e, dest));
	EXPECT_EQ(1, used(self->fd, self->e, RTM_RES_HANDLES));
	EXPECT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, self->e, "10.1.0.0/16", 0,
				   &info));
}

/* A route whose handle there is no room for is not added. */
TEST_F(limits, add_without_room_for_the_handle)
{
	__u64 route;

	ASSERT_EQ(0, set_own(self, RTM_RES_HANDLES, 1));
	EXPECT_EQ(-ENOSPC, dev_route(self->fd, self->e, "10.0.0.0/16", self->nh, 1, &route));
	EXPECT_EQ(0, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
}

TEST_F(limits, objects)
{
	__u64 first, list;

	ASSERT_EQ(0, set_own(self, RTM_RES_OBJECTS, 2));
	ASSERT_EQ(0, dev_new_list(self->fd, self->e, &first));
	ASSERT_EQ(0, dev_notify(self->fd, self->e, RTM_CT_ALL, RTM_V_UCAST, &list));
	EXPECT_EQ(-ENOSPC, dev_new_list(self->fd, self->e, &list));
	EXPECT_EQ(2, used(self->fd, self->e, RTM_RES_OBJECTS));
	EXPECT_EQ(1, refused(self->fd, self->e, RTM_RES_OBJECTS));
	EXPECT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->e, first));
	EXPECT_EQ(0, dev_new_list(self->fd, self->e, &list));
	EXPECT_EQ(0, dev_new_list(self->peer, self->other, &list));
}

/* The namespace's limit is shared, whoever of its clients is first. */
TEST_F(limits, namespace_is_shared)
{
	ASSERT_EQ(0, set_net(self, RTM_RES_ROUTES, 3));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
	EXPECT_EQ(0, route_n(self->peer, self->other, 0, 0));
	EXPECT_EQ(-ENOSPC, route_n(self->peer, self->other, 0, 1));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 2));
	EXPECT_EQ(2, refused(self->look, 0, RTM_RES_ROUTES));
	EXPECT_EQ(0, refused(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(2, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 1));
	EXPECT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(used(self->look, 0, RTM_RES_ROUTES) == 2));
	EXPECT_EQ(0, route_n(self->peer, self->other, 0, 1));
}

TEST_F(limits, destinations)
{
	ASSERT_EQ(0, set_net(self, RTM_RES_DESTS, 2));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 2));
	EXPECT_EQ(1, refused(self->look, 0, RTM_RES_DESTS));
	/* a second route to one that is there */
	EXPECT_EQ(0, route_n(self->peer, self->other, 0, 1));
	EXPECT_EQ(2, used(self->look, 0, RTM_RES_DESTS));
}

TEST_F(limits, batch_says_which)
{
	struct rtm_route_item *items = guard_alloc(10 * sizeof(*items));
	struct rtm_route_batch arg;
	unsigned int i;

	memset(items, 0, 10 * sizeof(*items));
	for (i = 0; i < 10; i++) {
		items[i].dest = prefix("10.0.0.0/24");
		items[i].dest.addr[2] = i;
		items[i].attrs = route_attrs(&self->nh, 1);
		items[i].status = 1;
	}
	/* the last is the first once more */
	items[9].dest.addr[2] = 0;
	ASSERT_EQ(0, set_own(self, RTM_RES_ROUTES, 4));
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = self->e;
	arg.items = ptr_u64(items);
	arg.count = 10;
	arg.deadline = 0;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_ADD_ROUTES, &arg));
	EXPECT_EQ(10, arg.done);
	for (i = 0; i < 10; i++)
		EXPECT_EQ(i < 4 || i == 9 ? 0 : -ENOSPC, items[i].status);
	EXPECT_EQ(4, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(5, refused(self->fd, self->e, RTM_RES_ROUTES));
	guard_free(items);
}

/*
 * Bytes
 */

TEST_F(limits, bytes)
{
	__u64 before = used(self->fd, self->e, RTM_RES_BYTES), each, list;
	__u64 net = used(self->look, 0, RTM_RES_BYTES);

	ASSERT_LT(0, before);
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	each = used(self->fd, self->e, RTM_RES_BYTES) - before;
	EXPECT_LT(64, each);
	/* the destination and the trie are the namespace's */
	EXPECT_LT(net + each, used(self->look, 0, RTM_RES_BYTES));
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, before + 3 * each));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 2));
	EXPECT_EQ(before + 3 * each, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 3));
	EXPECT_EQ(-ENOSPC, dev_new_list(self->fd, self->e, &list));
	EXPECT_EQ(0, dev_dest(self->fd, self->e, "10.0.0.0/16"));
	EXPECT_EQ(3, refused(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(before + 2 * each, used(self->fd, self->e, RTM_RES_BYTES));
}

/* Over the limit, which then was lower, routes can still be sent to another next hop. */
TEST_F(limits, bytes_of_another_nexthop)
{
	__u64 nh, route;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &nh));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/16", self->nh, 1, &route));
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, 1));
	EXPECT_EQ(0, route_n(self->fd, self->e, nh, 0));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, nh, 1));
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, 0));
	/* the same for the namespace */
	ASSERT_EQ(0, set_net(self, RTM_RES_BYTES, 1));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, set_net(self, RTM_RES_BYTES, 0));
}

/* More than one next hop is more memory, for as long as the route has them. */
TEST_F(limits, bytes_of_many_nexthops)
{
	__u64 nh[4] = { self->nh }, before, one, four;
	struct rtm_add_route arg;
	char text[32];
	int i;

	for (i = 1; i < 4; i++) {
		snprintf(text, sizeof(text), "192.0.2.%d", i + 1);
		ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, text, 1, &nh[i]));
	}
	before = used(self->fd, self->e, RTM_RES_BYTES);
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	one = used(self->fd, self->e, RTM_RES_BYTES);
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 4);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	four = used(self->fd, self->e, RTM_RES_BYTES);
	EXPECT_LT(one + 4 * sizeof(void *), four);
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 3);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(four - sizeof(void *), used(self->fd, self->e, RTM_RES_BYTES));
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 4);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(four, used(self->fd, self->e, RTM_RES_BYTES));
	/* refused, and nothing taken */
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, four + 1));
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 3);
	arg.flags = RTM_REQ_NO_HANDLE;
	EXPECT_EQ(-ENOSPC, dev_add_route(self->fd, &arg));
	EXPECT_EQ(four, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	EXPECT_EQ(one, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
	/* a new route has them from the beginning */
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 4);
	arg.flags = RTM_REQ_NO_HANDLE;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(four, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
	/* so has one with a handle */
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, 0));
	route_arg(&arg, self->e, "10.0.0.0/16", nh, 4);
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(0, dev_release(self->fd, self->e, arg.route));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
}

/* Routes with the same next hops share them, and so does who pays. */
TEST_F(limits, bytes_of_a_shared_set)
{
	static const char * const dest[] = { "10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16" };
	__u64 nh[2] = { self->nh }, other[2] = { [1] = self->nh }, bytes[4];
	struct rtm_add_route arg;
	int i;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &nh[1]));
	other[0] = nh[1];
	bytes[0] = used(self->fd, self->e, RTM_RES_BYTES);
	for (i = 0; i < 3; i++) {
		/* the other way round it is another set */
		route_arg(&arg, self->e, dest[i], i < 2 ? nh : other, 2);
		arg.flags = RTM_REQ_NO_HANDLE;
		ASSERT_EQ(0, dev_add_route(self->fd, &arg));
		bytes[i + 1] = used(self->fd, self->e, RTM_RES_BYTES);
	}
	/* the second has a route only, the third a set of its own */
	EXPECT_LT(bytes[2] - bytes[1], bytes[1] - bytes[0]);
	EXPECT_EQ(bytes[3] - bytes[2], bytes[1] - bytes[0]);
	/* it lasts as long as one of them has it */
	EXPECT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(bytes[3] - (bytes[2] - bytes[1]), used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 1));
	EXPECT_EQ(bytes[1], used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, drop_n(self->fd, self->e, 2));
	EXPECT_EQ(bytes[0], used(self->fd, self->e, RTM_RES_BYTES));
}

TEST_F(limits, bytes_of_cells_and_locks)
{
	__u64 dest, before, cell;

	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	dest = dev_dest(self->fd, self->e, "10.0.0.0/16");
	ASSERT_NE(0, dest);
	before = used(self->fd, self->e, RTM_RES_BYTES);
	ASSERT_EQ(0, dev_set_opaque(self->fd, self->e, dest, 42));
	cell = used(self->fd, self->e, RTM_RES_BYTES);
	EXPECT_LT(before, cell);
	ASSERT_EQ(0, dev_lock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_LT(cell, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, dev_unlock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(cell, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(0, dev_set_opaque(self->fd, self->e, dest, 0));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
	ASSERT_EQ(0, set_own(self, RTM_RES_BYTES, before));
	EXPECT_EQ(-ENOSPC, dev_set_opaque(self->fd, self->e, dest, 42));
	EXPECT_EQ(-ENOSPC, dev_lock(self->fd, self->e, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
}

TEST_F(limits, bytes_of_the_namespace)
{
	__u64 now = used(self->look, 0, RTM_RES_BYTES);

	ASSERT_EQ(0, set_net(self, RTM_RES_BYTES, now));
	EXPECT_EQ(-ENOSPC, route_n(self->peer, self->other, 0, 0));
	EXPECT_EQ(now, used(self->look, 0, RTM_RES_BYTES));
	EXPECT_EQ(0, used(self->peer, self->other, RTM_RES_ROUTES));
	ASSERT_EQ(0, set_net(self, RTM_RES_BYTES, 0));
	EXPECT_EQ(0, route_n(self->peer, self->other, 0, 0));
}

/*
 * Who is charged for what others keep
 */

/* A neighbour's handles of deleted routes are not the owner's affair. */
TEST_F(limits, deleted_but_referenced)
{
	__u64 nh, route, before = used(self->fd, self->e, RTM_RES_BYTES);
	struct rtm_get_dest info;
	struct rtm_dest_view v[RTM_N_VIEWS];

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->e, "192.0.2.2", 1, &nh));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/16", nh, 1, &route));
	dest_arg(&info, self->other, RTM_PROTO_BEST, RTM_V_UCAST, v, RTM_N_VIEWS);
	info.prefix = prefix("10.0.0.0/16");
	ASSERT_EQ(0, dev_call(self->peer, RTM_IOC_GET_EXACT_DEST, &info));
	EXPECT_EQ(3, used(self->peer, self->other, RTM_RES_HANDLES));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
	ASSERT_EQ(0, dev_delete_nexthop(self->fd, self->e, nh));
	EXPECT_EQ(0, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(1, used(self->fd, self->e, RTM_RES_NEXTHOPS));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_EQ(1, used(self->look, 0, RTM_RES_ROUTES));
	EXPECT_EQ(2, used(self->look, 0, RTM_RES_NEXTHOPS));
	/* nor does it go with the owner */
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	EXPECT_EQ(1, used(self->look, 0, RTM_RES_ROUTES));
	ASSERT_EQ(0, dev_deregister(self->peer, self->other));
	EXPECT_TRUE(wait_until(!used(self->look, 0, RTM_RES_ROUTES)));
}

/* Held-down routes count, or a limit of routes could be got round. */
TEST_F(limits, held_down)
{
	__u64 dest, before = used(self->fd, self->e, RTM_RES_BYTES), one;

	ASSERT_EQ(0, set_own(self, RTM_RES_ROUTES, 1));
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	one = used(self->fd, self->e, RTM_RES_BYTES);
	dest = dev_dest(self->fd, self->e, "10.0.0.0/16");
	ASSERT_NE(0, dest);
	/* its handle stays */
	before += used(self->fd, self->e, RTM_RES_BYTES) - one;
	one = used(self->fd, self->e, RTM_RES_BYTES);
	ASSERT_EQ(0, dev_hold(self->fd, self->e, dest, RTM_V_SUPPORTED, 100));
	ASSERT_EQ(0, drop_n(self->fd, self->e, 0));
	/* either it is held, or its time is over */
	if (used(self->fd, self->e, RTM_RES_ROUTES))
		EXPECT_GE(one, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_TRUE(wait_until(!used(self->fd, self->e, RTM_RES_ROUTES)));
	EXPECT_EQ(before, used(self->fd, self->e, RTM_RES_BYTES));
	ASSERT_EQ(0, dev_hold(self->fd, self->e, dest, RTM_V_SUPPORTED, LONG));
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(1, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(one, used(self->fd, self->e, RTM_RES_BYTES));
	EXPECT_EQ(-ENOSPC, route_n(self->fd, self->e, self->nh, 1));
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	EXPECT_EQ(0, dev_fib_sync(self->peer, NULL));
	EXPECT_TRUE(wait_until(!used(self->look, 0, RTM_RES_ROUTES)));
}

/* What a neighbour wants held is not the owner's to pay for. */
TEST_F(limits, held_down_by_others)
{
	__u64 dest;

	ASSERT_EQ(0, set_own(self, RTM_RES_ROUTES, 1));
	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	dest = dev_dest(self->peer, self->other, "10.0.0.0/16");
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_hold(self->peer, self->other, dest, RTM_V_SUPPORTED, LONG));
	ASSERT_EQ(0, drop_n(self->fd, self->e, 0));
	EXPECT_EQ(0, used(self->fd, self->e, RTM_RES_ROUTES));
	EXPECT_EQ(1, used(self->look, 0, RTM_RES_ROUTES));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
}

/* A mark keeps a destination, which its owner pays for. */
TEST_F(limits, marks)
{
	__u64 notify, dest, before;

	ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, 0));
	ASSERT_EQ(0, dev_notify(self->peer, self->other, RTM_CT_ALL, RTM_V_SUPPORTED, &notify));
	dest = dev_dest(self->peer, self->other, "10.0.0.0/16");
	ASSERT_NE(0, dest);
	before = used(self->peer, self->other, RTM_RES_BYTES);
	ASSERT_EQ(0, dev_mark(self->peer, self->other, notify, dest, true));
	EXPECT_LT(before, used(self->peer, self->other, RTM_RES_BYTES));
	ASSERT_EQ(0, dev_mark(self->peer, self->other, notify, dest, true));
	ASSERT_EQ(0, dev_mark(self->peer, self->other, notify, dest, false));
	EXPECT_EQ(before, used(self->peer, self->other, RTM_RES_BYTES));
	ASSERT_EQ(0, set(self->peer, self->other, NULL, RTM_RES_BYTES, before));
	EXPECT_EQ(-ENOSPC, dev_mark(self->peer, self->other, notify, dest, true));
	ASSERT_EQ(0, set(self->peer, self->other, NULL, RTM_RES_BYTES, 0));
	ASSERT_EQ(0, dev_mark(self->peer, self->other, notify, dest, true));
	/* with the notification goes the mark */
	ASSERT_EQ(0, dev_denotify(self->peer, self->other, notify));
	EXPECT_GT(before, used(self->peer, self->other, RTM_RES_BYTES));
}

/* Events from a file until there is one of @entity: how often none could be told, or -1. */
static int refusals_before(int fd, __u64 entity, struct rtm_event *ev)
{
	int n, tries;

	for (n = 0, tries = 0; tries < 100; tries++) {
		if (read(fd, ev, sizeof(*ev)) == sizeof(*ev)) {
			if (ev->entity == entity)
				return n;
			return -1;
		}
		if (errno != ENOSPC)
			return -1;
		n++;
	}
	return -1;
}

/* Who may have no more handles is not told who comes; others of the file are. */
TEST_F(limits, events_of_others_come_first)
{
	int fd = dev_open(O_RDWR | O_NONBLOCK);
	struct rtm_event ev;
	__u64 full, free, nh;
	int i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_STATIC, 1, RTM_REQ_EVENTS, &full));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_STATIC, 2, RTM_REQ_EVENTS, &free));
	while (read(fd, &ev, sizeof(ev)) == sizeof(ev))
		ASSERT_EQ(0, dev_release(fd, ev.entity, ev.object));
	ASSERT_EQ(EAGAIN, errno);
	ASSERT_EQ(0, dev_add_nexthop(fd, full, "192.0.2.1", 1, &nh));
	ASSERT_EQ(1, used(fd, full, RTM_RES_HANDLES));
	ASSERT_EQ(0, set(fd, full, NULL, RTM_RES_HANDLES, 1));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, dev_deregister(self->peer, self->other));
		ASSERT_EQ(0, dev_register(self->peer, AF_INET, PROTO_BGP, 1, 0, &self->other));
	}
	/* it left, and came: in this order, though the other one's could not be told */
	EXPECT_LE(0, refusals_before(fd, free, &ev));
	EXPECT_EQ(RTM_EVENT_ENTITY_DEREGISTERED, ev.type);
	EXPECT_LE(0, refusals_before(fd, free, &ev));
	EXPECT_EQ(RTM_EVENT_ENTITY_REGISTERED, ev.type);
	EXPECT_EQ(-1, read(fd, &ev, sizeof(ev)));
	EXPECT_EQ(ENOSPC, errno);
	ASSERT_EQ(0, set(fd, full, NULL, RTM_RES_HANDLES, 0));
	EXPECT_EQ(0, refusals_before(fd, full, &ev));
	EXPECT_EQ(RTM_EVENT_ENTITY_DEREGISTERED, ev.type);
	EXPECT_EQ(0, refusals_before(fd, full, &ev));
	EXPECT_EQ(RTM_EVENT_ENTITY_REGISTERED, ev.type);
	close(fd);
}

TEST_F(limits, expired)
{
	__u64 route, bytes = used(self->look, 0, RTM_RES_BYTES), plain;

	ASSERT_EQ(0, set_own(self, RTM_RES_ROUTES, 1));
	ASSERT_EQ(0, dev_route(self->fd, self->e, "10.0.0.0/16", 0, 1, &route));
	plain = used(self->look, 0, RTM_RES_BYTES);
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
	ASSERT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(used(self->look, 0, RTM_RES_BYTES) == bytes));
	/* a lifetime needs memory, too */
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.0.0.0/16", LONG, &route));
	EXPECT_LT(plain, used(self->look, 0, RTM_RES_BYTES));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, route, NULL));
	ASSERT_EQ(0, dev_route_for(self->fd, self->e, "10.0.0.0/16", 100, &route));
	EXPECT_TRUE(wait_until(!used(self->fd, self->e, RTM_RES_ROUTES)));
	EXPECT_EQ(0, route_n(self->fd, self->e, self->nh, 1));
}

/* A listener is charged for destinations that are there for it alone. */
TEST_F(limits, ghosts)
{
	__u64 before, notify;
	struct rtm_get_stats s;
	int i;

	ASSERT_EQ(0, dev_notify(self->peer, self->other, RTM_CT_ALL, RTM_V_UCAST, &notify));
	before = used(self->peer, self->other, RTM_RES_BYTES);
	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, i));
		EXPECT_EQ(before, used(self->peer, self->other, RTM_RES_BYTES));
		ASSERT_EQ(0, drop_n(self->fd, self->e, i));
		EXPECT_LT(before, used(self->peer, self->other, RTM_RES_BYTES));
		ASSERT_EQ(0, route_n(self->fd, self->e, self->nh, i));
	}
	EXPECT_EQ(before, used(self->peer, self->other, RTM_RES_BYTES));
	ASSERT_EQ(0, dev_stats(self->look, &s));
	EXPECT_EQ(0, s.desyncs);
	/* over its limit it is told everything anew */
	ASSERT_EQ(0, set(self->peer, self->other, NULL, RTM_RES_BYTES, before + 1));
	ASSERT_EQ(0, drop_n(self->fd, self->e, 0));
	ASSERT_EQ(0, dev_stats(self->look, &s));
	EXPECT_EQ(1, s.desyncs);
	EXPECT_EQ(0, dev_denotify(self->peer, self->other, notify));
	EXPECT_GT(before, used(self->peer, self->other, RTM_RES_BYTES));
}

/* What a client that dies was charged for is not charged to others. */
TEST_F(limits, dead_client)
{
	__u64 bytes = used(self->look, 0, RTM_RES_BYTES), e, dest, list, nh[2];
	struct rtm_add_route arg;
	int status;
	pid_t child;
	int i, fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		fd = dev_open(O_RDWR);
		if (dev_register(fd, AF_INET, PROTO_OSPF, 3, RTM_REQ_OPAQUE_SLOT, &e) ||
		    dev_add_nexthop(fd, e, "192.0.2.7", 1, &nh[0]) ||
		    dev_add_nexthop(fd, e, "192.0.2.8", 1, &nh[1]) || dev_new_list(fd, e, &list) ||
		    dev_notify(fd, e, RTM_CT_ALL, RTM_V_UCAST, &list))
			_exit(1);
		for (i = 0; i < 100; i++)
			if (route_n(fd, e, nh[0], i))
				_exit(2);
		route_arg(&arg, e, "11.0.0.0/8", nh, 2);
		dest = dev_dest(fd, e, "10.5.0.0/16");
		if (dev_add_route(fd, &arg) || !dest || dev_set_opaque(fd, e, dest, 1) ||
		    dev_lock(fd, e, dest, RTM_REQ_EXCLUSIVE))
			_exit(3);
		if (drop_n(fd, e, 77) || used(fd, e, RTM_RES_ROUTES) != 100)
			_exit(4);
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(SIGKILL, status);
	EXPECT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(wait_until(used(self->look, 0, RTM_RES_BYTES) == bytes));
	EXPECT_EQ(0, used(self->look, 0, RTM_RES_ROUTES));
}

TEST_HARNESS_MAIN
