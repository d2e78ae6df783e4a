// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-06: a client edits a route in place.
 *
 * How this file works: the same edit is made of a route that is alone at its destination
 * and of one beside which another client has a worse one.
 */
#include "scenario.h"

#define ALONE	"10.0.0.0/8"
#define SHARED	"11.0.0.0/8"
#define BRIEF	"12.0.0.0/8"
#define MARK	((PVOID)77)

static RTM_ENTITY_HANDLE h, other;
static RTM_NEXTHOP_HANDLE nh1, nh2, foreign;
static RTM_ROUTE_HANDLE alone, shared, worse;
static PRTM_ROUTE_INFO p;

static void set_up(void)
{
	ULONG ifindex = make_interface();

	h = enter();
	other = enter_with(PROTO_IP_OSPF, 1, NULL, NULL, TRUE);
	nh1 = add_nexthop(h, "192.0.2.2", ifindex);
	nh2 = add_nexthop(h, "192.0.2.3", ifindex);
	foreign = add_nexthop(other, "192.0.2.4", ifindex);
	alone = add_route(h, ALONE, nh1, 10);
	shared = add_route(h, SHARED, nh1, 10);
	worse = add_route(other, SHARED, foreign, 20);
	CHECK(fib_shows(ALONE, "via 192.0.2.2 "));
	CHECK(fib_shows(SHARED, "via 192.0.2.2 "));
}

/* 1. The pointer is to the route as it is. */
static void lock(RTM_ROUTE_HANDLE route)
{
	p = NULL;
	if (!OK(RtmLockRoute(h, route, TRUE, TRUE, &p)) || !CHECK(p))
		exit(1);
	EQUAL(10, p->PrefInfo.Metric);
	EQUAL(BOTH, p->BelongsToViews);
	EQUAL(1, p->NextHopsList.NumNextHops);
	CHECK(p->NextHopsList.NextHops[0] == nh1);
	CHECK(p->Neighbour == nh1);
	CHECK(p->RouteOwner == h);
}

/* 2. The edit; the references of the next hops are the route's. */
static void edit(void)
{
	RTM_NEXTHOP_HANDLE old;

	p->PrefInfo.Metric = 16;
	p->BelongsToViews = MCAST;
	p->EntitySpecificInfo = MARK;
	old = p->NextHopsList.NextHops[0];
	OK(RtmReleaseNextHops(h, 1, &old));
	p->NextHopsList.NextHops[0] = nh2;
	OK(RtmReferenceHandles(h, 1, &nh2));
}

/* 3. The commit. */
static void commit(RTM_ROUTE_HANDLE route)
{
	DWORD change = 0xcccc;

	OK(RtmUpdateAndUnlockRoute(h, route, INFINITE, NULL, 0, NULL, &change));
	EQUAL(RTM_ROUTE_CHANGE_BEST, change);
}

/* 5. What makes the commit fail leaves the lock; unlocked, the route is as it was. */
static void fails_to_commit(void)
{
	RTM_ROUTE_INFO info;
	DWORD change = 0xcccc;

	lock(alone);
	p->PrefInfo.Metric = 16;
	p->NextHopsList.NextHops[0] = foreign;
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(h, alone, INFINITE, NULL, 0, NULL, &change));
	EQUAL(0xcccc, change);
	OK(RtmLockRoute(h, alone, TRUE, FALSE, NULL));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(h, alone, TRUE, FALSE, NULL));
	OK(RtmGetRouteInfo(h, alone, &info, NULL));
	EQUAL(10, info.PrefInfo.Metric);
	EQUAL(BOTH, info.BelongsToViews);
	CHECK(info.NextHopsList.NextHops[0] == nh1);
	OK(RtmReleaseRouteInfo(h, &info));
	EQUAL(10, p->PrefInfo.Metric);
}

static void edits_one_alone(void)
{
	lock(alone);
	edit();
	commit(alone);
}

static void edits_one_beside_another(void)
{
	lock(shared);
	edit();
	commit(shared);
}

