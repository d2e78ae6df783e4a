// SPDX-License-Identifier: GPL-2.0-only
/*
 * Route lists and their enumerations.
 *
 * How this file works: an entity has routes with numbers, which are their metrics.
 * seen() walks a list and writes the numbers of the routes on it.
 */
#include "rtm_enum_test.h"

#define ROUTES	8
#define TEXT	256

FIXTURE(list) {
	struct env env;
	int fd;
	__u64 e;
	__u64 other;
	__u64 routes[ROUTES];
	__u64 foreign;
	__u64 lists[2];
};

FIXTURE_SETUP(list)
{
	char text[32];
	int i;

	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &self->e));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_BGP, 1, 0, &self->other));
	for (i = 0; i < ROUTES; i++) {
		snprintf(text, sizeof(text), "10.%d.0.0/16", ROUTES - i);
		ASSERT_EQ(0, dev_route(self->fd, self->e, text, 0, i, &self->routes[i]));
	}
	ASSERT_EQ(0, dev_route(self->fd, self->other, "10.1.0.0/16", 0, 9, &self->foreign));
	ASSERT_EQ(0, dev_new_list(self->fd, self->e, &self->lists[0]));
	ASSERT_EQ(0, dev_new_list(self->fd, self->e, &self->lists[1]));
}

FIXTURE_TEARDOWN(list)
{
	env_clean(_metadata, &self->env);
}

static void say_route(int fd, __u64 entity, __u64 route, char *text)
{
	struct rtm_get_route_info info;

	if (dev_route_info(fd, entity, route, NULL, 0, &info))
		return;
	snprintf(text + strlen(text), TEXT - strlen(text), "%u", info.attrs.metric);
	release_route_info(fd, &info);
}

/* Up to ROOM routes of an enumeration; their numbers, or "!" for an error. */
static const char *next(FIXTURE_DATA(list) *self, __u64 handle, __u32 room)
{
	static char text[TEXT];
	__u64 ids[16];
	int i, n;

	*text = 0;
	n = dev_get_enum(self->fd, RTM_IOC_GET_LIST_ENUM_ROUTES, self->e, handle, ids, room, 8);
	if (n < 0)
		return "!";
	for (i = 0; i < n; i++) {
		say_route(self->fd, self->e, ids[i], text);
		if (dev_release(self->fd, self->e, ids[i]))
			return "!";
	}
	return text;
}

/* All that is on a list. */
static const char *seen(FIXTURE_DATA(list) *self, __u64 list)
{
	const char *text;
	__u64 handle;

	if (dev_list_enum(self->fd, self->e, list, &handle))
		return "!";
	text = next(self, handle, 16);
	if (dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle))
		return "!";
	return text;
}

TEST_F(list, wrong)
{
	struct rtm_create_list_enum create;
	struct rtm_insert_in_list arg;
	struct rtm_object_req object;
	__u64 handle;

	object_arg(&object, self->e, 0);
	object.flags = 1;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_CREATE_ROUTE_LIST, &object));
	object_arg(&object, 0, 0);
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_CREATE_ROUTE_LIST, &object));

	insert_arg(&arg, self->e, self->lists[0], self->routes, 1);
	arg.flags = 1;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_INSERT_IN_ROUTE_LIST, &arg));
	insert_arg(&arg, self->e, self->lists[0], self->routes, 1);
	arg.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_INSERT_IN_ROUTE_LIST, &arg));
	insert_arg(&arg, self->e, self->lists[0], self->routes, RTM_MAX_HANDLES_CALL + 1);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_INSERT_IN_ROUTE_LIST, &arg));
	insert_arg(&arg, self->e, self->lists[0], (void *)16, 1);
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_INSERT_IN_ROUTE_LIST, &arg));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, 0, self->lists[0], self->routes, 1));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, self->routes[0], self->routes, 1));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->other, self->lists[0], &self->foreign, 1));

	list_enum_arg(&create, self->e, self->lists[0]);
	create.flags = 1;
	EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_CREATE_ROUTE_LIST_ENUM, &create));
	EXPECT_EQ(-EBADF, dev_list_enum(self->fd, 0, self->lists[0], &handle));
	EXPECT_EQ(-EBADF, dev_list_enum(self->fd, self->e, 0, &handle));
	EXPECT_EQ(-EBADF, dev_list_enum(self->fd, self->e, self->routes[0], &handle));
	EXPECT_EQ(-EBADF, dev_list_enum(self->fd, self->other, self->lists[0], &handle));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->other,
					    self->lists[0]));
	EXPECT_STREQ("", seen(self, self->lists[0]));
}

/* One that may not be there keeps all others away. */
TEST_F(list, all_or_none)
{
	__u64 routes[3] = { self->routes[0], self->foreign, self->routes[1] };
	__u32 change;

	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, self->lists[0], routes, 3));
	routes[1] = self->lists[1];
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, self->lists[0], routes, 3));
	ASSERT_EQ(0, dev_reference(self->fd, self->e, RTM_HANDLE_ROUTE, &self->routes[2], 1));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, self->routes[2], &change));
	routes[1] = self->routes[2];
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, self->lists[0], routes, 3));
	EXPECT_STREQ("", seen(self, self->lists[0]));
	routes[1] = self->routes[3];
	EXPECT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], routes, 3));
	EXPECT_STREQ("031", seen(self, self->lists[0]));
}

