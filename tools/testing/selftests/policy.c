// SPDX-License-Identifier: GPL-2.0-only
/*
 * Crash policy: what becomes of what an entity leaves, and who may have it.
 *
 * How this file works: a file is closed, or its process killed, and the counters and
 * the list of entities say what is left.  That something stays for a time is looked at
 * from both ends: it is never gone before, and it is gone some time after.
 */
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "rtm_leftover.h"

/* So long that it is not over before the test is. */
#define LONG_MS		600000

FIXTURE(policy) {
	struct env env;
	int look;
	int fd;
	unsigned int entities;
	unsigned int handles;
};

FIXTURE_SETUP(policy)
{
	env_setup(_metadata, &self->env);
	self->look = self->env.watch;
	self->fd = self->env.fd;
	self->entities = param_number("max_entities");
	self->handles = param_number("max_file_handles");
}

FIXTURE_TEARDOWN(policy)
{
	__u64 entity;

	EXPECT_EQ(0, param_set_number("max_entities", self->entities));
	EXPECT_EQ(0, param_set_number("max_file_handles", self->handles));
	/* what a test left behind on purpose is taken over, and goes with the file */
	dev_register(self->fd, AF_INET, PROTO_RIP, 1, 0, &entity);
	env_clean(_metadata, &self->env);
}

static int register_policy(int fd, __u32 id, __u32 flags, __u32 hold_ms, __u64 *entity)
{
	struct rtm_register_entity arg;
	int err;

	register_arg(&arg, AF_INET, PROTO_RIP, id, flags);
	arg.hold_ms = hold_ms;
	err = dev_call(fd, RTM_IOC_REGISTER_ENTITY, &arg);
	if (!err)
		*entity = arg.entity;
	return err;
}

static void policy_arg(struct rtm_set_crash_policy *arg, __u64 entity, __u32 flags,
		       __u32 hold_ms)
{
	arg_init(arg);
	arg->flags = flags;
	arg->entity = entity;
	memset(&arg->id, 0, sizeof(arg->id));
	arg->hold_ms = hold_ms;
	arg->pad = 0;
}

static int set_policy(int fd, __u64 entity, __u32 flags, __u32 hold_ms)
{
	struct rtm_set_crash_policy arg;

	policy_arg(&arg, entity, flags, hold_ms);
	return dev_call(fd, RTM_IOC_SET_CRASH_POLICY, &arg);
}

static int set_policy_by_name(int fd, __u32 id, __u32 flags, __u32 hold_ms)
{
	struct rtm_set_crash_policy arg;

	policy_arg(&arg, 0, flags, hold_ms);
	arg.id = (struct rtm_entity_id){ .family = AF_INET, .protocol = PROTO_RIP, .id = id };
	return dev_call(fd, RTM_IOC_SET_CRASH_POLICY, &arg);
}

/* An entity with all there is, registered by a file of its own, which is returned. */
static int leaver(struct __test_metadata *_metadata, __u32 flags, __u32 hold_ms, __u64 *entity)
{
	int fd = dev_open(O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, register_policy(fd, 1, flags | RTM_REQ_OPAQUE_SLOT, hold_ms, entity));
	fill_entity(_metadata, fd, *entity, 1);
	return fd;
}

static bool all_there(int fd)
{
	return counts_are(fd, 1, LEFT_NEXTHOPS, LEFT_ROUTES, LEFT_ROUTES);
}

static bool all_gone(int fd)
{
	return counts_are(fd, 0, 0, 0, 0);
}

/* Close the file of an entity that is held for a time, and see that it is. */
static void leave_held(struct __test_metadata *_metadata, int look, int fd)
{
	struct rtm_entity_rec rec;

	close(fd);
	ASSERT_TRUE(dev_entity_rec(look, 1, &rec));
	EXPECT_EQ(0, rec.registered);
	EXPECT_EQ(0, rec.pid);
	EXPECT_EQ(RTM_REQ_HOLD, rec.flags);
	EXPECT_TRUE(all_there(look));
}

/*
 * Wrong values
 */

