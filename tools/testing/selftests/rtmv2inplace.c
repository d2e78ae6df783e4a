// SPDX-License-Identifier: GPL-2.0-only
/*
 * Routes and next hops in place, lifetimes and hold-down, as clients of <rtmv2.h> use
 * them.
 *
 * How this file works: one process; other clients are other registrations, who wait in
 * threads of their own.  The fixture's end deletes the route and the next hops, each by
 * the one reference the test should have of it, and looks while all are registered
 * that nothing is left: a reference too few makes a deletion fail, one too many is seen.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>

#include "rtm_rtmv2.h"

#define ALIEN		((HANDLE)0x123456789)
#define LONG_MS		600000
#define SHORT_MS	200

static RTM_EVENT_CALLBACK verdict_of;
static sem_t asked;

static DWORD on_event(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	DWORD verdict;

	if (type != RTM_ROUTE_EXPIRED)
		return NO_ERROR;
	verdict = verdict_of(h, type, c1, c2);
	sem_post(&asked);
	return verdict;
}

static bool was_asked(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	return !sem_timedwait(&asked, &end);
}

FIXTURE(inplace) {
	struct env env;
	RTM_ENTITY_HANDLE h;
	RTM_ENTITY_HANDLE other;
	RTM_REGN_PROFILE profile;
	RTM_NEXTHOP_HANDLE nh[3];
	RTM_ROUTE_HANDLE route;
};

FIXTURE_SETUP(inplace)
{
	RTM_ENTITY_INFO info = { .AddressFamily = AF_INET };

	env_setup(_metadata, &self->env);
	sem_init(&asked, 0, 0);
	info.EntityId.EntityProtocolId = PROTO_IP_RIP;
	OK(RtmRegisterEntity(&info, NULL, on_event, FALSE, &self->profile, &self->h));
	OK(enter(AF_INET, PROTO_IP_OSPF, 1, TRUE, &self->other));
	self->nh[0] = add_nexthop(_metadata, self->h, "192.0.2.1");
	self->nh[1] = add_nexthop(_metadata, self->h, "192.0.2.2");
	self->nh[2] = add_nexthop(_metadata, self->h, "192.0.2.3");
	self->route = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[0], 10);
}

static DWORD let_go(RTM_ENTITY_HANDLE h, RTM_ROUTE_HANDLE route)
{
	DWORD change;

	return RtmDeleteRouteToDest(h, route, &change);
}

/* No route, next hop or handle is left but the two registrations' own. */
static bool all_gone(int watch)
{
	struct rtm_get_stats s;

	dev_stats(watch, &s);
	return !s.routes && !s.nexthops && !s.dests && s.handles == 2;
}

FIXTURE_TEARDOWN(inplace)
{
	struct rtm_get_stats s;
	int i;

	if (self->route)
		IS(NO_ERROR, let_go(self->h, self->route));
	for (i = 0; i < 3; i++)
		if (self->nh[i])
			IS(NO_ERROR, RtmDeleteNextHop(self->h, self->nh[i], NULL));
	EXPECT_TRUE(wait_until(all_gone(self->env.watch))) {
		dev_stats(self->env.watch, &s);
		stats_print(&s);
	}
	IS(NO_ERROR, RtmDeregisterEntity(self->other));
	IS(NO_ERROR, RtmDeregisterEntity(self->h));
	sem_destroy(&asked);
	env_clean(_metadata, &self->env);
}

static bool locked(FIXTURE_DATA(inplace) *self)
{
	struct rtm_dest_rec rec;

	return dev_dest_rec(self->env.watch, "10.1.0.0/16", &rec) && rec.locked;
}

/*
 * Routes
 */

