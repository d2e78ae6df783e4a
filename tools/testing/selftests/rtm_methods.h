/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Methods: callers that are processes, and a callee that is the test.
 *
 * How this file works: callers are actors, because they wait; how many calls are under
 * way says the counter in RTM_IOC_GET_STATS, so nothing depends on time.
 */
#ifndef RTM_METHODS_H
#define RTM_METHODS_H

#include "rtm_actor.h"
#include "rtm_call.h"

#define TABLE	5	/* an instance that does not forward */

/**
 * struct caller - an actor's data: what it says and what it hears
 * @callee: its handle of the entity it calls
 * @input: what it says
 * @output: room for the answer
 */
struct caller {
	__u64 callee;
	unsigned char input[4096];
	unsigned char output[4096];
};

static inline struct caller *caller_of(struct actor *a)
{
	return (struct caller *)a->box->data;
}

/* The test's own file, which a process that is forked must not keep open. */
static int test_file = -1;

/* A file and an entity with three methods; arg[0] is its number. */
static inline int join(struct actor *a)
{
	struct box *box = a->box;

	close(test_file);
	box->fd = dev_open(O_RDWR | O_NONBLOCK);
	if (box->fd < 0)
		return -errno;
	return dev_register_methods_in(box->fd, TABLE, PROTO_BGP, (__u32)box->arg[0], 0, 3,
				       &box->entity);
}

/* A handle of the entity with number arg[0]. */
static inline int look_for(struct actor *a)
{
	struct box *box = a->box;
	struct rtm_entity_id ids[16];
	struct rtm_get_entities arg;
	__u64 handles[16];
	unsigned int i;
	int err;

	arg_init(&arg);
	arg.flags = RTM_REQ_INFOS;
	arg.entity = box->entity;
	arg.handles = ptr_u64(handles);
	arg.infos = ptr_u64(ids);
	arg.count = 16;
	err = dev_call(box->fd, RTM_IOC_GET_ENTITIES, &arg);
	if (err)
		return err;
	caller_of(a)->callee = 0;
	for (i = 0; i < arg.count; i++) {
		if (ids[i].id == (__u32)box->arg[0])
			caller_of(a)->callee = handles[i];
		else
			dev_release(box->fd, box->entity, handles[i]);
	}
	return caller_of(a)->callee ? 0 : -ENOENT;
}

static inline void actor_join(struct __test_metadata *_metadata, struct actor *a, unsigned int id)
{
	actor_start(a, false);
	a->box->arg[0] = id;
	ASSERT_EQ(0, actor_run(a, join));
}

static inline void actor_look_for(struct __test_metadata *_metadata, struct actor *a,
				  unsigned int id)
{
	a->box->arg[0] = id;
	ASSERT_EQ(0, actor_run(a, look_for));
}

static inline void fill(void *at, size_t size, unsigned int seed)
{
	unsigned char *byte = at;
	size_t i;

	for (i = 0; i < size; i++)
		byte[i] = (unsigned char)(seed + i * 7 + (i >> 8));
}

static inline bool is_filled(const void *at, size_t size, unsigned int seed)
{
	const unsigned char *byte = at;
	size_t i;

	for (i = 0; i < size; i++)
		if (byte[i] != (unsigned char)(seed + i * 7 + (i >> 8)))
			return false;
	return true;
}

/* The argument of a call by an actor, whose input and output are in its data. */
static inline void caller_arg(struct actor *a, struct rtm_invoke_method *arg, __u32 in, __u32 out)
{
	struct caller *c = caller_of(a);

	fill(c->input, sizeof(c->input), 1);
	memset(c->output, 0xcc, sizeof(c->output));
	invoke_arg(arg, a->box->entity, c->callee, c->input, in, c->output, out);
}

static inline void begin_call(struct actor *a, __u32 in, __u32 out)
{
	struct rtm_invoke_method arg;

	caller_arg(a, &arg, in, out);
	actor_begin(a, RTM_IOC_INVOKE_METHOD, &arg);
}

static inline struct rtm_invoke_method *reply_of(struct actor *a)
{
	return (struct rtm_invoke_method *)a->box->arg;
}

FIXTURE(method) {
	struct env env;
	int fd;
	__u64 self;
	struct actor caller[2];
};

FIXTURE_SETUP(method)
{
	int i;

	die_with_parent();
	handle_signals();
	env_setup(_metadata, &self->env);
	self->fd = self->env.fd;
	test_file = self->fd;
	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(0, dev_register_methods_in(self->fd, TABLE, PROTO_RIP, 100, 0, 3,
					     &self->self));
	for (i = 0; i < 2; i++) {
		actor_join(_metadata, &self->caller[i], i + 1);
		actor_look_for(_metadata, &self->caller[i], 100);
	}
}

static inline void end_caller(struct __test_metadata *_metadata, struct actor *a)
{
	if (!a->box)
		return;
	EXPECT_FALSE(a->running) {
		TH_LOG("a caller still waits");
		actor_kill(a);
		return;
	}
	actor_run(a, actor_close);
	actor_stop(a);
}

FIXTURE_TEARDOWN(method)
{
	end_caller(_metadata, &self->caller[0]);
	end_caller(_metadata, &self->caller[1]);
	env_clean(_metadata, &self->env);
}

/* An actor's call has come to the kernel, and nobody has answered. */
static inline bool under_way(FIXTURE_DATA(method) *self, unsigned int n)
{
	return wait_until(calls(self->env.watch) == n);
}

static inline int read_event(int fd, struct rtm_event *event)
{
	ssize_t n = read(fd, event, sizeof(*event));

	return n < 0 ? -errno : n == sizeof(*event) ? 0 : -EIO;
}

static inline bool event_waits(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && p.revents == POLLIN;
}

/* Fetch the next call.  Returns its number; 0 is a failure. */
static __u64 fetch(struct __test_metadata *_metadata, FIXTURE_DATA(method) *self, __u32 size)
{
	unsigned char *input = guard_alloc(size);
	struct rtm_fetch_call arg;
	int err;

	fetch_arg(&arg, self->self, 0, input, size);
	err = dev_call(self->fd, RTM_IOC_FETCH_CALL, &arg);
	EXPECT_EQ(0, err);
	if (!err) {
		EXPECT_EQ(size, arg.input_size);
		EXPECT_TRUE(is_filled(input, size, 1));
		EXPECT_EQ(0, dev_release(self->fd, self->self, arg.caller));
	}
	guard_free(input);
	return err ? 0 : arg.call;
}

static inline int fetch_nothing(FIXTURE_DATA(method) *self)
{
	struct rtm_fetch_call arg;

	fetch_arg(&arg, self->self, 0, NULL, 0);
	return dev_call(self->fd, RTM_IOC_FETCH_CALL, &arg);
}

static inline int answer(FIXTURE_DATA(method) *self, __u64 call)
{
	return dev_answer(self->fd, self->self, call, NULL, 0, 0);
}

#endif /* RTM_METHODS_H */
