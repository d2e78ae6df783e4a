// SPDX-License-Identifier: GPL-2.0-only
/*
 * Methods: calls between entities, mostly of different processes.
 *
 * How this file works: as rtm_methods.h says; the ends of callers and callees are in
 * methodend.c.
 */
#include "rtm_methods.h"

TEST_F(method, register_wrong)
{
	struct rtm_register_entity arg;
	__u64 entity;

	register_arg(&arg, AF_INET, PROTO_RIP, 1, 0);
	arg.n_methods = 33;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_ENTITY, &arg));
	arg.n_methods = ~0u;
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_REGISTER_ENTITY, &arg));
	EXPECT_EQ(0, dev_register_methods(self->fd, PROTO_RIP, 1, RTM_MAX_METHODS, &entity));
}

TEST_F(method, count)
{
	struct actor *a = &self->caller[0];
	struct rtm_get_methods arg;
	__u64 entity;
	__u32 n;

	for (n = 0; n <= RTM_MAX_METHODS; n++) {
		ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 1, 0, n,
						     &entity));
		methods_arg(&arg, self->self, entity);
		EXPECT_EQ(0, dev_call(self->fd, RTM_IOC_GET_METHODS, &arg));
		EXPECT_EQ(n, arg.n_methods);
		EXPECT_EQ(0, dev_deregister(self->fd, entity));
	}
	/* from another process */
	methods_arg(&arg, a->box->entity, caller_of(a)->callee);
	EXPECT_EQ(0, actor_call(a, RTM_IOC_GET_METHODS, &arg));
	EXPECT_EQ(3, arg.n_methods);
}

TEST_F(method, count_wrong)
{
	struct actor *a = &self->caller[0];
	const __u64 bad[] = { 0, 1, ~0ull, self->self ^ 1ull << 40 };
	struct rtm_get_methods arg;
	unsigned int i;
	__u64 entity;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		methods_arg(&arg, self->self, bad[i]);
		EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_METHODS, &arg));
	}
	/* another table */
	ASSERT_EQ(0, dev_register_methods(self->fd, PROTO_OSPF, 1, 1, &entity));
	methods_arg(&arg, self->self, entity);
	EXPECT_EQ(-EBADF, dev_call(self->fd, RTM_IOC_GET_METHODS, &arg));
	/* one that has left */
	ASSERT_EQ(0, dev_deregister(self->fd, self->self));
	methods_arg(&arg, a->box->entity, caller_of(a)->callee);
	EXPECT_EQ(-ESTALE, actor_call(a, RTM_IOC_GET_METHODS, &arg));
}

/* A kept entity has no methods: nobody would answer. */
TEST_F(method, kept)
{
	struct actor *a = &self->caller[0];
	int fd = dev_open(O_RDWR);
	struct rtm_get_methods arg;
	__u64 entity;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, dev_register_methods_in(fd, TABLE, PROTO_OSPF, 7, RTM_REQ_KEEP, 2, &entity));
	actor_look_for(_metadata, a, 7);
	ASSERT_EQ(0, dev_block_methods(fd, entity, true));
	close(fd);
	methods_arg(&arg, a->box->entity, caller_of(a)->callee);
	EXPECT_TRUE(wait_until(actor_call(a, RTM_IOC_GET_METHODS, &arg) == -ESTALE));
	begin_call(a, 0, 0);
	EXPECT_EQ(-ESTALE, actor_end(a));
	/* who takes it over has its own */
	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 7, 0, 5, &entity));
	methods_arg(&arg, a->box->entity, caller_of(a)->callee);
	EXPECT_EQ(0, actor_call(a, RTM_IOC_GET_METHODS, &arg));
	EXPECT_EQ(5, arg.n_methods);
}

/* The record of the test's entity. */
static bool dump_self(int fd, struct rtm_entity_rec *found)
{
	struct rtm_entity_rec *rec;
	unsigned int count;
	bool seen = false;
	size_t size;
	void *buf;

	buf = dev_dump(fd, RTM_IOC_DUMP_ENTITIES, 0, "0.0.0.0/0", 0, &size, &count);
	for_each_record(rec, buf, size) {
		if (rec->id.id != 100)
			continue;
		*found = *rec;
		seen = true;
	}
	free(buf);
	return seen;
}

