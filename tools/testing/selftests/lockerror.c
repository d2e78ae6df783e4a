// SPDX-License-Identifier: GPL-2.0-only
/*
 * RtmLockDestination: handles, rights and arguments that are wrong.
 *
 * How this file works: one caller, one thing wrong at a time; after each failure
 * nothing is held and the right call still works.  For what must not wait, the
 * destination is locked by a second task, the actor.
 */
#include <linux/capability.h>

#include "rtm_actor.h"

#define POLICY	"dest_lock_policy"

FIXTURE(errors)
{
	struct env env;
	struct actor other;
	int fd;
	int watch;
	__u64 entity;	/* has a route to PLACE */
	__u64 stranger;	/* has none, nor a slot */
	__u64 route;
	__u64 dest;
};

FIXTURE_SETUP(errors)
{
	die_with_parent();
	ASSERT_EQ(0, param_set(POLICY, "stake"));
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	self->watch = self->env.watch;
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_BGP, 1, 0, &self->entity));
	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_RIP, 2, 0,
				     &self->stranger));
	ASSERT_EQ(0, dev_route(self->fd, self->entity, PLACE, 0, 1, &self->route));
	self->dest = dev_dest(self->fd, self->entity, PLACE);
	ASSERT_NE(0, self->dest);
}

FIXTURE_TEARDOWN(errors)
{
	EXPECT_EQ(0, param_set(POLICY, "stake"));
	env_clean(_metadata, &self->env);
}

/* Locking and unlocking fail like this, and nothing is held. */
static bool both_fail(int fd, __u64 entity, __u64 dest, int err)
{
	return dev_lock(fd, entity, dest, 0) == err &&
	       dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE) == err &&
	       dev_lock(fd, entity, dest, RTM_REQ_NOWAIT) == err &&
	       dev_unlock(fd, entity, dest, 0) == err &&
	       dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE) == err && !held(fd);
}

/* The right call works. */
static bool works(int fd, __u64 entity, __u64 dest)
{
	return !dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE) && held(fd) == 1 &&
	       !dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE) && !held(fd);
}

/*
 * Handles
 */

TEST_F(errors, registration_handle)
{
	const __u64 wrong[] = {
		0, 1, ~0ull, self->dest, self->route,
		self->entity ^ 1ull << 32,	/* another generation */
		self->entity ^ 0x40,		/* another index */
		self->entity ^ 3ull << 56,	/* another kind */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_TRUE(both_fail(self->fd, wrong[i], self->dest, -EBADF)) {
			TH_LOG("handle %#llx", wrong[i]);
		}
	}
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

TEST_F(errors, registration_that_has_ended)
{
	ASSERT_EQ(0, dev_deregister(self->fd, self->stranger));
	EXPECT_TRUE(both_fail(self->fd, self->stranger, self->dest, -EBADF));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

/* A handle of an entity is no registration, unless it is one's own. */
TEST_F(errors, registration_of_another_file)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, theirs = 0;
	struct rtm_get_entities arg;
	__u64 handles[3] = {};
	__u32 i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, INSTANCE, AF_INET, PROTO_OSPF, 3, 0, &entity));
	arg_init(&arg);
	arg.flags = 0;
	arg.entity = self->entity;
	arg.handles = ptr_u64(handles);
	arg.infos = 0;
	arg.count = ARRAY_SIZE(handles);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_GET_ENTITIES, &arg));
	ASSERT_EQ(3, arg.count);
	for (i = 0; i < 3; i++)
		if (handles[i] != self->entity && handles[i] != self->stranger)
			theirs = handles[i];
	ASSERT_NE(0, theirs);
	EXPECT_TRUE(both_fail(self->fd, theirs, self->dest, -EBADF));
	EXPECT_TRUE(both_fail(fd, self->entity, self->dest, -EBADF) || entity == self->entity);
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
	close(fd);
}

TEST_F(errors, destination_handle)
{
	__u64 nexthop;
	__u64 wrong[] = {
		0, 1, ~0ull, self->entity, self->stranger, self->route,
		self->dest ^ 1ull << 32, self->dest ^ 0x40, self->dest ^ 1ull << 56, 0,
	};
	unsigned int i;

	ASSERT_EQ(0, dev_add_nexthop(self->fd, self->entity, "192.0.2.1", 1, &nexthop));
	wrong[ARRAY_SIZE(wrong) - 1] = nexthop;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_TRUE(both_fail(self->fd, self->entity, wrong[i], -EBADF)) {
			TH_LOG("handle %#llx", wrong[i]);
		}
	}
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

