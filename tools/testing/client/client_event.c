// SPDX-License-Identifier: GPL-2.0-only
/*
 * The callback: what it is told, what it may do, and when it does not run.
 */
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/string.h>

#include "client_test.h"

#define N_NOTIFIES	8
#define CONTEXT		0x1234

static u64 listen(struct rig *rig, u64 context)
{
	struct rtm_register_notify arg = {
		.flags = RTM_REQ_EVENTS,
		.entity = rig->entity,
		.context = context,
		.types = RTM_CT_ALL,
	};

	EXPECT_EQ(rig, 0, rtm_client_register_notify(rig->client, &arg));
	return arg.notify;
}

static void change(struct rig *rig, u32 metric)
{
	struct rtm_add_route arg = rig_route(rig, 0x0a010000, &rig->nexthop, 1);

	arg.attrs.metric = metric;
	EXPECT_EQ(rig, 0, rtm_client_add_route(rig->client, &arg));
}

void case_told(struct rig *rig)
{
	u64 notify = listen(rig, CONTEXT);
	struct rtm_client *other;
	struct rtm_event event;
	u64 entity = 0;

	other = rig_other(rig, &entity);
	if (!other)
		return;
	EXPECT(rig, rig_event(rig, RTM_EVENT_ENTITY_REGISTERED, &event));
	EXPECT_EQ(rig, rig->entity, event.entity);
	EXPECT_EQ(rig, OTHER_PROTOCOL, event.id.protocol);
	EXPECT_EQ(rig, 0, rig_release(rig, event.object));
	rtm_client_close(other);
	EXPECT(rig, rig_event(rig, RTM_EVENT_ENTITY_DEREGISTERED, &event));
	EXPECT_EQ(rig, 0, rig_release(rig, event.object));
	change(rig, 20);
	EXPECT(rig, rig_event(rig, RTM_EVENT_CHANGED, &event));
	EXPECT_EQ(rig, notify, event.object);
	EXPECT_EQ(rig, CONTEXT, event.context);
}

/* A route's time is over: the callback says that it stays. */
static void answer_expiry(struct rig *rig, const struct rtm_event *event)
{
	struct rtm_answer_expiry arg = {
		.entity = event->entity,
		.route = event->object,
		.context = event->context,
		.stays = 1,
	};

	if (event->type == RTM_EVENT_ROUTE_EXPIRED)
		EXPECT_EQ(rig, 0, rtm_client_answer_expiry(rig->client, &arg));
}

void case_expiry(struct rig *rig)
{
	struct rtm_add_route route = rig_route(rig, 0x0a050000, &rig->nexthop, 1);
	u64 nexthop = 0;
	struct rtm_get_route_info info = {
		.entity = rig->entity,
		.attrs = { .nexthops = rtm_ptr(&nexthop), .n_nexthops = 1 },
	};
	struct rtm_event event;

	rig->react = answer_expiry;
	route.attrs.ttl_ms = 1;
	EXPECT_EQ(rig, 0, rtm_client_add_route(rig->client, &route));
	EXPECT(rig, rig_event(rig, RTM_EVENT_ROUTE_EXPIRED, &event));
	EXPECT_EQ(rig, route.route, event.object);
	info.route = route.route;
	EXPECT_EQ(rig, 0, rtm_client_get_route_info(rig->client, &info));
	EXPECT_EQ(rig, RTM_STATE_CREATED, info.attrs.state);
	EXPECT_EQ(rig, 0, info.attrs.ttl_ms);
}

/* The method turns its input round. */
static void serve(struct rig *rig, const struct rtm_event *event)
{
	char data[4], tmp;
	struct rtm_fetch_call fetch = {
		.entity = event->entity,
		.call = event->context,
		.input = rtm_ptr(data),
		.input_size = sizeof(data),
	};
	struct rtm_answer_call answer = {
		.entity = event->entity,
		.call = event->context,
		.output = rtm_ptr(data),
		.output_size = sizeof(data),
		.status = 7,
	};

	if (event->type != RTM_EVENT_METHOD_CALL)
		return;
	EXPECT_EQ(rig, 0, rtm_client_fetch_call(rig->client, &fetch));
	EXPECT_EQ(rig, sizeof(data), fetch.input_size);
	EXPECT_EQ(rig, 0, rig_release(rig, fetch.caller));
	tmp = data[0];
	data[0] = data[3];
	data[3] = tmp;
	EXPECT_EQ(rig, 0, rtm_client_answer_call(rig->client, &answer));
}