TEST_F(method, listed)
{
	struct rtm_entity_rec rec;

	ASSERT_TRUE(dump_self(self->fd, &rec));
	EXPECT_EQ(3, rec.n_methods);
	EXPECT_EQ(0, rec.blocked);
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	ASSERT_TRUE(dump_self(self->fd, &rec));
	EXPECT_EQ(3, rec.n_methods);
	EXPECT_EQ(1, rec.blocked);
}

static int invoke(FIXTURE_DATA(method) *self, struct rtm_invoke_method *arg)
{
	return dev_call(self->fd, RTM_IOC_INVOKE_METHOD, arg);
}

TEST_F(method, invoke_wrong)
{
	const __u64 bad[] = { 0, 1, ~0ull, self->self ^ 1ull << 40 };
	struct rtm_invoke_method arg;
	__u64 other, entity;
	unsigned int i;

	ASSERT_EQ(0, dev_register_methods(self->fd, PROTO_OSPF, 1, 1, &other));
	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 1, 0, 1, &entity));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		invoke_arg(&arg, entity, bad[i], NULL, 0, NULL, 0);
		EXPECT_EQ(-EBADF, invoke(self, &arg));
	}
	invoke_arg(&arg, entity, other, NULL, 0, NULL, 0);
	EXPECT_EQ(-EBADF, invoke(self, &arg));
	invoke_arg(&arg, entity, self->self, "x", RTM_MAX_METHOD_DATA + 1, NULL, 0);
	EXPECT_EQ(-EINVAL, invoke(self, &arg));
	invoke_arg(&arg, entity, self->self, NULL, 0, NULL, RTM_MAX_METHOD_DATA + 1);
	EXPECT_EQ(-EINVAL, invoke(self, &arg));
	invoke_arg(&arg, entity, self->self, (void *)16, 1, NULL, 0);
	EXPECT_EQ(-EFAULT, invoke(self, &arg));
	invoke_arg(&arg, entity, self->self, NULL, 0, NULL, 0);
	arg.call = 1ull << 40;
	EXPECT_EQ(-ENOENT, invoke(self, &arg));
	EXPECT_EQ(0, calls(self->env.watch));
	EXPECT_FALSE(event_waits(self->fd));
}

/* A call that would run nothing does not happen, whoever is called, and in what state. */
TEST_F(method, no_such_method)
{
	unsigned char *output = guard_alloc(8);
	struct rtm_invoke_method arg;

	ASSERT_EQ(0, dev_block_methods(self->fd, self->self, true));
	invoke_arg(&arg, self->self, self->self, "x", 1, output, 8);
	arg.methods = 0;
	EXPECT_EQ(0, invoke(self, &arg));
	EXPECT_EQ(0, arg.output_size);
	EXPECT_EQ(0, arg.local | arg.status);
	EXPECT_EQ(0, arg.call);
	invoke_arg(&arg, self->self, self->self, "x", 1, output, 8);
	arg.methods = 0xfffffff8;
	arg.flags = RTM_REQ_LOCAL;
	EXPECT_EQ(0, invoke(self, &arg));
	EXPECT_EQ(0, arg.output_size);
	EXPECT_EQ(0, arg.local);
	EXPECT_EQ(0xcc, output[0]);
	EXPECT_FALSE(event_waits(self->fd));
	guard_free(output);
}

