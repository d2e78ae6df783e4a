// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-08: a client walks over the destinations.
 */
#include "scenario.h"

#define ALL	"0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.0.0.0/16 10.1.0.0/16 11.0.0.0/8 192.0.2.0/24"

static RTM_ENTITY_HANDLE h, other;
static UINT max;

static void put(RTM_ENTITY_HANDLE owner, const char *dest, RTM_VIEW_SET views)
{
	RTM_ROUTE_INFO info = route_info(NULL, 10);
	DWORD change = 0;

	info.BelongsToViews = views;
	OK(put_route(owner, NULL, dest, &info, INFINITE, &change));
}

static void set_up(void)
{
	h = enter();
	max = profile.MaxHandlesInEnum;
	other = enter_as(PROTO_IP_OSPF, 1);
	put(h, "192.0.2.0/24", MCAST);
	put(other, "11.0.0.0/8", BOTH);
	put(h, "10.1.0.0/16", BOTH);
	put(h, "10.0.0.0/16", UCAST);
	put(other, "10.0.0.0/8", UCAST);
	put(h, "10.0.0.0/8", MCAST);
	put(h, "9.0.0.0/8", BOTH);
	put(h, "0.0.0.0/0", BOTH);
}

/* 1. and 2. The walk: as many at a time as may be, two blocks each. */
static const char *walk(RTM_VIEW_SET views, RTM_ENUM_FLAGS flags, const char *from, UINT room)
{
	UINT blocks = __builtin_popcount(views & BOTH);
	RTM_DEST_INFO *infos = calloc(max, RTM_SIZE_OF_DEST_INFO(blocks)), *info;
	RTM_NET_ADDRESS n = net(from ? from : "0.0.0.0/0");
	static char text[512];
	RTM_ENUM_HANDLE e = NULL;
	UINT count, i, v;
	DWORD status;

	*text = '\0';
	OK(RtmCreateDestEnum(h, views, flags, from ? &n : NULL, RTM_BEST_PROTOCOL, &e));
	do {
		count = room;
		status = RtmGetEnumDests(h, e, &count, infos);
		for (i = 0, info = infos; i < count; i++, info = dest_after(info, blocks)) {
			say_net(text, sizeof(text), &info->DestAddress);
			EQUAL(blocks, info->NumberOfViews);
			for (v = 0; v < blocks && blocks == 2; v++)
				EQUAL(v, info->ViewInfo[v].ViewId);
		}
		OK(RtmReleaseDests(h, count, infos));
	} while (status == NO_ERROR);
	EQUAL(ERROR_NO_MORE_ITEMS, status);
	EQUAL(0, count);
	OK(RtmDeleteEnumHandle(h, e));
	IS(ERROR_INVALID_HANDLE, RtmDeleteEnumHandle(h, e));
	free(infos);
	return text;
}

static void range_of_everything(void)
{
	SAME(ALL, walk(BOTH, RTM_ENUM_RANGE, "0.0.0.0/0", max));
}

static void start_without_address(void)
{
	SAME(ALL, walk(BOTH, RTM_ENUM_START, NULL, max));
}

/* 3. Each once and in order, however many at a time; and too many. */
static void in_order(void)
{
	RTM_DEST_INFO info;
	RTM_ENUM_HANDLE e;
	UINT n = max + 1;

	SAME(ALL, walk(BOTH, RTM_ENUM_START, NULL, 1));
	SAME(ALL, walk(BOTH, RTM_ENUM_START, NULL, 2));
	SAME(ALL, walk(BOTH, RTM_ENUM_START, NULL, 3));
	OK(RtmCreateDestEnum(h, UCAST, RTM_ENUM_START, NULL, RTM_BEST_PROTOCOL, &e));
	IS(ERROR_INVALID_PARAMETER, RtmGetEnumDests(h, e, &n, &info));
	OK(RtmDeleteEnumHandle(h, e));
}

/* 4. From a prefix on. */
static void from_a_prefix(void)
{
	SAME("10.0.0.0/8 10.0.0.0/16 10.1.0.0/16 11.0.0.0/8 192.0.2.0/24",
	     walk(BOTH, RTM_ENUM_NEXT, "10.0.0.0/8", max));
}

/* 4. A prefix and what is under it. */
static void under_a_prefix(void)
{
	SAME("10.0.0.0/8 10.0.0.0/16 10.1.0.0/16", walk(BOTH, RTM_ENUM_RANGE, "10.0.0.0/8", max));
}

/* 4. Those where the best route of one of the views is the client's. */
static void own_ones(void)
{
	SAME("0.0.0.0/0 9.0.0.0/8 10.0.0.0/8 10.0.0.0/16 10.1.0.0/16 192.0.2.0/24",
	     walk(BOTH, RTM_ENUM_START | RTM_ENUM_OWN_DESTS, NULL, max));
	SAME("0.0.0.0/0 9.0.0.0/8 10.0.0.0/16 10.1.0.0/16",
	     walk(UCAST, RTM_ENUM_START | RTM_ENUM_OWN_DESTS, NULL, max));
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
		{ "walks over the range of everything", range_of_everything },
		{ "walks from the start", start_without_address },
		{ "each comes once, in order", in_order },
		{ "walks from a prefix on", from_a_prefix },
		{ "walks under a prefix", under_a_prefix },
		{ "walks over its own", own_ones },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
