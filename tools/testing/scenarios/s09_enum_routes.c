// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-09: a client walks over the routes.
 *
 * How this file works: each route is told by its destination and its metric.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h, other;
static RTM_NEXTHOP_HANDLE nh1, nh2;
static RTM_ROUTE_HANDLE held;
static RTM_ENUM_HANDLE e;
static UINT max;

static void put(RTM_ENTITY_HANDLE owner, const char *dest, RTM_NEXTHOP_HANDLE nh, ULONG metric)
{
	RTM_ROUTE_INFO info = route_info(nh, metric);
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	OK(put_route(owner, NULL, dest, &info, INFINITE, &change));
}

static void set_up(void)
{
	h = enter();
	max = profile.MaxHandlesInEnum;
	other = enter_as(PROTO_IP_OSPF, 1);
	nh1 = add_nexthop(h, "192.0.2.2", 1);
	nh2 = add_nexthop(h, "192.0.2.3", 2);
	put(h, "11.0.0.0/8", nh2, 1);
	put(h, "10.0.0.0/8", nh1, 7);
	put(h, "10.0.0.0/8", nh2, 3);
	put(other, "10.0.0.0/8", NULL, 5);
	put(h, "10.1.0.0/16", NULL, 9);
	put(other, "9.0.0.0/8", NULL, 2);
}

/* 1. Of both views, the client's own. */
static void begins(void)
{
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_OWN_ROUTES, NULL, 0, NULL, 0, &e));
	CHECK(e);
}

static void say_route(char *text, size_t size, RTM_ROUTE_HANDLE route)
{
	RTM_NET_ADDRESS dest;
	RTM_ROUTE_INFO info;
	size_t used;

	if (!OK(RtmGetRouteInfo(h, route, &info, &dest)))
		return;
	say_net(text, size, &dest);
	used = strlen(text);
	snprintf(text + used, size - used, ":%u", info.PrefInfo.Metric);
	OK(RtmReleaseRouteInfo(h, &info));
}

/* All that is left of an enumeration, ROOM handles at a time; and then its end. */
static const char *walk(RTM_ENUM_HANDLE walked, UINT room)
{
	RTM_ROUTE_HANDLE *routes = calloc(room, sizeof(*routes));
	static char text[512];
	DWORD status;
	UINT n, i;

	*text = '\0';
	do {
		n = room;
		status = RtmGetEnumRoutes(h, walked, &n, routes);
		for (i = 0; i < n; i++)
			say_route(text, sizeof(text), routes[i]);
		OK(RtmReleaseRoutes(h, n, routes));
	} while (status == NO_ERROR);
	for (i = 0; i < 3; i++) {
		EQUAL(ERROR_NO_MORE_ITEMS, status);
		EQUAL(0, n);
		n = room;
		status = RtmGetEnumRoutes(h, walked, &n, routes);
	}
	OK(RtmDeleteEnumHandle(h, walked));
	free(routes);
	return text;
}

/* 2. and 3. To the end and beyond; by destination, the best first. */
static void walks_to_the_end(void)
{
	SAME("10.0.0.0/8:3 10.0.0.0/8:7 10.1.0.0/16:9 11.0.0.0/8:1", walk(e, max));
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_OWN_ROUTES, NULL, 0, NULL, 0, &e));
	SAME("10.0.0.0/8:3 10.0.0.0/8:7 10.1.0.0/16:9 11.0.0.0/8:1", walk(e, 1));
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_ALL_ROUTES, NULL, 0, NULL, 0, &e));
	SAME("9.0.0.0/8:2 10.0.0.0/8:3 10.0.0.0/8:5 10.0.0.0/8:7 10.1.0.0/16:9 11.0.0.0/8:1",
	     walk(e, 2));
}

/* 3. One destination. */
static void of_one_destination(void)
{
	RTM_DEST_HANDLE dest = find_dest(h, "10.0.0.0/8");

	OK(RtmCreateRouteEnum(h, dest, BOTH, RTM_ENUM_ALL_ROUTES, NULL, 0, NULL, 0, &e));
	SAME("10.0.0.0/8:3 10.0.0.0/8:5 10.0.0.0/8:7", walk(e, max));
	OK(RtmCreateRouteEnum(h, dest, BOTH, RTM_ENUM_OWN_ROUTES, NULL, 0, NULL, 0, &e));
	SAME("10.0.0.0/8:3 10.0.0.0/8:7", walk(e, max));
	release_dest(h, dest);
}

static const char *like(RTM_MATCH_FLAGS flags, PRTM_ROUTE_INFO criteria, ULONG ifindex)
{
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_START, NULL, flags, criteria, ifindex, &e));
	return walk(e, max);
}

/* 3. Each property that can be asked for. */
static void by_properties(void)
{
	RTM_ROUTE_INFO r;

	memset(&r, 0, sizeof(r));
	r.RouteOwner = other;
	SAME("9.0.0.0/8:2 10.0.0.0/8:5", like(RTM_MATCH_OWNER, &r, 0));
	r.Neighbour = nh2;
	SAME("10.0.0.0/8:3 11.0.0.0/8:1", like(RTM_MATCH_NEIGHBOUR, &r, 0));
	r.PrefInfo.Preference = 5;
	r.PrefInfo.Metric = 7;
	SAME("10.0.0.0/8:7", like(RTM_MATCH_PREF, &r, 0));
	r.NextHopsList.NumNextHops = 1;
	r.NextHopsList.NextHops[0] = nh1;
	SAME("10.0.0.0/8:7", like(RTM_MATCH_NEXTHOP, &r, 0));
	SAME("10.0.0.0/8:3 11.0.0.0/8:1", like(RTM_MATCH_INTERFACE, NULL, 2));
	SAME("9.0.0.0/8:2 10.0.0.0/8:3 10.0.0.0/8:5 10.0.0.0/8:7 10.1.0.0/16:9 11.0.0.0/8:1",
	     like(RTM_MATCH_NONE, NULL, 0));
	SAME("", like(RTM_MATCH_FULL, &r, 1));
	r.RouteOwner = h;
	r.Neighbour = nh1;
	SAME("10.0.0.0/8:7", like(RTM_MATCH_FULL, &r, 1));
}

/* 4. A route that is held down is in no view. */
static void held_down(void)
{
	RTM_DEST_HANDLE dest;

	held = add_route(h, "12.0.0.0/8", NULL, 4);
	dest = find_dest(h, "12.0.0.0/8");
	OK(RtmHoldDestination(h, dest, BOTH, INFINITE));
	delete_route(h, held);
	OK(RtmCreateRouteEnum(h, dest, BOTH, RTM_ENUM_START, NULL, 0, NULL, 0, &e));
	SAME("", walk(e, max));
	OK(RtmCreateRouteEnum(h, dest, RTM_VIEW_MASK_ANY, RTM_ENUM_START, NULL, 0, NULL, 0, &e));
	SAME("12.0.0.0/8:4", walk(e, max));
	release_dest(h, dest);
}

static void leaves(void)
{
	OK(RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "two clients have routes", set_up },
		{ "begins to enumerate its own", begins },
		{ "walks to the end, in order", walks_to_the_end },
		{ "walks over one destination", of_one_destination },
		{ "walks over what has a property", by_properties },
		{ "a held route shows only in no view", held_down },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
