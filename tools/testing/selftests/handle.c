// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handles: one per object and file, counted per registration, gone when released.
 *
 * How this file works: the tests are made for the small world of rtm_world.h, or for a
 * file with two registrations.  Where an array cannot be stored, a picture before and
 * one after tell whether a handle was left behind.
 */
#include <pthread.h>

#include "rtm_world.h"

#define PAGE	4096

FIXTURE(handle) {
	struct env env;
	struct world world;
	struct picture before;
	int fd;
	__u64 e;
};

FIXTURE_SETUP(handle)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	world_setup(_metadata, &self->world, self->fd);
	self->e = self->world.entity;
	picture_take(_metadata, &self->before, self->fd, WORLD_INSTANCE);
}

FIXTURE_TEARDOWN(handle)
{
	picture_free(&self->before);
	world_end(&self->world);
	env_clean(_metadata, &self->env);
}

#define SAME()	world_same(_metadata, &self->world, &self->before)

/* Whether the handle has N references; they are gone afterwards. */
static bool had_references(int fd, __u64 entity, __u64 handle, unsigned int n)
{
	while (n--)
		if (dev_release(fd, entity, handle))
			return false;
	return dev_release(fd, entity, handle) == -EBADF;
}

TEST_F(handle, type_in_the_number)
{
	EXPECT_EQ(RTM_HANDLE_ENTITY, RTM_HANDLE_TYPE(self->e));
	EXPECT_EQ(RTM_HANDLE_DEST, RTM_HANDLE_TYPE(self->world.dest));
	EXPECT_EQ(RTM_HANDLE_ROUTE, RTM_HANDLE_TYPE(self->world.route));
	EXPECT_EQ(RTM_HANDLE_NEXTHOP, RTM_HANDLE_TYPE(self->world.nexthop));
}

/* Whichever way an object is met, its handle is the same. */
TEST_F(handle, same_object_same_handle)
{
	struct rtm_get_route_info route;
	struct rtm_nexthop_req nexthop;
	struct rtm_get_dest query;
	struct world *w = &self->world;
	__u64 hops[4];

	ASSERT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_MOST_SPECIFIC_DEST, self->e, "10.1.2.3",
				   0, &query));
	EXPECT_EQ(w->dest, query.dest);
	ASSERT_EQ(0, dev_route_info(self->fd, self->e, w->route, hops, 4, &route));
	EXPECT_EQ(w->dest, route.dest);
	EXPECT_EQ(self->e, route.owner);
	EXPECT_EQ(w->nexthop, hops[0]);
	ASSERT_EQ(0, dev_find_nexthop(self->fd, self->e, "192.0.2.1", 1, &nexthop));
	EXPECT_EQ(w->nexthop, nexthop.nexthop);
	ASSERT_EQ(0, dev_nexthop_info(self->fd, self->e, w->remote, &nexthop));
	EXPECT_EQ(w->dest, nexthop.attrs.remote_dest);
	EXPECT_EQ(self->e, nexthop.attrs.owner);
	/* a second registration of the file sees the same numbers */
	ASSERT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, w->other, "10.1.0.0/16", 0,
				   &query));
	EXPECT_EQ(w->dest, query.dest);
}

TEST_F(handle, each_delivery_counts)
{
	__u64 dest;
	int i;

	dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
	ASSERT_NE(0, dest);
	EXPECT_EQ(dest, dev_dest(self->fd, self->e, "10.0.0.0/8"));
	EXPECT_EQ(dest, dev_dest(self->fd, self->e, "10.0.0.0/8"));
	EXPECT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_DEST, &dest, 1));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, dev_release(self->fd, self->e, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, dest));
	EXPECT_TRUE(SAME());
}

/* The number of a handle that was released does not come again. */
TEST_F(handle, stale)
{
	struct rtm_dest_view views[RTM_N_VIEWS];
	__u64 first, second;
	struct rtm_get_dest query;
	int i;

	first = dev_dest(self->fd, self->e, "10.0.0.0/8");
	ASSERT_EQ(0, dev_release(self->fd, self->e, first));
	for (i = 0; i < 100; i++) {
		second = dev_dest(self->fd, self->e, "10.0.0.0/8");
		EXPECT_NE(first, second);
		EXPECT_EQ((__u32)first, (__u32)second);
		dest_arg(&query, self->e, RTM_PROTO_BEST, 0, views, 2);
		query.dest = first;
		EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_DEST_INFO, &query));
		EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, first));
		EXPECT_EQ(-EBADF, dev_reference(self->fd, self->e, RTM_HANDLE_DEST, &first, 1));
		EXPECT_EQ(0, dev_release(self->fd, self->e, second));
	}
	EXPECT_TRUE(SAME());
}

