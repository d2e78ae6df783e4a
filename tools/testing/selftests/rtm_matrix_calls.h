/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every call of <rtmv2.h> as data: what it takes, and how to do it right.
 *
 * How this file works: a call is a row of a table, with the arguments that make it
 * succeed in the world of rtm_matrix.h; tests take one argument at a time and spoil it.
 * What pointers point to is one of a few kinds of buffer, each exactly as long as the
 * header documents and between guard bytes.  Calls that make or take something have a
 * function before, which sees to it that there is something, and one behind, which
 * brings the world back to where it was.
 */
#ifndef RTM_MATRIX_CALLS_H
#define RTM_MATRIX_CALLS_H

#include "rtm_matrix.h"

#define MAX_ON		2
#define MAX_N		4
#define MAX_P		4
#define MAX_HANDLES	4

/**
 * struct args - arguments of one call
 * @h: registration
 * @on: handles, in order
 * @n: numbers, in order
 * @p: pointers, in order
 * @made: what the function before has made for the one behind
 */
struct args {
	RTM_ENTITY_HANDLE h;
	HANDLE on[MAX_ON];
	ULONG n[MAX_N];
	void *p[MAX_P];
	HANDLE made;
};

/*
 * Buffers
 */

enum buffer {
	NONE,
	NET,
	NET6,
	NET_OUT,
	WHO,
	WHO_OUT,
	WHO_ARRAY,
	METHODS,
	PROFILE,
	DEST_OUT,
	DEST_EMPTY,
	ROUTE_IN,
	ROUTE_OUT,
	ROUTE_EMPTY,
	CRITERIA,
	NEXTHOP_IN,
	NEXTHOP_OUT,
	NEXTHOP_EMPTY,
	ONE_DEST,
	ONE_ROUTE,
	ONE_NEXTHOP,
	ONE_ENTITY,
	NO_HANDLE,
	HANDLE_OUT,
	HANDLE_ARRAY,
	ADDR_OUT,
	WORD,
	ZERO,
	ROOM_FOR_ONE,
	ROOM_FOR_ALL,
	INPUT,
	OUTPUT,
	OUTPUT_SIZE,
	N_WHATS,
};

#define ROOM_ALL	8	/* more entities than there are */
#define OUTPUT_ROOM	32

static const size_t what_size[N_WHATS] = {
	[NET] = sizeof(RTM_NET_ADDRESS),
	[NET6] = sizeof(RTM_NET_ADDRESS),
	[NET_OUT] = sizeof(RTM_NET_ADDRESS),
	[WHO] = sizeof(RTM_ENTITY_INFO),
	[WHO_OUT] = sizeof(RTM_ENTITY_INFO),
	[WHO_ARRAY] = ROOM_ALL * sizeof(RTM_ENTITY_INFO),
	[METHODS] = sizeof(RTM_ENTITY_EXPORT_METHODS),
	[PROFILE] = sizeof(RTM_REGN_PROFILE),
	[DEST_OUT] = RTM_SIZE_OF_DEST_INFO(2),
	[DEST_EMPTY] = RTM_SIZE_OF_DEST_INFO(1),
	[ROUTE_IN] = RTM_SIZE_OF_ROUTE_INFO(1),
	[ROUTE_OUT] = RTM_SIZE_OF_ROUTE_INFO(1),
	[ROUTE_EMPTY] = RTM_SIZE_OF_ROUTE_INFO(1),
	[CRITERIA] = RTM_SIZE_OF_ROUTE_INFO(1),
	[NEXTHOP_IN] = sizeof(RTM_NEXTHOP_INFO),
	[NEXTHOP_OUT] = sizeof(RTM_NEXTHOP_INFO),
	[NEXTHOP_EMPTY] = sizeof(RTM_NEXTHOP_INFO),
	[ONE_DEST] = sizeof(HANDLE),
	[ONE_ROUTE] = sizeof(HANDLE),
	[ONE_NEXTHOP] = sizeof(HANDLE),
	[ONE_ENTITY] = sizeof(HANDLE),
	[NO_HANDLE] = sizeof(HANDLE),
	[HANDLE_OUT] = sizeof(HANDLE),
	[HANDLE_ARRAY] = ROOM_ALL * sizeof(HANDLE),
	[ADDR_OUT] = sizeof(IN6_ADDR),
	[WORD] = sizeof(DWORD),
	[ZERO] = sizeof(DWORD),
	[ROOM_FOR_ONE] = sizeof(UINT),
	[ROOM_FOR_ALL] = sizeof(UINT),
	[INPUT] = sizeof(RTM_ENTITY_METHOD_INPUT),
	[OUTPUT] = OUTPUT_ROOM,
	[OUTPUT_SIZE] = sizeof(UINT),
};

static inline void fill_empty(enum buffer what, void *p)
{
	RTM_DEST_INFO *dest = p;
	RTM_ROUTE_INFO *route = p;

	memset(p, 0, what_size[what]);
	if (what == DEST_EMPTY)
		dest->NumberOfViews = 1;
	if (what == ROUTE_EMPTY)
		route->NextHopsList.NumNextHops = 1;
}

