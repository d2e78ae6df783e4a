// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel itself has to change while a user has the destination locked.
 *
 * How this file works: B has the best route to PLACE, a prohibition, and A the second
 * best, a black hole.  A locks PLACE and B ends.  From then on the kernel must not use
 * B's route, but the route leaves the table only when A has let go, and before anybody
 * else gets in.  All that is observed from outside: the kernel's FIB by rtnetlink, the
 * table by dumps.
 */
#include "rtm_actor.h"

#include <linux/rtnetlink.h>

#define OTHER	"10.2.0.0/16"

enum end_of_b {
	DEREGISTERED,
	CLOSED,
	KILLED,
};

FIXTURE(defer)
{
	struct stage stage;
	struct stage *s;
	struct actor *a, *b, *c;
	__u32 mode;
};

FIXTURE_VARIANT(defer)
{
	bool exclusive;
	enum end_of_b end;
};

FIXTURE_VARIANT_ADD(defer, shared_killed)
{
	.end = KILLED,
};

FIXTURE_VARIANT_ADD(defer, exclusive_deregistered)
{
	.exclusive = true,
	.end = DEREGISTERED,
};

FIXTURE_VARIANT_ADD(defer, exclusive_closed)
{
	.exclusive = true,
	.end = CLOSED,
};

static int add_prohibition(struct actor *a, const char *dest)
{
	struct rtm_add_route arg;

	route_arg(&arg, a->box->entity, dest, NULL, 0);
	arg.flags = RTM_REQ_NO_HANDLE;
	arg.attrs.flags = RTM_RF_MARTIAN;
	arg.attrs.metric = 1;
	return dev_add_route(a->box->fd, &arg);
}

static int prohibit_place(struct actor *a)
{
	return add_prohibition(a, PLACE);
}

static int prohibit_other(struct actor *a)
{
	return add_prohibition(a, OTHER);
}

/* Type of the route in main table to @dest that @msg tells of, or RTN_UNSPEC. */
static unsigned int route_type(const struct nlmsghdr *msg, const struct rtm_net_prefix *dest)
{
	const struct rtmsg *rtm = NLMSG_DATA(msg);
	const struct rtattr *attr = RTM_RTA(rtm);
	int len = RTM_PAYLOAD(msg);

	if (msg->nlmsg_type != RTM_NEWROUTE || rtm->rtm_table != RT_TABLE_MAIN ||
	    rtm->rtm_dst_len != dest->len)
		return RTN_UNSPEC;
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len))
		if (attr->rta_type == RTA_DST && !memcmp(RTA_DATA(attr), dest->addr, 4))
			return rtm->rtm_type;
	return RTN_UNSPEC;
}

/* Read a dump of routes to its end. */
static unsigned int find_route_type(int nl, const struct rtm_net_prefix *dest)
{
	unsigned int type = RTN_UNSPEC, found;
	__u32 buf[8192];
	struct nlmsghdr *msg;
	int len;

	for (;;) {
		len = recv(nl, buf, sizeof(buf), 0);
		if (len <= 0)
			return ~0u;
		for (msg = (void *)buf; NLMSG_OK(msg, (unsigned int)len);
		     msg = NLMSG_NEXT(msg, len)) {
			if (msg->nlmsg_type == NLMSG_DONE)
				return type;
			if (msg->nlmsg_type == NLMSG_ERROR)
				return ~0u;
			found = route_type(msg, dest);
			if (found)
				type = found;
		}
	}
}

/* What the kernel does with packets to @text, once the FIB has settled. */
static unsigned int fib_type(int watch, const char *text)
{
	struct {
		struct nlmsghdr head;
		struct rtmsg rtm;
	} request = {
		.head = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETROUTE,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.rtm.rtm_family = AF_INET,
	};
	struct rtm_net_prefix dest = prefix(text);
	unsigned int type = ~0u;
	int nl;

	if (dev_fib_sync(watch, NULL))
		return ~0u;
	nl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (nl < 0)
		return ~0u;
	if (send(nl, &request, sizeof(request), 0) == sizeof(request))
		type = find_route_type(nl, &dest);
	close(nl);
	return type;
}

static unsigned int n_routes(int watch, const char *dest)
{
	struct rtm_dest_rec rec;

	return dev_dest_rec_in(watch, 0, dest, &rec) ? rec.n_routes : 0;
}

/* Routes to PLACE that the dump shows in @state. */
static unsigned int in_state(int watch, unsigned int state)
{
	struct rtm_route_rec *rec;
	unsigned int count, n = 0;
	size_t size;
	void *buf;

	buf = dev_dump(watch, RTM_IOC_DUMP_ROUTES, RTM_DUMP_EXACT, PLACE, 0, &size, &count);
	if (!buf)
		return ~0u;
	for_each_record(rec, buf, size)
		n += rec->attrs.state == state;
	free(buf);
	return n;
}

FIXTURE_SETUP(defer)
{
	stage_instance = 0;
	stage_setup(_metadata, &self->stage, false);
	self->s = &self->stage;
	self->a = &self->stage.actor[0];
	self->b = &self->stage.actor[1];
	self->c = &self->stage.actor[2];
	self->mode = variant->exclusive ? RTM_REQ_EXCLUSIVE : 0;
	ASSERT_EQ(RTN_BLACKHOLE, fib_type(self->s->watch, PLACE));
	ASSERT_EQ(0, actor_run(self->b, prohibit_place));
	ASSERT_EQ(RTN_PROHIBIT, fib_type(self->s->watch, PLACE));
	begin_lock(self->a, self->mode, 0);
	ASSERT_EQ(0, actor_end(self->a));
}

FIXTURE_TEARDOWN(defer)
{
	stage_clean(_metadata, &self->stage);
}