TEST_F(handle, of_another_file)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, theirs, hops[2];
	struct rtm_get_route_info info;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, WORLD_INSTANCE, AF_INET, PROTO_BGP, 1, 0, &entity));
	/* never given out there, so nothing can be meant by it */
	theirs = self->world.route;
	EXPECT_EQ(-EBADF, dev_route_info(fd, entity, theirs, hops, 2, &info));
	EXPECT_EQ(-EBADF, dev_delete_route(fd, entity, theirs, NULL));
	EXPECT_EQ(-EBADF, dev_release(fd, entity, theirs));
	EXPECT_EQ(-EBADF, dev_reference(fd, entity, RTM_HANDLE_ANY, &theirs, 1));
	/* the same object has a number of its own there */
	EXPECT_NE(0, dev_dest(fd, entity, "10.1.0.0/16"));
	close(fd);
	EXPECT_TRUE(wait_until(SAME()));
}

/**
 * struct member - a handle in an argument
 * @cmd: the command
 * @at: offset of the handle
 * @type: type it must have
 */
struct member {
	unsigned long cmd;
	unsigned int at;
	__u32 type;
};

#define MEMBER(_cmd, _struct, _member, _type)						\
	{ RTM_IOC_##_cmd, offsetof(struct _struct, _member), RTM_HANDLE_##_type }

static const struct member members[] = {
	MEMBER(GET_ENTITY_INFO, rtm_get_entity_info, handle, ENTITY),
	MEMBER(ADD_NEXTHOP, rtm_nexthop_req, nexthop, NEXTHOP),
	MEMBER(ADD_NEXTHOP, rtm_nexthop_req, attrs.remote_dest, DEST),
	MEMBER(DELETE_NEXTHOP, rtm_nexthop_req, nexthop, NEXTHOP),
	MEMBER(GET_NEXTHOP_INFO, rtm_nexthop_req, nexthop, NEXTHOP),
	MEMBER(ADD_ROUTE, rtm_add_route, route, ROUTE),
	MEMBER(ADD_ROUTE, rtm_add_route, attrs.neighbour, NEXTHOP),
	MEMBER(DELETE_ROUTE, rtm_delete_route, route, ROUTE),
	MEMBER(GET_ROUTE_INFO, rtm_get_route_info, route, ROUTE),
	MEMBER(IS_BEST_ROUTE, rtm_is_best_route, route, ROUTE),
	MEMBER(GET_DEST_INFO, rtm_get_dest, dest, DEST),
	MEMBER(GET_LESS_SPECIFIC_DEST, rtm_get_dest, dest, DEST),
	MEMBER(LOCK_DEST, rtm_lock_dest, dest, DEST),
	MEMBER(UNLOCK_DEST, rtm_lock_dest, dest, DEST),
	MEMBER(GET_OPAQUE, rtm_opaque, dest, DEST),
	MEMBER(SET_OPAQUE, rtm_opaque, dest, DEST),
};

#define for_each_member(m)								\
	for ((m) = members; (m) < members + ARRAY_SIZE(members); (m)++)

TEST_F(handle, of_another_kind)
{
	const __u64 all[] = {
		self->e, self->world.dest, self->world.route, self->world.nexthop,
		/* nothing, or nothing any more, of each kind */
		1ull << 56 | 1ull << 32 | 77, 2ull << 56 | 1, 3ull << 56 | 77ull << 32 | 2,
		4ull << 56 | 0xffffffffffffff, 0, 1, 5ull << 56 | 1, ~0ull,
	};
	unsigned char arg[ARG_MAX_BYTES];
	const struct member *m;
	unsigned int i;

	for_each_member(m) {
		for (i = 0; i < ARRAY_SIZE(all); i++) {
			/* 0 is an answer where the member may be left out */
			if ((i < 4 && RTM_HANDLE_TYPE(all[i]) == m->type) || !all[i])
				continue;
			world_arg(&self->world, m->cmd, arg);
			memcpy(arg + m->at, &all[i], sizeof(all[i]));
			EXPECT_EQ(-EBADF, dev_call(self->fd, m->cmd, arg))
				TH_LOG("command %#lx, byte %u: %#llx", m->cmd, m->at, all[i]);
		}
	}
	EXPECT_TRUE(SAME());
}

TEST_F(handle, zero)
{
	static const unsigned long needed[] = {
		RTM_IOC_GET_ENTITY_INFO, RTM_IOC_GET_NEXTHOP_INFO, RTM_IOC_GET_ROUTE_INFO,
		RTM_IOC_IS_BEST_ROUTE, RTM_IOC_GET_DEST_INFO, RTM_IOC_GET_LESS_SPECIFIC_DEST,
		RTM_IOC_LOCK_DEST, RTM_IOC_UNLOCK_DEST, RTM_IOC_GET_OPAQUE, RTM_IOC_SET_OPAQUE,
	};
	unsigned char arg[ARG_MAX_BYTES];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		world_arg(&self->world, needed[i], arg);
		/* in all of these the object comes right behind the registration */
		memset(arg + 16, 0, sizeof(__u64));
		EXPECT_EQ(-EBADF, dev_call(self->fd, needed[i], arg))
			TH_LOG("command %#lx", needed[i]);
	}
	EXPECT_TRUE(SAME());
}