static inline void fill_route(const struct world *w, enum buffer what, void *p)
{
	RTM_ROUTE_INFO info = route_info(w->handle[OWN][NEXTHOP], 10);

	if (what == CRITERIA)
		info.RouteOwner = w->h;
	memcpy(p, &info, RTM_SIZE_OF_ROUTE_INFO(1));
}

static inline void fill_name(enum buffer what, void *p)
{
	RTM_ENTITY_INFO info = who(AF_INET, 77);
	RTM_NEXTHOP_INFO hop = nexthop("192.0.2.1", 1);
	RTM_NET_ADDRESS n = net(what == NET6 ? "2001:db8::/32" : TARGET);

	if (what == WHO)
		memcpy(p, &info, sizeof(info));
	else if (what == NEXTHOP_IN)
		memcpy(p, &hop, sizeof(hop));
	else
		memcpy(p, &n, sizeof(n));
}

static inline void fill_method(enum buffer what, void *p)
{
	RTM_ENTITY_METHOD_INPUT input = { .MethodType = 1, .InputSize = 1, .InputData = { 'x' } };

	if (what == INPUT)
		memcpy(p, &input, sizeof(input));
	else
		memcpy(p, methods_of(1), sizeof(RTM_ENTITY_EXPORT_METHODS));
}

static inline void fill_number(enum buffer what, void *p)
{
	*(UINT *)p = what == ROOM_FOR_ONE ? 1 : what == ROOM_FOR_ALL ? ROOM_ALL :
		     what == OUTPUT_SIZE ? OUTPUT_ROOM : 0;
}

/* What a buffer has in it before the call; the others are poisoned. */
static inline void fill(const struct world *w, enum buffer what, void *p)
{
	static const enum kind kinds[N_WHATS] = {
		[ONE_DEST] = DEST, [ONE_ROUTE] = ROUTE, [ONE_NEXTHOP] = NEXTHOP,
	};

	if (what == NET || what == NET6 || what == WHO || what == NEXTHOP_IN)
		fill_name(what, p);
	else if (what == DEST_EMPTY || what == ROUTE_EMPTY || what == NEXTHOP_EMPTY ||
		 what == NO_HANDLE)
		fill_empty(what, p);
	else if (what == ROUTE_IN || what == CRITERIA)
		fill_route(w, what, p);
	else if (what == METHODS || what == INPUT)
		fill_method(what, p);
	else if (what == ZERO || what == ROOM_FOR_ONE || what == ROOM_FOR_ALL ||
		 what == OUTPUT_SIZE)
		fill_number(what, p);
	else if (what == ONE_ENTITY)
		*(HANDLE *)p = w->other;
	else if (kinds[what])
		*(HANDLE *)p = w->handle[OWN][kinds[what]];
}

/*
 * The calls
 */

/* What a test is to find where that is not an error code. */
#define WORKS		0xffff0001u
#define SKIPPED		0xffff0002u	/* works, and does nothing */
#define UNTRIED		0xffff0003u	/* means something else in this world */

/**
 * struct place - where a call takes a handle, and what it says to others
 * @kind: what it has to be
 * @p: 0 if it is the next of @on of struct args, else 1 + index of the pointer
 * @off: offset in what that points to
 * @wrong: ... to a handle of another kind or table, and to a number that is none
 * @foreign: ... to that of another client
 * @ended: ... to that of a deleted object
 * @null: ... to NULL
 * @release: it takes a reference of any registration of the process, so that those in
 *	the other places would lose theirs
 *
 * An answer of 0 stands for ERROR_INVALID_HANDLE.
 */
struct place {
	enum kind kind;
	unsigned int p;
	size_t off;
	DWORD wrong;
	DWORD foreign;
	DWORD ended;
	DWORD null;
	bool release;
};

/**
 * struct call - a call
 * @name: its name
 * @fn: it
 * @before: opt: makes what it needs
 * @behind: opt: undoes what it did
 * @on: where it takes handles
 * @n: numbers
 * @p: what pointers point to
 * @optional: a bit for each pointer that may be NULL
 * @array: 1 + index of the number that says how long the last pointer's array is
 * @no_h: it takes no registration
 */
struct call {
	const char *name;
	DWORD (*fn)(const struct args *a);
	void (*before)(struct __test_metadata *_metadata, struct world *w, struct args *a);
	void (*behind)(struct __test_metadata *_metadata, struct world *w, struct args *a);
	struct place on[MAX_HANDLES];
	ULONG n[MAX_N];
	enum buffer p[MAX_P];
	unsigned int optional;
	unsigned int array;
	bool no_h;
};

#define H	(a->h)
#define O(i)	(a->on[i])
#define N(i)	(a->n[i])
#define P(i)	(a->p[i])

#define CALL(_name, ...)					\
static DWORD do_##_name(const struct args *a)			\
{								\
	return Rtm##_name(__VA_ARGS__);				\
}

