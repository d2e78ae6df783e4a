// SPDX-License-Identifier: GPL-2.0-only
/*
 * <librtm.h> against a fake device: enumerations, lists, notifications, methods.
 *
 * How this file works: as native_test.c.  What the fake stores carries references, and
 * a test ends with none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <librtm.h>

#include "fake.h"

#define E		FAKE_ENTITY(1)
#define ENUM		(((uint64_t)RTM_HANDLE_ENUM << 56) | 5)
#define LIST		(((uint64_t)RTM_HANDLE_LIST << 56) | 6)
#define NOTIFY		(((uint64_t)RTM_HANDLE_NOTIFY << 56) | 7)
#define ITEM_SIZE	(sizeof(struct rtm_dest_item) + sizeof(struct rtm_dest_view))

static struct rtm_ctx *ctx;
static int give_errno;

static int fail_with(void *req)
{
	(void)req;
	return -give_errno;
}

static int ok(void *req)
{
	(void)req;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	return rtm_open(0, &ctx);
}

static int teardown(void **state)
{
	(void)state;
	rtm_close(ctx);
	return fake_refs_total() != 0;
}

static struct rtm_net_prefix prefix(const char *text)
{
	struct rtm_net_prefix p;

	assert_int_equal(rtm_prefix_parse(text, &p), 0);
	return p;
}

/* Enumerations */

static int make_enum(void *arg)
{
	struct rtm_create_enum *req = arg;

	req->handle = ENUM;
	req->item_size = ITEM_SIZE;
	return 0;
}

static int make_list_enum(void *arg)
{
	((struct rtm_create_list_enum *)arg)->handle = ENUM;
	return 0;
}

/* Up to two destinations of one view, each with a route and an owner. */
static uint32_t two_dests(uint64_t items, uint32_t count, uint32_t item_size)
{
	uint32_t i;

	for (i = 0; i < count && i < 2; i++) {
		struct rtm_dest_item *item = (void *)(uintptr_t)(items + i * item_size);

		item->size = item_size;
		item->n_views = 1;
		item->dest = FAKE_DEST(i + 1);
		item->prefix = prefix(i ? "10.1.0.0/16" : "10.0.0.0/8");
		item->last_changed = 99;
		item->belongs = RTM_V_UCAST;
		item->views[0] = (struct rtm_dest_view){
			.n_routes = i + 1, .route = FAKE_ROUTE(i + 1), .owner = FAKE_ENTITY(9),
		};
		fake_ref(item->dest);
		fake_ref(item->views[0].route);
		fake_ref(item->views[0].owner);
	}
	return i;
}

static int give_dests(void *arg)
{
	struct rtm_get_enum *req = arg;

	req->count = two_dests(req->items, req->count, req->item_size);
	return 0;
}

static int give_handles(void *arg)
{
	struct rtm_get_enum *req = arg;
	uint64_t *handles = (void *)(uintptr_t)req->items;

	handles[0] = FAKE_ROUTE(1);
	fake_ref(handles[0]);
	req->count = 1;
	return 0;
}

static int give_none(void *arg)
{
	((struct rtm_get_enum *)arg)->count = 0;
	return 0;
}

