// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enumerations and route lists as a client of <rtmv2.h> uses them.
 *
 * How this file works: as the public samples do it, with buffers between guard bytes.
 * Two clients share a table; every test ends with nothing left in its namespace.
 */
#include "rtm_rtmv2.h"

#define MAX	4	/* items a call: fewer than there are */
#define ALIEN	((HANDLE)0x123456789)

#define OUTER_ROUTES	"0.0.0.0/0:1 9.0.0.0/8:1 10.0.0.0/8:1 10.0.0.0/8:2 "
#define ALL_ROUTES	OUTER_ROUTES "10.1.0.0/16:1 10.1.2.0/24:3 11.0.0.0/8:4"
#define FIRST_ROUTES	"12.7.0.0/16:0 12.6.0.0/16:1 12.5.0.0/16:2 "
#define MOVED_ROUTES	FIRST_ROUTES "12.4.0.0/16:3 12.3.0.0/16:4 12.2.0.0/16:5 12.1.0.0/16:6"

FIXTURE(rtmv2enum) {
	struct env env;
	RTM_ENTITY_HANDLE h;
	RTM_ENTITY_HANDLE other;
	RTM_NEXTHOP_HANDLE nh[4];
	RTM_ROUTE_HANDLE route;
	UINT max;
};

/* A route, without keeping its handle. */
static void put(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, const char *dest,
		RTM_NEXTHOP_HANDLE nh, ULONG metric, RTM_VIEW_SET views)
{
	RTM_ROUTE_INFO info = route_info(nh, metric);
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 0;

	info.BelongsToViews = views;
	OK(put_route(h, dest, &info, &route, &change));
	OK(RtmReleaseRoutes(h, 1, &route));
}

FIXTURE_SETUP(rtmv2enum)
{
	static const struct {
		const char *addr;
		ULONG ifindex;
	} hops[] = { { "10.0.0.1", 1 }, { "10.0.0.2", 1 }, { "11.0.0.1", 1 }, { "10.0.0.2", 2 } };
	RTM_ENTITY_INFO me = {
		.AddressFamily = AF_INET,
		.EntityId.EntityProtocolId = PROTO_IP_RIP,
	};
	RTM_REGN_PROFILE profile;
	DWORD change;
	int i;

	env_setup(_metadata, &self->env);
	OK(RtmRegisterEntity(&me, NULL, NULL, FALSE, &profile, &self->h));
	self->max = profile.MaxHandlesInEnum;
	OK(enter(AF_INET, PROTO_IP_OSPF, 1, FALSE, &self->other));
	for (i = 0; i < 4; i++) {
		RTM_NEXTHOP_INFO info = nexthop(hops[i].addr, hops[i].ifindex);

		OK(RtmAddNextHop(self->h, &info, &self->nh[i], &change));
	}
	put(_metadata, self->h, "0.0.0.0/0", NULL, 1, BOTH);
	put(_metadata, self->h, "9.0.0.0/8", self->nh[0], 1, RTM_VIEW_MASK_UCAST);
	self->route = add_route(_metadata, self->h, "10.0.0.0/8", self->nh[0], 2);
	put(_metadata, self->other, "10.0.0.0/8", NULL, 1, RTM_VIEW_MASK_UCAST);
	put(_metadata, self->other, "10.1.0.0/16", NULL, 1, BOTH);
	put(_metadata, self->h, "10.1.2.0/24", self->nh[1], 3, RTM_VIEW_MASK_MCAST);
	put(_metadata, self->other, "11.0.0.0/8", NULL, 4, RTM_VIEW_MASK_UCAST);
}

FIXTURE_TEARDOWN(rtmv2enum)
{
	IS(NO_ERROR, RtmReleaseNextHops(self->h, 4, self->nh));
	IS(NO_ERROR, RtmReleaseRoutes(self->h, 1, &self->route));
	IS(NO_ERROR, RtmDeregisterEntity(self->other));
	IS(NO_ERROR, RtmDeregisterEntity(self->h));
	env_clean(_metadata, &self->env);
}

