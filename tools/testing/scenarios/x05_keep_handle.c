// SPDX-License-Identifier: GPL-2.0-only
/*
 * a client keeps a handle out of a structure, and with it a deleted route.
 */
#include "scenario.h"

#define DEST	"10.0.0.0/8"

static RTM_ENTITY_HANDLE owner, h;
static RTM_ROUTE_HANDLE route, kept;

/* The structure goes back, the handle stays. */
static void keeps(void)
{
	RTM_DEST_HANDLE dest;
	RTM_DEST_INFO info;

	owner = enter();
	h = enter_as(PROTO_IP_OSPF, 1);
	route = add_route(owner, DEST, NULL, 10);
	dest = find_dest(h, DEST);
	OK(RtmGetDestInfo(h, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	kept = info.ViewInfo[0].Route;
	CHECK(kept == route);
	OK(RtmReferenceHandles(h, 1, &info.ViewInfo[0].Route));
	OK(RtmReleaseDestInfo(h, &info));
	release_dest(h, dest);
}

/* The owner deletes the route; the handle still says what it was. */
static void outlives_the_route(void)
{
	RTM_NET_ADDRESS n;
	RTM_ROUTE_INFO info;

	delete_route(owner, route);
	CHECK(!dest_exists(h, DEST));
	OK(RtmGetRouteInfo(h, kept, &info, &n));
	EQUAL(RTM_ROUTE_STATE_DELETED, info.State);
	EQUAL(10, info.PrefInfo.Metric);
	CHECK(info.RouteOwner == owner);
	CHECK(net_is(&n, DEST));
	OK(RtmReleaseRouteInfo(h, &info));
}

/* Given back, it is no handle any more. */
static void gives_it_back(void)
{
	RTM_ROUTE_INFO info;

	OK(RtmReleaseRoutes(h, 1, &kept));
	IS(ERROR_INVALID_HANDLE, RtmGetRouteInfo(h, kept, &info, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(h, 1, &kept));
	OK(RtmDeregisterEntity(h));
	OK(RtmDeregisterEntity(owner));
}

int main(void)
{
	static const struct step steps[] = {
		{ "keeps a handle", keeps },
		{ "the handle outlives the route", outlives_the_route },
		{ "gives the handle back", gives_it_back },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
