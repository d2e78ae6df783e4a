// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-07: a client holds a route down after it has deleted it.
 *
 * How this file works: two destinations go through the same steps, one with the hold time
 * of the sample, half a minute, and one whose hold is over soon.  All but the end of a hold
 * is looked at with the long one.
 */
#include "scenario.h"

#define LONG_HOLD_MS	30000
#define SHORT_HOLD_MS	500
#define MAX_HOLD_MS	32000
#define LONG	"10.0.0.0/8"
#define SHORT	"11.0.0.0/8"

static RTM_ENTITY_HANDLE h, listener;
static RTM_NEXTHOP_HANDLE nh;
static RTM_ROUTE_HANDLE first, fresh;
static RTM_DEST_HANDLE dest, brief_dest;
static RTM_NOTIFY_HANDLE notify;

/* 1. The mark, and a time that is none. */
static void marks(void)
{
	nh = add_nexthop(h = enter(), "192.0.2.2", make_interface());
	listener = enter_as(PROTO_IP_OSPF, 1);
	first = add_route(h, LONG, nh, 10);
	dest = find_dest(h, LONG);
	OK(RtmHoldDestination(h, dest, UCAST, LONG_HOLD_MS));
	IS(ERROR_INVALID_PARAMETER, RtmHoldDestination(h, dest, UCAST, 0));
	/* the longest time asked for counts: a slow machine may need more for the steps */
	OK(RtmHoldDestination(h, dest, UCAST, 20 * LONG_HOLD_MS));
	CHECK(fib_shows(LONG, "via 192.0.2.2 "));
}

/* 2. The last route goes, and is the held one. */
static void deletes(void)
{
	RTM_DEST_INFO info;

	OK(RtmReferenceHandles(h, 1, &first));
	delete_route(h, first);
	OK(RtmGetDestInfo(h, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	CHECK(!info.ViewInfo[0].Route);
	CHECK(info.ViewInfo[0].HoldRoute == first);
	EQUAL(0, info.ViewInfo[0].NumRoutes);
	OK(RtmReleaseDestInfo(h, &info));
	CHECK(fib_shows(LONG, NULL));
}

static UINT listed(RTM_VIEW_SET views, UINT blocks)
{
	RTM_NET_ADDRESS all = net("0.0.0.0/0");
	RTM_DEST_INFO info;
	RTM_ENUM_HANDLE e;
	UINT n = 1, found = 0;

	OK(RtmCreateDestEnum(h, views, RTM_ENUM_RANGE, &all, RTM_BEST_PROTOCOL, &e));
	while (RtmGetEnumDests(h, e, &n, &info) == NO_ERROR) {
		found += net_is(&info.DestAddress, LONG);
		EQUAL(blocks, info.NumberOfViews);
		OK(RtmReleaseDests(h, n, &info));
		n = 1;
	}
	EQUAL(0, n);
	OK(RtmDeleteEnumHandle(h, e));
	return found;
}

/* 3. Only who asks for any view sees the destination. */
static void is_hidden(void)
{
	EQUAL(1, listed(RTM_VIEW_MASK_ANY, 0));
	EQUAL(0, listed(UCAST, 1));
}

/* 4. A new route is used at once, and the hold goes on. */
static void adds_another(void)
{
	RTM_DEST_INFO info;

	fresh = add_route(h, LONG, nh, 20);
	OK(RtmGetDestInfo(h, dest, RTM_BEST_PROTOCOL, UCAST, &info));
	CHECK(info.ViewInfo[0].Route == fresh);
	CHECK(info.ViewInfo[0].HoldRoute == first);
	EQUAL(1, info.ViewInfo[0].NumRoutes);
	OK(RtmReleaseDestInfo(h, &info));
	CHECK(fib_shows(LONG, "via 192.0.2.2 "));
}

static bool is_held(RTM_DEST_HANDLE which)
{
	RTM_DEST_INFO info = { .DestHandle = NULL };
	bool held;

	OK(RtmGetDestInfo(h, which, RTM_BEST_PROTOCOL, UCAST, &info));
	held = info.ViewInfo[0].HoldRoute;
	OK(RtmReleaseDestInfo(h, &info));
	return held;
}

static BOOL is_pending(RTM_DEST_HANDLE which)
{
	BOOL pending = FALSE;

	OK(RtmGetChangeStatus(listener, notify, which, &pending));
	return pending;
}

/* A hold begins with a deletion, which is told; the listener ignores that. */
static void begin_hold(ULONG ms)
{
	RTM_ROUTE_HANDLE brief = add_route(h, SHORT, nh, 10);

	OK(RtmHoldDestination(h, brief_dest, UCAST, ms));
	delete_route(h, brief);
	CHECK(is_pending(brief_dest));
	OK(RtmIgnoreChangedDests(listener, notify, 1, &brief_dest));
}

/*
 * 5. When the hold is over it is forgotten, and listeners are told.  Whoever has ignored
 * its beginning while it still is held must see another change; on a machine so slow that
 * it was over by then, a longer one is begun.
 */
static void hold_ends(void)
{
	RTM_ROUTE_HANDLE brief = add_route(h, SHORT, nh, 10);
	ULONG ms = SHORT_HOLD_MS;
	unsigned long long begun;
	bool held;

	brief_dest = find_dest(listener, SHORT);
	OK(RtmReferenceHandles(h, 1, &brief_dest));
	delete_route(h, brief);
	OK(RtmRegisterForChangeNotification(listener, UCAST, RTM_CHANGE_TYPE_BEST, NULL, &notify));
	do {
		begun = now_ms();
		begin_hold(ms);
		held = is_held(brief_dest);
	} while (!held && (ms *= 4) <= MAX_HOLD_MS);
	CHECK(held);
	CHECK(wait_until(!is_held(brief_dest)));
	CHECK(now_ms() - begun >= ms);
	CHECK(is_pending(brief_dest));
	/* the other hold has not ended with it */
	CHECK(is_held(dest));
	CHECK(!is_pending(dest));
}

/* No hold outlives the registration that made it. */
static void leaves(void)
{
	OK(RtmDeregisterFromChangeNotification(listener, notify));
	release_dest(listener, brief_dest);
	release_dest(h, brief_dest);
	OK(RtmReleaseRoutes(h, 1, &first));
	release_dest(h, dest);
	OK(RtmReleaseRoutes(h, 1, &fresh));
	OK(RtmReleaseNextHops(h, 1, &nh));
	OK(RtmDeregisterEntity(listener));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "marks a destination for hold-down", marks },
		{ "deletes its last route", deletes },
		{ "the destination shows only in no view", is_hidden },
		{ "adds another route", adds_another },
		{ "the hold ends", hold_ends },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
