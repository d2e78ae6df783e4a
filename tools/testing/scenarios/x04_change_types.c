// SPDX-License-Identifier: GPL-2.0-only
/*
 * which changes are told to whom.
 *
 * How this file works: six registrations listen, one for each type of change and view.
 * Each change is made of routes that are in one view or in both, and what is pending is
 * said with a letter for each registration, in capitals for the unicast view: ABF for all,
 * best, forwarding.
 */
#include <ctype.h>

#include "scenario.h"

#define DEST	"10.0.0.0/8"

static const RTM_NOTIFY_FLAGS types[] = {
	RTM_CHANGE_TYPE_ALL, RTM_CHANGE_TYPE_BEST, RTM_CHANGE_TYPE_FORWARDING,
};

static RTM_ENTITY_HANDLE h, owner, rival;
static RTM_NOTIFY_HANDLE notify[2][ARRAY_SIZE(types)];
static RTM_NEXTHOP_HANDLE nh1, nh2;
static RTM_DEST_HANDLE dest;

/* The routes of a round: the best, one that is worse, and one that is better than both. */
static RTM_ROUTE_HANDLE best, worse, better;
static RTM_ROUTE_INFO info;

static RTM_ROUTE_HANDLE add(RTM_ENTITY_HANDLE of, ULONG metric)
{
	RTM_ROUTE_INFO r = info;
	RTM_ROUTE_HANDLE route = NULL;
	DWORD change = RTM_ROUTE_CHANGE_NEW;

	r.PrefInfo.Metric = metric;
	if (of != owner) {
		r.Neighbour = NULL;
		r.NextHopsList.NumNextHops = 0;
	}
	OK(put_route(of, &route, DEST, &r, INFINITE, &change));
	return route;
}

static void update_best(void)
{
	DWORD change = 0;

	OK(put_route(owner, &best, DEST, &info, INFINITE, &change));
}

static void add_worse(void)
{
	worse = add(rival, 90);
}

static void best_metric(void)
{
	info.PrefInfo.Metric++;
	update_best();
}

static void best_preference(void)
{
	info.PrefInfo.Preference--;
	update_best();
}

static void best_other_flags(void)
{
	info.Flags ^= RTM_ROUTE_FLAGS_REMOTE;
	update_best();
}

static void best_forwarding_flags(void)
{
	info.Flags ^= RTM_ROUTE_FLAGS_BLACKHOLE;
	update_best();
}

static void best_nexthop(void)
{
	info.NextHopsList.NextHops[0] = nh2;
	update_best();
}

static void best_neighbour(void)
{
	info.Neighbour = nh2;
	update_best();
}

static void best_private_data(void)
{
	info.EntitySpecificInfo = &info;
	update_best();
}

static void best_owner(void)
{
	better = add(rival, 1);
}

static void delete_best(void)
{
	delete_route(rival, better);
}

static void delete_worse(void)
{
	delete_route(rival, worse);
}

static void delete_last(void)
{
	delete_route(owner, best);
}

static const struct change {
	const char *what;
	void (*make)(void);
	const char *told;
} changes[] = {
	{ "a worse route", add_worse, "A--" },
	{ "metric of the best", best_metric, "ABF" },
	{ "preference of the best", best_preference, "ABF" },
	{ "other flags of the best", best_other_flags, "AB-" },
	{ "forwarding flags of the best", best_forwarding_flags, "ABF" },
	{ "next hop of the best", best_nexthop, "ABF" },
	{ "neighbour of the best", best_neighbour, "A--" },
	{ "private data of the best", best_private_data, "A--" },
	{ "another owner of the best", best_owner, "ABF" },
	{ "the best is deleted", delete_best, "ABF" },
	{ "a worse one is deleted", delete_worse, "A--" },
	{ "the last one is deleted", delete_last, "ABF" },
};

/* Fetch all that is pending for a registration; how many destinations that was. */
static UINT drain(RTM_NOTIFY_HANDLE n)
{
	RTM_DEST_INFO found;
	UINT count = 1, total = 0;

	while (RtmGetChangedDests(h, n, &count, &found) == NO_ERROR) {
		CHECK(net_is(&found.DestAddress, DEST));
		OK(RtmReleaseChangedDests(h, n, count, &found));
		total += count;
		count = 1;
	}
	EQUAL(0, count);
	return total;
}

static BOOL is_pending(RTM_NOTIFY_HANDLE n)
{
	BOOL status = FALSE;

	OK(RtmGetChangeStatus(h, n, dest, &status));
	return status;
}

/* Who is told; to ask and to fetch must come to the same. */
static char *told(void)
{
	static char text[8];
	unsigned int view, i;
	char letter;

	for (view = 0; view < 2; view++) {
		for (i = 0; i < 3; i++) {
			BOOL pending = is_pending(notify[view][i]);

			EQUAL(pending, drain(notify[view][i]));
			EQUAL(FALSE, is_pending(notify[view][i]));
			letter = view ? "abf"[i] : "ABF"[i];
			text[view * 3 + i] = pending ? letter : '-';
		}
	}
	text[6] = '\0';
	return text;
}