static void test_enum_dests(void **state)
{
	struct rtm_enum_scope scope = {
		.where = RTM_EN_RANGE, .views = RTM_V_UCAST, .own = true,
		.prefix = prefix("10.0.0.0/8"),
	};
	const struct rtm_create_enum *made = &fake_seen(CREATE_DEST_ENUM)->create_enum;
	const struct rtm_get_enum *got = &fake_seen(GET_ENUM_DESTS)->get_enum;
	struct rtm_enum en = { .handle = 0xcc };
	struct rtm_dest dests[3];

	(void)state;
	fake_on(CREATE_DEST_ENUM, fail_with);
	give_errno = ENOSPC;
	assert_int_equal(rtm_enum_dests(ctx, E, &scope, RTM_PROTO_BEST, &en), -ENOSPC);
	assert_int_equal(en.handle, 0xcc);
	fake_on(CREATE_DEST_ENUM, make_enum);
	assert_int_equal(rtm_enum_dests(ctx, E, &scope, RTM_PROTO_THIS, &en), 0);
	assert_true(made->entity == E);
	assert_int_equal(made->where, RTM_EN_RANGE);
	assert_int_equal(made->own, 1);
	assert_int_equal(made->views, RTM_V_UCAST);
	assert_int_equal(made->protocol, RTM_PROTO_THIS);
	assert_memory_equal(&made->prefix, &scope.prefix, sizeof(scope.prefix));
	assert_true(en.handle == ENUM);

	fake_on(GET_ENUM_DESTS, give_dests);
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, dests, 3, RTM_NOWAIT), 2);
	assert_true(got->handle == ENUM);
	assert_int_equal(got->item_size, ITEM_SIZE);
	assert_int_equal(got->count, 3);
	assert_int_equal(got->flags, RTM_REQ_NOWAIT);
	assert_true(dests[1].handle == FAKE_DEST(2));
	assert_int_equal(dests[1].prefix.len, 16);
	assert_int_equal(dests[1].last_changed, 99);
	assert_int_equal(dests[1].belongs, RTM_V_UCAST);
	assert_int_equal(dests[1].n_views, 1);
	assert_int_equal(dests[1].views[0].n_routes, 2);
	assert_int_equal(fake_refs_total(), 6);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 2), 0);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 2), -EBADF);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 0), 0);

	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, dests, 1, 77), 1);
	assert_int_equal(got->flags, 0);
	assert_int_equal(got->deadline, 77);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 1), 0);
	fake_on(GET_ENUM_DESTS, give_none);
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, dests, 3, 0), 0);
}

/* One bad destination does not keep the others. */
static void test_dests_release(void **state)
{
	struct rtm_dest dests[3] = {
		{ .handle = FAKE_DEST(1) },
		{ .handle = FAKE_DEST(2), .n_views = RTM_DEST_MAX_VIEWS + 1 },
		{ .handle = FAKE_DEST(3) },
	};

	(void)state;
	fake_ref(FAKE_DEST(1));
	fake_ref(FAKE_DEST(3));
	assert_int_equal(rtm_dests_release(ctx, E, dests, 3), -EINVAL);
}

static void test_enum_wrong(void **state)
{
	struct rtm_enum en = { .handle = ENUM, .item_size = ITEM_SIZE };
	struct rtm_dest dest;

	(void)state;
	fake_on(GET_ENUM_DESTS, fail_with);
	give_errno = ETIMEDOUT;
	memset(&dest, 0xcc, sizeof(dest));
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 1, 5), -ETIMEDOUT);
	assert_int_equal(dest.n_views, 0xcccccccc);
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 0, 5), -EINVAL);
	fake_fail_calloc = 1;
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 1, 5), -ENOMEM);
	/* no size that a kernel can have said */
	en.item_size = 0;
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 1, 5), -EINVAL);
	en.item_size = 0x10000000;
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 1, 5), -EINVAL);
	assert_int_equal(fake_count(GET_ENUM_DESTS), 1);
	/* room that nobody can fill takes no memory */
	en.item_size = ITEM_SIZE;
	assert_int_equal(rtm_enum_next_dests(ctx, E, &en, &dest, 0xffffffff, 5), -ETIMEDOUT);
	assert_int_equal(fake_seen(GET_ENUM_DESTS)->get_enum.count, RTM_MAX_HANDLES_CALL);
}

