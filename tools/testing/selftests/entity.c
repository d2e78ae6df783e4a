// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entities: registration, its end in all its forms, lists and limits.
 *
 * How this file works: a test plays several routing protocols through one or several
 * open files.  Limits are module parameters; a test that changes one puts it back in
 * its teardown, whatever happened in between.
 */
#include <signal.h>
#include <sys/wait.h>

#include "rtm_leftover.h"

FIXTURE(entity) {
	struct env env;
	int fd;
};

FIXTURE_SETUP(entity)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
}

FIXTURE_TEARDOWN(entity)
{
	env_clean(_metadata, &self->env);
}

static unsigned int count_entities(struct __test_metadata *_metadata, int fd)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(fd, &s));
	return s.entities;
}

TEST_F(entity, register_wrong)
{
	static const __u16 families[] = { 0, 1, 3, AF_INET + 256, AF_INET6 + 1, 17, 0xffff };
	__u64 entity;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++)
		EXPECT_EQ(-EINVAL, dev_register(self->fd, families[i], PROTO_RIP, 1, 0, &entity));
	EXPECT_EQ(0, count_entities(_metadata, self->fd));
}

TEST_F(entity, register_profile)
{
	struct rtm_register_entity arg;

	register_arg(&arg, AF_INET, PROTO_RIP, 1, 0);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_REGISTER_ENTITY, &arg));
	EXPECT_EQ(RTM_HANDLE_ENTITY, RTM_HANDLE_TYPE(arg.entity));
	EXPECT_EQ(param_number("max_nexthops"), arg.max_nexthops);
	EXPECT_EQ(param_number("max_handles_in_enum"), arg.max_handles);
	EXPECT_EQ(RTM_V_SUPPORTED, arg.views);
	EXPECT_EQ(RTM_N_VIEWS, arg.n_views);
	EXPECT_EQ(AF_INET, arg.id.family);
	EXPECT_EQ(0, arg.id.instance);
	EXPECT_EQ(PROTO_RIP, arg.id.protocol);
	EXPECT_EQ(1, arg.id.id);
	EXPECT_EQ(1, count_entities(_metadata, self->fd));
}

TEST_F(entity, name_is_taken)
{
	int fd = dev_open(O_RDWR);
	__u64 a, b, c, d, e, again;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
	EXPECT_EQ(-EEXIST, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &again));
	EXPECT_EQ(-EEXIST, dev_register(fd, AF_INET, PROTO_RIP, 1, RTM_REQ_KEEP, &again));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, 0, &b));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &c));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &d));
	EXPECT_EQ(0, dev_register_in(fd, 65535, AF_INET, PROTO_RIP, 1, 0, &e));
	EXPECT_EQ(5, count_entities(_metadata, self->fd));

	ASSERT_EQ(0, dev_deregister(self->fd, a));
	EXPECT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, 0, &again));
	close(fd);
	/* the name is free as soon as the file has gone */
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &again));
}

TEST_F(entity, deregister_wrong)
{
	int fd = dev_open(O_RDWR);
	__u64 a, b, other;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, 0, &b));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 1, 0, &other));

	EXPECT_EQ(-EBADF, dev_deregister(self->fd, 0));
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, ~0ull));
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, a + 100));
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, a ^ 1ull << 32));
	EXPECT_EQ(3, count_entities(_metadata, self->fd));

	EXPECT_EQ(0, dev_deregister(self->fd, a));
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, a));
	EXPECT_EQ(2, count_entities(_metadata, self->fd));
	/* the same place in the table, but not the same handle */
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 3, 0, &b));
	EXPECT_NE(a, b);
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, a));
	close(fd);
}

/*
 * Lists
 */

static void list_arg(struct rtm_get_entities *arg, __u64 entity, __u64 *handles,
		     struct rtm_entity_id *infos, __u32 room)
{
	arg_init(arg);
	arg->flags = infos ? RTM_REQ_INFOS : 0;
	arg->entity = entity;
	arg->handles = ptr_u64(handles);
	arg->infos = infos ? ptr_u64(infos) : 0xcccccccccccccccc;
	arg->count = room;
}

static int list(int fd, __u64 entity, __u64 *handles, struct rtm_entity_id *infos, __u32 room,
		struct rtm_get_entities *arg)
{
	list_arg(arg, entity, handles, infos, room);
	return dev_call(fd, RTM_IOC_GET_ENTITIES, arg);
}