/* Right but for the registration they will be given. */
static void nexthop_update_arg(struct world *w, void *arg)
{
	nexthop_arg(arg, w->entity, "192.0.2.1", 1);
	((struct rtm_nexthop_req *)arg)->nexthop = w->nexthop;
}

static void route_update_arg(struct world *w, void *arg)
{
	route_arg(arg, w->entity, "10.1.0.0/16", NULL, 0);
	((struct rtm_add_route *)arg)->route = w->route;
}

/* A registration of another table may not touch them, though the file knows them. */
TEST_F(handle, of_another_table)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct member *m;
	__u64 six, four;

	ASSERT_EQ(0, dev_register_in(self->fd, WORLD_INSTANCE, AF_INET6, PROTO_RIP, 1,
				     RTM_REQ_OPAQUE_SLOT, &six));
	ASSERT_EQ(0, dev_register_in(self->fd, WORLD_INSTANCE + 1, AF_INET, PROTO_RIP, 1,
				     RTM_REQ_OPAQUE_SLOT, &four));
	for_each_member(m) {
		world_arg(&self->world, m->cmd, arg);
		if (m->cmd == RTM_IOC_ADD_NEXTHOP && m->type == RTM_HANDLE_NEXTHOP)
			nexthop_update_arg(&self->world, arg);
		if (m->cmd == RTM_IOC_ADD_ROUTE && m->type == RTM_HANDLE_ROUTE)
			route_update_arg(&self->world, arg);
		((struct rtm_deregister_entity *)arg)->entity = four;
		EXPECT_EQ(-EBADF, dev_call(self->fd, m->cmd, arg))
			TH_LOG("command %#lx, byte %u", m->cmd, m->at);
		/* prefixes of the wrong family are looked at before handles */
		if (m->cmd == RTM_IOC_ADD_NEXTHOP || m->cmd == RTM_IOC_ADD_ROUTE)
			continue;
		((struct rtm_deregister_entity *)arg)->entity = six;
		EXPECT_EQ(-EBADF, dev_call(self->fd, m->cmd, arg))
			TH_LOG("command %#lx, byte %u", m->cmd, m->at);
	}
	ASSERT_EQ(0, dev_deregister(self->fd, four));
	ASSERT_EQ(0, dev_deregister(self->fd, six));
	EXPECT_TRUE(SAME());
}

/*
 * Reference and release
 */