static void test_enum_routes(void **state)
{
	const struct rtm_route_match match = { .flags = RTM_RM_INTERFACE, .ifindex = 3 };
	const struct rtm_route_match none = { 0 };
	const struct rtm_enum_scope scope = {
		.where = RTM_EN_NEXT, .prefix = prefix("10.0.0.0/8"),
	};
	const struct rtm_create_enum *made = &fake_seen(CREATE_ROUTE_ENUM)->create_enum;
	const struct rtm_net_prefix no_prefix = { 0 };
	struct rtm_enum en;
	uint64_t routes[2];

	(void)state;
	fake_on(CREATE_ROUTE_ENUM, make_enum);
	assert_int_equal(rtm_enum_routes(ctx, E, 0, &scope, &match, &en), 0);
	assert_memory_equal(&made->match, &match, sizeof(match));
	assert_int_equal(made->where, RTM_EN_NEXT);
	assert_int_equal(made->prefix.len, 8);
	assert_true(made->dest == 0);
	/* of one destination a place means nothing */
	assert_int_equal(rtm_enum_routes(ctx, E, FAKE_DEST(1), &scope, NULL, &en), 0);
	assert_memory_equal(&made->match, &none, sizeof(none));
	assert_memory_equal(&made->prefix, &no_prefix, sizeof(no_prefix));
	assert_int_equal(made->where, RTM_EN_START);
	assert_true(made->dest == FAKE_DEST(1));

	fake_on(GET_ENUM_ROUTES, give_handles);
	assert_int_equal(rtm_enum_next_routes(ctx, E, &en, routes, 2, 88), 1);
	assert_int_equal(fake_seen(GET_ENUM_ROUTES)->get_enum.item_size, sizeof(uint64_t));
	assert_int_equal(fake_seen(GET_ENUM_ROUTES)->get_enum.deadline, 88);
	assert_int_equal(fake_seen(GET_ENUM_ROUTES)->get_enum.count, 2);
	assert_int_equal(rtm_handles_release(ctx, E, routes, 1), 0);
	fake_on(GET_ENUM_ROUTES, fail_with);
	give_errno = EINTR;
	assert_int_equal(rtm_enum_next_routes(ctx, E, &en, routes, 2, RTM_NOWAIT), -EINTR);
	assert_int_equal(fake_seen(GET_ENUM_ROUTES)->get_enum.flags, RTM_REQ_NOWAIT);
	fake_on(DELETE_ENUM, ok);
	assert_int_equal(rtm_enum_delete(ctx, E, &en), 0);
	assert_true(fake_seen(DELETE_ENUM)->object.handle == ENUM);
}

static void test_enum_nexthops(void **state)
{
	const struct rtm_enum_scope scope = { 0 };
	struct rtm_enum en;
	uint64_t nexthop;

	(void)state;
	fake_on(CREATE_NEXTHOP_ENUM, make_enum);
	fake_on(GET_ENUM_NEXTHOPS, give_handles);
	assert_int_equal(rtm_enum_nexthops(ctx, E, &scope, &en), 0);
	assert_int_equal(rtm_enum_next_nexthops(ctx, E, &en, &nexthop, 1), 1);
	assert_int_equal(fake_seen(GET_ENUM_NEXTHOPS)->get_enum.flags, 0);
	assert_int_equal(rtm_handles_release(ctx, E, &nexthop, 1), 0);
}

/* Lists */

static int make_list(void *arg)
{
	((struct rtm_object_req *)arg)->handle = LIST;
	return 0;
}

