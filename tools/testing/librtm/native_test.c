// SPDX-License-Identifier: GPL-2.0-only
/*
 * <librtm.h> against a fake device: requests, deadlines, batches, iterators, text.
 *
 * How this file works: each test opens a context on a fresh fake and looks at the
 * request the kernel would have got, at the outputs, and that these are as they
 * were when the call failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <librtm.h>

#include "fake.h"

#define E	FAKE_ENTITY(1)

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
	return fcntl(fake_fd(), F_GETFD) >= 0;
}

static struct rtm_net_prefix prefix(const char *text)
{
	struct rtm_net_prefix p;

	assert_int_equal(rtm_prefix_parse(text, &p), 0);
	return p;
}

/* Contexts */

static int wrong_abi(void *arg)
{
	struct rtm_get_version *req = arg;

	req->abi = RTM_ABI_VERSION + 1;
	return 0;
}

static void test_open(void **state)
{
	struct rtm_ctx *c = NULL;

	(void)state;
	fake_reset();
	assert_int_equal(rtm_open(2, &c), -EINVAL);
	assert_int_equal(fake_opens, 0);
	fake_open_errno = ENXIO;
	assert_int_equal(rtm_open(0, &c), -ENOENT);
	fake_open_errno = EACCES;
	assert_int_equal(rtm_open(0, &c), -EACCES);
	fake_open_errno = 0;
	fake_on(GET_VERSION, wrong_abi);
	assert_int_equal(rtm_open(0, &c), -EPROTONOSUPPORT);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	fake_fail_calloc = 1;
	assert_int_equal(rtm_open(0, &c), -ENOMEM);
	assert_null(c);
	fake_reset();
	assert_int_equal(rtm_open(RTM_OPEN_READONLY, &c), 0);
	assert_int_equal(fake_open_flags & O_ACCMODE, O_RDONLY);
	assert_true(fake_open_flags & O_CLOEXEC);
	assert_int_equal(rtm_fd(c), fake_fd());
	rtm_close(c);
	rtm_close(NULL);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	assert_string_equal(rtm_library_version(), LIBRTM_VERSION);
}

static int some_stats(void *arg)
{
	struct rtm_get_stats *req = arg;

	req->routes = 42;
	return 0;
}

static int some_sync(void *arg)
{
	struct rtm_fib_sync *req = arg;

	req->installed = 7;
	return 0;
}

static void test_questions(void **state)
{
	struct rtm_get_version version;
	struct rtm_fib_sync sync;
	struct rtm_get_stats stats = { .routes = 0xcc };

	(void)state;
	assert_int_equal(rtm_version(ctx, &version), 0);
	assert_string_equal(version.release, "fake");
	fake_on(GET_STATS, fail_with);
	give_errno = EINVAL;
	assert_int_equal(rtm_stats(ctx, &stats), -EINVAL);
	assert_int_equal(stats.routes, 0xcc);
	fake_on(GET_STATS, some_stats);
	assert_int_equal(rtm_stats(ctx, &stats), 0);
	assert_int_equal(stats.routes, 42);
	fake_on(FIB_SYNC, some_sync);
	assert_int_equal(rtm_fib_wait(ctx, RTM_NOWAIT, &sync), -EINVAL);
	assert_int_equal(rtm_fib_wait(ctx, 12345, &sync), 0);
	assert_int_equal(fake_seen(FIB_SYNC)->fib_sync.deadline, 12345);
	assert_int_equal(sync.installed, 7);
	assert_int_equal(rtm_fib_wait(ctx, RTM_FOREVER, NULL), 0);
	fake_on(FIB_SYNC, fail_with);
	give_errno = ETIMEDOUT;
	assert_int_equal(rtm_fib_wait(ctx, 1000, NULL), -ETIMEDOUT);
}

