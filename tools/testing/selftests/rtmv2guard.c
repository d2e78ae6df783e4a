// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers of <rtmv2.h>: as long as the header says, and not a byte is written beyond.
 *
 * How this file works: rtmv2matrix has each call with a buffer of one size; here are the
 * calls whose answer has no fixed size, with every size that matters: as many views,
 * next hops or elements as there are, fewer, and more.  Buffers stand between guard
 * bytes; what a call offers room for and does not use keeps its poison.
 */
#include "rtm_matrix.h"

#define N_ROUTES	5	/* more than any array here but the longest */

FIXTURE(rtmv2guard) {
	struct env env;
	struct world w;
	RTM_ROUTE_HANDLE route[N_ROUTES];
	RTM_NEXTHOP_HANDLE nh[N_ROUTES];
};

/* Routes 10.0.1.0/24 and on, each with a next hop more than the one before. */
static void add_routes(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2guard) *self)
{
	RTM_ROUTE_INFO *info = calloc(1, RTM_SIZE_OF_ROUTE_INFO(N_ROUTES));
	RTM_NEXTHOP_HANDLE *hops = info->NextHopsList.NextHops;
	char text[32];
	DWORD change;
	int i;

	info->BelongsToViews = BOTH;
	for (i = 0; i < N_ROUTES; i++) {
		snprintf(text, sizeof(text), "192.0.3.%d", i + 1);
		self->nh[i] = add_nexthop(_metadata, self->w.h, text);
		snprintf(text, sizeof(text), "10.0.%d.0/24", i + 1);
		info->NextHopsList.NumNextHops = i;
		memcpy(hops, self->nh, i * sizeof(*hops));
		change = 0;
		OK(RtmAddRouteToDest(self->w.h, &self->route[i], (RTM_NET_ADDRESS[]){ net(text) },
				     info, INFINITE, self->w.handle[OWN][LIST], 0, NULL, &change));
	}
	free(info);
}

FIXTURE_SETUP(rtmv2guard)
{
	env_setup(_metadata, &self->env);
	world_make(_metadata, &self->w);
	add_routes(_metadata, self);
}

FIXTURE_TEARDOWN(rtmv2guard)
{
	DWORD change;
	int i;

	for (i = 0; i < N_ROUTES; i++) {
		IS(NO_ERROR, RtmDeleteRouteToDest(self->w.h, self->route[i], &change));
		IS(NO_ERROR, RtmDeleteNextHop(self->w.h, self->nh[i], NULL));
		IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(self->w.h, 1, &self->route[i]));
		IS(ERROR_INVALID_HANDLE, RtmReleaseNextHops(self->w.h, 1, &self->nh[i]));
	}
	world_end(_metadata, &self->w);
	env_clean(_metadata, &self->env);
}

static bool poisoned(const void *p, size_t size)
{
	const unsigned char *byte = p;

	while (size--)
		if (*byte++ != 0xcc)
			return false;
	return true;
}

/*
 * Views
 */

static const RTM_VIEW_SET view_sets[] = {
	RTM_VIEW_MASK_ANY, RTM_VIEW_MASK_UCAST, RTM_VIEW_MASK_MCAST, BOTH, RTM_VIEW_MASK_ALL,
};

static UINT blocks_of(RTM_VIEW_SET views)
{
	return __builtin_popcount(views & BOTH);
}

static DWORD query(FIXTURE_DATA(rtmv2guard) *self, int which, RTM_VIEW_SET views,
		   RTM_DEST_INFO *info)
{
	RTM_DEST_HANDLE dest = self->w.handle[OWN][DEST];
	RTM_NET_ADDRESS exact = net(TARGET), host = net("10.200.0.1/32");
	RTM_DEST_INFO inner;
	DWORD ret;

	switch (which) {
	case 0:
		return RtmGetDestInfo(self->w.h, dest, RTM_BEST_PROTOCOL, views, info);
	case 1:
		return RtmGetExactMatchDestination(self->w.h, &exact, 0, views, info);
	case 2:
		return RtmGetMostSpecificDestination(self->w.h, &host, 0, views, info);
	}
	exact = net("10.0.1.0/24");
	ret = RtmGetExactMatchDestination(self->w.h, &exact, 0, 0, &inner);
	if (ret)
		return ret;
	ret = RtmGetLessSpecificDestination(self->w.h, inner.DestHandle, 0, views, info);
	RtmReleaseDestInfo(self->w.h, &inner);
	return ret;
}