/* The whole of it, with everything that can go wrong on the callee's side. */
TEST_F(method, conversation)
{
	struct actor *a = &self->caller[0];
	struct rtm_get_entity_info info;
	struct rtm_invoke_method arg;
	struct rtm_fetch_call f;
	struct rtm_event event;
	unsigned char *input = guard_alloc(100);
	__u64 call;

	caller_arg(a, &arg, 100, 200);
	arg.methods = 5;
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
	ASSERT_TRUE(wait_until(event_waits(self->fd)));
	ASSERT_EQ(0, read_event(self->fd, &event));
	EXPECT_EQ(RTM_EVENT_METHOD_CALL, event.type);
	EXPECT_EQ(self->self, event.entity);
	EXPECT_EQ(0, event.object);
	EXPECT_EQ(PROTO_BGP, event.id.protocol);
	EXPECT_EQ(1, event.id.id);
	EXPECT_FALSE(event_waits(self->fd));
	call = event.context;
	EXPECT_NE(0, call);

	/* what cannot be stored leaves the call where it is */
	fetch_arg(&f, self->self, call, input, 99);
	EXPECT_EQ(-EMSGSIZE, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_EQ(100, f.input_size);
	fetch_arg(&f, 0, 0, NULL, 0);
	EXPECT_EQ(-EMSGSIZE, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_EQ(self->self, f.entity);
	EXPECT_EQ(call, f.call);
	EXPECT_EQ(100, f.input_size);
	fetch_arg(&f, self->self, call, (void *)16, 100);
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	fetch_arg(&f, self->self, call + 1, input, 100);
	EXPECT_EQ(-ENOENT, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));

	fetch_arg(&f, self->self, call, input, 100);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_EQ(call, f.call);
	EXPECT_EQ(self->self, f.entity);
	EXPECT_EQ(100, f.input_size);
	EXPECT_EQ(200, f.output_size);
	EXPECT_EQ(5, f.methods);
	EXPECT_TRUE(is_filled(input, 100, 1));
	EXPECT_EQ(0, dev_entity_info(self->fd, self->self, f.caller, &info));
	EXPECT_EQ(PROTO_BGP, info.id.protocol);
	EXPECT_EQ(0, dev_release(self->fd, self->self, f.caller));
	fetch_arg(&f, self->self, call, input, 100);
	EXPECT_EQ(-ENOENT, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	guard_free(input);

	input = malloc(201);
	fill(input, 201, 9);
	EXPECT_EQ(-ENOENT, dev_answer(self->fd, self->self, call + 1, input, 200, 0));
	EXPECT_EQ(-ENOENT, dev_answer(self->fd, self->self, 0, input, 200, 0));
	EXPECT_EQ(-EMSGSIZE, dev_answer(self->fd, self->self, call, input, 201, 0));
	EXPECT_EQ(-EFAULT, dev_answer(self->fd, self->self, call, (void *)16, 200, 0));
	EXPECT_FALSE(actor_ended(a));
	EXPECT_EQ(0, dev_answer(self->fd, self->self, call, input, 150, 77));
	EXPECT_EQ(-ENOENT, dev_answer(self->fd, self->self, call, input, 150, 77));
	free(input);

	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(150, reply_of(a)->output_size);
	EXPECT_EQ(77, reply_of(a)->status);
	EXPECT_EQ(0, reply_of(a)->local);
	EXPECT_EQ(0, reply_of(a)->call);
	EXPECT_TRUE(is_filled(caller_of(a)->output, 150, 9));
	EXPECT_EQ(0xcc, caller_of(a)->output[150]);
	EXPECT_EQ(0, calls(self->env.watch));
}

/* Only its callee knows a call. */
TEST_F(method, call_of_another)
{
	struct actor *a = &self->caller[0];
	struct rtm_fetch_call f;
	__u64 entity, call;

	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 1, 0, 1, &entity));
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	fetch_arg(&f, entity, 0, NULL, 0);
	EXPECT_EQ(-ENOENT, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(-ENOENT, dev_answer(self->fd, entity, call, NULL, 0, 0));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
}

static int echo(FIXTURE_DATA(method) *self, unsigned char *data, __u32 size)
{
	struct rtm_fetch_call f;
	int err;

	fetch_arg(&f, 0, 0, data, size);
	err = dev_call(self->fd, RTM_IOC_FETCH_CALL, &f);
	if (err)
		return err;
	dev_release(self->fd, f.entity, f.caller);
	return dev_answer(self->fd, f.entity, f.call, data, f.input_size, 0);
}

struct big {
	FIXTURE_DATA(method) *self;
	__u32 size;
	int err;
};

static void *echo_thread(void *arg)
{
	struct big *big = arg;
	unsigned char *data = guard_alloc(big->size);

	if (!wait_until(event_waits(big->self->fd)))
		return NULL;
	big->err = echo(big->self, data, big->size);
	guard_free(data);
	return NULL;
}

/* All sizes between guard bytes, called and answered in one process. */
TEST_F(method, sizes)
{
	static const __u32 sizes[] = { 0, 1, 4095, 4096, 4097, 65535, RTM_MAX_METHOD_DATA };
	struct rtm_invoke_method arg;
	unsigned char *in, *out;
	struct big big = { self };
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		in = guard_alloc(sizes[i]);
		out = guard_alloc(sizes[i]);
		fill(in, sizes[i], i);
		big.size = sizes[i];
		big.err = 1;
		ASSERT_EQ(0, pthread_create(&thread, NULL, echo_thread, &big));
		invoke_arg(&arg, self->self, self->self, in, sizes[i], out, sizes[i]);
		EXPECT_EQ(0, invoke(self, &arg));
		pthread_join(thread, NULL);
		EXPECT_EQ(0, big.err);
		EXPECT_EQ(sizes[i], arg.output_size);
		EXPECT_TRUE(is_filled(out, sizes[i], i));
		guard_free(in);
		guard_free(out);
	}
}