CALL(RegisterEntity, P(0), P(1), NULL, N(0), P(2), P(3))
CALL(DeregisterEntity, H)
CALL(GetRegisteredEntities, H, P(0), P(1), P(2))
CALL(ReleaseEntities, H, N(0), P(0))
CALL(LockDestination, H, O(0), N(0), N(1))
CALL(GetOpaqueInformationPointer, H, O(0), P(0))
CALL(GetEntityInfo, H, O(0), P(0))
CALL(GetDestInfo, H, O(0), N(0), N(1), P(0))
CALL(GetRouteInfo, H, O(0), P(0), P(1))
CALL(GetNextHopInfo, H, O(0), P(0))
CALL(ReleaseEntityInfo, H, P(0))
CALL(ReleaseDestInfo, H, P(0))
CALL(ReleaseRouteInfo, H, P(0))
CALL(ReleaseNextHopInfo, H, P(0))
CALL(AddRouteToDest, H, P(0), P(1), P(2), N(0), O(0), N(1), ALIEN, P(3))
CALL(DeleteRouteToDest, H, O(0), P(0))
CALL(HoldDestination, H, O(0), N(0), N(1))
CALL(GetRoutePointer, H, O(0), P(0))
CALL(LockRoute, H, O(0), N(0), N(1), P(0))
CALL(UpdateAndUnlockRoute, H, O(0), N(0), O(1), N(1), ALIEN, P(0))
CALL(GetExactMatchDestination, H, P(0), N(0), N(1), P(1))
CALL(GetMostSpecificDestination, H, P(0), N(0), N(1), P(1))
CALL(GetLessSpecificDestination, H, O(0), N(0), N(1), P(0))
CALL(IsBestRoute, H, O(0), P(0))
CALL(AddNextHop, H, P(0), P(1), P(2))
CALL(FindNextHop, H, P(0), P(1), P(2))
CALL(DeleteNextHop, H, O(0), P(0))
CALL(GetNextHopPointer, H, O(0), P(0))
CALL(LockNextHop, H, O(0), N(0), N(1), P(0))
CALL(GetExactMatchRoute, H, P(0), N(0), P(1), N(1), N(2), P(2))
CALL(CreateDestEnum, H, N(0), N(1), P(0), N(2), P(1))
CALL(GetEnumDests, H, O(0), P(0), P(1))
CALL(ReleaseDests, H, N(0), P(0))
CALL(CreateRouteEnum, H, O(0), N(0), N(1), P(0), N(2), P(1), N(3), P(2))
CALL(GetEnumRoutes, H, O(0), P(0), P(1))
CALL(CreateNextHopEnum, H, N(0), P(0), P(1))
CALL(GetEnumNextHops, H, O(0), P(0), P(1))
CALL(DeleteEnumHandle, H, O(0))
CALL(RegisterForChangeNotification, H, N(0), N(1), NULL, P(0))
CALL(GetChangedDests, H, O(0), P(0), P(1))
CALL(ReleaseChangedDests, H, O(0), N(0), P(0))
CALL(IgnoreChangedDests, H, O(0), N(0), P(0))
CALL(GetChangeStatus, H, O(0), O(1), P(0))
CALL(MarkDestForChangeNotification, H, O(0), O(1), N(0))
CALL(IsMarkedForChangeNotification, H, O(0), O(1), P(0))
CALL(DeregisterFromChangeNotification, H, O(0))
CALL(CreateRouteList, H, P(0))
CALL(InsertInRouteList, H, O(0), N(0), P(0))
CALL(CreateRouteListEnum, H, O(0), P(0))
CALL(GetListEnumRoutes, H, O(0), P(0), P(1))
CALL(DeleteRouteList, H, O(0))
CALL(GetEntityMethods, H, O(0), P(0), P(1))
CALL(InvokeMethod, H, O(0), P(0), P(1), P(2))
CALL(BlockMethods, H, O(0), N(0), N(1))
CALL(ReleaseRoutes, H, N(0), P(0))
CALL(ReleaseNextHops, H, N(0), P(0))
CALL(ReferenceHandles, H, N(0), P(0))
CALL(DereferenceHandles, H, N(0), P(0))
CALL(ConvertNetAddressToIpv6AddressAndLength, P(0), P(1), P(2), N(0))
CALL(ConvertIpv6AddressAndLengthToNetAddress, P(0), in6addr_loopback, N(0), N(1))

/*
 * Before and behind.  MAKE() has what is made in @made and as the first handle; GIVE()
 * does nothing where the pointer is NULL, since nothing was stored then.
 */

#define GOT(_p)		(*(HANDLE *)a->p[_p])

#define BEFORE(_name, ...)									\
static void before_##_name(struct __test_metadata *_metadata, struct world *w, struct args *a)	\
{												\
	(void)a;										\
	OK(__VA_ARGS__);									\
}

#define BEHIND(_name, ...)									\
static void behind_##_name(struct __test_metadata *_metadata, struct world *w, struct args *a)	\
{												\
	OK(__VA_ARGS__);									\
}