static void test_lists(void **state)
{
	const uint64_t routes[2] = { FAKE_ROUTE(1), FAKE_ROUTE(2) };
	const struct rtm_insert_in_list *seen = &fake_seen(INSERT_IN_ROUTE_LIST)->insert;
	struct rtm_enum en;
	uint64_t list = 0xcc, route;

	(void)state;
	fake_on(CREATE_ROUTE_LIST, fail_with);
	give_errno = ENOSPC;
	assert_int_equal(rtm_list_create(ctx, E, &list), -ENOSPC);
	assert_int_equal(list, 0xcc);
	fake_on(CREATE_ROUTE_LIST, make_list);
	fake_on(INSERT_IN_ROUTE_LIST, ok);
	fake_on(CREATE_ROUTE_LIST_ENUM, make_list_enum);
	fake_on(GET_LIST_ENUM_ROUTES, give_handles);
	fake_on(DELETE_ROUTE_LIST, ok);
	assert_int_equal(rtm_list_create(ctx, E, &list), 0);
	assert_true(list == LIST);
	assert_int_equal(rtm_list_insert(ctx, E, list, routes, 2), 0);
	assert_true(seen->list == LIST);
	assert_ptr_equal(seen->routes, routes);
	assert_int_equal(seen->count, 2);
	assert_int_equal(rtm_enum_list(ctx, E, list, &en), 0);
	assert_true(fake_seen(CREATE_ROUTE_LIST_ENUM)->list_enum.list == LIST);
	assert_int_equal(rtm_enum_next_list(ctx, E, &en, &route, 1), 1);
	assert_true(fake_seen(GET_LIST_ENUM_ROUTES)->get_enum.handle == ENUM);
	assert_int_equal(rtm_handles_release(ctx, E, &route, 1), 0);
	assert_int_equal(rtm_list_delete(ctx, E, list), 0);
	assert_true(fake_seen(DELETE_ROUTE_LIST)->object.handle == LIST);
}

/* One route by its properties */

static int exact(void *arg)
{
	struct rtm_get_exact_route *req = arg;
	uint64_t *nexthops = (void *)(uintptr_t)req->attrs.nexthops;

	if (req->attrs.n_nexthops < 2)
		return -EMSGSIZE;
	if (!(req->flags & RTM_REQ_NO_HANDLE)) {
		req->route = FAKE_ROUTE(3);
		fake_ref(req->route);
	}
	req->dest = FAKE_DEST(3);
	req->owner = FAKE_ENTITY(3);
	req->attrs.n_nexthops = 2;
	req->attrs.metric = 42;
	nexthops[0] = FAKE_NEXTHOP(1);
	nexthops[1] = FAKE_NEXTHOP(2);
	fake_ref(req->dest);
	fake_ref(req->owner);
	fake_ref(nexthops[0]);
	fake_ref(nexthops[1]);
	return 0;
}

static void test_route_exact(void **state)
{
	const struct rtm_route_match match = { .flags = RTM_RM_PREF, .metric = 42 };
	const struct rtm_get_exact_route *seen = &fake_seen(GET_EXACT_ROUTE)->exact_route;
	struct rtm_net_prefix p = prefix("10.0.0.0/8");
	struct rtm_route route;
	uint64_t handle = 0;

	(void)state;
	fake_on(GET_EXACT_ROUTE, exact);
	assert_int_equal(rtm_route_exact(ctx, E, &p, &match, 3, &handle, &route, RTM_NOWAIT), 0);
	assert_memory_equal(&seen->match, &match, sizeof(match));
	assert_memory_equal(&seen->prefix, &p, sizeof(p));
	assert_int_equal(seen->views, 3);
	assert_int_equal(seen->flags, RTM_REQ_NOWAIT);
	assert_true(handle == FAKE_ROUTE(3));
	assert_true(route.dest == FAKE_DEST(3));
	assert_int_equal(route.prefix.len, 8);
	assert_int_equal(route.attrs.metric, 42);
	assert_int_equal(route.attrs.n_nexthops, 2);
	assert_ptr_equal(route.attrs.nexthops, route.nexthops);
	assert_true(route.nexthops[1] == FAKE_NEXTHOP(2));
	assert_int_equal(rtm_route_release(ctx, E, &route), 0);
	assert_int_equal(rtm_handles_release(ctx, E, &handle, 1), 0);

	/* what is not wanted is not kept */
	assert_int_equal(rtm_route_exact(ctx, E, &p, NULL, 0, NULL, NULL, 5), 0);
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);
	assert_int_equal(seen->match.flags, 0);
	assert_int_equal(fake_refs_total(), 0);
	fake_on(GET_EXACT_ROUTE, fail_with);
	give_errno = ENOENT;
	handle = 0xcc;
	memset(&route, 0xcc, sizeof(route));
	assert_int_equal(rtm_route_exact(ctx, E, &p, NULL, 0, &handle, &route, 5), -ENOENT);
	assert_int_equal(handle, 0xcc);
	assert_int_equal(route.attrs.metric, 0xcccccccc);
}

