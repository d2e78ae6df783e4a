// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules that use the routing table manager: the example, and one that makes every call.
 *
 * How this file works: rtm_client_test.ko runs the case it is told, in the namespace of
 * the test, and says what it found; its sources are in tools/testing/client.  The example
 * works in the first namespace, so that its test goes back there, and looks at the
 * kernel's routing table.
 */
#include "rtm_actor.h"
#include "rtm_fib_test.h"
#include "rtm_module_test.h"

#define EXAMPLE		"rtm_example"
#define LINK		"rtmlink"

/*
 * Every call, by a module in the namespace of the test
 */

FIXTURE(client) {
	struct env env;
};

FIXTURE_VARIANT(client) {
	char name[32];
};

FIXTURE_VARIANT_ADD(client, manager) { .name = "manager" };
FIXTURE_VARIANT_ADD(client, entity) { .name = "entity" };
FIXTURE_VARIANT_ADD(client, nexthop) { .name = "nexthop" };
FIXTURE_VARIANT_ADD(client, route) { .name = "route" };
FIXTURE_VARIANT_ADD(client, batch) { .name = "batch" };
FIXTURE_VARIANT_ADD(client, edit) { .name = "edit" };
FIXTURE_VARIANT_ADD(client, list) { .name = "list" };
FIXTURE_VARIANT_ADD(client, dump) { .name = "dump" };
FIXTURE_VARIANT_ADD(client, dest) { .name = "dest" };
FIXTURE_VARIANT_ADD(client, dests) { .name = "dests" };
FIXTURE_VARIANT_ADD(client, enum) { .name = "enum" };
FIXTURE_VARIANT_ADD(client, notify) { .name = "notify" };
FIXTURE_VARIANT_ADD(client, told) { .name = "told" };
FIXTURE_VARIANT_ADD(client, expiry) { .name = "expiry" };
FIXTURE_VARIANT_ADD(client, method) { .name = "method" };
FIXTURE_VARIANT_ADD(client, alone) { .name = "alone" };
FIXTURE_VARIANT_ADD(client, close) { .name = "close" };
FIXTURE_VARIANT_ADD(client, lock) { .name = "lock" };
FIXTURE_VARIANT_ADD(client, task_ends) { .name = "task_ends" };
FIXTURE_VARIANT_ADD(client, registration_ends) { .name = "registration_ends" };
FIXTURE_VARIANT_ADD(client, number) { .name = "number" };
FIXTURE_VARIANT_ADD(client, size) { .name = "size" };
FIXTURE_VARIANT_ADD(client, registration) { .name = "registration" };
FIXTURE_VARIANT_ADD(client, flags) { .name = "flags" };

FIXTURE_SETUP(client)
{
	env_setup(_metadata, &self->env);
	ASSERT_EQ(0, module_load(TESTER, ""));
}

FIXTURE_TEARDOWN(client)
{
	EXPECT_EQ(0, module_unload(TESTER));
	env_clean(_metadata, &self->env);
}

TEST_F(client, run)
{
	char name[sizeof(variant->name)];

	memcpy(name, variant->name, sizeof(name));
	EXPECT_EQ(0, run_case(name));
}

/*
 * Modules and programs
 */

FIXTURE(module) {
	struct env env;
};

FIXTURE_SETUP(module)
{
	env_setup(_metadata, &self->env);
	ASSERT_EQ(0, module_load(TESTER, ""));
}

FIXTURE_TEARDOWN(module)
{
	EXPECT_EQ(0, module_unload(TESTER));
	env_clean(_metadata, &self->env);
}

TEST_F(module, no_such_case)
{
	EXPECT_EQ(-ENOENT, run_case("nonsense"));
}

/* Another task runs the case: what the one that has the lock calls is not kept out. */
static int run_case_elsewhere(char *name)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(!!run_case(name));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -ECHILD;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -EINTR;
}

/* A lock of a program keeps a module out as it does another program. */
TEST_F(module, locked_by_user)
{
	__u64 entity, route, dest;
	int fd = self->env.fd;

	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_STATIC, 1, 0, &entity));
	ASSERT_EQ(0, dev_route(fd, entity, "10.9.0.0/16", 0, 10, &route));
	dest = dev_dest(fd, entity, "10.9.0.0/16");
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, run_case_elsewhere("locked_by_user"));
	EXPECT_EQ(-EACCES, dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
}

/*
 * What is kernel memory to a module is none to a program.  An address in the middle of
 * the kernel's half stands for all of them.
 */
TEST_F(module, no_kernel_memory_for_programs)
{
	const __u64 address = 0xffff888000100000ull;
	struct rtm_get_entities entities;
	struct rtm_handles handles;
	struct rtm_get_stats stats;
	__u64 entity;

	ASSERT_EQ(0, dev_register(self->env.fd, AF_INET, PROTO_STATIC, 1, 0, &entity));
	arg_init(&entities);
	entities.flags = 0;
	entities.entity = entity;
	entities.handles = address;
	entities.count = 1;
	EXPECT_EQ(-EFAULT, dev_call(self->env.fd, RTM_IOC_GET_ENTITIES, &entities));
	arg_init(&handles);
	handles.type = RTM_HANDLE_ANY;
	handles.entity = entity;
	handles.handles = address;
	handles.count = 1;
	EXPECT_EQ(-EFAULT, dev_call(self->env.fd, RTM_IOC_REFERENCE_HANDLES, &handles));
	EXPECT_EQ(-1, ioctl(self->env.fd, RTM_IOC_GET_VERSION, address));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(self->env.fd, (void *)address, sizeof(struct rtm_event)));
	ASSERT_EQ(0, dev_stats(self->env.fd, &stats));
	EXPECT_EQ(1, stats.handles);
}