static const struct {
	__u32 flags;
	__u32 hold_ms;
} wrong[] = {
	{ RTM_REQ_HOLD, 0 },
	{ RTM_REQ_HOLD, RTM_MAX_HOLD_MS + 1 },
	{ RTM_REQ_HOLD, 0xffffffff },
	{ RTM_REQ_KEEP, 1 },
	{ 0, 1 },
	{ RTM_REQ_KEEP | RTM_REQ_HOLD, 0 },
	{ RTM_REQ_KEEP | RTM_REQ_HOLD, 1000 },
};

TEST_F(policy, register_wrong)
{
	unsigned int i;
	__u64 entity;

	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		EXPECT_EQ(-EINVAL, register_policy(self->fd, 1, wrong[i].flags,
						   wrong[i].hold_ms, &entity))
			TH_LOG("%#x %u", wrong[i].flags, wrong[i].hold_ms);
	EXPECT_TRUE(all_gone(self->look));
}

TEST_F(policy, set_wrong)
{
	struct rtm_set_crash_policy arg;
	struct rtm_entity_rec rec;
	unsigned int i;
	__u64 entity;

	ASSERT_EQ(0, register_policy(self->fd, 1, RTM_REQ_HOLD, 1234, &entity));
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		EXPECT_EQ(-EINVAL, set_policy(self->fd, entity, wrong[i].flags,
					      wrong[i].hold_ms));
		EXPECT_EQ(-EINVAL, set_policy_by_name(self->fd, 1, wrong[i].flags,
						      wrong[i].hold_ms));
	}
	EXPECT_EQ(-EOPNOTSUPP, set_policy(self->fd, entity, RTM_REQ_EVENTS, 0));
	EXPECT_EQ(-EBADF, set_policy(self->fd, entity + 1, 0, 0));
	EXPECT_EQ(-EBADF, set_policy(self->fd, entity ^ 1ull << 32, 0, 0));

	/* one name is enough */
	policy_arg(&arg, entity, 0, 0);
	arg.id = (struct rtm_entity_id){ .family = AF_INET, .protocol = PROTO_RIP, .id = 1 };
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_SET_CRASH_POLICY, &arg));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(RTM_REQ_HOLD, rec.flags);
	EXPECT_EQ(1234, rec.hold_ms);
}

TEST_F(policy, name_wrong)
{
	static const struct rtm_entity_id unknown[] = {
		{ .family = AF_INET6, .protocol = PROTO_RIP, .id = 1 },
		{ .family = AF_INET, .protocol = PROTO_OSPF, .id = 1 },
		{ .family = AF_INET, .protocol = PROTO_RIP, .id = 2 },
		{ .family = AF_INET, .protocol = PROTO_RIP, .id = 1, .instance = 1 },
	};
	struct rtm_set_crash_policy arg;
	unsigned int i;
	__u64 entity;

	policy_arg(&arg, 0, 0, 0);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_SET_CRASH_POLICY, &arg));
	EXPECT_EQ(-ENOENT, set_policy_by_name(self->fd, 1, 0, 0));
	ASSERT_EQ(0, register_policy(self->fd, 1, 0, 0, &entity));
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		arg.id = unknown[i];
		EXPECT_EQ(-ENOENT, dev_call(self->fd, RTM_IOC_SET_CRASH_POLICY, &arg))
			TH_LOG("name %u", i);
	}
	EXPECT_EQ(0, set_policy_by_name(self->fd, 1, 0, 0));
}

/*
 * What is said is what is shown
 */

TEST_F(policy, shown)
{
	static const struct {
		__u32 flags;
		__u32 hold_ms;
	} right[] = {
		{ 0, 0 },
		{ RTM_REQ_HOLD, 1 },
		{ RTM_REQ_HOLD, RTM_MAX_HOLD_MS },
		{ RTM_REQ_KEEP, 0 },
		{ RTM_REQ_HOLD, 5000 },
	};
	struct rtm_entity_rec rec;
	unsigned int i;
	__u64 entity;

	for (i = 0; i < ARRAY_SIZE(right); i++) {
		ASSERT_EQ(0, register_policy(self->fd, 1, right[i].flags | RTM_REQ_EVENTS,
					     right[i].hold_ms, &entity));
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(right[i].flags | RTM_REQ_EVENTS, rec.flags);
		EXPECT_EQ(right[i].hold_ms, rec.hold_ms);
		EXPECT_EQ(1, rec.registered);
		ASSERT_EQ(0, dev_deregister(self->fd, entity));
	}
	ASSERT_EQ(0, register_policy(self->fd, 1, RTM_REQ_EVENTS, 0, &entity));
	for (i = 0; i < 2 * ARRAY_SIZE(right); i++) {
		__u32 flags = right[i / 2].flags, hold_ms = right[i / 2].hold_ms;

		EXPECT_EQ(0, i % 2 ? set_policy_by_name(self->fd, 1, flags, hold_ms) :
				     set_policy(self->fd, entity, flags, hold_ms));
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(flags | RTM_REQ_EVENTS, rec.flags);
		EXPECT_EQ(hold_ms, rec.hold_ms);
	}
}