static __u64 handles_in_use(struct __test_metadata *_metadata, int fd)
{
	struct rtm_get_stats s;

	ASSERT_EQ(0, dev_stats(fd, &s));
	return s.handles;
}

TEST_F(entity, list_all)
{
	struct rtm_entity_id *infos = guard_alloc(3 * sizeof(*infos));
	__u64 *handles = guard_alloc(3 * sizeof(*handles));
	int fd = dev_open(O_RDWR);
	struct rtm_get_entities arg;
	__u64 a, b, c, other;

	/* in order of their names, whatever the order in which they came */
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 9, 0, &b));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 5, 0, &a));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 10, 0, &c));
	ASSERT_EQ(0, dev_register(fd, AF_INET6, PROTO_OSPF, 11, 0, &other));
	ASSERT_EQ(0, dev_register_in(fd, 1, AF_INET, PROTO_OSPF, 12, 0, &other));

	ASSERT_EQ(0, list(self->fd, a, handles, infos, 3, &arg));
	EXPECT_EQ(3, arg.count);
	EXPECT_EQ(3, arg.total);
	EXPECT_EQ(a, handles[0]);
	EXPECT_EQ(b, handles[1]);
	EXPECT_EQ(RTM_HANDLE_ENTITY, RTM_HANDLE_TYPE(handles[2]));
	EXPECT_EQ(PROTO_RIP, infos[0].protocol);
	EXPECT_EQ(5, infos[0].id);
	EXPECT_EQ(9, infos[1].id);
	EXPECT_EQ(10, infos[2].id);
	EXPECT_EQ(PROTO_OSPF, infos[2].protocol);
	EXPECT_EQ(AF_INET, infos[2].family);
	EXPECT_EQ(0, infos[2].instance | infos[2].pad);

	EXPECT_EQ(0, dev_release_n(self->fd, a, RTM_HANDLE_ENTITY, handles, 3, NULL));
	/* one reference each: nothing is left to be released, and a and b are still there */
	EXPECT_EQ(-EBADF, dev_release(self->fd, a, handles[0]));
	EXPECT_EQ(-EBADF, dev_release(self->fd, a, handles[1]));
	EXPECT_EQ(-EBADF, dev_release(self->fd, a, handles[2]));
	EXPECT_EQ(0, dev_deregister(self->fd, b));
	close(fd);
	guard_free(handles);
	guard_free(infos);
}

TEST_F(entity, list_short)
{
	struct rtm_entity_id *infos = guard_alloc(2 * sizeof(*infos));
	__u64 *handles = guard_alloc(2 * sizeof(*handles));
	struct rtm_get_entities arg;
	__u64 e[3], before;
	int i;

	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, i, 0, &e[i]));
	before = handles_in_use(_metadata, self->fd);

	EXPECT_EQ(-EMSGSIZE, list(self->fd, e[0], handles, infos, 0, &arg));
	EXPECT_EQ(0, arg.count);
	EXPECT_EQ(3, arg.total);
	EXPECT_EQ(0xcccccccccccccccc, handles[0]);
	/* neither array: only the number is asked for, whatever room is claimed */
	EXPECT_EQ(-EMSGSIZE, list(self->fd, e[0], NULL, NULL, 1000, &arg));
	EXPECT_EQ(0, arg.count);
	EXPECT_EQ(3, arg.total);

	EXPECT_EQ(-EMSGSIZE, list(self->fd, e[0], handles, infos, 2, &arg));
	EXPECT_EQ(2, arg.count);
	EXPECT_EQ(3, arg.total);
	EXPECT_EQ(e[0], handles[0]);
	EXPECT_EQ(e[1], handles[1]);
	EXPECT_EQ(1, infos[1].id);
	EXPECT_EQ(0, dev_release_n(self->fd, e[0], RTM_HANDLE_ENTITY, handles, 2, NULL));
	EXPECT_EQ(-EBADF, dev_release(self->fd, e[0], handles[0]));
	EXPECT_EQ(before, handles_in_use(_metadata, self->fd));
	guard_free(handles);
	guard_free(infos);
}

