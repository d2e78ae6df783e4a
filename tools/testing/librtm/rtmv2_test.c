// SPDX-License-Identifier: GPL-2.0-only
/*
 * <rtmv2.h> against a fake device: what goes down, what comes up, what fails.
 *
 * How this file works: each test registers one entity with a fresh fake and looks
 * at three things: the request the kernel would have got, the outputs, and that
 * the outputs are as they were when the call failed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <arpa/inet.h>

#include <rtmv2.h>

#include "fake.h"

#define POISON		((void *)0xccccccccccccccccull)
#define UH(id)		((HANDLE)(uintptr_t)(id))

static RTM_ENTITY_HANDLE H;

static int no_ent(void *req)
{
	(void)req;
	return -ENOENT;
}

static int bad_handle(void *req)
{
	(void)req;
	return -EBADF;
}

static int ok(void *req)
{
	(void)req;
	return 0;
}

static int give_errno;

static int fail_with(void *req)
{
	(void)req;
	return -give_errno;
}

static DWORD reg(RTM_ENTITY_HANDLE *handle, BOOL opaque)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_REGN_PROFILE prof;

	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	info.EntityId.EntityInstanceId = 0x3FFF0008;
	return RtmRegisterEntity(&info, NULL, NULL, opaque, &prof, handle);
}

static int setup(void **state)
{
	(void)state;
	fake_reset();
	return reg(&H, TRUE) != NO_ERROR;
}

/* Nothing that the library took for itself is left. */
static int teardown(void **state)
{
	(void)state;
	return RtmDeregisterEntity(H) != NO_ERROR || fcntl(fake_fd(), F_GETFD) >= 0;
}

/* Registration */

static void test_register(void **state)
{
	RTM_ENTITY_INFO info = { .RtmInstanceId = 3, .AddressFamily = AF_INET6 };
	RTM_REGN_PROFILE prof;
	RTM_ENTITY_HANDLE h = NULL;

	(void)state;
	fake_reset();
	info.EntityId.EntityProtocolId = 13;
	info.EntityId.EntityInstanceId = 77;
	assert_int_equal(RtmRegisterEntity(&info, NULL, NULL, 5, &prof, &h), NO_ERROR);
	assert_non_null(h);
	assert_int_equal(prof.MaxNextHopsInRoute, 8);
	assert_int_equal(prof.MaxHandlesInEnum, 100);
	assert_int_equal(prof.ViewsSupported, 3);
	assert_int_equal(prof.NumberOfViews, 2);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.size,
			 sizeof(struct rtm_register_entity));
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_OPAQUE_SLOT);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.id.family, AF_INET6);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.id.instance, 3);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.id.protocol, 13);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.id.id, 77);
	assert_int_equal(fake_open_flags & O_ACCMODE, O_RDWR);
	assert_true(fake_open_flags & O_CLOEXEC);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	assert_true(fake_seen(DEREGISTER_ENTITY)->dereg.entity == (uintptr_t)h);
	assert_int_equal(RtmDeregisterEntity(h), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_count(DEREGISTER_ENTITY), 1);
	assert_int_equal(RtmDeregisterEntity(NULL), ERROR_INVALID_HANDLE);
}

static void test_register_args(void **state)
{
	struct {
		RTM_ENTITY_EXPORT_METHODS m;
		RTM_ENTITY_EXPORT_METHOD more[32];
	} methods = { { 0, { NULL } }, { NULL } };
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = POISON;
	RTM_REGN_PROFILE prof;
	int i;

	(void)state;
	fake_reset();
	assert_int_equal(RtmRegisterEntity(NULL, NULL, NULL, 0, &prof, &h),
			 ERROR_INVALID_PARAMETER);
	assert_int_equal(RtmRegisterEntity(&info, NULL, NULL, 0, NULL, &h),
			 ERROR_INVALID_PARAMETER);
	assert_int_equal(RtmRegisterEntity(&info, NULL, NULL, 0, &prof, NULL),
			 ERROR_INVALID_PARAMETER);
	methods.m.NumMethods = 1;
	assert_int_equal(RtmRegisterEntity(&info, &methods.m, NULL, 0, &prof, &h),
			 ERROR_INVALID_PARAMETER);
	methods.m.Methods[0] = (RTM_ENTITY_EXPORT_METHOD)abort;
	for (i = 0; i < 32; i++)
		methods.more[i] = (RTM_ENTITY_EXPORT_METHOD)abort;
	methods.m.NumMethods = 33;
	assert_int_equal(RtmRegisterEntity(&info, &methods.m, NULL, 0, &prof, &h),
			 ERROR_INVALID_PARAMETER);
	assert_int_equal(fake_opens, 0);
	assert_ptr_equal(h, POISON);
	methods.m.NumMethods = 32;
	assert_int_equal(RtmRegisterEntity(&info, &methods.m, NULL, 0, &prof, &h), NO_ERROR);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
}

static void expect_register(DWORD code)
{
	RTM_REGN_PROFILE prof = { 0xcc, 0xcc, 0xcc, 0xcc };
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = POISON;

	assert_int_equal(RtmRegisterEntity(&info, NULL, NULL, 0, &prof, &h), code);
	assert_ptr_equal(h, POISON);
	assert_int_equal(prof.MaxNextHopsInRoute, 0xcc);
	assert_int_equal(prof.NumberOfViews, 0xcc);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
}

static void test_register_errors(void **state)
{
	static const struct {
		int err;
		DWORD code;
	} rows[] = {
		{ EEXIST, ERROR_ALREADY_EXISTS },
		{ EINVAL, ERROR_INVALID_PARAMETER },
		{ ENOSPC, ERROR_NO_SYSTEM_RESOURCES },
		{ ENOMEM, ERROR_NOT_ENOUGH_MEMORY },
		{ EPERM, ERROR_ACCESS_DENIED },
		{ EACCES, ERROR_ACCESS_DENIED },
		{ EOPNOTSUPP, ERROR_NOT_SUPPORTED },
		{ E2BIG, ERROR_BAD_CONFIGURATION },
		{ EIO, ERROR_NO_SYSTEM_RESOURCES },
	};
	size_t i;

	(void)state;
	fake_reset();
	fake_on(REGISTER_ENTITY, fail_with);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		give_errno = rows[i].err;
		expect_register(rows[i].code);
	}
}

static int wrong_abi(void *arg)
{
	struct rtm_get_version *req = arg;

	req->abi = RTM_ABI_VERSION + 1;
	return 0;
}

static void test_register_open(void **state)
{
	static const struct {
		int err;
		DWORD code;
	} rows[] = {
		{ ENOENT, ERROR_FILE_NOT_FOUND },
		{ ENXIO, ERROR_FILE_NOT_FOUND },
		{ ENODEV, ERROR_FILE_NOT_FOUND },
		{ EACCES, ERROR_ACCESS_DENIED },
		{ EPERM, ERROR_ACCESS_DENIED },
		{ EMFILE, ERROR_NO_SYSTEM_RESOURCES },
		{ ENFILE, ERROR_NO_SYSTEM_RESOURCES },
		{ ENOMEM, ERROR_NOT_ENOUGH_MEMORY },
	};
	size_t i;

	(void)state;
	fake_reset();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fake_open_errno = rows[i].err;
		expect_register(rows[i].code);
	}
	fake_open_errno = 0;
	fake_on(GET_VERSION, wrong_abi);
	expect_register(ERROR_BAD_CONFIGURATION);
	fake_on(GET_VERSION, fail_with);
	give_errno = ENOTTY;
	expect_register(ERROR_BAD_CONFIGURATION);
	give_errno = EINVAL;
	expect_register(ERROR_BAD_CONFIGURATION);
	assert_int_equal(fake_count(REGISTER_ENTITY), 0);
}

static DWORD idle_callback(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	(void)h;
	(void)type;
	(void)c1;
	(void)c2;
	return NO_ERROR;
}

/* Each allocation in turn fails; nothing stays behind, and then it works. */
static void test_register_no_memory(void **state)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };
	RTM_ENTITY_HANDLE h = POISON;
	RTM_REGN_PROFILE prof;
	unsigned int nth;
	DWORD ret;

	(void)state;
	fake_reset();
	for (nth = 1; ; nth++) {
		fake_fail_calloc = nth;
		ret = RtmRegisterEntity(&info, NULL, idle_callback, 0, &prof, &h);
		if (!fake_fail_calloc && ret == NO_ERROR)
			break;
		if (ret == NO_ERROR)
			break;
		assert_int_equal(ret, ERROR_NOT_ENOUGH_MEMORY);
		assert_ptr_equal(h, POISON);
		assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	}
	fake_fail_calloc = 0;
	assert_true(nth >= 4);
	assert_int_equal(RtmDeregisterEntity(h), NO_ERROR);
	fake_fail_thread = 1;
	assert_int_equal(RtmRegisterEntity(&info, NULL, idle_callback, 0, &prof, &h),
			 ERROR_NO_SYSTEM_RESOURCES);
	fake_fail_eventfd = 1;
	assert_int_equal(RtmRegisterEntity(&info, NULL, idle_callback, 0, &prof, &h),
			 ERROR_NO_SYSTEM_RESOURCES);
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
	fake_on(REGISTER_ENTITY, fail_with);
	give_errno = EEXIST;
	assert_int_equal(RtmRegisterEntity(&info, NULL, idle_callback, 0, &prof, &h),
			 ERROR_ALREADY_EXISTS);
	assert_int_equal(fake_seen(REGISTER_ENTITY)->reg.flags, RTM_REQ_EVENTS);
}

