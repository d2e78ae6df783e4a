// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-10: a client looks for the best route to an address.
 */
#include <arpa/inet.h>

#include "scenario.h"

static RTM_ENTITY_HANDLE h, other;
static RTM_ROUTE_HANDLE best;

static RTM_NET_ADDRESS with_mask(const char *addr, const char *mask)
{
	struct in_addr a, m;
	RTM_NET_ADDRESS n;

	CHECK(inet_pton(AF_INET, addr, &a) == 1 && inet_pton(AF_INET, mask, &m) == 1);
	memset(&n, 0, sizeof(n));
	RTM_IPV4_SET_ADDR_AND_MASK(&n, a.s_addr, m.s_addr);
	return n;
}

/* The answer is the best of the longest prefix that covers the question. */
static void finds_it(void)
{
	RTM_NET_ADDRESS n = with_mask("10.1.2.3", "255.255.255.255");
	RTM_DEST_INFO info;

	h = enter();
	other = enter_as(PROTO_IP_OSPF, 1);
	add_route(h, "10.0.0.0/8", NULL, 1);
	add_route(h, "10.1.0.0/16", NULL, 20);
	best = add_route(other, "10.1.0.0/16", NULL, 10);
	EQUAL(32, n.NumBits);
	OK(RtmGetMostSpecificDestination(h, &n, RTM_BEST_PROTOCOL, UCAST, &info));
	CHECK(net_is(&info.DestAddress, "10.1.0.0/16"));
	EQUAL(1, info.NumberOfViews);
	EQUAL(0, info.ViewInfo[0].ViewId);
	EQUAL(2, info.ViewInfo[0].NumRoutes);
	CHECK(info.ViewInfo[0].Route == best);
	CHECK(info.ViewInfo[0].Owner == other);
	OK(RtmReleaseDestInfo(h, &info));
}

/* A longer prefix is not covered by a shorter question. */
static void finds_the_net(void)
{
	RTM_NET_ADDRESS n = with_mask("10.1.0.0", "255.254.0.0");
	RTM_DEST_INFO info;

	EQUAL(15, n.NumBits);
	OK(RtmGetMostSpecificDestination(h, &n, RTM_BEST_PROTOCOL, UCAST, &info));
	CHECK(net_is(&info.DestAddress, "10.0.0.0/8"));
	OK(RtmReleaseDestInfo(h, &info));
}

/* Nothing covers it. */
static void finds_nothing(void)
{
	RTM_NET_ADDRESS n = with_mask("11.0.0.0", "255.0.0.0");
	RTM_DEST_INFO info;

	IS(ERROR_NOT_FOUND,
	   RtmGetMostSpecificDestination(h, &n, RTM_BEST_PROTOCOL, UCAST, &info));
	OK(RtmDeregisterEntity(other));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "finds the best route", finds_it },
		{ "a question may be a net", finds_the_net },
		{ "finds nothing", finds_nothing },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