/* The handle must be held, not only once have been. */
TEST_F(errors, destination_handle_without_reference)
{
	__u64 again;

	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
	ASSERT_EQ(0, dev_release(self->fd, self->entity, self->dest));
	EXPECT_TRUE(both_fail(self->fd, self->entity, self->dest, -EBADF));
	again = dev_dest(self->fd, self->entity, PLACE);
	ASSERT_NE(0, again);
	EXPECT_NE(self->dest, again);
	EXPECT_TRUE(both_fail(self->fd, self->entity, self->dest, -EBADF));
	EXPECT_TRUE(works(self->fd, self->entity, again));
}

/* Releasing the handle does not release the lock. */
TEST_F(errors, handle_released_while_locked)
{
	__u64 again;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_release(self->fd, self->entity, self->dest));
	EXPECT_EQ(-EBADF, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(1, held(self->watch));
	again = dev_dest(self->fd, self->entity, PLACE);
	ASSERT_NE(0, again);
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, again, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, held(self->watch));
}

/* The lock alone keeps the destination; a new route makes it visible again. */
TEST_F(errors, all_released_while_locked)
{
	struct rtm_get_stats stats;
	__u64 again;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	ASSERT_EQ(0, dev_release(self->fd, self->entity, self->dest));
	ASSERT_EQ(0, dev_stats(self->watch, &stats));
	EXPECT_EQ(1, stats.dests);
	EXPECT_EQ(1, stats.locks_held);
	EXPECT_EQ(0, dev_dest(self->fd, self->entity, PLACE));
	ASSERT_EQ(0, dev_route(self->fd, self->entity, PLACE, 0, 1, &self->route));
	again = dev_dest(self->fd, self->entity, PLACE);
	ASSERT_NE(0, again);
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, again, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, held(self->watch));
}

/* Nothing is left but the lock, and then not even that. */
TEST_F(errors, all_released_while_locked_for_good)
{
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	ASSERT_EQ(0, dev_release(self->fd, self->entity, self->dest));
	ASSERT_EQ(0, dev_deregister(self->fd, self->entity));
	EXPECT_EQ(0, held(self->watch));
}

TEST_F(errors, destination_handle_of_another_file)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, filler[40], dest;
	unsigned int i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, INSTANCE, AF_INET, PROTO_OSPF, 3, 0, &entity));
	/* indexes differ between the files */
	for (i = 0; i < ARRAY_SIZE(filler); i++)
		ASSERT_EQ(0, dev_add_nexthop(fd, entity, "192.0.2.1", i + 1, &filler[i]));
	dest = dev_dest(fd, entity, PLACE);
	ASSERT_NE(0, dest);
	ASSERT_NE(dest, self->dest);
	EXPECT_TRUE(both_fail(self->fd, self->entity, dest, -EBADF));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
	close(fd);
}

/* One file has a handle of it, but the registration is of another table. */
static void other_table(struct __test_metadata *_metadata, int fd, __u64 entity, __u64 dest,
			__u16 instance, __u16 family, const char *text)
{
	__u64 other, route, place;

	ASSERT_EQ(0, dev_register_in(fd, instance, family, PROTO_BGP, 1, RTM_REQ_OPAQUE_SLOT,
				     &other));
	ASSERT_EQ(0, dev_route(fd, other, text, 0, 1, &route));
	place = dev_dest(fd, other, text);
	ASSERT_NE(0, place);
	EXPECT_TRUE(both_fail(fd, entity, place, -EBADF));
	EXPECT_TRUE(both_fail(fd, other, dest, -EBADF));
	EXPECT_TRUE(works(fd, other, place));
	EXPECT_TRUE(works(fd, entity, dest));
}

TEST_F(errors, destination_of_another_instance)
{
	other_table(_metadata, self->fd, self->entity, self->dest, INSTANCE + 1, AF_INET, PLACE);
}

TEST_F(errors, destination_of_another_family)
{
	other_table(_metadata, self->fd, self->entity, self->dest, INSTANCE, AF_INET6,
		    "2001:db8::/32");
}

/*
 * Arguments
 */

TEST_F(errors, flags)
{
	struct rtm_lock_dest arg;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (1u << bit == RTM_REQ_EXCLUSIVE)
			continue;
		lock_arg(&arg, self->entity, self->dest, 1u << bit);
		if (1u << bit != RTM_REQ_NOWAIT)
			EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_LOCK_DEST, &arg));
		EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_UNLOCK_DEST, &arg));
	}
	EXPECT_EQ(0, held(self->watch));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