static void say_net(char *text, const RTM_NET_ADDRESS *n)
{
	char addr[64];

	inet_ntop(n->AddressFamily, n->AddrBits, addr, sizeof(addr));
	sprintf(text + strlen(text), "%s%s/%u", *text ? " " : "", addr, n->NumBits);
}

/* Elements of a call, each checked for the blocks it must have. */
static void say_dests(struct __test_metadata *_metadata, const RTM_DEST_INFO *infos, UINT n,
		      UINT blocks, char *text)
{
	const RTM_DEST_INFO *info = infos;
	UINT i, v;

	for (i = 0; i < n; i++) {
		say_net(text, &info->DestAddress);
		EXPECT_EQ(blocks, info->NumberOfViews);
		for (v = 0; blocks == 2 && v < 2; v++)
			EXPECT_EQ(v, info->ViewInfo[v].ViewId);
		info = (const void *)((const char *)info + RTM_SIZE_OF_DEST_INFO(blocks));
	}
}

/* A walk over destinations as the sample does it. */
static const char *walk_dests(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2enum) *self,
			      RTM_VIEW_SET views, RTM_ENUM_FLAGS flags, const char *from)
{
	UINT blocks = __builtin_popcount(views & BOTH);
	RTM_DEST_INFO *infos = guard_alloc(MAX * RTM_SIZE_OF_DEST_INFO(blocks));
	RTM_NET_ADDRESS n = net(from ? from : "0.0.0.0/0");
	static char text[512];
	RTM_ENUM_HANDLE e;
	DWORD status;
	UINT count;

	*text = 0;
	OK(RtmCreateDestEnum(self->h, views, flags, from ? &n : NULL, RTM_BEST_PROTOCOL, &e));
	do {
		count = MAX;
		status = RtmGetEnumDests(self->h, e, &count, infos);
		say_dests(_metadata, infos, count, blocks, text);
		OK(RtmReleaseDests(self->h, count, infos));
	} while (status == NO_ERROR);
	EXPECT_EQ(ERROR_NO_MORE_ITEMS, status);
	EXPECT_EQ(0, count);
	count = MAX;
	EXPECT_EQ(ERROR_NO_MORE_ITEMS, RtmGetEnumDests(self->h, e, &count, infos));
	EXPECT_EQ(0, count);
	OK(RtmDeleteEnumHandle(self->h, e));
	guard_free(infos);
	return text;
}

TEST_F(rtmv2enum, dests)
{
	EXPECT_STREQ("0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8",
		     walk_dests(_metadata, self, BOTH, RTM_ENUM_RANGE, "0.0.0.0/0"));
	EXPECT_STREQ("0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8",
		     walk_dests(_metadata, self, BOTH, RTM_ENUM_START, NULL));
	EXPECT_STREQ("0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8",
		     walk_dests(_metadata, self, RTM_VIEW_MASK_ANY, RTM_ENUM_START, NULL));
	EXPECT_STREQ("0.0.0.0/0 10.0.0.0/8 10.1.0.0/16 10.1.2.0/24",
		     walk_dests(_metadata, self, RTM_VIEW_MASK_MCAST, RTM_ENUM_START, NULL));
	EXPECT_STREQ("10.0.0.0/8 10.1.0.0/16 10.1.2.0/24 11.0.0.0/8",
		     walk_dests(_metadata, self, RTM_VIEW_MASK_ALL, RTM_ENUM_NEXT, "10.0.0.0/8"));
	EXPECT_STREQ("10.0.0.0/8 10.1.0.0/16 10.1.2.0/24",
		     walk_dests(_metadata, self, BOTH, RTM_ENUM_RANGE, "10.0.0.0/8"));
	EXPECT_STREQ("0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.1.2.0/24",
		     walk_dests(_metadata, self, BOTH, RTM_ENUM_START | RTM_ENUM_OWN_DESTS, NULL));
	EXPECT_STREQ("0.0.0.0/0 9.0.0.0/8",
		     walk_dests(_metadata, self, RTM_VIEW_MASK_UCAST,
				RTM_ENUM_START | RTM_ENUM_OWN_DESTS, NULL));
}