/* B goes; in no case does it wait for A. */
static void end_b(struct __test_metadata *_metadata, struct actor *b, enum end_of_b end)
{
	switch (end) {
	case DEREGISTERED:
		EXPECT_EQ(0, actor_run(b, actor_deregister));
		break;
	case CLOSED:
		EXPECT_EQ(0, actor_run(b, actor_close));
		break;
	case KILLED:
		actor_kill(b);
		break;
	}
}

/* Only the holder can have seen to this: B's route is dead, but there. */
static void expect_deferred(struct __test_metadata *_metadata, struct stage *s)
{
	EXPECT_TRUE(wait_until(in_state(s->watch, RTM_STATE_DELETING) == 1));
	EXPECT_EQ(2, n_routes(s->watch, PLACE));
	EXPECT_EQ(1, in_state(s->watch, RTM_STATE_CREATED));
	EXPECT_EQ(RTN_BLACKHOLE, fib_type(s->watch, PLACE));
	sleep_ms(100);
	EXPECT_EQ(2, n_routes(s->watch, PLACE));
}

TEST_F(defer, until_the_release)
{
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 1));
	EXPECT_EQ(1, in_state(self->s->watch, RTM_STATE_CREATED));
	EXPECT_EQ(RTN_BLACKHOLE, fib_type(self->s->watch, PLACE));
}

TEST_F(defer, until_the_last_of_several_releases)
{
	ASSERT_EQ(0, lock_shared(self->a));
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	sleep_ms(100);
	EXPECT_EQ(2, n_routes(self->s->watch, PLACE));
	EXPECT_EQ(0, unlock_shared(self->a));
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 1));
}

/* Who was waiting sees a table without the dead. */
TEST_F(defer, before_the_next_holder)
{
	begin_exclusive(self->c);
	ASSERT_TRUE(waits(self->s, self->c));
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(1, n_routes(self->s->watch, PLACE));
	EXPECT_EQ(0, unlock_exclusive(self->c));
}

TEST_F(defer, until_the_holder_dies)
{
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	actor_kill(self->a);
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 0));
	EXPECT_EQ(RTN_UNSPEC, fib_type(self->s->watch, PLACE));
}

TEST_F(defer, until_the_lock_is_broken)
{
	__u32 broken;

	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, dev_break_lock(self->s->watch, 0, PLACE, &broken));
	EXPECT_EQ(1, broken);
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 1));
	EXPECT_EQ(-EACCES, unlock(self->a, self->mode));
}

static int delete_place(struct actor *a)
{
	return dev_delete_key(a->box->fd, a->box->entity, PLACE, 0, NULL);
}

/* The dead route was the only one: the kernel forgets the prefix at once. */
TEST_F(defer, the_only_route)
{
	ASSERT_EQ(0, actor_run(self->a, delete_place));
	EXPECT_EQ(RTN_PROHIBIT, fib_type(self->s->watch, PLACE));
	end_b(_metadata, self->b, variant->end);
	EXPECT_TRUE(wait_until(in_state(self->s->watch, RTM_STATE_DELETING) == 1));
	EXPECT_EQ(RTN_UNSPEC, fib_type(self->s->watch, PLACE));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 0));
}

/* The holder may change the destination all the same. */
TEST_F(defer, the_holder_goes_on)
{
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, actor_run(self->a, delete_place));
	EXPECT_EQ(RTN_UNSPEC, fib_type(self->s->watch, PLACE));
	EXPECT_EQ(0, actor_run(self->a, actor_add_place));
	EXPECT_EQ(RTN_BLACKHOLE, fib_type(self->s->watch, PLACE));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 1));
	EXPECT_EQ(RTN_BLACKHOLE, fib_type(self->s->watch, PLACE));
}

/* Other destinations of the dead one have nothing to wait for. */
TEST_F(defer, only_what_is_locked)
{
	ASSERT_EQ(0, actor_run(self->b, prohibit_other));
	ASSERT_EQ(RTN_PROHIBIT, fib_type(self->s->watch, OTHER));
	end_b(_metadata, self->b, variant->end);
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, OTHER) == 0));
	EXPECT_EQ(RTN_UNSPEC, fib_type(self->s->watch, OTHER));
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, unlock(self->a, self->mode));
}

/* The name is free, and its new owner waits like everybody. */
TEST_F(defer, while_the_name_is_used_again)
{
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	ASSERT_EQ(0, actor_run(self->c, actor_close));
	ASSERT_EQ(0, actor_register(self->c, 2, 0));
	actor_begin_fn(self->c, prohibit_place);
	ASSERT_TRUE(waits(self->s, self->c));
	EXPECT_EQ(RTN_BLACKHOLE, fib_type(self->s->watch, PLACE));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_EQ(0, actor_end(self->c));
	EXPECT_EQ(2, n_routes(self->s->watch, PLACE));
	EXPECT_EQ(RTN_PROHIBIT, fib_type(self->s->watch, PLACE));
}

/* A holder that is stopped cannot keep a dead peer's route in the kernel. */
TEST_F(defer, behind_a_stopped_holder)
{
	ASSERT_EQ(0, kill(self->a->pid, SIGSTOP));
	ASSERT_EQ(self->a->pid, waitpid(self->a->pid, NULL, WUNTRACED));
	end_b(_metadata, self->b, variant->end);
	expect_deferred(_metadata, self->s);
	EXPECT_EQ(0, actor_run(self->c, prohibit_other));
	EXPECT_EQ(RTN_PROHIBIT, fib_type(self->s->watch, OTHER));
	ASSERT_EQ(0, kill(self->a->pid, SIGCONT));
	EXPECT_EQ(0, unlock(self->a, self->mode));
	EXPECT_TRUE(wait_until(n_routes(self->s->watch, PLACE) == 1));
}

TEST_HARNESS_MAIN