/* One file for all, open as long as any is registered. */
static void test_register_many(void **state)
{
	RTM_ENTITY_HANDLE h[200];
	size_t i;

	(void)state;
	fake_reset();
	for (i = 0; i < 200; i++)
		assert_int_equal(reg(&h[i], FALSE), NO_ERROR);
	assert_int_equal(fake_opens, 1);
	for (i = 0; i < 200; i++) {
		assert_int_equal(RtmReleaseEntityInfo(h[i], &(RTM_ENTITY_INFO){ 0 }), NO_ERROR);
		assert_true(fcntl(fake_fd(), F_GETFD) >= 0);
		assert_int_equal(RtmDeregisterEntity(h[i]), NO_ERROR);
		assert_int_equal(RtmReleaseEntityInfo(h[i], &(RTM_ENTITY_INFO){ 0 }),
				 ERROR_INVALID_HANDLE);
	}
	assert_int_equal(fcntl(fake_fd(), F_GETFD), -1);
}

/* Every call says that a registration is bad, and that a pointer is missing first. */
static void test_bad_registration(void **state)
{
	RTM_NET_ADDRESS net = { .AddressFamily = AF_INET };
	RTM_NEXTHOP_INFO nh = { .InterfaceIndex = 1 };
	RTM_DEST_INFO dest = { .NumberOfViews = 0 };
	RTM_ENTITY_INFO ent = { .RtmInstanceId = 0 };
	RTM_ROUTE_INFO route = { .State = 0 };
	HANDLE some = UH(FAKE_DEST(1));
	PVOID opaque = POISON;
	DWORD flags = 0;
	UINT n = 1;
	HANDLE bad[] = { NULL, UH(FAKE_ENTITY(0x7777)), UH(FAKE_DEST(1)) };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		HANDLE r = bad[i];

#define BAD(call)	assert_int_equal(call, ERROR_INVALID_HANDLE)
		BAD(RtmDeregisterEntity(r));
		BAD(RtmGetRegisteredEntities(r, &n, &some, NULL));
		BAD(RtmReleaseEntities(r, 1, &some));
		BAD(RtmLockDestination(r, some, TRUE, TRUE));
		BAD(RtmLockDestination(r, some, TRUE, FALSE));
		BAD(RtmGetOpaqueInformationPointer(r, some, &opaque));
		BAD(RtmGetEntityInfo(r, some, &ent));
		BAD(RtmGetDestInfo(r, some, 0, 0, &dest));
		BAD(RtmGetRouteInfo(r, some, &route, &net));
		BAD(RtmGetNextHopInfo(r, some, &nh));
		BAD(RtmReleaseEntityInfo(r, &ent));
		BAD(RtmReleaseDestInfo(r, &dest));
		BAD(RtmReleaseRouteInfo(r, &route));
		BAD(RtmReleaseNextHopInfo(r, &nh));
		BAD(RtmAddRouteToDest(r, &some, &net, &route, INFINITE, NULL, 0, NULL, &flags));
		BAD(RtmDeleteRouteToDest(r, some, &flags));
		BAD(RtmGetExactMatchDestination(r, &net, 0, 0, &dest));
		BAD(RtmGetMostSpecificDestination(r, &net, 0, 0, &dest));
		BAD(RtmGetLessSpecificDestination(r, some, 0, 0, &dest));
		BAD(RtmIsBestRoute(r, some, &flags));
		BAD(RtmAddNextHop(r, &nh, &some, &flags));
		BAD(RtmFindNextHop(r, &nh, &some, NULL));
		BAD(RtmDeleteNextHop(r, some, NULL));
		BAD(RtmReleaseRoutes(r, 1, &some));
		BAD(RtmReleaseNextHops(r, 1, &some));
		BAD(RtmReferenceHandles(r, 1, &some));
		BAD(RtmDereferenceHandles(r, 1, &some));
		BAD(RtmReleaseRoutes(r, 0, NULL));
#undef BAD
#define BAD(call)	assert_int_equal(call, ERROR_INVALID_PARAMETER)
		BAD(RtmGetRegisteredEntities(r, NULL, &some, NULL));
		BAD(RtmReleaseEntities(r, 1, NULL));
		BAD(RtmGetOpaqueInformationPointer(r, some, NULL));
		BAD(RtmGetEntityInfo(r, some, NULL));
		BAD(RtmGetDestInfo(r, some, 0, 0, NULL));
		BAD(RtmGetNextHopInfo(r, some, NULL));
		BAD(RtmReleaseEntityInfo(r, NULL));
		BAD(RtmReleaseDestInfo(r, NULL));
		BAD(RtmReleaseRouteInfo(r, NULL));
		BAD(RtmReleaseNextHopInfo(r, NULL));
		BAD(RtmAddRouteToDest(r, NULL, NULL, &route, 1, NULL, 0, NULL, &flags));
		BAD(RtmAddRouteToDest(r, NULL, &net, NULL, 1, NULL, 0, NULL, &flags));
		BAD(RtmAddRouteToDest(r, NULL, &net, &route, 1, NULL, 0, NULL, NULL));
		BAD(RtmDeleteRouteToDest(r, some, NULL));
		BAD(RtmGetExactMatchDestination(r, NULL, 0, 0, &dest));
		BAD(RtmGetExactMatchDestination(r, &net, 0, 0, NULL));
		BAD(RtmGetMostSpecificDestination(r, NULL, 0, 0, &dest));
		BAD(RtmGetMostSpecificDestination(r, &net, 0, 0, NULL));
		BAD(RtmGetLessSpecificDestination(r, some, 0, 0, NULL));
		BAD(RtmIsBestRoute(r, some, NULL));
		BAD(RtmAddNextHop(r, NULL, &some, &flags));
		BAD(RtmAddNextHop(r, &nh, &some, NULL));
		BAD(RtmFindNextHop(r, NULL, &some, NULL));
		BAD(RtmDeleteNextHop(r, NULL, NULL));
		BAD(RtmReleaseRoutes(r, 1, NULL));
		BAD(RtmReleaseNextHops(r, 1, NULL));
		BAD(RtmReferenceHandles(r, 1, NULL));
		BAD(RtmDereferenceHandles(r, 1, NULL));
#undef BAD
	}
	assert_int_equal(n, 1);
	assert_int_equal(flags, 0);
	assert_ptr_equal(opaque, POISON);
}

/* Every error of the kernel has one code. */
static void test_errors(void **state)
{
	static const struct {
		int err;
		DWORD code;
	} rows[] = {
		{ EBADF, ERROR_INVALID_HANDLE },
		{ EIDRM, ERROR_INVALID_HANDLE },
		{ ESTALE, ERROR_INVALID_HANDLE },
		{ EACCES, ERROR_ACCESS_DENIED },
		{ EPERM, ERROR_ACCESS_DENIED },
		{ EEXIST, ERROR_ALREADY_EXISTS },
		{ ENOENT, ERROR_NOT_FOUND },
		{ EMSGSIZE, ERROR_INSUFFICIENT_BUFFER },
		{ EINVAL, ERROR_INVALID_PARAMETER },
		{ EFAULT, ERROR_INVALID_PARAMETER },
		{ EOPNOTSUPP, ERROR_NOT_SUPPORTED },
		{ ENOTTY, ERROR_NOT_SUPPORTED },
		{ ENOMEM, ERROR_NOT_ENOUGH_MEMORY },
		{ ENOSPC, ERROR_NO_SYSTEM_RESOURCES },
	};
	size_t i;

	(void)state;
	fake_on(LOCK_DEST, fail_with);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		give_errno = rows[i].err;
		assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), TRUE, TRUE),
				 rows[i].code);
	}
}

static unsigned int interrupts;

static int interrupted(void *req)
{
	(void)req;
	return interrupts-- ? -EINTR : 0;
}

static void test_restart(void **state)
{
	(void)state;
	interrupts = 5;
	fake_on(LOCK_DEST, interrupted);
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), FALSE, TRUE), NO_ERROR);
	assert_int_equal(fake_count(LOCK_DEST), 6);
}

/* Entities */

static uint32_t n_entities;
static bool entity_comes;

static int entities(void *arg)
{
	struct rtm_get_entities *req = arg;
	uint64_t *handles = (uint64_t *)(uintptr_t)req->handles;
	struct rtm_entity_id *ids = (struct rtm_entity_id *)(uintptr_t)req->infos;
	uint32_t i, n;

	assert_int_equal(!!ids, !!(req->flags & RTM_REQ_INFOS));
	if (req->count && entity_comes) {
		n_entities = 60;
		entity_comes = false;
	}
	n = req->count < n_entities ? req->count : n_entities;
	for (i = 0; i < n; i++) {
		if (handles) {
			handles[i] = FAKE_ENTITY(1000 + i);
			fake_ref(handles[i]);
		}
		if (ids)
			ids[i] = (struct rtm_entity_id){ .family = AF_INET, .id = 1000 + i };
	}
	req->total = n_entities;
	req->count = n;
	return n < n_entities ? -EMSGSIZE : 0;
}