/* The answer cannot be stored: it is kept, and can be fetched after all. */
TEST_F(method, answer_nowhere)
{
	struct actor *a = &self->caller[0];
	struct rtm_invoke_method arg;
	char five[5];
	__u64 call;

	fill(five, 5, 3);
	caller_arg(a, &arg, 0, 5);
	arg.output = 16;
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
	ASSERT_TRUE(under_way(self, 1));
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(0, dev_answer(self->fd, self->self, call, five, 5, 1));
	EXPECT_EQ(-EFAULT, actor_end(a));
	EXPECT_EQ(call, reply_of(a)->call);
	EXPECT_EQ(1, calls(self->env.watch));
	/* one with less room is no better */
	caller_arg(a, &arg, 0, 4);
	arg.call = call;
	EXPECT_EQ(-EMSGSIZE, actor_call(a, RTM_IOC_INVOKE_METHOD, &arg));
	EXPECT_EQ(call, arg.call);
	caller_arg(a, &arg, 0, 5);
	arg.call = call;
	EXPECT_EQ(0, actor_call(a, RTM_IOC_INVOKE_METHOD, &arg));
	EXPECT_EQ(0, arg.call);
	EXPECT_EQ(5, arg.output_size);
	EXPECT_TRUE(is_filled(caller_of(a)->output, 5, 3));
	EXPECT_EQ(0, calls(self->env.watch));
	arg.call = call;
	EXPECT_EQ(-ENOENT, actor_call(a, RTM_IOC_INVOKE_METHOD, &arg));
}

/* First come, first served, also of several entities of one file. */
TEST_F(method, in_order)
{
	struct actor *a = &self->caller[0], *b = &self->caller[1];
	struct rtm_fetch_call f;
	__u64 entity, first;

	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 200, 0, 1, &entity));
	actor_look_for(_metadata, b, 200);
	begin_call(b, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 2));
	fetch_arg(&f, 0, 0, NULL, 0);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_EQ(entity, f.entity);
	first = f.call;
	/* only what the callee has */
	EXPECT_EQ(1, f.methods);
	fetch_arg(&f, 0, 0, NULL, 0);
	ASSERT_EQ(0, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_EQ(self->self, f.entity);
	EXPECT_EQ(7, f.methods);
	/* answers may come in any order */
	EXPECT_EQ(0, answer(self, f.call));
	EXPECT_EQ(0, actor_end(a));
	EXPECT_FALSE(actor_ended(b));
	EXPECT_EQ(0, dev_answer(self->fd, entity, first, NULL, 0, 0));
	EXPECT_EQ(0, actor_end(b));
}

/* A call can be refused without having been looked at. */
TEST_F(method, refused)
{
	struct actor *a = &self->caller[0];
	struct rtm_event event;

	begin_call(a, 10, 10);
	ASSERT_TRUE(wait_until(event_waits(self->fd)));
	ASSERT_EQ(0, read_event(self->fd, &event));
	EXPECT_EQ(-EFAULT, dev_answer(self->fd, self->self, event.context, (void *)16, 1, 0));
	EXPECT_FALSE(actor_ended(a));
	EXPECT_EQ(0, dev_answer(self->fd, self->self, event.context, NULL, 0, ENOMEM));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(ENOMEM, reply_of(a)->status);
	EXPECT_EQ(0, reply_of(a)->output_size);
}

/* The event goes when the call is fetched without it, and stays when it is not read. */
TEST_F(method, events)
{
	struct actor *a = &self->caller[0];
	struct rtm_event event, *volatile nowhere = (void *)16;
	struct rtm_fetch_call f;
	__u64 call;

	begin_call(a, 0, 0);
	ASSERT_TRUE(wait_until(event_waits(self->fd)));
	EXPECT_EQ(-EFAULT, read_event(self->fd, nowhere));
	EXPECT_TRUE(event_waits(self->fd));
	call = fetch(_metadata, self, 0);
	EXPECT_FALSE(event_waits(self->fd));
	EXPECT_EQ(-EAGAIN, read_event(self->fd, &event));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));

	/* a call that could not be delivered is told again */
	begin_call(a, 1, 0);
	ASSERT_TRUE(wait_until(event_waits(self->fd)));
	ASSERT_EQ(0, read_event(self->fd, &event));
	EXPECT_FALSE(event_waits(self->fd));
	fetch_arg(&f, self->self, event.context, (void *)16, 1);
	EXPECT_EQ(-EFAULT, dev_call(self->fd, RTM_IOC_FETCH_CALL, &f));
	EXPECT_TRUE(event_waits(self->fd));
	call = fetch(_metadata, self, 1);
	EXPECT_FALSE(event_waits(self->fd));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
}