TEST_F(inplace, route_pointer)
{
	PRTM_ROUTE_INFO p = NULL, again = NULL, untouched = (void *)1;
	RTM_ROUTE_HANDLE foreign;
	RTM_ROUTE_INFO info;
	DWORD change = 0;

	foreign = add_route(_metadata, self->other, "10.1.0.0/16", NULL, 20);
	IS(ERROR_INVALID_PARAMETER, RtmGetRoutePointer(self->h, self->route, NULL));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(NULL, self->route, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(ALIEN, self->route, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(self->h, NULL, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(self->h, ALIEN, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(self->h, self->nh[0], &untouched));
	IS(ERROR_ACCESS_DENIED, RtmGetRoutePointer(self->h, foreign, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmGetRoutePointer(self->other, self->route, &untouched));
	EXPECT_EQ((void *)1, untouched);

	OK(RtmGetRoutePointer(self->h, self->route, &p));
	EXPECT_EQ(self->h, p->RouteOwner);
	EXPECT_EQ(self->nh[0], p->Neighbour);
	EXPECT_EQ(1, p->NextHopsList.NumNextHops);
	EXPECT_EQ(self->nh[0], p->NextHopsList.NextHops[0]);
	EXPECT_EQ(10, p->PrefInfo.Metric);
	EXPECT_EQ(BOTH, p->BelongsToViews);
	EXPECT_EQ(RTM_ROUTE_STATE_CREATED, p->State);
	/* what it names can be used, though the client never asked for it */
	OK(RtmLockDestination(self->h, p->DestHandle, FALSE, TRUE));
	OK(RtmLockDestination(self->h, p->DestHandle, FALSE, FALSE));

	/* what the client does to the route is seen, by handle and by key */
	info = route_info(self->nh[0], 11);
	OK(put_route(self->h, "10.1.0.0/16", &info, &self->route, &change));
	EXPECT_EQ(11, p->PrefInfo.Metric);
	info.PrefInfo.Metric = 12;
	change = 0;
	OK(put_route(self->h, "10.1.0.0/16", &info, NULL, &change));
	EXPECT_EQ(12, p->PrefInfo.Metric);
	OK(RtmGetRoutePointer(self->h, self->route, &again));
	EXPECT_EQ(p, again);
	OK(let_go(self->other, foreign));
}

/* A pointer that is kept past the deletion says so, as long as there is a handle. */
TEST_F(inplace, route_pointer_of_deleted)
{
	PRTM_ROUTE_INFO p;

	OK(RtmGetRoutePointer(self->h, self->route, &p));
	OK(RtmReferenceHandles(self->h, 1, &self->route));
	OK(let_go(self->h, self->route));
	EXPECT_EQ(RTM_ROUTE_STATE_DELETED, p->State);
	OK(RtmGetRoutePointer(self->h, self->route, &p));
	EXPECT_EQ(RTM_ROUTE_STATE_DELETED, p->State);
	IS(ERROR_INVALID_HANDLE, RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	OK(RtmReleaseRoutes(self->h, 1, &self->route));
	IS(ERROR_INVALID_HANDLE, RtmGetRoutePointer(self->h, self->route, &p));
	self->route = NULL;
}

TEST_F(inplace, lock_wrong)
{
	PRTM_ROUTE_INFO untouched = (void *)1;
	RTM_ROUTE_HANDLE foreign;

	foreign = add_route(_metadata, self->other, "10.1.0.0/16", NULL, 20);
	IS(ERROR_INVALID_HANDLE, RtmLockRoute(NULL, self->route, TRUE, TRUE, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmLockRoute(self->h, NULL, TRUE, TRUE, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmLockRoute(self->h, ALIEN, TRUE, TRUE, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmLockRoute(self->h, self->nh[0], TRUE, TRUE, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, foreign, TRUE, TRUE, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, foreign, FALSE, TRUE, &untouched));
	EXPECT_EQ((void *)1, untouched);
	EXPECT_FALSE(locked(self));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, self->route, FALSE, FALSE, NULL));
	OK(RtmLockRoute(self->h, self->route, FALSE, TRUE, NULL));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	OK(RtmLockRoute(self->h, self->route, FALSE, FALSE, NULL));
	/* any value but 0 is true */
	OK(RtmLockRoute(self->h, self->route, 7, -1, NULL));
	OK(RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	OK(let_go(self->other, foreign));
}

/* S-06, as the sample does it: the references of the next hops are the route's. */
TEST_F(inplace, update)
{
	RTM_VIEW_SET best;
	PRTM_ROUTE_INFO p;
	RTM_ROUTE_INFO info;
	DWORD change = 99;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	EXPECT_EQ(10, p->PrefInfo.Metric);
	p->PrefInfo.Metric = 16;
	p->BelongsToViews = RTM_VIEW_MASK_MCAST;
	p->EntitySpecificInfo = (PVOID)77;
	p->Flags = RTM_ROUTE_FLAGS_REMOTE;
	p->State = 9;
	p->DestHandle = ALIEN;
	p->RouteOwner = ALIEN;
	OK(RtmReleaseNextHops(self->h, 1, &p->NextHopsList.NextHops[0]));
	p->NextHopsList.NextHops[0] = self->nh[1];
	OK(RtmReferenceHandles(self->h, 1, &self->nh[1]));
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(RTM_ROUTE_CHANGE_BEST, change);
	EXPECT_FALSE(locked(self));

	OK(RtmGetRouteInfo(self->h, self->route, &info, NULL));
	EXPECT_EQ(16, info.PrefInfo.Metric);
	EXPECT_EQ(RTM_VIEW_MASK_MCAST, info.BelongsToViews);
	EXPECT_EQ((PVOID)77, info.EntitySpecificInfo);
	EXPECT_EQ(RTM_ROUTE_FLAGS_REMOTE, info.Flags);
	EXPECT_EQ(self->nh[1], info.NextHopsList.NextHops[0]);
	EXPECT_EQ(self->nh[0], info.Neighbour);
	EXPECT_EQ(p->DestHandle, info.DestHandle);
	EXPECT_EQ(RTM_ROUTE_STATE_CREATED, p->State);
	EXPECT_EQ(self->h, p->RouteOwner);
	OK(RtmReleaseRouteInfo(self->h, &info));
	OK(RtmIsBestRoute(self->h, self->route, &best));
	EXPECT_EQ(RTM_VIEW_MASK_MCAST, best);
}

/* A client that does not count ends the same way. */
TEST_F(inplace, update_without_counting)
{
	PRTM_ROUTE_INFO p;
	DWORD change;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->Neighbour = self->nh[2];
	p->NextHopsList.NumNextHops = 2;
	p->NextHopsList.NextHops[0] = self->nh[1];
	p->NextHopsList.NextHops[1] = self->nh[2];
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
}

/* What goes beyond the route's changes was meant for the client's own references. */
TEST_F(inplace, counting_beyond_the_edit)
{
	RTM_NEXTHOP_HANDLE both[] = { self->nh[0], self->nh[0] };
	RTM_NEXTHOP_HANDLE mixed[] = { self->nh[1], self->nh[2] };
	PRTM_ROUTE_INFO p;
	DWORD change;

	OK(RtmReferenceHandles(self->h, 1, &self->nh[0]));
	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	OK(RtmReleaseNextHops(self->h, 2, both));
	OK(RtmReferenceHandles(self->h, 2, mixed));
	EXPECT_EQ(ERROR_INVALID_HANDLE, RtmReleaseNextHops(self->h, 1, (HANDLE[]){ ALIEN }));
	p->NextHopsList.NextHops[0] = self->nh[1];
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	OK(RtmReleaseNextHops(self->h, 1, &self->nh[2]));
}

/* Given up: the edit is forgotten, and the client counted for itself. */
TEST_F(inplace, edit_given_up)
{
	RTM_ROUTE_INFO info;
	PRTM_ROUTE_INFO p;

	OK(RtmReferenceHandles(self->h, 1, &self->nh[0]));
	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 16;
	p->NextHopsList.NumNextHops = 0;
	OK(RtmReleaseNextHops(self->h, 1, &self->nh[0]));
	OK(RtmReferenceHandles(self->h, 1, &self->nh[1]));
	OK(RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	EXPECT_EQ(10, p->PrefInfo.Metric);
	EXPECT_EQ(1, p->NextHopsList.NumNextHops);
	OK(RtmReleaseNextHops(self->h, 1, &self->nh[1]));
	OK(RtmGetRouteInfo(self->h, self->route, &info, NULL));
	EXPECT_EQ(10, info.PrefInfo.Metric);
	OK(RtmReleaseRouteInfo(self->h, &info));
}

/* S-06, step 5: each way a commit can fail leaves the lock, the edit and the route. */
TEST_F(inplace, update_wrong)
{
	RTM_NEXTHOP_HANDLE foreign = add_nexthop(_metadata, self->other, "192.0.2.9");
	RTM_ROUTE_LIST_HANDLE list;
	PRTM_ROUTE_INFO p;
	DWORD change = 99;

	OK(RtmCreateRouteList(self->other, &list));
	IS(ERROR_ACCESS_DENIED,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	OK(RtmLockRoute(self->h, self->route, FALSE, TRUE, NULL));
	IS(ERROR_ACCESS_DENIED,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	OK(RtmLockRoute(self->h, self->route, FALSE, FALSE, NULL));

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 16;
	IS(ERROR_INVALID_PARAMETER,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, NULL));
	IS(ERROR_INVALID_PARAMETER,
	   RtmUpdateAndUnlockRoute(self->h, self->route, 0, NULL, 0, NULL, &change));
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(NULL, self->route, INFINITE, NULL, 0, NULL, &change));
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(self->h, NULL, INFINITE, NULL, 0, NULL, &change));
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, list, 0, NULL, &change));
	p->NextHopsList.NextHops[0] = foreign;
	IS(ERROR_INVALID_HANDLE,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	p->NextHopsList.NumNextHops = (USHORT)(self->profile.MaxNextHopsInRoute + 1);
	IS(ERROR_INVALID_PARAMETER,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	p->NextHopsList.NumNextHops = 1;
	p->NextHopsList.NextHops[0] = self->nh[0];
	p->BelongsToViews = 0x80;
	IS(ERROR_INVALID_PARAMETER,
	   RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(99, change);
	EXPECT_TRUE(locked(self));
	EXPECT_EQ(16, p->PrefInfo.Metric);
	OK(RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	EXPECT_EQ(10, p->PrefInfo.Metric);
	EXPECT_EQ(BOTH, p->BelongsToViews);
	OK(RtmDeleteRouteList(self->other, list));
	OK(RtmDeleteNextHop(self->other, foreign, NULL));
}

/* As many next hops as the profile says; the last of them is where memory ends. */
TEST_F(inplace, full_route)
{
	UINT max = self->profile.MaxNextHopsInRoute, i;
	RTM_NEXTHOP_HANDLE nh[RTM_MAX_NEXTHOPS];
	PRTM_ROUTE_INFO p;
	char addr[16];
	DWORD change;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	for (i = 0; i < max; i++) {
		sprintf(addr, "192.0.3.%u", i + 1);
		nh[i] = add_nexthop(_metadata, self->h, addr);
		p->NextHopsList.NextHops[i] = nh[i];
	}
	p->NextHopsList.NumNextHops = (USHORT)max;
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(max, p->NextHopsList.NumNextHops);
	EXPECT_EQ(nh[max - 1], p->NextHopsList.NextHops[max - 1]);
	for (i = 0; i < max; i++)
		OK(RtmDeleteNextHop(self->h, nh[i], NULL));
}

/* The list, the lifetime, and a route that was locked twice. */
TEST_F(inplace, update_moves_and_limits)
{
	RTM_ROUTE_HANDLE found[2];
	RTM_ROUTE_LIST_HANDLE list;
	RTM_ENUM_HANDLE walk;
	DWORD change;
	UINT n = 2;

	OK(RtmCreateRouteList(self->h, &list));
	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, NULL));
	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, NULL));
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, LONG_MS, list, 0, NULL, &change));
	EXPECT_TRUE(locked(self));
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, LONG_MS, NULL, 0, NULL, &change));
	EXPECT_FALSE(locked(self));
	OK(RtmCreateRouteListEnum(self->h, list, &walk));
	OK(RtmGetListEnumRoutes(self->h, walk, &n, found));
	ASSERT_EQ(1, n);
	EXPECT_EQ(self->route, found[0]);
	OK(RtmReleaseRoutes(self->h, 1, found));
	OK(RtmDeleteEnumHandle(self->h, walk));
	OK(RtmDeleteRouteList(self->h, list));
}

/* route lock and destination lock exclude each other. */
static void *lock_dest_thread(void *arg)
{
	RTM_ENTITY_HANDLE h = ((HANDLE *)arg)[0];
	RTM_DEST_HANDLE dest = ((HANDLE *)arg)[1];

	if (RtmLockDestination(h, dest, TRUE, TRUE) != NO_ERROR)
		return (void *)1;
	sem_post(&asked);
	return RtmLockDestination(h, dest, TRUE, FALSE) == NO_ERROR ? NULL : (void *)2;
}

TEST_F(inplace, excludes_destination_lock)
{
	HANDLE args[2] = { self->other, find_dest(_metadata, self->other, "10.1.0.0/16") };
	pthread_t thread;
	DWORD change;
	void *ret;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, NULL));
	ASSERT_EQ(0, pthread_create(&thread, NULL, lock_dest_thread, args));
	sleep_ms(150);
	EXPECT_EQ(-1, sem_trywait(&asked));
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_TRUE(was_asked());
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
	OK(release_dest(self->other, args[1]));
}