static void test_deadline(void **state)
{
	struct timespec ts;
	uint64_t now, then;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	now = (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
	then = rtm_deadline(3600000);
	assert_true(then >= now + 3600ull * 1000000000);
	assert_true(then < now + 3700ull * 1000000000);
	assert_true(rtm_deadline(0xffffffff) > now + 4294000ull * 1000000000);
}

/* Prefixes */

static void parse_good(const char *text, const char *back)
{
	struct rtm_net_prefix p;
	char buf[RTM_PREFIX_STRLEN];

	memset(&p, 0xcc, sizeof(p));
	assert_int_equal(rtm_prefix_parse(text, &p), 0);
	assert_int_equal(p.pad, 0);
	assert_int_equal(rtm_prefix_format(&p, buf, sizeof(buf)), strlen(back));
	assert_string_equal(buf, back);
	assert_int_equal(rtm_prefix_format(&p, buf, strlen(back)), -ENOSPC);
}

static void parse_bad(const char *text)
{
	struct rtm_net_prefix p = { .family = 0xcccc };

	assert_int_equal(rtm_prefix_parse(text, &p), -EINVAL);
	assert_int_equal(p.family, 0xcccc);
}

static void test_prefix_text(void **state)
{
	static const char * const bad[] = {
		"", "/", "/24", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+1",
		"10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0/0x8", "10.0.0.0/0008", "10.0.0.0/8/8",
		"10.0.0", "10.0.0.256", "10.0.0.0.0", "::/129", ":::/1", "::1::/1", "hello",
		"2001:db8::/999", "2001:0db8:0000:0000:0000:0000:0000:0000:0000:0000:0000/8",
		"10.0.0.0/4294967304",
	};
	struct rtm_net_prefix p = { .family = AF_UNIX };
	char buf[RTM_PREFIX_STRLEN];
	size_t i;

	(void)state;
	parse_good("0.0.0.0/0", "0.0.0.0/0");
	parse_good("192.0.2.1", "192.0.2.1/32");
	parse_good("10.1.2.3/8", "10.1.2.3/8");
	parse_good("255.255.255.255/32", "255.255.255.255/32");
	parse_good("::/0", "::/0");
	parse_good("2001:DB8::1", "2001:db8::1/128");
	parse_good("2001:db8::/032", "2001:db8::/32");
	parse_good("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128",
		   "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		parse_bad(bad[i]);
	assert_int_equal(rtm_prefix_format(&p, buf, sizeof(buf)), -EAFNOSUPPORT);
}

static void test_prefix_types(void **state)
{
	struct in_addr in = { .s_addr = inet_addr("192.0.2.1") };
	struct rtm_net_prefix want, got;
	struct in6_addr in6;

	(void)state;
	want = prefix("192.0.2.1/24");
	got = rtm_prefix_in(in, 24);
	assert_memory_equal(&want, &got, sizeof(want));
	inet_pton(AF_INET6, "2001:db8::1", &in6);
	want = prefix("2001:db8::1/64");
	got = rtm_prefix_in6(&in6, 64);
	assert_memory_equal(&want, &got, sizeof(want));
	assert_true(rtm_prefix_in(in, 33).len > 32);
	assert_true(rtm_prefix_in(in, 65536 + 8).len > 32);
	assert_true(rtm_prefix_in6(&in6, 65536 + 8).len > 128);
}

/* Entities and handles */

static void test_entity(void **state)
{
	struct rtm_entity_id id = { .family = AF_INET, .protocol = 186, .id = 7 };
	struct rtm_limits limits;
	uint64_t entity = 0;

	(void)state;
	assert_int_equal(rtm_entity_register(ctx, &id, RTM_REQ_KEEP, &entity, &limits), 0);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_KEEP);
	assert_memory_equal(&fake_seen(REGISTER_ENTITY)->reg.id, &id, sizeof(id));
	assert_true(entity != 0);
	assert_int_equal(limits.max_nexthops, 8);
	assert_int_equal(limits.max_handles, 100);
	assert_int_equal(limits.views, 3);
	assert_int_equal(rtm_entity_deregister(ctx, entity), 0);
	assert_true(fake_seen(DEREGISTER_ENTITY)->dereg.entity == entity);
	fake_on(REGISTER_ENTITY, fail_with);
	give_errno = EEXIST;
	entity = 0xcc;
	assert_int_equal(rtm_entity_register(ctx, &id, 0, &entity, NULL), -EEXIST);
	assert_int_equal(entity, 0xcc);
}

static void test_crash_policy(void **state)
{
	const struct rtm_entity_id id = { .family = AF_INET, .protocol = 186, .id = 7 };
	const struct rtm_crash_policy hold = { .flags = RTM_REQ_HOLD, .hold_ms = 120000 };
	const struct rtm_crash_policy keep = { .flags = RTM_REQ_KEEP };
	const struct rtm_entity_id none = { 0 };
	const struct rtm_set_crash_policy *seen = &fake_seen(SET_CRASH_POLICY)->crash_policy;

	(void)state;
	assert_int_equal(rtm_entity_set_crash_policy(ctx, 0, &hold), -EBADF);
	assert_int_equal(fake_count(SET_CRASH_POLICY), 0);
	fake_on(SET_CRASH_POLICY, ok);
	assert_int_equal(rtm_entity_set_crash_policy(ctx, E, &hold), 0);
	assert_true(seen->entity == E);
	assert_int_equal(seen->flags, RTM_REQ_HOLD);
	assert_int_equal(seen->hold_ms, 120000);
	assert_memory_equal(&seen->id, &none, sizeof(none));
	assert_int_equal(rtm_entity_set_crash_policy_by_name(ctx, &id, &keep), 0);
	assert_true(seen->entity == 0);
	assert_int_equal(seen->flags, RTM_REQ_KEEP);
	assert_int_equal(seen->hold_ms, 0);
	assert_memory_equal(&seen->id, &id, sizeof(id));
	fake_on(SET_CRASH_POLICY, fail_with);
	give_errno = ENOENT;
	assert_int_equal(rtm_entity_set_crash_policy_by_name(ctx, &id, &keep), -ENOENT);
}

static int three_entities(void *arg)
{
	struct rtm_get_entities *req = arg;
	uint64_t *handles = (uint64_t *)(uintptr_t)req->handles;
	struct rtm_entity_id *ids = (struct rtm_entity_id *)(uintptr_t)req->infos;
	uint32_t i, n = req->count < 3 ? req->count : 3;

	for (i = 0; i < n; i++) {
		if (handles) {
			handles[i] = FAKE_ENTITY(10 + i);
			fake_ref(handles[i]);
		}
		if (ids)
			ids[i].id = 10 + i;
	}
	req->count = n;
	req->total = 3;
	return n < 3 ? -EMSGSIZE : 0;
}

static void test_entity_list(void **state)
{
	struct rtm_entity_id ids[4] = { { 0 } };
	uint64_t handles[4];
	unsigned int total = 0;

	(void)state;
	fake_on(GET_ENTITIES, three_entities);
	assert_int_equal(rtm_entity_list(ctx, E, NULL, NULL, 0, &total), -EMSGSIZE);
	assert_int_equal(total, 3);
	assert_int_equal(rtm_entity_list(ctx, E, handles, ids, 2, NULL), -EMSGSIZE);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(rtm_entity_list(ctx, E, handles, ids, 4, &total), 3);
	assert_int_equal(ids[2].id, 12);
	assert_int_equal(rtm_handles_release(ctx, E, handles, 3), 0);
	assert_int_equal(rtm_entity_list(ctx, E, NULL, ids, 4, NULL), 3);
	assert_int_equal(fake_refs_total(), 0);
	fake_on(GET_ENTITIES, fail_with);
	give_errno = EBADF;
	total = 0xcc;
	assert_int_equal(rtm_entity_list(ctx, E, handles, NULL, 4, &total), -EBADF);
	assert_int_equal(total, 0xcc);
}

static int departed(void *arg)
{
	struct rtm_get_entity_info *req = arg;

	req->id.id = 5;
	req->state = RTM_STATE_DELETED;
	return 0;
}

static void test_entity_info(void **state)
{
	struct rtm_entity_id id;
	unsigned int entity_state;

	(void)state;
	fake_on(GET_ENTITY_INFO, departed);
	assert_int_equal(rtm_entity_info(ctx, E, FAKE_ENTITY(2), &id, &entity_state), 0);
	assert_int_equal(id.id, 5);
	assert_int_equal(entity_state, RTM_STATE_DELETED);
	assert_int_equal(rtm_entity_info(ctx, E, FAKE_ENTITY(2), NULL, NULL), 0);
}

static void test_handles(void **state)
{
	uint64_t handles[3] = { FAKE_ROUTE(1), FAKE_DEST(1), FAKE_NEXTHOP(1) };
	int i;

	(void)state;
	assert_int_equal(rtm_handles_reference(ctx, E, handles, 3), -EBADF);
	for (i = 0; i < 3; i++)
		fake_ref(handles[i]);
	assert_int_equal(rtm_handles_reference(ctx, E, handles, 3), 0);
	assert_int_equal(fake_refs_total(), 6);
	handles[1] = 0;
	assert_int_equal(rtm_handles_release(ctx, E, handles, 3), 0);
	assert_int_equal(rtm_handles_release(ctx, E, handles, 3), 0);
	assert_int_equal(rtm_handles_release(ctx, E, handles, 3), -EBADF);
	assert_int_equal(rtm_handles_release(ctx, E, handles, 0), 0);
	assert_int_equal(fake_refs(FAKE_DEST(1)), 2);
}

/* Next hops */

static int add_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	req->nexthop = FAKE_NEXTHOP(3);
	req->change = RTM_RC_NEW;
	return 0;
}