static void test_entities(void **state)
{
	RTM_ENTITY_HANDLE handles[100];
	RTM_ENTITY_INFO infos[100];
	UINT n;

	(void)state;
	fake_on(GET_ENTITIES, entities);
	n_entities = 3;

	n = 0;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos),
			 ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(n, 3);
	n = 50;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(n, 3);
	assert_int_equal(fake_refs_total(), 0);

	handles[2] = POISON;
	infos[2].RtmInstanceId = 0xcccc;
	n = 2;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos),
			 ERROR_INSUFFICIENT_BUFFER);
	assert_int_equal(n, 2);
	assert_ptr_equal(handles[2], POISON);
	assert_int_equal(infos[2].RtmInstanceId, 0xcccc);
	assert_int_equal(fake_refs_total(), 2);
	assert_int_equal(RtmReleaseEntities(H, n, handles), NO_ERROR);

	n = 3;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, NULL), NO_ERROR);
	assert_int_equal(n, 3);
	assert_int_equal(RtmReleaseEntities(H, n, handles), NO_ERROR);

	n = 100;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, NULL, infos), NO_ERROR);
	assert_int_equal(n, 3);
	assert_int_equal(infos[2].EntityId.EntityInstanceId, 1002);
	assert_int_equal(fake_refs_total(), 0);

	n = 0xffffffff;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos), NO_ERROR);
	assert_int_equal(n, 3);
	assert_int_equal(RtmReleaseEntities(H, n, handles), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

/* More came than were counted: it starts again, and keeps no reference twice. */
static void test_entities_grow(void **state)
{
	RTM_ENTITY_HANDLE handles[100];
	RTM_ENTITY_INFO infos[100];
	UINT n = 100;

	(void)state;
	fake_on(GET_ENTITIES, entities);
	n_entities = 3;
	entity_comes = true;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos), NO_ERROR);
	assert_int_equal(n, 60);
	assert_int_equal(infos[59].EntityId.EntityInstanceId, 1059);
	assert_int_equal(fake_refs_total(), 60);
	assert_int_equal(RtmReleaseEntities(H, n, handles), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

static void test_entities_errors(void **state)
{
	RTM_ENTITY_HANDLE handles[4] = { POISON };
	RTM_ENTITY_INFO infos[4];
	UINT n = 4;

	(void)state;
	fake_on(GET_ENTITIES, fail_with);
	give_errno = EIDRM;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos), ERROR_INVALID_HANDLE);
	fake_on(GET_ENTITIES, entities);
	n_entities = 3;
	fake_fail_calloc = 1;
	assert_int_equal(RtmGetRegisteredEntities(H, &n, handles, infos),
			 ERROR_NOT_ENOUGH_MEMORY);
	assert_int_equal(n, 4);
	assert_ptr_equal(handles[0], POISON);
}

static int entity_info(void *arg)
{
	struct rtm_get_entity_info *req = arg;

	if (req->handle != FAKE_ENTITY(5))
		return -EBADF;
	req->id = (struct rtm_entity_id){ AF_INET6, 9, 0x11, 0x22, 0 };
	return 0;
}

static void test_entity_info(void **state)
{
	RTM_ENTITY_INFO info = { .RtmInstanceId = 0xcccc };

	(void)state;
	fake_on(GET_ENTITY_INFO, entity_info);
	assert_int_equal(RtmGetEntityInfo(H, UH(FAKE_ENTITY(6)), &info), ERROR_INVALID_HANDLE);
	assert_int_equal(info.RtmInstanceId, 0xcccc);
	assert_int_equal(RtmGetEntityInfo(H, UH(FAKE_ENTITY(5)), &info), NO_ERROR);
	assert_int_equal(info.RtmInstanceId, 9);
	assert_int_equal(info.AddressFamily, AF_INET6);
	assert_int_equal(info.EntityId.EntityProtocolId, 0x11);
	assert_int_equal(info.EntityId.EntityInstanceId, 0x22);
	assert_int_equal(RtmReleaseEntityInfo(H, &info), NO_ERROR);
	assert_int_equal(fake_count(RELEASE_HANDLES), 0);
}

/* Handles */

static void test_release_types(void **state)
{
	HANDLE mixed[] = { UH(FAKE_ROUTE(1)), NULL, UH(FAKE_NEXTHOP(1)), UH(FAKE_ENTITY(9)),
			   UH(FAKE_DEST(1)) };
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		if (mixed[i])
			fake_ref((uintptr_t)mixed[i]);
	}
	assert_int_equal(RtmReleaseRoutes(H, 5, mixed), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs(FAKE_ROUTE(1)), 0);
	assert_int_equal(fake_refs_total(), 3);
	assert_int_equal(RtmReleaseNextHops(H, 5, mixed), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs(FAKE_NEXTHOP(1)), 0);
	assert_int_equal(RtmReleaseEntities(H, 5, mixed), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs(FAKE_ENTITY(9)), 0);
	assert_int_equal(RtmDereferenceHandles(H, 1, &mixed[4]), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(RtmDereferenceHandles(H, 1, &mixed[4]), ERROR_INVALID_HANDLE);
	assert_int_equal(RtmReleaseRoutes(H, 0, NULL), NO_ERROR);
	assert_int_equal(RtmReferenceHandles(H, 0, NULL), NO_ERROR);
}

/* All or none, also over the limit of one call. */
static void test_reference_many(void **state)
{
	const UINT n = 2 * RTM_MAX_HANDLES_CALL + 10;
	HANDLE *handles;
	UINT i;

	(void)state;
	handles = calloc(n, sizeof(*handles));
	assert_non_null(handles);
	for (i = 0; i < n; i++) {
		handles[i] = UH(FAKE_ROUTE(1 + i % 3));
		if (i < 3)
			fake_ref((uintptr_t)handles[i]);
	}
	assert_int_equal(RtmReferenceHandles(H, n, handles), NO_ERROR);
	assert_int_equal(fake_refs_total(), n + 3);
	assert_int_equal(fake_count(REFERENCE_HANDLES), 3);
	assert_int_equal(RtmReleaseRoutes(H, n, handles), NO_ERROR);
	assert_int_equal(fake_refs_total(), 3);
	handles[n - 1] = UH(FAKE_ROUTE(99));
	assert_int_equal(RtmReferenceHandles(H, n, handles), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs_total(), 3);
	assert_int_equal(RtmReleaseRoutes(H, 3, handles), NO_ERROR);
	free(handles);
}

/* Next hops */

static int add_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	if (!req->nexthop)
		req->nexthop = FAKE_NEXTHOP(1);
	if (!(req->flags & RTM_REQ_NO_HANDLE))
		fake_ref(req->nexthop);
	req->change = RTM_RC_NEW;
	return 0;
}

static RTM_NEXTHOP_INFO nexthop_info(void)
{
	RTM_NEXTHOP_INFO info;

	memset(&info, 0xcc, sizeof(info));
	RTM_IPV4_MAKE_NET_ADDRESS(&info.NextHopAddress, inet_addr("192.0.2.1"), 32);
	info.InterfaceIndex = 4;
	info.Flags = RTM_NEXTHOP_FLAGS_REMOTE;
	info.EntitySpecificInfo = &H;
	info.RemoteNextHop = UH(FAKE_DEST(8));
	return info;
}

static void test_add_nexthop(void **state)
{
	const struct rtm_nexthop_req *seen = &fake_seen(ADD_NEXTHOP)->nexthop;
	RTM_NEXTHOP_INFO info = nexthop_info();
	RTM_NEXTHOP_HANDLE nh = NULL;
	static const uint8_t addr[16] = { 192, 0, 2, 1 };
	DWORD change = 0xcccc;

	(void)state;
	fake_on(ADD_NEXTHOP, add_nexthop);
	assert_int_equal(RtmAddNextHop(H, &info, &nh, &change), NO_ERROR);
	assert_ptr_equal(nh, UH(FAKE_NEXTHOP(1)));
	assert_int_equal(change, RTM_NEXTHOP_CHANGE_NEW);
	assert_int_equal(seen->flags, 0);
	assert_true(seen->entity == (uintptr_t)H);
	assert_true(seen->nexthop == 0);
	assert_int_equal(seen->attrs.addr.family, AF_INET);
	assert_int_equal(seen->attrs.addr.len, 32);
	assert_memory_equal(seen->attrs.addr.addr, addr, 16);
	assert_int_equal(seen->attrs.ifindex, 4);
	assert_int_equal(seen->attrs.flags, 1);
	assert_int_equal(seen->attrs.state, 0);
	assert_true(seen->attrs.owner == 0);
	assert_true(seen->attrs.cookie == (uintptr_t)&H);
	assert_true(seen->attrs.remote_dest == FAKE_DEST(8));

	/* by handle and without one, no reference comes back */
	assert_int_equal(RtmAddNextHop(H, &info, &nh, &change), NO_ERROR);
	assert_true(seen->nexthop == FAKE_NEXTHOP(1));
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);
	assert_int_equal(RtmAddNextHop(H, &info, NULL, &change), NO_ERROR);
	assert_true(seen->nexthop == 0);
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);
	assert_int_equal(fake_refs_total(), 1);

	fake_on(ADD_NEXTHOP, fail_with);
	give_errno = EACCES;
	nh = NULL;
	change = 0xcccc;
	assert_int_equal(RtmAddNextHop(H, &info, &nh, &change), ERROR_ACCESS_DENIED);
	assert_null(nh);
	assert_int_equal(change, 0xcccc);
}