#define MAKE(_name, ...)									\
static void before_##_name(struct __test_metadata *_metadata, struct world *w, struct args *a)	\
{												\
	OK(__VA_ARGS__);									\
	a->on[0] = a->made;									\
}

#define GIVE(_name, _p, ...)									\
static void behind_##_name(struct __test_metadata *_metadata, struct world *w, struct args *a)	\
{												\
	if (a->p[_p])										\
		OK(__VA_ARGS__);								\
}

static void before_leave(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	UINT max;

	(void)w;
	a->h = join(_metadata, AF_INET, 5, 0, &max);
}

static void before_delete_route(struct __test_metadata *_metadata, struct world *w,
				struct args *a)
{
	a->on[0] = add_route(_metadata, w->h, "10.2.0.0/16", w->handle[OWN][NEXTHOP], 10);
}

static void before_delete_nexthop(struct __test_metadata *_metadata, struct world *w,
				  struct args *a)
{
	a->on[0] = add_nexthop(_metadata, w->h, "192.0.2.5");
}

static void before_cover(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	a->made = add_route(_metadata, w->h, "0.0.0.0/0", NULL, 10);
}

static void behind_cover(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	DWORD change;

	OK(RtmReleaseDestInfo(w->h, a->p[0]));
	OK(RtmDeleteRouteToDest(w->h, a->made, &change));
}

/* An update that changes something. */
static inline DWORD touch(struct world *w, ULONG metric)
{
	RTM_ROUTE_INFO info = route_info(w->handle[OWN][NEXTHOP], metric);
	DWORD change = 0;

	return put_route(w->h, TARGET, &info, &w->handle[OWN][ROUTE], &change);
}

static void before_changed(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	OK(RtmRegisterForChangeNotification(w->h, BOTH, RTM_CHANGE_TYPE_ALL, NULL, &a->made));
	a->on[0] = a->made;
	OK(touch(w, 11));
	OK(touch(w, 10));
}

static void behind_changed(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	OK(RtmReleaseChangedDests(w->h, a->on[0], *(UINT *)a->p[0], a->p[1]));
	OK(RtmDeregisterFromChangeNotification(w->h, a->made));
}

/* Updated, or, where the neighbour is another, added. */
static void behind_add_route(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	DWORD change = *(DWORD *)a->p[3];

	if (!a->p[0])
		return;
	OK(change & RTM_ROUTE_CHANGE_NEW ? RtmDeleteRouteToDest(w->h, GOT(0), &change) :
					   RtmReleaseRoutes(w->h, 1, a->p[0]));
}

static void behind_entities(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	if (a->p[1])
		OK(RtmReleaseEntities(w->h, *(UINT *)a->p[0], a->p[1]));
}

static void behind_dests(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	OK(RtmReleaseDests(w->h, *(UINT *)a->p[0], a->p[1]));
	OK(RtmDeleteEnumHandle(w->h, a->on[0]));
}

static void behind_routes(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	OK(RtmReleaseRoutes(w->h, *(UINT *)a->p[0], a->p[1]));
	OK(RtmDeleteEnumHandle(w->h, a->on[0]));
}

static void behind_nexthops(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	OK(RtmReleaseNextHops(w->h, *(UINT *)a->p[0], a->p[1]));
	OK(RtmDeleteEnumHandle(w->h, a->on[0]));
}

static void behind_exact_route(struct __test_metadata *_metadata, struct world *w,
			       struct args *a)
{
	OK(RtmReleaseRouteInfo(w->h, a->p[1]));
	if (a->p[2])
		OK(RtmReleaseRoutes(w->h, 1, a->p[2]));
}

static void behind_register(struct __test_metadata *_metadata, struct world *w, struct args *a)
{
	(void)w;
	OK(RtmDeregisterEntity(GOT(3)));
}

BEFORE(reference, RtmReferenceHandles(w->h, 1, a->p[0]))
BEFORE(unlock_dest, RtmLockDestination(w->h, w->handle[OWN][DEST], TRUE, TRUE))
BEFORE(unlock_route, RtmLockRoute(w->h, w->handle[OWN][ROUTE], TRUE, TRUE, NULL))
BEFORE(unlock_nexthop, RtmLockNextHop(w->h, w->handle[OWN][NEXTHOP], TRUE, TRUE, NULL))
MAKE(dest_enum, RtmCreateDestEnum(w->h, BOTH, 0, NULL, 0, &a->made))
MAKE(route_enum, RtmCreateRouteEnum(w->h, NULL, BOTH, 0, NULL, 0, NULL, 0, &a->made))
MAKE(nexthop_enum, RtmCreateNextHopEnum(w->h, 0, NULL, &a->made))
MAKE(list_enum, RtmCreateRouteListEnum(w->h, w->handle[OWN][LIST], &a->made))
MAKE(list, RtmCreateRouteList(w->h, &a->made))
MAKE(notify, RtmRegisterForChangeNotification(w->h, 0, RTM_CHANGE_TYPE_ALL, NULL, &a->made))