static u64 callee_of(struct rig *rig, struct rtm_client *client, u64 entity)
{
	u64 handles[2] = {};
	struct rtm_get_entities arg = {
		.entity = entity,
		.handles = rtm_ptr(handles),
		.count = 2,
	};

	EXPECT_EQ(rig, 0, rtm_client_get_entities(client, &arg));
	return handles[0] == entity ? handles[1] : handles[0];
}

static void call_it(struct rig *rig, struct rtm_client *client, u64 entity)
{
	char output[4] = {};
	struct rtm_get_methods methods = { .entity = entity };
	struct rtm_invoke_method arg = {
		.entity = entity,
		.callee = callee_of(rig, client, entity),
		.input = rtm_ptr("abcd"),
		.input_size = 4,
		.output = rtm_ptr(output),
		.output_size = sizeof(output),
		.methods = 1,
	};

	methods.handle = arg.callee;
	EXPECT_EQ(rig, 0, rtm_client_get_methods(client, &methods));
	EXPECT_EQ(rig, 1, methods.n_methods);
	EXPECT_EQ(rig, 0, rtm_client_invoke_method(client, &arg));
	EXPECT_EQ(rig, 7, arg.status);
	EXPECT_EQ(rig, 4, arg.output_size);
	EXPECT_EQ(rig, 0, memcmp(output, "dbca", 4));
}

/* What a module invokes of its own is local to it, whichever task asks. */
static void call_own(struct rig *rig)
{
	struct rtm_block_methods block = { .entity = rig->entity, .block = 1 };
	struct rtm_invoke_method arg = {
		.flags = RTM_REQ_LOCAL,
		.entity = rig->entity,
		.callee = rig->entity,
		.methods = 1,
	};

	EXPECT_EQ(rig, 0, rtm_client_invoke_method(rig->client, &arg));
	EXPECT_EQ(rig, 1, arg.local);
	EXPECT_EQ(rig, 0, rtm_client_block_methods(rig->client, &block));
	block.block = 0;
	EXPECT_EQ(rig, 0, rtm_client_block_methods(rig->client, &block));
}

void case_method(struct rig *rig)
{
	struct rtm_client *other;
	u64 entity = 0;

	rig->react = serve;
	other = rig_other(rig, &entity);
	if (!other)
		return;
	call_it(rig, other, entity);
	call_own(rig);
	rtm_client_close(other);
}

static void take_long(struct rig *rig, const struct rtm_event *event)
{
	msleep(20);
}

/* Several events at a time, and a callback that takes its time over each. */
void case_alone(struct rig *rig)
{
	struct rtm_event event;
	int i;

	rig->react = take_long;
	for (i = 0; i < N_NOTIFIES; i++)
		listen(rig, i);
	change(rig, 20);
	for (i = 0; i < N_NOTIFIES; i++)
		EXPECT(rig, rig_event(rig, RTM_EVENT_CHANGED, &event));
	EXPECT_EQ(rig, 1, rig->crowd);
}

/* One that answers each event by a change, which is the next event. */
static void never_end(struct rig *rig, const struct rtm_event *event)
{
	static atomic_t metric = ATOMIC_INIT(100);

	if (event->type == RTM_EVENT_CHANGED)
		change(rig, atomic_inc_return(&metric));
}

/* The end comes between two callbacks of a row that would go on for ever. */
void case_close(struct rig *rig)
{
	struct rtm_event event;
	unsigned int told;

	rig->react = never_end;
	listen(rig, 0);
	change(rig, 20);
	EXPECT(rig, rig_event(rig, RTM_EVENT_CHANGED, &event));
	EXPECT(rig, rig_event(rig, RTM_EVENT_CHANGED, &event));
	rtm_client_close(rig->client);
	rig->client = NULL;
	EXPECT_EQ(rig, 0, atomic_read(&rig->inside));
	told = rig->told;
	msleep(100);
	EXPECT_EQ(rig, told, rig->told);
}