static void call_with_size(struct __test_metadata *_metadata, int fd, unsigned long cmd,
			   const void *arg, __u32 size, __u32 known)
{
	__u64 room[ARG_MAX_BYTES / 8] = {};
	unsigned char *bytes = (unsigned char *)room;
	__u32 n;

	memcpy(room, arg, known);
	for (n = 0; n < size; n++) {
		room[0] = (room[0] & ~0xffffffffull) | n;
		EXPECT_EQ(-EINVAL, ioctl(fd, cmd, room) ? -errno : 0);
	}
	room[0] = (room[0] & ~0xffffffffull) | (known + 16);
	bytes[known + 9] = 1;
	EXPECT_EQ(-E2BIG, ioctl(fd, cmd, room) ? -errno : 0);
	bytes[known + 9] = 0;
	room[0] = (room[0] & ~0xffffffffull) | 5000;
	EXPECT_EQ(-E2BIG, ioctl(fd, cmd, room) ? -errno : 0);
}

TEST_F(errors, sizes)
{
	struct rtm_lock_dest arg;

	lock_arg(&arg, self->entity, self->dest, RTM_REQ_EXCLUSIVE);
	call_with_size(_metadata, self->fd, RTM_IOC_LOCK_DEST, &arg, sizeof(arg), sizeof(arg));
	call_with_size(_metadata, self->fd, RTM_IOC_UNLOCK_DEST, &arg, sizeof(arg), sizeof(arg));
	EXPECT_EQ(0, held(self->watch));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

/* A longer structure whose tail is zero is that of a newer library. */
TEST_F(errors, longer_structure)
{
	struct {
		struct rtm_lock_dest arg;
		__u64 more[4];
	} longer = {};

	lock_arg(&longer.arg, self->entity, self->dest, RTM_REQ_EXCLUSIVE);
	longer.arg.size = sizeof(longer);
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_LOCK_DEST, &longer));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_UNLOCK_DEST, &longer));
	EXPECT_EQ(0, held(self->watch));
}

/* The device itself, without the guards: these addresses cannot have any. */
static int raw_call(int fd, unsigned long cmd, void *arg)
{
	return ioctl(fd, cmd, arg) ? -errno : 0;
}

TEST_F(errors, memory)
{
	struct rtm_lock_dest *arg = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
					 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct rtm_lock_dest *split = (void *)((char *)arg + 4096 - 16);

	ASSERT_NE(MAP_FAILED, (void *)arg);
	EXPECT_EQ(-EFAULT, raw_call(self->fd, RTM_IOC_LOCK_DEST, NULL));
	EXPECT_EQ(-EFAULT, raw_call(self->fd, RTM_IOC_UNLOCK_DEST, NULL));
	lock_arg(split, self->entity, self->dest, RTM_REQ_EXCLUSIVE);
	ASSERT_EQ(0, mprotect((char *)arg + 4096, 4096, PROT_NONE));
	EXPECT_EQ(-EFAULT, raw_call(self->fd, RTM_IOC_LOCK_DEST, split));
	EXPECT_EQ(0, held(self->watch));
	ASSERT_EQ(0, munmap(arg, 8192));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

/*
 * Rights
 */

TEST_F(errors, file_not_open_for_writing)
{
	__u32 broken;

	EXPECT_EQ(-EPERM, dev_lock(self->watch, self->entity, self->dest, 0));
	EXPECT_EQ(-EPERM, dev_unlock(self->watch, self->entity, self->dest, 0));
	EXPECT_TRUE(both_fail(self->watch, 0, 0, -EPERM));
	EXPECT_EQ(-EPERM, dev_break_lock(self->watch, INSTANCE, PLACE, &broken));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

static int drop_net_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[0].effective &= ~(1u << CAP_NET_ADMIN);
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

static int restore_caps(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[0].effective = data[0].permitted;
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

TEST_F(errors, caller_without_net_admin)
{
	__u32 broken = 7;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	ASSERT_EQ(0, drop_net_admin());
	EXPECT_EQ(-EPERM, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(-EPERM, dev_unlock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(-EPERM, dev_break_lock(self->fd, INSTANCE, PLACE, &broken));
	EXPECT_EQ(1, held(self->watch));
	ASSERT_EQ(0, restore_caps());
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

TEST_F(errors, opener_without_net_admin)
{
	__u32 broken = 7;
	int fd;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	ASSERT_EQ(0, drop_net_admin());
	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, restore_caps());
	EXPECT_EQ(-EPERM, dev_lock(fd, self->entity, self->dest, 0));
	EXPECT_EQ(-EPERM, dev_break_lock(fd, INSTANCE, PLACE, &broken));
	EXPECT_EQ(1, held(self->watch));
	close(fd);
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
}

/*
 * Stakes
 */

TEST_F(errors, exclusive_without_stake)
{
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest,
				    RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT));
	EXPECT_EQ(0, held(self->watch));
	EXPECT_EQ(0, dev_lock(self->fd, self->stranger, self->dest, 0));
	/* nor by way of an upgrade */
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->stranger, self->dest, 0));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
}

TEST_F(errors, stake_by_route)
{
	__u64 route;

	ASSERT_EQ(0, dev_route(self->fd, self->stranger, PLACE, 0, 50, &route));
	EXPECT_TRUE(works(self->fd, self->stranger, self->dest));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->stranger, route, NULL));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
}