/*
 * Each policy
 */

TEST_F(policy, withdraw)
{
	__u64 entity;
	int fd = leaver(_metadata, 0, 0, &entity);

	EXPECT_TRUE(all_there(self->look));
	close(fd);
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

TEST_F(policy, hold)
{
	struct rtm_entity_rec rec;
	__u64 entity, begun;
	int fd = leaver(_metadata, RTM_REQ_HOLD, 1500, &entity);

	begun = now_ns();
	close(fd);
	while (dev_entity_rec(self->look, 1, &rec) && rec.routes == LEFT_ROUTES) {
		EXPECT_EQ(0, rec.registered);
		EXPECT_EQ(RTM_REQ_HOLD, rec.flags);
		EXPECT_GE(1500, rec.hold_ms);
		ASSERT_GT(60 * NSEC_PER_SEC, now_ns() - begun);
		sleep_ms(20);
	}
	EXPECT_LE(1500 * NSEC_PER_MSEC, now_ns() - begun);
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

TEST_F(policy, keep)
{
	struct rtm_entity_rec rec;
	__u64 entity;
	int fd = leaver(_metadata, RTM_REQ_KEEP, 0, &entity);

	close(fd);
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(0, rec.registered);
	EXPECT_EQ(RTM_REQ_KEEP, rec.flags);
	EXPECT_EQ(0, rec.hold_ms);
	EXPECT_TRUE(all_there(self->look));
}

/* Whatever the policy is, to deregister withdraws. */
TEST_F(policy, deregister_withdraws)
{
	__u64 entity;
	int fd;

	fd = leaver(_metadata, RTM_REQ_HOLD, LONG_MS, &entity);
	EXPECT_EQ(0, dev_deregister(fd, entity));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
	close(fd);
	fd = leaver(_metadata, RTM_REQ_KEEP, 0, &entity);
	EXPECT_EQ(0, dev_deregister(fd, entity));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
	close(fd);
}

/* The policy that counts is the last one. */
TEST_F(policy, set_before_the_end)
{
	__u64 entity;
	int fd;

	fd = leaver(_metadata, RTM_REQ_KEEP, 0, &entity);
	ASSERT_EQ(0, set_policy(fd, entity, 0, 0));
	close(fd);
	EXPECT_TRUE(wait_until(all_gone(self->look)));

	fd = leaver(_metadata, 0, 0, &entity);
	ASSERT_EQ(0, set_policy(fd, entity, RTM_REQ_HOLD, LONG_MS));
	leave_held(_metadata, self->look, fd);
}

TEST_F(policy, set_by_somebody_else)
{
	__u64 entity;
	int fd;

	fd = leaver(_metadata, 0, 0, &entity);
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, RTM_REQ_HOLD, LONG_MS));
	leave_held(_metadata, self->look, fd);
}

/*
 * A policy for what is held already
 */

TEST_F(policy, held_is_withdrawn)
{
	__u64 entity;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, LONG_MS, &entity));
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, 0, 0));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
	EXPECT_EQ(-ENOENT, set_policy_by_name(self->fd, 1, 0, 0));
}

TEST_F(policy, held_becomes_kept)
{
	struct rtm_entity_rec rec;
	__u64 entity;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, 2000, &entity));
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, RTM_REQ_KEEP, 0));
	sleep_ms(3000);
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(RTM_REQ_KEEP, rec.flags);
	EXPECT_TRUE(all_there(self->look));
}

