// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-05b: a client changes a route of its own by adding it once more.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static RTM_NEXTHOP_HANDLE nh;
static RTM_ROUTE_HANDLE route;
static RTM_ROUTE_INFO info;
static RTM_NET_ADDRESS dest;

/* Reads it. */
static void reads(void)
{
	h = enter();
	nh = add_nexthop(h, "192.0.2.2", 1);
	route = add_route(h, "10.0.0.0/8", nh, 20);
	OK(RtmGetRouteInfo(h, route, &info, &dest));
	EQUAL(20, info.PrefInfo.Metric);
	CHECK(net_is(&dest, "10.0.0.0/8"));
}

/* Writes it back, with another metric, by its handle. */
static void writes(void)
{
	RTM_ROUTE_HANDLE same = route;
	DWORD change = 0;

	info.PrefInfo.Metric = 21;
	OK(RtmAddRouteToDest(h, &same, &dest, &info, INFINITE, NULL, 0, NULL, &change));
	EQUAL(RTM_ROUTE_CHANGE_BEST, change);
	CHECK(same == route);
	OK(RtmReleaseRouteInfo(h, &info));
}

/* The table has what was written, and still one route. */
static void finds_it_changed(void)
{
	RTM_DEST_INFO found;

	OK(RtmGetRouteInfo(h, route, &info, NULL));
	EQUAL(21, info.PrefInfo.Metric);
	EQUAL(1, info.NextHopsList.NumNextHops);
	CHECK(info.NextHopsList.NextHops[0] == nh);
	CHECK(info.Neighbour == nh);
	OK(RtmReleaseRouteInfo(h, &info));
	OK(RtmGetExactMatchDestination(h, &dest, RTM_BEST_PROTOCOL, UCAST, &found));
	EQUAL(1, found.ViewInfo[0].NumRoutes);
	OK(RtmReleaseDestInfo(h, &found));
}

/* By the references it has, no more and no less. */
static void leaves(void)
{
	delete_route(h, route);
	OK(RtmDeleteNextHop(h, nh, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseNextHops(h, 1, &nh));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "reads a route", reads },
		{ "writes it back", writes },
		{ "finds it changed", finds_it_changed },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
