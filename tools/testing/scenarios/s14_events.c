// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-14: the four events that a client's callback is told of.
 *
 * How this file works: the callback notes what it was told and does what the sample's
 * does.  A change is fetched by the callback itself, which a gate can keep from beginning.
 */
#include "scenario.h"

#define CONTEXT		((PVOID)0x4711)
#define SECOND_ID	77
#define LIFETIME_MS	200
#define NEW_METRIC	33

static RTM_ENTITY_HANDLE h, second;
static RTM_NOTIFY_HANDLE notify;
static UINT n_views, max;

/* Entities that came and went: what was told, what the handle said, if it was kept. */
static struct heard_entity {
	RTM_ENTITY_HANDLE self;
	RTM_ENTITY_HANDLE handle;
	RTM_ENTITY_INFO info;
	RTM_ENTITY_INFO read;
	DWORD status;
	DWORD kept;
	atomic_uint times;
} came, went;

static void hear_entity(struct heard_entity *heard, RTM_ENTITY_HANDLE self, PVOID c1, PVOID c2)
{
	heard->self = self;
	heard->handle = c1;
	heard->info = *(PRTM_ENTITY_INFO)c2;
	heard->status = RtmGetEntityInfo(self, c1, &heard->read);
	/* who wants to know it again keeps a reference */
	if (heard == &came)
		heard->kept = RtmReferenceHandles(self, 1, &c1);
	heard->times++;
}

/* Changes: what the callback was told, and what it fetched; behind the gate. */
static struct {
	PVOID context1;
	PVOID context2;
	char dests[256];
	DWORD wrong;
} changed;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* Sized by all views of the table, as in the sample, and so is the registration. */
static void drain(void)
{
	RTM_DEST_INFO *infos = calloc(max, RTM_SIZE_OF_DEST_INFO(n_views)), *info;
	DWORD status;
	UINT n, i;

	do {
		n = max;
		status = RtmGetChangedDests(h, changed.context1, &n, infos);
		changed.wrong += status != NO_ERROR && status != ERROR_NO_MORE_ITEMS;
		for (i = 0, info = infos; i < n; i++, info = dest_after(info, n_views)) {
			say_net(changed.dests, sizeof(changed.dests), &info->DestAddress);
			changed.wrong += info->NumberOfViews != n_views;
		}
		changed.wrong += RtmReleaseChangedDests(h, changed.context1, n, infos);
	} while (n);
	free(infos);
}

static void hear_change(PVOID c1, PVOID c2)
{
	pthread_mutex_lock(&gate);
	changed.context1 = c1;
	changed.context2 = c2;
	drain();
	pthread_mutex_unlock(&gate);
}

/* Expired routes: what was told, what the callback is to answer, what its calls said. */
static struct {
	RTM_ROUTE_HANDLE route;
	PRTM_ROUTE_INFO p;
	DWORD answer;
	DWORD wrong;
	atomic_uint times;
} expired;

/* The edit goes through the pointer that came with the event. */
static void keep(RTM_ROUTE_HANDLE route, PRTM_ROUTE_INFO p)
{
	DWORD change;

	expired.wrong += RtmLockRoute(h, route, TRUE, TRUE, NULL);
	p->PrefInfo.Metric = NEW_METRIC;
	expired.wrong += RtmUpdateAndUnlockRoute(h, route, INFINITE, NULL, 0, NULL, &change);
	expired.wrong += RtmReleaseRoutes(h, 1, &route);
}

static DWORD hear_expiry(PVOID c1, PVOID c2)
{
	expired.route = c1;
	expired.p = c2;
	if (expired.answer == NO_ERROR)
		keep(c1, c2);
	expired.times++;
	return expired.answer;
}

static DWORD WINAPI callback(RTM_ENTITY_HANDLE self, RTM_EVENT_TYPE type, PVOID c1, PVOID c2)
{
	switch (type) {
	case RTM_ENTITY_REGISTERED:
		hear_entity(&came, self, c1, c2);
		break;
	case RTM_ENTITY_DEREGISTERED:
		hear_entity(&went, self, c1, c2);
		break;
	case RTM_CHANGE_NOTIFICATION:
		hear_change(c1, c2);
		break;
	case RTM_ROUTE_EXPIRED:
		return hear_expiry(c1, c2);
	}
	return NO_ERROR;
}

static void check_entity(struct heard_entity *heard)
{
	CHECK(wait_until(heard->times));
	EQUAL(1, heard->times);
	CHECK(heard->self == h);
	CHECK(heard->handle == second);
	EQUAL(AF_INET, heard->info.AddressFamily);
	EQUAL(PROTO_IP_OSPF, heard->info.EntityId.EntityProtocolId);
	EQUAL(SECOND_ID, heard->info.EntityId.EntityInstanceId);
	EQUAL(NO_ERROR, heard->status);
	EQUAL(NO_ERROR, heard->kept);
	CHECK(!memcmp(&heard->info, &heard->read, sizeof(heard->info)));
}