static int get_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	req->attrs.ifindex = 9;
	return 0;
}

static void test_nexthop(void **state)
{
	struct rtm_nexthop_attrs attrs = { .addr = prefix("192.0.2.1"), .ifindex = 2, .state = 2 };
	uint64_t nh = 0;
	uint32_t change;

	(void)state;
	fake_on(ADD_NEXTHOP, add_nexthop);
	assert_int_equal(rtm_nexthop_add(ctx, E, &attrs, &nh, &change), 0);
	assert_true(nh == FAKE_NEXTHOP(3));
	assert_int_equal(change, RTM_RC_NEW);
	assert_int_equal(fake_seen(ADD_NEXTHOP)->nexthop.flags, 0);
	assert_int_equal(fake_seen(ADD_NEXTHOP)->nexthop.attrs.state, 0);
	assert_int_equal(rtm_nexthop_add(ctx, E, &attrs, NULL, NULL), 0);
	assert_int_equal(fake_seen(ADD_NEXTHOP)->nexthop.flags, RTM_REQ_NO_HANDLE);
	nh = FAKE_NEXTHOP(8);
	assert_int_equal(rtm_nexthop_add(ctx, E, &attrs, &nh, NULL), 0);
	assert_true(nh == FAKE_NEXTHOP(8));
	assert_int_equal(fake_seen(ADD_NEXTHOP)->nexthop.flags, RTM_REQ_NO_HANDLE);

	fake_on(FIND_NEXTHOP, add_nexthop);
	assert_int_equal(rtm_nexthop_find(ctx, E, &attrs.addr, 2, &nh), 0);
	assert_int_equal(fake_seen(FIND_NEXTHOP)->nexthop.attrs.ifindex, 2);
	assert_true(nh == FAKE_NEXTHOP(3));

	fake_on(DELETE_NEXTHOP, ok);
	assert_int_equal(rtm_nexthop_delete(ctx, E, 0), -EBADF);
	assert_int_equal(fake_count(DELETE_NEXTHOP), 0);
	assert_int_equal(rtm_nexthop_delete(ctx, E, nh), 0);
	assert_true(fake_seen(DELETE_NEXTHOP)->nexthop.nexthop == nh);
	assert_int_equal(rtm_nexthop_delete_key(ctx, E, &attrs.addr, 2), 0);
	assert_true(fake_seen(DELETE_NEXTHOP)->nexthop.nexthop == 0);
	assert_int_equal(fake_seen(DELETE_NEXTHOP)->nexthop.attrs.addr.len, 32);

	fake_on(GET_NEXTHOP_INFO, get_nexthop);
	assert_int_equal(rtm_nexthop_info(ctx, E, nh, &attrs), 0);
	assert_int_equal(attrs.ifindex, 9);
}

/* Routes */

static int add_route(void *arg)
{
	struct rtm_add_route *req = arg;

	req->route = FAKE_ROUTE(4);
	req->change = RTM_RC_NEW | RTM_RC_BEST;
	return 0;
}

static void test_route_add(void **state)
{
	const struct rtm_add_route *seen = &fake_seen(ADD_ROUTE)->add_route;
	struct rtm_route_attrs attrs = { .metric = 3, .views = 1, .mtu = 1400, .state = 1 };
	struct rtm_net_prefix dest = prefix("10.0.0.0/8");
	uint64_t nexthops[2] = { FAKE_NEXTHOP(1), FAKE_NEXTHOP(2) };
	uint32_t change = RTM_RC_FIRST;
	uint64_t route = 0;

	(void)state;
	rtm_route_set_nexthops(&attrs, nexthops, 2);
	fake_on(ADD_ROUTE, add_route);
	assert_int_equal(rtm_route_add(ctx, E, &dest, &attrs, &route, &change, RTM_FOREVER), 0);
	assert_true(route == FAKE_ROUTE(4));
	assert_int_equal(change, RTM_RC_NEW | RTM_RC_BEST);
	assert_int_equal(seen->change, RTM_RC_FIRST);
	assert_int_equal(seen->flags, 0);
	assert_true(seen->deadline == 0);
	assert_int_equal(seen->attrs.state, 0);
	assert_int_equal(seen->attrs.mtu, 1400);
	assert_true(seen->attrs.nexthops == (uintptr_t)nexthops);
	assert_int_equal(seen->attrs.n_nexthops, 2);

	assert_int_equal(rtm_route_add(ctx, E, &dest, &attrs, NULL, NULL, RTM_NOWAIT), 0);
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE | RTM_REQ_NOWAIT);
	assert_true(seen->deadline == 0);
	assert_int_equal(rtm_route_add(ctx, E, &dest, &attrs, NULL, NULL, 999), 0);
	assert_true(seen->deadline == 999);
	route = FAKE_ROUTE(5);
	assert_int_equal(rtm_route_add(ctx, E, &dest, &attrs, &route, NULL, 0), 0);
	assert_true(seen->route == FAKE_ROUTE(5) && route == FAKE_ROUTE(5));
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);

	fake_on(ADD_ROUTE, fail_with);
	give_errno = EINTR;
	route = 0;
	change = 0;
	assert_int_equal(rtm_route_add(ctx, E, &dest, &attrs, &route, &change, 0), -EINTR);
	assert_int_equal(fake_count(ADD_ROUTE), 5);
	assert_true(route == 0);
	assert_int_equal(change, 0);
}