TEST_F(rtmv2enum, dests_wrong)
{
	RTM_NET_ADDRESS n = net("10.0.0.0/8"), bad = net("10.0.0.0/8");
	RTM_ENUM_HANDLE e, routes;
	union dest_room room;
	UINT count;

	bad.NumBits = 33;
	IS(ERROR_INVALID_HANDLE, RtmCreateDestEnum(ALIEN, BOTH, 0, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER, RtmCreateDestEnum(self->h, BOTH, 0, NULL, 0, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_NEXT, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER, RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_RANGE, &bad, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_NEXT | RTM_ENUM_RANGE, &n, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_OWN_ROUTES, NULL, 0, &e));
	IS(ERROR_NOT_SUPPORTED, RtmCreateDestEnum(self->h, 4, 0, NULL, 0, &e));
	OK(RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_RANGE, &n, RTM_THIS_PROTOCOL, &e));
	OK(RtmCreateRouteEnum(self->h, NULL, 0, 0, NULL, 0, NULL, 0, &routes));
	count = 1;
	IS(ERROR_INVALID_HANDLE, RtmGetEnumDests(ALIEN, e, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetEnumDests(self->h, ALIEN, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetEnumDests(self->h, routes, &count, &room.info));
	IS(ERROR_INVALID_HANDLE, RtmGetEnumDests(self->other, e, &count, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumDests(self->h, e, NULL, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumDests(self->h, e, &count, NULL));
	EXPECT_EQ(1, count);
	count = 0;
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumDests(self->h, e, &count, &room.info));
	count = self->max + 1;
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumDests(self->h, e, &count, &room.info));
	IS(ERROR_INVALID_PARAMETER, RtmReleaseDests(self->h, 1, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseDests(ALIEN, 0, NULL));
	OK(RtmReleaseDests(self->h, 0, NULL));
	IS(ERROR_INVALID_HANDLE, RtmDeleteEnumHandle(ALIEN, e));
	IS(ERROR_INVALID_HANDLE, RtmDeleteEnumHandle(self->h, NULL));
	OK(RtmDeleteEnumHandle(self->h, e));
	IS(ERROR_INVALID_HANDLE, RtmDeleteEnumHandle(self->h, e));
	OK(RtmDeleteEnumHandle(self->h, routes));
}

/* Two blocks an element, the best route of the caller's protocol in the first. */
TEST_F(rtmv2enum, dest_elements)
{
	RTM_DEST_INFO *info = guard_alloc(RTM_SIZE_OF_DEST_INFO(2));
	RTM_NET_ADDRESS n = net("10.0.0.0/8");
	RTM_ENUM_HANDLE e;
	UINT count = 1;

	OK(RtmCreateDestEnum(self->h, BOTH, RTM_ENUM_RANGE, &n, RTM_THIS_PROTOCOL, &e));
	OK(RtmGetEnumDests(self->h, e, &count, info));
	EXPECT_EQ(1, count);
	EXPECT_TRUE(net_is(&info->DestAddress, "10.0.0.0/8"));
	EXPECT_EQ(BOTH, info->BelongsToViews);
	EXPECT_EQ(2, info->ViewInfo[0].NumRoutes);
	EXPECT_EQ(self->route, info->ViewInfo[0].Route);
	EXPECT_EQ(self->h, info->ViewInfo[0].Owner);
	EXPECT_EQ(NULL, info->ViewInfo[0].HoldRoute);
	EXPECT_EQ(1, info->ViewInfo[1].NumRoutes);
	EXPECT_EQ(self->route, info->ViewInfo[1].Route);
	OK(RtmReleaseDests(self->h, 1, info));
	OK(RtmDeleteEnumHandle(self->h, e));
	guard_free(info);
}

typedef DWORD (*handles_fn)(RTM_ENTITY_HANDLE h, RTM_ENUM_HANDLE e, PUINT count, HANDLE *handles);

static void say_routes(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, HANDLE *routes,
		       UINT n, char *text)
{
	RTM_NET_ADDRESS where;
	RTM_ROUTE_INFO info;
	UINT i;

	for (i = 0; i < n; i++) {
		OK(RtmGetRouteInfo(h, routes[i], &info, &where));
		say_net(text, &where);
		sprintf(text + strlen(text), ":%u", info.PrefInfo.Metric);
		OK(RtmReleaseRouteInfo(h, &info));
	}
	OK(RtmReleaseRoutes(h, n, routes));
}

static void say_nexthops(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, HANDLE *hops,
			 UINT n, char *text)
{
	RTM_NEXTHOP_INFO info;
	UINT i;

	for (i = 0; i < n; i++) {
		OK(RtmGetNextHopInfo(h, hops[i], &info));
		say_net(text, &info.NextHopAddress);
		sprintf(text + strlen(text), "%%%u", info.InterfaceIndex);
		OK(RtmReleaseNextHopInfo(h, &info));
	}
	OK(RtmReleaseNextHops(h, n, hops));
}

/* All of an enumeration of handles, which is deleted at the end. */
static const char *walk_handles(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
				RTM_ENUM_HANDLE e, handles_fn fn)
{
	HANDLE *handles = guard_alloc(MAX * sizeof(*handles));
	static char text[512];
	DWORD status;
	UINT count;

	*text = 0;
	do {
		count = MAX;
		status = fn(h, e, &count, handles);
		if (fn == RtmGetEnumNextHops)
			say_nexthops(_metadata, h, handles, count, text);
		else
			say_routes(_metadata, h, handles, count, text);
	} while (status == NO_ERROR && count);
	if (fn != RtmGetListEnumRoutes)
		EXPECT_EQ(ERROR_NO_MORE_ITEMS, status);
	EXPECT_EQ(0, count);
	guard_free(handles);
	OK(RtmDeleteEnumHandle(h, e));
	return text;
}

static const char *walk_routes(struct __test_metadata *_metadata, FIXTURE_DATA(rtmv2enum) *self,
			       RTM_DEST_HANDLE dest, RTM_VIEW_SET views, RTM_ENUM_FLAGS flags,
			       const char *from, RTM_MATCH_FLAGS match, RTM_ROUTE_INFO *like,
			       ULONG ifindex)
{
	RTM_NET_ADDRESS n = net(from ? from : "0.0.0.0/0");
	RTM_ENUM_HANDLE e;

	OK(RtmCreateRouteEnum(self->h, dest, views, flags, from ? &n : NULL, match, like, ifindex,
			      &e));
	return walk_handles(_metadata, self->h, e, RtmGetEnumRoutes);
}

TEST_F(rtmv2enum, routes)
{
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.0.0.0/8");

	EXPECT_STREQ("0.0.0.0/0:1 9.0.0.0/8:1 10.0.0.0/8:2 10.1.2.0/24:3",
		     walk_routes(_metadata, self, NULL, BOTH, RTM_ENUM_OWN_ROUTES, NULL, 0, NULL,
				 0));
	EXPECT_STREQ(ALL_ROUTES,
		     walk_routes(_metadata, self, NULL, 0, RTM_ENUM_START, NULL, 0, NULL, 0));
	EXPECT_STREQ("10.0.0.0/8:2 10.1.0.0/16:1 10.1.2.0/24:3",
		     walk_routes(_metadata, self, NULL, RTM_VIEW_MASK_MCAST, RTM_ENUM_NEXT,
				 "9.0.0.0/8", 0, NULL, 0));
	/* of one destination: where to begin does not count */
	EXPECT_STREQ("10.0.0.0/8:1 10.0.0.0/8:2",
		     walk_routes(_metadata, self, dest, 0, RTM_ENUM_NEXT, NULL, 0, NULL, 0));
	EXPECT_STREQ("10.0.0.0/8:2",
		     walk_routes(_metadata, self, dest, 0, RTM_ENUM_OWN_ROUTES, "11.0.0.0/8", 0,
				 NULL, 0));
	OK(release_dest(self->h, dest));
}

TEST_F(rtmv2enum, routes_by_properties)
{
	RTM_ROUTE_INFO like = { .RouteOwner = self->other };

	EXPECT_STREQ("10.0.0.0/8:1 10.1.0.0/16:1 11.0.0.0/8:4",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_OWNER, &like, 0));
	like.Neighbour = self->nh[1];
	EXPECT_STREQ("10.1.2.0/24:3",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_NEIGHBOUR, &like, 0));
	like.PrefInfo.Metric = 4;
	like.PrefInfo.Preference = 5;
	EXPECT_STREQ("11.0.0.0/8:4",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_PREF, &like, 0));
	like.NextHopsList.NumNextHops = 1;
	like.NextHopsList.NextHops[0] = self->nh[0];
	EXPECT_STREQ("9.0.0.0/8:1 10.0.0.0/8:2",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_NEXTHOP, &like, 0));
	like.NextHopsList.NumNextHops = 0;
	EXPECT_STREQ("0.0.0.0/0:1 10.0.0.0/8:1 10.1.0.0/16:1 11.0.0.0/8:4",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_NEXTHOP, &like, 0));
	EXPECT_STREQ("9.0.0.0/8:1 10.0.0.0/8:2 10.1.2.0/24:3",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_INTERFACE, NULL, 1));
	EXPECT_STREQ("",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_INTERFACE, NULL, 2));
	like = (RTM_ROUTE_INFO){
		.RouteOwner = self->h, .Neighbour = self->nh[0],
		.PrefInfo = { .Metric = 2, .Preference = 5 },
		.NextHopsList = { .NumNextHops = 1, .NextHops = { self->nh[0] } },
	};
	EXPECT_STREQ("10.0.0.0/8:2",
		     walk_routes(_metadata, self, NULL, 0, 0, NULL, RTM_MATCH_FULL, &like, 1));
}

