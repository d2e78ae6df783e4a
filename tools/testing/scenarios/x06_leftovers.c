// SPDX-License-Identifier: GPL-2.0-only
/*
 * a client leaves without cleaning up.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h, other;
static RTM_NOTIFY_HANDLE notify;
static RTM_DEST_HANDLE dest;

/* Another client has asked to be told, and keeps a handle of one destination. */
static void is_watched(void)
{
	h = enter_with(PROTO_IP_RIP, SAMPLE_ID, NULL, NULL, TRUE);
	other = enter_as(PROTO_IP_OSPF, 1);
	OK(RtmRegisterForChangeNotification(other, BOTH, RTM_CHANGE_TYPE_ALL, NULL, &notify));
}

/* All that there is to leave behind. */
static void collects(void)
{
	RTM_ROUTE_INFO info = route_info(add_nexthop(h, "192.0.2.2", 1), 10);
	RTM_NEXTHOP_HANDLE nh = add_nexthop(h, "192.0.2.3", 1);
	RTM_NET_ADDRESS n = net("10.0.0.0/8");
	RTM_ROUTE_LIST_HANDLE list;
	RTM_NOTIFY_HANDLE mine;
	RTM_ENUM_HANDLE e;
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 0;
	PVOID slot;

	OK(RtmCreateRouteList(h, &list));
	OK(RtmAddRouteToDest(h, &route, &n, &info, INFINITE, list, 0, NULL, &change));
	add_route(h, "11.0.0.0/8", nh, 10);
	OK(put_route(h, NULL, "12.0.0.0/8", &info, 600000, &change));
	OK(RtmCreateRouteListEnum(h, list, &e));
	OK(RtmCreateDestEnum(h, BOTH, RTM_ENUM_START, NULL, RTM_BEST_PROTOCOL, &e));
	OK(RtmCreateRouteEnum(h, NULL, BOTH, RTM_ENUM_START, NULL, 0, NULL, 0, &e));
	OK(RtmCreateNextHopEnum(h, RTM_ENUM_START, NULL, &e));
	OK(RtmRegisterForChangeNotification(h, BOTH, RTM_CHANGE_TYPE_ALL, NULL, &mine));
	dest = find_dest(h, "11.0.0.0/8");
	OK(RtmMarkDestForChangeNotification(h, mine, dest, TRUE));
	OK(RtmHoldDestination(h, dest, BOTH, INFINITE));
	OK(RtmLockDestination(h, dest, TRUE, TRUE));
	OK(RtmGetOpaqueInformationPointer(h, dest, &slot));
	*(PVOID *)slot = &dest;
	OK(RtmLockDestination(h, dest, TRUE, FALSE));
	OK(RtmLockDestination(h, dest, FALSE, TRUE));
	OK(RtmLockRoute(h, route, TRUE, TRUE, NULL));
	OK(RtmLockNextHop(h, nh, TRUE, TRUE, NULL));
}

/* It leaves. */
static void leaves(void)
{
	OK(RtmDeregisterEntity(h));
	IS(ERROR_INVALID_HANDLE, RtmDeregisterEntity(h));
}

static UINT enumerated(RTM_VIEW_SET views)
{
	RTM_DEST_INFO *info = calloc(1, RTM_SIZE_OF_DEST_INFO(2));
	RTM_ENUM_HANDLE e;
	UINT n = 1, total = 0;

	OK(RtmCreateDestEnum(other, views, RTM_ENUM_START, NULL, RTM_BEST_PROTOCOL, &e));
	while (RtmGetEnumDests(other, e, &n, info) == NO_ERROR) {
		OK(RtmReleaseDests(other, n, info));
		total++;
		n = 1;
	}
	OK(RtmDeleteEnumHandle(other, e));
	free(info);
	return total;
}

/* Nothing of it is in the table, nor held down. */
static void has_left_nothing(void)
{
	RTM_ENTITY_HANDLE handles[4];
	UINT n = 4;

	CHECK(wait_until(!enumerated(RTM_VIEW_MASK_ANY)));
	EQUAL(0, enumerated(BOTH));
	OK(RtmGetRegisteredEntities(other, &n, handles, NULL));
	EQUAL(1, n);
	CHECK(handles[0] == other);
	OK(RtmReleaseEntities(other, n, handles));
}

/* The other one is told of destinations that have no route. */
static void is_missed(void)
{
	RTM_DEST_INFO *info = calloc(1, RTM_SIZE_OF_DEST_INFO(2));
	char text[128] = "";
	DWORD status;
	UINT n = 1;

	while ((status = RtmGetChangedDests(other, notify, &n, info)) == NO_ERROR) {
		say_net(text, sizeof(text), &info->DestAddress);
		EQUAL(2, info->NumberOfViews);
		EQUAL(0, info->ViewInfo[0].NumRoutes);
		EQUAL(0, info->ViewInfo[1].NumRoutes);
		CHECK(!info->ViewInfo[0].Route);
		CHECK(!info->ViewInfo[0].HoldRoute);
		OK(RtmReleaseChangedDests(other, notify, n, info));
		n = 1;
	}
	EQUAL(ERROR_NO_MORE_ITEMS, status);
	CHECK(strstr(text, "10.0.0.0/8"));
	CHECK(strstr(text, "11.0.0.0/8"));
	CHECK(strstr(text, "12.0.0.0/8"));
	EQUAL(strlen("10.0.0.0/8 11.0.0.0/8 12.0.0.0/8"), strlen(text));
	free(info);
	OK(RtmDeregisterEntity(other));
}

int main(void)
{
	static const struct step steps[] = {
		{ "is watched", is_watched },
		{ "collects whatever there is", collects },
		{ "leaves", leaves },
		{ "has left nothing", has_left_nothing },
		{ "is missed", is_missed },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