TEST_F(handle, arguments_wrong)
{
	__u64 *some = guard_alloc((RTM_MAX_HANDLES_CALL + 1) * sizeof(*some));
	static const unsigned long both[] = {
		RTM_IOC_REFERENCE_HANDLES, RTM_IOC_RELEASE_HANDLES,
	};
	unsigned int i, type;
	__u32 done;

	for (i = 0; i <= RTM_MAX_HANDLES_CALL; i++)
		some[i] = self->world.route;
	for (i = 0; i < ARRAY_SIZE(both); i++) {
		for (type = RTM_HANDLE_NOTIFY + 1; type; type <<= 1)
			EXPECT_EQ(-EINVAL, dev_handles(self->fd, both[i], self->e, type, some, 1,
						       &done));
		EXPECT_EQ(-EINVAL, dev_handles(self->fd, both[i], self->e, RTM_HANDLE_ANY, some,
					       RTM_MAX_HANDLES_CALL + 1, &done));
		EXPECT_EQ(-EINVAL, dev_handles(self->fd, both[i], self->e, RTM_HANDLE_ANY, some,
					       ~0u, &done));
		EXPECT_EQ(-EFAULT, dev_handles(self->fd, both[i], self->e, RTM_HANDLE_ANY,
					       (void *)16, 1, &done));
		EXPECT_EQ(0, dev_handles(self->fd, both[i], self->e, RTM_HANDLE_ANY, (void *)16,
					 0, &done));
	}
	EXPECT_EQ(0, done);
	EXPECT_TRUE(SAME());
	EXPECT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ROUTE, some,
				   RTM_MAX_HANDLES_CALL));
	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_ROUTE, some,
				   RTM_MAX_HANDLES_CALL, &done));
	EXPECT_EQ(RTM_MAX_HANDLES_CALL, done);
	EXPECT_TRUE(SAME());
	guard_free(some);
}

TEST_F(handle, reference_all_or_nothing)
{
	__u64 mixed[4], dest;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
		mixed[0] = dest;
		mixed[1] = self->world.route;
		mixed[2] = dest;
		mixed[3] = dest;
		mixed[i] = i & 1 ? 0 : self->world.route ^ 1ull << 33;
		EXPECT_EQ(-EBADF, dev_reference(self->fd, self->e, RTM_HANDLE_ANY, mixed, 4));
		EXPECT_TRUE(had_references(self->fd, self->e, dest, 1));
	}
	EXPECT_TRUE(SAME());
	dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
	for (i = 0; i < 4; i++)
		mixed[i] = dest;
	mixed[3] = self->world.route;
	EXPECT_EQ(-EBADF, dev_reference(self->fd, self->e, RTM_HANDLE_DEST, mixed, 4));
	EXPECT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_DEST, mixed, 3));
	EXPECT_TRUE(had_references(self->fd, self->e, dest, 4));
	EXPECT_TRUE(SAME());
}

/* Release goes on behind a bad one, so that nothing stays for want of a retry. */
TEST_F(handle, release_goes_on)
{
	const __u64 mixed[] = {
		0, self->world.route, 0x0100000100000000, self->world.dest, 0, ~0ull,
		self->world.route, self->world.route,
	};
	const __u64 zeros[3] = {};
	__u32 done;

	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ROUTE, &self->world.route, 1));
	/* the route twice, the destination once; the third of the route is one too many */
	EXPECT_EQ(-EBADF, dev_release_n(self->fd, self->e, RTM_HANDLE_ANY, mixed,
					ARRAY_SIZE(mixed), &done));
	EXPECT_EQ(3, done);
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->world.route));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, self->world.dest));

	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_ANY, zeros, 3, &done));
	EXPECT_EQ(0, done);
}

TEST_F(handle, release_of_a_type)
{
	const __u64 both[] = { self->world.route, self->world.nexthop };
	unsigned int type;
	__u32 done;

	for (type = RTM_HANDLE_ENTITY; type <= RTM_HANDLE_DEST; type++) {
		EXPECT_EQ(-EBADF, dev_release_n(self->fd, self->e, type, both, 2, &done));
		EXPECT_EQ(0, done);
	}
	EXPECT_TRUE(SAME());
	EXPECT_EQ(-EBADF, dev_release_n(self->fd, self->e, RTM_HANDLE_ROUTE, both, 2, &done));
	EXPECT_EQ(1, done);
	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_NEXTHOP, &both[1], 1, &done));
	EXPECT_EQ(1, done);
}