static DWORD metric_shown(RTM_ENTITY_HANDLE h, RTM_ROUTE_HANDLE route)
{
	RTM_ROUTE_INFO *p;

	return RtmGetRoutePointer(h, route, &p) == NO_ERROR ? p->PrefInfo.Metric : ~0u;
}

/* Whichever call releases the lock, the edit does not outlive it. */
TEST_F(inplace, edit_ends_with_unlock_of_destination)
{
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	RTM_ROUTE_INFO *p;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 99;
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	EXPECT_EQ(10, metric_shown(self->h, self->route));
	OK(release_dest(self->h, dest));
}

TEST_F(inplace, edit_lasts_as_long_as_a_lock_is_left)
{
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	RTM_ROUTE_INFO *p;

	OK(RtmLockDestination(self->h, dest, TRUE, TRUE));
	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 99;
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	EXPECT_EQ(99, metric_shown(self->h, self->route));
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	EXPECT_EQ(10, metric_shown(self->h, self->route));
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	OK(release_dest(self->h, dest));
}

/* Two routes of one destination share its lock: the edit begun last goes first. */
TEST_F(inplace, newest_edit_ends_first)
{
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	RTM_ROUTE_HANDLE second = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[1], 20);
	RTM_ROUTE_INFO *p, *q;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	OK(RtmLockRoute(self->h, second, TRUE, TRUE, &q));
	p->PrefInfo.Metric = 99;
	q->PrefInfo.Metric = 98;
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	EXPECT_EQ(99, metric_shown(self->h, self->route));
	EXPECT_EQ(20, metric_shown(self->h, second));
	OK(RtmLockRoute(self->h, second, TRUE, FALSE, NULL));
	EXPECT_EQ(10, metric_shown(self->h, self->route));
	OK(let_go(self->h, second));
	OK(release_dest(self->h, dest));
}

