// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-05: a client adds next hops and routes, which are forwarded by and expire.
 *
 * How this file works: the lifetime of the sample is a second, which a slow machine may
 * need for two steps.  So the route that the steps go on with lives longer, and one beside
 * it has the sample's lifetime from the beginning; at the end both have it.
 */
#include "scenario.h"

#define LIFETIME_MS	1000
#define LONG_MS		600000
#define DEST		"10.0.0.0/8"
#define OTHER_DEST	"10.2.0.0/16"
#define THIRD_DEST	"10.3.0.0/16"

static RTM_ENTITY_HANDLE h;
static RTM_NEXTHOP_HANDLE nh, nh2;
static RTM_ROUTE_LIST_HANDLE list;
static RTM_ROUTE_HANDLE route, more[2];

static DWORD put(PRTM_ROUTE_HANDLE handle, const char *dest, RTM_NEXTHOP_HANDLE neighbour,
		 ULONG ttl, DWORD *change)
{
	RTM_ROUTE_INFO info;
	RTM_NET_ADDRESS n = net(dest);

	memset(&info, 0, sizeof(info));
	info.Neighbour = neighbour;
	info.PrefInfo.Metric = 20;
	info.BelongsToViews = BOTH;
	info.NextHopsList.NumNextHops = 1;
	info.NextHopsList.NextHops[0] = neighbour;
	return RtmAddRouteToDest(h, handle, &n, &info, ttl, list, 0, NULL, change);
}

/* 1. A next hop is added once, whatever it is called for. */
static void adds_nexthop(void)
{
	RTM_NEXTHOP_CHANGE_FLAGS change = 0xcccc;
	RTM_NEXTHOP_HANDLE again = NULL;
	RTM_NEXTHOP_INFO info;

	h = enter();
	memset(&info, 0, sizeof(info));
	info.NextHopAddress = net("192.0.2.2/32");
	info.InterfaceIndex = make_interface();
	OK(RtmAddNextHop(h, &info, &nh, &change));
	EQUAL(RTM_NEXTHOP_CHANGE_NEW, change);
	CHECK(nh);
	OK(RtmAddNextHop(h, &info, &again, &change));
	CHECK(again == nh);
	EQUAL(0, change);
	OK(RtmReleaseNextHops(h, 1, &again));
	nh2 = add_nexthop(h, "192.0.2.3", info.InterfaceIndex);
}

/* 2. The first route of a destination is new, and the best. */
static void adds_route(void)
{
	RTM_ROUTE_HANDLE brief = NULL;
	DWORD change = 0;

	OK(RtmCreateRouteList(h, &list));
	OK(put(&brief, OTHER_DEST, nh, LIFETIME_MS, &change));
	EQUAL(RTM_ROUTE_CHANGE_NEW | RTM_ROUTE_CHANGE_BEST, change);
	CHECK(brief);
	OK(RtmReleaseRoutes(h, 1, &brief));
	change = 0;
	OK(put(&route, DEST, nh, LONG_MS, &change));
	EQUAL(RTM_ROUTE_CHANGE_NEW | RTM_ROUTE_CHANGE_BEST, change);
	CHECK(route);
}

static bool leads_to(RTM_ROUTE_HANDLE which, RTM_NEXTHOP_HANDLE neighbour)
{
	RTM_ROUTE_INFO info = { .Neighbour = NULL };
	bool leads;

	OK(RtmGetRouteInfo(h, which, &info, NULL));
	leads = info.Neighbour == neighbour && info.NextHopsList.NumNextHops == 1 &&
		info.NextHopsList.NextHops[0] == neighbour;
	OK(RtmReleaseRouteInfo(h, &info));
	return leads;
}

/* 3. Destination, owner and neighbour are the key; flags change that. */
static void adds_again(void)
{
	RTM_ROUTE_HANDLE again = NULL, only = NULL;
	DWORD change = 0;

	OK(put(&again, DEST, nh, LONG_MS, &change));
	EQUAL(0, change & RTM_ROUTE_CHANGE_NEW);
	CHECK(again == route);
	OK(RtmReleaseRoutes(h, 1, &again));
	change = RTM_ROUTE_CHANGE_NEW;
	OK(put(&more[0], DEST, nh, LONG_MS, &change));
	EQUAL(RTM_ROUTE_CHANGE_NEW, change & RTM_ROUTE_CHANGE_NEW);
	CHECK(more[0] != route);
	change = 0;
	OK(put(&more[1], DEST, nh2, LONG_MS, &change));
	EQUAL(RTM_ROUTE_CHANGE_NEW, change & RTM_ROUTE_CHANGE_NEW);
	CHECK(more[1] != route && more[1] != more[0]);

	change = 0;
	OK(put(&only, THIRD_DEST, nh, LONG_MS, &change));
	CHECK(leads_to(only, nh));
	again = NULL;
	change = RTM_ROUTE_CHANGE_FIRST;
	OK(put(&again, THIRD_DEST, nh2, LONG_MS, &change));
	EQUAL(0, change & RTM_ROUTE_CHANGE_NEW);
	CHECK(again == only);
	CHECK(leads_to(only, nh2));
	OK(RtmReleaseRoutes(h, 1, &again));
	delete_route(h, only);
}

/* How often a route is on the list. */
static UINT times_on_list(RTM_ROUTE_HANDLE wanted)
{
	RTM_ROUTE_HANDLE found[8];
	RTM_ENUM_HANDLE e;
	UINT n = 8, i, times = 0;

	OK(RtmCreateRouteListEnum(h, list, &e));
	OK(RtmGetListEnumRoutes(h, e, &n, found));
	for (i = 0; i < n; i++)
		times += found[i] == wanted;
	OK(RtmReleaseRoutes(h, n, found));
	OK(RtmDeleteEnumHandle(h, e));
	return times;
}

/* 4. It is on the list, the best one in both views, and forwarded by. */
static void is_in_use(void)
{
	RTM_VIEW_SET best = 0;

	EQUAL(1, times_on_list(route));
	OK(RtmIsBestRoute(h, route, &best));
	EQUAL(3, best);
	CHECK(fib_shows(DEST, "via 192.0.2.2 dev dummy0"));
}

/* 5. Nothing that was given back or has expired stays. */
static void expires(void)
{
	RTM_ROUTE_HANDLE all[3] = { NULL, NULL, NULL };
	RTM_NEXTHOP_HANDLE hops[] = { nh, nh2 };
	unsigned long long begun = now_ms();
	DWORD change = 0;

	OK(put(&route, DEST, nh, LIFETIME_MS, &change));
	OK(put(&more[0], DEST, nh, LIFETIME_MS, &change));
	OK(put(&more[1], DEST, nh2, LIFETIME_MS, &change));
	all[0] = route;
	all[1] = more[0];
	all[2] = more[1];
	OK(RtmReleaseRoutes(h, 3, all));
	OK(RtmReleaseNextHops(h, 2, hops));
	CHECK(wait_until(!dest_exists(h, DEST)));
	CHECK(now_ms() - begun >= LIFETIME_MS);
	CHECK(wait_until(!dest_exists(h, OTHER_DEST)));
	IS(ERROR_INVALID_HANDLE, RtmGetRouteInfo(h, route, NULL, NULL));
	CHECK(fib_shows(DEST, NULL));
	CHECK(fib_shows(OTHER_DEST, NULL));
	EQUAL(0, times_on_list(route));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "adds a next hop", adds_nexthop },
		{ "adds a route", adds_route },
		{ "adds it again", adds_again },
		{ "the route is in use", is_in_use },
		{ "the route expires", expires },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