TEST_F(entity, list_one_array)
{
	struct rtm_entity_id *infos = guard_alloc(4 * sizeof(*infos));
	__u64 *handles = guard_alloc(4 * sizeof(*handles));
	struct rtm_get_entities arg;
	__u64 e[2];

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 0, 0, &e[0]));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &e[1]));

	EXPECT_EQ(0, list(self->fd, e[0], NULL, infos, 4, &arg));
	EXPECT_EQ(2, arg.count);
	EXPECT_EQ(1, infos[1].id);
	EXPECT_EQ(0xcccccccc, infos[2].id);
	EXPECT_EQ(-EBADF, dev_release(self->fd, e[0], e[1]));

	EXPECT_EQ(0, list(self->fd, e[0], handles, NULL, 4, &arg));
	EXPECT_EQ(2, arg.count);
	EXPECT_EQ(e[1], handles[1]);
	EXPECT_EQ(0xcccccccccccccccc, handles[2]);
	EXPECT_EQ(0, dev_release_n(self->fd, e[0], RTM_HANDLE_ANY, handles, 2, NULL));
	guard_free(handles);
	guard_free(infos);
}

TEST_F(entity, info)
{
	int fd = dev_open(O_RDWR);
	struct rtm_get_entity_info info;
	struct rtm_get_entities arg;
	__u64 a, b, six, handles[2];

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 5, 0, &a));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 6, 0, &b));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 5, 0, &six));
	ASSERT_EQ(0, list(self->fd, a, handles, NULL, 2, &arg));

	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, a, 0, &info));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, a, handles[1] ^ 1ull << 32, &info));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, a, handles[1] ^ 1, &info));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, a, six, &info));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, six, a, &info));

	EXPECT_EQ(0, dev_entity_info(self->fd, a, a, &info));
	EXPECT_EQ(5, info.id.id);
	EXPECT_EQ(RTM_STATE_CREATED, info.state);
	EXPECT_EQ(0, dev_entity_info(self->fd, a, handles[1], &info));
	EXPECT_EQ(PROTO_OSPF, info.id.protocol);
	EXPECT_EQ(6, info.id.id);
	EXPECT_EQ(RTM_STATE_CREATED, info.state);

	/* one that has gone can be read for as long as it is referenced */
	ASSERT_EQ(0, dev_deregister(fd, b));
	EXPECT_EQ(0, dev_entity_info(self->fd, a, handles[1], &info));
	EXPECT_EQ(6, info.id.id);
	EXPECT_EQ(RTM_STATE_DELETED, info.state);
	EXPECT_EQ(3, count_entities(_metadata, self->fd));
	EXPECT_EQ(0, dev_release(self->fd, a, handles[1]));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, a, handles[1], &info));
	EXPECT_EQ(2, count_entities(_metadata, self->fd));
	close(fd);
}

/*
 * Limits
 */

FIXTURE(limit) {
	struct env env;
	int fd;
	unsigned int entities;
	unsigned int slots;
	unsigned int tables;
	unsigned int handles;
};

FIXTURE_SETUP(limit)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->entities = param_number("max_entities");
	self->slots = param_number("max_opaque_slots");
	self->tables = param_number("max_tables");
	self->handles = param_number("max_file_handles");
	ASSERT_LT(0, self->entities);
	ASSERT_LT(0, self->slots);
	ASSERT_LT(0, self->tables);
	ASSERT_LT(0, self->handles);
}

FIXTURE_TEARDOWN(limit)
{
	EXPECT_EQ(0, param_set_number("max_entities", self->entities));
	EXPECT_EQ(0, param_set_number("max_opaque_slots", self->slots));
	EXPECT_EQ(0, param_set_number("max_tables", self->tables));
	EXPECT_EQ(0, param_set_number("max_file_handles", self->handles));
	env_clean(_metadata, &self->env);
}

TEST_F(limit, parameters_wrong)
{
	static const char * const bounded[] = {
		"max_nexthops", "max_handles_in_enum", "max_opaque_slots", "max_tables",
		"max_entities", "max_dest_routes", "max_file_handles", "max_objects",
	};
	unsigned int i, before;
	char text[32];

	for (i = 0; i < ARRAY_SIZE(bounded); i++) {
		before = param_number(bounded[i]);
		EXPECT_EQ(-ERANGE, param_set(bounded[i], "0"))
			TH_LOG("%s", bounded[i]);
		EXPECT_EQ(-ERANGE, param_set(bounded[i], "4294967295"));
		EXPECT_EQ(-ERANGE, param_set(bounded[i], "4294967296"));
		EXPECT_EQ(-EINVAL, param_set(bounded[i], "many"));
		EXPECT_EQ(-EINVAL, param_set(bounded[i], "-1"));
		EXPECT_EQ(before, param_number(bounded[i]));
	}
	ASSERT_EQ(0, param_get("dest_lock_policy", text, sizeof(text)));
	EXPECT_STREQ("stake", text);
	EXPECT_EQ(-EINVAL, param_set("dest_lock_policy", "closed"));
	EXPECT_EQ(0, param_set("dest_lock_policy", "stake\n"));
}