/* What a registration holds of itself is taken back by its end alone. */
TEST_F(handle, own_registration)
{
	struct rtm_get_entity_info info;
	__u64 e = self->e;

	EXPECT_EQ(-EBADF, dev_release(self->fd, e, e));
	EXPECT_EQ(-EBADF, dev_release_n(self->fd, e, RTM_HANDLE_ENTITY, &e, 1, NULL));
	EXPECT_EQ(0, dev_reference(self->fd, e, RTM_HANDLE_ENTITY, &e, 1));
	EXPECT_EQ(0, dev_release(self->fd, e, e));
	EXPECT_EQ(-EBADF, dev_release(self->fd, e, e));
	EXPECT_TRUE(SAME());
	/* a reference of another registration survives it */
	EXPECT_EQ(0, dev_reference(self->fd, self->world.other, RTM_HANDLE_ENTITY, &e, 1));
	EXPECT_EQ(0, dev_deregister(self->fd, e));
	EXPECT_EQ(0, dev_entity_info(self->fd, self->world.other, e, &info));
	EXPECT_EQ(RTM_STATE_DELETED, info.state);
	EXPECT_EQ(-EBADF, dev_deregister(self->fd, e));
	EXPECT_EQ(0, dev_release(self->fd, self->world.other, e));
	EXPECT_EQ(-EBADF, dev_entity_info(self->fd, self->world.other, e, &info));
}

/*
 * Several registrations of one file
 */

TEST_F(handle, passed_between_registrations)
{
	__u64 dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
	__u64 other = self->world.other;

	ASSERT_NE(0, dest);
	/* the other one uses it and gives it back, though it never got it */
	EXPECT_EQ(0, dev_reference(self->fd, other, RTM_HANDLE_DEST, &dest, 1));
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, other, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, dest));
	EXPECT_TRUE(SAME());
}

/* Its own count is used first: what belongs to the other stays. */
TEST_F(handle, end_of_one_registration)
{
	__u64 dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
	__u64 other = self->world.other;

	ASSERT_EQ(dest, dev_dest(self->fd, other, "10.0.0.0/8"));
	ASSERT_EQ(dest, dev_dest(self->fd, other, "10.0.0.0/8"));
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	/* one each; the end of the other takes one */
	EXPECT_EQ(0, dev_deregister(self->fd, other));
	EXPECT_EQ(0, dev_release(self->fd, self->e, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, dest));
}

TEST_F(handle, end_of_the_first)
{
	struct rtm_dest_view views[RTM_N_VIEWS];
	__u64 dest = dev_dest(self->fd, self->e, "10.0.0.0/8");
	__u64 other = self->world.other;
	struct rtm_get_dest query;

	ASSERT_EQ(dest, dev_dest(self->fd, other, "10.0.0.0/8"));
	EXPECT_EQ(0, dev_deregister(self->fd, self->e));
	/* all the first had is gone, and the routes with it; the other's handle is good */
	dest_arg(&query, other, RTM_PROTO_BEST, RTM_V_SUPPORTED, views, RTM_N_VIEWS);
	query.dest = dest;
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_DEST_INFO, &query));
	EXPECT_EQ(0, views[0].n_routes);
	EXPECT_EQ(0, query.belongs);
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	EXPECT_EQ(-EBADF, dev_release(self->fd, other, self->world.route));
}

/*
 * Answers that cannot be stored
 */

/* A page that can be written, then one that cannot. */
static char *half_map(struct __test_metadata *_metadata, int second)
{
	char *map;

	map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map + PAGE, PAGE, second));
	return map;
}

/* Places for an array of which no more than FITS bytes can be written. */
#define for_each_bad_place(place, map, fits)						\
	for (unsigned int _i = 0;							\
	     _i < 4 && ((place) = (char *[]) { NULL, (map) + PAGE,			\
					       (map) + PAGE - (fits),			\
					       (char *)(1ul << 63) }[_i], true); _i++)

TEST_F(handle, entities_not_stored)
{
	char *map = half_map(_metadata, PROT_READ);
	struct rtm_get_entities arg;
	char *place;

	for_each_bad_place(place, map, 12) {
		world_arg(&self->world, RTM_IOC_GET_ENTITIES, &arg);
		/* no array at all is a question for the number */
		arg.handles = place ? ptr_u64(place) : 16;
		EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_ENTITIES, &arg));
		world_arg(&self->world, RTM_IOC_GET_ENTITIES, &arg);
		arg.infos = ptr_u64(place);
		EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_ENTITIES, &arg));
		/* the first of two could be stored */
		world_arg(&self->world, RTM_IOC_GET_ENTITIES, &arg);
		arg.infos = ptr_u64(map + PAGE - sizeof(struct rtm_entity_id) - 4);
		EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_ENTITIES, &arg));
	}
	EXPECT_TRUE(SAME());
	munmap(map, 2 * PAGE);
}

