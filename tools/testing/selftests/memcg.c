// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory control groups: who pays for what the module has, and a group that is full.
 *
 * How this file works: a child enters a group of its own and then does what it does; the
 * group's own figures are held against those of RTM_IOC_GET_LIMITS.
 */
#include <sched.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "rtm_limits_test.h"

#define MANY	4000	/* routes of one batch, at most */

FIXTURE(memcg) {
	struct env env;
};

FIXTURE_SETUP(memcg)
{
	env_setup(_metadata, &self->env);
}

FIXTURE_TEARDOWN(memcg)
{
	env_clean(_metadata, &self->env);
}

#define CGROUP_ROOT	"/sys/fs/cgroup"
#define CGROUP		CGROUP_ROOT "/rtm-memcg"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* The number in a file, or after a word in it; 0 when there is none. */
static __u64 read_number(const char *path, const char *word)
{
	char text[4096];
	const char *at = text;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return 0;
	text[n] = '\0';
	if (word) {
		at = strstr(text, word);
		at = at ? at + strlen(word) : "0";
	}
	return strtoull(at, NULL, 10);
}

static __u64 kernel_bytes(void)
{
	return read_number(CGROUP "/memory.stat", "\nkernel ");
}

/* A control group with a limit, which the caller then is in; 0 or a negative errno. */
static int cgroup_enter(const char *max)
{
	char pid[16];
	int err;

	err = write_file(CGROUP_ROOT "/cgroup.subtree_control", "+memory");
	if (!err && mkdir(CGROUP, 0700) && errno != EEXIST)
		err = -errno;
	if (!err)
		err = write_file(CGROUP "/memory.max", max);
	snprintf(pid, sizeof(pid), "%d", getpid());
	return err ? err : write_file(CGROUP "/cgroup.procs", pid);
}

/* COUNT routes of 10.0.0.0/8, from number FIRST on; the first status not 0, or 0. */
static int many_routes(int fd, __u64 entity, __u64 nexthop, unsigned int first,
		       unsigned int count)
{
	static struct rtm_route_item items[MANY];
	struct rtm_route_batch arg;
	unsigned int i;
	int err;

	memset(items, 0, sizeof(items));
	for (i = 0; i < count; i++) {
		items[i].dest.family = AF_INET;
		items[i].dest.len = 28;
		items[i].dest.addr[0] = 10;
		items[i].dest.addr[1] = (first + i) / 256;
		items[i].dest.addr[2] = first + i;
		items[i].attrs = route_attrs(&nexthop, 1);
	}
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = entity;
	arg.items = ptr_u64(items);
	arg.count = count;
	arg.deadline = 0;
	err = dev_call(fd, RTM_IOC_ADD_ROUTES, &arg);
	for (i = 0; !err && i < count; i++)
		err = items[i].status;
	return err;
}

/* In a child, which is in the group; what is found out comes back as its exit status. */
static int in_cgroup(const char *max, int (*run)(void))
{
	pid_t child = fork();
	int status;

	if (!child) {
		status = cgroup_enter(max) ? 77 : run();
		_exit(status);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -status;
}

/* Enough to be told from what else the group pays for. */
static unsigned int many(void)
{
	return slow_kernel() ? MANY / 4 : MANY;
}

static int register_ospf(int *fd, __u64 *e, __u64 *nh)
{
	*fd = dev_open(O_RDWR);
	return *fd < 0 || dev_register(*fd, AF_INET, PROTO_OSPF, 1, 0, e) ||
	       dev_add_nexthop(*fd, *e, "192.0.2.1", 1, nh);
}

/* The group pays for what the module says that the entity has. */
static int charged_to_group(void)
{
	__u64 e, nh, bytes, kernel;
	int fd, i;

	if (register_ospf(&fd, &e, &nh))
		return 1;
	bytes = used(fd, e, RTM_RES_BYTES);
	kernel = kernel_bytes();
	for (i = 0; i < 4; i++)
		if (many_routes(fd, e, nh, i * many(), many()))
			return 2;
	bytes = used(fd, e, RTM_RES_BYTES) - bytes;
	kernel = kernel_bytes() - kernel;
	fprintf(stderr, "# %llu bytes of routes, %llu bytes charged\n", bytes, kernel);
	if (bytes < 4 * many() * 88ull)
		return 3;
	/* pages are charged as a whole, and some counts are kept per CPU for a while */
	if (kernel < bytes - bytes / 8)
		return 4;
	/* the debug kernel has more around each object */
	return kernel > (slow_kernel() ? 4 : 2) * bytes ? 5 : 0;
}

/* Destinations and trie, too, where the namespace is not the host's. */
static int all_charged_to_group(void)
{
	__u64 e, nh, bytes, kernel;
	int fd, i;

	if (syscall(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET))
		return 77;
	if (register_ospf(&fd, &e, &nh))
		return 1;
	bytes = used(fd, 0, RTM_RES_BYTES);
	kernel = kernel_bytes();
	for (i = 0; i < 4; i++)
		if (many_routes(fd, e, nh, i * many(), many()))
			return 2;
	bytes = used(fd, 0, RTM_RES_BYTES) - bytes;
	kernel = kernel_bytes() - kernel;
	fprintf(stderr, "# %llu bytes in all, %llu bytes charged\n", bytes, kernel);
	if (bytes < 4 * many() * 248ull)
		return 3;
	return kernel < bytes - bytes / 8 ? 4 : 0;
}

/* Without memory a call fails, and nobody is killed; what the child needs is there before. */
static int refused_by_group(void)
{
	/* each item of a batch is tried, also without memory: the debug kernel takes long */
	const unsigned int step = slow_kernel() ? 100 : MANY;
	__u64 e, nh, had, room = slow_kernel() ? 1 << 20 : 4 << 20;
	unsigned int i;
	char max[32];
	int fd, err = 0;

	if (mlockall(MCL_CURRENT) || register_ospf(&fd, &e, &nh))
		return 1;
	snprintf(max, sizeof(max), "%llu", read_number(CGROUP "/memory.current", NULL) + room);
	if (write_file(CGROUP "/memory.max", max))
		return 2;
	for (i = 0; !err && i < 16 * MANY; i += step)
		err = many_routes(fd, e, nh, i, step);
	if (err != -ENOMEM)
		return 3;
	had = used(fd, e, RTM_RES_ROUTES);
	if (!had || had == 16 * MANY)
		return 4;
	/* what is there can be looked at and taken away, and then there is room again */
	if (dev_deregister(fd, e))
		return 5;
	return 0;
}

static int run_in_group(struct __test_metadata *_metadata, int (*run)(void))
{
	int status = in_cgroup("max", run);

	if (status != 77)
		EXPECT_EQ(0, read_number(CGROUP "/memory.events", "oom_kill "));
	EXPECT_TRUE(status == 77 || wait_until(!rmdir(CGROUP)));
	return status;
}

TEST_F(memcg, charged_to_the_group)
{
	int status = run_in_group(_metadata, charged_to_group);

	if (status == 77)
		SKIP(return, "no memory control groups");
	EXPECT_EQ(0, status);
}

TEST_F(memcg, all_of_a_users_namespace_is_charged)
{
	int status = run_in_group(_metadata, all_charged_to_group);

	if (status == 77)
		SKIP(return, "no memory control groups or no user namespaces");
	EXPECT_EQ(0, status);
}

TEST_F(memcg, refused_by_the_group)
{
	int status = run_in_group(_metadata, refused_by_group);

	if (status == 77)
		SKIP(return, "no memory control groups");
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