GIVE(dest_info_0, 0, RtmReleaseDestInfo(w->h, a->p[0]))
GIVE(dest_info_1, 1, RtmReleaseDestInfo(w->h, a->p[1]))
GIVE(route_info, 0, RtmReleaseRouteInfo(w->h, a->p[0]))
GIVE(nexthop_info, 0, RtmReleaseNextHopInfo(w->h, a->p[0]))
GIVE(nexthop, 1, RtmReleaseNextHops(w->h, 1, a->p[1]))
GIVE(enum_1, 1, RtmDeleteEnumHandle(w->h, GOT(1)))
GIVE(enum_2, 2, RtmDeleteEnumHandle(w->h, GOT(2)))
GIVE(notify, 0, RtmDeregisterFromChangeNotification(w->h, GOT(0)))
GIVE(list, 0, RtmDeleteRouteList(w->h, GOT(0)))
GIVE(list_enum, 0, RtmDeleteEnumHandle(w->h, GOT(0)))
GIVE(reference, 0, RtmDereferenceHandles(w->h, 1, a->p[0]))
BEHIND(lock_dest, RtmLockDestination(w->h, a->on[0], TRUE, FALSE))
BEHIND(lock_route, RtmLockRoute(w->h, a->on[0], TRUE, FALSE, NULL))
BEHIND(lock_nexthop, RtmLockNextHop(w->h, a->on[0], TRUE, FALSE, NULL))
BEHIND(mark, RtmMarkDestForChangeNotification(w->h, a->on[0], a->on[1], FALSE))
BEHIND(insert, RtmInsertInRouteList(w->h, w->handle[OWN][LIST], a->n[0], a->p[0]))
BEHIND(block, RtmBlockMethods(w->h, a->on[0], 0, RTM_RESUME_METHODS))

#define ONLY_OWN	.foreign = ERROR_ACCESS_DENIED
#define READ_ALL	.foreign = WORKS, .ended = WORKS
#define IN_ARRAY	.p = 1, .null = SKIPPED, .release = true
#define FIELD(_p, _type, _member)	.p = 1 + (_p), .off = offsetof(_type, _member)
#define HELD(_type, _member)	FIELD(0, _type, _member), .null = WORKS, .release = true