/* A route in no view is a route; a route elsewhere is none. */
TEST_F(errors, stake_by_other_routes)
{
	struct rtm_add_route arg;
	__u64 route;

	ASSERT_EQ(0, dev_route(self->fd, self->stranger, "10.1.0.0/17", 0, 1, &route));
	ASSERT_EQ(0, dev_route(self->fd, self->stranger, "10.0.0.0/8", 0, 1, &route));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	route_arg(&arg, self->stranger, PLACE, NULL, 0);
	arg.attrs.views = 0;
	ASSERT_EQ(0, dev_add_route(self->fd, &arg));
	EXPECT_TRUE(works(self->fd, self->stranger, self->dest));
}

/* The stake is looked at when the lock is taken, never when it is released. */
TEST_F(errors, stake_lost_while_locked)
{
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, held(self->watch));
}

TEST_F(errors, stake_by_opaque_slot)
{
	__u64 slot, dest;

	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_OSPF, 3,
				     RTM_REQ_OPAQUE_SLOT, &slot));
	EXPECT_TRUE(works(self->fd, slot, self->dest));
	dest = self->dest;
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	EXPECT_TRUE(works(self->fd, slot, dest));
	/* without a slot there is only reading left */
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->entity, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_lock(self->fd, self->entity, dest, 0));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, dest, 0));
}

TEST_F(errors, policy_open)
{
	ASSERT_EQ(0, param_set(POLICY, "open"));
	EXPECT_TRUE(works(self->fd, self->stranger, self->dest));
	EXPECT_EQ(0, dev_lock(self->fd, self->stranger, self->dest, 0));
	EXPECT_EQ(0, dev_unlock(self->fd, self->stranger, self->dest, 0));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	EXPECT_TRUE(works(self->fd, self->stranger, self->dest));
}

/* Only who has a route there, in either mode; a slot does not count. */
TEST_F(errors, policy_owner)
{
	__u64 slot, route;

	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_OSPF, 3,
				     RTM_REQ_OPAQUE_SLOT, &slot));
	ASSERT_EQ(0, param_set(POLICY, "owner"));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, slot, self->dest, 0));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, 0));
	EXPECT_EQ(0, held(self->watch));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
	ASSERT_EQ(0, dev_route(self->fd, slot, PLACE, 0, 50, &route));
	EXPECT_TRUE(works(self->fd, slot, self->dest));
	ASSERT_EQ(0, dev_delete_route(self->fd, self->entity, self->route, NULL));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
}

/* A change of the policy takes nothing away. */
TEST_F(errors, policy_changes_while_locked)
{
	ASSERT_EQ(0, param_set(POLICY, "open"));
	ASSERT_EQ(0, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, param_set(POLICY, "owner"));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, 0));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, held(self->watch));
}

TEST_F(errors, policy_values)
{
	static const char * const names[] = { "open", "owner", "stake" };
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(0, param_set(POLICY, names[i]));
		EXPECT_EQ(-EINVAL, param_set(POLICY, "nobody"));
		EXPECT_EQ(-EINVAL, param_set(POLICY, "ope"));
		EXPECT_EQ(-EINVAL, param_set(POLICY, "0"));
		EXPECT_EQ(0, param_get(POLICY, text, sizeof(text)));
		EXPECT_STREQ(names[i], text);
	}
}

/*
 * Order of the checks: registration, destination, access, and only then the wait
 */

static int lock_for_good(struct actor *a)
{
	int err = actor_find_place(a);

	return err ? err : dev_lock(a->box->fd, a->box->entity, a->box->dest, RTM_REQ_EXCLUSIVE);
}