TEST_F(policy, kept_becomes_held)
{
	__u64 entity;

	close(leaver(_metadata, RTM_REQ_KEEP, 0, &entity));
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, RTM_REQ_HOLD, 100));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/* A new time counts from the moment it is set, also where the old one was shorter. */
TEST_F(policy, held_longer)
{
	__u64 entity;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, 2000, &entity));
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, RTM_REQ_HOLD, LONG_MS));
	sleep_ms(3000);
	EXPECT_TRUE(all_there(self->look));
	ASSERT_EQ(0, set_policy_by_name(self->fd, 1, RTM_REQ_HOLD, 100));
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/*
 * Claims
 */

TEST_F(policy, claim)
{
	struct rtm_get_dest query;
	struct rtm_entity_rec rec;
	__u64 entity, route;
	__u32 change;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, 2000, &entity));
	ASSERT_EQ(0, register_policy(self->fd, 1, 0, 0, &entity));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(1, rec.registered);
	EXPECT_EQ(0, rec.flags);
	EXPECT_EQ(0, rec.hold_ms);
	EXPECT_EQ(LEFT_ROUTES, rec.routes);
	EXPECT_EQ(LEFT_NEXTHOPS, rec.nexthops);
	/* the time that was set does not count any more */
	sleep_ms(3000);
	EXPECT_TRUE(all_there(self->look));
	/* and it is the owner who does this */
	EXPECT_EQ(0, dev_find_dest(self->fd, RTM_IOC_GET_EXACT_DEST, entity, "10.7.0.0/16",
				   RTM_V_UCAST, &query));
	EXPECT_EQ(0, dev_delete_key(self->fd, entity, "10.4.0.0/16", 0, &change));
	EXPECT_EQ(0, dev_route(self->fd, entity, "10.5.0.0/16", 0, 3, &route));
	EXPECT_TRUE(wait_until(counts_are(self->look, 1, 2, LEFT_ROUTES - 1, LEFT_ROUTES - 1)));
	/* no policy was given, so this is the end */
	close(self->fd);
	self->fd = dev_open(O_RDWR);
	self->env.fd = self->fd;
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/* Held again: the time begins anew, and what is left of the old one does no harm. */
TEST_F(policy, claim_and_leave)
{
	__u64 entity;
	int i, fd;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, 2000, &entity));
	for (i = 0; i < 4; i++) {
		sleep_ms(800);
		fd = dev_open(O_RDWR);
		ASSERT_EQ(0, register_policy(fd, 1, RTM_REQ_HOLD, 2000 + i, &entity));
		leave_held(_metadata, self->look, fd);
	}
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/*
 * A claim that comes together with the end of the time has all or nothing: what is
 * being withdrawn is not its own.
 */
TEST_F(policy, claim_at_the_last_moment)
{
	struct rtm_entity_rec rec;
	unsigned int claimed = 0, late = 0, i;
	__u64 entity, begun;
	int fd;

	for (i = 0; i < 60; i++) {
		close(leaver(_metadata, RTM_REQ_HOLD, 100, &entity));
		begun = now_ns();
		while (now_ns() - begun < (20 + 3 * i) * NSEC_PER_MSEC)
			;
		fd = dev_open(O_RDWR);
		ASSERT_EQ(0, register_policy(fd, 1, 0, 0, &entity));
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_TRUE(rec.routes == LEFT_ROUTES || !rec.routes)
			TH_LOG("%llu routes", rec.routes);
		EXPECT_EQ(rec.routes ? LEFT_NEXTHOPS : 0, rec.nexthops);
		claimed += rec.routes != 0;
		late += rec.routes == 0;
		/* nobody takes away from the new one what was due for the old one */
		EXPECT_EQ(0, dev_add_nexthop(fd, entity, "192.0.2.9", 1, &(__u64){ 0 }));
		EXPECT_EQ(0, dev_route(fd, entity, "172.16.0.0/12", 0, 1, &(__u64){ 0 }));
		sleep_ms(20);
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(1, rec.registered);
		EXPECT_EQ(1, rec.routes % LEFT_ROUTES);
		close(fd);
		ASSERT_TRUE(wait_until(all_gone(self->look)));
	}
	fprintf(stderr, "# %u claims in time, %u too late\n", claimed, late);
	EXPECT_LT(0, claimed);
	EXPECT_LT(0, late);
}

