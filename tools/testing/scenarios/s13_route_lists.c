// SPDX-License-Identifier: GPL-2.0-only
/*
 * S-13: a client keeps its routes on lists, and moves them from one to another.
 *
 * How this file works: a second run has exactly as many routes as one call brings, so that
 * the last call brings none.
 */
#include "scenario.h"

static RTM_ENTITY_HANDLE h;
static RTM_ROUTE_LIST_HANDLE l1, l2;
static RTM_ENUM_HANDLE e;
static UINT max, n_routes;

static RTM_NET_ADDRESS dest_of(UINT i)
{
	RTM_NET_ADDRESS n = net("10.0.0.0/24");

	n.AddrBits[1] = (UCHAR)(i / 256);
	n.AddrBits[2] = (UCHAR)i;
	return n;
}

/* 1. Two lists, and routes on the first; the order is not that of their addresses. */
static void fills(void)
{
	RTM_ROUTE_INFO info = route_info(NULL, 1);
	RTM_NET_ADDRESS n;
	DWORD change;
	UINT i;

	OK(RtmCreateRouteList(h, &l1));
	OK(RtmCreateRouteList(h, &l2));
	CHECK(l1 && l2 && l1 != l2);
	for (i = 0; i < n_routes; i++) {
		n = dest_of(n_routes - 1 - i);
		change = 0;
		info.PrefInfo.Metric = i;
		if (!OK(RtmAddRouteToDest(h, NULL, &n, &info, INFINITE, l1, 0, NULL, &change)))
			return;
	}
}

static void set_up(void)
{
	h = enter();
	max = profile.MaxHandlesInEnum;
	n_routes = 2 * max + 3;
	fills();
}

/* 2. An enumeration of the first. */
static void begins(void)
{
	OK(RtmCreateRouteListEnum(h, l1, &e));
	CHECK(e);
}

/* 3. Each batch goes to the other list while the walk goes on. */
static void moves(void)
{
	RTM_ROUTE_HANDLE *routes = calloc(max, sizeof(*routes));
	UINT n, total = 0;

	do {
		n = max;
		if (!OK(RtmGetListEnumRoutes(h, e, &n, routes)))
			break;
		OK(RtmInsertInRouteList(h, l2, n, routes));
		OK(RtmReleaseRoutes(h, n, routes));
		total += n;
	} while (n == max);
	EQUAL(n_routes, total);
	n = max;
	OK(RtmGetListEnumRoutes(h, e, &n, routes));
	EQUAL(0, n);
	OK(RtmDeleteEnumHandle(h, e));
	free(routes);
}

/* How many there are on a list, each of them the next one in the order of fills(). */
static UINT in_order(RTM_ROUTE_LIST_HANDLE list)
{
	RTM_ROUTE_INFO info;
	RTM_ROUTE_HANDLE route;
	UINT n = 1, total = 0;

	OK(RtmCreateRouteListEnum(h, list, &e));
	while (OK(RtmGetListEnumRoutes(h, e, &n, &route)) && n == 1) {
		if (OK(RtmGetRouteInfo(h, route, &info, NULL))) {
			EQUAL(total, info.PrefInfo.Metric);
			OK(RtmReleaseRouteInfo(h, &info));
		}
		OK(RtmReleaseRoutes(h, 1, &route));
		total++;
	}
	OK(RtmDeleteEnumHandle(h, e));
	return total;
}

/* 4. All of them have moved, in order. */
static void have_moved(void)
{
	EQUAL(0, in_order(l1));
	EQUAL(n_routes, in_order(l2));
}

/* 4. The end of the lists is not the end of the routes. */
static void deletes_lists(void)
{
	RTM_NET_ADDRESS n;
	RTM_DEST_INFO info;
	UINT i;

	OK(RtmDeleteRouteList(h, l1));
	OK(RtmDeleteRouteList(h, l2));
	IS(ERROR_INVALID_HANDLE, RtmDeleteRouteList(h, l1));
	for (i = 0; i < n_routes; i++) {
		n = dest_of(i);
		if (!OK(RtmGetExactMatchDestination(h, &n, RTM_BEST_PROTOCOL, UCAST, &info)))
			return;
		OK(RtmReleaseDestInfo(h, &info));
	}
}

/* Once more, where the last batch is full. */
static void moves_full_batches(void)
{
	n_routes = max;
	OK(RtmDeregisterEntity(h));
	h = enter();
	fills();
	begins();
	moves();
	have_moved();
	deletes_lists();
}

static void leaves(void)
{
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "fills a list", set_up },
		{ "begins to enumerate it", begins },
		{ "moves all to another list", moves },
		{ "they have moved, in order", have_moved },
		{ "deletes the lists", deletes_lists },
		{ "the same with full batches", moves_full_batches },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