TEST_F(limit, entities_of_a_table)
{
	__u64 a, b, c;

	ASSERT_EQ(0, param_set("max_entities", "2"));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, 0, &b));
	EXPECT_EQ(-ENOSPC, dev_register(self->fd, AF_INET, PROTO_RIP, 3, 0, &c));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 3, 0, &c));
	EXPECT_EQ(3, count_entities(_metadata, self->fd));
	ASSERT_EQ(0, dev_deregister(self->fd, a));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 3, 0, &c));
	/* a smaller limit takes nothing away */
	ASSERT_EQ(0, param_set("max_entities", "1"));
	EXPECT_EQ(3, count_entities(_metadata, self->fd));
	ASSERT_EQ(0, dev_deregister(self->fd, c));
	EXPECT_EQ(-ENOSPC, dev_register(self->fd, AF_INET, PROTO_RIP, 4, 0, &c));
}

TEST_F(limit, opaque_slots_of_a_table)
{
	__u64 a, b, c, d;

	ASSERT_EQ(0, param_set("max_opaque_slots", "1"));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT, &a));
	EXPECT_EQ(-ENOSPC,
		  dev_register(self->fd, AF_INET, PROTO_RIP, 2, RTM_REQ_OPAQUE_SLOT, &b));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, 0, &b));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT, &c));
	ASSERT_EQ(0, dev_deregister(self->fd, a));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 3, RTM_REQ_OPAQUE_SLOT, &d));
}

TEST_F(limit, slot_of_a_closed_file)
{
	int fd = dev_open(O_RDWR);
	__u64 a, b;

	ASSERT_EQ(0, param_set("max_opaque_slots", "1"));
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT | RTM_REQ_KEEP,
				  &a));
	close(fd);
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, RTM_REQ_OPAQUE_SLOT, &b));
	EXPECT_EQ(-ENOSPC,
		  dev_register(self->fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT, &a));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
}

TEST_F(limit, tables_of_a_namespace)
{
	__u64 a, b;

	ASSERT_EQ(0, param_set("max_tables", "1"));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
	EXPECT_EQ(-ENOSPC, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &b));
	EXPECT_EQ(-ENOSPC, dev_register_in(self->fd, 1, AF_INET, PROTO_RIP, 1, 0, &b));
	EXPECT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 2, 0, &b));
	ASSERT_EQ(0, dev_deregister(self->fd, a));
	ASSERT_EQ(0, dev_deregister(self->fd, b));
	/* a table goes with the last that is in it */
	EXPECT_TRUE(wait_until(!dev_register_in(self->fd, 1, AF_INET, PROTO_RIP, 1, 0, &a)));
}

TEST_F(limit, handles_of_a_file)
{
	struct rtm_get_entities arg;
	__u64 a, b, nexthop;
	int fd = dev_open(O_RDWR);

	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 2, 0, &b));
	ASSERT_EQ(0, param_set("max_file_handles", "1"));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &a));
	EXPECT_EQ(-ENOSPC, dev_register(self->fd, AF_INET6, PROTO_RIP, 1, 0, &b));
	EXPECT_EQ(2, count_entities(_metadata, self->fd));
	EXPECT_EQ(-ENOSPC, dev_add_nexthop(self->fd, a, "192.0.2.1", 1, &nexthop));
	/* the caller itself fits, the other one does not, and nothing stays */
	EXPECT_EQ(-ENOSPC, list(self->fd, a, (__u64[2]) {}, NULL, 2, &arg));
	EXPECT_EQ(-EBADF, dev_release(self->fd, a, a));
	EXPECT_EQ(2, handles_in_use(_metadata, self->fd));
	ASSERT_EQ(0, param_set("max_file_handles", "2"));
	EXPECT_EQ(0, dev_add_nexthop(self->fd, a, "192.0.2.1", 1, &nexthop));
	close(fd);
}

/*
 * Ends
 */

