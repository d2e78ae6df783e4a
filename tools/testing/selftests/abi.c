// SPDX-License-Identifier: GPL-2.0-only
/*
 * What holds for every command: numbers, sizes, reserved bits and bytes, rights, and
 * memory that cannot be read or written.
 *
 * How this file works: most tests go through the table of commands.  For each they
 * take an argument that is right, spoil one thing, and look whether the error is the
 * documented one and nothing has changed.
 */
#include <linux/capability.h>
#include <poll.h>
#include <sys/syscall.h>

#include "rtm_world.h"

#define PAGE	4096

FIXTURE(abi) {
	struct env env;
	struct world world;
	struct picture before;
	int fd;
};

FIXTURE_SETUP(abi)
{
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	world_setup(_metadata, &self->world, self->fd);
	picture_take(_metadata, &self->before, self->fd, WORLD_INSTANCE);
}

FIXTURE_TEARDOWN(abi)
{
	picture_free(&self->before);
	world_end(&self->world);
	env_clean(_metadata, &self->env);
}

#define SAME()	world_same(_metadata, &self->world, &self->before)

TEST_F(abi, version)
{
	struct rtm_get_version arg;
	char release[64] = "";
	size_t n;
	FILE *f;

	ASSERT_EQ(0, dev_version(self->env.watch, &arg));
	EXPECT_EQ(RTM_ABI_VERSION, arg.abi);
	EXPECT_EQ(0, arg.features);
	n = strnlen(arg.release, sizeof(arg.release));
	ASSERT_LT(0, n);
	ASSERT_GT(sizeof(arg.release), n);
	for (; n < sizeof(arg.release); n++)
		EXPECT_EQ(0, arg.release[n]);
	f = fopen("/sys/module/rtm/version", "r");
	ASSERT_NE(NULL, f);
	ASSERT_EQ(1, fscanf(f, "%63s", release));
	fclose(f);
	EXPECT_STREQ(release, arg.release);
}

TEST_F(abi, commands_succeed)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;

	for_each_command(c) {
		world_end(&self->world);
		world_setup(_metadata, &self->world, self->fd);
		world_arg(&self->world, c->cmd, arg);
		EXPECT_EQ(c->size, *(__u32 *)arg);
		EXPECT_EQ(0, dev_call(self->fd, c->cmd, arg))
			TH_LOG("%s", c->name);
	}
}

TEST_F(abi, size_too_short)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	__u32 size;

	for_each_command(c) {
		for (size = 0; size < c->size; size++) {
			world_arg(&self->world, c->cmd, arg);
			*(__u32 *)arg = size;
			EXPECT_EQ(-1, ioctl(self->fd, c->cmd, arg));
			EXPECT_EQ(EINVAL, errno)
				TH_LOG("%s, size %u", c->name, size);
		}
	}
	EXPECT_TRUE(SAME());
}

TEST_F(abi, size_longer_zero_tail)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	unsigned int i;

	for_each_command(c) {
		world_end(&self->world);
		world_setup(_metadata, &self->world, self->fd);
		memset(arg, 0, sizeof(arg));
		world_arg(&self->world, c->cmd, arg);
		*(__u32 *)arg = c->size + 24;
		EXPECT_EQ(0, dev_call(self->fd, c->cmd, arg))
			TH_LOG("%s", c->name);
		for (i = c->size; i < c->size + 24; i++)
			EXPECT_EQ(0, arg[i]);
	}
}

TEST_F(abi, size_longer_dirty_tail)
{
	static const unsigned int longer[] = { 1, 8, 100 };
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	unsigned int i;

	for_each_command(c) {
		for (i = 0; i < ARRAY_SIZE(longer); i++) {
			memset(arg, 0, sizeof(arg));
			world_arg(&self->world, c->cmd, arg);
			*(__u32 *)arg = c->size + longer[i];
			arg[c->size + longer[i] - 1] = 1;
			EXPECT_EQ(-E2BIG, dev_call(self->fd, c->cmd, arg))
				TH_LOG("%s, %u more", c->name, longer[i]);
			arg[c->size + longer[i] - 1] = 0;
			arg[c->size] = 0x80;
			EXPECT_EQ(-E2BIG, dev_call(self->fd, c->cmd, arg));
		}
	}
	EXPECT_TRUE(SAME());
}