/* No room for the caller's handle: the call waits until there is. */
TEST_F(method, no_room_for_the_handle)
{
	unsigned int limit = param_number("max_file_handles");
	struct actor *a = &self->caller[0];
	__u64 call;

	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	ASSERT_EQ(0, param_set("max_file_handles", "1"));
	EXPECT_EQ(-ENOSPC, fetch_nothing(self));
	ASSERT_EQ(0, param_set_number("max_file_handles", limit));
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
}

TEST_F(method, too_many)
{
	unsigned int limit = param_number("max_method_calls");
	struct actor *a = &self->caller[0], *b = &self->caller[1];
	__u64 call;

	EXPECT_EQ(64, limit);
	EXPECT_EQ(-ERANGE, param_set("max_method_calls", "0"));
	EXPECT_EQ(-ERANGE, param_set("max_method_calls", "4097"));
	ASSERT_EQ(0, param_set("max_method_calls", "1"));
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	begin_call(b, 0, 0);
	EXPECT_EQ(-ENOSPC, actor_end(b));
	/* one that was fetched still counts */
	call = fetch(_metadata, self, 0);
	begin_call(b, 0, 0);
	EXPECT_EQ(-ENOSPC, actor_end(b));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
	begin_call(b, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(b));
	ASSERT_EQ(0, param_set_number("max_method_calls", limit));
}

static void begin_until(struct actor *a, __u64 deadline)
{
	struct rtm_invoke_method arg;

	caller_arg(a, &arg, 0, 0);
	arg.deadline = deadline;
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
}

TEST_F(method, deadline)
{
	struct actor *a = &self->caller[0];
	__u64 call;

	/* nothing is left of a call whose time was over before */
	begin_until(a, 1);
	EXPECT_EQ(-ETIMEDOUT, actor_end(a));
	EXPECT_EQ(0, reply_of(a)->call);
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	EXPECT_FALSE(event_waits(self->fd));
	EXPECT_EQ(0, calls(self->env.watch));

	begin_until(a, now_ns() + 200 * NSEC_PER_MSEC);
	EXPECT_EQ(-ETIMEDOUT, actor_end(a));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));

	/* it was fetched: the answer goes nowhere */
	begin_until(a, now_ns() + 300 * NSEC_PER_MSEC);
	ASSERT_TRUE(under_way(self, 1));
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(-ETIMEDOUT, actor_end(a));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(-ENOENT, answer(self, call));
	EXPECT_EQ(0, calls(self->env.watch));

	begin_until(a, now_ns() + 60 * NSEC_PER_SEC);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(a));
}

/* A handler that restarts calls does not run methods twice. */
TEST_F(method, signal_restarts)
{
	struct actor *a = &self->caller[0];
	__u64 call;
	int i;

	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	for (i = 1; i <= 3; i++) {
		actor_signal(a, SIGUSR1);
		ASSERT_TRUE(wait_until(a->box->signals == i));
	}
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	for (; i <= 6; i++) {
		actor_signal(a, SIGUSR1);
		ASSERT_TRUE(wait_until(a->box->signals == i));
	}
	EXPECT_EQ(1, calls(self->env.watch));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	EXPECT_FALSE(actor_ended(a));
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(0, reply_of(a)->call);
}

/* One that does not leaves the call behind, to come back for. */
static __u64 interrupt_call(struct __test_metadata *_metadata, FIXTURE_DATA(method) *self,
			    struct actor *a, unsigned int n)
{
	begin_call(a, 0, 8);
	EXPECT_TRUE(under_way(self, n));
	/* a signal that comes too early does nothing */
	EXPECT_TRUE(wait_until((actor_signal(a, SIGUSR2), actor_ended(a))));
	EXPECT_EQ(-EINTR, actor_end(a));
	EXPECT_NE(0, reply_of(a)->call);
	EXPECT_EQ(n, calls(self->env.watch));
	return reply_of(a)->call;
}