TEST_F(entity, deregister_with_leftovers)
{
	__u64 entity = populate(_metadata, self->fd, 1, 0);

	EXPECT_TRUE(counts_are(self->fd, 1, 2, 20, 20));
	EXPECT_EQ(0, dev_deregister(self->fd, entity));
	/* all of it before the call returns, but for what the FIB writer still has */
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
	EXPECT_EQ(0, handles_in_use(_metadata, self->fd));
}

TEST_F(entity, deregister_one_of_two)
{
	__u64 a = populate(_metadata, self->fd, 1, 0);
	__u64 b = populate(_metadata, self->fd, 2, 0);
	struct rtm_get_dest query;

	EXPECT_TRUE(counts_are(self->fd, 2, 4, 40, 20));
	EXPECT_EQ(0, dev_deregister(self->fd, a));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 1, 2, 20, 20)));
	EXPECT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, b, "10.7.0.0/16",
				   RTM_V_UCAST, &query));
}

TEST_F(entity, close_with_leftovers)
{
	int fd = dev_open(O_RDWR);

	populate(_metadata, fd, 1, 0);
	populate(_metadata, fd, 2, 0);
	close(fd);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
	EXPECT_EQ(0, handles_in_use(_metadata, self->fd));
}

/* Somebody else's handles keep what they name readable. */
TEST_F(entity, leftovers_with_foreign_handles)
{
	struct rtm_get_route_info route;
	struct rtm_get_entity_info info;
	struct rtm_dest_view views[RTM_N_VIEWS];
	__u64 a, b, hops[4];
	int fd = dev_open(O_RDWR);
	struct rtm_get_dest query;

	a = populate(_metadata, fd, 1, 0);
	ASSERT_NE(0, a);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 1, 0, &b));
	dest_arg(&query, b, RTM_PROTO_BEST, RTM_V_UCAST, views, 1);
	query.prefix = prefix("10.5.0.0/16");
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_EXACT_DEST, &query));
	close(fd);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 2, 1, 1, 1)));

	EXPECT_EQ(0, dev_route_info(self->fd, b, views[0].route, hops, 4, &route));
	EXPECT_EQ(RTM_STATE_DELETED, route.attrs.state);
	EXPECT_EQ(1, route.attrs.n_nexthops);
	EXPECT_EQ(views[0].owner, route.owner);
	EXPECT_EQ(0, dev_entity_info(self->fd, b, views[0].owner, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.state);
	EXPECT_EQ(3, release_route_info(self->fd, &route));
	EXPECT_EQ(0, dev_release(self->fd, b, views[0].route));
	EXPECT_EQ(0, dev_release(self->fd, b, views[0].owner));
	EXPECT_EQ(0, dev_release(self->fd, b, query.dest));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 1, 0, 0, 0)));
}

/* An inherited file is the same file: it ends with the last who has it. */
TEST_F(entity, fork_and_close)
{
	int fd = dev_open(O_RDWR);
	int go[2], status;
	__u64 entity, route;
	pid_t child;
	char byte;

	entity = populate(_metadata, fd, 1, 0);
	ASSERT_EQ(0, pipe(go));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		close(go[1]);
		/* the child may use what it inherited */
		if (dev_route(fd, entity, "172.16.0.0/12", 0, 1, &route))
			_exit(1);
		if (read(go[0], &byte, 1))
			_exit(2);
		_exit(0);
	}
	close(fd);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 1, 2, 21, 21)));
	close(go[1]);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
	close(go[0]);
}

TEST_F(entity, fork_child_closes)
{
	__u64 entity = populate(_metadata, self->fd, 1, 0);
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		close(self->fd);
		_exit(0);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(counts_are(self->fd, 1, 2, 20, 20));
	EXPECT_EQ(0, dev_deregister(self->fd, entity));
}