TEST_F(rtmv2enum, routes_wrong)
{
	RTM_ROUTE_INFO like = { .RouteOwner = ALIEN };
	RTM_ENUM_HANDLE e;
	HANDLE one;
	UINT count;

	IS(ERROR_INVALID_HANDLE, RtmCreateRouteEnum(ALIEN, NULL, 0, 0, NULL, 0, NULL, 0, &e));
	IS(ERROR_INVALID_HANDLE, RtmCreateRouteEnum(self->h, ALIEN, 0, 0, NULL, 0, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateRouteEnum(self->h, NULL, 0, 0, NULL, 0, NULL, 0, NULL));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateRouteEnum(self->h, NULL, 0, RTM_ENUM_NEXT, NULL, 0, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateRouteEnum(self->h, NULL, 0, RTM_ENUM_OWN_DESTS, NULL, 0, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateRouteEnum(self->h, NULL, 0, 0, NULL, RTM_MATCH_OWNER, NULL, 0, &e));
	IS(ERROR_INVALID_PARAMETER,
	   RtmCreateRouteEnum(self->h, NULL, 0, 0, NULL, 0x20, &like, 0, &e));
	IS(ERROR_INVALID_HANDLE,
	   RtmCreateRouteEnum(self->h, NULL, 0, 0, NULL, RTM_MATCH_OWNER, &like, 0, &e));
	IS(ERROR_NOT_SUPPORTED, RtmCreateRouteEnum(self->h, NULL, 4, 0, NULL, 0, NULL, 0, &e));
	OK(RtmCreateNextHopEnum(self->h, 0, NULL, &e));
	count = 1;
	IS(ERROR_INVALID_HANDLE, RtmGetEnumRoutes(self->h, e, &count, &one));
	IS(ERROR_INVALID_HANDLE, RtmGetListEnumRoutes(self->h, e, &count, &one));
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumNextHops(self->h, e, NULL, &one));
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumNextHops(self->h, e, &count, NULL));
	count = 0;
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumNextHops(self->h, e, &count, &one));
	count = self->max + 1;
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumNextHops(self->h, e, &count, &one));
	IS(ERROR_INVALID_HANDLE, RtmGetEnumNextHops(ALIEN, e, &count, &one));
	OK(RtmDeleteEnumHandle(self->h, e));
}