/* Change notification */

static int make_notify(void *arg)
{
	struct rtm_register_notify *req = arg;

	req->notify = NOTIFY;
	req->item_size = ITEM_SIZE;
	return 0;
}

static int give_changed(void *arg)
{
	struct rtm_get_changed *req = arg;

	req->count = two_dests(req->items, req->count, req->item_size);
	req->state = RTM_NOTIFY_DESYNC;
	return 0;
}

static void test_notify(void **state)
{
	const struct rtm_notify_scope scope = {
		.types = RTM_CT_BEST | RTM_CT_ONLY_MARKED, .views = RTM_V_UCAST, .protocol = 14,
		.events = true, .context = 0x1234, .prefix = prefix("10.0.0.0/8"),
	};
	const struct rtm_register_notify *made = &fake_seen(REGISTER_NOTIFY)->notify;
	const struct rtm_get_changed *got = &fake_seen(GET_CHANGED_DESTS)->changed;
	struct rtm_notify notify = { .handle = 0xcc };
	unsigned int said = 0xcc;
	struct rtm_dest dests[2];

	(void)state;
	fake_on(REGISTER_NOTIFY, fail_with);
	give_errno = EINVAL;
	assert_int_equal(rtm_notify_register(ctx, E, &scope, &notify), -EINVAL);
	assert_int_equal(notify.handle, 0xcc);
	fake_on(REGISTER_NOTIFY, make_notify);
	assert_int_equal(rtm_notify_register(ctx, E, &scope, &notify), 0);
	assert_int_equal(made->flags, RTM_REQ_EVENTS);
	assert_int_equal(made->types, RTM_CT_BEST | RTM_CT_ONLY_MARKED);
	assert_int_equal(made->views, RTM_V_UCAST);
	assert_int_equal(made->protocol, 14);
	assert_int_equal(made->context, 0x1234);
	assert_int_equal(made->prefix.len, 8);

	fake_on(GET_CHANGED_DESTS, give_changed);
	assert_int_equal(rtm_notify_next(ctx, E, &notify, dests, 2, &said, RTM_NOWAIT), 2);
	assert_true(got->notify == NOTIFY);
	assert_int_equal(got->item_size, ITEM_SIZE);
	assert_int_equal(got->flags, RTM_REQ_NOWAIT);
	assert_int_equal(said, RTM_NOTIFY_DESYNC);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 2), 0);
	assert_int_equal(rtm_notify_next(ctx, E, &notify, dests, 2, NULL, 9), 2);
	assert_int_equal(got->deadline, 9);
	assert_int_equal(rtm_dests_release(ctx, E, dests, 2), 0);
	assert_int_equal(rtm_notify_next(ctx, E, &notify, dests, 0, NULL, 9), -EINVAL);
	fake_on(GET_CHANGED_DESTS, fail_with);
	give_errno = EINTR;
	said = 0xcc;
	assert_int_equal(rtm_notify_next(ctx, E, &notify, dests, 2, &said, 9), -EINTR);
	assert_int_equal(said, 0xcc);
	fake_on(DEREGISTER_NOTIFY, ok);
	assert_int_equal(rtm_notify_deregister(ctx, E, &notify), 0);
	assert_true(fake_seen(DEREGISTER_NOTIFY)->end_notify.notify == NOTIFY);
}

static int say_yes(void *arg)
{
	((struct rtm_notify_dest *)arg)->value = 1;
	return 0;
}