/* What is not an edit of that route ends one of another. */
TEST_F(inplace, unlocked_through_another_route)
{
	RTM_ROUTE_HANDLE second = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[1], 20);
	RTM_ROUTE_INFO *p;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 99;
	OK(RtmLockRoute(self->h, second, TRUE, FALSE, NULL));
	EXPECT_EQ(10, metric_shown(self->h, self->route));
	OK(let_go(self->h, second));
}

/* Another entity's route cannot be unlocked, and the edit goes on. */
TEST_F(inplace, unlocked_through_a_foreign_route)
{
	RTM_ROUTE_HANDLE foreign = add_route(_metadata, self->other, "10.1.0.0/16", NULL, 20);
	RTM_ROUTE_INFO *p;
	DWORD change;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 99;
	IS(ERROR_ACCESS_DENIED, RtmLockRoute(self->h, foreign, TRUE, FALSE, NULL));
	EXPECT_EQ(99, metric_shown(self->h, self->route));
	OK(RtmUpdateAndUnlockRoute(self->h, self->route, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(99, metric_shown(self->h, self->route));
	OK(let_go(self->other, foreign));
}

TEST_F(inplace, another_route_is_committed)
{
	RTM_ROUTE_HANDLE second = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[1], 20);
	RTM_ROUTE_INFO *p;
	DWORD change;

	OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
	p->PrefInfo.Metric = 99;
	OK(RtmUpdateAndUnlockRoute(self->h, second, INFINITE, NULL, 0, NULL, &change));
	EXPECT_EQ(10, metric_shown(self->h, self->route));
	OK(let_go(self->h, second));
}

/* A route that was deleted under its lock is edited no more when that goes. */
TEST_F(inplace, deleted_under_an_edit)
{
	RTM_ROUTE_HANDLE second = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[1], 20);
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	RTM_NEXTHOP_HANDLE nh = self->nh[2];
	struct rtm_get_stats before, after;
	RTM_ROUTE_INFO *p;

	OK(RtmLockRoute(self->h, second, TRUE, TRUE, &p));
	OK(let_go(self->h, second));
	OK(RtmLockDestination(self->h, dest, TRUE, FALSE));
	dev_stats(self->env.watch, &before);
	/* what is counted now is counted at once */
	OK(RtmReferenceHandles(self->h, 1, &nh));
	OK(RtmReleaseNextHops(self->h, 1, &nh));
	OK(RtmReleaseNextHops(self->h, 1, &nh));
	dev_stats(self->env.watch, &after);
	EXPECT_EQ(before.handles - 1, after.handles);
	self->nh[2] = add_nexthop(_metadata, self->h, "192.0.2.3");
	OK(release_dest(self->h, dest));
}