TEST_F(rtmv2guard, dest_info)
{
	RTM_DEST_INFO *info;
	unsigned int i;
	int which;

	for (i = 0; i < 4 * ARRAY_SIZE(view_sets); i++) {
		RTM_VIEW_SET views = view_sets[i / 4];

		which = i % 4;
		info = guard_alloc(RTM_SIZE_OF_DEST_INFO(blocks_of(views)));
		OK(query(self, which, views, info));
		EXPECT_EQ(blocks_of(views), info->NumberOfViews);
		EXPECT_TRUE(net_is(&info->DestAddress, TARGET));
		EXPECT_TRUE(guard_ok(info))
			TH_LOG("query %d, views %#x", which, views);
		OK(RtmReleaseDestInfo(self->w.h, info));
		guard_free(info);
	}
}

/* ROOM elements of an enumeration where there are more; what is not used is not touched. */
static void some_dests(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2guard) *self,
		       RTM_VIEW_SET views, UINT room)
{
	size_t size = RTM_SIZE_OF_DEST_INFO(blocks_of(views));
	RTM_DEST_INFO *infos = guard_alloc(room * size);
	UINT n = room, want = room < 1 + N_ROUTES ? room : 1 + N_ROUTES;
	RTM_ENUM_HANDLE e;

	OK(RtmCreateDestEnum(self->w.h, views, 0, NULL, 0, &e));
	OK(RtmGetEnumDests(self->w.h, e, &n, infos));
	EXPECT_EQ(want, n);
	EXPECT_TRUE(poisoned((char *)infos + n * size, (room - n) * size));
	EXPECT_TRUE(guard_ok(infos))
		TH_LOG("room for %u, views %#x", room, views);
	OK(RtmReleaseDests(self->w.h, n, infos));
	OK(RtmDeleteEnumHandle(self->w.h, e));
	guard_free(infos);
}

TEST_F(rtmv2guard, enum_dests)
{
	unsigned int i;
	UINT room;

	for (i = 0; i < ARRAY_SIZE(view_sets); i++)
		for (room = 1; room <= 3 + N_ROUTES; room++)
			some_dests(_metadata, self, view_sets[i], room);
}

/* All that has changed since, by calls of ROOM elements each. */
static UINT drain(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, RTM_NOTIFY_HANDLE notify,
		  UINT blocks, UINT room)
{
	size_t size = RTM_SIZE_OF_DEST_INFO(blocks);
	RTM_DEST_INFO *infos;
	UINT n, total = 0;
	DWORD status;

	do {
		infos = guard_alloc(room * size);
		n = room;
		status = RtmGetChangedDests(h, notify, &n, infos);
		EXPECT_LE(n, room);
		EXPECT_TRUE(poisoned((char *)infos + n * size, (room - n) * size));
		EXPECT_TRUE(guard_ok(infos))
			TH_LOG("room for %u, %u blocks", room, blocks);
		OK(RtmReleaseChangedDests(h, notify, n, infos));
		guard_free(infos);
		total += n;
	} while (status == NO_ERROR);
	EXPECT_EQ(ERROR_NO_MORE_ITEMS, status);
	EXPECT_EQ(0, n);
	return total;
}

static void touch_all(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2guard) *self,
		      ULONG metric)
{
	RTM_ROUTE_INFO info = route_info(NULL, metric);
	char dest[32];
	DWORD change;
	int i;

	for (i = 0; i < N_ROUTES; i++) {
		snprintf(dest, sizeof(dest), "10.0.%d.0/24", i + 1);
		change = 0;
		OK(put_route(self->w.h, dest, &info, &self->route[i], &change));
	}
}

TEST_F(rtmv2guard, changed_dests)
{
	RTM_NOTIFY_HANDLE notify;
	unsigned int i;
	UINT room;

	for (i = 0; i < ARRAY_SIZE(view_sets); i++) {
		OK(RtmRegisterForChangeNotification(self->w.h, view_sets[i], RTM_CHANGE_TYPE_ALL,
						    NULL, &notify));
		for (room = 1; room <= 2 + N_ROUTES; room++) {
			touch_all(_metadata, self, room);
			EXPECT_EQ(N_ROUTES, drain(_metadata, self->w.h, notify,
						  blocks_of(view_sets[i]), room));
		}
		OK(RtmDeregisterFromChangeNotification(self->w.h, notify));
	}
}

/*
 * Next hops
 */