static void test_notify_dests(void **state)
{
	const struct rtm_notify notify = { .handle = NOTIFY, .item_size = ITEM_SIZE };
	const struct rtm_notify_dest *mark = &fake_seen(MARK_DEST)->notify_dest;
	const uint64_t dests[2] = { FAKE_DEST(1), FAKE_DEST(2) };

	(void)state;
	fake_on(IGNORE_CHANGED_DESTS, ok);
	assert_int_equal(rtm_notify_ignore(ctx, E, &notify, dests, 2), 0);
	assert_ptr_equal(fake_seen(IGNORE_CHANGED_DESTS)->ignore.dests, dests);
	assert_int_equal(fake_seen(IGNORE_CHANGED_DESTS)->ignore.count, 2);
	fake_on(MARK_DEST, ok);
	assert_int_equal(rtm_notify_mark(ctx, E, &notify, FAKE_DEST(1), true), 0);
	assert_int_equal(mark->value, 1);
	assert_true(mark->dest == FAKE_DEST(1) && mark->notify == NOTIFY);
	assert_int_equal(rtm_notify_mark(ctx, E, &notify, FAKE_DEST(1), false), 0);
	assert_int_equal(mark->value, 0);
	fake_on(IS_DEST_MARKED, say_yes);
	fake_on(GET_CHANGE_STATUS, ok);
	assert_int_equal(rtm_notify_is_marked(ctx, E, &notify, FAKE_DEST(1)), 1);
	assert_int_equal(rtm_notify_is_pending(ctx, E, &notify, FAKE_DEST(1)), 0);
	fake_on(GET_CHANGE_STATUS, say_yes);
	fake_on(IS_DEST_MARKED, ok);
	assert_int_equal(rtm_notify_is_marked(ctx, E, &notify, FAKE_DEST(1)), 0);
	assert_int_equal(rtm_notify_is_pending(ctx, E, &notify, FAKE_DEST(1)), 1);
	fake_on(GET_CHANGE_STATUS, fail_with);
	give_errno = EBADF;
	assert_int_equal(rtm_notify_is_pending(ctx, E, &notify, FAKE_DEST(1)), -EBADF);
}

/* Methods */

static int seven_methods(void *arg)
{
	((struct rtm_get_methods *)arg)->n_methods = 7;
	return 0;
}

static int answered(void *arg)
{
	struct rtm_invoke_method *req = arg;

	memcpy((void *)(uintptr_t)req->output, "yes", 3);
	req->output_size = 3;
	req->status = 17;
	req->call = 0;
	return 0;
}

static int interrupted(void *arg)
{
	((struct rtm_invoke_method *)arg)->call = 99;
	return -EINTR;
}

static void test_invoke(void **state)
{
	const struct rtm_entity_id id = { .family = AF_INET, .protocol = 14, .id = 1 };
	const struct rtm_invoke_method *seen = &fake_seen(INVOKE_METHOD)->invoke;
	char output[8] = "";
	struct rtm_method_call call = {
		.callee = FAKE_ENTITY(2), .methods = 5, .input = "ask", .input_size = 3,
		.output = output, .output_size = sizeof(output),
	};
	uint64_t entity;

	(void)state;
	assert_int_equal(rtm_entity_register_methods(ctx, &id, RTM_REQ_EVENTS, 4, &entity, NULL),
			 0);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.n_methods, 4);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_EVENTS);
	assert_int_equal(rtm_entity_register(ctx, &id, 0, &entity, NULL), 0);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.n_methods, 0);

	fake_on(GET_METHODS, seven_methods);
	assert_int_equal(rtm_method_count(ctx, E, FAKE_ENTITY(2)), 7);
	assert_true(fake_seen(GET_METHODS)->methods.handle == FAKE_ENTITY(2));
	fake_on(GET_METHODS, fail_with);
	give_errno = ESTALE;
	assert_int_equal(rtm_method_count(ctx, E, FAKE_ENTITY(2)), -ESTALE);

	fake_on(INVOKE_METHOD, interrupted);
	assert_int_equal(rtm_method_invoke(ctx, E, &call, RTM_NOWAIT), -EINVAL);
	assert_int_equal(fake_count(INVOKE_METHOD), 0);
	assert_int_equal(rtm_method_invoke(ctx, E, &call, 5), -EINTR);
	assert_int_equal(call.call, 99);
	assert_int_equal(call.output_size, sizeof(output));
	fake_on(INVOKE_METHOD, answered);
	assert_int_equal(rtm_method_invoke(ctx, E, &call, 6), 0);
	assert_int_equal(seen->call, 99);
	assert_int_equal(seen->deadline, 6);
	assert_int_equal(seen->methods, 5);
	assert_int_equal(seen->input_size, 3);
	assert_true(seen->callee == FAKE_ENTITY(2));
	assert_int_equal(call.call, 0);
	assert_int_equal(call.output_size, 3);
	assert_int_equal(call.status, 17);
	assert_memory_equal(output, "yes", 3);
	fake_on(INVOKE_METHOD, fail_with);
	give_errno = ETIMEDOUT;
	assert_int_equal(rtm_method_invoke(ctx, E, &call, 6), -ETIMEDOUT);
	assert_int_equal(call.output_size, 3);
}

