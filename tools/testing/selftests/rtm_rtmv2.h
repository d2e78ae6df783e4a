/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs share that are clients of <rtmv2.h>.
 *
 * How this file works: each function is one call, or a few that go together, with the
 * arguments a test does not care about filled in.
 */
#ifndef RTM_RTMV2_H
#define RTM_RTMV2_H

#include "rtm_test.h"

#include <rtmv2.h>

#define OK(call)		ASSERT_EQ(NO_ERROR, call)
#define IS(code, call)		EXPECT_EQ(code, call)

#define BOTH	(RTM_VIEW_MASK_UCAST | RTM_VIEW_MASK_MCAST)

/* Two views always fit; one block more shows what was not written. */
union dest_room {
	RTM_DEST_INFO info;
	unsigned char bytes[RTM_SIZE_OF_DEST_INFO(3)];
};

static inline DWORD enter(USHORT family, ULONG protocol, ULONG id, BOOL opaque,
			  RTM_ENTITY_HANDLE *h)
{
	RTM_ENTITY_INFO info = { .AddressFamily = family };
	RTM_REGN_PROFILE profile;

	info.EntityId.EntityProtocolId = protocol;
	info.EntityId.EntityInstanceId = id;
	return RtmRegisterEntity(&info, NULL, NULL, opaque, &profile, h);
}

static inline RTM_NET_ADDRESS net(const char *text)
{
	struct rtm_net_prefix p = prefix(text);
	RTM_NET_ADDRESS n;

	memset(&n, 0xcc, sizeof(n));
	n.AddressFamily = p.family;
	n.NumBits = p.len;
	memcpy(n.AddrBits, p.addr, p.family == AF_INET ? 4 : 16);
	return n;
}

static inline bool net_is(const RTM_NET_ADDRESS *n, const char *text)
{
	struct rtm_net_prefix p = prefix(text);

	return n->AddressFamily == p.family && n->NumBits == p.len &&
	       !memcmp(n->AddrBits, p.addr, 16);
}

static inline RTM_NEXTHOP_INFO nexthop(const char *addr, ULONG ifindex)
{
	RTM_NEXTHOP_INFO info = { .NextHopAddress = net(addr), .InterfaceIndex = ifindex };

	return info;
}

static inline RTM_NEXTHOP_HANDLE add_nexthop(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
					     const char *addr)
{
	RTM_NEXTHOP_INFO info = nexthop(addr, 1);
	RTM_NEXTHOP_HANDLE nh = NULL;
	DWORD change;

	OK(RtmAddNextHop(h, &info, &nh, &change));
	return nh;
}

static inline RTM_ROUTE_INFO route_info(RTM_NEXTHOP_HANDLE nh, ULONG metric)
{
	RTM_ROUTE_INFO info = {
		.Neighbour = nh,
		.BelongsToViews = BOTH,
		.PrefInfo = { .Metric = metric, .Preference = 5 },
	};

	info.NextHopsList.NumNextHops = nh ? 1 : 0;
	info.NextHopsList.NextHops[0] = nh;
	return info;
}

static inline DWORD put_route(RTM_ENTITY_HANDLE h, const char *dest, RTM_ROUTE_INFO *info,
			      RTM_ROUTE_HANDLE *route, DWORD *change)
{
	RTM_NET_ADDRESS n = net(dest);

	return RtmAddRouteToDest(h, route, &n, info, INFINITE, NULL, 0, NULL, change);
}

static inline RTM_ROUTE_HANDLE add_route(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
					 const char *dest, RTM_NEXTHOP_HANDLE nh, ULONG metric)
{
	RTM_ROUTE_INFO info = route_info(nh, metric);
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = 0;

	OK(put_route(h, dest, &info, &route, &change));
	return route;
}

static inline RTM_DEST_HANDLE find_dest(struct __test_metadata *_metadata, RTM_ENTITY_HANDLE h,
					const char *dest)
{
	RTM_NET_ADDRESS n = net(dest);
	RTM_DEST_INFO info;

	OK(RtmGetExactMatchDestination(h, &n, RTM_BEST_PROTOCOL, RTM_VIEW_MASK_ANY, &info));
	return info.DestHandle;
}

static inline DWORD release_dest(RTM_ENTITY_HANDLE h, RTM_DEST_HANDLE dest)
{
	RTM_DEST_INFO info = { .DestHandle = dest };

	return RtmReleaseDestInfo(h, &info);
}

#endif /* RTM_RTMV2_H */