/* One next hop of ours, on interface 4, as the kernel knows it. */
static struct rtm_nexthop_attrs known;
static uint64_t known_number;

static int find_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	if (req->attrs.ifindex != 4 || known.state != RTM_STATE_CREATED)
		return -ENOENT;
	req->attrs = known;
	req->attrs.owner = 0;
	req->attrs.remote_dest = 0;
	if (req->flags & RTM_REQ_NO_HANDLE)
		return 0;
	req->nexthop = FAKE_NEXTHOP(known_number);
	fake_ref(req->nexthop);
	return 0;
}

static int know_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	if (!fake_refs(req->nexthop))
		return -EBADF;
	req->attrs = known;
	req->attrs.owner = (uintptr_t)H;
	fake_ref(req->attrs.owner);
	if (known.remote_dest)
		fake_ref(known.remote_dest);
	return 0;
}

static int update_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	req->change = 0;
	known.flags = req->attrs.flags;
	known.cookie = req->attrs.cookie;
	known.remote_dest = req->attrs.remote_dest;
	if (!req->nexthop && !(req->flags & RTM_REQ_NO_HANDLE)) {
		req->nexthop = FAKE_NEXTHOP(known_number);
		fake_ref(req->nexthop);
	}
	return 0;
}

static int forget_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	if (!known_number)
		return -ENOENT;
	known.state = RTM_STATE_DELETED;
	if (!req->nexthop)
		return 0;
	return fake_unref(req->nexthop) ? 0 : -EBADF;
}

static void nexthop_setup(uint64_t number)
{
	known_number = number;
	memset(&known, 0, sizeof(known));
	known.ifindex = 4;
	known.cookie = 0x1234;
	fake_on(FIND_NEXTHOP, find_nexthop);
	fake_on(GET_NEXTHOP_INFO, know_nexthop);
	fake_on(ADD_NEXTHOP, update_nexthop);
	fake_on(DELETE_NEXTHOP, forget_nexthop);
}

static void test_find_nexthop(void **state)
{
	RTM_NEXTHOP_INFO info = nexthop_info();
	PRTM_NEXTHOP_INFO first = NULL, again = NULL;
	RTM_NEXTHOP_HANDLE nh = NULL;
	DWORD change = 0xcccc;

	(void)state;
	nexthop_setup(3);
	assert_int_equal(RtmFindNextHop(H, &info, NULL, NULL), NO_ERROR);
	assert_int_equal(RtmFindNextHop(H, &info, &nh, NULL), NO_ERROR);
	assert_ptr_equal(nh, UH(FAKE_NEXTHOP(3)));
	assert_int_equal(RtmFindNextHop(H, &info, &nh, &first), NO_ERROR);
	assert_int_equal(first->InterfaceIndex, 4);
	assert_int_equal(first->State, RTM_NEXTHOP_STATE_CREATED);
	assert_ptr_equal(first->NextHopOwner, H);
	assert_ptr_equal(first->EntitySpecificInfo, UH(0x1234));
	assert_null(first->RemoteNextHop);
	known.flags = 2;
	assert_int_equal(RtmFindNextHop(H, &info, &nh, &again), NO_ERROR);
	assert_ptr_equal(first, again);
	assert_int_equal(first->Flags, 2);
	assert_int_equal(fake_refs_total(), 3);

	info.InterfaceIndex = 5;
	again = POISON;
	nh = POISON;
	assert_int_equal(RtmFindNextHop(H, &info, &nh, &again), ERROR_NOT_FOUND);
	assert_ptr_equal(again, POISON);
	assert_ptr_equal(nh, POISON);
	assert_int_equal(change, 0xcccc);
}