/*
 * The example
 */

FIXTURE(example) {
	int net;
	int watch;
	int fd;
};

static int link_del(const char *name)
{
	struct ifinfomsg *info;
	struct nl_msg m;

	info = nl_begin(&m, RTM_DELLINK, 0, sizeof(*info));
	info->ifi_index = if_nametoindex(name);
	return nl_talk(&m);
}

/* The first namespace is that of process 1. */
FIXTURE_SETUP(example)
{
	self->net = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, self->net);
	ASSERT_EQ(0, setns(self->net, CLONE_NEWNET));
	self->watch = dev_open(O_RDONLY);
	ASSERT_LE(0, self->watch);
	self->fd = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	expect_clean(_metadata, self->watch, 2);
	ASSERT_EQ(0, link_add_dummy(LINK));
	ASSERT_EQ(0, link_set(LINK, true));
	ASSERT_EQ(0, address_add(LINK, "192.0.2.1/24"));
}

FIXTURE_TEARDOWN(example)
{
	EXPECT_EQ(0, close(self->fd));
	expect_clean(_metadata, self->watch, 1);
	EXPECT_EQ(0, link_del(LINK));
	close(self->watch);
	close(self->net);
}

static unsigned int example_changes(void)
{
	char text[32] = "";

	if (module_param(EXAMPLE, "changes", O_RDONLY, text, sizeof(text) - 1) < 0)
		return 0;
	return strtoul(text, NULL, 10);
}

TEST_F(example, wrong_options)
{
	EXPECT_EQ(-EINVAL, module_load(EXAMPLE, "device=" LINK " gateway=nonsense"));
	EXPECT_EQ(-EINVAL, module_load(EXAMPLE, "device=" LINK " gateway=192.0.2.2 dest=1"));
	EXPECT_EQ(-EINVAL, module_load(EXAMPLE, "device=" LINK " gateway=192.0.2.2 len=33"));
	EXPECT_EQ(-ENODEV, module_load(EXAMPLE, "device=nonsense gateway=192.0.2.2"));
	expect_clean(_metadata, self->watch, 2);
}

TEST_F(example, route_and_notification)
{
	const char *dest = "198.51.100.0/24";
	__u64 entity, route;

	ASSERT_EQ(0, module_load(EXAMPLE, "device=" LINK " gateway=192.0.2.2 dest=198.51.100.0"));
	EXPECT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(fib_is(dest, "198.51.100.0/24 via 192.0.2.2 dev " LINK " proto 212 metric 10"));
	EXPECT_TRUE(wait_until(example_changes() == 1));

	/* another's route is a change too, and the same name cannot be had */
	EXPECT_EQ(-EEXIST, dev_register(self->fd, AF_INET, PROTO_STATIC, 1, 0, &entity));
	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &entity));
	ASSERT_EQ(0, dev_route(self->fd, entity, "10.9.0.0/16", 0, 10, &route));
	EXPECT_TRUE(wait_until(example_changes() == 2));
	EXPECT_EQ(0, dev_deregister(self->fd, entity));
	EXPECT_TRUE(wait_until(example_changes() == 3));

	EXPECT_EQ(0, module_unload(EXAMPLE));
	EXPECT_EQ(0, dev_fib_sync(self->fd, NULL));
	EXPECT_TRUE(fib_is(dest, ""));
}

/* No file is open, and still rtm cannot be unloaded. */
TEST_F(example, holds_rtm)
{
	ASSERT_EQ(0, module_load(EXAMPLE, "device=" LINK " gateway=192.0.2.2"));
	close(self->fd);
	close(self->watch);
	EXPECT_EQ(-EWOULDBLOCK, module_unload("rtm"));
	self->watch = dev_open(O_RDONLY);
	ASSERT_LE(0, self->watch);
	self->fd = dev_open(O_RDWR);
	ASSERT_LE(0, self->fd);
	EXPECT_EQ(0, module_unload(EXAMPLE));
}

/* A program has the destination that changed, and the callback waits for it. */
TEST_F(example, unload_while_callback_waits)
{
	__u64 entity, route, dest;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &entity));
	ASSERT_EQ(0, module_load(EXAMPLE, "device=" LINK " gateway=192.0.2.2"));
	EXPECT_TRUE(wait_until(example_changes() == 1));
	ASSERT_EQ(0, dev_route(self->fd, entity, "10.9.0.0/16", 0, 10, &route));
	EXPECT_TRUE(wait_until(example_changes() == 2));
	dest = dev_dest(self->fd, entity, "10.9.0.0/16");
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_lock(self->fd, entity, dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_route(self->fd, entity, "10.9.0.0/16", 0, 20, &route));
	EXPECT_TRUE(wait_until(waiting(self->watch) == 1));
	EXPECT_EQ(2, example_changes());
	EXPECT_EQ(0, module_unload(EXAMPLE));
	EXPECT_EQ(0, waiting(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, entity, dest, RTM_REQ_EXCLUSIVE));
}

TEST_HARNESS_MAIN