static int best_change(void *arg)
{
	struct rtm_delete_route *req = arg;

	req->change = RTM_RC_BEST;
	return 0;
}

static int best_views(void *arg)
{
	struct rtm_is_best_route *req = arg;

	req->views = 3;
	return 0;
}

static void test_route_delete(void **state)
{
	const struct rtm_delete_route *seen = &fake_seen(DELETE_ROUTE)->delete_route;
	struct rtm_net_prefix dest = prefix("10.0.0.0/8");
	uint32_t change = 0xcc, views = 0;

	(void)state;
	fake_on(DELETE_ROUTE, best_change);
	assert_int_equal(rtm_route_delete(ctx, E, 0, &change, 0), -EBADF);
	assert_int_equal(fake_count(DELETE_ROUTE), 0);
	assert_int_equal(rtm_route_delete(ctx, E, FAKE_ROUTE(1), &change, RTM_NOWAIT), 0);
	assert_int_equal(change, RTM_RC_BEST);
	assert_int_equal(seen->flags, RTM_REQ_NOWAIT);
	assert_int_equal(rtm_route_delete_key(ctx, E, &dest, FAKE_NEXTHOP(1), NULL, 5), 0);
	assert_true(seen->route == 0 && seen->neighbour == FAKE_NEXTHOP(1));
	assert_int_equal(seen->dest.len, 8);
	assert_true(seen->deadline == 5);
	fake_on(IS_BEST_ROUTE, best_views);
	assert_int_equal(rtm_route_best_views(ctx, E, FAKE_ROUTE(1), &views, 0), 0);
	assert_int_equal(views, 3);
}

/* Does up to 1000 items a call; item stop_at is locked, and waited for when first. */
static size_t stop_at;
static struct rtm_route_item *batch_items;

static int some_routes(void *arg)
{
	struct rtm_route_batch *req = arg;
	struct rtm_route_item *items = (struct rtm_route_item *)(uintptr_t)req->items;
	size_t first = (size_t)(items - batch_items);
	uint32_t i;

	if (req->count > RTM_MAX_BATCH)
		return -EINVAL;
	for (i = 0; i < req->count && i < 1000; i++) {
		if (first + i == stop_at) {
			if (i)
				break;
			return req->flags & RTM_REQ_NOWAIT ? -EAGAIN : -ETIMEDOUT;
		}
		items[i].status = first + i == 7 ? -EINVAL : 0;
		items[i].change = RTM_RC_NEW;
	}
	req->done = i;
	return 0;
}

static int no_progress(void *arg)
{
	(void)arg;
	return 0;
}

static void test_batch(void **state)
{
	const size_t n = 10000;
	size_t done = 0xcc;

	(void)state;
	batch_items = calloc(n, sizeof(*batch_items));
	assert_non_null(batch_items);
	stop_at = n;
	fake_on(ADD_ROUTES, some_routes);
	assert_int_equal(rtm_routes_add(ctx, E, batch_items, n, &done, 0), 0);
	assert_int_equal(done, n);
	assert_int_equal(fake_count(ADD_ROUTES), 10);
	assert_int_equal(batch_items[7].status, -EINVAL);
	assert_int_equal(batch_items[n - 1].change, RTM_RC_NEW);
	assert_int_equal(rtm_routes_add(ctx, E, batch_items, 0, &done, 0), 0);
	assert_int_equal(done, 0);

	fake_on(DELETE_ROUTES, some_routes);
	stop_at = 1500;
	assert_int_equal(rtm_routes_delete(ctx, E, batch_items, n, &done, RTM_NOWAIT), -EAGAIN);
	assert_int_equal(done, 1500);
	assert_int_equal(rtm_routes_delete(ctx, E, batch_items, n, &done, 77), -ETIMEDOUT);
	assert_int_equal(done, 1500);
	assert_true(fake_seen(DELETE_ROUTES)->batch.deadline == 77);
	assert_true(fake_seen(DELETE_ROUTES)->batch.entity == E);

	/* a kernel that does nothing and says it is fine must not make us spin */
	fake_on(DELETE_ROUTES, no_progress);
	assert_int_equal(rtm_routes_delete(ctx, E, batch_items, n, NULL, 0), -EIO);
	free(batch_items);
}

static int route_info(void *arg)
{
	struct rtm_get_route_info *req = arg;
	uint64_t *nh = (uint64_t *)(uintptr_t)req->attrs.nexthops;

	assert_int_equal(req->attrs.n_nexthops, RTM_MAX_NEXTHOPS);
	nh[0] = FAKE_NEXTHOP(1);
	nh[1] = FAKE_NEXTHOP(2);
	req->attrs.n_nexthops = 2;
	req->attrs.neighbour = FAKE_NEXTHOP(1);
	req->dest = FAKE_DEST(1);
	req->owner = FAKE_ENTITY(1);
	req->prefix = (struct rtm_net_prefix){ AF_INET, 8, 0, { 10 } };
	fake_ref(FAKE_NEXTHOP(1));
	fake_ref(FAKE_NEXTHOP(1));
	fake_ref(FAKE_NEXTHOP(2));
	fake_ref(FAKE_DEST(1));
	fake_ref(FAKE_ENTITY(1));
	return 0;
}

static void test_route_info(void **state)
{
	struct rtm_route route;

	(void)state;
	fake_on(GET_ROUTE_INFO, route_info);
	assert_int_equal(rtm_route_info(ctx, E, FAKE_ROUTE(1), &route, RTM_NOWAIT), 0);
	assert_int_equal(fake_seen(GET_ROUTE_INFO)->route_info.flags, RTM_REQ_NOWAIT);
	assert_true(route.attrs.nexthops == (uintptr_t)route.nexthops);
	assert_int_equal(route.attrs.n_nexthops, 2);
	assert_true(route.nexthops[1] == FAKE_NEXTHOP(2));
	assert_int_equal(route.prefix.len, 8);
	assert_int_equal(rtm_route_release(ctx, E, &route), 0);
	assert_int_equal(fake_refs_total(), 0);
	route.attrs.n_nexthops = RTM_MAX_NEXTHOPS + 1;
	assert_int_equal(rtm_route_release(ctx, E, &route), -EINVAL);
}