/* An update shows through the pointer, by key and by handle, references included. */
static void test_nexthop_pointer_update(void **state)
{
	RTM_NEXTHOP_INFO info = nexthop_info();
	PRTM_NEXTHOP_INFO pointer = NULL;
	RTM_NEXTHOP_HANDLE nh = NULL, same = NULL;
	DWORD change;

	(void)state;
	nexthop_setup(3);
	assert_int_equal(RtmFindNextHop(H, &info, &nh, &pointer), NO_ERROR);
	info.Flags = 1;
	assert_int_equal(RtmAddNextHop(H, &info, NULL, &change), NO_ERROR);
	assert_int_equal(change, 0);
	assert_int_equal(pointer->Flags, 1);
	assert_ptr_equal(pointer->EntitySpecificInfo, &H);
	assert_ptr_equal(pointer->RemoteNextHop, UH(FAKE_DEST(8)));
	assert_int_equal(fake_refs(FAKE_DEST(8)), 1);
	info.RemoteNextHop = UH(FAKE_DEST(9));
	assert_int_equal(RtmAddNextHop(H, &info, &nh, &change), NO_ERROR);
	assert_ptr_equal(pointer->RemoteNextHop, UH(FAKE_DEST(9)));
	assert_int_equal(fake_refs(FAKE_DEST(8)), 0);
	info.RemoteNextHop = NULL;
	info.Flags = 0;
	assert_int_equal(RtmAddNextHop(H, &info, &same, &change), NO_ERROR);
	assert_ptr_equal(same, nh);
	assert_int_equal(pointer->Flags, 0);
	assert_null(pointer->RemoteNextHop);
	assert_int_equal(fake_refs(FAKE_NEXTHOP(3)), 2);
	assert_int_equal(fake_refs_total(), 2);

	assert_int_equal(RtmDeleteNextHop(H, nh, NULL), NO_ERROR);
	assert_int_equal(pointer->State, RTM_NEXTHOP_STATE_DELETED);
	assert_int_equal(RtmReleaseNextHops(H, 1, &same), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

/* The pointer alone: the library keeps one reference, until the next hop goes. */
static void test_find_nexthop_pointer(void **state)
{
	RTM_NEXTHOP_INFO info = nexthop_info();
	PRTM_NEXTHOP_INFO first = NULL, again = NULL;
	RTM_NEXTHOP_HANDLE nh = NULL;

	(void)state;
	nexthop_setup(3);
	assert_int_equal(RtmFindNextHop(H, &info, NULL, &first), NO_ERROR);
	assert_int_equal(RtmFindNextHop(H, &info, NULL, &again), NO_ERROR);
	assert_ptr_equal(first, again);
	assert_int_equal(fake_refs(FAKE_NEXTHOP(3)), 1);
	assert_int_equal(RtmDeleteNextHop(H, NULL, &info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(first->State, RTM_NEXTHOP_STATE_DELETED);
	assert_int_equal(RtmDeleteNextHop(H, NULL, &info), ERROR_NOT_FOUND);

	/* the key is free for another next hop, with another pointer */
	nexthop_setup(4);
	assert_int_equal(RtmFindNextHop(H, &info, NULL, &again), NO_ERROR);
	assert_ptr_not_equal(first, again);
	assert_int_equal(RtmFindNextHop(H, &info, &nh, NULL), NO_ERROR);
	assert_int_equal(RtmDeleteNextHop(H, nh, NULL), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

/* Those that went are forgotten when room is needed, and what they kept with them. */
static void test_nexthop_pointer_many(void **state)
{
	RTM_NEXTHOP_INFO info = nexthop_info();
	PRTM_NEXTHOP_INFO pointer;
	RTM_NEXTHOP_HANDLE nh;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 1000; i++) {
		nexthop_setup(i);
		known.remote_dest = FAKE_DEST(8);
		assert_int_equal(RtmFindNextHop(H, &info, &nh, &pointer), NO_ERROR);
		assert_int_equal(RtmReleaseNextHops(H, 1, &nh), NO_ERROR);
		assert_in_range(fake_refs_total(), 1, 40);
	}
}

static void test_find_nexthop_no_memory(void **state)
{
	RTM_NEXTHOP_INFO info = nexthop_info();
	PRTM_NEXTHOP_INFO pointer = POISON;
	RTM_NEXTHOP_HANDLE nh = POISON;
	unsigned int nth;

	(void)state;
	nexthop_setup(3);
	for (nth = 1; nth <= 2; nth++) {
		fake_fail_calloc = nth;
		assert_int_equal(RtmFindNextHop(H, &info, &nh, &pointer),
				 ERROR_NOT_ENOUGH_MEMORY);
		assert_int_equal(fake_refs_total(), 0);
	}
	fake_on(GET_NEXTHOP_INFO, fail_with);
	give_errno = ENOMEM;
	assert_int_equal(RtmFindNextHop(H, &info, &nh, &pointer), ERROR_NOT_ENOUGH_MEMORY);
	assert_int_equal(RtmFindNextHop(H, &info, NULL, &pointer), ERROR_NOT_ENOUGH_MEMORY);
	assert_ptr_equal(nh, POISON);
	assert_ptr_equal(pointer, POISON);
	assert_int_equal(fake_refs_total(), 0);
}

static void test_delete_nexthop(void **state)
{
	const struct rtm_nexthop_req *seen = &fake_seen(DELETE_NEXTHOP)->nexthop;
	RTM_NEXTHOP_INFO info = nexthop_info();

	(void)state;
	fake_on(DELETE_NEXTHOP, ok);
	assert_int_equal(RtmDeleteNextHop(H, NULL, &info), NO_ERROR);
	assert_true(seen->nexthop == 0);
	assert_int_equal(seen->attrs.ifindex, 4);
	assert_int_equal(seen->attrs.addr.len, 32);
	assert_int_equal(seen->attrs.flags, 0);
	assert_int_equal(RtmDeleteNextHop(H, UH(FAKE_NEXTHOP(2)), &info), NO_ERROR);
	assert_true(seen->nexthop == FAKE_NEXTHOP(2));
	assert_int_equal(seen->attrs.ifindex, 0);
	fake_on(DELETE_NEXTHOP, fail_with);
	give_errno = ESTALE;
	assert_int_equal(RtmDeleteNextHop(H, UH(FAKE_NEXTHOP(2)), NULL), ERROR_NOT_FOUND);
	give_errno = ENOENT;
	assert_int_equal(RtmDeleteNextHop(H, NULL, &info), ERROR_NOT_FOUND);
	give_errno = EACCES;
	assert_int_equal(RtmDeleteNextHop(H, UH(FAKE_NEXTHOP(2)), NULL), ERROR_ACCESS_DENIED);
}

static int get_nexthop(void *arg)
{
	struct rtm_nexthop_req *req = arg;

	req->attrs = (struct rtm_nexthop_attrs){
		.addr = { .family = AF_INET, .len = 32, .addr = { 10, 0, 0, 1 } },
		.ifindex = 7,
		.state = RTM_STATE_DELETED,
		.flags = 1,
		.cookie = 0x55,
		.remote_dest = FAKE_DEST(2),
		.owner = FAKE_ENTITY(2),
	};
	fake_ref(req->attrs.remote_dest);
	fake_ref(req->attrs.owner);
	return 0;
}

static void test_nexthop_info(void **state)
{
	RTM_NEXTHOP_INFO info;

	(void)state;
	fake_on(GET_NEXTHOP_INFO, bad_handle);
	memset(&info, 0xcc, sizeof(info));
	assert_int_equal(RtmGetNextHopInfo(H, UH(FAKE_NEXTHOP(1)), &info), ERROR_INVALID_HANDLE);
	assert_int_equal(info.InterfaceIndex, 0xcccccccc);
	fake_on(GET_NEXTHOP_INFO, get_nexthop);
	assert_int_equal(RtmGetNextHopInfo(H, UH(FAKE_NEXTHOP(1)), &info), NO_ERROR);
	assert_int_equal(info.InterfaceIndex, 7);
	assert_int_equal(info.State, RTM_NEXTHOP_STATE_DELETED);
	assert_int_equal(info.NextHopAddress.NumBits, 32);
	assert_int_equal(info.NextHopAddress.AddrBits[0], 10);
	assert_int_equal(info.Flags, 1);
	assert_ptr_equal(info.EntitySpecificInfo, UH(0x55));
	assert_ptr_equal(info.RemoteNextHop, UH(FAKE_DEST(2)));
	assert_ptr_equal(info.NextHopOwner, UH(FAKE_ENTITY(2)));
	assert_int_equal(RtmReleaseNextHopInfo(H, &info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(RtmReleaseNextHopInfo(H, &info), ERROR_INVALID_HANDLE);
	info.RemoteNextHop = NULL;
	info.NextHopOwner = NULL;
	assert_int_equal(RtmReleaseNextHopInfo(H, &info), NO_ERROR);
}

/* Routes */

static uint64_t seen_nexthops[2];

static int add_route(void *arg)
{
	struct rtm_add_route *req = arg;

	if (req->attrs.n_nexthops)
		memcpy(seen_nexthops, (void *)(uintptr_t)req->attrs.nexthops,
		       req->attrs.n_nexthops * sizeof(uint64_t));
	if (!(req->flags & RTM_REQ_NO_HANDLE)) {
		req->route = FAKE_ROUTE(1);
		fake_ref(req->route);
	}
	req->change = RTM_RC_NEW | RTM_RC_BEST;
	return 0;
}

static void test_add_route(void **state)
{
	const struct rtm_add_route *seen = &fake_seen(ADD_ROUTE)->add_route;
	uint64_t buf[(RTM_SIZE_OF_ROUTE_INFO(2)) / 8];
	RTM_ROUTE_INFO *info = (RTM_ROUTE_INFO *)buf;
	RTM_ROUTE_HANDLE route = NULL;
	static const uint8_t addr[16] = { 10, 1, 2, 3 };
	RTM_NET_ADDRESS net;
	DWORD change = 0xffffffff;

	(void)state;
	fake_on(ADD_ROUTE, add_route);
	memset(buf, 0xcc, sizeof(buf));
	memset(&net, 0xcc, sizeof(net));
	RTM_IPV4_MAKE_NET_ADDRESS(&net, inet_addr("10.1.2.3"), 24);
	info->Neighbour = UH(FAKE_NEXTHOP(9));
	info->Flags1 = 0x12;
	info->Flags = RTM_ROUTE_FLAGS_REMOTE;
	info->PrefInfo.Metric = 5;
	info->PrefInfo.Preference = 6;
	info->BelongsToViews = 3;
	info->EntitySpecificInfo = &H;
	info->NextHopsList.NumNextHops = 2;
	info->NextHopsList.NextHops[0] = UH(FAKE_NEXTHOP(9));
	info->NextHopsList.NextHops[1] = UH(FAKE_NEXTHOP(10));

	assert_int_equal(RtmAddRouteToDest(H, &route, &net, info, INFINITE, NULL, 77, UH(1),
					   &change), NO_ERROR);
	assert_ptr_equal(route, UH(FAKE_ROUTE(1)));
	assert_int_equal(change, RTM_ROUTE_CHANGE_NEW | RTM_ROUTE_CHANGE_BEST);
	assert_int_equal(seen->flags, 0);
	assert_true(seen->route == 0 && seen->deadline == 0);
	assert_int_equal(seen->change, RTM_RC_FIRST | RTM_RC_NEW);
	assert_int_equal(seen->dest.len, 24);
	assert_memory_equal(seen->dest.addr, addr, 16);
	assert_true(seen->attrs.neighbour == FAKE_NEXTHOP(9));
	assert_true(seen->attrs.cookie == (uintptr_t)&H);
	assert_int_equal(seen->attrs.n_nexthops, 2);
	assert_int_equal(seen->attrs.metric, 5);
	assert_int_equal(seen->attrs.preference, 6);
	assert_int_equal(seen->attrs.views, 3);
	assert_int_equal(seen->attrs.flags, RTM_ROUTE_FLAGS_REMOTE);
	assert_int_equal(seen->attrs.flags1, 0x12);
	assert_int_equal(seen->attrs.state, 0);
	assert_int_equal(seen->attrs.mtu, 0);
	assert_true(seen_nexthops[0] == FAKE_NEXTHOP(9) && seen_nexthops[1] == FAKE_NEXTHOP(10));

	/* by handle and without one, no reference comes back */
	assert_int_equal(RtmAddRouteToDest(H, &route, &net, info, INFINITE, NULL, 0, NULL,
					   &change), NO_ERROR);
	assert_true(seen->route == FAKE_ROUTE(1));
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);
	assert_ptr_equal(route, UH(FAKE_ROUTE(1)));
	assert_int_equal(RtmAddRouteToDest(H, NULL, &net, info, INFINITE, NULL, 0, NULL, &change),
			 NO_ERROR);
	assert_int_equal(seen->flags, RTM_REQ_NO_HANDLE);
	assert_int_equal(fake_refs_total(), 1);
}

static void test_add_route_for_a_while(void **state)
{
	const struct rtm_add_route *seen = &fake_seen(ADD_ROUTE)->add_route;
	RTM_ROUTE_CHANGE_FLAGS change = 0;
	RTM_NET_ADDRESS net = { .AddressFamily = AF_INET, .NumBits = 8 };
	RTM_ROUTE_INFO info = { 0 };

	(void)state;
	fake_on(ADD_ROUTE, ok);
	assert_int_equal(RtmAddRouteToDest(H, NULL, &net, &info, 1000, NULL, 0, NULL, &change),
			 NO_ERROR);
	assert_int_equal(seen->attrs.ttl_ms, 1000);
	assert_int_equal(RtmAddRouteToDest(H, NULL, &net, &info, INFINITE, NULL, 0, NULL, &change),
			 NO_ERROR);
	assert_int_equal(seen->attrs.ttl_ms, 0);
	assert_int_equal(RtmAddRouteToDest(H, NULL, &net, &info, INFINITE - 1, NULL, 0, NULL,
					   &change), NO_ERROR);
	assert_int_equal(seen->attrs.ttl_ms, INFINITE - 1);
}

static void test_add_route_errors(void **state)
{
	RTM_NET_ADDRESS net = { .AddressFamily = AF_INET };
	RTM_ROUTE_INFO info = { .State = 0 };
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 2;

	(void)state;
	fake_on(ADD_ROUTE, fail_with);
	give_errno = ESTALE;
	assert_int_equal(RtmAddRouteToDest(H, &route, &net, &info, INFINITE, NULL, 0, NULL,
					   &change), ERROR_INVALID_HANDLE);
	assert_int_equal(RtmAddRouteToDest(H, &route, &net, &info, 0, NULL, 0, NULL, &change),
			 ERROR_INVALID_PARAMETER);
	assert_int_equal(fake_count(ADD_ROUTE), 1);
	give_errno = EBADF;
	assert_int_equal(RtmAddRouteToDest(H, &route, &net, &info, INFINITE, UH(7), 0, NULL,
					   &change), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_count(ADD_ROUTE), 2);
	assert_null(route);
	assert_int_equal(change, 2);
}

static int delete_route(void *arg)
{
	struct rtm_delete_route *req = arg;

	req->change = RTM_RC_BEST;
	return 0;
}

static void test_delete_route(void **state)
{
	DWORD change = 0xcccc;

	(void)state;
	fake_on(DELETE_ROUTE, fail_with);
	give_errno = ESTALE;
	assert_int_equal(RtmDeleteRouteToDest(H, UH(FAKE_ROUTE(1)), &change), ERROR_NOT_FOUND);
	give_errno = EACCES;
	assert_int_equal(RtmDeleteRouteToDest(H, UH(FAKE_ROUTE(1)), &change), ERROR_ACCESS_DENIED);
	assert_int_equal(change, 0xcccc);
	fake_on(DELETE_ROUTE, delete_route);
	assert_int_equal(RtmDeleteRouteToDest(H, NULL, &change), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_count(DELETE_ROUTE), 2);
	assert_int_equal(change, 0xcccc);
	assert_int_equal(RtmDeleteRouteToDest(H, UH(FAKE_ROUTE(1)), &change), NO_ERROR);
	assert_int_equal(change, RTM_ROUTE_CHANGE_BEST);
	assert_true(fake_seen(DELETE_ROUTE)->delete_route.route == FAKE_ROUTE(1));
}

static uint32_t route_nexthops;

static int route_info(void *arg)
{
	struct rtm_get_route_info *req = arg;
	uint64_t *nh = (uint64_t *)(uintptr_t)req->attrs.nexthops;
	uint32_t i;

	req->prefix = (struct rtm_net_prefix){ AF_INET, 24, 0, { 10, 1, 2 } };
	if (req->flags & RTM_REQ_NO_HANDLE)
		return 0;
	req->dest = FAKE_DEST(1);
	req->owner = FAKE_ENTITY(1);
	fake_ref(req->dest);
	fake_ref(req->owner);
	req->attrs.neighbour = FAKE_NEXTHOP(1);
	fake_ref(req->attrs.neighbour);
	if (req->attrs.n_nexthops < route_nexthops)
		return -EMSGSIZE;
	for (i = 0; i < route_nexthops; i++) {
		nh[i] = FAKE_NEXTHOP(1 + i);
		fake_ref(nh[i]);
	}
	req->attrs.n_nexthops = route_nexthops;
	req->attrs.state = RTM_STATE_DELETED;
	req->attrs.flags1 = 3;
	req->attrs.flags = 4;
	req->attrs.metric = 5;
	req->attrs.preference = 6;
	req->attrs.views = 2;
	req->attrs.cookie = 0x77;
	return 0;
}

/* Not a byte beyond what the route needs, whatever number of next hops. */
static void route_info_with(uint32_t n)
{
	uint64_t buf[(RTM_SIZE_OF_ROUTE_INFO(64) + 64) / 8];
	RTM_ROUTE_INFO *info = (RTM_ROUTE_INFO *)buf;
	const unsigned char *bytes = (unsigned char *)buf;
	size_t used = RTM_SIZE_OF_ROUTE_INFO(n);
	size_t i;

	route_nexthops = n;
	memset(buf, 0xcc, sizeof(buf));
	assert_int_equal(RtmGetRouteInfo(H, UH(FAKE_ROUTE(1)), info, NULL), NO_ERROR);
	for (i = used; i < sizeof(buf); i++)
		assert_int_equal(bytes[i], 0xcc);
	assert_int_equal(info->NextHopsList.NumNextHops, n);
	for (i = 0; i < n; i++)
		assert_ptr_equal(info->NextHopsList.NextHops[i], UH(FAKE_NEXTHOP(1 + i)));
	assert_int_equal(fake_refs_total(), 3 + n);
	assert_int_equal(RtmReleaseRouteInfo(H, info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

static void test_route_info(void **state)
{
	static const uint8_t addr[16] = { 10, 1, 2 };
	RTM_ROUTE_INFO info;
	RTM_NET_ADDRESS net;

	(void)state;
	fake_on(GET_ROUTE_INFO, route_info);
	route_info_with(0);
	route_info_with(1);
	route_info_with(8);
	route_info_with(64);

	route_nexthops = 1;
	memset(&net, 0xcc, sizeof(net));
	assert_int_equal(RtmGetRouteInfo(H, UH(FAKE_ROUTE(1)), &info, &net), NO_ERROR);
	assert_int_equal(net.AddressFamily, AF_INET);
	assert_int_equal(net.NumBits, 24);
	assert_memory_equal(net.AddrBits, addr, 16);
	assert_ptr_equal(info.DestHandle, UH(FAKE_DEST(1)));
	assert_ptr_equal(info.RouteOwner, UH(FAKE_ENTITY(1)));
	assert_ptr_equal(info.Neighbour, UH(FAKE_NEXTHOP(1)));
	assert_int_equal(info.State, RTM_ROUTE_STATE_DELETED);
	assert_int_equal(info.Flags1, 3);
	assert_int_equal(info.Flags, 4);
	assert_int_equal(info.PrefInfo.Metric, 5);
	assert_int_equal(info.PrefInfo.Preference, 6);
	assert_int_equal(info.BelongsToViews, 2);
	assert_ptr_equal(info.EntitySpecificInfo, UH(0x77));
	assert_int_equal(RtmReleaseRouteInfo(H, &info), NO_ERROR);

	/* the address alone takes no reference */
	assert_int_equal(RtmGetRouteInfo(H, UH(FAKE_ROUTE(1)), NULL, &net), NO_ERROR);
	assert_int_equal(RtmGetRouteInfo(H, UH(FAKE_ROUTE(1)), NULL, NULL), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);

	fake_on(GET_ROUTE_INFO, bad_handle);
	memset(&info, 0xcc, sizeof(info));
	memset(&net, 0xcc, sizeof(net));
	assert_int_equal(RtmGetRouteInfo(H, UH(FAKE_ROUTE(1)), &info, &net),
			 ERROR_INVALID_HANDLE);
	assert_int_equal(info.State, 0xcc);
	assert_int_equal(net.NumBits, 0xcccc);
}

/* By hand, with gaps and more handles than one call of the library collects. */
static void test_release_route_info(void **state)
{
	uint64_t buf[(RTM_SIZE_OF_ROUTE_INFO(300)) / 8];
	RTM_ROUTE_INFO *info = (RTM_ROUTE_INFO *)buf;
	unsigned int i;

	(void)state;
	memset(buf, 0, sizeof(buf));
	info->NextHopsList.NumNextHops = 300;
	for (i = 0; i < 300; i += 2) {
		info->NextHopsList.NextHops[i] = UH(FAKE_NEXTHOP(1 + i));
		fake_ref(FAKE_NEXTHOP(1 + i));
	}
	info->NextHopsList.NextHops[151] = UH(FAKE_ROUTE(1));
	fake_ref(FAKE_ROUTE(1));
	assert_int_equal(RtmReleaseRouteInfo(H, info), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs_total(), 1);
	assert_int_equal(fake_refs(FAKE_ROUTE(1)), 1);
}

static int is_best(void *arg)
{
	struct rtm_is_best_route *req = arg;

	req->views = 2;
	return 0;
}

static void test_is_best(void **state)
{
	RTM_VIEW_SET views = 0xcc;

	(void)state;
	fake_on(IS_BEST_ROUTE, bad_handle);
	assert_int_equal(RtmIsBestRoute(H, UH(FAKE_ROUTE(1)), &views), ERROR_INVALID_HANDLE);
	assert_int_equal(views, 0xcc);
	fake_on(IS_BEST_ROUTE, is_best);
	assert_int_equal(RtmIsBestRoute(H, UH(FAKE_ROUTE(1)), &views), NO_ERROR);
	assert_int_equal(views, 2);
}

/* Destinations */

static int get_dest(void *arg)
{
	struct rtm_get_dest *req = arg;
	struct rtm_dest_view *views = (struct rtm_dest_view *)(uintptr_t)req->view_infos;
	uint32_t n = 0;
	int v;

	for (v = 0; v < RTM_N_VIEWS; v++) {
		if (!(req->views & (1u << v)))
			continue;
		if (n == req->n_views)
			return -EMSGSIZE;
		views[n] = (struct rtm_dest_view){ .view = v };
		if (v == RTM_VIEW_ID_UCAST) {
			views[n].n_routes = 2;
			views[n].route = FAKE_ROUTE(1);
			views[n].owner = FAKE_ENTITY(1);
			views[n].flags = 0x10;
			views[n].hold_route = FAKE_ROUTE(2);
			fake_ref(views[n].route);
			fake_ref(views[n].owner);
			fake_ref(views[n].hold_route);
		}
		n++;
	}
	req->n_views = n;
	req->dest = FAKE_DEST(7);
	fake_ref(req->dest);
	req->prefix = (struct rtm_net_prefix){ AF_INET, 8, 0, { 10 } };
	req->belongs = 1;
	req->last_changed = 1000000000ull * 1700000000 + 123456789;
	return 0;
}

/* Exactly the blocks of the supported views asked for, and not a byte more. */
static void dest_info_with(RTM_VIEW_SET views, unsigned int blocks)
{
	uint64_t buf[(RTM_SIZE_OF_DEST_INFO(4)) / 8];
	RTM_DEST_INFO *info = (RTM_DEST_INFO *)buf;
	const unsigned char *bytes = (unsigned char *)buf;
	ULONGLONG ticks;
	size_t i;

	memset(buf, 0xcc, sizeof(buf));
	assert_int_equal(RtmGetDestInfo(H, UH(FAKE_DEST(7)), RTM_BEST_PROTOCOL, views, info),
			 NO_ERROR);
	for (i = RTM_SIZE_OF_DEST_INFO(blocks); i < sizeof(buf); i++)
		assert_int_equal(bytes[i], 0xcc);
	assert_int_equal(info->NumberOfViews, blocks);
	assert_ptr_equal(info->DestHandle, UH(FAKE_DEST(7)));
	assert_int_equal(info->DestAddress.NumBits, 8);
	assert_int_equal(info->BelongsToViews, 1);
	ticks = (ULONGLONG)info->LastChanged.dwHighDateTime << 32 |
		info->LastChanged.dwLowDateTime;
	assert_true(ticks == (1700000000ull + 11644473600ull) * 10000000 + 1234567);
	if (views & RTM_VIEW_MASK_UCAST) {
		assert_int_equal(info->ViewInfo[0].ViewId, RTM_VIEW_ID_UCAST);
		assert_int_equal(info->ViewInfo[0].NumRoutes, 2);
		assert_ptr_equal(info->ViewInfo[0].Route, UH(FAKE_ROUTE(1)));
		assert_ptr_equal(info->ViewInfo[0].Owner, UH(FAKE_ENTITY(1)));
		assert_int_equal(info->ViewInfo[0].DestFlags, 0x10);
		assert_ptr_equal(info->ViewInfo[0].HoldRoute, UH(FAKE_ROUTE(2)));
	}
	if (views & RTM_VIEW_MASK_MCAST) {
		assert_int_equal(info->ViewInfo[blocks - 1].ViewId, RTM_VIEW_ID_MCAST);
		assert_int_equal(info->ViewInfo[blocks - 1].NumRoutes, 0);
		assert_null(info->ViewInfo[blocks - 1].Route);
	}
	assert_int_equal(RtmReleaseDestInfo(H, info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
}

static void test_dest_info(void **state)
{
	const struct rtm_get_dest *seen = &fake_seen(GET_DEST_INFO)->dest;
	RTM_DEST_INFO info;

	(void)state;
	fake_on(GET_DEST_INFO, get_dest);
	dest_info_with(RTM_VIEW_MASK_ANY, 0);
	assert_int_equal(seen->views, 0);
	dest_info_with(RTM_VIEW_MASK_UCAST, 1);
	dest_info_with(RTM_VIEW_MASK_MCAST, 1);
	dest_info_with(RTM_VIEW_MASK_UCAST | RTM_VIEW_MASK_MCAST, 2);
	dest_info_with(RTM_VIEW_MASK_ALL, 2);
	assert_int_equal(seen->views, 3);
	assert_true(seen->dest == FAKE_DEST(7));
	assert_int_equal(seen->protocol, 0);

	memset(&info, 0xcc, sizeof(info));
	assert_int_equal(RtmGetDestInfo(H, UH(FAKE_DEST(7)), 0, 0x80, &info),
			 ERROR_INVALID_PARAMETER);
	fake_on(GET_DEST_INFO, bad_handle);
	assert_int_equal(RtmGetDestInfo(H, UH(FAKE_DEST(7)), RTM_THIS_PROTOCOL, 1, &info),
			 ERROR_INVALID_HANDLE);
	assert_int_equal(seen->protocol, RTM_PROTO_THIS);
	assert_int_equal(info.NumberOfViews, 0xcccccccc);
}

static void test_queries(void **state)
{
	RTM_NET_ADDRESS net;
	RTM_DEST_INFO info;

	(void)state;
	memset(&net, 0, sizeof(net));
	RTM_IPV4_MAKE_NET_ADDRESS(&net, inet_addr("10.1.2.3"), 32);
	fake_on(GET_EXACT_DEST, get_dest);
	fake_on(GET_MOST_SPECIFIC_DEST, get_dest);
	fake_on(GET_LESS_SPECIFIC_DEST, get_dest);

	assert_int_equal(RtmGetExactMatchDestination(H, &net, 8, 1, &info), NO_ERROR);
	assert_int_equal(fake_seen(GET_EXACT_DEST)->dest.prefix.len, 32);
	assert_int_equal(fake_seen(GET_EXACT_DEST)->dest.protocol, 8);
	assert_int_equal(RtmReleaseDestInfo(H, &info), NO_ERROR);
	assert_int_equal(RtmGetMostSpecificDestination(H, &net, 0, 1, &info), NO_ERROR);
	assert_int_equal(fake_seen(GET_MOST_SPECIFIC_DEST)->dest.prefix.addr[3], 3);
	assert_int_equal(RtmReleaseDestInfo(H, &info), NO_ERROR);
	assert_int_equal(RtmGetLessSpecificDestination(H, UH(FAKE_DEST(3)), 0, 1, &info),
			 NO_ERROR);
	assert_true(fake_seen(GET_LESS_SPECIFIC_DEST)->dest.dest == FAKE_DEST(3));
	assert_int_equal(RtmReleaseDestInfo(H, &info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);

	fake_on(GET_EXACT_DEST, no_ent);
	fake_on(GET_MOST_SPECIFIC_DEST, no_ent);
	fake_on(GET_LESS_SPECIFIC_DEST, no_ent);
	memset(&info, 0xcc, sizeof(info));
	assert_int_equal(RtmGetExactMatchDestination(H, &net, 8, 1, &info), ERROR_NOT_FOUND);
	assert_int_equal(RtmGetMostSpecificDestination(H, &net, 8, 1, &info), ERROR_NOT_FOUND);
	assert_int_equal(RtmGetLessSpecificDestination(H, UH(FAKE_DEST(3)), 8, 1, &info),
			 ERROR_NOT_FOUND);
	assert_int_equal(info.NumberOfViews, 0xcccccccc);
}

static void test_release_dest_info(void **state)
{
	RTM_DEST_INFO info = { .DestHandle = UH(FAKE_DEST(1)) };

	(void)state;
	fake_ref(FAKE_DEST(1));
	assert_int_equal(RtmReleaseDestInfo(H, &info), NO_ERROR);
	assert_int_equal(fake_refs_total(), 0);
	assert_int_equal(RtmReleaseDestInfo(H, &info), ERROR_INVALID_HANDLE);
	info.NumberOfViews = 33;
	assert_int_equal(RtmReleaseDestInfo(H, &info), ERROR_INVALID_PARAMETER);
	info.NumberOfViews = 1;
	info.ViewInfo[0].Route = UH(FAKE_ROUTE(1));
	info.ViewInfo[0].Owner = UH(FAKE_ROUTE(1));
	fake_ref(FAKE_DEST(1));
	fake_ref(FAKE_ROUTE(1));
	fake_ref(FAKE_ROUTE(1));
	assert_int_equal(RtmReleaseDestInfo(H, &info), ERROR_INVALID_HANDLE);
	assert_int_equal(fake_refs_total(), 1);
}

static void test_lock(void **state)
{
	(void)state;
	fake_on(LOCK_DEST, ok);
	fake_on(UNLOCK_DEST, ok);
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), 2, 2), NO_ERROR);
	assert_int_equal(fake_seen(LOCK_DEST)->lock.flags, RTM_REQ_EXCLUSIVE);
	assert_true(fake_seen(LOCK_DEST)->lock.deadline == 0);
	assert_true(fake_seen(LOCK_DEST)->lock.dest == FAKE_DEST(1));
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), FALSE, TRUE), NO_ERROR);
	assert_int_equal(fake_seen(LOCK_DEST)->lock.flags, 0);
	assert_int_equal(fake_count(UNLOCK_DEST), 0);
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), FALSE, FALSE), NO_ERROR);
	assert_int_equal(fake_seen(UNLOCK_DEST)->lock.flags, 0);
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), TRUE, FALSE), NO_ERROR);
	assert_int_equal(fake_seen(UNLOCK_DEST)->lock.flags, RTM_REQ_EXCLUSIVE);
	assert_int_equal(fake_count(LOCK_DEST), 2);
	fake_on(UNLOCK_DEST, fail_with);
	give_errno = EACCES;
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(1)), TRUE, FALSE),
			 ERROR_ACCESS_DENIED);
}