TEST_F(errors, order_of_checks)
{
	struct actor *a = &self->other;

	/* by somebody else: whoever gets as far as the lock would wait for ever */
	actor_start(a, false);
	ASSERT_EQ(0, actor_register(a, 9, RTM_REQ_OPAQUE_SLOT));
	ASSERT_EQ(0, actor_run(a, lock_for_good));
	EXPECT_EQ(-EBADF, dev_lock(self->fd, 0, 0, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EBADF, dev_lock(self->fd, 0, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EBADF, dev_lock(self->fd, self->stranger, 0, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EBADF, dev_lock(self->fd, self->entity, self->route, 0));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->stranger, self->dest,
				    RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT));
	EXPECT_EQ(-EACCES, dev_lock_until(self->fd, self->stranger, self->dest,
					  RTM_REQ_EXCLUSIVE, 1));
	EXPECT_EQ(-EACCES, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EAGAIN, dev_lock(self->fd, self->entity, self->dest,
				    RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT));
	EXPECT_EQ(-ETIMEDOUT, dev_lock_until(self->fd, self->entity, self->dest, 0, 1));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, actor_run(a, actor_close));
	EXPECT_TRUE(works(self->fd, self->entity, self->dest));
	actor_stop(a);
}

/*
 * Listing
 */

static unsigned int count_records(int fd)
{
	unsigned int count = ~0u;
	size_t size;

	free(dev_dump(fd, RTM_IOC_DUMP_LOCKS, 0, "0.0.0.0/0", 0, &size, &count));
	return count;
}

/* All tables of the namespace, whatever the request says of prefix and instance. */
TEST_F(errors, listing_of_all_tables)
{
	struct rtm_lock_rec *rec;
	unsigned int count, v4 = 0, v6 = 0;
	__u64 six, route, dest;
	size_t size;
	void *buf;

	ASSERT_EQ(0, dev_register_in(self->fd, 9, AF_INET6, PROTO_OSPF, 3, 0, &six));
	ASSERT_EQ(0, dev_route(self->fd, six, "2001:db8::/32", 0, 1, &route));
	dest = dev_dest(self->fd, six, "2001:db8::/32");
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_lock(self->fd, six, dest, 0));
	buf = dev_dump(self->watch, RTM_IOC_DUMP_LOCKS, 0, "2001:db8::/64", 1, &size, &count);
	ASSERT_NE(NULL, buf);
	EXPECT_EQ(2, count);
	for_each_record(rec, buf, size) {
		v4 += prefix_is(&rec->prefix, PLACE) && rec->entity.family == AF_INET &&
		      rec->entity.instance == INSTANCE && rec->exclusive == 1;
		v6 += prefix_is(&rec->prefix, "2001:db8::/32") && rec->shared == 1 &&
		      rec->entity.family == AF_INET6 && rec->entity.instance == 9;
	}
	free(buf);
	EXPECT_EQ(1, v4);
	EXPECT_EQ(1, v6);
}

/* Runs @fn in a new process of a namespace of its own. */
static int in_namespace(int flag, int (*fn)(int fd), int fd)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (unshare(flag))
			_exit(100);
		/* a new pid namespace begins with the next child */
		pid = flag == CLONE_NEWPID ? fork() : 0;
		if (!pid)
			_exit(fn(fd));
		waitpid(pid, &status, 0);
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 101);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static int sees_nothing(int fd)
{
	fd = dev_open(O_RDONLY);
	return fd < 0 ? 1 : count_records(fd) ? 2 : 0;
}