/* Destinations */

static int get_dest(void *arg)
{
	struct rtm_get_dest *req = arg;
	struct rtm_dest_view *views = (struct rtm_dest_view *)(uintptr_t)req->view_infos;

	views[0] = (struct rtm_dest_view){ .view = 0, .route = FAKE_ROUTE(1),
					   .owner = FAKE_ENTITY(1) };
	views[1] = (struct rtm_dest_view){ .view = 1 };
	req->n_views = 2;
	req->dest = FAKE_DEST(1);
	req->prefix.len = 8;
	req->last_changed = 99;
	fake_ref(FAKE_ROUTE(1));
	fake_ref(FAKE_ENTITY(1));
	fake_ref(FAKE_DEST(1));
	return 0;
}

static void test_dest(void **state)
{
	struct rtm_dest_query query = { .protocol = RTM_PROTO_THIS, .views = 3, .deadline = 5 };
	struct rtm_net_prefix p = prefix("10.0.0.0/8");
	struct rtm_dest dest;

	(void)state;
	fake_on(GET_DEST_INFO, get_dest);
	fake_on(GET_EXACT_DEST, get_dest);
	fake_on(GET_MOST_SPECIFIC_DEST, get_dest);
	fake_on(GET_LESS_SPECIFIC_DEST, get_dest);
	assert_int_equal(rtm_dest_info(ctx, E, FAKE_DEST(1), &query, &dest), 0);
	assert_int_equal(fake_seen(GET_DEST_INFO)->dest.views, 3);
	assert_int_equal(fake_seen(GET_DEST_INFO)->dest.protocol, RTM_PROTO_THIS);
	assert_int_equal(fake_seen(GET_DEST_INFO)->dest.deadline, 5);
	assert_true(dest.handle == FAKE_DEST(1));
	assert_int_equal(dest.n_views, 2);
	assert_int_equal(dest.views[1].view, 1);
	assert_int_equal(dest.last_changed, 99);
	assert_int_equal(rtm_dest_release(ctx, E, &dest), 0);
	assert_int_equal(rtm_dest_exact(ctx, E, &p, &query, &dest), 0);
	assert_int_equal(fake_seen(GET_EXACT_DEST)->dest.prefix.len, 8);
	assert_int_equal(rtm_dest_release(ctx, E, &dest), 0);
	assert_int_equal(rtm_dest_match(ctx, E, &p, &query, &dest), 0);
	assert_int_equal(fake_seen(GET_MOST_SPECIFIC_DEST)->dest.prefix.addr[0], 10);
	assert_int_equal(rtm_dest_release(ctx, E, &dest), 0);
	query.deadline = RTM_NOWAIT;
	assert_int_equal(rtm_dest_parent(ctx, E, FAKE_DEST(2), &query, &dest), 0);
	assert_true(fake_seen(GET_LESS_SPECIFIC_DEST)->dest.dest == FAKE_DEST(2));
	assert_int_equal(fake_seen(GET_LESS_SPECIFIC_DEST)->dest.flags, RTM_REQ_NOWAIT);
	assert_int_equal(rtm_dest_release(ctx, E, &dest), 0);
	assert_int_equal(fake_refs_total(), 0);
	dest.n_views = RTM_DEST_MAX_VIEWS + 1;
	assert_int_equal(rtm_dest_release(ctx, E, &dest), -EINVAL);
	fake_on(GET_EXACT_DEST, fail_with);
	give_errno = ENOENT;
	memset(&dest, 0xcc, sizeof(dest));
	assert_int_equal(rtm_dest_exact(ctx, E, &p, &query, &dest), -ENOENT);
	assert_int_equal(dest.n_views, 0xcccccccc);
}

static int broken_locks(void *arg)
{
	struct rtm_break_dest_lock *req = arg;

	req->broken = 4;
	return 0;
}

static int opaque(void *arg)
{
	struct rtm_opaque *req = arg;

	req->value = 0x55;
	return 0;
}

static void test_lock(void **state)
{
	struct rtm_net_prefix p = prefix("10.0.0.0/8");
	unsigned int broken = 0xcc;
	uint64_t value = 0;

	(void)state;
	fake_on(LOCK_DEST, ok);
	fake_on(UNLOCK_DEST, ok);
	assert_int_equal(rtm_dest_lock(ctx, E, FAKE_DEST(1), true, RTM_NOWAIT), 0);
	assert_int_equal(fake_seen(LOCK_DEST)->lock.flags, RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT);
	assert_int_equal(rtm_dest_lock(ctx, E, FAKE_DEST(1), false, 88), 0);
	assert_int_equal(fake_seen(LOCK_DEST)->lock.flags, 0);
	assert_true(fake_seen(LOCK_DEST)->lock.deadline == 88);
	assert_int_equal(rtm_dest_unlock(ctx, E, FAKE_DEST(1), true), 0);
	assert_int_equal(fake_seen(UNLOCK_DEST)->lock.flags, RTM_REQ_EXCLUSIVE);
	assert_int_equal(rtm_dest_unlock(ctx, E, FAKE_DEST(1), false), 0);
	assert_int_equal(fake_seen(UNLOCK_DEST)->lock.flags, 0);
	fake_on(LOCK_DEST, fail_with);
	give_errno = EINTR;
	assert_int_equal(rtm_dest_lock(ctx, E, FAKE_DEST(1), true, 0), -EINTR);

	fake_on(BREAK_DEST_LOCK, broken_locks);
	assert_int_equal(rtm_dest_break_lock(ctx, 65536, &p, &broken), -EINVAL);
	assert_int_equal(broken, 0xcc);
	assert_int_equal(rtm_dest_break_lock(ctx, 3, &p, &broken), 0);
	assert_int_equal(broken, 4);
	assert_int_equal(fake_seen(BREAK_DEST_LOCK)->lock_break.instance, 3);
	assert_int_equal(rtm_dest_break_lock(ctx, 3, &p, NULL), 0);

	fake_on(GET_OPAQUE, opaque);
	fake_on(SET_OPAQUE, ok);
	assert_int_equal(rtm_dest_get_opaque(ctx, E, FAKE_DEST(1), &value), 0);
	assert_int_equal(value, 0x55);
	assert_int_equal(rtm_dest_set_opaque(ctx, E, FAKE_DEST(1), 0x66), 0);
	assert_int_equal(fake_seen(SET_OPAQUE)->opaque.value, 0x66);
}