TEST_F(list, moves)
{
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], self->routes, 4));
	EXPECT_STREQ("0123", seen(self, self->lists[0]));
	/* what is there already keeps its place */
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], &self->routes[1], 4));
	EXPECT_STREQ("01234", seen(self, self->lists[0]));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[1], &self->routes[1], 2));
	EXPECT_STREQ("034", seen(self, self->lists[0]));
	EXPECT_STREQ("12", seen(self, self->lists[1]));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], &self->routes[1], 1));
	EXPECT_STREQ("0341", seen(self, self->lists[0]));
	EXPECT_STREQ("2", seen(self, self->lists[1]));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, 0, self->routes, 4));
	EXPECT_STREQ("4", seen(self, self->lists[0]));
	EXPECT_STREQ("", seen(self, self->lists[1]));
}

TEST_F(list, add_and_delete)
{
	struct rtm_add_route arg;
	__u32 change;

	route_arg(&arg, self->e, "10.1.0.0/16", NULL, 0);
	arg.list = self->lists[0];
	arg.attrs.metric = 7;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_EQ(self->routes[7], arg.route);
	route_arg(&arg, self->e, "10.9.0.0/16", NULL, 0);
	arg.list = self->lists[0];
	arg.attrs.metric = 8;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_STREQ("78", seen(self, self->lists[0]));
	/* an update without a list leaves it where it is */
	route_arg(&arg, self->e, "10.9.0.0/16", NULL, 0);
	arg.attrs.metric = 9;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_STREQ("79", seen(self, self->lists[0]));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->e, self->routes[7], &change));
	EXPECT_STREQ("9", seen(self, self->lists[0]));
}

/* A list that is moved to another one while it is walked. */
TEST_F(list, move_while_walking)
{
	char all[TEXT] = "";
	__u64 handle, ids[3];
	int n;

	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], self->routes, ROUTES));
	ASSERT_EQ(0, dev_list_enum(self->fd, self->e, self->lists[0], &handle));
	do {
		int i;

		n = dev_get_enum(self->fd, RTM_IOC_GET_LIST_ENUM_ROUTES, self->e, handle, ids, 3,
				 8);
		ASSERT_LE(0, n);
		ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[1], ids, n));
		for (i = 0; i < n; i++) {
			say_route(self->fd, self->e, ids[i], all);
			ASSERT_EQ(0, dev_release(self->fd, self->e, ids[i]));
		}
	} while (n == 3);
	EXPECT_STREQ("01234567", all);
	EXPECT_STREQ("", seen(self, self->lists[0]));
	EXPECT_STREQ("01234567", seen(self, self->lists[1]));
}

TEST_F(list, insert_and_leave_while_walking)
{
	__u64 handle;

	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], self->routes, 4));
	ASSERT_EQ(0, dev_list_enum(self->fd, self->e, self->lists[0], &handle));
	EXPECT_STREQ("01", next(self, handle, 2));
	/* the ones seen and the one to come next leave; others come */
	ASSERT_EQ(0, dev_insert(self->fd, self->e, 0, self->routes, 3));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], &self->routes[5], 1));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], &self->routes[0], 1));
	EXPECT_STREQ("350", next(self, handle, 9));
	EXPECT_STREQ("", next(self, handle, 9));
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], &self->routes[6], 1));
	EXPECT_STREQ("6", next(self, handle, 9));
}

TEST_F(list, ends)
{
	struct rtm_get_stats s;
	__u64 handle;

	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[0], self->routes, 4));
	ASSERT_EQ(0, dev_list_enum(self->fd, self->e, self->lists[0], &handle));
	EXPECT_STREQ("01", next(self, handle, 2));
	ASSERT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->e,
				       self->lists[0]));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->e,
					    self->lists[0]));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, self->lists[0], self->routes, 1));
	/* its enumeration is at the end, its routes are where they were */
	EXPECT_STREQ("", next(self, handle, 2));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(ROUTES + 1, s.routes);
	ASSERT_EQ(0, dev_insert(self->fd, self->e, self->lists[1], self->routes, 2));
	EXPECT_STREQ("01", seen(self, self->lists[1]));
	ASSERT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ENUM, self->e, handle));
	ASSERT_EQ(0, dev_deregister(self->fd, self->e));
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(0, s.objects);
}

/* Two lists of two registrations in one file do not know of each other. */
TEST_F(list, of_two_registrations)
{
	__u64 list;

	ASSERT_EQ(0, dev_new_list(self->fd, self->other, &list));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->e, list, self->routes, 1));
	EXPECT_EQ(-EBADF, dev_insert(self->fd, self->other, list, self->routes, 1));
	EXPECT_EQ(0, dev_insert(self->fd, self->other, list, &self->foreign, 1));
	EXPECT_EQ(-EBADF, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->e, list));
	EXPECT_EQ(0, dev_delete_object(self->fd, RTM_IOC_DELETE_ROUTE_LIST, self->other, list));
}

TEST_HARNESS_MAIN