TEST_F(method, interrupted_and_resumed)
{
	struct actor *a = &self->caller[0], *b = &self->caller[1];
	struct rtm_invoke_method arg;
	__u64 call;

	call = interrupt_call(_metadata, self, a, 1);
	/* it is nobody else's */
	caller_arg(b, &arg, 0, 8);
	arg.call = call;
	EXPECT_EQ(-ENOENT, actor_call(b, RTM_IOC_INVOKE_METHOD, &arg));
	/* fetched and answered while nobody waits */
	EXPECT_EQ(call, fetch(_metadata, self, 0));
	EXPECT_EQ(0, dev_answer(self->fd, self->self, call, "abc", 3, 0));
	caller_arg(a, &arg, 0, 8);
	arg.call = call;
	arg.callee = 0;
	EXPECT_EQ(0, actor_call(a, RTM_IOC_INVOKE_METHOD, &arg));
	EXPECT_EQ(3, arg.output_size);
	EXPECT_EQ(0, memcmp(caller_of(a)->output, "abc", 3));

	/* resumed, interrupted, resumed, and then answered */
	call = interrupt_call(_metadata, self, a, 1);
	caller_arg(a, &arg, 0, 8);
	arg.call = call;
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
	EXPECT_TRUE(wait_until((actor_signal(a, SIGUSR2), actor_ended(a))));
	EXPECT_EQ(-EINTR, actor_end(a));
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(0, calls(self->env.watch));
}

/* The next call of the thread drops the one it left behind. */
TEST_F(method, interrupted_and_forgotten)
{
	struct actor *a = &self->caller[0];
	struct rtm_invoke_method arg;
	__u64 first, second;

	first = interrupt_call(_metadata, self, a, 1);
	second = interrupt_call(_metadata, self, a, 1);
	EXPECT_NE(first, second);
	/* the first one was not fetched, and is gone */
	EXPECT_EQ(second, fetch(_metadata, self, 0));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	caller_arg(a, &arg, 0, 8);
	arg.call = first;
	EXPECT_EQ(-ENOENT, actor_call(a, RTM_IOC_INVOKE_METHOD, &arg));
	/* the second was; that one is answered for nobody */
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 2));
	EXPECT_EQ(0, answer(self, second));
	EXPECT_EQ(1, calls(self->env.watch));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(a));
}

struct parker {
	FIXTURE_DATA(method) *self;
	struct rtm_invoke_method arg;
	timer_t timer;
	int err;
};

/* A thread that is interrupted in its call and ends. */
static void *park_and_exit(void *arg)
{
	struct itimerspec soon = { .it_interval.tv_nsec = 20000000, .it_value.tv_nsec = 20000000 };
	struct sigevent sev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
	struct parker *p = arg;

	sev._sigev_un._tid = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &sev, &p->timer) ||
	    timer_settime(p->timer, 0, &soon, NULL))
		return NULL;
	invoke_arg(&p->arg, p->self->self, p->self->self, NULL, 0, NULL, 0);
	p->err = dev_call(p->self->fd, RTM_IOC_INVOKE_METHOD, &p->arg);
	timer_delete(p->timer);
	return NULL;
}

/* What dead threads left behind goes with the next call of any. */
TEST_F(method, forgotten_by_the_dead)
{
	struct rtm_invoke_method arg;
	struct parker p = { self };
	pthread_t thread;
	int i;

	for (i = 0; i < 5; i++) {
		p.err = 1;
		ASSERT_EQ(0, pthread_create(&thread, NULL, park_and_exit, &p));
		pthread_join(thread, NULL);
		EXPECT_EQ(-EINTR, p.err);
		EXPECT_LE(1, calls(self->env.watch));
	}
	invoke_arg(&arg, self->self, self->self, NULL, 0, NULL, 0);
	arg.flags = RTM_REQ_LOCAL;
	/* a thread that can be joined need not be dead yet */
	EXPECT_TRUE(wait_until(!invoke(self, &arg) && !calls(self->env.watch)));
}

/* Two threads cannot wait for one call: whoever comes second is told. */
TEST_F(method, resumed_by_two)
{
	struct actor a, b, *second;
	struct rtm_invoke_method arg;
	__u64 call;

	actor_start(&a, true);
	actor_start(&b, true);
	a.box->fd = self->fd;
	a.box->entity = self->self;
	caller_of(&a)->callee = self->self;
	call = interrupt_call(_metadata, self, &a, 1);
	caller_arg(&a, &arg, 0, 8);
	arg.call = call;
	b.box->fd = self->fd;
	actor_begin(&a, RTM_IOC_INVOKE_METHOD, &arg);
	actor_begin(&b, RTM_IOC_INVOKE_METHOD, &arg);
	EXPECT_TRUE(wait_until(actor_ended(&a) || actor_ended(&b)));
	second = actor_ended(&a) ? &a : &b;
	EXPECT_EQ(-EBUSY, actor_end(second));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(second == &a ? &b : &a));
	actor_stop(&a);
	actor_stop(&b);
}