/* Opaque pointers: the kernel's cell, and handles of the destination that change. */

static uint64_t opaque_value[10000];

/* Destination n is met under the handles n, n + 1000000, n + 2000000 and so on. */
static uint64_t dest_number(uint64_t handle)
{
	return (handle & 0xffffffff) % 1000000;
}

static int get_opaque(void *arg)
{
	struct rtm_opaque *req = arg;

	if (!fake_refs(req->dest))
		return -EBADF;
	req->value = opaque_value[dest_number(req->dest)];
	return 0;
}

static int set_opaque(void *arg)
{
	struct rtm_opaque *req = arg;

	if (!fake_refs(req->dest))
		return -EBADF;
	opaque_value[dest_number(req->dest)] = req->value;
	return 0;
}

static void opaque_setup(void)
{
	memset(opaque_value, 0, sizeof(opaque_value));
	fake_on(GET_OPAQUE, get_opaque);
	fake_on(SET_OPAQUE, set_opaque);
	fake_on(LOCK_DEST, ok);
	fake_on(UNLOCK_DEST, ok);
}

static void test_opaque(void **state)
{
	HANDLE dest = UH(FAKE_DEST(1));
	PVOID slot = NULL, again = NULL;

	(void)state;
	opaque_setup();
	fake_ref(FAKE_DEST(1));
	assert_int_equal(RtmLockDestination(H, dest, TRUE, TRUE), NO_ERROR);
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), NO_ERROR);
	assert_null(*(PVOID *)slot);
	*(PVOID *)slot = &opaque_value;
	assert_int_equal(fake_count(SET_OPAQUE), 0);
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
	assert_int_equal(fake_count(SET_OPAQUE), 1);
	assert_true(opaque_value[1] != 0);

	assert_int_equal(RtmLockDestination(H, dest, FALSE, TRUE), NO_ERROR);
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &again), NO_ERROR);
	assert_ptr_equal(again, slot);
	assert_ptr_equal(*(PVOID *)again, &opaque_value);
	assert_int_equal(RtmLockDestination(H, dest, FALSE, FALSE), NO_ERROR);

	/* another value is no news, NULL is */
	*(PVOID *)slot = &again;
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
	assert_int_equal(fake_count(SET_OPAQUE), 1);
	*(PVOID *)slot = NULL;
	assert_int_equal(RtmLockDestination(H, dest, FALSE, FALSE), NO_ERROR);
	assert_int_equal(fake_count(SET_OPAQUE), 1);
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
	assert_int_equal(fake_count(SET_OPAQUE), 2);
	assert_true(opaque_value[1] == 0);
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &again), NO_ERROR);
	assert_ptr_equal(again, slot);
}