/* Nobody has a structure of more than a page; looking for its end is no service. */
TEST_F(abi, size_huge)
{
	const struct command *c;
	unsigned char *arg;

	arg = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, arg);
	for_each_command(c) {
		memset(arg, 0, ARG_MAX_BYTES);
		world_arg(&self->world, c->cmd, arg);
		*(__u32 *)arg = PAGE + 8;
		EXPECT_EQ(-1, ioctl(self->fd, c->cmd, arg));
		EXPECT_EQ(E2BIG, errno)
			TH_LOG("%s", c->name);
		*(__u32 *)arg = 0xffffffff;
		EXPECT_EQ(-1, ioctl(self->fd, c->cmd, arg));
		EXPECT_EQ(E2BIG, errno);
	}
	munmap(arg, 4 * PAGE);
	EXPECT_TRUE(SAME());
}

static bool known(unsigned int nr)
{
	const struct command *c;

	for_each_command(c)
		if (_IOC_NR(c->cmd) == nr)
			return true;
	return false;
}

TEST_F(abi, unknown_numbers)
{
	unsigned char arg[ARG_MAX_BYTES] = {};
	const struct command *c;
	unsigned int nr;

	for (nr = 0; nr < 256; nr++) {
		if (known(nr))
			continue;
		*(__u32 *)arg = 64;
		EXPECT_EQ(-ENOTTY, dev_call(self->fd, _IO(RTM_IOC_MAGIC, nr), arg));
	}
	for_each_command(c) {
		world_arg(&self->world, c->cmd, arg);
		nr = _IOC_NR(c->cmd);
		EXPECT_EQ(-ENOTTY, dev_call(self->fd, _IO(RTM_IOC_MAGIC + 1, nr), arg));
		EXPECT_EQ(-ENOTTY, dev_call(self->fd, _IOW(RTM_IOC_MAGIC, nr, __u64), arg));
		EXPECT_EQ(-ENOTTY, dev_call(self->fd, _IOR(RTM_IOC_MAGIC, nr, __u64), arg));
		EXPECT_EQ(-ENOTTY, dev_call(self->fd, _IOC(_IOC_NONE, RTM_IOC_MAGIC, nr, 8), arg));
	}
	EXPECT_TRUE(SAME());
}

TEST_F(abi, unknown_flags)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	unsigned int bit;

	for_each_command(c) {
		if (!c->has_flags)
			continue;
		for (bit = 0; bit < 32; bit++) {
			if (c->flags & 1u << bit)
				continue;
			world_arg(&self->world, c->cmd, arg);
			*(__u32 *)(arg + 4) |= 1u << bit;
			EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, c->cmd, arg))
				TH_LOG("%s, bit %u", c->name, bit);
		}
	}
	EXPECT_TRUE(SAME());
}

TEST_F(abi, dirty_pads)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	const struct pad *pad;
	unsigned int i;

	for_each_command(c) {
		for (pad = c->pads; pad < c->pads + ARRAY_SIZE(c->pads); pad++) {
			for (i = 0; i < pad->len; i++) {
				world_arg(&self->world, c->cmd, arg);
				arg[pad->at + i] = 1;
				EXPECT_EQ(-EINVAL, dev_call(self->fd, c->cmd, arg))
					TH_LOG("%s, byte %u", c->name, pad->at + i);
			}
		}
	}
	EXPECT_TRUE(SAME());
}

/* For nearly all of them the registration is the first thing that is looked up. */
TEST_F(abi, bad_registration)
{
	const __u64 bad[] = {
		0, 1, ~0ull, self->world.dest, self->world.route, self->world.nexthop,
		self->world.entity ^ 1ull << 40,
	};
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	unsigned int i;

	for_each_command(c) {
		if (!c->needs_entity)
			continue;
		for (i = c->any_entity; i < ARRAY_SIZE(bad); i++) {
			world_arg(&self->world, c->cmd, arg);
			*(__u64 *)(arg + 8) = bad[i];
			EXPECT_EQ(-EBADF, dev_call(self->fd, c->cmd, arg))
				TH_LOG("%s, handle %#llx", c->name, bad[i]);
		}
	}
	EXPECT_TRUE(SAME());
}