static const char *walk_nexthops(struct __test_metadata *_metadata,
				 FIXTURE_DATA(rtmv2enum) *self, RTM_ENUM_FLAGS flags,
				 const char *from)
{
	RTM_NET_ADDRESS n = net(from ? from : "0.0.0.0/0");
	RTM_ENUM_HANDLE e;

	OK(RtmCreateNextHopEnum(self->h, flags, from ? &n : NULL, &e));
	return walk_handles(_metadata, self->h, e, RtmGetEnumNextHops);
}

TEST_F(rtmv2enum, nexthops)
{
	RTM_ENUM_HANDLE e;

	EXPECT_STREQ("10.0.0.1/32%1 10.0.0.2/32%1 10.0.0.2/32%2 11.0.0.1/32%1",
		     walk_nexthops(_metadata, self, RTM_ENUM_START, NULL));
	EXPECT_STREQ("10.0.0.2/32%1 10.0.0.2/32%2 11.0.0.1/32%1",
		     walk_nexthops(_metadata, self, RTM_ENUM_NEXT, "10.0.0.2/32"));
	EXPECT_STREQ("10.0.0.1/32%1 10.0.0.2/32%1 10.0.0.2/32%2",
		     walk_nexthops(_metadata, self, RTM_ENUM_RANGE, "10.0.0.0/8"));
	IS(ERROR_INVALID_PARAMETER, RtmCreateNextHopEnum(self->h, RTM_ENUM_RANGE, NULL, &e));
	IS(ERROR_INVALID_PARAMETER, RtmCreateNextHopEnum(self->h, 0, NULL, NULL));
	IS(ERROR_INVALID_PARAMETER, RtmCreateNextHopEnum(self->h, RTM_ENUM_OWN_ROUTES, NULL, &e));
	IS(ERROR_INVALID_HANDLE, RtmCreateNextHopEnum(ALIEN, 0, NULL, &e));
	/* the other one has none of these */
	OK(RtmCreateNextHopEnum(self->other, 0, NULL, &e));
	EXPECT_STREQ("", walk_handles(_metadata, self->other, e, RtmGetEnumNextHops));
}