/* What is to be told of a change to routes of those views. */
static const char *expected(const char *letters, RTM_VIEW_SET views)
{
	static char text[8];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		text[i] = views & UCAST ? letters[i] : '-';
		text[3 + i] = views & MCAST ? (char)tolower(letters[i]) : '-';
	}
	text[6] = '\0';
	return text;
}

static void set_up(void)
{
	unsigned int view, i;

	h = enter();
	owner = enter_as(PROTO_IP_OSPF, 1);
	rival = enter_as(PROTO_IP_BGP, 1);
	nh1 = add_nexthop(owner, "192.0.2.2", 1);
	nh2 = add_nexthop(owner, "192.0.2.3", 1);
	best = add_route(owner, DEST, NULL, 10);
	dest = find_dest(h, DEST);
	delete_route(owner, best);
	for (view = 0; view < 2; view++)
		for (i = 0; i < 3; i++)
			OK(RtmRegisterForChangeNotification(h, 1u << view, types[i], NULL,
							    &notify[view][i]));
}

/* All changes, made of routes of those views. */
static void one_round(RTM_VIEW_SET views)
{
	unsigned int i;

	info = route_info(nh1, 10);
	info.BelongsToViews = views;
	best = add(owner, 10);
	SAME(expected("ABF", views), told());
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		changes[i].make();
		if (!SAME(expected(changes[i].told, views), told()))
			printf("# %s, views %u\n", changes[i].what, views);
	}
}

static void in_both_views(void)
{
	one_round(BOTH);
}

static void in_the_unicast_view(void)
{
	one_round(UCAST);
}

static void in_the_multicast_view(void)
{
	one_round(MCAST);
}

/* A route that leaves a view, or joins it, has changed that view, and no other. */
static void between_views(void)
{
	info = route_info(nh1, 10);
	best = add(owner, 10);
	SAME("ABFabf", told());
	info.BelongsToViews = MCAST;
	update_best();
	SAME("ABF---", told());
	info.BelongsToViews = BOTH;
	update_best();
	SAME("ABF---", told());
	delete_last();
	SAME("ABFabf", told());
}

/* Who wants marked destinations only is told of these. */
static void marked_only(void)
{
	RTM_NOTIFY_HANDLE marked;
	BOOL mark = TRUE;

	info = route_info(nh1, 10);
	OK(RtmRegisterForChangeNotification(h, BOTH, RTM_CHANGE_TYPE_ALL |
					    RTM_NOTIFY_ONLY_MARKED_DESTS, NULL, &marked));
	OK(RtmIsMarkedForChangeNotification(h, marked, dest, &mark));
	EQUAL(FALSE, mark);
	best = add(owner, 10);
	EQUAL(FALSE, is_pending(marked));
	OK(RtmMarkDestForChangeNotification(h, marked, dest, TRUE));
	OK(RtmIsMarkedForChangeNotification(h, marked, dest, &mark));
	EQUAL(TRUE, mark);
	EQUAL(FALSE, is_pending(marked));
	best_metric();
	EQUAL(TRUE, is_pending(marked));
	OK(RtmMarkDestForChangeNotification(h, marked, dest, FALSE));
	EQUAL(TRUE, is_pending(marked));
	OK(RtmIgnoreChangedDests(h, marked, 1, &dest));
	best_metric();
	EQUAL(FALSE, is_pending(marked));
	OK(RtmDeregisterFromChangeNotification(h, marked));
	told();
}

/* What was ignored is forgotten; what comes after is not. */
static void ignored(void)
{
	best_metric();
	OK(RtmIgnoreChangedDests(h, notify[0][1], 1, &dest));
	EQUAL(FALSE, is_pending(notify[0][1]));
	EQUAL(TRUE, is_pending(notify[0][0]));
	EQUAL(0, drain(notify[0][1]));
	best_metric();
	EQUAL(TRUE, is_pending(notify[0][1]));
	SAME("ABFabf", told());
	delete_last();
}

static void leaves(void)
{
	unsigned int view, i;

	for (view = 0; view < 2; view++)
		for (i = 0; i < 3; i++)
			OK(RtmDeregisterFromChangeNotification(h, notify[view][i]));
	release_dest(h, dest);
	OK(RtmDeregisterEntity(rival));
	OK(RtmDeregisterEntity(owner));
	OK(RtmDeregisterEntity(h));
}

int main(void)
{
	static const struct step steps[] = {
		{ "six registrations listen", set_up },
		{ "changes in both views", in_both_views },
		{ "changes in the unicast view", in_the_unicast_view },
		{ "changes in the multicast view", in_the_multicast_view },
		{ "changes of the views", between_views },
		{ "marked destinations only", marked_only },
		{ "ignored, and changed again", ignored },
		{ "leaves", leaves },
	};

	return run_steps(steps, ARRAY_SIZE(steps));
}