/* The destination outlives its handle: the same cell under another handle. */
static void test_opaque_new_handle(void **state)
{
	HANDLE dest = UH(FAKE_DEST(1)), later = UH(FAKE_DEST(1000001));
	PVOID slot = NULL, again = NULL;

	(void)state;
	opaque_setup();
	fake_ref(FAKE_DEST(1));
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), NO_ERROR);
	*(PVOID *)slot = &H;
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
	assert_int_equal(RtmDereferenceHandles(H, 1, &dest), NO_ERROR);

	fake_ref(FAKE_DEST(1000001));
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &again), ERROR_INVALID_HANDLE);
	assert_int_equal(RtmGetOpaqueInformationPointer(H, later, &again), NO_ERROR);
	assert_ptr_equal(again, slot);
	assert_ptr_equal(*(PVOID *)again, &H);
	*(PVOID *)again = NULL;
	assert_int_equal(RtmLockDestination(H, later, TRUE, FALSE), NO_ERROR);
	assert_true(opaque_value[1] == 0);

	/* changed through an old pointer, without asking for it again */
	*(PVOID *)slot = &H;
	assert_int_equal(RtmLockDestination(H, later, TRUE, FALSE), NO_ERROR);
	assert_true(opaque_value[1] != 0);
	assert_int_equal(RtmDereferenceHandles(H, 1, &later), NO_ERROR);
	fake_ref(FAKE_DEST(2000001));
	*(PVOID *)slot = NULL;
	assert_int_equal(RtmLockDestination(H, UH(FAKE_DEST(2000001)), TRUE, FALSE), NO_ERROR);
	assert_true(opaque_value[1] == 0);
}