#define N_UNLOCKS	300

static void *unlock_dest_often(void *arg)
{
	RTM_ENTITY_HANDLE h = ((HANDLE *)arg)[0];
	RTM_DEST_HANDLE dest = ((HANDLE *)arg)[1];
	DWORD err = NO_ERROR;
	int i;

	for (i = 0; i < N_UNLOCKS && err == NO_ERROR; i++) {
		err = RtmLockDestination(h, dest, TRUE, TRUE);
		if (err == NO_ERROR)
			err = RtmLockDestination(h, dest, TRUE, FALSE);
	}
	return (void *)(uintptr_t)err;
}

/* Who unlocks gives up no edit of the thread that had waited. */
TEST_F(inplace, edit_begins_when_another_unlocks)
{
	HANDLE args[2] = { self->h, find_dest(_metadata, self->h, "10.1.0.0/16") };
	RTM_ROUTE_INFO *p;
	pthread_t thread;
	void *ret;
	int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, unlock_dest_often, args));
	for (i = 0; i < N_UNLOCKS; i++) {
		OK(RtmLockRoute(self->h, self->route, TRUE, TRUE, &p));
		p->PrefInfo.Metric = 1000 + i;
		sched_yield();
		EXPECT_EQ(1000 + i, metric_shown(self->h, self->route));
		OK(RtmLockRoute(self->h, self->route, TRUE, FALSE, NULL));
	}
	ASSERT_EQ(0, pthread_join(thread, &ret));
	EXPECT_EQ(NULL, ret);
	OK(release_dest(self->h, args[1]));
}

/*
 * Next hops
 */