/* Takes two bytes of room. */
static int fetched(void *arg)
{
	struct rtm_fetch_call *req = arg;

	req->entity = E;
	req->call = 55;
	if (req->input_size < 2) {
		req->input_size = 2;
		return -EMSGSIZE;
	}
	memcpy((void *)(uintptr_t)req->input, "hi", 2);
	req->input_size = 2;
	req->output_size = 100;
	req->methods = 3;
	req->caller = FAKE_ENTITY(2);
	fake_ref(req->caller);
	return 0;
}

static void test_serve(void **state)
{
	const struct rtm_answer_call *answer = &fake_seen(ANSWER_CALL)->answer_call;
	char input[4] = "";
	struct rtm_method_request request = { .input = input, .input_size = 1 };

	(void)state;
	fake_on(FETCH_CALL, fetched);
	assert_int_equal(rtm_method_fetch(ctx, &request), -EMSGSIZE);
	assert_true(request.entity == E);
	assert_int_equal(request.call, 55);
	assert_int_equal(request.input_size, 2);
	assert_int_equal(request.caller, 0);
	assert_int_equal(rtm_method_fetch(ctx, &request), 0);
	assert_int_equal(fake_seen(FETCH_CALL)->fetch.call, 55);
	assert_true(fake_seen(FETCH_CALL)->fetch.entity == E);
	assert_memory_equal(input, "hi", 2);
	assert_int_equal(request.output_size, 100);
	assert_int_equal(request.methods, 3);
	assert_int_equal(rtm_handles_release(ctx, E, &request.caller, 1), 0);
	fake_on(ANSWER_CALL, ok);
	assert_int_equal(rtm_method_answer(ctx, E, 55, "ok", 2, 7), 0);
	assert_int_equal(answer->call, 55);
	assert_int_equal(answer->output_size, 2);
	assert_int_equal(answer->status, 7);
	fake_on(FETCH_CALL, fail_with);
	give_errno = ENOENT;
	request.methods = 0xcc;
	assert_int_equal(rtm_method_fetch(ctx, &request), -ENOENT);
	assert_int_equal(request.methods, 0xcc);
	fake_on(BLOCK_METHODS, ok);
	assert_int_equal(rtm_method_block(ctx, E, true), 0);
	assert_int_equal(fake_seen(BLOCK_METHODS)->block.block, 1);
	assert_int_equal(rtm_method_block(ctx, E, false), 0);
	assert_int_equal(fake_seen(BLOCK_METHODS)->block.block, 0);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_enum_dests),
		T(test_dests_release),
		T(test_enum_wrong),
		T(test_enum_routes),
		T(test_enum_nexthops),
		T(test_lists),
		T(test_route_exact),
		T(test_notify),
		T(test_notify_dests),
		T(test_invoke),
		T(test_serve),
	};

	return cmocka_run_group_tests_name("native objects", tests, NULL, NULL);
}