/* The sample moves a list batch by batch to another one. */
TEST_F(rtmv2enum, lists)
{
	RTM_ROUTE_LIST_HANDLE l1, l2;
	RTM_ROUTE_INFO info = route_info(self->nh[0], 7);
	RTM_NET_ADDRESS n = net("12.0.0.0/16");
	RTM_ENUM_HANDLE e;
	HANDLE routes[3];
	DWORD change;
	UINT count;
	int i;

	OK(RtmCreateRouteList(self->h, &l1));
	OK(RtmCreateRouteList(self->h, &l2));
	for (i = 0; i < 7; i++) {
		n.AddrBits[1] = 7 - i;
		change = 0;
		info.PrefInfo.Metric = i;
		OK(RtmAddRouteToDest(self->h, NULL, &n, &info, INFINITE, l1, 0, NULL, &change));
	}
	OK(RtmCreateRouteListEnum(self->h, l1, &e));
	do {
		count = 3;
		OK(RtmGetListEnumRoutes(self->h, e, &count, routes));
		OK(RtmInsertInRouteList(self->h, l2, count, routes));
		OK(RtmReleaseRoutes(self->h, count, routes));
	} while (count == 3);
	OK(RtmDeleteEnumHandle(self->h, e));
	OK(RtmCreateRouteListEnum(self->h, l1, &e));
	EXPECT_STREQ("", walk_handles(_metadata, self->h, e, RtmGetListEnumRoutes));
	OK(RtmCreateRouteListEnum(self->h, l2, &e));
	EXPECT_STREQ(MOVED_ROUTES,
		     walk_handles(_metadata, self->h, e, RtmGetListEnumRoutes));
	OK(RtmDeleteRouteList(self->h, l1));
	OK(RtmDeleteRouteList(self->h, l2));
	IS(ERROR_INVALID_HANDLE, RtmDeleteRouteList(self->h, l2));
}