/* A route with I next hops, in a buffer for I and in one for two more. */
TEST_F(rtmv2guard, route_info)
{
	RTM_NET_ADDRESS *n = guard_alloc(sizeof(*n));
	RTM_ROUTE_INFO *info;
	char text[32];
	UINT i, more;

	for (i = 0; i < 2 * N_ROUTES; i++) {
		more = i % 2 * 2;
		info = guard_alloc(RTM_SIZE_OF_ROUTE_INFO(i / 2 + more));
		OK(RtmGetRouteInfo(self->w.h, self->route[i / 2], info, n));
		snprintf(text, sizeof(text), "10.0.%u.0/24", i / 2 + 1);
		EXPECT_TRUE(net_is(n, text));
		EXPECT_EQ(i / 2, info->NextHopsList.NumNextHops);
		EXPECT_TRUE(poisoned(&info->NextHopsList.NextHops[i / 2], more * sizeof(HANDLE)));
		EXPECT_TRUE(guard_ok(info))
			TH_LOG("%u next hops, room for %u", i / 2, i / 2 + more);
		EXPECT_TRUE(guard_ok(n));
		OK(RtmReleaseRouteInfo(self->w.h, info));
		guard_free(info);
	}
	guard_free(n);
}

TEST_F(rtmv2guard, exact_route)
{
	RTM_ROUTE_INFO *info;
	RTM_NET_ADDRESS n;
	char text[32];
	UINT i;

	for (i = 0; i < N_ROUTES; i++) {
		snprintf(text, sizeof(text), "10.0.%u.0/24", i + 1);
		n = net(text);
		info = guard_alloc(RTM_SIZE_OF_ROUTE_INFO(i));
		OK(RtmGetExactMatchRoute(self->w.h, &n, RTM_MATCH_NONE, info, 0, BOTH, NULL));
		EXPECT_EQ(i, info->NextHopsList.NumNextHops);
		EXPECT_TRUE(guard_ok(info))
			TH_LOG("%u next hops", i);
		OK(RtmReleaseRouteInfo(self->w.h, info));
		guard_free(info);
	}
}

/*
 * Arrays of handles
 */

typedef DWORD (*handles_fn)(RTM_ENTITY_HANDLE h, RTM_ENUM_HANDLE e, PUINT count, HANDLE *handles);

/* ROOM handles of an enumeration that has TOTAL; it is deleted. */
static void some_handles(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, handles_fn fn,
			 RTM_ENUM_HANDLE e, UINT total, UINT room)
{
	HANDLE *handles = guard_alloc(room * sizeof(*handles));
	UINT *n = guard_alloc(sizeof(*n));

	*n = room;
	OK(fn(h, e, n, handles));
	EXPECT_EQ(room < total ? room : total, *n)
		TH_LOG("room for %u", room);
	EXPECT_TRUE(poisoned(handles + *n, (room - *n) * sizeof(*handles)));
	EXPECT_TRUE(guard_ok(handles));
	EXPECT_TRUE(guard_ok(n));
	OK(RtmDereferenceHandles(h, *n, handles));
	OK(RtmDeleteEnumHandle(h, e));
	guard_free(handles);
	guard_free(n);
}

TEST_F(rtmv2guard, enum_handles)
{
	RTM_ROUTE_LIST_HANDLE list = self->w.handle[OWN][LIST];
	RTM_ENTITY_HANDLE h = self->w.h;
	RTM_ENUM_HANDLE e;
	UINT room;

	for (room = 1; room <= 4 + N_ROUTES; room++) {
		OK(RtmCreateRouteEnum(h, NULL, 0, 0, NULL, 0, NULL, 0, &e));
		some_handles(_metadata, h, RtmGetEnumRoutes, e, 2 + N_ROUTES, room);
		OK(RtmCreateNextHopEnum(h, 0, NULL, &e));
		some_handles(_metadata, h, RtmGetEnumNextHops, e, 1 + N_ROUTES, room);
		OK(RtmCreateRouteListEnum(h, list, &e));
		some_handles(_metadata, h, RtmGetListEnumRoutes, e, 1 + N_ROUTES, room);
	}
}

/* Two entities are there; either array may be missing. */
static void some_entities(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, UINT room,
			  bool handles, bool infos)
{
	HANDLE *to = guard_alloc(room * sizeof(*to));
	RTM_ENTITY_INFO *names = guard_alloc(room * sizeof(*names));
	UINT n = room, used = room < 2 ? room : 2;

	IS(room < 2 ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR,
	   RtmGetRegisteredEntities(h, &n, handles ? to : NULL, infos ? names : NULL));
	EXPECT_EQ(room ? used : 2, n);
	EXPECT_TRUE(poisoned(to + used, (room - used) * sizeof(*to)));
	EXPECT_TRUE(poisoned(names + used, (room - used) * sizeof(*names)));
	EXPECT_TRUE(guard_ok(to) && guard_ok(names))
		TH_LOG("room for %u", room);
	if (handles)
		OK(RtmReleaseEntities(h, used, to));
	guard_free(to);
	guard_free(names);
}

TEST_F(rtmv2guard, entities)
{
	UINT room;

	for (room = 0; room <= 40; room += room < 4 ? 1 : 12) {
		some_entities(_metadata, self->w.h, room, true, true);
		some_entities(_metadata, self->w.h, room, true, false);
		some_entities(_metadata, self->w.h, room, false, true);
	}
}