/* The registration that fails leaves the entity held, and its time goes on. */
TEST_F(policy, claim_that_fails)
{
	struct rtm_entity_rec rec;
	__u64 entity, other;
	unsigned int left, i;
	int fd = dev_open(O_RDWR);

	ASSERT_EQ(0, dev_register(fd, AF_INET, PROTO_OSPF, 9, 0, &other));
	close(leaver(_metadata, RTM_REQ_HOLD, 3000, &entity));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	left = rec.hold_ms;
	ASSERT_EQ(0, param_set("max_file_handles", "1"));
	for (i = 0; i < 5; i++) {
		EXPECT_EQ(-ENOSPC, register_policy(fd, 1, 0, 0, &entity));
		if (!dev_entity_rec(self->look, 1, &rec))
			break;
		EXPECT_EQ(0, rec.registered);
		EXPECT_EQ(RTM_REQ_HOLD, rec.flags);
		EXPECT_EQ(LEFT_ROUTES, rec.routes);
		EXPECT_GE(left, rec.hold_ms);
		left = rec.hold_ms;
		sleep_ms(100);
	}
	EXPECT_GT(3000, left);
	EXPECT_TRUE(wait_until(counts_are(self->look, 1, 0, 0, 0)));
	close(fd);
}

/* Held entities count against the limit, so that nobody makes any number of them. */
TEST_F(policy, limit_counts_held_ones)
{
	__u64 entity;

	ASSERT_EQ(0, param_set("max_entities", "1"));
	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, LONG_MS, &entity));
	EXPECT_EQ(-ENOSPC, register_policy(self->fd, 2, 0, 0, &entity));
	EXPECT_EQ(0, register_policy(self->fd, 1, 0, 0, &entity));
}

/* It is not registered: not listed as such, and those who listen were told so. */
TEST_F(policy, held_is_not_registered)
{
	struct rtm_get_entities list;
	struct rtm_event event;
	__u64 entity, listener;
	int fd;

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 9, RTM_REQ_EVENTS, &listener));
	fd = leaver(_metadata, RTM_REQ_HOLD, LONG_MS, &entity);
	ASSERT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(RTM_EVENT_ENTITY_REGISTERED, event.type);
	close(fd);
	ASSERT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(RTM_EVENT_ENTITY_DEREGISTERED, event.type);
	EXPECT_EQ(1, event.id.id);
	arg_init(&list);
	list.flags = 0;
	list.entity = listener;
	list.handles = 0;
	list.infos = 0;
	list.count = 0;
	EXPECT_EQ(-EMSGSIZE, dev_call(self->fd, RTM_IOC_GET_ENTITIES, &list));
	EXPECT_EQ(1, list.total);

	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, register_policy(fd, 1, 0, 0, &entity));
	ASSERT_EQ(sizeof(event), read(self->fd, &event, sizeof(event)));
	EXPECT_EQ(RTM_EVENT_ENTITY_REGISTERED, event.type);
	close(fd);
	EXPECT_EQ(0, dev_deregister(self->fd, listener));
}

/*
 * Who may claim: whoever may register
 */

/* From now on the caller is an ordinary user, with or without CAP_NET_ADMIN. */
static int become(uid_t uid, bool admin)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (prctl(PR_SET_KEEPCAPS, 1) || setresuid(uid, uid, uid))
		return -errno;
	if (admin)
		data[0].permitted = 1u << CAP_NET_ADMIN;
	data[0].effective = data[0].permitted;
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