static const struct call calls[] = {
	{
		"RtmRegisterEntity", do_RegisterEntity, NULL, behind_register,
		.p = { WHO, METHODS, PROFILE, HANDLE_OUT }, .optional = 1 << 1, .no_h = true,
	}, {
		"RtmDeregisterEntity", do_DeregisterEntity, before_leave,
	}, {
		"RtmGetRegisteredEntities", do_GetRegisteredEntities, NULL, behind_entities,
		.p = { ROOM_FOR_ALL, HANDLE_ARRAY, WHO_ARRAY }, .optional = 6,
	}, {
		"RtmReleaseEntities", do_ReleaseEntities, before_reference,
		.on = { { ENTITY, IN_ARRAY } },
		.n = { 1 }, .p = { ONE_ENTITY }, .array = 1,
	}, {
		"RtmLockDestination", do_LockDestination, NULL, behind_lock_dest,
		.on = { { DEST, .foreign = WORKS } }, .n = { TRUE, TRUE },
	}, {
		"RtmLockDestination (unlock)", do_LockDestination, before_unlock_dest,
		.on = { { DEST, .foreign = WORKS } }, .n = { TRUE, FALSE },
	}, {
		"RtmGetOpaqueInformationPointer", do_GetOpaqueInformationPointer,
		.on = { { DEST, .foreign = WORKS } }, .p = { HANDLE_OUT },
	}, {
		"RtmGetEntityInfo", do_GetEntityInfo,
		.on = { { ENTITY, READ_ALL } }, .p = { WHO_OUT },
	}, {
		"RtmGetDestInfo", do_GetDestInfo, NULL, behind_dest_info_0,
		.on = { { DEST, .foreign = WORKS } }, .n = { RTM_BEST_PROTOCOL, BOTH },
		.p = { DEST_OUT },
	}, {
		"RtmGetRouteInfo", do_GetRouteInfo, NULL, behind_route_info,
		.on = { { ROUTE, READ_ALL } }, .p = { ROUTE_OUT, NET_OUT }, .optional = 3,
	}, {
		"RtmGetNextHopInfo", do_GetNextHopInfo, NULL, behind_nexthop_info,
		.on = { { NEXTHOP, READ_ALL } }, .p = { NEXTHOP_OUT },
	}, {
		"RtmReleaseEntityInfo", do_ReleaseEntityInfo, .p = { WHO },
	}, {
		"RtmReleaseDestInfo", do_ReleaseDestInfo,
		.on = { { DEST, HELD(RTM_DEST_INFO, DestHandle) },
			{ ROUTE, HELD(RTM_DEST_INFO, ViewInfo[0].Route) },
			{ ENTITY, HELD(RTM_DEST_INFO, ViewInfo[0].Owner) },
			{ ROUTE, HELD(RTM_DEST_INFO, ViewInfo[0].HoldRoute) } },
		.p = { DEST_EMPTY },
	}, {
		"RtmReleaseRouteInfo", do_ReleaseRouteInfo,
		.on = { { DEST, HELD(RTM_ROUTE_INFO, DestHandle) },
			{ ENTITY, HELD(RTM_ROUTE_INFO, RouteOwner) },
			{ NEXTHOP, HELD(RTM_ROUTE_INFO, Neighbour) },
			{ NEXTHOP, HELD(RTM_ROUTE_INFO, NextHopsList.NextHops[0]) } },
		.p = { ROUTE_EMPTY },
	}, {
		"RtmReleaseNextHopInfo", do_ReleaseNextHopInfo,
		.on = { { ENTITY, HELD(RTM_NEXTHOP_INFO, NextHopOwner) },
			{ DEST, HELD(RTM_NEXTHOP_INFO, RemoteNextHop) } },
		.p = { NEXTHOP_EMPTY },
	}, {
		"RtmAddRouteToDest", do_AddRouteToDest, NULL, behind_add_route,
		.on = { { LIST, .null = WORKS },
			{ ROUTE, .p = 1, ONLY_OWN, .null = WORKS },
			{ NEXTHOP, FIELD(2, RTM_ROUTE_INFO, Neighbour), .null = WORKS },
			{ NEXTHOP, FIELD(2, RTM_ROUTE_INFO, NextHopsList.NextHops[0]) } },
		.n = { INFINITE }, .p = { NO_HANDLE, NET, ROUTE_IN, ZERO }, .optional = 1,
	}, {
		"RtmDeleteRouteToDest", do_DeleteRouteToDest, before_delete_route,
		.on = { { ROUTE, ONLY_OWN, .ended = ERROR_NOT_FOUND } }, .p = { WORD },
	}, {
		"RtmHoldDestination", do_HoldDestination,
		.on = { { DEST, .foreign = WORKS } }, .n = { BOTH, 1 },
	}, {
		"RtmGetRoutePointer", do_GetRoutePointer,
		.on = { { ROUTE, ONLY_OWN, .ended = WORKS } }, .p = { HANDLE_OUT },
	}, {
		"RtmLockRoute", do_LockRoute, NULL, behind_lock_route,
		.on = { { ROUTE, ONLY_OWN } }, .n = { TRUE, TRUE }, .p = { HANDLE_OUT },
		.optional = 1,
	}, {
		"RtmLockRoute (unlock)", do_LockRoute, before_unlock_route,
		.on = { { ROUTE, ONLY_OWN, .ended = UNTRIED } },
		.n = { TRUE, FALSE }, .p = { HANDLE_OUT }, .optional = 1,
	}, {
		"RtmUpdateAndUnlockRoute", do_UpdateAndUnlockRoute, before_unlock_route,
		.on = { { ROUTE, ONLY_OWN }, { LIST, .null = WORKS } }, .n = { INFINITE },
		.p = { WORD },
	}, {
		"RtmGetExactMatchDestination", do_GetExactMatchDestination, NULL,
		behind_dest_info_1, .n = { RTM_BEST_PROTOCOL, BOTH }, .p = { NET, DEST_OUT },
	}, {
		"RtmGetMostSpecificDestination", do_GetMostSpecificDestination, NULL,
		behind_dest_info_1, .n = { RTM_BEST_PROTOCOL, BOTH }, .p = { NET, DEST_OUT },
	}, {
		"RtmGetLessSpecificDestination", do_GetLessSpecificDestination, before_cover,
		behind_cover, .on = { { DEST, .foreign = WORKS } },
		.n = { RTM_BEST_PROTOCOL, BOTH }, .p = { DEST_OUT },
	}, {
		"RtmIsBestRoute", do_IsBestRoute, .on = { { ROUTE, READ_ALL } }, .p = { WORD },
	}, {
		"RtmAddNextHop", do_AddNextHop, NULL, behind_nexthop,
		.on = { { NEXTHOP, .p = 2, ONLY_OWN, .null = WORKS },
			{ DEST, FIELD(0, RTM_NEXTHOP_INFO, RemoteNextHop), .foreign = UNTRIED,
			  .null = WORKS } },
		.p = { NEXTHOP_IN, NO_HANDLE, WORD }, .optional = 1 << 1,
	}, {
		"RtmFindNextHop", do_FindNextHop, NULL, behind_nexthop,
		.p = { NEXTHOP_IN, HANDLE_OUT, HANDLE_OUT }, .optional = 6,
	}, {
		"RtmDeleteNextHop", do_DeleteNextHop, before_delete_nexthop,
		.on = { { NEXTHOP, ONLY_OWN, .ended = ERROR_NOT_FOUND, .null = UNTRIED } },
		.p = { NEXTHOP_IN }, .optional = 1,
	}, {
		"RtmGetNextHopPointer", do_GetNextHopPointer,
		.on = { { NEXTHOP, ONLY_OWN, .ended = WORKS } }, .p = { HANDLE_OUT },
	}, {
		"RtmLockNextHop", do_LockNextHop, NULL, behind_lock_nexthop,
		.on = { { NEXTHOP, .wrong = ERROR_NOT_FOUND, ONLY_OWN,
			  .ended = ERROR_NOT_FOUND, .null = ERROR_NOT_FOUND } },
		.n = { TRUE, TRUE }, .p = { HANDLE_OUT }, .optional = 1,
	}, {
		"RtmLockNextHop (unlock)", do_LockNextHop, before_unlock_nexthop,
		.on = { { NEXTHOP, .wrong = ERROR_NOT_FOUND, ONLY_OWN,
			  .ended = ERROR_ACCESS_DENIED, .null = ERROR_NOT_FOUND } },
		.n = { TRUE, FALSE }, .p = { HANDLE_OUT }, .optional = 1,
	}, {
		"RtmGetExactMatchRoute", do_GetExactMatchRoute, NULL, behind_exact_route,
		.on = { { ENTITY, FIELD(1, RTM_ROUTE_INFO, RouteOwner), .foreign = WORKS,
			  .ended = ERROR_NOT_FOUND } },
		.n = { RTM_MATCH_OWNER, 0, BOTH }, .p = { NET, CRITERIA, HANDLE_OUT },
		.optional = 1 << 2,
	}, {
		"RtmGetExactMatchRoute (full)", do_GetExactMatchRoute, NULL, behind_exact_route,
		.on = { { NEXTHOP, FIELD(1, RTM_ROUTE_INFO, Neighbour),
			  .foreign = ERROR_NOT_FOUND, .ended = ERROR_NOT_FOUND,
			  .null = ERROR_NOT_FOUND },
			{ NEXTHOP, FIELD(1, RTM_ROUTE_INFO, NextHopsList.NextHops[0]),
			  .foreign = ERROR_NOT_FOUND, .ended = ERROR_NOT_FOUND } },
		.n = { RTM_MATCH_FULL, 1, BOTH }, .p = { NET, CRITERIA, HANDLE_OUT },
		.optional = 1 << 2,
	}, {
		"RtmCreateDestEnum", do_CreateDestEnum, NULL, behind_enum_1,
		.n = { BOTH, RTM_ENUM_START, RTM_BEST_PROTOCOL }, .p = { NET, HANDLE_OUT },
		.optional = 1,
	}, {
		"RtmCreateDestEnum (from)", do_CreateDestEnum, NULL, behind_enum_1,
		.n = { BOTH, RTM_ENUM_NEXT, RTM_BEST_PROTOCOL }, .p = { NET, HANDLE_OUT },
	}, {
		"RtmGetEnumDests", do_GetEnumDests, before_dest_enum, behind_dests,
		.on = { { DEST_ENUM } }, .p = { ROOM_FOR_ONE, DEST_OUT },
	}, {
		"RtmReleaseDests", do_ReleaseDests,
		.on = { { DEST, HELD(RTM_DEST_INFO, DestHandle) } },
		.n = { 1 }, .p = { DEST_EMPTY }, .array = 1,
	}, {
		"RtmCreateRouteEnum", do_CreateRouteEnum, NULL, behind_enum_2,
		.on = { { DEST, .foreign = WORKS, .null = WORKS } }, .n = { BOTH },
		.p = { NET, CRITERIA, HANDLE_OUT }, .optional = 3,
	}, {
		"RtmCreateRouteEnum (from)", do_CreateRouteEnum, NULL, behind_enum_2,
		.on = { { NOTHING },
			{ ENTITY, FIELD(1, RTM_ROUTE_INFO, RouteOwner), .foreign = WORKS,
			  .ended = WORKS } },
		.n = { BOTH, RTM_ENUM_RANGE, RTM_MATCH_OWNER },
		.p = { NET, CRITERIA, HANDLE_OUT },
	}, {
		"RtmGetEnumRoutes", do_GetEnumRoutes, before_route_enum, behind_routes,
		.on = { { ROUTE_ENUM } }, .p = { ROOM_FOR_ONE, HANDLE_OUT },
	}, {
		"RtmCreateNextHopEnum", do_CreateNextHopEnum, NULL, behind_enum_1,
		.n = { RTM_ENUM_START }, .p = { NET, HANDLE_OUT }, .optional = 1,
	}, {
		"RtmCreateNextHopEnum (from)", do_CreateNextHopEnum, NULL, behind_enum_1,
		.n = { RTM_ENUM_RANGE }, .p = { NET, HANDLE_OUT },
	}, {
		"RtmGetEnumNextHops", do_GetEnumNextHops, before_nexthop_enum, behind_nexthops,
		.on = { { NEXTHOP_ENUM } }, .p = { ROOM_FOR_ONE, HANDLE_OUT },
	}, {
		"RtmDeleteEnumHandle", do_DeleteEnumHandle, before_dest_enum, .on = { { ENUM } },
	}, {
		"RtmRegisterForChangeNotification", do_RegisterForChangeNotification, NULL,
		behind_notify, .n = { BOTH, RTM_CHANGE_TYPE_BEST }, .p = { HANDLE_OUT },
	}, {
		"RtmGetChangedDests", do_GetChangedDests, before_changed, behind_changed,
		.on = { { NOTIFY } }, .p = { ROOM_FOR_ONE, DEST_OUT },
	}, {
		"RtmReleaseChangedDests", do_ReleaseChangedDests,
		.on = { { NOTIFY }, { DEST, HELD(RTM_DEST_INFO, DestHandle) } },
		.n = { 1 }, .p = { DEST_EMPTY }, .array = 1,
	}, {
		"RtmIgnoreChangedDests", do_IgnoreChangedDests,
		.on = { { NOTIFY }, { DEST, .p = 1, .foreign = WORKS } },
		.n = { 1 }, .p = { ONE_DEST }, .array = 1,
	}, {
		"RtmGetChangeStatus", do_GetChangeStatus,
		.on = { { NOTIFY }, { DEST, .foreign = WORKS } }, .p = { WORD },
	}, {
		"RtmMarkDestForChangeNotification", do_MarkDestForChangeNotification, NULL,
		behind_mark, .on = { { NOTIFY }, { DEST, .foreign = WORKS } }, .n = { TRUE },
	}, {
		"RtmIsMarkedForChangeNotification", do_IsMarkedForChangeNotification,
		.on = { { NOTIFY }, { DEST, .foreign = WORKS } }, .p = { WORD },
	}, {
		"RtmDeregisterFromChangeNotification", do_DeregisterFromChangeNotification,
		before_notify, .on = { { NOTIFY } },
	}, {
		"RtmCreateRouteList", do_CreateRouteList, NULL, behind_list,
		.p = { HANDLE_OUT },
	}, {
		"RtmInsertInRouteList", do_InsertInRouteList, NULL, behind_insert,
		.on = { { LIST, .null = WORKS }, { ROUTE, .p = 1 } },
		.n = { 1 }, .p = { ONE_ROUTE }, .array = 1,
	}, {
		"RtmCreateRouteListEnum", do_CreateRouteListEnum, NULL, behind_list_enum,
		.on = { { LIST } }, .p = { HANDLE_OUT },
	}, {
		"RtmGetListEnumRoutes", do_GetListEnumRoutes, before_list_enum, behind_routes,
		.on = { { LIST_ENUM } }, .p = { ROOM_FOR_ONE, HANDLE_OUT },
	}, {
		"RtmDeleteRouteList", do_DeleteRouteList, before_list, .on = { { LIST } },
	}, {
		"RtmGetEntityMethods", do_GetEntityMethods,
		.on = { { ENTITY, .foreign = WORKS } }, .p = { ROOM_FOR_ALL, HANDLE_ARRAY },
	}, {
		"RtmInvokeMethod", do_InvokeMethod, .on = { { ENTITY, .foreign = WORKS } },
		.p = { INPUT, OUTPUT_SIZE, OUTPUT },
	}, {
		"RtmBlockMethods", do_BlockMethods, NULL, behind_block,
		.on = { { ANY, .foreign = WORKS, .ended = WORKS, .null = WORKS } },
		.n = { 0, RTM_BLOCK_METHODS },
	}, {
		"RtmReleaseRoutes", do_ReleaseRoutes, before_reference,
		.on = { { ROUTE, IN_ARRAY } }, .n = { 1 },
		.p = { ONE_ROUTE }, .array = 1,
	}, {
		"RtmReleaseNextHops", do_ReleaseNextHops, before_reference,
		.on = { { NEXTHOP, IN_ARRAY } }, .n = { 1 },
		.p = { ONE_NEXTHOP }, .array = 1,
	}, {
		"RtmReferenceHandles", do_ReferenceHandles, NULL, behind_reference,
		.on = { { ANY, .p = 1, .foreign = WORKS, .ended = WORKS } }, .n = { 1 },
		.p = { ONE_ROUTE }, .array = 1,
	}, {
		"RtmDereferenceHandles", do_DereferenceHandles, before_reference,
		.on = { { ANY, IN_ARRAY } }, .n = { 1 },
		.p = { ONE_ROUTE }, .array = 1,
	}, {
		"RtmConvertNetAddressToIpv6AddressAndLength",
		do_ConvertNetAddressToIpv6AddressAndLength,
		.n = { sizeof(IN6_ADDR) }, .p = { NET6, ADDR_OUT, WORD }, .no_h = true,
	}, {
		"RtmConvertIpv6AddressAndLengthToNetAddress",
		do_ConvertIpv6AddressAndLengthToNetAddress,
		.n = { 128, sizeof(IN6_ADDR) }, .p = { NET_OUT }, .no_h = true,
	},
};

#endif /* RTM_MATRIX_CALLS_H */