TEST_F(handle, next_hops_not_stored)
{
	char *map = half_map(_metadata, PROT_READ);
	struct rtm_get_route_info info;
	struct rtm_add_route add;
	char *place;

	route_arg(&add, self->e, "10.1.0.0/16", self->world.pair, 2);
	add.route = self->world.route;
	ASSERT_EQ(0, dev_add_route(self->fd, &add));
	picture_free(&self->before);
	picture_take(_metadata, &self->before, self->fd, WORLD_INSTANCE);
	for_each_bad_place(place, map, 8) {
		route_info_arg(&info, self->e, self->world.route, (__u64 *)place, 2);
		EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_GET_ROUTE_INFO, &info));
	}
	EXPECT_TRUE(SAME());
	munmap(map, 2 * PAGE);
}

TEST_F(handle, views_not_stored)
{
	static const unsigned long queries[] = {
		RTM_IOC_GET_DEST_INFO, RTM_IOC_GET_EXACT_DEST, RTM_IOC_GET_MOST_SPECIFIC_DEST,
		RTM_IOC_GET_LESS_SPECIFIC_DEST,
	};
	char *map = half_map(_metadata, PROT_NONE);
	struct rtm_get_dest arg;
	unsigned int i;
	char *place;

	for (i = 0; i < ARRAY_SIZE(queries); i++) {
		for_each_bad_place(place, map, sizeof(struct rtm_dest_view) + 8) {
			world_arg(&self->world, queries[i], &arg);
			arg.view_infos = ptr_u64(place);
			EXPECT_EQ(-EFAULT, dev_call(self->fd, queries[i], &arg));
		}
	}
	EXPECT_TRUE(SAME());
	munmap(map, 2 * PAGE);
}

/*
 * Many
 */

#define MANY	4200

TEST_F(handle, many)
{
	__u64 *routes = guard_alloc(MANY * sizeof(*routes));
	struct rtm_get_stats s;
	char text[32];
	__u32 done;
	int i;

	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "20.%d.%d.0/24", i / 256, i % 256);
		ASSERT_EQ(0, dev_route(self->fd, self->e, text, 0, 1, &routes[i]));
		ASSERT_NE(routes[i], i ? routes[i / 2] : 0);
	}
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(self->before.stats.handles + MANY, s.handles);
	EXPECT_EQ(0, dev_release_n(self->fd, self->e, RTM_HANDLE_ROUTE, routes + 1, 4096, &done));
	EXPECT_EQ(4096, done);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(self->before.stats.handles + MANY - 4096, s.handles);
	EXPECT_EQ(-EBADF, dev_release(self->fd, self->e, routes[1]));
	EXPECT_EQ(0, dev_release(self->fd, self->e, routes[0]));
	/* the rest goes with the registration */
	guard_free(routes);
}

struct turner {
	int fd;
	__u64 entity;
	__u64 handle;
	int rounds;
	int failures;
};

static void *turn(void *arg)
{
	struct turner *t = arg;
	__u64 handle;
	int i;

	for (i = 0; i < t->rounds; i++) {
		handle = dev_dest(t->fd, t->entity, "10.0.0.0/8");
		if (dev_reference(t->fd, t->entity, RTM_HANDLE_ANY, &handle, 1))
			t->failures++;
		if (dev_release(t->fd, t->entity, handle))
			t->failures++;
		if (dev_release(t->fd, t->entity, handle))
			t->failures++;
	}
	return NULL;
}

TEST_F(handle, threads_count_right)
{
	struct turner turners[4];
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++) {
		turners[i] = (struct turner){
			.fd = self->fd,
			.entity = i & 1 ? self->world.other : self->e,
			.rounds = 500,
		};
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, turn, &turners[i]));
	}
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
		EXPECT_EQ(0, turners[i].failures);
	}
	EXPECT_TRUE(SAME());
}

TEST_HARNESS_MAIN