/* A thread that serves calls never sleeps while one waits for it. */
TEST_F(method, serving)
{
	struct actor *a = &self->caller[0], server;
	struct rtm_invoke_method arg;
	__u64 call, incoming;

	/* the server calls an entity of another process, which does not answer */
	actor_start(&server, true);
	server.box->fd = self->fd;
	server.box->entity = self->self;
	server.box->arg[0] = 1;
	ASSERT_EQ(0, actor_run(&server, look_for));
	caller_arg(&server, &arg, 0, 0);
	arg.flags = RTM_REQ_SERVE;
	actor_begin(&server, RTM_IOC_INVOKE_METHOD, &arg);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_FALSE(actor_ended(&server));
	/* until somebody calls it */
	begin_call(&self->caller[1], 0, 0);
	EXPECT_EQ(-EAGAIN, actor_end(&server));
	call = reply_of(&server)->call;
	EXPECT_NE(0, call);
	/* it does not sleep as long as that call is there */
	caller_arg(&server, &arg, 0, 0);
	arg.flags = RTM_REQ_SERVE;
	arg.call = call;
	EXPECT_EQ(-EAGAIN, actor_call(&server, RTM_IOC_INVOKE_METHOD, &arg));
	incoming = fetch(_metadata, self, 0);
	actor_begin(&server, RTM_IOC_INVOKE_METHOD, &arg);
	EXPECT_EQ(0, answer(self, incoming));
	EXPECT_EQ(0, actor_end(&self->caller[1]));
	EXPECT_FALSE(actor_ended(&server));
	/* nor is the answer missed that way */
	fetch_arg((struct rtm_fetch_call *)a->box->arg, a->box->entity, 0, NULL, 0);
	a->box->cmd = RTM_IOC_FETCH_CALL;
	a->box->fn = NULL;
	actor_go(a);
	EXPECT_EQ(0, actor_end(a));
	answer_arg((struct rtm_answer_call *)a->box->arg, a->box->entity, call, NULL, 0);
	a->box->cmd = RTM_IOC_ANSWER_CALL;
	actor_go(a);
	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(0, actor_end(&server));
	actor_stop(&server);
}

static int invoke_local(FIXTURE_DATA(method) *self, struct rtm_invoke_method *arg)
{
	invoke_arg(arg, self->self, self->self, NULL, 0, NULL, 0);
	arg->flags = RTM_REQ_LOCAL;
	return invoke(self, arg);
}

/* Make a local call by the inherited file of another process: it is not local there. */
static int invoke_from_child(struct actor *a)
{
	struct rtm_invoke_method arg;

	invoke_arg(&arg, a->box->entity, a->box->entity, NULL, 0, NULL, 0);
	arg.flags = RTM_REQ_LOCAL;
	return dev_call(a->box->fd, RTM_IOC_INVOKE_METHOD, &arg) ?: (int)arg.local;
}

TEST_F(method, local)
{
	struct rtm_invoke_method arg;
	struct actor child;
	int fd;

	EXPECT_EQ(0, invoke_local(self, &arg));
	EXPECT_EQ(1, arg.local);
	EXPECT_EQ(0, arg.output_size);
	EXPECT_EQ(0, arg.call);
	/* what would be copied is not looked at */
	invoke_arg(&arg, self->self, self->self, (void *)16, 10, (void *)16, 10);
	arg.flags = RTM_REQ_LOCAL;
	EXPECT_EQ(0, invoke(self, &arg));
	EXPECT_EQ(1, arg.local);
	EXPECT_FALSE(event_waits(self->fd));

	actor_start(&child, false);
	child.box->fd = self->fd;
	child.box->entity = self->self;
	actor_begin_fn(&child, invoke_from_child);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(&child));
	actor_stop(&child);

	/* nor is it local through another file of the same process */
	fd = dev_open(O_RDWR);
	ASSERT_LE(0, fd);
	actor_start(&child, true);
	child.box->fd = fd;
	ASSERT_EQ(0, dev_register_methods_in(fd, TABLE, PROTO_OSPF, 3, 0, 0, &child.box->entity));
	actor_look_for(_metadata, &child, 100);
	caller_arg(&child, &arg, 0, 0);
	arg.flags = RTM_REQ_LOCAL;
	actor_begin(&child, RTM_IOC_INVOKE_METHOD, &arg);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(&child));
	EXPECT_EQ(0, reply_of(&child)->local);
	actor_stop(&child);
	close(fd);
}