/* A handle of the entity is not enough: another file must not act in its name. */
TEST_F(abi, foreign_registration)
{
	int fd = dev_open(O_RDWR);
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	struct rtm_get_entities list;
	__u64 entity, found[4];

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, WORLD_INSTANCE, AF_INET, PROTO_BGP, 9, 0, &entity));
	world_entities_arg(&self->world, &list);
	list.flags = 0;
	list.entity = entity;
	list.handles = ptr_u64(found);
	list.count = 4;
	ASSERT_EQ(0, dev_call(fd, RTM_IOC_GET_ENTITIES, &list));
	ASSERT_EQ(3, list.count);
	/* by name: RIP comes first */
	ASSERT_NE(entity, found[0]);
	for_each_command(c) {
		if (!c->needs_entity)
			continue;
		world_arg(&self->world, c->cmd, arg);
		*(__u64 *)(arg + 8) = found[0];
		EXPECT_EQ(-EBADF, dev_call(fd, c->cmd, arg))
			TH_LOG("%s", c->name);
	}
	ASSERT_EQ(0, dev_deregister(fd, entity));
	close(fd);
	EXPECT_TRUE(wait_until(SAME()));
}

TEST_F(abi, read_only_file)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	int want, err;

	for_each_command(c) {
		world_arg(&self->world, c->cmd, arg);
		err = dev_call(self->env.watch, c->cmd, arg);
		want = c->changes ? -EPERM : c->needs_entity ? -EBADF : 0;
		EXPECT_EQ(want, err)
			TH_LOG("%s", c->name);
		if (!c->changes)
			continue;
		EXPECT_EQ(-1, ioctl(self->env.watch, c->cmd, NULL));
		EXPECT_EQ(EPERM, errno);
	}
	EXPECT_TRUE(SAME());
}

TEST_F(abi, write_only_file)
{
	int fd = dev_open(O_WRONLY);
	struct rtm_event event;
	__u64 entity;

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, dev_register(fd, AF_INET, PROTO_BGP, 1, RTM_REQ_EVENTS, &entity));
	EXPECT_EQ(-1, read(fd, &event, sizeof(event)));
	EXPECT_EQ(EBADF, errno);
	close(fd);
}

/* CAP_NET_ADMIN on or off in the effective set. */
static int set_net_admin(bool on)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	if (on)
		data[0].effective |= 1u << CAP_NET_ADMIN;
	else
		data[0].effective &= ~(1u << CAP_NET_ADMIN);
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static void expect_only_looking(struct __test_metadata *_metadata, struct world *w, int fd)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;

	for_each_command(c) {
		world_arg(w, c->cmd, arg);
		if (!c->changes && c->needs_entity)
			continue;
		EXPECT_EQ(c->changes ? -EPERM : 0, dev_call(fd, c->cmd, arg))
			TH_LOG("%s", c->name);
	}
}

TEST_F(abi, caller_without_capability)
{
	ASSERT_EQ(0, set_net_admin(false));
	expect_only_looking(_metadata, &self->world, self->fd);
	ASSERT_EQ(0, set_net_admin(true));
	EXPECT_TRUE(SAME());
}

TEST_F(abi, opener_without_capability)
{
	int fd;

	ASSERT_EQ(0, set_net_admin(false));
	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, set_net_admin(true));
	ASSERT_LE(0, fd);
	expect_only_looking(_metadata, &self->world, fd);
	close(fd);
	EXPECT_TRUE(wait_until(SAME()));
}

