// SPDX-License-Identifier: GPL-2.0-only
/*
 * a client walks over its next hops.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h, other;
static UINT max;

static void set_up(void)
{
	RTM_NEXTHOP_HANDLE nh[5];

	other = enter_as(PROTO_IP_OSPF, 1);
	h = enter();
	max = profile.MaxHandlesInEnum;
	nh[0] = add_nexthop(h, "11.0.0.1", 1);
	nh[1] = add_nexthop(h, "10.0.0.2", 2);
	nh[2] = add_nexthop(h, "10.0.0.1", 1);
	nh[3] = add_nexthop(h, "10.0.0.2", 1);
	OK(RtmReleaseNextHops(h, 4, nh));
	nh[4] = add_nexthop(other, "10.0.0.3", 1);
	OK(RtmReleaseNextHops(other, 1, &nh[4]));
}

static void say_nexthop(char *text, size_t size, RTM_NEXTHOP_HANDLE nh)
{
	RTM_NEXTHOP_INFO info;
	size_t used;

	if (!OK(RtmGetNextHopInfo(h, nh, &info)))
		return;
	CHECK(info.NextHopOwner == h);
	say_net(text, size, &info.NextHopAddress);
	used = strlen(text);
	snprintf(text + used, size - used, "%%%u", info.InterfaceIndex);
	OK(RtmReleaseNextHopInfo(h, &info));
}

static const char *walk(RTM_ENUM_FLAGS flags, const char *from, UINT room)
{
	RTM_NEXTHOP_HANDLE *hops = calloc(room, sizeof(*hops));
	RTM_NET_ADDRESS n = net(from ? from : "0.0.0.0/0");
	static char text[512];
	RTM_ENUM_HANDLE e = NULL;
	UINT count, i;
	DWORD status;

	*text = '\0';
	OK(RtmCreateNextHopEnum(h, flags, from ? &n : NULL, &e));
	do {
		count = room;
		status = RtmGetEnumNextHops(h, e, &count, hops);
		for (i = 0; i < count; i++)
			say_nexthop(text, sizeof(text), hops[i]);
		OK(RtmReleaseNextHops(h, count, hops));
	} while (status == NO_ERROR);
	for (i = 0; i < 2; i++) {
		EQUAL(ERROR_NO_MORE_ITEMS, status);
		EQUAL(0, count);
		count = room;
		status = RtmGetEnumNextHops(h, e, &count, hops);
	}
	OK(RtmDeleteEnumHandle(h, e));
	free(hops);
	return text;
}

static void from_start(void)
{
	SAME("10.0.0.1/32%1 10.0.0.2/32%1 10.0.0.2/32%2 11.0.0.1/32%1",
	     walk(RTM_ENUM_START, NULL, max));
	SAME("10.0.0.1/32%1 10.0.0.2/32%1 10.0.0.2/32%2 11.0.0.1/32%1",
	     walk(RTM_ENUM_START, NULL, 1));
}

static void from_an_address(void)
{
	SAME("10.0.0.2/32%1 10.0.0.2/32%2 11.0.0.1/32%1",
	     walk(RTM_ENUM_NEXT, "10.0.0.2/32", max));
}

static void under_a_prefix(void)
{
	SAME("10.0.0.1/32%1 10.0.0.2/32%1 10.0.0.2/32%2",
	     walk(RTM_ENUM_RANGE, "10.0.0.0/8", 2));
}

static void leaves(void)
{
	OK(RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "two clients have next hops", set_up },
		{ "walks from the start", from_start },
		{ "walks from an address on", from_an_address },
		{ "walks under a prefix", under_a_prefix },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