TEST_F(rtmv2guard, entity_methods)
{
	RTM_ENTITY_EXPORT_METHOD *methods;
	UINT room, n, used;

	for (room = 0; room <= 4; room++) {
		methods = guard_alloc(room * sizeof(*methods));
		n = room;
		used = room < 2 ? room : 2;
		IS(room == 1 ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR,
		   RtmGetEntityMethods(self->w.h, self->w.h, &n, methods));
		EXPECT_EQ(room ? used : 2, n);
		EXPECT_TRUE(poisoned(methods + used, (room - used) * sizeof(*methods)));
		EXPECT_TRUE(guard_ok(methods))
			TH_LOG("room for %u", room);
		guard_free(methods);
	}
}

/* The results of two methods, with room for anything from nothing to all of them. */
TEST_F(rtmv2guard, method_output)
{
	RTM_ENTITY_METHOD_INPUT *in = guard_alloc(sizeof(*in));
	const UINT head = offsetof(RTM_ENTITY_METHOD_OUTPUT, OutputData);
	UINT room, size, all = (head + 1 + 3) / 4 * 4 + head + 1;
	unsigned char *out;

	for (room = 0; room <= all + 4; room++) {
		out = guard_alloc(room);
		*in = (RTM_ENTITY_METHOD_INPUT){ .MethodType = 3, .InputSize = 1 };
		size = room;
		/* a method with room for its head alone has done what it could */
		IS(room < all - 1 ? ERROR_INSUFFICIENT_BUFFER : NO_ERROR,
		   RtmInvokeMethod(self->w.h, self->w.h, in, &size, (void *)out))
			TH_LOG("room for %u", room);
		EXPECT_LE(size, room);
		EXPECT_TRUE(poisoned(out + size, room - size));
		EXPECT_TRUE(guard_ok(out))
			TH_LOG("room for %u", room);
		EXPECT_EQ(3, in->MethodType);
		guard_free(out);
	}
	guard_free(in);
}

/*
 * Addresses
 */

/* Bits beyond the length do not count where they go in, whatever they are. */
TEST_F(rtmv2guard, address_in)
{
	static const char * const texts[] = { "10.0.1.0/24", "10.0.1.255/24", "10.0.1.77/24" };
	RTM_NET_ADDRESS *n = guard_alloc(sizeof(*n));
	RTM_DEST_INFO *info = guard_alloc(RTM_SIZE_OF_DEST_INFO(0));
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		*n = net(texts[i]);
		OK(RtmGetExactMatchDestination(self->w.h, n, 0, RTM_VIEW_MASK_ANY, info));
		EXPECT_TRUE(net_is(&info->DestAddress, "10.0.1.0/24"));
		EXPECT_TRUE(poisoned(n->AddrBits + 4, 12));
		EXPECT_TRUE(guard_ok(n) && guard_ok(info));
		OK(RtmReleaseDestInfo(self->w.h, info));
	}
	guard_free(info);
	guard_free(n);
}

/* The setters for IPv4 leave the last 12 bytes alone, those for IPv6 nothing. */
TEST_F(rtmv2guard, address_macros)
{
	RTM_NET_ADDRESS *n = guard_alloc(sizeof(*n));
	IN6_ADDR *addr = guard_alloc(sizeof(*addr));
	DWORD *len = guard_alloc(sizeof(*len));
	ULONG v4, mask;
	USHORT bits;

	RTM_IPV4_SET_ADDR_AND_MASK(n, htonl(0x0a010000), htonl(0xffff0000));
	EXPECT_TRUE(poisoned(n->AddrBits + 4, 12));
	RTM_IPV4_GET_ADDR_AND_LEN(v4, bits, n);
	RTM_IPV4_GET_ADDR_AND_MASK(v4, mask, n);
	EXPECT_EQ(htonl(0x0a010000), v4);
	EXPECT_EQ(16, bits);
	EXPECT_EQ(htonl(0xffff0000), mask);
	RTM_IPV6_MAKE_NET_ADDRESS(n, in6addr_loopback, 128);
	EXPECT_TRUE(net_is(n, "::1/128"));
	RTM_IPV6_GET_ADDR_AND_LEN(addr, len, n);
	EXPECT_EQ(0, memcmp(addr, &in6addr_loopback, sizeof(*addr)));
	EXPECT_EQ(128, *len);
	EXPECT_TRUE(guard_ok(n) && guard_ok(addr) && guard_ok(len));
	guard_free(n);
	guard_free(addr);
	guard_free(len);
}

TEST_HARNESS_MAIN