TEST_F(errors, listing_of_another_network_namespace)
{
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(1, count_records(self->watch));
	EXPECT_EQ(0, in_namespace(CLONE_NEWNET, sees_nothing, self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(0, count_records(self->watch));
}

static bool any_lock(const struct rtm_lock_rec *rec, void *ctx)
{
	(void)rec;
	(void)ctx;
	return true;
}

/* Numbers of processes that cannot be seen from there are not told. */
static int sees_no_pid(int fd)
{
	struct rtm_lock_rec rec = { .pid = -1, .tid = -1 };

	return find_lock(fd, any_lock, NULL, &rec) && !rec.pid && !rec.tid ? 0 : 1;
}

TEST_F(errors, listing_in_another_pid_namespace)
{
	struct rtm_lock_rec rec = {};

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_TRUE(find_lock(self->watch, any_lock, NULL, &rec));
	EXPECT_EQ(getpid(), rec.pid);
	EXPECT_EQ(getpid(), rec.tid);
	EXPECT_EQ(0, in_namespace(CLONE_NEWPID, sees_no_pid, self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
}

/*
 * Two registrations of one caller
 */

/* A thread never waits for itself: what its other entity has is in the way at once. */
TEST_F(errors, two_entities_of_one_thread)
{
	__u64 slot;

	ASSERT_EQ(0, dev_register_in(self->fd, INSTANCE, AF_INET, PROTO_OSPF, 3,
				     RTM_REQ_OPAQUE_SLOT, &slot));
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, slot, self->dest, 0));
	EXPECT_EQ(-EACCES, dev_unlock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(1, held(self->watch));
	ASSERT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(-EACCES, dev_lock(self->fd, slot, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_lock(self->fd, slot, self->dest, 0));
	EXPECT_EQ(2, held(self->watch));
	/* an upgrade is refused as with anybody else's shared hold */
	EXPECT_EQ(-EACCES, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_unlock(self->fd, slot, self->dest, 0));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(0, held(self->watch));
}

/* It is the thread that counts, whichever file it goes through. */
TEST_F(errors, two_files_of_one_thread)
{
	int fd = dev_open(O_RDWR);
	__u64 entity, dest;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_in(fd, INSTANCE, AF_INET, PROTO_OSPF, 3, RTM_REQ_OPAQUE_SLOT,
				     &entity));
	dest = dev_dest(fd, entity, PLACE);
	ASSERT_NE(0, dest);
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(-EACCES, dev_lock(fd, entity, dest, 0));
	EXPECT_EQ(-EACCES, dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_TRUE(works(fd, entity, dest));
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(-EACCES, dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_lock(fd, entity, dest, 0));
	close(fd);
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
}

/*
 * Breaking
 */

TEST_F(errors, break_arguments)
{
	struct rtm_break_dest_lock good, arg;
	unsigned int bit;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	arg_init(&good);
	good.flags = 0;
	good.prefix = prefix(PLACE);
	good.instance = INSTANCE;
	good.pad = 0;
	for (bit = 0; bit < 32; bit++) {
		arg = good;
		arg.flags = 1u << bit;
		EXPECT_EQ(-EOPNOTSUPP, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &arg));
	}
	arg = good;
	arg.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &arg));
	arg = good;
	arg.prefix.pad = 1;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &arg));
	arg = good;
	arg.prefix.family = AF_UNIX;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &arg));
	arg = good;
	arg.prefix.len = 33;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &arg));
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_BREAK_DEST_LOCK, &good));
	EXPECT_EQ(1, good.broken);
	EXPECT_EQ(0, held(self->watch));
}

TEST_F(errors, break_of_nothing)
{
	__u32 broken = 7;

	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, 0));
	EXPECT_EQ(-ENOENT, dev_break_lock(self->fd, INSTANCE + 1, PLACE, &broken));
	EXPECT_EQ(-ENOENT, dev_break_lock(self->fd, INSTANCE, "10.1.0.0/17", &broken));
	EXPECT_EQ(-ENOENT, dev_break_lock(self->fd, INSTANCE, "2001:db8::/32", &broken));
	EXPECT_EQ(-EPERM, dev_break_lock(self->watch, INSTANCE, PLACE, &broken));
	EXPECT_EQ(7, broken);
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, self->dest, 0));
}

/* It needs no registration, and it is about one destination. */
TEST_F(errors, break_of_one_destination)
{
	int fd = dev_open(O_RDWR);
	__u64 route, dest;
	__u32 broken = 7;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_route(self->fd, self->entity, "10.2.0.0/16", 0, 1, &route));
	dest = dev_dest(self->fd, self->entity, "10.2.0.0/16");
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	ASSERT_EQ(0, dev_lock(self->fd, self->entity, dest, RTM_REQ_EXCLUSIVE));
	/* bits beyond the length are ignored */
	EXPECT_EQ(0, dev_break_lock(fd, INSTANCE, "10.1.2.3/16", &broken));
	EXPECT_EQ(1, broken);
	EXPECT_EQ(1, held(self->watch));
	EXPECT_EQ(-EACCES, dev_unlock(self->fd, self->entity, self->dest, RTM_REQ_EXCLUSIVE));
	EXPECT_EQ(0, dev_unlock(self->fd, self->entity, dest, RTM_REQ_EXCLUSIVE));
	close(fd);
}

TEST_HARNESS_MAIN