/* 4. All of the edit is there to be read. */
static void check_route(RTM_ROUTE_HANDLE route)
{
	RTM_VIEW_SET best = 0xcccc;
	RTM_ROUTE_INFO info;

	OK(RtmGetRouteInfo(h, route, &info, NULL));
	EQUAL(16, info.PrefInfo.Metric);
	EQUAL(MCAST, info.BelongsToViews);
	CHECK(info.EntitySpecificInfo == MARK);
	EQUAL(1, info.NextHopsList.NumNextHops);
	CHECK(info.NextHopsList.NextHops[0] == nh2);
	CHECK(info.Neighbour == nh1);
	EQUAL(RTM_ROUTE_STATE_CREATED, info.State);
	OK(RtmReleaseRouteInfo(h, &info));
	OK(RtmIsBestRoute(h, route, &best));
	EQUAL(MCAST, best);
}

/* 4. The destination is not locked, and has that best route in the unicast view. */
static void check_dest(const char *text, RTM_ROUTE_HANDLE best)
{
	RTM_DEST_HANDLE dest = find_dest(other, text);
	RTM_DEST_INFO info;

	OK(RtmLockDestination(other, dest, TRUE, TRUE));
	OK(RtmLockDestination(other, dest, TRUE, FALSE));
	OK(RtmGetDestInfo(h, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	CHECK(info.ViewInfo[0].Route == best);
	OK(RtmReleaseDestInfo(h, &info));
	release_dest(other, dest);
}

static void can_be_seen(void)
{
	check_route(alone);
	check_dest(ALONE, NULL);
	CHECK(fib_shows(ALONE, NULL));
	check_route(shared);
	check_dest(SHARED, worse);
	CHECK(fib_shows(SHARED, "via 192.0.2.4 "));
}

/*
 * 4. An edit without an end takes a lifetime away, also one that was over while the route
 * was locked, which nobody can be told of before.
 */
static void does_not_expire(void)
{
	RTM_ROUTE_INFO info = route_info(nh1, 10);
	RTM_ROUTE_HANDLE route = add_route(h, BRIEF, nh1, 10);
	RTM_DEST_HANDLE dest = find_dest(h, BRIEF);
	DWORD change = 0;

	OK(RtmLockDestination(h, dest, TRUE, TRUE));
	OK(put_route(h, &route, BRIEF, &info, 200, &change));
	OK(RtmLockRoute(h, route, TRUE, TRUE, &p));
	sleep_ms(400);
	p->PrefInfo.Metric = 16;
	OK(RtmUpdateAndUnlockRoute(h, route, INFINITE, NULL, 0, NULL, &change));
	OK(RtmLockDestination(h, dest, TRUE, FALSE));
	sleep_ms(400);
	CHECK(dest_exists(h, BRIEF));
	OK(RtmGetRouteInfo(h, route, &info, NULL));
	EQUAL(RTM_ROUTE_STATE_CREATED, info.State);
	OK(RtmReleaseRouteInfo(h, &info));
	delete_route(h, route);
	release_dest(h, dest);
}

/* Every reference was the one the client thought it had. */
static void leaves(void)
{
	delete_route(h, alone);
	delete_route(h, shared);
	delete_route(other, worse);
	OK(RtmDeleteNextHop(h, nh1, NULL));
	OK(RtmDeleteNextHop(h, nh2, NULL));
	OK(RtmDeleteNextHop(other, foreign, NULL));
	IS(ERROR_INVALID_HANDLE, RtmReleaseNextHops(h, 1, &nh1));
	IS(ERROR_INVALID_HANDLE, RtmReleaseNextHops(h, 1, &nh2));
	CHECK(fib_shows(SHARED, NULL));
	OK(RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "has routes that are forwarded by", set_up },
		{ "an edit that cannot be committed", fails_to_commit },
		{ "edits a route that is alone", edits_one_alone },
		{ "edits a route beside another", edits_one_beside_another },
		{ "everybody sees the edit", can_be_seen },
		{ "an edited route does not expire", does_not_expire },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