TEST_F(inplace, nexthop_pointer)
{
	RTM_NEXTHOP_HANDLE foreign = add_nexthop(_metadata, self->other, "192.0.2.9");
	PRTM_NEXTHOP_INFO p, found, untouched = (void *)1;
	RTM_NEXTHOP_INFO key = nexthop("192.0.2.1", 1);

	IS(ERROR_INVALID_PARAMETER, RtmGetNextHopPointer(self->h, self->nh[0], NULL));
	IS(ERROR_INVALID_HANDLE, RtmGetNextHopPointer(NULL, self->nh[0], &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetNextHopPointer(self->h, NULL, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetNextHopPointer(self->h, ALIEN, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmGetNextHopPointer(self->h, self->route, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmGetNextHopPointer(self->h, foreign, &untouched));
	EXPECT_EQ((void *)1, untouched);
	OK(RtmGetNextHopPointer(self->h, self->nh[0], &p));
	EXPECT_EQ(self->h, p->NextHopOwner);
	EXPECT_TRUE(net_is(&p->NextHopAddress, "192.0.2.1"));
	OK(RtmFindNextHop(self->h, &key, NULL, &found));
	EXPECT_EQ(p, found);
	OK(RtmDeleteNextHop(self->other, foreign, NULL));
}

TEST_F(inplace, nexthop_edit)
{
	RTM_NEXTHOP_HANDLE foreign = add_nexthop(_metadata, self->other, "192.0.2.9");
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	PRTM_NEXTHOP_INFO p, untouched = (void *)1;
	RTM_NEXTHOP_INFO info;

	IS(ERROR_NOT_FOUND, RtmLockNextHop(self->h, NULL, TRUE, TRUE, &untouched));
	IS(ERROR_NOT_FOUND, RtmLockNextHop(self->h, ALIEN, TRUE, TRUE, &untouched));
	IS(ERROR_NOT_FOUND, RtmLockNextHop(self->h, self->route, TRUE, TRUE, &untouched));
	IS(ERROR_INVALID_HANDLE, RtmLockNextHop(NULL, self->nh[0], TRUE, TRUE, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmLockNextHop(self->h, foreign, TRUE, TRUE, &untouched));
	IS(ERROR_ACCESS_DENIED, RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	EXPECT_EQ((void *)1, untouched);

	/* shared: whatever is written there is forgotten */
	OK(RtmLockNextHop(self->h, self->nh[0], FALSE, TRUE, &p));
	p->EntitySpecificInfo = (PVOID)5;
	OK(RtmLockNextHop(self->h, self->nh[0], FALSE, FALSE, NULL));
	EXPECT_EQ(NULL, p->EntitySpecificInfo);

	/* exclusive: three members count, address and interface do not */
	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, TRUE, &p));
	p->EntitySpecificInfo = (PVOID)6;
	p->Flags = RTM_NEXTHOP_FLAGS_DOWN;
	p->RemoteNextHop = dest;
	p->InterfaceIndex = 99;
	p->NextHopAddress = net("198.51.100.1");
	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	OK(RtmGetNextHopInfo(self->h, self->nh[0], &info));
	EXPECT_EQ((PVOID)6, info.EntitySpecificInfo);
	EXPECT_EQ(RTM_NEXTHOP_FLAGS_DOWN, info.Flags);
	EXPECT_EQ(dest, info.RemoteNextHop);
	EXPECT_EQ(1, info.InterfaceIndex);
	EXPECT_TRUE(net_is(&info.NextHopAddress, "192.0.2.1"));
	EXPECT_TRUE(net_is(&p->NextHopAddress, "192.0.2.1"));
	OK(RtmReleaseNextHopInfo(self->h, &info));

	/* a commit that fails leaves lock and edit; mended, it goes through */
	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, TRUE, NULL));
	p->RemoteNextHop = ALIEN;
	p->EntitySpecificInfo = (PVOID)7;
	IS(ERROR_NOT_FOUND, RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	EXPECT_EQ((PVOID)7, p->EntitySpecificInfo);
	p->RemoteNextHop = NULL;
	p->Flags = 0;
	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	IS(ERROR_ACCESS_DENIED, RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	OK(RtmGetNextHopInfo(self->h, self->nh[0], &info));
	EXPECT_EQ((PVOID)7, info.EntitySpecificInfo);
	OK(RtmReleaseNextHopInfo(self->h, &info));
	OK(release_dest(self->h, dest));
	OK(RtmDeleteNextHop(self->other, foreign, NULL));
}

/* While it is edited, nothing else writes over the edit. */
TEST_F(inplace, nexthop_edit_stays)
{
	RTM_NEXTHOP_INFO info = nexthop("192.0.2.1", 1);
	PRTM_NEXTHOP_INFO p, q;
	DWORD change;

	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, TRUE, &p));
	p->EntitySpecificInfo = (PVOID)6;
	OK(RtmGetNextHopPointer(self->h, self->nh[0], &q));
	EXPECT_EQ(p, q);
	info.EntitySpecificInfo = (PVOID)3;
	OK(RtmAddNextHop(self->h, &info, &self->nh[0], &change));
	EXPECT_EQ((PVOID)6, p->EntitySpecificInfo);
	OK(RtmLockNextHop(self->h, self->nh[0], TRUE, FALSE, NULL));
	EXPECT_EQ((PVOID)6, p->EntitySpecificInfo);
}

/*
 * Lifetimes
 */

static DWORD put_for(RTM_ENTITY_HANDLE h, const char *dest, ULONG ttl, RTM_ROUTE_HANDLE *route)
{
	RTM_ROUTE_INFO info = route_info(NULL, 10);
	RTM_NET_ADDRESS n = net(dest);
	DWORD change = 0;

	return RtmAddRouteToDest(h, route, &n, &info, ttl, NULL, 0, NULL, &change);
}

static bool has_gone(RTM_ENTITY_HANDLE h, const char *dest)
{
	RTM_NET_ADDRESS n = net(dest);
	RTM_DEST_INFO info;

	if (RtmGetExactMatchDestination(h, &n, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_ANY, &info))
		return true;
	RtmReleaseDestInfo(h, &info);
	return false;
}

/* S-05, step 5: without a callback the route goes, and its destination. */
TEST_F(inplace, expires_unasked)
{
	RTM_ROUTE_HANDLE route = NULL;

	IS(ERROR_INVALID_PARAMETER, put_for(self->other, "10.2.0.0/16", 0, &route));
	EXPECT_EQ(NULL, route);
	OK(put_for(self->other, "10.2.0.0/16", SHORT_MS, &route));
	OK(RtmReleaseRoutes(self->other, 1, &route));
	EXPECT_TRUE(wait_until(has_gone(self->other, "10.2.0.0/16")));
}

/* What the callback is to find, and what it found. */
static struct {
	RTM_ROUTE_HANDLE route;
	PRTM_ROUTE_INFO p;
	ULONG metric;
	DWORD status;
} expired;

static DWORD keep_it(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	RTM_ROUTE_HANDLE route = c1;
	PRTM_ROUTE_INFO p = c2;
	DWORD change;

	(void)type;
	expired.route = route;
	expired.p = p;
	expired.metric = p->PrefInfo.Metric;
	expired.status = RtmLockRoute(h, route, TRUE, TRUE, NULL);
	p->PrefInfo.Metric = 33;
	expired.status |= RtmUpdateAndUnlockRoute(h, route, INFINITE, NULL, 0, NULL, &change);
	expired.status |= RtmReleaseRoutes(h, 1, &route);
	return NO_ERROR;
}

/* S-14, step 3: the callback edits the very memory it was given. */
TEST_F(inplace, expiry_answered_by_an_edit)
{
	RTM_ROUTE_HANDLE route = NULL;
	RTM_ROUTE_INFO info;
	PRTM_ROUTE_INFO p;

	verdict_of = keep_it;
	OK(put_for(self->h, "10.2.0.0/16", SHORT_MS, &route));
	OK(RtmGetRoutePointer(self->h, route, &p));
	ASSERT_TRUE(was_asked());
	EXPECT_EQ(route, expired.route);
	EXPECT_EQ(p, expired.p);
	EXPECT_EQ(10, expired.metric);
	EXPECT_EQ(NO_ERROR, expired.status);
	sleep_ms(2 * SHORT_MS);
	OK(RtmGetRouteInfo(self->h, route, &info, NULL));
	EXPECT_EQ(RTM_ROUTE_STATE_CREATED, info.State);
	EXPECT_EQ(33, info.PrefInfo.Metric);
	OK(RtmReleaseRouteInfo(self->h, &info));
	OK(let_go(self->h, route));
}

static DWORD drop_it(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	(void)h;
	(void)type;
	(void)c1;
	(void)c2;
	return ERROR_NOT_SUPPORTED;
}

/* S-14, step 4. */
TEST_F(inplace, expiry_answered_by_not_supported)
{
	RTM_ROUTE_HANDLE route = NULL;

	verdict_of = drop_it;
	OK(put_for(self->h, "10.2.0.0/16", SHORT_MS, &route));
	OK(RtmReleaseRoutes(self->h, 1, &route));
	ASSERT_TRUE(was_asked());
	EXPECT_TRUE(wait_until(has_gone(self->h, "10.2.0.0/16")));
}

static DWORD leave_it(RTM_ENTITY_HANDLE h, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	(void)type;
	(void)c2;
	expired.status = RtmReleaseRoutes(h, 1, &c1);
	return NO_ERROR;
}

/* Dealt with, by doing nothing: it stays, without an end. */
TEST_F(inplace, expiry_answered_by_nothing)
{
	unsigned int answer = param_number("expiry_answer_ms");
	RTM_ROUTE_HANDLE route = NULL;

	ASSERT_EQ(0, param_set_number("expiry_answer_ms", SHORT_MS));
	verdict_of = leave_it;
	OK(put_for(self->h, "10.2.0.0/16", SHORT_MS, &route));
	ASSERT_TRUE(was_asked());
	EXPECT_EQ(NO_ERROR, expired.status);
	sleep_ms(5 * SHORT_MS);
	EXPECT_FALSE(has_gone(self->h, "10.2.0.0/16"));
	OK(let_go(self->h, route));
	ASSERT_EQ(0, param_set_number("expiry_answer_ms", answer));
}

/*
 * Hold-down
 */

static bool hold_is_over(FIXTURE_DATA(inplace) *self, RTM_DEST_HANDLE dest)
{
	union dest_room room;
	bool over;

	if (RtmGetDestInfo(self->h, dest, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_UCAST, &room.info))
		return false;
	over = !room.info.ViewInfo[0].HoldRoute;
	RtmReleaseDestInfo(self->h, &room.info);
	return over;
}

static UINT listed(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h, RTM_VIEW_SET views)
{
	RTM_NET_ADDRESS all = net("0.0.0.0/0");
	union dest_room room;
	RTM_ENUM_HANDLE walk;
	UINT total = 0, n = 1;

	OK(RtmCreateDestEnum(h, views, RTM_ENUM_RANGE | RTM_ENUM_ALL_DESTS, &all,
			     RTM_BEST_PROTOCOL, &walk));
	while (RtmGetEnumDests(h, walk, &n, &room.info) == NO_ERROR) {
		total += n;
		OK(RtmReleaseDests(h, n, &room.info));
		n = 1;
	}
	OK(RtmDeleteEnumHandle(h, walk));
	return total;
}

/* S-07 */
TEST_F(inplace, hold_down)
{
	RTM_DEST_HANDLE dest = find_dest(_metadata, self->h, "10.1.0.0/16");
	RTM_ROUTE_HANDLE old = self->route, fresh;
	RTM_NOTIFY_HANDLE notify;
	union dest_room room;
	RTM_ROUTE_INFO info;
	BOOL pending = FALSE;

	OK(RtmRegisterForChangeNotification(self->other, RTM_VIEW_MASK_UCAST,
					    RTM_CHANGE_TYPE_BEST, NULL, &notify));
	IS(ERROR_INVALID_PARAMETER, RtmHoldDestination(self->h, dest, RTM_VIEW_MASK_UCAST, 0));
	IS(ERROR_INVALID_PARAMETER, RtmHoldDestination(self->h, dest, 0x80, 1000));
	IS(ERROR_INVALID_HANDLE, RtmHoldDestination(self->h, NULL, RTM_VIEW_MASK_UCAST, 1000));
	IS(ERROR_INVALID_HANDLE, RtmHoldDestination(self->h, old, RTM_VIEW_MASK_UCAST, 1000));
	IS(ERROR_INVALID_HANDLE, RtmHoldDestination(NULL, dest, RTM_VIEW_MASK_UCAST, 1000));
	OK(RtmHoldDestination(self->h, dest, RTM_VIEW_MASK_UCAST, 5 * SHORT_MS));
	OK(RtmReferenceHandles(self->h, 1, &old));
	OK(let_go(self->h, self->route));

	OK(RtmGetDestInfo(self->h, dest, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_UCAST, &room.info));
	EXPECT_EQ(NULL, room.info.ViewInfo[0].Route);
	EXPECT_EQ(old, room.info.ViewInfo[0].HoldRoute);
	EXPECT_EQ(0, room.info.ViewInfo[0].NumRoutes);
	OK(RtmGetRouteInfo(self->h, room.info.ViewInfo[0].HoldRoute, &info, NULL));
	EXPECT_EQ(RTM_ROUTE_STATE_DELETED, info.State);
	OK(RtmReleaseRouteInfo(self->h, &info));
	OK(RtmReleaseDestInfo(self->h, &room.info));
	EXPECT_EQ(1, listed(_metadata, self->h, RTM_VIEW_MASK_ANY));
	EXPECT_EQ(0, listed(_metadata, self->h, RTM_VIEW_MASK_UCAST));

	fresh = add_route(_metadata, self->h, "10.1.0.0/16", self->nh[0], 20);
	OK(RtmGetDestInfo(self->h, dest, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_UCAST, &room.info));
	EXPECT_EQ(fresh, room.info.ViewInfo[0].Route);
	EXPECT_EQ(old, room.info.ViewInfo[0].HoldRoute);
	EXPECT_EQ(1, room.info.ViewInfo[0].NumRoutes);
	OK(RtmReleaseDestInfo(self->h, &room.info));

	OK(RtmIgnoreChangedDests(self->other, notify, 1, &dest));
	EXPECT_TRUE(wait_until(hold_is_over(self, dest)));
	OK(RtmGetChangeStatus(self->other, notify, dest, &pending));
	EXPECT_TRUE(pending);
	OK(RtmDeregisterFromChangeNotification(self->other, notify));
	OK(RtmReleaseRoutes(self->h, 1, &old));
	OK(release_dest(self->h, dest));
	self->route = fresh;
}

TEST_HARNESS_MAIN