/* Ends of a process that are none of its own doing. */
TEST_F(entity, killed)
{
	pid_t child;
	int status, fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		fd = dev_open(O_RDWR);
		populate(_metadata, fd, 1, 0);
		raise(SIGKILL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
}

TEST_F(entity, exec_closes)
{
	pid_t child;
	int status, fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		fd = dev_open(O_RDWR);
		populate(_metadata, fd, 1, 0);
		execlp("true", "true", NULL);
		_exit(1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
}

static void send_fd(struct __test_metadata *_metadata, int sock, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	ASSERT_EQ(1, sendmsg(sock, &msg, 0));
}

/* In the child: receive a file and use it as one's own. */
static int use_passed_fd(int sock, __u64 entity)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	__u64 route;
	int fd;

	if (recvmsg(sock, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return 1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	if (dev_route(fd, entity, "172.16.0.0/12", 0, 1, &route))
		return 2;
	return dev_deregister(fd, entity) ? 3 : 0;
}

TEST_F(entity, passed_file)
{
	int fd, sock[2], status;
	__u64 entity;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		/* what counts is the namespace the file was opened in */
		if (unshare(CLONE_NEWNET))
			_exit(100);
		if (read(sock[1], &entity, sizeof(entity)) != sizeof(entity))
			_exit(101);
		_exit(use_passed_fd(sock[1], entity));
	}
	fd = dev_open(O_RDWR);
	entity = populate(_metadata, fd, 1, 0);
	ASSERT_EQ(sizeof(entity), write(sock[0], &entity, sizeof(entity)));
	send_fd(_metadata, sock[0], fd);
	close(fd);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
	close(sock[0]);
	close(sock[1]);
}

/*
 * Kept entities
 */

TEST_F(entity, keep_and_claim)
{
	int fd = dev_open(O_RDWR);
	struct rtm_get_entities arg;
	struct rtm_entity_rec rec;
	__u64 a, other, route, again;
	__u32 change;

	a = populate(_metadata, fd, 1, RTM_REQ_KEEP);
	ASSERT_NE(0, a);
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 2, 0, &other));
	ASSERT_TRUE(dev_entity_rec(self->fd, 1, &rec));
	EXPECT_EQ(1, rec.registered);
	EXPECT_EQ(getpid(), rec.pid);
	EXPECT_EQ(0, rec.uid);
	EXPECT_EQ(20, rec.routes);
	EXPECT_EQ(2, rec.nexthops);
	EXPECT_EQ(RTM_REQ_KEEP | RTM_REQ_OPAQUE_SLOT, rec.flags);
	close(fd);

	/* kept: shown, counted, but not registered */
	ASSERT_TRUE(dev_entity_rec(self->fd, 1, &rec));
	EXPECT_EQ(0, rec.registered);
	EXPECT_EQ(0, rec.pid);
	EXPECT_EQ(20, rec.routes);
	EXPECT_TRUE(counts_are(self->fd, 2, 2, 20, 20));
	EXPECT_EQ(-EMSGSIZE, list(self->fd, other, NULL, NULL, 0, &arg));
	EXPECT_EQ(1, arg.total);

	/* whoever registers the name has it all again */
	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, RTM_REQ_KEEP, &again));
	EXPECT_TRUE(counts_are(self->fd, 2, 2, 20, 20));
	EXPECT_EQ(0, dev_delete_key(fd, again, "10.4.0.0/16", 0, &change));
	EXPECT_EQ(RTM_RC_BEST, change);
	EXPECT_EQ(0, dev_route(fd, again, "10.5.0.0/16", 0, 3, &route));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 2, 2, 19, 19)));
	EXPECT_EQ(0, dev_deregister(fd, again));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 1, 0, 0, 0)));
	close(fd);
}

TEST_F(entity, keep_given_up)
{
	int fd = dev_open(O_RDWR);
	__u64 entity;

	populate(_metadata, fd, 1, RTM_REQ_KEEP);
	close(fd);
	EXPECT_TRUE(counts_are(self->fd, 1, 2, 20, 20));
	/* claimed without the flag: now it ends as any other */
	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, 0, &entity));
	EXPECT_TRUE(counts_are(self->fd, 1, 2, 20, 20));
	close(fd);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
}

TEST_F(entity, keep_and_deregister)
{
	__u64 entity = populate(_metadata, self->fd, 1, RTM_REQ_KEEP);

	EXPECT_EQ(0, dev_deregister(self->fd, entity));
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
}

TEST_F(entity, keep_forgets_cells)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, dest, value;
	struct rtm_dest_rec rec;

	populate(_metadata, fd, 1, RTM_REQ_KEEP);
	close(fd);
	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_RIP, 1, RTM_REQ_OPAQUE_SLOT, &entity));
	dest = dev_dest(fd, entity, "10.3.0.0/16");
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_get_opaque(fd, entity, dest, &value));
	EXPECT_EQ(0, value);
	EXPECT_TRUE(dev_dest_rec(fd, "10.3.0.0/16", &rec));
	close(fd);
	EXPECT_TRUE(wait_until(counts_are(self->fd, 0, 0, 0, 0)));
}

TEST_HARNESS_MAIN