static int updated(void *arg)
{
	struct rtm_update_route *req = arg;

	req->change = RTM_RC_BEST;
	return 0;
}

static void test_edit_route(void **state)
{
	struct rtm_route_attrs attrs = { .metric = 7, .state = 2, .ttl_ms = 60 };
	uint32_t change = 0;

	(void)state;
	fake_on(LOCK_ROUTE, ok);
	fake_on(UNLOCK_ROUTE, ok);
	fake_on(UPDATE_ROUTE, updated);
	fake_on(ANSWER_EXPIRY, ok);
	assert_int_equal(rtm_route_lock(ctx, E, FAKE_ROUTE(1), true, RTM_NOWAIT), 0);
	assert_int_equal(fake_seen(LOCK_ROUTE)->lock_object.flags,
			 RTM_REQ_EXCLUSIVE | RTM_REQ_NOWAIT);
	assert_true(fake_seen(LOCK_ROUTE)->lock_object.object == FAKE_ROUTE(1));
	assert_int_equal(rtm_route_lock(ctx, E, FAKE_ROUTE(1), false, 88), 0);
	assert_int_equal(fake_seen(LOCK_ROUTE)->lock_object.flags, 0);
	assert_true(fake_seen(LOCK_ROUTE)->lock_object.deadline == 88);
	assert_int_equal(rtm_route_unlock(ctx, E, FAKE_ROUTE(1), true), 0);
	assert_int_equal(fake_seen(UNLOCK_ROUTE)->lock_object.flags, RTM_REQ_EXCLUSIVE);

	assert_int_equal(rtm_route_update_unlock(ctx, E, FAKE_ROUTE(1), &attrs, NULL), 0);
	assert_int_equal(rtm_route_update_unlock(ctx, E, FAKE_ROUTE(1), &attrs, &change), 0);
	assert_int_equal(change, RTM_RC_BEST);
	assert_int_equal(fake_seen(UPDATE_ROUTE)->update.attrs.metric, 7);
	assert_int_equal(fake_seen(UPDATE_ROUTE)->update.attrs.ttl_ms, 60);
	assert_int_equal(fake_seen(UPDATE_ROUTE)->update.attrs.state, 0);
	fake_on(UPDATE_ROUTE, fail_with);
	give_errno = ESTALE;
	change = 0;
	assert_int_equal(rtm_route_update_unlock(ctx, E, FAKE_ROUTE(1), &attrs, &change), -ESTALE);
	assert_int_equal(change, 0);

	assert_int_equal(rtm_route_answer_expiry(ctx, E, FAKE_ROUTE(1), 5, true), 0);
	assert_int_equal(fake_seen(ANSWER_EXPIRY)->answer.stays, 1);
	assert_true(fake_seen(ANSWER_EXPIRY)->answer.context == 5);
	assert_int_equal(rtm_route_answer_expiry(ctx, E, FAKE_ROUTE(1), 5, false), 0);
	assert_int_equal(fake_seen(ANSWER_EXPIRY)->answer.stays, 0);
}

/* Four items: found, not found, found, and so on; three a call. */
static int looked_up(void *arg)
{
	struct rtm_get_dests *req = arg;
	const struct rtm_net_prefix *prefixes = (void *)(uintptr_t)req->prefixes;
	uint32_t i;

	if (req->count > 3)
		req->count = 3;
	for (i = 0; i < req->count; i++) {
		struct rtm_dest_item *item = (void *)(uintptr_t)(req->items + i * req->item_size);

		memset(item, 0, sizeof(*item) + sizeof(item->views[0]));
		item->prefix = prefixes[i];
		item->status = prefixes[i].len % 2 ? -ENOENT : 0;
		if (item->status)
			continue;
		item->dest = FAKE_DEST(prefixes[i].len);
		item->n_views = 1;
		item->views[0].n_routes = prefixes[i].len;
	}
	return 0;
}

static void test_dests_find(void **state)
{
	const struct rtm_dest_query query = { .views = 1, .deadline = RTM_NOWAIT };
	struct rtm_net_prefix prefixes[4];
	static struct rtm_dest dests[4];
	int status[4];
	size_t done = 9;
	unsigned int i;

	(void)state;
	memset(prefixes, 0, sizeof(prefixes));
	for (i = 0; i < 4; i++)
		prefixes[i].len = 8 + i;
	fake_on(GET_DESTS, looked_up);
	assert_int_equal(rtm_dests_find(ctx, E, prefixes, 4, true, &query, dests, status, &done),
			 0);
	assert_int_equal(done, 4);
	assert_int_equal(fake_seen(GET_DESTS)->dests.flags, RTM_REQ_EXACT | RTM_REQ_NOWAIT);
	for (i = 0; i < 4; i++) {
		assert_int_equal(status[i], i % 2 ? -ENOENT : 0);
		assert_true(dests[i].handle == (i % 2 ? 0 : FAKE_DEST(8 + i)));
		assert_int_equal(dests[i].prefix.len, 8 + i);
		assert_int_equal(dests[i].n_views, !(i % 2));
	}
	assert_int_equal(rtm_dests_find(ctx, E, prefixes, 1, false, &query, dests, NULL, &done), 0);
	assert_int_equal(fake_seen(GET_DESTS)->dests.flags, RTM_REQ_NOWAIT);
	assert_int_equal(rtm_dests_find(ctx, E, prefixes, 0, false, &query, dests, NULL, &done), 0);
	assert_int_equal(done, 0);
	fake_on(GET_DESTS, fail_with);
	give_errno = EFAULT;
	assert_int_equal(rtm_dests_find(ctx, E, prefixes, 4, false, &query, dests, NULL, &done),
			 -EFAULT);
	assert_int_equal(done, 0);
}

static int usage_of(void *arg)
{
	struct rtm_get_limits *req = arg;
	unsigned int r;

	for (r = 0; r < RTM_N_RESOURCES; r++)
		req->usage[r] = (struct rtm_usage){ 100 + r, 10 + r, r };
	return 0;
}