/* Who is an administrator of a user namespace is none of the one above. */
TEST_F(abi, caller_in_user_namespace)
{
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (unshare(CLONE_NEWUSER))
			_exit(100);
		expect_only_looking(_metadata, &self->world, self->fd);
		_exit(_metadata->passed ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(SAME());
}

/* But it may do as it likes in a network namespace of its own. */
TEST_F(abi, own_user_namespace)
{
	__u64 entity, nexthop, route;
	pid_t child;
	int status, fd;

	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			_exit(100);
		fd = dev_open(O_RDWR);
		EXPECT_LE(0, fd);
		EXPECT_EQ(0, dev_register(fd, AF_INET, PROTO_BGP, 1, 0, &entity));
		EXPECT_EQ(0, dev_add_nexthop(fd, entity, "192.0.2.1", 1, &nexthop));
		EXPECT_EQ(0, dev_route(fd, entity, "10.0.0.0/8", nexthop, 10, &route));
		_exit(_metadata->passed ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(SAME());
}

static void expect_fault(struct __test_metadata *_metadata, int fd, const struct command *c,
			 void *arg, const char *where)
{
	EXPECT_EQ(-1, ioctl(fd, c->cmd, arg));
	EXPECT_EQ(EFAULT, errno)
		TH_LOG("%s, %s", c->name, where);
}

TEST_F(abi, argument_nowhere)
{
	const struct command *c;
	char *none;

	none = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, none);
	for_each_command(c) {
		expect_fault(_metadata, self->fd, c, NULL, "no pointer");
		expect_fault(_metadata, self->fd, c, (void *)-8, "the last bytes");
		expect_fault(_metadata, self->fd, c, (void *)(1ul << 63), "the kernel");
		expect_fault(_metadata, self->fd, c, none, "a page without rights");
	}
	munmap(none, PAGE);
	EXPECT_TRUE(SAME());
}

/* A page with rights before one without. */
static char *two_pages(struct __test_metadata *_metadata, int second)
{
	char *map;

	map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map + PAGE, PAGE, second));
	return map;
}

TEST_F(abi, argument_runs_out)
{
	char *map = two_pages(_metadata, PROT_NONE);
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	unsigned int cut;

	for_each_command(c) {
		world_arg(&self->world, c->cmd, arg);
		for (cut = 4; cut < c->size; cut += 4) {
			memcpy(map + PAGE - cut, arg, cut);
			expect_fault(_metadata, self->fd, c, map + PAGE - cut, "cut short");
		}
	}
	munmap(map, 2 * PAGE);
	EXPECT_TRUE(SAME());
}

/* What cannot be told must not happen. */
TEST_F(abi, argument_read_only)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	char *map;

	map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	for_each_command(c) {
		if (!c->replies && !c->changes)
			continue;
		world_arg(&self->world, c->cmd, arg);
		ASSERT_EQ(0, mprotect(map, PAGE, PROT_READ | PROT_WRITE));
		memcpy(map, arg, c->size);
		ASSERT_EQ(0, mprotect(map, PAGE, PROT_READ));
		expect_fault(_metadata, self->fd, c, map, "read only");
	}
	munmap(map, PAGE);
	EXPECT_TRUE(SAME());
}

/* The first part of the answer could be stored, the end of it cannot. */
TEST_F(abi, argument_half_read_only)
{
	unsigned char arg[ARG_MAX_BYTES];
	const struct command *c;
	char *map = two_pages(_metadata, PROT_READ | PROT_WRITE);
	unsigned int first;

	for_each_command(c) {
		if (!c->replies && !c->changes)
			continue;
		for (first = 8; first < c->size; first += 8) {
			world_arg(&self->world, c->cmd, arg);
			ASSERT_EQ(0, mprotect(map + PAGE, PAGE, PROT_READ | PROT_WRITE));
			memcpy(map + PAGE - first, arg, c->size);
			ASSERT_EQ(0, mprotect(map + PAGE, PAGE, PROT_READ));
			expect_fault(_metadata, self->fd, c, map + PAGE - first, "half read only");
		}
	}
	munmap(map, 2 * PAGE);
	EXPECT_TRUE(SAME());
}

TEST_F(abi, file_operations)
{
	struct pollfd p = { .fd = self->env.watch, .events = POLLIN | POLLOUT };
	char byte = 0;

	EXPECT_EQ(-1, lseek(self->fd, 0, SEEK_SET));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, pread(self->fd, &byte, 1, 0));
	EXPECT_EQ(ESPIPE, errno);
	EXPECT_EQ(-1, write(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, PAGE, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(0, poll(&p, 1, 0));
}

TEST_F(abi, files_count)
{
	struct rtm_get_stats s;
	int fds[8], i;

	for (i = 0; i < 8; i++) {
		fds[i] = dev_open(i & 1 ? O_RDONLY : O_RDWR);
		ASSERT_LE(0, fds[i]);
		ASSERT_EQ(0, dev_stats(self->fd, &s));
		EXPECT_EQ(3 + i, s.files);
	}
	for (i = 0; i < 8; i++)
		close(fds[i]);
	ASSERT_EQ(0, dev_stats(self->fd, &s));
	EXPECT_EQ(2, s.files);
}

TEST_HARNESS_MAIN