TEST_F(rtmv2enum, lists_wrong)
{
	RTM_ROUTE_LIST_HANDLE l, foreign;
	RTM_ENUM_HANDLE e;

	IS(ERROR_INVALID_HANDLE, RtmCreateRouteList(ALIEN, &l));
	IS(ERROR_INVALID_PARAMETER, RtmCreateRouteList(self->h, NULL));
	OK(RtmCreateRouteList(self->h, &l));
	OK(RtmCreateRouteList(self->other, &foreign));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(ALIEN, l, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(self->h, ALIEN, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(self->h, foreign, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(self->other, foreign, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmInsertInRouteList(self->h, l, 1, &self->nh[0]));
	IS(ERROR_INVALID_PARAMETER, RtmInsertInRouteList(self->h, l, 1, NULL));
	OK(RtmInsertInRouteList(self->h, l, 0, NULL));
	OK(RtmInsertInRouteList(self->h, l, 1, &self->route));
	OK(RtmInsertInRouteList(self->h, NULL, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmCreateRouteListEnum(ALIEN, l, &e));
	IS(ERROR_INVALID_HANDLE, RtmCreateRouteListEnum(self->h, foreign, &e));
	IS(ERROR_INVALID_PARAMETER, RtmCreateRouteListEnum(self->h, l, NULL));
	IS(ERROR_INVALID_HANDLE, RtmDeleteRouteList(ALIEN, l));
	IS(ERROR_INVALID_HANDLE, RtmDeleteRouteList(self->h, foreign));
	OK(RtmDeleteRouteList(self->h, l));
	OK(RtmDeleteRouteList(self->other, foreign));
}

TEST_F(rtmv2enum, exact_route)
{
	RTM_ROUTE_INFO *info = guard_alloc(RTM_SIZE_OF_ROUTE_INFO(1));
	RTM_NET_ADDRESS n = net("10.0.0.0/8"), none = net("10.0.0.0/9");
	RTM_ROUTE_HANDLE route = NULL;

	memset(info, 0, RTM_SIZE_OF_ROUTE_INFO(1));
	info->RouteOwner = self->h;
	OK(RtmGetExactMatchRoute(self->h, &n, RTM_MATCH_OWNER, info, 0, 0, &route));
	EXPECT_EQ(self->route, route);
	EXPECT_EQ(self->h, info->RouteOwner);
	EXPECT_EQ(self->nh[0], info->Neighbour);
	EXPECT_EQ(1, info->NextHopsList.NumNextHops);
	EXPECT_EQ(self->nh[0], info->NextHopsList.NextHops[0]);
	EXPECT_EQ(2, info->PrefInfo.Metric);
	OK(RtmReleaseRoutes(self->h, 1, &route));
	OK(RtmReleaseRouteInfo(self->h, info));

	/* without criteria the best one, and no handle unless it is wanted */
	OK(RtmGetExactMatchRoute(self->h, &n, RTM_MATCH_NONE, info, 0, RTM_VIEW_MASK_UCAST, NULL));
	EXPECT_EQ(self->other, info->RouteOwner);
	OK(RtmReleaseRouteInfo(self->h, info));

	/* nothing is stored where nothing is found */
	memset(info, 0, RTM_SIZE_OF_ROUTE_INFO(1));
	route = ALIEN;
	IS(ERROR_NOT_FOUND, RtmGetExactMatchRoute(self->h, &none, 0, info, 0, 0, &route));
	IS(ERROR_NOT_FOUND, RtmGetExactMatchRoute(self->h, &n, RTM_MATCH_INTERFACE, info, 9, 0,
						  &route));
	EXPECT_EQ(ALIEN, route);
	EXPECT_EQ(NULL, info->DestHandle);
	IS(ERROR_INVALID_HANDLE, RtmGetExactMatchRoute(ALIEN, &n, 0, info, 0, 0, &route));
	IS(ERROR_INVALID_HANDLE, RtmGetExactMatchRoute(self->h, &n, RTM_MATCH_OWNER, info, 0, 0,
						       &route));
	IS(ERROR_INVALID_PARAMETER, RtmGetExactMatchRoute(self->h, NULL, 0, info, 0, 0, &route));
	IS(ERROR_INVALID_PARAMETER, RtmGetExactMatchRoute(self->h, &n, 0, NULL, 0, 0, &route));
	IS(ERROR_INVALID_PARAMETER, RtmGetExactMatchRoute(self->h, &n, 0x40, info, 0, 0, &route));
	IS(ERROR_INVALID_PARAMETER, RtmGetExactMatchRoute(self->h, &n, 0, info, 0, 4, &route));
	guard_free(info);
}

TEST_HARNESS_MAIN