static void test_limits(void **state)
{
	static const struct rtm_entity_id id = { .family = AF_INET, .protocol = 14, .id = 3 };
	static const uint64_t limits[RTM_N_RESOURCES] = { 1, 2, 3, 4, 5, 6 };
	struct rtm_usage usage[RTM_N_RESOURCES] = {};
	const struct rtm_set_limits *set;

	(void)state;
	fake_on(SET_LIMITS, ok);
	fake_on(GET_LIMITS, usage_of);
	assert_int_equal(rtm_limits_set(ctx, E, NULL, 1u << RTM_RES_BYTES, limits), 0);
	set = &fake_seen(SET_LIMITS)->set_limits;
	assert_true(set->entity == E && !set->flags && set->which == 1u << RTM_RES_BYTES);
	assert_true(set->limits[RTM_RES_BYTES] == 6 && !set->limits[RTM_RES_ROUTES]);
	assert_int_equal(rtm_limits_set(ctx, 0, &id, 3, limits), 0);
	set = &fake_seen(SET_LIMITS)->set_limits;
	assert_memory_equal(&set->id, &id, sizeof(id));
	assert_true(!set->entity && !set->flags && set->limits[1] == 2 && !set->limits[2]);
	assert_int_equal(rtm_limits_set(ctx, 0, NULL, 1, limits), 0);
	assert_int_equal(fake_seen(SET_LIMITS)->set_limits.flags, RTM_REQ_NAMESPACE);

	assert_int_equal(rtm_limits_get(ctx, 0, NULL, usage), 0);
	assert_int_equal(fake_seen(GET_LIMITS)->get_limits.flags, RTM_REQ_NAMESPACE);
	assert_true(usage[RTM_RES_BYTES].limit == 105 && usage[RTM_RES_BYTES].used == 15);
	assert_int_equal(usage[RTM_RES_BYTES].refused, 5);
	assert_int_equal(rtm_limits_get(ctx, 0, &id, usage), 0);
	assert_memory_equal(&fake_seen(GET_LIMITS)->get_limits.id, &id, sizeof(id));
	memset(usage, 0xee, sizeof(usage));
	fake_on(GET_LIMITS, fail_with);
	fake_on(SET_LIMITS, fail_with);
	give_errno = EPERM;
	assert_int_equal(rtm_limits_set(ctx, E, NULL, 1, limits), -EPERM);
	assert_int_equal(rtm_limits_get(ctx, E, NULL, usage), -EPERM);
	assert_int_equal(usage[0].used, 0xeeeeeeeeeeeeeeee);
}

static int swept(void *arg)
{
	((struct rtm_resync *)arg)->swept = 12;
	return 0;
}

static void test_resync(void **state)
{
	uint64_t n = 0;

	(void)state;
	fake_on(BEGIN_RESYNC, ok);
	fake_on(END_RESYNC, swept);
	assert_int_equal(rtm_resync_begin(ctx, E), 0);
	assert_true(fake_seen(BEGIN_RESYNC)->resync.entity == E);
	assert_int_equal(rtm_resync_end(ctx, E, NULL), 0);
	assert_int_equal(rtm_resync_end(ctx, E, &n), 0);
	assert_int_equal(n, 12);
	fake_on(END_RESYNC, fail_with);
	give_errno = ENOENT;
	n = 0;
	assert_int_equal(rtm_resync_end(ctx, E, &n), -ENOENT);
	assert_int_equal(n, 0);
}

static void test_edit_nexthop(void **state)
{
	struct rtm_nexthop_attrs attrs = {
		.cookie = 7, .remote_dest = FAKE_DEST(2), .flags = RTM_NHF_DOWN,
	};

	(void)state;
	fake_on(LOCK_NEXTHOP, ok);
	fake_on(UNLOCK_NEXTHOP, ok);
	fake_on(HOLD_DEST, ok);
	assert_int_equal(rtm_nexthop_lock(ctx, E, FAKE_NEXTHOP(1), true, 88), 0);
	assert_int_equal(fake_seen(LOCK_NEXTHOP)->lock_object.flags, RTM_REQ_EXCLUSIVE);
	assert_true(fake_seen(LOCK_NEXTHOP)->lock_object.deadline == 88);
	assert_int_equal(rtm_nexthop_unlock(ctx, E, FAKE_NEXTHOP(1), false), 0);
	assert_int_equal(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.flags, 0);
	assert_int_equal(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.commit, 0);
	assert_int_equal(rtm_nexthop_update_unlock(ctx, E, FAKE_NEXTHOP(1), &attrs), 0);
	assert_int_equal(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.flags, RTM_REQ_EXCLUSIVE);
	assert_int_equal(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.commit, 1);
	assert_true(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.cookie == 7);
	assert_true(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.remote_dest == FAKE_DEST(2));
	assert_int_equal(fake_seen(UNLOCK_NEXTHOP)->unlock_nexthop.nexthop_flags, RTM_NHF_DOWN);

	assert_int_equal(rtm_dest_hold(ctx, E, FAKE_DEST(1), 1, 30, RTM_NOWAIT), 0);
	assert_int_equal(fake_seen(HOLD_DEST)->hold.flags, RTM_REQ_NOWAIT);
	assert_int_equal(fake_seen(HOLD_DEST)->hold.views, 1);
	assert_int_equal(fake_seen(HOLD_DEST)->hold.hold_ms, 30);
}

/* Events */

static void test_events(void **state)
{
	struct rtm_event events[3];
	struct pollfd pfd = { .fd = rtm_fd(ctx), .events = POLLIN };

	(void)state;
	assert_int_equal(rtm_event_read(ctx, events, 0), -EINVAL);
	assert_int_equal(rtm_event_read(ctx, events, 3), -EAGAIN);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	fake_event(RTM_EVENT_ENTITY_DEREGISTERED, E, FAKE_ENTITY(2), 55);
	assert_int_equal(poll(&pfd, 1, 1000), 1);
	assert_int_equal(rtm_event_read(ctx, events, 3), 1);
	assert_int_equal(events[0].type, RTM_EVENT_ENTITY_DEREGISTERED);
	assert_true(events[0].entity == E && events[0].object == FAKE_ENTITY(2));
	assert_int_equal(events[0].id.id, 55);
}

/* Dumps: what the fake kernel answers is built by the test. */