/* What a registration as that user gives, in a process of its own. */
static int register_as(uid_t uid, bool admin)
{
	pid_t child = fork();
	__u64 entity;
	int fd, status;

	if (!child) {
		/* an ordinary user cannot open the device, but can be given it */
		fd = dev_open(O_RDWR);
		if (fd < 0 || become(uid, admin))
			_exit(200);
		_exit(-register_policy(fd, 1, RTM_REQ_HOLD, LONG_MS, &entity));
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

TEST_F(policy, who_may_claim)
{
	struct rtm_entity_rec rec;
	__u64 entity;

	leave_held(_metadata, self->look, leaver(_metadata, RTM_REQ_HOLD, LONG_MS, &entity));
	/* to change anything takes CAP_NET_ADMIN, of the same user, too */
	EXPECT_EQ(-EPERM, register_as(1000, false));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(0, rec.uid);
	EXPECT_EQ(0, register_as(1000, true));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(1000, rec.uid);
	EXPECT_EQ(LEFT_ROUTES, rec.routes);
	/* the user who had it, without the right, and another one who has it */
	EXPECT_EQ(-EPERM, register_as(1000, false));
	EXPECT_EQ(0, register_as(1000, true));
	EXPECT_EQ(0, register_as(1001, true));
	ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
	EXPECT_EQ(1001, rec.uid);
	EXPECT_TRUE(all_there(self->look));
}

/* Killed, and registered again by the next one as soon as anybody can know. */
TEST_F(policy, killed_and_restarted)
{
	struct rtm_entity_rec rec;
	int i, status, fd;
	__u64 entity;
	pid_t child;

	for (i = 0; i < 5; i++) {
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			fd = dev_open(O_RDWR);
			if (register_policy(fd, 1, RTM_REQ_HOLD | RTM_REQ_OPAQUE_SLOT, LONG_MS,
					    &entity))
				_exit(1);
			if (!i)
				fill_entity(_metadata, fd, entity, 1);
			kill(getpid(), SIGKILL);
		}
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status));
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(0, rec.registered);
		EXPECT_TRUE(all_there(self->look));
	}
}

/*
 * Ends of a name: it is free while the rest of the old entity is still being removed
 */

/* The purge of this route has to wait, as long as the test likes. */
TEST_F(policy, name_is_free_while_a_route_waits)
{
	__u64 entity, other, dest, route;
	struct rtm_add_route add;
	struct rtm_get_stats s;
	int fd = dev_open(O_RDWR);

	ASSERT_EQ(0, dev_register(self->fd, AF_INET, PROTO_OSPF, 9, 0, &other));
	ASSERT_EQ(0, register_policy(fd, 1, 0, 0, &entity));
	ASSERT_EQ(0, dev_route(fd, entity, "10.0.0.0/8", 0, 1, &route));
	dest = dev_dest(self->fd, other, "10.0.0.0/8");
	ASSERT_EQ(0, dev_lock(self->fd, other, dest, 0));
	close(fd);
	fd = dev_open(O_RDWR);
	ASSERT_EQ(0, register_policy(fd, 1, 0, 0, &entity));
	ASSERT_EQ(0, dev_stats(self->look, &s));
	EXPECT_EQ(1, s.routes);
	EXPECT_EQ(3, s.entities);
	/* the new entity has a place of its own there */
	EXPECT_EQ(0, dev_route(fd, entity, "10.1.0.0/16", 0, 1, &route));
	/* better than the old one, of which it is not known when it counts no more */
	route_arg(&add, entity, "10.0.0.0/8", NULL, 0);
	add.attrs.metric = 0;
	add.flags = RTM_REQ_NOWAIT;
	/* this thread has it locked, through another entity */
	EXPECT_EQ(-EACCES, dev_add_route(fd, &add));
	ASSERT_EQ(0, dev_unlock(self->fd, other, dest, 0));
	add.flags = 0;
	EXPECT_EQ(0, dev_add_route(fd, &add));
	EXPECT_EQ(RTM_RC_NEW | RTM_RC_BEST, add.change);
	EXPECT_TRUE(wait_until(counts_are(self->look, 2, 0, 2, 2)));
	close(fd);
	EXPECT_EQ(0, dev_release(self->fd, other, dest));
	EXPECT_EQ(0, dev_deregister(self->fd, other));
}

#define MANY	4096

static void many_routes(struct __test_metadata *_metadata, int fd, __u64 entity)
{
	struct rtm_route_item *items = calloc(MANY, sizeof(*items));
	struct rtm_route_batch batch;
	unsigned int i, done;

	for (i = 0; i < MANY; i++) {
		items[i].dest = prefix("10.0.0.0/24");
		items[i].dest.addr[1] = i >> 8;
		items[i].dest.addr[2] = i;
		items[i].attrs = route_attrs(NULL, 0);
	}
	for (done = 0; done < MANY; done += batch.done) {
		arg_init(&batch);
		batch.flags = 0;
		batch.entity = entity;
		batch.items = ptr_u64(items + done);
		batch.count = MANY - done;
		batch.deadline = 0;
		ASSERT_EQ(0, dev_call(fd, RTM_IOC_ADD_ROUTES, &batch));
		ASSERT_LT(0, batch.done);
	}
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(0, items[i].status);
	free(items);
}