/* 1. Another client registers. */
static void another_comes(void)
{
	h = enter_with(PROTO_IP_RIP, SAMPLE_ID, NULL, callback, FALSE);
	n_views = profile.NumberOfViews;
	max = profile.MaxHandlesInEnum;
	second = enter_as(PROTO_IP_OSPF, SECOND_ID);
	check_entity(&came);
	EQUAL(0, went.times);
}

/* 1. It leaves. */
static void another_goes(void)
{
	OK(RtmDeregisterEntity(second));
	check_entity(&went);
	OK(RtmReleaseEntities(h, 1, &came.handle));
}

static bool has_fetched(void)
{
	bool has;

	pthread_mutex_lock(&gate);
	has = *changed.dests;
	pthread_mutex_unlock(&gate);
	return has;
}

/* 2. Changes are fetched, each destination once however often it has changed. */
static void destinations_change(void)
{
	RTM_ROUTE_INFO info = route_info(NULL, 2);
	RTM_ROUTE_HANDLE route, other;
	DWORD change = 0;

	OK(RtmRegisterForChangeNotification(h, RTM_VIEW_MASK_ALL, RTM_CHANGE_TYPE_ALL, CONTEXT,
					    &notify));
	pthread_mutex_lock(&gate);
	route = add_route(h, "10.0.0.0/8", NULL, 1);
	OK(put_route(h, &route, "10.0.0.0/8", &info, INFINITE, &change));
	other = add_route(h, "11.0.0.0/8", NULL, 1);
	pthread_mutex_unlock(&gate);
	CHECK(wait_until(has_fetched()));

	pthread_mutex_lock(&gate);
	CHECK(changed.context1 == notify);
	CHECK(changed.context2 == CONTEXT);
	EQUAL(0, changed.wrong);
	SAME("10.0.0.0/8 11.0.0.0/8", changed.dests);
	*changed.dests = '\0';
	delete_route(h, other);
	pthread_mutex_unlock(&gate);
	CHECK(wait_until(has_fetched()));
	pthread_mutex_lock(&gate);
	SAME("11.0.0.0/8", changed.dests);
	EQUAL(0, changed.wrong);
	pthread_mutex_unlock(&gate);
	OK(RtmDeregisterFromChangeNotification(h, notify));
	delete_route(h, route);
}

static RTM_ROUTE_HANDLE add_brief(void)
{
	RTM_ROUTE_INFO info = route_info(NULL, 10);
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 0;

	OK(put_route(h, &route, "12.0.0.0/8", &info, LIFETIME_MS, &change));
	return route;
}

/* The library lets go of a route it has told of some time after the callback's return. */
static bool is_unknown(RTM_ROUTE_HANDLE route)
{
	RTM_ROUTE_INFO info;
	DWORD status;

	status = RtmGetRouteInfo(h, route, &info, NULL);
	if (status == NO_ERROR)
		OK(RtmReleaseRouteInfo(h, &info));
	return status == ERROR_INVALID_HANDLE;
}

/* 3. A route expires, and its owner keeps it. */
static void route_is_kept(void)
{
	RTM_ROUTE_HANDLE route;
	RTM_ROUTE_INFO info;

	expired.answer = NO_ERROR;
	route = add_brief();
	CHECK(wait_until(expired.times));
	CHECK(expired.route == route);
	EQUAL(0, expired.wrong);
	sleep_ms(2 * LIFETIME_MS);
	EQUAL(1, expired.times);
	OK(RtmGetRouteInfo(h, route, &info, NULL));
	EQUAL(NEW_METRIC, info.PrefInfo.Metric);
	EQUAL(RTM_ROUTE_STATE_CREATED, info.State);
	OK(RtmReleaseRouteInfo(h, &info));
	EQUAL(NEW_METRIC, expired.p->PrefInfo.Metric);
	delete_route(h, route);
	CHECK(wait_until(is_unknown(route)));
	IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(h, 1, &route));
}

/* 4. A route expires, and its owner does not mind. */
static void route_is_deleted(void)
{
	RTM_ROUTE_HANDLE route;
	RTM_ROUTE_INFO info;

	expired.answer = ERROR_NOT_SUPPORTED;
	expired.times = 0;
	route = add_brief();
	CHECK(wait_until(expired.times));
	CHECK(expired.route == route);
	CHECK(wait_until(!dest_exists(h, "12.0.0.0/8")));
	OK(RtmGetRouteInfo(h, route, &info, NULL));
	EQUAL(RTM_ROUTE_STATE_DELETED, info.State);
	OK(RtmReleaseRouteInfo(h, &info));
	OK(RtmReleaseRoutes(h, 1, &route));
	CHECK(wait_until(is_unknown(route)));
	IS(ERROR_INVALID_HANDLE, RtmReleaseRoutes(h, 1, &route));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "another client comes", another_comes },
		{ "it goes", another_goes },
		{ "destinations change", destinations_change },
		{ "an expired route is kept", route_is_kept },
		{ "an expired route is deleted", route_is_deleted },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