static void test_opaque_errors(void **state)
{
	HANDLE dest = UH(FAKE_DEST(1));
	PVOID slot = POISON;
	unsigned int nth;

	(void)state;
	fake_on(GET_OPAQUE, no_ent);
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), ERROR_NOT_FOUND);
	opaque_setup();
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), ERROR_INVALID_HANDLE);
	fake_ref(FAKE_DEST(1));
	for (nth = 1; nth <= 2; nth++) {
		fake_fail_calloc = nth;
		assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot),
				 ERROR_NOT_ENOUGH_MEMORY);
	}
	assert_ptr_equal(slot, POISON);

	/* an unlock that cannot tell the kernel is no unlock, and works the next time */
	assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), NO_ERROR);
	*(PVOID *)slot = &H;
	fake_on(SET_OPAQUE, fail_with);
	give_errno = ENOMEM;
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), ERROR_NOT_ENOUGH_MEMORY);
	assert_int_equal(fake_count(UNLOCK_DEST), 0);
	fake_on(SET_OPAQUE, set_opaque);
	assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
	assert_true(opaque_value[1] != 0);
}

/*
 * Many destinations, one after another: cells that are in use stay where they are,
 * those whose handle is gone do not pile up.
 */
static void test_opaque_many(void **state)
{
	enum { N = 9000, KEPT = 50 };
	PVOID slots[KEPT], slot;
	unsigned int i, sweeps;
	HANDLE dest;

	(void)state;
	opaque_setup();
	for (i = 1; i < N; i++) {
		dest = UH(FAKE_DEST(i));
		fake_ref(FAKE_DEST(i));
		assert_int_equal(RtmGetOpaqueInformationPointer(H, dest, &slot), NO_ERROR);
		assert_null(*(PVOID *)slot);
		if (i < KEPT) {
			slots[i] = slot;
			*(PVOID *)slot = &slots[i];
			assert_int_equal(RtmLockDestination(H, dest, TRUE, FALSE), NO_ERROR);
		}
		assert_int_equal(RtmDereferenceHandles(H, 1, &dest), NO_ERROR);
	}
	/* each cell was asked after about once: without sweeping this is 0 */
	sweeps = fake_count(REFERENCE_HANDLES);
	assert_in_range(sweeps, N / 2, 3 * N);
	for (i = 1; i < KEPT; i++) {
		fake_ref(FAKE_DEST(i + 1000000));
		assert_int_equal(RtmGetOpaqueInformationPointer(H, UH(FAKE_DEST(i + 1000000)),
								&slot), NO_ERROR);
		assert_ptr_equal(slot, slots[i]);
		assert_ptr_equal(*(PVOID *)slot, &slots[i]);
	}
}

#define T(fn)	cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_register_args),
		cmocka_unit_test(test_register_errors),
		cmocka_unit_test(test_register_open),
		cmocka_unit_test(test_register_no_memory),
		cmocka_unit_test(test_register_many),
		T(test_bad_registration),
		T(test_errors),
		T(test_restart),
		T(test_entities),
		T(test_entities_grow),
		T(test_entities_errors),
		T(test_entity_info),
		T(test_release_types),
		T(test_reference_many),
		T(test_add_nexthop),
		T(test_find_nexthop),
		T(test_find_nexthop_pointer),
		T(test_nexthop_pointer_update),
		T(test_nexthop_pointer_many),
		T(test_find_nexthop_no_memory),
		T(test_delete_nexthop),
		T(test_nexthop_info),
		T(test_add_route),
		T(test_add_route_errors),
		T(test_add_route_for_a_while),
		T(test_delete_route),
		T(test_route_info),
		T(test_release_route_info),
		T(test_is_best),
		T(test_dest_info),
		T(test_queries),
		T(test_release_dest_info),
		T(test_lock),
		T(test_opaque),
		T(test_opaque_new_handle),
		T(test_opaque_errors),
		T(test_opaque_many),
	};

	return cmocka_run_group_tests_name("rtmv2", tests, NULL, NULL);
}