/* The same prefixes again, under the purge: it takes none of the new routes. */
TEST_F(policy, name_is_free_while_many_routes_go)
{
	unsigned int purging = 0, i;
	struct rtm_entity_rec rec;
	struct rtm_get_stats s;
	__u64 entity;
	int fd;

	for (i = 0; i < 3; i++) {
		fd = dev_open(O_RDWR);
		ASSERT_EQ(0, register_policy(fd, 1, 0, 0, &entity));
		ASSERT_EQ(0, dev_stats(self->look, &s));
		purging += s.entities > 1;
		many_routes(_metadata, fd, entity);
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(MANY, rec.routes);
		EXPECT_TRUE(wait_until(counts_are(self->look, 1, 0, MANY, MANY)));
		close(fd);
	}
	fprintf(stderr, "# %u registrations while a purge was running\n", purging);
	EXPECT_LT(0, purging);
	EXPECT_TRUE(wait_until(all_gone(self->look)));
}

/*
 * A claim while the old file is still closing
 */

static void many_cells(struct __test_metadata *_metadata, int fd, __u64 entity, int count)
{
	char text[32];
	__u64 dest;
	int i;

	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.0/24", i >> 8, i & 255);
		dest = dev_dest(fd, entity, text);
		ASSERT_NE(0, dest);
		ASSERT_EQ(0, dev_set_opaque(fd, entity, dest, i + 1));
		ASSERT_EQ(0, dev_release(fd, entity, dest));
	}
}

/*
 * To end a registration takes a while where it has many cells.  Whoever asks for the
 * name meanwhile gets it when that is over, and nothing of the new registration is
 * ended in the place of the old one: what it has put there stays.
 */
TEST_F(policy, claim_while_the_file_closes)
{
	int i, fd, status, go[2], cells = slow_kernel() ? MANY / 4 : MANY;
	__u64 old, entity = 0, dest, value;
	struct rtm_entity_rec rec;
	pid_t child;
	char byte;

	for (i = 0; i < (slow_kernel() ? 5 : 10); i++) {
		fd = dev_open(O_RDWR);
		ASSERT_EQ(0, register_policy(fd, 1, RTM_REQ_OPAQUE_SLOT | RTM_REQ_HOLD, LONG_MS,
					     &old));
		if (!i)
			many_routes(_metadata, fd, old);
		many_cells(_metadata, fd, old, cells);
		ASSERT_EQ(0, pipe(go));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			/* the last close is this one's */
			close(go[1]);
			if (read(go[0], &byte, 1) < 0)
				_exit(1);
			close(fd);
			_exit(0);
		}
		close(fd);
		close(go[0]);
		close(go[1]);
		fd = dev_open(O_RDWR);
		while (register_policy(fd, 1, RTM_REQ_OPAQUE_SLOT, 0, &entity) == -EEXIST)
			sched_yield();
		dest = dev_dest(fd, entity, "10.0.1.0/24");
		ASSERT_NE(0, dest);
		ASSERT_EQ(0, dev_set_opaque(fd, entity, dest, 7));
		ASSERT_EQ(0, dev_lock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_EQ(0, dev_get_opaque(fd, entity, dest, &value));
		EXPECT_EQ(7, value);
		EXPECT_EQ(0, dev_unlock(fd, entity, dest, RTM_REQ_EXCLUSIVE));
		ASSERT_TRUE(dev_entity_rec(self->look, 1, &rec));
		EXPECT_EQ(1, rec.registered);
		EXPECT_EQ(MANY, rec.routes);
		EXPECT_EQ(0, set_policy(fd, entity, RTM_REQ_KEEP, 0));
		close(fd);
	}
}

/*
 * Namespaces and the module go with all they have
 */

static void in_another_namespace(struct __test_metadata *_metadata)
{
	struct env env;
	__u64 entity;

	env_setup(_metadata, &env);
	close(leaver(_metadata, RTM_REQ_HOLD, 1000, &entity));
	close(env.fd);
	close(env.watch);
	_exit(0);
}

/* The time would be over when nothing is left that could be withdrawn. */
TEST(namespace_ends_while_held)
{
	pid_t child;
	int status;

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		in_another_namespace(_metadata);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	sleep_ms(2000);
}

TEST_HARNESS_MAIN