static unsigned char dump_data[65536];
static size_t dump_len;
static unsigned int dump_pages;

static int dump(void *arg)
{
	struct rtm_dump *req = arg;

	assert_in_range(req->buf_size, RTM_DUMP_MIN_BUF, RTM_DUMP_MAX_BUF);
	assert_int_equal(req->cursor[0], fake_count(DUMP_LOCKS) + fake_count(DUMP_ROUTES) - 1);
	memcpy((void *)(uintptr_t)req->buf, dump_data, dump_len);
	req->buf_size = (uint32_t)dump_len;
	req->cursor[0]++;
	req->more = --dump_pages > 0;
	return 0;
}

static void add_record(const void *rec, size_t size)
{
	memcpy(dump_data + dump_len, rec, size);
	dump_len += size;
}

static void test_dump(void **state)
{
	struct rtm_dump_filter filter = {
		.instance = 2, .flags = RTM_DUMP_SUBTREE, .prefix = prefix("10.0.0.0/8"),
	};
	struct {
		struct rtm_lock_rec rec;
		uint64_t newer;
	} longer = { { .size = sizeof(longer), .pid = 2 }, 1 };
	struct rtm_lock_rec rec = { .size = sizeof(rec), .pid = 1 };
	const struct rtm_lock_rec *got;
	struct rtm_iter *iter;
	const void *any;
	int i;

	(void)state;
	dump_len = 0;
	add_record(&rec, sizeof(rec));
	add_record(&longer, sizeof(longer));
	dump_pages = 3;
	fake_on(DUMP_LOCKS, dump);
	assert_int_equal(rtm_iter_new(ctx, RTM_DUMP_KIND_LOCKS, &filter, &iter), 0);
	for (i = 0; i < 6; i++) {
		assert_int_equal(rtm_iter_next(iter, &any), 1);
		got = any;
		assert_int_equal(got->pid, 1 + i % 2);
	}
	assert_int_equal(rtm_iter_next(iter, &any), 0);
	assert_int_equal(rtm_iter_next(iter, &any), 0);
	assert_int_equal(fake_count(DUMP_LOCKS), 3);
	assert_int_equal(fake_seen(DUMP_LOCKS)->dump.instance, 2);
	assert_int_equal(fake_seen(DUMP_LOCKS)->dump.flags, RTM_DUMP_SUBTREE);
	rtm_iter_free(iter);
	rtm_iter_free(NULL);
	assert_int_equal(rtm_iter_new(ctx, (enum rtm_dump_kind)99, &filter, &iter), -EINVAL);
}

/* An empty page is not the end; nothing at all is. */
static void test_dump_empty(void **state)
{
	struct rtm_dump_filter filter = { .prefix = { .family = AF_INET } };
	struct rtm_iter *iter;
	const void *any;

	(void)state;
	dump_len = 0;
	dump_pages = 4;
	fake_on(DUMP_LOCKS, dump);
	assert_int_equal(rtm_iter_new(ctx, RTM_DUMP_KIND_LOCKS, &filter, &iter), 0);
	assert_int_equal(rtm_iter_next(iter, &any), 0);
	assert_int_equal(fake_count(DUMP_LOCKS), 4);
	rtm_iter_free(iter);
	fake_on(DUMP_LOCKS, fail_with);
	give_errno = EINVAL;
	assert_int_equal(rtm_iter_new(ctx, RTM_DUMP_KIND_LOCKS, &filter, &iter), 0);
	assert_int_equal(rtm_iter_next(iter, &any), -EINVAL);
	rtm_iter_free(iter);
}

static int bad_dump(enum rtm_dump_kind kind, const void *rec, size_t size)
{
	struct rtm_dump_filter filter = { .prefix = { .family = AF_INET } };
	struct rtm_iter *iter;
	const void *any;
	int ret;

	memset(fake_calls, 0, sizeof(fake_calls));
	dump_len = 0;
	dump_pages = 1;
	add_record(rec, size);
	assert_int_equal(rtm_iter_new(ctx, kind, &filter, &iter), 0);
	ret = rtm_iter_next(iter, &any);
	rtm_iter_free(iter);
	return ret;
}

/* Sizes that would lead beyond the buffer, or nowhere, are not believed. */
static void test_dump_bad(void **state)
{
	const size_t size = sizeof(struct rtm_route_rec) + 2 * sizeof(struct rtm_route_rec_nexthop);
	struct rtm_lock_rec rec = { .size = sizeof(rec) };
	struct rtm_route_rec *route;

	(void)state;
	fake_on(DUMP_LOCKS, dump);
	fake_on(DUMP_ROUTES, dump);
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, sizeof(rec)), 1);
	rec.size = sizeof(rec) + 8;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, sizeof(rec)), -EBADMSG);
	rec.size = sizeof(rec) - 8;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, sizeof(rec)), -EBADMSG);
	rec.size = 0;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, sizeof(rec)), -EBADMSG);
	rec.size = 0xfffffff8;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, sizeof(rec)), -EBADMSG);
	rec.size = sizeof(rec);
	assert_int_equal(bad_dump(RTM_DUMP_KIND_LOCKS, &rec, 4), -EBADMSG);

	route = calloc(1, size);
	assert_non_null(route);
	route->size = (uint32_t)size;
	route->n_nexthops = 2;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_ROUTES, route, size), 1);
	route->n_nexthops = 3;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_ROUTES, route, size), -EBADMSG);
	route->n_nexthops = 0xffffffff;
	assert_int_equal(bad_dump(RTM_DUMP_KIND_ROUTES, route, size), -EBADMSG);
	free(route);
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_prefix_text),
		cmocka_unit_test(test_prefix_types),
		T(test_questions),
		T(test_entity),
		T(test_crash_policy),
		T(test_entity_list),
		T(test_entity_info),
		T(test_handles),
		T(test_nexthop),
		T(test_route_add),
		T(test_route_delete),
		T(test_batch),
		T(test_route_info),
		T(test_dest),
		T(test_lock),
		T(test_edit_route),
		T(test_limits),
		T(test_resync),
		T(test_dests_find),
		T(test_edit_nexthop),
		T(test_events),
		T(test_dump),
		T(test_dump_empty),
		T(test_dump_bad),
	};

	return cmocka_run_group_tests_name("native", tests, NULL, NULL);
}