TEST_F(method, block_wrong)
{
	struct rtm_block_methods arg;

	block_arg(&arg, self->self, 2);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BLOCK_METHODS, &arg));
	block_arg(&arg, self->self, ~0u);
	EXPECT_EQ(-EINVAL, dev_call(self->fd, RTM_IOC_BLOCK_METHODS, &arg));
}

TEST_F(method, blocked)
{
	struct actor *a = &self->caller[0], *b = &self->caller[1];
	struct rtm_event event;
	__u64 taken, call;

	/* one that was fetched goes on */
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	taken = fetch(_metadata, self, 0);
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	EXPECT_EQ(0, answer(self, taken));
	EXPECT_EQ(0, actor_end(a));

	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_FALSE(event_waits(self->fd));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	/* not counted */
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
	EXPECT_TRUE(event_waits(self->fd));

	/* blocked while an event was there, and while it was on its way */
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	EXPECT_FALSE(event_waits(self->fd));
	EXPECT_EQ(-EAGAIN, read_event(self->fd, &event));
	begin_call(b, 0, 0);
	ASSERT_TRUE(under_way(self, 2));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
	ASSERT_EQ(0, read_event(self->fd, &event));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, true));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));

	/* in the old order */
	call = fetch(_metadata, self, 0);
	EXPECT_EQ(event.context, call);
	EXPECT_EQ(0, answer(self, call));
	EXPECT_EQ(0, actor_end(a));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(b));
}

/* The thread that blocked would wait for itself. */
TEST_F(method, blocked_by_the_caller)
{
	struct rtm_invoke_method arg;
	struct actor thread;
	__u64 other;

	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_OSPF, 1, 0, 1, &other));
	ASSERT_EQ(0, dev_block_methods(self->fd, self->self, true));
	EXPECT_EQ(0, invoke_local(self, &arg));
	EXPECT_EQ(1, arg.local);
	/* through another entity, too */
	arg.entity = other;
	EXPECT_EQ(0, invoke(self, &arg));
	EXPECT_EQ(1, arg.local);
	/* and when the answer comes from elsewhere */
	arg.flags = RTM_REQ_SERVE;
	EXPECT_EQ(-EAGAIN, invoke(self, &arg));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, invoke(self, &arg));

	/* but another thread waits */
	actor_start(&thread, true);
	thread.box->fd = self->fd;
	thread.box->entity = self->self;
	actor_begin_fn(&thread, invoke_from_child);
	ASSERT_TRUE(under_way(self, 1));
	sleep_ms(100);
	EXPECT_FALSE(actor_ended(&thread));
	ASSERT_EQ(0, dev_block_methods(self->fd, self->self, false));
	EXPECT_EQ(1, actor_end(&thread));
	/* the end of the registration is an end of waiting, but no permission */
	ASSERT_EQ(0, dev_block_methods(self->fd, other, true));
	caller_of(&thread)->callee = other;
	caller_arg(&thread, &arg, 0, 0);
	arg.flags = RTM_REQ_LOCAL;
	actor_begin(&thread, RTM_IOC_INVOKE_METHOD, &arg);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(0, dev_deregister(self->fd, other));
	EXPECT_EQ(-ESTALE, actor_end(&thread));
	actor_stop(&thread);
}

/* Any thread may resume, also after the one that blocked has ended. */
TEST_F(method, blocked_by_the_dead)
{
	struct actor *a = &self->caller[0], thread;
	struct rtm_block_methods arg;

	actor_start(&thread, true);
	thread.box->fd = self->fd;
	block_arg(&arg, self->self, 1);
	EXPECT_EQ(0, actor_call(&thread, RTM_IOC_BLOCK_METHODS, &arg));
	actor_stop(&thread);
	begin_call(a, 0, 0);
	ASSERT_TRUE(under_way(self, 1));
	EXPECT_EQ(-ENOENT, fetch_nothing(self));
	EXPECT_EQ(0, dev_block_methods(self->fd, self->self, false));
	EXPECT_EQ(0, answer(self, fetch(_metadata, self, 0)));
	EXPECT_EQ(0, actor_end(a));
}

TEST_HARNESS_MAIN
